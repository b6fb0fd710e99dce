"""Schemes, guards, and guards under strategies: no order of steps leaves an old value behind."""

from collections.abc import Callable
from typing import Any

import pytest

from cachelab.invalidation import (
    SCHEMES,
    EventBased,
    StoreAround,
    TaggedKeys,
    VersionedKeys,
)
from cachelab.lab.explorer import Scenario, World, explore, no_stale_value_stays
from cachelab.ports import MemoryStore
from cachelab.stampede import GUARDS, GuardedSource
from cachelab.strategies import STRATEGIES, CacheAside

K = "user:1"
FENCED = ["locked", "leased", "stale_while_revalidate", "early_locked"]
"""The guards that store nothing in the place of what was forgotten meanwhile."""

WRITES_LATER = {"write_behind", "queued_write_behind"}


def over(name: str, world: World) -> StoreAround:
    if name == "tagged_keys":
        return TaggedKeys(world.store, tags_of=lambda _: ["user"])
    return SCHEMES[name](world.store)


def invalidation(scheme: Any) -> Callable[[], Any]:
    """How the scheme is told that the row has changed."""
    if isinstance(scheme, VersionedKeys):
        return lambda: scheme.bump("user")
    if isinstance(scheme, TaggedKeys):
        return lambda: scheme.invalidate("user")
    if isinstance(scheme, EventBased):
        scheme.on("changed", "user:{id}")
        return lambda: scheme.publish("changed", id=1)
    return lambda: scheme.delete(K)


def readers_of_a_scheme(name: str, readers: int = 1) -> Scenario:
    def scenario(world: World) -> Any:
        world.source.write(K, "old")

        def reading() -> Callable[[], Any]:
            cache = CacheAside(over(name, world), world.source, ttl=60, runtime=world.sim)
            return lambda: cache.read(K)

        tell = invalidation(over(name, world))

        def change() -> None:
            world.source.write(K, "new")
            tell()

        actors = {f"reader {number}": reading() for number in range(readers)}
        return {**actors, "writer": change}, lambda: {K: reading()()}

    return scenario


@pytest.mark.parametrize("name", SCHEMES)
def test_no_schedule_lets_a_reader_bring_back_what_a_scheme_has_ended(name: str) -> None:
    exploration = explore(readers_of_a_scheme(name), no_stale_value_stays, budget_seconds=600)
    assert (exploration.holds, exploration.is_exhaustive) == (True, True), str(exploration)


def readers_of_a_guard(name: str) -> Scenario:
    def scenario(world: World) -> Any:
        world.source.write(K, "old")
        guards = [GUARDS[name](world.store, world.sim, ttl=60.0) for _ in range(3)]

        def load(key: str) -> Any:
            return world.source.read(key).value

        def write(guard: Any = guards[1]) -> None:
            world.source.write(K, "new")
            guard.forget(K)

        def at_rest() -> dict[str, Any]:
            for guard in guards:
                guard.close()
            return {K: guards[2].get(K, load)}

        return {"reader": lambda guard=guards[0]: guard.get(K, load), "writer": write}, at_rest

    return scenario


@pytest.mark.parametrize("name", FENCED)
def test_no_schedule_lets_a_late_load_take_the_place_of_what_was_forgotten(name: str) -> None:
    exploration = explore(readers_of_a_guard(name), no_stale_value_stays, budget_seconds=600)
    assert (exploration.holds, exploration.is_exhaustive) == (True, True), str(exploration)


@pytest.mark.parametrize("name", sorted(set(GUARDS) - set(FENCED)))
def test_the_guards_without_a_fence_are_seen_to_store_an_older_row_last(name: str) -> None:
    exploration = explore(readers_of_a_guard(name), no_stale_value_stays, budget_seconds=600)
    assert exploration.broken is no_stale_value_stays


def a_guard_under_a_strategy(strategy: str, name: str) -> Scenario:
    def scenario(world: World) -> Any:
        world.source.write(K, "old")
        shelf = world.port("shelf", MemoryStore(world.sim))

        def made() -> Any:
            guard = GUARDS[name](shelf, world.sim, ttl=60.0)
            source = GuardedSource(world.source, guard)
            return STRATEGIES[strategy].over(world.store, source, ttl=60.0, runtime=world.sim)

        reader, writer = made(), made()

        def at_rest() -> dict[str, Any]:
            reader.close()
            writer.close()
            with made() as cache:
                return {K: cache.read(K)}

        actors = {"reader": lambda: reader.read(K), "writer": lambda: writer.write(K, "new")}
        return actors, at_rest

    return scenario


@pytest.mark.slow
@pytest.mark.parametrize("name", ["locked", "leased"])
@pytest.mark.parametrize("strategy", sorted(set(STRATEGIES) - WRITES_LATER))
def test_no_schedule_breaks_a_strategy_over_a_guarded_source(strategy: str, name: str) -> None:
    exploration = explore(
        a_guard_under_a_strategy(strategy, name), no_stale_value_stays, budget_seconds=600
    )
    assert (exploration.holds, exploration.is_exhaustive) == (True, True), str(exploration)


def test_over_a_guard_without_a_fence_a_strategy_can_be_left_with_an_older_row() -> None:
    exploration = explore(
        a_guard_under_a_strategy("cache_aside", "unguarded"), no_stale_value_stays
    )
    assert exploration.broken is no_stale_value_stays
