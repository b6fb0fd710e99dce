"""
Linked lists of object numbers, all in one array.

An object is in one list at a time, so two links an object are enough for all lists of a policy:
`links[x, NEWER]` and `links[x, OLDER]`. A list is a ring through an end of its own, a row behind
those of the objects; past the end is its oldest member, before it the newest.
"""

import numpy as np

from .compiled import inline

NEWER, OLDER = 0, 1


@inline
def empty_lists(objects, lists, columns=2):
    """Make links for so many objects and empty lists; the ends are rows `objects` and up."""
    links = np.zeros((objects + lists, columns), np.uint32)
    for end in range(objects, objects + lists):
        links[end, NEWER] = links[end, OLDER] = end
    return links


@inline
def append(links, end, x):
    """Put x into the list of `end`, as its newest."""
    newest = links[end, OLDER]
    links[newest, NEWER] = x
    links[x, OLDER] = newest
    links[x, NEWER] = end
    links[end, OLDER] = x


@inline
def insert_after(links, older, x):
    """Put x into the list that `older` is in, just behind it."""
    newer = links[older, NEWER]
    links[older, NEWER] = x
    links[x, OLDER] = older
    links[x, NEWER] = newer
    links[newer, OLDER] = x


@inline
def unlink(links, x):
    """Take x out of the list it is in."""
    newer, older = links[x, NEWER], links[x, OLDER]
    links[older, NEWER] = newer
    links[newer, OLDER] = older


@inline
def pop_oldest(links, end):
    """Take the oldest out of the list of `end`, which is not empty, and return it."""
    x = links[end, NEWER]
    unlink(links, x)
    return x
