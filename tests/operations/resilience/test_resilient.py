"""A store that may fail, made harmless: contract, breaker, retries, and the deletes it owes."""

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachelab.operations.resilience import (
    CircuitBreaker,
    Resilient,
    Retries,
    StaleRisk,
    State,
)
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
from cachelab.strategies import STRATEGIES, MemoryLog, Strategy
from tests.contracts.store_contract import StoreContract
from tests.strategies.world import FlakySource, FlakyStore

RIGHT = [(name, "second") for name in STRATEGIES if name != "write_around"]


class TestResilient(StoreContract):
    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()

    @pytest.fixture
    def store(self, clock: ManualClock) -> Iterator[Resilient]:
        store = Resilient(MemoryStore(clock), CircuitBreaker(clock))
        yield store
        assert store.health().is_well
        store.close()

    @pytest.fixture
    def advance(self, clock: ManualClock) -> Callable[[float], None]:
        return clock.advance


class Rig:
    """A resilient store in virtual time over one that fails when told."""

    def __init__(self, schedule: list[int] | None = None, **options: Any) -> None:
        self.sim = SimRuntime(schedule)
        self.inner = FlakyStore(self.sim)
        self.risks: list[StaleRisk] = []
        self.errors: list[tuple[str, str | None]] = []
        self.breaker = CircuitBreaker(self.sim, minimum_calls=3, open_for=5.0)
        self.store = Resilient(
            self.inner,
            self.breaker,
            runtime=self.sim,
            rng=random.Random(1),
            on_risk=self.risks.append,
            on_error=lambda verb, key, _: self.errors.append((verb, key)),
            **{"retries": Retries(tries=2, base=0.01, cap=0.1), **options},
        )

    def run(self, scene: Callable[[], Any]) -> Any:
        def main() -> Any:
            try:
                return scene()
            finally:
                self.store.close()

        return self.sim.run(main)


READS: dict[str, tuple[Callable[[Store], Any], Any]] = {
    "get": (lambda store: store.get("k"), MISSING),
    "get_many": (lambda store: store.get_many(["k"]), {}),
    "ttl": (lambda store: store.ttl("k"), MISSING),
}
REPEATED: dict[str, Callable[[Store], Any]] = {
    "set": lambda store: store.set("k", 1),
    "set_many": lambda store: store.set_many({"k": 1}),
    "delete": lambda store: store.delete("k"),
}
ONCE: dict[str, Callable[[Store], Any]] = {
    "add": lambda store: store.add("k", 1),
    "replace": lambda store: store.replace("k", 1, 2),
}
WRITES = REPEATED | ONCE


@pytest.mark.parametrize("verb", READS)
def test_a_read_that_fails_is_a_miss(verb: str) -> None:
    rig, (read, nothing) = Rig(), READS[verb]
    rig.inner.down = True
    assert rig.run(lambda: read(rig.store)) == nothing
    assert rig.errors == [(verb, None if verb == "get_many" else "k")] * 2


@pytest.mark.parametrize("verb", WRITES)
def test_a_write_that_fails_says_so(verb: str) -> None:
    rig = Rig()
    rig.inner.down = True
    with pytest.raises(StoreError, match="the store is down"):
        rig.run(lambda: WRITES[verb](rig.store))


@pytest.mark.parametrize("verb", [*READS, *REPEATED])
def test_a_verb_that_may_be_repeated_is_tried_again_after_a_pause(verb: str) -> None:
    rig = Rig(retries=Retries(tries=2, base=0.05, cap=0.1))
    call = READS[verb][0] if verb in READS else REPEATED[verb]
    rig.inner.set("k", 1)
    rig.inner.failing.add(verb)
    rig.inner.calls.clear()

    def scene() -> float:
        rig.sim.spawn(lambda: rig.inner.failing.clear())
        call(rig.store)
        return rig.sim.now()

    assert 0 < rig.run(scene) <= 0.05
    assert rig.inner.calls == [verb, verb]


@pytest.mark.parametrize("verb", ONCE)
def test_a_verb_that_would_find_its_own_work_is_tried_once(verb: str) -> None:
    rig = Rig()
    rig.inner.down = True
    with pytest.raises(StoreError):
        rig.run(lambda: ONCE[verb](rig.store))
    assert rig.inner.calls == [verb]


