# %% [markdown]
# # Exercise 12: Who owns a key, and what moves when a node joins?
#
# 60 to 120 minutes, 40 points. Before: lesson 12. Write your code in the solution cell; the cell
# below it asks the judge. You may ask as often as you like.

# %% [markdown]
# ## The ring
#
# | call | what it promises |
# |---|---|
# | `HashRing(nodes=(), virtual_nodes=150)` | a ring of these nodes, with `virtual_nodes` points each |
# | `add(node)` | the node is there; adding one that is there changes nothing |
# | `remove(node)` | the node is gone; of an unknown one: no effect, or KeyError or ValueError |
# | `node_for(key)` | the node that owns the key; without nodes None, or ValueError |
# | `nodes_for(key, count)` | a list of `count` different nodes, the owner first, each on another host |

# %% [markdown]
# Nodes and keys are texts. A node's host is its name up to the first colon: `db1:7000` and
# `db1:7001` are two nodes on one machine.

# %% [markdown]
# ## What the ring must keep
#
# - Every process finds the same owner, whatever the order in which nodes came and went.
# - When a node joins, keys move to it and nowhere else. When one leaves, only its own keys move, and
#   the second of `nodes_for(key, 2)` takes over.
# - With 150 points a node, no share is half the mean or more off it.
# %% [markdown]
# - More replicas than nodes: all nodes, or ValueError. More than hosts: one of each host first; then
#   others, or none, or ValueError.
#
# Open: the hash function, the direction on the circle, what decides between equal points. A rule that
# keeps all this without a ring gets the same points.

# %% [markdown]
# ## Bounded loads, and bids
#
# | call | what it promises |
# |---|---|
# | `BoundedRing(nodes, epsilon)` | nodes that hold keys |
# | `take(key)` | the node that holds the key from now on; a key that is held stays where it is |
# | `drop(key)` | it is held no longer; of a key that is not held: no effect, or KeyError or ValueError |
# | `rendezvous(key, nodes)` | the node with the highest bid for the key; of no nodes None, or ValueError; the list stays as it was |

# %% [markdown]
# With the new key m keys are held by n nodes: `take` gives it to a node that then holds at most
# ceil((1 + epsilon) m / n), and to the key's home if that has room. Home is the node that a ring
# without other keys answers. Which other node takes the rest is yours to choose.

# %% [markdown]
# ## One check, by hand
#
# ```
# ring = HashRing(["anna", "bob"], 3)
# ring.node_for("user:7")      -> "bob"
# ring.add("carl")
# ring.node_for("user:7")      -> "bob" or "carl"    anna was there before, and did not get it
# ring.nodes_for("user:7", 2)  -> for example ["carl", "anna"]
# ring.remove("carl")
# ring.node_for("user:7")      -> "bob"              carl is gone: all is as it was
# ```

# %% [markdown]
# ## Your code
#
# Everything that your classes need goes into this one cell, imports too: the judge runs this cell and
# nothing else, with Python's standard library. `position` is a start, and yours to change.

# %% solution="hash-ring"
from bisect import bisect
from hashlib import blake2b
from math import ceil


def position(text):
    """
    Where a text lies on the circle: a number below 2**64, the same in every process.
    """
    ### BEGIN SOLUTION
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
    ### END SOLUTION


