"""A port that is watched, slow and failing."""

from typing import Any

import pytest

from cachelab.ports import (
    MISSING,
    MemorySource,
    MemoryStore,
    SourceError,
    Store,
    StoreError,
    ThreadRuntime,
)
from cachelab.ports.instrument import LostAnswer, instrument
from cachelab.ports.journal import Event, Journal
from cachelab.ports.sim import SimRuntime


@pytest.fixture
def journal() -> Journal:
    return Journal()


def seen(journal: Journal) -> list[tuple[str, Any, str]]:
    return [(event.verb, event.key, event.outcome) for event in journal]


def test_each_verb_of_a_store_is_an_event(journal: Journal) -> None:
    store: Store = instrument(MemoryStore(), journal=journal)
    store.set("a", 1, ttl=10)
    store.set_many({"b": 2, "c": 3})
    assert store.get("a") == 1
    assert store.get("z") is MISSING
    assert store.get_many(["a", "z"]) == {"a": 1}
    assert not store.delete("z")
    store.clear()
    assert seen(journal) == [
        ("set", "a", "ok"),
        ("set_many", ("b", "c"), "ok"),
        ("get", "a", "ok"),
        ("get", "z", "missing"),
        ("get_many", ("a", "z"), "ok"),
        ("delete", "z", "no"),
        ("clear", None, "ok"),
    ]


def test_each_verb_of_a_source_is_an_event(journal: Journal) -> None:
    source = instrument(MemorySource(), journal=journal, name="orders")
    source.write("a", 1)
    source.read("a")
    source.read("b")
    source.delete("a")
    assert [event.verb for event in journal] == ["write", "read", "read", "delete"]
    assert {event.port for event in journal} == {"orders"}


def test_keys_are_found_in_named_arguments_and_in_iterators(journal: Journal) -> None:
    store = instrument(MemoryStore(), journal=journal)
    store.set(key="a", value=1)
    assert store.get_many(key for key in ["a", "b"]) == {"a": 1}
    assert store.get_many(keys=iter("ab")) == {"a": 1}
    assert [event.key for event in journal] == ["a", ("a", "b"), ("a", "b")]


def test_an_error_of_the_port_is_raised_and_named(journal: Journal) -> None:
    store = instrument(MemoryStore(), journal=journal)
    with pytest.raises(TypeError, match="a key must be text"):
        store.get(b"k")  # type: ignore[arg-type]
    assert seen(journal) == [("get", None, "TypeError")]


def test_what_is_no_verb_is_passed_through_and_is_no_event(journal: Journal) -> None:
    inner = MemoryStore()
    store = instrument(inner, journal=journal)
    assert store.entries is inner.entries
    store.clock = other = ThreadRuntime()
    assert inner.clock is other
    assert isinstance(store, MemoryStore)
    assert repr(store) == f"instrument({inner!r})"
    with pytest.raises(AttributeError, match="no attribute 'colour'"):
        store.colour  # type: ignore[attr-defined]  # noqa: B018
    assert not journal


def test_events_have_the_task_and_the_times_of_the_runtime(journal: Journal) -> None:
    sim = SimRuntime()
    store = instrument(MemoryStore(sim), sim, journal=journal, latency=0.5)

    def reader() -> None:
        sim.sleep(1)
        store.get("k")

    sim.run(lambda: sim.spawn(reader, name="reader"))
    assert journal == [Event(1.0, "reader", "MemoryStore", "get", "k", "missing", 0.5)]


def test_the_effect_comes_at_half_of_the_latency() -> None:
    sim = SimRuntime()
    inner = MemoryStore(sim)
    store = instrument(inner, sim, latency=10)

    def main() -> Any:
        sim.spawn(store.set, "k", "new")
        sim.sleep(4)
        before = inner.get("k")
        sim.sleep(2)
        return before, inner.get("k"), sim.now()

    assert sim.run(main) == (MISSING, "new", 6)
    assert sim.now() == 10


