"""
The worker of a write-behind: takes writes from the log and brings them to the source in batches.

Of the writes of one key in a batch only the newest goes. When a batch fails, it is tried without
the row that the source names, or else by halves until the row at fault stands alone. A row is dead
if the source named it, or accepted others in between, several times: else it is the source that
fails, and everything waits.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cachelab.ports import Runtime, Source, SourceError, StoreError

from .log import Pending, WriteLog

FIRST_DELAY = 0.05
"""Seconds to wait after the first failure in a row; each further one doubles them."""

DRAIN_PAUSE = 0.01
"""Seconds between two looks while closing."""


MAX_TRACKED = 10_000


@dataclass(slots=True)
class Attempt:
    """What came of bringing one batch: what was stored, what was refused, and why."""

    trials: int
    stored: list[Pending] = field(default_factory=list)
    refused: list[tuple[Pending, Exception]] = field(default_factory=list)

    @property
    def shows_life(self) -> bool:
        """Whether the source stored anything, or named a row that it will not store."""
        return bool(self.stored) or any(_names(error, write) for write, error in self.refused)

    @property
    def is_hopeless(self) -> bool:
        """Whether the source showed no life in as many trials of a row alone as are granted."""
        return len(self.refused) >= self.trials and not self.shows_life


class Flusher:
    """
    A loop that empties `log` into `source`, every `interval` seconds or when a batch is full.

    `after` is called with the keys that a batch stored, before the log forgets them; `dead` with a
    write that was buried. Any number of flushers may share one log, in one process or many.
    """

    def __init__(
        self,
        log: WriteLog,
        source: Source,
        runtime: Runtime,
        *,
        interval: float,
        batch_size: int,
        max_attempts: int,
        longest_delay: float,
        after: Callable[[Iterable[str]], None],
        dead: Callable[[Pending, Exception], None],
    ) -> None:
        self.log = log
        self.source = source
        self.runtime = runtime
        self.interval = interval
        self.batch_size = batch_size
        self.max_attempts = max_attempts
        self.longest_delay = longest_delay
        self.after = after
        self.dead = dead
        self.stored = 0
        """Rows brought to the source."""
        self.buried = 0
        self.failures = 0
        """Steps in a row in which nothing went through."""
        self.deadline = float("inf")
        self.closing = runtime.event()
        self.ended = runtime.event()
        self._failures_of: dict[str, tuple[int, int]] = {}
        """By place: how often it was refused, and how many rows had been stored by then."""

    def run(self) -> None:
        """Bring batch after batch, until it is closed and the log is empty or time is up."""
        try:
            pause = self.interval
            while not self.closing.wait(pause):
                pause = self.step()
            while self.runtime.now() < self.deadline and not self._is_drained():
                if self.step() > 0:  # nothing to be had now: another worker's, or the source fails
                    self.runtime.sleep(DRAIN_PAUSE)
        finally:
            self.ended.set()

    def step(self) -> float:
        """Bring one batch; return the seconds to wait before the next."""
        try:
            batch = self.log.take(self.batch_size)
            if not batch:
                return self.interval
            if not self._bring(batch):
                return self._back_off()
        except StoreError:
            return self._back_off()
        self.failures = 0
        return 0.0 if len(batch) >= self.batch_size else self.interval

    def close(self, timeout: float) -> bool:
        """Bring what is left within `timeout` seconds; tell whether the loop has ended by then."""
        self.deadline = self.runtime.now() + timeout
        self.closing.set()
        return self.ended.wait(timeout)

    def _bring(self, batch: list[Pending]) -> bool:
        """Store what can be stored of `batch`; tell whether the source is well."""
        newest = {write.key: write for write in sorted(batch, key=lambda write: write.row.version)}
        attempt = Attempt(trials=2 << min(self.failures, 20))
        before = self.stored
        self._try(list(newest.values()), attempt)
        self.stored += len(attempt.stored)
        keys = dict.fromkeys(write.key for write in attempt.stored)  # in the order of the writes
        if keys:
            self.after(keys)
            self._forget([write for write in batch if write.key in keys])
        for write, error in attempt.refused:
            self._judge(write, error, before)
        return attempt.shows_life

    def _try(self, writes: list[Pending], attempt: Attempt) -> None:
        """Store `writes` as one batch, or else what is left of it without the row at fault."""
        if not writes or attempt.is_hopeless:
            return
        try:
            self.source.write_many({write.key: write.row for write in writes})
        except Exception as error:  # noqa: BLE001 - whatever a row does to a source, it stays here
            self._part(writes, attempt, error)
        else:
            attempt.stored += writes

    def _part(self, writes: list[Pending], attempt: Attempt, error: Exception) -> None:
        """Try the others without the row that the source names, or else each half of `writes`."""
        culprits = [write for write in writes if len(writes) == 1 or _names(error, write)]
        if culprits:
            attempt.refused.append((culprits[0], error))
            self._try([write for write in writes if write is not culprits[0]], attempt)
        else:
            middle = len(writes) // 2
            self._try(writes[:middle], attempt)
            self._try(writes[middle:], attempt)

    def _judge(self, write: Pending, error: Exception, before: int) -> None:
        """Count a failure that the source's health does not explain; bury the write in the end."""
        count, accepted = self._failures_of.pop(write.place, (0, before))
        # Did the source name this row, or accept another since this one was last refused?
        count += self.stored > accepted or _names(error, write)
        if count < self.max_attempts:
            self._failures_of[write.place] = count, self.stored
            if len(self._failures_of) > MAX_TRACKED:
                del self._failures_of[next(iter(self._failures_of))]
            return
        self.log.bury(write, str(error))
        self.buried += 1
        self.dead(write, error)

    def _forget(self, writes: list[Pending]) -> None:
        for write in writes:
            self._failures_of.pop(write.place, None)
        self.log.done(writes)

    def _back_off(self) -> float:
        self.failures += 1
        return min(FIRST_DELAY * 2.0 ** (self.failures - 1), self.longest_delay)

    def _is_drained(self) -> bool:
        try:
            return self.log.size() == 0
        except StoreError:
            return False


def _names(error: Exception, write: Pending) -> bool:
    """Tell whether the source says itself that this row is to blame."""
    return isinstance(error, SourceError) and error.key == write.key
