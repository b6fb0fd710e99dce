"""
The crowd of the benchmark, on a real server and in virtual time: who asks the database more often.

Orders only: how long things take is the machine's affair.
"""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cachelab.ports import Server, start_server
from cachelab.stampede import GUARDS

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "stampede.py"
SECONDS = 2.5
ONE_AT_A_TIME = ["locked", "leased", "stale_while_revalidate", "early_locked"]


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("stampede_benchmark", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with start_server() as server:
        yield server


def check_orders(outcomes: dict[str, Any]) -> None:
    """Assert what holds on a slow machine and on a fast one, and in virtual time."""
    calls = {name: outcome.calls for name, outcome in outcomes.items()}
    at_once = {name: outcome.at_once for name, outcome in outcomes.items()}
    assert calls["unguarded"] == max(calls.values())
    assert calls["unguarded"] > calls["early_expiration"]
    for name in ONE_AT_A_TIME:
        assert calls["early_expiration"] > calls[name]
        assert at_once[name] < at_once["single_flight"] < at_once["unguarded"]
    assert calls["single_flight"] > calls["locked"]
    assert outcomes["unguarded"].worst > outcomes["single_flight"].worst


@pytest.mark.slow
def test_two_hundred_threads_on_a_server_bear_out_the_order(
    bench: ModuleType, server: Server
) -> None:
    check_orders(
        {
            name: bench.live(
                lambda *ports, name=name: bench.crowd(name, *ports, 200, SECONDS), server
            )
            for name in GUARDS
        }
    )


@pytest.mark.slow
def test_their_twin_of_a_thousand_in_virtual_time_agrees_and_is_exact(bench: ModuleType) -> None:
    clients = bench.VIRTUAL_CLIENTS
    outcomes = {
        name: bench.virtual(lambda *ports, name=name: bench.crowd(name, *ports, clients, SECONDS))
        for name in GUARDS
    }
    check_orders(outcomes)
    assert outcomes["early_locked"].p99 < outcomes["locked"].p99
    expiries = 2
    calls = {name: outcome.calls for name, outcome in outcomes.items()}
    assert [outcomes[name].at_once for name in ONE_AT_A_TIME] == [1, 1, 1, 1]
    assert [calls[name] for name in ("locked", "leased", "stale_while_revalidate")] == [
        expiries
    ] * 3
    assert outcomes["single_flight"].at_once == bench.PROCESSES
    assert calls["single_flight"] == expiries * bench.PROCESSES
    # Whoever comes while the first one loads: the load is longer than almost any pause.
    assert 0.9 * clients * expiries < calls["unguarded"] <= clients * expiries


@pytest.mark.slow
def test_keys_that_die_together_are_loaded_together_unless_jitter_spreads_them(
    bench: ModuleType,
) -> None:
    keys = 300
    outcomes = [
        bench.virtual(lambda *ports, jitter=jitter: bench.mass_expiry(jitter, *ports, keys))
        for jitter in (0.0, bench.JITTER)
    ]
    together, spread = outcomes
    assert together == (keys, keys)
    # Over half a second now: a fifth of them in a tenth, and what the pause between reads blurs.
    assert spread[0] == keys
    assert keys / 5 < spread[1] < keys / 3


@pytest.mark.slow
def test_jitter_spreads_the_loads_of_keys_that_were_filled_at_once_on_a_server(
    bench: ModuleType, server: Server
) -> None:
    # A machine with other work to do may hold the loads up and let them through together: the
    # twin above counts exactly, here one quiet round of three is enough.
    rounds = (
        [
            bench.live(lambda *ports, jitter=jitter: bench.mass_expiry(jitter, *ports), server)
            for jitter in (0.0, bench.JITTER)
        ]
        for _ in range(3)
    )
    assert any(spread[1] < together[1] for together, spread in rounds)
