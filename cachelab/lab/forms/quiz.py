"""
A quiz question: every option, right or wrong, has its own reply.

A wrong option is a mistake people really make, so its reply is the part worth reading; it can be
tried as often as there are options, and nobody counts.
"""

from collections.abc import Mapping
from typing import Any

from .answers import Entry, asking_cell, keep
from .form import Form, Question, aside, block, choices, folded, items, rich, words

RUN = "Run the cell to answer."


class Quiz(Question):
    """
    A question with options, a reply for each, and one right answer. Made by `quiz`.
    """

    def __init__(self, question: str, replies: dict[str, str], right: str) -> None:
        self.right = right
        content = {
            "question": question,
            "options": list(replies),
            "replies": list(replies.values()),
            "right": right,
        }
        answers = (
            f"<strong>{rich(option)}</strong>: {_verdict(option == right)} {rich(reply)}"
            for option, reply in replies.items()
        )
        super().__init__(
            Form(kind="quiz", content=content, answer=[]),
            "\n".join([f"Quiz: {question}", *(f"- {o}" for o in replies), RUN]),
            block(question, "Quiz.")
            + items(rich(option) for option in replies)
            + aside(RUN)
            + folded("The replies", items(answers)),
        )
        self._question, self._cell = question, asking_cell()
        self.form.observe(self._keep, "answer")

    @property
    def tried(self) -> tuple[str, ...]:
        """
        The options the learner has checked, in that order.
        """
        return tuple(self.form.answer)

    def _keep(self, change: dict[str, Any]) -> None:
        """
        Log the option that was tried last, if this is a notebook.
        """
        if self._cell is not None and change["new"]:
            tried = str(change["new"][-1])
            keep(Entry("quiz", self._question, self._cell, answer=tried, truth=self.right))


def quiz(question: str, options: Mapping[str, str], right: str) -> Quiz:
    """
    A form with one right option; `options` has the reply to each, in the order to show them.

    Plain text with `code` in backticks.

    Raises:
        TypeError: a text is no string.
        ValueError: `right` is not an option, fewer than three options, or an empty text.

    >>> quiz("Which key does LRU evict?", {
    ...     "the oldest": "That is FIFO.",
    ...     "the least used": "That is LFU.",
    ...     "the one unused longest": "Recency is all that LRU looks at.",
    ... }, right="the one unused longest")
    Quiz: Which key does LRU evict?
    - the oldest
    - the least used
    - the one unused longest
    Run the cell to answer.
    """
    asked = words(question, "question")
    if not isinstance(options, Mapping):
        raise TypeError(f"options must map each option to its reply, not {options!r}")
    found = choices(options, least=3)
    if right not in found:
        raise ValueError(f"right must be one of the options {', '.join(found)}, not {right!r}")
    replies = {o: words(options[o], f"the reply to {o!r}").replace("\n\n", " ") for o in found}
    return Quiz(asked, replies, right)


def _verdict(right: bool) -> str:
    return "Right." if right else "Wrong."
