"""
News on a stream: the server keeps the last messages, numbered, and each listener knows its place.

Who was away reads on from there. What was thrown away meanwhile shows as a hole in the numbers, so
a listener that comes too late knows that it did.
"""

import time
from typing import Any, NamedTuple

import redis

from cachelab.ports import StoreError, connect
from cachelab.ports.connection import connect_blocking, store_errors, without_retries

from .channels import OnGap, OnMessage
from .listener import Listener

TICK = 0.2
"""Seconds that a read waits at the server; it delays no message."""

BATCH = 100

BEGIN = """
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('XADD', KEYS[1], ARGV[1] .. '-0', 'm', '')
end
"""
"""Mark a stream's beginning with the time, unless somebody has."""


class Place(NamedTuple):
    """
    The id of a message: the stream's beginning in milliseconds, and the message's number in it.

    Ids are given as "beginning-*", so the server counts: 1, 2, 3. Number 0 is no message, it only
    marks the beginning. A stream that was lost starts again with a new one.
    """

    beginning: int
    number: int

    @classmethod
    def parse(cls, text: bytes) -> "Place":
        """Read an id as the server writes it."""
        beginning, _, number = text.partition(b"-")
        return cls(int(beginning), int(number))

    def __str__(self) -> str:
        return f"{self.beginning}-{self.number}"


class StreamChannel:
    """
    A channel on a stream of the server at `address`, which keeps about `keep` messages.

    Every listener hears every message, in order, also those of a time when it was not connected;
    one that was away for longer than the stream remembers, or for its loss, is told of a gap.
    It needs Valkey, or Redis 7 or later.

    Cost: one round trip to publish, one waiting connection for each listener, and the memory for
    `keep` messages at the server.

    Raises:
        ValueError: `keep` is below 1.
    """

    def __init__(
        self, address: str, name: str, *, keep: int = 10_000, patience: float = 5.0
    ) -> None:
        if keep < 1:
            raise ValueError(f"keep must be at least 1 message, not {keep!r}")
        self.address = address
        self.name = name
        self.keep = keep
        self.patience = patience
        self._client: Any = without_retries(connect(address))
        self._beginning: int | None = None

    def publish(self, message: bytes) -> None:
        """Put `message` on the stream."""
        with store_errors():
            for _ in range(3):
                if self._add(message):
                    return
                self._begin()
        raise StoreError(f"the stream {self.name!r} was lost again and again")

    def subscribe(self, on_message: OnMessage, on_gap: OnGap) -> Listener:
        """Have `on_message` told of what comes after this call, on a thread."""
        place: Place | None = None

        def listen(listener: Listener) -> None:
            nonlocal place
            client = connect_blocking(self.address, longest=TICK)
            try:
                if place is None:
                    place = last_place(client, self.name)
                listener.is_ready()
                while not listener.closing.is_set():
                    for found, message in self._read(client, place):
                        if not follows(found, place):
                            on_gap(f"{place} is followed by {found}")
                        place = found
                        if found.number:
                            on_message(message)
                    now = last_place(client, self.name)
                    if place.beginning and now.beginning != place.beginning:
                        on_gap("the stream was lost")
                        place = Place(0, 0)
            finally:
                client.close()

        return Listener(listen, self.patience)

    def close(self) -> None:
        """Close the client that publishes."""
        self._client.close()

    def _add(self, message: bytes) -> bool:
        """Add to the stream as it was last seen; tell whether it still is that stream."""
        if self._beginning is None:
            return False
        try:
            found = self._client.xadd(
                self.name,
                {"m": message},
                id=f"{self._beginning}-*",
                maxlen=self.keep,
                approximate=True,
                nomkstream=True,
            )
        except redis.ResponseError:  # ids have gone past it: somebody began a new one
            return False
        return found is not None

    def _begin(self) -> None:
        """Find the stream's beginning, or make one."""
        self._beginning = last_place(self._client, self.name).beginning
        if self._beginning == 0:
            self._client.eval(BEGIN, 1, self.name, time.time_ns() // 1_000_000)
            self._beginning = last_place(self._client, self.name).beginning

    def _read(self, client: redis.Redis, place: Place) -> list[tuple[Place, bytes]]:
        answer: Any = client.xread({self.name: str(place)}, count=BATCH, block=int(TICK * 1000))
        streams = answer.values() if isinstance(answer, dict) else [part[1] for part in answer]
        messages: list[tuple[Place, bytes]] = []
        for stream in streams:
            batch = stream[0] if stream and isinstance(stream[0], list) else stream
            messages += [(Place.parse(found), fields[b"m"]) for found, fields in batch]
        return messages


def follows(found: Place, place: Place) -> bool:
    """Tell whether nothing can lie between `place` and `found`."""
    if found.beginning == place.beginning:
        return found.number == place.number + 1
    return place.beginning == 0 and found.number <= 1


def last_place(client: Any, name: str) -> Place:
    """Return where the stream's last message is or was, 0-0 for a stream that there is not."""
    try:
        return Place.parse(client.xinfo_stream(name)["last-generated-id"])
    except redis.ResponseError:
        return Place(0, 0)
