# rejected by: protected_slow
# another program counts from 1 as well, and its lock looks the same
import math
from itertools import count

from cachelab.ports import MISSING

NUMBERS = count(1)

LOCK_SECONDS = 5
PAUSE = 0.05


class Flight:
    """
    A load under way: what came of it, and the event that tells.
    """

    def __init__(self, landed):
        self.landed = landed
        self.value = self.error = None


class SingleFlight:
    """
    One load for all tasks of this program that want the same key at once.
    """

    def __init__(self, runtime):
        self.runtime = runtime
        self.lock = runtime.lock()
        self.flights = {}

    def load(self, key, loader):
        with self.lock:
            flight = self.flights.get(key)
            is_first = flight is None
            if is_first:
                flight = self.flights[key] = Flight(self.runtime.event())
        if is_first:
            return self.fly(key, flight, loader)
        flight.landed.wait()
        if flight.error is not None:
            raise flight.error
        return flight.value

    def fly(self, key, flight, loader):
        try:
            flight.value = loader(key)
        except Exception as error:
            flight.error = error
            raise
        finally:
            with self.lock:
                del self.flights[key]
            flight.landed.set()
        return flight.value


class TokenLock:
    """
    Locks among programs that share a store.
    """

    def __init__(self, store, runtime):
        self.store, self.runtime = store, runtime

    def acquire(self, name, ttl, patience=0):
        token = str(next(NUMBERS))
        deadline = self.runtime.now() + patience
        while not self.store.add(f"~lock:{name}", token, ttl=ttl):
            if self.runtime.now() >= deadline:
                return None
            self.runtime.sleep(PAUSE)
        return token

    def release(self, name, token):
        return self.store.replace(f"~lock:{name}", token, MISSING)


def xfetch(now, expiry, delta, beta, rng):
    """
    Whether a reader at `now` renews a value before its end.
    """
    gap = -delta * beta * math.log(1 - rng.random())
    return now + gap >= expiry


class ProtectedCache:
    """
    A cache that several programs share, with one load for each miss.
    """

    def __init__(self, store, runtime, ttl):
        self.store, self.runtime, self.ttl = store, runtime, ttl

    def get(self, key, loader):
        lock = {"lock": str(next(NUMBERS))}
        while True:
            found = self.store.get(key)
            if found is not MISSING and "row" in found:
                return found["row"]
            if self.store.add(key, lock, ttl=LOCK_SECONDS):
                return self.load(key, lock, loader)
            self.runtime.sleep(PAUSE)

    def load(self, key, lock, loader):
        row = MISSING
        try:
            row = loader(key)
        finally:
            if row is MISSING:
                self.store.replace(key, lock, MISSING)
        if row is not MISSING:
            self.store.replace(key, lock, {"row": row}, ttl=self.ttl)
        return row
