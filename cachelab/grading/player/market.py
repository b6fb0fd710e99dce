"""
The shop's side of a player: six copies of a design, whose `ctx` is answered by the judge.

The judge keeps time, layers, origin and the record; in here are only the design's own notes. Each
process executes the text in a namespace of its own, and a row is a number that the judge looks up,
so neither a row nor a moment can be made here.
"""

import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from .leading import Channel
from .outside import RAISED, Missing
from .stage import Stage, attempt, describe
from .values import Wire, decode, encode, travels


class Row:
    """A row that the judge has delivered: key, version, value, at, bytes."""

    __slots__ = ("_number", "at", "bytes", "key", "value", "version")

    def __init__(self, number: int, key: str, version: int, value: str, at: float, size: int):
        self._number, self.key, self.version = number, key, version
        self.value, self.at, self.bytes = value, at, size

    def __repr__(self) -> str:
        return f"Row({self.key!r}, version={self.version})"


class Lease:
    """A right to fill that the judge has granted."""

    __slots__ = ("_number",)

    def __init__(self, number: int) -> None:
        self._number = number


LONGEST_TTL = 3_600.0

Ask = Callable[..., Any]


class Layer:
    """A layer of the judge's."""

    def __init__(self, name: str, ctx: "Context", ask: Ask, tell: Ask) -> None:
        self._name, self._ctx, self._ask, self._tell = name, ctx, ask, tell

    def get(self, key: str) -> Any:
        seen = self._ctx._look(self._name, "get", key)
        return self._ask(f"{self._name}.get", key) if seen is None else seen[0]

    def get_or_lease(self, key: str) -> Any:
        seen = self._ctx._look(self._name, "get_or_lease", key)
        return self._ask(f"{self._name}.get_or_lease", key) if seen is None else seen

    def put(self, key: str, row: Any, ttl: float, lease: Any = None) -> None:
        if type(row) is not Row or row.key != key:
            raise TypeError(f"{self._name}.put({key!r}, ...) needs a row of that key, not {row!r}")
        if type(ttl) not in (int, float) or not ttl <= LONGEST_TTL:
            raise ValueError(f"a row lives for at most 3600 seconds, not {ttl!r}")
        self._tell(f"{self._name}.put", key, row, ttl, lease)

    def delete(self, key: str) -> None:
        if self._name == "l2" or type(key) is not str:  # a node may be dead
            self._ask(f"{self._name}.delete", key)
            return
        self._ctx._pass(self._ctx._own_look if self._name == "l1" else 0.0)
        self._tell(f"{self._name}.delete", key)


