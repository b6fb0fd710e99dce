"""
Rungs inside the process: the processor's caches, main memory, and a dict in Python.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from typing import Any

import numpy as np

from cachelab.ports import MemoryStore

from .measuring import Run

LINE = 64
"""Bytes that a processor fetches at once."""

KEYS = 100_000


@contextmanager
def walk(size: int) -> Iterator[Run]:
    """Steps from one address to another, at random within `size` bytes, each waited for."""
    from cachelab.lab.kernels.chase import chase

    lines, words = size // LINE, LINE // 8
    order = np.random.default_rng(0).permutation(lines) * words
    chain = np.zeros(lines * words, np.int64)
    chain[order] = np.roll(order, -1)  # one circle through all lines
    place = 0

    def run(times: int) -> None:
        nonlocal place
        place = chase(chain, place, times)

    yield run


@contextmanager
def dict_get() -> Iterator[Run]:
    """A look into a dict of 100,000 keys, in no order that a cache could guess."""
    entries = {f"user:{number}": number for number in range(KEYS)}
    keys = _shuffled(list(entries))

    def run(times: int) -> None:
        for key in islice(keys, times):
            entries[key]

    yield run


@contextmanager
def store_get() -> Iterator[Run]:
    """A read from `MemoryStore`, which decodes the value as if it came from a server."""
    store = MemoryStore()
    names = [f"user:{number}" for number in range(1_000)]
    store.set_many({name: {"name": "Ada", "city": "London"} for name in names})
    keys = _shuffled(names)

    def run(times: int) -> None:
        for key in islice(keys, times):
            store.get(key)

    yield run


def _shuffled(keys: list[str]) -> Iterator[Any]:
    order = np.random.default_rng(0).permutation(len(keys))
    return cycle([keys[place] for place in order])
