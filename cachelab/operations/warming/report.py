"""
What came of a warm-up, as one value and as a few sentences.
"""

from dataclasses import dataclass, field

from .filling import Filled


@dataclass(frozen=True, slots=True)
class WarmReport:
    """
    How many keys came to which end, and why the warm-up stopped if it did so early.

    `resumed` keys were done by an earlier run, `failed` ones raised an error: `errors` are the last
    few. `broken_lines` are those of a log from which no key could be got.

    >>> report = WarmReport({Filled.KEPT: 7, Filled.PRESENT: 2}, failed=1, seconds=0.5)
    >>> report.kept, report.tried, str(report)
    (7, 10, '7 keys kept, 2 already there, 1 failed in 0.5 s.')
    """

    ends: dict[Filled, int] = field(default_factory=dict)
    failed: int = 0
    resumed: int = 0
    broken_lines: int = 0
    seconds: float = 0.0
    stopped: str | None = None
    errors: tuple[str, ...] = ()

    @property
    def kept(self) -> int:
        """How many copies were brought."""
        return self.ends.get(Filled.KEPT, 0)

    @property
    def tried(self) -> int:
        """How many keys were asked for in this run."""
        return sum(self.ends.values()) + self.failed

    @property
    def is_complete(self) -> bool:
        """Tell whether the warm-up came to the end of its keys, and none failed."""
        return self.stopped is None and not self.failed

    def __str__(self) -> str:
        others = [f"{n} {end.value}" for end, n in self.ends.items() if n and end.value != "kept"]
        words = [f"{self.kept} keys kept", *others]
        if self.failed:
            words.append(f"{self.failed} failed")
        if self.resumed:
            words.append(f"{self.resumed} done before")
        if self.broken_lines:
            words.append(f"{self.broken_lines} broken line{'s' * (self.broken_lines > 1)}")
        said = f"{', '.join(words)} in {self.seconds:.3g} s."
        return said if self.stopped is None else f"{said} Stopped early: {self.stopped}."
