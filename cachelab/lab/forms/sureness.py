"""
How sure a learner said to be of predictions, against how often they came true.

Who is well calibrated is right seven times in ten where he says 70 %. A few answers say little.
"""

from collections.abc import Iterable
from dataclasses import dataclass

FEW = 10
"""With fewer answers a share tells next to nothing: one more right is ten per cent and more."""


@dataclass(frozen=True, slots=True)
class Stated:
    """Predictions made equally sure: how sure, in per cent, and how many of them came true."""

    sure: int
    right: int
    count: int

    @property
    def achieved(self) -> int:
        """The per cent that came true."""
        return round(100 * self.right / self.count)

    def __str__(self) -> str:
        few = ", few to go by" if self.count < FEW else ""
        return (
            f"Where you said {self.sure} % you were right {self.right} of {self.count} times, "
            f"{self.achieved} %{few}."
        )


def stated(answers: Iterable[tuple[int | None, bool]]) -> tuple[Stated, ...]:
    """
    Return what became of answers `(sure, is right)` by how sure they were, the least sure first.

    >>> [str(one) for one in stated([(90, True), (None, True), (50, False), (90, False)])][1]
    'Where you said 90 % you were right 1 of 2 times, 50 %, few to go by.'
    """
    by_step: dict[int, list[bool]] = {}
    for sure, is_right in answers:
        if sure is not None:
            by_step.setdefault(sure, []).append(is_right)
    return tuple(Stated(sure, sum(came), len(came)) for sure, came in sorted(by_step.items()))
