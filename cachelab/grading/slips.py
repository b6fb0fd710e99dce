"""
Slips: mistakes of writing Python, not of caching, and what Python's messages mean.

A name that is misspelt, an argument too many, a loop that never ends: whoever is stuck there needs
the line and a sentence, and is misled by a hint about the order of keys.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from .session import Outcome
from .text_places import Text, answers, prints

SUPER_SELF = re.compile(r"super\(\)\.\w+\(self\b")
WAITS = re.compile(r"`with\b|\.(?:acquire|wait|join)\(")

FROM = {
    "collections": ("OrderedDict", "defaultdict", "deque", "Counter"),
    "dataclasses": ("dataclass", "field"),
    "threading": ("Lock", "RLock"),
}
MODULES = ("bisect", "collections", "functools", "hashlib", "heapq", "itertools", "math")
IMPORTS = {
    **{name: f"import {name}" for name in (*MODULES, "random", "threading", "time")},
    **{name: f"from {module} import {name}" for module, names in FROM.items() for name in names},
}
"""What a learner forgets to import, and how to."""

BUILT_IN = ("bool", "float", "int", "list", "set", "str", "tuple")

UNCALLED = "a function is used where its answer is meant: are its () missing?"

PERHAPS = {
    "'NoneType'": "something is None here: ",
    "string indices": "what stands before the [ is a text here, no dictionary: ",
    "'Missing'": "something is MISSING here: ",
    "'function'": f"{UNCALLED} ",
    "'method'": f"{UNCALLED} ",
}
"""By a type in the message of a TypeError: what is likely to be behind it."""


class Slip(str):
    """A sentence about a slip; it stands where otherwise the reason of the contract stands."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Raised:
    """
    An exception, and the text that raised it.

    `subject` is the class or function that is judged, `called` the method that was called; `line`
    is None where no line of the text was under way: the judge's own call did not fit.
    """

    message: str
    line: int | None
    text: Text
    subject: str
    called: str

    @property
    def at(self) -> str:
        """The line, to begin a sentence with."""
        where = self.text.quoted(self.line) or (f"line {self.line}" if self.line else "")
        return f"{where}: " if where else ""

    @property
    def suggestion(self) -> str:
        """What Python takes the name for: "Did you mean: 'entries'?", or nothing."""
        place = self.message.find("Did you mean")
        return self.message[place:] if place >= 0 else ""

    def head(self, function: str) -> str:
        """Return the line in which a function begins, or its name."""
        found = self.text.function(function)
        return self.text.quoted(found.lineno) if found else function


def find_slip(outcome: Outcome, subject: str, source: str = "", called: str = "") -> Slip | None:
    """
    Return what a slip means, or None where an outcome tells of none.

    >>> message = "f() takes 1 positional argument but 2 were given"
    >>> find_slip({"raised": ["TypeError", message, None]}, "f", "def f(x): return x")
    'line 1, `def f(x): return x`, takes 1, and is called with 2 here'
    """
    if outcome.get("late"):
        return Slip(_still_at(Text(source), outcome.get("line")))
    if "raised" not in outcome:
        return None
    kind, message, line = outcome["raised"]
    tell = TELLERS.get(kind)
    told = tell(Raised(message, line, Text(source), subject, called)) if tell else None
    return None if told is None else Slip(told)


def find_missing_return(outcome: Outcome, source: str, called: str) -> Slip | None:
    """Return a sentence about a function that can only ever answer None, if that is what it did."""
    text = Text(source)
    function = text.function(called)
    if outcome.get("value", 0) is not None or function is None or answers(function):
        return None
    where = text.quoted(function.lineno)
    if prints(function):
        return Slip(f"{called} prints its answer, and the caller gets None: return it ({where})")
    return Slip(f"{called} always answers None: is a `return` missing? It begins in {where}")


def _still_at(text: Text, line: int | None) -> str:
    loop, here = text.loop_at(line), text.quoted(line)
    if here and WAITS.search(here):
        return f"{here}, was still waiting: who takes a Lock twice waits for himself, an RLock not"
    if loop is not None:
        return f"the loop in {text.quoted(loop)}, was still running: what is to end it?"
    if here:
        return f"{here}, was still under way: every call has to come back"
    return "every call has to come back: look for a loop that never ends"


def _syntax(it: Raised) -> str:
    return f"{it.at}this is no Python yet: {it.message}"


def _name(it: Raised) -> str:
    found = re.search(r"'(\w+)'", it.message)
    name = found.group(1) if found else "a name"
    if it.suggestion:
        return f"{it.at}{name} is not defined. {it.suggestion}"
    if name not in IMPORTS and (owner := it.text.owner(name)):
        return f"{it.at}{name} is known inside of {owner} alone: pass it on, or set it here too"
    advice = f"write `{IMPORTS[name]}`" if name in IMPORTS else "import or define it"
    return (
        f"the judge runs only the cell that defines {it.subject}, and {name} is not defined there: "
        f"{advice} in that cell"
    )


def _unbound(it: Raised) -> str:
    found = re.search(r"'(\w+)'", it.message)
    name = found.group(1) if found else "a name"
    return f"{it.at}{name} has no value yet when the function comes by here"


