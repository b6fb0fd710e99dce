"""Single flight: what is shared among the tasks of a process, and what is not."""

from typing import Any

import pytest

from cachelab.ports import MemoryStore, ThreadRuntime
from cachelab.stampede import LockedLoad, SingleFlight

from .crowd import Crowd


def test_those_who_ask_meanwhile_share_one_load_and_one_look() -> None:
    crowd = Crowd(load=0.1)
    guard = crowd.guard("single_flight")
    got = crowd.ask_at(guard, [0.0] * 50)
    assert got == [(0.1, "v0")] * 50
    assert crowd.origin.calls == 1
    assert crowd.journal.verbs() == ["get", "set"]


def test_each_who_waits_has_a_copy_of_its_own() -> None:
    crowd = Crowd()
    guard = crowd.guard("single_flight")
    crowd.origin.answer = row = {"tags": ["new"]}
    got = [answer for _, answer in crowd.ask_at(guard, [0.0] * 3)]
    got[0]["tags"].append("mine")
    assert got[1:] == [{"tags": ["new"]}] * 2
    assert row == {"tags": ["new"]}


def test_an_error_is_shared_by_all_who_waited_for_it_and_not_kept() -> None:
    crowd = Crowd(load=0.1)
    guard = crowd.guard("single_flight")
    crowd.origin.error = error = RuntimeError("down")
    got = crowd.ask_at(guard, [0.0] * 10)
    assert [answer for _, answer in got] == [error] * 10
    assert crowd.origin.calls == 1
    crowd.origin.error = None
    assert crowd.ask(guard) == "v1"


def test_ctrl_c_in_the_one_who_loads_is_not_shared() -> None:
    runtime = ThreadRuntime()
    guard = SingleFlight(MemoryStore(), runtime, ttl=60)
    begun, go = runtime.event(), runtime.event()

    def interrupted(key: str) -> Any:
        begun.set()
        go.wait()
        raise KeyboardInterrupt

    first = runtime.spawn(guard.get, "k", interrupted)
    begun.wait()
    second = runtime.spawn(guard.get, "k", str.upper)
    while guard.under_way["k"].passengers == 0:
        runtime.sleep(0)
    go.set()
    with pytest.raises(KeyboardInterrupt):
        first.join()
    assert second.join() == "K"


def test_who_comes_after_a_forget_does_not_share_what_was_read_before() -> None:
    crowd = Crowd(load=1.0)
    guard = crowd.guard("single_flight")

    def meeting() -> None:
        before = crowd.sim.spawn(crowd.ask, guard)
        crowd.sim.sleep(0.5)
        guard.forget("k")
        after = crowd.sim.spawn(crowd.ask, guard)
        assert (before.join(), after.join()) == ("v0", "v1")

    crowd.sim.run(meeting)


def test_who_has_waited_long_enough_loads_alone() -> None:
    crowd = Crowd()
    crowd.origin.seconds = [100.0, 0.1]
    guard = crowd.guard("single_flight", patience=5)
    got = crowd.ask_at(guard, [0.0, 0.0])
    assert got == [(100.0, "v0"), (5.1, "v1")]


def test_keys_do_not_wait_for_one_another() -> None:
    crowd = Crowd(load=0.1)
    guard = crowd.guard("single_flight")

    def meeting() -> None:
        for number in range(10):
            crowd.sim.spawn(crowd.ask, guard, f"k{number}")

    crowd.sim.run(meeting)
    assert crowd.sim.now() == 0.1


def test_each_process_loads_once() -> None:
    crowd = Crowd(load=0.1)

    def meeting() -> None:
        for _ in range(20):
            guard = crowd.guard("single_flight")
            for _ in range(5):
                crowd.sim.spawn(crowd.ask, guard)

    crowd.sim.run(meeting)
    assert crowd.origin.calls == 20


def test_with_a_lock_inside_all_processes_load_once_and_one_task_of_each_polls() -> None:
    crowd = Crowd(load=0.1)

    def meeting() -> None:
        for _ in range(20):
            guard = SingleFlight.around(crowd.guard("locked", poll=0.05))
            for _ in range(50):
                crowd.sim.spawn(crowd.ask, guard)

    crowd.sim.run(meeting)
    assert crowd.origin.calls == 1
    assert crowd.answers == ["v0"] * 1_000
    assert len(crowd.journal) < 20 * 10


def test_it_closes_and_forgets_through_the_guard_inside() -> None:
    crowd = Crowd()
    inner = crowd.guard("stale_while_revalidate", ttl=1)
    guard = SingleFlight.around(inner)
    assert crowd.ask(guard) == "v0"
    assert guard.forget("k")
    assert crowd.ask(inner) == "v1"
    guard.close()
    assert inner.renewals == []


def test_two_hundred_real_threads_share_one_load() -> None:
    runtime = ThreadRuntime()
    guard = SingleFlight.around(LockedLoad(MemoryStore(), runtime, ttl=60))
    go, asked = runtime.event(), []

    def loader(key: str) -> str:
        asked.append(key)
        go.wait()
        return "v"

    first = runtime.spawn(guard.get, "k", loader)
    others = [runtime.spawn(guard.get, "k", loader) for _ in range(200)]
    while guard.under_way["k"].passengers < 200:
        runtime.sleep(0)
    go.set()
    assert [first.join(), *(task.join() for task in others)] == ["v"] * 201
    assert asked == ["k"]
