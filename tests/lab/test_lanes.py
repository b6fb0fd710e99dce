"""The reader of containers: what it takes for a lane, and what it passes over."""

import threading
from collections import OrderedDict, defaultdict, deque
from typing import Any

import pytest

from cachelab.eviction import LFU
from cachelab.lab.lanes import MAX_KEYS, LaneReader

KEYS = ["a", "b", "c"]


class Thing:
    """An object with the attributes that a test gives it."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


def lanes(**attributes: Any) -> dict[str, tuple[Any, ...]]:
    return dict(LaneReader(Thing(**attributes), KEYS).read().lanes)


@pytest.mark.parametrize(
    "container",
    [
        OrderedDict.fromkeys("ba"),
        dict.fromkeys("ba"),
        ["b", "a"],
        ("b", "a"),
        deque("ba"),
        [("b", 1), ("a", 2)],
        [["b", 1.5], ["a", 2.5]],
        [(7, "b"), (9, "a")],
    ],
)
def test_a_container_of_keys_is_a_lane_in_its_own_order(container: Any) -> None:
    assert lanes(held=container) == {"held": ("b", "a")}


def test_a_set_has_no_order_so_its_keys_are_sorted() -> None:
    assert lanes(held={"c", "a", "b"}) == {"held": ("a", "b", "c")}


def test_underscores_and_mangling_are_no_part_of_a_name() -> None:
    assert lanes(_order=["a"], _LRUCache__map={"b": 1}) == {"order": ("a",), "map": ("b",)}


def test_locks_functions_and_texts_are_passed_over() -> None:
    found = lanes(lock=threading.RLock(), clock=len, name="a", other=None, when=[1.5, 2.5])
    assert found == {}


def test_a_dict_of_containers_is_one_lane_per_shelf_in_the_order_of_the_shelves() -> None:
    shelves = defaultdict(OrderedDict, {10: OrderedDict(a=1), 2: OrderedDict(b=1, c=1)})
    assert list(lanes(shelves=shelves).items()) == [
        ("shelves 2", ("b", "c")),
        ("shelves 10", ("a",)),
    ]


def test_a_dict_of_entries_is_no_row_of_shelves() -> None:
    assert lanes(held={"a": {"value": 1}, "b": {"value": 2}}) == {"held": ("a", "b")}


def test_numbers_are_kept_by_name_and_counts_by_key() -> None:
    snapshot = LaneReader(Thing(p=2.5, count={"a": 3}, on=True), KEYS).read()
    assert (snapshot.numbers, snapshot.notes) == ({"p": 2.5}, {"count": {"a": 3}})


def test_counts_and_tables_of_nodes_are_there_for_looking_up() -> None:
    class Node:
        def __init__(self, key: str) -> None:
            self.key, self.next = key, None

    subject = Thing(count={"a": 1}, map={"a": Node("a")}, order=["a"])
    assert LaneReader(subject, KEYS).read().indexes == {"count", "map"}


def test_the_lanes_of_a_part_carry_the_name_of_the_part() -> None:
    assert lanes(history=Thing(old=["a"], new=deque("b"))) == {
        "history.old": ("a",),
        "history.new": ("b",),
    }


def test_a_dict_that_is_the_cache_itself_is_a_lane() -> None:
    class Mine(OrderedDict[str, int]):
        def __iter__(self) -> Any:
            raise AssertionError("reading must not run the learner's code")

    mine = Mine()
    reader = LaneReader(mine, KEYS)
    OrderedDict.__setitem__(mine, "b", 1)
    assert reader.read().lanes["self"] == ("b",)


def test_at_most_sixty_four_keys_are_read_from_one_container() -> None:
    keys = list(range(100))
    assert len(LaneReader(Thing(held=keys), keys).read().lanes["held"]) == MAX_KEYS


def test_a_key_is_resident_where_its_value_is() -> None:
    subject = Thing(held={}, ghosts=OrderedDict())
    reader = LaneReader(subject, KEYS)
    reader.values["a"] = value = "the value of a"
    subject.held["a"] = value
    subject.ghosts["b"] = None
    assert reader.read().residents == {"a"}


class Link:
    """A list node whose names for its neighbours a test chooses."""

    def __init__(self, forward: str, backward: str, key: Any = None) -> None:
        self.key = key
        setattr(self, forward, None)
        setattr(self, backward, None)


def tie(forward: str, backward: str, first: Link, second: Link) -> None:
    setattr(first, forward, second)
    setattr(second, backward, first)


@pytest.mark.parametrize(
    ("forward", "backward"),
    [("next", "prev"), ("nxt", "prv"), ("newer", "older"), ("right", "left"), ("_next", "_prev")],
)
def test_a_list_between_two_sentinels_is_a_lane_without_them(forward: str, backward: str) -> None:
    head, tail = Link(forward, backward, 0), Link(forward, backward, 0)
    tie(forward, backward, head, tail)
    subject = Thing(head=head, tail=tail)
    reader = LaneReader(subject, KEYS)
    before = dict(reader.read().lanes)
    last = head
    for key in "ba":
        node = Link(forward, backward, key)
        tie(forward, backward, last, node)
        tie(forward, backward, node, tail)
        last = node
    assert (before, dict(reader.read().lanes)) == ({"head": ()}, {"head": ("b", "a")})


def test_a_ring_around_one_sentinel_is_a_lane_once() -> None:
    root, node = Link("next", "prev"), Link("next", "prev", "a")
    tie("next", "prev", root, root)
    reader = LaneReader(Thing(root=root), KEYS)
    tie("next", "prev", root, node)
    tie("next", "prev", node, root)
    assert dict(reader.read().lanes) == {"root": ("a",)}


def test_a_list_without_sentinels_is_shown_from_its_head_only() -> None:
    subject = Thing(head=None, tail=None)
    reader = LaneReader(subject, KEYS)
    first, second = Link("next", "prev", "a"), Link("next", "prev", "b")
    tie("next", "prev", first, second)
    subject.head, subject.tail = first, second
    assert dict(reader.read().lanes) == {"head": ("a", "b")}


def test_a_list_in_an_object_of_its_own_has_the_name_of_that_object() -> None:
    inner = Thing(head=Link("next", "prev"))
    reader = LaneReader(Thing(order=inner), KEYS)
    tie("next", "prev", inner.head, Link("next", "prev", "c"))
    assert dict(reader.read().lanes) == {"order": ("c",)}


def test_lists_that_are_made_later_leave_their_sentinels_out_too() -> None:
    subject = Thing(shelves={})
    reader = LaneReader(subject, KEYS)
    head, tail, node = (Link("next", "prev", key) for key in (0, 0, "b"))
    tie("next", "prev", head, node)
    tie("next", "prev", node, tail)
    subject.shelves[1] = Thing(head=head, tail=tail)
    assert dict(reader.read().lanes) == {"shelves 1": ("b",)}


def test_slots_are_read_as_well() -> None:
    class Slotted:
        __slots__ = ("__order", "never_set")

        def __init__(self) -> None:
            self.__order = ["a"]

    assert dict(LaneReader(Slotted(), KEYS).read().lanes) == {"order": ("a",)}


def test_the_shelves_of_lfu_are_lanes() -> None:
    lfu = LFU(3)
    reader = LaneReader(lfu, KEYS)
    for key in "ab":
        lfu.insert(key)
    lfu.hit("a")
    assert reader.read().lanes == {"count": ("a", "b"), "shelves 1": ("b",), "shelves 2": ("a",)}
