"""Schedules drawn by Hypothesis: they find the same races, small, and in crowds as well."""

from pathlib import Path
from typing import Any

import pytest

from cachelab.lab.explorer import Exploration, Scenario, World, explore, no_stale_value_stays

from .broken import K, NaiveAside
from .test_races_found import RACES


def drawn(scenario: Scenario, promise: Any, runs: int = 1_500, **options: Any) -> Exploration:
    return explore(
        scenario, promise, mode="drawn", max_schedules=runs, budget_seconds=600, **options
    )


def crowd_of_clients(world: World) -> Any:
    """Six clients of eight calls, one of ten: 48! / 8!^6, so over 10^33 schedules."""
    world.source.write(K, "old")

    def client(number: int, cache: NaiveAside) -> Any:
        def act() -> None:
            for _ in range(2):
                cache.read(f"own {number}")
                cache.read(K)
            if number == 3:
                cache.write(K, "new")

        return act

    actors = {f"client {number}": client(number, NaiveAside(world)) for number in range(6)}
    return actors, lambda: {K: NaiveAside(world).read(K)}


@pytest.mark.parametrize("name", RACES)
def test_each_race_is_found_among_few_schedules_and_is_as_short(name: str) -> None:
    scenario, promise, calls = RACES[name]
    exploration = drawn(scenario, promise)
    before_rest = [step for step in exploration.steps if step.task != "main"]
    assert exploration.broken is promise
    assert len(before_rest) == calls


def test_in_a_crowd_the_race_is_found_and_shrunk_to_the_two_who_have_it() -> None:
    exploration = drawn(crowd_of_clients, no_stale_value_stays)
    assert exploration.broken is no_stale_value_stays
    assert len({step.task for step in exploration.steps} - {"main"}) == 2


def test_the_same_seed_draws_the_same_schedules() -> None:
    found = [drawn(crowd_of_clients, no_stale_value_stays, seed=7) for _ in range(2)]
    assert (found[0].schedules, found[0].turns) == (found[1].schedules, found[1].turns)


def test_no_more_schedules_are_drawn_than_were_asked_for() -> None:
    exploration = drawn(crowd_of_clients, lambda _: True, runs=50)
    assert (exploration.schedules, exploration.is_exhaustive) == (50, False)


def test_hypothesis_leaves_nothing_in_the_folder_of_the_one_who_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    drawn(crowd_of_clients, lambda _: True, runs=20)
    assert list(tmp_path.iterdir()) == []
