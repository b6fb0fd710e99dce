"""
The checks over stories: find a run that goes wrong, make it short, and tell it as a table.

`play_tales` draws runs, as `play_runs` does where there is no world. `explore_scenes` takes a few
given runs in which tasks meet, and goes through their schedules: first those without a task being
interrupted, then with one interruption, then with two, so the first that fails is a short one.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from random import Random
from typing import Any

from .exercise import Examine, Finding
from .moments import moments_of
from .report import Counterexample, Row
from .runs import Effort, Expectation, Operation, shortest
from .session import HASTE, Outcome, Session, StuckAgain
from .slips import Slip
from .stories import TOGETHER, Played, Script, Tale, step_text
from .task_slips import find_in_tasks, find_thread, find_wait
from .wording import UNWRITTEN, reason, show_outcome, without_middle
from .world import World

RUNS = 60
MOST_SCHEDULES = 400
INTERRUPTIONS = 2
MOST_ROWS = 12
"""Beyond this, a counterexample shows what a task called in one turn as one row."""


def play_tales(*tales: Tale, message: str, runs: int = RUNS, longest: int = 12) -> Examine:
    """
    Return a check that plays generated runs of each tale in turn.

    The runs of one state of the generator are drawn once: a class of submissions shares them.
    """

    @lru_cache(maxsize=4)
    def draw_all(state: Any) -> tuple[list[tuple[Tale, Script]], Any]:
        random = Random()
        random.setstate(state)
        turns = [tales[number % len(tales)] for number in range(runs)]
        drawn = [(tale, tale.generate(random, random.randint(2, longest))) for tale in turns]
        return drawn, random.getstate()

    def examine(session: Session, random: Random) -> Finding | None:
        drawn, state = draw_all(random.getstate())
        for number, (tale, script) in enumerate(drawn):
            session.go_on(number)
            played = tale.play(session, script, seconds=session.glance)
            if _is_late(played):
                played = _settled(session, tale, played)
            if tale.difference(played) is not None:
                return _tell(session, tale, played, message)
        random.setstate(state)  # a check that comes in turn draws what it always drew
        return None

    return examine


def explore_scenes(
    tale: Tale,
    *scenes: tuple[tuple[Any, ...], Sequence[Operation]],
    message: str,
    interruptions: int = INTERRUPTIONS,
) -> Examine:
    """Return a check that goes through the schedules of each scene: settings and steps."""

    def examine(session: Session, _: Random) -> Finding | None:
        for settings, steps in scenes:
            script = Script(settings, tuple(steps))
            for played in _schedules(session, tale, script, interruptions):
                if tale.difference(played) is not None:
                    return Finding(message, tell(tale, played, session.name))
        return None

    return examine


class Turns:
    """A schedule that goes by a prefix, then lets whoever is on go on, and sees the choices."""

    def __init__(self, prefix: tuple[int, ...]) -> None:
        self.prefix = prefix
        self.widths: list[int] = []

    def __call__(self, ready: Sequence[Any]) -> int:
        place = len(self.widths)
        self.widths.append(len(ready))
        return self.prefix[place] if place < len(self.prefix) else 0


def _schedules(
    session: Session, tale: Tale, script: Script, interruptions: int
) -> Iterator[Played]:
    """Play a script under every schedule with few interruptions, the fewest first."""
    left = MOST_SCHEDULES
    level: list[tuple[int, ...]] = [()]
    for number in range(interruptions + 1):
        following: list[tuple[int, ...]] = []
        for prefix in level:
            session.go_on(MOST_SCHEDULES - left)
            turns = Turns(prefix)
            played = tale.play(session, script, turns, session.glance)
            if _is_late(played):
                turns = Turns(prefix)
                played = _patiently(session, tale, script, turns)
            yield played
            left -= 1
            if left == 0:
                return
            if number < interruptions:
                following += _one_more(prefix, turns.widths)
        level = following


def _one_more(prefix: tuple[int, ...], widths: list[int]) -> Iterator[tuple[int, ...]]:
    """Give the schedules that are interrupted once more, later than before."""
    for place in range(len(prefix), len(widths)):
        for other in range(1, widths[place]):
            yield (*prefix, *[0] * (place - len(prefix)), other)


def _is_late(played: Played) -> bool:
    """Tell whether a call did not return in its time."""
    return bool(played.outcomes and played.outcomes[-1].get("late"))


def _settled(session: Session, tale: Tale, played: Played) -> Played:
    """
    Return the shortest run found in which a call does not return, or this one played to its end.

    What was late in haste is played again with all its time: the machine may have been busy.
    """
    if (name := _called(session, played)) in session.known:
        raise StuckAgain(name)
    effort = Effort(seconds=session.searching())
    whole = played.script

    def is_lost(script: Script) -> int | None:
        if script is whole:
            return len(played.outcomes) - 1
        again = tale.play(session, script, seconds=HASTE) if effort.is_left() else None
        return len(again.outcomes) - 1 if again is not None and _is_late(again) else None

    small = _patiently(session, tale, shortest(tale, whole, is_lost))
    return small if _is_late(small) else _patiently(session, tale, whole)


def _patiently(
    session: Session, tale: Tale, script: Script, schedule: Turns | None = None
) -> Played:
    """Play a run with all the time that each call may have, and note one that does not return."""
    session.stuck, session.is_doubtful = "", False
    played = tale.play(session, script, schedule)
    if _is_late(played):
        session.is_doubtful = False
        session.note_stuck(_called(session, played))
    return played


def _called(session: Session, played: Played) -> str:
    """Return the name of what the last step calls; nothing if several tasks were under way."""
    place = len(played.outcomes) - 1
    if place == 0:
        return session.name
    verb = str(played.script.steps[place - 1][0])
    return "" if verb.startswith("@") else verb.rpartition(".")[2]


def _tell(session: Session, tale: Tale, played: Played, message: str) -> Finding:
    """Shrink a failing run, then put it into words."""
    effort = Effort()
    best = played

    def fails(script: Script) -> int | None:
        nonlocal best
        if not effort.is_left():
            return None
        again = tale.play(session, script)
        index = tale.difference(again)
        if index is None or ("lost" in again.outcomes[index]) != ("lost" in played.outcomes[-1]):
            return None
        best = again
        return index

    if session.lost:  # it is short already, or each trial would cost a new player
        return Finding(message, tell(tale, played, session.name))
    shortest(tale, played.script, fails)
    return Finding(message, tell(tale, best, session.name))


def tell(tale: Tale, played: Played, name: str) -> Counterexample:
    """Return a failing run as a table that ends where the answers part."""
    index = tale.difference(played)
    assert index is not None
    world, hope = played.world, (tale.expectations(played.script) or [])[index]
    rows = _told(played, index, name, one_by_one=True)
    if len(rows) > MOST_ROWS:
        rows = _without_middle(_told(played, index, name, one_by_one=False))
    last = rows.pop()
    outcome = played.outcomes[index]
    got = _how_all_ended(outcome)
    rows.append(Row(last.call, hope.text, got))
    called = str(played.script.steps[index - 1][0]).rpartition(".")[2] if index else "__init__"
    why = _why(world, outcome, hope, name, called)
    return Counterexample(tuple(rows), why, moments=moments_of(played, index, name))


def _why(world: World, outcome: Outcome, hope: Expectation, name: str, called: str) -> str:
    """Return why an outcome is wrong: a slip's sentence, also of a task, or else the contract's."""
    source = world.session.source if world.session else ""
    why = reason(outcome, hope.why, name, source, called, hope.text)
    if isinstance(why, Slip) or why == UNWRITTEN:
        return why
    ended = [one for ends in outcome.get("together", {}).values() for one in ends]
    if told := find_in_tasks([*ended, *world.fallen], name, source):
        return told
    about = find_thread(source) or find_wait(outcome, world.under_way.values(), source)
    return f"{about}; {why}" if about else why


def _without_middle(rows: list[Row]) -> list[Row]:
    """Return at most as many rows as fit: where tasks wait in turns, the waits are left out."""
    left_out = len(rows) - MOST_ROWS + 1
    if left_out < 2:
        return rows
    return [*rows[:7], Row(f"  ... and so on, {left_out} times", "", ""), *rows[7 + left_out :]]


def _told(played: Played, index: int, name: str, *, one_by_one: bool) -> list[Row]:
    rows: list[Row] = []
    for place in range(index + 1):
        rows += _rows(played, place, name, one_by_one)
    outcome = played.outcomes[index]
    if index and played.script.steps[index - 1][0] == TOGETHER:
        rows.append(Row("all of them", "", _how_all_ended(outcome)))
    return rows


def _rows(played: Played, place: int, name: str, one_by_one: bool) -> Iterator[Row]:
    world, outcome = played.world, played.outcomes[place]
    if place == 0:
        making = world.arguments
        if making is not None:
            others = "".join(f", and {_another(world, other, name)}" for other in world.others)
            yield Row(f"{world.subject} = {_made(name, making)}{others}", "", "")
        elif len(played.outcomes) == 1:
            yield Row("the text of the submission", "", "")
        return
    operation = played.script.steps[place - 1]
    if operation[0] == TOGETHER:
        yield from _meeting(played, place, one_by_one)
        return
    got = show_outcome(outcome)
    text = without_middle(step_text(world, operation))
    yield Row(text, "", "" if got == "None" else got)


def _made(name: str, arguments: tuple[Any, ...]) -> str:
    return f"{name}({', '.join(map(repr, arguments))})"


def _another(world: World, other: str, name: str) -> str:
    """Return how a further object was made, in short if it was like the first."""
    making = world.making_other(other)
    return (
        f"{other} the same way" if making == world.arguments else f"{other} = {_made(name, making)}"
    )


def _meeting(played: Played, place: int, one_by_one: bool) -> Iterator[Row]:
    """Give the calls of ports that were made while several tasks were under way, in order."""
    operation = played.script.steps[place - 1]
    for name, steps in operation[1]:
        texts = "; ".join(step_text(played.world, step) for step in steps)
        yield Row(f"{name}: {texts}", "", "")
    loud = played.loud_calls(place)
    for task, turn in groupby(enumerate(loud), lambda c: (c[1].task, c[0] if one_by_one else 0)):
        made = [call for _, call in turn]
        answers = ", ".join(call.outcome or "None" for call in made)
        yield Row(
            f"  {task[0]}: {'; '.join(map(str, made))}", "", "" if answers == "None" else answers
        )


def _how_all_ended(outcome: Outcome) -> str:
    """Return what each of several tasks came to, or what ended the run before they could."""
    if "together" not in outcome:
        return show_outcome(outcome)
    ends = outcome["together"].items()
    return ", ".join(f"{name}: {'; '.join(map(show_outcome, outcomes))}" for name, outcomes in ends)
