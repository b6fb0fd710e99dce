"""
A counterexample to step through: one scene for each call that the judge saw while it judged.

Nothing is executed again and nothing imitated. The scenes are the calls of that run; where a check
is about functions or plain calls, they are the rows of its table.
"""

from cachelab.lab import FrameView
from cachelab.lab.one_sentence import OneSentence
from cachelab.lab.scenes import Run, Scene

from .moments import FUNCTION, JUDGE
from .replay_picture import Stage
from .report import CheckResult, Counterexample, Moment, Report


class NothingToPlay(OneSentence, ValueError):  # noqa: N818 - it says what is missing
    """No check failed, or there is no run of that one to show."""


def play_check(report: Report, check: str | None = None) -> FrameView:
    """
    Return the shortest run of a check that failed as a view.

    Raises:
        NothingToPlay: no check failed, or there is no run of that one to show; a ValueError.
    """
    found = find_failure(report, check)
    shown = found.counterexample
    if shown is None or shown.is_table:
        raise NothingToPlay(f"there is no run to play for {found.id}: {found.message}")
    moments = shown.moments or moments_of_rows(shown)
    stage = Stage(moments, shown.rows[-1].expected, shown.rows[-1].got)
    scenes = [Scene(stage.scene(n), _say(moments, n, shown), n) for n in range(len(moments))]
    return FrameView(
        title=f"{report.exercise} {found.id}: {found.message}",
        about=f"{report.exercise} {found.id}, {len(moments)} call{'s' * (len(moments) > 1)}",
        runs=[Run(tuple(scenes), backdrop=stage.backdrop, table=_table(moments))],
        size=stage.size,
        first=1,
    )


def find_failure(report: Report, check: str | None) -> CheckResult:
    """
    Return a check that failed, by itself the first that has a run to show.

    Raises:
        NothingToPlay: that one did not fail, or none did; a ValueError.
    """
    failed = {one.id: one for one in report.failed}
    if not failed:
        raise NothingToPlay(f"no check of {report.exercise} failed, so there is no run to play")
    if check is None:
        runs = (one for one in failed.values() if (it := one.counterexample) and not it.is_table)
        return next(runs, report.failed[0])
    if check not in failed:
        raise NothingToPlay(f"{check!r} is no check that failed; those are: {', '.join(failed)}")
    return failed[check]


def moments_of_rows(shown: Counterexample) -> tuple[Moment, ...]:
    """
    Return the rows of a run without ports as moments: calls of the judge's, and their answers.

    >>> from cachelab.grading.report import Row
    >>> shown = Counterexample((Row("mrc([], [1])", "[1.0]", "[0.0]"),), "nothing hits")
    >>> moments_of_rows(shown)[0].callee, moments_of_rows(shown)[0].answer
    ('your code', '[0.0]')
    """
    return tuple(Moment(JUDGE, FUNCTION, row.call.strip(), row.got) for row in shown.rows)


def _say(moments: tuple[Moment, ...], place: int, shown: Counterexample) -> str:
    """Return the sentence of one scene; the last one says what was expected, and why."""
    said = f"{place + 1} of {len(moments)}: {_told(moments[place])}"
    if place + 1 < len(moments):
        return f"{said}."
    hope = shown.rows[-1].expected
    wanted = f" Expected: {hope}." if hope else ""
    return f"{said}.{wanted} Why: {shown.why}."


def _told(moment: Moment) -> str:
    """Return a moment in words."""
    line = f" in line {moment.line}" if moment.line is not None else ""
    if moment.call == "returns":
        return f"{moment.caller} returns {moment.answer}"
    answer = f", and gets {moment.answer}" if moment.answer else ""
    if moment.callee == moment.caller:
        return _noted(moment)
    asked = moment.callee if _names_itself(moment) else f"{moment.callee}."
    text = moment.call if _names_itself(moment) else f"{asked}{moment.call}"
    return f"{moment.caller} calls {text}{line}{answer}"


def _noted(moment: Moment) -> str:
    """
    Return in words what somebody did or asked without calling anything.

    >>> _noted(Moment("A", "A", "ends", "True")), _noted(Moment("A", "A", "is to call f()"))
    ('A ends with True', 'A is to call f()')
    >>> _noted(Moment(JUDGE, JUDGE, "how often was the source asked?", "2"))
    'judge: how often was the source asked? 2'
    """
    if moment.call.startswith(("is to ", "waits for ")):
        told = f"{moment.caller} {moment.call}"
        return f"{told}, and gets {moment.answer}" if moment.answer else told
    if moment.call == "ends":
        return f"{moment.caller} ends{f' with {moment.answer}' if moment.answer else ''}"
    between = " " if moment.call.endswith("?") else ", "
    answer = f"{between}{moment.answer}" if moment.answer else ""
    return f"{moment.caller}: {moment.call}{answer}"


def _names_itself(moment: Moment) -> bool:
    """Tell whether a call's text says already what it is a call of."""
    return moment.caller == JUDGE or moment.call.startswith(f"{moment.callee}(")


def _table(moments: tuple[Moment, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the run as a table, without the columns that would be empty."""
    rows: list[tuple[str, ...]] = [("time", "caller", "called", "call", "answer", "line")]
    for one in moments:
        line = f"{one.line}: {one.code}" if one.line is not None else ""
        callee = "" if one.callee == one.caller else one.callee
        rows.append((f"{one.at:g} s", one.caller, callee, one.call, one.answer, line))
    idle = [column for column in (0, 5) if len({row[column] for row in rows[1:]} - {"", "0 s"}) < 1]
    return tuple(tuple(x for n, x in enumerate(row) if n not in idle) for row in rows)
