"""Every exercise's judge against right and wrong submissions: it has to tell them apart."""

import pytest

from cachelab.grading import EXERCISES

from . import bank

LONGEST = 12

# The first question about an exercise waits for the answers to all of them.
pytestmark = pytest.mark.timeout(1200)

in_every_exercise = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda e: e.id)
RIGHT = [(name, path) for name in EXERCISES for path in bank.right(name)]
WRONG = bank.everything_wrong()
each_right = pytest.mark.parametrize("case", RIGHT, ids=lambda case: f"{case[0]}-{case[1].stem}")
each_wrong = pytest.mark.parametrize("case", WRONG, ids=lambda c: f"{c.exercise}-{c.path.stem}")


@pytest.fixture(scope="module", autouse=True)
def _what_is_asked(request):
    """Say what the selected tests will ask about."""
    cases = [item.callspec.params.get("case") for item in request.session.items if _is_ours(item)]
    bank.EXPECTED.update(_question(case) for case in cases if case is not None)


def _is_ours(item):
    return item.path.name == "test_exercises.py" and hasattr(item, "callspec")


def _question(case):
    if isinstance(case, bank.Wrong):
        return (case.exercise, case.text, case.meant_for)
    return (case[0], case[1].read_text("utf-8"), None)


@in_every_exercise
def test_an_exercise_is_worth_forty_points(exercise):
    assert exercise.max_points + exercise.by_hand == 40


@in_every_exercise
def test_every_check_has_three_hints_and_waits_only_for_earlier_checks(exercise):
    seen: set[str] = set()
    for check in exercise.checks:
        assert len(check.hints) == 3, check.id
        assert {*check.needs, *check.after} <= seen, check.id
        seen.add(check.id)


@in_every_exercise
def test_every_check_proves_itself_on_a_wrong_submission(exercise):
    proved = {wrong.meant_for for wrong in bank.wrong(exercise.id)}
    assert proved == {check.id for check in exercise.checks}


@in_every_exercise
def test_there_are_three_different_right_submissions(exercise):
    assert len({path.read_text("utf-8") for path in bank.right(exercise.id)}) >= 3


@in_every_exercise
def test_the_empty_form_gets_nothing_on_any_check(exercise):
    report = bank.verdict(exercise.id, bank.stub(exercise.id).read_text("utf-8"))
    assert [check.points for check in report.checks] == [0] * len(exercise.checks)


@each_right
def test_a_right_submission_gets_full_marks(case):
    name, path = case
    report = bank.verdict(name, path.read_text("utf-8"))
    assert report.points == report.max_points, str(report)


@each_wrong
def test_a_wrong_submission_is_rejected_by_the_check_meant_for_it(case):
    report = bank.verdict(case.exercise, case.text, case.meant_for)
    failed = {check.id for check in report.failed}
    assert case.meant_for in failed, str(report)
    assert failed - case.breaks_more == {case.meant_for}, str(report)


@each_wrong
def test_a_rejection_shows_a_short_run_and_says_why(case):
    report = bank.verdict(case.exercise, case.text, case.meant_for)
    [result] = [check for check in report.failed if check.id == case.meant_for]
    assert result.counterexample is not None, str(report)
    assert 0 < len(result.counterexample.rows) <= LONGEST, str(report)
    assert result.counterexample.why
