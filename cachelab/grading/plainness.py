"""
Whether a text is plain enough to be measured from within: it looks at its data, not at the judge.

Work and races can only be observed inside the process that runs a submission, and code that walks
up the stack or changes a module under the observer could report what it likes. So where something
is measured, a text that reaches for the interpreter is not judged; everywhere else it may.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache

UNFIT = frozenset(
    [
        "ast",
        "asyncio",
        "atexit",
        "bdb",
        "builtins",
        "code",
        "codeop",
        "concurrent",
        "ctypes",
        "dis",
        "doctest",
        "faulthandler",
        "gc",
        "importlib",
        "inspect",
        "io",
        "json",
        "linecache",
        "marshal",
        "multiprocessing",
        "opcode",
        "os",
        "pdb",
        "pickle",
        "pkgutil",
        "posix",
        "profile",
        "pstats",
        "pydoc",
        "runpy",
        "select",
        "selectors",
        "shelve",
        "shutil",
        "signal",
        "site",
        "socket",
        "ssl",
        "subprocess",
        "symtable",
        "sysconfig",
        "tempfile",
        "test",
        "trace",
        "traceback",
        "tracemalloc",
        "unittest",
        "webbrowser",
        "zipimport",
    ]
)
"""Modules of the standard library that a data structure has no use for, and a cheat has."""

FITTING = {
    "sys": frozenset({"maxsize", "getsizeof", "float_info", "version_info", "intern"}),
    "_thread": frozenset({"allocate_lock", "LockType", "RLock", "get_ident"}),
    "types": frozenset({"SimpleNamespace", "MappingProxyType", "GenericAlias"}),
}
"""What may be taken from modules that are otherwise unfit."""

MODULES = UNFIT | FITTING.keys() | {f"_{name}" for name in (*UNFIT, *FITTING)}

LOOKS = frozenset(
    [
        "__traceback__",
        "__globals__",
        "__builtins__",
        "__subclasses__",
        "__closure__",
        "__code__",
        "__self__",
        "__func__",
        "__mro__",
        "__bases__",
        "__base__",
        "__getattribute__",
        "__loader__",
        "__spec__",
        "__import__",
        "__wrapped__",
        "mro",
        "tb_frame",
        "tb_next",
        "f_back",
        "f_locals",
        "f_globals",
        "f_builtins",
        "f_code",
        "f_trace",
        "f_lineno",
        "gi_frame",
        "cr_frame",
        "ag_frame",
        "gi_code",
        "cr_code",
        "_getframe",
        "settrace",
        "setprofile",
    ]
)
"""Attributes that lead from an object to the interpreter around it."""

CALLS = frozenset(
    [
        "eval",
        "exec",
        "compile",
        "globals",
        "locals",
        "vars",
        "open",
        "input",
        "breakpoint",
        "__import__",
        "__builtins__",
    ]
)

HOOK = "_cachelab"
"""How the names begin that a measured text reports to."""

BY_NAME = frozenset({"getattr", "setattr", "delattr", "attrgetter", "methodcaller"})


def objection(text: str) -> tuple[int, str] | None:
    """
    Return the line that makes a text unfit to be measured, and what it reaches for; None if plain.

    >>> objection("import sys\\nframe = sys._getframe()")
    (2, 'sys._getframe')
    >>> objection("from collections import OrderedDict\\nlimit = 7") is None
    True
    """
    return min(objections(text), default=None)


@lru_cache(maxsize=8)  # each check that measures asks, of the same text
def objections(text: str) -> frozenset[tuple[int, str]]:
    """Return the lines that reach for the interpreter, and what for."""
    try:
        return frozenset(_reached(list(ast.walk(ast.parse(text)))))
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()  # it cannot be executed either


def _reached(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    imported = {alias.asname or alias.name.split(".")[0] for alias in _aliases(nodes)}
    taken_from = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    literal = {id(call.func) for call in calls if _has_literal_name(call)}
    for node in nodes:
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((line, name) for name in _unfit_imports(node))
        elif isinstance(node, ast.Attribute):
            yield from ((line, name) for name in _unfit_attributes(node, imported))
        elif isinstance(node, ast.Name):
            unfit = node.id in CALLS or (node.id in FITTING and id(node) not in taken_from)
            if unfit or (node.id in BY_NAME and id(node) not in literal):
                yield line, node.id
        elif isinstance(node, ast.MatchClass):
            yield from ((line, name) for name in node.kwd_attrs if name in LOOKS)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from ((line, name) for name in LOOKS if name in node.value and "_" in name)
        yield from ((line, name) for name in _names(node) if HOOK in name)


def _names(node: ast.AST) -> Iterator[str]:
    """Give the names that a node uses or defines, as Python reads them."""
    for _, value in ast.iter_fields(node):
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (item for item in value if isinstance(item, str))


def _aliases(nodes: Iterable[ast.AST]) -> Iterator[ast.alias]:
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from node.names


def _unfit_imports(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom):
        module = (node.module or "").split(".")[0]
        names = [module, *(alias.name for alias in node.names)]
        if module in FITTING:
            names = [alias.name for alias in node.names if alias.name not in FITTING[module]]
            yield from (f"{module}.{name}" for name in names)
            return
    else:
        names = [alias.name.split(".")[0] for alias in node.names]
        names = [name for name in names if name not in FITTING]  # what is taken is looked at
    for name in names:
        is_private = name.startswith("_")
        if name in MODULES | BY_NAME or (is_private and name != "__future__"):
            yield name


def _unfit_attributes(node: ast.Attribute, imported: set[str]) -> Iterator[str]:
    owner = node.value.id if isinstance(node.value, ast.Name) else None
    if owner in FITTING:
        if node.attr not in FITTING[owner]:
            yield f"{owner}.{node.attr}"
    elif node.attr in LOOKS:
        yield node.attr
    elif owner in imported and (node.attr in MODULES | BY_NAME or node.attr.startswith("_")):
        yield f"{owner}.{node.attr}"
    if owner in imported and not isinstance(node.ctx, ast.Load):
        yield f"{owner}.{node.attr} ="


def _has_literal_name(node: ast.Call) -> bool:
    """Tell whether this is a call such as `getattr(node, "key")`: its name can be looked at."""
    if not isinstance(node.func, ast.Name):
        return False
    if node.func.id not in ("getattr", "setattr", "delattr") or len(node.args) < 2:
        return False
    name = node.args[1]
    return isinstance(name, ast.Constant) and isinstance(name.value, str)
