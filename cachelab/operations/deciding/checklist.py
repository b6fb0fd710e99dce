"""
Five questions to ask before any tree: each with the number that answers it.
"""

from dataclasses import dataclass

from .situation import Situation


@dataclass(frozen=True, slots=True)
class Check:
    """A question, whether its answer speaks for a cache, and the number behind it."""

    question: str
    speaks_for: bool
    because: str


def checklist(facts: Situation) -> tuple[Check, ...]:
    """
    The five questions on `facts`: read or written, changing, slow, allowed to be old, shared.

    They find what to look at; `recommend` decides, since one of them can outweigh the others.

    >>> page = Situation(
    ...     reads=2, writes=0.01, origin=0.05, lookup=0.001, staleness=30, target=0.02
    ... )
    >>> for check in checklist(page):
    ...     print(check.speaks_for, check.because)
    True 200 reads a write
    True a row changes every 100 s, and is read every 0.5 s
    True the source takes 50 times as long as a look into the cache
    True an answer may be 30 s old
    True everybody may be given the same copy
    """
    return (
        Check(
            "Is it read more often than written?",
            facts.reads > facts.writes,
            f"{facts.reads / facts.writes:.4g} reads a write" if facts.writes else "never written",
        ),
        Check("Does it change rarely, seen by a reader?", facts.uses >= 1, _change(facts)),
        Check(
            "Does the source take long, beside a look into the cache?",
            facts.origin > facts.lookup + facts.fill,
            _slowness(facts),
        ),
        Check(
            "May an answer be old for a while?",
            facts.staleness > 0,
            f"an answer may be {facts.staleness:g} s old" if facts.staleness else "not at all",
        ),
        Check(
            "Is one answer good for many?",
            not facts.is_private,
            "each user needs a copy"
            if facts.is_private
            else "everybody may be given the same copy",
        ),
    )


def _change(facts: Situation) -> str:
    changes = f"changes every {1 / facts.writes:.3g} s" if facts.writes else "never changes"
    read = f"is read every {1 / facts.reads:.3g} s" if facts.reads else "is never read"
    return f"a row {changes}, and {read}"


def _slowness(facts: Situation) -> str:
    if facts.lookup == 0:
        return "a look into the cache takes no time"
    return (
        f"the source takes {facts.origin / facts.lookup:.3g} times as long as a look into the cache"
    )
