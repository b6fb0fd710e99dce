from collections import Counter
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.hashing import BoundedLoad, HashRing

steps = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.integers(0, 40)),
        st.tuples(st.just("drop"), st.integers(0, 40)),
        st.tuples(st.just("add"), st.sampled_from("abcdefg")),
        st.tuples(st.just("remove"), st.sampled_from("abcdefg")),
    ),
    max_size=60,
)


def do(placement: BoundedLoad, verb: str, what: int | str) -> None:
    if verb == "take":
        placement.take(what)
    elif verb == "drop" and what in placement.holder:
        placement.drop(what)
    elif verb == "add":
        placement.add(str(what))
    elif verb == "remove" and what in placement and len(placement) > 1:
        placement.remove(str(what))


@given(steps=steps, epsilon=st.sampled_from([0.01, 0.1, 0.25, 1, 5]))
def test_nobody_ever_holds_more_than_the_ceiling(
    steps: list[tuple[str, int | str]], epsilon: float
) -> None:
    placement = BoundedLoad(["a", "b"], 10, epsilon=epsilon)
    kept: set[int | str] = set()
    for verb, what in steps:
        do(placement, verb, what)
        kept = kept | {what} if verb == "take" else kept - ({what} if verb == "drop" else set())
        assert placement.holder.keys() == kept
        held, nodes = Counter(placement.holder.values()), len(placement)
        assert all(count <= ceil((1 + epsilon) * len(kept) / nodes) for count in held.values())
        placement.check()


def test_a_hot_piece_of_the_circle_is_spread() -> None:
    nodes = [f"web-{number}" for number in range(10)]
    plain, bounded = HashRing(nodes, 1), BoundedLoad(nodes, 1, epsilon=0.1)
    keys = [f"user:{number}" for number in range(1000)]
    assert max(Counter(map(plain.node_for, keys)).values()) > 250
    assert max(Counter(map(bounded.take, keys)).values()) == 110


def test_a_key_that_is_turned_away_goes_to_the_next_with_room() -> None:
    placement = BoundedLoad(["a", "b", "c", "d"], 10, epsilon=0.2)
    for number in range(100):
        for node in placement.ring.nodes_for(number, 4):
            if len(placement.held[node]) < ceil(1.2 * (number + 1) / 4):
                break
        assert placement.node_for(number) == placement.take(number) == node


def test_asking_where_a_key_would_go_changes_nothing() -> None:
    placement = BoundedLoad(["a", "b", "c"])
    assert placement.node_for("key") == placement.node_for("key")
    assert placement.holder == {}


def test_a_key_taken_twice_is_held_once() -> None:
    placement = BoundedLoad(["a", "b", "c"])
    assert placement.take("key") == placement.take("key")
    placement.drop("key")
    assert placement.holder == {}


def test_a_batch_knows_what_is_held() -> None:
    placement = BoundedLoad([f"node-{number}" for number in range(5)], 3, epsilon=0.1)
    for number in range(200):
        placement.take(number)
    asked = list(range(150, 260))
    answers = [placement.nodes[at] for at in placement.nodes_for_many(asked)]
    assert answers == [placement.node_for(key) for key in asked]


def test_keys_move_on_when_the_ceiling_comes_down() -> None:
    placement = BoundedLoad(["a", "b", "c"], epsilon=0.1)
    for number in range(90):
        placement.take(number)
    for key in [key for key, node in placement.holder.items() if node == "a"]:
        placement.drop(key)
        placement.check()
    assert max(Counter(placement.holder.values()).values()) <= ceil(1.1 * len(placement.holder) / 3)


def test_when_a_node_leaves_only_its_keys_move() -> None:
    placement = BoundedLoad([f"node-{number}" for number in range(8)], epsilon=0.2)
    for number in range(400):
        placement.take(number)
    before = dict(placement.holder)
    placement.remove("node-3")
    stayed = {key for key, node in before.items() if node != "node-3"}
    assert {key: placement.holder[key] for key in stayed} == {key: before[key] for key in stayed}


def test_a_join_moves_few_keys_more_than_a_ring_must() -> None:
    """A share of 1/9 goes to the newcomer; ceilings that come down may push out some others."""
    placement = BoundedLoad([f"node-{number}" for number in range(8)], epsilon=0.25)
    for number in range(900):
        placement.take(number)
    before = dict(placement.holder)
    placement.add("node-8")
    moves = sum(placement.holder[key] != node for key, node in before.items())
    assert 50 < len(placement.held["node-8"]) <= moves < 250


def test_weights_raise_the_ceiling() -> None:
    placement = BoundedLoad({"small": 1, "large": 3}, epsilon=0.1)
    for number in range(100):
        placement.take(number)
    assert (placement.ceiling("small"), placement.ceiling("large")) == (28, 83)


def test_a_ceiling_is_exact_where_floats_are_not() -> None:
    placement = BoundedLoad([f"n{number:02}" for number in range(11)], epsilon=0.1)
    for number in range(50):
        placement.take(number)
    assert (1 + 0.1) * 50 / 11 > 5
    assert placement.ceiling("n00") == 5


def test_keys_held_by_nobody_are_forgotten_with_the_last_node() -> None:
    placement = BoundedLoad(["a"])
    placement.take("key")
    placement.remove("a")
    assert placement.holder == {}


def test_a_key_that_is_not_held_cannot_be_dropped() -> None:
    with pytest.raises(ValueError, match="'key' is not held"):
        BoundedLoad(["a"]).drop("key")


@pytest.mark.parametrize("epsilon", [0, -0.5, float("nan"), float("inf")])
def test_epsilon_is_above_zero(epsilon: float) -> None:
    with pytest.raises(ValueError, match="epsilon must be above 0"):
        BoundedLoad(["a"], epsilon=epsilon)


@pytest.mark.parametrize("epsilon", [True, "0.5", None])
def test_epsilon_is_a_number(epsilon: object) -> None:
    with pytest.raises(TypeError, match="epsilon must be a number"):
        BoundedLoad(["a"], epsilon=epsilon)  # type: ignore[arg-type]
