"""
Deletes that failed, tried again in the background until they go through or their time is up.

A delete that is lost leaves an old copy for everybody to read. So it is kept as a debt: bounded in
number and in time, and when it cannot be paid the key is named as a staleness risk. A debt ends in
one of two ways, paid or reported; never in silence.
"""

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from cachelab.ports import Runtime, StoreError, Task

from .breaker import CircuitOpen
from .telling import LOGGER, tell

RECENT = 20
"""How many of the latest risks are kept to be shown."""

GROWTH = 2.0


@dataclass(frozen=True, slots=True)
class StaleRisk:
    """
    A key whose old copy may still be served, because its delete never went through.

    `since` is when the delete was asked for, `at` when it was given up; the risk ends when the copy
    expires, or is overwritten or deleted.
    """

    key: str
    since: float
    at: float
    why: str

    def __str__(self) -> str:
        return f"{self.key!r} may be stale: {self.why}, {self.at - self.since:.3g} s after it began"


def log_risk(risk: StaleRisk) -> None:
    """Log a warning about a key that may be stale: what is done unless told better."""
    LOGGER.warning("%s", risk)


@dataclass(eq=False, slots=True)
class Debt:
    """A delete that is owed; no two are equal, so that a later one is not paid by an earlier."""

    since: float


class PendingDeletes:
    """
    The keys whose delete is owed to a store, and the task that keeps trying.

    At most `at_most` keys wait, each for `give_up_after` seconds; one that finds no place, or waits
    longer, goes to `on_risk`. Between two rounds passes a time that grows from `pause` to
    `longest_pause`, less a random share of up to a half. A round tries every key once, and ends
    early when the breaker refuses. The task exists only while something is owed.

    Complexity: O(1) for each verb; memory for `at_most` keys.

    Raises:
        ValueError: a number is out of range.
    """

    def __init__(
        self,
        delete: Callable[[str], Any],
        runtime: Runtime,
        *,
        at_most: int = 1_000,
        give_up_after: float = 60.0,
        pause: float = 0.1,
        longest_pause: float = 2.0,
        rng: random.Random | None = None,
        on_risk: Callable[[StaleRisk], object] | None = log_risk,
    ) -> None:
        if at_most < 0:
            raise ValueError(f"at_most must be 0 keys or more, not {at_most!r}")
        if not 0 < give_up_after < float("inf"):
            raise ValueError(f"give_up_after must be seconds above 0, not {give_up_after!r}")
        if not 0 < pause <= longest_pause:
            raise ValueError(f"0 < pause <= longest_pause must hold, not {pause}, {longest_pause}")
        self.delete = delete
        self.runtime = runtime
        self.at_most = at_most
        self.give_up_after = give_up_after
        self.pause = pause
        self.longest_pause = longest_pause
        self.rng = random.Random() if rng is None else rng
        self.on_risk = on_risk
        self.risks = 0
        """How many keys were ever given up."""
        self.recent: deque[StaleRisk] = deque(maxlen=RECENT)
        self._debts: dict[str, Debt] = {}
        self._lock = Lock()
        self._is_closed = False
        self._closing = runtime.event()
        self._is_working = False
        self._worker: Task | None = None

    def add(self, key: str, why: str) -> None:
        """Owe the delete of `key`, which failed for the reason `why`."""
        now = self.runtime.now()
        with self._lock:
            known = self._debts.get(key)
            has_room = known is not None or len(self._debts) < self.at_most
            is_kept = has_room and not self._is_closed
            if is_kept:
                # A new object: whoever is paying the earlier debt does not pay this one as well.
                self._debts[key] = Debt(now if known is None else known.since)
        if is_kept:
            self._work_if_nobody_does()
        else:
            self._report(key, now, f"its delete failed ({why}) and no more can wait")

    def debt(self, key: str) -> Debt | None:
        """Return what is owed for `key`, to be settled once it is known to be gone."""
        return self._debts.get(key)

    def debts(self) -> dict[str, Debt]:
        """Return all that is owed."""
        with self._lock:
            return dict(self._debts)

    def settle(self, key: str, debt: Debt | None) -> bool:
        """Strike out `debt`, unless a later one has taken its place; tell whether it was."""
        with self._lock:
            if debt is None or self._debts.get(key) is not debt:
                return False
            del self._debts[key]
            return True

    def close(self) -> None:
        """Try each key once more, and report those that still cannot be deleted."""
        with self._lock:
            self._is_closed, worker = True, self._worker
        self._closing.set()
        if worker is not None and not worker.done():
            worker.join()  # it ends with the call it is in, which the client's timeout bounds
        self._round()
        for key, debt in self.debts().items():
            if self.settle(key, debt):
                self._report(key, debt.since, "its delete was still owed at the close")

    def __contains__(self, key: object) -> bool:
        return key in self._debts

    def __len__(self) -> int:
        return len(self._debts)

    def _work_if_nobody_does(self) -> None:
        with self._lock:
            if self._is_working or self._is_closed:
                return
            self._is_working = True
        try:
            self._worker = self.runtime.spawn(self._work, name="pending-deletes")
        except RuntimeError:  # the machine has no thread left: the next debt tries again
            self._is_working = False

    def _work(self) -> None:
        pause = self.pause
        try:
            while self._goes_on():
                self._closing.wait(pause * self.rng.uniform(0.5, 1.0))
                pause = self.pause if self._round() else min(pause * GROWTH, self.longest_pause)
                self._give_up_overdue()
        except BaseException:
            self._is_working = False
            raise

    def _goes_on(self) -> bool:
        with self._lock:
            # Decided under the lock, so that a debt added now finds a worker or starts one.
            self._is_working = bool(self._debts) and not self._is_closed
            return self._is_working

    def _round(self) -> bool:
        """Try every key once; tell whether one of them is gone."""
        has_paid = False
        for key, debt in self.debts().items():
            try:
                self.delete(key)
            except CircuitOpen:
                break
            except StoreError:
                continue
            has_paid |= self.settle(key, debt)
        return has_paid

    def _give_up_overdue(self) -> None:
        now = self.runtime.now()
        for key, debt in self.debts().items():
            if now >= debt.since + self.give_up_after and self.settle(key, debt):
                self._report(key, debt.since, "its delete did not go through")

    def _report(self, key: str, since: float, why: str) -> None:
        risk = StaleRisk(key, since, self.runtime.now(), why)
        with self._lock:
            self.risks += 1
            self.recent.append(risk)
        tell(self.on_risk, risk)
