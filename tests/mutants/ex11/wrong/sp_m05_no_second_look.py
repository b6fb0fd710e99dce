# rejected by: protected_one
# loads again when another has stored just before the lock was free
import threading
import uuid

from cachelab.ports import MISSING


class SingleFlight:
    """
    The first one leaves a place for the outcome; all wait on a condition of this process.
    """

    def __init__(self, runtime):
        self.runtime = runtime
        self.guard = threading.RLock()
        self.places = {}

    def load(self, key, loader):
        event = self.runtime.event()
        with self.guard:
            place = self.places.setdefault(key, {"event": event})
        if place["event"] is event:
            try:
                place["row"] = loader(key)
            except BaseException as error:
                place["error"] = error
            finally:
                with self.guard:
                    self.places.pop(key)
                event.set()
        else:
            place["event"].wait()
        if "error" in place:
            raise place["error"]
        return place["row"]


class TokenLock:
    """
    A token with the holder's name in it.
    """

    def __init__(self, store, runtime):
        self.store = store
        self.runtime = runtime

    def acquire(self, name, ttl, patience=0):
        token = {"holder": uuid.uuid4().hex}
        began = self.runtime.now()
        while True:
            if self.store.add("~" + name, token, ttl):
                return token["holder"]
            left = began + patience - self.runtime.now()
            if left <= 0:
                return None
            self.runtime.sleep(min(left, 0.08))

    def release(self, name, token):
        return self.store.replace("~" + name, {"holder": token}, MISSING)


def xfetch(now, expiry, delta, beta, rng):
    if now >= expiry:
        return True
    return rng.expovariate(1 / (delta * beta)) >= expiry - now


class ProtectedCache:
    """
    A lock decides who loads; a place under the row's key decides whose row stays.
    """

    LOCK_SECONDS = 5

    def __init__(self, store, runtime, ttl):
        self.store, self.runtime, self.ttl = store, runtime, ttl
        self.locks = TokenLock(store, runtime)

    def get(self, key, loader):
        while True:
            found = self.store.get(key)
            if found is not MISSING and found[0] == "row":
                return found[1]
            token = self.locks.acquire(key, self.LOCK_SECONDS)
            if token is not None:
                try:
                    return self.under_lock(key, loader)
                finally:
                    self.locks.release(key, token)
            self.runtime.sleep(0.03)

    def under_lock(self, key, loader):
        found = self.store.get(key)
        place = ["place", uuid.uuid4().hex]
        if found is MISSING:
            self.store.add(key, place, ttl=60)
        else:
            self.store.replace(key, found, place, ttl=60)
        try:
            row = loader(key)
        except BaseException:
            self.store.replace(key, place, MISSING)
            raise
        if row is MISSING:
            self.store.replace(key, place, MISSING)
        else:
            self.store.replace(key, place, ["row", row], ttl=self.ttl)
        return row
