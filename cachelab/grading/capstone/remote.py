"""
A design that lives in a player: the shop calls it as it calls any other.

The shop's `ctx` stays here. What the design calls on its own comes as a message, is done on the
real one, and the answer goes back with the time that it has become.
"""

from collections.abc import Callable
from dataclasses import asdict
from random import Random
from typing import Any

from cachelab.grading.player.values import decode, encode
from cachelab.grading.process import Player, PlayerLost
from cachelab.grading.sandbox import Level
from cachelab.grading.session import CALL_SECONDS, LOAD_SECONDS, crowding
from cachelab.lab.market import Budget, Event, Lease, Row, Workload
from cachelab.lab.market.shop import Make
from cachelab.ports import MISSING
from cachelab.ports.errors import CachelabError, Overloaded, SourceError, StoreError

LAYER_VERBS = ("get", "get_or_lease", "put", "delete")
VERBS = frozenset(
    [f"{layer}.{verb}" for layer in ("cdn", "l1", "l2") for verb in LAYER_VERBS]
    + ["origin.read", "origin.write", "publish", "later"]
)
"""Everything that a design can call of its `ctx`, apart from what it is told with every answer."""

WORLD = {kind.__name__: kind for kind in (StoreError, SourceError, Overloaded, CachelabError)}
MISTAKES = (TypeError, ValueError)
MOST_CALLS = 10_000
"""Calls of `ctx` that one read, write or event may make."""


class Crashed(Exception):  # noqa: N818 - the submission's end, not the judge's
    """A call of the design raised what no caller expects: the call, type, message and line."""

    def __init__(self, call: str, kind: str, message: str, line: int | None) -> None:
        super().__init__(call, kind, message, line)
        self.call, self.kind, self.message, self.line = call, kind, message, line


class Troupe:
    """
    One player with the submission loaded, as a context manager and a contestant.

    Raises:
        Crashed: the text cannot be executed, or defines no `Design`.
        PlayerLost: the player is gone.
    """

    def __init__(self, level: Level, source: str) -> None:
        self._player = Player(level)
        try:
            self._load(source)
        except BaseException:
            self._player.close()
            raise

    def _load(self, source: str) -> None:
        request = {"op": "load", "source": source, "name": "Design"}
        outcome: Any = self._player.ask(request, LOAD_SECONDS * crowding())
        if "raised" in outcome:
            raise Crashed("the text", *outcome["raised"])
        if outcome["value"] is not True:
            raise Crashed("the text", "NameError", "defines no class Design", None)

    def __enter__(self) -> "Troupe":
        return self

    def __exit__(self, *_: object) -> None:
        self._player.close()

    def __call__(self, workload: Workload) -> Make:
        """Return what makes the design of a process, anew for each run of a day."""
        return lambda process: Remote(self, process, f"{workload.seed}")

    def ask(self, message: dict[str, Any]) -> Any:
        """Send one message, and return what comes back: the design's question or its answer."""
        answer = self._player.ask({"op": "market", **message}, CALL_SECONDS * crowding())
        if not isinstance(answer, list) or len(answer) != 3:
            raise PlayerLost("answered the judge with nonsense")
        return answer


