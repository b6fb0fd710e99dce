"""
What a design is handed with each call: `ctx`, the world as one process of the shop sees it.

Every call costs virtual time: the caller's cursor moves on, and what it sends arrives when the
cursor has come there. Looks of one call see the shop as it was when the call began.
"""

from random import Random
from typing import TYPE_CHECKING, Any

from cachelab.ports import MISSING
from cachelab.ports.errors import Overloaded, StoreError

from .contracts import class_of
from .layers import Level
from .values import Lease, Row

if TYPE_CHECKING:
    from .shop import Shop

PURGE_SECONDS = 0.15
LONGEST_TTL = 3_600.0


class Context:
    """
    The world of one process: `cdn`, `l1`, `l2` and `origin`, a clock, a bus, random numbers.

    `edge` is where the request came in, and `checkout` says that somebody is about to pay.
    """

    def __init__(self, shop: "Shop", process: int, skew: float) -> None:
        self._shop, self.process, self._skew = shop, process, skew
        self.seed = Random(f"{shop.workload.seed} {process}").getrandbits(64)
        self.random = Random(self.seed)
        self.cdn = LayerView(self, shop.levels["cdn"])
        self.l1 = LayerView(self, shop.levels["l1"])
        self.l2 = LayerView(self, shop.levels["l2"])
        self.origin = OriginView(self)
        self.edge, self.checkout = 0, False
        self._cursor, self._inside = 0.0, True
        self._delivered: list[Row] = []
        self._sent = 0

    def now(self) -> float:
        """Return the time by this process's clock, which may differ from others'."""
        return self._cursor + self._skew

    def publish(self, note: Any) -> None:
        """Send a note to the other processes: each gets an event "message" some milliseconds on."""
        self._shop.use("bus")
        self._enter(0.0002)
        self._log("publish", note, "")
        self._shop.send(self.process, self._cursor, note, self._sent)
        self._sent += 1

    def later(self, seconds: float, note: Any = None) -> None:
        """Ask for an event "timer" in this process, `seconds` from now; 0 is: in the background."""
        if not 0 <= seconds <= LONGEST_TTL:
            raise ValueError(f"a timer runs for 0 to 3600 seconds, not {seconds!r}")
        self._shop.use("timers")
        self._log("later", (seconds, note), "")
        self._shop.wake(self.process, self._cursor + seconds, note)

    def _begin(self, at: float, edge: int, *, checkout: bool, inside: bool) -> None:
        self._cursor, self._inside = at, inside
        self.edge, self.checkout = edge, checkout
        self._delivered = []

    def _enter(self, seconds: float) -> None:
        """Pay for a step within the shop, and for the way there if this is the first."""
        if not self._inside:
            self._inside = True
            self._cursor += self._shop.costs.way
        self._cursor += seconds

    def foresee(self, key: str) -> dict[str, list[Any]]:
        """
        Return for each layer what a look for a key would find now, and what it would cost.

        What is found, whether a lease would be granted, and the seconds it takes. The judge sends
        this along with a question, for most calls of a design are looks for the key it was asked.
        """
        found: dict[str, list[Any]] = {}
        for name, level in self._shop.levels.items():
            seen = (
                level.foresee(level.place_of(key, self.process, self.edge), key)
                if level.tier
                else None
            )
            if seen is not None:
                row, is_free = seen
                costs = self._shop.costs
                seconds = costs.look[name]
                if name == "cdn" and row is MISSING:
                    seconds = costs.edge_miss
                found[name] = [row, is_free, seconds]
        return found

    def _deliver(self, row: Row) -> Row:
        self._delivered.append(row)
        return row

    def _has(self, row: object) -> bool:
        return any(row is known for known in self._delivered)

    def _log(self, verb: str, what: Any, outcome: str) -> None:
        if self._shop.log is not None:
            call = f"{verb}({what!r})" if not isinstance(what, tuple) else f"{verb}{what!r}"
            self._shop.log.append((self._cursor, f"process {self.process}", call, outcome))


