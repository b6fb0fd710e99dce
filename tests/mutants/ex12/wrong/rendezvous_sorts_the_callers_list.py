# rejected by: rendezvous
# sorts the list that it was given
from bisect import bisect
from hashlib import blake2b
from math import ceil


def position(text):
    """
    Where a text lies on the circle: a number below 2**64, the same in every process.
    """
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


class HashRing:
    """
    Points on a circle: a key belongs to the node of the next point.
    """

    def __init__(self, nodes=(), virtual_nodes=150):
        self.virtual_nodes = virtual_nodes
        self.nodes = set()
        self.points = []
        for node in nodes:
            self.add(node)

    def add(self, node):
        if node in self.nodes:
            return
        self.nodes.add(node)
        for number in range(self.virtual_nodes):
            self.points.append((position(f"{node}#{number}"), node))
        self.points.sort()

    def remove(self, node):
        self.nodes.discard(node)
        self.points = [point for point in self.points if point[1] != node]

    def node_for(self, key):
        return next(self.clockwise(key), None)

    def nodes_for(self, key, count):
        found, hosts = [], set()
        for node in self.clockwise(key):
            host = node.partition(":")[0]
            if host not in hosts and len(found) < count:
                hosts.add(host)
                found.append(node)
        return found

    def clockwise(self, key):
        """
        The nodes of all points, from the one that comes after the key.
        """
        start = bisect(self.points, (position(key), ""))
        for place in range(len(self.points)):
            yield self.points[(start + place) % len(self.points)][1]


class BoundedRing:
    """
    Nodes that hold keys, none of them many more than the mean.
    """

    def __init__(self, nodes, epsilon):
        self.ring = HashRing(nodes)
        self.epsilon = epsilon
        self.loads = dict.fromkeys(nodes, 0)
        self.holder = {}

    def take(self, key):
        if key in self.holder:
            return self.holder[key]
        held = len(self.holder) + 1
        most = ceil((1 + self.epsilon) * held / len(self.loads))
        node = next(node for node in self.ring.clockwise(key) if self.loads[node] < most)
        self.holder[key] = node
        self.loads[node] += 1
        return node

    def drop(self, key):
        if key in self.holder:
            self.loads[self.holder.pop(key)] -= 1


def rendezvous(key, nodes):
    """
    The node with the highest bid for the key; None of no nodes.
    """
    nodes.sort()
    return max(nodes, key=lambda node: (position(f"{node} {key}"), node), default=None)
