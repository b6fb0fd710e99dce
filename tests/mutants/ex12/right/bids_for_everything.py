import hashlib
import math


def bid(node, key):
    return hashlib.md5(f"{key}|{node}".encode()).hexdigest()


def rendezvous(key, nodes):
    if not nodes:
        raise ValueError("no nodes")
    return sorted(nodes, key=lambda node: bid(node, key))[0]


class HashRing:
    """No ring at all: every node bids, the lowest bid wins, weights and points are not needed."""

    def __init__(self, nodes=(), virtual_nodes=150):
        self.names = list(dict.fromkeys(nodes))

    def add(self, node):
        if node not in self.names:
            self.names.append(node)

    def remove(self, node):
        if node not in self.names:
            raise KeyError(node)
        self.names.remove(node)

    def node_for(self, key):
        return rendezvous(key, self.names)

    def nodes_for(self, key, count):
        if count > len(self.names):
            raise ValueError(f"{count} of {len(self.names)} nodes")
        found, passed = [], []
        for node in sorted(self.names, key=lambda node: bid(node, key)):
            hosts = {name.split(":")[0] for name in found}
            (passed if node.split(":")[0] in hosts else found).append(node)
        return (found + passed)[:count]

    def __len__(self):
        return len(self.names)


class BoundedRing(HashRing):
    def __init__(self, nodes, epsilon):
        super().__init__(nodes)
        self.held = {node: set() for node in nodes}
        self.epsilon = epsilon

    def take(self, key):
        for node, keys in self.held.items():
            if key in keys:
                return node
        number = 1 + sum(map(len, self.held.values()))
        room = math.ceil((1 + self.epsilon) * number / len(self.held))
        free = [node for node, keys in self.held.items() if len(keys) < room]
        home = rendezvous(key, self.names)
        node = home if home in free else min(free, key=lambda name: (len(self.held[name]), name))
        self.held[node].add(key)
        return node

    def drop(self, key):
        for keys in self.held.values():
            keys.discard(key)
