"""
The reference designs by name, from the one that does nothing to the one that knows everything.
"""

from functools import lru_cache

from .designs import aside, careful, clairvoyant, huge, none
from .families import FAMILIES, faulty, workload
from .playing import Contestant, Everyday, play
from .records import Figures
from .scoring import DayScore

REFERENCES: dict[str, Contestant] = {
    "none": Everyday(none.Design),
    "aside": Everyday(aside.Design),
    "huge": Everyday(huge.Design),
    "careful": Everyday(careful.Design),
    "clairvoyant": clairvoyant.maker,
}


@lru_cache(maxsize=256)
def pain_of(reference: str, family: str, seed: int | str) -> float:
    """
    Return what a read costs a user of a reference design, in milliseconds; each day is played once.

    Raises:
        ValueError: there is no such design, family or fault.
    """
    if reference not in REFERENCES:
        raise ValueError(f"there is no design {reference!r}; there are {', '.join(REFERENCES)}")
    day = workload(family, seed) if family in FAMILIES else faulty(family, seed)
    return play(REFERENCES[reference], day).pain_ms


def scored(figures: Figures, seed: int | str) -> DayScore:
    """Put what a design did on a day beside who has no cache and who knows everything."""
    none, clairvoyant = (pain_of(who, figures.workload, seed) for who in ("none", "clairvoyant"))
    return DayScore(figures, none, clairvoyant)
