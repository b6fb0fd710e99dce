"""
One call of a learner's function, watched line by line: which line ran, and what it left behind.

The function runs here, in the learner's own kernel, as it would if he called it himself. Whatever
tracer was there before (a debugger, a coverage tool) is put back afterwards.
"""

import ast
import linecache
import sys
from collections import deque
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from types import CodeType, FrameType, FunctionType
from typing import Any

from .wording import plain

FIRST, LAST = 40, 60
"""So many lines are kept from the beginning and from the end: nobody steps through more."""

MOST_LINES = 20_000
"""After so many the call is given up."""

PLAIN = (bool, int, float, str, bytes, type(None))

Variables = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line that ran, in a function of the learner's, and the variables as it left them."""

    number: int
    function: str
    variables: Variables


@dataclass(frozen=True, slots=True)
class Trace:
    """
    The lines of a call in the order in which they ended, and what came of it, in words.

    Of a long call those in the middle are left out, after the first FIRST.
    """

    lines: tuple[Line, ...]
    ending: str
    left_out: int


def is_plain(value: object) -> bool:
    """
    Tell whether a value is plain data all through, so that a call with it can be made anywhere.

    >>> is_plain([(1, "a"), {"b": None}]), is_plain([object()])
    (True, False)
    """
    if isinstance(value, dict):
        return all(map(is_plain, value)) and all(map(is_plain, value.values()))
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(is_plain, value))
    return type(value) in PLAIN


def trace_call(function: FunctionType, arguments: tuple[Any, ...]) -> Trace:
    """
    Call `function` with copies of `arguments` and return the lines that ran.

    The lines of other functions of the same file or cell count too.
    """
    watch = _Watch(function.__code__.co_filename)
    given, before = deepcopy(arguments), sys.gettrace()
    sys.settrace(watch.enter)
    try:
        ending = f"returns {shown(function(*given))}"
    except _EnoughError:
        ending = f"is still running after {MOST_LINES:,} lines"
    except Exception as error:  # noqa: BLE001  # a learner's function may raise anything
        ending = f"raises {type(error).__name__}: {plain(str(error))}".rstrip(": ")
    finally:
        sys.settrace(before)
    kept = (*watch.first, *watch.last)
    return Trace(kept, ending, watch.count - len(kept))


class _EnoughError(BaseException):
    """Ends a call that has been watched for long enough; no `except Exception` stops it."""


@dataclass
class _Watch:
    """What listens to the interpreter during one call."""

    filename: str
    count: int = 0
    first: list[Line] = field(default_factory=list)
    last: deque[Line] = field(default_factory=lambda: deque(maxlen=LAST))
    running: dict[FrameType, int] = field(default_factory=dict)
    """The line that each frame is in."""
    within: dict[int, int] = field(init=False)
    """For a line of a comprehension, the one in which it begins; since Python 3.12 each counts."""

    def __post_init__(self) -> None:
        self.within = _comprehensions("".join(linecache.getlines(self.filename)))

    def enter(self, frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        if event != "call" or not self._is_watched(frame.f_code):
            return None
        return self.step

    def step(self, frame: FrameType, event: str, _: object) -> Callable[..., Any]:
        number = self.within.get(frame.f_lineno, frame.f_lineno)
        if event == "line" and frame.f_lineno in self.within and self.running.get(frame) == number:
            return self.step  # the next turn of a comprehension, which is one line
        if event in ("line", "return"):
            self._end_line(frame)
        if event == "line":
            self.running[frame] = number
        return self.step

    def _end_line(self, frame: FrameType) -> None:
        number = self.running.pop(frame, None)
        if number is None:
            return
        self.count += 1
        if self.count > MOST_LINES:
            raise _EnoughError
        names = (name for name in frame.f_locals if name.isidentifier())
        variables = tuple((name, shown(frame.f_locals[name])) for name in names)
        kept = self.first if len(self.first) < FIRST else self.last
        kept.append(Line(number, frame.f_code.co_name, variables))

    def _is_watched(self, code: CodeType) -> bool:
        is_inner = code.co_name.startswith("<") and code.co_name != "<lambda>"
        return code.co_filename == self.filename and not is_inner  # a comprehension is one line


def _comprehensions(source: str) -> dict[int, int]:
    """
    Return the first line of the comprehension that each line belongs to, if it does to one.

    >>> _comprehensions("a = [\\n    n\\n    for n in b\\n]\\nc = a")
    {1: 1, 2: 1, 3: 1, 4: 1}
    """
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return {}
    found: dict[int, int] = {}
    for node in nodes:  # outer ones come before inner ones
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp):
            for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                found.setdefault(number, found.get(node.lineno, node.lineno))
    return found


def shown(value: object) -> str:
    """Return a value as text; an object that says nothing itself, with what it holds."""
    try:
        if type(value).__repr__ is not object.__repr__ or not hasattr(value, "__dict__"):
            return plain(repr(value))
        held = ", ".join(f"{name}={item!r}" for name, item in vars(value).items())
        return plain(f"{type(value).__name__}({held})")
    except Exception as error:  # noqa: BLE001  # a learner's __repr__ may raise anything
        return f"a {type(value).__name__} whose repr raises {type(error).__name__}"
