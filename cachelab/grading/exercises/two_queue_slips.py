"""
2Q as it becomes by one usual mistake about A1in, for the checks that are about something else.

Who has made that mistake has told it once: what comes later is right if it fits the cache as it is.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cachelab.grading.runs import Domain, Expectation

from .policy_models import TwoQueueModel


class Slipped(TwoQueueModel):
    """What these have in common: one way for a newcomer to leave, be A1in over Kin or not."""

    def victim_of_a1_in(self) -> tuple[Any, str]:
        """Return who leaves A1in."""
        kin, self.kin = self.kin, len(self.a1_in) - 1
        found = self.victim()
        self.kin = kin
        return found


class FewPlaces(Slipped):
    """Newcomers have Kin places and one more, however many are free."""

    more = 1

    def _put(self, key: Any, value: Any) -> Expectation:
        is_new = key not in self.values and key not in self.a1_out
        if is_new and self.a1_in and len(self.a1_in) >= self.kin + self.more:
            victim, why = self.victim_of_a1_in()
            del self.values[victim]
            self.gone[victim] = why
        return super()._put(key, value)


class KinPlaces(FewPlaces):
    """Newcomers have Kin places and no more."""

    more = 0


class YoungestGoes(TwoQueueModel):
    """The youngest newcomer goes."""

    def victim(self) -> tuple[Any, str]:
        if len(self.a1_in) > self.kin:
            self.a1_in.insert(0, self.a1_in.pop())
        return super().victim()


class UsedStays(TwoQueueModel):
    """A use makes a newcomer the youngest: A1in is no FIFO but an LRU."""

    def use(self, key: Any) -> None:
        if key in self.a1_in:
            self.a1_in.remove(key)
            self.a1_in.append(key)
        super().use(key)


class UseProves(TwoQueueModel):
    """A second use proves a newcomer at once."""

    def use(self, key: Any) -> None:
        if key in self.a1_in:
            self.a1_in.remove(key)
            self.am.append(key)
        super().use(key)


class RatiosSwapped(Slipped):
    """Each ratio is taken for the other."""

    def __init__(self, capacity: int, kin_ratio: float = 0.25, kout_ratio: float = 0.5) -> None:
        super().__init__(capacity, kout_ratio, kin_ratio)

    def victim(self) -> tuple[Any, str]:
        is_all_a1_in = not self.am and len(self.a1_in) <= self.kin
        return self.victim_of_a1_in() if is_all_a1_in else super().victim()


SLIPS = (FewPlaces, KinPlaces, YoungestGoes, UsedStays, UseProves, RatiosSwapped)


def with_slips(domain: Domain) -> Iterator[Domain]:
    """Give the runs of a domain, and how they have to go after each of these mistakes."""
    return (replace(domain, model=model) for model in (TwoQueueModel, *SLIPS))
