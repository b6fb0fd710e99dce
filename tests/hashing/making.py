"""How the tests make placements: small tables, so that many can be made."""

from collections.abc import Callable, Iterable, Mapping

from cachelab.hashing import PLACEMENTS, Maglev, Placement

Make = Callable[[Iterable[str] | Mapping[str, float]], Placement]

MAKE: dict[str, Make] = {
    **PLACEMENTS,
    "maglev": lambda nodes: Maglev(nodes, table_size=251),
}

KEYS = [f"user:{number}" for number in range(300)] + list(range(100))


def owners(placement: Placement, keys: Iterable[str | bytes | int] = KEYS) -> dict[object, str]:
    return {key: placement.node_for(key) for key in keys}


def moved(before: dict[object, str], after: dict[object, str]) -> set[tuple[str, str]]:
    """The pairs (old owner, new owner) between which keys moved."""
    return {(before[key], after[key]) for key in before if before[key] != after[key]}
