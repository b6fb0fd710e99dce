"""
What a program's objects hold, as one value that is equal where they hold the same.

Two runs that have come to the same state go on alike, so only one of them has to go on. For that
the state must leave nothing out: a thing that cannot be looked into equals nothing but itself.
Random tokens, as leases carry, count as equal where the same task made them in the same order.
"""

import random
import re
import sys
from collections import Counter, deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from enum import Enum
from functools import lru_cache, partial
from itertools import count
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, cast

from cachelab.ports import MemorySource, MemoryStore, SimRuntime
from cachelab.ports.sim_scheduler import Scheduler
from cachelab.ports.sim_tasks import SimTask

TOKEN = re.compile(
    r"\b(?:[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b"
)
PLAIN = (type(None), bool, int, float, complex)
CONTAINERS = (dict, list, set, deque)


class Tokens:
    """Random tokens under the names of those who made them: "reader#1" is its first."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._made: Counter[str] = Counter()

    def plain(self, text: str, task: str | None) -> str:
        """Return `text` with tokens under their names; new ones are made by `task`, or stay."""
        if len(text) < 32:
            return text
        return TOKEN.sub(lambda match: self._name(match.group(), task), text)

    def _name(self, token: str, task: str | None) -> str:
        if token not in self._names:
            if task is None:
                return token
            self._made[task] += 1
            self._names[token] = f"{task}#{self._made[task]}"
        return self._names[token]


class StateReader:
    """
    A reader of the objects of one run; `outside` are types that are part of no state.

    Complexity: O(what can be reached) for each `read`.

    >>> reader = StateReader(Tokens())
    >>> reader.read([{"k": [1]}]) == reader.read([{"k": [1]}])
    True
    >>> reader.read([1]) == reader.read([True])
    False
    """

    def __init__(self, tokens: Tokens, outside: tuple[type, ...] = ()) -> None:
        self.tokens = tokens
        self.outside = (SimRuntime, Scheduler, *outside)

    def read(self, roots: Iterable[Any], task: str | None = None) -> tuple[Hashable, ...]:
        """Return what `roots` hold and what can be reached from them, sent by `task` if given."""
        reading = _Reading(self, task)
        return tuple(reading.look(root) for root in roots)

    def reached(self, root: Any) -> dict[int, Any]:
        """Return the objects that can be reached from `root` and could change, by their id."""
        reading = _Reading(self, None)
        reading.look(root)
        return reading.changeable


class _Reading:
    """One pass; an object that is met again stands for itself by the number of its first time."""

    def __init__(self, reader: StateReader, task: str | None) -> None:
        self.reader = reader
        self.task = task
        self.changeable: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._kept: list[Any] = []  # while ids stand for objects, none of those may go

    def look(self, thing: Any) -> Hashable:
        kind = type(thing)
        if kind in PLAIN:
            return kind.__name__, thing
        if kind is str:
            return self.reader.tokens.plain(thing, self.task)
        if kind is bytes:
            return b"", self.reader.tokens.plain(thing.decode("latin-1"), self.task)
        if isinstance(thing, Enum | type | ModuleType):
            return kind.__name__, thing
        if kind is tuple or kind is frozenset:
            return kind.__name__, self._all(thing)
        if isinstance(thing, self.reader.outside) or is_port(thing):
            return kind.__name__
        if isinstance(thing, SimTask):
            return "task", thing.name, thing.ended
        number = self._numbers.get(id(thing))
        if number is not None:
            return "again", number
        self._numbers[id(thing)] = len(self._numbers)
        self._kept.append(thing)
        return self._look_inside(thing)

    def _look_inside(self, thing: Any) -> Hashable:
        if isinstance(thing, FunctionType):
            return thing.__qualname__, self._all(_bound_to(thing))
        if isinstance(thing, MethodType):
            return thing.__name__, self.look(thing.__self__), self.look(thing.__func__)
        if isinstance(thing, BuiltinFunctionType):
            return thing.__qualname__, self.look(thing.__self__)
        if isinstance(thing, partial):
            return "partial", self._all((thing.func, thing.args, thing.keywords))
        self.changeable[id(thing)] = thing
        if isinstance(thing, random.Random):
            return "random", hash(thing.getstate())
        if isinstance(thing, count):
            return repr(thing)
        if hasattr(thing, "locked") and not hasattr(thing, "__dict__"):
            return "lock", thing.locked()
        return type(thing).__qualname__, self._contents(thing)

    def _contents(self, thing: Any) -> Hashable:
        if type(thing) is MemoryStore:  # the order of entries means nothing
            return self._all(sorted(thing.entries.items()))
        if type(thing) is MemorySource:
            return self._all(sorted(thing.rows.items()))
        inside: list[Hashable] = []
        if isinstance(thing, dict):
            inside += [(self.look(key), self.look(value)) for key, value in thing.items()]
        elif isinstance(thing, set | frozenset):
            inside.append(self._all(sorted(thing, key=repr)))
        elif isinstance(thing, list | tuple | deque):
            inside.append(self._all(thing))
        elif not hasattr(thing, "__dict__") and not _slots(_kind(thing)):
            return id(thing), object()  # equals nothing, not even itself a moment later
        return tuple(inside), self._all(_attributes(thing))

    def _all(self, things: Iterable[Any]) -> tuple[Hashable, ...]:
        return tuple(self.look(thing) for thing in things)


def _kind(thing: Any) -> Hashable:
    return cast(Hashable, type(thing))


def is_port(thing: Any) -> bool:
    """Tell whether `thing` is a port that somebody instrumented: the world has a look at those."""
    return type(thing).__name__ == "_Instrumented"


def _attributes(thing: Any) -> Iterator[Any]:
    """Yield the names and values of an object, and the containers that its classes hold."""
    for name, value in getattr(thing, "__dict__", {}).items():
        yield name
        yield value
    for slot in _slots(_kind(thing)):
        yield getattr(thing, slot, None)
    for names, name in _class_containers(_kind(thing)):
        yield names.get(name)


def _bound_to(function: FunctionType) -> Iterator[Any]:
    """Yield what a function brings along: its closure, its defaults, and global containers."""
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:
            yield "nothing yet"
    yield function.__defaults__
    yield function.__kwdefaults__
    for names, name in _global_containers(function):
        yield names[name]


@lru_cache(maxsize=1_000)
def _slots(kind: Any) -> tuple[str, ...]:
    names = [
        (owner, slot)
        for owner in kind.__mro__
        for slot in _as_tuple(vars(owner).get("__slots__", ()))
        if slot not in ("__dict__", "__weakref__")
    ]
    return tuple(_mangled(owner, slot) for owner, slot in names)


def _as_tuple(slots: Any) -> tuple[str, ...]:
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _mangled(owner: type, slot: str) -> str:
    is_private = slot.startswith("__") and not slot.endswith("__")
    return f"_{owner.__name__.lstrip('_')}{slot}" if is_private else slot


@lru_cache(maxsize=1_000)
def _class_containers(kind: Any) -> tuple[tuple[Mapping[str, Any], str], ...]:
    """Return where a program's class, and the globals that its methods name, keep containers."""
    found: list[tuple[Mapping[str, Any], str]] = []
    for owner in kind.__mro__:
        if owner.__module__.partition(".")[0] in sys.stdlib_module_names:
            continue
        for name, value in vars(owner).items():
            if isinstance(value, FunctionType):
                found += _global_containers(value)
            elif isinstance(value, CONTAINERS) and not name.startswith("__"):
                found.append((vars(owner), name))
    return tuple(found)


def _global_containers(function: FunctionType) -> Iterator[tuple[Mapping[str, Any], str]]:
    for name in function.__code__.co_names:
        if isinstance(function.__globals__.get(name), CONTAINERS):
            yield function.__globals__, name
