"""
A cache and its policy in one piece: the short way of a plain `Cache(FIFO(n))`, `LRU` or `LFU`.

`Cache` calls its policy at each request and keeps the values in a map beside the policy's. So it
serves any policy, and so half of its time goes into calls and a second map. Here the same steps are
written out over the policy's own containers, which hold the values as well. They are functions, not
methods: what a function has around it is found faster than what `self` has.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from .base import Key
from .fifo import FIFO
from .lfu import LFU
from .lru import LRU
from .mapping import ABSENT

if TYPE_CHECKING:
    from .cache import Cache

Entries = OrderedDict[Key, Any]
"""A policy's container of keys, with the values of the cache beside them."""
Verb = Callable[..., Any]


def fuse(cache: "Cache") -> None:
    """
    Give `cache`, which has no limits so far, the `get` and `put` written for its policy, if any.

    They hand over to those of the class for good at the first `put` with a time to live, or once
    somebody wants to hear of evictions. A subclass of a policy may do other things: it has none.
    """
    if type(cache.policy) in _WRITTEN_OUT:
        values, get, put = _WRITTEN_OUT[type(cache.policy)]
        cache._values = entries = values(cache.policy)
        made = get(cache, entries), put(cache, entries)
        cache.get, cache.put = made  # type: ignore[method-assign]


def _part(cache: "Cache") -> None:
    """Give `cache` a map of its own for the values, and leave the policy the keys."""
    if cache._prepares:
        return
    shared, cache._values, cache._prepares = cache._values, dict(cache._values), True
    for entries in shared.shelves.values() if isinstance(shared, Shelved) else [shared]:
        entries.update(dict.fromkeys(entries))


def _fifo_get(cache: "Cache", entries: Entries) -> Verb:
    long_get, find = cache.get, entries.get

    def get(key: Key, default: Any = None) -> Any:
        if cache._prepares:
            return long_get(key, default)
        value = find(key, ABSENT)
        if value is ABSENT:
            cache.stats.misses += 1
            return default
        cache.stats.hits += 1
        return value

    return get


def _fifo_put(cache: "Cache", entries: Entries) -> Verb:
    long_put, popitem, capacity = cache.put, entries.popitem, cache.capacity

    def put(key: Key, value: Any, ttl: float | None = None) -> None:
        if cache._prepares or ttl is not None or cache.on_evict is not None:
            _part(cache)
            return long_put(key, value, ttl)
        entries[key] = value
        if len(entries) > capacity:
            popitem(last=False)
            cache.stats.evictions += 1
        return None

    return put


def _lru_get(cache: "Cache", entries: Entries) -> Verb:
    long_get, find, move_to_end = cache.get, entries.get, entries.move_to_end

    def get(key: Key, default: Any = None) -> Any:
        if cache._prepares:
            return long_get(key, default)
        value = find(key, ABSENT)
        if value is ABSENT:
            cache.stats.misses += 1
            return default
        cache.stats.hits += 1
        move_to_end(key)
        return value

    return get


def _lru_put(cache: "Cache", entries: Entries) -> Verb:
    long_put, capacity = cache.put, cache.capacity
    popitem, move_to_end = entries.popitem, entries.move_to_end

    def put(key: Key, value: Any, ttl: float | None = None) -> None:
        if cache._prepares or ttl is not None or cache.on_evict is not None:
            _part(cache)
            return long_put(key, value, ttl)
        entries[key] = value
        if len(entries) > capacity:
            popitem(last=False)
            cache.stats.evictions += 1
        else:
            move_to_end(key)
        return None

    return put


class Shelved(Mapping[Key, Any]):
    """The values that stand on the shelves of an LFU policy, as one map."""

    def __init__(self, lfu: LFU) -> None:
        self.lfu = lfu
        self.count = lfu.count
        self.shelves: dict[int, Entries] = lfu.shelves

    def __getitem__(self, key: Key) -> Any:
        return self.shelves[self.count[key]][key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self.count)

    def __len__(self) -> int:
        return len(self.count)

    def pop(self, _key: Key, default: Any = None) -> Any:
        return default  # the policy removed the key before, and its value with it


def _lfu_get(cache: "Cache", shelved: Shelved) -> Verb:
    long_get, find = cache.get, shelved.count.get
    lfu, count_of, shelves = shelved.lfu, shelved.count, shelved.shelves

    def get(key: Key, default: Any = None) -> Any:
        if cache._prepares:
            return long_get(key, default)
        count = find(key)
        if count is None:
            cache.stats.misses += 1
            return default
        cache.stats.hits += 1
        count_of[key] = above = count + 1
        shelf = shelves[count]
        value = shelf[key]
        if len(shelf) > 1:
            del shelf[key]
            if above not in shelves:
                shelves[above] = OrderedDict()
            shelves[above][key] = value
            return value
        # The key stood alone. Its shelf goes, or rises with it: a new one would be dear.
        del shelves[count]
        if count == lfu.lowest:
            lfu.lowest = above
        if above in shelves:
            shelves[above][key] = value
        else:
            shelves[above] = shelf
        return value

    return get


def _lfu_put(cache: "Cache", shelved: Shelved) -> Verb:
    long_put, capacity = cache.put, cache.capacity
    lfu, count_of, shelves = shelved.lfu, shelved.count, shelved.shelves

    def put(key: Key, value: Any, ttl: float | None = None) -> None:
        if cache._prepares or ttl is not None or cache.on_evict is not None:
            _part(cache)
            return long_put(key, value, ttl)
        if key in count_of:
            lfu.hit(key)
            shelves[count_of[key]][key] = value
            return None
        if len(count_of) == capacity:
            lowest = shelves[lfu.lowest]
            del count_of[lowest.popitem(last=False)[0]]
            if not lowest:
                del shelves[lfu.lowest]
            cache.stats.evictions += 1
        count_of[key] = lfu.lowest = 1
        if 1 not in shelves:
            shelves[1] = OrderedDict()
        shelves[1][key] = value
        return None

    return put


_WRITTEN_OUT: dict[type, tuple[Callable[[Any], Any], Callable[..., Verb], Callable[..., Verb]]] = {
    FIFO: (attrgetter("queue"), _fifo_get, _fifo_put),
    LRU: (attrgetter("recency"), _lru_get, _lru_put),
    LFU: (Shelved, _lfu_get, _lfu_put),
}
"""For a policy: what holds the values, and what makes `get` and `put` over it."""
