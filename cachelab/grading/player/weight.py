"""
How much memory an object of a submission holds on to: the bytes of all that it leads to.

Modules, classes and functions are no part of it: every object leads to those.
"""

import gc
import sys
import types
from typing import Any

SHARED = (types.ModuleType, type, types.FunctionType, types.BuiltinFunctionType, types.CodeType)


def weigh(target: Any) -> int:
    """Return the bytes of `target` and of everything that it refers to, each thing once."""
    seen: dict[int, Any] = {}
    waiting = [target]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, SHARED):
            continue
        seen[id(thing)] = thing
        waiting += gc.get_referents(thing)
    return sum(map(sys.getsizeof, seen.values()))
