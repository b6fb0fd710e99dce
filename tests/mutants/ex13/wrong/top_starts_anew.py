# rejected by: hot_exact
# a question about the counts ends them
from binascii import crc_hqx

from cachelab.ports import MISSING, StoreError


def keyslot(key):
    """
    The slot of a key, from 0 to 16383.
    """
    start = key.find("{")
    if start >= 0:
        end = key.find("}", start + 1)
        if end > start + 1:
            key = key[start + 1 : end]
    return crc_hqx(key.encode(), 0) % 16384


def mget_by_slot(client, keys):
    """
    The values of the keys, with one call for each slot.
    """
    groups = {}
    for key in keys:
        groups.setdefault(keyslot(key), []).append(key)
    found = {}
    for group in groups.values():
        found.update(zip(group, client.mget(group), strict=True))
    return [found[key] for key in keys]


class HotKeys:
    """
    Counters for the keys that are asked for most.
    """

    def __init__(self, capacity):
        self.capacity = capacity
        self.counts = {}

    def add(self, key):
        before = self.counts.get(key, 0)
        if key not in self.counts and len(self.counts) == self.capacity:
            least = min(self.counts, key=self.counts.get)
            before = self.counts.pop(least)
        self.counts[key] = before + 1

    def top(self, n):
        ranked = sorted(self.counts.items(), key=lambda pair: -pair[1])[:n]
        self.counts = {}
        return ranked


class NearCache:
    """
    Copies near the program, each good until the feed tells of its key.
    """

    def __init__(self, store, feed):
        self.store, self.feed = store, feed
        self.near = {}
        self.marks = {}

    def get(self, key):
        self.listen()
        if key in self.near:
            return self.near[key]
        mark = self.marks[key] = object()
        value = self.store.get(key)
        if self.marks.pop(key, None) is mark and value is not MISSING:
            self.near[key] = value
        return value

    def set(self, key, value):
        self.store.set(key, value)
        self.forget(key)

    def listen(self):
        """
        Take the news, and forget what can no longer be trusted.
        """
        try:
            for key in self.feed.poll():
                self.forget(key)
        except StoreError:
            self.near.clear()
            self.marks.clear()

    def forget(self, key):
        self.near.pop(key, None)
        self.marks.pop(key, None)
