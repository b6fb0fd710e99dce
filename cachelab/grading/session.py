"""
One submission on the stage of one check: runs are sent to a player, and a lost player is replaced.

A run goes over in one message. When the player is lost on the way, the same run is played again
step by step by a fresh one, so that the report can name the call that did it.
"""

import os
import time
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from types import TracebackType
from typing import Any, Self

from .player.values import Wire
from .pool import PlayerPool
from .process import Player, PlayerLost

Outcome = dict[str, Wire]
"""A player's outcome, or {"lost": what happened} in the judge's words, with "late" and "line"."""

CALL_SECONDS = 2.0
"""Longer than this, and a call counts as one that does not return."""

HURRY = 0.4
"""Part of it that a whole run gets at first: what takes longer is played again step by step."""

HASTE = 0.3
"""Seconds for a call while the shortest run with one that never ends is looked for."""

SEARCH_SECONDS = 2.0
"""What that search may take: each run in it that does not end costs HASTE and a new player."""

LOAD_SECONDS = 6.0
"""For the start of a process and the execution of a text, which takes a tenth of a second."""

MOST_CROWDED = 6.0


def crowding() -> float:
    """
    Return by how much calls may be late because other processes want the machine too, at least 1.

    A right submission must not fail because a class is judged at the same time.
    """
    return _crowding(int(time.monotonic()))


@lru_cache(maxsize=1)
def _crowding(_second: int) -> float:
    """Ask the system once a second: it takes longer than a question to a player."""
    try:
        waiting = os.getloadavg()[0] / (os.cpu_count() or 1)
    except (AttributeError, OSError):  # Windows has none
        return 1.0
    return min(MOST_CROWDED, max(1.0, waiting))


def lost_outcome(lost: PlayerLost) -> Outcome:
    """Return how a step ended that lost the player: was it only late, and at which line."""
    return {"lost": str(lost), "late": lost.is_late, "line": lost.line}


