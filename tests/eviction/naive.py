"""
The policies once more, from their definitions alone: slow, obvious, and written apart.

The whole history is kept and everything is read off it. Nothing is shared with the package but the
words.
"""

from collections.abc import Hashable

History = list[Hashable]


def last_use(history: History, key: Hashable) -> int:
    return max(at for at, used in enumerate(history) if used == key)


class Naive:
    """A cache of keys that answers each request with (hit?, keys evicted)."""

    def __init__(self, name: str, capacity: int) -> None:
        self.name, self.capacity = name, capacity
        self.history: History = []
        self.came_in: dict[Hashable, int] = {}

    def request(self, key: Hashable) -> tuple[bool, list[Hashable]]:
        hit = key in self.came_in
        gone: list[Hashable] = []
        if not hit and len(self.came_in) == self.capacity:
            gone = [min(self.came_in, key=self.worth)]
            del self.came_in[gone[0]]
        self.history.append(key)
        if not hit:
            self.came_in[key] = len(self.history) - 1
        return hit, gone

    def remove(self, key: Hashable) -> None:
        del self.came_in[key]

    def worth(self, key: Hashable) -> tuple[int, ...]:
        if self.name == "fifo":
            return (self.came_in[key],)
        if self.name == "lru":
            return (last_use(self.history, key),)
        assert self.name == "lfu"
        uses = self.history[self.came_in[key] :].count(key)
        return (uses, last_use(self.history, key))
