# %% [markdown]
# # Exercise 14: It is 03:00; what do your figures tell you?
#
# 90 to 120 minutes, 40 points. Before: lesson 14. Write your code in the solution cell; the cell
# below it asks the judge. You may ask as often as you like.

# %% [markdown]
# ## Figures
#
# | call | what it promises |
# |---|---|
# | `LatencyHistogram()` | no calls yet |
# | `record(seconds, hit=True)` | one call, from a microsecond to 100 seconds |
# | `percentile(p)` | the nearest rank (exercise 01) for p from 0 to 100, at most 5 % off; None without calls |
# | `hit_ratio()` | hits over calls, from 0 to 1; None without calls |
# | `merge(other)` | adds what another one has counted, which stays as it is |
#
# The memory does not grow with the number of calls.

# %% [markdown]
# ## A warm-up
#
# `warm(plan, qps, runtime)` fills a store before its readers come. `plan` is a dictionary:
#
# | name | what it is |
# |---|---|
# | `log` | lines of an access log; `GET key` counts, any other line is passed over |
# | `limit` | how many keys to load: the most frequent ones, the most frequent first |
# | `load` | `load(key)` gives the row, or raises SourceError |
# | `store`, `ttl` | where copies go, and how long they live: each drawn anew between 0.8 and 1.2 times `ttl` |

# %% [markdown]
# The store has room for all, so the most wanted come first; where something may be evicted, the lesson
# loads them last. `runtime` has `now()` and `sleep(seconds)`, the breaker's `clock` has `now()`.
#
# At most `qps` loads a second begin, one after another; if loads take no time, at least half as many.
# What is in the store already stays. A failing key is passed over; after five failures in a row the
# warm-up ends.

# %% [markdown]
# ## A breaker
#
# | call | what it promises |
# |---|---|
# | `CircuitBreaker(threshold, reset, clock, on_change=None)` | a closed circuit |
# | `call(fn)` | what `fn()` returns or raises; while open, CachelabError without a call |
# | `call_or(fn, fallback)` | `call(fn)`; if that raises anything, what `fallback()` returns or raises |

# %% [markdown]
# `threshold` CachelabErrors in a row open it; other errors count for nothing. `reset` seconds later one
# call tries, and all others are refused meanwhile: a success closes, a CachelabError opens anew.
# What another error in a trial does is yours, but `reset` seconds later a call is made again.
# `on_change` is told "open", "half-open" (when the trial begins) and "closed". No lock is held while
# `fn` runs.

# %% [markdown]
# ## A diagnosis
#
# `diagnose(series)` names the cause. `series` is a list of twelve readings, ten seconds each; a reading
# is a dictionary: `hit_ratio`, `p99`, `origin_calls`, `hottest` (the share of one key), `evictions`,
# `expirations`, `entries`, `origin_p99`; rates by the second, times in seconds. The first four are
# always quiet.

# %% [markdown]
# | answer | what the readings have |
# |---|---|
# | `"slow database"` | the database's own calls take longer |
# | `"hot key"` | one key has far more of the lookups, and pages got slower |
# | `"probe"` | one key has far more of the lookups, and no page got slower |
# | `"restart"` | entries fall to a small part, for a while; evictions are as usual |
# | `"expiry"` | many copies end at once; about half of the entries or more stay |
# | `"scan"` | evictions begin, or grow |
# | `"nothing"` | all stays quiet: by less than a tenth up or down |
#
# A reading such as `evictions` may be 0.

# %% [markdown]
# ## One check, by hand
#
# ```
# breaker = CircuitBreaker(2, 10.0, clock)
# breaker.call(ask)    -> StoreError       the server is down
# breaker.call(ask)    -> StoreError       the second in a row: the circuit is open
# breaker.call(ask)    -> CachelabError    the server is not asked
# 10 seconds pass, and the server is up
# breaker.call(ask)    -> "answer"         the trial: the circuit is closed
# ```

# %% [markdown]
# ## Your code
#
# Everything goes into this one cell, imports too: the judge runs this cell and nothing else, with
# Python's standard library and the words of `cachelab.ports`.

# %% solution="operations"
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
        ### BEGIN SOLUTION
        self.counts = Counter()
        self.calls = self.hits = 0
        ### END SOLUTION

    def record(self, seconds, hit=True):
        ### BEGIN SOLUTION
        self.counts[round(log(max(seconds, 1e-7)) / log(1.04))] += 1
        self.calls += 1
        self.hits += hit
        ### END SOLUTION

    def percentile(self, p):
        ### BEGIN SOLUTION
        reached, rank = 0, max(1, ceil(p * self.calls / 100))
        for bucket in sorted(self.counts):
            reached += self.counts[bucket]
            if reached >= rank:
                return 1.04**bucket
        return None
        ### END SOLUTION

    def hit_ratio(self):
        ### BEGIN SOLUTION
        return self.hits / self.calls if self.calls else None
        ### END SOLUTION

    def merge(self, other):
        ### BEGIN SOLUTION
        self.counts.update(other.counts)
        self.calls += other.calls
        self.hits += other.hits
        ### END SOLUTION


