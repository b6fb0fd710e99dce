"""
Numbering integer keys in order of first appearance.

Keys from a small range index a table. Others go through a hash table with open addressing, whose
slots hold a key and its number side by side, so that a look costs one trip to memory.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import inline, kernel

FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""2**64 over the golden ratio: its multiples spread evenly (D. E. Knuth, TAOCP 3, section 6.4)."""


@kernel
def by_table(keys, low, span):
    """Number keys that are `low` or up to `span` - 1 larger."""
    number = np.zeros(span, np.uint32)  # one more than the key's number; 0 is not seen
    ids = np.empty(len(keys), np.uint32)
    first = np.empty(min(span, len(keys)), np.int64)
    objects = 0
    for at in range(len(keys)):
        place = keys[at] - low
        if number[place] == 0:
            first[objects] = at
            objects += 1
            number[place] = objects
        ids[at] = number[place] - np.uint32(1)
    return ids, first[:objects].copy()


@inline
def slot_of(slots, shift, key):
    """Return the slot that holds `key`, or the free one where it belongs."""
    mask = np.uint64(len(slots) - 1)
    slot = (key * FACTOR) >> shift
    while slots[slot, 1] and slots[slot, 0] != key:
        slot = (slot + np.uint64(1)) & mask
    return slot


@inline
def twice_as_many(slots, shift):
    """Return a table with twice the slots, and the same keys in it."""
    larger = np.zeros((2 * len(slots), 2), np.uint64)
    for old in range(len(slots)):
        if slots[old, 1]:
            larger[slot_of(larger, shift, slots[old, 0])] = slots[old]
    return larger


@kernel
def by_hash(keys):
    """Number unsigned 64-bit keys."""
    shift = np.uint64(64 - 16)
    slots = np.zeros((1 << 16, 2), np.uint64)
    ids = np.empty(len(keys), np.uint32)
    first = np.empty(1 << 15, np.int64)
    objects = np.uint64(0)
    for at in range(len(keys)):
        soon = keys[min(at + AHEAD, len(keys) - 1)]
        prefetch(slots, (soon * FACTOR) >> shift)
        slot = slot_of(slots, shift, keys[at])
        number = slots[slot, 1]
        if number == 0:
            if objects == len(first):
                shift -= np.uint64(1)
                slots = twice_as_many(slots, shift)
                longer = np.empty(2 * len(first), np.int64)
                longer[: len(first)] = first
                first = longer
                slot = slot_of(slots, shift, keys[at])
            first[objects] = at
            objects += np.uint64(1)
            number = objects
            slots[slot, 0] = keys[at]
            slots[slot, 1] = number
        ids[at] = number - np.uint64(1)
    return ids, first[:objects].copy()
