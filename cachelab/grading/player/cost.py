"""
How much work one call does, counted and not timed: the same number on every machine.

Counted are the steps of the submission's text, comparisons and hashes of the judge's keys, and
items that C code walks over. A cost per call is an average over as many calls as the cache has keys
and more, so work that is put off and done later in one go is spread fairly.
"""

from collections.abc import Iterable, Iterator
from types import BuiltinFunctionType, FunctionType
from typing import Any

from .rewrite import CALL, HAS, MADE, rewrite
from .stage import FILENAME, Stage, attempt, call
from .steps import STEP
from .walks import MAKERS, SCANNED, WALKERS, size, walked_by_method

MOST_WORK = 800_000
"""Units after which a measurement ends early: enough to see what grows."""


class TooMuchWork(BaseException):
    """More was counted than is needed to know the answer."""


class Meter:
    """The count, and the functions that a rewritten text reports to."""

    def __init__(self, most: float = float("inf")) -> None:
        self.work = 0
        self.most = most

    def hooks(self) -> dict[str, Any]:
        """Return what the rewritten text calls, by name."""
        return {STEP: self.step, CALL: self.call, MADE: self.made, HAS: self.has}

    def step(self, number: int) -> bool:
        self.work += number
        if self.work > self.most:
            raise TooMuchWork
        return True

    def call(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        if isinstance(function, type):
            return self._made_by(function, args, kwargs)
        if type(function) is BuiltinFunctionType:
            if function in WALKERS:
                args = self._walked(function, args)
            else:
                self.work += walked_by_method(function, args)
        elif type(function) is FunctionType and function in WALKERS:
            args = self._walked(function, args)
        return function(*args, **kwargs)

    def made(self, result: Any) -> Any:
        self.work += size(result)
        return result

    def has(self, item: Any, container: Any) -> bool:
        if type(container) not in SCANNED:
            return item in container
        for other in container:
            self.step(1)
            if other is item or other == item:
                return True
        return False

    def _made_by(self, kind: type, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if kind in WALKERS:
            return kind(*self._walked(kind, args), **kwargs)
        result = kind(*args, **kwargs)
        if kind in MAKERS:
            self.work += max(size(args[0]) if args else 0, size(result))
        return result

    def _walked(self, function: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
        place = WALKERS[function]
        if len(args) <= place or (function in (min, max) and len(args) > 1):
            return args
        return (*args[:place], self._items(args[place]), *args[place + 1 :])

    def _items(self, iterable: Iterable[Any]) -> Iterator[Any]:
        for item in iterable:
            self.step(1)
            yield item


class Key:
    """A key that counts how often it is hashed and compared."""

    __slots__ = ("meter", "number")

    def __init__(self, number: int, meter: Meter) -> None:
        self.number = number
        self.meter = meter

    def __hash__(self) -> int:
        self.meter.work += 1
        return hash(self.number)

    def __eq__(self, other: object) -> bool:
        self.meter.work += 1
        return isinstance(other, Key) and other.number == self.number

    def __lt__(self, other: "Key") -> bool:  # a heap of (tick, key) may compare keys
        self.meter.work += 1
        return self.number < other.number


def measure(stage: Stage, request: dict[str, Any]) -> dict[str, list[int]]:
    """
    Return `{kind: [work, calls]}` for the calls asked for, on an object filled before.

    `fill` are key numbers to put; `calls` are `[kind, verb, key number, ...]`, done in order until
    one kind has taken more than its `most`. A text that is to be `silent` prints nothing.
    """
    meter, most = Meter(), request["most"]
    execute(stage, meter, silent=request.get("silent", False))
    target = stage.names[stage.name](request["capacity"])
    for number in request["fill"]:
        target.put(Key(number, meter), number)
    totals: dict[str, list[int]] = {}
    spent = 0
    for kind, verb, *numbers in request["calls"]:
        keys: list[Any] = [Key(number, meter) for number in numbers[:1]]
        meter.work = 0
        attempt(call, target, verb, [*keys, *numbers[1:]])
        total = totals.setdefault(kind, [0, 0])
        total[0] += meter.work
        total[1] += 1
        spent += meter.work
        if spent > MOST_WORK or total[0] > most.get(kind, MOST_WORK):
            break
    return totals


def measure_function(stage: Stage, request: dict[str, Any]) -> int:
    """Return the work of one call of a function, or what was counted when `most` was passed."""
    meter = Meter()
    execute(stage, meter)
    arguments, keywords = stage.unpack(request["arguments"])
    meter.work, meter.most = 0, request["most"]
    attempt(stage.names[request["function"]], *arguments, **keywords)
    return meter.work


def execute(stage: Stage, meter: Meter, *, silent: bool = False) -> None:
    """Execute the text in the form that reports to the meter."""
    stage.execute(rewrite(stage.source, FILENAME, silent=silent), **meter.hooks())
