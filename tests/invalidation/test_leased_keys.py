"""Leases as the memcache paper has them: who may store, how often, and who takes old values."""

from typing import Any

import pytest

from cachelab.invalidation import LeasedKeys
from cachelab.lab.explorer import Scenario, World, explore, no_stale_value_stays
from cachelab.ports import MISSING, Journal, ManualClock, MemoryStore, instrument


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(clock: ManualClock) -> LeasedKeys:
    return LeasedKeys(MemoryStore(clock), every=10)


def test_of_those_who_find_nothing_one_gets_a_token(store: LeasedKeys) -> None:
    answers = [store.ask("k") for _ in range(100)]
    assert [answer.token is None for answer in answers] == [False, *[True] * 99]


def test_what_the_holder_fills_in_is_the_answer_to_all(store: LeasedKeys) -> None:
    assert store.fill("k", store.ask("k").token, None)
    assert (store.ask("k").value, store.get("k")) == (None, None)


@pytest.mark.parametrize("verb", ["delete", "set", "add", "clear"])
def test_whatever_changes_the_key_makes_the_lease_void(store: LeasedKeys, verb: str) -> None:
    token = store.ask("k").token
    changes = {
        "delete": lambda: store.delete("k"),
        "set": lambda: store.set("k", "new"),
        "add": lambda: store.add("k", "new"),
        "clear": store.clear,
    }
    changes[verb]()
    assert not store.fill("k", token, "old")
    assert store.get("k") != "old"


def test_a_lease_is_good_for_one_value(store: LeasedKeys) -> None:
    token = store.ask("k").token
    assert store.fill("k", token, "first")
    assert not store.fill("k", token, "second")


@pytest.mark.parametrize("token", [None, "made up"])
def test_without_the_token_nothing_is_filled_in(store: LeasedKeys, token: str | None) -> None:
    store.ask("k")
    assert not store.fill("k", token, "forged")


def test_a_key_deleted_again_and_again_is_given_one_token_in_ten_seconds(
    store: LeasedKeys, clock: ManualClock
) -> None:
    given = []
    for tenth in range(600):
        answer = store.ask("k")
        if answer.token is not None:
            given.append(tenth / 10)
            store.fill("k", answer.token, "row")
        store.delete("k")
        clock.advance(0.1)
    assert given == pytest.approx([0, 10, 20, 30, 40, 50], abs=0.11)


def test_a_token_that_came_later_makes_the_one_before_it_void(
    store: LeasedKeys, clock: ManualClock
) -> None:
    late = store.ask("k").token
    clock.advance(10)
    second = store.ask("k").token
    assert not store.fill("k", late, "late")
    assert store.fill("k", second, "in time")


def test_a_lease_that_is_given_up_goes_to_the_next_reader_at_once(store: LeasedKeys) -> None:
    first = store.ask("k").token
    store.give_up("k", first)
    second = store.ask("k").token
    assert second not in (None, first)
    store.give_up("k", first)  # a second time it is nothing to it
    assert store.fill("k", second, "row")


def test_what_was_deleted_is_there_for_those_who_will_not_wait(clock: ManualClock) -> None:
    store = LeasedKeys(MemoryStore(clock), stale_for=5)
    store.set("k", "old")
    store.delete("k")
    holder, other = store.ask("k"), store.ask("k")
    assert (holder.stale, other.stale, other.token) == ("old", "old", None)
    assert store.get("k") is MISSING
    clock.advance(5)
    assert store.ask("k").stale is MISSING


def test_keys_that_look_like_what_it_keeps_beside_them_are_keys(store: LeasedKeys) -> None:
    names = ["k", "k:k", "s:k", "t:k", "t:t:k", ""]
    tokens = [store.ask(name).token for name in names]
    assert all(store.fill(name, token, name) for name, token in zip(names, tokens, strict=True))
    assert store.get_many(names) == {name: name for name in names}


ROUND_TRIPS = {"hit": 1, "holder": 3, "waiting": 2, "fill": 1, "delete": 1, "add": 2, "get": 1}


@pytest.mark.parametrize("what", ROUND_TRIPS)
def test_the_round_trips_are_those_in_the_docstring(what: str) -> None:
    journal = Journal()
    store = LeasedKeys(instrument(MemoryStore(), journal=journal))
    token = store.ask("leased").token
    store.set("kept", "value")
    calls = {
        "hit": lambda: store.ask("kept"),
        "holder": lambda: store.ask("new"),
        "waiting": lambda: store.ask("leased"),
        "fill": lambda: store.fill("leased", token, 1),
        "delete": lambda: store.delete("kept"),
        "add": lambda: store.add("new", 1),
        "get": lambda: store.get("kept"),
    }
    before = len(journal)
    calls[what]()
    assert len(journal) - before == ROUND_TRIPS[what]


def test_to_keep_what_was_deleted_costs_a_delete_two_round_trips_more() -> None:
    journal = Journal()
    store = LeasedKeys(instrument(MemoryStore(), journal=journal), stale_for=5)
    store.set("k", "value")
    before = len(journal)
    store.delete("k")
    assert len(journal) - before == 3


@pytest.mark.parametrize(
    ("word", "seconds"), [("every", 0), ("every", -1), ("every", float("nan")), ("stale_for", -1)]
)
def test_times_that_make_no_sense_are_refused(word: str, seconds: float) -> None:
    options: dict[str, Any] = {word: seconds}
    with pytest.raises(ValueError, match=f"{word} must be .*{seconds}"):
        LeasedKeys(MemoryStore(), **options)


def readers_and_a_writer(readers: int, *, with_leases: bool) -> Scenario:
    """Readers fill through their leases, or past them as a plain cache-aside would."""

    def scenario(world: World) -> Any:
        world.source.write("k", "old")

        def read() -> None:
            store = LeasedKeys(world.store)
            answer = store.ask("k")
            if answer.token is not None:
                value = world.source.read("k").value
                if with_leases:
                    store.fill("k", answer.token, value)
                else:
                    store.set("k", value)

        def write() -> None:
            world.source.write("k", "new")
            LeasedKeys(world.store).delete("k")

        actors = {f"reader {number}": read for number in range(readers)}
        return {**actors, "writer": write}, lambda: LeasedKeys(world.store).get_many(["k"])

    return scenario


def test_no_schedule_lets_a_reader_fill_in_what_a_delete_has_ended() -> None:
    exploration = explore(
        readers_and_a_writer(2, with_leases=True), no_stale_value_stays, budget_seconds=600
    )
    assert (exploration.holds, exploration.is_exhaustive) == (True, True), str(exploration)


def test_without_the_lease_there_is_a_schedule_that_does() -> None:
    exploration = explore(
        readers_and_a_writer(1, with_leases=False), no_stale_value_stays, budget_seconds=600
    )
    assert exploration.broken is no_stale_value_stays