class Origin:
    """The judge's origin."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def read(self, key: str) -> Any:
        return self._ask("origin.read", key)

    def write(self, key: str, value: str) -> Any:
        return self._ask("origin.write", key, value)


class Context:
    """What a design is handed with each call."""

    def __init__(self, process: int, seed: int, ask: Ask, tell: Ask) -> None:
        self.process, self.random = process, random.Random(seed)
        self.edge, self.checkout = 0, False
        self.cdn, self.l1, self.l2 = (Layer(name, self, ask, tell) for name in ("cdn", "l1", "l2"))
        self.origin = Origin(ask)
        self._ask, self._tell, self._now = ask, tell, 0.0
        self._seen: dict[str, list[Any]] = {}
        self._key = ""
        self._way = self._own_look = 0.0

    def now(self) -> float:
        return self._now

    def publish(self, note: Any) -> None:
        self._tell("publish", note)
        self._pass(0.0002)

    def _pass(self, seconds: float) -> None:
        """Let the time pass of a step within the shop, and of the way there before the first."""
        self._now += self._way + seconds
        self._way = 0.0

    def _look(self, name: str, verb: str, key: str) -> tuple[Any, Any] | None:
        """Return what the judge has foreseen of a look; it does the same look afterwards."""
        if key != self._key or name not in self._seen:
            return None
        row, lease, seconds = self._seen[name]
        if row is None and not lease and verb == "get_or_lease":
            return None  # somebody else fills that place
        del self._seen[name]
        if name == "cdn":
            self._now += seconds
        else:
            self._pass(seconds)
        self._tell(f"{name}.{verb}", key)
        if row is not None:
            return Row(*row), None
        return Missing.MISSING, Lease(lease) if lease and verb == "get_or_lease" else None

    def later(self, seconds: float, note: Any = None) -> None:
        self._ask("later", seconds, note)


class Market:
    """Serves one judge until it is done: calls come in, calls of `ctx` go out."""

    def __init__(self, source: str, name: str, channel: Channel) -> None:
        self.source, self.name, self.channel = source, name, channel
        self.request: dict[str, Any] = {}
        self.stages: dict[int, Stage] = {}
        self.designs: dict[int, Any] = {}
        self.contexts: dict[int, Context] = {}
        self.context: Context | None = None
        self.told: list[Any] = []

    def serve(self, request: dict[str, Any]) -> None:
        """Answer requests up to the one that closes the market."""
        self.request = request
        while "close" not in self.request:
            result = self._do(*self.request["do"])
            self.channel.write(["end", result, self._all_told()])
            self.request = self.channel.read()
        self.channel.write(None)

    def _do(self, verb: str, process: int, *arguments: Any) -> dict[str, Wire]:
        self.context = None
        if verb == "new":
            return attempt(self._new, process, *arguments)
        if verb == "configure":
            budget = _as_names(arguments[0])
            return attempt(lambda: self.designs[process].configure(budget))
        return self._call(verb, process, *arguments)

    def _new(self, process: int, seed: int) -> None:
        stage = self.stages.setdefault(process, Stage(self.source, self.name))
        stage.fresh()
        self.designs[process] = stage.names[self.name]()
        if process not in self.contexts:
            self.contexts[process] = Context(process, seed, self._ask, self._tell)

    def _call(
        self, verb: str, process: int, now: float, edge: int, checkout: bool, *arguments: Any
    ) -> dict[str, Wire]:
        """Let a design answer; what it returns is a row's number, or nothing that counts."""
        ctx = self.context = self.contexts[process]
        ctx._now, ctx.edge, ctx.checkout = now, edge, checkout
        ctx._seen, ctx._way, ctx._own_look = self.request["seen"]
        ctx._key = arguments[0]
        if verb == "on_event":
            kind, note, sender, sequence = arguments
            event = SimpleNamespace(kind=kind, note=decode(note), sender=sender, sequence=sequence)
            arguments = (event,)
        try:
            answer = getattr(self.designs[process], verb)(ctx, *arguments)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the judge is told
            return {"raised": describe(error)}
        return {"value": answer._number if type(answer) is Row else None}

    def _tell(self, name: str, *arguments: Any) -> None:
        """Keep what needs no answer until the next line goes out: a line is dear."""
        self.told.append([name, [_wire(each) for each in arguments]])

    def _all_told(self) -> list[Any]:
        told, self.told = self.told, []
        return told

    def _ask(self, name: str, *arguments: Any) -> Any:
        """Put a call of `ctx` to the judge, and return or raise what it answers."""
        if self.context is None:
            raise RuntimeError(f"{name} was called when nobody had asked for anything")
        wires = [_wire(each) for each in arguments]
        self.channel.write(["ask", [name, wires], self._all_told()])
        self.request = self.channel.read()
        kind, *body, now = self.request["got"]
        if name.partition(".")[0] not in ("cdn", "later"):
            self.context._way = 0.0
        self.context._now = now
        if kind == "raise":
            raise RAISED[body[0]](body[1])
        return _known(kind, body)


def _wire(value: Any) -> Any:
    if type(value) is Row:
        return {"row": value._number}
    if type(value) is Lease:
        return {"lease": value._number}
    wire = encode(value)
    if not travels(wire):
        raise TypeError(f"{value!r} is no plain data: nothing else leaves a process")
    return {"data": wire}


def _known(kind: str, body: list[Any]) -> Any:
    if kind == "row":
        return Row(*body[0])
    if kind == "pair":
        row, lease = body
        found = Missing.MISSING if row is None else Row(*row)
        return found, None if lease is None else Lease(lease)
    return Missing.MISSING if kind == "missing" else None


def _as_names(data: Any) -> Any:
    """Return nested dictionaries as objects with attributes, but for the prices by layer."""
    prices = SimpleNamespace(**data["prices"])
    return SimpleNamespace(dollars=data["dollars"], prices=prices)
