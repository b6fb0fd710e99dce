import re
from collections import Counter
from itertools import groupby

from cachelab.ports import MISSING, StoreError

TABLE = []
for byte in range(256):
    crc = byte << 8
    for _ in range(8):
        crc = (crc << 1) ^ (0x1021 if crc & 0x8000 else 0)
    TABLE.append(crc & 0xFFFF)

TAG = re.compile(r"[^{]*\{([^}]+)\}", re.DOTALL)


def keyslot(key):
    """CRC by table; the tag by a regular expression."""
    tag = TAG.match(key)
    crc = 0
    for byte in (tag.group(1) if tag else key).encode("utf-8"):
        crc = ((crc << 8) & 0xFFFF) ^ TABLE[(crc >> 8) ^ byte]
    return crc & 0x3FFF


def mget_by_slot(client, keys):
    answers = [None] * len(keys)
    places = sorted(range(len(keys)), key=lambda place: keyslot(keys[place]))
    for _, group in groupby(places, key=lambda place: keyslot(keys[place])):
        group = list(group)
        if len(group) == 1:
            answers[group[0]] = client.get(keys[group[0]])
            continue
        for place, value in zip(group, client.mget([keys[place] for place in group])):
            answers[place] = value
    return answers


class HotKeys:
    """Misra and Gries: when no counter is free, all lose one."""

    def __init__(self, capacity):
        self.capacity = capacity
        self.counts = Counter()

    def add(self, key):
        if key in self.counts or len(self.counts) < self.capacity:
            self.counts[key] += 1
            return
        self.counts = Counter({name: n - 1 for name, n in self.counts.items() if n > 1})

    def top(self, n):
        return self.counts.most_common(n)


class NearCache:
    """One number for all keys goes up with any news: what was under way then is not kept."""

    def __init__(self, store, feed):
        self.store, self.feed = store, feed
        self.copies, self.epoch = {}, 0

    def get(self, key):
        try:
            told = self.feed.poll()
        except StoreError:
            told = list(self.copies)
            self.epoch += 1
        self.epoch += len(told)
        for name in told:
            self.copies.pop(name, None)
        found = self.copies.get(key, MISSING)
        if found is MISSING:
            epoch = self.epoch
            found = self.store.get(key)
            if found is not MISSING and epoch == self.epoch:
                self.copies[key] = found
        return found

    def set(self, key, value):
        self.copies.pop(key, None)
        self.epoch += 1
        self.store.set(key, value)
