"""
What a submission touches while it is judged: stores, sources, time, other tasks. All the judge's.

A submission holds none of it, only names: each call that it makes on a port is a message, and what
it gets is the answer of a real store or source in this process, under virtual time. With several
tasks the schedule says whose call comes next, so an order of calls is an input like any other.
"""

import inspect
import re
from bisect import bisect
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, ClassVar

from cachelab.ports import MISSING, SimRuntime, TooManySteps, Versioned
from cachelab.ports.errors import CachelabError, Overloaded, SourceError, StoreError
from cachelab.ports.sim import SimEvent, SimLock, SimTask
from cachelab.ports.sim_scheduler import Schedule

from .arguments import Made, Named, Ported, Seeded, wired
from .holdings import Holders, Snapshot, holders_of, snapshot
from .kept import Kept, PlayerFunction, SubmissionRaised
from .player.values import RECORDS, WORDS, Wire, decode, encode, travels
from .process import PlayerLost
from .queueing import Queueing
from .session import Outcome, Session
from .wording import show_value, without_uuids

__all__ = ["Call", "Made", "Named", "Ported", "Seeded", "SubmissionRaised", "World", "wired"]

WORDS["MISSING"] = MISSING
RECORDS["Versioned"] = Versioned

MOST_CALLS = 20_000
"""Calls of ports in one run; more is a loop that does not end."""

