"""
A cache under watch: any class with `get` and `put`, driven through a list of operations.

A policy is put into a `Cache` first. A learner's class is used as it is, and its containers say
which keys are resident.
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from cachelab.eviction import POLICIES, Cache, EvictionPolicy

from .lanes import LaneReader, Snapshot
from .subjects import SubjectFailed

VERBS = {"put": 3, "get": 2, "delete": 2, "in": 2, "len": 1, "hit_rate": 1}
"""The verbs of an operation, and how many items its tuple has at least."""

Operation = tuple[Any, ...]

_ABSENT: Any = object()


class _Watched(Cache):
    """A cache that asks its policy at each request: a subclass does not take the short way."""


def subject_class(subject: object) -> type:
    """Return the class to watch: a policy's by its name, or `subject` itself."""
    if isinstance(subject, str):
        if subject not in POLICIES:
            raise ValueError(f"unknown policy {subject!r}; there are {', '.join(sorted(POLICIES))}")
        return POLICIES[subject]
    if not isinstance(subject, type):
        raise SubjectFailed(f"give the class itself, such as LRU, not {subject!r}")
    if issubclass(subject, EvictionPolicy):
        return subject
    missing = [verb for verb in ("get", "put") if not callable(getattr(subject, verb, None))]
    if missing:
        raise SubjectFailed(f"{subject.__name__} has no method {' and no method '.join(missing)}")
    return subject


def parse(operations: str | Iterable[Any]) -> tuple[Operation, ...]:
    """
    Return the operations in one form: a key to request becomes ("request", key).

    >>> parse("a b")
    (('request', 'a'), ('request', 'b'))
    """
    items: list[Any] = list(operations.split()) if isinstance(operations, str) else list(operations)
    if not items:
        raise ValueError("there is nothing to record: give at least one request, such as 'a b c a'")
    if not all(isinstance(item, tuple) and item and item[0] in VERBS for item in items):
        return tuple(("request", item) for item in items)
    for item in items:
        if len(item) < VERBS[item[0]]:
            raise ValueError(f"the operation {item!r} is not complete")
    return tuple(items)


class Driver:
    """The cache under watch: carries out the operations of `plan` and tells what they answered."""

    def __init__(self, kind: type, capacity: int, plan: Sequence[Operation]) -> None:
        made = _make(kind, capacity, plan)
        self.policy = made if isinstance(made, EvictionPolicy) else None
        self.cache: Any = _Watched(made) if isinstance(made, EvictionPolicy) else made
        self.reader = LaneReader(made, keys_of(plan))

    def snapshot(self) -> Snapshot:
        return self.reader.read()

    def residents(self, seen: Snapshot) -> frozenset[Hashable]:
        """A policy says itself which keys are resident; a learner's class is read."""
        return seen.residents if self.policy is None else frozenset(self.policy)

    def play(self, operation: Operation) -> tuple[bool | None, object]:
        """Carry out `operation`; return whether it was a hit (None: no lookup) and the answer."""
        verb, *rest = operation
        match verb:
            case "request":
                return self._request(rest[0])
            case "get":
                return self._get(rest[0], *rest[1:2])
            case "put":
                self.reader.values[rest[0]] = rest[1]
                return None, self.cache.put(rest[0], rest[1])
            case "delete":
                return None, self.cache.delete(rest[0])
            case "in":
                return None, rest[0] in self.cache
            case "len":
                return None, len(self.cache)
        ratio = self.cache.stats.hit_ratio if self.policy is not None else self.cache.hit_rate()
        return None, ratio

    def _request(self, key: Hashable) -> tuple[bool, object]:
        value = f"value of {key}"
        if self.cache.get(key) == value:
            return True, value
        self.reader.values[key] = value
        self.cache.put(key, value)
        return False, None

    def _get(self, key: Hashable, *default: object) -> tuple[bool, object]:
        answer = self.cache.get(key, *default)
        stored = self.reader.values.get(key, _ABSENT)
        same = answer is stored or (type(answer) is type(stored) and answer == stored)
        # A stored value equal to the default says nothing: then the containers decide.
        unclear = answer == (default[0] if default else None)
        return (key in self.residents(self.snapshot()) if same and unclear else same), answer


def _make(kind: Any, capacity: int, plan: Sequence[Operation]) -> Any:
    """Return a new cache; a learner's class that can't be made yet fails at its first request."""
    if issubclass(kind, EvictionPolicy) and kind.needs_future:
        return kind(capacity, future=_requests(kind, plan))
    if kind in POLICIES.values():
        return kind(capacity)
    try:
        return kind(capacity)
    except Exception as error:  # noqa: BLE001  # a learner's class may raise anything
        return _Unmade(error)


class _Unmade:
    """Stands for a cache whose constructor raised: every operation raises the same."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def get(self, *_arguments: object) -> None:
        raise self._error

    put = delete = hit_rate = __contains__ = __len__ = get


def _requests(kind: type, plan: Sequence[Operation]) -> list[Hashable]:
    """Return the keys that `plan` asks for: the future, to a policy that has to know it."""
    other = next((operation for operation in plan if operation[0] != "request"), None)
    if other is not None:
        raise ValueError(f"{kind.__name__} knows requests only: give keys, not {other!r}")
    return [key for _, key in plan]


def keys_of(plan: Sequence[Operation]) -> set[Hashable]:
    """Return the keys that occur in `plan`."""
    return {operation[1] for operation in plan if len(operation) > 1}
