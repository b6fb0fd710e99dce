"""
The decision framework as a function: from a situation to advice, by a path that can be read.
"""

from dataclasses import dataclass

from .lifetimes import Life, ttl_for
from .situation import Situation
from .tree import TREE, Advice, Node, Question

PRIVATE = (
    "The data is private: a key for each user, no layer that users share (Cache-Control: private, "
    "or no-store). Encryption keeps it from those who can read the cache, and does not keep a "
    "shared cache from giving it to another user."
)


@dataclass(frozen=True, slots=True)
class Step:
    """One question of the framework, the branch that was taken, and why."""

    question: Question
    branch: str
    because: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """
    The path through the framework and the advice it ends in.

    `life` is the time to live that the staleness leaves, None where the advice has none; `notes`
    are what else the situation asks for. As text it is the explanation, one question a line.
    """

    steps: tuple[Step, ...]
    advice: Advice
    life: Life | None = None
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the nodes on the path, the advice last."""
        return (*(step.question.name for step in self.steps), self.advice.name)

    def __str__(self) -> str:
        lines = [f"{s.question.text} {s.branch.capitalize()}: {s.because}." for s in self.steps]
        lines += [f"=> {self.advice.title}.", f"   {self.advice.how}", f"   {self.advice.caveat}"]
        return "\n".join([*lines, *self.notes])


def recommend(situation: Situation) -> Recommendation:
    """
    Walk the decision framework for `situation`, and explain each turn.

    Complexity: O(depth of the tree), which is four questions.

    >>> page = Situation(
    ...     reads=2, writes=0.01, origin=0.050, lookup=0.001, staleness=30, target=0.020
    ... )
    >>> print("\\n".join(str(recommend(page)).splitlines()[:5]))
    Is a copy used often enough to pay for itself? Yes: a copy is used 200 times before it ends \
(hit ratio 0.995); from 0.02 on it saves time.
    Is the source too slow, too busy, too dear, or away too often? Yes: an answer takes 0.05 s and \
may take 0.02 s.
    May an answer be older than the truth? Yes: an answer may be 30 s old.
    How old may an answer be? Seconds: 30 s is less than a minute.
    => Cache-aside with a short time to live; hot keys refreshed ahead.
    >>> recommend(page).life.ttl
    29.949
    """
    steps = []
    node: Node = TREE
    while isinstance(node, Question):
        branch, because = node.decide(situation)
        steps.append(Step(node, branch, because))
        node = node.branches[branch]
    lives = any(step.question.name == "how_old" for step in steps)
    life = _life(situation) if lives else None
    return Recommendation(tuple(steps), node, life, _notes(situation, steps, life))


def _life(facts: Situation) -> Life | None:
    # A load is as old as it took: what the source read, and what storing it takes.
    race = facts.origin + facts.fill
    if facts.staleness <= race + facts.lookup:
        return None
    return ttl_for(
        facts.staleness, reads=facts.reads, writes=facts.writes, fill=race + facts.lookup
    )


def _notes(facts: Situation, steps: list[Step], life: Life | None) -> tuple[str, ...]:
    notes = []
    if steps[-1].question.name == "how_old" and life is None:
        notes.append(
            f"A load takes as long as an answer may be old ({facts.staleness:g} s): "
            "no time to live keeps that promise, so the source has to get faster first."
        )
    if facts.load > 1 and facts.hit_ratio < facts.hit_ratio_needed:
        notes.append(
            f"The load needs a hit ratio of {facts.hit_ratio_needed:.3g}; {facts.hit_ratio:.3g} is "
            "within reach: a cache alone does not bring it down to what the source bears."
        )
    if facts.target is not None and facts.origin > facts.target and facts.mean > facts.target:
        notes.append(
            f"The average read takes {facts.mean:.3g} s with the cache, still more than "
            f"{facts.target:g} s; and a miss always takes longer than without."
        )
    if facts.is_private and any(step.question.name == "may_be_old" for step in steps):
        notes.append(PRIVATE)
    return tuple(notes)
