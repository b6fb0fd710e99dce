"""A shop in real time: what it foretells, and what a machine that falls behind must not break."""

from dataclasses import replace
from random import Random
from threading import Event

import pytest

from cachelab.lab.market import REFERENCES, Everyday, Request, Workload, play, workload
from cachelab.lab.market.designs import aside, careful
from cachelab.lab.market.live import replay_live
from cachelab.lab.market.live_shop import LiveShop, RealMoment
from cachelab.lab.market.scoring import foretells, live_demands
from cachelab.ports import MemorySource, MemoryStore


@pytest.fixture(scope="module")
def figures():
    return play(Everyday(aside.Design), replace(workload("weekday"), requests=(), seconds=16.0))


class Stuttering(RealMoment):
    """The clock of a machine that stops now and then, between any two steps."""

    def __init__(self, seed):
        self.seconds, self.rng = 0.0, Random(seed)

    @property
    def at(self):
        self.seconds += self.rng.choice((0.0001, 0.0002, 0.02, 0.3))
        return self.seconds

    @at.setter
    def at(self, moment):
        pass


def stuttering(design, requests, seed=0):
    """Return what a design does in real time on a machine that stutters."""
    day = Workload("a test", tuple(requests), seconds=requests[-1].at, warm=0.0)
    shop = LiveShop(day, lambda _: design(), MemoryStore(), MemorySource(), Event())
    shop.clock = Stuttering(seed)
    for level in shop.levels.values():
        level.clock = shop.clock
    return shop.play()


def sale(seed):
    """Return a day on which one thing is sold again and again."""
    rng = Random(seed)
    moments = sorted(rng.uniform(0, 300) for _ in range(600))
    return [
        Request(at, rng.random() < 0.3, "stock:1", rng.randrange(6), 0, checkout=True)
        for at in moments
    ]


@pytest.mark.parametrize("seed", range(16))
def test_a_machine_that_stutters_breaks_no_promise(seed):
    assert stuttering(careful.Design, sale(seed), seed).breaches == []


def test_a_write_that_is_under_way_at_the_end_is_waited_for():
    requests = [Request(at / 100, True, f"stock:{at}", 0, 0) for at in range(30)]
    assert stuttering(aside.Design, requests).breaches == []


@pytest.mark.slow
def test_the_simulator_foretells_the_calls_and_the_p99_that_are_measured_in_real_time():
    replay = replay_live(REFERENCES["careful"], workload("weekday", 7), seconds=6.0)
    assert replay.measured.breaches == ()
    assert foretells(replay.predicted, replay.measured)
    assert replay.measured.origin_calls > 100


@pytest.mark.parametrize(
    ("calls", "p99", "met"),
    [
        (100, 0.60, (True, True)),
        (129, 0.60, (True, True)),
        (131, 0.60, (False, True)),
        (100, 0.79, (True, False)),
        (100, 0.41, (True, False)),
    ],
)
def test_a_prediction_may_miss_what_is_measured_by_less_than_a_third(figures, calls, p99, met):
    measured = replace(figures, origin_calls=100, p99=0.60)
    predicted = replace(figures, origin_calls=calls, p99=p99)
    assert tuple(ok for *_, ok in live_demands(predicted, measured)) == met


def test_a_tenth_of_a_call_is_near_enough_where_the_p99_is_a_hit(figures):
    measured = replace(figures, p99=0.002)
    assert foretells(replace(measured, p99=0.020), measured)