ERRORS = (StoreError, Overloaded, SourceError, CachelabError)
ORDINARY = (TimeoutError, KeyError, IndexError, AttributeError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Call:
    """
    One call of a port as it happened: by which task, what, with what, and what came of it.

    `line` is the submission's line that made it, as far as the player says; `held` is what stores
    and sources held afterwards.
    """

    task: str
    port: str
    verb: str
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    answer: Wire
    error: str | None
    time: float
    line: int | None
    held: Snapshot

    def __str__(self) -> str:
        shown = [*map(repr, self.arguments), *(f"{k}={v!r}" for k, v in self.keywords.items())]
        verb = "" if self.verb == "call" else f".{self.verb}"
        return without_uuids(f"{self.port}{verb}({', '.join(shown)})")

    @property
    def outcome(self) -> str:
        """What the caller got, in a few words; empty for None."""
        if self.error is not None:
            return self.error
        if isinstance(self.answer, dict) and ("port" in self.answer or "kept" in self.answer):
            return ""
        return "" if self.answer is None else show_value(self.answer)


class World:
    """
    The ports of one run, and the line to the player that uses them.

    A check's world says what there is (`ports`, by name), and what the judge can do or ask besides:
    a method `do_x` answers the operation `("@x", ...)`. `calls` is what was called, in order.

    A port is any object; a submission may call its public methods, and the object itself if it is a
    function. What a method returns travels if it is a plain value, and is a new port if it is not.
    """

    most_calls: ClassVar[int] = MOST_CALLS

    def __init__(self, schedule: Schedule | None = None) -> None:
        self.runtime = SimRuntime(schedule, max_steps=self.most_calls)
        self.ports: dict[str, Any] = {"runtime": TimePort(self)}
        self.calls: list[Call] = []
        """In the order in which they began, although an inner one ends first."""
        self._begun: list[int] = []
        self._numbers = count()
        self.session: Session | None = None
        self.answers_within: float | None = None
        self.arguments: tuple[Any, ...] | None = None
        self.under_way: dict[str, int | None] = {}
        """Which line each task waits in for the answer of a port, the latest of them last."""
        self.fallen: list[Outcome] = []
        """How functions ended that the submission handed out, if they raised: nobody may hear."""
        self._counts: dict[str, int] = {}
        self._holders: Holders | None = None
        self._queueing = Queueing(self.runtime)

    # --- what a check's author calls

    subject = "cache"
    """What the object that is judged is called in a counterexample."""

    others: ClassVar[tuple[str, ...]] = ()
    """Names of further objects, by themselves made with the same arguments: other programs."""

    others_are_programs: ClassVar[bool] = True
    """Whether each of them has a module of its own, as another process has that runs the text."""

    words: ClassVar[dict[str, str]] = {"@sleep": "{0} seconds pass"}
    """How the judge's own operations read in a counterexample, with places for the arguments."""

    def making(self) -> tuple[Any, ...] | None:
        """Return the arguments of the object that is judged; None where functions are judged."""
        return None

    def making_other(self, _name: str) -> tuple[Any, ...]:
        """Return the arguments of one of the `others`."""
        return self.arguments or ()

    def add(self, name: str, port: Any) -> "Ported":
        """Let the submission use `port` under this name; return what stands for it in arguments."""
        self.ports[name] = port
        return Ported(name)

    def count(self, port: str, *verbs: str) -> int:
        """Return how often these verbs of a port were called."""
        return sum(call.port == port and (not verbs or call.verb in verbs) for call in self.calls)

    def do(self, operation: tuple[Any, ...]) -> Outcome:
        """Perform one operation of the judge's own: `("@x", ...)`."""
        verb, *arguments = operation
        return {"value": encode(getattr(self, f"do_{verb[1:]}")(*arguments))}

    def do_sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.runtime.sleep(seconds)

    def held(self) -> Snapshot:
        """Return what the stores and sources of this world hold now."""
        if self._holders is None:
            self._holders = holders_of(self)
        return snapshot(self._holders, self.runtime.now())

    # --- the line to the player

    def drive(self, request: dict[str, Any]) -> Outcome:
        """Let the player do something, and serve the calls that it makes until it is done."""
        assert self.session is not None
        name = self._fresh("task")
        event = self._ask({"op": "begin", "actor": name, **request})
        while "calls" in event:
            self.under_way[name] = _line_of(event["calls"])
            waited = self._queueing.has_waited(*event["calls"][:3])
            reply = {"value": None} if waited else self._serve(*event["calls"])
            del self.under_way[name]
            event = self._ask({"op": "resume", "actor": name, "reply": reply})
        self._queueing.stir()
        outcome: Outcome = event["ended"]
        return outcome

    def _ask(self, request: dict[str, Any]) -> Any:
        assert self.session is not None
        event = self.session.ask(request, self.answers_within or self.session.patience)
        if not isinstance(event, dict) or not ("calls" in event or "ended" in event):
            raise PlayerLost("wrote to the judge's channel")
        return event

    def _serve(
        self, port: str, verb: str, wires: list[Wire], named: list[list[Any]], line: Wire = None
    ) -> Wire:
        """Make one call of a port; return what the submission is to get."""
        silent = verb in ("now", "task_name")
        if not silent:
            self.runtime.checkpoint(f"{port}.{verb}")
        task = self.runtime.task_name()
        arguments = tuple(map(self._decode, wires))
        keywords = {name: self._decode(wire) for name, wire in named}
        error: str | None = None
        reply: Wire = {"value": None}
        now, number = self.runtime.now(), next(self._numbers)
        try:
            reply = {"value": self._encode(self._method(port, verb)(*arguments, **keywords), verb)}
        except SubmissionRaised as raised:
            reply = {"again": raised.outcome["kept"][0]}
            error = str(raised.args[0])
        except (*ERRORS, *ORDINARY) as failure:
            if isinstance(failure, TooManySteps):
                raise
            kind = next(k for k in (*ERRORS, *ORDINARY) if isinstance(failure, k)).__name__
            theirs = next((one.kind for one in arguments if isinstance(one, Kept)), "Kept")
            told = _DEFINED_IN.sub("", str(failure)).replace("Kept", theirs)
            reply, error = {"raise": [kind, told]}, kind
        if not silent:
            answer, at = reply.get("value"), line if type(line) is int else None
            call = Call(task, port, verb, arguments, keywords, answer, error, now, at, self.held())
            place = bisect(self._begun, number)
            self._begun.insert(place, number)
            self.calls.insert(place, call)
        return reply

    def _method(self, port: str, verb: str) -> Callable[..., Any]:
        thing = self.ports.get(port)
        if verb == "call":
            if callable(thing):
                return thing  # type: ignore[no-any-return]
            raise TypeError(f"{port} cannot be called")
        method = None if verb.startswith("_") else getattr(type(thing), verb, None)
        if not inspect.isroutine(method):
            raise AttributeError(f"{port} has no method {verb}")
        return getattr(thing, verb)  # type: ignore[no-any-return]

    def _decode(self, wire: Wire) -> Any:
        if isinstance(wire, dict) and "kept" in wire:
            number, kind, is_callable = wire["kept"]
            kept = Kept(int(number), str(kind), bool(is_callable))
            return PlayerFunction(self, kept) if kept.is_callable else kept
        if isinstance(wire, dict) and "port" in wire:
            return self.ports[wire["port"]]
        return decode(wire)

    def _encode(self, value: Any, verb: str) -> Wire:
        if isinstance(value, PlayerFunction):
            value = value.kept
        if isinstance(value, Kept):
            return {"kept": [value.number]}
        wire = encode(value)
        if travels(wire):
            return wire
        known = next((name for name, port in self.ports.items() if port is value), None)
        name = known or self._fresh(_KINDS.get(type(value), verb))
        self.ports[name] = value
        return {"port": name}

    def _fresh(self, word: str) -> str:
        number = self._counts[word] = self._counts.get(word, 0) + 1
        return word if number == 1 and word != "task" else f"{word}-{number}"


_DEFINED_IN = re.compile(r"[\w.]+\.<locals>\.")
"""Where a function of the judge's is defined, as an error tells it: no matter of the learner's."""


def _line_of(call: list[Any]) -> int | None:
    """Return the line of the submission's text that makes a call, as far as the player says."""
    line = call[4] if len(call) > 4 else None
    return line if type(line) is int else None


_KINDS: dict[type, str] = {SimLock: "lock", SimEvent: "event", SimTask: "spawned"}


class TimePort:
    """The runtime as a submission may use it."""

    def __init__(self, world: World) -> None:
        self.world = world

    def now(self) -> float:
        return self.world.runtime.now()

    def sleep(self, seconds: float) -> None:
        self.world.runtime.sleep(seconds)

    def spawn(self, fn: Callable[..., Any], *args: Any, name: str | None = None) -> SimTask:
        if not isinstance(fn, PlayerFunction):
            raise TypeError(f"spawn starts a function, not {fn!r}")
        return self.world.runtime.spawn(fn, *args, name=name or self.world._fresh("spawned"))

    def lock(self) -> SimLock:
        return self.world.runtime.lock()

    def event(self) -> SimEvent:
        return self.world.runtime.event()

    def checkpoint(self, label: str = "") -> None:
        self.world.runtime.checkpoint(label)

    def task_name(self) -> str:
        return self.world.runtime.task_name()
