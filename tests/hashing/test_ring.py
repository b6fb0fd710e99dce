import sys
from itertools import pairwise
from math import sqrt
from statistics import fmean
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.hashing import HashRing, Key, Maglev, Rendezvous, Slots
from cachelab.hashing.circle import circle_of
from cachelab.hashing.keys import KeyHash

from .making import owners

crowded = st.dictionaries(
    st.sampled_from("abcdef"), st.lists(st.integers(0, 9), min_size=1, max_size=6), max_size=5
)


class TinyRing(HashRing):
    """A ring of 16 places, on which points collide all the time."""

    bits = 4

    def __init__(self, nodes: list[str], virtual_nodes: int) -> None:
        def number(data: bytes) -> int:
            return crc32(data) >> 28

        hash_ = KeyHash("tiny", number, lambda data: number(data).to_bytes(8, "big"))
        super().__init__(nodes, virtual_nodes, hash=hash_)

    def points_of(self, node: str, weight: float = 1) -> list[int]:
        return [point >> 60 for point in super().points_of(node, weight)]


@given(points=crowded, newcomer=st.lists(st.integers(0, 9), min_size=1, max_size=6))
def test_a_circle_changed_step_by_step_is_the_circle_made_at_once(
    points: dict[str, list[int]], newcomer: list[int]
) -> None:
    without = circle_of(points)
    together = circle_of({**points, "bb": newcomer})
    assert without.joined_by("bb", newcomer) == together
    assert together.left_by("bb", newcomer) == without


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True), st.integers(0, 15))
def test_colliding_points_have_one_owner_whatever_the_order_of_joining(
    nodes: list[str], position: int
) -> None:
    ring = TinyRing([], 6)
    for node in nodes:
        ring.add(node)
    ring.check()
    at = min((point for point in ring.points if point >= position), default=ring.points[0])
    rivals = [node for node in nodes if at in ring.points_of(node)]
    assert next(ring._circle.clockwise(position)) == min(rivals)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=2, unique=True), st.data())
def test_a_node_that_leaves_a_crowded_ring_leaves_the_points_of_others(
    nodes: list[str], data: st.DataObject
) -> None:
    ring = TinyRing(nodes, 6)
    leaver = data.draw(st.sampled_from(nodes))
    ring.remove(leaver)
    ring.check()
    assert owners(ring, ["x", "y"]) == owners(
        TinyRing([node for node in nodes if node != leaver], 6), ["x", "y"]
    )


@given(st.lists(st.text(), max_size=30))
def test_a_batch_on_a_crowded_ring_answers_as_one_key_at_a_time(keys: list[str]) -> None:
    ring = TinyRing(["a", "b", "c"], 3)
    answers = [ring.nodes[number] for number in ring.nodes_for_many(keys)]
    assert answers == [ring.node_for(key) for key in keys]


@given(st.integers(0, 2**64 - 1))
def test_a_key_belongs_to_the_first_point_at_or_after_it(position: int) -> None:
    ring = HashRing(["a", "b", "c"], 5)
    points = sorted((point, node) for node in ring.nodes for point in ring.points_of(node))
    after = [node for point, node in points if point >= position]
    assert next(ring._circle.clockwise(position)) == [*after, points[0][1]][0]


@pytest.mark.parametrize(("points", "rings"), [(1, 400), (10, 200), (100, 120), (160, 90)])
def test_the_shares_vary_as_the_formula_says(points: int, rings: int) -> None:
    """
    A share is Beta(k, k(n-1)), so its sd over its mean is sqrt((n-1)/(nk+1)).

    Over r rings the estimate errs by about sqrt((kurtosis-1)/(4rn)): 0.7 % for k = 1, and 0.5 to
    0.8 % for the others.
    """
    nodes = 100
    squares = [
        (share * nodes - 1) ** 2
        for ring in range(rings)
        for share in HashRing([f"{ring}-{node}" for node in range(nodes)], points).shares().values()
    ]
    expected = sqrt((nodes - 1) / (nodes * points + 1))
    assert sqrt(fmean(squares)) == pytest.approx(expected, rel=0.02)


def test_with_one_point_a_node_the_fullest_has_the_harmonic_number_times_its_part() -> None:
    nodes, rings = 100, 400
    harmonic = sum(1 / number for number in range(1, nodes + 1))
    fullest = fmean(
        nodes * max(HashRing([f"{ring}:{node}" for node in range(nodes)], 1).shares().values())
        for ring in range(rings)
    )
    assert fullest == pytest.approx(harmonic, abs=4 * 1.16 / sqrt(rings))


def test_keys_fall_on_nodes_as_the_shares_say() -> None:
    ring = HashRing([f"node-{number}" for number in range(20)])
    keys = 100_000
    found = ring.nodes_for_many(range(keys))
    for number, node in enumerate(ring.nodes):
        share = ring.shares()[node]
        tolerance = 5 * sqrt(share * (1 - share) / keys)
        assert (found == number).sum() / keys == pytest.approx(share, abs=tolerance)


WEIGHTS = {"a": 1, "b": 2, "c": 5, "d": 0.5}


def test_a_ring_gives_shares_by_weight() -> None:
    """A share is Beta(k w, k (W - w)): its variance is p (1 - p) / (k W + 1)."""
    shares = HashRing(WEIGHTS, 1000).shares()
    total = sum(WEIGHTS.values())
    for node, weight in WEIGHTS.items():
        part = weight / total
        spread = sqrt(part * (1 - part) / (1000 * total + 1))
        assert shares[node] == pytest.approx(part, abs=4 * spread)


