"""
How each part of the capstone's score is made: what a design did on its days, put into points.
"""

from cachelab.grading.process import PlayerLost
from cachelab.grading.report import Counterexample, Row
from cachelab.lab.market import HAPPENS, Budget
from cachelab.lab.market.scoring import (
    GAP,
    WORTH_COMPARING,
    fault_demands,
    fault_points,
    generalises,
    hidden_points,
    live_demands,
    survives,
)
from cachelab.ports.errors import ServerUnavailable

from .days import GROUPS, Days
from .remote import Crashed
from .told import told

Verdict = tuple[int, str, Counterexample | None]
"""Points, what to say, and what to show."""

EXPECTED = {"configure(budget)": "layers such as {'l2': {'megabytes': 8}}"}
NO_MODULE = "only the standard library and cachelab.ports can be imported"
NO_TEXT = "what cannot be executed cannot be judged"
PROMISES = ("answer", "hoard", "checkout", "stale", "lost")


def runs(days: Days, points: int) -> Verdict:
    """Tell whether the design gets through the first day."""
    trouble = days.trouble("first")
    if trouble is None:
        return points, "passed", None
    where = f" in line {trouble.line}" if trouble.line else ""
    if trouble.call == "the text":
        row = Row(trouble.call, "a class Design", trouble.message)
        shown = Counterexample((row,), NO_MODULE if "ModuleNotFound" in row.got else NO_TEXT)
        return 0, f"the text cannot be executed{where}", shown
    row = Row(trouble.call, EXPECTED.get(trouble.call, "an answer"), trouble.message)
    shown = Counterexample((row,), f"on the day {trouble.day!r} this call ended the game")
    return 0, f"the design does not get through a day{where}", shown


def promises(days: Days, points: int) -> Verdict:
    """Tell whether every promise about the data was kept."""
    return _no_breach(days, points, PROMISES, "a promise about the data is broken")


def privacy(days: Days, points: int) -> Verdict:
    """Tell whether private rows stayed private."""
    return _no_breach(days, points, ("leak",), "a private row is where others can read it")


def _no_breach(days: Days, points: int, kinds: tuple[str, ...], message: str) -> Verdict:
    found = days.breach(kinds)
    if found is not None:
        group, name, breach = found
        return 0, f"{message} (day: {name})", told(days.shortest(group, name, breach))
    return _unless_trouble(days, points)


def _unless_trouble(days: Days, points: int) -> Verdict:
    trouble = days.trouble(*GROUPS)
    if trouble is not None:
        return 0, f"on the day {trouble.day!r}: {trouble.call}: {trouble.message}", None
    return points, "passed", None


def budget(days: Days, points: int) -> Verdict:
    """Tell whether a month costs what there is."""
    limit = Budget().dollars
    for group in GROUPS:
        worst = max(days.figures(group), key=lambda day: day.dollars, default=None)
        if worst is not None and worst.dollars > limit:
            rows = [
                Row(what, "", f"{dollars:,.0f} dollars") for what, dollars in worst.bill.items()
            ]
            end = Row("a month of it", f"at most {limit:,.0f}", f"{worst.dollars:,.0f} dollars")
            why = f"on a day like {worst.workload!r} it costs more than there is"
            shown = Counterexample((*rows, end), why, is_table=True)
            return 0, "the design costs too much", shown
    return _unless_trouble(days, points)


def hidden(days: Days, points: int) -> Verdict:
    """Return the points for the hidden days."""
    gains = days.gains("hidden")
    if days.trouble("hidden"):
        return _unless_trouble(days, 0)
    worst = min(gains, key=lambda name: gains[name])
    mean = sum(gains.values()) / len(gains)
    message = f"mean gain {mean:.2f}, least {gains[worst]:.2f} ({worst})"
    rows = tuple(Row(name, "", f"{share:.2f}") for name, share in gains.items())
    shown = Counterexample(
        (
            *rows,
            Row("half the mean and half the least", "1.00", f"{(mean + gains[worst]) / 2:.2f}"),
        ),
        f"0 is no cache, 1 is who knows the day beforehand; worst is {worst}. {HAPPENS[worst]}",
        is_table=True,
    )
    return hidden_points(list(gains.values()), points), message, shown


def faults(days: Days, points: int) -> Verdict:
    """Return the points for the days with faults."""
    many = days.figures("faults")
    if days.trouble("faults"):
        return _unless_trouble(days, 0)
    missed = {day.workload: [one for one in fault_demands(day) if not one.met] for day in many}
    rows = tuple(
        Row(name, "survived", "; ".join(one.text for one in unmet) or "survived")
        for name, unmet in missed.items()
    )
    advice = {one.advice: None for unmet in missed.values() for one in unmet}
    if not advice:
        return points, "passed", None
    survived = sum(map(survives, many))
    shown = Counterexample(rows, "; ".join(advice), is_table=True)
    return fault_points(many, points), f"{survived} of {len(many)} faults survived", shown


def gap(days: Days, points: int) -> Verdict:
    """Tell whether the gain carries over to other days."""
    if days.trouble("first", "public", "hidden"):
        return _unless_trouble(days, 0)
    public = [*days.gains("first").values(), *days.gains("public").values()]
    hidden = [*days.gains("hidden").values()]
    if generalises(public, hidden):
        return points, "passed", None
    seen, unseen = sum(public) / len(public), sum(hidden) / len(hidden)
    wanted = f"a gain of {WORTH_COMPARING:g} or more, and at most {GAP:g} below the public one"
    row = Row("mean gain: public, hidden", wanted, f"{seen:.2f}, {unseen:.2f}")
    why = "a design that only fits the days that were shown has learnt those days"
    return (
        0,
        "the gain does not carry over to other days",
        Counterexample((row,), why, is_table=True),
    )


def live(days: Days, points: int) -> Verdict:
    """Tell whether the promises hold on real servers, and the simulator foresaw what they do."""
    try:
        replay = days.replay()
    except ServerUnavailable as error:
        return 0, f"not judged: {error}", None
    except (Crashed, PlayerLost) as error:
        return 0, f"on real servers the design did not get through: {error}", None
    breach = next(iter(replay.measured.breaches), None)
    if breach is not None:
        same = any(one.kind == breach.kind for day in days.figures("first") for one in day.breaches)
        known = ", as it is in virtual time" if same else ""
        return 0, f"a promise is broken on real servers{known}", told(breach)
    demands = live_demands(replay.predicted, replay.measured)
    rows = tuple(Row(*shown) for *shown, met in demands if not met)
    if not rows:
        return points, "passed", None
    why = "the simulator is only worth something where it foretells what is then measured"
    return 0, "the prediction fails", Counterexample(rows, why, is_table=True)
