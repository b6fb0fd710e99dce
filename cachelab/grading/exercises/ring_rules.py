"""
What the answers of a placement have to do with each other, whatever hash function it uses.

The judge knows which nodes there are, and no owner: it learns the owners from the answers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

from cachelab.grading.relations import Fault, Raised, Step, Steps

NO_SUCH_NODE = ("KeyError", "ValueError")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a ring: where in the run, its arguments and answer, the nodes at that time."""

    index: int
    slot: int
    verb: str
    arguments: tuple[Any, ...]
    answer: Any
    nodes: tuple[str, ...]


def questions(steps: Steps, answers: list[Any]) -> Iterator[Asked]:
    """Give the questions of a run, and keep track of who joined and left."""
    present: dict[int, dict[str, None]] = {}
    for index, ((slot, verb, *arguments), answer) in enumerate(zip(steps, answers, strict=False)):
        if verb == "new":
            present[slot] = dict.fromkeys(arguments[0] if arguments else ())
        elif verb == "add":
            present[slot][arguments[0]] = None
        elif verb == "remove":
            present[slot].pop(arguments[0], None)
        else:
            yield Asked(index, slot, verb, tuple(arguments), answer, tuple(present[slot]))


def find_stranger(steps: Steps, answers: list[Any]) -> Fault | None:
    """Every owner is one of the nodes; without nodes there is none."""
    owners: dict[tuple[int, str], str] = {}
    for asked in questions(steps, answers):
        key = asked.arguments[0]
        if not asked.nodes:
            if asked.answer is not None and not isinstance(asked.answer, Raised):
                return Fault(asked.index, "None or ValueError", "there are no nodes")
            continue
        if asked.answer not in asked.nodes:
            why = "every key has an owner, also one that comes after the last point of the circle"
            return Fault(asked.index, f"one of {', '.join(asked.nodes)}", why)
        first = owners.setdefault((asked.slot, key), asked.answer)
        if asked.answer != first:
            return Fault(asked.index, repr(first), "the same question has had another answer")
    return None


def find_needless_move(steps: Steps, answers: list[Any]) -> Fault | None:
    """A key moves only to a node that has joined, or from one that has left."""
    known: dict[tuple[int, str], tuple[str, tuple[str, ...]]] = {}
    for asked in questions(steps, answers):
        place = asked.slot, asked.arguments[0]
        owner, then = known.get(place, (None, ()))
        joined = [node for node in asked.nodes if node not in then]
        if owner in asked.nodes and asked.answer not in (owner, *joined):
            takers = f", or {' or '.join(map(repr, joined))}" if joined else ""
            why = f"{owner!r} owned the key and is still there: a key moves only to a node that "
            return Fault(asked.index, f"{owner!r}{takers}", why + "joins, or from one that leaves")
        if asked.answer not in asked.nodes:
            why = "the owner of a key is one of the nodes that are there"
            return Fault(asked.index, f"one of {', '.join(asked.nodes)}", why)
        known[place] = asked.answer, asked.nodes
    return None


def find_history(steps: Steps, answers: list[Any]) -> Fault | None:
    """The same nodes have the same owners, in whatever order they came."""
    owners: dict[tuple[frozenset[str], str], str] = {}
    for asked in questions(steps, answers):
        if not asked.nodes:
            continue
        owner = owners.setdefault((frozenset(asked.nodes), asked.arguments[0]), asked.answer)
        if asked.answer != owner:
            why = f"with the nodes {', '.join(sorted(asked.nodes))}, {owner!r} owned the key before"
            return Fault(asked.index, repr(owner), f"{why}: how they came to be must not matter")
    return None


def find_bad_replicas(steps: Steps, answers: list[Any]) -> Fault | None:
    """`nodes_for` starts with the owner and goes on with other nodes, as many as asked for."""
    owners: dict[str, str] = {}
    for asked in questions(steps, answers):
        key = asked.arguments[0]
        if asked.verb == "node_for":
            owners[key] = asked.answer
            continue
        count, most = asked.arguments[1], len(asked.nodes)
        if isinstance(asked.answer, Raised):
            if count <= most:
                why = f"there are {most} nodes, so {count} of them can be had"
                return Fault(asked.index, f"{count} nodes", why)
            continue
        found = _names(asked.answer)
        wanted = min(count, most)
        if len(found) != wanted or len(set(found)) != wanted or set(found) - set(asked.nodes):
            why = "replicas are copies on different nodes: each node comes once"
            return Fault(asked.index, f"{wanted} different nodes", why)
        if found[:1] != [owners.get(key, found[0])]:
            why = f"{owners[key]!r} owns the key, so the list begins with it"
            return Fault(asked.index, f"a list that begins with {owners[key]!r}", why)
    return None


