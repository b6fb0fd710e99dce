"""
Places in a submission's text: a line, the loop around it, the head of a function.

The text may be anything at all: where it is no Python there are no loops and no functions in it.
"""

import ast
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from textwrap import shorten

LONGEST_LINE = 60


@dataclass(frozen=True, slots=True)
class Text:
    """A submission's text."""

    source: str

    def quoted(self, line: int | None) -> str:
        """Return a line with its number, "line 7, `return value`", or nothing if there is none."""
        lines = self.source.splitlines()
        if line is None or not 0 < line <= len(lines):
            return ""
        return f"line {line}, `{shorten(lines[line - 1], LONGEST_LINE, placeholder=' ...')}`"

    def loop_at(self, line: int | None) -> int | None:
        """Return the line in which the innermost loop around a line begins."""
        loops = [n for n in self.nodes() if isinstance(n, ast.While | ast.For) and _has(n, line)]
        return max((loop.lineno for loop in loops), default=None)

    def function(self, name: str) -> ast.FunctionDef | None:
        """Return the definition of a function or method, by `name` or `Class.name`."""
        owner, _, name = name.rpartition(".")
        classes = [n for n in self.nodes() if isinstance(n, ast.ClassDef) and n.name == owner]
        around: list[ast.AST] = [*classes] or [_parsed(self.source)]
        found = [
            node
            for top in around
            for node in ast.walk(top)
            if isinstance(node, ast.FunctionDef) and node.name == name
        ]
        return found[-1] if found else None

    def owner(self, name: str) -> str | None:
        """Return a function of which a name is an argument or a variable of its own, if one is."""
        functions = (node for node in self.nodes() if isinstance(node, ast.FunctionDef))
        owners = (function.name for function in functions if name in _names_of(function))
        return next(owners, None)

    def nearest(self, name: str) -> str | None:
        """Return the class or function of the text that is most like a name, if one is."""
        body = _parsed(self.source).body
        names = [top.name for top in body if isinstance(top, ast.ClassDef | ast.FunctionDef)]
        alike = {one.lower().replace("_", ""): one for one in names}
        found = get_close_matches(name.lower().replace("_", ""), alike, 1, 0.7)
        return alike[found[0]] if found else None

    def has_argument(self, name: str) -> bool:
        """Tell whether any function of the text takes an argument of this name."""
        return any(isinstance(node, ast.arg) and node.arg == name for node in self.nodes())

    def nodes(self) -> list[ast.AST]:
        """Return all that the text is made of."""
        return list(ast.walk(_parsed(self.source)))


@lru_cache(maxsize=4)
def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return ast.Module([], [])


def _has(node: ast.While | ast.For, line: int | None) -> bool:
    return line is not None and node.lineno <= line <= (node.end_lineno or node.lineno)


def answers(function: ast.FunctionDef) -> bool:
    """Tell whether a function returns a value anywhere, or yields one."""
    inner = [node for top in function.body for node in _own(top)]
    gives = (isinstance(node, ast.Return) and node.value is not None for node in inner)
    return any(gives) or any(isinstance(node, ast.Yield | ast.YieldFrom) for node in inner)


def _own(node: ast.AST) -> list[ast.AST]:
    """Return a node and what is in it, without the functions that are defined in it."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
        return []
    return [node, *(below for child in ast.iter_child_nodes(node) for below in _own(child))]


def _names_of(function: ast.FunctionDef) -> set[str]:
    """Return the arguments of a function, and the variables that it sets itself."""
    inner = [node for top in function.body for node in _own(top)]
    set_here = {
        node.id for node in inner if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return set_here | {argument.arg for argument in function.args.args}


def prints(function: ast.FunctionDef) -> bool:
    """Tell whether a function calls print."""
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return any(isinstance(called, ast.Name) and called.id == "print" for called in calls)
