"""
A cache near the program, a store far away, and a feed that tells which keys were written.
"""

from random import Random
from typing import Any, ClassVar

from cachelab.grading.expecting import anything, exactly, satisfying
from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.stories import TOGETHER
from cachelab.grading.world import World
from cachelab.ports import MISSING, MemoryStore, StoreError

VALUES: tuple[Any, ...] = ("old", "new", 0, None, "", False, [1])


class Feed:
    """The news of which keys were written; once broken, the next poll says so, and starts anew."""

    def __init__(self) -> None:
        self.news: list[str] = []
        self.is_broken = False

    def poll(self) -> list[str]:
        if self.is_broken:
            self.is_broken, self.news = False, []
            raise StoreError("the connection was lost: news may be missing")
        told, self.news = self.news, []
        return told


class ToldStore:
    """A store that tells the feed of every write."""

    def __init__(self, runtime: Any, feed: Feed) -> None:
        self.runtime = runtime
        self.inner, self.feed = MemoryStore(runtime), feed

    def get(self, key: str) -> Any:
        answer = self.inner.get(key)
        self.runtime.checkpoint("the answer is under way")
        return answer

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        self.inner.set(key, value, ttl)
        self.feed.news.append(key)

    def delete(self, key: str) -> bool:
        self.feed.news.append(key)
        return self.inner.delete(key)


class NearWorld(World):
    """For `NearCache(store, feed)`."""

    words: ClassVar[dict[str, str]] = {
        "@changed": "another program sets {0!r} to {1!r}",
        "@removed": "another program deletes {0!r}",
        "@broken": "the connection of the feed breaks, and is made again later",
        "@stored": "what does the store have for {0!r}?",
        "@asked": "how often was the store asked since?",
    }

    def __init__(self, settings: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(schedule)
        self.feed = Feed()
        self.store = ToldStore(self.runtime, self.feed)
        for key, value in settings:
            self.store.inner.set(key, value)
        self.told = 0

    def making(self) -> tuple[Any, ...]:
        return self.add("store", self.store), self.add("feed", self.feed)

    def do_changed(self, key: str, value: Any) -> None:
        self.store.set(key, value)

    def do_removed(self, key: str) -> None:
        self.store.delete(key)

    def do_stored(self, key: str) -> Any:
        return self.store.inner.get(key)

    def do_broken(self) -> None:
        self.feed.is_broken = True

    def do_asked(self) -> int:
        since, self.told = self.told, len(self.calls)
        return sum(call.port == "store" and call.verb == "get" for call in self.calls[since:])


class NearModel:
    """What a near cache answers, and when it may ask the store: near copies are good until told."""

    def __init__(self, settings: tuple[Any, ...]) -> None:
        self.rows: dict[str, Any] = dict(settings)
        self.near: set[str] = set()
        self.maybe: set[str] = set()
        """Keys that may be near or not: the contract leaves it open."""
        self.is_broken = False
        self.least = self.most = 0
        self.why = ""
        self.is_new = False

    def born(self) -> Expectation:
        return anything()

    def expect(self, operation: Operation) -> Expectation:
        verb, *arguments = operation
        self.is_new = verb != "@asked" and (self.is_new or verb == "get")
        answer: Expectation = getattr(self, f"_{verb.removeprefix('@')}")(*arguments)
        return answer

    def _get(self, key: str) -> Expectation:
        why = f"a get answers with what the store has for {key!r}"
        if self.is_broken:
            why = f"news was lost, but the store is there: {why}"
            self.near, self.maybe, self.is_broken = set(), set(), False
            self._ask(1, 1, "the feed has lost its connection, so no near copy can be trusted")
            self.maybe.add(key)
        elif key in self.near:
            self._ask(0, 0, f"there is a near copy of {key!r}, and no news of it")
        else:
            self._ask(key not in self.maybe, 1, f"there is no near copy of {key!r} that is good")
            if key in self.rows:
                self.near.add(key)
        self.maybe = self.maybe - {key} if key in self.near else self.maybe
        if key not in self.rows:
            self.maybe.add(key)
            return exactly(MISSING, f"the store has no {key!r}")
        return exactly(self.rows[key], why)

    def _ask(self, least: int, most: int, why: str) -> None:
        self.least, self.most, self.why = self.least + least, self.most + most, why

    def _set(self, key: str, value: Any) -> Expectation:
        self.rows[key] = value
        self._told(key)
        self.maybe.add(key)
        return anything()

    def _changed(self, key: str, value: Any) -> Expectation:
        self.rows[key] = value
        self._told(key)
        return exactly(None, "")

    def _removed(self, key: str) -> Expectation:
        self.rows.pop(key, None)
        self._told(key)
        return exactly(None, "")

    def _stored(self, key: str) -> Expectation:
        return exactly(self.rows.get(key, MISSING), "that is what was set last")

    def _told(self, key: str) -> None:
        self.near.discard(key)
        self.maybe.discard(key)

    def _broken(self) -> Expectation:
        self.is_broken = True
        return exactly(None, "")

    def _asked(self) -> Expectation:
        least, most, self.least, self.most = self.least, self.most, 0, 0
        text = str(most) if least == most else f"{least} to {most}"
        return satisfying(lambda n: least <= n <= most, text, self.why)

    def _together(self, actors: Any) -> Expectation:
        for _, operations in actors:
            for operation in operations:
                if operation[0] in ("@changed", "set"):
                    self.rows[operation[1]] = operation[2]
        self.near, self.maybe = set(), set(self.rows)
        return anything("two requests at once")


def drawing(kinds: str, keys: str = "ab", values: tuple[Any, ...] = VALUES[:2]) -> Any:
    """Return a generator of operations of these kinds, each followed by a question now and then."""

    def draw(random: Random, model: NearModel) -> Operation:
        verb = random.choice(kinds.split())
        if model.is_new and random.random() < 0.5:
            verb = "@asked"
        key = random.choice(keys)
        if verb in ("@asked", "@broken"):
            return (verb,)
        if verb in ("set", "@changed"):
            return (verb, key, random.choice(values))
        return (verb, key)

    return draw


ROWS = (("a", "first"), ("b", "second"))
READ = ("get", "a")
SCENES = (
    (
        ROWS,
        (
            (TOGETHER, (("A", (READ,)), ("B", (("@changed", "a", "new"), READ)))),
            READ,
        ),
    ),
    (
        ROWS,
        (
            (TOGETHER, (("A", (READ,)), ("B", (("@changed", "a", "new"), ("get", "b"))))),
            READ,
        ),
    ),
    (
        ROWS,
        (
            (
                TOGETHER,
                (("A", (READ,)), ("B", (("@changed", "a", "new"), ("@broken",), ("get", "b")))),
            ),
            READ,
        ),
    ),
)
