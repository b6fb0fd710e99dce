"""
A run as a sequence diagram: who called what, in the order in which it took effect.

Time goes down, one line of life for each actor and each port. The same steps give text, which a
screen reader and a test can read, and SVG, which takes its colours from the page around it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from .world import Step, shown

LONGEST = 40
"""A label is cut after so many characters."""

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a7a00", "#56b4e9")
DASHES = ("", "7 3", "2 3", "9 3 2 3", "1 2", "5 5")
LINE = 28
LETTER = 7.3
HEAD = 46
MARGIN = 60, 130
"""Pixels beside the first and the last line of life."""

WIDEST = 860
"""Pixels that a picture is wide at most: with many columns, words run on over other lines."""

NARROWEST = 94
"""Pixels between columns at least, so that their names can be read."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a diagram: from the actor's column to the port's, or a note at the actor's."""

    actor: int
    port: int
    label: str

    @property
    def is_note(self) -> bool:
        return self.actor == self.port


def sequence_text(steps: Sequence[Step]) -> str:
    """
    Return `steps` as a sequence diagram in plain text.

    Complexity: O(steps * width of the diagram).

    >>> steps = [Step("answered", 0.0, "Ada", "store", "get", "k", result=1)]
    >>> print(sequence_text(steps))
    Ada            store
     |--get k -> 1->|
    """
    names, lines = _layout(steps)
    gap = _gap(lines, names)
    rows = ["".join(name.ljust(gap) for name in names).rstrip()]
    rows += [_text_line(line, len(names), gap) for line in lines]
    return "\n".join(rows)


def sequence_svg(steps: Sequence[Step], title: str = "What happened, call by call") -> str:
    """
    Return `steps` as a sequence diagram in SVG, readable on light and on dark pages.

    Actors differ in colour and in the dashes of their lines. The text of the diagram is its
    description, for those who cannot see it.
    """
    (width, height), lives, arrows = drawn_sequence(steps)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" '
        'font-family="ui-monospace, monospace" font-size="12" fill="currentColor">'
        f"<title>{escape(title)}</title><desc>{escape(sequence_text(steps))}</desc>"
        f"{''.join([*lives, *arrows])}</svg>"
    )


def drawn_sequence(steps: Sequence[Step]) -> tuple[tuple[int, int], list[str], list[str]]:
    """Return the width and height of a diagram, its lines of life, and an arrow for each step."""
    names, lines = _layout(steps)
    between = max(len(names) - 1, 1)
    room = max(NARROWEST, (WIDEST - sum(MARGIN)) / between)
    gap = min(_gap(lines, names) * LETTER, room)
    width = round(gap * between + sum(MARGIN))
    height = HEAD + LINE * (len(lines) + 1)
    actors = {line.actor for line in lines}
    named = [_cut(name, gap - 6) for name in names]
    lives = [_life(place, name, gap, height, actors) for place, name in enumerate(named)]
    arrows = [_arrow(line, HEAD + LINE * (at + 1), gap, width) for at, line in enumerate(lines)]
    return (width, height), lives, arrows


def _layout(steps: Sequence[Step]) -> tuple[list[str], list[_Line]]:
    """Return the names of the columns, actors before ports, and the lines between them."""
    drawn = [step for step in steps if step.kind != "asks"]
    actors = list(dict.fromkeys(step.task for step in drawn))
    ports = list(dict.fromkeys(step.port for step in drawn if step.kind == "answered"))
    lines = []
    for step in drawn:
        actor = actors.index(step.task)
        is_call = step.kind == "answered"
        port = len(actors) + ports.index(step.port) if is_call else actor
        lines.append(_Line(actor, port, _label(step)))
    return actors + ports, lines


def _label(step: Step) -> str:
    words = " ".join(filter(None, [step.verb, shown(step.key), step.sent]))
    if step.kind != "answered":
        words = f"* {'begins' if step.kind == 'writes' else 'has been told'}: {words}"
    elif step.answer:
        words = f"{words} -> {step.answer}"
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 3]}..."


def _gap(lines: Sequence[_Line], names: Sequence[str]) -> int:
    """Return the characters between columns that let every label and name fit."""
    needed = [len(name) + 2 for name in names]
    needed += [
        -(-(len(line.label) + 5) // (line.port - line.actor)) for line in lines if not line.is_note
    ]
    return max([12, *needed])


def _cut(words: str, room: float) -> str:
    """Return as much of the words as fits into so many pixels."""
    most = max(4, int(room / LETTER))
    return words if len(words) <= most else f"{words[: most - 3]}..."


def _text_line(line: _Line, columns: int, gap: int) -> str:
    row = list(" " * (gap * columns))
    for column in range(columns):
        row[column * gap + 1] = "|"
    start = line.actor * gap + 1
    if line.is_note:
        written = f" {line.label}"
    else:
        length = (line.port - line.actor) * gap - 1
        written = f"--{line.label}".ljust(length - 1, "-") + ">"
    row[start + 1 : start + 1 + len(written)] = written
    return "".join(row).rstrip()


def _life(place: int, name: str, gap: float, height: int, actors: set[int]) -> str:
    x = MARGIN[0] + place * gap
    is_actor = place in actors
    colour = COLOURS[place % 6] if is_actor else "currentColor"
    width, weight = (2, "bold") if is_actor else (1, "normal")
    return (
        f'<text x="{x:.0f}" y="20" text-anchor="middle" font-weight="{weight}">'
        f"{escape(name)}</text>"
        f'<line x1="{x:.0f}" y1="30" x2="{x:.0f}" y2="{height}" stroke="{colour}" '
        f'stroke-width="{width}"/>'
    )


def _arrow(line: _Line, y: int, gap: float, width: int) -> str:
    start, end = (MARGIN[0] + place * gap for place in (line.actor, line.port))
    words = escape(_cut(line.label, width - start - 12))
    label = f'<text x="{start + 10:.0f}" y="{y - 5}">{words}</text>'
    if line.is_note:
        return label
    colour, dash = COLOURS[line.actor % 6], DASHES[line.actor % 6]
    return (
        f'{label}<line x1="{start:.0f}" y1="{y}" x2="{end - 7:.0f}" y2="{y}" stroke="{colour}" '
        f'stroke-width="1.6" stroke-dasharray="{dash}"/>'
        f'<path d="M{end:.0f} {y} l-9 -4 v8 z" fill="{colour}"/>'
    )
