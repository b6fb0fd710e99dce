"""
LRU at every size at once: how many objects were asked for since a request's object was last.

Each object holds one seat, in order of its last use, and a bitmap tells the seats taken. The reuse
distance is the number of taken seats from the object's own on: counted by instruction inside a
block of 256, and by a Fenwick tree over the blocks before it. When all seats have been used up,
the objects move together and a new row begins.
"""

import numpy as np

from .bits import AHEAD, bits_set, lowest_bit, prefetch
from .compiled import inline, kernel

ONE, WORD, WORD_SHIFT, BLOCK_SHIFT = (np.uint64(n) for n in (1, 63, 6, 8))
WORDS_A_BLOCK = np.uint64(4)


@inline
def change(tree, block, by):
    """Add `by` to a block's count (P. M. Fenwick, Software: Practice and Experience 24, 1994)."""
    at = np.int64(block) + 1
    while at < len(tree):
        tree[at] += by
        at += at & -at


@inline
def taken_before(tree, taken, seat):
    """Count the taken seats before `seat`."""
    total = np.uint64(0)
    at = np.int64(seat >> BLOCK_SHIFT)
    while at > 0:
        total += np.uint64(tree[at])
        at -= at & -at
    word = seat >> WORD_SHIFT
    for full in range((seat >> BLOCK_SHIFT) * WORDS_A_BLOCK, word):
        total += bits_set(taken[full])
    return total + bits_set(taken[word] & ((ONE << (seat & WORD)) - ONE))


@inline
def move_together(tree, taken, seat_of, owner):
    """Give the objects the first seats, in their order; return how many there are."""
    people = np.uint64(0)
    for word in range(len(taken)):
        rest = taken[word]
        while rest:
            x = owner[np.uint64(word) * np.uint64(64) + lowest_bit(rest)]
            rest &= rest - ONE
            owner[people] = x
            seat_of[x] = people
            people += ONE
    taken[:] = 0
    tree[:] = 0
    for seat in range(people):
        taken[np.uint64(seat) >> WORD_SHIFT] |= ONE << (np.uint64(seat) & WORD)
    for word in range(len(taken)):
        if taken[word]:
            change(tree, np.uint64(word) // WORDS_A_BLOCK, np.int32(bits_set(taken[word])))
    return people


@kernel
def reuse_distances(ids, objects):
    """
    Count the requests of each reuse distance, the object itself included: 1 is "just now".

    `counts[d]` requests hit in a cache of d entries and miss in one of d - 1; `counts[0]` are the
    first requests, which hit in none.
    """
    seats = np.uint64(max(512, (2 * objects + 511) // 256 * 256))
    taken = np.zeros(seats >> WORD_SHIFT, np.uint64)
    tree = np.zeros((seats >> BLOCK_SHIFT) + ONE, np.int32)
    owner = np.empty(seats, np.uint32)
    seat_of = np.full(objects, 0xFFFFFFFF, np.uint32)
    counts = np.zeros(objects + 1, np.int64)
    free = people = np.uint64(0)
    for at in range(len(ids)):
        x, soon = ids[at], ids[min(at + AHEAD, len(ids) - 1)]
        prefetch(seat_of, soon)
        if free == seats:
            free = move_together(tree, taken, seat_of, owner)
        seat = np.uint64(seat_of[x])
        if seat == np.uint64(0xFFFFFFFF):
            counts[0] += 1
            people += ONE
        else:
            counts[people - taken_before(tree, taken, seat)] += 1
            taken[seat >> WORD_SHIFT] &= ~(ONE << (seat & WORD))
            if seat >> BLOCK_SHIFT != free >> BLOCK_SHIFT:
                change(tree, seat >> BLOCK_SHIFT, -1)
                change(tree, free >> BLOCK_SHIFT, 1)
        if seat == np.uint64(0xFFFFFFFF):
            change(tree, free >> BLOCK_SHIFT, 1)
        taken[free >> WORD_SHIFT] |= ONE << (free & WORD)
        owner[free] = x
        seat_of[x] = free
        free += ONE
    return counts
