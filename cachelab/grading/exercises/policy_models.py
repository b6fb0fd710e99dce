"""
LRU-K, 2Q and SIEVE as slowly and as plainly as they can be said: what stays, and why it does.
"""

from typing import Any

from cachelab.grading.expecting import anything, either, exactly, refusal
from cachelab.grading.runs import Expectation, Operation


class PolicyModel:
    """What the three caches have in common; a policy says what a use does and who has to go."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.values: dict[Any, Any] = {}
        self.seen: set[Any] = set()
        self.missed: set[Any] = set()
        self.gone: dict[Any, str] = {}

    def born(self) -> Expectation:
        """Expect a cache, or a refusal where the capacity allows or asks for one."""
        if self.capacity < 0:
            return refusal("ValueError", why="a cache cannot have room for fewer than 0 entries")
        if self.capacity == 0:
            why = "capacity 0 either stores nothing or is refused with ValueError"
            return either(anything(why), refusal("ValueError", why=why))
        return anything("the capacity is at least 1")

    def expect(self, operation: Operation) -> Expectation:
        """Expect the answer of one operation, and perform it."""
        verb, *arguments = operation
        answer: Expectation = getattr(self, f"_{verb}")(*arguments)
        return answer

    def use(self, key: Any) -> None:
        """Note a use of a key that is there."""
        raise NotImplementedError

    def admit(self, key: Any) -> None:
        """Note a new key, for which there is room now."""
        raise NotImplementedError

    def victim(self) -> tuple[Any, str]:
        """Return who has to go, and why."""
        raise NotImplementedError

    def _get(self, key: Any, default: Any = None) -> Expectation:
        why = self.about(key)
        if key not in self.values:
            self.missed.add(key)
            return exactly(default, why)
        self.use(key)
        return exactly(self.values[key], why)

    def _put(self, key: Any, value: Any) -> Expectation:
        self.seen.add(key)
        if key in self.values:
            self.values[key] = value
            self.use(key)
        elif self.capacity > 0:
            if len(self.values) == self.capacity:
                victim, why = self.victim()
                del self.values[victim]
                self.gone[victim] = f"{victim!r} had to go when {key!r} came in: {why}"
            self.values[key] = value
            self.admit(key)
        return anything("put takes any value")

    def _in(self, key: Any) -> Expectation:
        return exactly(key in self.values, self.about(key))

    def _len(self) -> Expectation:
        held = ", ".join(map(repr, self.values)) or "none"
        return exactly(len(self.values), f"the keys in the cache are: {held}")

    def about(self, key: Any) -> str:
        """Say why a key is in the cache, or why it is not."""
        if key in self.values:
            return f"{key!r} is in the cache: {self.standing(key)}"
        return self.gone.get(key, f"{key!r} was never put")

    def standing(self, key: Any) -> str:
        """Say how a key stands that is in the cache."""
        raise NotImplementedError


class LRUKModel(PolicyModel):
    """LRU-K: the victim is the key whose K-th last use is longest ago, never being the longest."""

    def __init__(self, capacity: int, k: int = 2) -> None:
        super().__init__(capacity)
        self.k = k
        self.now = 0
        self.uses: dict[Any, list[int]] = {}

    def use(self, key: Any) -> None:
        self.now += 1
        self.uses.setdefault(key, []).append(self.now)

    admit = use

    def rank(self, key: Any) -> tuple[int, int]:
        uses = self.uses[key]
        return (uses[-self.k] if len(uses) >= self.k else 0, uses[-1])

    def victim(self) -> tuple[Any, str]:
        worst = min(self.values, key=self.rank)
        return worst, f"{self.standing(worst)}, which is longest ago"

    def standing(self, key: Any) -> str:
        uses = self.uses[key]
        shown = ", ".join(map(str, uses[-4:]))
        if len(uses) < self.k:
            return f"its uses are {shown} (counted over all keys), fewer than {self.k}"
        return f"its uses are {shown} (counted over all keys), the {self.k}. last {uses[-self.k]}"


class TwoQueueModel(PolicyModel):
    """2Q, full version: newcomers in a FIFO, ghosts of those that left it, an LRU of the proven."""

    def __init__(self, capacity: int, kin_ratio: float = 0.25, kout_ratio: float = 0.5) -> None:
        super().__init__(capacity)
        self.kin, self.kout = int(capacity * kin_ratio), int(capacity * kout_ratio)
        self.a1_in: list[Any] = []
        self.a1_out: list[Any] = []
        self.am: list[Any] = []

    def use(self, key: Any) -> None:
        if key in self.am:
            self.am.remove(key)
            self.am.append(key)

    def admit(self, key: Any) -> None:
        if self.comes_back == key:
            self.am.append(key)
        else:
            self.a1_in.append(key)
        self.comes_back = None

    comes_back: Any = None

    def _put(self, key: Any, value: Any) -> Expectation:
        if key not in self.values and key in self.a1_out:
            self.a1_out.remove(key)
            self.comes_back = key
        return super()._put(key, value)

    def victim(self) -> tuple[Any, str]:
        if len(self.a1_in) > self.kin:
            worst = self.a1_in.pop(0)
            self.a1_out.append(worst)
            del self.a1_out[: max(0, len(self.a1_out) - self.kout)]
            return worst, f"A1in had more than {self.kin} keys, and it was the oldest of them"
        worst = self.am.pop(0)
        return worst, f"A1in had no more than {self.kin} keys, and it was the oldest use in Am"

    def standing(self, key: Any) -> str:
        queues = f"A1in {self.a1_in}, Am {self.am}, ghosts {self.a1_out}, oldest first"
        return f"{'Am' if key in self.am else 'A1in'} holds it ({queues})"


class SieveModel(PolicyModel):
    """SIEVE: a queue that never changes its order, marks, and a hand that moves to the newer."""

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        self.queue: list[Any] = []
        self.marked: set[Any] = set()
        self.hand = 0
        """The place in the queue, the oldest being 0, at which the search goes on."""

    def use(self, key: Any) -> None:
        self.marked.add(key)

    def admit(self, key: Any) -> None:
        self.queue.append(key)

    def victim(self) -> tuple[Any, str]:
        while self.queue[self.hand] in self.marked:
            self.marked.discard(self.queue[self.hand])
            self.hand = (self.hand + 1) % len(self.queue)
        worst = self.queue.pop(self.hand)
        self.hand = self.hand if self.hand < len(self.queue) else 0
        return worst, "it was the first without a mark from the hand on"

    def standing(self, key: Any) -> str:
        marks = [each for each in self.queue if each in self.marked]
        at = self.queue[self.hand] if self.hand < len(self.queue) else None
        mark = "marked" if key in self.marked else "not marked"
        return f"{mark} in the queue {self.queue}, oldest first; marks {marks}, hand at {at!r}"
