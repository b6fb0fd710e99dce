"""
Runs that touch the world: operations of a submission between those of the judge, as data.

A step is an operation on what is judged, `("read", "user:7")`, or on another object of its class,
`("other.read", "user:7")`; or the judge's own, `("@sleep", 60)`; or several tasks at once,
`("@together", (("A", steps), ("B", steps)))`, in an order that is part of the run. A tale says
which runs belong to a check, and a model says what has to come of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from cachelab.ports import Deadlock, TooManySteps

from .holdings import Snapshot
from .process import PlayerLost
from .runs import Expectation, Operation, call_text, without_chunks
from .session import Outcome, Session, lost_outcome
from .task_slips import STANDSTILL
from .world import Call, SubmissionRaised, World, wired

TOGETHER = "@together"

QUIET = ("runtime.now", "runtime.lock", "runtime.event", "runtime.task_name")
"""Calls that a counterexample leaves out: nobody waits for them and they change nothing."""


@dataclass(frozen=True, slots=True)
class Script:
    """Settings, which world and model are made with; steps; and who goes on at each choice."""

    settings: tuple[Any, ...]
    steps: tuple[Operation, ...]
    schedule: tuple[int, ...] = ()

    def upto(self, index: int | None) -> "Script":
        """Return the script that ends with the step of this index; the making counts as one."""
        return self if index is None else replace(self, steps=self.steps[: max(0, index)])

    def simpler(self) -> Iterator["Script"]:
        """Give ever less drastic simplifications."""
        for steps in without_chunks(self.steps):
            yield replace(self, steps=steps)
        for place, step in enumerate(self.steps):
            for less in _less_together(step):
                yield replace(self, steps=(*self.steps[:place], less, *self.steps[place + 1 :]))
        for end in range(len(self.schedule)):
            yield replace(self, schedule=self.schedule[:end])


def _less_together(step: Operation) -> Iterator[Operation]:
    if step[0] != TOGETHER:
        return
    for place, (name, operations) in enumerate(step[1]):
        for fewer in without_chunks(operations):
            actors = (*step[1][:place], (name, fewer), *step[1][place + 1 :])
            yield (TOGETHER, tuple(actor for actor in actors if actor[1]))


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a script: an outcome per step, the making first, and the world it left."""

    script: Script
    outcomes: list[Outcome]
    world: World
    marks: list[int]
    """How many calls of ports there had been before each step."""
    held: list[Snapshot]
    """What stores and sources held before each step, and at the end."""

    def loud_calls(self, place: int) -> list[Call]:
        """Return the calls of ports that one step made, in order, without the quiet ones."""
        ends = [*self.marks[place + 1 : place + 2], len(self.world.calls)]
        calls = self.world.calls[self.marks[place] : ends[0]]
        return [call for call in calls if f"{call.port}.{call.verb}" not in QUIET]


