"""A rush at an expiry: every client is answered, and the counts are those of the guards' tests."""

from itertools import pairwise
from typing import Any

import pytest

from cachelab.lab.stories.stampede import EXPIRY, SLOTS, Rush, record_rush
from cachelab.lab.stories.stampede_pictures import FRAMES, SIZE, stampede_runs
from cachelab.lab.widgets.stampede_theatre import StampedeTheatre
from cachelab.ports import MISSING
from cachelab.stampede import GUARDS

from .pictures import SVG, faults, root_of


class Mine:
    """A learner's guard: look, load, keep."""

    def __init__(self, store: Any, ttl: float) -> None:
        self.store, self.ttl = store, ttl

    def get(self, key: str, loader: Any) -> Any:
        found = self.store.get(key)
        if found is MISSING:
            found = loader(key)
            self.store.set(key, found, ttl=self.ttl)
        return found


@pytest.fixture(scope="module")
def rushes() -> dict[str, Rush]:
    return {name: record_rush(kind) for name, kind in GUARDS.items()}


def keyed(svg: str) -> list[str]:
    found = [node.get("data-key") for node in root_of(svg).iter()]
    return [key for key in found if key and key.startswith(("c", "_", "r"))]


@pytest.mark.parametrize("name", ["locked", "leased", "stale_while_revalidate", "early_locked"])
def test_one_load_among_all_processes(rushes: dict[str, Rush], name: str) -> None:
    assert len(rushes[name].loads) == 1


def test_a_single_flight_is_one_load_for_each_process(rushes: dict[str, Rush]) -> None:
    assert len(rushes["single_flight"].loads) == 4


def test_without_a_guard_everybody_loads_who_comes_within_one_load(
    rushes: dict[str, Rush],
) -> None:
    loads = rushes["unguarded"].loads
    assert len(loads) > 25
    assert loads[-1].came - EXPIRY < 0.11


def test_the_same_clients_come_whatever_the_guard(rushes: dict[str, Rush]) -> None:
    assert {tuple(sorted(v.asked for v in rush.visits)) for rush in rushes.values()}.__len__() == 1


def test_no_slot_serves_two_at_once(rushes: dict[str, Rush]) -> None:
    for rush in rushes.values():
        for slot in range(SLOTS):
            own = sorted((load.began, load.ended) for load in rush.loads if load.slot == slot)
            assert all(one[1] <= other[0] for one, other in pairwise(own))


def test_a_renewal_behind_the_readers_backs_lets_nobody_wait(rushes: dict[str, Rush]) -> None:
    rush = rushes["stale_while_revalidate"]
    assert rush.longest_wait < 0.01
    assert rush.old_answers > 10


def test_a_learners_guard_is_played_and_stampedes() -> None:
    rush = record_rush(Mine)
    assert (rush.guard, len(rush.visits)) == ("Mine", 560)
    assert rush.worst_second > 25


def test_every_picture_can_be_read(rushes: dict[str, Rush]) -> None:
    assert faults(stampede_runs(list(rushes.values())), SIZE) == []


def test_a_dot_is_a_client_without_an_answer(rushes: dict[str, Rush]) -> None:
    rush = rushes["unguarded"]
    runs = stampede_runs([rush])
    for step, at in ((10, 0.05), (15, 0.3)):
        waiting = {v.task for v in rush.visits if v.asked <= EXPIRY + at < v.answered}
        assert set(keyed(runs[0].scenes[step].svg)) == waiting


def test_no_two_dots_share_a_place(rushes: dict[str, Rush]) -> None:
    for run in stampede_runs(list(rushes.values())):
        for scene in run.scenes:
            places = [(n.get("cx"), n.get("cy")) for n in root_of(scene.svg).iter(f"{SVG}circle")]
            assert len(places) == len(set(places))


def test_the_view_steps_through_the_rush_of_each_guard() -> None:
    view = StampedeTheatre({"none": Mine, "locked": GUARDS["locked"]})
    assert repr(view) == "StampedeTheatre(2 protections, 560 clients)"
    view.position, view.step = [1], FRAMES - 1
    assert view.says.startswith("locked, 900 ms after the expiry: 1 call of the origin")
