"""
What is looked at, where it is a learner's: a class or function that may fail in any way.

What it did wrong is told in one sentence about it, and not by the lines of the laboratory that
happened to call it.
"""

import sysconfig
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, ParamSpec, TypeVar

from cachelab.ports import Deadlock, TooManySteps

from .one_sentence import OneSentence

Piece = TypeVar("Piece")
Given = ParamSpec("Given")
Answer = TypeVar("Answer")
PACKAGE = str(Path(__file__).parents[1])
INSTALLED = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib"))


class SubjectFailed(OneSentence, TypeError):  # noqa: N818 - it says what is wrong
    """
    A class or function that was given to a view failed there, or is none that the view can use.

    The error itself is the cause.
    """


def check_subject(subject: object, *verbs: str) -> None:
    """
    Check that `subject` can be called, and that it has these methods if it is a class.

    Raises:
        SubjectFailed: it is something else, or lacks one.

    >>> check_subject(dict, "get", "put")
    Traceback (most recent call last):
    cachelab.lab.subjects.SubjectFailed: dict has no method put
    """
    if not callable(subject):
        raise SubjectFailed(f"give the class itself, not {subject!r}")
    if isinstance(subject, type):
        missing = [verb for verb in verbs if not callable(getattr(subject, verb, None))]
        if missing:
            raise SubjectFailed(
                f"{subject.__name__} has no method {' and no method '.join(missing)}"
            )


@contextmanager
def blaming(subject: object) -> Iterator[None]:
    """
    Turn an error within, if it comes from a learner's `subject`, into one sentence about that.

    Raises:
        SubjectFailed: the class or function raised, or does not fit to how it is used.

    >>> with blaming(dict):  # doctest: +ELLIPSIS
    ...     dict(3)
    Traceback (most recent call last):
    cachelab.lab.subjects.SubjectFailed: dict cannot be shown: TypeError: 'int' object is not ...
    """
    try:
        yield
    except SubjectFailed:
        raise
    except Exception as error:
        told = None if _is_ours(subject) else _sentence(subject, error)
        if told is None:
            raise
        raise SubjectFailed(told) from error


def blamed(subject: object, pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Go through `pieces`, under the same rule as `blaming`."""
    with blaming(subject):
        yield from pieces


def with_short_traces(call: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """
    Decorate a function that calls a learner's class: what that raises is shown without our frames.

    The error stays as it is, with its type; its stack trace goes from the caller's line to the
    first line of the learner's own. What we refuse ourselves ends in the line that says so.
    """

    @wraps(call)
    def short(*given: Given.args, **named: Given.kwargs) -> Answer:
        __tracebackhide__ = True  # IPython leaves this frame out as well
        try:
            return call(*given, **named)
        except Exception as error:
            error.__traceback__ = _short(error)
            raise

    return short


def _short(error: Exception) -> TracebackType | None:
    trace, last, file = error.__traceback__, None, ""
    while trace is not None:
        last, file = trace, trace.tb_frame.f_code.co_filename
        if not file.startswith((PACKAGE, "<frozen", *INSTALLED)):
            return trace
        trace = trace.tb_next
    is_refused = isinstance(error, ValueError | TypeError) and file.startswith(PACKAGE)
    return last if is_refused else error.__traceback__


def subject_name(subject: object) -> str:
    """Return what a class or function is called in a sentence."""
    inner = subject.func if isinstance(subject, partial) else subject
    return str(getattr(inner, "__name__", type(inner).__name__))


def _is_ours(subject: object) -> bool:
    inner = subject.func if isinstance(subject, partial) else subject
    module = getattr(inner, "__module__", None) or type(inner).__module__
    return isinstance(inner, str) or str(module).partition(".")[0] == "cachelab"


def _sentence(subject: object, error: Exception) -> str | None:
    """Return whose fault an error is, in words; None for one that is not the subject's."""
    name, what = subject_name(subject), f"{type(error).__name__}: {error}".rstrip(": ")
    frames = list(traceback.walk_tb(error.__traceback__))
    own = [(frame, line) for frame, line in frames if _is_of(frame, subject)]
    if own:
        return f"{_called(own[0][0], subject)} raised {what}{_line(own)}"
    if type(error.__cause__).__name__ == "_RemoteTraceback":  # joblib's: it was in another process
        return f"{name} raised {what}"
    if isinstance(error, TooManySteps):
        return f"{name} does not come to an end: a loop in it goes on for ever"
    if isinstance(error, Deadlock):
        return f"{name} comes to a standstill: {error}"
    if str(error).startswith(f"{name} "):
        return str(error)
    if not isinstance(error, TypeError | AttributeError):
        return None  # an option of the view, or another subject: it names that itself
    return str(error) if name in str(error) else f"{name} cannot be shown: {what}"


def _is_of(frame: FrameType, subject: Any) -> bool:
    """Tell whether a frame runs what the learner has written, or a method of such an object."""
    if not frame.f_code.co_filename.startswith((PACKAGE, "<frozen")):
        return frame.f_code.co_filename in _files(subject)
    first = frame.f_locals.get("self")
    return isinstance(subject, type) and isinstance(first, subject)


def _files(subject: Any) -> set[str]:
    """Return the files and notebook cells in which a class or function is written."""
    parts = [part for base in getattr(subject, "__mro__", ()) for part in vars(base).values()]
    codes = [getattr(part, "__code__", None) for part in [subject, *parts]]
    return {code.co_filename for code in codes if code is not None}


def _called(frame: FrameType, subject: Any) -> str:
    """Return what was called: a method by its object's class, a function with those around it."""
    if isinstance(subject, type) and isinstance(frame.f_locals.get("self"), subject):
        return f"{subject_name(subject)}.{frame.f_code.co_name}"
    return frame.f_code.co_qualname.replace(".<locals>", "")


def _line(frames: list[tuple[FrameType, int]]) -> str:
    """Return the last line of the learner's own, in brackets, if its text is known."""
    for frame, number in reversed(frames):
        file, name = frame.f_code.co_filename, frame.f_code.co_name
        words = "" if file.startswith(PACKAGE) else traceback.FrameSummary(file, number, name).line
        if words:
            return f" (line {number}: {words})"
    return ""
