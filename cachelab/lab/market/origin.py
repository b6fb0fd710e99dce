"""
The origin: rows with versions, behind forty slots; who finds all of them taken has to wait.
"""

import zlib
from collections import Counter
from heapq import heapify, heapreplace
from random import Random

from .contracts import class_of

SLOTS = 40
LONGEST_WAIT = 1.0
"""Who would wait longer for a slot is turned away."""


class Origin:
    """
    The truth about every key, and the queue in front of it.

    A write becomes true when its call ends; a read answers what was true when it was made. `heavy`
    spreads the sizes of pages widely.
    """

    def __init__(self, rng: Random, service: float, *, heavy: bool = False) -> None:
        self.rng, self.service, self.heavy = rng, service, heavy
        self.slots = [0.0] * SLOTS
        heapify(self.slots)
        self.slowness = 1.0
        self.versions: dict[str, int] = {}
        self.values: dict[str, list[str]] = {}
        self.calls: Counter[int] = Counter()
        self.refused = 0
        self._sizes: dict[str, int] = {}
        self._last: dict[str, float] = {}

    def call(self, at: float) -> float | None:
        """Take a slot for a call made at `at`; return when it ends, None if turned away."""
        self.calls[int(at)] += 1
        start = max(at, self.slots[0])
        if start - at > LONGEST_WAIT:
            self.refused += 1
            return None
        took = self.service * self.slowness * (0.5 + 0.5 * self.rng.expovariate(1.0))
        heapreplace(self.slots, start + took)
        return start + took

    def in_turn(self, key: str, done: float) -> float:
        """Return when a write that ends at `done` becomes true: after those that came before it."""
        self._last[key] = max(done, self._last.get(key, 0.0))
        return self._last[key]

    def version(self, key: str) -> int:
        """Return the version that is true now."""
        return self.versions.get(key, 0)

    def value(self, key: str, version: int) -> str:
        """Return the value of a version, a word that cannot be guessed."""
        known = self.values.setdefault(key, [])
        while len(known) <= version:
            known.append(f"{self.rng.getrandbits(64):016x}")
        return known[version]

    def version_of(self, key: str, value: str) -> int | None:
        """Return which version a value is, None if it is none of this key."""
        known = self.values.get(key, [])
        return known.index(value) if value in known else None

    def size(self, key: str) -> int:
        """Return the bytes of a row, always the same for a key."""
        if key not in self._sizes:
            spread = 1.7 if self.heavy and key.startswith("catalogue") else 0.5
            factor = Random(zlib.crc32(key.encode())).lognormvariate(-spread * spread / 2, spread)
            self._sizes[key] = max(50, min(4_000_000, int(class_of(key).mean_bytes * factor)))
        return self._sizes[key]
