"""
A server that can be down, slow or odd, and a breaker in front of it.
"""

from random import Random
from typing import Any, ClassVar

from cachelab.grading.arguments import Named
from cachelab.grading.expecting import anything, exactly, refusal, satisfying
from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.stories import TOGETHER
from cachelab.grading.world import Ported, World
from cachelab.ports import CachelabError, StoreError

FAILURES = {"down": "StoreError", "odd": "ValueError"}


class BreakerWorld(World):
    """For `CircuitBreaker(threshold, reset, clock, on_change)`."""

    subject = "breaker"
    words: ClassVar[dict[str, str]] = {
        **World.words,
        "@server": "the server is {0}",
        "@asked": "how often was the server asked since?",
        "@told": "what was on_change told since?",
        "@took": "how long did that take?",
        "@fallback": "the fallback {0}",
        "@forget": "from here on calls are counted",
    }

    def __init__(self, settings: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(schedule)
        self.threshold, self.reset = settings[:2]
        self.seconds = 1.0 if "slow" in settings else 0.0
        self.server, self.fallback = "up", "works"
        self.asked = 0
        self.heard: list[str] = []
        self.began = 0.0
        self.add("ask", self._ask_server)
        self.add("instead", self._instead)
        self.add("alarm", self.heard.append)
        self.add("clock", self.ports["runtime"])

    def making(self) -> tuple[Any, ...]:
        named = Named("on_change", Ported("alarm"))
        return self.threshold, self.reset, Ported("clock"), named

    def _ask_server(self) -> str:
        self.asked += 1
        if self.seconds:
            self.runtime.sleep(self.seconds)
        if self.server == "down":
            raise StoreError("connection refused")
        if self.server == "odd":
            raise ValueError("the entry cannot be read")
        return "answer"

    def _instead(self) -> str:
        if self.fallback == "fails":
            raise CachelabError("the database is down too")
        return "from the database"

    def do_server(self, state: str) -> None:
        self.server = state
        self.began = self.runtime.now()

    def do_fallback(self, state: str) -> None:
        self.fallback = state

    def do_asked(self) -> int:
        count, self.asked = self.asked, 0
        return count

    def do_forget(self) -> None:
        self.asked = 0

    def do_told(self) -> list[str]:
        told, self.heard[:] = [*self.heard], []
        return told

    def do_took(self) -> float:
        return self.runtime.now() - self.began


class BreakerModel:
    """A breaker one call at a time: closed, open for `reset` seconds, then one trial."""

    def __init__(self, settings: tuple[Any, ...]) -> None:
        self.threshold, self.reset = settings[:2]
        self.server, self.fallback = "up", "works"
        self.failures = 0
        self.opened: float | None = None
        self.now = 0.0
        self.asked = 0
        self.told: list[str] = []
        self.has_changed = False
        """Whether the server has changed since the last call."""
        self.has_succeeded = self.has_been_odd = False
        """Whether the row of failures began after a success, and had another error in it."""
        self.why = ""

    def born(self) -> Expectation:
        return anything()

    @property
    def is_trial(self) -> bool:
        """Whether the next call is the one that tries."""
        return self.opened is not None and self.now >= self.opened + self.reset

    def expect(self, operation: Operation) -> Expectation:
        verb, *arguments = operation
        answer: Expectation = getattr(self, f"_{verb.removeprefix('@')}")(*arguments)
        return answer

    def _call(self, _: Any) -> Expectation:
        outcome = self._through()
        if outcome == "refused":
            return Expectation("CachelabError, at once", _is_refusal, self.why)
        if outcome == "up":
            return exactly("answer", self.why)
        return refusal(FAILURES[outcome], why=f"{self.why}, and what it raises is for the caller")

    def _call_or(self, _: Any, __: Any) -> Expectation:
        outcome = self._through()
        if outcome == "up":
            return exactly("answer", self.why)
        if self.fallback == "fails":
            why = "the fallback's own failure is for the caller: it is asked once, and not excused"
            return refusal("CachelabError", why=why)
        return exactly("from the database", "no answer of the server: the fallback gives one")

    def _through(self) -> str:
        """Let one call through, or not; return what comes of it."""
        self.has_changed = False
        if self.opened is not None and not self.is_trial:
            left = self.opened + self.reset - self.now
            odd = "; a ValueError has not ended the row" if self.has_been_odd else ""
            self.why = f"the circuit is open for another {left:g} seconds{odd}: no call is made"
            return "refused"
        is_trial = self.is_trial
        self.why = self._why_closed()
        if is_trial:
            self.why = f"{self.reset:g} seconds are over: one call tries"
            self.told.append("half-open")
        self.asked += 1
        if self.server == "down":
            self.failures += 1
            if is_trial or self.failures >= self.threshold:
                self.opened = self.now
                self.told.append("open")
        elif self.server == "odd":
            self.has_been_odd = not is_trial
        else:
            self.failures, self.has_succeeded, self.has_been_odd = 0, True, False
            if is_trial:
                self.opened = None
                self.told.append("closed")
        return self.server

    def _why_closed(self) -> str:
        """Return why a closed circuit is closed: what has counted as a failure, what has not."""
        since = " since the last success" if self.has_succeeded else ""
        counted = f"{self.failures} of {self.threshold} CachelabErrors in a row{since}"
        odd = ", and a ValueError counts for nothing" if self.has_been_odd else ""
        so_far = f", with {counted}{odd}" if self.failures or odd else ""
        return f"the circuit is closed{so_far}: the call is made"

    def _server(self, state: str) -> Expectation:
        self.server, self.has_changed = state, True
        return exactly(None, "")

    def _fallback(self, state: str) -> Expectation:
        self.fallback = state
        return exactly(None, "")

    def _sleep(self, seconds: float) -> Expectation:
        self.now += seconds
        return exactly(None, "")

    def _asked(self) -> Expectation:
        count, self.asked = self.asked, 0
        return exactly(count, self.why or "nobody has called yet")

    def _told(self) -> Expectation:
        told, self.told = self.told, []
        return exactly(told, "on_change is told each new state: open, half-open, closed")


def _is_refusal(outcome: Any) -> bool:
    """Any exception but those of the server will do: what matters is that it was not asked."""
    kind, *_ = outcome.get("raised", ["", ""])
    return (
        bool(kind)
        and kind not in ("StoreError", "ValueError", "NotImplementedError")
        and (kind not in ("TypeError", "AttributeError", "NameError", "UnboundLocalError"))
    )


ASK, INSTEAD = Ported("ask"), Ported("instead")


def drawing(kinds: str, states: tuple[str, ...] = ("up", "down", "down")) -> Any:
    """Return a generator of operations; time goes by in steps that end before or at the reset."""

    def draw(random: Random, model: BreakerModel) -> Operation:
        verb = random.choice(kinds.split())
        if verb == "@server":
            return (verb, random.choice(states))
        if verb == "@fallback":
            return (verb, random.choice(("works", "fails")))
        if verb == "@sleep":
            return (verb, random.choice((model.reset, model.reset / 2, model.reset - 1)))
        return {"call": ("call", ASK), "call_or": ("call_or", ASK, INSTEAD)}.get(verb, (verb,))

    return draw


def in_a_row(random: Random, model: BreakerModel) -> Operation:
    """Draw failures, with other outcomes in between that end the row or do not."""
    chance = random.random()
    if model.opened is None and not model.has_changed and (chance < 0.5 or not model.asked):
        odd = "odd" if random.random() < 0.6 else "up"
        return ("@server", odd if model.server == "down" else "down")
    return ("@asked",) if chance > 0.9 else ("call", ASK)


def steered(random: Random, model: BreakerModel, question: str = "@asked") -> Operation:
    """Draw calls for the most part, and see to it that circuits open, try, and are tried again."""
    chance = random.random()
    if chance < 0.1:
        return (question,)
    if model.is_trial and model.server == "down" and chance < 0.6:
        return ("@server", "up")
    if model.opened is not None and not model.is_trial and chance < 0.7:
        return ("@sleep", random.choice((model.reset, model.reset, model.reset / 2)))
    if model.opened is None and model.server == "up" and chance < 0.8:
        return ("@server", "down")
    return ("call", ASK)


def steered_and_told(random: Random, model: BreakerModel) -> Operation:
    """Draw the same, and ask what was told."""
    return steered(random, model, "@told")


def never_odd_in_a_trial(model: BreakerModel, operation: Operation) -> bool:
    """Keep out what the contract leaves open: a trial that ends in an odd error."""
    return not (operation[0] in ("call", "call_or") and model.is_trial and model.server == "odd")


class MeetingModel(BreakerModel):
    """What two tasks at once may do: see `SCENES`."""

    def _together(self, _: Any) -> Expectation:
        if self.server == "up" and self.opened is None:
            return anything("both calls are made")
        self.failures = 0
        return Expectation("no exception but a refusal", lambda _: True, "one of them tries")

    def _asked(self) -> Expectation:
        self.asked = 0
        why = "of all who come while one call tries, that one alone reaches the server"
        return exactly(1, why)

    def _forget(self) -> Expectation:
        return exactly(None, "")

    def _took(self) -> Expectation:
        why = "two calls of one second each, at the same time: nobody waits for the other"
        return satisfying(lambda t: t < 1.5, "1.0", why)


_CALL = ("call", ASK)
_LONG = ("@sleep", 10.0)
ODD_TRIAL = (
    (1, 10.0),
    (("@server", "down"), _CALL, _LONG, ("@server", "odd"), _CALL, _LONG, ("@server", "up"), _CALL),
)
"""Whatever an odd error does to the circuit, after another reset a call gets through."""

BOTH = (TOGETHER, (("A", (_CALL,)), ("B", (_CALL,))))
SCENES = (
    ((1, 10.0, "slow"), (("@server", "up"), BOTH, ("@took",))),
    (
        (1, 10.0, "slow"),
        (
            ("@server", "down"),
            _CALL,
            ("@sleep", 10.0),
            ("@server", "up"),
            ("@forget",),
            BOTH,
            ("@asked",),
        ),
    ),
)
