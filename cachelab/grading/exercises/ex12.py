"""
Exercise 12: who owns a key. A ring, replicas on other hosts, bounded loads, rendezvous hashing.

No owner is known beforehand: any hash function will do, and so will any rule that keeps the
promises. What is judged is how the answers fit each other (see `ring_rules`).
"""

from typing import Any

from cachelab.grading.exercise import Check, Exercise, in_turn
from cachelab.grading.relations import (
    Relation,
    play_relations,
    play_twice,
    without_words,
)

from .ex12_rendezvous import RENDEZVOUS_CHECKS, SAME, WHY_SAME
from .ring_draws import (
    densely,
    draw_drops,
    draw_heirs,
    draw_homes,
    draw_hosts,
    draw_inner,
    draw_joins,
    draw_leaves,
    draw_order,
    draw_owner,
    draw_replicas,
    draw_takes,
    widely,
)
from .ring_rules import (
    find_bad_replicas,
    find_history,
    find_needless_move,
    find_overload,
    find_shared_host,
    find_stranger,
    find_wrong_heir,
    may_refuse,
)
from .ring_shares import find_uneven_ring


def _ring(draw: Any, find: Any) -> Relation:
    return Relation(draw, find, ("ring", "other"), may_refuse, without_words)


def _bounded(draw: Any, *, homes: bool) -> Relation:
    names = ("ring", *(f"alone_{number}" for number in range(1, 8)))
    return Relation(draw, find_overload(homes=homes), names, may_refuse)


def _apart(draw: Any, find: Any, message: str) -> Any:
    return play_relations(_ring(densely(draw), find), message=message, runs=8)


