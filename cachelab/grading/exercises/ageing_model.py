"""
What caches whose entries die may answer: one that renews them in time, and one that does not.
"""

from dataclasses import dataclass
from typing import Any

from cachelab.grading.expecting import anything, either, exactly, refusal, satisfying
from cachelab.grading.runs import Expectation, Operation

from .ageing_world import FACTOR, LIFE, LOAD_SECONDS

STRICT = 0.5
"""Seconds around the moment from which on a copy is renewed, that are left open."""


@dataclass(slots=True)
class Entry:
    """A row, since when, and until when, None for ever."""

    row: Any
    since: float
    end: float | None


@dataclass(slots=True)
class Renewal:
    """A load in the background: of which copy, and once it has begun, since when and with what."""

    entry: Entry
    began: float | None = None
    row: Any = None
    fails: bool = False


class AheadModel:
    """
    The contract of `RefreshAhead`, with the reason for everything it expects.

    A renewal begins with the sleep that follows the read, and ends a second later. Of keys in
    `fog` it is left open what the store has.
    """

    def __init__(self, _: tuple[Any, ...] = ()) -> None:
        self.now = 0.0
        self.rows: dict[str, Any] = {}
        self.entries: dict[str, Entry] = {}
        self.renewing: dict[str, Renewal] = {}
        self.fog: set[str] = set()
        self.asked = 0
        self.waited = 0.0
        self.store = "up"
        self.failure: str | None = None
        self.has_threads = True
        self.last = ""

    def born(self) -> Expectation:
        return anything("a store, a runtime and a factor are all it takes")

    def expect(self, operation: Operation) -> Expectation:
        """Expect the answer of one operation, and perform it."""
        verb, *arguments = operation
        self.last = verb
        answer: Expectation = getattr(self, f"_{verb.removeprefix('@')}")(*arguments)
        return answer

    def age(self, key: str) -> float | None:
        """Return how old the copy of `key` is, None without one and for one that never ends."""
        entry = self.entries.get(key)
        if entry is None or entry.end is None or self.now >= entry.end:
            return None
        return self.now - entry.since

    def is_clear(self) -> bool:
        """Tell whether no copy is right at the edge of being renewed."""
        ages = [self.age(key) for key in self.entries]
        return all(age is None or abs(age - FACTOR * LIFE) > STRICT for age in ages)

    def _get(self, key: str, *_: Any) -> Expectation:
        entry = self.entries.get(key)
        row = self.rows.get(key)
        if self.store == "down":
            return self._load(key, f"the store is down: the loader has {row!r}", keep=False)
        if entry is None or (entry.end is not None and self.now >= entry.end):
            return self._load(key, f"there is no copy of {key!r}: the loader has {row!r}")
        age = self.age(key)
        if age is not None and age > FACTOR * LIFE and self.has_threads:
            self._renew(key, entry)
        why = f"the copy of {key!r} never ends"
        if entry.end is not None:
            why = f"the copy of {key!r} has {entry.end - self.now:.3g} seconds left"
        return exactly(entry.row, f"{why}: it is what answers, at once")

    def _load(self, key: str, why: str, keep: bool = True) -> Expectation:
        self.asked += 1
        self._pass(LOAD_SECONDS)
        self.waited += LOAD_SECONDS
        if self.failure is not None:
            return refusal(self.failure, why="there is no copy, and the loader failed")
        if keep:
            self.entries[key] = Entry(self.rows.get(key), self.now, self.now + LIFE)
        return exactly(self.rows.get(key), why)

    def _renew(self, key: str, entry: Entry) -> None:
        if key not in self.renewing:
            self.asked += 1
            self.renewing[key] = Renewal(entry)
            if entry.end is not None and self.now + LOAD_SECONDS >= entry.end:
                self.fog.add(key)  # it dies before its renewal is there

    def _pass(self, seconds: float) -> None:
        """Let time pass, and with it the renewals that are under way."""
        start, self.now = self.now, self.now + seconds
        for key, renewal in list(self.renewing.items()):
            if renewal.began is None:
                renewal.began, renewal.row = start, self.rows.get(key)
                renewal.fails = self.failure is not None
            done = renewal.began + LOAD_SECONDS
            if self.now < done:
                continue
            del self.renewing[key]
            if self.entries.get(key) is renewal.entry and not renewal.fails:
                self.entries[key] = Entry(renewal.row, done, done + LIFE)

    def _sleep(self, seconds: float) -> Expectation:
        self._pass(seconds)
        self.waited = 0.0
        return anything()

    def _changed(self, key: str, row: Any) -> Expectation:
        self.rows[key] = row
        return anything()

    def _overwrite(self, key: str, row: Any) -> Expectation:
        self.rows[key] = row
        self.entries.clear()
        return anything()

    def _for_good(self, _key: str) -> Expectation:
        for key, entry in self.entries.items():
            if entry.end is None or self.now < entry.end:
                self.entries[key] = Entry(entry.row, entry.since, None)
        return anything()

    def waits(self) -> list[float]:
        """Return the seconds to moments at which it is worth to look."""
        ages = [age for age in map(self.age, self.entries) if age is not None]
        ahead = {target - age for age in ages for target in (10.0, 15.0, 17.0, 18.0, 21.0)}
        return sorted(seconds for seconds in ahead if seconds >= 2.0) or [2.0]

    def _asked(self) -> Expectation:
        asked, self.asked = self.asked, 0
        why = (
            "the loader is called once for a key without a copy, and once for a copy that is in "
            f"the last {LIFE * (1 - FACTOR):g} of its {LIFE:g} seconds when it is read"
        )
        return satisfying(lambda n: type(n) is int and n == asked, str(asked), why)

    def _waited(self) -> Expectation:
        waited, self.waited = self.waited, 0.0
        why = (
            f"a read with a copy does not wait, one without waits {LOAD_SECONDS:g} s for the loader"
        )
        return satisfying(lambda s: type(s) is float and abs(s - waited) < 0.1, f"{waited:g}", why)

    def _store(self, state: str) -> Expectation:
        self.store = state
        return anything()

    def _loader(self, state: str) -> Expectation:
        self.failure = None if state == "works" else state.removeprefix("raises ")
        return anything()

    def _threads(self, state: str) -> Expectation:
        self.has_threads = state == "starts tasks"
        return anything()