def test_a_dead_cache_is_asked_a_few_times_for_a_thousand_reads() -> None:
    rig = Rig()
    rig.inner.down = True
    assert rig.run(lambda: {rig.store.get(f"k{n}") for n in range(1_000)}) == {MISSING}
    assert len(rig.inner.calls) == 3
    assert rig.store.health().refused_calls == 998


@pytest.mark.parametrize("verb", READS)
def test_those_who_handle_errors_are_told_that_a_read_failed(verb: str) -> None:
    rig = Rig(failed_reads="raise")
    rig.inner.down = True
    with pytest.raises(StoreError, match="the store is down"):
        rig.run(lambda: READS[verb][0](rig.store))


def test_what_to_do_with_a_failed_read_is_one_of_two_words() -> None:
    with pytest.raises(ValueError, match="not 'ignore'"):
        Resilient(MemoryStore(), failed_reads="ignore")  # type: ignore[arg-type]


def open_breaker(rig: Rig) -> None:
    rig.inner.down = True
    for _ in range(3):
        rig.store.get("other")
    assert rig.breaker.state is State.OPEN
    rig.inner.calls.clear()


@pytest.mark.parametrize("verb", READS)
def test_while_the_breaker_is_open_reads_are_misses_at_once(verb: str) -> None:
    rig, (read, nothing) = Rig(), READS[verb]

    def scene() -> None:
        open_breaker(rig)
        before = rig.sim.now()
        assert read(rig.store) == nothing
        assert (rig.sim.now(), rig.inner.calls) == (before, [])

    rig.run(scene)


@pytest.mark.parametrize("verb", WRITES)
def test_while_the_breaker_is_open_writes_are_refused_at_once(verb: str) -> None:
    rig = Rig()

    def scene() -> None:
        open_breaker(rig)
        before = rig.sim.now()
        with pytest.raises(StoreError, match="left alone for a while"):
            WRITES[verb](rig.store)
        assert (rig.sim.now(), rig.inner.calls) == (before, [])

    rig.run(scene)


def test_a_key_whose_delete_failed_is_a_miss_until_it_went_through() -> None:
    rig = Rig()

    def scene() -> None:
        rig.inner.set("k", "old", ttl=600)
        rig.inner.failing.add("delete")
        with pytest.raises(StoreError):
            rig.store.delete("k")
        assert rig.store.get("k") is MISSING
        assert rig.store.get_many(["k"]) == {}
        assert rig.store.ttl("k") is MISSING
        assert rig.store.replace("k", "old", "older") is False
        assert rig.store.health().pending_deletes == 1
        assert rig.inner.inner.get("k") == "old"
        rig.inner.failing.clear()
        rig.sim.sleep(10.0)
        assert rig.inner.inner.get("k") is MISSING
        assert rig.store.health().pending_deletes == 0
        assert rig.store.add("k", "new")

    rig.run(scene)
    assert rig.risks == []


@pytest.mark.parametrize("verb", ["set", "set_many"])
def test_a_value_that_could_not_be_replaced_is_not_served(verb: str) -> None:
    rig = Rig()

    def scene() -> None:
        rig.inner.set("k", "old")
        rig.inner.failing.add(verb)
        with pytest.raises(StoreError):
            WRITES[verb](rig.store)
        assert rig.store.get("k") is MISSING
        rig.sim.sleep(10.0)
        assert rig.inner.inner.get("k") is MISSING

    rig.run(scene)


def test_an_entry_that_could_not_be_taken_away_by_its_value_is_owed_too() -> None:
    rig = Rig()

    def scene() -> None:
        rig.inner.set("k", "old")
        rig.inner.failing.add("replace")
        with pytest.raises(StoreError):
            rig.store.replace("k", "old", MISSING)
        assert rig.store.get("k") is MISSING
        rig.sim.sleep(10.0)
        assert rig.inner.inner.get("k") is MISSING

    rig.run(scene)


def test_a_new_value_pays_the_owed_delete() -> None:
    rig = Rig()

    def scene() -> None:
        rig.inner.failing.add("delete")
        with pytest.raises(StoreError):
            rig.store.delete("k")
        rig.store.set("k", "new")
        assert rig.store.get("k") == "new"
        rig.sim.sleep(10.0)
        assert rig.store.get("k") == "new"

    rig.run(scene)


