"""Crashes between any two events: what a strategy promises, and what a queue in memory loses."""

import itertools
import re
from typing import Any

import pytest

from cachelab.lab.stories.crash_pictures import SIZE, crash_controls, crash_runs
from cachelab.lab.stories.crashes import WRITES, Crash, record_crashes
from cachelab.lab.widgets.crash_timeline import CrashTimeline
from cachelab.strategies import STRATEGIES, QueuedWriteBehind, WriteBehind

from .pictures import faults, texts


class Mine:
    """A learner's write-behind, which forgets to write at all until it is closed."""

    def __init__(self, store: Any, source: Any) -> None:
        self.source = source
        self.queue: list[tuple[str, str]] = []

    def write(self, key: str, row: str) -> bool:
        self.queue.append((key, row))
        return True

    def close(self) -> None:
        for key, row in self.queue:
            self.source.write(key, row)


@pytest.fixture(scope="module")
def queued() -> list[Crash]:
    return record_crashes(QueuedWriteBehind)


@pytest.mark.parametrize("kind", [k for k in STRATEGIES.values() if k is not QueuedWriteBehind])
def test_a_strategy_without_a_queue_in_memory_loses_nothing(kind: Any) -> None:
    assert [crash.lost for crash in record_crashes(kind) if crash.lost] == []


def test_a_queue_in_memory_loses_all_that_waits(queued: list[Crash]) -> None:
    worst = max(queued, key=lambda crash: len(crash.lost))
    assert worst.lost == ["cart:1", "cart:2", "cart:3"]
    assert not worst.durable


def test_a_durable_log_has_what_the_database_has_not() -> None:
    crash = next(crash for crash in record_crashes(WriteBehind) if len(crash.waiting) == 2)
    assert (crash.durable, crash.rows) == (True, ())
    assert dict(crash.recovered) == {"cart:1": "'apple'", "cart:2": "'pear'"}


def test_before_the_first_event_nothing_is_promised(queued: list[Crash]) -> None:
    assert (queued[0].events, queued[0].acknowledged, queued[0].lost) == ((), {}, [])


def test_a_later_crash_comes_after_more_events(queued: list[Crash]) -> None:
    lengths = [len(crash.events) for crash in queued]
    assert lengths == sorted(lengths)
    assert lengths[-1] > lengths[0]


def test_a_learners_queue_is_looked_into_and_its_loss_is_shown() -> None:
    last = record_crashes(Mine)[-1]
    assert last.waiting == tuple((key, repr(row)) for key, row in WRITES)
    assert "cart:3" in last.lost


@pytest.mark.parametrize("kind", [QueuedWriteBehind, WriteBehind, Mine])
def test_every_picture_can_be_read(kind: Any) -> None:
    crashes = record_crashes(kind)
    assert faults(crash_runs(kind, crashes, len(crashes)), SIZE) == []


def test_lost_and_kept_are_told_by_words_and_the_crash_glides(queued: list[Crash]) -> None:
    runs = crash_runs(QueuedWriteBehind, queued, len(queued))
    assert "✕ lost" in texts(runs[4].scenes[0].svg)
    assert "✓ kept" in texts(runs[-1].scenes[0].svg)
    assert 'data-key="crash"' in runs[4].scenes[0].svg


def test_a_crash_can_be_dropped_anywhere_on_the_picture(queued: list[Crash]) -> None:
    backdrop = crash_runs(QueuedWriteBehind, queued, len(queued))[0].backdrop
    assert [f'data-set="crash={n}"' in backdrop for n in range(len(queued))] == [True] * len(queued)


def test_the_view_starts_where_most_is_lost(queued: list[Crash]) -> None:
    control = crash_controls([QueuedWriteBehind], [queued])[0]
    assert len(queued[control.start].lost) == 3
    assert "lacks the last row of cart:1" in CrashTimeline(QueuedWriteBehind).says


def test_several_strategies_are_compared_at_the_same_moment() -> None:
    assert [control.name for control in CrashTimeline()._score.controls] == ["strategy", "crash"]


def test_values_that_are_acknowledged_together_do_not_lie_over_each_other() -> None:
    class Quick:
        def __init__(self, store: Any, source: Any, ttl: float = 60) -> None:
            self.waiting = list[Any]()

        def write(self, key: str, row: Any) -> None:
            self.waiting.append((key, row))

    crashes = record_crashes(Quick)
    drawn = crash_runs(Quick, crashes, len(crashes))[-1].scenes[0].svg
    places = re.findall(r'<text x="([\d.]+)" y="(\d+)" [^>]*>(apple|pear|plum|fig)<', drawn)
    for (x, y, words), (other_x, other_y, _) in itertools.combinations(places, 2):
        assert y != other_y or abs(float(x) - float(other_x)) > 6 * len(words)
    assert len(places) == 4
