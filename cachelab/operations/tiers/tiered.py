"""
Two tiers: copies in this process, in nanoseconds, before a store that all processes share.

The copies are what makes it hard. A write goes to the shared store and drops the copy here; the
copies of other processes are dropped by news over a channel, and end by themselves soon after if
no news comes. A value read before a write and arriving after it finds no place.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cachelab.invalidation import Channel
from cachelab.operations.resilience.telling import tell
from cachelab.ports import MISSING, Runtime, Store, ThreadRuntime
from cachelab.ports.codec import decode, encode
from cachelab.ports.stores import Absent, check_key, check_ttl

from .fills import Fills
from .traffic import Read, Write, size_of


class Tiered:
    """
    A `Store` that keeps copies of the shared store `far` in `near`, each for `near_ttl` seconds.

    `near` belongs to this one; a `LocalStore` is bounded by any eviction policy. With `inherit` a
    copy also ends with its entry in `far`, so a value is never older than the shared store lets it
    be; without, ages add up (`longest_staleness` does the sum). `channel` brings and takes the news
    of writes; where it may have missed some, all copies are dropped. `on_traffic` is told of each
    key that is read or written, `Ratios` for instance.

    Staleness: what the channel takes, as long as all who write use a `Tiered` on it; else, and
    without a channel, `near_ttl`. A write of this process is seen by it at once. A server that
    tells by itself who wrote what needs no channel: see `tracked`.

    Round trips: a near hit is 0; a miss 2 with `inherit` (its ttl, then its value), 1 without or if
    there is nothing; a write 1, and 1 for the news, also if many keys are written at once.
    `get_many` takes 1 for all that is not near, and keeps them near only without `inherit`.

    Raises:
        ValueError: `near_ttl` is no time to live, or both tiers are one store.

    >>> from cachelab.eviction import LRU
    >>> from cachelab.invalidation import MemoryChannel
    >>> from cachelab.ports import MemoryStore
    >>> from cachelab.operations.tiers import LocalStore
    >>> far, channel = MemoryStore(), MemoryChannel()
    >>> one, two = (Tiered(LocalStore(LRU(1_000)), far, channel=channel) for _ in range(2))
    >>> one.set("price:7", 995)
    >>> two.get("price:7"), two.near.get("price:7")
    (995, 995)
    >>> one.set("price:7", 1_095)
    >>> two.near.get("price:7"), two.get("price:7")
    (MISSING, 1095)
    """

    def __init__(
        self,
        near: Store,
        far: Store,
        *,
        near_ttl: float = 10.0,
        inherit: bool = True,
        channel: Channel | None = None,
        runtime: Runtime | None = None,
        on_traffic: Callable[[Read | Write], object] | None = None,
    ) -> None:
        if near is far:
            raise ValueError(f"two tiers are two stores, not {near!r} twice")
        if check_ttl(near_ttl) is None:
            raise ValueError("near_ttl must be seconds, not None")
        self.near, self.far, self.near_ttl, self.inherit = near, far, near_ttl, inherit
        self.channel, self.on_traffic = channel, on_traffic
        self.runtime: Runtime = ThreadRuntime() if runtime is None else runtime
        self._fills = Fills(near, self.runtime)
        self._me = uuid.uuid4().hex
        self._listening = channel and channel.subscribe(self._hear, self._distrust)

    def get(self, key: str) -> Any | Absent:
        """Return the value of `key` from near, or from the shared store."""
        value = self.near.get(check_key(key))
        if value is MISSING:
            value = self._fetch(key)
            self._told_read(key, "far", value)
        else:
            self._told_read(key, "near", value)
        return value

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return those that are near, and ask for the rest in one go, in the order asked."""
        wanted = list(dict.fromkeys(check_key(key) for key in keys))
        near = self.near.get_many(wanted)
        far = self._fetch_many([key for key in wanted if key not in near])
        for key in wanted:
            found = near.get(key, MISSING)
            layer = "far" if found is MISSING else "near"
            self._told_read(key, layer, far.get(key, MISSING) if found is MISSING else found)
        both = near | far
        return {key: both[key] for key in wanted if key in both}

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        """Keep `value` in the shared store, and drop all copies."""
        self.set_many({key: value}, ttl)

    def set_many(self, entries: Mapping[str, Any], ttl: float | None = None) -> None:
        """Keep each of `entries` in the shared store, and drop all copies; one piece of news."""
        try:
            self.far.set_many(entries, ttl)
        finally:
            self._changed(*entries)
        for key, value in entries.items():
            self._told_write(key, value)

    def add(self, key: str, value: Any, ttl: float | None = None) -> bool:
        """Keep `value` in the shared store if nothing is there; tell whether it was kept."""
        added = True
        try:
            added = self.far.add(key, value, ttl)
        finally:
            # Where copies end with their entries, what was not there has no copies elsewhere.
            self._changed(key, is_news=added and not self.inherit)
        return added

    def replace(self, key: str, old: Any, new: Any | Absent, ttl: float | None = None) -> bool:
        """Put `new` in the place of `old` in the shared store; tell whether that was there."""
        replaced = True
        try:
            replaced = self.far.replace(key, old, new, ttl)
        finally:
            self._changed(key, is_news=replaced)
        if replaced and new is not MISSING:
            self._told_write(key, new)
        return replaced

    def delete(self, key: str) -> bool:
        """Drop `key` everywhere; tell whether the shared store had it."""
        try:
            return self.far.delete(key)
        finally:
            self._changed(key)

    def ttl(self, key: str) -> float | Absent | None:
        """Return the seconds that `key` has left in the shared store."""
        return self.far.ttl(key)

    def clear(self) -> None:
        """Drop every entry of the shared store, and all copies."""
        try:
            self.far.clear()
        finally:
            self._fills.drop_all()
            self._publish(["cleared", self._me])

    def close(self) -> None:
        """Listen no longer, and close both stores; the channel is closed by whoever made it."""
        if self._listening is not None:
            self._listening.close()
        self.near.close()
        self.far.close()

    def _fetch(self, key: str) -> Any | Absent:
        """Fetch `key`, and keep a copy unless it is written meanwhile."""
        began = self.runtime.now()
        with self._fills.of([key]) as fill:
            # The ttl first: if another entry comes between, the copy ends too early, not too late.
            left = self.far.ttl(key) if self.inherit else None
            if left is MISSING:
                return MISSING
            value = self.far.get(key)
            if value is not MISSING:
                fill.keep({key: value}, self._life(began, left))
        return value

    def _fetch_many(self, keys: list[str]) -> dict[str, Any]:
        if self.inherit or not keys:
            return self.far.get_many(keys)
        began = self.runtime.now()
        with self._fills.of(keys) as fill:
            found = self.far.get_many(keys)
            fill.keep(found, self._life(began, None))
        return found

    def _life(self, began: float, left: float | None) -> float:
        """Return the seconds that a copy has from now, of those it had when it was asked for."""
        life = self.near_ttl if left is None else min(self.near_ttl, left)
        return life - (self.runtime.now() - began)

    def _changed(self, *keys: str, is_news: bool = True) -> None:
        for key in keys:
            self._fills.drop(check_key(key))
        if is_news and keys:
            self._publish(["changed", self._me, *keys])

    def _publish(self, news: list[str]) -> None:
        if self.channel is not None:
            self.channel.publish(encode(news))

    def _hear(self, message: bytes) -> None:
        try:
            what, sender, *keys = map(check_key, decode(message))
        except (ValueError, TypeError):
            self._distrust("a message could not be read")
            return
        if sender == self._me:
            return
        if what != "changed":
            self._fills.drop_all()
        for key in keys:
            self._fills.drop(key)

    def _distrust(self, why: str) -> None:  # noqa: ARG002
        self._fills.drop_all()

    def _told_read(self, key: str, layer: str, value: Any) -> None:
        if self.on_traffic is not None:
            is_found = value is not MISSING
            tell(self.on_traffic, Read(key, layer if is_found else None, size_of(value)))

    def _told_write(self, key: str, value: Any) -> None:
        if self.on_traffic is not None:
            tell(self.on_traffic, Write(key, size_of(value)))

    def __repr__(self) -> str:
        return f"Tiered({self.near!r}, {self.far!r})"
