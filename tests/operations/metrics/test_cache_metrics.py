"""What `CacheMetrics` says about windows of time, and how little it keeps for that."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.eviction import LRU, Cache
from cachelab.operations.metrics import Big, BiggestKeys, CacheMetrics, PrefixLine
from cachelab.operations.metrics.cache_metrics import OTHER
from cachelab.ports import Journal, ManualClock, MemoryStore, StoreError, ThreadRuntime, instrument


def looked_up(metrics: CacheMetrics, keys: str, is_hit: bool, seconds: float = 0.001) -> None:
    for key in keys.split():
        metrics.looked_up(key, is_hit, seconds)


def test_before_the_first_lookup_there_is_no_ratio_and_no_percentile() -> None:
    snapshot = CacheMetrics(ManualClock()).window(60)
    assert (snapshot.hit_ratio, snapshot.miss_ratio) == (None, None)
    assert (snapshot.lookups.p99, snapshot.lookups.mean) == (None, None)


def test_a_window_tells_of_its_own_time_only() -> None:
    clock = ManualClock()
    metrics = CacheMetrics(clock)
    looked_up(metrics, "a b c", is_hit=True)
    clock.advance(30)
    looked_up(metrics, "a", is_hit=False)
    assert metrics.window(10).hit_ratio == 0.0
    assert metrics.window(60).hit_ratio == 0.75


STEPS = st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=30)


@given(steps=STEPS, width=st.sampled_from([0.5, 1.0, 2.0]))
def test_windows_side_by_side_add_up_to_the_one_they_make_together(
    steps: list[tuple[int, bool]], width: float
) -> None:
    clock = ManualClock()
    metrics = CacheMetrics(clock, slice_seconds=width, keep_seconds=1_000)
    for quarters, is_hit in steps:
        clock.advance(quarters / 4)
        metrics.looked_up("k", is_hit, 0.001)
    parts, whole = metrics.windows(10.0, 6), metrics.window(60.0)
    assert sum(part.hits for part in parts) == whole.hits
    assert sum(part.lookups.count for part in parts) == whole.lookups.count
    assert sum(part.seconds for part in parts) == pytest.approx(whole.seconds)


@given(steps=STEPS)
def test_what_has_left_the_time_kept_is_still_in_the_totals(steps: list[tuple[int, bool]]) -> None:
    clock = ManualClock()
    metrics = CacheMetrics(clock, keep_seconds=5)
    for quarters, is_hit in steps:
        clock.advance(quarters / 4)
        metrics.looked_up("k", is_hit, 0.001)
    totals = metrics.totals()
    assert totals.hits == sum(is_hit for _, is_hit in steps)
    assert totals.lookups.count == len(steps)
    assert len(metrics.slices.recent) <= 7


def test_a_rate_is_by_the_time_that_there_was() -> None:
    clock = ManualClock(1_000.0)
    metrics = CacheMetrics(clock)
    clock.advance(2)
    looked_up(metrics, "a " * 10, is_hit=True)
    window = metrics.window(60)
    assert window.per_second(window.hits) == 5.0


def test_percentiles_of_a_window_come_from_counts_of_all_its_slices() -> None:
    clock = ManualClock()
    metrics = CacheMetrics(clock)
    looked_up(metrics, "a " * 99, is_hit=True, seconds=0.001)
    clock.advance(1)
    looked_up(metrics, "a", is_hit=False, seconds=1.0)
    lookups = metrics.window(10).lookups
    assert lookups.p99 is not None
    assert lookups.p99 < 0.0011
    assert lookups.longest == 1.0


def test_prefixes_beyond_the_limit_share_a_line() -> None:
    metrics = CacheMetrics(ManualClock(), prefixes_at_most=2)
    looked_up(metrics, "user:1 user:2 item:1 cart:1 order:1 plain", is_hit=True)
    looked_up(metrics, "user:3", is_hit=False)
    assert metrics.totals().prefixes == (
        PrefixLine(OTHER, 3, 0),
        PrefixLine("user", 2, 1),
        PrefixLine("item", 1, 0),
    )
    assert metrics.totals().prefixes[1].hit_ratio == pytest.approx(2 / 3)


def test_a_hundred_thousand_keys_leave_memory_for_a_few() -> None:
    clock = ManualClock()
    metrics = CacheMetrics(clock, hot_counters=50, keep_seconds=3)
    for number in range(100_000):
        metrics.looked_up(f"user{number}:1", number % 2 == 0, 0.001 * (1 + number % 100))
        if number % 10_000 == 0:
            clock.advance(1)
    tallies = metrics.slices.everything()
    assert len(tallies) <= 6
    assert max(len(tally.hot.counts) for tally in tallies) <= 50
    assert len(tallies[0].hits_of) <= 51
    assert max(len(one.counts) for tally in tallies for one in tally.latencies.values()) <= 2_369


def test_hot_keys_of_a_window_are_counted_over_its_slices() -> None:
    clock = ManualClock()
    metrics = CacheMetrics(clock)
    looked_up(metrics, "old " * 50, is_hit=True)
    clock.advance(100)
    looked_up(metrics, "a b a", is_hit=True)
    clock.advance(1)
    looked_up(metrics, "b b c", is_hit=False)
    assert [(one.key, one.count) for one in metrics.window(10).hot_keys] == [
        ("b", 3),
        ("a", 2),
        ("c", 1),
    ]


def test_an_in_process_cache_tells_what_left_it_and_why() -> None:
    clock = ManualClock()
    metrics = CacheMetrics(clock)
    cache = Cache(LRU(2), ttl=10, on_evict=metrics.on_evict, clock=clock)
    for key in "abc":
        cache.put(key, 1)
    clock.advance(10)
    cache.purge()
    assert (metrics.totals().evictions, metrics.totals().expirations) == (1, 2)


def test_events_of_a_journal_count_as_calls_do() -> None:
    clock, journal = ManualClock(), Journal()
    metrics = CacheMetrics(clock)
    store = instrument(
        MemoryStore(clock),
        journal=journal,
        faults=lambda _, key, __: StoreError("down") if key == "bad" else None,
    )
    store.set("k", 1)
    store.get("k")
    store.get("gone")
    store.delete("k")
    with pytest.raises(StoreError):
        store.get("bad")
    for event in journal:
        metrics.record(event)
    totals = metrics.totals()
    counted = (totals.hits, totals.misses, totals.writes, totals.deletes, totals.failures)
    assert counted == (1, 1, 1, 1, 1)


def test_a_snapshot_is_plain_enough_for_json() -> None:
    metrics = CacheMetrics(ManualClock())
    looked_up(metrics, "user:1", is_hit=True)
    metrics.biggest.wrote("user:1", 100)
    plain = json.loads(json.dumps(metrics.window(60).as_dict(), allow_nan=False))
    assert plain["hit_ratio"] == 1.0
    assert plain["big_keys"] == [{"key": "user:1", "size": 100}]
    assert plain["prefixes"] == [{"prefix": "user", "hits": 1, "misses": 0, "hit_ratio": 1.0}]
    assert plain["latencies"]["miss"]["p50"] is None


def test_threads_lose_no_lookup() -> None:
    runtime = ThreadRuntime()
    metrics = CacheMetrics(runtime)
    store = metrics.watch(MemoryStore())

    def read() -> None:
        for number in range(2_000):
            store.get(f"k{number}")
            if number % 500 == 0:
                metrics.window(10)

    for task in [runtime.spawn(read) for _ in range(4)]:
        task.join()
    assert metrics.totals().misses == 8_000
    assert metrics.totals().latencies["miss"].count == 8_000


SIZES = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 50)), max_size=60)


@given(writes=SIZES, at_most=st.integers(0, 5))
def test_keys_that_only_grow_are_ranked_as_by_a_full_count(
    writes: list[tuple[str, int]], at_most: int
) -> None:
    sizes: dict[str, int] = {}
    biggest = BiggestKeys(at_most)
    for key, growth in writes:
        sizes[key] = sizes.get(key, 0) + growth
        biggest.wrote(key, sizes[key])
    expected = sorted(sizes.values(), reverse=True)[:at_most]
    assert [big.size for big in biggest.top()] == expected
    assert all(sizes[big.key] == big.size for big in biggest.top())


def test_a_key_that_is_smaller_now_has_its_new_size() -> None:
    biggest = BiggestKeys(3)
    for key, size in [("a", 9), ("b", 5), ("a", 1)]:
        biggest.wrote(key, size)
    assert biggest.top() == [Big(5, "b"), Big(1, "a")]


@pytest.mark.parametrize(
    "options",
    [
        {"slice_seconds": 0},
        {"slice_seconds": 5, "keep_seconds": 1},
        {"keep_seconds": math.inf},
        {"prefixes_at_most": -1},
        {"hot_counters": 0, "slice_seconds": 1},
        {"big_keys": -1},
    ],
)
def test_numbers_out_of_range_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        CacheMetrics(ManualClock(), **options).looked_up("k", True, 0.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("seconds", [0, -1, math.inf])
def test_a_window_of_no_time_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        CacheMetrics(ManualClock()).window(seconds)
