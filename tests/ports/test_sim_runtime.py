"""Tasks in virtual time: what they see, what they raise, and what is left of them."""

import contextvars
import math
import threading
from collections.abc import Callable
from typing import Any

import pytest

from cachelab.ports import MISSING, CachelabError, MemoryStore, Runtime
from cachelab.ports.sim import Deadlock, SimRuntime, TooManySteps


def test_run_answers_what_the_main_task_returned() -> None:
    assert SimRuntime().run(divmod, 7, 2) == (3, 1)


def test_an_hour_of_sleep_takes_no_time_and_is_an_hour() -> None:
    sim = SimRuntime()
    sim.run(sim.sleep, 3600)
    assert sim.now() == 3600


def test_tasks_sleep_side_by_side() -> None:
    sim = SimRuntime()

    def main() -> None:
        for task in [sim.spawn(sim.sleep, seconds) for seconds in (3, 5, 4)]:
            task.join()

    sim.run(main)
    assert sim.now() == 5


def test_who_sleeps_less_wakes_earlier_and_equals_wake_in_the_order_they_went_to_sleep() -> None:
    sim, woken = SimRuntime(), []

    def sleeper(name: str, seconds: float) -> None:
        sim.sleep(seconds)
        woken.append(name)

    def main() -> None:
        for name, seconds in [("a", 2), ("b", 1), ("c", 2), ("d", 1)]:
            sim.spawn(sleeper, name, seconds)

    sim.run(main)
    assert woken == ["b", "d", "a", "c"]


def test_a_sleep_of_nothing_lets_the_others_go_first() -> None:
    sim, order = SimRuntime(), []

    def main() -> None:
        sim.spawn(order.append, "other")
        order.append("before")
        sim.sleep(0)
        order.append("after")

    sim.run(main)
    assert order == ["before", "other", "after"]
    assert sim.now() == 0


@pytest.mark.parametrize("seconds", [-1, math.nan])
def test_a_sleep_does_not_go_back_in_time(seconds: float) -> None:
    sim = SimRuntime()
    with pytest.raises(ValueError, match="takes 0 seconds or more"):
        sim.run(sim.sleep, seconds)


def test_run_ends_when_the_last_task_has_ended() -> None:
    sim, ended = SimRuntime(), []

    def worker() -> None:
        sim.sleep(10)
        ended.append("worker")

    sim.run(sim.spawn, worker)
    assert ended == ["worker"]


def test_a_run_goes_on_from_the_time_of_the_last_one() -> None:
    sim = SimRuntime()
    sim.run(sim.sleep, 1)
    sim.run(sim.sleep, 2)
    assert sim.now() == 3


def test_outside_a_run_time_is_told_and_moved_and_free_locks_are_taken() -> None:
    sim = SimRuntime()
    store = MemoryStore(sim)
    with sim.lock():
        store.set("k", 1, ttl=10)
    sim.sleep(10)
    assert store.get("k") is MISSING
    happened = sim.event()
    happened.set()
    assert happened.wait()


def test_a_task_spawned_between_runs_starts_with_the_next() -> None:
    sim, seen = SimRuntime(), []
    task = sim.spawn(seen.append, 1)
    assert not task.done()
    assert seen == []
    sim.run(task.join)
    assert seen == [1]


def test_who_is_no_task_cannot_wait() -> None:
    sim = SimRuntime()
    lock = sim.lock()
    lock.acquire()
    with pytest.raises(RuntimeError, match="only a task of a SimRuntime can wait"):
        lock.acquire()
    with pytest.raises(RuntimeError, match="only a task"):
        sim.event().wait()


def test_a_thread_beside_the_run_cannot_wait_in_it() -> None:
    sim, errors = SimRuntime(), []

    def outsider() -> None:
        try:
            sim.sleep(1)
        except RuntimeError as error:
            errors.append(str(error))

    def main() -> None:
        thread = threading.Thread(target=outsider)
        thread.start()
        thread.join()

    sim.run(main)
    assert "only a task" in errors[0]


