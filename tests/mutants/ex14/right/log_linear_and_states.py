import heapq
import random
from bisect import bisect_left
from threading import Lock

import cachelab.ports
from cachelab.ports import SourceError


class CircuitOpen(cachelab.ports.CachelabError):
    """The call was not made."""


class LatencyHistogram:
    """Bounds in a fixed list, counts in another of the same length."""

    BOUNDS = [1e-6 * 1.03**step for step in range(700)]

    def __init__(self):
        self.counts = [0] * (len(self.BOUNDS) + 1)
        self.seen = [0, 0]

    def record(self, seconds, hit=True):
        self.counts[bisect_left(self.BOUNDS, seconds)] += 1
        self.seen[bool(hit)] += 1

    def percentile(self, p):
        total = sum(self.seen)
        if total == 0:
            return None
        left = max(1, -(-p * total // 100))
        for place, count in enumerate(self.counts):
            left -= count
            if left <= 0:
                return self.BOUNDS[min(place, len(self.BOUNDS) - 1)]

    def hit_ratio(self):
        total = sum(self.seen)
        return total and self.seen[1] / total

    def merge(self, other):
        self.counts = [mine + theirs for mine, theirs in zip(self.counts, other.counts)]
        self.seen = [mine + theirs for mine, theirs in zip(self.seen, other.seen)]


def warm(plan, qps, runtime):
    counts = {}
    for line in plan["log"]:
        verb, _, key = line.partition(" ")
        if verb == "GET" and key and " " not in key:
            counts[key] = counts.get(key, 0) + 1
    due, failed, dice = runtime.now(), 0, random.Random(7)
    for key in heapq.nlargest(plan["limit"], counts, key=counts.get):
        if plan["store"].get(key) is not cachelab.ports.MISSING:
            continue
        runtime.sleep(max(0.0, due - runtime.now()))
        due = runtime.now() + 1 / qps
        try:
            row = plan["load"](key)
        except SourceError:
            failed += 1
            if failed >= 5:
                break
            continue
        failed = 0
        plan["store"].add(key, row, ttl=plan["ttl"] * (0.8 + 0.4 * dice.random()))


class CircuitBreaker:
    """No word for the state: a moment from which a trial is due, and whether one is under way."""

    def __init__(self, threshold, reset, clock, on_change=None):
        self.threshold, self.reset, self.clock = threshold, reset, clock
        self.tell = on_change or (lambda state: None)
        self.due = None
        self.trying = False
        self.row = 0
        self.lock = Lock()

    def call(self, fn):
        with self.lock:
            is_trial = self.due is not None
            if is_trial and (self.trying or self.clock.now() < self.due):
                raise CircuitOpen(f"not before {self.due}")
            self.trying = is_trial
        if is_trial:
            self.tell("half-open")
        done = None
        try:
            value = fn()
            done = True
            return value
        except cachelab.ports.CachelabError:
            done = False
            raise
        finally:
            self.note(done, is_trial)

    def note(self, done, is_trial):
        with self.lock:
            if is_trial:
                self.trying = False
            if done is None:
                return
            self.row = 0 if done else self.row + 1
            opens = not done and (is_trial or (self.row >= self.threshold and self.due is None))
            closes = done and is_trial
            if opens:
                self.due = self.clock.now() + self.reset
            elif closes:
                self.due = None
        if opens or closes:
            self.tell("open" if opens else "closed")

    def call_or(self, fn, fallback):
        try:
            value = self.call(fn)
        except Exception:
            return fallback()
        else:
            return value


def diagnose(series):
    def usual(name):
        return sorted(reading[name] for reading in series[:4])[2]

    def worst(name):
        return max(reading[name] for reading in series[4:])

    loads = worst("origin_p99") / usual("origin_p99")
    pages = worst("p99") / usual("p99")
    one_key = worst("hottest") / usual("hottest")
    if loads > 2.5:
        return "slow database"
    if one_key > 1.6:
        return "hot key" if pages > 2 else "probe"
    if min(reading["hit_ratio"] for reading in series) > 0.85 * usual("hit_ratio"):
        return "nothing"
    if min(reading["entries"] for reading in series) < 0.3 * usual("entries"):
        return "restart"
    return "expiry" if worst("expirations") > 2.5 * usual("expirations") else "scan"
