"""
A store or a source as it is on a bad day: watched, slow, failing, and in any order.

Put around a port, this is what a test of a cache turns: how long each call takes, which calls
fail and how, and, under a `SimRuntime`, what other tasks do before and after each of them.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeAlias, TypeVar, cast

from .journal import Event, Journal, Key
from .runtime import Runtime, ThreadRuntime
from .sources import Source
from .stores import MISSING, Store

VERBS = frozenset(
    name for contract in (Store, Source) for name in vars(contract) if not name.startswith("_")
)
"""The calls that go out to a server: those in the contracts of a store and a source."""


@dataclass(frozen=True, slots=True)
class LostAnswer:
    """A fault in which the call is carried out, but its caller gets `error` for an answer."""

    error: BaseException


Latency: TypeAlias = float | Callable[[str, Key], float]
Fault: TypeAlias = BaseException | LostAnswer | None
Faults: TypeAlias = Callable[[str, Key, int], Fault]
P = TypeVar("P")


def instrument(
    port: P,
    runtime: Runtime | None = None,
    *,
    journal: Journal | None = None,
    latency: Latency | None = None,
    faults: Faults | None = None,
    name: str | None = None,
) -> P:
    """
    The same store or source, whose verbs are written down, take time and can fail.

    The call itself stays one step. Half of its latency (seconds, or `latency(verb, key)`) passes
    before it and half after it, as on the way to a server and back; where none passes, there is
    a checkpoint instead. So under a `SimRuntime` other tasks come in before and after a call, and
    never within.

    `faults(verb, key, number)` is asked before each call, `number` being how many calls of that
    verb there have been with this one. An error that it returns is raised in place of the call,
    and that of a `LostAnswer` after it; it takes as long as an answer. `key` is a tuple for calls
    about many keys, else None or the key. Events carry `name`, by itself that of the port's class.

    Whatever is no verb of a store or source is passed through, and so is `isinstance`.

    >>> from cachelab.ports import MemoryStore, StoreError
    >>> journal = Journal()
    >>> def third_time_unlucky(verb, key, number):
    ...     return StoreError("no route to host") if number == 3 else None
    >>> store = instrument(MemoryStore(), journal=journal, faults=third_time_unlucky)
    >>> store.set("k", 1), store.get("k"), store.get("other")
    (None, 1, MISSING)
    >>> store.get("k")
    Traceback (most recent call last):
    cachelab.ports.errors.StoreError: no route to host
    >>> [(event.verb, event.outcome) for event in journal]
    [('set', 'ok'), ('get', 'ok'), ('get', 'missing'), ('get', 'StoreError')]
    """
    runtime = ThreadRuntime() if runtime is None else runtime
    journal = Journal() if journal is None else journal
    name = type(port).__name__ if name is None else name
    return cast(P, _Instrumented(port, _Line(runtime, journal, latency or 0.0, faults, name)))


class _Instrumented:
    """A port whose verbs go over a line, and everything else straight through."""

    def __init__(self, port: Any, line: "_Line") -> None:
        object.__setattr__(self, "_port", port)
        object.__setattr__(self, "_line", line)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._port)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if name not in VERBS:
            return found
        line: _Line = self._line
        return lambda *args, **options: line.call(name, found, args, options)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._port, name, value)

    def __repr__(self) -> str:
        return f"instrument({self._port!r})"


class _Line:
    """The way to a port and back: it takes time, it fails, and it is tapped."""

    def __init__(
        self, runtime: Runtime, journal: Journal, latency: Latency, faults: Faults | None, name: str
    ) -> None:
        self.runtime = runtime
        self.journal = journal
        self.latency = latency
        self.faults = faults
        self.name = name
        self.numbers: Counter[str] = Counter()
        self._lock = Lock()

    def call(
        self, verb: str, effect: Callable[..., Any], args: Any, options: dict[str, Any]
    ) -> Any:
        """Make one call of the port, and write down what came of it."""
        args, options, key = _with_key(verb, args, options)
        fault = self._fault(verb, key)
        way = (self.latency(verb, key) if callable(self.latency) else self.latency) / 2
        start = self.runtime.now()
        self._travel(way, f"before {self.name}.{verb} {key}")
        answer, error, outcome = _attempt(fault, lambda: effect(*args, **options))
        # Written before the way back, so that the journal has the order of what was done.
        seconds = self.runtime.now() - start + way
        task = self.runtime.task_name()
        self.journal.append(Event(start, task, self.name, verb, key, outcome, seconds))
        self._travel(way, f"after {self.name}.{verb} {key}")
        if error is not None:
            raise error
        return answer

    def _travel(self, seconds: float, label: str) -> None:
        if seconds:
            self.runtime.sleep(seconds)
        else:
            self.runtime.checkpoint(label)

    def _fault(self, verb: str, key: Key) -> Fault:
        with self._lock:
            self.numbers[verb] += 1
            number = self.numbers[verb]
        return None if self.faults is None else self.faults(verb, key, number)


def _with_key(verb: str, args: Any, options: dict[str, Any]) -> tuple[Any, dict[str, Any], Key]:
    """The arguments and the key among them; keys that can be read only once are read here."""
    if not args:
        word = next((word for word in ("key", "keys", "entries", "rows") if word in options), None)
        if word is None:
            return args, options, None
        options = options.copy()
        args = (options.pop(word),)
    if isinstance(args[0], Iterator):
        args = (list(args[0]), *args[1:])
    if isinstance(args[0], str):
        return args, options, args[0]
    return args, options, tuple(args[0]) if verb.endswith("_many") else None


def _attempt(fault: Fault, effect: Callable[[], Any]) -> tuple[Any, BaseException | None, str]:
    """The answer to a call, the error that its caller gets, and a word for what came of it."""
    if isinstance(fault, BaseException):
        return None, fault, type(fault).__name__
    try:
        answer = effect()
    except Exception as error:  # noqa: BLE001 - raised when it has come back
        return None, error, type(error).__name__
    if isinstance(fault, LostAnswer):
        return None, fault.error, f"lost: {type(fault.error).__name__}"
    outcome = "missing" if answer is MISSING else "no" if answer is False else "ok"
    return answer, None, outcome
