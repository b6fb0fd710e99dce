import math
import secrets

from cachelab.ports import MISSING


class Task:
    """
    A load that runs as a task of its own; whoever wants its end joins it.
    """

    def __init__(self, runtime):
        self.done = runtime.event()
        self.end = None

    def run(self, loader, key):
        try:
            self.end = (True, loader(key))
        except Exception as error:
            self.end = (False, error)

    def result(self):
        worked, value = self.end
        if worked:
            return value
        raise value


class SingleFlight:
    def __init__(self, runtime):
        self.runtime = runtime
        self.tasks = {}

    def load(self, key, loader):
        fresh = Task(self.runtime)
        task = self.tasks.setdefault(key, fresh)
        if task is fresh:
            task.run(loader, key)
            self.tasks.pop(key, None)
            task.done.set()
        else:
            task.done.wait()
        return task.result()

    __call__ = load


class TokenLock:
    def __init__(self, store, runtime, prefix="~"):
        self.store, self.runtime, self.prefix = store, runtime, prefix

    def acquire(self, name, ttl, patience=0):
        token, until = secrets.token_hex(8), self.runtime.now() + patience
        taken = self.store.add(self.prefix + name, token, ttl=ttl)
        while not taken and self.runtime.now() < until:
            self.runtime.sleep(0.02)
            taken = self.store.add(self.prefix + name, token, ttl=ttl)
        return token if taken else None

    def release(self, name, token):
        if token is None:
            return False
        return self.store.replace(self.prefix + name, token, MISSING)


def xfetch(now, expiry, delta, beta, rng):
    left = expiry - now
    if left <= 0:
        return True
    return rng.random() < math.exp(-left / (delta * beta))


class ProtectedCache:
    """
    Tasks of one program share a flight; one flight of all programs holds the lock.
    """

    def __init__(self, store, runtime, ttl, life=5):
        self.store, self.runtime = store, runtime
        self.ttl, self.life = ttl, life
        self.flights = SingleFlight(runtime)

    def get(self, key, loader):
        row = self.look(key)
        if row is not None:
            return row[0]
        return self.flights.load(key, lambda wanted: self.load(wanted, loader))

    def look(self, key):
        text = self.store.get(key)
        return None if text is MISSING or isinstance(text, str) else text

    def load(self, key, loader):
        mine = secrets.token_hex(8)
        while not self.store.add(key, mine, ttl=self.life):
            row = self.look(key)
            if row is not None:
                return row[0]
            self.runtime.sleep(0.01)
        try:
            row = loader(key)
        except Exception:
            self.store.replace(key, mine, MISSING)
            raise
        if row is MISSING:
            self.store.replace(key, mine, MISSING)
            return MISSING
        self.store.replace(key, mine, [row], ttl=self.ttl)
        return row
