"""
What a cache object holds at one moment, read off its attributes without running its code.

A lane is one container drawn as a row of keys. Dicts, lists, sets, shelves (containers inside a
dict) and hand-made linked lists are lanes; numbers are kept by name; locks, callables and values
are passed over. Only keys that were asked for count as keys, so a list of timestamps is no lane.
"""

import re
import sys
from collections import OrderedDict, deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

MAX_KEYS = 64
"""More keys than this in one row is no picture any more."""

FORWARD = ("next", "nxt", "next_node", "newer", "younger", "right", "after", "succ", "successor")
BACKWARD = ("prev", "previous", "prv", "prev_node", "older", "left", "before", "pred")
KEY_NAMES = ("key", "k", "name", "item", "data", "value", "val")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """
    The containers of a cache at one moment.

    `lanes` maps a container's name to its keys in order, `notes` a container's name to the number
    it keeps for each key (LFU's counts), `numbers` an attribute's name to its value. `indexes` are
    the lanes for looking up, whose order means nothing; `residents` are the keys whose values are
    there too, as opposed to ghosts.
    """

    lanes: Mapping[str, tuple[Hashable, ...]] = field(default_factory=dict)
    notes: Mapping[str, Mapping[Hashable, float]] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    indexes: frozenset[str] = frozenset()
    residents: frozenset[Hashable] = frozenset()


class LaneReader:
    """
    A reader of one cache object's containers; made while that cache is still empty.

    Whatever list nodes an empty cache already holds are sentinels: they are never shown as keys.
    `known` are the keys of the run, `values` grows as the run stores values: a key is resident
    where its value is.

    Complexity: O(keys held) for each `read`.

    >>> from cachelab.eviction import LRU
    >>> lru = LRU(2)
    >>> reader = LaneReader(lru, known={"a", "b"})
    >>> _ = lru.insert("b"), lru.insert("a")
    >>> dict(reader.read().lanes)
    {'recency': ('b', 'a')}
    """

    def __init__(self, subject: object, known: Iterable[Hashable]) -> None:
        self.subject = subject
        self.known = frozenset(known)
        self.values: dict[Hashable, object] = {}
        self._sentinels: dict[int, object] = {}
        reading = _Reading(self)
        reading.look_inside(subject, "", 0)
        self._sentinels = dict(reading.nodes)

    def read(self) -> Snapshot:
        """Return the containers as they are now."""
        reading = _Reading(self)
        reading.look_inside(self.subject, "", 0)
        held = set().union(*reading.with_values) if reading.with_values else None
        every = set().union(*reading.lanes.values())
        residents = frozenset(every if held is None else held)
        return Snapshot(
            reading.lanes, reading.notes, reading.numbers, frozenset(reading.indexes), residents
        )

    def is_sentinel(self, node: object) -> bool:
        key = _key_in_node(node)
        return id(node) in self._sentinels or not isinstance(key, Hashable) or key not in self.known