class Remote:
    """The design of one process."""

    def __init__(self, troupe: Troupe, process: int, seed: str) -> None:
        self._troupe, self._process = troupe, process
        self._rows: dict[int, Row] = {}
        self._leases: dict[int, Lease] = {}
        self._promised: dict[str, int] = {}
        self._count = 0
        number = Random(f"{seed} {process}").getrandbits(64)
        self._end(troupe.ask({"do": ["new", process, number]}), "Design()")

    def configure(self, budget: Budget) -> Any:
        """Return what the design's `configure` does."""
        data = asdict(budget)
        data["prices"]["megabyte"] = dict(budget.prices.megabyte)
        answer = self._troupe.ask({"do": ["configure", self._process, data]})
        wire = self._end(answer, "configure(budget)")
        try:
            return decode(wire)
        except ValueError:
            return wire  # the name of a type: the shop says that it is no plan

    def read(self, ctx: Any, key: str) -> Any:
        """Return the row that the design answers with."""
        number = self._call("read", ctx, key)
        if isinstance(number, int):
            return self._rows.get(number, Row(key, 0, "", 0.0, 0))
        return None

    def write(self, ctx: Any, key: str, value: str) -> None:
        """Let the design write."""
        self._call("write", ctx, key, value)

    def on_event(self, ctx: Any, event: Event) -> None:
        """Tell the design what has happened."""
        note = encode(event.note)
        self._call("on_event", ctx, event.kind, note, event.sender, event.sequence)

    def _call(self, verb: str, ctx: Any, *arguments: Any) -> Any:
        self._rows.clear()
        words = [verb, self._process, ctx.now(), ctx.edge, ctx.checkout, *arguments]
        foreseen = {} if verb == "on_event" else self._foreseen(ctx, arguments[0])
        costs = ctx._shop.costs
        sent = [foreseen, 0.0 if verb == "on_event" else costs.way, costs.look["l1"]]
        answer = self._troupe.ask({"do": words, "seen": sent})
        for _ in range(MOST_CALLS):
            kind, body, told = answer
            for name, wires in told:
                self._safely(ctx, name, wires)
            if kind != "ask":
                break
            got = self._safely(ctx, *body)
            answer = self._troupe.ask({"got": [*got, ctx.now()]})
        else:
            raise PlayerLost(f"called its ctx more than {MOST_CALLS:,} times for one {verb}")
        shown = ", ".join(map(repr, arguments[:1]))
        return self._end(answer, f"{verb}({shown})")

    def _foreseen(self, ctx: Any, key: str) -> dict[str, list[Any]]:
        """Return what looks for a key would find, with numbers for the rows and leases in it."""
        seen = {}
        self._promised.clear()
        for name, (row, is_free, seconds) in ctx.foresee(key).items():
            lease = 0
            if row is MISSING and is_free:
                self._count += 1
                lease = self._promised[name] = self._count
            seen[name] = [None if row is MISSING else self._numbered(row), lease, seconds]
        return seen

    def _end(self, answer: Any, call: str) -> Any:
        """Return the value of a call that has ended, or raise what it raised."""
        outcome = answer[1]
        if not isinstance(outcome, dict) or not outcome.keys() & {"raised", "value"}:
            raise PlayerLost("answered the judge with nonsense")
        if "raised" not in outcome:
            return outcome["value"]
        kind, message, line = map(_plain, outcome["raised"])
        if kind in WORLD:
            raise WORLD[kind](message)
        raise Crashed(call, kind, message, line)

    def _safely(self, ctx: Any, name: str, wires: list[Any]) -> list[Any]:
        """Answer; what cannot come of the player's own code is a forgery."""
        try:
            return self._answer(ctx, name, wires)
        except (LookupError, AttributeError, ArithmeticError, RecursionError) as error:
            raise PlayerLost("asked the judge for nonsense") from error

    def _answer(self, ctx: Any, name: str, wires: list[Any]) -> list[Any]:
        """Do what the design asks of its `ctx`; return the answer without the time."""
        if name not in VERBS:
            return ["raise", "AttributeError", f"ctx has no {name}"]
        if "." in name and not isinstance(wires[0].get("data"), str):
            return ["raise", "TypeError", f"{name} needs a key, which is a text"]
        target, _, verb = name.rpartition(".")
        action: Callable[..., Any] = getattr(getattr(ctx, target) if target else ctx, verb)
        try:
            return self._told(action(*[self._known(wire, wires[0]) for wire in wires]), target)
        except CachelabError as error:
            return ["raise", type(error).__name__, str(error)]
        except MISTAKES as error:
            kind = "TypeError" if isinstance(error, TypeError) else "ValueError"
            return ["raise", kind, str(error)]

    def _known(self, wire: dict[str, Any], first: dict[str, Any]) -> Any:
        """Return what a wire form stands for; a row of an earlier call is one of nobody's."""
        if "row" in wire:
            return self._rows.get(wire["row"], Row(first.get("data", ""), 0, "", 0.0, 0))
        if "lease" in wire:
            return self._leases.get(wire["lease"])
        return decode(wire["data"])

    def _told(self, value: Any, target: str) -> list[Any]:
        if isinstance(value, Row):
            return ["row", self._numbered(value)]
        if isinstance(value, tuple):
            row, lease = value
            number = None
            if lease is not None:
                self._count += 1
                number = self._promised.pop(target, self._count)
                self._leases[number] = lease
            return ["pair", None if row is MISSING else self._numbered(row), number]
        return ["missing"] if value is MISSING else ["none"]

    def _numbered(self, row: Row) -> list[Any]:
        self._count += 1
        self._rows[self._count] = row
        return [self._count, *row]


def _plain(value: Any) -> Any:
    """Return a part of what an exception was, if it can be shown."""
    return value if isinstance(value, str | int | None) else "?"
