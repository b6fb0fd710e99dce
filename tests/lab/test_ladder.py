import gc
import math
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.lab.ladder import (
    KNOWN_LIST,
    MEASURABLE,
    Rung,
    fibre_round_trip,
    ladder_chart,
    ladder_in_words,
    latency_ladder,
    measure,
    nearest_rank,
    published,
    ratios,
    timer_resolution,
    with_waiting,
)
from cachelab.lab.ladder.disk import PAGE, Counter, cached_read, device_read

times = st.lists(st.floats(0, 1e3), min_size=1, max_size=60)


class StepClock:
    """A timer that ticks every `tick` ns, and an operation that takes what it is told, in turn."""

    def __init__(self, tick: int, costs: Callable[[int], float]) -> None:
        self.exact, self.tick, self.costs, self.done = 0.0, tick, costs, 0

    def __call__(self) -> int:
        self.exact += 1  # reading it takes time too
        return int(self.exact // self.tick) * self.tick

    def run(self, times: int) -> None:
        for _ in range(times):
            self.exact += self.costs(self.done)
            self.done += 1


@given(values=times, percent=st.floats(0.1, 100))
def test_a_percentile_is_a_value_with_enough_of_the_others_not_above_it(
    values: list[float], percent: float
) -> None:
    found = nearest_rank(values, percent)
    assert found in values
    assert sum(value <= found for value in values) >= percent / 100 * len(values) - 1e-9
    assert sum(value < found for value in values) < percent / 100 * len(values)


@pytest.mark.parametrize("percent", [0, -1, 101, math.nan])
def test_a_percentile_that_is_none_is_refused(percent: float) -> None:
    with pytest.raises(ValueError, match="a percentile is"):
        nearest_rank([1.0], percent)
    with pytest.raises(ValueError, match="no values"):
        nearest_rank([], 50)


def test_what_is_shorter_than_the_timers_tick_is_timed_in_batches() -> None:
    clock = StepClock(tick=40, costs=lambda _: 7.0)
    timing = measure(clock.run, samples=50, clock=clock)
    assert timing.batch >= 40 * 100 / 7
    assert timing.p50 == pytest.approx(7e-9, rel=0.02)


def test_what_is_long_enough_is_timed_one_by_one() -> None:
    clock = StepClock(tick=40, costs=lambda _: 50_000.0)
    assert measure(clock.run, samples=20, clock=clock).batch == 1


def test_a_slow_one_in_fifty_is_in_the_99th_percentile_and_not_in_the_median() -> None:
    clock = StepClock(tick=10, costs=lambda n: 9e6 if n % 50 == 49 else 1e4)
    timing = measure(clock.run, samples=1_000, at_most=60, clock=clock)
    assert timing.p50 == pytest.approx(1e-5, rel=0.01)
    assert timing.p99 == pytest.approx(9e-3, rel=0.01)


def test_there_are_fewer_samples_where_they_would_take_too_long() -> None:
    clock = StepClock(tick=10, costs=lambda _: 1e8)
    assert measure(clock.run, samples=1_000, at_most=2.05, clock=clock).samples == 20


def test_the_first_slow_calls_are_warm_up() -> None:
    clock = StepClock(tick=10, costs=lambda n: 1e7 if n < 10 else 1e4)
    assert measure(clock.run, samples=200, at_most=60, clock=clock).longest < 1e-4


def test_the_collector_is_on_again_after_a_measurement_that_fails() -> None:
    def fail(times: int) -> None:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        measure(fail)
    assert gc.isenabled()


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 10"):
        measure(lambda _: None, samples=9)


def test_the_resolution_is_the_tick_of_the_timer() -> None:
    assert timer_resolution(StepClock(tick=40, costs=lambda _: 0)) == 40
    assert timer_resolution() > 0


@given(service=times, every=st.floats(1e-3, 1e3))
def test_users_never_see_less_than_the_service_takes(service: list[float], every: float) -> None:
    seen = with_waiting(service, every)
    assert all(user >= alone for user, alone in zip(seen, service, strict=True))


@given(service=st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_nobody_waits_where_requests_come_more_slowly_than_they_are_served(
    service: list[float],
) -> None:
    assert with_waiting(service, every=1.0) == pytest.approx(service)


def test_one_hang_is_hidden_from_who_waits_and_seen_by_who_does_not() -> None:
    service = [0.001] * 500 + [1.0] + [0.001] * 500
    assert nearest_rank(service, 99) == 0.001
    seen = with_waiting(service, every=0.010)
    assert nearest_rank(seen, 99) > 500 * nearest_rank(service, 99)
    assert statistics.median(seen) == 0.001


@pytest.mark.parametrize("every", [0, -1, math.inf])
def test_arrivals_that_are_no_rate_are_refused(every: float) -> None:
    with pytest.raises(ValueError, match="every must be"):
        with_waiting([1.0], every)


@pytest.mark.parametrize(
    ("level", "ns"),
    [
        ("L1 cache", 0.5),
        ("L2 cache", 7),
        ("memory", 100),
        ("SSD", 150_000),
        ("HDD", 10_000_000),
        ("data centre", 500_000),
        ("ocean", 150_000_000),
    ],
)
def test_the_known_list_has_the_numbers_that_are_quoted(level: str, ns: float) -> None:
    (row,) = [row for row in KNOWN_LIST if row.level == level]
    assert row.seconds * 1e9 == pytest.approx(ns)


def test_the_ratios_are_those_of_the_table_and_not_the_ones_quoted_with_it() -> None:
    found = ratios()
    assert found["SSD / memory"] == pytest.approx(1_500)  # often given as 1,000
    assert found["HDD / SSD"] == pytest.approx(66.7, abs=0.05)
    assert found["data centre / memory"] == pytest.approx(5_000)  # often given as 300
    assert found["ocean / data centre"] == pytest.approx(300)


def test_in_the_known_list_each_level_is_far_from_the_first_on_a_linear_scale() -> None:
    first, *rest = (row.seconds for row in KNOWN_LIST[:5])
    assert [round(seconds / first) for seconds in rest] == [14, 200, 300_000, 20_000_000]


def test_every_published_number_has_a_source_and_a_year() -> None:
    assert all(row.source and row.year and row.kind == "published" for row in published())


def test_no_round_trip_is_faster_than_light_in_fibre() -> None:
    (ocean,) = [row for row in KNOWN_LIST if row.level == "ocean"]
    assert fibre_round_trip(8_800) < ocean.seconds


def test_memory_is_slower_than_the_first_cache_and_a_server_slower_than_a_dict() -> None:
    ladder = latency_ladder(["l1", "memory", "dict", "server_unix"], samples=100)
    times = {rung.name: rung.seconds for rung in ladder.measured}
    assert times["L1 cache reference"] * 2 < times["main memory reference"]
    assert times["dict lookup in Python"] * 2 < times["cache server GET, unix socket"]


def test_each_rung_is_measured_and_says_how() -> None:
    names = ["memory_store", "sqlite", "server_tcp", "http", "file"]
    told: list[str] = []
    ladder = latency_ladder(names, samples=20, progress=told.append)
    assert told == names
    assert [rung.name for rung in ladder.measured] == [MEASURABLE[name].name for name in names]
    for rung in ladder.measured:
        assert rung.samples is not None
        assert 10 <= rung.samples <= 20
        assert rung.p90 is not None
        assert rung.p99 is not None
        assert 0 < rung.seconds <= rung.p90 <= rung.p99


def test_rows_are_plain_and_the_fastest_comes_first() -> None:
    rows = latency_ladder(["dict"], samples=10).rows
    assert len(rows) == 1 + len(published())
    assert [row["seconds"] for row in rows] == sorted(row["seconds"] for row in rows)


def test_a_rung_without_its_server_is_left_out_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CACHELAB_SERVER", str(tmp_path / "none"))
    ladder = latency_ladder(["server_unix", "dict"], samples=10)
    assert "not a program" in ladder.left_out["server_unix"]
    assert [rung.name for rung in ladder.measured] == ["dict lookup in Python"]


def test_an_unknown_rung_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown rung 'tape'"):
        latency_ladder(["tape"])


def test_reads_that_no_device_was_asked_for_were_answered_by_the_page_cache() -> None:
    fetched = iter([1_000, 1_000])
    counter = Counter(lambda: next(fetched))
    counter.reads = 100
    assert "the page cache answered" in counter.verdict()


def test_reads_that_the_device_answered_are_told_as_a_share() -> None:
    fetched = iter([0, 75 * PAGE])
    counter = Counter(lambda: next(fetched))
    counter.reads = 100
    assert counter.verdict().startswith("75% of the reads went to the device")


def test_where_the_system_does_not_count_nothing_is_claimed() -> None:
    assert "cannot be known" in Counter(lambda: None).verdict()


def test_a_file_just_written_is_read_from_memory_and_says_so() -> None:
    with cached_read() as (run, verdict):
        run(200)
        words = verdict()
    assert "the page cache answered" in words or "cannot be known" in words


def test_a_direct_read_is_answered_by_the_device_or_is_left_out() -> None:
    ladder = latency_ladder(["device"], samples=10)
    notes = [rung.note for rung in ladder.measured] + list(ladder.left_out.values())
    (note,) = notes
    assert "device" in note or "cannot be known" in note or "no direct reads" in note


def test_the_chart_has_a_mark_for_every_rung_on_a_log_axis() -> None:
    rungs = [*published(), Rung("dict", "measured", "process", 5e-8, 6e-8, 9e-8, 100, 64)]
    (axes,) = ladder_chart(rungs).axes
    assert axes.get_xscale() == "log"
    marks = [line for line in axes.get_lines() if line.get_marker() in {"o", "D"}]
    assert len(marks) == len(rungs)
    assert {line.get_marker() for line in marks} == {"o", "D"}


def test_the_chart_in_words_names_every_rung_with_its_time() -> None:
    words = ladder_in_words(published())
    assert "SSD random read 150 us (published, 2012)" in words
    assert all(rung.name in words for rung in published())


def test_no_label_of_the_chart_leaves_the_paper() -> None:
    fig = ladder_chart(published())
    fig.savefig("/dev/null", format="png")
    right = fig.bbox.x1
    assert all(text.get_window_extent().x1 <= right for text in fig.axes[0].texts)


def test_an_empty_ladder_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="no rung"):
        ladder_chart([])


def test_a_file_system_without_direct_reads_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.O_DIRECT", raising=False)
    monkeypatch.setattr("sys.platform", "freebsd")
    from cachelab.lab.ladder.disk import NotPossible

    with pytest.raises(NotPossible, match="no way to read past"), device_read():
        pass
