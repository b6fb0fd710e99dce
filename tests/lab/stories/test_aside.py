"""One operation through a strategy, call by call: what is told is what the code did."""

from typing import Any

import pytest

from cachelab.lab.stories.aside import OPERATIONS, TROUBLES, aside_runs, record_aside
from cachelab.lab.widgets.aside_stepper import AsideStepper
from cachelab.ports import MISSING
from cachelab.strategies import STRATEGIES, CacheAside, QueuedWriteBehind, ReadThrough, WriteBehind

from .pictures import faults, texts


class Mine:
    """A learner's first cache-aside, which has no answer to a cache that fails."""

    def __init__(self, store: Any, source: Any, ttl: float) -> None:
        self.store, self.source, self.ttl = store, source, ttl

    def read(self, key: str) -> Any:
        found = self.store.get(key)
        if found is not MISSING:
            return found
        row = self.source.read(key)
        self.store.set(key, row.value, ttl=self.ttl)
        return row.value

    def write(self, key: str, row: Any) -> None:
        self.source.write(key, row)


def calls(kind: Any, operation: str, trouble: str) -> list[str]:
    return [
        f"{moment.step.port}.{moment.step.verb}"
        for moment in record_aside(kind, operation, trouble).moments
    ]


def test_a_read_of_a_copy_is_one_call() -> None:
    assert calls(CacheAside, "read again", "nothing") == ["store.get"]


def test_a_read_leaves_a_cache_that_is_down_alone_after_the_first_error() -> None:
    assert calls(CacheAside, "first read", "cache down") == ["store.get", "source.read"]


def test_an_absent_row_is_not_asked_for_twice() -> None:
    assert "source.read" not in calls(CacheAside, "read again", "no such row")


def test_a_corrupt_entry_is_a_miss_and_replaced() -> None:
    told = record_aside(CacheAside, "read again", "corrupt entry")
    assert told.start is not None
    assert told.start.cache == (("user:7", "broken bytes"),)
    assert told.moments[-1].cache == (("user:7", "{'name': 'Ada'}"),)


def test_a_slow_cache_without_a_time_out_costs_more_than_the_database() -> None:
    slow = record_aside(CacheAside, "read again", "cache slow").seconds
    given_up = record_aside(CacheAside, "read again", "5 ms time-out").seconds
    assert given_up < 0.02 < slow


def test_a_learners_class_is_told_as_well_and_its_error_is_shown() -> None:
    told = record_aside(Mine, "first read", "cache down")
    assert told.raised
    assert told.outcome.startswith("raises StoreError")


def test_a_class_that_forgets_the_absent_row_is_told_with_its_error() -> None:
    told = record_aside(Mine, "read again", "no such row")
    assert told.outcome.startswith("raises AttributeError: MISSING has no value")


LATER = (WriteBehind, QueuedWriteBehind)


@pytest.mark.parametrize(
    "kind", [Mine, *(kind for kind in STRATEGIES.values() if kind not in LATER)]
)
def test_every_picture_can_be_read(kind: Any) -> None:
    runs, height = aside_runs(kind)
    assert len(runs) == len(OPERATIONS) * len(TROUBLES)
    assert faults(runs, (720, height)) == []


def test_what_changed_is_marked_by_a_word() -> None:
    run = aside_runs(ReadThrough)[0][0]
    assert "changed" in texts(run.scenes[-2].svg)


def test_the_view_says_what_it_shows() -> None:
    view = AsideStepper(ReadThrough)
    assert repr(view) == "AsideStepper(ReadThrough, 3 operations, 6 troubles)"
    assert view.says == "ReadThrough is asked to read user:7; cache and database are well."
