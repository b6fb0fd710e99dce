"""
The judge's end of two pipes: a line out, a line back, and nothing a player does can hold it up.

Where the system can wait for pipes, both are watched from one thread: a question and its answer
cost two system calls each. Elsewhere two threads do the reading and writing.
"""

import contextlib
import os
import queue
import selectors
import threading
import time
from typing import IO, Protocol

LARGEST_LINE = 2 << 20

GONE = b""
"""What is read at the end of the player, or of a line that is too long."""


class Line(Protocol):
    """A line out and a line back."""

    def exchange(self, data: bytes, seconds: float) -> bytes | None:
        """Send a line; return the next one that comes, GONE, or None when the time is up."""
        ...

    def close(self) -> None:
        """Hang up; the player is gone already."""
        ...


def open_line(requests: IO[bytes], replies: IO[bytes]) -> Line:
    """Return the line to a player over its two pipes."""
    if os.name == "posix":
        return WatchedLine(requests, replies)
    return ThreadedLine(requests, replies)


class WatchedLine:
    """Both pipes without blocking, watched by one selector."""

    def __init__(self, requests: IO[bytes], replies: IO[bytes]) -> None:
        self._requests, self._replies = requests, replies
        self._out, self._in = requests.fileno(), replies.fileno()
        os.set_blocking(self._out, False)
        os.set_blocking(self._in, False)
        self._held = bytearray()
        self._reading = selectors.DefaultSelector()
        self._reading.register(self._in, selectors.EVENT_READ)

    def exchange(self, data: bytes, seconds: float) -> bytes | None:
        """Send a line; return the next one that comes, GONE, or None when the time is up."""
        until = time.monotonic() + seconds
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._out, left) :]
            except BlockingIOError:
                if time.monotonic() > until:
                    return None
                time.sleep(0.001)
            except OSError:
                break  # it has gone: what it said before is still to be read
        return self._next_line(until)

    def _next_line(self, until: float) -> bytes | None:
        while (end := self._held.find(b"\n")) < 0:
            if len(self._held) >= LARGEST_LINE:
                return GONE
            if not self._reading.select(max(0.0, until - time.monotonic())):
                return None
            try:
                data = os.read(self._in, 1 << 16)
            except OSError:
                data = b""
            if not data:
                return GONE
            self._held += data
        line = bytes(self._held[:end]) or b" "
        del self._held[: end + 1]
        return line

    def close(self) -> None:
        """Hang up."""
        self._reading.close()
        for stream in (self._requests, self._replies):
            with contextlib.suppress(OSError):
                stream.close()


class ThreadedLine:
    """A thread that writes and one that reads."""

    def __init__(self, requests: IO[bytes], replies: IO[bytes]) -> None:
        self._to_send: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._received: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._write, args=[requests], daemon=True).start()
        threading.Thread(target=self._read, args=[replies], daemon=True).start()

    def exchange(self, data: bytes, seconds: float) -> bytes | None:
        """Send a line; return the next one that comes, GONE, or None when the time is up."""
        self._to_send.put(data)
        try:
            return self._received.get(timeout=seconds)
        except queue.Empty:
            return None

    def close(self) -> None:
        """Hang up; the threads end with the player."""
        self._to_send.put(None)

    def _write(self, stream: IO[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError), stream:
            while (data := self._to_send.get()) is not None:
                view = memoryview(data)
                while view:
                    view = view[stream.write(view) :]

    def _read(self, stream: IO[bytes]) -> None:
        """Pass complete lines on; an empty one stands for the end, or for a line too long."""
        held = bytearray()
        with contextlib.suppress(OSError, ValueError), stream:
            while len(held) < LARGEST_LINE and (data := os.read(stream.fileno(), 1 << 16)):
                held += data
                *lines, rest = held.split(b"\n")
                held = bytearray(rest)
                for line in lines:
                    self._received.put(bytes(line) or b" ")
        self._received.put(GONE)
