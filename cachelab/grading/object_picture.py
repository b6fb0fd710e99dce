"""
A run of calls to step through: the calls on the left, and beside them what their object holds.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import replace

from cachelab.lab import FrameView, marks
from cachelab.lab.figures import PALETTE
from cachelab.lab.scenes import Run, Scene

from .fixed_pitch import LETTER, NARROW, WIDTH, cut, fixed, labelled, verdict_width, width_of
from .object_replay import Called
from .states import Held

CALLS = 326
"""The width of the calls, at most; what is held has the rest."""

LINE = 18
SHOWN = 8
"""How many calls are in the picture at once, each with a line for its answer."""

TOP = 36
MOST_LINES = 15
"""How many lines say what is held, at most."""

FIRST, LAST = 16, 32
"""So many calls of a long run are scenes, from its beginning and from its end."""

ROOM = int((WIDTH - CALLS - 30) / LETTER)
"""Letters in a line about what is held."""


def play_calls(title: str, about: str, made: Sequence[Called], hope: str, why: str) -> FrameView:
    """Return the calls that were made again as a view; `hope` is what the last one should give."""
    if not hope and made[-1].answer == "None":  # what was measured is not an answer
        made = [*made[:-1], replace(made[-1], answer="")]
    places, sheet = told(len(made)), Sheet(made, hope)
    scenes = [
        Scene(sheet.scene(n), _say(made, n, left_out), row)
        for row, (n, left_out) in enumerate(places)
    ]
    last = scenes[-1]
    wanted = f" Expected: {hope}." if hope else ""
    end = f"{last.say}{wanted} Why: {why}."
    scenes[-1] = Scene(last.svg + sheet.verdict(), end, last.row)
    return FrameView(
        title=title,
        about=about,
        runs=[Run(tuple(scenes), backdrop=sheet.backdrop, table=_table(made, places))],
        size=(round(sheet.width), sheet.foot + (46 if sheet.verdict() else 6)),
        first=1,
    )


def told(count: int) -> list[tuple[int, int]]:
    """
    Return the places of the calls that are scenes, each with how many were left out before it.

    >>> told(3), told(100)[15:17]
    ([(0, 0), (1, 0), (2, 0)], [(15, 0), (68, 52)])
    """
    left_out = count - FIRST - LAST
    if left_out < 2:
        return [(n, 0) for n in range(count)]
    late = [(n, 0) for n in range(FIRST + left_out, count)]
    return [*((n, 0) for n in range(FIRST)), (late[0][0], left_out), *late[1:]]


def _say(made: Sequence[Called], place: int, left_out: int) -> str:
    one = made[place]
    gap = f"{left_out:,} calls later. " if left_out else ""
    answer = f" gives {one.answer}" if one.answer else ""
    changed = "; ".join(f"{name} {text}" for name, text in one.changes.items())
    said = f" Changed: {changed}." if changed else " Nothing has changed."
    if changed and not one.before:
        said = f" {one.target} is new: {changed}."
    return f"{gap}{place + 1} of {len(made)}: {one.text}{answer}.{said if one.after else ''}"


def _table(made: Sequence[Called], places: list[tuple[int, int]]) -> tuple[tuple[str, ...], ...]:
    rows = [("call", "answer", "what it changed")]
    for n, _ in places:
        changed = "; ".join(f"{name} {text}" for name, text in made[n].changes.items())
        rows.append((made[n].text, made[n].answer, changed))
    return tuple(rows)


class Sheet:
    """The calls of a run and the state of what was called, drawn for one call after another."""

    def __init__(self, made: Sequence[Called], hope: str = "") -> None:
        self.made, self.hope = made, hope
        texts = [f"{n:>2}  {one.text}" for n, one in enumerate(made, 1)]
        answers = [f"    -> {one.answer}" for one in made if one.answer]
        self.calls = 18 + width_of([*texts, *answers], 180, CALLS - 18) + LETTER
        is_short = LETTER * max(map(len, texts)) <= CALLS - 18 and not answers
        self.pitch = LINE + 4 if is_short else 2 * LINE
        self.shown = min(2 * SHOWN if is_short else SHOWN, len(made))
        rows = [_state_rows(one) for one in made]
        lines = max(map(len, rows))
        self.foot = TOP + max(self.pitch * self.shown, LINE * (lines + 1)) + 4
        held = width_of([words for row in rows for words, _ in row], 100, WIDTH) + 30 + LETTER
        ends = [verdict_width(words) for words in (hope, f"gives {made[-1].answer}") if hope]
        self.width = min(float(WIDTH), max(NARROW, self.calls + held, *ends))

    @property
    def backdrop(self) -> str:
        """What all calls share: the line between them and what is held."""
        x = self.calls + 8
        return marks.line(x, TOP - 14, x, self.foot - 8, opacity=0.3)

    def scene(self, place: int) -> str:
        """Return the picture of one call; those to come are there already, and softer."""
        first = max(0, min(place - self.shown // 2, len(self.made) - self.shown))
        shown = range(first, first + self.shown)
        calls = [self._call(n, TOP + self.pitch * (n - first), place) for n in shown]
        return "".join([*calls, _state(self.made[place], self.calls + 22)])

    def verdict(self) -> str:
        """Return what was expected in the end, and what came; nothing if nothing was."""
        if not self.hope:
            return ""
        expected = labelled(self.foot + 14, "expected", self.hope, width=self.width)
        came = f"gives {self.made[-1].answer or 'no error'}"
        return expected + labelled(self.foot + 36, "here it", came, weight=700, width=self.width)

    def _call(self, n: int, y: float, place: int) -> str:
        one, is_on = self.made[n], n == place
        weight = 700 if is_on else ""
        box = marks.rect(8, y - 15, self.calls - 8, self.pitch - 2, PALETTE["blue"], 0.16)
        parts, answer = [box] * is_on, one.answer if n <= place else ""
        words, more = _two_lines(f"{n + 1:>2}  {one.text}", answer, self.calls - 18)
        parts.append(fixed(14, y, words, weight, soft=n > place))
        parts.append(fixed(14, y + LINE - 3, more, weight, soft=n > place) if more else "")
        return "".join(parts)


def _two_lines(words: str, answer: str, room: float) -> tuple[str, str]:
    """Return a call and its answer below it; without one, a long call takes the second line."""
    if answer:
        return cut(words, room), cut(f"    -> {answer}", room)
    first = words[: int(room / LETTER)]
    rest = words[len(first) :]
    return first, cut(f"      {rest}", room) if rest else ""


def _state(one: Called, x: float) -> str:
    """Return what the object of a call holds after it, with a mark at what is new."""
    rows = _state_rows(one)
    parts = [marks.text(x, TOP, f"{one.target} holds", weight=600)] if rows else []
    for at, (words, is_new) in enumerate(rows, 1):
        shown = cut(words, ROOM * LETTER)
        parts.append(fixed(x, TOP + LINE * at + 2, shown, weight=700 if is_new else ""))
    return "".join(parts)


def _state_rows(one: Called) -> list[tuple[str, bool]]:
    """Return the lines about what an object holds, and whether each is about something new."""
    if not one.after:
        return []
    changes = one.changes
    most = max(1, min(4, MOST_LINES // len(one.after) - 1))
    gone = [(f"> {name} is gone", True) for name in changes if name not in one.after]
    rows = [
        row
        for name, held in one.after.items()
        for row in _rows(name, held, changes.get(name), most)
    ]
    rows += gone
    return rows if len(rows) <= MOST_LINES else [*rows[: MOST_LINES - 1], ("  ... and more", False)]


def _rows(name: str, held: Held, changed: str | None, most: int) -> list[tuple[str, bool]]:
    """Return the lines about one attribute: what has changed, then at most so many on all of it."""
    is_new, sign = bool(changed), "> " if changed else "  "
    alone = f"{sign}{name} = {held}"
    is_seen_at_once = changed is None or changed.startswith("=")
    if not held.marks or (is_seen_at_once and len(alone) <= ROOM):
        return [(alone, is_new)]
    head = f"{sign}{name}: {held.size if is_seen_at_once else changed}"
    lines = textwrap.wrap(str(held), ROOM - 4) or [""]
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1][: ROOM - 8]} ..."]
    return [(head, is_new), *((f"    {words}", False) for words in lines)]
