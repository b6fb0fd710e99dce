"""
What stays with the player: its functions, and the exceptions that are on their way through here.

The judge holds a number for each. What it calls is executed over there, and what that raises comes
back to the submission's own code as it was.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .session import Outcome

if TYPE_CHECKING:
    from .world import World


class SubmissionRaised(Exception):  # noqa: N818 - what happened, told to the judge
    """An exception that the submission's own code raised, on its way back to it."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome["raised"][0], outcome["raised"][1])
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that stayed with the player: its number and the name of its type."""

    number: int
    kind: str
    is_callable: bool = False


class PlayerFunction:
    """A function of the submission's, as something that the judge's side can call."""

    def __init__(self, world: "World", kept: Kept) -> None:
        self.world = world
        self.kept = kept
        self.__name__ = kept.kind

    def __call__(self, *arguments: Any) -> Any:
        wires = [self.world._encode(argument, "argument") for argument in arguments]
        outcome = self.world.drive({"function": self.kept.number, "arguments": wires})
        if "raised" in outcome:
            self.world.fallen.append(outcome)
            raise SubmissionRaised(outcome)
        return self.world._decode(outcome["value"])
