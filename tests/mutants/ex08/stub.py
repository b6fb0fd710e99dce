from collections import OrderedDict, defaultdict


class LFUCache:
    """
    At most `capacity` entries; when it is full, the one used least often goes.
    """

    def __init__(self, capacity):
        raise NotImplementedError()

    def get(self, key, default=None):
        raise NotImplementedError()

    def put(self, key, value):
        raise NotImplementedError()

    def delete(self, key):
        raise NotImplementedError()

    def __len__(self):
        raise NotImplementedError()

    def __contains__(self, key):
        raise NotImplementedError()

    def use(self, key):
        """Count a use of a key that is there (yours to change, or to leave out)."""
        raise NotImplementedError()

    def leave(self, key):
        """Take a key off its shelf (yours to change, or to leave out)."""
        raise NotImplementedError()

    def after_use(self):
        """What a kind of LFU does after a use (yours to change, or to leave out)."""
        raise NotImplementedError()


class AgedLFU(LFUCache):
    """
    LFU whose counts are halved, rounded up, every `period` uses.
    """

    def __init__(self, capacity, period):
        raise NotImplementedError()

    def get(self, key, default=None):
        raise NotImplementedError()

    def put(self, key, value):
        raise NotImplementedError()

    def delete(self, key):
        raise NotImplementedError()

    def after_use(self):
        raise NotImplementedError()


def log_counter(counter, rng, factor=10):
    """
    What a use makes of an 8-bit counter.
    """
    raise NotImplementedError()
