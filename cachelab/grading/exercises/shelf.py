"""
The shelf of exercises: each is fetched when somebody asks for it.

A process that judges one exercise has no use for the models of fourteen others, and a class is
judged by several such processes.
"""

from collections.abc import Iterable, Iterator, MutableMapping
from importlib import import_module

from cachelab.grading.exercise import Exercise


class Shelf(MutableMapping[str, Exercise]):
    """
    Exercises by id: "ex07" is `EX07` of the module `ex07` beside this one.

    >>> Shelf(["ex07"])["ex07"].title
    'LRU cache'
    """

    def __init__(self, ids: Iterable[str]) -> None:
        self._fetched: dict[str, Exercise | None] = dict.fromkeys(ids)

    def __getitem__(self, name: str) -> Exercise:
        found = self._fetched[name]
        if found is None:
            module = import_module(f"{__package__}.{name}")
            found = self._fetched[name] = getattr(module, name.upper())
        return found

    def __setitem__(self, name: str, exercise: Exercise) -> None:
        self._fetched[name] = exercise

    def __delitem__(self, name: str) -> None:
        del self._fetched[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fetched)

    def __len__(self) -> int:
        return len(self._fetched)
