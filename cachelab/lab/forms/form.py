"""
The drawing that the learner's forms share: predict, explain and quiz.

A form lives twice in a notebook. Run, it is a widget with controls; saved, or read where no widget
can live, it is the same question as plain text and HTML. What the learner does stays in the page
and reaches Python as the widget's `answer`.
"""

import html
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

HERE = Path(__file__).parent
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
BOX = "border: 1px solid #8c959f; border-radius: 10px; padding: 8px 16px 10px; max-width: 686px"

SHRINK = "<style>.jp-RenderedSVG > img { max-width: max(100%, 632px); height: auto; }</style>"
"""
JupyterLab shows a saved picture as large as it is drawn, and no picture can say otherwise itself.

Every lesson has forms, and JupyterLab takes a style from the HTML of a notebook that it trusts.
"""


class Form(anywidget.AnyWidget):
    """
    The widget of a form: `content` is what it asks, `answer` and `opened` are what became of it.
    """

    _esm = HERE / "forms.js"
    _css = HERE / "forms.css"

    kind = traitlets.Enum(["predict", "explain", "quiz"]).tag(sync=True)
    content: "traitlets.Dict[str, Any]" = traitlets.Dict().tag(sync=True)
    answer = traitlets.Any(None, allow_none=True).tag(sync=True)
    opened = traitlets.Bool(False).tag(sync=True)
    sure = traitlets.Int(None, allow_none=True).tag(sync=True)
    """How sure of a prediction its maker is, in per cent; None where nothing was said."""


class Question:
    """
    A question to the learner: a form while a kernel runs, the same words where none does.
    """

    def __init__(self, form: Form, text: str, static: str) -> None:
        self.form = form
        self._text = text
        self._static = f'<div style="{BOX}">{static}{SHRINK}</div>'

    def __repr__(self) -> str:
        return self._text

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = self.form._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        view = {kind: value for kind, value in data.items() if kind == WIDGET_VIEW}
        return {**view, "text/html": self._static, "text/plain": self._text}, metadata


def words(text: object, name: str) -> str:
    """
    A text as its paragraphs, each on one line; `name` is what an error calls it.

    Raises:
        TypeError: it is no string.
        ValueError: it is empty.

    >>> words("Which key\\n    goes first?", "question")
    'Which key goes first?'
    """
    if not isinstance(text, str):
        raise TypeError(f"{name} must be a string, not {text!r}")
    if not text.strip():
        raise ValueError(f"{name} must not be empty")
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))


def choices(options: Iterable[object], least: int) -> list[str]:
    """
    Options to choose from, in the given order.

    Raises:
        TypeError: one is no string, or all of them are one string.
        ValueError: one is empty, one is there twice, or they are fewer than `least`.
    """
    if isinstance(options, str):
        raise TypeError(f"options must be several strings, not the string {options!r}")
    found = [option for option in options if words(option, "an option")]
    twice = next((option for option in found if found.count(option) > 1), None)
    if twice is not None:
        raise ValueError(f"option {twice!r} is there twice")
    if len(found) < least:
        raise ValueError(f"a form needs at least {least} options, not {len(found)}")
    return [str(option) for option in found]


def rich(text: str) -> str:
    """
    One line of text as HTML: everything escaped, `backticks` as code.

    >>> rich("a `dict` < a list")
    'a <code>dict</code> &lt; a list'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def block(text: str, label: str = "") -> str:
    """
    Text as HTML paragraphs, the first one after a bold label.
    """
    bold = f"<strong>{label}</strong> " if label else ""
    return f"<p>{bold}" + "</p><p>".join(rich(part) for part in text.split("\n\n")) + "</p>"


def items(lines: Iterable[str]) -> str:
    """
    An HTML list of lines that are HTML already.
    """
    return "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"


def aside(line: str) -> str:
    """
    A line in italics, close above what follows it: what to do here.
    """
    return f'<p style="margin-bottom: 4px"><em>{line}</em></p>'


def folded(summary: str, body: str) -> str:
    """
    HTML that opens on demand: a reader without a kernel decides when to see it.
    """
    return f"<details><summary>{summary}</summary>{body}</details>"
