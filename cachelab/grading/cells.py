"""
The check cell of a notebook: finds the text of the cell that defined a class, and judges that.

The same rule as for a file that is handed in: only that one text counts, not what other cells have
defined or changed in the kernel since.
"""

import ast
import inspect
import linecache
from pathlib import Path
from types import FunctionType
from typing import Any

from .exercise import Exercise
from .judging import find_exercise, judge
from .learner import LearnersReport, answered
from .submission import without_magics


class NotStarted(NotImplementedError):  # noqa: N818 - a state, not a fault
    """The exercise is still the empty form: there is nothing to judge yet."""

    def _render_traceback_(self) -> list[str]:
        """IPython shows these lines in place of a stack trace."""
        return [str(self)]


def check(exercise: str, *objects: object) -> LearnersReport:
    """
    Judge the cell that defines `objects`, the classes or functions of the exercise.

    Returns a report that a notebook shows as a table. Its `play()` steps through the shortest run
    of a check that failed.

    Raises:
        NotStarted: every method still raises NotImplementedError.
        TypeError, ValueError: no exercise of that name, other objects than it asks for, or objects
            whose text cannot be found.
    """
    if not isinstance(exercise, str):
        raise TypeError(
            f'check needs the exercise first, as in check("ex07", ...), not {exercise!r}'
        )
    found = find_exercise(exercise)
    text = _text_of(found, objects)
    if _is_stub(text, found.names):
        raise NotStarted(
            f"{found.id} is not started: {' and '.join(found.names)} raises NotImplementedError "
            "in every method. Write it in the cell above, run that cell, then this one."
        )
    return answered(judge(found.id, text), text, objects)


def _text_of(exercise: Exercise, objects: tuple[object, ...]) -> str:
    """Return the text of the cells, or files, that define the objects, each once."""
    asked = ", ".join(exercise.names)
    if not objects:
        raise TypeError(f"check({exercise.id!r}, {asked}) needs what you wrote: {asked}")
    texts: dict[str, None] = {}
    for item in objects:
        name = getattr(item, "__name__", None)
        if name not in exercise.names:
            raise TypeError(f"{exercise.id} judges {asked} itself, not {name or type(item)}")
        texts[_text_of_one(item, name)] = None
    return without_magics("\n\n".join(texts))


def _text_of_one(item: Any, name: str) -> str:
    for filename in _filenames(item):
        lines = linecache.getlines(filename)
        if lines and _defines("".join(lines), name):
            return "".join(lines)
    try:
        return Path(inspect.getfile(item)).read_text(encoding="utf-8")
    except (TypeError, OSError) as error:
        message = f"the text of {name} cannot be found: define it in a cell of its own and run that"
        raise ValueError(message) from error


def _filenames(item: Any) -> list[str]:
    """Return where the code of a function, or of a class's own methods, was compiled."""
    members = [item] if isinstance(item, FunctionType) else list(vars(item).values())
    found = []
    for member in members:
        member = getattr(member, "fget", None) or getattr(member, "__func__", member)
        code = getattr(inspect.unwrap(member) if callable(member) else member, "__code__", None)
        if code is not None:
            found.append(code.co_filename)
    return list(dict.fromkeys(found))


def _defines(text: str, name: str) -> bool:
    try:
        body = ast.parse(without_magics(text)).body
    except SyntaxError:
        return False
    return any(getattr(node, "name", None) == name for node in body)


def _is_stub(text: str, names: tuple[str, ...]) -> bool:
    """Tell whether every function in the wanted definitions is one `raise NotImplementedError`."""
    wanted = [n for n in ast.parse(text).body if getattr(n, "name", None) in names]
    functions = [
        node for top in wanted for node in ast.walk(top) if isinstance(node, ast.FunctionDef)
    ]
    return bool(functions) and all(_only_raises(function) for function in functions)


def _only_raises(function: ast.FunctionDef) -> bool:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if len(body) != 1 or not isinstance(body[0], ast.Raise):
        return False
    raised = body[0].exc
    target = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(target, ast.Name) and target.id == "NotImplementedError"
