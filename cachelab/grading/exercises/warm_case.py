"""
An access log, a database that can fail and a cache to fill before its readers come.
"""

from collections import Counter
from itertools import pairwise
from random import Random
from typing import Any, ClassVar

from cachelab.grading.expecting import anything, exactly, satisfying
from cachelab.grading.runs import Expectation, Operation
from cachelab.grading.world import Ported, World
from cachelab.ports import MISSING, MemoryStore, SourceError

TTL, QPS, IN_A_ROW = 100.0, 4.0, 5
SPREAD = 1.0
"""Eight lives drawn from 40 seconds lie closer together than that once in ten thousand million."""
BROKEN = ("", "GET", "?!", "GET  ", "garbage in here now")


class WarmWorld(World):
    """For `warm(plan, qps, runtime)`; a load takes no time, and keys named `bad` have no row."""

    words: ClassVar[dict[str, str]] = {
        "@loaded": "which keys were loaded, in which order?",
        "@gaps": "the shortest and the longest time between two loads?",
        "@lives": "the lives of the copies?",
        "@kept": "what does the store have for {0!r}?",
    }

    def __init__(self, settings: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(schedule)
        self.present = dict(settings)
        self.loads: list[tuple[str, float]] = []
        self.store = MemoryStore(self.runtime)
        for key, row in self.present.items():
            self.store.set(key, row)
        self.add("store", self.store)
        self.add("load", self._load)

    def _load(self, key: str) -> str:
        self.loads.append((key, self.runtime.now()))
        if key.startswith("bad"):
            raise SourceError(f"no answer for {key}")
        return f"row of {key}"

    def do_loaded(self) -> list[str]:
        return [key for key, _ in self.loads]

    def do_gaps(self) -> list[float]:
        times = [at for _, at in self.loads]
        gaps = [later - earlier for earlier, later in pairwise(times)]
        return [min(gaps), max(gaps)] if gaps else []

    def do_lives(self) -> list[float]:
        asked = [call for call in self.calls if call.port == "store"]
        return [
            float(call.keywords.get("ttl", [*call.arguments, None, None, None][2]) or 0)
            for call in asked
            if call.verb in ("add", "set", "replace") and call.arguments[0] not in self.present
        ]

    def do_kept(self, key: str) -> Any:
        return self.store.get(key)


class WarmModel:
    """The keys to load, in order, and what may be asked afterwards."""

    def __init__(self, settings: tuple[Any, ...]) -> None:
        self.present = dict(settings)
        self.keys: list[str] = []
        self.counts: Counter[str] = Counter()
        self.is_done = False

    def born(self) -> Expectation:
        return anything()

    def expect(self, operation: Operation) -> Expectation:
        verb, *arguments = operation
        answer: Expectation = getattr(self, f"_{verb.removeprefix('@')}")(*arguments)
        return answer

    def _warm(self, plan: dict[str, Any], _qps: float, _runtime: Any) -> Expectation:
        words = [line.split() for line in plan["log"]]
        asked = [word[1] for word in words if len(word) == 2 and word[0] == "GET"]
        self.counts = Counter(asked)
        self.keys = [key for key, _ in self.counts.most_common()][: plan["limit"]]
        self.is_done = True
        return anything("the warm-up ends, whatever fails")

    def _loaded(self) -> Expectation:
        told = ", ".join(f"{key} {n}" for key, n in self.counts.most_common())
        wanted, failed = [], 0
        for key in self.keys:
            wanted.append(key)
            failed = failed + 1 if key.startswith("bad") else 0
            if failed == IN_A_ROW:
                break
        why = f"requests by key: {told}; the most wanted first"
        if any(key.startswith("bad") for key in wanted):
            why = (
                "a key that fails is passed over, and after five failures in a row the database is "
                "left alone"
            )
        needless = set(self.present)

        def fits(value: list[str]) -> bool:
            return [k for k in value if k not in needless] == [
                k for k in wanted if k not in needless
            ]

        return satisfying(fits, repr(wanted), why)

    def _gaps(self) -> Expectation:
        least, most = 1 / QPS, 2 / QPS
        why = (
            f"{QPS:g} loads a second are allowed, so {least:g} seconds lie between two; beyond "
            f"{most:g} the readers come before their copies"
        )

        def fits(gaps: list[float]) -> bool:
            if not gaps and len(self.keys) > 1:  # who loads nothing has no pace
                return False
            return all(least - 1e-9 <= gap <= most + 1e-9 for gap in gaps)

        return satisfying(fits, f"from {least:g} to {most:g}", why)

    def _lives(self) -> Expectation:
        def fits(lives: list[float]) -> bool:
            several = len({round(life, 6) for life in lives}) > len(lives) // 2
            is_wide = len(lives) < 8 or max(lives) - min(lives) > SPREAD
            spread = len(lives) < 4 or (several and is_wide)
            return spread and all(0.8 * TTL - 1e-6 <= life <= 1.2 * TTL + 1e-6 for life in lives)

        why = "copies that were made together must not end together: each life is drawn anew"
        text = f"different ones, from {0.8 * TTL:g} to {1.2 * TTL:g}"
        return satisfying(fits, text, why)

    def _kept(self, key: str) -> Expectation:
        if key in self.present:
            return exactly(self.present[key], "what is there is newer than what the warm-up brings")
        has_row = key in self.keys and not key.startswith("bad")
        return exactly(f"row of {key}" if has_row else MISSING, "a copy of what was loaded")


def drawing(question: str, *, bad: bool = False, ties: bool = False, broken: bool = False) -> Any:
    """Return a generator: first a warm-up, then the question."""

    def draw(random: Random, model: WarmModel) -> Operation:
        if model.is_done:
            return (question, random.choice("abcdef")) if question == "@kept" else (question,)
        many = question == "@lives"
        names = [*"abcdef", *(f"bad{number}" for number in range(8))] if bad else [*"abcdef"]
        names += [*"ghijkl"] if many else []
        chosen = random.sample(names, random.randint(8 if many else 2, len(names)))
        if bad and random.random() < 0.5:
            chosen.sort(key=lambda name: not name.startswith("bad"))
        counts = {name: len(chosen) - place for place, name in enumerate(chosen)}
        log = [f"GET {name}" for name, count in counts.items() for _ in range(count)]
        if not ties:
            random.shuffle(log)
        if broken:
            for _ in range(random.randint(1, 3)):
                log.insert(random.randint(0, len(log)), random.choice(BROKEN))
        limit = random.randint(1, 6) if not bad and not many else 20
        return ("warm", plan_of(log, limit), QPS, Ported("runtime"))

    return draw


def plan_of(log: list[str], limit: int) -> dict[str, Any]:
    """Return what `warm` is told."""
    return {
        "log": log,
        "limit": limit,
        "load": Ported("load"),
        "store": Ported("store"),
        "ttl": TTL,
    }


def one_warm_up(model: WarmModel, operation: Operation) -> bool:
    return operation[0] != "warm" or not model.is_done
