"""
Many keys at once: their positions as an array, worked on in parts that fit the processor's cache.

NumPy is imported here and in the files that only this way of asking needs, so that placing one key
needs the standard library alone.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any
from zlib import crc32

import numpy as np

from .arrays import Batch, Indexes, Keys, Numbers, Positions
from .keys import FIBONACCI, Key, KeyHash

ARRAY_PART, LIST_PART = 1 << 15, 1 << 12
"""Keys in a part: their positions take 256 KiB, or their bytes and digests about as much."""


def as_batch(keys: Keys) -> Batch:
    """
    The keys as an array of whole numbers if they are one, as a list otherwise.

    Raises:
        TypeError: `keys` is one key, or an array of something else than keys.
    """
    if isinstance(keys, str | bytes):
        raise TypeError(f"keys must be many, not the one key {keys!r}")
    if not isinstance(keys, np.ndarray):
        return keys if isinstance(keys, list) else list(keys)
    if keys.ndim != 1:
        raise TypeError(f"keys must have one dimension, not {keys.ndim}")
    if keys.dtype.kind in "iu":
        return keys
    if keys.dtype.kind in "USO":
        listed: list[Key] = keys.tolist()
        return listed
    raise TypeError(f"keys must be whole numbers, text or bytes, not an array of {keys.dtype}")


def in_parts(
    batch: Batch,
    positions: Callable[[Batch], Positions],
    locate: Callable[[Positions], Numbers],
) -> Indexes:
    """The index of the owner of each key, part by part."""
    owners = np.empty(len(batch), dtype=np.int32)
    part = ARRAY_PART if isinstance(batch, np.ndarray) else LIST_PART
    for start in range(0, len(batch), part):
        owners[start : start + part] = locate(positions(batch[start : start + part]))
    return owners


def positions(batch: Batch, hash_: KeyHash, position: Callable[[Key], int]) -> Positions:
    """The position of each key of a part; `position` answers for one key of any kind."""
    if isinstance(batch, np.ndarray):
        return mix64_all(batch)
    try:
        return _of_texts(batch, hash_)
    except TypeError:  # not all of them are text
        return one_by_one(batch, position)


def one_by_one(batch: Batch, position: Callable[[Key], int]) -> Positions:
    """The position of each key, by the function for one."""
    keys = batch.tolist() if isinstance(batch, np.ndarray) else batch
    return np.fromiter(map(position, keys), dtype=np.uint64, count=len(keys))


def _of_texts(texts: list[Any], hash_: KeyHash) -> Positions:
    # Three functions written in C, and no step of Python for each key.
    encoded = map(str.encode, texts)
    if hash_.name == "crc32":
        sums = np.fromiter(map(crc32, encoded), dtype=np.uint64, count=len(texts))
        return np.multiply(sums, np.uint64(FIBONACCI), out=sums)
    words = np.frombuffer(b"".join(map(hash_.digest, encoded)), dtype=">u8")
    return words.reshape(len(texts), -1)[:, 0].astype(np.uint64)


def mix64_all(numbers: np.ndarray[Any, Any]) -> Positions:
    """
    `mix64` of each of the whole numbers, negative ones modulo 2**64.

    >>> from cachelab.hashing.keys import mix64
    >>> mix64_all(np.array([1, -1])).tolist() == [mix64(1), mix64(-1)]
    True
    """
    mixed = numbers.astype(np.uint64)
    shifted = np.empty_like(mixed)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        np.right_shift(mixed, np.uint64(shift), out=shifted)
        np.bitwise_xor(mixed, shifted, out=mixed)
        if factor != 1:
            np.multiply(mixed, np.uint64(factor), out=mixed)
    return mixed


def kernels(work: int, enough: int) -> ModuleType | None:
    """
    The compiled loops, or None where NumPy is to do.

    Numba takes a second to import and compile, so `work` has to be `enough`; or it is missing.
    """
    if work < enough or find_spec("numba") is None:
        return None
    return import_module("cachelab.hashing.kernels")
