"""Nodes with __slots__ in a ring around one sentinel, and a lock taken by a decorator."""

import functools
import threading
from typing import Any, Generic, TypeVar

V = TypeVar("V")


def synchronized(method):
    @functools.wraps(method)
    def wrapper(self, *args, **kwargs):
        with self._lock:
            return method(self, *args, **kwargs)

    return wrapper


class _Node:
    __slots__ = ("key", "value", "prev", "next")

    def __init__(self, key: Any, value: Any) -> None:
        self.key, self.value = key, value
        self.prev: "_Node" = self
        self.next: "_Node" = self

    def leave(self) -> None:
        self.prev.next, self.next.prev = self.next, self.prev

    def join_before(self, other: "_Node") -> None:
        self.prev, self.next = other.prev, other
        other.prev.next = self
        other.prev = self


class LRUCache(Generic[V]):
    def __init__(self, capacity: int) -> None:
        if not isinstance(capacity, int) or capacity < 0:
            raise ValueError("capacity has to be a whole number of entries")
        self._capacity = capacity
        self._index: dict[Any, _Node] = {}
        self._ring = _Node(None, None)
        self._lock = threading.RLock()
        self._stats = {"hits": 0, "misses": 0}

    @synchronized
    def get(self, key: Any, default: V | None = None) -> V | None:
        try:
            node = self._index[key]
        except KeyError:
            self._stats["misses"] += 1
            return default
        self._stats["hits"] += 1
        self._touch(node)
        return node.value

    def _touch(self, node: _Node) -> None:
        node.leave()
        node.join_before(self._ring)

    @synchronized
    def put(self, key: Any, value: V) -> None:
        if key in self:
            self._index[key].value = value
            return self._touch(self._index[key])
        node = self._index[key] = _Node(key, value)
        node.join_before(self._ring)
        if len(self) > self._capacity:
            victim = self._ring.next
            victim.leave()
            del self._index[victim.key]

    @synchronized
    def delete(self, key: Any) -> bool:
        node = self._index.pop(key, None)
        if node is not None:
            node.leave()
        return node is not None

    @synchronized
    def hit_rate(self) -> float:
        asked = sum(self._stats.values())
        return self._stats["hits"] / asked if asked else 0.0

    @synchronized
    def __contains__(self, key: object) -> bool:
        return key in self._index

    @synchronized
    def __len__(self) -> int:
        return len(self._index)
