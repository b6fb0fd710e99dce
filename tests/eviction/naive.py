"""
The policies once more, from their definitions alone: slow, obvious, and written apart.

Lists, indexes and whole histories; nothing is shared with the package but the words. Each answers a
request with (hit?, keys evicted), and `keys` are the residents.
"""

from collections.abc import Hashable, Iterable
from typing import Any

from .naive_more import MORE_NAIVE


class Naive:
    """
    A cache that keeps the whole history; a subclass says what a resident key is `worth`.

    The key worth least goes.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.history: list[Hashable] = []
        self.came_in: dict[Hashable, int] = {}

    @property
    def keys(self) -> Iterable[Hashable]:
        return self.came_in

    def request(self, key: Hashable) -> tuple[bool, list[Hashable]]:
        hit = key in self.came_in
        gone: list[Hashable] = []
        if not hit and len(self.came_in) == self.capacity:
            gone = [min(self.came_in, key=self.worth)]
            del self.came_in[gone[0]]
        self.history.append(key)
        if not hit:
            self.came_in[key] = len(self.history) - 1
        return hit, gone

    def remove(self, key: Hashable) -> None:
        del self.came_in[key]

    def uses(self, key: Hashable, since: int = 0) -> list[int]:
        return [at for at, used in enumerate(self.history) if used == key and at >= since]

    def worth(self, key: Hashable) -> tuple[int, ...]:
        raise NotImplementedError


class NaiveFIFO(Naive):
    def worth(self, key: Hashable) -> tuple[int, ...]:
        return (self.came_in[key],)


class NaiveLRU(Naive):
    def worth(self, key: Hashable) -> tuple[int, ...]:
        return (self.uses(key)[-1],)


class NaiveLFU(Naive):
    def worth(self, key: Hashable) -> tuple[int, ...]:
        uses = self.uses(key, since=self.came_in[key])
        return (len(uses), uses[-1])


class NaiveLRU2(Naive):
    def worth(self, key: Hashable) -> tuple[int, ...]:
        uses = self.uses(key)
        return (uses[-2] if len(uses) > 1 else -1, uses[-1])


class NaiveAgedLFU(Naive):
    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        self.count: dict[Hashable, int] = {}

    def request(self, key: Hashable) -> tuple[bool, list[Hashable]]:
        hit, gone = super().request(key)
        self.count[key] = self.count[key] + 1 if hit else 1
        if len(self.history) % (10 * self.capacity) == 0:
            self.count = {one: -(-count // 2) for one, count in self.count.items()}
        return hit, gone

    def worth(self, key: Hashable) -> tuple[int, ...]:
        return (self.count[key], self.uses(key)[-1])


class NaiveClock:
    """A ring that stands still, and a hand that goes round it."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.hand = capacity, 0
        self.keys: list[Hashable] = []
        self.bits: list[int] = []

    def request(self, key: Hashable) -> tuple[bool, list[Hashable]]:
        if key in self.keys:
            self.bits[self.keys.index(key)] = 1
            return True, []
        gone = []
        if len(self.keys) == self.capacity:
            while self.bits[self.hand]:
                self.bits[self.hand] = 0
                self.hand = (self.hand + 1) % self.capacity
            gone = [self.keys.pop(self.hand)]
            self.bits.pop(self.hand)
        self.keys.insert(self.hand, key)
        self.bits.insert(self.hand, 0)
        self.hand = (self.hand + 1) % len(self.keys)
        return False, gone

    def remove(self, key: Hashable) -> None:
        at = self.keys.index(key)
        del self.keys[at], self.bits[at]
        if at < self.hand:
            self.hand -= 1
        self.hand = self.hand % len(self.keys) if self.keys else 0


class NaiveSieve:
    """One queue, oldest first, in which nothing moves; `hand` is None when it is at the head."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.hand: int | None = None
        self.keys: list[Hashable] = []
        self.visited: set[Hashable] = set()

    def request(self, key: Hashable) -> tuple[bool, list[Hashable]]:
        if key in self.keys:
            self.visited.add(key)
            return True, []
        gone = []
        if len(self.keys) == self.capacity:
            at = self.hand or 0
            while self.keys[at] in self.visited:
                self.visited.remove(self.keys[at])
                at = (at + 1) % len(self.keys)
            gone = [self.keys.pop(at)]
            self.hand = at if at < len(self.keys) else None
        self.keys.append(key)
        return False, gone

    def remove(self, key: Hashable) -> None:
        at = self.keys.index(key)
        self.keys.remove(key)
        self.visited.discard(key)
        if self.hand is not None and at < self.hand:
            self.hand -= 1
        if self.hand == len(self.keys):
            self.hand = None


class NaiveSLRU:
    """Two lists, least recently used first."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.room = capacity, capacity * 8 // 10
        self.probation: list[Hashable] = []
        self.protected: list[Hashable] = []

    @property
    def keys(self) -> list[Hashable]:
        return self.probation + self.protected

    def request(self, key: Hashable) -> tuple[bool, list[Hashable]]:
        if key in self.keys:
            self.remove(key)
            self.protected.append(key)
            if len(self.protected) > self.room:
                self.probation.append(self.protected.pop(0))
            return True, []
        gone = [self.probation.pop(0)] if len(self.keys) == self.capacity else []
        self.probation.append(key)
        return False, gone

    def remove(self, key: Hashable) -> None:
        (self.protected if key in self.protected else self.probation).remove(key)


