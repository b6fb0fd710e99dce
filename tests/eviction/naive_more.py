"""
More policies from their definitions alone: those that learn, that draw lots, and that know ahead.

As in `naive.py`: lists, indexes and whole histories. With the package they share words, constants
and, where there are dice, the throws: `int(random() * n)` picks a place in a row of n keys.
"""

from collections.abc import Hashable, Iterable
from hashlib import blake2b
from random import Random


class NaiveLIRS:
    """The paper's section 3.3; tops of stacks and ends of queues are the ends of lists."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.llirs = capacity, capacity - max(1, capacity // 100)
        self.s: list[Hashable] = []
        self.q: list[Hashable] = []
        self.evicted: list[Hashable] = []
        self.status: dict[Hashable, str] = {}

    @property
    def keys(self) -> list[Hashable]:
        return [key for key, status in self.status.items() if status != "ghost"]

    def request(self, key: Hashable) -> tuple[bool, list[Hashable]]:
        old = self.status.get(key)
        hit = old in ("LIR", "HIR")
        if old == "ghost":
            self.evicted.remove(key)
        gone = [] if hit or len(self.keys) < self.capacity else [self.evict()]
        if old == "LIR":
            self.to_top(key)
        else:
            self.not_lir(key)
        self.prune()
        while len(self.s) > 2 * self.capacity and self.evicted and old != "LIR":
            self.s.remove(self.evicted[0])
            del self.status[self.evicted.pop(0)]
        return hit, gone

    def not_lir(self, key: Hashable) -> None:
        lirs = list(self.status.values()).count("LIR")
        promoted = key in self.s or lirs < self.llirs
        self.q = [other for other in self.q if other != key]
        self.to_top(key)
        self.status[key] = "LIR" if promoted else "HIR"
        if not promoted:
            self.q.append(key)
        elif lirs == self.llirs:
            bottom = self.s.pop(0)
            self.status[bottom] = "HIR"
            self.q.append(bottom)

    def to_top(self, key: Hashable) -> None:
        self.s = [other for other in self.s if other != key] + [key]

    def evict(self) -> Hashable:
        victim = self.q.pop(0)
        if victim in self.s:
            self.status[victim] = "ghost"
            self.evicted.append(victim)
        else:
            del self.status[victim]
        return victim

    def prune(self) -> None:
        while self.s and self.status[self.s[0]] != "LIR":
            if self.status[self.s[0]] == "ghost":
                del self.status[self.s[0]]
                self.evicted.remove(self.s[0])
            self.s.pop(0)

    def remove(self, key: Hashable) -> None:
        del self.status[key]
        self.s = [other for other in self.s if other != key]
        self.q = [other for other in self.q if other != key]
        self.prune()


class NaiveSketch:
    """Counters by row and place, counted anew from the whole history at each question."""

    def __init__(self, capacity: int) -> None:
        self.period, self.width = 10 * capacity, 16
        while self.width < 8 * capacity:
            self.width *= 2
        self.history: list[Hashable] = []
        self.known: dict[Hashable, list[tuple[int, int]]] = {}

    def places(self, key: Hashable) -> list[tuple[int, int]]:
        if isinstance(key, str):
            number = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little")
        else:
            number = hash(key) % 2**64
        number = (number + 0x9E3779B97F4A7C15) % 2**64
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
            number = (number ^ (number >> shift)) * factor % 2**64
        step = number // 2**32
        step += 1 - step % 2
        return [(row, (number % 2**32 + row * step) % self.width) for row in range(4)]

    def estimate(self, key: Hashable) -> int:
        return min(self.counter(place) for place in self.places(key))

    def counter(self, place: tuple[int, int]) -> int:
        count = 0
        for at, key in enumerate(self.history, start=1):
            if key not in self.known:
                self.known[key] = self.places(key)
            if place in self.known[key]:
                count = min(15, count + 1)
            if at % self.period == 0:
                count //= 2
        return count


class NaiveWTinyLFU:
    """Three lists, least recently used first, and the hits of each sample of requests."""

    def __init__(self, capacity: int, *, window: float = 0.01, adaptive: bool = False) -> None:
        self.capacity, self.adaptive = capacity, adaptive and capacity > 1
        self.border = float(max(1, int(window * capacity)))
        self.step, self.direction = 0.0625 * capacity, 1
        self.sketch = NaiveSketch(capacity)
        self.window: list[Hashable] = []
        self.probation: list[Hashable] = []
        self.protected: list[Hashable] = []
        self.outcomes: list[bool] = []

    @property
    def keys(self) -> list[Hashable]:
        return self.window + self.probation + self.protected

    @property
    def main(self) -> int:
        return self.capacity - int(self.border)

    def request(self, key: Hashable) -> tuple[bool, list[Hashable]]:
        self.sketch.history.append(key)
        hit, gone = key in self.keys, []
        if key in self.window or not hit:
            self.window = [other for other in self.window if other != key] + [key]
            if len(self.window) > int(self.border):
                gone = self.leave_window(self.window.pop(0))
        else:
            self.remove(key)
            self.protected.append(key)
            self.demote()
        self.outcomes.append(hit)
        if self.adaptive and len(self.outcomes) % (10 * self.capacity) == 0:
            self.climb(10 * self.capacity)
        return hit, gone

    def leave_window(self, candidate: Hashable) -> list[Hashable]:
        if len(self.probation + self.protected) < self.main:
            self.probation.append(candidate)
            return []
        if self.main == 0:
            return [candidate]
        rival = self.probation[0]
        if self.sketch.estimate(candidate) <= self.sketch.estimate(rival):
            return [candidate]
        self.probation = [*self.probation[1:], candidate]
        return [rival]

    def demote(self) -> None:
        while len(self.protected) > int(self.main * 0.8):
            self.probation.append(self.protected.pop(0))

    def climb(self, sample: int) -> None:
        now, before = sum(self.outcomes[-sample:]), sum(self.outcomes[-2 * sample : -sample])
        if now < before:
            self.direction *= -1
        self.step *= 0.98
        if abs(now - before) >= 0.05 * sample:
            self.step = 0.0625 * self.capacity
        border = self.border + self.direction * self.step
        self.border = max(1.0, min(border, float(max(1, int(0.8 * self.capacity)))))
        self.demote()
        while len(self.probation + self.protected) > self.main:
            self.window.append(self.probation.pop(0))
        while len(self.window) > int(self.border):
            self.probation.append(self.window.pop(0))

    def remove(self, key: Hashable) -> None:
        for segment in (self.window, self.probation, self.protected):
            if key in segment:
                segment.remove(key)


class NaiveSampledLRU:
    """Redis's eviction over a row of keys; whoever leaves is replaced by the last in the row."""

    def __init__(self, capacity: int, *, samples: int = 5, pool: int = 16) -> None:
        self.capacity, self.samples, self.size = capacity, samples, pool
        self.rng = Random(0)
        self.keys: list[Hashable] = []
        self.pool: list[tuple[int, Hashable]] = []
        self.history: list[Hashable] = []

    def draw(self) -> Hashable:
        return self.keys[int(self.rng.random() * len(self.keys))]

    def unused(self, key: Hashable) -> int:
        """How many requests ago the last one for `key` was."""
        return self.history[::-1].index(key) if key in self.history else 0

    def worth_evicting(self, key: Hashable) -> int:
        return self.unused(key)

    def request(self, key: Hashable) -> tuple[bool, list[Hashable]]:
        hit = key in self.keys
        gone = []
        self.history.append(key)
        if hit:
            self.used(key)
        elif len(self.keys) == self.capacity:
            gone = [self.choose()]
            self.remove(gone[0])
        if not hit:
            self.keys.append(key)
            self.came(key)
        return hit, gone

    def used(self, key: Hashable) -> None: ...

    def came(self, key: Hashable) -> None: ...

    def choose(self) -> Hashable:
        if not self.size:
            drawn = [self.draw() for _ in range(self.samples)]
            return min(drawn, key=lambda key: (-self.worth_evicting(key), drawn.index(key)))
        while True:
            for _ in range(self.samples):
                key = self.draw()
                self.offer(self.worth_evicting(key), key)
            while self.pool:
                _, best = self.pool.pop()
                if best in self.keys:
                    return best

    def offer(self, worth: int, key: Hashable) -> None:
        """Keep the pool sorted; of equals the newcomer stands to the left."""
        below = [entry for entry in self.pool if entry[0] < worth]
        above = [entry for entry in self.pool if entry[0] >= worth]
        if len(self.pool) < self.size:
            self.pool = [*below, (worth, key), *above]
        elif below:
            self.pool = [*below[1:], (worth, key), *above]

    def remove(self, key: Hashable) -> None:
        at = self.keys.index(key)
        self.keys[at] = self.keys[-1]
        self.keys.pop()