def test_a_key_is_added_only_after_the_owed_delete() -> None:
    rig = Rig(retries=Retries(tries=1))

    def scene() -> None:
        rig.inner.set("k", "old")
        rig.inner.failing.add("delete")
        with pytest.raises(StoreError):
            rig.store.delete("k")
        with pytest.raises(StoreError):
            rig.store.add("k", "new")
        rig.inner.failing.clear()
        rig.sim.sleep(0.001)
        assert rig.store.add("k", "new")
        assert rig.store.get("k") == "new"

    rig.run(scene)


def test_clear_pays_what_is_owed() -> None:
    rig = Rig()

    def scene() -> int:
        rig.inner.failing.add("delete")
        with pytest.raises(StoreError):
            rig.store.delete("k")
        rig.store.clear()
        return rig.store.health().pending_deletes

    assert rig.run(scene) == 0


def test_a_delete_that_never_goes_through_is_reported_once_with_its_key() -> None:
    rig = Rig(give_up_after=30.0)

    def scene() -> None:
        rig.inner.down = True
        with pytest.raises(StoreError):
            rig.store.delete("k")
        rig.sim.sleep(120.0)
        health = rig.store.health()
        assert (health.pending_deletes, health.staleness_risks) == (0, 1)
        assert not health.is_well
        assert "'k' may be stale: its delete did not go through" in str(health)

    rig.run(scene)
    (risk,) = rig.risks
    assert risk.key == "k"
    assert 30.0 <= risk.at - risk.since <= 33.0


def test_a_delete_that_finds_no_room_to_wait_is_reported_at_once() -> None:
    rig = Rig(pending_at_most=2)

    def scene() -> None:
        rig.inner.down = True
        for number in range(5):
            with pytest.raises(StoreError):
                rig.store.delete(f"k{number}")
        assert rig.store.health().pending_deletes == 2
        assert [risk.key for risk in rig.risks] == ["k2", "k3", "k4"]
        rig.inner.down = False
        rig.sim.sleep(20.0)

    rig.run(scene)
    assert len(rig.risks) == 3


def test_closing_tries_once_more_and_reports_the_rest() -> None:
    rig = Rig()

    def scene() -> None:
        rig.inner.set("paid", 1)
        rig.inner.failing.add("delete")
        for key in ("paid", "owed"):
            with pytest.raises(StoreError):
                rig.store.delete(key)
        rig.breaker = rig.store.breaker = CircuitBreaker(rig.sim)
        real, lets = rig.inner.delete, {"paid"}
        rig.inner.delete = lambda key: rig.inner.inner.delete(key) if key in lets else real(key)  # type: ignore[method-assign]

    rig.run(scene)
    assert rig.inner.inner.get("paid") is MISSING
    assert [risk.key for risk in rig.risks] == ["owed"]


def test_a_store_without_failures_starts_no_task() -> None:
    rig = Rig()
    rig.run(lambda: (rig.store.set("k", 1), rig.store.delete("k")))
    assert rig.sim.choices == []


def test_without_a_callback_a_risk_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    inner = FlakyStore(ThreadRuntime())
    store = Resilient(inner, retries=Retries(tries=1), pending_at_most=0)
    inner.down = True
    with pytest.raises(StoreError):
        store.delete("k")
    store.close()
    assert "'k' may be stale" in caplog.text


def test_the_worker_runs_on_a_thread_as_well() -> None:
    runtime = ThreadRuntime()
    inner = FlakyStore(runtime)
    store = Resilient(inner, retries=Retries(tries=1), runtime=runtime)
    inner.set("k", "old")
    inner.failing.add("delete")
    with pytest.raises(StoreError):
        store.delete("k")
    inner.failing.clear()
    store.close()
    assert inner.inner.get("k") is MISSING
    assert store.health().staleness_risks == 0


@pytest.mark.parametrize("tries", [1, 2, 4])
def test_a_read_takes_no_longer_than_it_says(tries: int) -> None:
    retries = Retries(tries=tries, base=0.5, cap=0.7)
    sim = SimRuntime()
    slow = instrument(FlakyStore(sim), sim, latency=0.25, faults=lambda *_: StoreError("late"))
    store = Resilient(slow, CircuitBreaker(sim, minimum_calls=99), retries=retries, runtime=sim)
    assert sim.run(store.get, "k") is MISSING
    assert 0.25 * tries <= sim.now() <= store.longest_read(0.25)


@pytest.mark.parametrize("options", [{"tries": 0}, {"base": 0.3, "cap": 0.2}, {"base": -1}])
def test_retries_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        Retries(**options)


