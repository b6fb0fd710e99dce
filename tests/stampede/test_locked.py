"""The lock: who waits, who is woken and when, and what a holder that comes late may still do."""

from itertools import pairwise
from typing import Any

import pytest

from cachelab.ports import MISSING, MemoryStore, StoreError
from cachelab.stampede import LockedLoad
from cachelab.stampede.locks import LONGEST, Locks

from .crowd import Crowd

LOCKED = pytest.mark.parametrize("name", ["locked", "stale_while_revalidate", "early_locked"])


def test_a_lock_is_given_back_only_by_who_has_it() -> None:
    crowd = Crowd()
    locks = Locks(crowd.store, ttl=1)
    first = locks.take("k")
    crowd.sim.sleep(1)
    second = locks.take("k")
    assert isinstance(first, str)
    assert isinstance(second, str)
    assert not locks.free("k", first)
    assert locks.take("k") is None
    assert locks.free("k", second)
    assert isinstance(locks.take("k"), str)


def test_a_lock_can_live_for_less_than_a_second() -> None:
    crowd = Crowd()
    locks = Locks(crowd.store, ttl=0.05)
    locks.take("k")
    crowd.sim.sleep(0.05)
    assert isinstance(locks.take("k"), str)


@LOCKED
def test_the_others_wait_and_get_what_the_first_one_loaded(name: str) -> None:
    crowd = Crowd(load=0.1)
    guard = crowd.guard(name, poll=0.01)
    got = crowd.ask_at(guard, [0.0] * 20)
    assert [answer for _, answer in got] == ["v0"] * 20
    assert crowd.origin.calls == 1
    longest_pause = 0.01 * LONGEST * 1.5
    assert max(at for at, _ in got) <= 0.1 + longest_pause


def test_a_short_load_is_noticed_soon() -> None:
    crowd = Crowd(load=0.01)
    got = crowd.ask_at(crowd.guard("locked", poll=0.005), [0.0] * 20)
    assert max(at for at, _ in got) <= 0.01 + 2 * 1.5 * 0.01


def test_those_who_wait_do_not_come_back_together() -> None:
    crowd = Crowd(load=0.1)
    crowd.ask_at(crowd.guard("locked", poll=0.01), [0.0] * 50)
    looks = [event.at for event in crowd.journal if event.verb == "get" and 0 < event.at < 0.1]
    assert len(looks) > 100
    assert len(set(looks)) > 0.9 * len(looks)


@LOCKED
def test_when_a_loader_raises_one_of_those_who_wait_goes_next_and_soon(name: str) -> None:
    crowd = Crowd(load=0.1)
    guard = crowd.guard(name, lock_ttl=5, poll=0.01)
    errors = iter([RuntimeError("no connection")])
    load = crowd.origin

    def loader(key: str) -> Any:
        value = load(key)
        for error in errors:
            raise error
        return value

    def client() -> Any:
        try:
            return crowd.sim.now(), guard.get("k", loader)
        except RuntimeError as error:
            return crowd.sim.now(), error

    tasks: list[Any] = []
    crowd.sim.run(lambda: tasks.extend(crowd.sim.spawn(client) for _ in range(10)))
    answers = [task.join()[1] for task in tasks]
    assert sum(isinstance(answer, RuntimeError) for answer in answers) == 1
    assert answers.count("v1") == 9
    assert (load.calls, load.most_at_once) == (2, 1)
    assert load.starts[1] <= 0.1 + 0.01 * LONGEST * 1.5


@LOCKED
def test_when_a_holder_dies_the_others_wait_until_its_lock_does(name: str) -> None:
    crowd = Crowd(load=0.1)
    guard = crowd.guard(name, lock_ttl=2, poll=0.01)
    crowd.memory.add("lock:k", "of a process that is no more", 2)
    crowd.memory.add("value:k", ["place", "of the same", None], 2.001)
    got = crowd.ask_at(guard, [0.0] * 10)
    assert {answer for _, answer in got} == {"v0"}
    assert 2 <= crowd.origin.starts[0] <= 2 + 0.01 * LONGEST * 1.5
    assert crowd.origin.calls == 1


def test_who_got_the_lock_looks_again_before_loading() -> None:
    """B misses, A stores and gives the lock back, B gets the lock: B must not load again."""
    crowd = Crowd(load=0.0)
    guard = crowd.guard("locked")
    found = guard.shelf.look("k")
    crowd.ask(guard)
    assert guard._miss("k", found, crowd.origin) == "v0"
    assert crowd.origin.calls == 1


