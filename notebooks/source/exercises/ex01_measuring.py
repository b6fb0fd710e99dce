# %% [markdown]
# # Exercise 01: Can you say what a cache saves, and when it saves nothing?
#
# 60 to 90 minutes, 40 points. Before: lesson 01. Write your code in the solution cell; the cell below
# it asks the judge. You may ask as often as you like.

# %% [markdown]
# ## The contract
#
# | call | what it promises |
# |---|---|
# | `percentile(values, p)` | the nearest rank: the smallest value that at least p % of the values do not exceed; None without values; p = 0 gives the smallest; p outside 0 to 100 raises ValueError |
# | `bench(fn, clock, n)` | calls `fn()` once to warm up, then n times, n being 1 or more; a dict with `n`, `mean`, `p50`, `p99` and `max` of the n durations in seconds of `clock.now()` |
# | `amat(levels)` | the average access time of `[(lookup, hit_ratio), ...]`, fastest level first, where only a read that misses goes on to the next; ValueError for no levels, a ratio outside 0 to 1, or a last ratio that is not 1.0 |
# | `break_even_hit_ratio(cache, origin)` | `cache` is `(lookup, fill)`: the hit ratio at which a read costs as much as from the origin alone; None if there is none |

# %% [markdown]
# ## What the judge looks at
#
# - **A miss costs more than the origin**: the lookup that found nothing, the origin, and the fill.
# - **Each call is timed alone.** A figure that comes from the total hides the slow one.
# - `values` may come in any order and stays as it was: `values.sort()` changes the caller's list. Averages
#   are compared with a tolerance, percentiles exactly: 28 % of 25 values is 7 of them. `p` is whole.
# - Numbers may be whole or not. Sorting is fast enough.

# %% [markdown]
# ## One check, by hand
#
# ```
# percentile([15, 20, 35, 40, 50], 30)      -> 20      30 % of 5 values is 1.5: rank 2
# amat([(1, 0.5), (10, 1.0)])               -> 6.0     1, and half of the reads go on for 10
# break_even_hit_ratio((1, 1), 9)           -> 0.2     1 + 0.8 x (9 + 1) = 9
# break_even_hit_ratio((75, 75), 8)         -> None    a hit alone costs more than the origin
# ```

# %% [markdown]
# ## Your functions
#
# All four go into this one cell, with whatever they need: the judge runs this cell and nothing else,
# with Python's standard library.

# %% solution="measuring"
import math


def percentile(values, p):
    """
    The nearest-rank percentile of unsorted samples, None if there are none.
    """
    ### BEGIN SOLUTION
    if not 0 <= p <= 100:
        raise ValueError(f"p must be from 0 to 100, not {p!r}")
    if not values:
        return None
    rank = max(1, math.ceil(p * len(values) / 100))
    return sorted(values)[rank - 1]
    ### END SOLUTION


def bench(fn, clock, n):
    """
    One call to warm up, n timed calls, and the figures of those n.
    """
    ### BEGIN SOLUTION
    fn()
    durations = []
    for _ in range(n):
        before = clock.now()
        fn()
        durations.append(clock.now() - before)
    return {
        "n": n,
        "mean": sum(durations) / n,
        "p50": percentile(durations, 50),
        "p99": percentile(durations, 99),
        "max": max(durations),
    }
    ### END SOLUTION


def amat(levels):
    """
    The average access time over levels, each asked only when those before it missed.
    """
    ### BEGIN SOLUTION
    if not levels or levels[-1][1] != 1:
        raise ValueError(f"the last level must have a hit ratio of 1.0: {levels!r}")
    if any(not 0 <= ratio <= 1 for _, ratio in levels):
        raise ValueError(f"a hit ratio must be from 0 to 1: {levels!r}")
    cost = 0.0
    for lookup, ratio in reversed(levels):
        cost = lookup + (1 - ratio) * cost
    return cost
    ### END SOLUTION


def break_even_hit_ratio(cache, origin):
    """
    The hit ratio from which on the cache is no slower than the origin alone, or None.
    """
    ### BEGIN SOLUTION
    lookup, fill = cache
    if lookup > origin:
        return None
    return (lookup + fill) / (origin + fill)
    ### END SOLUTION


# %% [markdown]
# ## Ask the judge

# %%
from cachelab.grading import check

# %% graded="measuring-check" points=40
check("ex01", percentile, bench, amat, break_even_hit_ratio)

# %% [markdown]
# ## Use it
#
# Nine hits in ten, and the cache is still the slower design. Change one number at a time until it pays,
# and write down which number was the cheapest to change in a system that you know.

# %%
cache, origin = (0.9, 0.9), 1.0
print("at 0.9 a read costs", round(0.9 + 0.1 * (origin + 0.9), 3), "against", origin)
try:
    print("break-even:", break_even_hit_ratio(cache, origin))
except NotImplementedError:
    print("break-even: write your functions first")

# %% [markdown]
# <details><summary>Hint 1: where do I begin?</summary>
#
# With paper. Draw a read as a line: lookup, then either the end or origin and fill. Write the time over
# each part and the share of reads under it. The average is the sum of the products.
#
# </details>
#
# <details><summary>Hint 2: my percentile is one rank off</summary>
#
# Ranks count from 1, places in a list from 0. Half of five values is 2.5 values: you need three to have
# at least half.
#
# </details>

# %% [markdown]
# <details><summary>Hint 3: the bench</summary>
#
# The first call loads code, opens connections and fills caches: make it before the clock is read. Then
# keep one duration per call in a list, and compute all five figures from the list.
#
# </details>

# %% [markdown]
# ## Afterwards
#
# The second-best design of `bench` reads the clock twice, around the loop, and divides by n. It is
# cheaper and fine for a mean of something that takes nanoseconds. It lost here because a mean cannot
# show the one call in a hundred that took a second, and that is the call your users write about.

# %% [markdown]
# Reflection: your service calls two servers and waits for both. Each has a p99 of 10 ms. Which share of
# your calls takes longer than 10 ms, and why is the average of the two p99s no answer?
