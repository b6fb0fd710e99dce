"""Formulas for lives, against a real strategy over a real store with a clock moved by hand."""

import math
import random
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.operations.deciding import (
    hit_ratio_of,
    hit_ratio_until_written,
    life_for_hit_ratio,
    stale_share,
    ttl_for,
)
from cachelab.ports import ManualClock, MemorySource, MemoryStore, Versioned
from cachelab.ports.stores import Absent
from cachelab.strategies import CacheAside


class CountedSource(MemorySource):
    reads = 0

    def read(self, key: str) -> Versioned | Absent:
        self.reads += 1
        return super().read(key)


@dataclass
class Played:
    hit_ratio: float
    stale_share: float
    oldest: float


def play(ttl: float, reads: float, writes: float, *, requests: int, tell: bool = False) -> Played:
    """Read and write one key at random times through `CacheAside`; `tell` it of the writes."""
    rng, clock, source = random.Random(7), ManualClock(), CountedSource()
    aside = CacheAside(MemoryStore(clock), source, ttl, negative_ttl=ttl, jitter=0.0)
    source.write("k", [0, 0.0])
    changed_at = {0: 0.0}
    done = stale = version = 0
    oldest = 0.0
    while done < requests:
        clock.advance(rng.expovariate(reads + writes))
        if rng.random() < writes / (reads + writes):
            version += 1
            changed_at[version] = clock.now()
            row = [version, clock.now()]
            aside.write("k", row) if tell else source.write("k", row)
            continue
        done += 1
        seen = aside.read("k")
        stale += seen[0] != version
        if seen[0] != version:
            oldest = max(oldest, clock.now() - changed_at[seen[0] + 1])
    return Played(1 - source.reads / requests, stale / requests, oldest)


@pytest.mark.parametrize(("ttl", "reads"), [(1.0, 0.5), (5.0, 1.0), (30.0, 2.0)])
def test_the_hit_ratio_of_a_life_is_that_of_the_formula(ttl: float, reads: float) -> None:
    played = play(ttl, reads, 0.0, requests=6_000)
    assert played.hit_ratio == pytest.approx(hit_ratio_of(ttl, reads), abs=0.02)


@pytest.mark.parametrize(("ttl", "writes"), [(2.0, 0.5), (10.0, 0.1), (10.0, 1.0)])
def test_the_stale_share_of_a_life_is_that_of_the_formula(ttl: float, writes: float) -> None:
    played = play(ttl, 1.0, writes, requests=6_000)
    assert played.stale_share == pytest.approx(stale_share(ttl, 1.0, writes), abs=0.03)


def test_a_copy_that_writes_remove_hits_as_often_as_the_formula_says() -> None:
    played = play(1e6, 3.0, 1.0, requests=6_000, tell=True)
    assert played.hit_ratio == pytest.approx(hit_ratio_until_written(3.0, 1.0), abs=0.02)
    assert played.stale_share == 0


@given(
    staleness=st.floats(1, 1e5),
    fill=st.floats(0, 0.5),
    reads=st.floats(1e-4, 1e4),
    writes=st.floats(0, 1e4),
    hit_ratio=st.none() | st.floats(0.01, 0.99),
)
def test_no_answer_is_older_than_the_staleness_whatever_the_rates(
    staleness: float, fill: float, reads: float, writes: float, hit_ratio: float | None
) -> None:
    life = ttl_for(staleness, reads=reads, writes=writes, fill=fill, hit_ratio=hit_ratio)
    assert life.ttl > 0
    assert life.oldest <= staleness * (1 + 1e-12)


def test_no_answer_of_a_played_life_is_older_than_promised() -> None:
    life = ttl_for(5.0, reads=2.0, writes=0.3)
    played = play(life.ttl, 2.0, 0.3, requests=4_000)
    assert 4.0 < played.oldest <= life.oldest


def test_the_usual_formula_gives_three_lives_for_one_rate_and_a_negative_one() -> None:
    """TTL = staleness * (1 - write frequency): one change in five minutes, in three units."""

    def usual(staleness: float, write_frequency: float) -> float:
        return staleness * (1 - write_frequency)

    per_second, per_minute, per_hour = 1 / 300, 60 / 300, 3600 / 300
    lives = [usual(30, rate) for rate in (per_second, per_minute, per_hour)]
    assert lives == pytest.approx([29.9, 24.0, -330.0])
    assert usual(30, 2.0) == -30.0
    assert ttl_for(30, reads=1, writes=2.0).ttl == 30


@given(hit_ratio=st.floats(0, 0.99), reads=st.floats(1e-3, 1e3))
def test_the_life_for_a_hit_ratio_has_that_hit_ratio(hit_ratio: float, reads: float) -> None:
    ttl = life_for_hit_ratio(hit_ratio, reads)
    assert hit_ratio_of(ttl, reads) == pytest.approx(hit_ratio)


def test_a_hit_ratio_out_of_reach_gets_the_longest_life_that_is_allowed() -> None:
    life = ttl_for(10, reads=0.1, hit_ratio=0.99)
    assert life.ttl == 10
    assert life.hit_ratio == pytest.approx(0.5)


def test_the_lives_of_the_layers_below_count() -> None:
    assert ttl_for(60, reads=1, below=[20, 10], fill=0.5).ttl == pytest.approx(29.5)


def test_a_staleness_that_the_layers_below_use_up_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no time to live keeps answers within 30 s: .* 30 s old"):
        ttl_for(30, reads=1, below=[30])


def test_a_second_is_long_for_a_key_read_a_thousand_times_a_second() -> None:
    assert hit_ratio_of(1, 1_000) > 0.999 - 1e-6


def test_nobody_reads_and_nobody_hits() -> None:
    life = ttl_for(10, reads=0)
    assert (life.hit_ratio, life.loads, life.stale_share) == (0, 0, 0)
    assert math.isinf(life_for_hit_ratio(0.5, 0))


@given(ttl=st.floats(0, 1e5), reads=st.floats(0, 1e4), writes=st.floats(0, 1e4))
def test_no_more_reads_are_stale_than_hit(ttl: float, reads: float, writes: float) -> None:
    assert 0 <= stale_share(ttl, reads, writes) <= hit_ratio_of(ttl, reads) + 1e-9
