"""The tables and the chart of a report."""

import pytest

from cachelab.lab.market import REFERENCES, Budget
from cachelab.lab.market.board import (
    fault_log,
    gains_table,
    pareto_chart,
    standing,
    standings_table,
)


@pytest.fixture(scope="module")
def standings():
    return [
        standing(name, REFERENCES[name], families=["weekday", "loops"], faults=["flush"])
        for name in ("none", "aside", "careful")
    ]


def test_the_standings_have_a_line_for_each_contestant(standings):
    lines = standings_table(standings).splitlines()
    assert [line.split()[0] for line in lines] == ["design", "none", "aside", "careful"]


def test_the_gains_are_told_with_the_worst_day_first(standings):
    shares = [float(line[16:23]) for line in gains_table(standings[2]).splitlines()]
    assert shares == sorted(shares)


def test_the_fault_log_says_what_was_missed(standings):
    assert "worst second has at most 48 calls" in fault_log(standings[0])


def test_the_chart_names_every_contestant_and_the_budget(standings):
    fig = pareto_chart(standings, Budget().dollars)
    named = [[text.get_text() for text in ax.texts] for ax in fig.axes]
    assert named == [["none", "aside", "careful"]] * 2
