"""Our strategies and guards keep what they promise, under every order of steps there is."""

from typing import Any

import pytest

from cachelab.lab.explorer import (
    Scenario,
    World,
    cache_equals_source_at_rest,
    explore,
    no_acknowledged_write_lost,
    no_stale_value_stays,
    one_load_per_key_at_a_time,
)
from cachelab.ports import ManualClock
from cachelab.stampede import GUARDS
from cachelab.strategies import STRATEGIES, MemoryLog

K = "k"
PROMISES = [no_stale_value_stays, cache_equals_source_at_rest, no_acknowledged_write_lost]
WRITES_LATER = {"write_behind", "queued_write_behind"}
PROGRAMS = {
    "a reader and a writer": {"reader": "r", "writer": "w"},
    "a reader and two writers": {"reader": "r", "Ada": "w", "Ben": "w"},
    "two readers and a delete": {"reader": "r", "other": "r", "remover": "d"},
}


def clients(name: str, programs: dict[str, str], *, one_process: bool = False) -> Scenario:
    """Clients of a strategy, each a process with an instance of its own unless told otherwise."""

    def scenario(world: World) -> Any:
        world.source.write(K, "old")
        log = {"log": MemoryLog(world.sim, clock=ManualClock(1.0), store=world.store)}
        log = log if name == "write_behind" else {}

        def made() -> Any:
            kind, options = STRATEGIES[name], {"runtime": world.sim, **log}
            return kind.over(world.store, world.source, ttl=60.0, **options)

        one = made() if one_process else None
        caches = {who: one or made() for who in programs}

        def actor(who: str, program: str, cache: Any) -> Any:  # no memory is shared
            def act() -> None:
                for verb in program:
                    if verb == "r":
                        cache.read(K)
                    elif verb == "w":
                        world.write(cache.write, K, f"{who}'s")
                    else:
                        cache.delete(K)

            return act

        def at_rest() -> dict[str, Any]:
            for cache in caches.values():
                cache.close()
            with made() as cache:
                return {K: cache.read(K)}

        return {who: actor(who, text, caches[who]) for who, text in programs.items()}, at_rest

    return scenario


@pytest.mark.slow
@pytest.mark.parametrize("programs", PROGRAMS)
@pytest.mark.parametrize("name", sorted(set(STRATEGIES) - WRITES_LATER))
def test_no_schedule_of_several_processes_breaks_a_strategy(name: str, programs: str) -> None:
    exploration = explore(clients(name, PROGRAMS[programs]), PROMISES, budget_seconds=600)
    assert (exploration.holds, exploration.is_exhaustive) == (True, True), str(exploration)


@pytest.mark.slow
@pytest.mark.parametrize("name", STRATEGIES)
def test_no_schedule_that_is_tried_breaks_a_strategy_that_threads_share(name: str) -> None:
    """Threads share memory, so there are too many schedules for all: some of them are drawn."""
    scenario = clients(name, PROGRAMS["a reader and a writer"], one_process=True)
    exploration = explore(scenario, PROMISES, max_schedules=400, budget_seconds=600)
    assert exploration.holds, str(exploration)


def crowd(name: str, size: int, *, one_process: bool) -> Scenario:
    def scenario(world: World) -> Any:
        world.source.write(K, "row")

        def load(key: str) -> Any:
            return world.source.read(key).value

        def made() -> Any:
            return GUARDS[name](world.store, world.sim, ttl=60.0)

        one = made()
        guards = [one if one_process else made() for _ in range(size)]
        actors = {
            f"client {number}": lambda guard=guard: guard.get(K, load)
            for number, guard in enumerate(guards)
        }

        def at_rest() -> None:
            for guard in guards:
                guard.close()

        return actors, at_rest

    return scenario


@pytest.mark.parametrize("name", ["locked", "leased", "stale_while_revalidate", "early_locked"])
def test_no_schedule_of_three_processes_loads_twice_at_a_time(name: str) -> None:
    exploration = explore(
        crowd(name, 3, one_process=False), one_load_per_key_at_a_time, budget_seconds=600
    )
    assert (exploration.holds, exploration.is_exhaustive) == (True, True), str(exploration)


@pytest.mark.slow
def test_no_schedule_that_is_tried_makes_a_single_flight_load_twice_at_a_time() -> None:
    exploration = explore(
        crowd("single_flight", 3, one_process=True),
        one_load_per_key_at_a_time,
        max_schedules=800,
        budget_seconds=600,
    )
    assert exploration.holds, str(exploration)


@pytest.mark.parametrize("name", ["unguarded", "early_expiration"])
def test_the_guards_that_do_not_promise_one_load_are_seen_to_load_twice(name: str) -> None:
    exploration = explore(
        crowd(name, 3, one_process=False), one_load_per_key_at_a_time, budget_seconds=600
    )
    assert exploration.broken is one_load_per_key_at_a_time


def test_a_single_flight_cannot_see_into_other_processes() -> None:
    exploration = explore(
        crowd("single_flight", 2, one_process=False), one_load_per_key_at_a_time, budget_seconds=600
    )
    assert exploration.broken is one_load_per_key_at_a_time
