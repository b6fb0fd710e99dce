"""Leases: what a delete does to them, who waits, and who takes the older value."""

from itertools import pairwise

import pytest

from cachelab.ports import MISSING, MemoryStore
from cachelab.stampede import LeasedLoad
from cachelab.stampede.locks import LONGEST

from .crowd import Crowd


def test_the_others_wait_for_the_holder_of_the_lease() -> None:
    crowd = Crowd(load=0.1)
    got = crowd.ask_at(crowd.guard("leased", poll=0.01), [0.0] * 20)
    assert [answer for _, answer in got] == ["v0"] * 20
    assert crowd.origin.calls == 1
    assert max(at for at, _ in got) <= 0.1 + 0.01 * LONGEST * 1.5


def test_a_look_of_those_who_wait_is_one_round_trip() -> None:
    crowd = Crowd(load=0.1)
    crowd.ask_at(crowd.guard("leased", poll=0.01), [0.0, 0.0])
    verbs = crowd.journal.counts()
    assert verbs["add"] <= 2
    assert verbs["replace"] == 1


def test_a_delete_makes_the_lease_void_so_an_old_value_is_not_stored() -> None:
    crowd = Crowd(load=1.0)
    guard = crowd.guard("leased")

    def meeting() -> None:
        reader = crowd.sim.spawn(crowd.ask, guard)
        crowd.sim.sleep(0.5)
        guard.forget("k")
        next_reader = crowd.sim.spawn(crowd.ask, guard)
        assert (reader.join(), next_reader.join()) == ("v0", "v1")
        assert crowd.ask(guard) == "v1"

    crowd.sim.run(meeting)
    assert crowd.origin.starts == [0.0, 0.5]


def test_a_lease_table() -> None:
    """
    What becomes of each step of the paper's two stories, the stale set and the herd.

    Two readers and a writer; the store's answers to each, one row a step.
    """
    crowd = Crowd()
    shelf = crowd.guard("leased").shelf
    first = shelf.reserve("k", 10)
    assert first is not None
    assert shelf.reserve("k", 10) is None  # the herd: no second lease
    shelf.drop("k")  # the writer's delete
    second = shelf.reserve("k", 10)
    assert second is not None  # a new lease, for the row as it is now
    assert not shelf.fill("k", first, "old", 0.1)  # the stale set is refused
    assert shelf.fill("k", second, "new", 0.1)
    assert not shelf.fill("k", second, "again", 0.1)  # a lease is good for one value
    found = shelf.look("k")
    assert getattr(found, "value", None) == "new"


def test_the_loads_of_a_herd_are_one_per_lease_time_however_slow_the_loader() -> None:
    """A holder that never comes back: one load each `lease_ttl`, whatever the crowd."""
    crowd = Crowd(load=1_000.0)
    guard = crowd.guard("leased", lease_ttl=10, patience=55, poll=0.1)
    crowd.ask_at(guard, [0.01 * number for number in range(100)])
    in_time = [start for start in crowd.origin.starts if start < 55]
    assert len(in_time) == 6  # at 0, and then each 10 s and a pause
    longest_pause = 0.1 * LONGEST * 1.5
    assert all(10 <= b - a <= 10 + longest_pause for a, b in pairwise(in_time))


def test_when_a_loader_raises_its_lease_is_given_up() -> None:
    crowd = Crowd(load=0.1)
    crowd.origin.error = RuntimeError("down")
    guard = crowd.guard("leased")
    got = crowd.ask_at(guard, [0.0])
    assert isinstance(got[0][1], RuntimeError)
    assert crowd.memory.get("value:k") is MISSING


def test_with_a_stale_time_nobody_waits_while_one_loads() -> None:
    crowd = Crowd(load=0.5)
    guard = crowd.guard("leased", ttl=10, stale_for=20)
    crowd.ask(guard)
    assert crowd.sim.now() == 0.5
    got = crowd.ask_at(guard, [10.5 + 0.01 * number for number in range(20)])
    assert got[0] == (11.0, "v1")
    assert [answer for _, answer in got[1:]] == ["v0"] * 19
    assert [at for at, _ in got[1:]] == pytest.approx([10.5 + 0.01 * n for n in range(1, 20)])
    assert crowd.origin.calls == 2


def test_a_stale_value_is_put_back_when_its_renewal_fails() -> None:
    crowd = Crowd(load=0.1)
    guard = crowd.guard("leased", ttl=10, stale_for=20)
    crowd.ask(guard)
    crowd.origin.error = RuntimeError("down")
    got = crowd.ask_at(guard, [15.0, 15.05, 31.0])
    assert isinstance(got[0][1], RuntimeError)
    assert got[1] == (15.05, "v0")
    assert isinstance(got[2][1], RuntimeError)


def test_a_stale_value_is_not_served_beyond_its_time() -> None:
    crowd = Crowd(load=0.0)
    guard = crowd.guard("leased", ttl=10, stale_for=20)
    crowd.ask(guard)
    crowd.sim.sleep(30)
    assert crowd.memory.get("value:k") is MISSING


def test_what_is_forgotten_is_not_served_stale() -> None:
    crowd = Crowd(load=0.1)
    guard = crowd.guard("leased", ttl=10, stale_for=20)
    crowd.ask(guard)
    guard.forget("k")
    got = crowd.ask_at(guard, [1.0, 1.05])
    assert [answer for _, answer in got] == ["v1", "v1"]


def test_times_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="lease_ttl"):
        LeasedLoad(MemoryStore(), ttl=1, lease_ttl=0)
    with pytest.raises(ValueError, match="stale_for"):
        LeasedLoad(MemoryStore(), ttl=1, stale_for=-1)
