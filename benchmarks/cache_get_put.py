"""
Our caches against cachetools and functools, as a program uses them: get, and put on a miss.

    pip install cachetools cachebox
    python benchmarks/cache_get_put.py

One process, the contestants in turn, nine rounds; the ratio of each round is taken against
cachetools' class of the same policy in that round, and its median printed with the spread. cachebox
(Rust) and functools.lru_cache (C) are there to show what plain Python can't reach.
"""

import functools
import platform
import statistics
import time
from collections.abc import Callable
from typing import Any

import cachebox
import cachetools

from cachelab.eviction import FIFO, LFU, LRU, Cache, Synchronized
from cachelab.lab import zipf

REQUESTS, OBJECTS, CAPACITY, ROUNDS = 300_000, 1_000_000, 10_000, 9


def ours(make: Callable[[], Any]) -> Callable[[list[Any]], None]:
    def play(keys: list[Any]) -> None:
        cache = make()
        get, put = cache.get, cache.put
        for key in keys:
            if get(key) is None:
                put(key, key + 1)

    return play


def theirs(make: Callable[[int], Any]) -> Callable[[list[Any]], None]:
    def play(keys: list[Any]) -> None:
        cache = make(CAPACITY)
        get = cache.get
        for key in keys:
            if get(key) is None:
                cache[key] = key + 1

    return play


def boxed(make: str) -> Callable[[list[Any]], None]:
    return theirs(getattr(cachebox, make))


def remembered(keys: list[Any]) -> None:
    """`functools.lru_cache` is written in C: as a decorator it is the one to use."""
    successor = functools.lru_cache(CAPACITY)(lambda key: key + 1)
    for key in keys:
        successor(key)


PEERS = {
    "FIFO": theirs(cachetools.FIFOCache),
    "LRU": theirs(cachetools.LRUCache),
    "LFU": theirs(cachetools.LFUCache),
}
CONTESTANTS = {
    "Cache(FIFO)": ("FIFO", ours(lambda: Cache(FIFO(CAPACITY)))),
    "Cache(LRU)": ("LRU", ours(lambda: Cache(LRU(CAPACITY)))),
    "Cache(LFU)": ("LFU", ours(lambda: Cache(LFU(CAPACITY)))),
    "Synchronized(Cache(LRU))": ("LRU", ours(lambda: Synchronized(Cache(LRU(CAPACITY))))),
    "functools.lru_cache": ("LRU", remembered),
    "cachebox.FIFOCache": ("FIFO", boxed("FIFOCache")),
    "cachebox.LRUCache": ("LRU", boxed("LRUCache")),
    "cachebox.LFUCache": ("LFU", boxed("LFUCache")),
}


def seconds(play: Callable[[list[Any]], None], keys: list[Any]) -> float:
    start = time.thread_time()
    play(keys)
    return time.thread_time() - start


def main() -> None:
    keys = list(zipf(REQUESTS, OBJECTS, alpha=1.0))
    ratios: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
    for _ in range(ROUNDS):
        peers = {policy: seconds(play, keys) for policy, play in PEERS.items()}
        for name, (policy, play) in CONTESTANTS.items():
            ratios[name].append(peers[policy] / seconds(play, keys))
    print(
        f"{REQUESTS:,} requests, zipf(1.0) over {OBJECTS:,} objects, capacity {CAPACITY:,}; "
        f"Python {platform.python_version()}, {platform.machine()}"
    )
    for name, values in ratios.items():
        peer = CONTESTANTS[name][0]
        print(
            f"{name:26} {statistics.median(values):5.2f} times as fast as cachetools {peer} "
            f"({min(values):.2f} to {max(values):.2f})"
        )


if __name__ == "__main__":
    main()