class NaiveTwoQueue:
    """Johnson and Shasha's full version; heads of queues are the ends of lists."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.kin, self.kout = capacity, capacity // 4, capacity // 2
        self.a1_in: list[Hashable] = []
        self.a1_out: list[Hashable] = []
        self.am: list[Hashable] = []

    @property
    def keys(self) -> list[Hashable]:
        return self.a1_in + self.am

    def request(self, key: Hashable) -> tuple[bool, list[Hashable]]:
        if key in self.am:
            self.am.remove(key)
            self.am.append(key)
            return True, []
        if key in self.a1_in:
            return True, []
        proven = key in self.a1_out
        if proven:
            self.a1_out.remove(key)
        gone = self.reclaim() if len(self.keys) == self.capacity else []
        (self.am if proven else self.a1_in).append(key)
        return False, gone

    def reclaim(self) -> list[Hashable]:
        if len(self.a1_in) <= self.kin:
            return [self.am.pop(0)]
        gone = self.a1_in.pop(0)
        self.a1_out = [*self.a1_out, gone][-self.kout :] if self.kout else []
        return [gone]

    def remove(self, key: Hashable) -> None:
        (self.am if key in self.am else self.a1_in).remove(key)


class NaiveARC:
    """Figure 4 of the FAST 2003 paper; `p` is a real number."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.p = capacity, 0.0
        self.t1: list[Hashable] = []
        self.t2: list[Hashable] = []
        self.b1: list[Hashable] = []
        self.b2: list[Hashable] = []

    @property
    def keys(self) -> list[Hashable]:
        return self.t1 + self.t2

    def request(self, key: Hashable) -> tuple[bool, list[Hashable]]:
        c, gone = self.capacity, []
        if key in self.keys:
            self.remove(key)
            self.t2.append(key)
            return True, []
        if key in self.b1:
            self.p = min(self.p + max(len(self.b2) / len(self.b1), 1), c)
            gone = self.replace(key)
            self.b1.remove(key)
            self.t2.append(key)
        elif key in self.b2:
            self.p = max(self.p - max(len(self.b1) / len(self.b2), 1), 0)
            gone = self.replace(key)
            self.b2.remove(key)
            self.t2.append(key)
        else:
            if len(self.t1) + len(self.b1) == c:
                if len(self.t1) < c:
                    self.b1.pop(0)
                    gone = self.replace(key)
                else:
                    gone = [self.t1.pop(0)]
            else:
                if len(self.t1 + self.t2 + self.b1 + self.b2) == 2 * c:
                    self.b2.pop(0)
                gone = self.replace(key)
            self.t1.append(key)
        return False, gone

    def replace(self, key: Hashable) -> list[Hashable]:
        if len(self.keys) < self.capacity:  # only after a removal, or while the cache fills
            return []
        long = len(self.t1) > self.p or (key in self.b2 and len(self.t1) == self.p)
        if self.t1 and long:
            self.b1.append(self.t1.pop(0))
            return [self.b1[-1]]
        self.b2.append(self.t2.pop(0))
        return [self.b2[-1]]

    def remove(self, key: Hashable) -> None:
        (self.t1 if key in self.t1 else self.t2).remove(key)


class NaiveS3FIFO:
    """Algorithm 1 of the SOSP 2023 paper, with the authors' program's way to fill the cache."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.room = capacity, max(1, capacity // 10)
        self.ghosts = capacity * 9 // 10
        self.small: list[list[Any]] = []
        self.main: list[list[Any]] = []
        self.ghost: list[object] = []
        self.evicted_once = False

    @property
    def keys(self) -> list[object]:
        return [key for key, _ in self.small + self.main]

    def request(self, key: Hashable) -> tuple[bool, list[object]]:
        for entry in self.small + self.main:
            if entry[0] == key:
                entry[1] = min(3, entry[1] + 1)
                return True, []
        returning = key in self.ghost
        self.ghost = [name for name in self.ghost if name != key]
        gone = [self.evict()] if len(self.keys) == self.capacity else []
        filling = not self.evicted_once and len(self.small) >= self.room
        (self.main if returning or filling else self.small).append([key, 0])
        return False, gone

    def evict(self) -> object:
        self.evicted_once = True
        if len(self.small) >= self.room:
            gone = self.evict_small()
            if gone:
                return gone[0]
        while self.main[0][1]:
            key, uses = self.main.pop(0)
            self.main.append([key, uses - 1])
        return self.main.pop(0)[0]

    def evict_small(self) -> list[object]:
        while self.small:
            key, uses = self.small.pop(0)
            if uses < 2:
                self.ghost = [*self.ghost, key][-self.ghosts :] if self.ghosts else []
                return [key]
            self.main.append([key, 0])
        return []

    def remove(self, key: Hashable) -> None:
        self.small = [entry for entry in self.small if entry[0] != key]
        self.main = [entry for entry in self.main if entry[0] != key]


NAIVE: dict[str, Any] = {
    "fifo": NaiveFIFO,
    "clock": NaiveClock,
    "sieve": NaiveSieve,
    "lru": NaiveLRU,
    "slru": NaiveSLRU,
    "lfu": NaiveLFU,
    "aged_lfu": NaiveAgedLFU,
    "lru_k": NaiveLRU2,
    "two_queue": NaiveTwoQueue,
    "arc": NaiveARC,
    "s3_fifo": NaiveS3FIFO,
    **MORE_NAIVE,
}
"""Every policy but Random, whose dice are all there is to it."""
