"""
What leases do to the load on the database, as a table: `pytest -s` prints it.

R. Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, 3.2.1: for a set of keys prone to
thundering herds, leases took the peak of database queries from 17,000 to 1,300 a second. Ours are
other clients and another database, so what is checked is the law behind it: without leases the peak
grows with the crowd, with them it does not.
"""

import pytest

from .crowd import Crowd

CROWDS = (10, 100, 1_000)
WRITES = 5
PERIOD = 1.0


def loads(name: str, clients: int) -> tuple[int, int]:
    """The loads of a hot key that is written once a second, and how many were on at once."""
    crowd = Crowd()
    guards = [crowd.guard(name) for _ in range(clients)]

    def client(number: int) -> None:
        for write in range(WRITES):
            begins = write * PERIOD + number * 0.05 / clients  # all ask within 50 ms of a write
            crowd.sim.sleep(max(0.0, begins - crowd.sim.now()))
            guards[number].get("k", crowd.origin)

    def writer() -> None:
        for _ in range(1, WRITES):
            crowd.sim.sleep(PERIOD)
            crowd.memory.delete("value:k")

    def meeting() -> None:
        tasks = [crowd.sim.spawn(writer)]
        tasks += [crowd.sim.spawn(client, number) for number in range(clients)]
        for task in tasks:
            task.join()
        for guard in guards:
            guard.close()

    crowd.sim.run(meeting)
    return crowd.origin.calls, crowd.origin.most_at_once


def test_leases_keep_the_peak_at_one_load_however_large_the_crowd() -> None:
    table = {size: (loads("unguarded", size), loads("leased", size)) for size in CROWDS}
    print("\nclients         without leases            with leases")
    for size, ((without, peak_without), (leased, peak_leased)) in table.items():
        print(f"{size:7} {without:8} loads, {peak_without:4} at once", end="")
        print(f" {leased:8} loads, {peak_leased:4} at once")
    assert {size: row[1] for size, row in table.items()} == dict.fromkeys(CROWDS, (WRITES, 1))
    assert [row[0] for row in table.values()] == [(size * WRITES, size) for size in CROWDS]


@pytest.mark.parametrize("name", ["unguarded", "leased"])
def test_one_client_loads_once_for_each_write_with_or_without_leases(name: str) -> None:
    assert loads(name, 1) == (WRITES, 1)
