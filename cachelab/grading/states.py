"""
What an object of a learner's holds at one moment, attribute by attribute, and what has changed.

Nothing of the object is kept, only texts: the next call may change whatever is inside it.
"""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from typing import Any

from .tracing import shown

MOST_ITEMS = 5_000
"""So many items of a container are compared; what comes after them is only counted."""

LONGEST_ITEM = 60


@dataclass(frozen=True, slots=True)
class Held:
    """
    The value of one attribute: the items of a container, or all of it as its only item.

    The items of a dictionary are its keys, and `values` what it has for them. `marks` stand around
    the items of a container; they are empty for any other value.
    """

    items: tuple[str, ...]
    marks: str = ""
    count: int = 1
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.marks:
            return self.items[0]
        return f"{self.marks[0]}{', '.join(map(_entry, self.items, self._values))}{self.marks[1]}"

    @property
    def size(self) -> str:
        """How many items a container has; nothing for any other value."""
        return f"{self.count:,} item{'s' * (self.count != 1)}" if self.marks else ""

    @property
    def _values(self) -> tuple[str, ...]:
        return self.values or ("",) * len(self.items)

    def entries(self) -> dict[str, str]:
        """Return the items with their values, each once."""
        return dict(zip(self.items, self._values, strict=True))


def _entry(item: str, value: str) -> str:
    return f"{item}: {value}" if value else item


State = Mapping[str, Held]


def state_of(thing: object) -> State:
    """
    Return what the attributes of an object hold.

    Complexity: O(items in its containers).

    >>> from types import SimpleNamespace
    >>> {name: str(held) for name, held in state_of(SimpleNamespace(room=2, keys=["a"])).items()}
    {'room': '2', 'keys': "['a']"}
    """
    return {name: _held(value) for name, value in _attributes(thing)}


def _attributes(thing: object) -> Iterator[tuple[str, Any]]:
    slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    named = {name: getattr(thing, name) for name in slots if hasattr(thing, name)}
    yield from {**named, **getattr(thing, "__dict__", {})}.items()


def _held(value: Any) -> Held:
    if isinstance(value, Mapping):
        pairs = [(_brief(key), _brief(item)) for key, item in islice(value.items(), MOST_ITEMS)]
        keys, values = tuple(key for key, _ in pairs), tuple(item for _, item in pairs)
        return Held(keys, "{}", len(value), values)
    if isinstance(value, Set):
        return Held(tuple(sorted(map(_brief, islice(value, MOST_ITEMS)))), "{}", len(value))
    if isinstance(value, Sequence | deque) and not isinstance(value, str | bytes | range):
        items = tuple(map(_brief, islice(value, MOST_ITEMS)))
        return Held(items, "()" if isinstance(value, tuple) else "[]", len(value))
    return Held((shown(value),))


def _brief(value: object) -> str:
    text = shown(value)
    return text if len(text) <= LONGEST_ITEM else f"{text[: LONGEST_ITEM - 3]}..."


def change(before: Held | None, now: Held) -> str:
    """
    Return in a few words how a value differs from what it was; nothing if it does not.

    >>> change(Held(("1", "5"), "[]", 2), Held(("5", "7"), "[]", 2)), change(None, Held(("3",)))
    ('+ 7, - 1', '= 3')
    >>> change(Held(("a",), "{}", 1, ("1",)), Held(("a",), "{}", 1, ("2",)))
    'a: 1 -> 2'
    """
    if before == now:
        return ""
    if before is None or not (before.marks and now.marks):
        return f"= {now}"
    old, new = before.entries(), now.entries()
    came, went = Counter(now.items), Counter(before.items)
    signs = [
        f"{key}: {old[key]} -> {new[key]}" for key in new if new[key] != old.get(key, new[key])
    ]
    signs += [f"+ {_entry(item, new[item])}" for item in (came - went).elements()]
    signs += [f"- {_entry(item, old[item])}" for item in (went - came).elements()]
    return ", ".join(signs) or _other(before, now)


def _other(before: Held, now: Held) -> str:
    """Say what is new about a container with the same first items."""
    if before.count != now.count:
        return f"{now.count - before.count:+,} items"
    return "in another order" if before.items != now.items else f"= {now}"
