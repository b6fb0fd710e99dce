"""
Still pictures of frames, for everywhere a widget cannot live: SVG text and a plain table.

The same frame gives the same text, byte for byte. Colours follow the page where it has JupyterLab's
variables; anywhere else the picture brings its own paper, white at 92 %, so it reads on a dark page
too. A word or a dash goes with every colour.
"""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from .figures import PALETTE
from .frames import Frame, lane_slots

BOX, GAP, PAD = 36, 6, 16
CAPTION, SPACE = 22, 8
"""Room above a lane, with a word over its end and without."""

COLUMNS = 12
"""Boxes in one row of a lane; a longer lane goes on below."""

INK = ("var(--jp-content-font-color1, #1f2328)", "#1f2328")
SOFT = ("var(--jp-content-font-color2, #57606a)", "#57606a")
FONT = 'font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif"'


@dataclass(frozen=True, slots=True)
class _Layout:
    """Sizes that the panels of one picture share, in pixels."""

    slots: dict[str, int]
    captions: frozenset[str]
    label: int
    box: int
    heading: int

    @property
    def columns(self) -> int:
        return min(COLUMNS, max([*self.slots.values(), 3]))

    @property
    def width(self) -> int:
        return 2 * PAD + self.label + self.columns * (self.box + GAP) - GAP

    @property
    def height(self) -> int:
        lanes = sum(self.room(name) for name in self.slots)
        return 2 * PAD + 20 + 18 * self.heading + lanes + SPACE + BOX

    def above(self, name: str) -> int:
        return CAPTION if name in self.captions else SPACE

    def room(self, name: str) -> int:
        """Return the height of one lane with the room above it."""
        rows = -(-self.slots[name] // self.columns)
        return self.above(name) + rows * (BOX + GAP)


def svg(frame: Frame) -> str:
    """
    Return one frame as a standalone SVG picture.

    >>> from cachelab.lab.frames import request_frames
    >>> from cachelab.lab.recorder import record
    >>> picture = svg(request_frames(record("lru", "a b a c", capacity=2))[-1])
    >>> picture.startswith("<svg xmlns="), "request 4: c misses; b is evicted" in picture
    (True, True)
    """
    return _picture([frame], _layout([frame], [frame]))


def small_multiple(frames: Sequence[Frame]) -> str:
    """Return one SVG picture of up to three telling moments: before, at, and after an eviction."""
    if not frames:
        raise ValueError("there are no frames to draw")
    return _picture(telling(frames), _layout(telling(frames), frames))


def telling(frames: Sequence[Frame]) -> list[Frame]:
    """
    Return up to three frames that tell the run: around the first eviction after a hit, and the end.
    """
    last = len(frames) - 1
    evictions = [f["step"] for f in frames if f["phase"] == "evict"]
    after_hit = [step for step in evictions if any(f["phase"] == "hit" for f in frames[:step])]
    first = next(iter(after_hit or evictions), last // 2)
    wanted = {max(first - 1, 0), first, last}
    spare = (step for step in range(last, -1, -1) if step not in wanted)
    while len(wanted) < min(3, len(frames)):
        wanted.add(next(spare))
    return [frames[step] for step in sorted(wanted)]


def as_text(frames: Sequence[Frame]) -> str:
    """
    Return the run as a table: each request, what came of it, and the keys it left.

    >>> from cachelab.lab.frames import request_frames
    >>> from cachelab.lab.recorder import record
    >>> print(as_text(request_frames(record("lru", "a b a c", capacity=2))))
    request  result  evicted  recency
    a        miss             a
    b        miss             a b
    a        hit              b a
    c        miss    b        a c
    """
    lanes = list(lane_slots(frames))
    table = [["request", "result", "evicted", *lanes]]
    for frame in frames:
        if frame["request"]:
            contents = [_contents(frame, lane) for lane in lanes]
            evicted = " ".join(frame["victims"])
            table.append([frame["label"], frame["result"], evicted, *contents])
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    rows = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in table
    )
    return "\n".join(row.rstrip() for row in rows)


def _contents(frame: Frame, lane: str) -> str:
    notes = frame.get("notes", {}).get(lane, {})
    keys = frame["lanes"].get(lane, [])
    return " ".join(f"{key}:{notes[key]:g}" if key in notes else key for key in keys)


def _layout(shown: Sequence[Frame], all_frames: Sequence[Frame]) -> _Layout:
    slots = lane_slots(all_frames) or {"keys": 1}
    longest = max((len(key) for key in _keys(all_frames)), default=1)
    box = max(BOX + 6, 9 * longest + 20)
    label = max(len("evicted"), *(len(name) for name in slots)) * 8 + 14
    captions = frozenset(all_frames[0].get("ends", {}))
    bare = _Layout(slots, captions, label, box, 1)
    heading = max(len(_wrapped(frame, bare)) for frame in shown)
    return _Layout(slots, captions, label, box, heading)


def _keys(frames: Iterable[Frame]) -> Iterable[str]:
    return (key for frame in frames for keys in frame["lanes"].values() for key in keys)


def _wrapped(frame: Frame, layout: _Layout) -> list[str]:
    sentence = frame["say"].partition(": ")[2]
    return textwrap.wrap(sentence, max(12, (layout.width - 2 * PAD) // 8)) or [""]


def _picture(frames: Sequence[Frame], layout: _Layout) -> str:
    beside = len(frames) * layout.width <= 900
    across, down = (len(frames), 1) if beside else (1, len(frames))
    width, height = across * layout.width, down * layout.height
    title = escape(". ".join(f"{frame['say']}; {_spoken(frame)}" for frame in frames))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{title}" {FONT}>',
        f"<title>{title}</title>",
        f'<rect width="{width}" height="{height}" rx="8" fill="#ffffff" fill-opacity="0.92" '
        'style="fill: var(--jp-layout-color0, #ffffff)"/>',
    ]
    for place, frame in enumerate(frames):
        x, y = (place * layout.width, 0) if beside else (0, place * layout.height)
        parts += [f'<g transform="translate({x} {y})">', *_panel(frame, layout), "</g>"]
    corners = [(place * layout.width, place * layout.height) for place in range(len(frames))]
    for _, (x, y) in pairwise(corners):
        ends = (x, PAD, x, height - PAD) if beside else (PAD, y, width - PAD, y)
        parts.append(_line(*ends))
    return "\n".join([*parts, "</svg>", ""])


def _spoken(frame: Frame) -> str:
    lanes = [f"{name} holds {', '.join(keys)}" for name, keys in frame["lanes"].items() if keys]
    return "; ".join(lanes) or "the cache is empty"


def _panel(frame: Frame, layout: _Layout) -> list[str]:
    moment = f"request {frame['request']}" if frame["request"] else "start"
    parts = [_text(PAD, PAD + 10, moment, 12, SOFT)]
    for row, words in enumerate(_wrapped(frame, layout)):
        parts.append(_text(PAD, PAD + 30 + 18 * row, words, 14, INK, "600"))
    y = PAD + 20 + 18 * layout.heading
    for name, slots in layout.slots.items():
        parts += _lane(frame, name, slots, y + layout.above(name), layout)
        y += layout.room(name)
    return parts + _tray(frame, y + SPACE, layout)


def _lane(frame: Frame, name: str, slots: int, y: int, layout: _Layout) -> list[str]:
    keys = frame["lanes"].get(name, [])
    notes = frame.get("notes", {}).get(name, {})
    parts = [_text(PAD, y + BOX / 2 + 4, name, 12, SOFT)]
    for place in range(slots):
        x, top = _corner(place, y, layout)
        if place >= len(keys):
            parts.append(_box(x, top, layout.box, "empty"))
            continue
        key = keys[place]
        parts += _key(x, top, key, "now" if key == frame["key"] else "key", layout)
        if key in notes:
            note = f"{notes[key]:g}"
            parts.append(_text(x + layout.box - 5, top + BOX - 5, note, 12, SOFT, "400", "end"))
    end = frame.get("ends", {}).get(name)
    if end and keys:
        x, top = _corner(0 if end == "left" else len(keys) - 1, y, layout)
        parts.append(_text(x + layout.box / 2, top - 5, "next out", 12, SOFT, "400", "middle"))
    return parts


def _tray(frame: Frame, y: int, layout: _Layout) -> list[str]:
    """Draw the keys that had to go, dashed, in a row of their own."""
    if not frame["victims"]:
        return []
    parts = [_text(PAD, y + BOX / 2 + 4, "evicted", 12, SOFT)]
    for place, key in enumerate(frame["victims"]):
        x, top = _corner(place, y, layout)
        parts += _key(x, top, key, "victim", layout)
    return parts


def _corner(place: int, y: int, layout: _Layout) -> tuple[int, int]:
    row, column = divmod(place, layout.columns)
    return PAD + layout.label + column * (layout.box + GAP), y + row * (BOX + GAP)


def _key(x: int, y: int, key: str, look: str, layout: _Layout) -> list[str]:
    weight = "700" if look == "now" else "500"
    words = _text(x + layout.box / 2, y + BOX / 2 + 5, key, 14, INK, weight, "middle")
    return [_box(x, y, layout.box, look), words]


def _box(x: int, y: int, width: int, look: str) -> str:
    colour, fill, line, dash = {
        "empty": ("#8c959f", 0.0, 1.0, "2 3"),
        "key": (PALETTE["blue"], 0.12, 1.25, ""),
        "now": (PALETTE["green"], 0.22, 3.0, ""),
        "victim": (PALETTE["vermillion"], 0.10, 2.0, "5 3"),
    }[look]
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{BOX}" rx="6" fill="{colour}" '
        f'fill-opacity="{fill:g}" stroke="{colour}" stroke-width="{line:g}"{dashes}/>'
    )


def _line(x1: int, y1: int, x2: int, y2: int) -> str:
    return f'<path d="M{x1} {y1}L{x2} {y2}" stroke="#8c959f" stroke-opacity="0.5"/>'


def _text(
    x: float,
    y: float,
    words: str,
    size: int,
    colour: tuple[str, str],
    weight: str = "400",
    anchor: str = "start",
) -> str:
    style, plain = colour
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}" fill="{plain}" style="fill: {style}">{escape(words)}</text>'
    )
