"""
Who a cache serves: one user, or many. Half the rules of HTTP caching depend on it.
"""

from typing import Final

SHARED: Final = frozenset({"shared", "cdn", "proxy", "gateway"})
PRIVATE: Final = frozenset({"private", "browser"})


def is_shared(layer: str) -> bool:
    """
    Tell whether what this layer stores may be sent to somebody else than who asked for it.

    Raises:
        ValueError: it is none of "private" ("browser") and "shared" ("cdn", "proxy", "gateway").

    >>> is_shared("cdn"), is_shared("browser")
    (True, False)
    """
    if layer not in SHARED | PRIVATE:
        known = ", ".join(sorted(SHARED | PRIVATE))
        raise ValueError(f"a layer is one of {known}, not {layer!r}")
    return layer in SHARED
