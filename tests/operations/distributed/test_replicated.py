"""A store of several copies: what each read rule promises, under every order of steps."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachelab.operations.distributed import Replicated
from cachelab.operations.distributed.replicated import ReadRule
from cachelab.operations.distributed.versioned import read_copy
from cachelab.ports import (
    MISSING,
    ManualClock,
    MemoryStore,
    SimRuntime,
    Store,
    StoreError,
    ThreadRuntime,
)
from cachelab.ports.instrument import LostAnswer, instrument
from cachelab.ports.journal import Key
from tests.contracts.store_contract import StoreContract
from tests.strategies.world import FlakyStore

from .linear import History

RULES: list[ReadRule] = ["first", "quorum"]
ERROR = StoreError("the store is down")

STEPS = st.one_of(
    st.sampled_from([("get",), ("get",), ("delete",)]),
    st.tuples(st.sampled_from(["set", "add"]), st.sampled_from("abc")),
    st.tuples(st.just("replace"), st.sampled_from("abc"), st.sampled_from("xyz")),
)
PROGRAMS = st.lists(st.lists(STEPS, min_size=1, max_size=4), min_size=2, max_size=3)
SCHEDULES = st.lists(st.integers(0, 2), min_size=60, max_size=60)
FAULTS = st.dictionaries(st.integers(0, 14), st.sampled_from(["refused", "lost"]), max_size=6)


@pytest.mark.parametrize(("rule", "copies"), [("first", 2), ("quorum", 3)])
class TestReplicated(StoreContract):
    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()

    @pytest.fixture
    def store(self, clock: ManualClock, rule: ReadRule, copies: int) -> Replicated:
        return Replicated([MemoryStore(clock) for _ in range(copies)], rule, forget_after=1e9)

    @pytest.fixture
    def advance(self, clock: ManualClock) -> Callable[[float], None]:
        return clock.advance


def flaky(sim: SimRuntime, faults: dict[int, str]) -> Store:
    """A store of which some calls, by number, are refused, or carried out without an answer."""
    numbers = count()

    def fault(verb: str, key: Key, number: int) -> StoreError | LostAnswer | None:
        kinds = {"refused": ERROR, "lost": LostAnswer(ERROR)}
        return kinds.get(faults.get(next(numbers), ""))

    return instrument(MemoryStore(sim), sim, faults=fault)


def side_by_side(
    rule: ReadRule,
    programs: list[list[tuple[str, ...]]],
    schedule: list[int],
    bad: int,
    faults: dict[int, str],
) -> History:
    """Run clients over three stores of which number `bad` has faults; return what they saw."""
    sim, history = SimRuntime(schedule), History()
    stores = [flaky(sim, faults if number == bad else {}) for number in range(3)]

    def client(steps: list[tuple[str, ...]]) -> None:
        store = Replicated(stores, rule)
        for verb, *args in steps:
            history.make(store, verb, *args)

    def main() -> None:
        for task in [sim.spawn(client, steps) for steps in programs]:
            task.join()
        client([("get",), ("get",)])

    sim.run(main)
    return history


@given(PROGRAMS, SCHEDULES, st.integers(0, 2), FAULTS)
@settings(max_examples=200, deadline=None)
def test_with_a_quorum_clients_see_one_store_whatever_one_of_three_does(
    programs: list[list[tuple[str, ...]]], schedule: list[int], bad: int, faults: dict[int, str]
) -> None:
    history = side_by_side("quorum", programs, schedule, bad, faults)
    assert history.has_one_order(), history.calls


@given(PROGRAMS, SCHEDULES)
@settings(max_examples=100, deadline=None)
def test_with_read_first_clients_see_one_store_while_all_are_well(
    programs: list[list[tuple[str, ...]]], schedule: list[int]
) -> None:
    history = side_by_side("first", programs, schedule, 0, {})
    assert history.has_one_order(), history.calls


def test_the_search_for_an_order_finds_none_where_a_new_value_is_seen_and_then_the_old() -> None:
    history, store = History(), MemoryStore()
    history.make(store, "set", "old")
    history.make(store, "set", "new")
    history.make(store, "get")
    assert history.has_one_order()
    store.set("k", "old")
    history.make(store, "get")
    assert not history.has_one_order()


class Rig:
    """Three stores that fail when told, and a replicated one over them."""

    def __init__(self, rule: ReadRule = "quorum", **options: Any) -> None:
        self.clock = ManualClock()
        self.nodes = [FlakyStore(ThreadRuntime()) for _ in range(3)]
        for node in self.nodes:
            node.inner = MemoryStore(self.clock)
        self.store = Replicated(self.nodes, rule, **options)

    def held(self) -> list[Any]:
        """What each store holds under "k"."""
        return [read_copy(node.inner.get("k")).value for node in self.nodes]


@pytest.mark.parametrize("dead", range(3))
def test_with_a_quorum_one_dead_store_of_three_is_not_noticed(dead: int) -> None:
    rig = Rig()
    rig.store.set("k", "before")
    rig.nodes[dead].down = True
    assert rig.store.get("k") == "before"
    rig.store.set("k", "after")
    rig.store.set_many({"k2": 2, "k3": 3}, ttl=60)
    assert rig.store.get_many(["k3", "k", "k2"]) == {"k3": 3, "k": "after", "k2": 2}
    assert rig.store.delete("k")
    rig.nodes[dead].down = False
    assert rig.store.get("k") is MISSING
    assert rig.store.ttl("k2") == 60


@pytest.mark.parametrize("rule", RULES)
def test_a_value_that_a_dead_store_slept_through_is_brought_to_it_by_a_read(rule: ReadRule) -> None:
    rig = Rig(rule)
    rig.store.set("k", "v", ttl=100)
    rig.nodes[0].inner.clear()
    rig.clock.advance(40)
    assert rig.store.get("k") == "v"
    assert rig.held() == ["v"] * 3
    assert rig.nodes[0].inner.ttl("k") == 60


@pytest.mark.parametrize("asleep", range(3))
def test_a_deleted_value_does_not_come_back_with_a_store_that_slept(asleep: int) -> None:
    rig = Rig()
    rig.store.set("k", "old")
    rig.nodes[asleep].down = True
    assert rig.store.delete("k")
    rig.nodes[asleep].down = False
    assert [rig.store.get("k") for _ in range(3)] == [MISSING] * 3
    assert rig.store.add("k", "new")
    assert rig.held() == ["new"] * 3


def test_a_write_that_too_few_stores_took_says_so() -> None:
    rig = Rig()
    for node in rig.nodes[1:]:
        node.failing.update({"add", "replace"})
    with pytest.raises(StoreError, match="1 of 3 stores have the entry; 2 are needed"):
        rig.store.set("k", "half")
    assert rig.held() == ["half", MISSING, MISSING]


def test_a_half_written_value_that_was_read_once_is_read_ever_after() -> None:
    rig = Rig()
    rig.store.set("k", "old")
    for node in rig.nodes[1:]:
        node.failing.add("replace")
    with pytest.raises(StoreError):
        rig.store.set("k", "half")
    for node in rig.nodes[1:]:
        node.failing.clear()
    assert rig.store.get("k") == "half"
    rig.nodes[0].down = True
    assert rig.store.get("k") == "half"


def test_a_half_written_value_on_a_sleeping_store_does_not_outlive_a_delete() -> None:
    rig = Rig()
    for node in rig.nodes[1:]:
        node.failing.add("add")
    with pytest.raises(StoreError):
        rig.store.set("k", "half")
    for node in rig.nodes[1:]:
        node.failing.clear()
    rig.nodes[0].down = True
    assert not rig.store.delete("k")
    rig.nodes[0].down = False
    assert rig.store.get("k") is MISSING


def test_after_forget_after_a_store_that_slept_brings_the_old_value_back_as_documented() -> None:
    rig = Rig(forget_after=3600)
    rig.store.set("k", "old")
    rig.nodes[0].down = True
    rig.store.delete("k")
    rig.nodes[0].down = False
    rig.clock.advance(3601)
    assert rig.store.get("k") == "old"


@pytest.mark.parametrize("verb", ["get", "set", "delete", "ttl"])
def test_two_dead_stores_of_three_are_an_error_that_counts_them(verb: str) -> None:
    rig = Rig()
    rig.nodes[0].down = rig.nodes[2].down = True
    args = ("k", "v") if verb == "set" else ("k",)
    with pytest.raises(StoreError, match="1 of 3 stores answer; 2 are needed"):
        getattr(rig.store, verb)(*args)


@pytest.mark.parametrize("dead", range(3))
def test_with_read_first_a_write_says_that_a_store_is_dead_and_reaches_the_others(
    dead: int,
) -> None:
    rig = Rig("first")
    rig.store.set("k", "old")
    rig.nodes[dead].down = True
    with pytest.raises(StoreError, match="2 of 3 stores have the entry; 3 are needed"):
        rig.store.set("k", "new")
    assert rig.store.get("k") == "new"
    assert [value for at, value in enumerate(rig.held()) if at != dead] == ["new"] * 2


def test_with_read_first_one_living_store_is_enough_to_read() -> None:
    rig = Rig("first")
    rig.store.set_many({"k": 1, "k2": 2})
    rig.nodes[0].down = rig.nodes[1].down = True
    assert rig.store.get_many(["k2", "k"]) == {"k2": 2, "k": 1}
    assert rig.store.get("other") is MISSING


def test_with_read_first_a_hit_is_one_trip() -> None:
    rig = Rig("first")
    rig.store.set("k", 1)
    for node in rig.nodes:
        node.calls.clear()
    rig.store.get("k")
    assert [node.calls for node in rig.nodes] == [["get_many"], [], []]


def test_with_a_quorum_a_hit_is_two_trips_of_three_stores() -> None:
    rig = Rig()
    rig.store.set("k", 1)
    for node in rig.nodes:
        node.calls.clear()
    rig.store.get("k")
    assert [node.calls for node in rig.nodes] == [["get_many"], ["get_many"], []]


@pytest.mark.parametrize("rule", RULES)
def test_add_and_replace_wait_for_nobody_but_the_first_store(rule: ReadRule) -> None:
    rig = Rig(rule)
    rig.store.set("k", "old")
    rig.nodes[0].down = True
    for attempt in (lambda: rig.store.add("n", 1), lambda: rig.store.replace("k", "old", "new")):
        with pytest.raises(StoreError, match="answer, the first among them"):
            attempt()
    assert rig.held()[1:] == ["old"] * 2


def test_what_lies_in_a_store_and_is_no_copy_is_older_than_all_copies() -> None:
    rig = Rig()
    rig.nodes[0].inner.set("k", "from before")
    assert rig.store.get("k") is MISSING
    assert rig.store.add("k", "new")
    assert rig.held() == ["new"] * 3


@pytest.mark.parametrize("verb", ["clear", "close"])
def test_every_store_is_cleared_and_closed_though_one_fails(
    verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Rig()
    done = []

    def fail() -> None:
        raise ERROR

    for number, node in enumerate(rig.nodes):
        work = fail if number == 0 else (lambda number=number: done.append(number))
        monkeypatch.setattr(node, verb, work)
    with pytest.raises(StoreError, match=r"1 of Replicated\(3 stores, read='quorum'\) failed"):
        getattr(rig.store, verb)()
    assert done == [1, 2]


@pytest.mark.parametrize(
    ("stores", "options", "words"),
    [
        ([], {}, "stores is empty"),
        ([MemoryStore()], {"read": "any"}, "read must be 'first' or 'quorum', not 'any'"),
        ([MemoryStore()], {"forget_after": 0}, "forget_after must be seconds above 0, not 0"),
    ],
)
def test_what_cannot_be_replicated_is_refused(
    stores: list[Store], options: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        Replicated(stores, **options)
