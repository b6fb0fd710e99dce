"""
What a cache with times to live may answer, as plainly as it can be said: rows, and copies of them.

A copy is sure to be served for the first half of its life, so one that dies early to spread the
load is right as well, and it is gone at the end. What may be served or not is a doubt.
"""

from dataclasses import dataclass
from typing import Any

from cachelab.grading.expecting import anything, either, exactly, refusal, same, satisfying
from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.stories import TOGETHER
from cachelab.ports import MISSING

from .aside_world import NEGATIVE_TTL, TTL
from .outages import TIMEOUT


@dataclass(frozen=True, slots=True)
class Copy:
    """A row as it was, when it was stored at the earliest, and when it ends at the latest."""

    row: Any
    since: float
    end: float
    life: float

    def is_alive(self, now: float) -> bool:
        return now < self.end

    def is_clear(self, now: float) -> bool:
        """Tell whether it must be served or must not, with nothing left open."""
        return now <= self.since + self.life / 2 or now >= self.end


class CopiesModel:
    """
    The contract of a cache that reads, with the reason for everything it expects.

    `sure` has the copies that have to be served, `doubtful` those that may be; `fewest` and `most`
    bound how often the source was asked since the last question about that.
    """

    def __init__(self, _: tuple[Any, ...] = ()) -> None:
        self.now = 0.0
        self.rows: dict[str, Any] = {}
        self.sure: dict[str, Copy] = {}
        self.doubtful: dict[str, list[Copy]] = {}
        self.news: dict[str, str] = {}
        self.fewest = self.most = 0
        self.store = self.source = "up"
        self.loses_answer = False
        self.shaky: set[str] = set()
        """Keys whose load has failed: what it had begun may keep the next ones from storing."""
        self.last = ""
        self.patience = 0.0
        """Seconds that the calls since the last question about them may have taken."""

    def born(self) -> Expectation:
        return anything("a store, a source and two times are all it takes")

    def expect(self, operation: Operation) -> Expectation:
        """Expect the answer of one operation, and perform it."""
        verb, *arguments = operation
        self.last = verb
        if verb == TOGETHER:
            return self._together(arguments[0])
        name = verb.removeprefix("@").rpartition(".")[2]
        answer: Expectation = getattr(self, f"_{name}")(*arguments)
        return answer

    def may_sleep(self, seconds: float) -> bool:
        """Tell whether every sure copy is clearly there or clearly gone after that."""
        return all(copy.is_clear(self.now + seconds) for copy in self.sure.values())

    def waits(self) -> list[float]:
        """Return the seconds to the moments at which a copy is half through, or at its end."""
        ends = [(c.since + c.life / 2, c.end) for c in self.sure.values()]
        ahead = {moment - self.now for pair in ends for moment in pair if moment > self.now}
        return sorted(seconds for seconds in ahead if self.may_sleep(seconds)) or [1.0]

    # --- reading

    def _read(self, key: str) -> Expectation:
        row, copy = self.rows.get(key, MISSING), self.sure.get(key)
        self._spend()
        if self.store not in ("up", "full"):
            return self._from_source(key, row)
        if copy is not None and copy.is_alive(self.now):
            return exactly(copy.row, self._about_copy(key, copy))
        self.sure.pop(key, None)
        doubts = [c for c in self.doubtful.get(key, []) if c.is_alive(self.now)]
        if self.source == "down":
            self.shaky.add(key)
            return _without_source(doubts)
        self.most += 1
        self.fewest += not doubts
        self._fill(key, row, doubts)
        return one_of([row, *(c.row for c in doubts)], self._about_row(key, row))

    def _fill(self, key: str, row: Any, doubts: list[Copy], life: float | None = None) -> None:
        """Note what a read that asks the source leaves in the store."""
        life = life or (NEGATIVE_TTL if row is MISSING else TTL)
        since = min([self.now, *(c.since for c in doubts)])
        fresh = Copy(row, since, self.now + life, life)
        is_known = all(repr(c.row) == repr(row) for c in doubts)
        if self.store == "up" and is_known and key not in self.shaky:
            self.sure[key] = fresh
            self.doubtful.pop(key, None)
        else:
            self.doubtful[key] = [*doubts, fresh]

    def _spend(self) -> None:
        if self.store == "hanging":
            self.patience += TIMEOUT

    def _from_source(self, key: str, row: Any) -> Expectation:
        if self.source == "down":
            return refusal("SourceError", why="neither the store nor the source answers")
        self.fewest, self.most = self.fewest + 1, self.most + 1
        why = f"the store is {self.store}, and the source has {row!r} for {key!r}"
        if row is MISSING:
            why = f"the store is {self.store}, and the source has no row for {key!r}"
        return exactly(row, why)

    def _about_copy(self, key: str, copy: Copy) -> str:
        what = f"the copy of {key!r}"
        if copy.row is MISSING:
            what = f"the word that {key!r} has no row"
        age = self.now - copy.since
        return f"{what} is {age:g} seconds old and lives {copy.life:g}: it is what answers"

    def _about_row(self, key: str, row: Any) -> str:
        if key in self.news:
            return self.news[key]
        if row is MISSING:
            return f"{key!r} has no row, and MISSING is the word for that"
        return f"the row of {key!r} is {row!r}, and nothing older may be served now"

    # --- what else can happen

    def _sleep(self, seconds: float) -> Expectation:
        self.now += seconds
        self.patience += seconds
        return anything()

    def _changed(self, key: str, row: Any) -> Expectation:
        self.rows[key] = row
        self.news[key] = (
            f"{row!r} has been the row of {key!r} for a while: no copy is older than its time "
            f"to live, {TTL:g} seconds, or {NEGATIVE_TTL:g} for the absence of a row"
        )
        return anything()

    def _removed(self, key: str) -> Expectation:
        self.rows.pop(key, None)
        self.news[key] = f"the row of {key!r} is gone, and its copies have reached their end"
        return anything()

    def _asked(self) -> Expectation:
        fewest, most = self.fewest, self.most
        self.fewest = self.most = 0
        text = str(fewest) if fewest == most else f"{fewest} to {most}"
        why = "a key without a copy costs one question to the source, a key with a copy none"
        return satisfying(lambda n: type(n) is int and fewest <= n <= most, text, why)

    def _store(self, state: str) -> Expectation:
        self.store = state
        self.patience = 0.0
        return anything()

    def _source(self, state: str) -> Expectation:
        self.source = state
        self.loses_answer = False
        return anything()

    def _cut(self) -> Expectation:
        self.sure.clear()
        for key in self.rows:
            self.news[key] = "what is left of its entry is no copy: cut off, it is a miss"
        return anything()

    def _waited(self) -> Expectation:
        longest, self.patience = self.patience, 0.0
        why = f"a failed call of the store costs {TIMEOUT} seconds, and one tells that it is down"
        return satisfying(
            lambda s: type(s) is float and s <= longest + TIMEOUT / 2, f"at most {longest:g}", why
        )

    def _together(self, actors: Any) -> Expectation:
        for _, operations in actors:
            for operation in operations:
                self.expect(operation)
        # In which order is not known here: nothing is sure but the rows.
        for key in list(self.sure):
            self.doubt(key, self.rows.get(key, MISSING))
        return anything("both calls end, whatever the order of their steps")

    def doubt(self, key: str, *rows: Any) -> None:
        """Note that a copy of `key` may be there or not, and if it is, one of these rows."""
        self.sure.pop(key, None)
        self.doubtful[key] = [Copy(row, self.now, self.now + TTL, TTL) for row in rows]


