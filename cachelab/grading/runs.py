"""
Generated runs: sequences of operations, the difference to a model, and the way to the shortest one.

A domain says which operations belong to a check, so that a mistake is found by the check that is
about it. Runs come from a seeded generator of the standard library: the same seed gives the same
runs on every machine and in every process, and equal submissions get equal reports.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from random import Random
from typing import Any, Protocol, Self, TypeVar

from .player.values import Wire, encode
from .session import Outcome, crowding

T = TypeVar("T")

SHORT = 16
"""Steps of a run of which pairs are tried, and each with less room."""

MOST_TRIALS = 1_000
SHRINK_SECONDS = 4.0

Operation = tuple[Any, ...]
"""("put", key, value), ("get", key), ("get", key, default), ("delete", key), ("in", key), ..."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a right answer looks like, in words and as a test, and why it has to be so."""

    text: str
    accepts: Callable[[Outcome], bool]
    why: str


class Model(Protocol):
    """A slow and obvious twin of what is judged; `expect` answers and moves on."""

    def born(self) -> Expectation: ...
    def expect(self, operation: Operation) -> Expectation: ...


@dataclass(frozen=True, slots=True)
class Run:
    """
    Objects by their capacity, and steps `(object's number, operation)`.

    Where a class takes more than a capacity, a tuple of all arguments stands for it.
    """

    capacities: tuple[Any, ...]
    steps: tuple[tuple[int, Operation], ...]

    def upto(self, index: int | None) -> "Run":
        """Return the run that ends with the step of this index, counted with the makings."""
        if index is None:
            return self
        return replace(self, steps=self.steps[: max(0, index + 1 - len(self.capacities))])

    def wire(self) -> list[list[Wire]]:
        """Return the steps as the player takes them, the making of the objects first."""
        made = [
            [n, "new", *map(encode, arguments_of(size))] for n, size in enumerate(self.capacities)
        ]
        return made + [[n, verb, *map(encode, rest)] for n, (verb, *rest) in self.steps]

    def simpler(self) -> Iterator["Run"]:
        """Give ever less drastic simplifications."""
        return _simpler(self)

    @property
    def names(self) -> tuple[str, ...]:
        """What the objects are called in what a learner reads."""
        return ("cache",) if len(self.capacities) == 1 else ("one", "two", "three")

    def calls(self, name: str) -> list[str]:
        """Return the steps as a learner would write them."""
        names = self.names
        shown = [", ".join(map(repr, arguments_of(size))) for size in self.capacities]
        made = [f"{n} = {name}({size})" for n, size in zip(names, shown, strict=False)]
        return made + [call_text(names[n], operation) for n, operation in self.steps]


def arguments_of(size: Any) -> tuple[Any, ...]:
    """Return the arguments that stand for an object: a tuple, or one capacity."""
    return size if isinstance(size, tuple) else (size,)


def call_text(name: str, operation: Operation) -> str:
    """
    Return an operation as Python text.

    >>> call_text("cache", ("get", "a", 0)), call_text("cache", ("in", "a"))
    ("cache.get('a', 0)", "'a' in cache")
    """
    verb, *arguments = operation
    if verb == "len":
        return f"len({name})"
    if verb == "in":
        return f"{arguments[0]!r} in {name}"
    return f"{name}.{verb}({', '.join(map(repr, arguments))})"


@dataclass(frozen=True, slots=True)
class Domain:
    """
    The runs that one check is about.

    `allowed(model, operation)` keeps an operation in or out, given what happened before; `judged`
    are the verbs whose answers count, all of them when it is None.
    """

    model: Callable[..., Any]
    capacities: tuple[tuple[Any, ...], ...]
    draw: Callable[[Random, Any], Operation]
    allowed: Callable[[Any, Operation], bool] = lambda _model, _operation: True
    judged: frozenset[str] | None = None

    def generate(self, random: Random, length: int) -> Run:
        """Draw a run of at most `length` steps."""
        capacities = random.choice(self.capacities)
        models = [self.model(*arguments_of(capacity)) for capacity in capacities]
        steps = []
        for _ in range(length * 3):
            slot = random.randrange(len(models))
            operation = self.draw(random, models[slot])
            if not self.allowed(models[slot], operation):
                continue
            models[slot].expect(operation)
            steps.append((slot, operation))
            if len(steps) == length:
                break
        return Run(capacities, tuple(steps))

    def expectations(self, run: Run) -> list[Expectation] | None:
        """Return what each step has to give, or None for a run outside the domain."""
        models = [self.model(*arguments_of(capacity)) for capacity in run.capacities]
        expected = [model.born() for model in models]
        for slot, operation in run.steps:
            if not self.allowed(models[slot], operation):
                return None
            expected.append(models[slot].expect(operation))
        return expected

    def difference(
        self, run: Run, outcomes: list[Outcome], expected: list[Expectation] | None = None
    ) -> int | None:
        """Return the index of the first step, makings included, whose outcome is wrong."""
        expected = expected or self.expectations(run) or []
        born = len(run.capacities)
        verbs = ["new"] * born + [operation[0] for _, operation in run.steps]
        for index, (hope, outcome) in enumerate(zip(expected, outcomes, strict=False)):
            judged = self.judged is None or index < born or verbs[index] in self.judged
            if "lost" in outcome or (judged and not hope.accepts(outcome)):
                return index
            if index < born and "raised" in outcome:
                return None  # refused as it may: there is no object to go on with
        return None


