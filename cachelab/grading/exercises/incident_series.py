"""
Dashboards of incidents that nobody has seen: readings every ten seconds, drawn by rules of thumb.

A shop of ordinary size is drawn first, then what each cause does to its readings. Causes and
readings are those of `cachelab.lab.stories.incidents`. That shop is small: there an expiry also
slows the database, and a restart is over within one reading, so both look different here.
"""

from random import Random
from typing import Any

from cachelab.grading.exercise import Examine, Finding
from cachelab.grading.report import Counterexample, Row
from cachelab.grading.session import Outcome, Session
from cachelab.grading.wording import explain_exception, show_outcome
from cachelab.grading.world import wired

SLICES = 12
DIALS = (
    "hit_ratio",
    "p99",
    "origin_calls",
    "hottest",
    "evictions",
    "expirations",
    "entries",
    "origin_p99",
)
QUIET = "nothing"
WHY = {
    QUIET: "no reading leaves its usual range: an alarm for nothing wakes people for nothing",
    "hot key": "one key has much more of the lookups than before, and pages got slower",
    "scan": "evictions began, and hits went down: what is asked for once pushes out the rest",
    "expiry": "a burst of expirations, and the calls of the database with it; nothing was evicted",
    "restart": "the entries fell at once, without evictions or expirations",
    "slow database": "the database's own calls take longer; hits are what they were",
    "probe": "one key has more of the lookups, and no page got slower: it flatters the hit ratio",
}


def draw_series(random: Random, cause: str) -> list[dict[str, float]]:
    """Return the readings of twelve slices; what happens begins in the fifth to the eighth."""
    shop = _shop(random)
    onset = random.randint(4, 7)
    series = []
    for place in range(SLICES):
        reading = {dial: value * random.uniform(0.92, 1.08) for dial, value in shop.items()}
        if place >= onset and cause != QUIET:
            _EFFECTS[cause](random, reading, shop, place - onset)
        reading["hit_ratio"] = min(0.999, reading["hit_ratio"])
        reading["hottest"] = min(1.0, reading["hottest"])
        reading["entries"] = round(reading["entries"])
        series.append({dial: round(value, 5) for dial, value in reading.items()})
    return series


def _shop(random: Random) -> dict[str, float]:
    rate = random.uniform(10, 2_000)
    ratio = random.uniform(0.6, 0.88)
    origin_p99 = random.uniform(0.02, 0.06)
    return {
        "hit_ratio": ratio,
        "p99": origin_p99 * random.uniform(1.5, 2.5),
        "origin_calls": rate * (1 - ratio),
        "hottest": random.uniform(0.04, 0.12),
        "evictions": random.choice((0.0, 0.0, 0.002 * rate)),
        "expirations": rate * (1 - ratio) * random.uniform(0.5, 0.9),
        "entries": rate * random.uniform(8, 12),
        "origin_p99": origin_p99,
    }


def _hot_key(random: Random, now: dict[str, float], shop: dict[str, float], _: int) -> None:
    now["hottest"] = random.uniform(0.45, 0.8)
    now["hit_ratio"] = shop["hit_ratio"] + 0.7 * (1 - shop["hit_ratio"])
    now["p99"] *= random.uniform(3, 10)


def _scan(random: Random, now: dict[str, float], shop: dict[str, float], _: int) -> None:
    now["evictions"] += shop["origin_calls"] * random.uniform(1.0, 3.0)
    now["hit_ratio"] *= random.uniform(0.45, 0.7)
    now["origin_calls"] *= random.uniform(2.0, 4.0)
    now["p99"] *= random.uniform(1.0, 2.5)


def _expiry(random: Random, now: dict[str, float], shop: dict[str, float], since: int) -> None:
    if since > 1:
        return
    now["expirations"] = shop["entries"] / 10 * random.uniform(0.6, 0.9)
    now["expirations"] = max(now["expirations"], 5 * shop["expirations"])
    now["entries"] *= random.uniform(0.5, 0.8)
    now["hit_ratio"] *= random.uniform(0.4, 0.7)
    now["origin_calls"] *= random.uniform(2.0, 4.0)
    now["p99"] *= random.uniform(1.5, 5.0)


def _restart(random: Random, now: dict[str, float], _: dict[str, float], since: int) -> None:
    left = min(1.0, 0.12 + 0.2 * since)
    now["entries"] *= left
    now["expirations"] *= left
    now["hit_ratio"] *= min(1.0, 0.4 + 0.15 * since)
    now["origin_calls"] *= max(1.0, random.uniform(2.5, 3.5) - 0.5 * since)
    now["p99"] *= max(1.0, 3.0 - since)


def _slow(random: Random, now: dict[str, float], _: dict[str, float], __: int) -> None:
    slower = random.uniform(4, 12)
    now["origin_p99"] *= slower
    now["p99"] *= slower * random.uniform(0.8, 1.0)


def _probe(random: Random, now: dict[str, float], shop: dict[str, float], _: int) -> None:
    now["hottest"] = random.uniform(0.35, 0.6)
    now["hit_ratio"] = shop["hit_ratio"] + 0.5 * (1 - shop["hit_ratio"])


_EFFECTS: dict[str, Any] = {
    "hot key": _hot_key,
    "scan": _scan,
    "expiry": _expiry,
    "restart": _restart,
    "slow database": _slow,
    "probe": _probe,
}


def name_causes(*causes: str, message: str, cases: int = 90) -> Examine:
    """Return a check that asks `diagnose` about incidents of these causes, in turn."""

    def examine(session: Session, random: Random) -> Finding | None:
        drawn = [
            (causes[number % len(causes)], draw_series(random, causes[number % len(causes)]))
            for number in range(cases)
        ]
        steps = [[0, "call:diagnose", wired(series)] for _, series in drawn]
        for (cause, series), outcome in zip(drawn, session.play(steps), strict=False):
            if outcome.get("value") != cause:
                return Finding(message, _shown(cause, series, outcome))
        return None

    return examine


def _shown(cause: str, series: list[dict[str, float]], outcome: Outcome) -> Counterexample:
    rows = [
        Row(f"{dial}: " + ", ".join(f"{reading[dial]:.3g}" for reading in series), "", "")
        for dial in DIALS
    ]
    rows.append(Row("diagnose(series)", repr(cause), show_outcome(outcome)))
    why = explain_exception(outcome, "diagnose") or WHY[cause]
    if outcome.get("raised", [""])[0] == "ZeroDivisionError":
        why = f"a reading such as evictions may be 0, and nothing is divided by that; here {why}"
    return Counterexample(tuple(rows), why)