class LayerView:
    """
    One layer as a process sees it; a layer that is not bought holds nothing and costs no time.

    Raises:
        StoreError: the node is dead.
    """

    def __init__(self, ctx: Context, level: Level) -> None:
        self._ctx, self._level = ctx, level

    def get(self, key: str) -> Any:
        """Return the row of a key, MISSING if it is not there."""
        if self._level.tier is None:
            return MISSING
        return self._look(key, self._place(key))

    def get_or_lease(self, key: str) -> tuple[Any, Lease | None]:
        """
        Return the row of a key and no lease; or MISSING and the lease to fill it.

        While another holds the lease, wait for the row that it stores. If it stores none, the
        answer is MISSING and no lease: load the row, and do not store it.
        """
        if self._level.tier is None:
            return MISSING, None
        ctx, level, place = self._ctx, self._level, self._place(key)
        ctx._shop.use("leases")
        found = self._look(key, place)
        if found is not MISSING:
            return found, None
        lease = level.grant(place, key)
        if lease is not None or (place, key) not in level.filling:
            return MISSING, lease
        at, row = level.filling[place, key]
        ctx._cursor = max(ctx._cursor, at + ctx._shop.costs.look[level.name])
        ctx._log(f"{level.name}.get_or_lease", key, f"waits for version {row.version}")
        return ctx._deliver(row), None

    def put(self, key: str, row: Row, ttl: float, lease: Lease | None = None) -> None:
        """
        Send a row to be stored for `ttl` seconds; nobody waits for its arrival.

        With a `lease` it is refused if the key was deleted, or stored by somebody else, since.

        Raises:
            TypeError, ValueError: that is no row of this key, or no number of seconds.
        """
        ctx, level = self._ctx, self._level
        if not isinstance(row, Row) or row.key != key:
            raise TypeError(f"{level.name}.put({key!r}, ...) needs a row of that key, not {row!r}")
        if isinstance(ttl, bool) or not isinstance(ttl, int | float) or not ttl <= LONGEST_TTL:
            raise ValueError(f"a row lives for at most 3600 seconds, not {ttl!r}")
        if level.tier is None or ttl <= 0:
            return
        if not ctx._has(row):
            ctx._shop.breach("hoard", key, ctx._cursor, "a row was kept outside the layers")
            return
        if level.is_shared and class_of(key).private:
            story = f"a private row went to {level.name}, which users share"
            ctx._log(f"{level.name}.put", key, "seen by everybody")
            ctx._shop.breach("leak", key, ctx._cursor, story)
        place = self._place(key)
        at = ctx._cursor + ctx._shop.costs.look[level.name]
        if lease is not None and lease.key == key and not lease.cancelled:
            level.announce(place, key, at, row)
        ctx._log(f"{level.name}.put", (key, f"version {row.version}", f"ttl {ttl:.3g}"), "")
        ctx._shop.at(at, self._arrive, place, row, float(ttl), lease)

    def delete(self, key: str) -> None:
        """Delete a key, and wait until that is done; at the edges it takes a moment longer."""
        if self._level.tier is None:
            return
        ctx, level = self._ctx, self._level
        if level.name == "cdn":
            ctx._shop.use("purge")
            ctx._enter(0.0)
            for place in range(len(level.places)):
                ctx._shop.at(ctx._cursor + PURGE_SECONDS, level.remove, place, key)
        else:
            place = self._place(key)
            self._step(place)
            ctx._shop.at(ctx._cursor, level.remove, place, key)
        ctx._log(f"{level.name}.delete", key, "")

    def _arrive(self, place: int, row: Row, ttl: float, lease: Lease | None) -> None:
        stored = self._level.store(place, row, ttl, lease)
        if not stored and self._ctx._shop.log is not None:
            what = f"{self._level.name} refuses version {row.version}"
            at = self._ctx._shop.clock.at
            self._ctx._shop.log.append((at, self._level.name, f"fill of {row.key!r}", what))

    def _place(self, key: str) -> int:
        self._ctx._shop.use(self._level.name)
        class_of(key)
        return self._level.place_of(key, self._ctx.process, self._ctx.edge)

    def _step(self, place: int) -> None:
        """Pay for a call to a place; a dead node lets its caller wait, and fails."""
        costs = self._ctx._shop.costs
        self._ctx._enter(costs.look[self._level.name])
        if place in self._level.dead:
            self._ctx._cursor += costs.timeout
            raise StoreError(f"node {place} of {self._level.name} does not answer")

    def _look(self, key: str, place: int) -> Any:
        ctx, level = self._ctx, self._level
        if level.name != "cdn":
            self._step(place)
        found = level.look(place, key, ctx._shop.origin.size(key))
        if level.name == "cdn":
            costs = ctx._shop.costs
            ctx._cursor += costs.edge_miss if found is MISSING else costs.look["cdn"]
        ctx._log(
            f"{level.name}.get",
            key,
            "MISSING" if found is MISSING else f"version {found.version}",
        )
        return found if found is MISSING else ctx._deliver(found)


class OriginView:
    """
    The origin as a process sees it.

    Raises:
        Overloaded: all slots are taken for longer than a caller may wait.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    def read(self, key: str) -> Row:
        """Return the row of a key, true at the moment of the call."""
        ctx, origin = self._ctx, self._ctx._shop.origin
        self._call("read", key)
        version = origin.version(key)
        row = Row(key, version, origin.value(key, version), ctx._shop.clock.at, origin.size(key))
        ctx._log("origin.read", key, f"version {version}, as of {row.at:.2f} s")
        return ctx._deliver(row)

    def write(self, key: str, value: str) -> Row:
        """Make a value the row of a key, wait until it is, and return the row."""
        ctx, shop = self._ctx, self._ctx._shop
        version = shop.origin.version_of(key, value)
        if version is None:
            raise ValueError(f"{value!r} is no value that was written to {key!r}")
        self._call("write", key)
        ctx._cursor = shop.origin.in_turn(key, ctx._cursor)
        shop.at(ctx._cursor, shop.commit, key, version)
        ctx._log("origin.write", key, f"version {version}")
        return ctx._deliver(Row(key, version, value, ctx._cursor, shop.origin.size(key)))

    def _call(self, verb: str, key: str) -> None:
        ctx, kind = self._ctx, class_of(key)
        ctx._enter(0.0)
        ctx._shop.records.called(kind.name, ctx._cursor)
        done = ctx._shop.origin.call(ctx._cursor)
        if done is None:
            ctx._cursor += 0.005
            raise Overloaded(f"origin.{verb}({key!r}): the origin turns callers away")
        ctx._cursor = done
