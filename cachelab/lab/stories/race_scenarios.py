"""
Four ways to keep a cache true, each with one reader and one writer: scenarios for the explorer.

Three of them are what is often written; the fourth is our `CacheAside`, whose lease closes the
race. Each actor is a process of its own.
"""

from typing import Any

from cachelab.lab.explorer.world import Actors, AtRest, World
from cachelab.ports import MISSING
from cachelab.strategies import CacheAside

KEY = "price"


def _read(world: World) -> Any:
    """Read as most programs do: look, else load and leave a copy."""
    found = world.store.get(KEY)
    if found is MISSING:
        found = world.source.read(KEY).value
        world.store.set(KEY, found, ttl=60)
    return found


def _scenario(world: World, write: Any) -> tuple[Actors, AtRest]:
    world.source.write(KEY, 10)
    return (
        {"reader": lambda: _read(world), "writer": lambda: write()},
        lambda: {KEY: _read(world)},
    )


def delete_after_commit(world: World) -> tuple[Actors, AtRest]:
    """The writer commits, then deletes the copy."""

    def write() -> None:
        world.source.write(KEY, 12)
        world.store.delete(KEY)

    return _scenario(world, write)


def set_after_commit(world: World) -> tuple[Actors, AtRest]:
    """The writer commits, then puts the new row into the cache."""

    def write() -> None:
        world.source.write(KEY, 12)
        world.store.set(KEY, 12, ttl=60)

    return _scenario(world, write)


def delete_twice(world: World) -> tuple[Actors, AtRest]:
    """The writer deletes the copy before the commit and once more after it."""

    def write() -> None:
        world.store.delete(KEY)
        world.source.write(KEY, 12)
        world.store.delete(KEY)

    return _scenario(world, write)


def with_a_lease(world: World) -> tuple[Actors, AtRest]:
    """Reader and writer go through our `CacheAside`, each in a process of its own."""
    world.source.write(KEY, 10)
    reader, writer = (
        CacheAside(world.store, world.source, ttl=60, runtime=world.sim) for _ in range(2)
    )
    return (
        {"reader": lambda: reader.read(KEY), "writer": lambda: writer.write(KEY, 12)},
        lambda: {KEY: reader.read(KEY)},
    )


SCENARIOS = {
    "delete after the commit": delete_after_commit,
    "set after the commit": set_after_commit,
    "delete twice": delete_twice,
    "lease": with_a_lease,
}