def test_latency_may_depend_on_the_verb_and_the_key(journal: Journal) -> None:
    sim = SimRuntime()

    def latency(verb: str, key: Any) -> float:
        return 2.0 if (verb, key) == ("get", "far") else 0.0

    store = instrument(MemoryStore(sim), sim, journal=journal, latency=latency)
    sim.run(lambda: (store.get("near"), store.get("far"), store.set("far", 1)))
    assert [event.seconds for event in journal] == [0, 2, 0]


def test_a_fault_is_raised_instead_of_the_call(journal: Journal) -> None:
    down = StoreError("connection refused")
    inner = MemoryStore()
    store = instrument(
        inner,
        journal=journal,
        faults=lambda verb, _key, number: down if (verb, number) == ("set", 2) else None,
    )
    store.get("k")
    store.set("k", 1)
    with pytest.raises(StoreError) as caught:
        store.set("k", 2)
    store.set("other", 3)
    assert caught.value is down
    assert inner.get("k") == 1
    assert seen(journal)[2] == ("set", "k", "StoreError")


def test_a_lost_answer_is_an_error_though_the_call_was_carried_out(journal: Journal) -> None:
    inner = MemorySource()
    source = instrument(
        inner, journal=journal, faults=lambda *_: LostAnswer(SourceError("timed out"))
    )
    with pytest.raises(SourceError, match="timed out"):
        source.write("k", "paid")
    row = inner.read("k")
    assert row is not MISSING
    assert row.value == "paid"
    assert seen(journal) == [("write", "k", "lost: SourceError")]


def test_a_call_that_fails_by_itself_has_no_answer_to_lose(journal: Journal) -> None:
    store = instrument(
        MemoryStore(), journal=journal, faults=lambda *_: LostAnswer(StoreError("timed out"))
    )
    with pytest.raises(TypeError):
        store.set("k", object())
    assert seen(journal) == [("set", "k", "TypeError")]


def test_a_failing_call_takes_its_time_too(journal: Journal) -> None:
    sim = SimRuntime()
    store = instrument(
        MemoryStore(sim), sim, journal=journal, latency=4, faults=lambda *_: StoreError("cut")
    )
    with pytest.raises(StoreError):
        sim.run(store.get, "k")
    assert journal[0].seconds == sim.now() == 4


def test_two_ports_share_a_journal() -> None:
    journal, sim = Journal(), SimRuntime()
    store = instrument(MemoryStore(sim), sim, journal=journal, name="near")
    source = instrument(MemorySource(), sim, journal=journal, name="far")
    sim.run(lambda: (store.get("k"), source.read("k"), store.set("k", 1)))
    assert [event.port for event in journal] == ["near", "far", "near"]


def test_calls_of_many_threads_are_numbered_without_gaps() -> None:
    numbers: list[int] = []
    runtime = ThreadRuntime()
    store = instrument(
        MemoryStore(), runtime, faults=lambda _verb, _key, number: numbers.append(number)
    )

    def read() -> None:
        for _ in range(50):
            store.get("k")

    for task in [runtime.spawn(read) for _ in range(4)]:
        task.join()
    assert sorted(numbers) == list(range(1, 201))


def test_events_are_in_the_order_in_which_the_calls_were_carried_out(journal: Journal) -> None:
    sim = SimRuntime()
    inner = MemoryStore(sim)
    slow = instrument(inner, sim, journal=journal, latency=10, name="slow")
    fast = instrument(inner, sim, journal=journal, latency=2, name="fast")

    def main() -> None:
        sim.spawn(slow.get, "k")
        sim.sleep(6)
        fast.set("k", 1)

    sim.run(main)
    assert [(event.port, event.outcome) for event in journal] == [
        ("slow", "missing"),
        ("fast", "ok"),
    ]
    assert [event.at + event.seconds for event in journal] == [10, 8]


def test_a_call_cut_short_by_the_end_of_its_run_is_in_the_journal_if_it_was_carried_out() -> None:
    journal, sim = Journal(), SimRuntime()
    store = instrument(MemoryStore(sim), sim, journal=journal, latency=10)

    def main() -> None:
        sim.spawn(store.set, "early", 1)
        sim.sleep(4)
        sim.spawn(store.set, "late", 1)
        sim.sleep(2)
        raise KeyError

    with pytest.raises(KeyError):
        sim.run(main)
    assert [event.key for event in journal] == ["early"]