def find_wrong_heir(steps: Steps, answers: list[Any]) -> Fault | None:
    """The second node of a key is the one that owns it when the first has left."""
    heirs: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for asked in questions(steps, answers):
        key = asked.arguments[0]
        if asked.verb == "nodes_for" and len(_names(asked.answer)) == 2:
            heirs[key] = (*_names(asked.answer), asked.nodes)  # type: ignore[assignment]
        elif key in heirs:
            first, second, then = heirs[key]
            is_heir = first not in asked.nodes and {*asked.nodes, first} == set(then)
            if is_heir and asked.answer != second:
                why = f"{second!r} has the second copy: now that {first!r} is gone, it takes over"
                return Fault(asked.index, repr(second), why)
    return None


def find_shared_host(steps: Steps, answers: list[Any]) -> Fault | None:
    """As long as there are hosts, each replica is on another one."""
    for asked in questions(steps, answers):
        hosts = len({host_of(node) for node in asked.nodes})
        count = asked.arguments[1]
        if isinstance(asked.answer, Raised):
            if count <= hosts:
                return Fault(asked.index, f"{count} nodes", f"there are {hosts} hosts")
            continue
        found = _names(asked.answer)
        wanted = min(count, hosts)
        met = {host_of(node) for node in found[:wanted]}
        if len(met) < wanted or len(set(found)) < len(found) or len(found) > max(count, wanted):
            text = f"{wanted} nodes on {wanted} hosts"
            if count > hosts:
                text += " first, then others or none"
            why = "two copies on one machine are lost together when it stops"
            return Fault(asked.index, text, why)
    return None


def host_of(node: str) -> str:
    """
    Return the machine that a node is on.

    >>> host_of("db1:7000")
    'db1'
    """
    return node.partition(":")[0]


def _names(answer: Any) -> list[str]:
    return list(answer) if isinstance(answer, list | tuple) else []


def find_overload(*, homes: bool) -> Callable[[Steps, list[Any]], Fault | None]:
    """
    Return the rules of a bounded ring; with `homes` also that a key goes home if there is room.

    The home of a key is what a ring answers that holds nothing else.
    """

    def find(steps: Steps, answers: list[Any]) -> Fault | None:
        home: dict[str, str] = {}
        held: dict[str, str] = {}
        for index, (step, answer) in enumerate(zip(steps, answers, strict=False)):
            slot, verb, *arguments = step
            if verb == "new":
                continue
            [key] = arguments
            if slot > 0:
                home[key] = answer
            elif verb == "drop":
                held.pop(key, None)
            else:
                fault = _misplaced(steps, index, held, home.get(key) if homes else None, answer)
                if fault is not None:
                    return fault
                held[key] = answer
        return None

    return find


def _misplaced(
    steps: Steps, index: int, held: dict[str, str], home: str | None, answer: Any
) -> Fault | None:
    _, _, nodes, epsilon = next(step for step in steps if step[:2] == (0, "new"))
    key = steps[index][2]
    if key in held:
        why = "the key is held there already, and a key that is held stays where it is"
        return None if answer == held[key] else Fault(index, repr(held[key]), why)
    number = len(held) + 1
    most = ceil((1 + epsilon) * number / len(nodes))
    loads = {node: list(held.values()).count(node) for node in nodes}
    told = ", ".join(f"{node} {load}" for node, load in loads.items())
    why = (
        f"{number} keys on {len(nodes)} nodes: at most ceil({1 + epsilon:g} x {number} / "
        f"{len(nodes)}) = {most} each; before this call: {told}"
    )
    free = [node for node, load in loads.items() if load < most]
    if answer not in free:
        return Fault(index, f"a node with room: {' or '.join(free)}", why)
    if home in free and answer != home:
        return Fault(index, repr(home), f"alone, the key goes to {home!r}, which has room; {why}")
    return None


def find_odd_winner(steps: Steps, answers: list[Any]) -> Fault | None:
    """The winner is one of the nodes, whatever their order; and of fewer, if it is still there."""
    winners: list[tuple[str, set[str], str]] = []
    for index, (step, answer) in enumerate(zip(steps, answers, strict=False)):
        _, _, key, nodes = step
        if not nodes:
            if answer is not None and not isinstance(answer, Raised):
                return Fault(index, "None or ValueError", "there are no nodes")
            continue
        if answer not in nodes:
            return Fault(index, f"one of {', '.join(nodes)}", "the owner is one of the nodes")
        for earlier, among, winner in winners:
            if earlier == key and set(nodes) <= among and winner in nodes and winner != answer:
                same = set(nodes) == among
                why = (
                    "the same nodes in another order have the same winner"
                    if same
                    else f"{winner!r} had the highest bid of more nodes, so it has that of fewer"
                )
                return Fault(index, repr(winner), why)
        winners.append((key, set(nodes), answer))
    return None


def may_refuse(step: Step) -> tuple[str, ...]:
    """Return the exceptions that an answer may be, as far as the step alone tells."""
    verb, arguments = step[1], step[2:]
    if verb in ("remove", "drop"):
        return NO_SUCH_NODE
    if verb == "nodes_for":
        return ("ValueError",)
    if verb == "node_for" or (verb == "call:rendezvous" and not arguments[1]):
        return ("ValueError", "LookupError", "KeyError")
    return ()
