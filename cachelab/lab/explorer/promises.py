"""
Promises that a cache makes, each a sentence and a check of what is left when all is at rest.

A promise about the way, and not only about the end, follows the steps: it keeps a mark, which each
step turns into the next. The mark is all that it may remember, for runs that have come to the same
state with the same mark are held to be the same.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from cachelab.ports import MISSING

from .world import Step

Mark: TypeAlias = Hashable


@dataclass(frozen=True, slots=True)
class Ending:
    """
    What is left of a run: by key, what the cache `answers` and which rows the source holds.

    `past` has every value that a row has ever had (MISSING: none). `returned` and `raised` have
    what came of each actor, `mark` what the promise itself has noted on the way.
    """

    answers: Mapping[str, Any]
    rows: Mapping[str, Any]
    past: Mapping[str, tuple[Any, ...]]
    returned: Mapping[str, Any] = field(default_factory=dict)
    raised: Mapping[str, BaseException] = field(default_factory=dict)
    mark: Mark = None


@dataclass(frozen=True, slots=True)
class Promise:
    """
    A sentence, and `holds`, which tells of an `Ending` whether it is true.

    `follow` takes the mark so far (None at first) and a step; it returns the next mark, which must
    be hashable. For a promise about the end alone it is not needed. `of_any_actors` tells that it
    is to be kept without some of the actors as well: then those that do not matter are left out.

    >>> fresh = Promise("a read is answered", lambda ending: MISSING not in ending.answers.values())
    >>> fresh.holds(Ending(answers={"k": 1}, rows={"k": 1}, past={}))
    True
    """

    sentence: str
    holds: Callable[[Ending], Any]
    follow: Callable[[Mark, Step], Mark] | None = None
    of_any_actors: bool = False


AnyPromise: TypeAlias = Promise | Callable[[Ending], Any]


def as_promise(promise: AnyPromise) -> Promise:
    """
    The promise itself, or one made of a function, whose docstring or name is its sentence.

    Raises:
        TypeError: it is neither.
    """
    if isinstance(promise, Promise):
        return promise
    if not callable(promise):
        raise TypeError(f"a promise is a Promise or a function of an Ending, not {promise!r}")
    name = getattr(promise, "__name__", type(promise).__name__)
    sentence = (promise.__doc__ or name.replace("_", " ")).strip().splitlines()[0]
    return Promise(sentence.rstrip("."), promise)


def _nothing_stale(ending: Ending) -> bool:
    return not any(
        _differ(answer, ending.rows.get(key, MISSING))
        and any(not _differ(answer, value) for value in ending.past.get(key, ()))
        for key, answer in ending.answers.items()
    )


def _cache_equals_source(ending: Ending) -> bool:
    return not any(
        _differ(answer, ending.rows.get(key, MISSING)) for key, answer in ending.answers.items()
    )


def _differ(one: Any, other: Any) -> bool:
    """Tell whether two values differ, 1 and True being different."""
    return type(one) is not type(other) or bool(one != other)


@dataclass(frozen=True, slots=True)
class _Loads:
    under_way: frozenset[tuple[str, str]] = frozenset()
    overlap: bool = False


def _follow_loads(mark: Mark, step: Step) -> Mark:
    loads = mark if isinstance(mark, _Loads) else _Loads()
    if step.port != "source" or step.verb != "read" or not isinstance(step.key, str):
        return loads
    load = (step.task, step.key)
    if step.kind == "answered":
        return _Loads(loads.under_way - {load}, loads.overlap)
    same = any(key == step.key for _, key in loads.under_way)
    return _Loads(loads.under_way | {load}, loads.overlap or same)


@dataclass(frozen=True, slots=True)
class _Write:
    """A write that was begun, and which acknowledged writes of its key came before it."""

    name: tuple[str, int]
    """Who made it, and how many that one had made before."""
    key: str
    text: str
    after: frozenset[tuple[str, int]]
    is_acknowledged: bool = False


def _follow_writes(mark: Mark, step: Step) -> Mark:
    writes: frozenset[_Write] = mark if isinstance(mark, frozenset) else frozenset()
    if step.kind not in ("writes", "acknowledged"):
        return writes
    key, text = str(step.key), repr(step.value)
    own = [write for write in writes if write.name[0] == step.task]
    if step.kind == "writes":
        done = frozenset(w.name for w in writes if w.key == key and w.is_acknowledged)
        return writes | {_Write((step.task, len(own)), key, text, done)}
    begun = max(own, key=lambda write: write.name)  # a task makes one write at a time
    return writes - {begun} | {replace(begun, is_acknowledged=True)}


def _no_write_lost(ending: Ending) -> bool:
    writes: frozenset[_Write] = ending.mark if isinstance(ending.mark, frozenset) else frozenset()
    keys = {write.key for write in writes if write.is_acknowledged}
    return all(repr(ending.rows.get(key, MISSING)) in _last_words(writes, key) for key in keys)


def _last_words(writes: frozenset[_Write], key: str) -> set[str]:
    """Return the rows of `key` that would be right: no other write came after theirs was done."""
    overtaken = {name for write in writes if write.is_acknowledged for name in write.after}
    return {write.text for write in writes if write.key == key and write.name not in overtaken}


no_stale_value_stays = Promise(
    "no stale value stays after the last invalidation", _nothing_stale, of_any_actors=True
)
cache_equals_source_at_rest = Promise(
    "the cache equals the source when all is at rest", _cache_equals_source, of_any_actors=True
)
one_load_per_key_at_a_time = Promise(
    "at most one load per key is under way at a time",
    lambda ending: not (isinstance(ending.mark, _Loads) and ending.mark.overlap),
    _follow_loads,
    of_any_actors=True,
)
no_acknowledged_write_lost = Promise(
    "no acknowledged write is lost", _no_write_lost, _follow_writes, of_any_actors=True
)
