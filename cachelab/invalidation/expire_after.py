"""
Entries that end by the clock: a longest life for each kind of key, a little different for each.

It is the scheme that needs nobody to remember anything, so it stays under all the others as the
bound on how long their mistakes last. Entries stored together must not end together, or all their
readers come to the database in the same moment; hence the jitter.
"""

import random
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, ClassVar

from cachelab.ports import Store
from cachelab.ports.codec import encode
from cachelab.ports.stores import Absent, check_key, check_ttl

from .base import StoreAround

LOTS = 8
"""How many different lives `set_many` gives to keys under one rule: one round trip for each."""


class ExpireAfter(StoreAround):
    """
    A store in which no entry outlives the rule for its key.

    `rules` are seconds by prefix; the longest prefix of a key counts, and `default` for keys with
    none (None: no bound). A life under a rule of t seconds is drawn between `t * (1 - jitter)` and
    t. A shorter ttl given with the entry is kept as it is, a longer one is cut.

    Staleness: at most the rule, whoever forgets to invalidate. Nothing is promised within it.

    Round trips: 1 per verb, as without; `set_many` takes up to 8 for each rule that its keys meet.

    Complexity: O(number of different prefix lengths) to find the rule of a key.

    Raises:
        ValueError: a rule or the default is no ttl, or jitter is not in [0, 1).

    >>> from cachelab.ports import MemoryStore
    >>> rules = {"product:": 3600, "product:price:": 60, "page:": 86_400}
    >>> store = ExpireAfter(MemoryStore(), rules, default=300, jitter=0)
    >>> store.set("product:price:7", 995)
    >>> [round(store.life(key)) for key in ("product:price:7", "product:7", "cart:7")]
    [60, 3600, 300]
    >>> round(store.ttl("product:price:7"))
    60
    """

    name: ClassVar[str] = "expire_after"

    def __init__(
        self,
        store: Store,
        rules: Mapping[str, float] | None = None,
        *,
        default: float | None = None,
        jitter: float = 0.1,
        rng: random.Random | None = None,
    ) -> None:
        super().__init__(store)
        self.rules = dict(rules or {})
        for prefix, seconds in self.rules.items():
            check_key(prefix)
            if seconds is None:
                raise ValueError(f"the rule for {prefix!r} must be seconds, not None")
            check_ttl(seconds)
        if not 0 <= jitter < 1:
            raise ValueError(f"jitter must be at least 0 and below 1, not {jitter!r}")
        self.default = check_ttl(default)
        self.jitter = jitter
        self.rng = random.Random() if rng is None else rng
        self._lengths = sorted({len(prefix) for prefix in self.rules}, reverse=True)

    def life(self, key: str) -> float | None:
        """Return the longest life of `key` in seconds, before jitter; None without a bound."""
        for length in self._lengths:
            seconds = self.rules.get(key[:length])
            if seconds is not None:
                return seconds
        return self.default

    def set_many(self, entries: Mapping[str, Any], ttl: float | None = None) -> None:
        """Keep each of `entries` as long as its rule and `ttl` allow."""
        check_ttl(ttl)
        for value in entries.values():
            encode(value)  # all are checked before the first is kept
        for life, lot in self._lots(entries, ttl):
            self.store.set_many(lot, life)

    def add(self, key: str, value: Any, ttl: float | None = None) -> bool:
        """Keep `value` under `key`, as long as the rule allows, if nothing is there."""
        return self.store.add(key, value, self._bounded(check_key(key), ttl))

    def replace(self, key: str, old: Any, new: Any | Absent, ttl: float | None = None) -> bool:
        """Put `new` in the place of `old`, as long as the rule allows, if `old` is there."""
        return self.store.replace(key, old, new, self._bounded(check_key(key), ttl))

    def _bounded(self, key: str, ttl: float | None) -> float | None:
        check_ttl(ttl)
        life = self.life(key)
        if life is None:
            return ttl
        drawn = life * (1 - self.jitter * self.rng.random())
        return drawn if ttl is None else min(ttl, drawn)

    def _lots(
        self, entries: Mapping[str, Any], ttl: float | None
    ) -> list[tuple[float | None, dict[str, Any]]]:
        by_rule: dict[float | None, list[str]] = defaultdict(list)
        for key in entries:
            by_rule[self.life(check_key(key))].append(key)
        lots = []
        for keys in by_rule.values():
            count = min(LOTS, len(keys)) if self.jitter else 1
            for first in range(count):
                lot = {key: entries[key] for key in keys[first::count]}
                lots.append((self._bounded(keys[0], ttl), lot))
        return lots
