"""The judge of ex07 against right and wrong submissions: it has to tell them apart, and say why."""

from pathlib import Path

import pytest

from cachelab.grading import EXERCISES

MUTANTS = Path(__file__).parents[1] / "mutants" / "ex07"
RIGHT = sorted((MUTANTS / "right").glob("*.py"))
WRONG = sorted((MUTANTS / "wrong").glob("*.py"))
CHECKS = {check.id: check for check in EXERCISES["ex07"].checks}

# These break an operation that other checks use as well.
BREAKS_MORE = {
    "len_drops_a_key": {"update", "delete", "edges"},
    "early_return_keeps_the_lock": {"hit_rate", "edges", "constant_time", "threads"},
}
HANGS = {"early_return_keeps_the_lock"}


def _name(path: Path) -> str:
    return path.stem


def _wrong() -> list:
    slow = {name: [pytest.mark.slow] for name in HANGS}
    return [pytest.param(path, id=path.stem, marks=slow.get(path.stem, [])) for path in WRONG]


def test_the_points_add_up_to_forty():
    points = {check.id: check.points for check in CHECKS.values()}
    assert points == {
        "stores": 4,
        "victim": 7,
        "update": 4,
        "membership": 3,
        "delete": 4,
        "hit_rate": 3,
        "edges": 3,
        "constant_time": 6,
        "threads": 6,
    }


def test_every_check_has_three_hints_and_waits_only_for_earlier_checks():
    seen: set[str] = set()
    for check in CHECKS.values():
        assert len(check.hints) == 3
        assert set(check.needs) <= seen
        seen.add(check.id)


def test_there_is_a_wrong_submission_for_every_check():
    assert {_meant_for(path) for path in WRONG} == set(CHECKS)


@pytest.mark.parametrize("path", RIGHT, ids=_name)
def test_a_right_submission_gets_full_marks(path, judged):
    report = judged(path.read_text(encoding="utf-8"))
    assert report.points == 40, str(report)


@pytest.mark.parametrize("path", _wrong())
def test_a_wrong_submission_is_rejected_by_the_check_meant_for_it(path, judged):
    report = judged(path.read_text(encoding="utf-8"))
    failed = {check.id for check in report.failed}
    assert _meant_for(path) in failed
    assert failed - BREAKS_MORE.get(path.stem, set()) == {_meant_for(path)}, str(report)


@pytest.mark.parametrize("path", _wrong())
def test_a_rejection_shows_a_short_run(path, judged):
    report = judged(path.read_text(encoding="utf-8"))
    [result] = [check for check in report.failed if check.id == _meant_for(path)]
    shown = result.counterexample
    assert shown is not None
    assert len(shown.rows) <= (6 if path.stem == "m03_put_does_not_refresh" else 12)
    assert shown.rows[-1].expected
    assert shown.why


def test_the_empty_form_gets_nothing_on_any_check(judged):
    report = judged((MUTANTS / "stub.py").read_text(encoding="utf-8"))
    assert [check.points for check in report.checks] == [0] * len(CHECKS)


def test_checks_that_build_on_a_failed_one_are_not_judged(judged):
    report = judged((MUTANTS / "wrong" / "never_evicts.py").read_text(encoding="utf-8"))
    waiting = {check.id for check in report.checks if check.waits_for}
    assert waiting == {"update", "membership", "delete", "constant_time", "threads"}


def _meant_for(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# rejected by: ")