def test_a_run_is_not_started_within_itself() -> None:
    sim = SimRuntime()
    with pytest.raises(RuntimeError, match="one main task at a time"):
        sim.run(sim.run, int)


def test_a_run_of_another_runtime_can_be_made_within_a_task() -> None:
    outer, inner = SimRuntime(), SimRuntime()
    outer.run(inner.run, inner.sleep, 5)
    assert (outer.now(), inner.now()) == (0, 5)


def test_join_answers_what_the_task_returned_and_raises_what_it_raised() -> None:
    sim = SimRuntime()

    def main() -> Any:
        good, bad = sim.spawn(int, "7"), sim.spawn(int, "seven")
        with pytest.raises(ValueError, match="seven"):
            bad.join()
        with pytest.raises(ValueError, match="seven"):
            bad.join(timeout=0)
        return good.join(), good.done(), bad.done()

    assert sim.run(main) == (7, True, True)


def test_a_join_gives_up_when_its_time_is_up() -> None:
    sim = SimRuntime()

    def main() -> None:
        task = sim.spawn(sim.sleep, 10)
        with pytest.raises(TimeoutError, match=r"has not ended after 3 seconds"):
            task.join(timeout=3)
        assert sim.now() == 3
        with pytest.raises(TimeoutError):
            task.join(timeout=0)
        task.join(timeout=100)
        assert sim.now() == 10

    sim.run(main)


def test_an_error_that_nobody_joined_is_raised_by_run_when_all_have_ended() -> None:
    sim, ended = SimRuntime(), []

    def main() -> None:
        sim.spawn(int, "seven")
        sim.spawn(int, "eight", name="second")
        sim.sleep(5)
        ended.append("main")

    with pytest.raises(ValueError, match="seven") as caught:
        sim.run(main)
    assert ended == ["main"]
    assert "second failed as well" in caught.value.__notes__[0]


def test_when_main_fails_the_others_are_unwound_from_where_they_wait() -> None:
    sim, cleaned = SimRuntime(), []
    lock = sim.lock()

    def worker() -> None:
        try:
            with lock:
                sim.sleep(100)
        finally:
            cleaned.append(sim.task_name())

    def main() -> None:
        sim.spawn(worker, name="worker")
        sim.sleep(1)
        raise KeyError("main")

    with pytest.raises(KeyError, match="main"):
        sim.run(main)
    assert cleaned == ["worker"]
    assert not lock.locked()
    assert sim.now() == 1


def test_a_stopped_task_cannot_wait_in_its_cleanup_and_says_that_it_was_stopped() -> None:
    sim, tasks, reached = SimRuntime(), [], []

    def worker() -> None:
        try:
            sim.sleep(100)
        finally:
            sim.event().set()
            reached.append("set")
            sim.sleep(1)
            reached.append("slept")

    def main() -> None:
        tasks.append(sim.spawn(worker))
        sim.sleep(1)
        raise KeyError

    with pytest.raises(KeyError):
        sim.run(main)
    assert reached == ["set"]
    with pytest.raises(CachelabError, match="worker-1 was stopped"):
        tasks[0].join()


def test_ctrl_c_in_any_task_ends_the_run() -> None:
    sim = SimRuntime()

    def interrupted() -> None:
        raise KeyboardInterrupt

    def main() -> None:
        sim.spawn(interrupted)
        sim.sleep(100)

    with pytest.raises(KeyboardInterrupt):
        sim.run(main)
    assert sim.now() == 0


def test_no_threads_are_used_and_no_task_is_left_after_a_failure() -> None:
    before = threading.active_count()
    sim = SimRuntime()

    def main() -> None:
        for _ in range(100):
            sim.spawn(sim.event().wait)
        sim.sleep(1)
        assert threading.active_count() == before
        raise KeyError

    with pytest.raises(KeyError):
        sim.run(main)
    assert "0 tasks" in repr(sim)
    assert sim.run(int) == 0


