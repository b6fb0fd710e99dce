"""
One store from many: a placement says which of them has a key, and which have copies of it.

Nobody is asked where a key is: all who know the same nodes find the same ones. So all must know
the same nodes, and a change of them must reach everybody.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from cachelab.hashing import PLACEMENTS, Placement
from cachelab.ports import Store
from cachelab.ports.codec import encode
from cachelab.ports.stores import Absent, check_key, check_ttl

from .prefetched import Prefetched
from .replicated import ReadRule, Replicated


class Sharded:
    """
    A `Store` over the `stores` of several nodes, each of which has a part of the keys.

    `placement` is a name out of `PLACEMENTS` or a placement of the same nodes. With one copy, a key
    is kept as it is by its owner, and its verbs promise what that store promises. While a node
    fails, its keys raise `StoreError` and all others are served.

    With more `copies`, the owner and those next in line hold a key, as a `Replicated` store with
    the rule `read`, which says what is promised: with "first" reads go on while one of them is
    left, with "quorum" sets and deletes too while more than half are. Let a node that fails cost
    one timeout and not one per call: `Resilient(store, failed_reads="raise")` for each of `stores`.

    `add_node` lets a node join and `remove_node` one leave. With copies and a placement that moves
    least, the next in line take over what they hold already: a node that died is removed without a
    wave of misses. An entry that moves stays behind where it was. If its new owner leaves again,
    the former one serves it as it then was: give entries a ttl, and let a node come back empty.

    Complexity: a lookup of the placement, and the trips of the store or the copies; `get_many` goes
    to each node once, one after the other, and again for what must be repaired.

    Raises:
        ValueError: a placement of other nodes, an unknown name, or more copies than nodes.
        StoreError: the stores that a key is on failed.

    >>> from cachelab.ports import MemoryStore
    >>> store = Sharded({name: MemoryStore() for name in "abc"}, placement="ring")
    >>> store.set_many({f"k{number}": number for number in range(6)})
    >>> store.nodes_for("k1"), store.get_many(["k5", "k1"])
    (['b'], {'k5': 5, 'k1': 1})
    >>> store.add_node("d", MemoryStore())
    >>> sum(store.nodes_for(f"k{number}") == ["d"] for number in range(1000)) / 1000
    0.25
    """

    def __init__(
        self,
        stores: Mapping[str, Store],
        placement: str | Placement = "ring",
        *,
        copies: int = 1,
        read: ReadRule = "quorum",
        forget_after: float = 86_400.0,
    ) -> None:
        self.stores = dict(stores)
        """The store of each node."""
        self.placement = _placement(placement, self.stores)
        if not 1 <= copies <= len(self.stores):
            raise ValueError(f"copies must be from 1 to {len(self.stores)} nodes, not {copies!r}")
        self.copies = copies
        self.read: ReadRule = read
        self.forget_after = forget_after
        Replicated(list(self.stores.values()), read, forget_after=forget_after)  # checks them
        self._groups: dict[tuple[str, ...], Replicated] = {}

    def nodes_for(self, key: str) -> list[str]:
        """Return the nodes that `key` is on, its owner first."""
        # Half a surrogate pair is text to a store, and has no UTF-8 to be placed by.
        name = check_key(key).encode("utf-8", "surrogatepass")
        return self.placement.nodes_for(name, self.copies)

    def add_node(self, node: str, store: Store, weight: float = 1) -> None:
        """
        Let `node` join with an empty `store`; it owns its part of the keys from now on.

        Raises:
            ValueError: the node is there already, or the placement refuses its weight.
        """
        if node in self.stores:
            raise ValueError(f"there is a node {node!r} already")
        self.stores = {**self.stores, node: store}  # whoever finds the node finds its store
        try:
            self.placement.add(node, weight)
        except BaseException:
            self.stores = {name: kept for name, kept in self.stores.items() if name != node}
            raise

    def remove_node(self, node: str) -> Store:
        """
        Let `node` leave, be it dead or alive; return its store, which is yours to close.

        Raises:
            ValueError: there is no such node, or fewer than `copies` would be left.
        """
        if node not in self.stores:
            raise ValueError(f"there is no node {node!r}")
        if len(self.stores) <= self.copies:
            raise ValueError(f"without {node!r} there are too few nodes for {self.copies} copies")
        self.placement.remove(node)
        store = self.stores[node]
        self.stores = {name: kept for name, kept in self.stores.items() if name != node}
        return store

    def get(self, key: str) -> Any | Absent:
        """Return the value of `key`, or MISSING."""
        return self._store_for(key).get(key)

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return the keys that are present with their values, in the order asked."""
        wanted = list(keys)
        parts = self._parts(wanted)
        ahead = self._fetch_ahead(parts)
        found: dict[str, Any] = {}
        for store, some in parts:
            if isinstance(store, Replicated):
                stores = [ahead.get(id(each), each) for each in store.stores]
                store = Replicated(stores, self.read, forget_after=self.forget_after)
            found.update(store.get_many(some))
        return {key: found[key] for key in wanted if key in found}

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        """Keep `value` under `key` for `ttl` seconds, or for good."""
        self._store_for(key).set(key, value, ttl)

    def set_many(self, entries: Mapping[str, Any], ttl: float | None = None) -> None:
        """Keep each of `entries` for `ttl` seconds; all are checked before the first is sent."""
        check_ttl(ttl)
        for value in entries.values():
            encode(value)
        for store, some in self._parts(entries):
            store.set_many({key: entries[key] for key in some}, ttl)

    def add(self, key: str, value: Any, ttl: float | None = None) -> bool:
        """Keep `value` under `key` if nothing is there; tell whether it was kept."""
        return self._store_for(key).add(key, value, ttl)

    def replace(self, key: str, old: Any, new: Any | Absent, ttl: float | None = None) -> bool:
        """Put `new`, or nothing if MISSING, in the place of `old`; tell whether that was there."""
        return self._store_for(key).replace(key, old, new, ttl)

    def delete(self, key: str) -> bool:
        """Drop `key`; tell whether it was there."""
        return self._store_for(key).delete(key)

    def ttl(self, key: str) -> float | Absent | None:
        """Return the seconds that `key` has left, None if it never expires, or MISSING."""
        return self._store_for(key).ttl(key)

    def clear(self) -> None:
        """Drop every entry of every node's store."""
        Replicated(list(self.stores.values())).clear()

    def close(self) -> None:
        """Close every node's store."""
        Replicated(list(self.stores.values())).close()

    def _store_for(self, key: str) -> Store:
        while True:
            try:
                return self._group(tuple(self.nodes_for(key)))
            except KeyError:  # a node that left between the two steps: look again
                continue

    def _group(self, nodes: tuple[str, ...]) -> Store:
        """Return the store that `nodes` are together."""
        if len(nodes) == 1:
            return self.stores[nodes[0]]
        stores = [self.stores[node] for node in nodes]
        group = self._groups.get(nodes)
        if group is None or group.stores != stores:
            group = Replicated(stores, self.read, forget_after=self.forget_after)
            self._groups[nodes] = group
        return group

    def _fetch_ahead(self, parts: Iterable[tuple[Store, list[str]]]) -> dict[int, Store]:
        """Fetch in one trip what each store will be asked for by its groups of copies."""
        asked: dict[int, tuple[Store, list[str]]] = {}
        for store, keys in parts:
            for each in store.stores[: store.reads] if isinstance(store, Replicated) else ():
                asked.setdefault(id(each), (each, []))[1].extend(keys)
        return {name: cast(Store, Prefetched(store, keys)) for name, (store, keys) in asked.items()}

    def _parts(self, keys: Iterable[str]) -> list[tuple[Store, list[str]]]:
        """Divide `keys` among the stores that they are on."""
        parts: dict[int, tuple[Store, list[str]]] = {}
        for key in keys:
            store = self._store_for(key)
            parts.setdefault(id(store), (store, []))[1].append(key)
        return list(parts.values())

    def __repr__(self) -> str:
        return f"Sharded({self.placement!r}, copies={self.copies})"


def _placement(placement: str | Placement, stores: Mapping[str, Store]) -> Placement:
    """Return the placement of the nodes that `stores` names."""
    if isinstance(placement, str):
        if placement not in PLACEMENTS:
            raise ValueError(f"placement must be one of {', '.join(PLACEMENTS)}, not {placement!r}")
        return PLACEMENTS[placement](list(stores))
    if set(placement.nodes) != set(stores):
        raise ValueError(f"{placement!r} is not a placement of the nodes {sorted(stores)!r}")
    return placement
