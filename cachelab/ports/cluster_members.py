"""
What a node of a cluster says about all of them, as values.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Member:
    """
    A node of a cluster, as another one sees it.

    `slots` are its ranges, both ends included; `follows` is the id of a replica's master. `alive`
    is False once the others agree that it is dead.
    """

    port: int
    role: str
    slots: tuple[tuple[int, int], ...] = ()
    alive: bool = True
    id: str = field(default="", repr=False)
    follows: str | None = field(default=None, repr=False)

    def owns(self, slot: int) -> bool:
        """Tell whether `slot` is in one of its ranges."""
        return any(first <= slot <= last for first, last in self.slots)

    @property
    def slot_count(self) -> int:
        """How many slots it has."""
        return sum(last - first + 1 for first, last in self.slots)


def parse_members(answer: Any) -> list[Member]:
    """
    Read the answer to CLUSTER NODES; masters come first, in the order of their slots.

    >>> print(parse_members(b"07c3 127.0.0.1:7001@17001 myself,master - 0 0 1 connected 0-9 11")[0])
    Member(port=7001, role='master', slots=((0, 9), (11, 11)), alive=True)
    """
    text = answer.decode() if isinstance(answer, bytes) else ""
    members = [_member(line.split()) for line in text.splitlines()]
    return sorted(members, key=lambda member: (member.role, member.slots, member.port))


def _member(words: list[str]) -> Member:
    identity, address, flags, follows, _, _, _, _, *slots = words
    marks = flags.split(",")
    ranges = [tuple(map(int, part.split("-"))) for part in slots if not part.startswith("[")]
    return Member(
        port=int(address.partition("@")[0].rpartition(":")[2]),
        role="master" if "master" in marks else "replica",
        slots=tuple((part[0], part[-1]) for part in ranges),
        alive="fail" not in marks and "noaddr" not in marks,
        id=identity,
        follows=None if follows == "-" else follows,
    )
