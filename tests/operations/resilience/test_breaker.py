"""The circuit breaker: its three states, its window, its one trial, and who hears of it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachelab.operations.resilience import CircuitBreaker, CircuitOpen, State, Transition
from cachelab.operations.resilience.window import Window
from cachelab.ports import CachelabError, ManualClock, SimRuntime, StoreError, ThreadRuntime


def down() -> None:
    raise StoreError("no route to host")


def fail(breaker: CircuitBreaker, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(StoreError):
            breaker.call(down)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_000.0)


def opened(clock: ManualClock, **options: Any) -> CircuitBreaker:
    breaker = CircuitBreaker(clock, **{"minimum_calls": 2, "open_for": 5.0, **options})
    fail(breaker, 2)
    assert breaker.state is State.OPEN
    return breaker


def test_a_closed_breaker_passes_arguments_and_answers_through(clock: ManualClock) -> None:
    assert CircuitBreaker(clock).call(int, "ff", base=16) == 255


def test_errors_of_the_call_reach_the_caller_as_they_are(clock: ManualClock) -> None:
    with pytest.raises(StoreError, match="no route to host"):
        CircuitBreaker(clock).call(down)


def test_fewer_calls_than_the_minimum_do_not_open_it(clock: ManualClock) -> None:
    breaker = CircuitBreaker(clock, minimum_calls=5)
    fail(breaker, 4)
    assert breaker.state is State.CLOSED
    fail(breaker)
    assert breaker.state is State.OPEN


def test_a_smaller_share_of_failures_than_the_ratio_does_not_open_it(clock: ManualClock) -> None:
    breaker = CircuitBreaker(clock, minimum_calls=4, failure_ratio=0.5)
    for _ in range(6):
        breaker.call(int)
    fail(breaker, 5)
    assert breaker.state is State.CLOSED
    fail(breaker)
    assert breaker.state is State.OPEN


def test_failures_older_than_the_window_are_forgotten(clock: ManualClock) -> None:
    breaker = CircuitBreaker(clock, minimum_calls=3, window=10.0)
    fail(breaker, 2)
    clock.advance(10.0)
    fail(breaker, 2)
    assert breaker.state is State.CLOSED
    fail(breaker)
    assert breaker.state is State.OPEN


def test_an_open_breaker_makes_no_call(clock: ManualClock) -> None:
    breaker, calls = opened(clock), []
    for _ in range(100):
        with pytest.raises(CircuitOpen) as caught:
            breaker.call(calls.append, 1)
    assert calls == []
    assert caught.value.retry_in == 5.0
    assert isinstance(caught.value, CachelabError)


def test_a_trial_that_goes_well_closes_it_and_forgets_the_failures(clock: ManualClock) -> None:
    breaker = opened(clock)
    clock.advance(5.0)
    assert breaker.call(int) == 0
    assert breaker.state is State.CLOSED
    fail(breaker)
    assert breaker.state is State.CLOSED


def test_a_trial_that_fails_opens_it_for_as_long_again(clock: ManualClock) -> None:
    breaker = opened(clock)
    clock.advance(5.0)
    fail(breaker)
    clock.advance(4.9)
    with pytest.raises(CircuitOpen):
        breaker.call(int)
    clock.advance(0.1)
    assert breaker.call(int) == 0


def test_while_one_call_tries_all_others_are_refused(clock: ManualClock) -> None:
    breaker = opened(clock)
    clock.advance(5.0)
    with breaker.admit():
        assert breaker.state is State.HALF_OPEN
        with pytest.raises(CircuitOpen):
            breaker.call(int)
    assert breaker.state is State.CLOSED


def test_a_trial_whose_caller_never_comes_back_counts_as_a_failure(clock: ManualClock) -> None:
    breaker = opened(clock, trial_limit=2.0)
    clock.advance(5.0)
    breaker.admit()  # and nothing more is heard of it
    clock.advance(2.0)
    assert breaker.state is State.OPEN
    clock.advance(5.0)
    assert breaker.call(int) == 0
    assert breaker.state is State.CLOSED


def test_the_outcome_of_a_trial_that_took_too_long_comes_too_late(clock: ManualClock) -> None:
    breaker = opened(clock, trial_limit=2.0)
    clock.advance(5.0)
    with breaker.admit():
        clock.advance(2.0)
    assert breaker.state is State.OPEN


def test_a_mistake_of_the_program_in_a_trial_leaves_the_next_call_to_try(
    clock: ManualClock,
) -> None:
    breaker = opened(clock)
    clock.advance(5.0)
    with pytest.raises(ValueError, match="invalid literal"):
        breaker.call(int, "x")
    assert breaker.state is State.OPEN
    assert breaker.call(int) == 0
    assert breaker.state is State.CLOSED


def test_mistakes_of_the_program_do_not_open_it(clock: ManualClock) -> None:
    breaker = CircuitBreaker(clock, minimum_calls=1)
    for _ in range(20):
        with pytest.raises(ValueError, match="invalid literal"):
            breaker.call(int, "x")
    assert breaker.state is State.CLOSED


def test_a_call_that_began_before_the_outage_does_not_end_it(clock: ManualClock) -> None:
    breaker = CircuitBreaker(clock, minimum_calls=1)
    with breaker.admit():
        fail(breaker)
    assert breaker.state is State.OPEN


def test_only_the_chosen_errors_are_failures(clock: ManualClock) -> None:
    breaker = CircuitBreaker(clock, minimum_calls=1, failures=(OSError, TimeoutError))
    fail(breaker)
    assert breaker.state is State.CLOSED


def test_observers_hear_of_each_transition_in_order_with_its_reason(clock: ManualClock) -> None:
    steps: list[Transition] = []
    breaker = CircuitBreaker(clock, minimum_calls=2, open_for=5.0)
    breaker.observe(steps.append)
    fail(breaker, 2)
    clock.advance(5.0)
    breaker.call(int)
    assert steps == [
        Transition(1_000.0, State.CLOSED, State.OPEN, "2 of 2 calls failed"),
        Transition(1_005.0, State.OPEN, State.HALF_OPEN, "one call tries whether it is over"),
        Transition(1_005.0, State.HALF_OPEN, State.CLOSED, "the trial went well"),
    ]


def test_an_observer_may_use_the_breaker(clock: ManualClock) -> None:
    breaker, seen = CircuitBreaker(clock, minimum_calls=1), []
    breaker.observe(lambda step: seen.append((step.after, breaker.state)))
    fail(breaker)
    assert seen == [(State.OPEN, State.OPEN)]


def test_an_observer_that_fails_harms_neither_the_call_nor_the_other_observers(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    breaker, seen = opened(clock), []
    breaker.observe(lambda _: 1 / 0)
    breaker.observe(seen.append)
    clock.advance(5.0)
    assert breaker.call(int) == 0
    assert len(seen) == 2
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("failure_ratio", 0.0),
        ("failure_ratio", 1.1),
        ("minimum_calls", 0),
        ("window", 0.0),
        ("open_for", -1.0),
        ("trial_limit", float("inf")),
    ],
)
def test_a_number_out_of_range_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"not {value}"):
        CircuitBreaker(**{name: value})


def test_calls_on_threads_overlap() -> None:
    runtime = ThreadRuntime()
    breaker, met = CircuitBreaker(), [runtime.event(), runtime.event()]

    def meet(mine: int) -> bool:
        met[mine].set()
        return met[1 - mine].wait(10.0)

    tasks = [runtime.spawn(breaker.call, meet, mine) for mine in (0, 1)]
    assert [task.join() for task in tasks] == [True, True]


class Server:
    """Something that is up or down, takes a while, and notes how many call it at once."""

    def __init__(self, sim: SimRuntime) -> None:
        self.sim = sim
        self.up = False
        self.inside = 0
        self.most = 0

    def call(self, seconds: float) -> str:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.sim.sleep(seconds)
        self.inside -= 1
        if not self.up:
            raise StoreError("down")
        return "ok"


SCHEDULES = st.lists(st.integers(0, 3), min_size=40, max_size=40)


def attempts(sim: SimRuntime, breaker: CircuitBreaker, call: Callable[[], Any]) -> list[str]:
    outcomes = []
    for _ in range(4):
        try:
            outcomes.append(breaker.call(call))
        except (CircuitOpen, StoreError) as error:
            outcomes.append(type(error).__name__)
        sim.sleep(1.0)
    return outcomes


@settings(max_examples=150)
@given(schedule=SCHEDULES, seconds=st.sampled_from([0.0, 0.5, 1.0, 1.9]))
def test_in_every_order_of_many_tasks_one_at_a_time_tries(
    schedule: list[int], seconds: float
) -> None:
    sim = SimRuntime(schedule)
    breaker = CircuitBreaker(sim, minimum_calls=1, open_for=1.0, trial_limit=2.0)
    server = Server(sim)

    def main() -> None:
        fail(breaker)
        sim.sleep(1.0)
        tasks = [sim.spawn(attempts, sim, breaker, lambda: server.call(seconds)) for _ in range(4)]
        for task in tasks:
            assert "ok" not in task.join()
        server.up = True
        sim.sleep(1.0)
        assert breaker.call(server.call, 0.0) == "ok"
        assert breaker.state is State.CLOSED

    sim.run(main)
    assert server.most == 1


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.4, 1.0, 3.0]), st.booleans()), min_size=1, max_size=60
    )
)
def test_the_window_counts_between_nine_tenths_and_all_of_its_time(
    calls: list[tuple[float, bool]],
) -> None:
    window, now, ended = Window(10.0), 0.0, []
    for pause, failed in calls:
        now += pause
        window.note(now, failed)
        ended.append((now, failed))
        counted, failures = window.counts(now)
        young = [failed for at, failed in ended if at > now - 9.0]
        old_too = [failed for at, failed in ended if at > now - 10.0]
        assert len(young) <= counted <= len(old_too)
        assert sum(young) <= failures <= sum(old_too)
        assert len(window.slices) <= 10
