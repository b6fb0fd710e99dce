from bisect import bisect_left, insort
from fractions import Fraction
from zlib import crc32
import hashlib


def spot(text: str) -> int:
    return int(hashlib.sha256(text.encode("utf-8")).hexdigest()[:12], 16)


class HashRing:
    """The owner is the point before the key, and points are kept in two lists."""

    def __init__(self, nodes=(), virtual_nodes=150):
        self.copies = virtual_nodes
        self.places: list[int] = []
        self.owner_at: dict[int, str] = {}
        for node in sorted(set(nodes)):
            self.add(node)

    def spots(self, node):
        return [spot(f"{number}/{node}") for number in range(self.copies)]

    def add(self, node):
        for place in self.spots(node):
            if place not in self.owner_at:
                insort(self.places, place)
                self.owner_at[place] = node

    def remove(self, node):
        if node not in self.owner_at.values():
            raise ValueError(f"unknown node {node!r}")
        for place in self.spots(node):
            if self.owner_at.get(place) == node:
                del self.owner_at[place]
                del self.places[bisect_left(self.places, place)]

    def node_for(self, key):
        if not self.places:
            raise LookupError("an empty ring")
        return self.owner_at[self.places[bisect_left(self.places, spot(key)) - 1]]

    def nodes_for(self, key, count):
        walk = []
        start = bisect_left(self.places, spot(key)) - 1
        for step in range(len(self.places)):
            node = self.owner_at[self.places[start - step]]
            if node not in walk:
                walk.append(node)
        by_host = {}
        for node in walk:
            by_host.setdefault(node[: (node + ":").index(":")], node)
        first = list(by_host.values())
        rest = [node for node in walk if node not in first]
        return tuple((first + rest)[:count])


class BoundedRing:
    def __init__(self, nodes, epsilon):
        self.nodes = sorted(nodes)
        self.slack = 1 + Fraction(epsilon)
        self.where = {}

    def take(self, key):
        if key not in self.where:
            most = -(-self.slack * (len(self.where) + 1) // len(self.nodes))
            first = crc32(key.encode()) % len(self.nodes)
            for step in range(len(self.nodes)):
                node = self.nodes[(first + step) % len(self.nodes)]
                if list(self.where.values()).count(node) < most:
                    self.where[key] = node
                    break
        return self.where[key]

    def drop(self, key):
        del self.where[key]


def rendezvous(key, nodes):
    best = None
    for node in nodes:
        score = hashlib.blake2s(key.encode(), key=node.encode()).digest()
        if best is None or score > best[0]:
            best = (score, node)
    return best and best[1]
