"""The schedule as an input: what it chooses, that it can be replayed, and that a race shrinks."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from cachelab.ports import MemoryStore
from cachelab.ports.instrument import instrument
from cachelab.ports.journal import Journal
from cachelab.ports.sim import Deadlock, Schedule, SimRuntime, SimTask

schedules = st.lists(st.integers(0, 3), max_size=30)


def shortest(fails: Callable[[list[int]], bool]) -> list[int]:
    """The shortest schedule that Hypothesis finds under which `fails` answers yes."""
    return find(schedules, fails, settings=settings(max_examples=1000), random=random.Random(1))


def walk(schedule: Schedule | None) -> tuple[list[str], SimRuntime]:
    """Three tasks of two steps each, and the order in which the steps were made."""
    sim, made = SimRuntime(schedule), []

    def walker(name: str) -> None:
        for step in (1, 2):
            sim.checkpoint(f"{name}{step}")
            made.append(f"{name}{step}")

    def main() -> None:
        for name in "abc":
            sim.spawn(walker, name, name=name)

    sim.run(main)
    return made, sim


def test_without_a_schedule_who_came_first_goes_on_until_it_waits() -> None:
    made, _ = walk(None)
    assert made == ["a1", "a2", "b1", "b2", "c1", "c2"]


def test_a_number_puts_another_task_on_which_then_goes_on() -> None:
    # main spawns a, b and c (three choices, the last among four); then it has ended.
    made, _ = walk([0, 0, 0, 1])
    assert made == ["b1", "b2", "a1", "a2", "c1", "c2"]
    # a comes to its first checkpoint, and c goes before it
    made, _ = walk([0, 0, 0, 0, 2])
    assert made == ["c1", "c2", "a1", "a2", "b1", "b2"]


def test_numbers_are_taken_modulo_the_ready_tasks() -> None:
    assert walk([0, 0, 0, 1])[0] == walk([0, 0, 0, 4])[0] == walk([2, 3, 4, -2])[0]


@given(schedules)
def test_the_choices_made_are_a_schedule_that_gives_the_same_run(schedule: list[int]) -> None:
    made, sim = walk(schedule)
    again, twin = walk(sim.choices)
    assert again == made
    assert twin.choices == sim.choices
    assert sorted(made) == ["a1", "a2", "b1", "b2", "c1", "c2"]


def test_some_schedule_gives_every_order() -> None:
    rng = random.Random(1)
    orders = {tuple(walk(lambda ready: rng.randrange(len(ready)))[0]) for _ in range(4000)}
    assert len(orders) == 90  # 6! / (2! 2! 2!)


def test_a_callable_sees_the_ready_tasks_and_where_they_are() -> None:
    def backwards(ready: Sequence[SimTask]) -> int:
        names = [task.name for task in ready]
        return names.index(max(names))  # "main" is after "a", "b" and "c"

    made, sim = walk(backwards)
    assert made == ["c1", "c2", "b1", "b2", "a1", "a2"]
    assert walk(sim.choices)[0] == made

    def b_waits(ready: Sequence[SimTask]) -> int:
        return next((n for n, task in enumerate(ready) if task.label != "b2"), 0)

    made, _ = walk(b_waits)
    assert made == ["a1", "a2", "b1", "c1", "c2", "b2"]


def test_an_error_of_the_schedule_is_raised_by_run_and_by_no_task() -> None:
    def broken(ready: Sequence[SimTask]) -> int:
        raise LookupError("no such row in the schedule")

    sim, caught = SimRuntime(broken), []

    def main() -> None:
        try:
            sim.spawn(sim.sleep, 1)
        except Exception as error:  # noqa: BLE001 - as a cache does that survives its store
            caught.append(error)

    with pytest.raises(LookupError, match="no such row"):
        sim.run(main)
    assert caught == []


@settings(max_examples=30)
@given(st.data())
def test_hypothesis_can_draw_the_choices_as_the_run_goes(data: st.DataObject) -> None:
    made, sim = walk(lambda ready: data.draw(st.integers(0, len(ready) - 1)))
    assert walk(sim.choices)[0] == made


def test_the_schedule_says_who_of_those_that_wait_gets_the_lock() -> None:
    def first_to_enter(schedule: list[int]) -> str:
        sim, entered = SimRuntime(schedule), []
        lock = sim.lock()

        def visitor() -> None:
            with lock:
                entered.append(sim.task_name())

        def main() -> None:
            with lock:
                for name in "ab":
                    sim.spawn(visitor, name=name)
                sim.sleep(1)

        sim.run(main)
        return entered[0]

    assert first_to_enter([]) == "a"
    assert first_to_enter([0, 2]) == "b"  # a and b wait in this order, and the release chooses b


def lost_updates(schedule: Schedule, journal: Journal | None = None) -> int:
    """Two clients add one to a counter by reading and writing it; return how many are lost."""
    sim = SimRuntime(schedule)
    counter = MemoryStore(sim)
    counter.set("n", 0)
    shared = instrument(counter, sim, journal=journal)

    def add_one() -> None:
        shared.set("n", shared.get("n") + 1)

    def main() -> None:
        for task in [sim.spawn(add_one), sim.spawn(add_one)]:
            task.join()

    sim.run(main)
    return 2 - int(counter.get("n"))


def test_hypothesis_finds_a_lost_update_and_shrinks_it_to_a_short_schedule() -> None:
    assert lost_updates([]) == 0
    found = shortest(lambda schedule: lost_updates(schedule) > 0)
    assert len(found) <= 6  # after these, the run is as it would be without a schedule
    journal = Journal()
    assert lost_updates(found, journal) == 1
    assert journal.verbs() == ["get", "get", "set", "set"]


def test_no_schedule_loses_an_update_that_is_made_under_a_lock() -> None:
    @given(schedules)
    def no_update_is_lost(schedule: list[int]) -> None:
        sim = SimRuntime(schedule)
        lock, store = sim.lock(), instrument(MemoryStore(sim), sim)
        store.set("n", 0)

        def add_one() -> None:
            with lock:
                store.set("n", store.get("n") + 1)

        def main() -> Any:
            for task in [sim.spawn(add_one) for _ in range(3)]:
                task.join()
            return store.get("n")

        assert sim.run(main) == 3

    no_update_is_lost()


def test_hypothesis_finds_two_locks_taken_crosswise() -> None:
    def is_deadlock(schedule: list[int]) -> bool:
        sim = SimRuntime(schedule)
        first, second = sim.lock(), sim.lock()

        def take(one: Any, other: Any) -> None:
            with one, other:
                pass

        def main() -> None:
            sim.spawn(take, first, second)
            sim.spawn(take, second, first)

        try:
            sim.run(main)
        except Deadlock:
            return True
        return False

    assert not is_deadlock([])
    assert len(shortest(is_deadlock)) <= 6


def test_a_schedule_is_not_asked_while_a_failed_run_is_unwound() -> None:
    asked, failed = [], []

    def first(ready: Sequence[SimTask]) -> int:
        asked.append(len(failed))
        return 0

    sim = SimRuntime(first)
    lock = sim.lock()

    def holder() -> None:
        with lock:
            sim.sleep(100)

    def visitor() -> None:
        with lock:
            pass

    def main() -> None:
        for visit in (holder, visitor, visitor):
            sim.spawn(visit)
        sim.sleep(1)
        failed.append("main")
        raise KeyError("main")

    with pytest.raises(KeyError, match="main"):
        sim.run(main)
    assert set(asked) == {0}
    assert len(asked) == len(sim.choices)
