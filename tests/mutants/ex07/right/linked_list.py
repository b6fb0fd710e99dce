"""A dictionary of nodes and a doubly linked list between two sentinels."""

import threading


class Node:
    def __init__(self, key=None, value=None):
        self.key = key
        self.value = value
        self.before = self
        self.after = self


class LRUCache:
    def __init__(self, capacity: int):
        if capacity < 0:
            raise ValueError(f"capacity must be at least 0, not {capacity}")
        self._capacity = capacity
        self._nodes: dict = {}
        self._oldest = Node()
        self._newest = Node()
        self._oldest.after = self._newest
        self._newest.before = self._oldest
        self._hits = self._misses = 0
        self._lock = threading.Lock()

    def _unlink(self, node):
        node.before.after = node.after
        node.after.before = node.before

    def _link_last(self, node):
        last = self._newest.before
        last.after = node
        node.before = last
        node.after = self._newest
        self._newest.before = node

    def get(self, key, default=None):
        with self._lock:
            node = self._nodes.get(key)
            if node is None:
                self._misses += 1
                return default
            self._hits += 1
            self._unlink(node)
            self._link_last(node)
            return node.value

    def put(self, key, value):
        with self._lock:
            node = self._nodes.get(key)
            if node is not None:
                node.value = value
                self._unlink(node)
                self._link_last(node)
                return
            if self._capacity == 0:
                return
            if len(self._nodes) >= self._capacity:
                victim = self._oldest.after
                self._unlink(victim)
                del self._nodes[victim.key]
            node = Node(key, value)
            self._nodes[key] = node
            self._link_last(node)

    def delete(self, key):
        with self._lock:
            node = self._nodes.pop(key)
            self._unlink(node)

    def hit_rate(self):
        with self._lock:
            total = self._hits + self._misses
            return self._hits / total if total else 0

    def __contains__(self, key):
        return key in self._nodes

    def __len__(self):
        return len(self._nodes)
