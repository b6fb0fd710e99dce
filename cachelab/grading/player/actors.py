"""
Tasks that touch the judge's ports: each call of a port goes out, and the task waits for the answer.

A task moves only while the judge waits for it, so one runs at a time and the judge says which.
Everything it wants of the world (a store, a clock, a lock, another task) is a message; what cannot
travel stays here under a number.
"""

import _thread
import random
import sys
import threading
from collections.abc import Callable
from typing import Any

from .leading import Gone, Hand, Lead, Request
from .locks import PatchedLock, allocate_lock, patch_threading
from .outside import RAISED
from .stage import FILENAME, Outcome, Stage, describe
from .values import Wire, decode, encode, encode_exactly, travels

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
    """One task, on the thread that was told to begin it."""

    def __init__(self, lead: Lead) -> None:
        self.lead = lead
        self.hand = lead.hand
        self.is_dismissed = False
        self.back = allocate_lock()
        self.back.acquire()

    def ask(self, call: list[Any]) -> Wire:
        """Put a call to the judge and wait for what comes back."""
        request = None if self.is_dismissed else self.lead.ask(self.hand, {"calls": call})
        if request is None:
            raise Dismissed
        return request["reply"]

    def dismiss(self) -> None:
        """Unwind a task that waits; its thread is not to be left behind."""
        self.is_dismissed = True
        self.hand.give(None)
        self.back.acquire(True, 1.0)


def _calling_line() -> int | None:
    """Return the line of the submission's text that is being executed."""
    frame = sys._getframe()
    while frame is not None and frame.f_code.co_filename != FILENAME:
        frame = frame.f_back  # type: ignore[assignment]
    return None if frame is None else frame.f_lineno


class Cast:
    """The tasks of a run, and the objects that only this side can hold."""

    def __init__(self, stage: Stage, lead: Lead) -> None:
        self.stage = stage
        self.lead = lead
        self.actors: dict[str, Actor] = {}
        self.by_thread: dict[int, Actor] = {}
        self.kept: dict[int, Any] = {}
        stage.decode = self.decode
        patch_threading(self._give_turn_back, self._who)

    def begin(self, request: Request) -> Event:
        """Play a task to its end: a step of the submission's, or a function that it handed out."""
        if request.get("fresh"):
            for waiting in self.actors.values():
                waiting.dismiss()
            self.actors, self.by_thread, self.kept = {}, {}, {}
            self.stage.fresh()
        if "step" in request:
            step = request["step"]
            encoded = encode_exactly if request.get("exact") else encode
            return self._play(request["actor"], lambda: self.stage.perform(*step), encoded)
        function = self.kept[request["function"]]
        arguments = [self.decode(wire) for wire in request["arguments"]]
        return self._play(request["actor"], lambda: function(*arguments), encode_exactly)

    def waiting(self, request: Request) -> Hand | None:
        """Return the hand of the task that a request is for, if there is one."""
        actor = self.actors.get(request["actor"]) if request["op"] == "resume" else None
        return None if actor is None else actor.hand

    def _play(self, name: str, action: Callable[[], Any], encoded: Callable[[Any], Wire]) -> Event:
        actor = self.actors[name] = self.by_thread[_thread.get_ident()] = Actor(self.lead)
        outcome = self.outcome(action, encoded)
        if actor.is_dismissed:
            actor.back.release()
            raise Gone
        del self.actors[name], self.by_thread[_thread.get_ident()]
        return {"ended": outcome}

    def _who(self) -> Any:
        """Return what a lock takes for its holder: a thread may play one task after another."""
        me = _thread.get_ident()
        return self.by_thread.get(me, me)

    def outcome(self, action: Callable[[], Any], encoded: Callable[[Any], Wire]) -> Outcome:
        """Call something of the submission's; what cannot travel is kept here."""
        try:
            value = action()
        except BaseException as error:  # noqa: BLE001 - SystemExit too is an answer
            return {"raised": describe(error), "kept": self._keep(error)["kept"]}
        wire = encoded(value)
        return {"value": wire if travels(wire) else self._encode(value)}

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
        wire = encode_exactly(value)
        return wire if travels(wire) else self._keep(value)

    def _keep(self, value: Any) -> Wire:
        number = len(self.kept)
        self.kept[number] = value
        return {"kept": [number, type(value).__name__, callable(value)]}

    def _give_turn_back(self) -> bool:
        """Let a task that waits for a lock of `threading` wait in the judge's time."""
        if threading.get_ident() not in self.by_thread:
            return False
        self._ask("runtime", "yield_turn", (PatchedLock.releases,), {})
        return True
