"""
The days that judge a design, played only when somebody asks for their figures, on all cores.
"""

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Self

from cachelab.grading.classroom import SECRET
from cachelab.grading.process import PlayerLost
from cachelab.grading.sandbox import Level
from cachelab.lab.market import (
    FAMILIES,
    FAULTS,
    HIDDEN,
    PUBLIC,
    Breach,
    DayScore,
    Figures,
    Workload,
    faulty,
    play,
    scored,
    shortest_history,
    workload,
)
from cachelab.lab.market.live import LIVE_SECONDS, LiveReplay, replay_live
from cachelab.lab.market.scoring import foretells

from .remote import Crashed, Troupe

GROUPS = ("first", "public", "hidden", "faults")


@dataclass(frozen=True, slots=True)
class Trouble:
    """A day that could not be played to its end: which, and what the submission did."""

    day: str
    call: str
    message: str
    line: int | None = None


Outcome = DayScore | Figures | Trouble


CROWDED = 0.025
"""Seconds by which one request in a hundred may begin too late before a replay is repeated."""


@dataclass(slots=True)
class Days:
    """
    What a submission does on the days of each group: one public day, the others, hidden, faults.

    As a context manager it ends, when the block is left, a replay that is still under way.
    """

    level: Level
    source: str
    seed: str
    jobs: int = -1
    _played: dict[str, list[Outcome]] = field(default_factory=dict)
    _replay: "Future[LiveReplay] | None" = None
    _stop: Event = field(default_factory=Event)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()

    def begin_replay(self) -> "Future[LiveReplay]":
        """Begin the replay on real servers: it mostly waits, so other days are played meanwhile."""
        if self._replay is None:
            thread = ThreadPoolExecutor(1)
            self._replay = thread.submit(self._replay_live)
            thread.shutdown(wait=False)
        return self._replay

    def replay(self) -> LiveReplay:
        """
        Return the replay on real servers, once it has ended.

        Raises:
            ServerUnavailable, Crashed, PlayerLost: it did not get to its end.
        """
        return self.begin_replay().result()

    def of(self, group: str) -> list[Outcome]:
        """Return what happened on each day of a group; nothing more is played after trouble."""
        if group not in self._played:
            self._played[group] = self._play(self._days(group))
        return self._played[group]

    def trouble(self, *groups: str) -> Trouble | None:
        """Return the first day of the groups that could not be played to its end."""
        for group in groups:
            for outcome in self.of(group):
                if isinstance(outcome, Trouble):
                    return outcome
        return None

    def figures(self, group: str) -> list[Figures]:
        """Return the figures of the days that were played."""
        found = [day.figures if isinstance(day, DayScore) else day for day in self.of(group)]
        return [one for one in found if isinstance(one, Figures)]

    def gains(self, group: str) -> dict[str, float]:
        """Return the share of the achievable gain on each day of a group."""
        scores = [day for day in self.of(group) if isinstance(day, DayScore)]
        return {score.figures.workload: score.gain for score in scores}

    def breach(self, kinds: Sequence[str]) -> tuple[str, str, Breach] | None:
        """Return the first breach of a kind: the group, the day and what it was."""
        for group in GROUPS:
            for figures in self.figures(group):
                for breach in figures.breaches:
                    if breach.kind in kinds:
                        return group, figures.workload, breach
            if self.trouble(group):
                return None
        return None

    def shortest(self, group: str, name: str, breach: Breach) -> Breach:
        """Return a breach of the same kind with the shortest history that was found."""
        with Troupe(self.level, self.source) as troupe:
            return shortest_history(troupe, day_of(group, name, self.seed), breach)

    def _replay_live(self) -> LiveReplay:
        """Replay a day; what fails on a machine that was late is replayed once more."""
        replay = self._replay_once()
        is_right = foretells(replay.predicted, replay.measured) and not replay.measured.breaches
        return replay if is_right or replay.late <= CROWDED else self._replay_once()

    def _replay_once(self) -> LiveReplay:
        day = day_of("hidden", "weekday", self.seed)
        with Troupe(self.level, self.source) as troupe:
            return replay_live(troupe, day, LIVE_SECONDS, self._stop)

    def _days(self, group: str) -> list[tuple[str, str]]:
        names = {"first": [*PUBLIC][:1], "public": [*PUBLIC][1:], "hidden": HIDDEN}
        return [(group, name) for name in names.get(group, FAULTS)]

    def _play(self, days: list[tuple[str, str]]) -> list[Outcome]:
        arguments = [(self.level, self.source, group, name, self.seed) for group, name in days]
        if len(days) == 1 or self.jobs == 1:
            return [judge_day(*each) for each in arguments]
        from joblib import Parallel, delayed

        jobs = Parallel(n_jobs=self.jobs)
        found: list[Outcome] = jobs(delayed(judge_day)(*each) for each in arguments)
        return found


def hidden_seed(seed: int | None) -> str:
    """Return the seed of the hidden days, which only the judge's side knows."""
    return f"{os.environ.get(SECRET, '')} {seed or 0}"


def day_of(group: str, name: str, seed: str) -> Workload:
    """Return a day: a public one is the same for everybody, the others are drawn from the seed."""
    if group in ("first", "public"):
        return workload(name)
    return workload(name, seed) if name in FAMILIES else faulty(name, seed)


def judge_day(level: Level, source: str, group: str, name: str, seed: str) -> Outcome:
    """Play one day of a submission, and compare it with who has no cache and who knows all."""
    day = day_of(group, name, seed)
    try:
        with Troupe(level, source) as troupe:
            figures = play(troupe, day)
    except Crashed as crash:
        return Trouble(name, crash.call, f"{crash.kind}: {crash.message}", crash.line)
    except PlayerLost as lost:
        return Trouble(name, "a call", str(lost))
    except ValueError as error:
        return Trouble(name, "configure(budget)", str(error))
    if name not in FAMILIES:
        return figures
    drawn = 0 if group in ("first", "public") else seed
    return scored(figures, drawn)
