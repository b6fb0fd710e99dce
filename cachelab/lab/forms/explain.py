"""
An explanation: write one sentence of your own, then open the course's.

Reading an answer feels like knowing it. Writing first shows what is missing, so the button stays
closed until there are some words.
"""

from .form import Form, Question, aside, block, folded, words

LEAST = 15


class Explanation(Question):
    """
    A prompt, a place to write, and the course's answer behind a button. Made by `explain`.
    """

    def __init__(self, prompt: str, answer: str) -> None:
        content = {"question": prompt, "answer": answer, "least": LEAST}
        super().__init__(
            Form(kind="explain", content=content, answer=""),
            f"Explain: {prompt}\nRun the cell to write your answer and open the course's.",
            block(prompt, "Explain.")
            + aside("Answer in a sentence of your own first. Run the cell to write it here.")
            + folded("The course's answer", block(answer)),
        )

    @property
    def text(self) -> str:
        """
        What the learner has written so far.
        """
        return str(self.form.answer)

    @property
    def opened(self) -> bool:
        """
        Whether the learner has opened the course's answer.
        """
        return bool(self.form.opened)


def explain(prompt: str, answer: str) -> Explanation:
    """
    A form that asks for a sentence and then shows the course's `answer`.

    Plain text with `code` in backticks; an empty line starts a paragraph.

    Raises:
        TypeError: a text is no string.
        ValueError: a text is empty.

    >>> explain("Why did `b` go?", "It was used longest ago.")
    Explain: Why did `b` go?
    Run the cell to write your answer and open the course's.
    """
    return Explanation(words(prompt, "prompt"), words(answer, "answer"))
