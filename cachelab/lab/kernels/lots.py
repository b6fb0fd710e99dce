"""
Python's random numbers, drawn in compiled code: the same lots as `random.Random` would draw.

The Mersenne Twister of M. Matsumoto and T. Nishimura, "Mersenne Twister: a 623-dimensionally
equidistributed uniform pseudo-random number generator", ACM TOMACS 8(1), 1998. Its state is taken
over from a generator, so that a kernel evicts exactly the keys that the readable class would.
"""

from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .compiled import inline

SIZE, MIDDLE = 624, 397
UPPER, LOWER, TWIST = np.uint32(0x80000000), np.uint32(0x7FFFFFFF), np.uint32(0x9908B0DF)
MASK_B, MASK_C = np.uint32(0x9D2C5680), np.uint32(0xEFC60000)
U1, U5, U6, U7, U11, U15, U18 = (np.uint32(n) for n in (1, 5, 6, 7, 11, 15, 18))


def state_of(rng: Random) -> NDArray[np.uint32]:
    """Return the state of `rng`: 624 words, and the number of those already used."""
    state: Any = rng.getstate()[1]
    return np.array(state, np.uint32)


@inline
def _turned(here, there, far):
    word = (here & UPPER) | (there & LOWER)
    return far ^ (word >> U1) ^ (TWIST * (word & U1))


@inline
def _twist(state):
    for at in range(SIZE - MIDDLE):
        state[at] = _turned(state[at], state[at + 1], state[at + MIDDLE])
    for at in range(SIZE - MIDDLE, SIZE - 1):
        state[at] = _turned(state[at], state[at + 1], state[at + MIDDLE - SIZE])
    state[SIZE - 1] = _turned(state[SIZE - 1], state[0], state[MIDDLE - 1])


@inline
def _word(state):
    used = state[SIZE]
    if used >= SIZE:
        _twist(state)
        used = np.uint32(0)
    state[SIZE] = used + U1
    word = state[used]
    word ^= word >> U11
    word ^= (word << U7) & MASK_B
    word ^= (word << U15) & MASK_C
    return np.uint32(word ^ (word >> U18))


@inline
def uniform(state):
    """Return what `random()` of the generator would: a number from 0 up to and without 1."""
    high = np.int64(_word(state) >> U5)
    low = np.int64(_word(state) >> U6)
    return (high * 67108864.0 + low) * (1.0 / 9007199254740992.0)


@inline
def below(state, limit):
    """Draw one of the numbers 0 to limit - 1, as `int(random() * limit)`."""
    return np.int64(uniform(state) * limit)
