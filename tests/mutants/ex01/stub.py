import math


def percentile(values, p):
    """
    The nearest-rank percentile of unsorted samples, None if there are none.
    """
    raise NotImplementedError()


def bench(fn, clock, n):
    """
    One call to warm up, n timed calls, and the figures of those n.
    """
    raise NotImplementedError()


def amat(levels):
    """
    The average access time over levels, each asked only when those before it missed.
    """
    raise NotImplementedError()


def break_even_hit_ratio(cache, origin):
    """
    The hit ratio from which on the cache is no slower than the origin alone, or None.
    """
    raise NotImplementedError()
