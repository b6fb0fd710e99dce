from collections import Counter
from contextlib import suppress
from math import ceil, log
from random import Random

from cachelab.ports import CachelabError, SourceError


class LatencyHistogram:
    """
    Counts of calls, in buckets that grow with the latency.
    """

    def __init__(self):
        raise NotImplementedError()

    def record(self, seconds, hit=True):
        raise NotImplementedError()

    def percentile(self, p):
        raise NotImplementedError()

    def hit_ratio(self):
        raise NotImplementedError()

    def merge(self, other):
        raise NotImplementedError()


def warm(plan, qps, runtime):
    """
    Fill the store of a plan from its access log.
    """
    raise NotImplementedError()


class CircuitBreaker:
    """
    A switch in front of calls that fail.
    """

    def __init__(self, threshold, reset, clock, on_change=None):
        raise NotImplementedError()

    def call(self, fn):
        raise NotImplementedError()

    def call_or(self, fn, fallback):
        raise NotImplementedError()

    def admit(self):
        """
        Let a call through, or raise CachelabError.
        """
        raise NotImplementedError()

    def become(self, state):
        raise NotImplementedError()


def diagnose(series):
    """
    The name of what happened, from the readings before and after.
    """
    raise NotImplementedError()
