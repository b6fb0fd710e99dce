"""
How much work one call does, counted and not timed: the same number on every machine.

Counted are the interpreter's steps inside the submission, comparisons and hashes of the judge's
keys, and items that built-in functions walk over. A cost per call is an average over as many calls
as the cache has keys and more, so work that is put off and done later in one go is spread fairly.
"""

import builtins
import collections
import heapq
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .rewrite import CALL, MADE, rewrite
from .stage import FILENAME, Stage, attempt, call

MOST_WORK = 800_000
"""Units after which a measurement ends early: enough to see what grows."""

WALKERS = {min, max, sum, any, all, sorted, heapq.heapify, heapq.nsmallest, heapq.nlargest}
MAKERS = {list, tuple, set, frozenset, dict, collections.OrderedDict, collections.deque}
WALKING_METHODS: dict[Any, set[str]] = {
    list: {"remove", "index", "count", "insert", "copy", "sort", "reverse", "extend"},
    collections.deque: {"remove", "index", "count", "insert", "copy", "rotate", "reverse"},
    dict: {"copy"},
    collections.OrderedDict: {"copy"},
}


class TooMuchWork(BaseException):
    """More was counted than is needed to know the answer."""


class Meter:
    """The count, and the two functions that a rewritten text reports to."""

    def __init__(self, most: float = float("inf")) -> None:
        self.work = 0
        self.most = most

    def call(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        if isinstance(function, type) or type(function) is type(len):
            args = self._before(function, args)
        result = function(*args, **kwargs)
        if isinstance(function, type) and function in MAKERS:
            self.made(result)
        return result

    def made(self, result: Any) -> Any:
        if isinstance(result, (list, tuple, set, frozenset, dict, collections.deque)):
            self.work += builtins.len(result)
        return result

    def _before(self, function: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
        owner: Any = getattr(function, "__self__", None)
        if type(owner) in WALKING_METHODS:
            shifting = (
                function.__name__ == "pop" and type(owner) is list and args not in ((), (-1,))
            )
            if shifting or function.__name__ in WALKING_METHODS[type(owner)]:
                self.work += len(owner)
        if args and not isinstance(function, type) and function in WALKERS:
            return self._walked(function, args)
        return args

    def _walked(self, function: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
        if function is heapq.heapify:
            self.work += len(args[0])
            return args
        place = 1 if function in (heapq.nsmallest, heapq.nlargest) else 0
        if function in (min, max) and len(args) > 1:
            return args
        return (*args[:place], self._items(args[place]), *args[place + 1 :])

    def _items(self, iterable: Iterable[Any]) -> Iterator[Any]:
        for item in iterable:
            self.work += 1
            yield item

    def tracer(self) -> Callable[[Any, str, Any], Any]:
        """Return the function for `sys.settrace`; `step` is called at each step of the code."""
        most = self.most

        def step(_frame: Any, event: str, _: object) -> Any:
            if event == "opcode":
                self.work += 1
                if self.work > most:
                    raise TooMuchWork
            return step

        def trace(frame: Any, _event: str, _: object) -> Any:
            if frame.f_code.co_filename != FILENAME:
                return None
            frame.f_trace_lines, frame.f_trace_opcodes = False, True
            return step

        return trace


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
    meter, let_pass, most = Meter(), request["let_pass"], request["most"]
    trace = meter.tracer()
    extra = {CALL: meter.call, MADE: meter.made}
    code = rewrite(stage.source, FILENAME, silent=request.get("silent", False))
    stage.execute(code, **extra)
    target = stage.names[stage.name](request["capacity"])
    for number in request["fill"]:
        target.put(Key(number, meter), number)
    totals: dict[str, list[int]] = {}
    spent = 0
    for kind, verb, *numbers in request["calls"]:
        keys: list[Any] = [Key(number, meter) for number in numbers[:1]]
        meter.work = 0
        let_pass(True)
        sys.settrace(trace)
        let_pass(False)
        attempt(call, target, verb, [*keys, *numbers[1:]])
        work = meter.work
        let_pass(True)
        sys.settrace(None)
        let_pass(False)
        total = totals.setdefault(kind, [0, 0])
        total[0] += work
        total[1] += 1
        spent += work
        if spent > MOST_WORK or total[0] > most.get(kind, MOST_WORK):
            break
    return totals


def measure_function(stage: Stage, request: dict[str, Any]) -> int:
    """Return the work of one call of a function, or what was counted when `most` was passed."""
    meter, let_pass = Meter(request["most"]), request["let_pass"]
    trace = meter.tracer()
    extra = {CALL: meter.call, MADE: meter.made}
    stage.execute(rewrite(stage.source, FILENAME), **extra)
    arguments, keywords = stage.unpack(request["arguments"])
    let_pass(True)
    sys.settrace(trace)
    let_pass(False)
    attempt(stage.names[request["function"]], *arguments, **keywords)
    work = meter.work
    let_pass(True)
    sys.settrace(None)
    let_pass(False)
    return work
