"""Keys and owners under every setting: only what has to move moves, whoever wrote the class."""

from bisect import bisect
from collections.abc import Iterable
from hashlib import md5
from itertools import pairwise
from typing import Any

import pytest

from cachelab.hashing import PLACEMENTS, HashRing, Jump, Modulo
from cachelab.lab.stories.ring_pictures import (
    NAME,
    SIZE,
    _apart,
    ring_controls,
    ring_runs,
    ring_settings,
)
from cachelab.lab.stories.rings import KEYS, NODES, Setting, place, takes_weights
from cachelab.lab.widgets.ring_playground import RingPlayground

from .pictures import SVG, faults, root_of


class Mine:
    """A learner's ring: one point a node, no weights."""

    def __init__(self, nodes: Iterable[str]) -> None:
        if isinstance(nodes, dict):
            raise TypeError("no weights")
        self.points = sorted((self.at(node), node) for node in nodes)

    def at(self, text: str) -> int:
        return int.from_bytes(md5(text.encode()).digest()[:8], "big")

    def node_for(self, key: str) -> str:
        place = bisect(self.points, (self.at(key), ""))
        return self.points[place % len(self.points)][1]


def dots(svg: str) -> dict[str, tuple[str | None, str | None]]:
    nodes = root_of(svg).findall(f"{SVG}circle")
    return {str(node.get("data-key")): (node.get("cx"), node.get("cy")) for node in nodes}


@pytest.mark.parametrize("kind", [*PLACEMENTS.values(), Mine])
def test_every_placement_can_be_played_with(kind: Any) -> None:
    runs = ring_runs(kind, "any")
    assert len(runs) == len(ring_settings(kind))
    assert faults(runs, SIZE) == []


def test_a_join_moves_keys_to_the_new_node_only() -> None:
    three, four = (place(HashRing, Setting(nodes, points=150)) for nodes in (3, 4))
    assert {four.owners[k] for k in KEYS if four.owners[k] != three.owners[k]} == {"D"}


def test_modulo_moves_most_keys_and_a_ring_few() -> None:
    moved = {
        kind: place(kind, Setting(8)).moved_from(place(kind, Setting(7)))
        for kind in (Modulo, HashRing, Mine)
    }
    assert moved[Modulo] > 0.7
    assert max(moved[HashRing], moved[Mine]) < 0.3


def test_a_key_that_does_not_move_keeps_its_place_in_the_picture() -> None:
    settings = ring_settings(Mine)
    before, after = (dots(ring_runs(Mine, "Mine")[at].scenes[0].svg) for at in (2, 3))
    owners = [place(Mine, settings[at]).owners for at in (2, 3)]
    same = [str(n) for n, key in enumerate(KEYS) if owners[0][key] == owners[1][key]]
    assert same
    assert all(before[key] == after[key] for key in same)
    assert before != after


def test_a_heavier_node_gets_more() -> None:
    light, heavy = (place(HashRing, Setting(4, weight, 150)).loads["A"] for weight in (1, 3))
    assert heavy > 1.6 * light


def test_more_points_make_the_loads_even() -> None:
    worst = [place(HashRing, Setting(8, points=points)).worst for points in (1, 10, 150)]
    assert worst == sorted(worst, reverse=True)


def test_what_a_placement_does_not_know_cannot_be_turned() -> None:
    names = {kind: [control.name for control in ring_controls(kind)] for kind in (HashRing, Jump)}
    assert names == {HashRing: ["nodes", "weight", "points"], Jump: ["nodes"]}
    assert not takes_weights(Mine)


def test_the_view_takes_a_name_or_a_class() -> None:
    assert repr(RingPlayground("modulo")) == "RingPlayground(Modulo, 2 to 8 nodes)"
    view = RingPlayground(Mine)
    view.position = [len(NODES) - 2]
    assert "Mine over 8 nodes" in view.says


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown placement 'circle'"):
        RingPlayground("circle")


def test_names_of_points_keep_their_order_and_do_not_touch() -> None:
    near = [0.0, 0.001, 0.002, 0.5, 0.998]
    moved = _apart(near)
    assert moved == sorted(moved)
    gaps = [after - at for at, after in pairwise([*moved, moved[0] + 1])]
    assert min(gaps) > 0.99 * NAME
