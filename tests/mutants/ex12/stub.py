from bisect import bisect
from hashlib import blake2b
from math import ceil


def position(text):
    """
    Where a text lies on the circle: a number below 2**64, the same in every process.
    """
    raise NotImplementedError()


class HashRing:
    """
    Points on a circle: a key belongs to the node of the next point.
    """

    def __init__(self, nodes=(), virtual_nodes=150):
        raise NotImplementedError()

    def add(self, node):
        raise NotImplementedError()

    def remove(self, node):
        raise NotImplementedError()

    def node_for(self, key):
        raise NotImplementedError()

    def nodes_for(self, key, count):
        raise NotImplementedError()

    def clockwise(self, key):
        """
        The nodes of all points, from the one that comes after the key.
        """
        raise NotImplementedError()


class BoundedRing:
    """
    Nodes that hold keys, none of them many more than the mean.
    """

    def __init__(self, nodes, epsilon):
        raise NotImplementedError()

    def take(self, key):
        raise NotImplementedError()

    def drop(self, key):
        raise NotImplementedError()


def rendezvous(key, nodes):
    """
    The node with the highest bid for the key; None of no nodes.
    """
    raise NotImplementedError()
