"""
LIRS: what counts is the time between the last two uses of a key, not the time since the last one.

Keys used twice within a short time keep almost the whole cache (LIR, low inter-reference recency).
All others (HIR) pass through a small queue, and get in when their second use comes before the
oldest LIR key has been used again.
"""

from collections import OrderedDict
from collections.abc import Iterator

from .base import EvictionPolicy, Key
from .options import share

Recency = OrderedDict[Key, None]


class LIRS(EvictionPolicy):
    """
    Evicts the oldest resident key among those whose last two uses lie far apart.

    Intuition: `stack` has keys by recency, and reaches down to the LIR key that was not used the
    longest. A HIR key found in it was used more recently than that one, so the two change roles.
    `queue` has the resident HIR keys, and its front is always the victim. `ghosts` are the evicted
    keys that are still in the stack.

    `hir` is the queue's share of the capacity, rounded down, at least one place (at capacity 1 no
    place is left for LIR keys, and this is LRU). When the stack is longer than `depth` times the
    capacity, the ghosts evicted first are forgotten. A removed key is forgotten at once, and while
    LIR places are free every key asked for takes one.

    Complexity: O(1) for `hit` and `remove` and `insert` on average over any run: each key that
    pruning takes off the stack was put there by a request. Names up to `depth` x capacity.

    Source: S. Jiang, X. Zhang, "LIRS: an efficient low inter-reference recency set replacement
    policy to improve buffer cache performance", SIGMETRICS 2002, section 3.3, whose cases are cited
    below. Deviation: the paper lets the stack be as long as it gets.

    >>> lirs = LIRS(3)
    >>> [lirs.insert(key) for key in "abcd"], lirs.insert("c")
    ([[], [], [], ['c']], ['d'])
    >>> list(lirs.stack), list(lirs.queue), list(lirs.ghosts)
    (['b', 'd', 'c'], ['a'], ['d'])
    """

    name = "lirs"

    def __init__(self, capacity: int, *, hir: float = 0.01, depth: float = 2.0) -> None:
        super().__init__(capacity)
        self.lir_room = capacity - max(1, int(capacity * share("hir", hir)))
        """How many LIR keys there may be (the paper's Llirs)."""
        self.stack_room = int(capacity * share("depth", depth, below=float("inf")))
        self.stack: Recency = OrderedDict()
        """Stack S, its bottom first: LIR keys, ghosts, and HIR keys used lately."""
        self.queue: Recency = OrderedDict()
        """List Q: the resident HIR keys, the next victim first."""
        self.ghosts: Recency = OrderedDict()
        """Non-resident HIR keys, the one evicted first in front."""
        self.lir: set[Key] = set()

    def hit(self, key: Key) -> None:
        if key in self.lir:  # "Upon accessing an LIR block X"
            self.stack.move_to_end(key)
            self._prune()
            return
        # "Upon accessing an HIR resident block X"
        del self.queue[key]
        self._put(key, in_stack=key in self.stack)

    def insert(self, key: Key) -> list[Key]:
        # "Upon accessing an HIR non-resident block X"
        in_stack = key in self.ghosts
        if in_stack:
            del self.ghosts[key]
        evicted = [self._evict()] if len(self) == self.capacity else []
        self._put(key, in_stack)
        return evicted

    def _put(self, key: Key, in_stack: bool) -> None:
        self.stack[key] = None
        self.stack.move_to_end(key)
        if in_stack or len(self.lir) < self.lir_room:
            self.lir.add(key)  # "(a) If X is in stack S, we change its status to LIR"
            if len(self.lir) > self.lir_room:
                self._demote()
        else:
            self.queue[key] = None  # "(b) ... leave its status in HIR and move it to the end of Q"
        self._prune()
        self._limit()

    def _demote(self) -> None:
        # "The LIR block in the bottom of S is moved to the end of list Q with its status ... HIR"
        bottom, _ = self.stack.popitem(last=False)
        self.lir.remove(bottom)
        self.queue[bottom] = None

    def _prune(self) -> None:
        # "stack pruning ... removes the HIR blocks in the bottom until an LIR block sits [there]"
        while self.stack and next(iter(self.stack)) not in self.lir:
            bottom, _ = self.stack.popitem(last=False)
            self.ghosts.pop(bottom, None)

    def _evict(self) -> Key:
        # "We remove the HIR resident block at the front of list Q"; in S it stays, as a ghost
        victim, _ = self.queue.popitem(last=False)
        if victim in self.stack:
            self.ghosts[victim] = None
        return victim

    def _limit(self) -> None:
        while len(self.stack) > self.stack_room and self.ghosts:
            forgotten, _ = self.ghosts.popitem(last=False)
            del self.stack[forgotten]

    def remove(self, key: Key) -> None:
        self.stack.pop(key, None)
        if key in self.lir:
            self.lir.remove(key)
            self._prune()
        else:
            del self.queue[key]

    def __contains__(self, key: object) -> bool:
        return key in self.lir or key in self.queue

    def __len__(self) -> int:
        return len(self.lir) + len(self.queue)

    def __iter__(self) -> Iterator[Key]:
        yield from self.queue
        yield from (key for key in self.stack if key in self.lir)

    def check(self) -> None:
        super().check()
        assert self.lir <= self.stack.keys() >= self.ghosts.keys()
        assert not self.lir & self.queue.keys(), "a key that is both LIR and HIR"
        assert not self.ghosts.keys() & (self.lir | self.queue.keys()), "a ghost that is resident"
        assert self.stack.keys() <= self.lir | self.queue.keys() | self.ghosts.keys()
        assert not self.stack or next(iter(self.stack)) in self.lir, "the stack is not pruned"
        assert len(self.lir) <= self.lir_room < self.capacity
        assert len(self.stack) <= self.stack_room or not self.ghosts
