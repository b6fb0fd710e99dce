"""A warm-up: what it brings, what it leaves alone, when it stops, and how it goes on."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachelab.eviction import LRU, Cache
from cachelab.operations.warming import (
    CacheWarmer,
    Copied,
    Filled,
    Filling,
    ProgressFile,
    Rows,
    Through,
)
from cachelab.ports import (
    MISSING,
    ManualClock,
    MemorySource,
    MemoryStore,
    SimRuntime,
    SourceError,
    SQLSource,
    instrument,
)
from cachelab.stampede import GUARDS
from cachelab.strategies import STRATEGIES, CacheAside, MemoryLog, Strategy
from tests.strategies.world import FlakySource, FlakyStore

KEYS = [f"k{number}" for number in range(50)]


def rows(keys: list[str] = KEYS) -> MemorySource:
    source = MemorySource()
    for key in keys:
        source.write(key, f"row of {key}")
    return source


class Noting:
    """A filling that notes its keys, and fails those it is told to."""

    def __init__(self, bad: Callable[[str], bool] = lambda _: False) -> None:
        self.bad = bad
        self.keys: list[str] = []

    def fill(self, key: str) -> Filled:
        self.keys.append(key)
        if self.bad(key):
            raise SourceError("the source is down")
        return Filled.KEPT


def strategy(name: str, store: Any, source: Any, sim: SimRuntime) -> Strategy:
    options: dict[str, Any] = {"rng": random.Random(1)}
    if name == "write_behind":
        options["log"] = MemoryLog(sim, store=store)
    return STRATEGIES[name].over(store, source, ttl=60.0, runtime=sim, **options)


@pytest.mark.parametrize("name", STRATEGIES)
def test_after_a_warm_up_no_read_of_any_strategy_asks_the_source(name: str) -> None:
    sim, source = SimRuntime(), FlakySource()
    source.inner = rows()

    def scene() -> Any:
        cache = strategy(name, MemoryStore(sim), source, sim)
        report = CacheWarmer(Through(cache), runtime=sim).warm(KEYS)  # type: ignore[arg-type]
        source.calls.clear()
        assert [cache.read(key) for key in KEYS] == [f"row of {key}" for key in KEYS]
        cache.close()
        return report

    report = sim.run(scene)
    assert (report.kept, report.is_complete) == (50, True)
    assert "read" not in source.calls


def test_one_failing_key_does_not_stop_the_others() -> None:
    filling = Noting(bad=lambda key: key == "k7")
    report = CacheWarmer(filling).warm(KEYS)
    assert filling.keys == KEYS
    assert (report.kept, report.failed, report.stopped) == (49, 1, None)
    assert report.errors == ("'k7': SourceError: the source is down",)


def test_a_mistake_in_one_row_does_not_stop_the_others_either() -> None:
    class Odd(Noting):
        def fill(self, key: str) -> Filled:
            super().fill(key)
            return Filled[{"k3": "no such end"}.get(key, "KEPT")]

    assert CacheWarmer(Odd()).warm(KEYS).failed == 1


def test_a_dead_source_ends_it_after_a_few_keys_and_says_so() -> None:
    source, store = FlakySource(), MemoryStore()
    source.down = True
    warmer = CacheWarmer(Rows(store, source, ttl=60), stop_after=5)
    report = warmer.warm(f"k{number}" for number in range(1_000))
    assert len(source.calls) == 5
    assert report.stopped is not None
    assert "5 keys in a row failed" in report.stopped
    assert "the source is down" in str(report)


def test_keys_that_are_there_do_not_hide_that_the_source_is_dead() -> None:
    source, store = FlakySource(), MemoryStore()
    for number in range(0, 1_000, 2):
        store.set(f"k{number}", "there")
    source.down = True
    report = CacheWarmer(Rows(store, source, ttl=60), stop_after=5).warm(
        f"k{number}" for number in range(1_000)
    )
    assert (report.failed, report.ends[Filled.PRESENT]) == (5, 5)


def test_a_dead_store_ends_it_too() -> None:
    sim = SimRuntime()
    store, source = FlakyStore(sim), FlakySource(sim)
    source.inner = rows()
    store.down = True
    cache = CacheAside(store, source, ttl=60, runtime=sim)
    report = sim.run(lambda: CacheWarmer(Through(cache), stop_after=4, runtime=sim).warm(KEYS))
    assert (report.failed, report.kept) == (4, 0)
    assert "the store failed" in str(report)
    assert source.calls == []


def test_a_source_that_fails_now_and_then_does_not_end_it() -> None:
    report = CacheWarmer(Noting(bad=lambda key: int(key[1:]) % 3 > 0), stop_after=3).warm(KEYS)
    assert (report.tried, report.stopped) == (50, None)


def test_it_asks_no_faster_than_it_is_told() -> None:
    sim = SimRuntime()
    times: list[float] = []

    class Timed(Noting):
        def fill(self, key: str) -> Filled:
            times.append(sim.now())
            sim.sleep(3.0 if key == "k1" else 0.0)
            return Filled.KEPT

    sim.run(CacheWarmer(Timed(), per_second=4.0, runtime=sim).warm, KEYS[:5])
    assert times == [0.0, 0.25, 3.25, 3.5, 3.75]


def test_it_ends_when_its_time_is_over() -> None:
    sim = SimRuntime()
    warmer = CacheWarmer(Noting(), per_second=10.0, at_most=2.0, runtime=sim)
    report = sim.run(warmer.warm, KEYS)
    assert report.tried == 20
    assert report.stopped == "the time of 2 s was over"


def test_rows_without_a_row_are_not_kept() -> None:
    store = MemoryStore()
    report = CacheWarmer(Rows(store, rows(["k1"]), ttl=60)).warm(["k0", "k1"])
    assert (report.ends[Filled.ABSENT], store.get("k0")) == (1, MISSING)


def test_what_is_there_is_never_replaced() -> None:
    store = MemoryStore()
    store.set("k1", "newer")
    CacheWarmer(Rows(store, rows(), ttl=60)).warm(KEYS)
    assert store.get("k1") == "newer"


FILLINGS: list[str] = ["rows", "through"]


@settings(max_examples=100)
@given(
    schedule=st.lists(st.integers(0, 2), min_size=30, max_size=30),
    kind=st.sampled_from(FILLINGS),
    fails=st.sets(st.integers(1, 3)),
)
def test_in_no_order_of_steps_is_an_older_row_left_behind(
    schedule: list[int], kind: str, fails: set[int]
) -> None:
    sim = SimRuntime(schedule)
    store = instrument(MemoryStore(sim), sim)
    source = instrument(
        rows(["k"]),
        sim,
        faults=lambda verb, _, number: (
            SourceError("down") if verb == "read" and number in fails else None
        ),
    )
    cache = CacheAside(store, source, ttl=60, runtime=sim)
    filling: Filling = Through(cache) if kind == "through" else Rows(store, source, ttl=60)

    def write() -> None:
        source.write("k", "newer")
        store.delete("k")

    def main() -> Any:
        warmer = CacheWarmer(filling, runtime=sim)
        for task in [sim.spawn(warmer.warm, ["k"]), sim.spawn(write)]:
            task.join()
        return store.get("k")

    found = sim.run(main)
    value = found[3] if isinstance(found, list) and found[0] == "row" else found
    assert value in ("newer", MISSING) or found[0] == "lease"


@settings(max_examples=100)
@given(schedule=st.lists(st.integers(0, 2), min_size=30, max_size=30))
def test_an_entry_that_is_dropped_during_a_move_is_not_on_the_new_store(
    schedule: list[int],
) -> None:
    sim = SimRuntime(schedule)
    old, new = (instrument(MemoryStore(sim), sim, name=name) for name in ("old", "new"))

    def drop() -> None:
        old.delete("k")
        new.delete("k")

    def main() -> Any:
        old.set("k", "older")
        warmer = CacheWarmer(Copied(new, old, ttl=60), runtime=sim)
        for task in [sim.spawn(warmer.warm, ["k"]), sim.spawn(drop)]:
            task.join()
        return new.get("k")

    assert sim.run(main) is MISSING


def test_copies_do_not_die_together_and_none_lives_longer_than_the_ttl() -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    filling = Rows(store, rows(), ttl=100.0, jitter=0.1, rng=random.Random(1))
    CacheWarmer(filling).warm(KEYS)
    lives = [store.ttl(key) for key in KEYS]
    assert len(set(lives)) == len(KEYS)
    assert all(isinstance(life, float) and 90.0 < life <= 100.0 for life in lives)


def test_an_entry_from_another_store_keeps_what_is_left_of_its_life() -> None:
    clock = ManualClock()
    old, new = MemoryStore(clock), MemoryStore(clock)
    old.set("short", 1, ttl=10)
    old.set("endless", 2)
    old.set("lease", ["lease", "stamp"], ttl=5)
    report = CacheWarmer(Copied(new, old, ttl=60, jitter=0.0)).warm(["short", "endless", "lease"])
    assert (new.ttl("short"), new.ttl("endless"), new.get("lease")) == (10.0, 60.0, MISSING)
    assert report.kept == 2


@pytest.mark.parametrize("name", GUARDS)
def test_a_guard_finds_on_the_new_store_what_it_kept_on_the_old_one(name: str) -> None:
    sim = SimRuntime()
    old, new = MemoryStore(sim), MemoryStore(sim)

    def fails(key: str) -> str:
        raise SourceError("nobody is to ask")

    def scene() -> Any:
        with_old = GUARDS[name](old, sim, ttl=60.0, rng=random.Random(1))
        with_old.get("k", lambda key: f"row of {key}")
        keys = list(old.entries)
        CacheWarmer(Copied(new, old, ttl=600.0), runtime=sim).warm(keys)
        with_new = GUARDS[name](new, sim, ttl=60.0, rng=random.Random(1))
        return with_new.get("k", fails)

    assert sim.run(scene) == "row of k"


def test_the_hottest_keys_of_a_log_come_last_so_that_a_small_cache_keeps_them() -> None:
    cache: Cache = Cache(LRU(2))

    class Into(Noting):
        def fill(self, key: str) -> Filled:
            cache.put(key, 1)
            return super().fill(key)

    filling = Into()
    lines = ["hot"] * 9 + ["warm"] * 5 + ["cool"] * 2 + ["cold", "", "cold2"]
    report = CacheWarmer(filling).warm_from_log(lines, lambda line: line.split()[0], top=3)
    assert filling.keys == ["cool", "warm", "hot"]
    assert ("hot" in cache, "warm" in cache, "cool" in cache) == (True, True, False)
    assert report.broken_lines == 1


def test_a_trace_is_anything_that_goes_through_keys() -> None:
    filling = Noting()
    CacheWarmer(filling).warm_from_trace([5, 6, 5, "x"], top=1)
    assert filling.keys == ["5"]


class Killed(BaseException):
    """The end of a process, as far as a warm-up can see one."""


@settings(max_examples=40)
@given(
    kills=st.lists(st.integers(1, 30), max_size=4),
    every=st.integers(1, 12),
)
def test_however_often_it_is_stopped_every_key_is_filled_and_few_twice(
    tmp_path_factory: pytest.TempPathFactory, kills: list[int], every: int
) -> None:
    path = tmp_path_factory.mktemp("progress") / "warm.json"
    filled: list[str] = []
    for kill in [*kills, 1_000]:
        left = iter(range(kill))

        class Stops(Noting):
            def fill(self, key: str) -> Filled:
                if next(left, None) is None:  # noqa: B023 - used up within this turn of the loop
                    raise Killed
                filled.append(key)
                return Filled.KEPT

        warmer = CacheWarmer(Stops(), progress=ProgressFile(path, every=every))
        try:
            warmer.warm(iter(KEYS))
            break
        except Killed:
            continue
    assert sorted(set(filled)) == sorted(KEYS)
    assert len(filled) == len(KEYS)
    assert not path.exists()


def test_another_list_of_keys_begins_anew(tmp_path: Path) -> None:
    progress = ProgressFile(tmp_path / "warm.json", every=1)
    sim = SimRuntime()
    stopped = CacheWarmer(Noting(), progress=progress, per_second=1.0, at_most=10.0, runtime=sim)
    sim.run(stopped.warm, KEYS)
    others = ["another", *KEYS[1:]]
    filling = Noting()
    report = CacheWarmer(filling, progress=progress).warm(iter(others))
    assert (filling.keys, report.resumed) == (others, 0)


def test_what_failed_because_the_source_died_is_tried_again(tmp_path: Path) -> None:
    progress = ProgressFile(tmp_path / "warm.json")
    dies = Noting(bad=lambda key: int(key[1:]) >= 30)
    assert CacheWarmer(dies, progress=progress, stop_after=5).warm(KEYS).stopped is not None
    filling = Noting()
    report = CacheWarmer(filling, progress=progress).warm(KEYS)
    assert (filling.keys, report.resumed) == (KEYS[30:], 30)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"done": "x"}', '{"done": 5}', "null"])
def test_a_progress_file_that_cannot_be_read_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "warm.json"
    path.write_text(text)
    assert CacheWarmer(Noting(), progress=ProgressFile(path)).warm(KEYS).kept == 50


SCRIPT = """
import sys
from cachelab.operations.warming import CacheWarmer, ProgressFile, Rows
from cachelab.ports import MemoryStore, SQLSource

