import pickle
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.hashing import PLACEMENTS, Placement

from .making import MAKE, moved, owners

every = pytest.mark.parametrize("name", PLACEMENTS)
unequal = pytest.mark.parametrize("name", [n for n, p in PLACEMENTS.items() if p.weighted])
thrifty = pytest.mark.parametrize("name", [n for n, p in PLACEMENTS.items() if p.moves_least])

names = st.text(min_size=1, max_size=6)
members = st.lists(names, min_size=2, max_size=7, unique=True)
weights = st.dictionaries(names, st.sampled_from([0.5, 1, 2, 3.5]), min_size=2, max_size=6)
keys = st.one_of(st.text(), st.binary(), st.integers())


@every
@given(nodes=members, key=keys)
def test_the_nodes_for_a_key_are_different_and_begin_with_its_owner(
    name: str, nodes: list[str], key: str | bytes | int
) -> None:
    placement = MAKE[name](nodes)
    every_node = placement.nodes_for(key, len(nodes))
    assert every_node[0] == placement.node_for(key)
    assert sorted(every_node) == sorted(nodes)
    assert placement.nodes_for(key, 2) == every_node[:2]


@every
@given(nodes=members, some_keys=st.lists(keys, max_size=20))
def test_a_batch_answers_as_one_key_at_a_time(
    name: str, nodes: list[str], some_keys: list[str | bytes | int]
) -> None:
    placement = MAKE[name](nodes)
    answers = [placement.nodes[number] for number in placement.nodes_for_many(some_keys)]
    assert answers == [placement.node_for(key) for key in some_keys]


@pytest.mark.parametrize("name", [n for n, p in PLACEMENTS.items() if p.order_free])
@given(nodes=members, data=st.data())
def test_the_order_of_joining_does_not_matter(
    name: str, nodes: list[str], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(nodes))
    joined = MAKE[name]([])
    for node in [*shuffled, "guest"]:
        joined.add(node)
    if "guest" not in nodes:
        joined.remove("guest")
    made = MAKE[name](nodes if "guest" not in nodes else [*nodes, "guest"])
    assert owners(joined) == owners(made)
    assert joined.nodes == made.nodes
    joined.check()


@thrifty
@given(nodes=weights, newcomer=names, weight=st.sampled_from([0.5, 1, 4]))
def test_only_the_node_that_joins_gains_keys(
    name: str, nodes: dict[str, float], newcomer: str, weight: float
) -> None:
    nodes.pop(newcomer, None)
    placement = MAKE[name](nodes)
    before = owners(placement)
    placement.add(newcomer, weight)
    assert {gainer for _, gainer in moved(before, owners(placement))} <= {newcomer}
    placement.check()


@thrifty
@given(nodes=weights, data=st.data())
def test_only_the_keys_of_the_node_that_leaves_move(
    name: str, nodes: dict[str, float], data: st.DataObject
) -> None:
    placement = MAKE[name](nodes)
    leaver = data.draw(st.sampled_from(sorted(nodes)))
    before = owners(placement)
    placement.remove(leaver)
    assert {loser for loser, _ in moved(before, owners(placement))} <= {leaver}
    placement.check()


@pytest.mark.parametrize("name", ["ring", "bounded", "rendezvous"])
@given(nodes=weights, data=st.data())
def test_the_second_in_line_takes_over_from_an_owner_that_leaves(
    name: str, nodes: dict[str, float], data: st.DataObject
) -> None:
    placement = MAKE[name](nodes)
    key = data.draw(keys)
    owner, heir = placement.nodes_for(key, 2)
    placement.remove(owner)
    assert placement.node_for(key) == heir


@given(nodes=members, newcomer=names)
def test_equal_ketama_servers_give_keys_to_a_newcomer_only(nodes: list[str], newcomer: str) -> None:
    placement = MAKE["ketama"]([node for node in nodes if node != newcomer])
    before = owners(placement)
    placement.add(newcomer)
    assert {gainer for _, gainer in moved(before, owners(placement))} <= {newcomer}


@given(nodes=members, newcomer=names)
def test_jump_moves_keys_to_the_last_bucket_only_and_back(nodes: list[str], newcomer: str) -> None:
    placement = MAKE["jump"]([node for node in nodes if node != newcomer])
    before = owners(placement)
    placement.add(newcomer)
    assert {gainer for _, gainer in moved(before, owners(placement))} <= {newcomer}
    placement.remove(newcomer)
    assert owners(placement) == before