class StuckAgain(Exception):  # noqa: N818 - the same mistake once more, told at once
    """No call of `name` has returned in an earlier check, and one has not in this."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Unfinished(Exception):  # noqa: N818 - no mistake was found, and none was ruled out
    """The time of a check was over before all that it plays had been played."""


class Session:
    """
    A player that has loaded the submission, for the length of one check.

    `deadline` is the moment of the clock at which the check should be through, `patience` the
    seconds for one call, `lost` whether a call has ever lost the player, and `is_doubtful` whether
    one was too slow once and not a second time: the machine may have been busy. `known` are names
    of which a call has not returned in an earlier check; `stuck` is one of which none has in this.
    """

    def __init__(
        self,
        pool: PlayerPool,
        name: str,
        seconds: float,
        patience: float = CALL_SECONDS,
        hash_seed: int = 1,
        clock: Callable[[], float] = time.monotonic,
        known: Collection[str] = (),
    ) -> None:
        self.pool = pool
        self.source = pool.source
        self.name = name
        self.clock = clock
        self.seconds = seconds * crowding()
        self.deadline = clock() + self.seconds
        self.patience = patience
        self.hash_seed = hash_seed
        self.known = known
        self.stuck = ""
        self.lost = False
        self.is_doubtful = False
        self._player: Player | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._player is not None:
            self.pool.give_back(self._player, self.hash_seed)
            self._player = None

    def go_on(self, played: int) -> None:
        """
        Let a check go on after so many runs without a mistake.

        A check plays what it has planned, on a slow machine too; its time is there to stop what is
        far too slow. To end early without a word would let a mistake pass that was not looked for.

        Raises:
            Unfinished: the time is over.
        """
        if self.clock() > self.deadline:
            raise Unfinished(
                f"{played} runs took {self.seconds:g} seconds, and more were to be played; no "
                "mistake was found in them"
            )

    def elsewhere(self) -> "Session":
        """Return a session with a player in which Python's `hash` of a text is another number."""
        left = max(1.0, self.deadline - self.clock())
        other = self.hash_seed + 1
        return Session(self.pool, self.name, left, self.patience, other, self.clock, self.known)

    def load(self) -> Outcome:
        """Execute the submission's text; tell what came of it."""
        request = {"op": "load", "source": self.source, "name": self.name}
        player = self.pool.take(self.hash_seed)
        try:
            limit = LOAD_SECONDS * crowding()
            outcome: Outcome = player.ask(request, limit, LOAD_SECONDS)
        except PlayerLost as lost:
            self.is_doubtful = lost.is_late
            player.close()
            return lost_outcome(lost)
        self._player = player
        return outcome

    def play(self, steps: Sequence[Sequence[Any]]) -> list[Outcome]:
        """Return the outcome of every step, up to the one that lost the player."""
        outcomes = self.play_at_once(steps)
        if outcomes is None and self.known:
            self.play_slowly(steps, HASTE)  # what is known already is worth no more time
        return self.play_slowly(steps) if outcomes is None else outcomes

    def play_at_once(self, steps: Sequence[Sequence[Any]]) -> list[Outcome] | None:
        """Return the outcomes of steps that go over in one message; None if the player was lost."""
        try:
            return self._play(steps, self.glance)
        except PlayerLost:
            return None

    def play_all(self, runs: Sequence[Sequence[Sequence[Any]]]) -> list[list[Outcome]] | None:
        """Return the outcomes of many runs, sent in one message; None if the player was lost."""
        try:
            request = {"op": "play_all", "runs": runs}
            many: list[list[Outcome]] = self.ask(request, self.glance)
        except PlayerLost:
            return None
        return many

    def survives(self, steps: Sequence[Sequence[Any]]) -> bool:
        """Tell whether the player is still there after the steps, which it gets little time for."""
        try:
            self._play(steps, HASTE)
        except PlayerLost:
            return False
        return True

    def play_slowly(
        self, steps: Sequence[Sequence[Any]], seconds: float | None = None
    ) -> list[Outcome]:
        """
        Play step by step, so that the one that loses the player is known.

        Raises:
            StuckAgain: it is one of which that was known before.
        """
        outcomes: list[Outcome] = []
        self.is_doubtful = False
        for number, step in enumerate(steps):
            request = {"op": "play", "fresh": number == 0, "steps": [step]}
            try:
                outcomes += self.ask(request, seconds or self.patience)
            except PlayerLost as lost:
                self.is_doubtful = False
                if lost.is_late:
                    self.note_stuck(self._called(step))
                return [*outcomes, lost_outcome(lost)]
        return outcomes

    def note_stuck(self, name: str) -> None:
        """
        Note what it is of which a call has not returned.

        Raises:
            StuckAgain: none has returned before, in another check.
        """
        self.stuck = name
        if name in self.known:
            raise StuckAgain(name)

    def _called(self, step: Sequence[Any]) -> str:
        """Return the name of the method, function or class that a step calls."""
        verb, _, name = str(step[1]).partition(":")
        return name or (self.name if verb == "new" else verb)

    def settle(self, *runs: Sequence[Sequence[Any]]) -> tuple[int, list[Outcome]]:
        """
        Return which of the runs is the first that loses the player, and its outcomes.

        In haste too much seems lost. Here each call has all its time, and a fresh player: a busy
        machine is no reason to fail. If none of the runs loses the player it is the last.
        """
        place, outcomes = 0, self._settled(runs[0])
        while "lost" not in outcomes[-1] and place + 1 < len(runs):
            place += 1
            outcomes = self._settled(runs[place])
        return place, outcomes

    def _settled(self, steps: Sequence[Sequence[Any]]) -> list[Outcome]:
        self.stuck = ""
        return self.play_slowly(steps)

    @property
    def glance(self) -> float:
        """Seconds for a call at first: one that takes longer is called again, with all its time."""
        return self.patience * HURRY

    def searching(self) -> float:
        """Return the seconds to look for a shorter run in, once a call does not seem to return."""
        return SEARCH_SECONDS * self.patience / CALL_SECONDS

    def _play(self, steps: Sequence[Sequence[Any]], seconds: float) -> list[Outcome]:
        outcomes: list[Outcome] = self.ask({"op": "play", "fresh": True, "steps": steps}, seconds)
        return outcomes

    def ask(self, request: dict[str, Any], seconds: float | None = None) -> Any:
        """
        Put one question to the player, by itself one that may take all the time that is left.

        Raises:
            PlayerLost: it gave no answer, or none within `seconds`.
            Unfinished: it gave none in the time that was left.
        """
        if self._player is None and "value" not in (outcome := self.load()):
            raise PlayerLost(outcome.get("lost", "could not be loaded again"))
        assert self._player is not None
        limit = seconds * crowding() if seconds else max(0.05, self.deadline - self.clock())
        try:
            return self._player.ask(request, limit, seconds)
        except PlayerLost as lost:
            self.lost = True
            self.is_doubtful = lost.is_late
            self._drop()
            if seconds is None and lost.is_late:
                raise Unfinished(
                    f"what is measured was not through within {limit:.2g} seconds"
                ) from lost
            raise

    def _drop(self) -> None:
        if self._player is not None:
            self._player.close()
            self._player = None
