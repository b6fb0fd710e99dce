"""A thousand clients at an expired key, in virtual time: how many loads, exactly."""

import pytest

from .crowd import Crowd

PROCESSES = 20
COLD = {
    "unguarded": 1_000,
    "single_flight": PROCESSES,
    "locked": 1,
    "leased": 1,
    "early_expiration": 1_000,  # it spares an expiry, not a first miss
    "stale_while_revalidate": 1,
    "early_locked": 1,
}


@pytest.mark.parametrize(("name", "loads"), COLD.items())
@pytest.mark.parametrize("latency", [None, 0.001])
def test_the_loads_of_a_thousand_clients_at_a_key_that_has_expired(
    name: str, loads: int, latency: float | None
) -> None:
    crowd = Crowd(load=0.1, latency=latency)
    guards = [crowd.guard(name, ttl=60) for _ in range(PROCESSES)]

    def meeting() -> None:
        crowd.ask(guards[0])
        crowd.sim.sleep(60 + guards[0].grace)
        tasks = [crowd.sim.spawn(crowd.ask, guards[number % PROCESSES]) for number in range(1_000)]
        for task in tasks:
            task.join()

    crowd.sim.run(meeting)
    assert crowd.origin.calls - 1 == loads
    assert len(crowd.answers) == 1_001
    if loads == 1:
        assert set(crowd.answers[1:]) == {"v1"}


@pytest.mark.parametrize(
    ("name", "options"), [("stale_while_revalidate", {}), ("leased", {"stale_for": 10})]
)
def test_with_a_stale_value_at_hand_one_load_is_enough_and_nobody_else_waits(
    name: str, options: dict[str, float]
) -> None:
    crowd = Crowd(load=0.1)
    guards = [crowd.guard(name, ttl=60, **options) for _ in range(PROCESSES)]
    waits: list[float] = []

    def client(number: int) -> None:
        start = crowd.sim.now()
        crowd.ask(guards[number % PROCESSES])
        waits.append(crowd.sim.now() - start)

    def meeting() -> None:
        crowd.ask(guards[0])
        crowd.sim.sleep(60)
        for number in range(1_000):
            crowd.sim.spawn(client, number)

    crowd.sim.run(meeting)
    assert crowd.origin.calls == 2
    assert waits.count(0.0) >= 999
