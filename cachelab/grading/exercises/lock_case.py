"""
Locks in a store: who holds one, until when, and whose release counts.
"""

from typing import Any, ClassVar

from cachelab.grading.expecting import anything, exactly, satisfying
from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.session import Outcome
from cachelab.grading.stories import TOGETHER
from cachelab.grading.world import Named, Ported, World, wired
from cachelab.ports import MemoryStore
from cachelab.ports.stores import Absent

from .flight_case import is_something

LATE = 0.15
"""Seconds that a wait may be longer than needed: who waits looks every 0.1 seconds or sooner."""

DATA = ("k", "lock:k", "k:lock", "lock_k", "locks:k", "mutex:k", "lock.k", "k.lock")
"""Keys that other programs may have in the store."""


class SlowStore:
    """A store whose server is some time away: a call takes effect when that has passed."""

    def __init__(self, runtime: Any, seconds: float) -> None:
        self.runtime, self.seconds = runtime, seconds
        self.inner = MemoryStore(runtime)

    def get(self, key: str) -> Any | Absent:
        self._travel()
        return self.inner.get(key)

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        self._travel()
        self.inner.set(key, value, ttl)

    def add(self, key: str, value: Any, ttl: float | None = None) -> bool:
        self._travel()
        return self.inner.add(key, value, ttl)

    def replace(self, key: str, old: Any, new: Any, ttl: float | None = None) -> bool:
        self._travel()
        return self.inner.replace(key, old, new, ttl)

    def delete(self, key: str) -> bool:
        self._travel()
        return self.inner.delete(key)

    def ttl(self, key: str) -> float | Absent | None:
        self._travel()
        return self.inner.ttl(key)

    def _travel(self) -> None:
        if self.seconds:
            self.runtime.sleep(self.seconds)


class LockWorld(World):
    """A store with locks and other programs' data. Settings: how far away its server is."""

    subject = "locks"
    words: ClassVar[dict[str, str]] = {
        "@sleep": "{0:g} seconds pass",
        "@acquire": "token_of_{0} = locks.acquire({1!r}, {2:g})",
        "@wait": "token_of_{0} = locks.acquire({1!r}, {2:g}, patience={3:g})",
        "@release": "locks.release({1!r}, token_of_{0})",
        "@data": "another program stores 'data' under {0!r}",
        "@kept": "are the other program's entries still there?",
        "@took": "how many seconds did that take?",
    }

    def __init__(self, settings: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(schedule)
        self.store = SlowStore(self.runtime, *settings)
        self.tokens: dict[str, Any] = {}
        self.data: set[str] = set()
        self.began = 0.0

    def making(self) -> tuple[Any, ...]:
        return self.add("store", self.store), Ported("runtime")

    def do(self, operation: Operation) -> Outcome:
        verb, *rest = operation
        if verb in ("@acquire", "@wait"):
            who, name, *times = rest
            named = [Named("patience", times.pop())] if verb == "@wait" else []
            self.began = self.runtime.now()
            step = [0, "acquire", *map(wired, (name, *times, *named))]
            outcome = self.drive({"step": step, "exact": True})
            if is_something(outcome):
                self.tokens[who] = outcome["value"]
            return outcome
        if verb == "@release":
            who, name = rest
            return self.drive({"step": [0, "release", wired(name), self.tokens.get(who)]})
        return super().do(operation)

    def do_data(self, key: str) -> None:
        self.store.inner.set(key, "data")
        self.data.add(key)

    def do_kept(self) -> bool:
        return all(self.store.inner.get(key) == "data" for key in self.data)

    def do_took(self) -> float:
        return self.runtime.now() - self.began


class LockModel:
    """The contract of `TokenLock`: of each name a holder, by its token's number, and an end."""

    def __init__(self, _: tuple[Any, ...] = (0.0,)) -> None:
        self.now = 0.0
        self.number = 0
        self.tokens: dict[str, tuple[str, int]] = {}
        self.held: dict[str, tuple[str, int, float]] = {}
        self.data: set[str] = set()
        self.took = 0.0
        self.last = ""

    def born(self) -> Expectation:
        return anything("a store and a runtime are all it takes")

    def expect(self, operation: Operation) -> Expectation:
        """Expect the answer of one operation, and perform it."""
        verb, *arguments = operation
        self.last = verb
        if verb == TOGETHER:
            return self._together(arguments[0])
        answer: Expectation = getattr(self, f"_{verb.removeprefix('@')}")(*arguments)
        return answer

    def _together(self, actors: Any) -> Expectation:
        if any(len(steps) > 1 or steps[0][0] != "@acquire" for _, steps in actors):
            return anything("all calls end")

        def accepts(outcome: Outcome) -> bool:
            ends = outcome.get("together", {}).values()
            return sum(is_something(calls[0]) for calls in ends if calls) == 1

        why = "of two that ask at once one gets the lock, in whatever order their steps come"
        return Expectation("a token for one of them", accepts, why)

    def holder(self, name: str) -> tuple[str, int, float] | None:
        """Return who holds the lock now."""
        held = self.held.get(name)
        return held if held is not None and self.now < held[2] else None

    def _acquire(self, who: str, name: str, ttl: float) -> Expectation:
        self.took = 0.0
        held = self.holder(name)
        if held is not None:
            why = f"{held[0]} holds the lock for another {held[2] - self.now:g} seconds"
            return exactly(None, why)
        self.number += 1
        self.held[name] = (who, self.number, self.now + ttl)
        self.tokens[who] = (name, self.number)
        return Expectation("a token", is_something, "nobody holds the lock: it can be had")

    def _wait(self, who: str, name: str, ttl: float, patience: float) -> Expectation:
        held = self.holder(name)
        left = 0.0 if held is None else held[2] - self.now
        self.took = min(left, patience)
        self.now += self.took
        if left > patience:
            why = f"the lock stays taken for {left:g} seconds, and patience ends after {patience:g}"
            return exactly(None, why)
        took = self.took
        self._acquire(who, name, ttl)
        self.took = took
        why = f"the lock is free after {left:g} seconds, and patience lasts for {patience:g}"
        return Expectation("a token", is_something, why)

    def _release(self, who: str, name: str) -> Expectation:
        held, token = self.holder(name), self.tokens[who][1]
        if held is not None and held[1] == token:
            del self.held[name]
            return exactly(True, f"{who} holds the lock, so it is freed")
        why = f"{who} does not hold the lock any more, and frees nobody else's"
        return exactly(False, why)

    def _sleep(self, seconds: float) -> Expectation:
        self.now += seconds
        return anything()

    def _data(self, key: str) -> Expectation:
        self.data.add(key)
        return anything()

    def _kept(self) -> Expectation:
        return exactly(True, "entries of other programs are none of a lock's business")

    def _took(self) -> Expectation:
        took = self.took
        why = f"there is something to wait for during {took:g} seconds, no longer and no shorter"
        return satisfying(lambda s: took - 0.01 <= s <= took + LATE, f"about {took:g}", why)


class RaceModel(LockModel):
    """After a race somebody holds the lock: who comes then gets nothing."""

    def _acquire(self, who: str, name: str, ttl: float) -> Expectation:
        if who == "C":
            return exactly(None, "B has got the lock, and only B's token may free it")
        return super()._acquire(who, name, ttl)
