"""
Tasks that touch the judge's ports: each call of a port goes out, and the task waits for the answer.

A task is a thread that moves only while the judge waits for it, so one runs at a time and the judge
says which. Everything it wants of the world (a store, a clock, a lock, another task) is a message;
what cannot travel stays here under a number.
"""

import _thread
import random
import sys
import threading
from collections.abc import Callable
from typing import Any

from .locks import allocate_lock, patch_threading
from .outside import RAISED
from .stage import FILENAME, Outcome, Stage, describe
from .values import Wire, decode, encode, travels

Event = dict[str, Any]
"""{"calls": [port, verb, arguments, keywords, line]} of a task that waits, {"ended": outcome} of
one that does not."""


class Port:
    """Something of the judge's: whatever is called on it happens over there."""

    __slots__ = ("_ask", "_name")

    def __init__(self, name: str, ask: Callable[..., Any]) -> None:
        self._name = name
        self._ask = ask

    def __getattr__(self, verb: str) -> Any:
        if verb.startswith("_"):
            raise AttributeError(f"{self._name} has no {verb}")
        return lambda *arguments, **keywords: self._ask(self._name, verb, arguments, keywords)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self._ask(self._name, "call", arguments, keywords)

    def __enter__(self) -> Any:
        return self._ask(self._name, "acquire", (), {})

    def __exit__(self, *_: object) -> None:
        self._ask(self._name, "release", (), {})

    def __repr__(self) -> str:
        return f"<{self._name}>"


class Dismissed(BaseException):
    """The run is over: whoever still waits for an answer gets none."""


class Actor:
    """One task, on a thread of its own."""

    def __init__(self, action: Callable[[], Any], cast: "Cast") -> None:
        self.cast = cast
        self.action = action
        self.event: Event = {}
        self.reply: Wire = None
        self.is_dismissed = False
        self.gate, self.back = allocate_lock(), allocate_lock()
        self.gate.acquire()
        self.back.acquire()
        self.ident = _thread.start_new_thread(self._live, ())

    def _live(self) -> None:
        self.gate.acquire()
        self.event = {"ended": self.cast.outcome(self.action)}
        self.back.release()

    def go_on(self, reply: Wire = None) -> Event:
        """Let the task run to its next call of a port, or to its end."""
        self.reply = reply
        self.gate.release()
        self.back.acquire()
        return self.event

    def ask(self, call: list[Any]) -> Wire:
        """Hand a call over to the judge and wait for what comes back; runs on the task's thread."""
        if not self.is_dismissed:
            self.event = {"calls": call}
            self.back.release()
            self.gate.acquire()
        if self.is_dismissed:
            raise Dismissed
        return self.reply

    def dismiss(self) -> None:
        """Unwind a task that waits; its thread is not to be left behind."""
        self.is_dismissed = True
        self.gate.release()
        self.back.acquire(True, 1.0)


def _calling_line() -> int | None:
    """Return the line of the submission's text that is being executed."""
    frame = sys._getframe()
    while frame is not None and frame.f_code.co_filename != FILENAME:
        frame = frame.f_back  # type: ignore[assignment]
    return None if frame is None else frame.f_lineno


class Cast:
    """The tasks of a run, and the objects that only this side can hold."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.actors: dict[str, Actor] = {}
        self.by_thread: dict[int, Actor] = {}
        self.kept: dict[int, Any] = {}
        stage.decode = self.decode
        patch_threading(self._give_turn_back)

    def begin(self, request: dict[str, Any]) -> Event:
        """Start a task: a step of the submission's, or a function that it handed out."""
        if request.get("fresh"):
            for waiting in self.actors.values():
                waiting.dismiss()
            self.actors, self.by_thread, self.kept = {}, {}, {}
            self.stage.fresh()
        if "step" in request:
            step = request["step"]
            actor = Actor(lambda: self.stage.perform(*step), self)
        else:
            function = self.kept[request["function"]]
            arguments = [self.decode(wire) for wire in request["arguments"]]
            actor = Actor(lambda: function(*arguments), self)
        self.actors[request["actor"]] = actor
        self.by_thread[actor.ident] = actor
        return self._forget_ended(request["actor"], actor.go_on())

    def resume(self, request: dict[str, Any]) -> Event:
        """Give a waiting task its answer."""
        name = request["actor"]
        return self._forget_ended(name, self.actors[name].go_on(request["reply"]))

    def outcome(self, action: Callable[[], Any]) -> Outcome:
        """Call something of the submission's; what cannot travel is kept here."""
        try:
            value = action()
        except BaseException as error:  # noqa: BLE001 - SystemExit too is an answer
            return {"raised": describe(error), "kept": self._keep(error)["kept"]}
        return {"value": self._encode(value)}

    def decode(self, wire: Wire) -> Any:
        """Return the object that the judge means."""
        if isinstance(wire, dict):
            [(tag, body)] = wire.items()
            if tag == "port":
                return Port(body, self._ask)
            if tag == "object":
                return self.stage.objects[body]
            if tag == "random":
                return random.Random(body)
            if tag == "kept":
                return self.kept[body[0]]
            if tag in ("list", "tuple"):
                return (list if tag == "list" else tuple)(map(self.decode, body))
            if tag == "dict":
                return {self.decode(key): self.decode(item) for key, item in body}
        return decode(wire)

    def _ask(self, port: str, verb: str, arguments: Any, keywords: dict[str, Any]) -> Any:
        actor = self.by_thread.get(_thread.get_ident())
        if actor is None:
            raise RuntimeError(
                f"{port}.{verb} was called on a thread of your own: start tasks with runtime.spawn"
            )
        named = [[name, self._encode(value)] for name, value in keywords.items()]
        wires = [self._encode(value) for value in arguments]
        reply = actor.ask([port, verb, wires, named, _calling_line()])
        if "raise" in reply:
            raise RAISED.get(reply["raise"][0], RuntimeError)(reply["raise"][1])
        if "again" in reply:
            raise self.kept[reply["again"]]
        return self.decode(reply["value"])

    def _encode(self, value: Any) -> Wire:
        if type(value) is Port:
            return {"port": value._name}
        wire = encode(value)
        return wire if travels(wire) else self._keep(value)

    def _keep(self, value: Any) -> Wire:
        number = len(self.kept)
        self.kept[number] = value
        return {"kept": [number, type(value).__name__, callable(value)]}

    def _give_turn_back(self) -> bool:
        """Let a task that waits for a lock of `threading` wait in the judge's time."""
        if threading.get_ident() not in self.by_thread:
            return False
        self._ask("runtime", "yield_turn", (), {})
        return True

    def _forget_ended(self, name: str, event: Event) -> Event:
        if "ended" in event:
            self.by_thread.pop(self.actors.pop(name).ident, None)
        return event