@given(nodes=members, data=st.data())
def test_jump_moves_the_keys_of_the_last_node_too_when_another_leaves(
    nodes: list[str], data: st.DataObject
) -> None:
    placement = MAKE["jump"](nodes)
    leaver = data.draw(st.sampled_from(nodes))
    before = owners(placement)
    placement.remove(leaver)
    assert {loser for loser, _ in moved(before, owners(placement))} <= {leaver, nodes[-1]}
    placement.check()


@every
def test_one_key_in_eleven_moves_when_the_eleventh_node_joins_unless_it_is_modulo(
    name: str,
) -> None:
    placement = PLACEMENTS[name]([f"node-{number}" for number in range(10)])
    before = placement.nodes_for_many([f"k{number}" for number in range(20_000)])
    old = [placement.nodes[number] for number in before]
    placement.add("node-10")
    after = placement.nodes_for_many([f"k{number}" for number in range(20_000)])
    share = sum(placement.nodes[b] != a for a, b in zip(old, after, strict=True)) / 20_000
    # A ring's newcomer owns 1/11 give or take 7.8 % of it (150 points), so five times that; maglev
    # moves some keys more between old nodes.
    if name == "modulo":
        assert 0.89 < share < 0.93
    else:
        assert 0.6 / 11 < share < (2.0 if name == "maglev" else 1.4) / 11


@every
def test_adding_a_node_twice_changes_nothing(name: str) -> None:
    placement = MAKE[name](["a", "b", "c", "b"])
    before = owners(placement)
    placement.add("b")
    assert owners(placement) == before
    assert placement.nodes == ("a", "b", "c")


@every
def test_a_node_that_comes_back_gets_its_keys_back(name: str) -> None:
    placement = MAKE[name](["a", "b", "c"])
    before = owners(placement)
    placement.remove("c")
    placement.add("c")
    if name == "slots":  # a table with a history
        placement = MAKE[name](["a", "b", "c"])
    assert owners(placement) == before


@unequal
def test_a_node_cannot_change_its_weight_unnoticed(name: str) -> None:
    placement = MAKE[name]({"a": 1, "b": 2})
    placement.add("b", 2)
    with pytest.raises(ValueError, match="'b' is there with weight 2: remove it to give it 3"):
        placement.add("b", 3)


@every
def test_without_nodes_a_lookup_says_so(name: str) -> None:
    placement = MAKE[name]([])
    placement.check()
    for ask in (placement.node_for, lambda key: placement.nodes_for(key, 1)):
        with pytest.raises(ValueError, match="there are no nodes"):
            ask("key")
    with pytest.raises(ValueError, match="there are no nodes"):
        placement.nodes_for_many(["key"])


@every
def test_when_the_last_node_has_left_there_are_no_nodes(name: str) -> None:
    placement = MAKE[name](["a"])
    placement.remove("a")
    with pytest.raises(ValueError, match="there are no nodes"):
        placement.node_for("key")
    placement.add("b")
    assert placement.node_for("key") == "b"


@every
def test_more_nodes_than_there_are_cannot_be_had(name: str) -> None:
    with pytest.raises(ValueError, match="3 nodes are asked for and there are 2"):
        MAKE[name](["a", "b"]).nodes_for("key", 3)


@every
@pytest.mark.parametrize("count", [0, -1])
def test_a_count_below_one_is_refused(name: str, count: int) -> None:
    with pytest.raises(ValueError, match=f"at least 1, not {count}"):
        MAKE[name](["a", "b"]).nodes_for("key", count)


@every
def test_an_unknown_node_cannot_leave(name: str) -> None:
    with pytest.raises(ValueError, match="there is no node 'x'"):
        MAKE[name](["a"]).remove("x")


@every
@pytest.mark.parametrize("weight", [0, -1, float("nan"), float("inf")])
def test_a_weight_must_be_above_zero(name: str, weight: float) -> None:
    with pytest.raises(ValueError, match=r"weight of 'b' must be above 0|knows no weights"):
        MAKE[name](["a"]).add("b", weight)


