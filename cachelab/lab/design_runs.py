"""
One run of a design: requests in order of time, layers of real caches, an origin with a queue.

A layer is one or more `Cache`s of ours, whose clock is the simulation's. A load is under way until
the origin has answered, so misses of the same moment each call it unless a layer joins them, and a
write that comes in between can be overtaken by the copy of an older value.
"""

import random
from collections import Counter
from heapq import heappop, heappush, heapreplace
from itertools import count
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from cachelab.eviction import POLICIES, Cache
from cachelab.ports import MISSING

from .designs import Design, Figures, Layer, Workload
from .traces import zipf

WARM_UP = 0.2
"""The share of the time that is not counted."""

Key: TypeAlias = tuple[str, int]


class _Copy(NamedTuple):
    """What a cache keeps: which version, and when it was true last."""

    version: int
    loaded: float


class _Moment:
    """A clock that is set, millions of times, from one event to the next."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at


class _Level:
    """A layer at work: its caches, its loads under way, its looks and hits."""

    def __init__(self, layer: Layer, clock: _Moment) -> None:
        self.layer = layer
        room = layer.entries * (layer.nodes if layer.shared else 1)
        self.caches = [
            Cache(POLICIES[layer.policy](room), ttl=layer.ttl, clock=clock)
            for _ in range(1 if layer.shared else layer.nodes)
        ]
        self.loading: dict[tuple[int, Key], tuple[float, _Copy]] = {}
        self.looks = self.hits = 0


class DesignRun:
    """A workload at a design: `play` it once, then ask for `figures`."""

    def __init__(self, workload: Workload, design: Design, seed: int) -> None:
        self.work, self.design = workload, design
        self.rng = random.Random(seed)
        self.seed = seed
        self.clock = _Moment()
        self.levels = [_Level(layer, self.clock) for layer in design.layers]
        self.versions: Counter[Key] = Counter()
        self.changed: dict[Key, list[float]] = {}
        self.slots = [0.0] * workload.origin_slots
        self.fills: list[tuple[float, int, Key, _Copy, list[tuple[_Level, int]]]] = []
        self.numbers = count()
        self.begin = WARM_UP * workload.seconds
        self.latencies: list[float] = []
        self.calls: Counter[int] = Counter()
        self.stale = 0
        self.worst_age = 0.0
        self.followed: dict[int, list[int]] = {}
        self.crowd = list(zipf(10_000, workload.objects, workload.alpha, seed=seed + 2))

    @property
    def call_rate(self) -> float:
        """The calls of the origin in a second, after the warm-up."""
        return sum(self.calls.values()) / (self.work.seconds - self.begin)

    def play(self) -> None:
        """Go through all reads and writes in order of time."""
        for at, is_read, rank in _arrivals(self.work, self.seed):
            self._arrive(at)
            if is_read:
                self._read(at, rank)
            else:
                self._write(at, rank)

    def figures(self, bill: dict[str, float]) -> Figures:
        """Return what was measured after the warm-up."""
        ordered = sorted(self.latencies) or [0.0]
        return Figures(
            requests=len(self.latencies),
            hit_ratios={
                level.layer.name: level.hits / max(1, level.looks) for level in self.levels
            },
            p50=ordered[(len(ordered) - 1) // 2],
            p99=ordered[-(-99 * len(ordered) // 100) - 1],
            origin_calls=sum(self.calls.values()),
            worst_second=max(self.calls.values(), default=0),
            stale_share=self.stale / max(1, len(self.latencies)),
            worst_age=self.worst_age,
            dollars=sum(bill.values()),
            bill=bill,
        )

    def _arrive(self, at: float) -> None:
        """Bring the clock to `at`, and store what the origin has answered by then."""
        while self.fills and self.fills[0][0] <= at:
            done, _, key, copy, places = heappop(self.fills)
            self.clock.at = done
            for level, node in places:
                level.loading.pop((node, key), None)
                if not level.layer.leased or copy.version >= self._version(key):
                    level.caches[node].put(key, copy)
        self.clock.at = at

    # Reads

    def _read(self, at: float, rank: int) -> None:
        answers = [self._look(at, key) for key in self._keys(rank)]
        if at < self.begin:
            return
        self.latencies.append(max(seconds for seconds, _ in answers))
        age = max(age for _, age in answers)
        self.stale += age > 0
        self.worst_age = max(self.worst_age, age)

    def _look(self, at: float, key: Key) -> tuple[float, float]:
        """Return how long the answer takes, and for how long it has been out of date."""
        spent, missed = 0.0, list[tuple[_Level, int]]()
        for level in self.levels:
            if level.layer.public_only and self._is_private(key):
                continue
            node = self.rng.randrange(len(level.caches)) if level.caches[1:] else 0
            spent += level.layer.seconds
            found = self._found(level, node, key)
            if at >= self.begin:
                level.looks += 1
                level.hits += found is not MISSING
            if found is not MISSING:
                for near, place in missed:
                    near.caches[place].put(key, found)
                return spent, self._age(at, key, found)
            missed.append((level, node))
            if level.layer.coalesced and (node, key) in level.loading:
                done, copy = level.loading[node, key]
                self._fill_later(done, key, copy, missed[:-1])
                return max(spent, done - at), self._age(at, key, copy)
        return self._load(at, spent, key, missed), 0.0

    def _found(self, level: _Level, node: int, key: Key) -> Any:
        """Return the copy in a cache, MISSING if there is none."""
        found = level.caches[node].get(key, MISSING)
        if found is MISSING or key[0] == "row" or not level.layer.invalidated:
            return found
        # A post removes the feeds it is pushed into; that there are millions is its author's fault.
        return found if found.version >= self._version(key) else MISSING

    def _load(self, at: float, spent: float, key: Key, missed: list[tuple[_Level, int]]) -> float:
        done = self._call(at + spent)
        copy = _Copy(self._version(key), at)
        self._fill_later(done, key, copy, missed)
        for level, node in missed:
            if level.layer.coalesced:
                level.loading[node, key] = done, copy
        return done - at

    def _fill_later(
        self, done: float, key: Key, copy: _Copy, places: list[tuple[_Level, int]]
    ) -> None:
        if places:
            heappush(self.fills, (done, next(self.numbers), key, copy, places))

    def _call(self, at: float) -> float:
        """Call the origin; return when it has answered."""
        if at >= self.begin:
            self.calls[int(at)] += 1
        took = self.work.origin_seconds * (0.5 + 0.5 * self.rng.expovariate(1.0))
        done = max(at, self.slots[0]) + took
        heapreplace(self.slots, done)
        return done

    def _is_private(self, key: Key) -> bool:
        scattered = (500 + 7_919 * key[1]) % 1_000  # popular keys and others alike
        return scattered < 1_000 * self.work.private

    # Writes, and what they make stale

    def _write(self, at: float, rank: int) -> None:
        key = "row", rank
        self._call(at)
        followers = self._followers(rank)
        if 0 < followers <= self.design.push_up_to:
            for _ in range(-(-followers // self.design.push_batch)):
                self._call(at)
        self.versions[key] += 1
        self.changed.setdefault(key, []).append(at)
        for level in self.levels:
            if level.layer.invalidated:
                for cache in level.caches:
                    cache.delete(key)

    def _version(self, key: Key) -> int:
        kind, rank = key
        if kind == "row":
            return self.versions[key]
        return sum(self.versions["row", author] for author in self._pushed(rank))

    def _age(self, at: float, key: Key, copy: _Copy) -> float:
        """Return for how long a newer version has been there, 0 if there is none."""
        if copy.version >= self._version(key):
            return 0.0
        kind, rank = key
        authors = [rank] if kind == "row" else self._pushed(rank)
        newer = (
            when
            for author in authors
            for when in self.changed.get(("row", author), ())
            if when >= copy.loaded
        )
        return at - min(newer, default=at)

    # Feeds

    def _keys(self, rank: int) -> list[Key]:
        """Return what a read looks up: a row; or a feed and the authors who are not pushed."""
        if not self.work.follows:
            return [("row", rank)]
        pulled = [("row", author) for author in self._follows(rank) if not self._is_pushed(author)]
        pushed = [("feed", rank)] if len(pulled) < self.work.follows else []
        return pushed + pulled

    def _pushed(self, user: int) -> list[int]:
        return [author for author in self._follows(user) if self._is_pushed(author)]

    def _is_pushed(self, author: int) -> bool:
        return self._followers(author) <= self.design.push_up_to

    def _followers(self, rank: int) -> int:
        return self.work.audience // (rank + 1) if self.work.follows else 0

    def _follows(self, user: int) -> list[int]:
        """Return whom a user follows, always the same: popular authors are followed by more."""
        if user not in self.followed:
            rng = random.Random(f"{self.seed} {user}")
            chosen: dict[int, None] = {}
            while len(chosen) < self.work.follows:
                at = rng.randrange(len(self.crowd))
                drawn: Any = rng.randrange(self.work.objects) if len(chosen) % 2 else self.crowd[at]
                chosen[int(drawn)] = None
            self.followed[user] = list(chosen)
        return self.followed[user]


def _arrivals(work: Workload, seed: int) -> list[tuple[float, bool, int]]:
    """Return (when, whether it is a read, rank) for each request, in order of time."""
    rng = np.random.default_rng(seed)
    calm = _times(rng, work.reads, 0.0, work.seconds)
    rush = _times(rng, work.reads * (work.peak - 1), 0.45 * work.seconds, 0.55 * work.seconds)
    writes = _times(rng, work.writes, 0.0, work.seconds)
    drawn = zipf(max(1, len(calm) + len(writes)), work.objects, work.alpha, seed=seed + 1)
    ranks = np.asarray(drawn.keys).tolist()
    found = [(at, True, rank) for at, rank in zip(calm, ranks, strict=False)]
    found += [(at, True, 0) for at in rush]
    found += [(at, False, rank) for at, rank in zip(writes, ranks[len(calm) :], strict=False)]
    return sorted(found)


def _times(rng: np.random.Generator, rate: float, start: float, end: float) -> list[float]:
    """Return random moments, `rate` a second on the average."""
    number = rng.poisson(rate * (end - start))
    return sorted((start + (end - start) * rng.random(number)).tolist())
