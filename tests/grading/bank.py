"""
The bank of submissions, right and wrong: which there are, what they are meant for, their verdicts.

A wrong submission begins with `# rejected by: CHECK`, and where a mistake cannot help but break
other checks as well, a second line `# also breaks: CHECK, CHECK` names them.
"""

from dataclasses import dataclass
from pathlib import Path

from joblib import Parallel, delayed

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


Question = tuple[str, str, str | None]
"""An exercise, a text, and the one check to judge it by, or None for all."""

_VERDICTS: dict[Question, Report] = {}

EXPECTED: set[Question] = set()
"""Questions that will be asked: those of an exercise are answered together, on all cores."""


def verdict(exercise: str, text: str, only: str | None = None) -> Report:
    """Judge a text, each text once."""
    question = (exercise, text, only)
    if question in EXPECTED and question not in _VERDICTS:
        judge_ahead({other for other in EXPECTED if other[0] == exercise})
    if question not in _VERDICTS:
        _VERDICTS[question] = judge(exercise, text, only=only)
    return _VERDICTS[question]


def judge_ahead(questions: set[Question]) -> None:
    """Judge many texts on all cores, so that `verdict` has the answers ready."""
    left = sorted(questions - _VERDICTS.keys(), key=repr)
    if len(left) > 8:  # fewer are not worth the start of other processes
        jobs = delayed(judge)
        answers = Parallel(n_jobs=-1)(jobs(name, text, only=only) for name, text, only in left)
        _VERDICTS.update(zip(left, answers, strict=True))


def _read(exercise: str, path: Path) -> Wrong:
    first, second, *_ = [*path.read_text(encoding="utf-8").splitlines(), "", ""]
    assert first.startswith("# rejected by: "), f"{path.name} does not say what rejects it"
    more = second.removeprefix("# also breaks: ") if second.startswith("# also breaks: ") else ""
    names = frozenset(name.strip() for name in more.split(",") if name.strip())
    return Wrong(exercise, path, first.removeprefix("# rejected by: ").strip(), names)