source = SQLSource(sys.argv[1])
class Told(Rows):
    def fill(self, key):
        end = super().fill(key)
        print(key, flush=True)
        return end
filling = Told(MemoryStore(), source, ttl=60)
progress = ProgressFile(sys.argv[2], every=10)
CacheWarmer(filling, progress=progress).warm(f"k{number}" for number in range(1_000_000))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no process is killed without a word there")
def test_a_process_that_is_killed_goes_on_within_a_few_keys_of_where_it_was(
    tmp_path: Path,
) -> None:
    SQLSource(str(tmp_path / "rows.db")).close()
    path = tmp_path / "warm.json"
    words = [sys.executable, "-c", SCRIPT, str(tmp_path / "rows.db"), str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        seen = [next(process.stdout) for _ in range(35)]
        os.kill(process.pid, signal.SIGKILL)
        seen += list(process.stdout)
    done, _ = ProgressFile(path).resume(f"k{number}" for number in range(1_000_000))
    assert 30 <= done <= len(seen)
    assert len(seen) - done <= 11


def test_a_warm_up_draws_nothing_unless_it_is_asked_to(
    capfd: pytest.CaptureFixture[str],
) -> None:
    CacheWarmer(Noting()).warm(KEYS)
    assert capfd.readouterr() == ("", "")


def test_a_progress_bar_counts_the_keys(capfd: pytest.CaptureFixture[str]) -> None:
    CacheWarmer(Noting(), show=True).warm(KEYS)
    assert "/50 " in capfd.readouterr().err


@pytest.mark.parametrize(
    "options",
    [{"per_second": 0}, {"per_second": -1.0}, {"stop_after": 0}, {"at_most": 0.0}],
)
def test_numbers_out_of_range_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"above 0|at least 1"):
        CacheWarmer(Noting(), **options)


def test_the_last_few_errors_are_kept_and_no_more() -> None:
    report = CacheWarmer(Noting(bad=lambda _: True), stop_after=40).warm(KEYS)
    assert len(report.errors) == 5
    assert report.errors[-1].startswith("'k39'")