_NEEDLESS = "a key moves although neither its owner left nor the new node took it"
_AFTER_REMOVE = "after remove, an owner is wrong"
_BAD_LIST = "the list of nodes is not as promised"
_ONE_MACHINE = "two replicas are on one machine"
_ASTRAY = "a key does not go where it belongs"
_NOT_HELD = "taking again or dropping goes wrong"
_HISTORY = "the same nodes have other owners"
_ALIEN = "the owner of a key is none of the nodes, or changes by itself"
CHECKS = (
    Check(
        "owner",
        3,
        "HashRing: every key has an owner, and always the same",
        play_relations(_ring(draw_owner, find_stranger), message=_ALIEN),
        hints=(
            "Which point owns a key that comes after the last point of the circle?",
            "The circle goes on at its beginning: after the last point comes the first.",
            "owners[bisect(points, position(key)) % len(points)]; without points, None.",
        ),
    ),
    Check(
        "process",
        3,
        "HashRing: another process finds the same owners",
        play_twice(_ring(draw_owner, find_stranger), message=SAME, why=WHY_SAME, runs=8),
        after=("owner",),
        apart=play_twice(_ring(draw_inner, find_stranger), message=SAME, why=WHY_SAME, runs=8),
        hints=(
            "Start Python twice and print hash('a'): what do you see?",
            "Use a hash function of hashlib: blake2b, md5, sha256. Nothing random, no id().",
            "int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), 'big')",
        ),
    ),
    Check(
        "order",
        2,
        "HashRing: how the nodes came to be there does not matter",
        play_relations(_ring(draw_order, find_history), message=_HISTORY),
        after=("owner",),
        apart=in_turn(
            _apart(draw_order, find_stranger, _HISTORY), _apart(draw_order, find_history, _HISTORY)
        ),
        hints=(
            "What goes into the hash of a point: only what belongs to its node?",
            "A point is named by its node and a number from 0 to virtual_nodes - 1.",
            "Look at add: is what you bisect still sorted? At add twice: are there more points?",
        ),
    ),
    Check(
        "joins",
        3,
        "HashRing: only the node that joins gains keys",
        play_relations(_ring(draw_joins, find_needless_move), message=_NEEDLESS),
        after=("owner",),
        apart=_apart(draw_joins, find_needless_move, _NEEDLESS),
        hints=(
            "After add, which keys may have another owner, and which one?",
            "The points of the other nodes stay where they were.",
            "Insert the new points in their places (insort), or sort after adding.",
        ),
    ),
    Check(
        "leaves",
        3,
        "HashRing: only the keys of the node that leaves move",
        play_relations(_ring(draw_leaves, find_needless_move), message=_AFTER_REMOVE),
        after=("owner",),
        apart=_apart(draw_leaves, find_needless_move, _AFTER_REMOVE),
        hints=(
            "After remove, which keys may have another owner?",
            "All points of the node have to go, and no other point may change.",
            "Keep (point, node) pairs together; removing is keeping those of the other nodes.",
        ),
    ),
    Check(
        "balance",
        2,
        "HashRing: 150 points a node make similar shares",
        find_uneven_ring,
        after=("owner",),
        hints=(
            "How large are the pieces if each node has one point?",
            "A node needs virtual_nodes points, each from a hash of its own.",
            "position(f'{node}#{number}') for number in range(virtual_nodes), all 64 bits of it.",
        ),
    ),
    Check(
        "replicas",
        3,
        "nodes_for: the owner first, then other nodes",
        play_relations(_ring(draw_replicas, find_bad_replicas), message=_BAD_LIST),
        after=("owner",),
        apart=_apart(draw_replicas, find_bad_replicas, _BAD_LIST),
        hints=(
            "A node has many points on the circle: what do you meet when you go on?",
            "Begin at the owner's point, go around once, and skip the nodes you have.",
            "Stop when you have `count` nodes, or when you are round the circle.",
        ),
    ),
    Check(
        "takeover",
        2,
        "nodes_for: the second node is the one that takes over",
        play_relations(
            _ring(draw_heirs, find_wrong_heir),
            message="when the owner leaves, the key goes to another node than its second copy's",
        ),
        needs=("replicas", "leaves"),
        hints=(
            "Who owns a key when its owner leaves? That node should have the copy.",
            "Replicas come in the order of the circle, not in the order of names.",
            "nodes_for(key, 2)[1] has to be node_for(key) of a ring without nodes_for(key, 1)[0].",
        ),
    ),
    Check(
        "hosts",
        3,
        "nodes_for: each replica on another host",
        play_relations(_ring(draw_hosts, find_shared_host), message=_ONE_MACHINE),
        after=("owner", "replicas"),
        apart=_apart(draw_hosts, find_shared_host, _ONE_MACHINE),
        hints=(
            "What is lost when the machine of both copies stops?",
            "The host is the name up to the colon: node.partition(':')[0].",
            "On the way around the circle, skip nodes whose host you have already.",
        ),
    ),
    Check(
        "bounded_limit",
        3,
        "BoundedRing: nobody gets more than (1 + epsilon) times the mean",
        play_relations(
            _bounded(draw_takes, homes=False), message="a node is given more than it may hold"
        ),
        hints=(
            "How many keys are held, the new one included, and how many is that for each node?",
            "The limit is ceil((1 + epsilon) * held / nodes), and it grows with what is held.",
            "Go on along the circle until a node holds less than the limit.",
        ),
        subject="BoundedRing",
    ),
    Check(
        "bounded_home",
        3,
        "BoundedRing: a key goes home while there is room, in every process",
        in_turn(
            play_relations(
                _bounded(draw_homes, homes=True),
                message=_ASTRAY,
                runs=24,
            ),
            play_twice(_bounded(draw_takes, homes=False), message=SAME, why=WHY_SAME, runs=3),
        ),
        after=("bounded_limit",),
        apart=play_relations(_bounded(widely(draw_homes), homes=True), message=_ASTRAY, runs=24),
        hints=(
            "Where would the key go on a ring without limits?",
            "Only a node without room turns a key away: begin at the owner on the ring.",
            "next(node for node in ring.nodes_for(key, len(nodes)) if load[node] < limit)",
        ),
        subject="BoundedRing",
    ),
    Check(
        "bounded_drop",
        2,
        "BoundedRing: a key that is held stays, and drop makes room",
        play_relations(_bounded(draw_drops, homes=True), message=_NOT_HELD),
        after=("bounded_limit", "bounded_home"),
        apart=play_relations(_bounded(widely(draw_drops), homes=False), message=_NOT_HELD),
        hints=(
            "What does take do with a key that is held already?",
            "Remember the node of each key: a key that is held is answered from there.",
            "drop forgets the key, and its node holds one less.",
        ),
        subject="BoundedRing",
    ),
    *RENDEZVOUS_CHECKS,
)

EX12 = Exercise(
    "ex12",
    "Who owns a key",
    ("HashRing", "BoundedRing", "rendezvous"),
    ("hash-ring",),
    CHECKS,
)