class AsideModel(CopiesModel):
    """The contract of `CacheAside`: the same, and writes."""

    def _write(self, key: str, row: Any) -> Expectation:
        self._spend()
        if self.source == "down":
            self.doubt(key, *self._served(key))
            return refusal("SourceError", why="the source did not take the row: that is no success")
        old = self._served(key) if self.store != "up" else []
        self.rows[key] = row
        self.news[key] = f"{row!r} was written to {key!r} before: nothing older may come back"
        self.doubt(key, row, *old)
        if self.loses_answer:
            self.loses_answer = False
            return refusal("SourceError", why="whether the row was taken is not known: say so")
        self.most += 1  # a write may read back what it wrote, and leave a copy of that
        if self.store == "up":
            return exactly(True, "the row is in the source, and no older copy is left")
        if self.store == "full":
            return one_of([True, False], "the row is in the source")
        why = "the row is in the source, but an older copy may still be in the store"
        return exactly(False, why)

    def _served(self, key: str) -> list[Any]:
        """Return the rows that copies of `key` may hold."""
        sure = [self.sure[key]] if key in self.sure else []
        return [copy.row for copy in [*sure, *self.doubtful.get(key, [])]]

    def _lose_answer(self) -> Expectation:
        self.loses_answer = True
        return anything()


def one_of(rows: list[Any], why: str) -> Expectation:
    """Expect one of these values, by their types too."""
    text = " or ".join(dict.fromkeys(map(repr, rows)))
    return Expectation(text, lambda outcome: any(same(outcome, row) for row in rows), why)


def _without_source(doubts: list[Copy]) -> Expectation:
    why = "there is no copy and the source is down: an answer would be made up"
    failure = refusal("SourceError", why=why)
    return either(one_of([c.row for c in doubts], why), failure) if doubts else failure
