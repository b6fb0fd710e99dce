"""Clocks and threads behind one interface."""

import math
import threading

import pytest

from cachelab.ports import ManualClock, Runtime, ThreadRuntime


def test_a_manual_clock_stands_still_until_it_is_moved() -> None:
    clock = ManualClock(start=100)
    assert clock.now() == clock.now() == 100
    clock.advance(0.5)
    assert clock.now() == 100.5


@pytest.mark.parametrize("seconds", [-1, math.nan, math.inf])
def test_a_manual_clock_does_not_go_back_or_out_of_time(seconds: float) -> None:
    with pytest.raises(ValueError, match="moved ahead by 0 seconds or more"):
        ManualClock().advance(seconds)


def test_sleeping_takes_at_least_the_time_asked_for() -> None:
    runtime = ThreadRuntime()
    start = runtime.now()
    runtime.sleep(0.002)
    assert runtime.now() - start >= 0.002


def test_join_answers_what_the_call_returned() -> None:
    assert ThreadRuntime().spawn(divmod, 7, 2).join() == (3, 1)


def test_join_raises_what_the_call_raised_each_time_it_is_asked() -> None:
    task = ThreadRuntime().spawn(int, "seven")
    for _ in range(2):
        with pytest.raises(ValueError, match="seven"):
            task.join()


def test_spawned_calls_run_side_by_side() -> None:
    runtime = ThreadRuntime()
    meeting = threading.Barrier(2, timeout=30)
    tasks = [runtime.spawn(meeting.wait) for _ in range(2)]
    assert sorted(task.join() for task in tasks) == [0, 1]


def test_a_lock_lets_one_task_in_at_a_time() -> None:
    runtime: Runtime = ThreadRuntime()
    lock, inside, most = runtime.lock(), 0, 0

    def visit() -> None:
        nonlocal inside, most
        for _ in range(200):
            with lock:
                inside += 1
                most = max(most, inside)
                inside -= 1

    for task in [runtime.spawn(visit) for _ in range(4)]:
        task.join()
    assert most == 1


def test_a_join_gives_up_when_its_time_is_up() -> None:
    runtime = ThreadRuntime()
    go_on = runtime.event()
    task = runtime.spawn(go_on.wait, name="waiter")
    with pytest.raises(TimeoutError, match=r"waiter has not ended after 0.001 seconds"):
        task.join(timeout=0.001)
    assert not task.done()
    go_on.set()
    assert task.join(timeout=30) is True
    assert task.done()


def test_an_event_lets_everybody_go_on_who_waits_for_it() -> None:
    runtime: Runtime = ThreadRuntime()
    happened = runtime.event()
    assert not happened.is_set()
    assert not happened.wait(0.001)
    tasks = [runtime.spawn(happened.wait, 30) for _ in range(3)]
    happened.set()
    assert [task.join() for task in tasks] == [True, True, True]
    assert happened.is_set()


def test_a_task_knows_the_name_it_was_given() -> None:
    runtime: Runtime = ThreadRuntime()

    def task() -> str:
        runtime.checkpoint("does nothing on threads")
        return runtime.task_name()

    assert runtime.spawn(task, name="refresher").join() == "refresher"
    assert runtime.task_name() == threading.current_thread().name
