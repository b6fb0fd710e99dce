"""
Showing the code that runs: the text of a live function or class, never a copy of it.
"""

import inspect
import textwrap
from collections.abc import Callable
from typing import Any


class Listing:
    """
    The source of live objects, drawn with colours by a notebook and as plain text elsewhere.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.text}\n```"


def listing(*subjects: type | Callable[..., Any]) -> Listing:
    """
    Return the source of functions, methods or classes as they are in memory, one after another.

    Raises:
        TypeError: something is not Python code with a source, such as a built-in.

    >>> from cachelab.eviction import FIFO
    >>> print(listing(FIFO.hit))
    def hit(self, key: Key) -> None:
        pass
    """
    return Listing("\n\n".join(textwrap.dedent(_source(item)).strip() for item in subjects))


def _source(subject: Any) -> str:
    try:
        return inspect.getsource(subject)
    except (OSError, TypeError) as error:
        raise TypeError(f"{subject!r} has no Python source to show") from error
