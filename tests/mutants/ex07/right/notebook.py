from threading import RLock


class Node:
    """
    One entry between an older and a newer neighbour; alone, it is its own neighbour.
    """

    def __init__(self, key=None, value=None):
        self.key, self.value = key, value
        self.older = self.newer = self

    def leave(self):
        self.older.newer, self.newer.older = self.newer, self.older

    def enter_before(self, place):
        self.older, self.newer = place.older, place
        place.older.newer = place.older = self


class LRUCache:
    """
    At most `capacity` entries; when it is full, the least recently used one goes.
    """

    def __init__(self, capacity):
        if capacity < 0:
            raise ValueError(f"capacity must not be negative: {capacity}")
        self._capacity = capacity
        self._nodes = {}
        self._ring = Node()
        self._hits = self._lookups = 0
        self._lock = RLock()

    def get(self, key, default=None):
        with self._lock:
            self._lookups += 1
            node = self._nodes.get(key)
            if node is None:
                return default
            self._hits += 1
            node.leave()
            node.enter_before(self._ring)
            return node.value

    def put(self, key, value):
        with self._lock:
            if self._capacity == 0:
                return
            if key not in self._nodes and len(self._nodes) == self._capacity:
                self.delete(self._ring.newer.key)
            node = self._nodes.setdefault(key, Node(key))
            node.value = value
            node.leave()
            node.enter_before(self._ring)

    def delete(self, key):
        with self._lock:
            node = self._nodes.pop(key, None)
            if node is not None:
                node.leave()

    def hit_rate(self):
        with self._lock:
            return self._hits / self._lookups if self._lookups else 0.0

    def __len__(self):
        with self._lock:
            return len(self._nodes)

    def __contains__(self, key):
        with self._lock:
            return key in self._nodes
