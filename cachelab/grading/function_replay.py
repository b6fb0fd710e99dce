"""
A wrong call of a learner's function to step through: his lines on the left, his variables beside.
"""

import linecache
from types import FunctionType
from typing import Any

from cachelab.lab import FrameView, marks
from cachelab.lab.figures import PALETTE
from cachelab.lab.scenes import Run, Scene

from .fixed_pitch import LETTER, WIDTH, cut, fixed, labelled, wrapped
from .report import Row
from .tracing import FIRST, Line, Trace, trace_call

CODE = 440
"""The width of the text; the variables have the rest."""

LINE = 20
SHOWN = 15
"""How many lines of the text are in the picture, and how many variables."""

ABOVE = 4
"""How many lines are shown above the first one that runs: often its `def` is there."""

TOP = 24


def play_function(
    title: str, row: Row, why: str, function: FunctionType, arguments: tuple[Any, ...]
) -> FrameView | None:
    """Return the call that a row is about as a view; None if none of its lines could be seen."""
    text = linecache.getlines(function.__code__.co_filename)
    trace = trace_call(function, arguments)
    if not trace.lines or not text:
        return None
    tops = _tops(trace, len(text))
    pictures = [_picture(text, trace, n, top) for n, top in enumerate(tops)]
    scenes = [Scene(picture, _say(trace, n), n) for n, picture in enumerate(pictures)]
    wanted = f" Expected: {row.expected}." if row.expected else ""
    end = f"{function.__name__} {trace.ending}.{wanted} Why: {why}."
    scenes.append(Scene(pictures[-1] + _verdict(row, trace), end, len(trace.lines)))
    return FrameView(
        title=title,
        about=f"{row.call}, {len(trace.lines) + trace.left_out:,} lines",
        runs=[Run(tuple(scenes), backdrop=_backdrop(row.call), table=_table(text, trace))],
        size=(WIDTH, TOP + LINE * (SHOWN + 1) + 32 + 22 * bool(row.expected)),
        first=1,
    )


def _say(trace: Trace, place: int) -> str:
    line = trace.lines[place]
    changed = [f"{name} is {value}" for name, value in _changes(trace, place)]
    told = f": {', '.join(changed)}" if changed else ""
    later = f"{trace.left_out:,} lines later. " if trace.left_out and place == FIRST else ""
    return f"{later}Line {line.number} of {line.function} has run{told}."


def _changes(trace: Trace, place: int) -> list[tuple[str, str]]:
    """Return the variables that a line made or changed."""
    line = trace.lines[place]
    earlier = (one for one in reversed(trace.lines[:place]) if one.function == line.function)
    before = dict(next(earlier, Line(0, "", ())).variables)
    return [(name, value) for name, value in line.variables if before.get(name) != value]


def _tops(trace: Trace, count: int) -> list[int]:
    """
    Return for each step the first line of the text that is shown.

    The text stands still as long as the line that runs is in it; a function that fits is shown once
    and for all, from a little above its first line.
    """
    numbers: dict[str, list[int]] = {}
    for line in trace.lines:
        numbers.setdefault(line.function, []).append(line.number)
    tops: dict[str, int] = {}
    found = []
    for line in trace.lines:
        top = tops.get(line.function)
        if top is None or not top <= line.number < top + SHOWN:
            low, high = min(numbers[line.function]), max(numbers[line.function])
            fits = high - low < SHOWN
            top = max(low - ABOVE, high - SHOWN + 1) if fits else line.number - ABOVE
            tops[line.function] = top = max(1, min(top, count - SHOWN + 1))
        found.append(top)
    return found


def _picture(text: list[str], trace: Trace, place: int, first: int) -> str:
    line = trace.lines[place]
    parts = []
    for number in range(first, min(first + SHOWN, len(text) + 1)):
        y, is_on = TOP + LINE * (number - first + 1), number == line.number
        if is_on:
            parts.append(marks.rect(8, y - 15, CODE - 26, LINE, PALETTE["blue"], 0.16))
        shown = cut(f"{number:>3}  {text[number - 1].rstrip()}", CODE - 24)
        parts.append(fixed(12, y, shown, weight=700 if is_on else "", soft=not is_on))
    changed = dict(_changes(trace, place))
    held = [
        (f"{'>' if name in changed else ' '} {name} = {value}", name in changed)
        for name, value in line.variables[:SHOWN]
    ]
    rows = wrapped(held, int((WIDTH - CODE - 12) / LETTER), SHOWN)
    for at, (words, is_new) in enumerate(rows, 1):
        parts.append(fixed(CODE, TOP + LINE * at, words, weight=700 if is_new else ""))
    return "".join(parts)


def _backdrop(call: str) -> str:
    middle = marks.line(CODE - 12, 30, CODE - 12, TOP + LINE * (SHOWN + 1) - 8, opacity=0.3)
    return fixed(12, 18, cut(call, WIDTH - 24), weight=600) + middle


def _verdict(row: Row, trace: Trace) -> str:
    y = TOP + LINE * (SHOWN + 1) + 18
    expected = labelled(y, "expected", row.expected) if row.expected else ""
    below = 22 if expected else 0
    return expected + labelled(y + below, "here it", trace.ending, weight=700)


def _table(text: list[str], trace: Trace) -> tuple[tuple[str, ...], ...]:
    rows = [("line", "text", "what it changed")]
    for place, line in enumerate(trace.lines):
        changed = ", ".join(f"{name} = {value}" for name, value in _changes(trace, place))
        rows.append((str(line.number), _text_at(text, line.number), changed))
    return (*rows, ("", "", trace.ending))


def _text_at(text: list[str], number: int) -> str:
    return text[number - 1].strip() if 0 < number <= len(text) else ""
