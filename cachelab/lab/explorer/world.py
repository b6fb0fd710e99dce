"""
The world of one run: virtual time, a store and a source, and all that happened to them.

A scenario builds its objects on a `World`. Each call of a port is one `Step` of the run, written
down with what was sent and what came back, so that a promise can be checked and a run be drawn.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, TypeVar, cast

from cachelab.ports import MISSING, MemorySource, MemoryStore, SimRuntime, Source, Store
from cachelab.ports.instrument import VERBS, Fault, LostAnswer, instrument
from cachelab.ports.journal import Key
from cachelab.ports.stores import Absent

P = TypeVar("P")

Actors: TypeAlias = dict[str, Callable[[], Any]]
AtRest: TypeAlias = Callable[[], dict[str, Any] | None]
Scenario: TypeAlias = Callable[["World"], tuple[Actors, AtRest]]
"""
Builds what it is about on a new `World`; returns its actors by name and what is done at rest.

What is done at rest is called when every actor has ended: it stops what runs in the background and
returns, by key, what the cache answers now. Run twice under one schedule, a scenario must do the
same twice.
"""


@dataclass(frozen=True, slots=True)
class Step:
    """
    One thing that an actor did, in the order in which it took effect.

    `kind` is "asks" when a call of a port leaves, "answered" when it takes effect there, "writes"
    and "acknowledged" around a write that counts (see `World.write`). `sent` is the value that was
    sent, `answer` what came back, both as text; `value` and `result` are those themselves.
    """

    kind: str
    at: float
    task: str
    port: str
    verb: str
    key: Key
    value: Any = MISSING
    result: Any = None
    error: str = ""

    @property
    def sent(self) -> str:
        """The value that was sent, as text, nothing if none was."""
        return "" if self.value is MISSING else brief(self.value)

    @property
    def answer(self) -> str:
        """What came back, as text: an error's name, or nothing for a call that returns nothing."""
        if self.error:
            return self.error
        return "" if self.result is None else brief(self.result)

    def __str__(self) -> str:
        words = " ".join(filter(None, [self.verb, shown(self.key), self.sent]))
        if self.kind != "answered":
            return f"{self.task} {self.kind} {self.port}.{words}"
        answer = f" -> {self.answer}" if self.answer else ""
        return f"{self.task}: {self.port}.{words}{answer}"


