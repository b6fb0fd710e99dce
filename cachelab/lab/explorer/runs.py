"""
One run of a scenario under one schedule, from a new world to the promises at the end.

Who goes on is asked of a `Guide` wherever it could matter. Where no two actors share memory, a task
can only be told apart from itself a moment ago by what it asked of a port: so it is a choice only
before a call. Where they do share some, it is a choice at every scheduling point.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from cachelab.lab.subjects import SubjectFailed
from cachelab.ports import CachelabError
from cachelab.ports.sim_tasks import SimTask

from .promises import Ending, Mark, Promise
from .runtime import ExplorerRuntime
from .state import StateReader, Tokens
from .world import Actors, AtRest, Scenario, Step, World

MAX_STEPS = 20_000
THE_RUN = "the run"
"""Under this name is what went wrong with no actor: a deadlock, or an error at rest."""

BETWEEN = ("spawn", "join", "acquire", "release", "set", "wait")
"""The scheduling points that are no calls of a port."""

EVERY_ACTOR_ENDS = Promise(
    "every actor comes to its end, and no error but one of the world's gets out",
    lambda ending: all(
        isinstance(error, CachelabError) and actor != THE_RUN
        for actor, error in ending.raised.items()
    ),
    of_any_actors=True,
)


class NotRepeatable(CachelabError):  # noqa: N818 - reads as the sentence it is
    """The scenario did something else under the same schedule: nothing can be said about it."""


class Abandoned(Exception):  # noqa: N818 - an order, not an error
    """Raised by a guide that has seen enough of a run."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Who was chosen at one point, and whether somebody was stopped who could have gone on."""

    task: str
    preempts: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run: the scenario, the promises, which of the actors, and where to choose."""

    scenario: Scenario
    promises: tuple[Promise, ...]
    only: tuple[str, ...] | None = None
    every_point: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run: who went on where, what happened, and the first promise broken."""

    turns: tuple[Turn, ...]
    steps: tuple[Step, ...]
    broken: Promise | None
    ending: Ending
    actors: tuple[str, ...]

    @property
    def size(self) -> tuple[int, int, int]:
        """How hard it is to follow: preemptions, changes of the actor who calls, and steps."""
        tasks = [step.task for step in self.steps if step.kind == "answered"]
        changes = sum(one != other for one, other in pairwise(tasks))
        return sum(turn.preempts for turn in self.turns), changes, len(tasks)


Guide = Callable[["Run", tuple[str, ...], bool], str]
"""Is asked at each choice, with who is ready; whether the first of them is on and could stay so."""


@dataclass(slots=True)
class Memory:
    """What has gone into the state so far: by task, all it was told; and the promises' marks."""

    told: dict[str, int] = field(default_factory=dict)
    known: dict[str, Hashable] = field(default_factory=dict)
    """By task, the shared memory as it last left it."""
    last: str = ""

    def copy(self) -> "Memory":
        """Return a copy that later runs can go on from."""
        return Memory(dict(self.told), dict(self.known), self.last)

    def tell(self, task: str, news: Hashable) -> None:
        """Add `news` to what `task` was told."""
        self.told[task] = hash((self.told.get(task, 0), news))


def _begun(scenario: Scenario, world: World) -> tuple[Actors, AtRest]:
    match scenario(world):
        case (dict() as actors, at_rest) if all(map(callable, [*actors.values(), at_rest])):
            return actors, at_rest
        case other:
            name = getattr(scenario, "__name__", repr(scenario))
            raise SubjectFailed(
                f"{name} is to return its actors by name and what is done at rest, all of them "
                f"functions, not {other!r}"
            )


