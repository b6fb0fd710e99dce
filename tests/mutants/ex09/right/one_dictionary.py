from collections import deque


class LRUKCache:
    """
    A row for each key ever seen: its value, whether it is here, its last k uses.
    """

    def __init__(self, capacity, k=2):
        if capacity < 1:
            raise ValueError(capacity)
        self.capacity, self.k, self.clock = capacity, k, 0
        self.rows = {}

    def get(self, key, default=None):
        row = self.rows.get(key)
        if row is None or not row["here"]:
            return default
        self._note(row)
        return row["value"]

    def _note(self, row):
        self.clock += 1
        row["uses"].append(self.clock)

    def put(self, key, value):
        row = self.rows.setdefault(
            key, {"here": False, "uses": deque(maxlen=self.k), "value": None}
        )
        if not row["here"] and len(self) >= self.capacity:
            here = [each for each in self.rows.values() if each["here"]]
            few = [each for each in here if len(each["uses"]) < self.k]
            worst = (
                min(few, key=lambda each: each["uses"][-1])
                if few
                else min(here, key=lambda each: each["uses"][0])
            )
            worst["here"], worst["value"] = False, None
        row["here"], row["value"] = True, value
        self._note(row)

    def __len__(self):
        return sum(row["here"] for row in self.rows.values())

    def __contains__(self, key):
        return key in self.rows and self.rows[key]["here"]


class TwoQueueCache:
    """
    One dictionary with a tag and a stamp for each key; ghosts are a list and a set.
    """

    def __init__(self, capacity, kin_ratio=0.25, kout_ratio=0.5):
        if capacity < 1:
            raise ValueError(capacity)
        self.capacity = capacity
        self.kin, self.kout = int(kin_ratio * capacity), int(kout_ratio * capacity)
        self.entries = {}
        self.ghosts = deque()
        self.tick = 0

    def __len__(self):
        return len(self.entries)

    def __contains__(self, key):
        return key in self.entries

    def get(self, key, default=None):
        entry = self.entries.get(key)
        if entry is None:
            return default
        if entry[0] == "am":
            self.tick += 1
            entry[1] = self.tick
        return entry[2]

    def put(self, key, value):
        if key in self.entries:
            self.get(key)
            self.entries[key][2] = value
            return
        tag = "in"
        if key in self.ghosts:
            self.ghosts.remove(key)
            tag = "am"
        if len(self.entries) == self.capacity:
            self.reclaim()
        self.tick += 1
        self.entries[key] = [tag, self.tick, value]

    def reclaim(self):
        waiting = [key for key, entry in self.entries.items() if entry[0] == "in"]
        if len(waiting) > self.kin:
            victim = waiting[0]
            self.ghosts.append(victim)
            while len(self.ghosts) > self.kout:
                self.ghosts.popleft()
        else:
            proven = [key for key, entry in self.entries.items() if entry[0] == "am"]
            victim = min(proven, key=lambda key: self.entries[key][1])
        del self.entries[victim]


class Node:
    __slots__ = ("key", "newer", "value", "visited")

    def __init__(self, key, value):
        self.key, self.value, self.visited, self.newer = key, value, False, None


class SieveCache:
    """
    Nodes from the tail to the head, each with the next newer one.
    """

    def __init__(self, capacity):
        if capacity < 1:
            raise ValueError(capacity)
        self.capacity = capacity
        self.nodes = {}
        self.tail = self.head = self.hand = None

    def get(self, key, default=None):
        node = self.nodes.get(key)
        if node is None:
            return default
        node.visited = True
        return node.value

    def put(self, key, value):
        node = self.nodes.get(key)
        if node is not None:
            node.value, node.visited = value, True
            return
        if len(self.nodes) == self.capacity:
            self.evict()
        node = Node(key, value)
        self.nodes[key] = node
        if self.head is None:
            self.tail = node
        else:
            self.head.newer = node
        self.head = node

    def evict(self):
        node = self.hand or self.tail
        while node.visited:
            node.visited = False
            node = node.newer or self.tail
        self.hand = node.newer
        before, walker = None, self.tail
        while walker is not node:
            before, walker = walker, walker.newer
        if before is None:
            self.tail = node.newer
        else:
            before.newer = node.newer
        if self.head is node:
            self.head = before
        del self.nodes[node.key]

    def __len__(self):
        return len(self.nodes)

    def __contains__(self, key):
        return key in self.nodes


class Queue:
    """
    First in, first out.
    """

    def __init__(self, capacity):
        self.keys = deque(maxlen=capacity)

    def get(self, key, default=None):
        return key if key in self.keys else default

    def put(self, key, value):
        self.keys.append(key)


def count(cache, trace):
    hits = 0
    for key in trace:
        if cache.get(key) is None:
            cache.put(key, key)
        else:
            hits += 1
    return hits


def break_it(policy):
    """
    Two by hand: use the oldest, which stays, and ask for what went in its place. Two by search.
    """
    if policy in ("lru", "sieve"):
        return [*range(10), 0, "new", 1]
    kind = LRUKCache if policy == "lru_k" else TwoQueueCache
    number = 12345
    while True:
        trace = []
        for _ in range(150):
            number = (1103515245 * number + 12345) % 2**31
            trace.append(f"key {number // 65536 % 13}")
        if count(kind(10), trace) < count(Queue(10), trace):
            return trace