def test_a_lock_lets_one_task_in_at_a_time() -> None:
    sim = SimRuntime([1, 2, 0, 1, 3, 2, 1] * 50)
    runtime: Runtime = sim
    lock, inside, most = runtime.lock(), 0, 0

    def visit() -> None:
        nonlocal inside, most
        for _ in range(10):
            with lock:
                inside += 1
                most = max(most, inside)
                runtime.checkpoint("inside")
                runtime.sleep(1)
                inside -= 1

    def main() -> None:
        for _ in range(4):
            runtime.spawn(visit)

    sim.run(main)
    assert most == 1
    assert sim.now() == 40


def test_a_lock_that_nobody_holds_cannot_be_released() -> None:
    with pytest.raises(RuntimeError, match="nobody holds"):
        SimRuntime().lock().release()


def test_a_wait_ends_with_the_event_or_with_its_time() -> None:
    sim = SimRuntime()
    heard: list[tuple[str, bool, float]] = []

    def waiter(name: str, event: Any, timeout: float | None) -> None:
        heard.append((name, event.wait(timeout), sim.now()))

    def main() -> None:
        event = sim.event()
        for name, timeout in [
            ("patient", None),
            ("hasty", 2),
            ("enough", 9),
            ("endless", math.inf),
        ]:
            sim.spawn(waiter, name, event, timeout)
        assert not event.wait(0)
        assert not event.wait(-1)
        sim.sleep(5)
        assert not event.is_set()
        event.set()
        assert event.is_set()
        assert event.wait(1)

    sim.run(main)
    assert heard == [
        ("hasty", False, 2),
        ("patient", True, 5),
        ("enough", True, 5),
        ("endless", True, 5),
    ]
    assert sim.now() == 5


def test_the_timer_of_a_wait_that_is_over_wakes_nobody() -> None:
    sim = SimRuntime()

    def waiter(event: Any) -> float:
        assert event.wait(3)
        sim.sleep(10)
        return sim.now()

    def main() -> float:
        event = sim.event()
        task = sim.spawn(waiter, event)
        sim.sleep(1)
        event.set()
        return float(task.join())

    assert sim.run(main) == 11


def test_a_thousand_clients_take_their_turns() -> None:
    sim, served = SimRuntime(), 0

    def client(number: int) -> None:
        nonlocal served
        for _ in range(5):
            sim.sleep(0.1 + number / 1000)
            served += 1

    def main() -> None:
        for task in [sim.spawn(client, number) for number in range(1000)]:
            task.join()

    sim.run(main)
    assert served == 5000
    assert sim.now() == pytest.approx(5 * (0.1 + 0.999))
    assert sim.steps >= 5000


def test_tasks_are_named_after_their_function_and_as_they_are_told() -> None:
    sim = SimRuntime()

    def client() -> str:
        return sim.task_name()

    def main() -> list[str]:
        tasks = [sim.spawn(client), sim.spawn(client), sim.spawn(client, name="last")]
        return [sim.task_name(), *(task.join() for task in tasks)]

    assert sim.run(main) == ["main", "client-1", "client-2", "last"]


def test_a_task_has_the_context_of_its_spawner_and_keeps_its_own() -> None:
    level = contextvars.ContextVar("level", default=0)
    sim = SimRuntime()

    def child() -> int:
        level.set(level.get() + 1)
        sim.sleep(1)
        return level.get()

    def main() -> list[int]:
        level.set(10)
        tasks = [sim.spawn(child) for _ in range(3)]
        return [*(task.join() for task in tasks), level.get()]

    assert sim.run(main) == [11, 11, 11, 10]
    assert level.get() == 0


def crossed(sim: SimRuntime) -> Callable[[], None]:
    first, second = sim.lock(), sim.lock()

    def take(one: Any, other: Any) -> None:
        with one:
            sim.sleep(1)
            with other:
                pass

    def main() -> None:
        sim.spawn(take, first, second, name="left")
        sim.spawn(take, second, first, name="right").join()

    return main