class World:
    """
    What a scenario is given to build on: `sim` (its runtime), `store` and `source`.

    Both ports are in memory, under the names "store" and "source"; `port` adds others. `faults` and
    `latency` may be set to functions of a port's name, a verb and a key (`faults`: and how often
    that verb was called), as `instrument` takes them.

    >>> world = World(SimRuntime())
    >>> world.source.write("k", "old")
    1
    >>> world.store.get("k"), [str(step) for step in world.steps if step.kind == "answered"]
    (MISSING, ["main: source.write k 'old' -> 1", 'main: store.get k -> MISSING'])
    """

    def __init__(self, sim: SimRuntime) -> None:
        self.sim = sim
        self.steps: list[Step] = []
        self.ports: dict[str, Any] = {}
        """The bare ports by name, which nobody watches."""
        self.faults: Callable[[str, str, Key, int], Fault] | None = None
        self.latency: Callable[[str, str, Key], float] | None = None
        self.on_step: Callable[[Step], None] = self.steps.append
        self.past: dict[str, list[Any]] = {}
        """Every value that each row has had, MISSING for none."""
        self.store: Store = self.port("store", MemoryStore(sim))
        self.source: Source = self.port("source", MemorySource())

    def port(self, name: str, bare: P) -> P:
        """Put another port into the world; return it as the objects of the run should use it."""
        self.ports[name] = bare
        return instrument(
            cast(P, _Watched(name, bare, self)),
            self.sim,
            faults=lambda verb, key, number: self._asked(name, verb, key, number),
            latency=lambda verb, key: self.latency(name, verb, key) if self.latency else 0.0,
            name=name,
        )

    def write(self, call: Callable[[str, Any], Any], key: str, value: Any) -> Any:
        """
        Make `call(key, value)`, a write that counts: once it has returned, it is acknowledged.

        A call that raises, or that returns False, acknowledges nothing.
        """
        self.note("writes", "cache", "write", key, value)
        answer = call(key, value)
        if answer is not False:
            self.note("acknowledged", "cache", "write", key, value)
        return answer

    def note(
        self, kind: str, port: str, verb: str, key: Key, value: Any = MISSING, **answer: Any
    ) -> None:
        """Write down a step of the task that is on."""
        task = self.sim.task_name()
        self.on_step(Step(kind, self.sim.now(), task, port, verb, key, value, **answer))

    def cross(self, call: "_Verb", *args: Any, **options: Any) -> Any:
        """Make a call for which stores and sources have no word, as `instrument` makes theirs."""
        self.note("asks", call.port, call.verb, _key(args, options))
        self.sim.checkpoint(f"before {call.port}.{call.verb}")
        try:
            return call(*args, **options)
        finally:
            self.sim.checkpoint(f"after {call.port}.{call.verb}")

    def rows(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return what the source holds, without its being watched; MISSING where it has no row."""
        return {key: self._row(key) for key in keys}

    def remember(self, keys: Iterable[str]) -> None:
        """Add what the rows of `keys` are now to what they have been."""
        for key in keys:
            known, value = self.past.setdefault(key, [MISSING]), self._row(key)
            if value not in known:
                known.append(value)

    def _row(self, key: str) -> Any | Absent:
        row = self.ports["source"].read(key)
        return MISSING if row is MISSING else row.value

    def _asked(self, name: str, verb: str, key: Key, number: int) -> Fault:
        self.note("asks", name, verb, key)
        fault = None if self.faults is None else self.faults(name, verb, key, number)
        if fault is not None and not isinstance(fault, LostAnswer):
            self.note("answered", name, verb, key, error=type(fault).__name__)
        return fault


class _Watched:
    """A port that has each call written down at the moment it takes effect."""

    def __init__(self, name: str, bare: Any, world: World) -> None:
        object.__setattr__(self, "_parts", (name, bare, world))

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._parts[1])

    def __getattr__(self, verb: str) -> Any:
        name, bare, world = object.__getattribute__(self, "_parts")
        found = getattr(bare, verb)
        if verb.startswith("_") or not callable(found):
            return found
        call = _Verb(name, verb, found, world)
        return call if verb in VERBS else partial(world.cross, call)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._parts[1], name, value)

    def __repr__(self) -> str:
        return repr(self._parts[1])


@dataclass(frozen=True, slots=True)
class _Verb:
    """One method of a watched port."""

    port: str
    verb: str
    method: Callable[..., Any]
    world: World

    def __call__(self, *args: Any, **options: Any) -> Any:
        key, value = _key(args, options), _value(self.verb, args, options)
        try:
            result = self.method(*args, **options)
        except Exception as error:
            name = type(error).__name__
            self.world.note("answered", self.port, self.verb, key, value, error=name)
            raise
        if self.port == "source" and self.verb in ("write", "write_many", "delete"):
            self.world.remember([key] if isinstance(key, str) else key or ())
        self.world.note("answered", self.port, self.verb, key, value, result=result)
        return result


def _key(args: tuple[Any, ...], options: dict[str, Any]) -> Key:
    first = args[0] if args else options.get("key")
    if first is None or isinstance(first, str):
        return first
    return tuple(first) if isinstance(first, Iterable) else None


def _value(verb: str, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    if verb in ("set_many", "write_many"):
        return dict(args[0])
    if verb == "replace":
        return options.get("new", args[2] if len(args) > 2 else MISSING)
    if verb in ("set", "add", "write"):
        return options.get("value", args[1] if len(args) > 1 else MISSING)
    return MISSING


def shown(key: Key) -> str:
    """Return a key as text, many of them with spaces in between."""
    return key if isinstance(key, str) else " ".join(key or ())


def brief(value: Any, width: int = 28) -> str:
    """Return a value as text of at most `width` letters."""
    text = repr(getattr(value, "value", value) if type(value).__name__ == "Versioned" else value)
    return text if len(text) <= width else f"{text[: width - 3]}..."