def test_a_holder_that_comes_late_cannot_replace_the_newer_value() -> None:
    crowd = Crowd()
    crowd.origin.seconds = [3.0, 0.5]
    guard = crowd.guard("locked", lock_ttl=1, patience=60)
    got = crowd.ask_at(guard, [0.0, 0.1, 4.0])
    assert [answer for _, answer in got] == ["v0", "v1", "v1"]
    assert got[0][0] == 3.0
    assert crowd.origin.calls == 2


def test_a_holder_that_comes_first_though_late_leaves_the_place_to_the_next() -> None:
    crowd = Crowd()
    crowd.origin.seconds = [1.5, 0.9]
    guard = crowd.guard("locked", lock_ttl=1, patience=60)
    got = crowd.ask_at(guard, [0.0, 0.5, 3.0])
    assert [answer for _, answer in got] == ["v0", "v1", "v1"]


def test_a_holder_that_comes_late_does_not_free_the_lock_of_the_next() -> None:
    """The lock dies at 1, the next has it until 2; the late one is back at 1.5."""
    crowd = Crowd()
    crowd.origin.seconds = [1.5, 0.95, 0.1]
    guard = crowd.guard("locked", lock_ttl=1, patience=60)
    crowd.ask_at(guard, [0.0, 0.5, 1.6])
    assert crowd.origin.calls == 2
    assert crowd.origin.starts[1] < 1.5


def test_what_was_forgotten_during_its_load_is_not_stored() -> None:
    crowd = Crowd(load=1.0)
    guard = crowd.guard("locked")

    def meeting() -> None:
        reader = crowd.sim.spawn(crowd.ask, guard)
        crowd.sim.sleep(0.5)
        guard.forget("k")
        assert reader.join() == "v0"
        assert crowd.ask(guard) == "v1"

    crowd.sim.run(meeting)


@pytest.mark.parametrize(("load", "lock_ttl", "at_once"), [(2.5, 1, 3), (0.9, 1, 1), (4.2, 0.7, 6)])
def test_a_slow_loader_runs_at_most_as_often_at_once_as_locks_fit_into_it(
    load: float, lock_ttl: float, at_once: int
) -> None:
    """T = 2.5 s under a lock of 1 s: 3 loads at once, for 30 clients or any number of them."""
    crowd = Crowd(load=load)
    guard = crowd.guard("locked", lock_ttl=lock_ttl, patience=load)
    crowd.ask_at(guard, [0.001 * number for number in range(30)][: 30 if at_once > 1 else 10])
    in_time = [start for start in crowd.origin.starts if start < load]
    assert len(in_time) == at_once
    gaps = [b - a for a, b in pairwise(in_time)]
    assert all(gap >= lock_ttl for gap in gaps)


def test_who_has_waited_long_enough_loads_alone_and_stores_nothing() -> None:
    crowd = Crowd(load=0.1)
    guard = crowd.guard("locked", patience=0.5, poll=0.01)
    crowd.memory.add("lock:k", "held for good")
    got = crowd.ask_at(guard, [0.0])
    assert got[0][1] == "v0"
    assert 0.5 <= crowd.origin.starts[0] <= 0.5 + 0.01 * LONGEST * 1.5
    assert crowd.memory.get("value:k") is MISSING


def test_a_wait_of_thousands_of_looks_is_no_recursion() -> None:
    crowd = Crowd(load=0.1)
    guard = crowd.guard("locked", patience=100, poll=0.001)
    crowd.memory.add("lock:k", "held for good")
    crowd.ask_at(guard, [0.0])
    assert crowd.journal.counts()["add"] > 5_000


def test_a_lock_that_cannot_be_given_back_hides_neither_value_nor_error() -> None:
    failure = StoreError("down")
    crowd = Crowd(faults=lambda verb, *_: failure if verb == "replace" else None)
    guard = crowd.guard("locked", lock_ttl=1)
    assert crowd.ask(guard) == "v0"
    crowd.sim.sleep(2)
    crowd.origin.error = RuntimeError("mine")
    with pytest.raises(RuntimeError, match="mine"):
        crowd.ask(guard)


def test_the_time_to_live_of_a_lock_must_be_above_zero() -> None:
    with pytest.raises(ValueError, match="lock_ttl"):
        LockedLoad(MemoryStore(), ttl=1, lock_ttl=0)
