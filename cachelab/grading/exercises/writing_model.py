"""
What caches that write may answer: write-through, where the source comes first, and write-behind.
"""

from dataclasses import dataclass
from typing import Any

from cachelab.grading.expecting import anything, either, exactly, refusal, same, satisfying
from cachelab.grading.runs import Expectation, Operation
from cachelab.ports import MISSING

from .aside_world import TTL
from .copies_model import CopiesModel, Copy, one_of
from .writing_world import FROZEN, trimmed


class ThroughWritingModel(CopiesModel):
    """The contract of `WriteThrough`: what the source has is what the next read finds."""

    def _write(self, key: str, row: Any) -> Expectation:
        self._spend()
        held = [c.row for c in [self.sure.get(key), *self.doubtful.get(key, [])] if c is not None]
        if self.source == "down":
            self.doubt(key, *held)
            return refusal("SourceError", why="the source did not take the row: that is no success")
        if key != FROZEN:
            self.rows[key] = trimmed(row)
        now = self.rows.get(key, MISSING)
        self.news[key] = f"{now!r} is what the source has made of the row that was written"
        if key == FROZEN:
            self.news[key] = f"the source did not take the row of {key!r}: it still has {now!r}"
        self.most += 2  # reading back what was stored
        if self.loses_answer:
            self.loses_answer = False
            self.doubt(key, now)
            return refusal("SourceError", why="whether the row was taken is not known: say so")
        if self.store == "up":
            self.doubt(key, now)
            if now is not MISSING:
                self.doubtful.pop(key)
                self.sure[key] = Copy(now, self.now, self.now + TTL, TTL)
            return exactly(True, "the row is in the source, and the copy says the same")
        self.doubt(key, now, *held)
        if self.store == "full":
            return one_of([True, False], "the row is in the source")
        return exactly(False, "the row is in the source, but an older copy may be in the store")

    def _fill(self, key: str, row: Any, doubts: list[Copy], life: float | None = None) -> None:
        """Note what a read leaves; whether absence is remembered is left open."""
        if row is MISSING:
            self.doubtful[key] = [Copy(row, self.now, self.now + TTL, TTL)]
        else:
            super()._fill(key, row, doubts, life)

    def _lose_answer(self) -> Expectation:
        self.loses_answer = True
        return anything()

    def _agrees(self, key: str) -> Expectation:
        why = f"all calls have ended: what is in the cache for {key!r} has to be the source's row"
        return exactly("yes", why)


@dataclass(slots=True)
class Waiting:
    """A row that waits for the source, and how often that was tried."""

    row: Any
    tries: int = 0


