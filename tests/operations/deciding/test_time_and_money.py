import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cachelab.operations.deciding import (
    Layer,
    Price,
    Prices,
    access_time,
    break_even_hit_ratio,
    break_even_interval,
    cheapest_size,
    hit_ratio_for_load,
    left_over,
    load_factor,
    mean_access_time,
    monthly_bill,
)

seconds = st.floats(1e-6, 10)
ratios = st.floats(0, 1)

SOURCE = "made up for this test"


def prices(memory: float, origin: float, egress: float = 0.0) -> Prices:
    return Prices(Price(memory, SOURCE), Price(origin, SOURCE), Price(egress, SOURCE))


@given(h=ratios, lookup=seconds, origin=seconds, fill=seconds)
def test_a_cache_is_faster_on_average_exactly_above_the_break_even_hit_ratio(
    h: float, lookup: float, origin: float, fill: float
) -> None:
    bar = break_even_hit_ratio(lookup, origin, fill)
    assume(abs(h - bar) > 1e-9)
    assert (access_time(h, lookup, origin, fill).mean < origin) == (h > bar)


@given(h=ratios, lookup=seconds, origin=seconds, fill=seconds)
def test_a_miss_costs_lookup_and_origin_and_fill(
    h: float, lookup: float, origin: float, fill: float
) -> None:
    time = access_time(h, lookup, origin, fill)
    assert time.miss == lookup + origin + fill
    assert time.mean == pytest.approx(h * time.hit + (1 - h) * time.miss)


def test_fifty_times_faster_is_true_of_a_hit_and_of_no_average() -> None:
    time = access_time(0.9, lookup=0.001, origin=0.050)
    assert time.hit_speedup == pytest.approx(50)
    assert time.speedup == pytest.approx(50 / 6)


def test_a_hit_ratio_far_below_one_half_can_be_enough() -> None:
    assert break_even_hit_ratio(lookup=0.001, origin=0.050) == pytest.approx(0.02)


def test_ninety_hits_in_a_hundred_can_be_too_few() -> None:
    time = access_time(0.9, lookup=75e-6, origin=80e-6, fill=75e-6)
    assert time.mean > time.without


@given(h=ratios, lookup=seconds, origin=seconds)
def test_one_layer_is_the_same_as_one_cache(h: float, lookup: float, origin: float) -> None:
    mean = mean_access_time([Layer(lookup, h)], origin)
    assert mean == access_time(h, lookup, origin).mean


@given(hit_ratios=st.lists(ratios, max_size=5))
def test_without_costs_of_its_own_a_chain_takes_the_left_over_share_of_the_origin(
    hit_ratios: list[float],
) -> None:
    chain = [Layer(0.0, h) for h in hit_ratios]
    assert mean_access_time(chain, 1.0) == pytest.approx(left_over(hit_ratios))


@given(h=st.floats(0, 0.999))
def test_the_load_factor_undoes_the_left_over_share(h: float) -> None:
    assert load_factor(h) * left_over([h]) == pytest.approx(1)


def test_ten_times_the_traffic_needs_nine_hits_in_ten() -> None:
    assert hit_ratio_for_load(reads=10_000, capacity=1_000) == pytest.approx(0.9)
    assert hit_ratio_for_load(reads=500, capacity=1_000) == 0


@given(h=ratios, reads=st.floats(0, 1e6), size=st.floats(0, 1e4))
def test_a_bill_is_never_smaller_for_more_memory_or_more_misses(
    h: float, reads: float, size: float
) -> None:
    some = monthly_bill(prices(2, 1e-6, 0.1), reads=reads, hit_ratio=h, gigabytes=size)
    worse = monthly_bill(prices(2, 1e-6, 0.1), reads=reads, hit_ratio=h / 2, gigabytes=size + 1)
    assert worse.total >= some.total


def test_a_bill_is_memory_and_calls_and_bytes_of_one_month() -> None:
    bill = monthly_bill(
        prices(3, 2e-6, 0.09), reads=10, hit_ratio=0.75, gigabytes=4, bytes_sent=10_000
    )
    calls = 2.5 * 365.25 / 12 * 86_400
    assert bill.memory == 12
    assert bill.origin == pytest.approx(calls * 2e-6)
    assert bill.egress == pytest.approx(calls * 10_000 / 1e9 * 0.09)
    assert bill.total == pytest.approx(bill.memory + bill.origin + bill.egress)


def test_an_object_read_at_the_break_even_interval_costs_as_much_kept_as_asked_for() -> None:
    tariff = prices(2, 1e-6, 0.05)
    gap = break_even_interval(tariff, size=4_000, bytes_sent=4_000)
    kept = monthly_bill(tariff, reads=1 / gap, hit_ratio=1, gigabytes=4_000 / 1e9)
    asked = monthly_bill(tariff, reads=1 / gap, hit_ratio=0, gigabytes=0, bytes_sent=4_000)
    assert kept.total == pytest.approx(asked.total)


def test_the_cheapest_size_is_none_where_reads_are_few() -> None:
    curve = [(0.0, 0.0), (1.0, 0.9)]
    assert cheapest_size(prices(10, 1e-6), curve, reads=0.1)[0] == 0
    assert cheapest_size(prices(10, 1e-6), curve, reads=1_000)[0] == 1


def test_a_price_without_a_source_is_refused() -> None:
    with pytest.raises(ValueError, match="say where the price"):
        Price(1.0, " ")


def test_prices_say_where_they_are_from_once_each() -> None:
    tariff = Prices(Price(1, "list A, May 2026"), Price(2, "list B"), Price(3, "list A, May 2026"))
    assert tariff.sources == ("list A, May 2026", "list B")


@pytest.mark.parametrize("bad", [-0.1, 1.1, math.nan])
def test_a_hit_ratio_that_is_none_is_refused(bad: float) -> None:
    for call in (
        lambda: access_time(bad, 1, 1),
        lambda: left_over([bad]),
        lambda: monthly_bill(prices(1, 1), reads=1, hit_ratio=bad, gigabytes=1),
    ):
        with pytest.raises(ValueError, match="hit ratio"):
            call()


def test_nothing_to_choose_from_is_refused() -> None:
    with pytest.raises(ValueError, match="no size"):
        cheapest_size(prices(1, 1), [], reads=1)


def test_an_origin_that_takes_no_time_has_no_break_even() -> None:
    with pytest.raises(ValueError, match="nothing to save"):
        break_even_hit_ratio(1.0, 0.0)
