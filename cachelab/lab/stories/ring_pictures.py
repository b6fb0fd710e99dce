"""
Keys on a circle and in the columns of their owners: a key that moves glides to another column.

A key keeps its height, which is its place on the circle, so nothing else moves with it. Every node
has its letter, its shape and its colour.
"""

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from cachelab.lab.figures import PALETTE
from cachelab.lab.marks import dot, dots, line, path, rect, text, zone
from cachelab.lab.scenes import Control, Run, Scene

from .rings import (
    FEWEST,
    KEYS,
    NODES,
    POINTS,
    WEIGHTS,
    Placed,
    Setting,
    place,
    spot,
    takes_points,
    takes_weights,
)

SIZE = (720, 350)
CENTRE, RADIUS = (156, 186), 112
NAME = 0.022
"""The least part of the circle from one name to the next."""

COLUMN, FIRST, TOP, BOTTOM = 48, 332, 40, 232
BAR = 74
COLOURS = (
    PALETTE["blue"],
    PALETTE["vermillion"],
    PALETTE["green"],
    PALETTE["purple"],
    PALETTE["orange"],
    PALETTE["sky"],
    "#8c6d31",
    "#7f7f7f",
)
SHAPES = ("circle", "square", "triangle", "diamond")


def ring_controls(kind: Callable[..., Any]) -> list[Control]:
    """Return what can be turned: nodes, and, where the placement has them, weight and points."""
    numbers = tuple(str(n) for n in range(FEWEST, len(NODES) + 1))
    controls = [Control("nodes", "nodes", numbers, start=2)]
    if takes_weights(kind):
        controls.append(Control("weight", "weight of A", tuple(map(str, WEIGHTS)), "choice"))
    if takes_points(kind):
        points = tuple(map(str, POINTS))
        controls.append(Control("points", "points a node", points, "choice", start=2))
    return controls


def ring_settings(kind: Callable[..., Any]) -> list[Setting]:
    """Return a setting for each position of the controls, in their order."""
    nodes = range(FEWEST, len(NODES) + 1)
    weights = WEIGHTS if takes_weights(kind) else (1,)
    points = POINTS if takes_points(kind) else (0,)
    return [Setting(*values) for values in product(nodes, weights, points)]


def ring_runs(kind: Callable[..., Any], name: str) -> list[Run]:
    """Return a run of one scene for each setting."""
    placed = {setting: place(kind, setting) for setting in ring_settings(kind)}
    spots = {key: spot(kind, key) for key in KEYS}
    backdrop = _backdrop()
    runs = []
    for setting, here in placed.items():
        before = placed.get(Setting(setting.nodes - 1, setting.weight, setting.points))
        svg = _circle(here, spots) + _columns(here, spots) + _bars(here)
        runs.append(Run((Scene(svg, _say(name, here, before), 0),), backdrop, _table(here)))
    return runs


def _backdrop() -> str:
    x, y = CENTRE
    ring = f'<circle cx="{x}" cy="{y}" r="{RADIUS}" fill="none" stroke="currentColor" '
    parts = [
        f'{ring}stroke-opacity="0.4"/>',
        text(8, 22, "the circle of hashes", 13, weight=600),
        text(FIRST - 22, 22, "keys by owner", 13, weight=600),
        text(FIRST - 22, BOTTOM + 24, "share of the load", 13, weight=600),
    ]
    parts += [
        zone(_left(number - 1), 30, COLUMN, 312, f"nodes={number - FEWEST}")
        for number in range(FEWEST, len(NODES) + 1)
    ]
    return "".join(parts)


def _left(node: int) -> float:
    return FIRST - 22 + COLUMN * node


def _look(node: str) -> tuple[str, str]:
    at = NODES.index(node)
    return COLOURS[at], SHAPES[at % 4]


def _on_circle(part: float, radius: float) -> tuple[float, float]:
    angle = 2 * math.pi * part - math.pi / 2
    return CENTRE[0] + radius * math.cos(angle), CENTRE[1] + radius * math.sin(angle)


def _circle(here: Placed, spots: dict[str, float]) -> str:
    """Draw the keys as dots on the circle, and the points of the nodes as ticks around it."""
    parts = []
    for node in NODES[: here.setting.nodes]:
        own = [
            _on_circle(spots[key], RADIUS) for key, owner in here.owners.items() if owner == node
        ]
        parts.append(dots([(round(x), round(y)) for x, y in own], *_look(node), 4.5))
        ticks = here.points.get(node, ())
        ends = [(_on_circle(at, RADIUS + 8), _on_circle(at, RADIUS + 18)) for at in ticks]
        lines = "".join(f"M{x:.0f} {y:.0f}L{u:.0f} {v:.0f}" for (x, y), (u, v) in ends)
        parts.append(path(lines, _look(node)[0], 2.5))
    named = [(at, node) for node, ticks in here.points.items() if len(ticks) <= 3 for at in ticks]
    return "".join([*parts, *_letters(sorted(named))])


