"""
What the guards promise under every order of steps that Hypothesis can think of.

Each client is a process with a guard of its own, over one store. Each call on the store is a
scheduling point; schedule, programs and faults are drawn, so what breaks a promise shrinks.
"""

from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachelab.ports import StoreError
from cachelab.ports.instrument import LostAnswer
from cachelab.ports.journal import Key
from cachelab.stampede.shelf import Found

from .crowd import Crowd

ONE_LOAD = ["locked", "leased", "stale_while_revalidate", "early_locked"]
SCHEDULES = st.lists(st.integers(0, 3), min_size=60, max_size=60)
STEPS = ["read", "read", "write", "wait", "outlive"]
PROGRAMS = st.lists(
    st.lists(st.sampled_from(STEPS), min_size=1, max_size=4), min_size=2, max_size=4
)
FAULTS = st.dictionaries(st.integers(0, 30), st.sampled_from(["refused", "lost"]), max_size=4)


class Row:
    """A row in a database, which writers change and readers load."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.version = 0
        self.settled = 0  # the newest version that is written and forgotten: no older one is right
        self.loading = 0
        self.most_at_once = 0
        self.loads = 0

    def load(self, key: str) -> int:
        self.loads += 1
        self.loading += 1
        self.most_at_once = max(self.most_at_once, self.loading)
        version = self.version
        self.crowd.sim.sleep(0.1)
        self.loading -= 1
        return version


def run(name: str, schedule: list[int], programs: list[list[str]], faults: Any = None) -> Any:
    """Run each program as a process; return the crowd, the row, and what was read too old."""
    crowd = Crowd(schedule, faults=faults)
    row, too_old = Row(crowd), []

    def process(program: list[str]) -> None:
        guard = crowd.guard(name, ttl=10, negative_ttl=1, lock_ttl=5) if name != "leased" else None
        guard = guard or crowd.guard(name, ttl=10, lease_ttl=5)
        for step in program:
            if step == "read":
                settled = row.settled
                answer = guard.get("k", row.load)
                if answer < settled:
                    too_old.append((settled, answer))
            elif step == "write":
                row.version = version = row.version + 1
                guard.forget("k")
                row.settled = max(row.settled, version)
            else:
                crowd.sim.sleep({"wait": 0.05, "outlive": 10.5}[step])
        guard.close()

    def meeting() -> None:
        for task in [crowd.sim.spawn(process, program) for program in programs]:
            task.join()

    crowd.sim.run(meeting)
    return crowd, row, too_old


@pytest.mark.parametrize("name", ONE_LOAD)
@given(SCHEDULES, st.integers(2, 6))
@settings(max_examples=60, deadline=None)
def test_a_key_that_is_missing_is_loaded_once(name: str, schedule: list[int], size: int) -> None:
    _, row, _ = run(name, schedule, [["read"]] * size)
    assert row.loads == 1


@pytest.mark.parametrize("name", ["locked", "stale_while_revalidate", "early_locked"])
@given(SCHEDULES, PROGRAMS)
@settings(max_examples=80, deadline=None)
def test_at_most_one_load_runs_at_a_time(
    name: str, schedule: list[int], programs: list[list[str]]
) -> None:
    """Loads take less than the lock lives, whatever is written and expires meanwhile."""
    _, row, _ = run(name, schedule, programs)
    assert row.most_at_once <= 1


@given(SCHEDULES, PROGRAMS)
@settings(max_examples=80, deadline=None)
def test_at_most_one_load_runs_at_a_time_under_a_lease_unless_somebody_writes(
    schedule: list[int], programs: list[list[str]]
) -> None:
    quiet = [[step for step in program if step != "write"] for program in programs]
    _, row, _ = run("leased", schedule, quiet)
    assert row.most_at_once <= 1


@pytest.mark.parametrize("name", ["locked", "leased", "early_locked", "stale_while_revalidate"])
@given(SCHEDULES, PROGRAMS)
@settings(max_examples=100, deadline=None)
def test_what_was_loaded_before_a_forget_is_not_there_after_it(
    name: str, schedule: list[int], programs: list[list[str]]
) -> None:
    """No read that begins after a write and its forget is older; nor is what stays in the store."""
    crowd, row, too_old = run(name, schedule, programs)
    found = crowd.guard(name).shelf.look("k")
    assert too_old == []
    assert not isinstance(found, Found) or found.value == row.version


@pytest.mark.parametrize("name", ONE_LOAD)
@given(SCHEDULES, PROGRAMS, FAULTS)
@settings(max_examples=80, deadline=None)
def test_a_store_that_fails_now_and_then_costs_no_answer(
    name: str, schedule: list[int], programs: list[list[str]], faults: dict[int, str]
) -> None:
    numbers = count()

    def fault(verb: str, key: Key, number: int) -> StoreError | LostAnswer | None:
        error = StoreError("down")
        outcomes = {"refused": error, "lost": LostAnswer(error)}
        return outcomes.get(faults.get(next(numbers), ""))

    crowd, row, _ = run(name, schedule, programs, fault)
    assert row.loading == 0
    assert crowd.sim.now() <= 60 + 4 * 10.5  # a lost lock or lease is waited for, and not for ever


@given(st.lists(st.floats(0.1, 3.0), min_size=6, max_size=6), SCHEDULES)
@settings(max_examples=100, deadline=None)
def test_no_late_holder_of_a_lock_replaces_a_newer_value(
    seconds: list[float], schedule: list[int]
) -> None:
    """Loads of any length under a lock of one second: what is stored only ever gets newer."""
    crowd = Crowd(schedule)
    crowd.origin.seconds = [*seconds, *[0.1] * 50]
    guard = crowd.guard("locked", lock_ttl=1, patience=30)
    stored: list[str] = []

    def watch() -> None:
        for _ in range(200):
            crowd.sim.sleep(0.05)
            entry = crowd.memory.get("value:k")
            if isinstance(entry, list) and entry[0] == "row":
                stored.append(entry[3])

    crowd.sim.spawn(watch)
    crowd.ask_at(guard, [0.0, 0.2, 0.4, 1.1, 2.0, 2.2])
    numbers = [int(value[1:]) for value in stored]
    assert numbers == sorted(numbers)
