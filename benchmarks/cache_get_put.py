"""
Our caches against cachetools, functools and cachebox, as a program uses them: get, put on a miss.

    pip install cachetools cachebox
    python benchmarks/cache_get_put.py

One process, the contestants in turn; the ratio of each round is taken against cachetools' class of
the same policy in that round, by the faster of its two idioms. cachebox, which is written in Rust,
takes part where it is installed.
"""

import functools
import importlib
import statistics
from collections.abc import Callable, Iterable
from typing import Any

import cachetools
import click
from racing import cpu_seconds, machine, workload

from cachelab.eviction import FIFO, LFU, LRU, Cache, Synchronized

Keys = list[Any]
Play = Callable[[Keys], None]
POLICIES = {"FIFO": FIFO, "LRU": LRU, "LFU": LFU}
WORKLOADS = {
    "zipf(1.0) over 1,000,000 objects, capacity 10,000": ("zipf1.0", 10_000),
    "zipf(1.0) over 1,000,000 objects, capacity 100,000": ("zipf1.0", 100_000),
    "many misses: zipf(0.8) over 1,000,000 objects, capacity 10,000": ("zipf0.8", 10_000),
}


class LongWay(Cache):
    """As any subclass, and as with any other policy: it calls its policy at each request."""


def ours(make: Callable[[], Any]) -> Play:
    def play(keys: Keys) -> None:
        cache = make()
        get, put = cache.get, cache.put
        for key in keys:
            if get(key) is None:
                put(key, key)

    return play


def by_get(make: Callable[[], Any]) -> Play:
    def play(keys: Keys) -> None:
        cache = make()
        get = cache.get
        for key in keys:
            if get(key) is None:
                cache[key] = key

    return play


def by_error(make: Callable[[], Any]) -> Play:
    def play(keys: Keys) -> None:
        cache = make()
        for key in keys:
            try:
                cache[key]
            except KeyError:
                cache[key] = key

    return play


def remembered(capacity: int) -> Play:
    """`functools.lru_cache` is written in C; as a decorator it is the one to use."""

    def play(keys: Keys) -> None:
        itself = functools.lru_cache(capacity)(lambda key: key)
        for key in keys:
            itself(key)

    return play


def peers(capacity: int) -> dict[str, tuple[Play, Play]]:
    kinds = {name: getattr(cachetools, f"{name}Cache") for name in POLICIES}
    makers = {name: functools.partial(kind, capacity) for name, kind in kinds.items()}
    return {name: (by_get(make), by_error(make)) for name, make in makers.items()}


def contestants(capacity: int) -> Iterable[tuple[str, str, Play]]:
    """Go through those who take part: name, policy, and how to play."""
    for name, policy in POLICIES.items():
        yield f"Cache({name})", name, ours(lambda policy=policy: Cache(policy(capacity)))
    locked = ours(lambda: Synchronized(Cache(LRU(capacity))))
    yield "Synchronized(Cache(LRU))", "LRU", locked
    for name, policy in POLICIES.items():
        long = ours(lambda policy=policy: LongWay(policy(capacity)))
        yield f"{name}, calling the policy", name, long
    yield "functools.lru_cache, in C", "LRU", remembered(capacity)
    try:
        cachebox = importlib.import_module("cachebox")
    except ImportError:
        return
    for name in POLICIES:
        make = functools.partial(getattr(cachebox, f"{name}Cache"), capacity)
        yield f"cachebox {name}, in Rust", name, by_get(make)


def race(keys: Keys, capacity: int, rounds: int) -> None:
    rivals, racers = peers(capacity), list(contestants(capacity))
    ratios: dict[str, list[float]] = {name: [] for name, _, _ in racers}
    for _ in range(rounds):
        best = {
            policy: min(cpu_seconds(lambda play=play: play(keys))[0] for play in idioms)
            for policy, idioms in rivals.items()
        }
        for name, policy, play in racers:
            ratios[name].append(best[policy] / cpu_seconds(lambda play=play: play(keys))[0])
    for name, policy, _ in racers:
        values = ratios[name]
        print(
            f"  {name:26} {statistics.median(values):5.2f} times as fast as cachetools {policy:4} "
            f"({min(values):.2f} to {max(values):.2f})"
        )


@click.command()
@click.option("--requests", default=300_000, show_default=True)
@click.option("--rounds", default=9, show_default=True)
def main(requests: int, rounds: int) -> None:
    print(f"{requests:,} requests with get, and put on a miss; {rounds} rounds; {machine()}")
    for title, (name, capacity) in WORKLOADS.items():
        keys = [int(key) for key in workload(name, requests).keys]
        cache = Cache(LRU(capacity))
        ours(lambda cache=cache: cache)(keys)
        print(f"\n{title}; LRU hits {cache.stats.hit_ratio:.0%}")
        race(keys, capacity, rounds)


if __name__ == "__main__":
    main()
