"""
A count-min sketch: how often each of many keys was seen, roughly, in a few bits a key.

Every key has a counter in each of four rows and shares it with others, so a counter can only say
too much. The smallest of the four says the least too much. All of them are halved now and then:
what was popular long ago counts less and less.
"""

from .base import Key
from .options import whole

ROWS = 4
MOST = 15
"""Four bits a counter are enough for telling which of two keys is the more popular."""
MASK = 2**64 - 1
_HALVES = bytes(count // 2 for count in range(256))


class Sketch:
    """
    A count for every key that never says too little, and fades.

    Intuition: four shelves of tally counters. A key presses one on each shelf, at places that its
    fingerprint names, and two keys rarely meet on all four. A counter stays at 15 once it is there.

    `width` counters a row: the smallest power of two that is at least 8 x capacity, and at least
    16. After every 10 x capacity additions all counters are halved, rounded down; up to so many
    different keys come in between, and with fewer counters too many of them meet.

    Complexity: O(1) for `add` and `estimate`, plus one pass over the counters at each halving:
    O(1) an addition. One byte a counter; half would do.

    Source: G. Cormode, S. Muthukrishnan, "An improved data stream summary: the count-min sketch and
    its applications", Journal of Algorithms 55(1), 2005. Ageing: G. Einziger, R. Friedman,
    B. Manes, "TinyLFU: a highly efficient cache admission policy", ACM TOS 13(4), 2017, "reset".
    Deviation: there the sample counter is halved as well, so that later resets come twice as often.

    >>> sketch = Sketch(100)
    >>> for key in "abaa":
    ...     sketch.add(key)
    >>> sketch.estimate("a"), sketch.estimate("b"), sketch.estimate("c"), sketch.width
    (3, 1, 0, 1024)
    """

    def __init__(self, capacity: int, *, period: int | None = None) -> None:
        self.width = max(16, 1 << (8 * whole("capacity", capacity, least=1) - 1).bit_length())
        self.period = whole("period", 10 * capacity if period is None else period, least=1)
        self.until_halving = self.period
        """Additions left before the next halving."""
        self._rows = [bytearray(self.width) for _ in range(ROWS)]

    def add(self, key: Key) -> None:
        """Count `key` once more."""
        for row, place in zip(self._rows, self.places(key), strict=True):
            if row[place] < MOST:
                row[place] += 1
        self.until_halving -= 1
        if self.until_halving == 0:
            self.until_halving = self.period
            self._rows = [row.translate(_HALVES) for row in self._rows]

    def estimate(self, key: Key) -> int:
        """Return the count of `key`: 0 to 15, and never less than the truth, halved as often."""
        return min(row[place] for row, place in zip(self._rows, self.places(key), strict=True))

    def places(self, key: Key) -> list[int]:
        """
        Return the place of the counter of `key` in each row.

        The upper and lower half of one mixed number, added up, give all four.

        Source: A. Kirsch, M. Mitzenmacher, "Less hashing, same performance: building a better Bloom
        filter", ESA 2006.
        """
        mixed = mix(fingerprint(key))
        low, high = mixed & 0xFFFFFFFF, mixed >> 32 | 1
        return [(low + row * high) & (self.width - 1) for row in range(ROWS)]


def fingerprint(key: Key) -> int:
    """
    Return a number of 64 bits that stands for `key`, equal for equal keys.

    The built-in hash of a text differs from one Python process to the next, which would make two
    runs of one simulation differ, so text and bytes are digested instead. For other keys it is
    `hash(key)`: the same in every process for numbers, and for tuples of numbers.

    >>> fingerprint(7), fingerprint(-3), fingerprint("7")
    (7, 18446744073709551613, 9407870976149377255)
    """
    if isinstance(key, str):
        key = key.encode("utf-8", "surrogatepass")
    if isinstance(key, bytes):
        # Loading hashlib takes as long as loading ten policies, and few need it.
        from hashlib import blake2b

        return int.from_bytes(blake2b(key, digest_size=8).digest(), "little")
    return hash(key) & MASK


def mix(number: int) -> int:
    """
    Return the 64 bits of `number` so stirred that each depends on all of them.

    Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators",
    OOPSLA 2014, the generator SplitMix64; the constants are Stafford's variant 13.

    >>> hex(mix(0)), hex(mix(1))
    ('0xe220a8397b1dcdaf', '0x910a2dec89025cc1')
    """
    number = (number + 0x9E3779B97F4A7C15) & MASK
    number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9 & MASK
    number = (number ^ number >> 27) * 0x94D049BB133111EB & MASK
    return number ^ number >> 31
