from collections import Counter


class Marks:
    """
    Marks at places 0 to size - 1, counted in O(log size): a Fenwick tree.
    """

    def __init__(self, size):
        raise NotImplementedError()

    def add(self, place, number):
        raise NotImplementedError()

    def before(self, place):
        raise NotImplementedError()


def reuse_distances(trace):
    """
    How many other keys were requested since the last request of each key; None for the first.
    """
    raise NotImplementedError()


def mrc(trace, sizes):
    """
    The miss ratio of an LRU cache of each size.
    """
    raise NotImplementedError()


def profile(log):
    """
    The figures of a log of reads and writes.
    """
    raise NotImplementedError()


def should_cache(case):
    """
    Whether the cache pays, what it saves of an average request, and why it does not.
    """
    raise NotImplementedError()
