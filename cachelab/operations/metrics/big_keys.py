"""
The biggest values: few of them fill a memory, and one of them holds up everybody behind it.

Only the biggest few are remembered, whoever names them: the writes that pass by, or a server that
is asked about all its keys.
"""

from typing import NamedTuple


class Big(NamedTuple):
    """A key and its size in bytes."""

    size: int
    key: str


class BiggestKeys:
    """
    The `at_most` biggest entries among those written, as far as the writes tell.

    A key that is written again has its new size, one that is deleted is gone. A key that was
    pushed out does not come back when bigger ones go, until it is written again, and expiry is not
    seen: to know what a server holds now, ask it, with `big_keys_of`.

    Complexity: O(1) for a write that is smaller than those kept, O(at_most) for another.

    Raises:
        ValueError: `at_most` is negative.

    >>> biggest = BiggestKeys(2)
    >>> for key, size in [("a", 10), ("b", 30), ("c", 20), ("b", 5)]: biggest.wrote(key, size)
    >>> biggest.top()
    [Big(size=20, key='c'), Big(size=5, key='b')]
    """

    def __init__(self, at_most: int) -> None:
        if at_most < 0:
            raise ValueError(f"at_most must be 0 keys or more, not {at_most!r}")
        self.at_most = at_most
        self.sizes: dict[str, int] = {}
        self.smallest = 0

    def wrote(self, key: str, size: int) -> None:
        """Take in that `key` has a value of `size` bytes now."""
        is_full = len(self.sizes) >= self.at_most
        if key not in self.sizes and is_full and size <= self.smallest:
            return
        self.sizes[key] = size
        if len(self.sizes) > self.at_most:
            del self.sizes[min(self.sizes, key=self.sizes.__getitem__)]
        self.smallest = min(self.sizes.values(), default=0)

    def deleted(self, key: str) -> None:
        """Take in that `key` has no value any more."""
        if self.sizes.pop(key, None) is not None:
            self.smallest = min(self.sizes.values(), default=0)

    def clear(self) -> None:
        """Take in that nothing has a value any more."""
        self.sizes.clear()
        self.smallest = 0

    def top(self) -> list[Big]:
        """Return the entries kept, biggest first."""
        return sorted((Big(size, key) for key, size in self.sizes.items()), reverse=True)
