"""
Who owns a key when there are several nodes: one placement per file, one contract for all.

`HashRing(["cache-a", "cache-b"]).node_for("user:42")` is a placement you can use; `PLACEMENTS` is
the list that the tests, the benchmark and the lessons go through.
"""

from .base import Placement
from .bounded import BoundedLoad
from .jump import Jump, jump_hash
from .ketama import KetamaRing
from .keys import HASHES, Key, mix64
from .maglev import Maglev
from .modulo import Modulo
from .rendezvous import Rendezvous
from .ring import HashRing
from .slots import Slots, hash_slot, hash_tag

PLACEMENTS: dict[str, type[Placement]] = {
    placement.name: placement
    for placement in (
        Modulo,
        HashRing,
        BoundedLoad,
        KetamaRing,
        Rendezvous,
        Jump,
        Maglev,
        Slots,
    )
}
"""Every placement under its name. A new placement is one file and one entry."""

__all__ = [
    "HASHES",
    "PLACEMENTS",
    "BoundedLoad",
    "HashRing",
    "Jump",
    "KetamaRing",
    "Key",
    "Maglev",
    "Modulo",
    "Placement",
    "Rendezvous",
    "Slots",
    "hash_slot",
    "hash_tag",
    "jump_hash",
    "mix64",
]