def test_rendezvous_gives_shares_by_weight() -> None:
    placement, keys = Rendezvous(WEIGHTS), 50_000
    found = placement.nodes_for_many(range(keys))
    for number, node in enumerate(placement.nodes):
        part = WEIGHTS[node] / sum(WEIGHTS.values())
        tolerance = 4 * sqrt(part * (1 - part) / keys)
        assert (found == number).sum() / keys == pytest.approx(part, abs=tolerance)


def test_maglev_and_slots_give_shares_by_weight_to_an_entry_or_two() -> None:
    total = sum(WEIGHTS.values())
    maglev, slots = Maglev(WEIGHTS, table_size=1009), Slots(WEIGHTS)
    for number, node in enumerate(maglev.nodes):
        part = WEIGHTS[node] / total
        assert maglev.table.count(number) == pytest.approx(1009 * part, abs=len(WEIGHTS))
        assert slots.table.count(node) == pytest.approx(16_384 * part, abs=1)


def test_more_weight_takes_keys_and_gives_none_away() -> None:
    light, heavy = HashRing({"a": 1, "b": 1}), HashRing({"a": 2, "b": 1})
    before, after = owners(light), owners(heavy)
    assert {after[key] for key in before if before[key] != after[key]} == {"a"}


ZONES = {f"{zone}{number}": zone for zone in "xyz" for number in range(4)}


@given(key=st.one_of(st.text(), st.integers()), count=st.integers(1, 12))
def test_copies_are_in_different_zones_while_there_are_enough(key: Key, count: int) -> None:
    ring = HashRing(list(ZONES), 20, zones=ZONES)
    chosen = ring.nodes_for(key, count)
    assert chosen[0] == ring.node_for(key)
    assert len(set(chosen)) == count
    assert len({ZONES[node] for node in chosen}) == min(count, 3)


def test_beyond_the_zones_copies_follow_the_ring() -> None:
    plain, zoned = HashRing(list(ZONES), 20), HashRing(list(ZONES), 20, zones=ZONES)
    for key in range(50):
        order = plain.nodes_for(key, 12)
        rest = zoned.nodes_for(key, 12)[3:]
        assert [order.index(node) for node in rest] == sorted(order.index(node) for node in rest)


def test_a_node_joins_in_a_zone() -> None:
    ring = HashRing(["x0"], zones={"x0": "x"})
    ring.add("x1", zone="x")
    ring.add("y0", zone="y")
    assert {ring.nodes_for(key, 2)[1] for key in range(100) if ring.node_for(key) != "y0"} == {"y0"}


@pytest.mark.parametrize("zone", [None, "y"])
def test_a_node_without_a_zone_or_with_two_is_refused(zone: str | None) -> None:
    ring = HashRing(["x0"], zones={"x0": "x", "x1": "x"})
    with pytest.raises(ValueError, match=r"names no zone for 'n'|'x1' is in zone 'x', not in 'y'"):
        ring.add("n" if zone is None else "x1", zone=zone)
    assert ring.nodes == ("x0",)
    with pytest.raises(ValueError, match="names no zone for 'a'"):
        HashRing(["a"], zones={})


def test_another_hash_function_is_another_ring() -> None:
    rings = [HashRing(["a", "b", "c"], hash=hash_) for hash_ in ("blake2b", "md5", "crc32")]
    assert len({tuple(owners(ring, map(str, range(50))).values()) for ring in rings}) == 3
    assert len({tuple(owners(ring, range(50)).values()) for ring in rings}) == 1


def test_an_unknown_hash_function_is_refused() -> None:
    with pytest.raises(ValueError, match="one of blake2b, md5, crc32 or xxh3, not 'sha0'"):
        HashRing(["a"], hash="sha0")


def test_without_xxhash_its_ring_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xxhash", None)
    with pytest.raises(ImportError, match="pip install xxhash"):
        HashRing(["a"], hash="xxh3")


def test_xxhash_makes_a_ring_that_answers_one_key_as_many() -> None:
    pytest.importorskip("xxhash")
    ring = HashRing(["a", "b", "c"], hash="xxh3")
    keys = [f"user:{number}" for number in range(500)]
    assert [ring.nodes[at] for at in ring.nodes_for_many(keys)] == [*map(ring.node_for, keys)]


@pytest.mark.parametrize("virtual_nodes", [0, -5])
def test_virtual_nodes_below_one_are_refused(virtual_nodes: int) -> None:
    with pytest.raises(ValueError, match=f"at least 1, not {virtual_nodes}"):
        HashRing(["a"], virtual_nodes)


def test_virtual_nodes_are_a_whole_number() -> None:
    with pytest.raises(TypeError, match=r"whole number, not 1\.5"):
        HashRing(["a"], 1.5)  # type: ignore[arg-type]


def test_a_walk_begun_before_a_node_leaves_ends_on_the_old_circle() -> None:
    ring = HashRing(["a", "b", "c", "d"])
    order = ring.nodes_for("key", 4)
    walk = ring.walk("key")
    met = [next(walk)]
    ring.remove(order[2])
    assert [*met, *walk] == order


def test_the_points_are_in_order_and_each_has_an_owner() -> None:
    ring = HashRing({"a": 1, "b": 2}, 10)
    assert all(one < next_one for one, next_one in pairwise(ring.points))
    assert [ring.owners[:-1].count(node) for node in "ab"] == [10, 20]
    assert repr(ring) == "HashRing(['a', 'b'])"
    assert "a" in ring
    assert "c" not in ring
    assert len(ring) == 2
    assert ring.weights == {"a": 1, "b": 2}
