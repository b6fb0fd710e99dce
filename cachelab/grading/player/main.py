"""
The player's loop: one JSON line in, one JSON line out, until the judge hangs up.

The protocol runs on private copies of stdin and stdout; numbers 0, 1 and 2 lead nowhere, so what a
submission prints is no reply. Each reply repeats the random word of its request: a line without it
was not written by this loop.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from . import cost, guard, market, outside, race, weight
from .actors import Cast
from .forking import wait_for_players
from .leading import Answer, Channel, Gone, Hand, Lead, Request
from .stage import Stage

FORKING = "forking"
"""The word on the command line that asks for a fork server."""


def open_channel() -> tuple[BinaryIO, int]:
    """Move the protocol away from the standard streams; return where to read and to write."""
    reader, writer = os.fdopen(os.dup(0), "rb"), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    return reader, writer


class Service:
    """What the player can be asked, and the submission that is asked about."""

    def __init__(self, channel: Channel, let_pass: Callable[[bool], None]) -> None:
        self.channel = channel
        self.lead = Lead(channel, self.answer, self.waiting)
        self.let_pass = let_pass
        self.stage: Stage | None = None

    def waiting(self, request: Request) -> Hand | None:
        """Return the hand of the task that a request is for, if there is one."""
        cast = None if self.stage is None else self.stage.cast
        return None if cast is None else cast.waiting(request)

    def answer(self, request: Request) -> Answer:
        """Do what one request asks for; whatever goes wrong, the judge is told."""
        if request["op"] == "load":
            self.stage = Stage(request["source"], request["name"])
        if request["op"] == "market":
            self._hold_a_market(request)
            return None
        request["let_pass"] = self.let_pass
        try:
            return self._answer(request), None
        except Gone:
            raise
        except BaseException as error:  # noqa: BLE001
            return None, [type(error).__name__, str(error)[:200], None]

    def _hold_a_market(self, request: Request) -> None:
        """Let a market have the line until it closes; it answers for itself."""
        assert self.stage is not None, "load comes first"
        market.Market(self.stage.source, self.stage.name, self.channel).serve(request)

    def _answer(self, request: Request) -> Any:
        operation, stage = request["op"], self.stage
        assert stage is not None, "load comes first"
        if operation == "load":
            return stage.load()
        if operation == "play":
            return stage.play(request["steps"], request["fresh"])
        if operation == "play_all":
            return [stage.play(steps, True) for steps in request["runs"]]
        if operation == "begin":
            stage.cast = stage.cast or Cast(stage, self.lead)
            return stage.cast.begin(request)
        if operation == "race":
            return race.explore(stage, request)
        if operation == "cost":
            return cost.measure(stage, request)
        if operation == "weigh":
            stage.play(request["steps"], True)
            return weight.weigh(stage.objects[0])
        if operation == "work":
            return cost.measure_function(stage, request)
        raise ValueError(f"unknown operation {operation!r}")


def main() -> None:
    """Serve requests until there are no more."""
    reader, writer = open_channel()
    if sys.argv[2:] == [FORKING]:
        wait_for_players(reader.fileno(), writer)
    guard.limit_resources(*json.loads(sys.argv[1]))
    outside.install()
    channel = Channel(reader, writer)
    channel.watch.start()
    lead = Service(channel, guard.refuse_dangerous_calls()).lead
    lead.serve(lead.hand)
