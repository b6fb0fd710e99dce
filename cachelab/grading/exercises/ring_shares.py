"""
How even the shares of nodes are: counts of many keys, against bounds from the distribution.
"""

from collections import Counter
from math import sqrt
from random import Random
from typing import Any

from cachelab.grading.exercise import Finding
from cachelab.grading.functions import call_each
from cachelab.grading.process import PlayerLost
from cachelab.grading.report import Counterexample, Row
from cachelab.grading.session import Session
from cachelab.grading.wording import show_outcome

from .ring_draws import NODES

SIGMAS = 5.0


def find_uneven_ring(session: Session, random: Random) -> Finding | None:
    """
    Compare the keys of 8 nodes, half of which joined later, on rings of 150 points a node.

    A share varies by sqrt(7 / 1201) = 7.6 % of its mean, and 2,000 keys by another 5.9 %: together
    9.7 %. Half the mean above or below is more than five times that.
    """
    for _ in range(3):
        nodes = [f"{name}-{random.randrange(1000)}" for name in NODES]
        keys = [f"item:{random.randrange(10**9)}" for _ in range(2_000)]
        steps: list[list[Any]] = [[0, "new", {"list": nodes[:4]}, 150]]
        steps += [[0, "add", node] for node in nodes[4:]]
        answers = session.play([*steps, *([0, "node_for", key] for key in keys)])
        bad = next((each for each in answers if "value" not in each), None)
        if bad is not None:
            return Finding(f"a ring of 8 nodes answers with {show_outcome(bad)}")
        found = (each["value"] for each in answers[len(steps) :])
        finding = _even_enough(Counter(node for node in found if isinstance(node, str)), nodes)
        if finding is not None:
            return finding
    return None


def _even_enough(counts: Counter[str], nodes: list[str]) -> Finding | None:
    mean = 2_000 / len(nodes)
    worst = max(nodes, key=lambda node: abs(counts[node] - mean))
    if 0.5 * mean <= counts[worst] <= 1.5 * mean:
        return None
    rows = (
        Row(f"ring = HashRing({nodes[:4]!r}, 150)", "", ""),
        *(Row(f"ring.add({node!r})", "", "") for node in nodes[4:]),
        Row(
            "node_for of 2,000 keys",
            f"from {0.5 * mean:.0f} to {1.5 * mean:.0f} keys for each node",
            f"{counts[worst]} keys for {worst!r}",
        ),
    )
    why = "150 points a node make shares that are seldom 10 % off the mean, and never 50 %"
    return Finding("the nodes do not get similar shares", Counterexample(rows, why))


def find_uneven_bids(session: Session, random: Random) -> Finding | None:
    """Compare the wins of 5 nodes, and who inherits the keys of one that leaves."""
    nodes = [f"{name}-{random.randrange(1000)}" for name in NODES[:5]]
    keys = [f"item:{random.randrange(10**9)}" for _ in range(4_000)]
    try:
        winners = call_each(session, "rendezvous", [(key, nodes) for key in keys])
        gone = nodes[random.randrange(5)]
        orphans = [key for key, winner in zip(keys, winners, strict=True) if winner == gone]
        rest = [node for node in nodes if node != gone]
        heirs = call_each(session, "rendezvous", [(key, rest) for key in orphans])
    except PlayerLost as lost:
        return Finding(f"rendezvous {lost}")
    return _fair(winners, nodes, "of 4,000 keys") or _fair(
        heirs, rest, f"of the {len(orphans)} keys of {gone!r}, without it"
    )


def _fair(winners: list[Any], nodes: list[str], what: str) -> Finding | None:
    """Compare with the binomial distribution: five standard deviations are allowed."""
    share = 1 / len(nodes)
    mean = len(winners) * share
    limit = SIGMAS * sqrt(mean * (1 - share)) + 1
    counts = Counter(winner for winner in winners if isinstance(winner, str))
    worst = max(nodes, key=lambda node: abs(counts[node] - mean))
    if abs(counts[worst] - mean) <= limit:
        return None
    wanted = f"about {mean:.0f} for each of {len(nodes)} nodes, at most {limit:.0f} off"
    row = Row(f"rendezvous {what}", wanted, f"{counts[worst]} for {worst!r}")
    why = "each bid is like a new throw of dice, so every node wins as often as any other"
    return Finding("the nodes do not win equally often", Counterexample((row,), why))
