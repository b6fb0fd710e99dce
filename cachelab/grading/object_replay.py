"""
A run of calls on a learner's own objects, made once more in his kernel, to step through.

The calls stand on the left, each with its answer, and what the object that was called holds stands
beside them. A container shows what came into it and what went.
"""

import random
import sys
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from types import FrameType
from typing import Any

from .arguments import Made, Named, Seeded
from .player.stage import call
from .report import Step
from .states import State, change, state_of
from .tracing import shown
from .wording import plain

MOST_LINES = 400_000
"""After so many lines of the learner's the run is given up."""


@dataclass(frozen=True, slots=True)
class Called:
    """One call that was made again: its text, what came of it, and what its object held after."""

    text: str
    target: str
    answer: str
    before: State
    after: State

    @property
    def changes(self) -> dict[str, str]:
        """What the call changed, by attribute, in a few words."""
        found = {name: change(self.before.get(name), now) for name, now in self.after.items()}
        gone = {name: "is gone" for name in self.before if name not in self.after}
        return {name: text for name, text in {**found, **gone}.items() if text}


def call_again(steps: tuple[Step, ...], names: Mapping[str, Any]) -> list[Called] | None:
    """
    Make the calls of a run with the classes and functions of a kernel, up to one that fails.

    None if one of them is not among `names`, or wants what only the judge has.
    """
    if not steps or not all(_can_be_made(step, names) for step in steps):
        return None
    objects: dict[str, Any] = {}
    held: dict[str, State] = {}
    made = []
    for number, step in enumerate(steps, 1):
        answer, failed = _attempt(step, objects, names)
        answer = "" if answer == "None" and number < len(steps) else answer
        before = held.get(step.target, {})
        after = state_of(objects[step.target]) if step.target in objects else {}
        made.append(Called(step.text, step.target, answer, before, after))
        held[step.target] = after
        if failed and step.target not in objects:
            break
    return made


def _can_be_made(step: Step, names: Mapping[str, Any]) -> bool:
    kind, _, name = step.verb.partition(":")
    is_known = kind not in ("new", "call") or name in names
    return is_known and kind != "each" and all(map(_is_given, step.arguments))


def _is_given(argument: Any) -> bool:
    """Tell whether an argument is plain data all through, or can be made here."""
    if isinstance(argument, Named):
        return _is_given(argument.value)
    if isinstance(argument, dict):
        return all(map(_is_given, (*argument, *argument.values())))
    if isinstance(argument, list | tuple | set | frozenset):
        return all(map(_is_given, argument))
    return isinstance(argument, Made | Seeded | bool | int | float | str | bytes | None)


def _attempt(step: Step, objects: dict[str, Any], names: Mapping[str, Any]) -> tuple[str, bool]:
    """Make one call; return its answer in words, and whether it failed."""
    before = sys.gettrace()
    sys.settrace(_Patience(_files(names)))
    try:
        answer = _perform(step, objects, names)
    except _EnoughError:
        return f"is still running after {MOST_LINES:,} lines", True
    except Exception as error:  # noqa: BLE001  # a learner's code may raise anything
        return f"{type(error).__name__}: {plain(str(error))}".rstrip(": "), True
    finally:
        sys.settrace(before)
    return ("" if step.verb.startswith("new:") else shown(answer)), False


def _perform(step: Step, objects: dict[str, Any], names: Mapping[str, Any]) -> Any:
    kind, _, name = step.verb.partition(":")
    given = [_made(argument, objects) for argument in step.arguments]
    keywords = {one.name: _made(one.value, objects) for one in given if isinstance(one, Named)}
    places = [one for one in given if not isinstance(one, Named)]
    if kind == "new":
        objects[step.target] = names[name](*places, **keywords)
        return None
    if kind == "call":
        return names[name](*places, **keywords)
    return call(objects[step.target], step.verb, places, keywords)


def _made(argument: Any, objects: Mapping[str, Any]) -> Any:
    if isinstance(argument, Made):
        return objects[argument.name]
    if isinstance(argument, Seeded):
        return random.Random(argument.seed)
    return deepcopy(argument)


def _files(names: Mapping[str, Any]) -> frozenset[str]:
    """Return the files, or cells, of the functions and of the methods of the classes."""
    members = [m for one in names.values() for m in (one, *getattr(one, "__dict__", {}).values())]
    codes = [getattr(member, "__code__", None) for member in members]
    return frozenset(code.co_filename for code in codes if code is not None)


class _EnoughError(BaseException):
    """Ends a call that takes too long; no `except Exception` stops it."""


class _Patience:
    """What counts the lines of a learner's that run, up to MOST_LINES in one call."""

    def __init__(self, files: frozenset[str]) -> None:
        self.files, self.left = files, MOST_LINES

    def __call__(self, frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        if frame.f_code.co_filename not in self.files:
            return None
        if event == "line":
            self.left -= 1
            if self.left < 0:
                raise _EnoughError
        return self
