"""
Leader and followers: of a player's threads one reads the line, and all others wait.

A task that calls a port writes its question and reads the answer itself, on its own thread. Only
when the judge turns to another task does the lead change hands, so that most calls of ports cost
no change of threads at all.
"""

import _thread
import json
import os
from collections.abc import Callable
from typing import Any, BinaryIO

from .forking import ENDED
from .locks import allocate_lock
from .watching import Watch

LARGEST_REPLY = 1 << 20

Request = dict[str, Any]
Answer = tuple[Any, list[Any] | None] | None
"""A result, and what went wrong if it did; None where the answer has been given already."""


class Channel:
    """Requests in, replies out; each reply repeats the random word of the request before it."""

    def __init__(self, reader: BinaryIO, writer: int) -> None:
        self.reader = reader
        self.writer = writer
        self.word: Any = None
        self.watch = Watch(self._tell, is_idle=lambda frame: frame.f_code is Hand.take.__code__)

    def read(self) -> Request:
        """Return the next request; the process ends when the judge says so, or hangs up."""
        line = self.reader.readline()
        if not line:  # threads that a submission left behind must not keep the process alive
            os._exit(0)
        request: Request = json.loads(line)
        if request["op"] == "end":
            os._exit(ENDED)
        self.word = request["id"]
        self.watch.begin()
        return request

    def write(self, result: Any, failure: list[Any] | None = None) -> None:
        """Answer the last request."""
        self.watch.end()
        text = json.dumps({"id": self.word, "result": result, "failure": failure}).encode() + b"\n"
        if len(text) > LARGEST_REPLY:
            reply = {"id": self.word, "result": None, "failure": ["TooLarge", "", None]}
            text = json.dumps(reply).encode() + b"\n"
        while text:
            text = text[os.write(self.writer, text) :]

    def _tell(self, line: int) -> None:
        """Say at which line the request is that takes so long; its answer is still to come."""
        os.write(self.writer, json.dumps({"id": self.word, "at": line}).encode() + b"\n")


class Hand:
    """Where a thread waits until it is given a request, and the lead with it."""

    def __init__(self) -> None:
        self._gate = allocate_lock()
        self._gate.acquire()
        self._given: Request | None = None

    def give(self, request: Request | None) -> None:
        """Let the thread go on with this."""
        self._given = request
        self._gate.release()

    def take(self) -> Request | None:
        """Wait for what comes."""
        self._gate.acquire()
        return self._given


class Gone(BaseException):
    """A task was dismissed: nobody waits for its answer, and another thread has the lead."""


class Lead:
    """
    The threads, and who is asked.

    `answer(request)` does what a request asks for, on the thread that read it; `waiting(request)`
    is the hand of the task that waits for it, None if it is not for a task that waits.
    """

    def __init__(
        self,
        channel: Channel,
        answer: Callable[[Request], Answer],
        waiting: Callable[[Request], Hand | None],
    ) -> None:
        self.channel = channel
        self.answer = answer
        self.waiting = waiting
        self.idle: list[Hand] = []
        self.hand = Hand()
        """That of the thread which has the lead."""

    def serve(self, hand: Hand, request: Request | None = None) -> None:
        """Read and answer as long as this thread has the lead, and wait for it otherwise."""
        while True:
            self.hand = hand
            request = request or self.channel.read()
            other = self.waiting(request)
            if other is None:
                try:
                    answer = self.answer(request)
                    request = None
                    if answer is not None:
                        self.channel.write(*answer)
                    continue
                except Gone:
                    self.idle.append(hand)
            else:
                self.idle.append(hand)
                other.give(request)
            request = hand.take()

    def ask(self, hand: Hand, question: Any) -> Request | None:
        """Put a question of the task on this thread to the judge; return the request it brings."""
        self.channel.write(question)
        request = self.channel.read()
        other = self.waiting(request)
        if other is hand:
            return request
        if other is not None:
            other.give(request)
        elif self.idle:
            self.idle.pop().give(request)
        else:
            _thread.start_new_thread(self.serve, (Hand(), request))
        answer = hand.take()
        self.hand = hand
        return answer
