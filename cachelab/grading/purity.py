"""
Whether the checks of a text may share a sandbox: it can do nothing that outlives a process.

Each check has a process of its own in any case, and no two submissions ever share a sandbox. A text
that computes and no more leaves nothing behind when its process ends; one that could write a file,
start a process or reach another one's memory gets a new sandbox for every check.
"""

import ast
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from .plainness import objections

PURE = frozenset(
    [
        "__future__",
        "_thread",
        "abc",
        "binascii",
        "bisect",
        "collections",
        "collections.abc",
        "contextlib",
        "dataclasses",
        "datetime",
        "decimal",
        "email.utils",
        "enum",
        "fractions",
        "functools",
        "hashlib",
        "heapq",
        "hmac",
        "itertools",
        "json",
        "math",
        "operator",
        "random",
        "re",
        "secrets",
        "statistics",
        "threading",
        "time",
        "typing",
        "urllib.parse",
        "uuid",
        "zlib",
    ]
)
"""Modules of the standard library that compute."""

WORDS = ("cachelab", "cachelab.ports")
"""What the player has in their place are words: errors, MISSING, Versioned."""


def is_pure(text: str) -> bool:
    """
    Tell whether a text does nothing but compute, as far as can be read from it.

    >>> is_pure("import math\\nhalf = math.pi / 2"), is_pure("from pathlib import Path")
    (True, False)
    """
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError):
        return False
    reaches_for = {name for _, name in objections(text)} - {"json"}
    return not reaches_for and all(_imports(nodes)) and all(_uses(nodes))


def _imports(nodes: list[ast.AST]) -> Iterator[bool]:
    """Tell of each imported thing whether it is one of those modules, or in one and no module."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name in PURE or alias.name in WORDS for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            for alias in node.names:
                yield module in WORDS or (alias.name != "*" and _has(module, alias.name))


def _uses(nodes: list[ast.AST]) -> Iterator[bool]:
    """Tell of each module's name whether what it leads to is no module again: `re.enum.sys`."""
    modules = {
        alias.asname or alias.name.split(".")[0]: alias.name if alias.asname else ""
        for node in nodes
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    for node in nodes:
        if isinstance(node, ast.Attribute) and (path := _path(node)) and path[0] in modules:
            yield _leads_to_no_module([*(modules[path[0]] or path[0]).split("."), *path[1:]])
    inner = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if isinstance(node, ast.Name) and node.id in modules:
            yield id(node) in inner


def _path(node: ast.expr) -> list[str]:
    """Return the names of `a.b.c`; nothing for what does not begin with a name."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute) and (front := _path(node.value)):
        return [*front, node.attr]
    return []


def _leads_to_no_module(path: list[str]) -> bool:
    name, *rest = path
    while rest and f"{name}.{rest[0]}" in PURE | set(WORDS):
        name, rest = f"{name}.{rest[0]}", rest[1:]
    return not rest or name in WORDS or _has(name, rest[0])


def _has(module: str, name: str) -> bool:
    if module not in PURE:
        return False
    inner = f"{module}.{name}" in PURE
    return inner or not isinstance(getattr(import_module(module), name, None), ModuleType)
