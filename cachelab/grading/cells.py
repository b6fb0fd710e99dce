"""
The check cell of a notebook: finds the text of the cell that defined a class, and judges that.

The same rule as for a file that is handed in: only that one text counts, not what other cells have
defined or changed in the kernel since.
"""

import ast
import inspect
import linecache
import re
from difflib import get_close_matches
from pathlib import Path
from types import FunctionType
from typing import Any

from cachelab.lab.one_sentence import OneSentence

from .exercise import Exercise
from .judging import find_exercise, judge
from .learner import LearnersReport, answered
from .submission import without_magics
from .waiting import said_meanwhile


class NotStarted(OneSentence, NotImplementedError):  # noqa: N818 - a state, not a fault
    """The exercise is still the empty form: there is nothing to judge yet."""


class WrongCall(OneSentence, TypeError):  # noqa: N818 - it says what is wrong
    """`check` was called with something else than the exercise and what it judges."""


class NotFound(OneSentence, ValueError):  # noqa: N818 - it says what is missing
    """There is no such exercise, or no text to judge."""


def check(exercise: str = "", *objects: object) -> LearnersReport:
    """
    Judge the cell that defines `objects`, the classes or functions of the exercise.

    Returns a report that a notebook shows as a table. Its `play()` steps through the shortest run
    of a check that failed.

    Raises:
        NotStarted: every method, __init__ apart, still raises NotImplementedError.
        WrongCall: other objects than the exercise asks for; a TypeError.
        NotFound: no exercise of that name, or objects without a text; a ValueError.
    """
    if not isinstance(exercise, str) or not exercise:
        raise WrongCall(
            'check needs the name of the exercise first, in quotes, as in check("ex07", LRUCache)'
            + (f"; the first here is {_described(exercise)}" if exercise else "")
        )
    found = _exercise(exercise)
    text = _text_of(found, objects)
    if _is_stub(text, found.names):
        raise NotStarted(
            f"{found.id} is not started: all of {', '.join(found.names)} still raises "
            "NotImplementedError. Write it in the cell above, run that cell, then this one."
        )
    with said_meanwhile(found) as on_result:
        report = judge(found.id, text, on_result=on_result)
    return answered(report, text, objects)


def _text_of(exercise: Exercise, objects: tuple[object, ...]) -> str:
    """Return the text of the cells, or files, that define the objects, each once."""
    asked = ", ".join(exercise.names)
    call = f'check("{exercise.id}", {asked})'
    if not objects:
        raise WrongCall(f"{call} needs what you wrote: {asked}")
    texts: dict[str, None] = {}
    for item in objects:
        name = getattr(item, "__name__", None)
        if name not in exercise.names:
            raise WrongCall(
                f"{exercise.id} judges {asked} itself, not {_described(item)}: write {call}"
            )
        texts[_text_of_one(item, name)] = None
    return without_magics("\n\n".join(texts))


def _exercise(name: str) -> Exercise:
    try:
        return find_exercise(name)
    except ValueError as error:
        known = re.findall(r"\w+", str(error).partition("known:")[2])
        near = get_close_matches(name.lower(), known, 1, 0.7)
        perhaps = f" Did you mean {near[0]!r}?" if near else ""
        raise NotFound(f"{error}.{perhaps}") from None


def _described(item: object) -> str:
    """Return what was passed, in a learner's words."""
    if isinstance(item, str | int | float | None):
        return repr(item)
    name = getattr(item, "__name__", None)
    return str(name) if name else f"an object of {type(item).__name__}"


def _text_of_one(item: Any, name: str) -> str:
    for filename in _filenames(item):
        lines = linecache.getlines(filename)
        if lines and _defines("".join(lines), name):
            return "".join(lines)
    try:
        return Path(inspect.getfile(item)).read_text(encoding="utf-8")
    except (TypeError, OSError) as error:
        message = f"the text of {name} cannot be found: define it in a cell of its own and run that"
        raise NotFound(message) from error


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
    """
    Tell whether every function in the wanted definitions is one `raise NotImplementedError`.

    A form may come with an __init__ that is written: by itself it answers nothing.
    """
    wanted = [n for n in ast.parse(text).body if getattr(n, "name", None) in names]
    functions = [
        node
        for top in wanted
        for node in ast.walk(top)
        if isinstance(node, ast.FunctionDef) and node.name != "__init__"
    ]
    return bool(functions) and all(_only_raises(function) for function in functions)


def _only_raises(function: ast.FunctionDef) -> bool:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if len(body) != 1 or not isinstance(body[0], ast.Raise):
        return False
    raised = body[0].exc
    target = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(target, ast.Name) and target.id == "NotImplementedError"