def _letters(named: Sequence[tuple[float, str]]) -> list[str]:
    """Name the points of the nodes; names that would touch are moved apart along the circle."""
    parts = []
    for (at, node), moved in zip(named, _apart([at for at, _ in named]), strict=True):
        (u, v), (x, y) = _on_circle(at, RADIUS + 18), _on_circle(moved, RADIUS + 32)
        near = _on_circle(moved, RADIUS + 24)
        parts.append(line(u, v, *near, _look(node)[0], 1.5))
        parts.append(text(x, y + 5, node, 14, "middle", 700))
    return parts


def _apart(places: Sequence[float]) -> list[float]:
    """Return places on the circle, in their order, moved so that none is too near the next."""
    moved = list(places)
    for _ in range(60):
        for at in range(len(moved)):
            after = (at + 1) % len(moved)
            gap = moved[after] - moved[at] + (after == 0)  # the first comes after the last
            if after != at and gap < NAME:
                push = (NAME - gap) / 2
                moved[at], moved[after] = moved[at] - push, moved[after] + push
    return moved


def _columns(here: Placed, spots: dict[str, float]) -> str:
    """Draw each key in its owner's column; the height is its place on the circle."""
    parts = [
        rect(_left(at) + 3, TOP - 6, COLUMN - 6, BOTTOM - TOP + 12, "currentColor", 0.05, 0)
        for at in range(here.setting.nodes)
    ]
    for at in range(here.setting.nodes, len(NODES)):
        x, height = _left(at) + 3, BOTTOM - TOP + 12
        parts.append(rect(x, TOP - 6, COLUMN - 6, height, "currentColor", 0, 1, "2 5"))
        parts.append(text(x + 21, TOP + 14, f"+ {NODES[at]}", 12, "middle", soft=True))
    for number, (key, owner) in enumerate(here.owners.items()):
        x = _left(NODES.index(owner)) + 11 + 13 * (number % 3)
        y = TOP + (BOTTOM - TOP) * spots[key]
        parts.append(dot(x, round(y), _look(owner)[0], "circle", 4, data_key=number))
    return "".join(parts)


def _bars(here: Placed) -> str:
    parts = []
    foot = SIZE[1] - 20
    highest = max(here.loads.values())
    for at, (node, load) in enumerate(here.loads.items()):
        x, height = _left(at), BAR * load / max(highest, 0.5) * 0.62
        colour, shape = _look(node)
        top = foot - height
        parts.append(
            rect(x + 8, top, COLUMN - 16, height, colour, 0.4, 1.5, data_key=f"bar {node}")
        )
        parts.append(text(x + COLUMN / 2, top - 4, f"{100 * load:.0f}%", 12, "middle", 600))
        parts.append(dot(x + 15, foot + 12, colour, shape, 4))
        parts.append(text(x + COLUMN / 2 + 5, foot + 16, node, 13, "middle", 700))
    return "".join(parts)


def _say(name: str, here: Placed, before: Placed | None) -> str:
    setting = here.setting
    told = (
        f"{name} over {setting.nodes} nodes: the busiest has {here.worst:.2f} times its fair share."
    )
    if before is None:
        return told
    moved = here.moved_from(before)
    last, fair = NODES[setting.nodes - 1], 1 / (setting.nodes - 1 + setting.weight)
    return f"{told} When {last} joined, {moved:.0%} of the keys moved; a fair share is {fair:.0%}."


def _table(here: Placed) -> tuple[tuple[str, ...], ...]:
    owned = list(here.owners.values())
    rows = [
        (node, f"{owned.count(node)} of {len(owned)}", f"{100 * load:.1f}%")
        for node, load in here.loads.items()
    ]
    return (("node", "keys in the picture", "share of the load"), *rows)


def telling(controls: Sequence[Control]) -> list[tuple[tuple[int, ...], int]]:
    """Return the scenes that stay where nothing is alive: the fourth node, before and after."""
    rest = tuple(control.start for control in controls[1:])
    return [((1, *rest), 0), ((2, *rest), 0)]
