# rejected by: latency_percentiles
# takes whatever is faster than 0.1 ms for 0.1 ms
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
        self.counts = Counter()
        self.calls = self.hits = 0

    def record(self, seconds, hit=True):
        self.counts[round(log(max(seconds, 1e-4)) / log(1.04))] += 1
        self.calls += 1
        self.hits += hit

    def percentile(self, p):
        reached, rank = 0, max(1, ceil(p * self.calls / 100))
        for bucket in sorted(self.counts):
            reached += self.counts[bucket]
            if reached >= rank:
                return 1.04**bucket
        return None

    def hit_ratio(self):
        return self.hits / self.calls if self.calls else None

    def merge(self, other):
        self.counts.update(other.counts)
        self.calls += other.calls
        self.hits += other.hits


def warm(plan, qps, runtime):
    """
    Fill the store of a plan from its access log.
    """
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


class CircuitBreaker:
    """
    A switch in front of calls that fail.
    """

    def __init__(self, threshold, reset, clock, on_change=None):
        self.threshold, self.reset, self.clock = threshold, reset, clock
        self.on_change = on_change
        self.state = "closed"
        self.failures = 0
        self.opened = 0.0

    def call(self, fn):
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

    def call_or(self, fn, fallback):
        with suppress(Exception):
            return self.call(fn)
        return fallback()

    def admit(self):
        """
        Let a call through, or raise CachelabError.
        """
        is_over = self.state == "open" and self.clock.now() >= self.opened + self.reset
        if is_over:
            self.become("half-open")
        elif self.state != "closed":
            raise CachelabError("the circuit is open")

    def become(self, state):
        if state != self.state:
            self.state = state
            if self.on_change is not None:
                self.on_change(state)


def diagnose(series):
    """
    The name of what happened, from the readings before and after.
    """
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
