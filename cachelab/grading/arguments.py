"""
What stands for ports, objects and generators among the arguments of an operation.

Operations are data: a run is drawn, played and made shorter before any of these exists.
"""

from dataclasses import dataclass
from typing import Any

from .player.values import Wire, encode


@dataclass(frozen=True, slots=True)
class Ported:
    """Stands for a port among the arguments of an operation."""

    name: str

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Named:
    """An argument that an operation passes by name."""

    name: str
    value: Any

    def __repr__(self) -> str:
        return f"{self.name}={self.value!r}"


@dataclass(frozen=True, slots=True)
class Made:
    """Stands for an object of the run, by its number, among the arguments of an operation."""

    slot: int
    name: str

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Seeded:
    """Stands for a `random.Random` with this seed, made on the submission's side."""

    seed: int

    def __repr__(self) -> str:
        return f"Random({self.seed})"


def wired(value: Any) -> Wire:
    """Return an argument of an operation as the player takes it: ports and objects by name."""
    if isinstance(value, Ported):
        return {"port": value.name}
    if isinstance(value, Made):
        return {"object": value.slot}
    if isinstance(value, Seeded):
        return {"random": value.seed}
    if isinstance(value, Named):
        return {"keyword": [value.name, wired(value.value)]}
    if type(value) is list or type(value) is tuple:
        return {type(value).__name__: [wired(item) for item in value]}
    if type(value) is dict:
        return {"dict": [[wired(key), wired(item)] for key, item in value.items()]}
    return encode(value)