class DyingModel:
    """
    The contract of `TTLCache`: dead at exactly the moment stored plus its life.

    Which live entry goes from a full cache is left open: then the model is `blurred`.
    """

    def __init__(self, settings: tuple[Any, ...]) -> None:
        self.capacity: int = settings[0]
        self.now = 0.0
        self.entries: dict[Any, tuple[Any, float]] = {}
        self.gone = 0
        self.blurred = 0
        self.corpses = 0
        self.newest: Any = None
        self.last = ""

    def born(self) -> Expectation:
        return anything("a capacity, a time to live and a clock are all it takes")

    def expect(self, operation: Operation) -> Expectation:
        """Expect the answer of one operation, and perform it."""
        verb, *arguments = operation
        self.last = verb
        answer: Expectation = getattr(self, f"_{verb.removeprefix('@')}")(*arguments)
        return answer

    def alive(self) -> list[Any]:
        """Return the keys that are alive."""
        return [key for key, (_, end) in self.entries.items() if self.now < end]

    def _set(self, key: Any, value: Any, *named: Any) -> Expectation:
        life = named[0].value if named else 10.0
        alive = self.alive()
        if key not in alive and len(alive) - self.blurred >= self.capacity:
            self.blurred += 1
            self.gone += 1
        self.entries[key] = (value, self.now + life)
        self.newest = key
        if life == 0:
            why = "a life of no length is over at once, if it is not refused"
            return either(anything(why), refusal("ValueError", why=why))
        return anything("set takes any value")

    def _get(self, key: Any, *default: Any) -> Expectation:
        value, end = self.entries.get(key, (None, 0.0))
        if self.now < end:
            return exactly(value, self._about(key))
        return exactly(default[0] if default else None, self._about(key))

    def _in(self, key: Any) -> Expectation:
        return exactly(key in self.alive(), self._about(key))

    def _len(self) -> Expectation:
        count = len(self.alive()) - self.blurred
        return exactly(count, f"{count} entries are alive, and only those count")

    def _purge(self) -> Expectation:
        dead = self.corpses + len(self.entries) - len(self.alive())
        self.corpses = 0
        self.entries = {key: self.entries[key] for key in self.alive()}
        why = "purge removes the dead entries, and may return how many there were, or which"

        def fits(value: Any) -> bool:
            number = len(value) if isinstance(value, list | tuple | set | dict) else value
            return number is None or (type(number) is int and 0 <= number <= dead)

        return satisfying(fits, f"at most {dead}, or None", why)

    def _evictions(self) -> Expectation:
        why = f"{self.gone} live entries had to go to make room; an entry that died is none of them"
        return exactly(self.gone, why)

    def _sleep(self, seconds: float) -> Expectation:
        self.now += seconds
        if not self.alive():
            self.corpses += len(self.entries)
            self.entries, self.blurred = {}, 0
        return anything()

    def _about(self, key: Any) -> str:
        if key not in self.entries:
            return f"{key!r} was not stored, or was cleared away when it was dead"
        end = self.entries[key][1]
        if self.now < end:
            return f"{key!r} has {end - self.now:g} seconds to live"
        return (
            f"{key!r} died at {end:g} seconds, and it is {self.now:g}: at the very moment is dead"
        )