class Shrinkable(Protocol):
    """A run that can be cut off after a step, and that knows what is simpler than itself."""

    def upto(self, index: int | None) -> Self: ...
    def simpler(self) -> Iterator[Self]: ...


R = TypeVar("R", bound=Shrinkable)
Q = TypeVar("Q", bound=Shrinkable, contravariant=True)


class Expecting(Protocol[Q]):
    """What says which runs belong to a check, such as a `Domain`."""

    def expectations(self, run: Q) -> list[Expectation] | None: ...


class Effort:
    """
    What making a run shorter may cost: so many trials, the same on every machine.

    The seconds are there for trials that never return; a busy machine has more of them.
    """

    def __init__(self, trials: int = MOST_TRIALS, seconds: float = SHRINK_SECONDS) -> None:
        self.trials = trials
        self.until = time.monotonic() + seconds * crowding()

    def is_left(self) -> bool:
        """Count one more trial; tell whether it may be made."""
        self.trials -= 1
        return self.trials >= 0 and time.monotonic() < self.until


def shortest(domain: Expecting[R], run: R, fails: Callable[[R], int | None]) -> R:
    """
    Return a run that still fails and from which nothing more can be taken away.

    `fails(run)` is the index of the first wrong step, counted with the makings, or None.
    """
    best = run.upto(fails(run))
    progress = True
    while progress:
        progress = False
        for candidate in best.simpler():
            if domain.expectations(candidate) is None:
                continue
            index = fails(candidate)
            if index is not None:
                best, progress = candidate.upto(index), True
                break
    return best


def without_chunks(steps: tuple[T, ...]) -> Iterator[tuple[T, ...]]:
    """Give the sequence with less and less taken away: a half, a quarter, ... one."""
    width = max(1, len(steps) // 2) if steps else 0
    while width:
        for start in range(0, len(steps), width):
            yield steps[:start] + steps[start + width :]
        width //= 2


def without_pairs(steps: tuple[T, ...]) -> Iterator[tuple[T, ...]]:
    """Give a short sequence with any two of its items taken away: what goes only together."""
    if len(steps) <= SHORT:
        for first, second in combinations(range(len(steps)), 2):
            yield steps[:first] + steps[first + 1 : second] + steps[second + 1 :]


def _simpler(run: Run) -> Iterator[Run]:
    """Give ever less drastic simplifications of a run."""
    for steps in without_chunks(run.steps):
        yield replace(run, steps=steps)
    for capacities in _less_room(run.capacities):
        yield Run(capacities, run.steps)
    yield from _plainer(run)
    for steps in without_pairs(run.steps):
        yield replace(run, steps=steps)
    if len(run.steps) <= SHORT:  # a put that fills a slot goes only together with the slot
        for capacities in _less_room(run.capacities):
            for place in range(len(run.steps)):
                yield Run(capacities, run.steps[:place] + run.steps[place + 1 :])


def _less_room(capacities: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Give the capacities with one of them smaller."""
    for slot, capacity in enumerate(capacities):
        for lower in _lower(capacity):
            yield (*capacities[:slot], lower, *capacities[slot + 1 :])


def _lower(size: Any) -> Iterator[Any]:
    """Give smaller sizes, in each of their numbers."""
    if isinstance(size, int):
        yield from range(1, size)
    elif isinstance(size, tuple):
        for place, number in enumerate(size):
            yield from ((*size[:place], lower, *size[place + 1 :]) for lower in _lower(number))


def _plainer(run: Run) -> Iterator[Run]:
    """Give runs with keys in the order of the alphabet, values 1, 2, ... and no defaults."""
    keys = list(dict.fromkeys(op[1] for _, op in run.steps if len(op) > 1))
    letters = dict(zip(keys, "abcdefghijklmnopqrstuvwxyz", strict=False))
    tidy = [(n, (op[0], letters[op[1]], *op[2:]) if len(op) > 1 else op) for n, op in run.steps]
    puts = 0
    numbered: list[tuple[int, Operation]] = []
    for slot, operation in tidy:
        if operation[0] == "put":
            puts += 1
            operation = ("put", operation[1], puts)
        numbered.append((slot, operation))
    bare = [(n, op[:2] if op[0] == "get" else op) for n, op in numbered]
    for steps in (bare, numbered, tidy):
        candidate = replace(run, steps=tuple(steps))
        if repr(candidate) == repr(run):  # True and 1 are equal, and differ here
            return
        yield candidate
