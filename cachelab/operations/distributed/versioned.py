"""
What a store holds of a replicated entry: the value, and a version that says which is the newest.

A deleted entry leaves its version behind, without a value. So a store that slept through the
delete cannot bring the old value back.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from cachelab.ports import MISSING
from cachelab.ports.stores import Absent


class Version(NamedTuple):
    """
    How new an entry is: versions are compared part by part, from the left.

    `number` goes up with each set or delete, and `writer` is a new random word each time, so that
    two at the same moment differ; of a set and a delete the delete is the newer. `step` goes up
    with each `replace` or `add`, which builds on one version and comes right after it, before
    whatever else was written meanwhile.
    """

    number: int
    writer: str
    step: int


NEVER = Version(0, "", 0)
"""The version of what was never written."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One store's copy: its version, its value (MISSING: deleted or never there), and its form."""

    version: Version
    value: Any | Absent
    stored: Any | Absent

    def after(self, value: Any | Absent) -> "Copy":
        """Return the copy that a compare-and-set puts in the place of this one."""
        number, writer, step = self.version
        return copy_of(Version(number, writer, step + 1), value)


NOTHING = Copy(NEVER, MISSING, MISSING)


def copy_of(version: Version, value: Any | Absent) -> Copy:
    """Return a copy in the form in which it is stored: a list, shorter by one without a value."""
    return Copy(version, value, [*version] if value is MISSING else [*version, value])


def read_copy(stored: Any | Absent) -> Copy:
    """
    The copy that a store holds; what is not in the form of one counts as older than all others.

    >>> read_copy(copy_of(Version(7, "w", 0), "v").stored)
    Copy(version=Version(number=7, writer='w', step=0), value='v', stored=[7, 'w', 0, 'v'])
    """
    match stored:
        case [int() as number, str() as writer, int() as step, *rest] if len(rest) < 2:
            return Copy(Version(number, writer, step), rest[0] if rest else MISSING, stored)
    return Copy(NEVER, MISSING, stored)


def newest(copies: Iterable[Copy]) -> Copy:
    """Return the newest of `copies`, the first of equals."""
    return max(copies, key=lambda copy: copy.version, default=NOTHING)


def written_after(copies: Iterable[Copy], value: Any | Absent) -> Copy:
    """Return a copy for a set, or with MISSING for a delete, that is newer than `copies`."""
    word = uuid.uuid4().hex[:16]
    writer = f"~{word}" if value is MISSING else word  # "~" comes after every letter and digit
    return copy_of(Version(newest(copies).version.number + 1, writer, 0), value)
