"""
Objects as numbers: 0 for the key that was asked for first, 1 for the next new one, and so on.

Numbers can index arrays, which is what makes the compiled simulator fast, and numbering by first
appearance puts popular objects side by side in memory. It is done once a trace, not once a policy.
"""

import sys
from collections.abc import Iterable, Sized
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cachelab.eviction.sketch import fingerprint

Ids = NDArray[np.uint32]

WORTH_COMPILING = 50_000
"""Requests from which compiled code, which takes half a second to load, is done sooner."""

MOST_REQUESTS = 2**32 - 16
"""Times and numbers of objects are kept in 32 bits."""


@dataclass(frozen=True, eq=False)
class Dense:
    """
    A trace by numbers: `ids[i]` is the object of request i, below `objects`.

    `first[n]` is the request that asked for object n first: with it, anything known of requests is
    known of objects.

    >>> dense = numbered(["b", "a", "b"])
    >>> dense.ids.tolist(), dense.objects, dense.first.tolist()
    ([0, 1, 0], 2, [0, 1])
    """

    ids: Ids
    first: NDArray[np.int64]

    @property
    def objects(self) -> int:
        return len(self.first)


def numbered(keys: Iterable[Any]) -> Dense:
    """
    Number the objects of a trace.

    Complexity: O(requests); about 4 bytes a request and 40 an object while it works.

    Raises:
        TypeError: a key can't be hashed.
        ValueError: a key does not equal itself, as NaN, or there are too many requests to number.
    """
    if isinstance(keys, Sized) and len(keys) > MOST_REQUESTS:
        raise ValueError(f"a trace can have {MOST_REQUESTS:,} requests at most, not {len(keys):,}")
    if isinstance(keys, np.ndarray) and keys.dtype.kind in "iu":
        return _numbered_integers(keys)
    return _numbered_objects(keys.tolist() if isinstance(keys, np.ndarray) else keys)


def _numbered_objects(keys: Iterable[Any]) -> Dense:
    number: dict[Any, int] = {}
    first: list[int] = []
    ids: list[int] = []
    for at, key in enumerate(keys):
        try:
            x = number.setdefault(key, len(first))
        except TypeError:
            raise TypeError(f"request {at} asks for {key!r}, which can't be a key") from None
        if x == len(first):
            if key != key:
                raise ValueError(f"request {at} asks for {key!r}, which does not equal itself")
            first.append(at)
        ids.append(x)
    return Dense(np.array(ids, np.uint32), np.array(first, np.int64))


def _numbered_integers(keys: NDArray[Any]) -> Dense:
    from .kernels.numbering import by_hash, by_table

    low, high = int(keys.min()), int(keys.max())
    if high - low < 2 * len(keys) + 1024:
        return Dense(*by_table(keys, low, high - low + 1))
    whole = keys if keys.itemsize == 8 else keys.astype(np.int64)
    return Dense(*by_hash(np.ascontiguousarray(whole).view(np.uint64)))


def fingerprints(keys: Any, first: NDArray[np.int64]) -> NDArray[np.uint64]:
    """
    Return `fingerprint(key)` for the keys of the requests `first`.

    >>> fingerprints(["a", "b"], np.array([1])).tolist() == [fingerprint("b")]
    True
    >>> fingerprints(np.array([5, -1, 2**62]), np.arange(3)).tolist()
    [5, 18446744073709551614, 2]
    """
    if not isinstance(keys, np.ndarray) or keys.dtype.kind not in "iu":
        return np.array([fingerprint(keys[at]) for at in first.tolist()], np.uint64)
    # What `hash` does with whole numbers: the remainder by a Mersenne prime, and -2 for -1.
    numbers = keys[first]
    prime = numbers.dtype.type(sys.hash_info.modulus) if numbers.dtype.itemsize == 8 else None
    hashes = numbers if prime is None else np.fmod(numbers, prime)
    if hashes.dtype.kind == "i":
        hashes = np.where(hashes == -1, -2, hashes.astype(np.int64))
    return hashes.astype(np.uint64)
