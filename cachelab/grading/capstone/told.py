"""
A broken promise as a run of calls: what a learner reads, and what is stepped through.
"""

from cachelab.grading.report import Counterexample, Moment, Row
from cachelab.lab.market import Breach

MOST_ROWS = 12
JUDGE, USER = "judge", "user"

WANTED = {
    "answer": "a row of the key that was asked for",
    "hoard": "a row that this call was given",
    "checkout": "stock that is true",
    "stale": "a row as young as was promised",
    "lost": "every acknowledged write",
    "leak": "private rows only in l1",
}
WHY = {
    "answer": "a read must return the row that a layer or the origin gave it",
    "hoard": "rows in a variable are memory that nobody paid for: keep them in layers",
    "checkout": "somebody pays for what may be gone: what is asked at the checkout must be true",
    "stale": "a copy outlived the promise about its class",
    "lost": "write returned, so the user was told that it is done, and the origin never got it",
    "leak": "cdn and l2 are shared between users, so a user's row can be served to another",
}
SEEN_IN = {"stale": "answer(", "checkout": "answer(", "leak": "put("}
"""The call in which a promise of a kind is broken, where it is one call."""

Line = tuple[float, str, str, str]


def told(breach: Breach) -> Counterexample:
    """Return a breach as its calls; the last row says what was promised, and what was done."""
    calls = list(breach.history)
    wanted, story = WANTED[breach.kind], breach.story
    if calls and SEEN_IN.get(breach.kind, "no call") in calls[-1][2]:
        at, who, call, outcome = calls.pop()
        version = outcome.partition(",")[0]
        last = (at, who, call, f"{version}, {story}" if breach.kind != "leak" else story)
    else:
        last = (breach.at, JUDGE, breach.key, story)
    rows = [_row(line) for line in calls[1 - MOST_ROWS :]]
    moments = tuple(_moment(line) for line in (*calls, last))
    return Counterexample((*rows, _row(last, wanted)), WHY[breach.kind], moments=moments)


def _row(line: Line, wanted: str = "") -> Row:
    at, who, call, outcome = line
    return Row(f"{at:7.3f} s  {'' if who == JUDGE else f'{who}: '}{call}", wanted, outcome)


def _moment(line: Line) -> Moment:
    """Return a line of the log with who is called: a layer, the origin, the bus, or the user."""
    at, who, call, outcome = line
    name, dot, rest = call.partition(".")
    moment = round(at, 3)
    if dot and name.isidentifier():
        return Moment(who, name, rest, outcome, moment)
    if call.startswith(("read(", "write(")):
        return Moment(USER, who, call, outcome, moment)
    if call.startswith(("answer(", "acknowledged(")):
        return Moment(who, USER, "returns", outcome or call, moment)
    other = "bus" if call.startswith("publish(") else who
    return Moment(who, other, call, outcome, moment)
