"""
The picture of a counterexample that is played: who calls whom, the line that called, what is held.

Time goes down. Calls are drawn where they were made, the one that is shown at last and in full
strength; those that were long ago move out at the top.
"""

from cachelab.lab import marks

from .fixed_pitch import (
    LETTER,
    NARROW,
    WIDTH,
    cut,
    fixed,
    labelled,
    verdict_width,
    width_of,
    wrapped,
)
from .report import Moment

LINE = 30
SHOWN = 8
"""How many calls are in the picture at once."""

HEAD = 44
ENTRIES = 4


class Stage:
    """The lanes of a run, and the boxes below them, drawn for one moment after another."""

    def __init__(self, moments: tuple[Moment, ...], hope: str = "", got: str = "") -> None:
        self.moments, self.hope, self.got = moments, hope, got
        callers = list(dict.fromkeys(moment.caller for moment in moments))
        callees = list(dict.fromkeys(moment.callee for moment in moments))
        self.callers = callers
        self.lanes = [*callers, *(name for name in callees if name not in callers)]
        self.holders = list(dict.fromkeys(name for one in moments for name, _ in one.held))
        self.foot = HEAD + LINE * (min(SHOWN, len(moments)) + 0.4)
        self.code_at = self.foot + 26 if any(one.code for one in moments) else self.foot + 4
        self.boxes_at = self.code_at + 14
        box = 34 + 17 * ENTRIES if self.holders else 0
        self.verdict_at = self.boxes_at + box + 24
        self.width = min(float(WIDTH), self._needed())

    @property
    def size(self) -> tuple[int, int]:
        return round(self.width), round(self.verdict_at + 30)

    @property
    def backdrop(self) -> str:
        """What all moments share: the names of the lanes, and their lines."""
        parts = []
        for place, name in enumerate(self.lanes):
            x, is_caller = self._x(place), name in self.callers
            shown = cut(name, self._gap() - 8)
            parts.append(marks.text(x, 20, shown, weight=600 if is_caller else ""))
            parts.append(marks.line(x, 30, x, self.foot, opacity=0.3))
        return "".join(parts)

    def scene(self, place: int) -> str:
        """Return the picture of one moment; the last has what was expected as well."""
        first = max(0, place + 1 - SHOWN)
        shown = range(first, place + 1)
        parts = [self._call(n, HEAD + LINE * (n - first + 1), n == place) for n in shown]
        moment = self.moments[place]
        if moment.code:
            text = f"line {moment.line}:  {moment.code}"
            parts.append(fixed(12, self.code_at, cut(text, self.width - 24), weight=600))
        parts.append(self._held(place))
        if self.hope and place == len(self.moments) - 1:
            parts.append(self._verdict())
        return "".join(parts)

    def _needed(self) -> float:
        """Return the width at which nothing is cut."""
        boxes = [line for one in self.moments for _, lines in one.held for line in lines]
        box = 18 + width_of(boxes, 150, WIDTH) + 2 * LETTER
        return max(
            NARROW,
            self._x(len(self.lanes) - 1) + 8 * len(self.lanes[-1]) + 8,
            12 + len(self.holders) * (box + 12),
            *(self._left(one) + 24 + LETTER * len(_words(one)) for one in self.moments),
            *(36 + LETTER * len(f"line {one.line}:  {one.code}") for one in self.moments),
            *(verdict_width(words) for words in (self.hope, self.got) if self.hope),
        )

    def _left(self, moment: Moment) -> float:
        """Return where the words of a moment begin."""
        return min(self._x(self.lanes.index(name)) for name in (moment.caller, moment.callee))

    def _gap(self) -> float:
        return min(150.0, (WIDTH - 40) / len(self.lanes))

    def _x(self, place: int) -> float:
        return 16 + place * self._gap()

    def _call(self, place: int, y: float, is_on: bool) -> str:
        """Return one call as an arrow with its words above it."""
        moment = self.moments[place]
        start = self._x(self.lanes.index(moment.caller))
        end = self._x(self.lanes.index(moment.callee))
        left, words = self._left(moment), _words(moment)
        if left + 22 + LETTER * len(words) > self.width:
            answer = cut(f" -> {moment.answer}", (self.width - left) / 2) if moment.answer else ""
            words = cut(moment.call, self.width - left - 22 - LETTER * len(answer)) + answer
        colour, dash, _ = marks.SERIES[self.callers.index(moment.caller) % len(marks.SERIES)]
        parts = [fixed(left + 10, -5, words, weight=600 if is_on else "")]
        if moment.caller == moment.callee:
            parts.append(marks.dot(start, -8, colour, size=4))
        else:
            tip = end - 8 if end > start else end + 8
            side = -8 if end > start else 8
            parts.append(marks.line(start, 0, tip, 0, colour, 2, dash))
            parts.append(marks.path(f"M{end:g} 0l{side} -4v8z", colour, 1, fill=colour))
        return marks.group(
            *parts, at=(0, y), data_key=f"call{place}", opacity="" if is_on else "0.72"
        )

    def _held(self, place: int) -> str:
        """Return what stores and sources hold, with a mark at what is new since the last call."""
        if not self.holders:
            return ""
        width = (self.width - 12 * (len(self.holders) + 1)) / len(self.holders)
        before = dict(self.moments[place - 1].held) if place else {}
        now = dict(self.moments[place].held)
        parts = []
        for number, name in enumerate(self.holders):
            x, y = 12 + number * (width + 12), self.boxes_at
            parts.append(marks.rect(x, y, width, 26 + 17 * ENTRIES, opacity=0.05))
            parts.append(marks.text(x + 8, y + 17, f"{name} holds", weight=600))
            lines = _few(now.get(name, ()), before.get(name, ()) if place else None)
            rows = wrapped(lines, int((width - 16) / LETTER), ENTRIES)
            for row, (text, is_new) in enumerate(rows, 1):
                at = y + 18 + 17 * row
                parts.append(fixed(x + 8, at, text, weight=700 if is_new else ""))
        return "".join(parts)

    def _verdict(self) -> str:
        y, width = self.verdict_at, self.width
        got = labelled(y + 16, "got", self.got, weight=600, width=width)
        return labelled(y - 4, "expected", self.hope, width=width) + got


def _words(moment: Moment) -> str:
    """Return all that stands at the arrow of a moment."""
    return f"{moment.call} -> {moment.answer}" if moment.answer else moment.call


def _few(now: tuple[str, ...], before: tuple[str, ...] | None) -> list[tuple[str, bool]]:
    """
    Return the entries to show, the new ones first, and whether each is new.

    >>> _few(("a: 1", "b: 2"), ("a: 1",)), _few((), None)
    ([('> b: 2', True), ('  a: 1', False)], [('  nothing', False)])
    """
    known = set(now if before is None else map(_key_and_value, before))
    is_new = {line: before is not None and _key_and_value(line) not in known for line in now}
    lines = sorted(is_new, key=lambda line: not is_new[line])
    shown = [(f"{'>' if is_new[line] else ' '} {line}", is_new[line]) for line in lines]
    if len(shown) > ENTRIES:
        more = len(shown) - ENTRIES + 1
        shown = [*shown[: ENTRIES - 1], (f"  ... and {more} more", False)]
    return shown or [("  nothing", False)]


def _key_and_value(line: str) -> str:
    """Return an entry without the time it has left, which changes all by itself."""
    return line.rpartition(", for ")[0] or line