def _imported(it: Raised) -> str:
    return f"the judge runs the cell with Python's standard library alone: {it.message}"


def _attribute(it: Raised) -> str:
    found = re.search(r"'(\w+)' object has no attribute '(\w+)'", it.message)
    if found is None:
        return f"{it.at}{it.message}"
    owner, name = found.groups()
    if owner == "NoneType":
        return f"{it.at}what stands before .{name} is None here"
    if it.line is None:
        perhaps = f". {it.suggestion}" if it.suggestion else ": define it in the class"
        return f"{owner} has no method {name}{perhaps}"
    if owner in ("function", "method"):
        return f"{it.at}{UNCALLED} It has no {name}"
    if it.suggestion:
        return f"{it.at}there is no {name}. {it.suggestion}"
    if owner == "dict":
        return f"{it.at}a dictionary has no .{name}: what is in it is asked for with [{name!r}]"
    if owner in BUILT_IN:
        return f"{it.at}what stands before .{name} is of type {owner} here, which has no {name}"
    return f"{it.at}nothing has given this {owner} a {name} so far; __init__ may"


def _types(it: Raised) -> str | None:
    for pattern, tell in OF_TYPES:
        if found := re.search(pattern, it.message):
            return tell(it, found)
    perhaps = next((said for kind, said in PERHAPS.items() if kind in it.message), "")
    return f"{it.at}{perhaps}{it.message}" if it.line else None


def _counted(it: Raised, found: re.Match[str]) -> str:
    name, given = found.group(1), int(found.group(2))
    function = it.text.function(name)
    if function is None:
        return f"{it.at}{it.message}"
    names = [argument.arg for argument in function.args.args]
    is_method = "." in name
    if is_method and names[:1] not in (["self"], ["cls"]):
        return f"{it.head(name)}: the first argument of a method is self"
    if is_method and SUPER_SELF.search(it.text.quoted(it.line)):
        return f"{it.at}super() passes self by itself: leave it out of the brackets"
    besides, here = " besides self" * is_method, it.text.quoted(it.line)
    takes, given = len(names) - is_method, given - is_method
    where = f"in {here}" if here else "here"
    return f"{it.head(name)}, takes {takes}{besides}, and is called with {given} {where}"


def _lacking(it: Raised, found: re.Match[str]) -> str:
    name, lacks = found.groups()
    if it.line is not None:
        return f"{it.text.quoted(it.line)}, leaves out {lacks}: see {it.head(name)}"
    them = "them" if " and " in lacks else "it"
    return (
        f"{it.head(name)}, asks for {lacks}, and this call leaves {them} out: an argument with a "
        "value of its own, as in default=None, may be left out"
    )


def _unexpected(it: Raised, found: re.Match[str]) -> str:
    return f"{it.head(found.group(1))}, has no argument {found.group(2)}, and is passed one"


def _no_arguments(it: Raised, found: re.Match[str]) -> str:
    name = found.group(1)
    init = it.text.function(f"{name}.__init__")
    if it.line is not None or init is not None:
        return f"{it.at}{it.message}"
    return f"{name} takes no arguments: its class needs a `def __init__(self, ...)`"


def _has_no(method: str, use: str) -> Callable[[Raised, re.Match[str]], str]:
    """Return what tells of a class without one of Python's own methods."""

    def tell(it: Raised, found: re.Match[str]) -> str:
        if it.line is not None:
            return f"{it.at}{it.message}"
        return f"{use} asks the class for a method {method}, and {found.group(1)} has none"

    return tell


def _hidden(it: Raised, found: re.Match[str]) -> str:
    return (
        f"{it.at}what is called here is of type {found.group(1)} and no function: does an "
        "attribute have the name of a method?"
    )


OF_TYPES = (
    (r"([\w.]+)\(\) takes (?:from \d+ to )?\d+ positional arguments? but (\d+) w", _counted),
    (r"([\w.]+)\(\) missing \d+ required (?:positional|keyword-only) arguments?: (.+)", _lacking),
    (r"([\w.]+)\(\) got an unexpected keyword argument '(\w+)'", _unexpected),
    (r"(\w+)\(\) takes no arguments", _no_arguments),
    (r"object of type '(\w+)' has no len\(\)", _has_no("__len__", "len(...)")),
    (r"argument of type '(\w+)' is not iterable", _has_no("__contains__", "in")),
    (r"'(\w+)' object is not callable", _hidden),
)
"""By the message of a TypeError: what to say of it."""


def _recursion(it: Raised) -> str:
    return f"{it.at}a function calls itself here again and again, without an end"


TELLERS: dict[str, Callable[[Raised], str | None]] = {
    "SyntaxError": _syntax,
    "IndentationError": _syntax,
    "TabError": _syntax,
    "NameError": _name,
    "UnboundLocalError": _unbound,
    "ImportError": _imported,
    "ModuleNotFoundError": _imported,
    "AttributeError": _attribute,
    "TypeError": _types,
    "RecursionError": _recursion,
}
"""By the exception: what to say of it."""
