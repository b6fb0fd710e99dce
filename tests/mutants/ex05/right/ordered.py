import random
import threading
from collections import OrderedDict, defaultdict

from cachelab.ports import MISSING, Overloaded, SourceError, StoreError

ABSENT = "no row"


class WriteThrough:
    """
    Everybody who brings a copy takes a ticket first; absence is remembered, too.
    """

    def __init__(self, store, source, ttl):
        self.store, self.source, self.ttl = store, source, ttl
        self.rng = random.SystemRandom()

    def bring(self, key):
        ticket = {"ticket": self.rng.getrandbits(96)}
        try:
            self.store.set(key, ticket, ttl=3)
            works = True
        except StoreError:
            works = False
        found = self.source.read(key)
        row = found if found is MISSING else found.value
        if works:
            entry = ABSENT if row is MISSING else {"value": row}
            try:
                self.store.replace(key, ticket, entry, ttl=self.ttl * self.rng.uniform(0.7, 1))
            except StoreError:
                works = False
        return row, works

    def read(self, key):
        try:
            entry = self.store.get(key)
        except StoreError:
            entry = None
        if entry == ABSENT:
            return MISSING
        if isinstance(entry, dict) and "value" in entry:
            return entry["value"]
        return self.bring(key)[0]

    def write(self, key, row):
        problem = None
        try:
            self.source.write(key, row)
        except SourceError as error:
            problem = error
        works = False
        if problem is None:
            _, works = self.bring(key)
        if not works:
            try:
                self.store.delete(key)
                works = True
            except StoreError:
                pass
        if problem is not None:
            raise problem
        return works


class Queue(OrderedDict):
    """
    Rows by key, the one written last at the end.
    """

    def put(self, key, row):
        self[key] = (object(), row)
        self.move_to_end(key)


class WriteBehind:
    def __init__(self, store, source, batch_size, max_retries, max_pending):
        self.store, self.source = store, source
        self.sizes = batch_size, max_retries, max_pending
        self.queue = Queue()
        self.failures = defaultdict(int)
        self.given_up = {}
        self.closed = threading.Event()
        self.turn = threading.Condition()
        self.is_busy = False

    def write(self, key, row):
        if self.closed.is_set():
            raise ValueError("this cache takes no more writes")
        if len({*self.queue, key}) > self.sizes[2]:
            raise Overloaded(key)
        self.failures.pop(key, None)
        self.given_up.pop(key, None)
        self.queue.put(key, row)

    def read(self, key):
        if key in self.queue:
            return self.queue[key][1]
        try:
            rows = self.store.get(f"row:{key}")
        except StoreError:
            rows = MISSING
        if rows is not MISSING:
            return rows[0]
        found = self.source.read(key)
        return found if found is MISSING else found.value

    def keep(self, key, row):
        try:
            self.store.set(f"row:{key}", [row], ttl=10)
        except StoreError:
            pass

    def flush(self):
        with self.turn:
            stored = 0
            for key in list(self.queue)[: self.sizes[0]]:
                token, row = self.queue[key]
                try:
                    self.source.write(key, row)
                    ok = True
                except SourceError:
                    ok = False
                if ok:
                    self.keep(key, row)
                is_same = self.queue[key][0] is token
                stored += ok
                if not is_same:
                    continue
                if not ok:
                    self.failures[key] += 1
                    if self.failures[key] <= self.sizes[1]:
                        continue
                    self.given_up[key] = row
                del self.queue[key]
            return stored

    def close(self):
        self.closed.set()
        while len(self.queue) > 0:
            self.flush()
        return len(self.given_up)


def lost_writes(log):
    state = {}
    for event, key, version in log:
        acked, stored = state.get(key, (0, 0))
        if event == "acked":
            state[key] = (max(acked, version), stored)
        if event == "stored":
            state[key] = (acked, version)
    return {key: acked for key, (acked, stored) in state.items() if acked > stored}
