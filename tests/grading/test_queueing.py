"""Tasks that wait for a lock of `threading` wait for others to move on, and for nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.grading.queueing import YIELDS, Queueing
from cachelab.ports import Deadlock, SimRuntime


def together(runtime: SimRuntime, *tasks: Callable[[], Any]) -> list[Any]:
    def main() -> list[Any]:
        started = [runtime.spawn(task) for task in tasks]
        return [task.join() for task in started]

    return runtime.run(main)


@given(st.lists(st.integers(0, 2), max_size=12))
def test_whoever_waits_tries_again_when_the_holder_has_moved_on(schedule: list[int]) -> None:
    runtime = SimRuntime(schedule)
    queueing, taken = Queueing(runtime), ["holder"]

    def hold() -> None:
        runtime.sleep(3600)
        taken.clear()
        queueing.has_waited("store", "get", [])

    def wait() -> float:
        while taken:
            assert queueing.has_waited(*YIELDS, [0])
        return runtime.now()

    assert together(runtime, hold, wait, wait) == [None, 3600, 3600]


@given(st.lists(st.integers(0, 2), max_size=12))
def test_two_that_wait_for_each_other_are_a_deadlock(schedule: list[int]) -> None:
    runtime = SimRuntime(schedule)
    queueing = Queueing(runtime)

    def wait() -> None:
        while True:
            queueing.has_waited(*YIELDS, [0])

    with pytest.raises(Deadlock):
        together(runtime, wait, wait)


@given(st.lists(st.integers(0, 2), max_size=12))
def test_who_gave_a_lock_back_and_waits_for_another_lets_others_try(schedule: list[int]) -> None:
    runtime = SimRuntime(schedule)
    queueing, first, second = Queueing(runtime), ["A"], ["B"]

    def a() -> None:
        runtime.sleep(1)
        first.clear()
        while second:
            queueing.has_waited(*YIELDS, [1])

    def b() -> None:
        while first:
            queueing.has_waited(*YIELDS, [0])
        second.clear()
        queueing.has_waited("store", "get", [])

    assert together(runtime, a, b) == [None, None]
