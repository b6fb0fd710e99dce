"""
Runs to ask placements about: few nodes, few points, keys that are asked for again after a change.
"""

from collections.abc import Callable
from random import Random

from cachelab.grading.relations import Step, Steps

NODES = ("anna", "bob", "carl", "dora", "emil", "fay", "gus", "hans")
KEYS = tuple(f"user:{number}" for number in range(40))
FEW = (1, 1, 2, 3, 5)
DENSE = 600
"""So many points a node that a key after the last of all is most unlikely."""


def _some(random: Random, least: int, most: int) -> list[str]:
    return random.sample(NODES, random.randint(least, most))


def _ask(random: Random, count: int, slot: int = 0) -> list[Step]:
    return [(slot, "node_for", key) for key in random.sample(KEYS, count)]


def draw_owner(random: Random) -> Steps:
    nodes = _some(random, 0, 4)
    questions = _ask(random, 8 if nodes else 1)
    return ((0, "new", nodes, random.choice(FEW)), *questions, *questions[:2])


def draw_inner(random: Random) -> Steps:
    """A ring with nodes, whose keys lie between points."""
    questions = _ask(random, 4)
    return ((0, "new", _some(random, 2, 4), DENSE), *questions, *questions[:2])


def densely(draw: Callable[[Random], Steps]) -> Callable[[Random], Steps]:
    """Return the draw with many points a node, and no more replicas than the first two."""

    def drawn(random: Random) -> Steps:
        return tuple(_dense(step) for step in draw(random))

    return drawn


def _dense(step: Step) -> Step:
    if step[1] == "new":
        return (*step[:3], DENSE)
    return (*step[:3], min(2, step[3])) if step[1] == "nodes_for" else step


def widely(draw: Callable[[Random], Steps]) -> Callable[[Random], Steps]:
    """Return the draw of bounded rings with a limit that is never reached."""

    def drawn(random: Random) -> Steps:
        return tuple((*s[:3], 100.0) if s[1] == "new" else s for s in draw(random))

    return drawn


def draw_joins(random: Random) -> Steps:
    nodes = _some(random, 1, 4)
    questions = _ask(random, 6)
    steps: list[Step] = [(0, "new", nodes, random.choice(FEW)), *questions]
    for _ in range(random.randint(1, 3)):
        steps += [(0, "add", random.choice(NODES)), *questions]
    return tuple(steps)


def draw_leaves(random: Random) -> Steps:
    nodes = _some(random, 3, 5)
    questions = _ask(random, 6)
    steps: list[Step] = [(0, "new", nodes, random.choice(FEW)), *questions]
    stay = random.choice(nodes)
    for _ in range(random.randint(1, 3)):
        leaver = random.choice([n for n in (*nodes, *nodes, *NODES) if n != stay])
        steps += [(0, "remove", leaver), *questions]
    return tuple(steps)


def draw_order(random: Random) -> Steps:
    """Two rings that come to the same nodes in different ways."""
    nodes, points = _some(random, 2, 4), random.choice(FEW)
    start, shuffled = nodes[: random.randint(0, len(nodes))], random.sample(nodes, len(nodes))
    steps: list[Step] = [(0, "new", nodes, points), (1, "new", start, points)]
    changes = [(1, "add", node) for node in shuffled]
    passing = random.choice(NODES)
    if passing not in nodes:
        place = random.randint(0, len(changes))
        changes = [*changes[:place], (1, "add", passing), *changes[place:], (1, "remove", passing)]
    if random.random() < 0.3:
        changes += [(1, "remove", nodes[0]), (1, "add", nodes[0])]
    questions = _ask(random, 6)
    return (*steps, *changes, *questions, *((1, *rest) for _, *rest in questions))


def draw_replicas(random: Random) -> Steps:
    nodes = _some(random, 1, 5)
    steps: list[Step] = [(0, "new", nodes, random.choice(FEW))]
    for key in random.sample(KEYS, 4):
        steps.append((0, "node_for", key))
        steps.append((0, "nodes_for", key, random.randint(1, len(nodes) + 1)))
    return tuple(steps)


def draw_heirs(random: Random) -> Steps:
    nodes = _some(random, 3, 5)
    keys = random.sample(KEYS, 5)
    asked: list[Step] = [(0, "nodes_for", key, 2) for key in keys]
    again: list[Step] = [(0, "node_for", key) for key in keys]
    return ((0, "new", nodes, random.choice(FEW)), *asked, (0, "remove", nodes[0]), *again)


def draw_hosts(random: Random) -> Steps:
    hosts = _some(random, 1, 4)
    nodes = [f"{host}:{7000 + n}" for host in hosts for n in range(random.randint(1, 3))]
    random.shuffle(nodes)
    most = len(hosts) + 1
    asked: list[Step] = [
        (0, "nodes_for", key, random.randint(1, most)) for key in random.sample(KEYS, 6)
    ]
    return ((0, "new", nodes, random.choice(FEW)), *asked)


def draw_takes(random: Random) -> Steps:
    nodes, epsilon = _some(random, 1, 4), random.choice((0.125, 0.25, 0.5, 1.0))
    takes = [(0, "take", key) for key in random.sample(KEYS, random.randint(3, 14))]
    return ((0, "new", nodes, epsilon), *takes)


def draw_homes(random: Random) -> Steps:
    nodes, epsilon = _some(random, 2, 4), random.choice((0.25, 0.5, 1.0, 2.0))
    keys = random.sample(KEYS, 7)
    steps: list[Step] = [(0, "new", nodes, epsilon)]
    for slot, key in enumerate(keys, 1):
        steps += [(slot, "new", nodes, epsilon), (slot, "take", key), (0, "take", key)]
    return tuple(steps)


def draw_drops(random: Random) -> Steps:
    nodes, epsilon = _some(random, 2, 3), random.choice((0.25, 0.5, 1.0))
    keys = random.sample(KEYS, 6)
    steps: list[Step] = [(0, "new", nodes, epsilon)]
    for slot, key in enumerate(keys, 1):
        steps += [(slot, "new", nodes, epsilon), (slot, "take", key)]
    first = random.randint(1, len(keys))
    steps += [(0, "take", key) for key in keys[:first]]
    for _ in range(random.randint(2, 5)):
        steps.append((0, random.choice(("take", "drop", "drop")), random.choice(keys)))
    steps += [(0, "take", key) for key in random.sample(keys, len(keys))]
    return tuple(steps)


def draw_bid(random: Random) -> tuple[str, list[str]]:
    """Draw the arguments of one `rendezvous`."""
    return random.choice(KEYS), _some(random, 2, 3)


def draw_bids(random: Random) -> Steps:
    nodes = _some(random, 0, 5)
    keys = random.sample(KEYS, 3)
    asked = [(0, "call:rendezvous", key, nodes) for key in keys]
    shuffled = random.sample(nodes, len(nodes))
    return (*asked, *((0, "call:rendezvous", key, shuffled) for key in keys))


def draw_fewer_bids(random: Random) -> Steps:
    nodes = _some(random, 3, 6)
    steps: list[Step] = []
    for key in random.sample(KEYS, 3):
        steps.append((0, "call:rendezvous", key, nodes))
        for _ in range(3):
            rest = random.sample(nodes, random.randint(2, len(nodes) - 1))
            steps.append((0, "call:rendezvous", key, [n for n in nodes if n in rest]))
    return tuple(steps)
