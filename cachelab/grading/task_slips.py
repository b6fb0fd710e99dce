"""
Mistakes of writing tasks: an error that nobody hears, a thread without answers, an endless wait.

They show far from where they are: a copy is not renewed, and the reason is a name that is misspelt
in the task that was to do it.
"""

import ast
from collections.abc import Iterable, Iterator

from .session import Outcome
from .text_places import Text
from .wording import explain_exception

THREADS = frozenset({"Thread", "Timer", "ThreadPoolExecutor", "start_new_thread"})
MODULES = frozenset({"threading", "concurrent", "_thread"})
RUNTIME = "runtime"

STANDSTILL = "waits for something that never happens"
"""How a run ends in which every task waits, and no time that passes would wake one."""


def find_in_tasks(outcomes: Iterable[Outcome], name: str, source: str) -> str | None:
    """Return a sentence about the first of several tasks that was stopped by a slip."""
    told = (explain_exception(one, name, source) for one in outcomes if "raised" in one)
    return next(filter(None, told), None)


def find_thread(source: str) -> str | None:
    """
    Return a sentence about the first thread that a text starts by itself, or None.

    >>> find_thread("import threading\\nthreading.Thread(target=print).start()")[:47]
    'line 2, `threading.Thread(target=print).start()'
    >>> find_thread("from threading import Lock\\nlock = Lock()") is None
    True
    """
    text = Text(source)
    line = min(_threads(text), default=None)
    if line is None:
        return None
    instead = "call it where you are"
    if text.has_argument(RUNTIME):
        instead = f"{RUNTIME}.spawn(function, ...) starts a task, where they do"
    return (
        f"{text.quoted(line)}, makes a thread, where no store, source, loader or clock answers: "
        f"{instead}"
    )


def _threads(text: Text) -> Iterator[int]:
    """Give the lines that make a thread, or a class of threads."""
    nodes = text.nodes()
    imported = {module for node in nodes for module in _imported(node)}
    if not imported & MODULES:
        return
    for node in nodes:
        made = [node.func] if isinstance(node, ast.Call) else []
        made = node.bases if isinstance(node, ast.ClassDef) else made
        if any(_last_name(one) in THREADS for one in made):
            yield node.lineno  # type: ignore[attr-defined]


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [(node.module or "").split(".")[0]]
    names = node.names if isinstance(node, ast.Import) else []
    return [alias.name.split(".")[0] for alias in names]


def _last_name(node: ast.expr) -> str:
    """Return the name by which something is called: `Thread` of `threading.Thread` as well."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def find_wait(outcome: Outcome, lines: Iterable[int | None], source: str) -> str | None:
    """Return where a run stands in which nobody can go on, if that is how it ended."""
    known = [where for line in lines if (where := Text(source).quoted(line))]
    if outcome.get("lost") != STANDSTILL or not known:
        return None
    return f"{known[-1]}, waits, and nothing is under way that would end this"