class HashRing:
    """
    Points on a circle: a key belongs to the node of the next point.
    """

    def __init__(self, nodes=(), virtual_nodes=150):
        ### BEGIN SOLUTION
        self.virtual_nodes = virtual_nodes
        self.nodes = set()
        self.points = []
        for node in nodes:
            self.add(node)
        ### END SOLUTION

    def add(self, node):
        ### BEGIN SOLUTION
        if node in self.nodes:
            return
        self.nodes.add(node)
        for number in range(self.virtual_nodes):
            self.points.append((position(f"{node}#{number}"), node))
        self.points.sort()
        ### END SOLUTION

    def remove(self, node):
        ### BEGIN SOLUTION
        self.nodes.discard(node)
        self.points = [point for point in self.points if point[1] != node]
        ### END SOLUTION

    def node_for(self, key):
        ### BEGIN SOLUTION
        return next(self.clockwise(key), None)
        ### END SOLUTION

    def nodes_for(self, key, count):
        ### BEGIN SOLUTION
        found, hosts = [], set()
        for node in self.clockwise(key):
            host = node.partition(":")[0]
            if host not in hosts and len(found) < count:
                hosts.add(host)
                found.append(node)
        return found
        ### END SOLUTION

    def clockwise(self, key):
        """
        The nodes of all points, from the one that comes after the key.
        """
        ### BEGIN SOLUTION
        start = bisect(self.points, (position(key), ""))
        for place in range(len(self.points)):
            yield self.points[(start + place) % len(self.points)][1]
        ### END SOLUTION


class BoundedRing:
    """
    Nodes that hold keys, none of them many more than the mean.
    """

    def __init__(self, nodes, epsilon):
        ### BEGIN SOLUTION
        self.ring = HashRing(nodes)
        self.epsilon = epsilon
        self.loads = dict.fromkeys(nodes, 0)
        self.holder = {}
        ### END SOLUTION

    def take(self, key):
        ### BEGIN SOLUTION
        if key in self.holder:
            return self.holder[key]
        held = len(self.holder) + 1
        most = ceil((1 + self.epsilon) * held / len(self.loads))
        node = next(node for node in self.ring.clockwise(key) if self.loads[node] < most)
        self.holder[key] = node
        self.loads[node] += 1
        return node
        ### END SOLUTION

    def drop(self, key):
        ### BEGIN SOLUTION
        if key in self.holder:
            self.loads[self.holder.pop(key)] -= 1
        ### END SOLUTION


def rendezvous(key, nodes):
    """
    The node with the highest bid for the key; None of no nodes.
    """
    ### BEGIN SOLUTION
    return max(nodes, key=lambda node: (position(f"{node} {key}"), node), default=None)
    ### END SOLUTION


# %% [markdown]
# ## Ask the judge

# %%
from cachelab.grading import check

# %% graded="rings-check" points=40
check("ex12", HashRing, BoundedRing, rendezvous)

# %% [markdown]
# <details><summary>Hint 1: where do I begin?</summary>
#
# With `position`, and with a sorted list of pairs (point, node). `bisect` finds the place of a key in
# it; whatever comes after the last point begins again at the first.
#
# </details>
#
# <details><summary>Hint 2: another process disagrees</summary>
#
# Python's `hash` of a text is salted anew in each process, so that nobody can choose keys that
# collide. Take a function of `hashlib`.
#
# </details>

# %% [markdown]
# <details><summary>Hint 3: replicas and limits</summary>
#
# Both are the same walk: from the key's place around the circle, past nodes that will not do. For
# replicas those are nodes on a host that you have; for bounded loads, nodes without room.
#
# </details>

# %% [markdown]
# ## Think about it
#
# Ten nodes, and you add an eleventh. Which share of the keys moves with your ring, and which with
# `hash(key) % n`? What happens to the database in the minute after?
#
# <details><summary>One answer</summary>
#
# An eleventh of the keys, about 9 %, against ten elevenths, about 91 %. Each key that has moved is a
# miss: with a remainder, nearly every request of that minute goes to the database.
#
# </details>

# %% [markdown]
# ## The second-best design, and why it lost
#
# `rendezvous` alone would do for the whole exercise: it is shorter than the ring, needs no points, and
# its shares are more even. What it costs is a hash of every node for every key. With ten nodes that is
# hardly slower than a search among 1,500 points; with thousands of nodes the ring wins, since its
# search grows with the logarithm.

# %% [markdown]
# A table `hash(key) % 1024 -> node` that an operator edits is what Redis Cluster does: lesson 13.