@pytest.mark.parametrize("name", [n for n, p in PLACEMENTS.items() if not p.weighted])
def test_a_placement_without_weights_refuses_them(name: str) -> None:
    with pytest.raises(ValueError, match="knows no weights: 'b' cannot have 2"):
        MAKE[name]({"a": 1, "b": 2})


@every
@pytest.mark.parametrize("node", [1, None, ["a"], b"a"])
def test_a_node_that_is_no_text_is_refused(name: str, node: object) -> None:
    with pytest.raises(TypeError, match="a node must be text"):
        MAKE[name](["a", node])  # type: ignore[list-item]


@every
@pytest.mark.parametrize("nodes", ["abc", b"abc"])
def test_one_text_is_no_list_of_nodes(name: str, nodes: str) -> None:
    with pytest.raises(TypeError, match="nodes must be a list of names"):
        MAKE[name](nodes)


@every
@pytest.mark.parametrize("key", [None, 1.5, ["k"], True, ("a", 1)])
def test_a_key_of_another_kind_is_refused(name: str, key: object) -> None:
    placement = MAKE[name](["a", "b"])
    with pytest.raises(TypeError, match="a key must be text, bytes or a whole number, not"):
        placement.node_for(key)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a key must be text, bytes or a whole number, not"):
        placement.nodes_for_many(["fine", key])  # type: ignore[list-item]


@every
def test_text_and_its_bytes_are_the_same_key(name: str) -> None:
    placement = MAKE[name]([f"node-{number}" for number in range(50)])
    for text in ("née", "k"):
        assert placement.node_for(text) == placement.node_for(text.encode())


SCRIPT = """
from cachelab.hashing import PLACEMENTS
keys = ["user:42", "née", b"raw", 7, -7, 2**70]
for name, kind in PLACEMENTS.items():
    placement = kind([f"node-{number}" for number in range(9)])
    print(name, *[placement.nodes_for(key, 2) for key in keys])
"""


def answers_of_a_process_with_hash_seed(seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_another_process_with_another_hash_seed_finds_the_same_nodes() -> None:
    first = answers_of_a_process_with_hash_seed("1")
    assert answers_of_a_process_with_hash_seed("2") == first
    assert len(first.splitlines()) == len(PLACEMENTS)


def test_the_owners_are_those_of_every_machine_and_release() -> None:
    """A change here moves every key of whoever upgrades."""
    found = {
        name: "".join(
            PLACEMENTS[name](["a", "b", "c", "d"]).node_for(key)
            for key in ["user:1", "user:2", "née", b"raw", b"", 0, 1, -1, 2**63]
        )
        for name in PLACEMENTS
    }
    assert found == {
        "modulo": "cccbaabdc",
        "ring": "ccacdddaa",
        "bounded": "ccacdddaa",
        "ketama": "bccacbada",
        "rendezvous": "adcaadbab",
        "jump": "babdcaadb",
        "maglev": "ddbdbcaaa",
        "slots": "cbbaadcba",
    }


@pytest.mark.parametrize("name", [name for name in PLACEMENTS if name != "bounded"])
def test_lookups_in_other_threads_find_an_owner_while_nodes_come_and_go(name: str) -> None:
    weighted = PLACEMENTS[name].weighted
    placement = MAKE[name]({"a": 1, "b": 1, "c": 3 if weighted else 1})
    done = threading.Event()
    surprises: list[object] = []

    def look_up() -> None:
        try:
            while not done.is_set():
                found = {placement.node_for(key) for key in ("u1", "u2", "u3", 4)}
                surprises.extend(found - set("abcd"))
        except (ValueError, LookupError, AttributeError) as error:
            surprises.append(error)

    threads = [threading.Thread(target=look_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(40):
        placement.add("d")
        placement.remove("d")
    done.set()
    for thread in threads:
        thread.join()
    assert surprises == []


@every
def test_a_placement_can_be_sent_to_another_process(name: str) -> None:
    placement = MAKE[name](["a", "b", "c"])
    assert owners(pickle.loads(pickle.dumps(placement))) == owners(placement)


def test_every_placement_keeps_its_promises_after_many_changes() -> None:
    for name, make in MAKE.items():
        placement: Placement = make(["a", "b"])
        for node in "cdefg":
            placement.add(node)
            placement.check()
        for node in "beg":
            placement.remove(node)
            placement.check()
        assert sorted(placement.nodes) == list("acdf"), name
