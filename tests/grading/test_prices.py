"""What a mistake costs in all: the points of the check that is about it, and little else."""

import pytest

from cachelab.grading import judge

from . import bank

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PRICES = {
    "ex01/interpolated": 6,
    "ex02/counts_itself": 8,
    "ex02/leaves_first_requests_out": 8,
    "ex03/no_expires": 3,
    "ex03/spaces_in_vary": 4,
    "ex04/ca_m11_hit_returns_the_text": 3,
    "ex04/ca_m16_forgets_to_remove": 7,
    "ex04/keeps_the_row_unencoded": 5,
    "ex05/wt_one_lock_for_all": 1,
    "ex08/holds_one_less": 3,
    "ex08/holds_one_more": 5,
    "ex09/q_a1in_limited": 2,
    "ex11/never_forgets": 2,
    "ex13/modulo_16383": 4,
}
"""Forgetting to remove a copy is a race as well, before any other task comes."""


@pytest.mark.parametrize("mistake", PRICES)
def test_a_mistake_costs_what_is_its_own(mistake):
    exercise, name = mistake.split("/")
    text = (bank.ROOT / exercise / "wrong" / f"{name}.py").read_text("utf-8")
    report = judge(exercise, text)
    assert report.max_points - report.points == PRICES[mistake], str(report)
