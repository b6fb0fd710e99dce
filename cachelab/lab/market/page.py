"""
One page about a design, for who has to pay for it: a sheet of A4 that needs nothing else.

It has the picture of waiting and staleness over dollars with the table behind it, the gain on each
kind of day, the log of faults, and where calls and dollars go. No address in it is ever asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path

from cachelab.lab.figures import PALETTE

from .board import Standing, pareto_chart
from .budget import Budget
from .families import HIDDEN
from .scoring import WORST_SECOND, fault_demands, survives
from .sheet import inline_svg, row, section, table

COLOURS = {PALETTE["blue"]: "var(--blue)", PALETTE["vermillion"]: "var(--own)"}


DEMANDS = ("calls", "recovery", "reads", "promises")
"""What a fault demands, in a word each, in the order of `fault_demands`."""


@dataclass(frozen=True, slots=True)
class Page:
    """A report as one file of HTML, which a browser prints on one sheet."""

    html: str

    def save(self, path: str | Path) -> None:
        """Write the page to a file."""
        Path(path).write_text(self.html, encoding="utf-8")


def page(
    yours: Standing,
    others: Sequence[Standing],
    *,
    whole: Standing | None = None,
    verdict: Sequence[tuple[str, str]] = (),
    title: str = "Market Day",
) -> Page:
    """
    Return the page about a design: `yours` beside `others` on the same days.

    `whole` has all kinds of days and the faults, where `yours` has some of them only. `verdict` are
    names and results of whoever judged it, such as ("hidden", "120 of 160").

    Complexity: O(days); nothing is played.
    """
    whole = whole or yours
    top = f"<header><h1>{escape(title)}</h1>{_summary(whole)}{_verdict(verdict)}</header>"
    left = _days(whole) + _faults(whole)
    right = _bill(whole) + _layers(whole) + _calls(whole)
    columns = f'<div class="columns"><div>{left}</div><div>{right}</div></div>'
    style = files(__package__).joinpath("page.css").read_text("utf-8")
    head = f"{_HEAD}<title>{escape(title)}</title>\n<style>\n{style}</style></head>"
    body = f"<body>{top}{_pareto([yours, *others])}{columns}{_FOOT}</body>"
    return Page(f'<!doctype html>\n<html lang="en">{head}\n{body}</html>\n')


_HEAD = (
    '<head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
)
_FOOT = (
    '<p class="soft">Gain: 0 without a cache, 1 for a design that knows the day beforehand. Stale: '
    "answers out of date, within what was promised. Virtual time, synthetic traffic and the prices "
    "of the game; a gigabyte of the shop is a megabyte of the model.</p>"
)


def _summary(one: Standing) -> str:
    least = min(one.gains, key=lambda name: one.gains[name])
    survived = sum(map(survives, one.faults))
    broken = f"{one.breaches} promises broken" if one.breaches else "every promise kept"
    told = [
        f"{one.dollars:,.0f} of {Budget().dollars:,.0f} dollars a month on the dearest day",
        broken,
        f"mean gain {_mean_gain(one):.2f}, least {one.gains[least]:.2f} ({escape(least)})",
    ]
    if one.faults:
        told.append(f"{survived} of {len(one.faults)} faults survived")
    return f"<p>{'; '.join(told)}.</p>"


def _verdict(lines: Sequence[tuple[str, str]]) -> str:
    if not lines:
        return ""
    told = "; ".join(escape(f"{name} {result}".strip()) for name, result in lines)
    return f'<p class="soft">Judged: {told}.</p>'


def _pareto(standings: Sequence[Standing]) -> str:
    words = "; ".join(
        f"{s.name}: {s.dollars:,.0f} dollars, p99 {1e3 * s.p99:.0f} ms, stale {s.stale_share:.1%}"
        for s in standings
    )
    alt = f"Waiting and staleness over dollars a month. {words}."
    drawn = inline_svg(pareto_chart(standings, Budget().dollars, size=(7.4, 2.4)), alt, COLOURS)
    rows = [
        row(
            [s.name],
            f"{s.dollars:,.0f}",
            f"{1e3 * s.mean:.0f}",
            f"{1e3 * s.p99:.0f}",
            f"{s.stale_share:.1%}",
            f"{_mean_gain(s):.2f}",
            mark="own" if s is standings[0] else "",
        )
        for s in standings
    ]
    head = ["Design", "dollars", "mean ms", "p99 ms", "stale", "gain"]
    days = ", ".join(day.workload for day in standings[0].days)
    caption = f"Left and low is better; the dotted line is the budget. Days: {escape(days)}"
    behind = table("The same in numbers: the dearest and the slowest of these days", head, rows)
    return f"<figure>{drawn}<figcaption>{caption}</figcaption></figure><section>{behind}</section>"


def _days(one: Standing) -> str:
    order = sorted(one.days, key=lambda day: one.gains[day.workload])
    rows = []
    for place, day in enumerate(order):
        gained = one.gains[day.workload]
        bar = f'<td class="bar"><span style="width:{gained:.0%}"></span></td>'
        name = day.workload + (" *" if day.workload in HIDDEN else "")
        figures = (f"{1e3 * day.p99:.0f}", f"{day.worst_second}", f"{day.stale_share:.1%}")
        rows.append(
            row([name], f"{gained:.2f}", *figures, after=bar, mark="" if place else "least")
        )
    head = ["Kind of day", "gain", "p99 ms", "worst second", "stale", ""]
    return section("Kinds of day", "The hardest first; * is judged", head, rows)


def _faults(one: Standing) -> str:
    if not one.faults:
        return ""
    rows = []
    for day in one.faults:
        demands = zip(DEMANDS, fault_demands(day), strict=True)
        missed = [name for name, demand in demands if not demand.met]
        verdict = f"missed: {', '.join(missed)}" if missed else "survived"
        figures = (f"{day.worst_second}", f"{day.recovery:g} s", f"{day.failed / day.reads:.1%}")
        rows.append(row([day.workload, verdict], *figures, mark="missed" if missed else ""))
    head = ["Fault", "verdict", "worst second", "back after", "reads failed"]
    caption = f"Worst second: calls of the origin, of which {WORST_SECOND:g} are allowed"
    return section("Fault log", caption, head, rows, 2)


def _bill(one: Standing) -> str:
    day = max(one.days, key=lambda day: day.dollars)
    rows = [row([what], f"{dollars:,.0f}") for what, dollars in day.bill.items()]
    caption = f"Dollars a month on the dearest day, {day.workload}; parts: {', '.join(day.parts)}"
    return section("Bill", caption, ["For", "dollars"], rows)


def _layers(one: Standing) -> str:
    day = one.days[0]
    rows = [
        row([name], f"{share:.0%}", f"{day.byte_ratios[name]:.0%}")
        for name, share in day.object_ratios.items()
    ]
    return section(
        "Layers", f"What is found, on the day {day.workload}", ["Layer", "looks", "bytes"], rows
    )


def _calls(one: Standing) -> str:
    day = one.days[0]
    rows = [
        row([kind], f"{calls:,}", f"{calls / max(1, day.origin_calls):.0%}")
        for kind, calls in sorted(day.calls_of.items(), key=lambda item: -item[1])
    ]
    return section(
        "Calls of the origin", f"On the day {day.workload}", ["Class", "calls", "share"], rows
    )


def _mean_gain(one: Standing) -> float:
    return sum(one.gains.values()) / len(one.gains)