@dataclass(frozen=True, slots=True)
class Tale:
    """
    The runs that one check is about: like a `Domain`, in a world.

    `world(settings, schedule)` makes the world of a run and `model(settings)` its model, which has
    `born()` and `expect(operation)`; `draw(random, model)` draws the next operation.
    """

    world: Callable[[tuple[Any, ...], Any], World]
    model: Callable[[tuple[Any, ...]], Any]
    settings: tuple[tuple[Any, ...], ...] = ((),)
    draw: Callable[[Random, Any], Operation] = lambda _random, _model: ()
    allowed: Callable[[Any, Operation], bool] = lambda _model, _operation: True
    judged: frozenset[str] | None = None

    def generate(self, random: Random, length: int) -> Script:
        """Draw a script of at most `length` steps."""
        settings = random.choice(self.settings)
        model, steps = self.model(settings), []
        for _ in range(length * 3):
            operation = self.draw(random, model)
            if not self.allowed(model, operation):
                continue
            model.expect(operation)
            steps.append(operation)
            if len(steps) == length:
                break
        schedule = tuple(random.choice((0, 0, 1, 2)) for _ in range(12))
        has_tasks = any(step[0] == TOGETHER for step in steps)
        return Script(settings, tuple(steps), schedule if has_tasks else ())

    def expectations(self, run: Script) -> list[Expectation] | None:
        """Return what each step has to give, or None for a script outside the tale."""
        model = self.model(run.settings)
        expected = [model.born()]
        for operation in run.steps:
            if not self.allowed(model, operation):
                return None
            expected.append(model.expect(operation))
        return expected

    def difference(self, played: Played) -> int | None:
        """Return the index of the first step, the making included, whose outcome is wrong."""
        expected = self.expectations(played.script) or []
        verbs = ["new", *(operation[0] for operation in played.script.steps)]
        for index, (hope, outcome) in enumerate(zip(expected, played.outcomes, strict=False)):
            judged = self.judged is None or index == 0 or verbs[index] in self.judged
            if "lost" in outcome or (judged and not hope.accepts(outcome)):
                return index
            if index == 0 and "raised" in outcome:
                return None  # refused as it may: there is no object to go on with
        return None

    def play(
        self, session: Session, script: Script, schedule: Any = None, seconds: float | None = None
    ) -> Played:
        """
        Play a script in a world of its own; never raises for what the submission does.

        Each time that the player is asked it gets so many `seconds`, by itself all that it may.
        """
        world = self.world(script.settings, script.schedule if schedule is None else schedule)
        world.session, world.answers_within = session, seconds or session.patience
        played = Played(script, [], world, [], [])
        try:
            world.runtime.run(_perform, played)
        except PlayerLost as lost:
            played.outcomes.append(lost_outcome(lost))
        except SubmissionRaised:
            pass  # of a task that nobody joined, when all was said and done
        except Deadlock:
            played.outcomes.append({"lost": STANDSTILL})
        except TooManySteps:
            played.outcomes.append({"lost": "calls and calls, without an end"})
        played.held.append(world.held())
        return played


def _perform(played: Played) -> None:
    world = played.world
    making = world.arguments = world.making()
    played.marks.append(0)
    played.held.append(world.held())
    if making is None:
        played.outcomes.append(world.drive({"fresh": True, "step": [0, "truth"]}))
    else:
        step = [0, "new", *map(wired, making)]
        played.outcomes.append(world.drive({"fresh": True, "step": step}))
    if "raised" in played.outcomes[0]:
        return
    made = "program" if world.others_are_programs else "new"
    for slot, other in enumerate(world.others, 1):
        world.drive({"step": [slot, made, *map(wired, world.making_other(other))]})
    for operation in played.script.steps:
        played.marks.append(len(world.calls))
        played.held.append(world.held())
        played.outcomes.append(_outcome(world, operation))


def _outcome(world: World, operation: Operation) -> Outcome:
    verb, *arguments = operation
    if verb == TOGETHER:
        return _together(world, arguments[0])
    if verb.startswith("@"):
        return world.do(operation)
    wires = map(wired, arguments)
    if world.arguments is None:
        return world.drive({"step": [0, f"call:{verb}", *wires]})
    name, verb = _addressed(world, verb)
    slot = (world.subject, *world.others).index(name)
    return world.drive({"step": [slot, verb, *wires]})


def _together(world: World, actors: Any) -> Outcome:
    """Run each actor's operations as a task of its own; give every outcome by actor."""

    def act(operations: tuple[Operation, ...]) -> list[Outcome]:
        return [_outcome(world, operation) for operation in operations]

    tasks = {name: world.runtime.spawn(act, steps, name=name) for name, steps in actors}
    return {"together": {name: task.join() for name, task in tasks.items()}}


def step_text(world: World, operation: Operation) -> str:
    """Return a step as a learner would write it, or as a sentence about the world."""
    verb, *arguments = operation
    if verb in world.words:
        return world.words[verb].format(*arguments)
    if verb.startswith("@"):
        return " ".join([verb[1:].replace("_", " "), *map(repr, arguments)])
    if world.arguments is None:
        return f"{verb}({', '.join(map(repr, arguments))})"
    name, verb = _addressed(world, verb)
    return call_text(name, (verb, *arguments))


def _addressed(world: World, verb: str) -> tuple[str, str]:
    """Return which object a verb is for, and the verb: "other.read" is for the one called other."""
    name, _, rest = verb.rpartition(".")
    return name or world.subject, rest
