"""
Keys and the nodes that own them, before and after a node joins, leaves or gets more weight.

The placement is any of ours or a learner's class with `node_for`; the same keys are asked for under
every setting, so what differs from one setting to the next has moved.
"""

import inspect
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from cachelab.hashing import Placement
from cachelab.lab.subjects import SubjectFailed, subject_name

KEYS = tuple(f"user:{number}" for number in range(84))
NODES = tuple("ABCDEFGH")
FEWEST = 2
WEIGHTS = (1, 3)
POINTS = (1, 10, 150)
"""How many points a node may have on the ring."""

CROWD = 4_000
"""So many more keys tell the load of each node, which a hundred cannot."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How many nodes there are, the weight of the first, and the points of each on a ring."""

    nodes: int
    weight: int = 1
    points: int = 0
    """0 for a placement that has none."""


@dataclass(frozen=True)
class Placed:
    """The owner of each key, the load of each node, and where its points are if it has any."""

    setting: Setting
    owners: Mapping[str, str]
    loads: Mapping[str, float]
    points: Mapping[str, tuple[float, ...]]
    crowd: tuple[str, ...]
    """The owners of many more keys, by which loads and moves are measured."""

    @property
    def worst(self) -> float:
        """The highest load for its weight, divided by the mean: 1 is even."""
        total = sum(self._weights.values())
        return max(load * total / self._weights[node] for node, load in self.loads.items())

    @property
    def _weights(self) -> dict[str, int]:
        nodes = NODES[: self.setting.nodes]
        return {node: self.setting.weight if node == NODES[0] else 1 for node in nodes}

    def moved_from(self, other: "Placed") -> float:
        """Return the share of the keys that have another owner here than there."""
        pairs = zip(self.crowd, other.crowd, strict=True)
        return sum(here != there for here, there in pairs) / len(self.crowd)


def place(kind: Callable[..., Any], setting: Setting) -> Placed:
    """
    Ask a placement for the owner of every key.

    >>> from cachelab.hashing import HashRing
    >>> three, four = (place(HashRing, Setting(nodes, points=150)) for nodes in (3, 4))
    >>> sorted({four.owners[key] for key in KEYS if four.owners[key] != three.owners[key]})
    ['D']
    """
    placement = made(kind, setting)
    nodes = NODES[: setting.nodes]
    owners = {key: _owner(kind, placement, key, nodes) for key in KEYS}
    items = (f"item:{number}" for number in range(CROWD))
    crowd = tuple(_owner(kind, placement, item, nodes) for item in items)
    counts = Counter(crowd)
    loads = {node: counts[node] / CROWD for node in nodes}
    return Placed(setting, owners, loads, _points(placement, setting), crowd)


def _owner(kind: Callable[..., Any], placement: Any, key: str, nodes: tuple[str, ...]) -> str:
    owner = placement.node_for(key)
    if str(owner) not in nodes:
        raise SubjectFailed(
            f"{subject_name(kind)}.node_for({key!r}) returned {owner!r}, which is none of its "
            f"nodes: {', '.join(nodes)}"
        )
    return str(owner)


def made(kind: Callable[..., Any], setting: Setting) -> Any:
    """Make a placement: nodes by name, with their weights where one differs."""
    nodes = NODES[: setting.nodes]
    given: Any = list(nodes)
    if setting.weight > 1:
        given = {node: setting.weight if node == nodes[0] else 1 for node in nodes}
    if setting.points and takes_points(kind):
        return kind(given, virtual_nodes=setting.points)
    return kind(given)


def takes_points(kind: Callable[..., Any]) -> bool:
    """Tell whether a placement has virtual nodes."""
    return "virtual_nodes" in inspect.signature(kind).parameters


def takes_weights(kind: Callable[..., Any]) -> bool:
    """Tell whether the nodes of a placement may differ in weight."""
    if isinstance(kind, type) and issubclass(kind, Placement):
        return kind.weighted
    learners: Any = kind
    try:
        placement = learners({"A": 2, "B": 1})
        return str(placement.node_for("user:1")) in "AB"
    except Exception:  # noqa: BLE001 - a learner's class may refuse it in any way
        return False


def _points(placement: Any, setting: Setting) -> dict[str, tuple[float, ...]]:
    """Return where each node has its points, as parts of the circle, if there are few of them."""
    if not hasattr(placement, "points_of") or setting.points > 10:
        return {}
    weights = getattr(placement, "weights", {})
    circle = 2.0 ** getattr(placement, "bits", 64)
    return {
        node: tuple(point / circle for point in placement.points_of(node, weights.get(node, 1)))
        for node in NODES[: setting.nodes]
    }


def spot(kind: Callable[..., Any], key: str) -> float:
    """Return where a key lies on the circle, from 0 to 1: by the placement's hash if it has one."""
    if isinstance(kind, type) and issubclass(kind, Placement):
        bits = getattr(kind, "bits", 16 if kind.digits else 64)
        return kind().position(key) / 2.0**bits % 1.0
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big") / 2.0**64
