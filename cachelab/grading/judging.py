"""
The judge: every check of an exercise on a submission's text, in order, and the verdict.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from random import Random

from .exercise import Check, Exercise, Finding
from .exercises import EXERCISES
from .plainness import objection
from .pool import PlayerPool
from .process import CallRaised, PlayerLost
from .report import CheckResult, Counterexample, Report, Row
from .sandbox import Level, choose_level
from .session import CALL_SECONDS, Session, StuckAgain, Unfinished
from .slips import Slip
from .stuck import NeverReturning
from .text_places import Text
from .wording import UNWRITTEN, explain_exception, reason, show_outcome

MORE = 3
"""Times as many seconds for a check whose time was over, when it is judged once more."""


def find_exercise(name: str) -> Exercise:
    """
    Return the exercise of an id such as "ex07", or of a longer name such as "ex07_lru_cache".

    Raises:
        ValueError: there is no such exercise.
    """
    short = name.split("_", 1)[0]
    if short == "capstone":  # it brings a whole shop, and who judges an exercise has no use for it
        from .capstone import CAPSTONE

        return CAPSTONE
    if short not in EXERCISES:
        known = ", ".join([*EXERCISES, "capstone"])
        raise ValueError(f"there is no exercise {name!r} to judge; known: {known}")
    return EXERCISES[short]


def judge(
    exercise: str,
    source_text: str,
    *,
    require: str = "process",
    seed: int | None = None,
    only: str | None = None,
    until_failure: bool = False,
    on_result: Callable[[CheckResult], object] = lambda _: None,
) -> Report:
    """
    Return the verdict on a submission, given as the text of its solution cell or file.

    Another `seed` draws other runs; without one every judgement of a text is the same. `only` is
    the id of one check: that one is judged, and those that come before it. Nothing is judged
    after the first check that fails if it is `until_failure`; `on_result` is told of each check.

    Raises:
        ValueError: no such exercise or check, or `require` is no level of the sandbox.
        CachelabError: the sandbox that is required is not available.

    >>> judge("ex07", "class LRUCache: pass").points
    0
    """
    found, level = find_exercise(exercise), choose_level(require)
    with PlayerPool(level, source_text) as pool:
        verdicts = (
            found.panel(level, source_text, seed, only)
            if found.panel
            else _each_verdict(found, _wanted(found, only), pool, seed or 0)
        )
        return gather(found, level, verdicts, on_result, until_failure=until_failure)


def gather(
    exercise: Exercise,
    level: Level,
    verdicts: Iterable[CheckResult],
    on_result: Callable[[CheckResult], object],
    *,
    until_failure: bool = False,
) -> Report:
    """Return the report on an exercise, from verdicts that are given while it is judged."""
    started, results = time.monotonic(), list[CheckResult]()
    for result in verdicts:
        results.append(result)
        on_result(result)
        if until_failure and result.word == "failed":
            break
    seconds = time.monotonic() - started
    return Report(exercise.id, exercise.title, tuple(results), level, seconds)


def _each_verdict(
    exercise: Exercise, checks: list[Check], pool: PlayerPool, seed: int
) -> Iterator[CheckResult]:
    """Give the verdicts of the checks, in order."""
    passed, stuck = set[str](), NeverReturning()
    for check in checks:
        waits_for, other = stuck.end or check.waits_for(passed), check.is_after(passed)
        if waits_for:
            result = _waiting(check, waits_for, stuck)
        elif check.measured and (found := objection(pool.source)):
            result = _verdict(check, _not_plain(pool.source, *found))
        else:
            judged = replace(check, examine=check.apart) if other and check.apart else check
            result = _examined(judged, exercise, pool, seed, stuck)
            if other and not result.passed:
                result = _waiting(check, other, stuck)
        if result.passed:
            passed.add(check.id)
        yield result


def _examined(
    check: Check, exercise: Exercise, pool: PlayerPool, seed: int, stuck: NeverReturning
) -> CheckResult:
    """
    Return the verdict of one check.

    What time alone decided is decided once more with more of it: a busy machine must not make a
    right submission fail, nor let one pass that was not played to the end.
    """
    subject = check.subject or exercise.names[0]
    reason = ""
    for again in (False, True):
        patience = CALL_SECONDS if again else stuck.patience
        seconds = check.seconds * (MORE if again else patience / CALL_SECONDS)
        session = Session(pool, subject, seconds, patience, known=stuck.calls)
        with session:
            try:
                finding = _judge_one(check, session, Random(f"{exercise.id} {check.id} {seed}"))
            except StuckAgain as same:
                return _verdict(check, stuck.again(same.name))
            except Unfinished as ended:
                reason = str(ended)
                continue
        if again or not session.is_doubtful:
            return _verdict(check, stuck.told(check.id, session, finding))
    return _unfinished(check, reason)


def _unfinished(check: Check, reason: str) -> CheckResult:
    message = f"could not be judged: {reason}"
    return CheckResult(check.id, check.title, 0, check.points, message, is_unfinished=True)


def _wanted(exercise: Exercise, only: str | None) -> list[Check]:
    """Return the checks to judge, in order."""
    if only is None:
        return list(exercise.checks)
    by_id = {check.id: check for check in exercise.checks}
    if only not in by_id:
        raise ValueError(f"{exercise.id} has no check {only!r}; known: {', '.join(by_id)}")
    wanted, waiting = set[str](), [only]
    while waiting:
        wanted.add(check_id := waiting.pop())
        waiting += (*by_id[check_id].needs, *by_id[check_id].after)
    return [check for check in exercise.checks if check.id in wanted]


def _not_plain(text: str, line: int, reached_for: str) -> Finding:
    lines = text.splitlines()
    shown = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    row = Row(f"line {line}: {shown}", "a text that minds its own data", f"uses {reached_for}")
    why = "this check measures from within, so code that looks into the interpreter is left out"
    return Finding("the text cannot be measured as it is", Counterexample((row,), why))


def _waiting(check: Check, need: str, stuck: NeverReturning) -> CheckResult:
    message = f"not judged until {need} passes{stuck.reason(need)}"
    return CheckResult(check.id, check.title, 0, check.points, message, waits_for=need)


def _verdict(check: Check, finding: Finding | None) -> CheckResult:
    if finding is None:
        return CheckResult(check.id, check.title, check.points, check.points, "passed")
    shown = finding.counterexample
    return CheckResult(
        check.id,
        check.title,
        0,
        check.points,
        _said(finding),
        finding.counterexample,
        check.hints,
        is_slip=finding.is_slip or isinstance(shown and shown.why, Slip),
    )


def _said(finding: Finding) -> str:
    """Return what a finding says: where a slip or a gap stops a call, nothing about caches."""
    shown = finding.counterexample
    if shown is not None and shown.why == UNWRITTEN:
        return "a call comes to a part that is not written yet"
    if shown is None or not isinstance(shown.why, Slip):
        return finding.message
    stopped = re.search(r"\b[A-Z]\w*Error\b", shown.rows[-1].got)
    return f"a call ends with {stopped.group()}" if stopped else finding.message


def _judge_one(check: Check, session: Session, random: Random) -> Finding | None:
    try:
        return _not_loaded(session) or check.examine(session, random)
    except CallRaised as raised:
        return _no_answer(raised, session.source)
    except PlayerLost as lost:
        return Finding(f"the submission {lost}")
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError):
        if objection(session.source) is None:
            raise  # plain code cannot make a player answer nonsense: the mistake is the judge's
        return Finding("the submission changed what the player answers")


def _no_answer(raised: CallRaised, source: str) -> Finding:
    """Say what came instead of the answers of a function that is called very often."""
    shown = show_outcome(raised.outcome)
    row = Row(f"{raised.name}(...), called many times", "an answer each time", shown)
    why = reason(raised.outcome, "every call has to answer", raised.name, source, raised.name)
    found = Counterexample((row,), why, is_table=True)
    return Finding(f"a call of {raised.name} does not answer", found)


def _not_loaded(session: Session) -> Finding | None:
    """Execute the submission's text; say why there is nothing to judge, if so."""
    outcome = session.load()
    if outcome == {"value": True}:
        return None
    if outcome == {"value": False}:
        near = Text(session.source).nearest(session.name)
        perhaps = f": is {near} meant to be it?" if near else ""
        return Finding(f"the submission defines no {session.name}{perhaps}", is_slip=True)
    told = explain_exception(outcome, session.name, session.source)
    if "lost" in outcome:
        lost = f"executing the submission {outcome['lost']}"
        return Finding(f"{lost}: {told}" if told else lost, is_slip=True, ends_all=True)
    is_slip = isinstance(told, Slip)
    said = f"the submission cannot be executed: {show_outcome(outcome)}"
    if told:
        said = told if is_slip else f"the submission cannot be executed: {told}"
    return Finding(said, is_slip=is_slip, ends_all=True)
