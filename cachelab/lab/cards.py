"""
A deck of interview cards: two for each of the fifteen questions, in four levels.

The cards are text in `data/interviews.toml`, so that a teacher can add some. A wrong option is what
candidates say, and its reply is what an interviewer would ask next.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from .forms.quiz import Quiz, quiz

LEVELS = ("basic", "intermediate", "advanced", "design")


@dataclass(frozen=True, slots=True)
class Card:
    """
    One card: the number of the interview question it belongs to, its options with their replies.
    """

    number: int
    level: str
    lesson: str
    question: str
    options: tuple[tuple[str, str], ...]
    right: str

    def quiz(self) -> Quiz:
        """Return the card as a form that replies to what is chosen."""
        asked = f"{self.question} (Interview {self.number}, lesson {self.lesson})"
        return quiz(asked, dict(self.options), self.right)


@cache
def cards(level: str = "") -> tuple[Card, ...]:
    """
    Return the cards of a level, or all of them, in the order of the questions.

    Raises:
        ValueError: the level is unknown.

    >>> len(cards()), [len(cards(level)) for level in LEVELS]
    (30, [8, 8, 8, 6])
    >>> cards("basic")[0].number
    1
    """
    if level and level not in LEVELS:
        raise ValueError(f"unknown level {level!r}; known are {', '.join(LEVELS)}")
    text = files("cachelab.lab").joinpath("data/interviews.toml").read_text("utf-8")
    return tuple(
        Card(
            number=entry["number"],
            level=entry["level"],
            lesson=entry["lesson"],
            question=entry["question"],
            options=tuple((option, reply) for option, reply in entry["options"]),
            right=entry["options"][entry["right"] - 1][0],
        )
        for entry in tomllib.loads(text)["card"]
        if level in ("", entry["level"])
    )


def deck(level: str = "") -> list[Quiz]:
    """
    Return the cards of a level as forms, to be shown one below the other.

    >>> deck("design")[-1].right.startswith("Read it from the source")
    True
    """
    return [card.quiz() for card in cards(level)]