# Long from the start: a drawn list is short as a rule, and what is past its end is no choice.
SCHEDULES = st.lists(st.integers(0, 2), min_size=40, max_size=40)
FAULTS = st.dictionaries(
    st.integers(0, 30), st.sampled_from(["refused", "answer lost"]), max_size=6
)
STEPS = st.lists(
    st.lists(st.sampled_from(["read", "write", "drop", "wait"]), min_size=1, max_size=4),
    min_size=2,
    max_size=3,
)


def failing(sim: SimRuntime, faults: dict[int, str]) -> Store:
    numbers = count()

    def fault(verb: str, key: Key, number: int) -> StoreError | LostAnswer | None:
        error = StoreError("the store is down")
        outcomes = {"refused": error, "answer lost": LostAnswer(error)}
        return outcomes.get(faults.get(next(numbers), ""))

    return instrument(MemoryStore(sim), sim, faults=fault)


@dataclass
class Change:
    """A write of `number`, or a delete, and the ticks at which it began and ended."""

    number: int
    began: int
    ended: int = sys.maxsize


class Log:
    """What was changed and read, in ticks: one for each beginning and each end."""

    def __init__(self, store: Resilient) -> None:
        self.store = store
        self.ticks = count(1)
        self.changes = [Change(0, 0, 0)]

    def change(self, step: str) -> None:
        change = Change(len(self.changes), next(self.ticks))
        self.changes.append(change)
        with suppress(StoreError):
            if step == "write":
                self.store.set("k", change.number)
            else:
                self.store.delete("k")
        change.ended = next(self.ticks)

    def read(self) -> None:
        before = next(self.ticks)
        found = self.store.get("k")
        if found is MISSING:
            return
        end = self.changes[found].ended
        newer = [one for one in self.changes if one.began > end and one.ended < before]
        assert newer == [], f"read {found!r} after {newer}"


@settings(max_examples=300)
@given(schedule=SCHEDULES, programs=STEPS, faults=FAULTS)
def test_no_read_is_older_than_a_write_or_delete_that_ended_before_it_be_it_well_or_badly(
    schedule: list[int], programs: list[list[str]], faults: dict[int, str]
) -> None:
    sim = SimRuntime(schedule)
    breaker = CircuitBreaker(sim, minimum_calls=2, open_for=1.0)
    store = Resilient(failing(sim, faults), breaker, runtime=sim, rng=random.Random(1))
    log = Log(store)

    def process(program: list[str]) -> None:
        for step in program:
            if step == "wait":
                sim.sleep(3.0)
            elif step == "read":
                log.read()
            else:
                log.change(step)

    def main() -> None:
        for task in [sim.spawn(process, program) for program in programs]:
            task.join()
        faults.clear()  # to close is a call that may fail, too
        store.close()

    sim.run(main)


def play(name: str, failed_reads: str) -> Any:
    """Write, have the store fail during a second write, and read when it is back."""
    rig, source = Rig(failed_reads=failed_reads), FlakySource()
    options: dict[str, Any] = {}
    if name == "write_behind":  # its log is on the server of the store, and keeps copies there
        options["log"] = MemoryLog(rig.sim, store=rig.inner.inner)
    cache: Strategy = STRATEGIES[name].over(rig.store, source, ttl=60.0, runtime=rig.sim, **options)

    def scene() -> Any:
        assert cache.read("k") is MISSING
        cache.write("k", "first")
        assert [cache.read("k"), cache.read("k")] == ["first", "first"]
        rig.inner.down = True
        cache.write("k", "second")
        assert [cache.read("k") for _ in range(20)] == ["second"] * 20
        rig.inner.down = False
        assert cache.read("k") == "second"
        rig.sim.sleep(30.0)
        found = cache.read("k")
        assert rig.store.health().is_well
        cache.close()
        assert source.read("k").value == "second"
        return found

    return rig.run(scene)


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_reads_the_truth_through_it_whatever_the_store_does(name: str) -> None:
    assert play(name, "raise") == "second"


@pytest.mark.parametrize(("name", "expected"), [*RIGHT, ("write_around", "first")])
def test_with_failed_reads_as_misses_only_a_strategy_that_trusts_an_absence_is_wrong(
    name: str, expected: str
) -> None:
    """Write-around leaves alone what a look did not find, so it has to hear that nobody looked."""
    assert play(name, "missing") == expected
