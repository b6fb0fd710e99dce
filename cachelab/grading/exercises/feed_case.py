"""
A feed of invalidations: the log it reads, the messages that are pushed, and what must be applied.
"""

from typing import Any, ClassVar

from cachelab.grading.expecting import anything, refusal, satisfying
from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.session import Outcome
from cachelab.grading.world import World, wired
from cachelab.ports import StoreError

PAGE = 3
FIRST = 2
"""Messages that are in the log before the feed begins."""


class Log:
    """Numbered messages, of which the oldest may be gone; it gives them out by the page."""

    def __init__(self, first: int = FIRST) -> None:
        self.messages: list[tuple[int, str]] = [(n, f"old:{n}") for n in range(1, first + 1)]
        self.number = first
        self.state = "up"

    def last(self) -> int:
        """Return the number of the newest message, 0 if there never was one."""
        self._reach()
        return self.number

    def read(self, after: int) -> list[tuple[int, str]]:
        """Return the messages after this number, the oldest first, a page at most."""
        self._reach()
        return [message for message in self.messages if message[0] > after][:PAGE]

    def _reach(self) -> None:
        if self.state == "down":
            raise StoreError("the log does not answer")


class FeedWorld(World):
    """A log, and a function that applies what it says; both can fail."""

    subject = "feed"
    most_calls = 2_000  # a feed makes a few calls for each message, and never waits
    words: ClassVar[dict[str, str]] = {
        "@publish": "somebody appends {0!r} to the log",
        "@push": "feed.receive({0}, key of that message)",
        "@trim": "the log drops all its messages but the newest {0}",
        "@restart": "the log is lost, and begins anew with number 1",
        "@log": "the log is {0}",
        "@fail_after": "apply will fail once, after {0} more calls",
        "@applied": "what was applied since?",
    }

    def __init__(self, settings: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(schedule)
        self.log = Log(*settings)
        self.applied: list[Any] = []
        self.fails_after: int | None = None
        self.published = dict(self.log.messages)

    def making(self) -> tuple[Any, ...]:
        def apply(key: str | None) -> None:
            if self.fails_after == 0:
                self.fails_after = None
                raise StoreError("the cache does not answer")
            if self.fails_after:
                self.fails_after -= 1
            self.applied.append(key)

        return self.add("log", self.log), self.add("apply", apply)

    def do(self, operation: Operation) -> Outcome:
        if operation[0] != "@push":
            return super().do(operation)
        number = operation[1]
        return self.drive({"step": [0, "receive", number, wired(self.published[number])]})

    def do_publish(self, key: str) -> None:
        self.log.number += 1
        self.log.messages.append((self.log.number, key))
        self.published[self.log.number] = key

    def do_trim(self, count: int) -> None:
        self.log.messages = self.log.messages[len(self.log.messages) - count :]

    def do_restart(self) -> None:
        self.log.messages, self.log.number, self.published = [], 0, {}

    def do_log(self, state: str) -> None:
        self.log.state = state

    def do_fail_after(self, count: int) -> None:
        self.fails_after = count

    def do_applied(self) -> list[Any]:
        applied, self.applied = self.applied, []
        return applied


class FeedModel:
    """The contract of `InvalidationFeed`: a position in the log, and what has to be applied."""

    def __init__(self, settings: tuple[Any, ...] = ()) -> None:
        self.messages = list(Log(*settings).messages)
        self.number = self.position = len(self.messages)
        self.keys = dict(self.messages)
        self.wanted: list[tuple[str | None, bool]] = []
        """What is to be applied, and whether it has to be."""
        self.log = "up"
        self.fails_after: int | None = None
        self.restarted = False
        self.last = ""

    def born(self) -> Expectation:
        return anything("a log and a function are all it takes")

    def expect(self, operation: Operation) -> Expectation:
        """Expect the answer of one operation, and perform it."""
        verb, *arguments = operation
        self.last = verb
        answer: Expectation = getattr(self, f"_{verb.removeprefix('@')}")(*arguments)
        return answer

    @property
    def has_gap(self) -> bool:
        """Tell whether messages that were never applied are no longer in the log."""
        first = self.messages[0][0] if self.messages else self.number + 1
        return first > self.position + 1 or self.number < self.position

    def _poll(self) -> Expectation:
        if self.log == "down":
            return refusal("StoreError", why="the log does not answer: say so, and try again later")
        if self.has_gap:
            return self._drop_everything()
        for number, key in self.messages:
            if number > self.position and not self._apply(number, key):
                return _failed(key)
        return anything("all that was new is applied")

    def _drop_everything(self) -> Expectation:
        if self._fails():
            return _failed(None)
        self.wanted.append((None, True))
        floor = 0 if self.number < self.position else self.position
        self.wanted += [(key, False) for number, key in self.messages if number > floor]
        self.position, self.restarted = self.number, False
        return anything("what the log no longer has may have been about any key")

    def _apply(self, number: int, key: str) -> bool:
        if self._fails():
            return False
        self.wanted.append((key, True))
        self.position = number
        return True

    def _fails(self) -> bool:
        if self.fails_after == 0:
            self.fails_after = None
            return True
        if self.fails_after:
            self.fails_after -= 1
        return False

    def _push(self, number: int) -> Expectation:
        if number <= self.position:
            return anything("what was applied before is not news")
        if number > self.position + 1:
            return self._poll()
        key = self.keys[number]
        return anything() if self._apply(number, key) else _failed(key)

    def _publish(self, key: str) -> Expectation:
        self.number += 1
        self.messages.append((self.number, key))
        self.keys[self.number] = key
        return anything()

    def _trim(self, count: int) -> Expectation:
        self.messages = self.messages[len(self.messages) - count :]
        return anything()

    def _restart(self) -> Expectation:
        self.messages, self.number, self.restarted = [], 0, True
        self.keys = {}
        return anything()

    def _log(self, state: str) -> Expectation:
        self.log = state
        return anything()

    def _fail_after(self, count: int) -> Expectation:
        self.fails_after = count
        return anything()

    def _applied(self) -> Expectation:
        wanted, self.wanted = self.wanted, []
        text = repr([key for key, is_needed in wanted if is_needed])
        why = "each message of the log is applied once, in its order, and None after a gap"
        return satisfying(lambda keys: _are_those(keys, wanted), text, why)


def _failed(key: str | None) -> Expectation:
    return refusal("StoreError", why=f"apply({key!r}) failed: that is no success")


def _are_those(applied: Any, wanted: list[tuple[str | None, bool]]) -> bool:
    """Tell whether what was applied is all that was needed, in order, and else what was allowed."""
    if not wanted:
        return not applied
    (key, is_needed), *later = wanted
    if applied and applied[0] == key and _are_those(applied[1:], later):
        return True
    return not is_needed and _are_those(applied, later)
