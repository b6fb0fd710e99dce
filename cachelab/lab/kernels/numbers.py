"""
A set of whole numbers that knows its smallest and its largest.

A bitmap of the numbers, above it a bitmap of the words that are not empty, above that one of its
own words, until one word is left. Each level is 64 times smaller, so five of them reach a thousand
million, and a change rarely goes higher than the second. A heap would do the same more slowly.
"""

import numpy as np

from .bits import lowest_bit, zeros_above
from .compiled import inline

ONE = np.uint64(1)
WORD = np.uint64(63)
SHIFT = np.uint64(6)


@inline
def empty_numbers(limit):
    """Make a set for numbers below `limit`: all levels in one array, and where each begins."""
    starts = np.zeros(8, np.uint64)
    words = (limit + 63) // 64
    levels = 0
    total = 0
    while True:
        starts[levels] = total
        levels += 1
        total += words
        if words <= 1:
            break
        words = (words + 63) // 64
    return np.zeros(total, np.uint64), starts[:levels]


@inline
def add(words, starts, number):
    """Put in `number`, which may be there."""
    at = np.uint64(number)
    for level in range(len(starts)):
        index = starts[level] + (at >> SHIFT)
        before = words[index]
        words[index] = before | (ONE << (at & WORD))
        if before:
            return
        at >>= SHIFT


@inline
def discard(words, starts, number):
    """Take out `number`, which is there."""
    at = np.uint64(number)
    for level in range(len(starts)):
        index = starts[level] + (at >> SHIFT)
        words[index] &= ~(ONE << (at & WORD))
        if words[index]:
            return
        at >>= SHIFT


@inline
def smallest(words, starts):
    """Return the smallest number of a set that is not empty."""
    at = np.uint64(0)
    for level in range(len(starts) - 1, -1, -1):
        at = (at << SHIFT) | lowest_bit(words[starts[level] + at])
    return at


@inline
def largest(words, starts):
    """Return the largest number of a set that is not empty."""
    at = np.uint64(0)
    for level in range(len(starts) - 1, -1, -1):
        at = (at << SHIFT) | (WORD - zeros_above(words[starts[level] + at]))
    return at
