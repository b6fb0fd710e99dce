"""A view whose pictures come one by one: what is there meanwhile, and how the work is ended."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cachelab.lab.scenes import Control, Run, Scene
from cachelab.lab.widgets.late_view import COMING, MISSING_ONE, LateView, Piece
from cachelab.ports import SimRuntime

SIZE = Control("size", "size", ("1", "2", "3", "4", "5"), start=2)
Body = Callable[[SimRuntime], None]


def drawn(place: int) -> Run:
    return Run((Scene(f"<circle r='{place}'/>", f"radius {place}"),))


def view(sim: SimRuntime, work: Any = None, **more: Any) -> LateView:
    """A view that takes a second of virtual time for each of its five pictures."""

    def slowly(places: list[int]) -> Iterator[Piece]:
        for place in places:
            sim.sleep(1.0)
            yield place, drawn(place)

    given = {"work": work or slowly, "parts": 5, "controls": [SIZE], "stills": [((2,), 0)]}
    look = {"title": "A dot", "about": "dot", "runtime": sim, "background": True}
    return LateView(**{**given, **look, **more})


def says(shown: LateView) -> list[str]:
    return [run.scenes[0].say for run in shown._score.runs]


def in_virtual_time(body: Body) -> None:
    sim = SimRuntime()
    sim.run(body, sim)


def test_it_is_there_at_once_and_says_that_its_picture_is_coming() -> None:
    def body(sim: SimRuntime) -> None:
        shown = view(sim)
        assert (sim.now(), shown.running, shown.says) == (0.0, True, COMING.say)
        shown.stop()

    in_virtual_time(body)


def test_the_picture_it_opens_with_comes_first_and_then_its_neighbours() -> None:
    def body(sim: SimRuntime) -> None:
        shown = view(sim)
        sim.sleep(2.5)
        assert says(shown) == [
            COMING.say,
            "radius 1",
            "radius 2",
            COMING.say,
            COMING.say,
        ]
        shown.stop()

    in_virtual_time(body)


def test_progress_is_told_and_all_is_there_in_the_end() -> None:
    def body(sim: SimRuntime) -> None:
        shown, told = view(sim), list[int]()
        shown.observe(lambda change: told.append(change["new"]), "done")
        shown.wait()
        assert told == [1, 2, 3, 4, 5]
        assert says(shown) == [f"radius {place}" for place in range(5)]
        assert shown.running is False

    in_virtual_time(body)


def test_stop_leaves_what_is_drawn_and_says_so_of_the_rest() -> None:
    def body(sim: SimRuntime) -> None:
        shown = view(sim)
        sim.sleep(1.5)
        shown.stop()
        assert says(shown) == [MISSING_ONE, "radius 1", "radius 2", MISSING_ONE, MISSING_ONE]
        assert (sim.now(), shown.running) == (2.0, False)

    in_virtual_time(body)


def test_the_button_ends_the_work_without_waiting_for_it() -> None:
    def body(sim: SimRuntime) -> None:
        shown = view(sim)
        shown.wanted = False
        assert (sim.now(), shown.running) == (0.0, True)
        sim.sleep(1.5)
        assert shown.running is False

    in_virtual_time(body)


def test_what_goes_wrong_is_shown_and_raised_to_whom_waits() -> None:
    def body(sim: SimRuntime) -> None:
        def failing(_places: list[int]) -> Iterator[Piece]:
            yield 2, drawn(2)
            raise KeyError("a")

        shown = view(sim, failing)
        with pytest.raises(KeyError):
            shown.wait()
        assert (shown.trouble, shown.running) == ("KeyError: 'a'", False)
        assert says(shown)[2:4] == ["radius 2", "This picture was not drawn: KeyError: 'a'"]

    in_virtual_time(body)


def test_a_cell_waits_a_little_for_its_stills() -> None:
    def body(sim: SimRuntime) -> None:
        def soon(places: list[int]) -> Iterator[Piece]:
            for place in places:
                sim.sleep(0.1)
                yield place, drawn(place)

        shown = view(sim, soon)
        with pytest.raises(NotImplementedError):  # IPython then shows it as any other value
            shown._ipython_display_()
        assert "radius 2" in shown._repr_mimebundle_()[0]["image/svg+xml"]
        shown.stop()

    in_virtual_time(body)


def test_stills_that_come_late_are_put_where_the_view_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    updates = list[dict[str, str]]()

    class Handle:
        def update(self, data: dict[str, str], **_options: Any) -> None:
            updates.append(data)

    monkeypatch.setattr("IPython.display.display", lambda *_, **__: Handle())

    def body(sim: SimRuntime) -> None:
        shown = view(sim)
        shown._ipython_display_()
        assert (sim.now(), updates) == (0.5, [])
        sim.sleep(1.0)
        (data,) = updates
        assert "radius 2" in data["text/plain"]
        shown.stop()

    in_virtual_time(body)


def test_without_anybody_at_a_page_all_is_drawn_before_it_is_shown() -> None:
    def body(sim: SimRuntime) -> None:
        shown = view(sim, background=None)
        assert (sim.now(), shown.running, shown.done) == (5.0, False, 5)
        assert says(shown) == [f"radius {place}" for place in range(5)]

    in_virtual_time(body)


def test_a_view_that_steps_has_its_steps_from_the_start() -> None:
    def body(sim: SimRuntime) -> None:
        shown = view(sim, steps=4, opening=3)
        assert (shown.step, len(shown.runs[0]["scenes"])) == (3, 4)
        shown.stop()

    in_virtual_time(body)
