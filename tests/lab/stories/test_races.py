"""Orders of steps: all of them, the broken ones first, and a test to take home."""

import re
from typing import Any

import pytest

from cachelab.lab.explorer import World, cache_equals_source_at_rest, explore
from cachelab.lab.stories.lifelines import BESIDE, LETTER, PORTS
from cachelab.lab.stories.race_pictures import SHOWN, _places, picture_height, race_runs
from cachelab.lab.stories.race_scenarios import SCENARIOS, delete_after_commit
from cachelab.lab.stories.races import Order, every_order, moved, swapped
from cachelab.lab.widgets.race_debugger import RaceDebugger
from cachelab.ports import MISSING

from .pictures import SVG, faults, root_of, texts

PROMISE = cache_equals_source_at_rest


@pytest.fixture(scope="module")
def orders() -> list[Order]:
    return every_order(delete_after_commit, [PROMISE])


def visits(world: World) -> Any:
    """Two actors who count in the cache, one step at a time: a scenario without a database."""

    def visit() -> None:
        found = world.store.get("n")
        world.store.set("n", 1 if found is MISSING else found + 1)

    return {"Ada": visit, "Ben": visit}, lambda: {"n": world.store.get("n")}


@pytest.mark.parametrize(
    ("name", "total", "broken"),
    [
        ("delete after the commit", 10, 1),
        ("set after the commit", 10, 1),
        ("delete twice", 20, 3),
        ("lease", 15, 0),
    ],
)
def test_how_many_orders_there_are_and_how_many_put_the_past_back(
    name: str, total: int, broken: int
) -> None:
    orders = every_order(SCENARIOS[name], [PROMISE])
    assert (len(orders), sum(order.is_broken for order in orders)) == (total, broken)


def test_the_first_order_is_the_one_that_the_explorer_finds(orders: list[Order]) -> None:
    found = explore(delete_after_commit, PROMISE).steps
    steps = [str(seen.step) for seen in orders[0].seen]
    assert steps == [str(step) for step in found if step.task != "main"][: len(steps)]


def test_the_call_that_stores_an_old_row_is_marked(orders: list[Order]) -> None:
    stale = [str(seen.step) for seen in orders[0].seen if seen.is_stale]
    assert stale == ["reader: store.set price 10"]


def test_swapping_two_neighbours_leads_to_another_order(orders: list[Order]) -> None:
    target = swapped(orders, orders[0], 3)
    assert target is not None
    assert orders[target].tasks[:5] == ("reader", "reader", "writer", "reader", "writer")
    assert not orders[target].is_broken


def test_an_order_as_a_test_fails_while_the_race_is_there(orders: list[Order]) -> None:
    namespace: dict[str, Any] = {}
    exec(orders[0].as_test(), namespace)
    test = next(value for name, value in namespace.items() if name.startswith("test_"))
    with pytest.raises(AssertionError, match="reader"):
        test()


def test_an_order_that_breaks_nothing_is_no_test(orders: list[Order]) -> None:
    with pytest.raises(ValueError, match="no schedule broke"):
        orders[-1].as_test()


def test_orders_with_fewer_changes_come_first_when_there_are_too_many() -> None:
    few = every_order(SCENARIOS["delete twice"], [PROMISE], most=4)
    assert len(few) == 4
    assert few[0].is_broken


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_picture_can_be_read(name: str) -> None:
    orders = every_order(SCENARIOS[name], [PROMISE])
    height = picture_height({name: orders})
    assert faults(race_runs(orders, SHOWN, height, None), (720, height)) == []


def test_a_stale_call_lights_up_with_a_word(orders: list[Order]) -> None:
    run = race_runs(orders, SHOWN, 300, None)[0]
    assert "stale" in texts(run.scenes[5].svg)
    assert "stale" not in texts(run.scenes[4].svg)


def test_the_last_scene_of_a_broken_order_is_its_test(orders: list[Order]) -> None:
    last = race_runs(orders, SHOWN, 300, None)[0].scenes[-1]
    assert any(words.startswith("def test_") for words in texts(last.svg))


def test_a_learners_scenario_is_shown_and_exported_with_its_text() -> None:
    def counted(ending: Any) -> bool:
        """Both visits count."""
        return bool(ending.answers["n"] == 2)

    view = RaceDebugger(visits, counted, setup="# the text that defines visits and counted")
    assert repr(view) == "RaceDebugger(1 scenario, 4 broken of 6 orders)"
    assert "the text that defines visits" in view.as_test()


def test_without_a_broken_order_there_is_no_test() -> None:
    view = RaceDebugger(SCENARIOS["lease"])
    with pytest.raises(ValueError, match="no order breaks"):
        view.as_test()


def test_the_still_pictures_are_the_verdicts_of_the_first_two_orders() -> None:
    told = RaceDebugger(SCENARIOS["delete twice"])._repr_mimebundle_()[0]["text/plain"]
    assert "Broken: at rest the cache answers 10 for price" in told
    assert "order of the steps 2: Broken" in told


def test_a_dragged_step_leads_to_the_order_that_has_it_there(orders: list[Order]) -> None:
    broken = orders[0]
    assert broken.tasks == ("reader", "reader", "writer", "writer", "reader")
    dragged = orders[moved(orders, broken, 4, 0)].tasks
    assert dragged == ("reader", "reader", "reader", "writer", "writer")
    assert orders[moved(orders, broken, 3, 0)].tasks[0] == "writer"


def test_a_step_that_stays_where_it_is_changes_nothing(orders: list[Order]) -> None:
    assert [moved(orders, orders[2], place, place) for place in range(5)] == [2] * 5


def test_each_call_of_a_picture_can_be_dragged_to_every_row(orders: list[Order]) -> None:
    backdrop = race_runs(orders, SHOWN, picture_height({"": orders}), None)[0].backdrop
    drops = re.findall(r'data-drops="order [\d.]+ [\d.]+ ([\d ]+)"', backdrop)
    assert [len(targets.split()) for targets in drops] == [5] * 5


def test_no_word_lies_on_the_line_of_an_actor(orders: list[Order]) -> None:
    run = race_runs(orders, SHOWN, picture_height({"": orders}), None)[0]
    words = {
        call: float(node.get("x", 0))
        for node in root_of(run.backdrop).iter(f"{SVG}text")
        if (call := node.text or "").startswith(("get ", "set ", "read ", "write ", "delete "))
    }
    last = max(x for name, x in _places(orders[0]).items() if name not in PORTS)
    assert len(words) == 5
    assert min(words.values()) > last


def test_many_actors_with_long_rows_leave_the_cache_and_the_boxes_their_room() -> None:
    def scenario(world: World) -> Any:
        row = {"name": "a row that takes more letters than there is room for"}

        def write() -> None:
            world.source.write("user:7", row)

        return {f"actor {n}": write for n in range(4)}, dict

    order = every_order(scenario, [PROMISE], most=1)[0]
    places = _places(order)
    assert max(x for name, x in places.items() if name not in PORTS) < places["cache"] - 60
    run = race_runs([order], 1, picture_height({"": [order]}), None)[0]
    words = [text for text in texts(run.backdrop) if text.startswith("write user:7")]
    assert {len(text) <= (BESIDE - 250) / LETTER for text in words} == {True}
