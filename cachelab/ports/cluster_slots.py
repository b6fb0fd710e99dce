"""
Moving slots from one node to another while they are in use.

The classic way, slot by slot and key by key, is what MOVED and ASK are made for, and what a lesson
shows. Valkey 9 has a command that copies a whole range at once, a hundred times as fast.
"""

from typing import TYPE_CHECKING, Any

import redis

from .cluster_members import Member
from .errors import ServerUnavailable

if TYPE_CHECKING:
    from .cluster import Cluster

BATCH = 100


def move(cluster: "Cluster", slots: range, to: Member, classic: bool = False) -> None:
    """Have `slots` moved by the fast way; by the classic one if asked, or if there is no other."""
    for owner in cluster.members():
        if owner.id == to.id or not owner.alive:
            continue
        for first, last in owner.slots:
            wanted = range(max(first, slots.start), min(last + 1, slots.stop))
            if not wanted or (not classic and _migrate(cluster, owner, wanted, to)):
                continue
            for slot in wanted:
                begin(cluster, slot, owner, to)
                move_keys(cluster, slot, owner, to)
                end(cluster, slot, owner, to)


def begin(cluster: "Cluster", slot: int, owner: Member, to: Member) -> None:
    """Announce the move: from now on `owner` answers ASK for the slot's keys it does not have."""
    _do(cluster, to, "CLUSTER", "SETSLOT", slot, "IMPORTING", owner.id)
    _do(cluster, owner, "CLUSTER", "SETSLOT", slot, "MIGRATING", to.id)


def move_keys(cluster: "Cluster", slot: int, owner: Member, to: Member) -> int:
    """Move the slot's keys, each in one step that no client can come into; return how many."""
    moved = 0
    while keys := _do(cluster, owner, "CLUSTER", "GETKEYSINSLOT", slot, BATCH):
        _do(cluster, owner, "MIGRATE", "127.0.0.1", to.port, "", 0, 5000, "KEYS", *keys)
        moved += len(keys)
    return moved


def end(cluster: "Cluster", slot: int, owner: Member, to: Member) -> None:
    """Make it final: from now on `owner` answers MOVED."""
    for node in (to, owner):
        _do(cluster, node, "CLUSTER", "SETSLOT", slot, "NODE", to.id)


def _migrate(cluster: "Cluster", owner: Member, slots: range, to: Member) -> bool:
    """Ask for the fast way; tell whether the server has it."""
    command = ("SLOTSRANGE", slots[0], slots[-1], "NODE", to.id)
    answer = cluster.ask(owner, "CLUSTER", "MIGRATESLOTS", *command)
    if isinstance(answer, redis.ResponseError) and "unknown" in str(answer).lower():
        return False
    if isinstance(answer, redis.RedisError):
        raise ServerUnavailable(f"the slots cannot be moved: {answer}") from answer
    return True


def _do(cluster: "Cluster", node: Member, *command: Any) -> Any:
    answer = cluster.ask(node, *command)
    if isinstance(answer, redis.RedisError):
        raise ServerUnavailable(f"{command[0]} {command[1]} failed: {answer}") from answer
    return answer
