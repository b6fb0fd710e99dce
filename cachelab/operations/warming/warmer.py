"""
Filling a cache before its readers come, so that they do not all meet a cold one.

A warm-up is a guest: it asks the database no faster than it is told, leaves alone what is there,
and goes away when the database has no answer. What it brings is what readers would have brought.
"""

import importlib
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from cachelab.ports import Runtime, ThreadRuntime

from .access_log import HotKeys, hot_keys, hot_keys_of_trace
from .filling import Filled, Filling
from .key_extractors import KeyOf
from .progress import ProgressFile
from .report import WarmReport
from .throttle import Throttle

ERRORS = 5
"""How many of the last errors are kept to be shown."""


class CacheWarmer:
    """
    Brings the copies of many keys, one after another, at most `per_second` of them in a second.

    How one is brought is up to `filling`: `Through(strategy)`, `Rows(store, source, ttl=...)` or
    `Copied(store, other, ttl=...)`. A key that fails is counted, and the next one is tried; after
    `stop_after` failures without one answer of the source in between the warm-up stops and says so,
    and likewise when it has taken `at_most` seconds. So a dead source costs `stop_after` times its
    client's timeout.

    With `progress` a warm-up that was stopped or killed goes on where it was, if it is given the
    same keys; those it failed on at the end are tried again. A progress bar is drawn if `show` is
    True, or if it is None and the error stream is a terminal.

    Complexity: O(1) memory beside the keys; what `filling` costs for each.

    Raises:
        ValueError: a number is out of range.

    >>> from cachelab.operations import Through
    >>> from cachelab.ports import MemorySource, MemoryStore
    >>> from cachelab.strategies import CacheAside
    >>> source = MemorySource()
    >>> for number in range(3): version = source.write(f"user:{number}", "a row")
    >>> cache = CacheAside(MemoryStore(), source, ttl=60)
    >>> report = CacheWarmer(Through(cache)).warm(["user:0", "user:1", "user:9"])
    >>> report.kept, report.ends[Filled.ABSENT], report.is_complete
    (2, 1, True)
    """

    def __init__(
        self,
        filling: Filling,
        *,
        per_second: float | None = None,
        stop_after: int = 20,
        at_most: float | None = None,
        progress: ProgressFile | None = None,
        show: bool | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        if stop_after < 1:
            raise ValueError(f"stop_after must be at least 1 failure, not {stop_after!r}")
        if at_most is not None and not at_most > 0:
            raise ValueError(f"at_most must be a number of seconds above 0, not {at_most!r}")
        self.filling = filling
        self.runtime: Runtime = ThreadRuntime() if runtime is None else runtime
        Throttle(self.runtime, per_second)  # says now what is wrong with the rate
        self.per_second = per_second
        self.stop_after = stop_after
        self.at_most = at_most
        self.progress = progress
        self.show = show

    def warm(self, keys: Iterable[str]) -> WarmReport:
        """Bring the copies of `keys`, in that order."""
        total = len(keys) if isinstance(keys, Sized) else None
        done, rest = (0, iter(keys)) if self.progress is None else self.progress.resume(keys)
        with self._bar(total, done) as bar:
            return _Run(self, done).through(rest, bar)

    def warm_from_log(
        self, log: str | Path | Iterable[str | bytes], key_of: KeyOf, top: int = 1_000
    ) -> WarmReport:
        """Bring the copies of the `top` keys of an access log, the hottest last: see `hot_keys`."""
        return self._warm_hot(hot_keys(log, key_of, top))

    def warm_from_trace(self, trace: Iterable[Any], top: int = 1_000) -> WarmReport:
        """Bring the copies of the `top` keys of a trace, or anything that goes through keys."""
        return self._warm_hot(hot_keys_of_trace(trace, top))

    def _warm_hot(self, hot: HotKeys) -> WarmReport:
        # The hottest last: where not all find room, the first to come are the first to go.
        report = self.warm(hot.keys[::-1])
        return replace(report, broken_lines=hot.broken_lines)

    @contextmanager
    def _bar(self, total: int | None, done: int) -> Iterator[Any]:
        # The one of `tqdm.auto` is a widget in a notebook, and elsewhere text.
        draw: Any = importlib.import_module("tqdm.auto" if self.show else "tqdm").tqdm
        quiet = None if self.show is None else not self.show  # None: unless it is a terminal
        with draw(total=total, initial=done, unit="key", leave=False, disable=quiet) as bar:
            yield bar


class _Run:
    """One pass of a warmer over its keys."""

    def __init__(self, warmer: CacheWarmer, resumed: int) -> None:
        self.warmer = warmer
        self.runtime = warmer.runtime
        self.resumed = resumed
        self.began = self.runtime.now()
        self.ends: Counter[Filled] = Counter()
        self.failed = self.in_a_row = 0
        self.errors: deque[str] = deque(maxlen=ERRORS)

    def through(self, keys: Iterator[str], bar: Any) -> WarmReport:
        """Fill key after key until they end, or there is a reason to stop."""
        progress = self.warmer.progress
        try:
            stopped = self._fill_all(keys, bar)
        finally:
            if progress is not None:
                progress.save()
        if progress is not None and stopped is None:
            progress.finish()
        return self._report(stopped)

    def _fill_all(self, keys: Iterator[str], bar: Any) -> str | None:
        """Fill key after key; return the reason to stop before their end, if there was one."""
        throttle = Throttle(self.runtime, self.warmer.per_second)
        while (reason := self._dead_source()) is None:
            key = next(keys, None)
            if key is None:
                return None
            throttle.wait()
            if (reason := self._out_of_time()) is not None:
                break
            self._fill(key)
            bar.update()
        return reason

    def _fill(self, key: str) -> None:
        try:
            end = self.warmer.filling.fill(key)
        except Exception as error:  # noqa: BLE001 - one bad key is not the end of the others
            self.failed += 1
            self.in_a_row += 1
            self.errors.append(f"{key!r}: {type(error).__name__}: {error}")
        else:
            self.ends[end] += 1
            if end is not Filled.PRESENT:  # for that, nobody had to ask the source
                self.in_a_row = 0
        if self.warmer.progress is not None:
            self.warmer.progress.passed(key)
            if not self.in_a_row:  # failures may be those of a dead source, to be tried again
                self.warmer.progress.settle()

    def _dead_source(self) -> str | None:
        if self.in_a_row < self.warmer.stop_after:
            return None
        return f"{self.in_a_row} keys in a row failed, the last one with {self.errors[-1]}"

    def _out_of_time(self) -> str | None:
        at_most = self.warmer.at_most
        if at_most is None or self.runtime.now() < self.began + at_most:
            return None
        return f"the time of {at_most:g} s was over"

    def _report(self, stopped: str | None) -> WarmReport:
        return WarmReport(
            ends=dict(self.ends),
            failed=self.failed,
            resumed=self.resumed,
            seconds=self.runtime.now() - self.began,
            stopped=stopped,
            errors=tuple(self.errors),
        )
