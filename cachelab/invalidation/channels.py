"""
How news gets from those who change data to those who keep copies of it.

A channel either brings every message, in order, or says that it may have missed some: a listener
that is told so drops all it has. A channel that loses messages in silence is of no use here.
"""

from collections.abc import Callable
from typing import Protocol, TypeAlias

OnMessage: TypeAlias = Callable[[bytes], None]
OnGap: TypeAlias = Callable[[str], None]
"""Is told why messages may have been missed."""


class Listening(Protocol):
    """A subscription under way."""

    def close(self) -> None:
        """Listen no longer; once this has returned, nothing more is delivered."""
        ...


class Channel(Protocol):
    """
    A way to tell all who listen.

    Raises:
        StoreError: the server behind the channel failed.
    """

    def publish(self, message: bytes) -> None:
        """Tell `message` to all who listen."""
        ...

    def subscribe(self, on_message: OnMessage, on_gap: OnGap) -> Listening:
        """Have `on_message` told of every message from now on; both may be called on a thread."""
        ...

    def close(self) -> None:
        """Give back what the channel holds open; its listeners are closed by whoever has them."""
        ...


class MemoryChannel:
    """
    A channel within one process: `publish` calls those who listen, and then returns.

    >>> channel, heard = MemoryChannel(), []
    >>> listening = channel.subscribe(heard.append, print)
    >>> channel.publish(b"news")
    >>> listening.close()
    >>> channel.publish(b"more news")
    >>> heard
    [b'news']
    """

    def __init__(self) -> None:
        self.listeners: dict[_Ear, None] = {}

    def publish(self, message: bytes) -> None:
        """Tell `message` to all who listen."""
        for ear in list(self.listeners):
            ear.on_message(message)

    def subscribe(self, on_message: OnMessage, on_gap: OnGap) -> "_Ear":  # noqa: ARG002
        """Have `on_message` told of every message from now on; there never is a gap."""
        ear = _Ear(self, on_message)
        self.listeners[ear] = None
        return ear

    def close(self) -> None:
        """Do nothing: nothing is held open."""


class _Ear:
    def __init__(self, channel: MemoryChannel, on_message: OnMessage) -> None:
        self.channel = channel
        self.on_message = on_message

    def close(self) -> None:
        self.channel.listeners.pop(self, None)
