"""Five caches that are wrong by one order of steps, each as small as it can be, as scenarios."""

from typing import Any

from cachelab.lab.explorer import Promise, Step, World
from cachelab.ports import MISSING

K = "k"


class NaiveAside:
    """Cache-aside as it is usually printed: nothing keeps a late reader from storing."""

    def __init__(self, world: World) -> None:
        self.store, self.source = world.store, world.source

    def read(self, key: str) -> Any:
        value = self.store.get(key)
        if value is MISSING:
            row = self.source.read(key)
            if row is MISSING:
                return MISSING
            value = row.value
            self.store.set(key, value)
        return value

    def write(self, key: str, value: Any) -> None:
        self.source.write(key, value)
        self.store.delete(key)

    def delete(self, key: str) -> None:
        self.source.delete(key)
        self.store.delete(key)


class NaiveThrough(NaiveAside):
    """Write-through without versions: two writers can leave in another order than they came."""

    def write(self, key: str, value: Any) -> None:
        self.source.write(key, value)
        self.store.set(key, value)


class NaiveRefresh(NaiveAside):
    """A refresh that stores what it has loaded, whatever happened meanwhile."""

    def refresh(self, key: str) -> None:
        if self.store.get(key) is not MISSING:
            self.store.set(key, self.source.read(key).value)


class NaiveVersions(NaiveAside):
    """A namespace whose version is asked for again when the loaded value is stored."""

    def place(self, key: str) -> str:
        version = self.store.get("version")
        return f"{0 if version is MISSING else version}:{key}"

    def read(self, key: str) -> Any:
        value = self.store.get(self.place(key))
        if value is MISSING:
            value = self.source.read(key).value
            self.store.set(self.place(key), value)
        return value

    def write(self, key: str, value: Any) -> None:
        self.source.write(key, value)
        version = self.store.get("version")
        self.store.set("version", 1 if version is MISSING else version + 1)


class NaiveLock:
    """A lock that dies after a second, and that anybody's release takes away."""

    def __init__(self, world: World) -> None:
        self.world, self.store, self.source = world, world.store, world.source

    def load(self, name: str, waits: float, seconds: float) -> None:
        self.world.sim.sleep(waits)
        if not self.store.add("lock", name, 1.0):
            return
        self.source.read(K)
        self.world.sim.sleep(seconds)
        self.source.write("made by", name)
        self.release(name)

    def release(self, name: str) -> None:
        self.store.delete("lock")


class OwnersLock(NaiveLock):
    """The same lock, which only its owner releases."""

    def release(self, name: str) -> None:
        self.store.replace("lock", name, MISSING)


def stale_fill(world: World) -> Any:
    world.source.write(K, "old")
    cache = NaiveAside(world)
    actors = {"reader": lambda: cache.read(K), "writer": lambda: cache.write(K, "new")}
    return actors, lambda: {K: cache.read(K)}


def lost_race(world: World) -> Any:
    cache = NaiveThrough(world)
    actors = {"Ada": lambda: cache.write(K, "Ada's"), "Ben": lambda: cache.write(K, "Ben's")}
    return actors, lambda: {K: cache.read(K)}


def version_race(world: World) -> Any:
    world.source.write(K, "old")
    cache = NaiveVersions(world)
    actors = {"reader": lambda: cache.read(K), "writer": lambda: cache.write(K, "new")}
    return actors, lambda: {K: cache.read(K)}


def resurrection(world: World) -> Any:
    cache = NaiveRefresh(world)
    cache.write(K, "old")
    cache.read(K)
    actors = {"refresher": lambda: cache.refresh(K), "writer": lambda: cache.write(K, "new")}
    return actors, lambda: {K: cache.read(K)}


def lock_of(kind: type[NaiveLock]) -> Any:
    def scenario(world: World) -> Any:
        world.source.write(K, "row")
        lock = kind(world)
        actors = {
            "slow": lambda: lock.load("slow", 0.0, 1.5),
            "second": lambda: lock.load("second", 1.0, 0.9),
            "third": lambda: lock.load("third", 1.5, 0.1),
        }
        return actors, dict

    return scenario


def non_owner_release(world: World) -> Any:
    return lock_of(NaiveLock)(world)


def _follow_loads(mark: Any, step: Step) -> Any:
    """Keep the loads under way, by when they began, and whether two young ones met."""
    loads, met = mark or ((), False)
    if step.kind != "answered" or step.port != "source":
        return mark
    if step.verb == "read":
        met = met or any(step.at - began < 1.0 for _, began in loads)
        return (*loads, (step.task, step.at)), met
    return tuple(load for load in loads if load[0] != step.task), met


loads_alone = Promise(
    "whoever holds the lock loads alone",
    lambda ending: not (ending.mark and ending.mark[1]),
    _follow_loads,
)
