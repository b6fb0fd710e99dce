"""
Where a key lies: a number of 64 bits that is the same in every process and on every machine.

Python's own `hash()` will not do: for text it is salted anew in each process, so two servers would
disagree about every key. The hash functions here are named, because another function is another
placement: all who share a cache must name the same one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b, md5
from operator import index
from struct import Struct
from typing import TypeAlias
from zlib import crc32

Key: TypeAlias = str | bytes | int
"""Text stands for its UTF-8 bytes; a whole number for itself, modulo 2**64."""

MASK = 2**64 - 1
FIBONACCI = 0x9E3779B97F4A7C15
"""2**64 divided by the golden ratio, odd: multiplying by it spreads 32 bits over 64."""

_first_8_of_8 = Struct(">Q").unpack
_first_8_of_16 = Struct(">Q8x").unpack


@dataclass(frozen=True)
class KeyHash:
    """
    A hash function for the bytes of a key, under the name that a placement is told.

    `number` answers 64 bits; `digest` the same as bytes, most significant first, perhaps with more
    after them (the fast way for many keys).
    """

    name: str
    number: Callable[[bytes], int]
    digest: Callable[[bytes], bytes]


def _blake2b_digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=8).digest()


def _blake2b_number(data: bytes) -> int:
    number: int = _first_8_of_8(blake2b(data, digest_size=8).digest())[0]
    return number


def _md5_digest(data: bytes) -> bytes:
    # Nothing is kept secret here: without this argument md5 is refused on FIPS builds of Python.
    return md5(data, usedforsecurity=False).digest()


def _md5_number(data: bytes) -> int:
    number: int = _first_8_of_16(md5(data, usedforsecurity=False).digest())[0]
    return number


def _crc32_number(data: bytes) -> int:
    return crc32(data) * FIBONACCI & MASK


def _crc32_digest(data: bytes) -> bytes:
    return _crc32_number(data).to_bytes(8, "big")


HASHES = {
    known.name: known
    for known in (
        KeyHash("blake2b", _blake2b_number, _blake2b_digest),
        KeyHash("md5", _md5_number, _md5_digest),
        KeyHash("crc32", _crc32_number, _crc32_digest),
    )
}
"""The hash functions of the standard library. `xxh3` comes with the package xxhash."""


def key_hash(name: str) -> KeyHash:
    """
    The hash function called `name`: blake2b, md5, crc32, or xxh3 where xxhash is installed.

    Raises:
        ImportError: `xxh3` is asked for and the package xxhash is missing.
        ValueError: there is no such function here.

    >>> key_hash("crc32").number(b"user:1") == key_hash("crc32").number(b"user:1")
    True
    """
    if name == "xxh3":
        return _xxh3()
    if name not in HASHES:
        raise ValueError(f"hash must be one of {', '.join(HASHES)} or xxh3, not {name!r}")
    return HASHES[name]


def _xxh3() -> KeyHash:
    try:
        from xxhash import xxh3_64_digest, xxh3_64_intdigest
    except ImportError as missing:
        raise ImportError("hash='xxh3' needs the package xxhash: pip install xxhash") from missing
    return KeyHash("xxh3", xxh3_64_intdigest, xxh3_64_digest)


def mix64(number: int) -> int:
    """
    Scatter the whole numbers below 2**64 over the same range, no two to the same place.

    Intuition: keys such as 1, 2, 3 lie side by side and differ in a few low bits. Folding the high
    bits down and multiplying, twice, lets each bit of the key change about half of the answer's.

    Complexity: O(1); for arrays a few machine instructions, which no byte hash comes near.

    Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators",
    OOPSLA 2014, with the constants of D. Stafford's variant 13, as java.util.SplittableRandom.

    >>> mix64(1) == mix64(1 + 2**64), len({mix64(number) >> 56 for number in range(2000)})
    (True, 256)
    """
    number &= MASK
    number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9 & MASK
    number = (number ^ number >> 27) * 0x94D049BB133111EB & MASK
    return number ^ number >> 31


def as_bytes(key: Key) -> bytes:
    """
    The bytes of `key` as clients send them: text in UTF-8, a whole number in decimal digits.

    Raises:
        TypeError: `key` is neither text, bytes nor a whole number.

    >>> as_bytes("née"), as_bytes(b"raw"), as_bytes(-7)
    (b'n\\xc3\\xa9e', b'raw', b'-7')
    """
    if isinstance(key, str):
        return key.encode()
    if isinstance(key, bytes):
        return key
    return b"%d" % whole_number(key)


def whole_number(key: object) -> int:
    """
    `key` as an int, where it is one (of Python's or of NumPy's); the last chance of a key.

    Raises:
        TypeError: it is not. True and False are refused: they are answers, not keys.
    """
    if not isinstance(key, bool):
        try:
            return index(key)  # type: ignore[arg-type]
        except TypeError:
            pass
    raise TypeError(f"a key must be text, bytes or a whole number, not {key!r}")
