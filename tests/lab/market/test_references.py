"""The reference designs in their order, on every kind of day, and what the score makes of them."""

from time import process_time

import pytest

from cachelab.lab.market import (
    FAMILIES,
    FAULTS,
    HIDDEN,
    PUBLIC,
    REFERENCES,
    Budget,
    Everyday,
    faulty,
    gain,
    pain_of,
    play,
    play_all,
    workload,
)
from cachelab.lab.market.designs import careful
from cachelab.lab.market.scoring import fault_points, generalises, hidden_points

SEED = 11

every_family = pytest.mark.parametrize("family", FAMILIES)
every_fault = pytest.mark.parametrize("fault", FAULTS)


@pytest.fixture(scope="module")
def figures():
    """Each reference on each kind of day, played once."""
    names = ("none", "aside", "careful", "clairvoyant")
    days = [workload(family, SEED) for family in FAMILIES]
    days += [faulty(fault, SEED) for fault in FAULTS]
    return {
        (name, found.workload): found
        for name in names
        for found in play_all(REFERENCES[name], days)
    }


def test_there_are_three_public_families_and_eight_hidden_ones():
    assert (len(PUBLIC), len(HIDDEN), len(FAULTS)) == (3, 8, 6)


@pytest.mark.slow
@every_family
def test_each_reference_is_better_than_the_one_before(family, figures):
    pains = [figures[name, family].pain_ms for name in ("clairvoyant", "careful", "aside", "none")]
    assert pains == sorted(pains)
    assert len(set(pains)) == 4


@pytest.mark.slow
@every_family
def test_the_steps_between_the_references_are_wide_enough_to_be_told_apart(family, figures):
    none, best = figures["none", family].pain_ms, figures["clairvoyant", family].pain_ms
    gains = [gain(figures[name, family].pain_ms, none, best) for name in ("aside", "careful")]
    assert 0.1 < gains[0] < gains[1] - 0.05 < 0.95


@pytest.mark.slow
@every_family
@pytest.mark.parametrize("name", ["aside", "careful", "clairvoyant"])
def test_a_reference_keeps_every_promise(family, name, figures):
    assert figures[name, family].breaches == ()


@pytest.mark.slow
@every_fault
@pytest.mark.parametrize("name", ["aside", "careful", "clairvoyant"])
def test_a_reference_keeps_every_promise_when_something_fails(fault, name, figures):
    assert figures[name, fault].breaches == ()


@pytest.mark.slow
@every_family
@pytest.mark.parametrize("name", ["aside", "careful", "clairvoyant"])
def test_a_reference_stays_within_the_budget(family, name, figures):
    assert figures[name, family].dollars <= Budget().dollars


@every_family
def test_the_biggest_cache_costs_more_than_the_budget(family):
    assert play(REFERENCES["huge"], workload(family, SEED)).dollars > Budget().dollars


@pytest.mark.slow
@every_family
def test_a_careful_design_calls_the_origin_less_than_one_without_a_cache(family, figures):
    assert figures["careful", family].origin_calls < 0.7 * figures["none", family].origin_calls


@pytest.mark.slow
def test_all_eleven_days_of_a_design_take_less_than_ninety_seconds_of_two_cores():
    start = process_time()  # of this process alone: other work on the machine does not count
    play_all(REFERENCES["careful"], [workload(family, SEED) for family in FAMILIES], jobs=1)
    assert process_time() - start < 2 * 90


def test_a_reference_that_there_is_not_is_named():
    with pytest.raises(ValueError, match="telepath"):
        pain_of("telepath", "weekday", 0)


def test_days_are_played_in_the_order_they_were_given():
    days = [workload("weekday", seed) for seed in range(3)]
    together = play_all(Everyday(careful.Design), days, jobs=1)
    assert together == [play(Everyday(careful.Design), day) for day in days]


def test_one_collapse_costs_more_than_its_share():
    even, collapsed = hidden_points([0.7] * 8), hidden_points([0.8] * 7 + [0.0])
    assert collapsed < even - 160 / 8


def test_who_gains_nothing_generalises_nothing():
    assert not generalises([0.0], [0.0])


def test_a_design_without_a_cache_survives_no_fault():
    days = [faulty(fault, SEED) for fault in FAULTS]
    assert fault_points(play_all(REFERENCES["none"], days, jobs=1)) == 0
