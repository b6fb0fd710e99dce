"""
W-TinyLFU, compiled: a window, two segments, the sketch, and the hill climber between them.
"""

import numpy as np

from .bits import AHEAD, prefetch
from .compiled import inline, kernel
from .lists import NEWER, append, empty_lists, pop_oldest, unlink
from .sampling import mixed
from .sketch import ROWS, count_once, estimate, halve

ABSENT, IN_WINDOW, ON_PROBATION, PROTECTED = (np.uint8(n) for n in range(4))


@inline
def move_oldest(links, state, source, target, name):
    """Move the oldest of one segment to the recent end of another one, and mark it so."""
    x = pop_oldest(links, source)
    append(links, target, x)
    state[x] = name


@inline
def climbed(climber, change, border, step, direction):
    """Return where the border goes, the next step, and its direction: see `Climber.note`."""
    sample, first_step, decay, restart, largest = climber
    if change < 0:
        direction = -direction
    step = first_step if abs(change) >= restart * sample else step * decay
    return min(max(border + direction * step, 1.0), largest), step, direction


@kernel
def w_tinylfu(ids, objects, capacity, window_room, share, width, period, climber, fingerprints):
    links = empty_lists(objects, 3)
    window, probation, protected = (
        np.uint32(objects),
        np.uint32(objects + 1),
        np.uint32(objects + 2),
    )
    state = np.zeros(objects, np.uint8)
    rows = np.zeros((ROWS, width), np.uint8)
    mixes = np.empty(objects, np.uint64)
    for x in range(objects):
        mixes[x] = mixed(fingerprints[x])
    until_halving = period
    main_room = capacity - window_room
    protected_room = int(main_room * share)
    in_window = in_probation = in_protected = hits = 0
    sample, step = climber[0], climber[1]
    border, direction, hits_before, sampled_hits, sampled = float(window_room), 1, 0, 0, 0
    for at in range(len(ids)):
        x, soon = ids[at], ids[min(at + AHEAD, len(ids) - 1)]
        prefetch(state, soon)
        prefetch(links, soon)
        prefetch(mixes, soon)
        count_once(rows, mixes[x])
        until_halving -= 1
        if until_halving == 0:
            until_halving = period
            halve(rows)
        was = state[x]
        if was == ABSENT:
            append(links, window, x)
            state[x] = IN_WINDOW
            in_window += 1
            if in_window > window_room:
                candidate = pop_oldest(links, window)
                state[candidate] = ABSENT
                in_window -= 1
                admitted = in_probation + in_protected < main_room
                if not admitted and main_room:
                    victim = links[probation, NEWER]
                    if estimate(rows, mixes[candidate]) > estimate(rows, mixes[victim]):
                        unlink(links, victim)
                        state[victim] = ABSENT
                        in_probation -= 1
                        admitted = True
                if admitted:
                    append(links, probation, candidate)
                    state[candidate] = ON_PROBATION
                    in_probation += 1
        else:
            hits += 1
            unlink(links, x)
            if was == IN_WINDOW:
                append(links, window, x)
            else:
                append(links, protected, x)
                if was == ON_PROBATION:
                    state[x] = PROTECTED
                    in_probation -= 1
                    in_protected += 1
                    if in_protected > protected_room:
                        move_oldest(links, state, protected, probation, ON_PROBATION)
                        in_protected -= 1
                        in_probation += 1
        if sample == 0:
            continue
        sampled += 1
        sampled_hits += was != ABSENT
        if sampled < sample:
            continue
        border, step, direction = climbed(
            climber, sampled_hits - hits_before, border, step, direction
        )
        sampled, sampled_hits, hits_before = 0, 0, sampled_hits
        window_room = int(border)
        main_room = capacity - window_room
        protected_room = int(main_room * share)
        while in_protected > protected_room:
            move_oldest(links, state, protected, probation, ON_PROBATION)
            in_protected -= 1
            in_probation += 1
        while in_probation + in_protected > main_room:
            move_oldest(links, state, probation, window, IN_WINDOW)
            in_probation -= 1
            in_window += 1
        while in_window > window_room:
            move_oldest(links, state, window, probation, ON_PROBATION)
            in_window -= 1
            in_probation += 1
    return hits, hits
