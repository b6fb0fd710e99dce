"""
Who answered what, by layer: object and byte hit ratios, counted outside of what they are about.

A store with layers tells each key it read or wrote; `Ratios` listens. The two ratios answer two
questions. Of a hundred requests, how many did not go on? Of a hundred bytes? A cache that keeps the
small things may be good at the one and bad at the other.
"""

from collections import Counter
from dataclasses import dataclass
from threading import Lock
from typing import Any

from cachelab.ports import MISSING
from cachelab.ports.codec import encode

REMEMBERED = 10_000
"""Keys nobody had that are remembered until their size is known."""


@dataclass(frozen=True, slots=True)
class Read:
    """A key that was read, the layer that had it (None: no layer), and the bytes of the value."""

    key: str
    layer: str | None
    size: int


@dataclass(frozen=True, slots=True)
class Write:
    """A key that was written, and the bytes of the value."""

    key: str
    size: int


@dataclass(slots=True)
class LayerTraffic:
    """What one layer was asked for, and how much of it it had; in requests and in bytes."""

    requests: int = 0
    hits: int = 0
    bytes_requested: int = 0
    bytes_hit: int = 0

    @property
    def hit_ratio(self) -> float | None:
        """Requests that this layer answered, of those that reached it; None if none did."""
        return self.hits / self.requests if self.requests else None

    @property
    def byte_hit_ratio(self) -> float | None:
        """Bytes that this layer answered with, of those asked of it; None if there were none."""
        return self.bytes_hit / self.bytes_requested if self.bytes_requested else None


class Ratios:
    """
    An observer that counts the traffic of each layer, nearest first.

    A request for what no layer has weighs nothing until its key is written: then its size is known,
    and counts for every time it was missed. Any number of threads may tell it.

    Complexity: O(layers) for each event; memory for at most 10,000 keys.

    Raises:
        ValueError: it is told of a layer that it does not know.

    >>> ratios = Ratios()
    >>> for event in (Read("k", None, 0), Write("k", 100), Read("k", "far", 100)):
    ...     ratios(event)
    >>> ratios(Read("k", "near", 100)), ratios(Read("k", "near", 100))
    (None, None)
    >>> [(name, layer.hit_ratio, layer.byte_hit_ratio) for name, layer in ratios.layers.items()]
    [('near', 0.5, 0.5), ('far', 0.5, 0.5)]
    """

    def __init__(self, *names: str) -> None:
        self.layers = {name: LayerTraffic() for name in names or ("near", "far")}
        self._missed: Counter[str] = Counter()
        self._lock = Lock()

    def __call__(self, event: Read | Write) -> None:
        """Count one event."""
        with self._lock:
            if isinstance(event, Write):
                self._weigh(self._missed.pop(event.key, 0) * event.size)
            else:
                self._count(event)

    def _count(self, read: Read) -> None:
        if read.layer is None:
            self._remember(read.key)
        elif read.layer not in self.layers:
            raise ValueError(f"no layer {read.layer!r}, only {', '.join(self.layers)}")
        for name, layer in self.layers.items():
            layer.requests += 1
            layer.bytes_requested += read.size
            if name == read.layer:
                layer.hits += 1
                layer.bytes_hit += read.size
                return

    def _remember(self, key: str) -> None:
        self._missed[key] += 1
        if len(self._missed) > REMEMBERED:
            del self._missed[next(iter(self._missed))]

    def _weigh(self, size: int) -> None:
        for layer in self.layers.values():
            layer.bytes_requested += size


def size_of(value: Any) -> int:
    """Return the bytes that a value takes in a store, 0 for MISSING."""
    return 0 if value is MISSING else len(encode(value))
