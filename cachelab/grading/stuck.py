"""
What one check has learned about calls that never return, for the checks that come after it.

Whoever waits for the same loop in each check waits for minutes. It is waited for to the end once;
later checks that come upon it say so at once, and those that do not earn their points.
"""

from dataclasses import dataclass, field, replace

from .exercise import Finding
from .session import CALL_SECONDS, Session
from .wording import shorten

SHORT_SECONDS = 0.7
"""What a call gets in the checks after the first one that lost the player."""

LONGEST_CALL = 60


@dataclass(slots=True)
class NeverReturning:
    """
    Names of methods and functions of which a call has not returned: the check, and the call.

    `patience` is what a call gets in the next check; `end` is the check after which nothing can be
    judged, for the text as a whole does not get through.
    """

    calls: dict[str, tuple[str, str]] = field(default_factory=dict)
    patience: float = CALL_SECONDS
    end: str | None = None

    def told(self, check: str, session: Session, finding: Finding | None) -> Finding | None:
        """Return a finding with the call that did not return as its message; remember it."""
        if session.lost:
            self.patience = SHORT_SECONDS
        if finding is not None and finding.ends_all:
            self.end = check
        if finding is None or not session.stuck:
            return finding
        shown = finding.counterexample
        call = shown.rows[-1].call.strip() if shown else f"{session.stuck}(...)"
        self.calls[session.stuck] = (check, shorten(call, LONGEST_CALL))
        return replace(finding, message=f"a call of {session.stuck} does not return")

    def again(self, name: str) -> Finding:
        """Return what there is to say where the same call does not return once more."""
        check, call = self.calls[name]
        return Finding(
            f"{name} does not return here either: see the check {check}, {call}", is_slip=True
        )

    def reason(self, check: str) -> str:
        """Return why a check has failed, if it was such a call; otherwise nothing."""
        calls = (call for seen, call in self.calls.values() if seen == check)
        return "".join(f": there {call} does not return" for call in calls)