def test_a_deadlock_names_each_task_what_it_waits_for_and_the_line() -> None:
    sim = SimRuntime()
    main = crossed(sim)
    with pytest.raises(Deadlock) as caught:
        sim.run(main)
    start = crossed.__code__.co_firstlineno
    place = f"test_sim_runtime.py:{start + 6}"
    assert caught.value.waiting == (
        f"main waits for right to end at test_sim_runtime.py:{start + 11}",
        f"left waits for the lock that right holds at {place}",
        f"right waits for the lock that left holds at {place}",
    )
    assert all(line in str(caught.value) for line in caught.value.waiting)
    assert isinstance(caught.value, CachelabError)


def test_a_deadlock_of_many_names_the_first_and_counts_the_rest() -> None:
    sim = SimRuntime()

    def main() -> None:
        event = sim.event()
        for _ in range(99):
            sim.spawn(event.wait)
        sim.sleep(math.inf)

    with pytest.raises(Deadlock, match="and 92 more") as caught:
        sim.run(main)
    assert len(caught.value.waiting) == 100
    assert "main waits for the end of its sleep" in str(caught.value)


def test_a_deadlock_after_the_death_of_a_task_has_that_for_its_cause() -> None:
    sim = SimRuntime()

    def main() -> None:
        sim.spawn(int, "seven")
        sim.event().wait()

    with pytest.raises(Deadlock) as caught:
        sim.run(main)
    assert "seven" in str(caught.value.__cause__)


def test_a_loop_that_never_ends_is_ended_and_named() -> None:
    sim, cleaned = SimRuntime(max_steps=500), []

    def poll() -> None:
        try:
            while True:
                sim.checkpoint("polling")
        finally:
            cleaned.append(sim.steps)

    def main() -> None:
        sim.spawn(poll, name="poller")

    start = poll.__code__.co_firstlineno
    with pytest.raises(TooManySteps, match=f"poller.*at test_sim_runtime.py:{start + 3}"):
        sim.run(main)
    assert cleaned == [501]
    with pytest.raises(TooManySteps, match="after 500 steps"):
        sim.run(main)


def test_a_run_of_no_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="max_steps must be at least 1, not 0"):
        SimRuntime(max_steps=0)


def test_tasks_locks_and_events_say_how_they_are() -> None:
    sim = SimRuntime()
    lock, happened = sim.lock(), sim.event()

    def main() -> list[str]:
        task = sim.spawn(happened.wait, name="waiter")
        before = [repr(task), repr(lock), repr(happened)]
        happened.set()
        task.join()
        with lock:
            return [*before, repr(task), repr(lock), repr(happened)]

    assert sim.run(main) == [
        "<task waiter: under way>",
        "<lock, free>",
        "<event, not set>",
        "<task waiter: ended>",
        "<lock, held by main>",
        "<event, set>",
    ]


def test_an_event_at_the_very_moment_when_a_wait_gives_up_wakes_it_once() -> None:
    sim, times = SimRuntime(), []

    def waiter(happened: Any) -> None:
        happened.wait(5)
        for _ in range(3):
            sim.sleep(10)
            times.append(sim.now())

    def main() -> None:
        happened = sim.event()
        sim.spawn(setter, happened)
        sim.spawn(waiter, happened)

    def setter(happened: Any) -> None:
        sim.sleep(5)
        happened.set()

    sim.run(main)
    assert times == [15, 25, 35]


def test_a_task_that_was_stopped_at_a_lock_is_not_woken_in_a_later_run() -> None:
    sim = SimRuntime()
    lock = sim.lock()

    def hold(seconds: float) -> str:
        with lock:
            sim.sleep(seconds)
        return "held"

    def fail_while_others_wait() -> None:
        sim.spawn(hold, 5)
        sim.spawn(hold, 1)
        sim.sleep(1)
        raise ValueError("the process is gone")

    with pytest.raises(ValueError, match="the process is gone"):
        sim.run(fail_while_others_wait)
    assert sim.run(lambda: (hold(1), hold(1))) == ("held", "held")
