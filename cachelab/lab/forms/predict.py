"""
A prediction: say what will happen before the cell that shows it runs.

A learner who has committed to an answer looks at the result with a question; one who has not only
reads it. So a commitment is final, and the comparison states both numbers and praises nobody.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from .answers import Entry, asking_cell, keep
from .form import Form, Question, aside, block, choices, items, rich, words

RUN = "Run the cell to answer."

SURE = (50, 70, 90)
"""How sure one can say to be, in per cent; to say nothing is as good."""


class Prediction(Question):
    """
    A question whose answer the learner commits to, once, before the truth is shown.

    Made by `predict`. `options` is empty when a number is asked for.
    """

    def __init__(
        self, question: str, options: list[str], unit: str, low: float | None, high: float | None
    ) -> None:
        self.options = options
        self.low, self.high = low, high
        asked = f"A number{_range_in_words(low, high)}" + (f" ({unit})." if unit else ".")
        lines = [f"- {option}" for option in options] or [asked]
        listed = items(rich(option) for option in options) if options else block(asked)
        content = {
            "question": question,
            "options": options,
            "unit": unit,
            "low": low,
            "high": high,
            "range": _range_in_words(low, high).strip(),
            "sure": list(SURE),
        }
        super().__init__(
            Form(kind="predict", content=content),
            "\n".join([f"Predict: {question}", *lines, RUN]),
            block(question, "Predict.") + listed + aside(RUN),
        )
        self._question, self._cell = question, asking_cell()
        self.form.observe(self._committed, "answer")

    @property
    def answer(self) -> str | float | None:
        """
        What the learner committed to; None until then.
        """
        answer: str | float | None = self.form.answer
        return answer

    @property
    def sure(self) -> int | None:
        """
        How sure of the answer the learner is, in per cent; None where nothing was said.
        """
        sure: int | None = self.form.sure
        return sure

    def commit(self, value: str | float, sure: int | None = None) -> None:
        """
        Commit to an answer, as the form's button does, and say how `sure` of it you are.

        Raises:
            TypeError: a number is asked for and `value` is none.
            ValueError: `value` is not an option or not in the range, or an answer stands already;
                `sure` is none of the steps 50, 70, 90.
        """
        if self.answer is not None:
            raise ValueError(f"the prediction {self.answer!r} is committed and cannot change")
        if sure is not None and sure not in SURE:
            raise ValueError(f"one is {', '.join(map(str, SURE))} per cent sure, not {sure!r}")
        found = self._option(value) if self.options else self._number(value)
        self.form.sure, self.form.answer = sure, found

    def compare(self, truth: str | float, tolerance: float | None = None) -> "Comparison":
        """
        The prediction beside the truth, as one sentence; with `tolerance`, how near it came.

        Raises:
            TypeError: a number is asked for and `truth` is none.
            ValueError: `truth` is not one of the options, or there is no tolerance to speak of.
        """
        if tolerance is not None and (self.options or not tolerance >= 0):
            raise ValueError(f"a tolerance is 0 or more and for numbers, not {tolerance!r}")
        found = self._option(truth) if self.options else _as_number(truth)
        if self.answer is not None:
            self._keep(truth=found, tolerance=tolerance)
        return Comparison(self.answer, found, tolerance)

    def _committed(self, change: dict[str, Any]) -> None:
        self._keep(answer=change["new"], sure=self.sure)

    def _keep(self, **known: Any) -> None:
        """
        Log an answer, or the truth about it, if this is a notebook.
        """
        if self._cell is not None:
            keep(Entry("predict", self._question, self._cell, **known))

    def _option(self, value: object) -> str:
        if value not in self.options:
            raise ValueError(f"{value!r} is not one of the options {', '.join(self.options)}")
        return str(value)

    def _number(self, value: object) -> float:
        number = _as_number(value)
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        if not low <= number <= high:
            raise ValueError(f"{value!r} is not a number{_range_in_words(self.low, self.high)}")
        return number


@dataclass(frozen=True, repr=False)
class Comparison:
    """
    A prediction beside the truth; a notebook shows it as one sentence.

    >>> Comparison(0.6, 0.4286, None)
    You predicted 0.6; it is 0.4286.
    """

    predicted: str | float | None
    truth: str | float
    tolerance: float | None

    def __repr__(self) -> str:
        if self.predicted is None:
            return f"It is {_shown(self.truth)}. (No prediction was made.)"
        predicted, truth = _shown(self.predicted), _shown(self.truth)
        return f"You predicted {predicted}; it is {truth}{self._distance()}."

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, str]:
        return {"text/html": f"<p>{rich(repr(self))}</p>", "text/plain": repr(self)}

    def _distance(self) -> str:
        if self.tolerance is None or isinstance(self.predicted, str) or isinstance(self.truth, str):
            return ""
        away = abs((self.predicted or 0) - self.truth)
        # 0.45 and 0.5 are 0.05 apart for a reader, whatever binary fractions make of it.
        if away < self.tolerance or math.isclose(away, self.tolerance, rel_tol=1e-9):
            return f", within {_shown(self.tolerance)}"
        return f", more than {_shown(self.tolerance)} away"


def predict(
    question: str,
    options: Sequence[str] | None = None,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
) -> Prediction:
    """
    A form that asks for a prediction: one of `options`, or a number when there are none.

    A later cell says `prediction.compare(truth)`. A number may have a `unit` and a range.

    Raises:
        TypeError: a text is no string, a limit is no number, or options have a unit or limits.
        ValueError: fewer than two options, one of them empty or twice, or `low` above `high`.

    >>> prediction = predict("Which hit ratio will you see?", unit="hit ratio", low=0, high=1)
    >>> prediction.compare(0.43)
    It is 0.43. (No prediction was made.)
    >>> prediction.commit(0.6)
    >>> prediction.compare(0.43)
    You predicted 0.6; it is 0.43.
    """
    asked = words(question, "question")
    if options is not None:
        if unit or low is not None or high is not None:
            raise TypeError("unit, low and high are for numbers: leave them out or the options")
        return Prediction(asked, choices(options, least=2), "", None, None)
    limits = [None if limit is None else _as_number(limit) for limit in (low, high)]
    if limits[0] is not None and limits[1] is not None and limits[0] >= limits[1]:
        raise ValueError(f"low must be below high, not {low!r} and {high!r}")
    return Prediction(asked, [], words(unit, "unit") if unit else "", limits[0], limits[1])


def _as_number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{value!r} is not a number")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not a finite number")
    return number


def _range_in_words(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f" from {_shown(low)} to {_shown(high)}"
    if low is not None:
        return f", {_shown(low)} or more"
    return "" if high is None else f", {_shown(high)} or less"


def _shown(value: str | float) -> str:
    if isinstance(value, str):
        # Quotes keep an option of several words apart from the sentence around it.
        return f'"{value}"' if " " in value else value
    return str(round(value)) if value == round(value) or abs(value) >= 1000 else f"{value:.4g}"