class _Reading:
    """One pass over the attributes of one object."""

    def __init__(self, reader: LaneReader) -> None:
        self.reader = reader
        self.known = reader.known
        self.lanes: dict[str, tuple[Hashable, ...]] = {}
        self.notes: dict[str, dict[Hashable, float]] = {}
        self.numbers: dict[str, float] = {}
        self.indexes: set[str] = set()
        self.with_values: list[tuple[Hashable, ...]] = []
        self.nodes: dict[int, object] = {}
        self._seen: set[int] = set()

    def look_inside(self, thing: object, prefix: str, depth: int) -> None:
        """Take the containers among the attributes of `thing`, and of its parts one level down."""
        self._seen.add(id(thing))
        if isinstance(thing, dict | list | deque | set):
            self.take(prefix or "self", thing, depth)
        chains = []
        for name, value in attributes(thing):
            shown = f"{prefix}.{name}" if prefix else name
            if _is_node(value):
                chains.append((shown, self._walk(value)))
            else:
                self.take(shown, value, depth)
        self._take_chains(chains)

    def take(self, name: str, value: Any, depth: int) -> None:
        """Take one attribute's value: a number, a container, an object of parts, or nothing."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            self.numbers[name] = value
        elif isinstance(value, dict):
            self._take_dict(name, value, depth)
        elif isinstance(value, list | tuple | deque | set | frozenset):
            self._take_row(name, value, depth)
        elif depth < 2 and _is_own_object(value) and id(value) not in self._seen:
            self.look_inside(value, name, depth + 1)

    def _take_dict(self, name: str, value: dict[Any, Any], depth: int) -> None:
        items = list(_items(value))
        if self._are_shelves([shelf for _, shelf in items]):
            for label, shelf in sorted(items, key=lambda item: _sort_key(item[0])):
                self.take(f"{name} {label}", shelf, depth + 1)
            return
        kept = [(key, entry) for key, entry in items if key in self.known]
        if items and not kept:
            return
        self._add(name, tuple(key for key, _ in kept), [entry for _, entry in kept])
        notes = {key: entry for key, entry in kept if self._is_note(key, entry)}
        if notes:
            self.notes[name] = notes
        # A table of counts or of list nodes is there for looking up.
        if notes or any(_is_own_object(entry) for _, entry in kept):
            self.indexes.add(name)

    def _take_row(self, name: str, value: Iterable[Any], depth: int) -> None:
        row = sorted(value, key=repr) if isinstance(value, set | frozenset) else list(value)
        if self._are_shelves(row):
            for label, shelf in enumerate(row):
                self.take(f"{name} {label}", shelf, depth + 1)
            return
        found = [(self._key_of(entry), entry) for entry in row]
        kept = [(key, entry) for key, entry in found if key is not None]
        if row and not kept:
            return
        self._add(name, tuple(key for key, _ in kept), [entry for _, entry in kept])

    def _take_chains(self, chains: list[tuple[str, list[object]]]) -> None:
        """Take the linked lists; one that is part of another (from the tail on) is not shown."""
        sets = [{id(node) for node in chain} for _, chain in chains]
        for place, (name, chain) in enumerate(chains):
            mine = sets[place]
            if any(mine < other for other in sets) or mine in sets[:place]:
                continue
            real = [node for node in chain if not self.reader.is_sentinel(node)]
            self._add(_list_name(name), tuple(_key_in_node(node) for node in real), real)

    def _walk(self, node: object) -> list[object]:
        """Follow the links from `node` until None or a node already seen."""
        chain: list[object] = []
        seen: set[int] = set()
        while _is_node(node) and id(node) not in seen and len(chain) <= MAX_KEYS + 2:
            seen.add(id(node))
            chain.append(node)
            node = _link(node)
        self.nodes |= {id(step): step for step in chain}
        return chain

    def _add(self, name: str, keys: tuple[Hashable, ...], entries: list[object]) -> None:
        self.lanes[name] = keys[:MAX_KEYS]
        if any(self._holds_value(key, entry) for key, entry in zip(keys, entries, strict=True)):
            self.with_values.append(keys)

    def _holds_value(self, key: Hashable, entry: object) -> bool:
        if key not in self.reader.values:
            return False
        value = self.reader.values[key]
        if entry is value:
            return True
        if isinstance(entry, tuple | list):
            return any(part is value for part in entry)
        return _is_own_object(entry) and any(part is value for _, part in attributes(entry))

    def _is_note(self, key: Hashable, entry: object) -> bool:
        return isinstance(entry, int | float) and entry is not self.reader.values.get(key)

    def _are_shelves(self, row: list[Any]) -> bool:
        """Tell whether `row` is a row of containers that hold known keys and nothing else."""
        if not row or not all(_is_shelf(shelf) for shelf in row):
            return False
        contents = [key for shelf in row for key in self._shelf_keys(shelf)]
        return bool(contents) and all(self._is_known(key) for key in contents)

    def _shelf_keys(self, shelf: Any) -> Iterable[Any]:
        if not _is_own_object(shelf) or isinstance(shelf, dict | list | set | deque):
            return list(islice(iter(shelf), MAX_KEYS))
        inner = _Reading(self.reader)
        inner.look_inside(shelf, "", 1)
        return [key for keys in inner.lanes.values() for key in keys]

    def _key_of(self, entry: object) -> Hashable:
        """Return the key that a list's entry stands for: itself, a node's, or one in a tuple."""
        if self._is_known(entry):
            return entry
        if isinstance(entry, tuple | list):
            return next((part for part in entry if self._is_known(part)), None)
        if _is_own_object(entry):
            key = _key_in_node(entry)
            return key if self._is_known(key) else None
        return None

    def _is_known(self, key: object) -> bool:
        return isinstance(key, Hashable) and not _is_unhashable_tuple(key) and key in self.known


def attributes(thing: object) -> Iterator[tuple[str, Any]]:
    """Yield the stored attributes of `thing`, slots included, under their bare names."""
    for kind in type(thing).__mro__:
        slots = vars(kind).get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            mangled = f"_{kind.__name__.lstrip('_')}{slot}" if slot.startswith("__") else slot
            member = vars(kind).get(mangled)
            try:
                yield bare(slot), member.__get__(thing)  # type: ignore[union-attr]
            except AttributeError:
                continue
    stored = getattr(thing, "__dict__", None)
    if isinstance(stored, dict):
        yield from ((bare(name), value) for name, value in list(stored.items()))


def bare(name: str) -> str:
    """Return an attribute's name without underscores in front or the class's mangling."""
    return re.sub(r"^_[A-Za-z]\w*?__(?=\w)", "", name).lstrip("_") or name


def _items(mapping: dict[Any, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the items without calling a method that a subclass may have overridden."""
    if isinstance(mapping, OrderedDict):
        return ((key, dict.__getitem__(mapping, key)) for key in OrderedDict.__iter__(mapping))
    return iter(list(dict.items(mapping)))


def _is_own_object(value: object) -> bool:
    """Tell whether the class of `value` was written by somebody, not shipped with Python."""
    return type(value).__module__.partition(".")[0] not in sys.stdlib_module_names


def _is_shelf(value: object) -> bool:
    if isinstance(value, dict | set | deque | list):
        return True
    return _is_own_object(value) and not _is_node(value) and not isinstance(value, type)


def _is_node(value: object) -> bool:
    if not _is_own_object(value) or isinstance(value, type):
        return False
    names = {name for name, _ in attributes(value)}
    return any(name in names for name in FORWARD + BACKWARD)


def _link(node: object) -> object:
    stored = dict(attributes(node))
    return next((stored[name] for name in FORWARD + BACKWARD if name in stored), None)


def _key_in_node(node: object) -> Any:
    stored = dict(attributes(node))
    return next((stored[name] for name in KEY_NAMES if name in stored), None)


def _list_name(name: str) -> str:
    """Return the owner's name for `order.head`, and a bare `head` as it is."""
    return name.rpartition(".")[0] or name


def _is_unhashable_tuple(key: object) -> bool:
    return isinstance(key, tuple) and not all(isinstance(part, Hashable) for part in key)


def _sort_key(label: object) -> tuple[bool, Any]:
    return (True, repr(label)) if not isinstance(label, int | float) else (False, label)