class BehindModel:
    """
    The contract of `WriteBehind`, with the reason for everything it expects.

    While more rows wait than a batch takes, which of them have been stored is left open: then the
    model is `blurred`, and only what holds in every order is asked.
    """

    def __init__(self, settings: tuple[Any, ...]) -> None:
        self.batch_size, self.max_retries, self.max_pending = settings
        self.pending: dict[str, Waiting] = {}
        self.hidden = 0
        """How many of `pending` have been stored, nobody knows which."""
        self.rows: dict[str, Any] = {}
        self.lost: dict[str, Any] = {}
        self.bad: set[str] = set()
        self.source = self.store = "up"
        self.tries: dict[str, int] = {}
        self.touched = 0
        self.now = 0.0
        self.kept: dict[str, float] = {}
        """When a flush has left a copy of a key, where that is certain."""
        self.is_closed = False
        self.last = ""

    @property
    def blurred(self) -> bool:
        return self.hidden > 0

    def born(self) -> Expectation:
        return anything("a store, a source and three sizes are all it takes")

    def expect(self, operation: Operation) -> Expectation:
        """Expect the answer of one operation, and perform it."""
        verb, *arguments = operation
        self.last = verb
        answer: Expectation = getattr(self, f"_{verb.removeprefix('@')}")(*arguments)
        return answer

    def fails(self, key: str) -> bool:
        """Tell whether the source refuses a row of `key` now."""
        return self.source == "down" or key in self.bad

    def _write(self, key: str, row: Any) -> Expectation:
        if self.is_closed:
            return refusal(
                "ValueError", why="it is closed: nobody would bring the row to the source"
            )
        if key not in self.pending and len(self.pending) >= self.max_pending:
            why = f"{self.max_pending} keys wait already, as many as may, and {key!r} is not one"
            return refusal("Overloaded", why=why)
        self.pending[key] = Waiting(row)
        self.lost.pop(key, None)
        self.kept.pop(key, None)
        return anything("the row is taken: it waits for the source")

    def _read(self, key: str) -> Expectation:
        waiting = self.pending.get(key)
        if waiting is not None:
            why = f"{waiting.row!r} is the row of {key!r} that was acknowledged last"
            return exactly(waiting.row, why)
        row = self.rows.get(key, MISSING)
        why = f"nothing waits for {key!r}, and the source has {row!r}"
        if key in self.lost:
            why = f"the row {self.lost[key]!r} was given up: what the source has is {row!r}"
        if self.source == "down":  # whether there is a copy in the store is left open
            return either(exactly(row, why), refusal("SourceError", why=why))
        return exactly(row, why)

    def _flush(self) -> Expectation:
        waiting = len(self.pending) - self.hidden
        count = min(self.batch_size, waiting)
        if waiting > self.batch_size:
            self.hidden += count
            self.touched += count
            why = f"{waiting} rows wait, and a batch takes {self.batch_size} of them"
            return exactly(count, why)
        stored = self._settle() if self.blurred else self._try(list(self.pending))
        rows = "1 row that waits" if waiting == 1 else f"{waiting} rows that wait"
        why = f"of {rows}, {stored} can be stored now"
        return exactly(stored, why)

    def _settle(self) -> int:
        """Store the rest of the rows of which some have been stored; return how many it was."""
        rest, self.hidden = len(self.pending) - self.hidden, 0
        for key, waiting in self.pending.items():
            self.tries[key] = self.tries.get(key, 0) + 1
            self.rows[key] = waiting.row
        self.pending.clear()
        self.touched += rest
        return rest

    def _try(self, keys: list[str]) -> int:
        """Bring rows to the source, each once; return how many it takes."""
        stored = 0
        for key in keys:
            self.tries[key] = self.tries.get(key, 0) + 1
            self.touched += 1
            waiting = self.pending[key]
            if not self.fails(key):
                self.rows[key] = self.pending.pop(key).row
                self.kept[key] = self.now
                stored += 1
                continue
            waiting.tries += 1
            if waiting.tries > self.max_retries:
                self.lost[key] = self.pending.pop(key).row
        return stored

    def _close(self) -> Expectation:
        self.is_closed = True
        if self.blurred:
            self._settle()
        while self.pending:
            self._try(list(self.pending))
        lost = len(self.lost)
        keys = "1 key" if lost == 1 else f"{lost} keys"
        why = f"of {keys} the source has not got the row that was acknowledged last"
        if not lost:
            why = "close brings all that waits to the source, batch by batch"
        return exactly(lost, why)

    def _row(self, key: str) -> Expectation:
        row = self.rows.get(key, MISSING)
        if key in self.pending:
            why = f"the row of {key!r} still waits: the source has what it had"
        else:
            why = f"{row!r} is the last row of {key!r} that the source could take"
        return exactly(row, why)

    def _tries(self, key: str) -> Expectation:
        tries = self.tries.get(key, 0)
        why = f"a flush tries what waits for {key!r} once, and after {self.max_retries} retries not"
        return exactly(tries, why)

    def _touched(self) -> Expectation:
        touched, self.touched = self.touched, 0
        why = "a write does not wait for the source; a flush writes each key that waits once"
        return satisfying(lambda n: type(n) is int and n == touched, str(touched), why)

    def _bad(self, key: str) -> Expectation:
        self.bad.add(key)
        return anything()

    def _good(self, key: str) -> Expectation:
        self.bad.discard(key)
        return anything()

    def _source(self, state: str) -> Expectation:
        self.source = state
        return anything()

    def _store(self, state: str) -> Expectation:
        self.store = state
        return anything()

    def _evict(self) -> Expectation:
        self.kept.clear()
        return anything()

    def _sleep(self, seconds: float) -> Expectation:
        self.now += seconds
        return anything()

    def _kept(self, key: str) -> Expectation:
        age = self.now - self.kept[key]
        why = f"a flush has stored the row of {key!r} {age:g} seconds ago, and left a copy of it"
        return exactly("no", why)

    def _refuse_once(self) -> Expectation:
        return anything()

    def _together(self, actors: Any) -> Expectation:
        """Expect what holds in every order of the calls."""
        before = {key: waiting.row for key, waiting in self.pending.items()}
        reads = []
        for name, operations in actors:
            for place, (verb, *arguments) in enumerate(operations):
                if verb == "read":
                    reads.append((name, place, arguments[0]))
                if verb == "write":
                    self._write(*arguments)
        why = "a row that was acknowledged is read, whether it waits, is on its way or is stored"
        wanted = [(n, p, [before.get(k), self._latest(k)]) for n, p, k in reads]

        def accepts(outcome: Any) -> bool:
            done = outcome.get("together")
            if done is None or any(
                "value" not in each for calls in done.values() for each in calls
            ):
                return False
            return all(any(same(done[n][p], row) for row in rows) for n, p, rows in wanted)

        return Expectation("every call ends, with the acknowledged rows", accepts, why)

    def _latest(self, key: str) -> Any:
        return self.pending[key].row if key in self.pending else self.rows.get(key, MISSING)
