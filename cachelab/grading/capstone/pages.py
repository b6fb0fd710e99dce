"""
The verdict on a design together with its page, from the same days: none is played twice.
"""

from collections.abc import Callable

from cachelab.grading.judging import gather
from cachelab.grading.report import CheckResult, Report
from cachelab.grading.sandbox import choose_level
from cachelab.lab.market import REFERENCES
from cachelab.lab.market.board import Standing, standing
from cachelab.lab.market.page import Page, page

from .days import Days, hidden_seed
from .parts import CAPSTONE, judge_days

BESIDE = ("none", "aside", "careful", "clairvoyant")
"""The reference designs that a page shows beside the one that is judged."""


def judge_with_page(
    source_text: str,
    *,
    require: str = "process",
    on_result: Callable[[CheckResult], object] = lambda _: None,
) -> tuple[Report, Page | None]:
    """
    Return the verdict on a design, and the page about it; no page if it gets through no day.

    `on_result` is told of each part as soon as it is judged.

    Raises:
        ValueError: `require` is no level of the sandbox.
        CachelabError: the sandbox that is required is not available.
    """
    level = choose_level(require)
    with Days(level, source_text, hidden_seed(None)) as days:
        report = gather(CAPSTONE, level, judge_days(days), on_result)
        return report, None if days.trouble("first") else _page(days, report)


def _page(days: Days, report: Report) -> Page:
    """Return the page; a day that could not be played to its end is not on it."""
    public = _standing(days, "first", "public")
    whole = _standing(days, "first", "public", "hidden", faults=True)
    others = [standing(name, REFERENCES[name], jobs=-1) for name in BESIDE]
    points = f"{report.points} of {report.max_points} points, {CAPSTONE.by_hand} more by hand"
    parts = [(check.id, f"{check.points}/{check.max_points}") for check in report.checks]
    return page(public, others, whole=whole, verdict=[("", points), *parts])


def _standing(days: Days, *groups: str, faults: bool = False) -> Standing:
    played = [figures for group in groups for figures in days.figures(group)]
    gains = {name: gain for group in groups for name, gain in days.gains(group).items()}
    broken = days.figures("faults") if faults else []
    return Standing("yours", tuple(played), gains, tuple(broken))
