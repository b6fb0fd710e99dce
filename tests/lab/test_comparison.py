"""What the comparison says of the strategies: orders and counts, never times."""

import pytest

from cachelab.lab import ComparisonRow, Workload, compare_strategies
from cachelab.strategies import STRATEGIES

WORK = Workload(requests=1_500, keys=200)


@pytest.fixture(scope="module")
def simulated() -> dict[str, ComparisonRow]:
    return {row.strategy: row for row in compare_strategies(WORK)}


def test_every_strategy_and_the_database_alone_have_a_row(simulated) -> None:
    assert list(simulated) == ["no_cache", *STRATEGIES]


def test_in_virtual_time_the_numbers_are_the_same_each_time(simulated) -> None:
    again = compare_strategies(WORK, ["cache_aside", "write_behind"])
    assert again == [simulated["cache_aside"], simulated["write_behind"]]


def test_lives_that_end_early_by_chance_end_at_the_same_times_in_every_comparison() -> None:
    work = Workload(requests=1_500, keys=200, ttl=0.3)
    assert compare_strategies(work) == compare_strategies(work)


def test_the_database_alone_is_asked_for_every_read(simulated) -> None:
    alone = simulated["no_cache"]
    assert alone.hit_ratio == 0
    assert alone.source_reads + alone.source_writes == pytest.approx(1)
    assert (alone.read_p50, alone.write_p50) == pytest.approx((0.005, 0.008))


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_strategy_spares_the_database_most_reads_and_serves_nothing_stale(
    name: str, simulated
) -> None:
    row = simulated[name]
    assert row.hit_ratio > 0.5
    assert row.source_reads < simulated["no_cache"].source_reads / 2
    assert row.stale == 0


def test_write_behind_acknowledges_before_the_database_and_write_through_after(simulated) -> None:
    behind, through = simulated["write_behind"], simulated["write_through"]
    assert behind.write_p50 < simulated["no_cache"].write_p50 < through.write_p50
    assert behind.source_writes < through.source_writes / 2  # batches, and the last write of a key


def test_a_crash_costs_the_queue_in_the_process_its_writes_and_the_others_none(simulated) -> None:
    lost = {name: row.lost for name, row in simulated.items()}
    assert lost.pop("queued_write_behind") > 0
    assert set(lost.values()) == {0}


@pytest.mark.slow
def test_on_real_servers_the_orders_are_the_same() -> None:
    names = ["no_cache", "cache_aside", "write_behind", "queued_write_behind"]
    rows = {row.strategy: row for row in compare_strategies(WORK, names, live=True)}
    assert rows["cache_aside"].source_reads < rows["no_cache"].source_reads / 2
    assert rows["write_behind"].source_writes < rows["no_cache"].source_writes / 2
    assert rows["queued_write_behind"].lost > 0
    assert {rows[name].lost for name in names[:3]} == {0}
    assert {row.stale for row in rows.values()} == {0}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"requests": 0}, "requests must be at least 1, not 0"),
        ({"reads": 1.5}, "reads must be a share from 0 to 1, not 1.5"),
        ({"clients": 500, "keys": 10}, "500 clients need as many keys, not 10"),
    ],
)
def test_a_workload_that_is_none_is_refused(arguments: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Workload(**arguments)  # type: ignore[arg-type]


def test_an_unknown_strategy_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown strategy 'cache_beside'; known are no_cache"):
        compare_strategies(WORK, ["cache_beside"])
