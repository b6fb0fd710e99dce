"""
The checks of exercise 12 that are about `rendezvous`: bids in place of a ring.
"""

from typing import Any

from cachelab.grading.exercise import Check, in_turn
from cachelab.grading.relations import Relation, play_relations, play_twice

from .ring_draws import draw_bid, draw_bids, draw_fewer_bids
from .ring_rules import find_odd_winner, may_refuse
from .ring_shares import find_uneven_bids
from .untouched import leaves_alone


def _bids(draw: Any) -> Relation:
    return Relation(draw, find_odd_winner, ("",), may_refuse)


_CHANGED = "rendezvous changes the list of nodes"
SAME = "two processes do not agree"
WHY_SAME = (
    "two programs must send a key to the same node: Python's hash() of a text is another number in "
    "each process"
)


RENDEZVOUS_CHECKS = (
    Check(
        "rendezvous",
        3,
        "rendezvous: one of the nodes, whatever their order, in every process",
        in_turn(
            play_relations(_bids(draw_bids), message="the winner is not as promised"),
            play_twice(_bids(draw_bids), message=SAME, why=WHY_SAME, runs=6),
            leaves_alone("rendezvous", draw_bid, place=1, called="nodes", message=_CHANGED),
        ),
        hints=(
            "What does a node's bid depend on?",
            "On the key and the node's name: not on hash(), nor on its place, nor on the others.",
            "max(nodes, key=lambda node: position(f'{node} {key}'), default=None), and no sorting.",
        ),
        subject="rendezvous",
    ),
    Check(
        "rendezvous_moves",
        2,
        "rendezvous: without the others, the winner still wins",
        play_relations(
            _bids(draw_fewer_bids), message="a key moves although its node is still there"
        ),
        after=("rendezvous",),
        hints=(
            "Does a bid change when another node leaves?",
            "A remainder by the number of nodes does: hash(key) % 4 and % 3 have little in common.",
            "Compute one number for each node from node and key together, and take the largest.",
        ),
        subject="rendezvous",
    ),
    Check(
        "rendezvous_even",
        3,
        "rendezvous: each node wins equally often, and inherits equally",
        find_uneven_bids,
        after=("rendezvous",),
        hints=(
            "Is the bid of each node for each key a new throw of the dice?",
            "Sums and differences of two hashes are not: one large node always wins.",
            "Hash node and key together, in one text with a mark between them.",
        ),
        subject="rendezvous",
    ),
)
