import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.hashing import PLACEMENTS, HashRing, Jump, Modulo, Rendezvous, jump_hash, mix64
from cachelab.hashing import jump as jump_module
from cachelab.hashing import rendezvous as rendezvous_module
from cachelab.hashing.batch import ARRAY_PART, mix64_all
from cachelab.hashing.vectors import jump_all

NODES = [f"node-{number}" for number in range(20)]
every = pytest.mark.parametrize("name", PLACEMENTS)


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_a_number_lies_where_it_lies_in_an_array(numbers: list[int]) -> None:
    array = np.array(numbers, dtype=np.int64)
    assert mix64_all(array).tolist() == [mix64(number) for number in numbers]


@every
@pytest.mark.parametrize("kind", [np.int64, np.uint64, np.int32, np.uint8, np.int8])
def test_an_array_of_any_whole_numbers_is_a_batch(name: str, kind: type) -> None:
    placement = PLACEMENTS[name](NODES)
    keys = np.array([*range(50), np.iinfo(kind).min, np.iinfo(kind).max], dtype=kind)
    found = [placement.nodes[at] for at in placement.nodes_for_many(keys)]
    assert found == [placement.node_for(int(key)) for key in keys]
    assert found == [placement.node_for(key) for key in keys]


@every
def test_a_batch_of_several_parts_is_answered_in_order(name: str) -> None:
    placement = PLACEMENTS[name](NODES)
    keys = np.arange(ARRAY_PART + 500) if not placement.digits else np.arange(5_000)
    found = placement.nodes_for_many(keys)
    assert found.dtype == np.int32
    sample = [*range(0, len(keys), 997), len(keys) - 1]
    assert [placement.nodes[found[at]] for at in sample] == [
        placement.node_for(at) for at in sample
    ]


@every
def test_a_batch_follows_the_nodes_that_come_and_go(name: str) -> None:
    placement = PLACEMENTS[name](NODES[:3])
    for change in (placement.add, placement.remove):
        placement.nodes_for_many(range(5))
        change("guest")
        found = [placement.nodes[at] for at in placement.nodes_for_many(range(200))]
        assert found == [placement.node_for(key) for key in range(200)]


@pytest.mark.parametrize("nodes", [127, 128, 129, 300])
def test_any_number_of_nodes_fits_the_table_of_a_ring(nodes: int) -> None:
    ring = HashRing([f"{number:03}" for number in range(nodes)], 20)
    found = ring.nodes_for_many(range(3000))
    assert [ring.nodes[at] for at in found] == [ring.node_for(key) for key in range(3000)]


def test_text_in_an_array_is_a_batch() -> None:
    ring = HashRing(NODES)
    assert (ring.nodes_for_many(np.array(["a", "b"])) == ring.nodes_for_many(["a", "b"])).all()


def test_an_empty_batch_has_no_owners() -> None:
    assert len(HashRing(NODES).nodes_for_many([])) == 0


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ("key", "not the one key 'key'"),
        (np.array([1.5]), "not an array of float64"),
        (np.array([True]), "not an array of bool"),
        (np.zeros((2, 2), dtype=int), "one dimension, not 2"),
    ],
)
def test_what_is_no_batch_is_refused(keys: object, reason: str) -> None:
    with pytest.raises(TypeError, match=reason):
        Modulo(NODES).nodes_for_many(keys)  # type: ignore[arg-type]


@given(st.lists(st.integers(0, 2**64 - 1), max_size=50), st.integers(1, 5000))
def test_jump_for_arrays_is_jump(positions: list[int], buckets: int) -> None:
    array = np.array(positions, dtype=np.uint64)
    assert jump_all(array, buckets).tolist() == [jump_hash(p, buckets) for p in positions]


@given(
    st.dictionaries(st.text(max_size=5), st.floats(0.01, 100), min_size=1, max_size=8),
    st.lists(st.integers(), max_size=40),
)
def test_rendezvous_for_arrays_is_rendezvous(weights: dict[str, float], keys: list[int]) -> None:
    placement = Rendezvous(weights)
    found = [placement.nodes[at] for at in placement.nodes_for_many(keys)]
    assert found == [placement.node_for(key) for key in keys]


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Jump, Rendezvous])
def test_compiled_loops_answer_as_numpy_does(
    kind: type[Jump | Rendezvous], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numba")
    placement = kind(NODES)
    keys = np.random.default_rng(5).integers(0, 2**64, 50_001, dtype=np.uint64)
    in_numpy = placement.nodes_for_many(keys)
    monkeypatch.setattr(jump_module, "ENOUGH", 1)
    monkeypatch.setattr(rendezvous_module, "ENOUGH", 1)
    assert (placement.nodes_for_many(keys) == in_numpy).all()


@pytest.mark.parametrize("kind", [Jump, Rendezvous])
def test_without_numba_a_large_batch_is_answered_all_the_same(
    kind: type[Jump | Rendezvous], monkeypatch: pytest.MonkeyPatch
) -> None:
    placement = kind(NODES)
    usual = placement.nodes_for_many(range(1000))
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.setattr(jump_module, "ENOUGH", 1)
    monkeypatch.setattr(rendezvous_module, "ENOUGH", 1)
    assert (placement.nodes_for_many(range(1000)) == usual).all()
