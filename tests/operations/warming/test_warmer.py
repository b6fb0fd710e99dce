"""A warm-up: what it brings, what it leaves alone, when it stops, and how it goes on."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
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
    LostAnswer,
    ManualClock,
    MemorySource,
    MemoryStore,
    SimRuntime,
    SourceError,
    SQLSource,
    StoreError,
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


class Between:
    """Ports between whose calls somebody else's two steps come: at the calls of those numbers."""

    def __init__(self, places: tuple[int, int], steps: list[Callable[[], object]]) -> None:
        self.due = sorted(zip(places, range(2), steps, strict=True))
        self.calls = 0

    def port(self, port: Any, failing: int | None = None) -> Any:
        def before(verb: str, key: object, number: int) -> SourceError | LostAnswer | None:
            self.calls += 1
            while self.due and self.due[0][0] <= self.calls:
                self.due.pop(0)[2]()
            if failing != self.calls:
                return None
            return SourceError("lost") if hasattr(port, "read") else LostAnswer(StoreError("lost"))

        return instrument(port, faults=before)

    def finish(self) -> None:
        for _, _, step in self.due:
            step()


PLACES = [(first, second) for second in range(1, 13) for first in range(1, second + 1)]


def value_in(store: MemoryStore) -> Any:
    match store.get("k"):
        case ["row", _, _, value]:
            return value
        case ["lease", _]:
            return MISSING
        case other:
            return other


@pytest.mark.parametrize("failing", [None, *range(1, 8)])
@pytest.mark.parametrize("kind", ["rows", "through"])
def test_whenever_a_writer_comes_in_no_older_row_is_left_behind(
    kind: str, failing: int | None
) -> None:
    for places in PLACES:
        store, source = MemoryStore(), rows(["k"])
        steps = [partial(source.write, "k", "newer"), partial(store.delete, "k")]
        world = Between(places, steps)
        ports = world.port(store, failing), world.port(source, failing)
        filling: Filling = Rows(*ports, ttl=60) if kind == "rows" else Through(cached(*ports))
        CacheWarmer(filling).warm(["k"])
        world.finish()
        assert value_in(store) in ("newer", MISSING), places


def cached(store: Any, source: Any) -> CacheAside:
    return CacheAside(store, source, ttl=60)


@pytest.mark.parametrize("failing", [None, *range(1, 8)])
def test_whenever_an_entry_is_dropped_during_a_move_it_is_not_on_the_new_store(
    failing: int | None,
) -> None:
    for places in PLACES:
        old, new = MemoryStore(), MemoryStore()
        old.set("k", "older")
        world = Between(places, [partial(old.delete, "k"), partial(new.delete, "k")])
        CacheWarmer(Copied(*(world.port(one, failing) for one in (new, old)), ttl=60)).warm(["k"])
        world.finish()
        assert new.get("k") is MISSING, places


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
