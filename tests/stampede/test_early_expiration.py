"""Early expiration: the formula, and the results that are known of it."""

import math
import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.ports import MemoryStore
from cachelab.stampede import EarlyExpiration, EarlyLocked, is_time
from cachelab.stampede.shelf import Gap

from .crowd import Crowd

EULER = 0.5772156649


class Fixed(random.Random):
    """A die that always falls the same way."""

    def __init__(self, value: float) -> None:
        super().__init__(0)
        self.value = value

    def random(self) -> float:
        return self.value


@given(
    st.floats(0, 0.999999),
    st.floats(0, 100),
    st.floats(0.001, 10),
    st.floats(0.1, 5),
)
def test_the_formula_is_that_of_the_paper(u: float, left: float, delta: float, beta: float) -> None:
    rand = 1.0 - u  # in (0, 1], as its logarithm needs
    wanted = 1_000.0 - left - delta * beta * math.log(rand) >= 1_000.0
    assert is_time(1_000.0 - left, 1_000.0, delta, beta, Fixed(u)) == wanted


def test_the_die_may_fall_on_either_end() -> None:
    assert not is_time(9.0, 10.0, 1.0, 1.0, Fixed(0.0))
    assert is_time(9.0, 10.0, 1.0, 1.0, Fixed(math.nextafter(1.0, 0.0)))


