"""
The player's loop: one JSON line in, one JSON line out, until the judge hangs up.

The protocol runs on private copies of stdin and stdout; numbers 0, 1 and 2 lead nowhere, so what a
submission prints is no reply. Each reply repeats the random word of its request: a line without it
was not written by this loop.
"""

import json
import os
import sys
from functools import partial
from typing import Any, BinaryIO

from . import cost, guard, market, outside, race, weight
from .actors import Cast
from .forking import ENDED, wait_for_players
from .stage import Stage, attempt

LARGEST_REPLY = 1 << 20

FORKING = "forking"
"""The word on the command line that asks for a fork server."""


def open_channel() -> tuple[BinaryIO, int]:
    """Move the protocol away from the standard streams; return where to read and to write."""
    reader, writer = os.fdopen(os.dup(0), "rb"), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    return reader, writer


def answer(stage: Stage | None, request: dict[str, Any]) -> Any:
    """Do what one request asks for."""
    operation = request["op"]
    assert stage is not None, "load comes first"
    if operation == "load":
        return stage.load()
    if operation == "play":
        return stage.play(request["steps"], request["fresh"])
    if operation == "play_all":
        return [stage.play(steps, True) for steps in request["runs"]]
    if operation in ("begin", "resume"):
        stage.cast = stage.cast or Cast(stage)
        return getattr(stage.cast, operation)(request)
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


def send(writer: int, word: str, result: Any, failure: Any = None) -> None:
    """Write one reply."""
    text = json.dumps({"id": word, "result": result, "failure": failure}).encode() + b"\n"
    if len(text) > LARGEST_REPLY:
        reply = {"id": word, "result": None, "failure": ["TooLarge", "", None]}
        text = json.dumps(reply).encode() + b"\n"
    while text:
        text = text[os.write(writer, text) :]


def main() -> None:
    """Serve requests until there are no more."""
    reader, writer = open_channel()
    if sys.argv[2:] == [FORKING]:
        wait_for_players(reader.fileno(), writer)
    guard.limit_resources(*json.loads(sys.argv[1]))
    outside.install()
    let_pass = guard.refuse_dangerous_calls()
    stage: Stage | None = None
    for line in reader:
        request = json.loads(line)
        if request["op"] == "end":
            os._exit(ENDED)
        if request["op"] == "market":
            assert stage is not None, "load comes first"
            talk = partial(send, writer)
            market.Market(stage.source, stage.name, reader, talk).serve(request)
            continue
        if request["op"] == "load":
            stage = Stage(request["source"], request["name"])
        request["let_pass"] = let_pass
        result: Any = None
        failure = attempt(lambda: None)
        try:
            result = answer(stage, request)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the judge is told
            failure = {"raised": [type(error).__name__, str(error)[:200], None]}
        send(writer, request["id"], result, failure.get("raised"))
    os._exit(0)  # threads that a submission left behind must not keep the process alive
