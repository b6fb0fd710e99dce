"""
What stands below a check cell while a verdict takes minutes: the parts that are judged so far.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cachelab.lab.notebook import has_somebody

from .exercise import Exercise
from .report import CheckResult


@contextmanager
def said_meanwhile(exercise: Exercise) -> Iterator[Callable[[CheckResult], object]]:
    """
    Give what is told of each result, and shows it to somebody at a page; in the end it is gone.

    Only a panel takes minutes. The checks of other exercises are through before anybody has read.
    """
    if exercise.panel is None or not has_somebody():
        yield lambda _: None
        return
    from IPython.display import clear_output, display

    said: list[str] = []

    def show() -> None:
        so_far = f" So far: {', '.join(said)}." if said else ""
        told = f"{exercise.title} is being judged, which takes some minutes.{so_far}"
        clear_output(wait=True)  # type: ignore[no-untyped-call]
        display({"text/plain": told}, raw=True)  # type: ignore[no-untyped-call]

    def on_result(result: CheckResult) -> None:
        said.append(f"{result.id} {result.word}")
        show()

    show()
    try:
        yield on_result
    finally:
        clear_output(wait=True)  # type: ignore[no-untyped-call]
