import heapq
from cachelab.ports import MISSING, StoreError


def crc16(data):
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1
        crc &= 0xFFFF
    return crc


def tag_of(key):
    before, opened, rest = key.partition("{")
    tag, closed, after = rest.partition("}")
    return tag if closed and tag else key


def keyslot(key):
    return crc16(tag_of(key).encode()) & 16383


def mget_by_slot(client, keys):
    by_slot = {}
    for key in set(keys):
        by_slot.setdefault(keyslot(key), set()).add(key)
    values = {}
    for group in map(sorted, by_slot.values()):
        values |= dict(zip(group, client.mget(group)))
    return tuple(values[key] for key in keys)


class HotKeys:
    """Space-Saving with a heap whose entries may be out of date."""

    def __init__(self, capacity):
        self.capacity = capacity
        self.counts: dict[str, int] = {}
        self.heap: list[tuple[int, str]] = []

    def add(self, key):
        if key in self.counts:
            self.counts[key] += 1
            return
        if len(self.counts) < self.capacity:
            self.counts[key] = 1
            heapq.heappush(self.heap, (1, key))
            return
        while True:
            count, name = self.heap[0]
            if self.counts[name] == count:
                break
            heapq.heapreplace(self.heap, (self.counts[name], name))
        del self.counts[name]
        self.counts[key] = count + 1
        heapq.heapreplace(self.heap, (count + 1, key))

    def top(self, n):
        return heapq.nlargest(n, self.counts.items(), key=lambda pair: pair[1])


class NearCache(dict):
    """A dict of copies that keeps absence as well; marks are numbers."""

    def __init__(self, store, feed):
        super().__init__()
        self.store, self.feed = store, feed
        self.asked = {}

    def get(self, key):
        try:
            for changed in self.feed.poll():
                self.pop(changed, None)
                self.asked[changed] = self.asked.get(changed, 0) + 1
        except StoreError:
            self.clear()
            self.asked = {name: number + 1 for name, number in self.asked.items()}
            self.asked.setdefault(key, 0)
            return self.store.get(key)
        if key not in self:
            number = self.asked.setdefault(key, 0)
            value = self.store.get(key)
            if self.asked[key] == number:
                self[key] = value
            return value
        return self[key]

    def set(self, key, value):
        self.pop(key, None)
        self.asked[key] = self.asked.get(key, 0) + 1
        self.store.set(key, value)
