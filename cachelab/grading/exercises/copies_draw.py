"""
Drawn operations for caches that read: rows first, and nothing that changes nothing.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from cachelab.grading.runs import Operation
from cachelab.grading.world import Named, Ported

from .copies_model import CopiesModel
from .through_model import ThroughModel

STORE = ("down", "hanging", "full", "up", "up", "up")
FAILURES = ("raise SourceError", "raise TimeoutError", "raise KeyError")

Drawing = Callable[[Random, Any], Operation]


def drawing(kinds: str, rows: tuple[Any, ...], keys: tuple[str, ...], first: bool) -> Drawing:
    """
    Return a generator of operations; a kind that is named twice comes twice as often.

    With `first`, every run begins with a row for each of `keys`.
    """
    words = kinds.split()

    def draw(random: Random, model: CopiesModel) -> Operation:
        if isinstance(model, ThroughModel) and not model.loaders:
            return ("register_loader", "user", Ported("load_user"))
        lacking = [key for key in keys if key not in model.rows]
        if first and lacking:
            return ("@changed", lacking[0], random.choice(rows))
        kind = random.choice([word for word in words if _is_news(model, word)])
        return _drawn(kind, random, model, random.choice(keys), rows)

    return draw


def _is_news(model: CopiesModel, kind: str) -> bool:
    """Leave out a question that was put just now, and waiting where nothing comes to its end."""
    if kind == "@sleep":
        return bool(model.sure or model.doubtful)
    return not kind.startswith("@") or kind == "@changed" or kind != model.last


def _drawn(
    kind: str, random: Random, model: CopiesModel, key: str, rows: tuple[Any, ...]
) -> Operation:
    if kind in ("read", "get", "@removed"):
        return (kind, key)
    if kind == "get/20":
        return ("get", key, Named("ttl", 20))
    if kind in ("write", "@changed"):
        return (kind, key, random.choice(rows))
    if kind == "@sleep":
        return (kind, random.choice(model.waits()))
    if kind == "@store":
        return (kind, random.choice([state for state in STORE if state != model.store]))
    if kind == "@source":
        return (kind, "down" if model.source == "up" else "up")
    if kind == "@loaders":
        assert isinstance(model, ThroughModel)
        return (kind, "work" if model.failure else random.choice(FAILURES))
    return (kind,)
