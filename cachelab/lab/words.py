"""
What happened, in words: one sentence per operation and per line, for everybody and every reader.
"""

from .lanes import Snapshot
from .recorder import Outcome

MAX_TEXT = 12

Lanes = dict[str, list[str]]


def label(operation: tuple[object, ...]) -> str:
    """
    Return an operation as a learner would say it.

    >>> label(("request", "a")), label(("put", "a", 1)), label(("len",))
    ('a', 'put a', 'len')
    """
    verb = str(operation[0])
    if len(operation) == 1:
        return verb
    return shown(operation[1]) if verb == "request" else f"{verb} {shown(operation[1])}"


def shown(key: object) -> str:
    """
    Return a key as text for a box: a string as it is, anything else by its repr, both cut short.

    >>> shown("a"), shown(7), shown("a key that is too long")
    ('a', '7', 'a key that …')
    """
    text = key if isinstance(key, str) else repr(key)
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def phase(outcome: Outcome) -> str:
    verb = outcome.operation[0]
    if outcome.error:
        return "error"
    if outcome.victims:
        return "evict"
    if verb in ("request", "get"):
        return "hit" if outcome.hit else ("insert" if verb == "request" else "miss")
    if verb == "put":
        return "update" if outcome.was_resident else "insert"
    return "delete" if verb == "delete" else "look"


def result(outcome: Outcome) -> str:
    """Say in a word what came of an operation."""
    if outcome.error:
        return "error"
    match outcome.operation[0]:
        case "request" | "get":
            return "hit" if outcome.hit else "miss"
        case "put":
            return "update" if outcome.was_resident else "new"
        case "delete":
            return "gone" if outcome.was_resident else "none"
    return _answer(outcome)


def _answer(outcome: Outcome) -> str:
    answer = outcome.answer
    return repr(round(answer, 4) if isinstance(answer, float) else answer)


def verdict(outcome: Outcome) -> str:
    """Say in words what an operation did."""
    name = label(outcome.operation)
    if outcome.error:
        return f"{name} raises {outcome.error}"
    verb = outcome.operation[0]
    if verb in ("in", "len", "hit_rate"):
        return f"{name} answers {_answer(outcome)}"
    if verb == "request":
        said = "hits" if outcome.hit else "misses"
    elif verb == "get":
        said = "hits" if outcome.hit else "finds nothing"
    elif verb == "put":
        said = "replaces its value" if outcome.was_resident else "stores it"
    else:
        said = "drops it" if outcome.was_resident else "finds nothing"
    return f"{name} {said}{_fate(outcome)}"


def _fate(outcome: Outcome) -> str:
    if not outcome.victims:
        stored = outcome.operation[0] == "request" and not outcome.hit
        return " and is stored" if stored and _is_in(outcome) else ""
    names = " and ".join(shown(key) for key in outcome.victims)
    return f"; {names} {'is' if len(outcome.victims) == 1 else 'are'} evicted"


def _is_in(outcome: Outcome) -> bool:
    return any(outcome.operation[1] in keys for keys in outcome.after.lanes.values())


def left(key: str, before: Lanes, after: Lanes) -> bool:
    return any(key in keys and key not in after.get(name, []) for name, keys in before.items())


def changes(before: Lanes, after: Lanes) -> list[str]:
    """
    Say what a line did to the lanes.

    >>> changes({"queue": ["a", "b"]}, {"queue": ["b", "a"]})
    ['a moves to the end of queue']
    >>> changes({"t1": ["a"], "t2": []}, {"t1": [], "t2": ["a"]})
    ['a leaves t1', 'a enters t2']
    """
    leaves, enters = [], []
    for name in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(name, []), after.get(name, [])
        leaves += [f"{key} leaves {name}" for key in old if key not in new]
        enters += [f"{key} enters {name}" for key in new if key not in old]
        if old != new and sorted(old) == sorted(new):
            enters.append(_move(name, old, new))
    return leaves + enters


def _move(name: str, old: list[str], new: list[str]) -> str:
    if [key for key in old if key != new[-1]] == new[:-1]:
        return f"{new[-1]} moves to the end of {name}"
    if [key for key in old if key != new[0]] == new[1:]:
        return f"{new[0]} moves to the front of {name}"
    return f"{name} changes its order"


def number_changes(before: Snapshot, after: Snapshot) -> list[str]:
    old = before.numbers
    return [f"{name} is {n:g}" for name, n in after.numbers.items() if old.get(name) != n]
