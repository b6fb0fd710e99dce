"""
A library with a reading desk: the metaphor for a cache, as a picture and as code that runs.

The shelves have every book and are a walk away; the desk is at hand and holds a few. The desk here
is a real `Cache`, and what a walk costs is counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from cachelab.eviction import LRU, Cache

from .render import FONT, INK, SOFT

MAPPING = (
    ("Library shelves", "Database: slow, large"),
    ("Reading desk", "Cache: fast, small"),
    ("Book on the desk", "Cache hit"),
    ("Walk to get a book", "Cache miss: slow"),
    ("Desk full, one book goes back", "Eviction"),
)
"""What stands for what."""

WIDTH, ROW, PAD, HEAD = 560, 40, 16, 30


@dataclass(frozen=True, slots=True)
class Reading:
    """One book that was wanted: was it on the desk, which one went back, and the time it took."""

    book: str
    is_hit: bool
    returned: str | None
    seconds: float

    def __str__(self) -> str:
        if self.is_hit:
            return f"{self.book}: on the desk ({self.seconds:g} s)"
        back = f"; {self.returned} goes back" if self.returned is not None else ""
        return f"{self.book}: fetched from the shelves ({self.seconds:g} s){back}"


def read_at_desk(
    books: Iterable[str], room: int, *, look: float = 1.0, walk: float = 120.0
) -> list[Reading]:
    """
    Read `books` one after another at a desk with `room` for so many, the least recent going back.

    Each takes a `look` at the desk, and a `walk` when it is not there, in seconds.

    Complexity: O(1) a book.

    >>> for reading in read_at_desk(["Emma", "Dune", "Emma", "Ulysses"], room=2):
    ...     print(reading)
    Emma: fetched from the shelves (121 s)
    Dune: fetched from the shelves (121 s)
    Emma: on the desk (1 s)
    Ulysses: fetched from the shelves (121 s); Dune goes back
    """
    returned: list[str] = []
    desk = Cache(LRU(room), on_evict=lambda book, *_: returned.append(book))
    readings = []
    for book in books:
        returned.clear()
        is_hit = desk.get(book) is not None
        if not is_hit:
            desk.put(book, True)
        seconds = look if is_hit else look + walk
        readings.append(Reading(book, is_hit, next(iter(returned), None), seconds))
    return readings


def metaphor_svg(pairs: Sequence[tuple[str, str]] = MAPPING) -> str:
    """
    Return the metaphor as a table in SVG: the thing in the library, and what it stands for.

    >>> picture = metaphor_svg()
    >>> picture.startswith("<svg xmlns="), picture.count("stands for")
    (True, 6)
    """
    height = HEAD + ROW * len(pairs) + PAD
    words = "; ".join(f"{left} stands for {right}" for left, right in pairs)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(words)}" {FONT}>',
        "<title>A library with a reading desk</title>",
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#ffffff" fill-opacity="0.92" '
        'style="fill: var(--jp-layout-color0, #ffffff)"/>',
        _text(PAD, 22, "in the library", SOFT, 12),
        _text(WIDTH // 2 + 24, 22, "stands for", SOFT, 12),
    ]
    for row, (left, right) in enumerate(pairs):
        y = HEAD + ROW * row + 24
        middle = WIDTH // 2
        parts += [
            f'<path d="M{PAD} {y - 22}H{WIDTH - PAD}" stroke="#8c959f" stroke-opacity="0.5"/>',
            _text(PAD, y, left, INK, 14),
            f'<path d="M{middle - 16} {y - 5}h24m-6 -4l6 4l-6 4" stroke="#8c959f" fill="none"/>',
            _text(middle + 24, y, right, INK, 14),
        ]
    return "\n".join([*parts, "</svg>", ""])


def _text(x: int, y: int, words: str, colour: tuple[str, str], size: int) -> str:
    style, plain = colour
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="{plain}" style="fill: {style}">'
        f"{escape(words)}</text>"
    )