class Run:
    """
    A run under way; once `play` has returned it is over.

    `is_replay` is set by a guide while it follows a run that was had before: then the memory is
    that run's, and what is costly to find out is left out.
    """

    def __init__(self, plan: Plan, guide: Guide, *, keeps_state: bool = False) -> None:
        self.plan = plan
        self.guide = guide
        self.keeps_state = keeps_state
        self.is_replay = False
        self.turns: list[Turn] = []
        self.memory = Memory()
        self.marks: list[Mark] = [None] * len(plan.promises)
        self.spawns = False
        """Whether the objects under test started a task of their own."""
        self.tokens = Tokens()
        self.reader = StateReader(self.tokens, outside=(World, Run))
        self.runtime = ExplorerRuntime(self, max_steps=MAX_STEPS)
        self.world = World(self.runtime)
        self.roots: list[Any] = []
        actors, self.at_rest = _begun(plan.scenario, self.world)
        names = tuple(actors) if plan.only is None else plan.only
        self.actors: Actors = {name: actors[name] for name in names}
        self._begun: set[str] = set()
        self._is_at_rest = False
        self._answers: dict[str, Any] = {}
        self._returned: dict[str, Any] = {}
        self._raised: dict[str, BaseException] = {}
        self.roots += [*self.actors.values(), self.at_rest]
        self.world.steps.clear()
        self.world.on_step = self._on_step

    def shares_memory(self) -> bool:
        """Tell whether two actors can reach the same changeable object, or the world's tasks do."""
        if self.spawns:
            return True  # a worker of the objects under test, and it knows them as well
        met: set[int] = set()
        kept = [self.reader.reached(actor) for actor in self.actors.values()]
        for reached in kept:
            if not met.isdisjoint(reached):
                return True
            met |= reached.keys()
        return False

    def play(self) -> Outcome:
        """
        Run it to its end; return what came of it.

        Raises:
            Abandoned: the guide has seen enough.
            NotRepeatable: it is another run than the one that the guide follows.
        """
        try:
            self.runtime.run(self._main)
        except (Abandoned, NotRepeatable):
            raise
        except Exception as error:  # noqa: BLE001 - a finding, whatever it is
            self._raised[THE_RUN] = error
        return self._outcome()

    def _main(self) -> None:
        tasks = [
            self.runtime.spawn(self._act, name, call, name=name)
            for name, call in self.actors.items()
        ]
        for task in tasks:
            task.join()
        self._is_at_rest = True
        self._answers = dict(self.at_rest() or {})

    def _act(self, name: str, call: Callable[[], Any]) -> None:
        try:
            self._returned[name] = call()
        except Exception as error:  # noqa: BLE001 - kept for the promises
            self._raised[name] = error

    def _outcome(self) -> Outcome:
        keys = {*self._answers, *self.world.past}
        rows = self.world.rows(sorted(keys))
        past = {key: tuple(self.world.past.get(key, ())) for key in keys}
        ending = Ending(self._answers, rows, past, self._returned, self._raised)
        broken = None
        for promise, mark in zip(self.plan.promises, self.marks, strict=True):
            seen = Ending(self._answers, rows, past, self._returned, self._raised, mark)
            if broken is None and not promise.holds(seen):
                broken, ending = promise, seen
        steps = tuple(self.world.steps)
        return Outcome(tuple(self.turns), steps, broken, ending, tuple(self.actors))

    # What the runtime asks and tells.

    def choose(self, tasks: Sequence[SimTask]) -> int:
        """Return the place among `tasks` of the one that goes on."""
        names = tuple(task.name for task in tasks)
        if self._is_at_rest:
            return 0
        if "main" in names:
            return names.index("main")  # it only waits for the actors to end
        is_on = names[0] == self.runtime.task_name()
        if is_on and not self._is_choice(tasks[0].label):
            return 0
        if not is_on and not self.plan.every_point:
            new = [name for name in names if name not in self._begun]
            if new:  # up to its first call nobody can tell when an actor began
                return names.index(new[0])
        task = self.guide(self, names, is_on)
        place = names.index(task)
        self.turns.append(Turn(task, is_on and place > 0))
        return place

    def passed(self, task: str, label: str) -> None:
        """Note that `task` came to a scheduling point."""
        if self.keeps_state and not self.is_replay and task != "main":
            self.memory.tell(task, label)

    def resumed(self, task: str) -> None:
        """Note that `task` is about to be on; it can see what others have left meanwhile."""
        self._begun.add(task)
        if not self.keeps_state or self.is_replay or self._is_at_rest:
            return
        seen, memory = self.shared(), self.memory
        memory.known[memory.last] = seen
        if task != "main" and memory.known.get(task) != seen:
            memory.tell(task, seen)
        memory.last = task

    def spawned(self, parts: tuple[Any, ...]) -> None:
        """Note that a task was made; what it can reach is part of the state."""
        if parts[0] == self._act:
            return
        self.roots.append(parts)
        self.spawns = True

    def shared(self) -> Hashable:
        """Return the time, and what the memory holds that tasks may share."""
        now = self.runtime.now()
        if not self.plan.every_point:
            return now
        return now, hash(self.reader.read(self.roots))

    def state(self, names: tuple[str, ...], who: str) -> Hashable:
        """Return all that decides how the run can go on, but for what the guide will say."""
        ports = self.reader.read(self.world.ports.values())
        told = tuple(sorted(self.memory.told.items()))
        marks = tuple(self.marks)
        return hash((frozenset(names), who, told, ports, self.shared(), marks))

    def _is_choice(self, label: str) -> bool:
        return self.plan.every_point or not (label in BETWEEN or label.startswith("after "))

    def _on_step(self, step: Step) -> None:
        self.world.steps.append(step)
        if self._is_at_rest:
            return
        for place, promise in enumerate(self.plan.promises):
            if promise.follow is not None:
                self.marks[place] = promise.follow(self.marks[place], step)
        if self.keeps_state and step.kind == "answered":
            # What is sent is looked at too: a token is named after the one who sent it first.
            _, news = self.reader.read((step.value, step.error or step.result), step.task)
            if not self.is_replay:
                self.memory.tell(step.task, news)