@pytest.mark.parametrize("left", [0.5, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
def test_at_s_before_the_end_it_is_time_with_probability_exp_of_minus_s_over_beta_delta(
    left: float, beta: float
) -> None:
    rng, throws, delta = random.Random(42), 20_000, 0.8
    share = sum(is_time(-left, 0.0, delta, beta, rng) for _ in range(throws)) / throws
    wanted = math.exp(-left / (beta * delta))
    assert abs(share - wanted) < 5 * math.sqrt(wanted * (1 - wanted) / throws)


@pytest.mark.parametrize(("beta", "delta"), [(0.0, 1.0), (1.0, 0.0)])
def test_without_beta_or_without_cost_it_is_time_at_the_end_and_not_before(
    beta: float, delta: float
) -> None:
    rng = random.Random(1)
    assert not any(is_time(9.99, 10.0, delta, beta, rng) for _ in range(1_000))
    assert all(is_time(10.0, 10.0, delta, beta, rng) for _ in range(1_000))


@pytest.mark.parametrize("beta", [-1, math.inf, math.nan])
@pytest.mark.parametrize("kind", [EarlyExpiration, EarlyLocked])
def test_a_beta_that_makes_no_sense_is_refused(
    kind: type[EarlyExpiration] | type[EarlyLocked], beta: float
) -> None:
    with pytest.raises(ValueError, match="beta"):
        kind(MemoryStore(), ttl=1, beta=beta)


@pytest.mark.parametrize("name", ["early_expiration", "early_locked"])
def test_the_seconds_of_the_last_load_lie_beside_the_value(name: str) -> None:
    crowd = Crowd()
    crowd.origin.seconds = [0.25, 2.0]
    guard = crowd.guard(name)
    crowd.ask(guard)
    assert guard.shelf.look("k").delta == 0.25
    guard.forget("k")
    crowd.ask(guard)
    assert guard.shelf.look("k").delta == 2.0


def renewals(beta: float, rate: float, cycles: int) -> tuple[float, float]:
    """
    Renewals begun for each expiry, and how long before it the first began, on the average.

    Reads come at random, `rate` a second, and a load takes one; the guard itself says who renews.
    They begin when a renewal is still e ** 6 times less likely than not, and end with the first
    load, for what is begun after that is of the next expiry.
    """
    crowd, rng, leads = Crowd(load=1.0), random.Random(7), []
    window = beta * (math.log(rate * beta) + 6)
    guard = EarlyExpiration(crowd.memory, crowd.sim, ttl=window + 1, beta=beta, rng=rng)

    def readers(before: int) -> None:
        """Read until a read becomes a load, beside which others read on, or the first is done."""
        loads: list[str] = []
        starts = crowd.origin.starts

        def loader(key: str) -> Any:
            loads.append(key)
            crowd.sim.spawn(readers, before)
            return crowd.origin(key)

        while not loads and (len(starts) == before or crowd.sim.now() < starts[before] + 1.0):
            crowd.sim.sleep(rng.expovariate(rate))
            guard.get("k", loader)

    def cycle() -> None:
        guard.forget("k")
        crowd.ask(guard)
        expiry, before = crowd.sim.now() + window + 1, crowd.origin.calls
        crowd.sim.sleep(1.0)
        readers(before)
        leads.append(expiry - crowd.origin.starts[before])

    for _ in range(cycles):
        crowd.sim.run(cycle)
    return crowd.origin.calls / cycles - 1, sum(leads) / cycles


@pytest.mark.slow
@pytest.mark.parametrize(("beta", "cycles"), [(0.5, 300), (1.0, 150), (2.0, 80), (3.0, 60)])
def test_about_e_to_the_one_over_beta_renewals_are_begun_for_each_expiry(
    beta: float, cycles: int
) -> None:
    """
    Derived: the first, and m = e ** (1 / beta) - 1 more on the average within its second.

    Those are Poisson with a mean of m times a number drawn from the exponential distribution, so
    their variance is m + m * m. The lead is Gumbel: its mean is beta * delta * (ln(L * beta *
    delta) + 0.5772), its deviation beta * delta * pi / sqrt(6). Four deviations are allowed.
    """
    begun, lead = renewals(beta, rate=100.0, cycles=cycles)
    more = math.exp(1 / beta) - 1
    assert abs(begun - (1 + more)) < 4 * math.sqrt((more + more * more) / cycles)
    wanted = beta * (math.log(100 * beta) + EULER)
    assert abs(lead - wanted) < 4 * beta * math.pi / math.sqrt(6 * cycles)


@pytest.mark.parametrize("rate", [20, 100, 400])
def test_a_plain_time_to_live_lets_1_and_l_times_delta_through(rate: int) -> None:
    """Reads at an even pace, so the count is exact: the first, and those within its second."""
    crowd = Crowd(load=1.0)
    guard = crowd.guard("unguarded", ttl=10)
    crowd.ask(guard)
    before = crowd.origin.calls
    expired = crowd.sim.now() + 10
    crowd.ask_at(guard, [expired + (number + 0.5) / rate for number in range(2 * rate)])
    assert crowd.origin.calls - before == pytest.approx(1 + rate * 1.0, abs=1)


def test_at_low_rates_the_value_may_still_expire() -> None:
    """With L * delta = 2 and beta 1 nobody throws it in exp(-2) = 13.5 % of the cycles at most."""
    rng, cycles, expired = random.Random(3), 4_000, 0
    for _ in range(cycles):
        left, thrown = 30.0, False
        while not thrown and (left := left - rng.expovariate(2.0)) > 0:
            thrown = is_time(-left, 0.0, 1.0, 1.0, rng)
        expired += not thrown
    # The starts before the end are a Poisson process of mean 2 (1 - exp(-30)).
    wanted = math.exp(-2.0)
    assert abs(expired / cycles - wanted) < 5 * math.sqrt(wanted * (1 - wanted) / cycles)


def test_a_value_that_is_cheap_to_load_is_hardly_ever_renewed_early() -> None:
    """An hour's value that takes 50 ms: 1,000 reads a second in its last minutes renew it late."""
    crowd = Crowd(load=0.05)
    guard = crowd.guard("early_expiration", ttl=3600, rng=random.Random(5))
    crowd.ask(guard)
    expiry = crowd.sim.now() + 3600
    crowd.ask_at(guard, [expiry - 10 + number / 1_000 for number in range(9_500)])
    begun = crowd.origin.starts[1:]
    assert all(expiry - start < 20 * 0.05 for start in begun)
    assert len(begun) < 20


def test_early_expiration_with_a_lock_loads_once_for_each_expiry() -> None:
    crowd = Crowd(load=1.0)
    guard = crowd.guard("early_locked", ttl=20, rng=random.Random(9))
    crowd.ask(guard)
    begin = crowd.sim.now()
    crowd.ask_at(guard, [begin + number / 100 for number in range(6_000)])
    assert crowd.origin.most_at_once == 1
    gaps = [b - a for a, b in pairwise(crowd.origin.starts)]
    assert gaps
    assert all(8 < gap <= 21 for gap in gaps)


def test_with_a_lock_nobody_waits_but_the_one_who_renews() -> None:
    crowd = Crowd(load=1.0)
    guard = crowd.guard("early_locked", ttl=20, rng=random.Random(9))
    crowd.ask(guard)
    times = [crowd.sim.now() + number / 100 for number in range(4_000)]
    got = crowd.ask_at(guard, times)
    waited = sum(at - asked > 1e-6 for (at, _), asked in zip(got, times, strict=True))
    assert waited == crowd.origin.calls - 1


@pytest.mark.parametrize("name", ["early_expiration", "early_locked"])
def test_what_was_renewed_is_stored_for_a_life_of_its_own(name: str) -> None:
    crowd = Crowd(load=1.0)
    guard = crowd.guard(name, ttl=20, beta=1e9)  # it is always time
    crowd.ask_at(guard, [0.0, 10.0])
    found = guard.shelf.look("k")
    assert (found.value, found.expires) == ("v1", 11.0 + 20)


def test_a_renewal_that_comes_after_a_delete_is_not_stored() -> None:
    crowd = Crowd(load=1.0)
    guard = crowd.guard("early_locked", ttl=20, beta=1e9)  # it is always time

    def meeting() -> None:
        crowd.ask(guard)
        renewal = crowd.sim.spawn(crowd.ask, guard)
        crowd.sim.sleep(0.5)
        guard.forget("k")
        renewal.join()

    crowd.sim.run(meeting)
    assert guard.shelf.look("k") is Gap.VACANT


def test_the_error_of_a_renewal_goes_to_the_reader_that_renewed() -> None:
    crowd = Crowd(load=0.1)
    guard = crowd.guard("early_locked", ttl=20, beta=1e9)
    crowd.ask(guard)
    crowd.origin.error = RuntimeError("down")
    got = crowd.ask_at(guard, [1.0, 1.05])
    assert isinstance(got[0][1], RuntimeError)
    assert got[1] == (1.05, "v0")
