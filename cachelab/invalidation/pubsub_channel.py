"""
News by publish and subscribe: the server passes it to whoever is connected, and keeps nothing.

Who is away for a moment misses what was said, and nobody can tell how much. So a listener that had
to come back says that there may be a gap, each time.
"""

import redis

from cachelab.ports import connect
from cachelab.ports.connection import connect_blocking, store_errors

from .channels import OnGap, OnMessage
from .listener import Listener

TICK = 0.2
"""Seconds between two looks at whether to stop; it delays no message."""

SILENCE = 2.0
"""Seconds without an answer to a ping after which a connection counts as dead."""


class PubSubChannel:
    """
    A channel on the server at `address`: at most once, and with a gap after each lost connection.

    `subscribe` waits up to `patience` seconds for the server. A connection that died silently is
    noticed within about four seconds.

    Cost: one round trip to publish, whatever the number of listeners; the server keeps nothing.
    """

    def __init__(self, address: str, name: str, *, patience: float = 5.0) -> None:
        self.address = address
        self.name = name
        self.patience = patience
        self._client = connect(address, retries=0)

    def publish(self, message: bytes) -> None:
        """Tell `message` to those who are connected at this moment."""
        with store_errors():
            self._client.publish(self.name, message)

    def subscribe(self, on_message: OnMessage, on_gap: OnGap) -> Listener:
        """Have `on_message` told from now on, on a thread, and `on_gap` after each reconnection."""

        def listen(listener: Listener) -> None:
            client = connect_blocking(self.address, longest=TICK)
            try:
                with client.pubsub() as pubsub:  # type: ignore[no-untyped-call]
                    pubsub.subscribe(self.name)
                    self._hear(pubsub, listener, on_message, on_gap)
            finally:
                client.close()

        return Listener(listen, self.patience)

    def _hear(
        self, pubsub: redis.client.PubSub, listener: Listener, on_message: OnMessage, on_gap: OnGap
    ) -> None:
        quiet = 0.0
        while not listener.closing.is_set():
            message = pubsub.get_message(timeout=TICK)
            if message is None:
                quiet += TICK
                if quiet >= 2 * SILENCE:
                    raise redis.ConnectionError("the server has been silent")
                if quiet >= SILENCE:
                    pubsub.ping()
                continue
            quiet = 0.0
            if message["type"] == "subscribe":
                if listener.times_ready:
                    on_gap("the connection was lost, and what was said meanwhile with it")
                listener.is_ready()
            elif message["type"] == "message":
                on_message(message["data"])

    def close(self) -> None:
        """Close the client that publishes."""
        self._client.close()
