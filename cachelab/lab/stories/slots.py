"""
Keys on the slots of a cluster: the slot of each, the node that has it, and how even that is.

It works on our slot function, and shows the owners of a live cluster if it is told them.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from cachelab.hashing import Slots, hash_slot, hash_tag
from cachelab.hashing.slots import SLOTS
from cachelab.lab.figures import PALETTE
from cachelab.lab.marks import dot, line, rect, text
from cachelab.lab.scenes import Control, Run, Scene

from .lifelines import short

Ranges = Mapping[str, Sequence[tuple[int, int]]]
"""By node, its ranges of slots, both ends included."""

DEFAULT = " ".join(f"user:{n}:{what}" for n in range(1, 7) for what in ("name", "cart"))
MOST, LONGEST = 12, 60
"""So many keys of so many letters are shown."""

TAGGED = ("as typed", "{user:1}:name", "{shop}:user:1:name")
NODES = (3, 4, 5, 6)
SIZE = (720, 328)
LEFT, RIGHT, STRIP, LIST = 16, 704, 62, 158
COLOURS = (
    PALETTE["blue"],
    PALETTE["vermillion"],
    PALETTE["green"],
    PALETTE["purple"],
    PALETTE["orange"],
    PALETTE["sky"],
)
SHAPES = ("circle", "square", "triangle", "diamond")


@dataclass(frozen=True, slots=True)
class Slotted:
    """A key, its hash tag, its slot and the node that has the slot, "-" if none has."""

    key: str
    tag: str
    slot: int
    node: str


def keys_in(typed: str) -> list[str]:
    """
    Return the keys in a text, at most a dozen.

    >>> keys_in("a, b  a")
    ['a', 'b']
    """
    if not isinstance(typed, str):
        raise TypeError(f"keys must be one text with spaces between them, not {typed!r}")
    words = dict.fromkeys(word[:LONGEST] for word in re.split(r"[\s,]+", typed) if word)
    return list(words)[:MOST]


def tagged(key: str, way: str) -> str:
    """
    Return `key` with a hash tag, unless it has one: around its first two parts, or one for all.

    >>> tagged("user:1:name", "{user:1}:name"), tagged("user:1:name", "{shop}:user:1:name")
    ('{user:1}:name', '{shop}:user:1:name')
    """
    if way == TAGGED[0] or "{" in key:
        return key
    if way == TAGGED[2]:
        return f"{{shop}}:{key}"
    first, second, *rest = [*key.split(":"), ""]
    return ":".join(filter(None, [f"{{{first}:{second}}}" if second else f"{{{first}}}", *rest]))


def slotted(keys: Sequence[str], owners: Ranges) -> list[Slotted]:
    """
    Return where each key goes.

    >>> slotted(["{user:1}:name"], {"A": [(0, 16_383)]})
    [Slotted(key='{user:1}:name', tag='user:1', slot=10778, node='A')]
    """
    return [
        Slotted(key, hash_tag(key).decode("utf-8", "replace"), slot, _owner(slot, owners))
        for key, slot in ((key, hash_slot(key)) for key in keys)
    ]


def _owner(slot: int, owners: Ranges) -> str:
    for node, ranges in owners.items():
        if any(first <= slot <= last for first, last in ranges):
            return node
    return "-"


def even_owners(nodes: int) -> Ranges:
    """Return the ranges of a new cluster of so many nodes, A, B, C, ..."""
    return Slots([chr(ord("A") + n) for n in range(nodes)]).ranges()


def slot_controls(*, is_live: bool = False) -> list[Control]:
    """Return what can be turned: the tag, and the nodes unless a live cluster has its own."""
    tag = Control("tag", "hash tag", TAGGED, "choice")
    nodes = Control("nodes", "nodes", tuple(map(str, NODES)))
    return [tag] if is_live else [tag, nodes]


def slot_runs(typed: str, live: Ranges | None = None) -> list[Run]:
    """Return a run of one scene for each position of the controls."""
    keys = keys_in(typed)
    several = [even_owners(nodes) for nodes in NODES] if live is None else [live]
    return [
        _run(slotted([tagged(key, way) for key in keys], owners), owners)
        for way in TAGGED
        for owners in several
    ]


def _run(found: list[Slotted], owners: Ranges) -> Run:
    svg = _strip(found, owners) + _list(found, owners) + _bars(found, owners)
    rows = [(one.key, one.tag, str(one.slot), one.node) for one in found]
    return Run((Scene(svg, _say(found)),), "", (("key", "what is hashed", "slot", "node"), *rows))


def _say(found: list[Slotted]) -> str:
    if not found:
        return "There is no key: type some, with spaces between them."
    slots = {one.slot for one in found}
    node, most = Counter(one.node for one in found).most_common(1)[0]
    together = (
        "one command can ask for all of them"
        if len(slots) == 1
        else ("one command cannot ask for keys of different slots")
    )
    return (
        f"{_counted(len(found), 'key')} on {_counted(len(slots), 'slot')}: {together}; "
        f"node {node} has {most / len(found):.0%} of them."
    )


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _x(slot: float) -> float:
    return LEFT + (RIGHT - LEFT) * slot / SLOTS


def _look(node: str, owners: Ranges) -> tuple[str, str]:
    at = list(owners).index(node) if node in owners else 0
    return COLOURS[at % len(COLOURS)], SHAPES[at % len(SHAPES)]


def _strip(found: list[Slotted], owners: Ranges) -> str:
    """Draw the slots as a strip in the colours of their owners, and the keys above it."""
    parts = [text(LEFT, 20, "16,384 slots, and who has them", 13, weight=600)]
    for node, ranges in owners.items():
        for first, last in ranges:
            left, width = _x(first), _x(last + 1) - _x(first)
            parts.append(rect(left, STRIP, width, 28, _look(node, owners)[0], 0.3, 1.25, radius=0))
            if width > 9 * len(node):
                parts.append(text(left + width / 2, STRIP + 19, node, 13, "middle", 700))
    for slot in range(0, SLOTS + 1, 4_096):
        anchor = "start" if slot == 0 else "end" if slot == SLOTS else "middle"
        shown = f"{min(slot, SLOTS - 1):,}"
        parts.append(text(_x(slot), STRIP + 44, shown, 12, anchor, soft=True))
    for place, one in enumerate(found):
        x = _x(one.slot)
        parts.append(line(x, STRIP - 14, x, STRIP + 28, width=1.5))
        parts.append(dot(x, STRIP - 18, *_look(one.node, owners), 5, data_key=f"key{place}"))
    return "".join(parts)


def _list(found: list[Slotted], owners: Ranges) -> str:
    """Draw each key with its tag in bold, its slot and its node, in two columns."""
    parts = []
    half = -(-MOST // 2)
    for place, one in enumerate(found):
        x, y = LEFT + 252 * (place // half), LIST + 27 * (place % half)
        parts.append(_key(x, y, one))
        parts.append(text(x + 186, y, f"{one.slot:,}", 12, "end", soft=True))
        parts.append(dot(x + 196, y - 4, *_look(one.node, owners), 5))
        parts.append(text(x + 204, y, one.node, 12, weight=700))
    return "".join(parts)


def _key(x: float, y: float, one: Slotted) -> str:
    key = short(one.key, 21)
    before, tag, after = key.partition(one.tag) if one.tag != one.key else (key, "", "")
    bold = f'<tspan font-weight="700" text-decoration="underline">{escape(tag)}</tspan>'
    inside = escape(before) + (bold if tag else "") + escape(after)
    return f'<text x="{x:g}" y="{y:g}" font-size="13" fill="currentColor">{inside}</text>'


def _bars(found: list[Slotted], owners: Ranges) -> str:
    """Draw how many of the keys each node has."""
    counts = Counter(one.node for one in found)
    parts = [text(528, LIST - 24, "keys on each node", 13, weight=600)]
    for place, node in enumerate(owners):
        y, number = LIST - 12 + 27 * place, counts[node]
        width = 110 * number / max(1, len(found))
        colour, shape = _look(node, owners)
        parts.append(dot(534, y + 10, colour, shape, 5))
        parts.append(text(546, y + 15, node, 13, weight=700))
        left = 546 + 9 * max(2, *map(len, owners))
        width = min(width, 680 - left)
        parts.append(rect(left, y + 1, max(width, 1), 18, colour, 0.4, 1.5, data_key=f"bar{place}"))
        parts.append(text(left + width + 6, y + 15, str(number), 13, weight=600))
    return "".join(parts)