def warm(plan, qps, runtime):
    """
    Fill the store of a plan from its access log.
    """
    ### BEGIN SOLUTION
    words = [line.split() for line in plan["log"]]
    counts = Counter(word[1] for word in words if len(word) == 2 and word[0] == "GET")
    rng, failed = Random(), 0
    for key, _ in counts.most_common(plan["limit"]):
        try:
            row = plan["load"](key)
        except SourceError:
            failed += 1
            if failed == 5:
                return
        else:
            failed = 0
            plan["store"].add(key, row, plan["ttl"] * rng.uniform(0.8, 1.2))
        runtime.sleep(1 / qps)
    ### END SOLUTION


class CircuitBreaker:
    """
    A switch in front of calls that fail.
    """

    def __init__(self, threshold, reset, clock, on_change=None):
        ### BEGIN SOLUTION
        self.threshold, self.reset, self.clock = threshold, reset, clock
        self.on_change = on_change
        self.state = "closed"
        self.failures = 0
        self.opened = 0.0
        ### END SOLUTION

    def call(self, fn):
        ### BEGIN SOLUTION
        self.admit()
        try:
            answer = fn()
        except CachelabError:
            self.failures += 1
            if self.state == "half-open" or self.failures >= self.threshold:
                self.opened = self.clock.now()
                self.become("open")
            raise
        except Exception:
            if self.state == "half-open":
                self.become("open")
            raise
        self.failures = 0
        if self.state == "half-open":
            self.become("closed")
        return answer
        ### END SOLUTION

    def call_or(self, fn, fallback):
        ### BEGIN SOLUTION
        with suppress(Exception):
            return self.call(fn)
        return fallback()
        ### END SOLUTION

    def admit(self):
        """
        Let a call through, or raise CachelabError.
        """
        ### BEGIN SOLUTION
        is_over = self.state == "open" and self.clock.now() >= self.opened + self.reset
        if is_over:
            self.become("half-open")
        elif self.state != "closed":
            raise CachelabError("the circuit is open")
        ### END SOLUTION

    def become(self, state):
        ### BEGIN SOLUTION
        if state != self.state:
            self.state = state
            if self.on_change is not None:
                self.on_change(state)
        ### END SOLUTION


def diagnose(series):
    """
    The name of what happened, from the readings before and after.
    """
    ### BEGIN SOLUTION
    before = {name: sum(one[name] for one in series[:4]) / 4 for name in series[0]}
    most = {name: max(one[name] for one in series[4:]) for name in before}
    least = {name: min(one[name] for one in series[4:]) for name in before}
    rose = {name for name in before if most[name] > 2 * before[name]}
    if "origin_p99" in rose:
        return "slow database"
    if "hottest" in rose:
        return "hot key" if "p99" in rose else "probe"
    if least["entries"] < before["entries"] / 4:
        return "restart"
    if "expirations" in rose:
        return "expiry"
    if most["evictions"] - before["evictions"] > before["origin_calls"] / 4:
        return "scan"
    return "nothing"
    ### END SOLUTION


# %% [markdown]
# ## Ask the judge

# %%
from cachelab.grading import check

# %% graded="operations-check" points=40
check("ex14", LatencyHistogram, warm, CircuitBreaker, diagnose)

# %% [markdown]
# <details><summary>Hint 1: buckets</summary>
#
# Round the logarithm of the latency to a basis of 1.04: all values of a bucket lie within 2 % of its
# middle. Two histograms have the same buckets, so their counts can be added.
#
# </details>
#
# <details><summary>Hint 2: the breaker</summary>
#
# Three moments: before the call (may it go?), after a success, after a failure. Become half-open
# before you call `fn`: whoever comes meanwhile then finds a circuit that is not closed.
#
# </details>

# %% [markdown]
# <details><summary>Hint 3: the diagnosis</summary>
#
# The mean of the first four readings is what is usual here. For each name, ask whether the largest
# later value is more than twice that. Then decide in this order: database, one key, entries (below a
# quarter), expirations, evictions.
#
# </details>

# %% [markdown]
# ## Think about it
#
# Ten servers, nine of which answer in a millisecond while the tenth takes a second. What is the mean
# of their 99th percentiles, and what is the 99th percentile of all calls?
#
# <details><summary>One answer</summary>
#
# The mean is about 0.1 seconds, which no call took. Of all calls a tenth took a second, so the 99th
# percentile of the merged histogram is a second.
#
# </details>

# %% [markdown]
# ## The second-best design, and why it lost
#
# A sample of a thousand latencies (a reservoir) has a bounded memory as well, and its median is good.
# Its 99.9th percentile rests on one value, and merging two samples needs their sizes. Counts in
# buckets keep the tail, and merging is adding.

# %% [markdown]
# For the breaker, a share of failures within a time window is better than failures in a row where many
# callers share it: a success now and then hides a server that fails half of all calls. It needs more
# state, and the package's own `CircuitBreaker` has it.