class NaiveSampledLFU(NaiveSampledLRU):
    def __init__(self, capacity: int, *, samples: int = 5, pool: int = 16) -> None:
        super().__init__(capacity, samples=samples, pool=pool)
        self.counts: dict[Hashable, int] = {}
        self.last: dict[Hashable, int] = {}

    def faded(self, key: Hashable) -> int:
        periods = (len(self.history) - self.last[key]) // (10 * self.capacity)
        return max(0, self.counts[key] - periods)

    def worth_evicting(self, key: Hashable) -> int:
        return 255 - self.faded(key)

    def used(self, key: Hashable) -> None:
        count = self.faded(key)
        if count < 255 and self.rng.random() < 1 / (max(0, count - 5) * 10 + 1):
            count += 1
        self.counts[key], self.last[key] = count, len(self.history)

    def came(self, key: Hashable) -> None:
        self.counts[key], self.last[key] = 5, len(self.history)


class NaiveBelady:
    """Looks through all requests to come for each resident; among the useless the LRU one goes."""

    def __init__(self, capacity: int, future: Iterable[Hashable]) -> None:
        self.capacity, self.future = capacity, list(future)
        self.keys: list[Hashable] = []

    def request(self, key: Hashable) -> tuple[bool, list[Hashable]]:
        assert self.future.pop(0) == key
        hit, gone = key in self.keys, []
        if hit:
            self.keys.remove(key)
        elif len(self.keys) == self.capacity:
            gone = [max(self.keys, key=self.wait)]
            self.keys.remove(gone[0])
        self.keys.append(key)
        return hit, gone

    def wait(self, key: Hashable) -> int:
        return self.future.index(key) if key in self.future else len(self.future)

    def remove(self, key: Hashable) -> None:
        self.keys.remove(key)


MORE_NAIVE = {
    "lirs": NaiveLIRS,
    "w_tinylfu": NaiveWTinyLFU,
    "sampled_lru": NaiveSampledLRU,
    "sampled_lfu": NaiveSampledLFU,
    "belady": NaiveBelady,
}
