"""
The bank of submissions, right and wrong: which there are, what they are meant for, their verdicts.

A wrong submission begins with `# rejected by: CHECK`, and where a mistake cannot help but break
other checks as well, a second line `# also breaks: CHECK, CHECK` names them.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cachelab.grading import EXERCISES, Report, judge

ROOT = Path(__file__).parents[1] / "mutants"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong submission, and the check that is meant to reject it."""

    exercise: str
    path: Path
    meant_for: str
    breaks_more: frozenset[str]

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")


def right(exercise: str) -> list[Path]:
    """Return the files of submissions that keep the contract, each in a way of its own."""
    return sorted((ROOT / exercise / "right").glob("*.py"))


def stub(exercise: str) -> Path:
    """Return the file of the empty form."""
    return ROOT / exercise / "stub.py"


def wrong(exercise: str) -> list[Wrong]:
    """Return the wrong submissions of an exercise."""
    return [_read(exercise, path) for path in sorted((ROOT / exercise / "wrong").glob("*.py"))]


def everything_wrong() -> list[Wrong]:
    """Return the wrong submissions of all exercises."""
    return [one for exercise in EXERCISES for one in wrong(exercise)]


@cache
def verdict(exercise: str, text: str, only: str | None = None) -> Report:
    """Judge a text, each text once."""
    return judge(exercise, text, only=only)


def _read(exercise: str, path: Path) -> Wrong:
    first, second, *_ = [*path.read_text(encoding="utf-8").splitlines(), "", ""]
    assert first.startswith("# rejected by: "), f"{path.name} does not say what rejects it"
    more = second.removeprefix("# also breaks: ") if second.startswith("# also breaks: ") else ""
    names = frozenset(name.strip() for name in more.split(",") if name.strip())
    return Wrong(exercise, path, first.removeprefix("# rejected by: ").strip(), names)
