"""
Where a submission is executed: a fresh namespace for each run, and its objects by number.

The text is compiled once and executed anew for every run, so a dictionary shared by all instances
cannot carry anything from one run to the next.
"""

import linecache
import random
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any

from .suggesting import suggestion
from .values import Wire, decode, encode

FILENAME = "<submission>"

Outcome = dict[str, Wire]
"""{"value": wire} of a call that returned, {"raised": [type, message, line number]} of another."""


class Stage:
    """
    The submission's text and the objects of the run in progress.

    Steps are lists `[slot, verb, *arguments]`. The verb "new" makes the object of that slot, of the
    class that is judged or of another ("new:Name"), and "program" makes it in a namespace of its
    own, as another program that executes the text; "call:name" calls a function, and "each:name"
    calls it once for every list of arguments; "left:name" calls it, and gives its arguments as the
    call has left them. An argument `{"object": slot}` is an object of the
    run, `{"random": seed}` a generator, `{"keyword": [name, argument]}` is passed by its name.
    """

    def __init__(self, source: str, name: str) -> None:
        self.name = name
        self.source = source
        self.code: types.CodeType | None = None
        self.names: dict[str, Any] = {}
        self.objects: dict[int, Any] = {}
        self.decode: Callable[[Wire], Any] = self._decode
        self.cast: Any = None
        # Tracebacks and `inspect` find the text here.
        linecache.cache[FILENAME] = (len(source), None, source.splitlines(True), FILENAME)

    def fresh(self) -> None:
        """Execute the text in a new namespace and forget all objects."""
        if self.code is None:
            self.code = compile(self.source, FILENAME, "exec", dont_inherit=True)
        self.execute(self.code)

    def execute(self, code: types.CodeType, **extra: object) -> None:
        self.objects, self.names = {}, {}
        self.names = execute_in_a_module(code, **extra)

    def load(self) -> Outcome:
        """Execute the text; tell whether it defines the wanted name."""
        outcome = attempt(self.fresh)
        return outcome if "raised" in outcome else {"value": self.name in self.names}

    def play(self, steps: list[list[Any]], fresh: bool) -> list[Outcome]:
        """Perform the steps one after another; return what each of them did."""
        if fresh:
            self.fresh()
        return [attempt(self.perform, *step) for step in steps]

    def perform(self, slot: int, verb: str, *wires: Wire) -> Any:
        verb, _, name = verb.partition(":")
        arguments, keywords = self.unpack(wires)
        if verb == "new":
            self.objects[slot] = self.names[name or self.name](*arguments, **keywords)
            return None
        if verb == "program":
            assert self.code is not None, "load comes first"
            self.objects[slot] = execute_in_a_module(self.code)[self.name](*arguments, **keywords)
            return None
        if verb == "truth":  # a step that does nothing, for a run without an object
            return None
        if verb == "call" and name:
            return self.names[name](*arguments, **keywords)
        if verb == "left":
            self.names[name](*arguments, **keywords)
            return arguments
        if verb == "each":
            return [self.names[name](*each) for each in arguments]
        return call(self.objects[slot], verb, arguments, keywords)

    def unpack(self, wires: Iterable[Wire]) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments that are passed by place and those that are passed by name."""
        arguments, keywords = [], {}
        for wire in wires:
            if not isinstance(wire, dict):
                arguments.append(wire)
            elif "keyword" in wire:
                name, inner = wire["keyword"]
                keywords[name] = self.decode(inner)
            else:
                arguments.append(self.decode(wire))
        return arguments, keywords

    def _decode(self, wire: Wire) -> Any:
        if isinstance(wire, dict):
            if "object" in wire:
                return self.objects[wire["object"]]
            if "random" in wire:
                return random.Random(wire["random"])
            for kind in (list, tuple):
                if kind.__name__ in wire:
                    return kind(map(self._decode, wire[kind.__name__]))
        return decode(wire)


def execute_in_a_module(code: types.CodeType, **extra: object) -> dict[str, Any]:
    """Execute a text in a new module; return what that holds afterwards."""
    module = types.ModuleType("submission")
    module.__dict__.update(extra)
    sys.modules["submission"] = module  # dataclasses look their module up by name
    exec(code, module.__dict__)
    return module.__dict__


def call(
    target: Any, verb: str, arguments: list[Any], keywords: dict[str, Any] | None = None
) -> Any:
    """Perform one operation of the shared format on an object."""
    if verb == "len":
        return len(target)
    if verb == "in":
        return arguments[0] in target
    return getattr(target, verb)(*arguments, **(keywords or {}))


def attempt(action: Any, *arguments: Any) -> Outcome:
    """Call something of the submission's; return what it did, whatever it did."""
    try:
        return {"value": encode(action(*arguments))}
    except BaseException as error:  # noqa: BLE001 - SystemExit too is the submission's answer
        return {"raised": describe(error)}


def describe(error: BaseException) -> list[Any]:
    """Return the exception's type, its message and the submission's line that raised it."""
    try:
        message = str(error.msg if isinstance(error, SyntaxError) else error)[:200]
        if perhaps := suggestion(error):
            message = f"{message}. {perhaps}"
    except BaseException:  # noqa: BLE001 - an exception's own text may raise
        message = ""
    line = error.lineno if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILENAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    return [type(error).__name__, message, line]
