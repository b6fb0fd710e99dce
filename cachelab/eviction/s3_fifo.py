"""
S3-FIFO: three FIFO queues, and a cache needs no LRU.

Most keys of real traces are asked for once while they are cached. A small queue finds those out
quickly, a main queue keeps the rest by CLOCK's rule, a queue of ghosts calls back who was sent away
too soon. Nothing moves on a hit.
"""

from collections import OrderedDict
from collections.abc import Iterator

from .base import EvictionPolicy, Key
from .options import share, whole

MOST_USES = 3
"""Two bits a key are enough."""


class S3FIFO(EvictionPolicy):
    """
    Evicts the oldest newcomer not asked for twice, or the oldest idle key of the main queue.

    Intuition: new keys enter `small`. At its end those used `threshold` times or more move to
    `main`, the others leave and only their name stays, in `ghost`; a key whose name is found there
    enters `main` directly. In `main` each use earns one more round.

    `small` takes the share `small` of the capacity and `ghost` the share `ghost`, both rounded
    down, `small` at least one place. A removed key is forgotten and leaves no ghost.

    Complexity: O(1) for `hit` and `remove`; O(1) for `insert` on average over any run; up to
    0.9 times the capacity in names.

    Source: J. Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023, algorithm
    1, whose procedures are cited below. Two details follow the authors' program instead: before the
    first eviction new keys go to `main` once `small` is full (the paper fills `small` with all of
    them), and a promotion that makes `main` long evicts at the next turn of the loop, not at once.

    >>> policy = S3FIFO(10)
    >>> [policy.insert(key) for key in "abcdefghijk"][-1], list(policy.ghost)
    (['a'], ['a'])
    >>> policy.insert("a"), "a" in policy.main
    (['k'], True)
    """

    name = "s3_fifo"

    def __init__(
        self, capacity: int, *, small: float = 0.1, ghost: float = 0.9, threshold: int = 2
    ) -> None:
        super().__init__(capacity)
        self.small_room = max(1, int(capacity * share("small", small)))
        self.ghost_room = int(capacity * share("ghost", ghost, below=float("inf")))
        self.threshold = whole("threshold", threshold, least=1)
        self.small: OrderedDict[Key, int] = OrderedDict()
        """Uses since it came in, for each key, oldest first."""
        self.main: OrderedDict[Key, int] = OrderedDict()
        self.ghost: OrderedDict[Key, None] = OrderedDict()
        self.filling = True
        """No key was evicted so far."""

    def hit(self, key: Key) -> None:
        queue = self.small if key in self.small else self.main
        if queue[key] < MOST_USES:  # READ: "x.freq <- min(x.freq + 1, 3)"
            queue[key] += 1

    def insert(self, key: Key) -> list[Key]:
        returning = key in self.ghost
        if returning:
            del self.ghost[key]
        evicted = [self._evict()] if len(self) == self.capacity else []  # INSERT
        warm_up = self.filling and len(self.small) >= self.small_room
        (self.main if returning or warm_up else self.small)[key] = 0
        return evicted

    def _evict(self) -> Key:
        self.filling = False
        if len(self.small) >= self.small_room:  # EVICT: "if S.size >= 0.1 cache size"
            for victim in self._leave_small():
                return victim
        return self._leave_main()

    def _leave_small(self) -> Iterator[Key]:
        while self.small:  # EVICTS; gives nothing if every key of `small` was promoted
            key, uses = self.small.popitem(last=False)
            if uses < self.threshold:
                self._remember(key)
                yield key
                return
            self.main[key] = 0

    def _remember(self, key: Key) -> None:
        if self.ghost_room == 0:
            return
        if len(self.ghost) == self.ghost_room:
            self.ghost.popitem(last=False)
        self.ghost[key] = None

    def _leave_main(self) -> Key:
        while True:  # EVICTM
            key, uses = self.main.popitem(last=False)
            if uses == 0:
                return key
            self.main[key] = uses - 1

    def remove(self, key: Key) -> None:
        del (self.small if key in self.small else self.main)[key]

    def __contains__(self, key: object) -> bool:
        return key in self.main or key in self.small

    def __len__(self) -> int:
        return len(self.small) + len(self.main)

    def __iter__(self) -> Iterator[Key]:
        """Go through the keys, the next victim first."""
        if len(self.small) >= self.small_room:
            yield from (key for key, uses in self.small.items() if uses < self.threshold)
            promoted = [key for key, uses in self.small.items() if uses >= self.threshold]
        else:
            promoted = []
        for rounds in range(MOST_USES + 1):
            yield from (key for key, uses in self.main.items() if uses == rounds)
            if rounds == 0:
                yield from promoted
        if len(self.small) < self.small_room:
            yield from self.small

    def check(self) -> None:
        super().check()
        queues = (self.small, self.main, self.ghost)
        assert len(set().union(*queues)) == sum(len(queue) for queue in queues), (
            "a key in two queues"
        )
        assert len(self.ghost) <= self.ghost_room
        assert all(0 <= uses <= MOST_USES for queue in queues[:2] for uses in queue.values())
