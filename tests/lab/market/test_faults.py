"""Each fault does harm: a design that shields nothing fares worse in that fault's own figure."""

from dataclasses import replace

from cachelab.lab.market import Request, Shop, Workload, faulty
from cachelab.lab.market.designs import aside, careful

SEED = 3


def calls(shop, start, end):
    """Return the calls of the origin in some seconds."""
    return sum(shop.origin.calls[second] for second in range(start, end))


def both(name, design=aside.Design):
    """Return the shop after a day with a fault, and after the same day without it."""
    day = faulty(name, SEED)
    calm = replace(day, fault=None)
    if name == "hot key":
        hot = max({r.key for r in day.requests}, key=[r.key for r in day.requests].count)
        calm = replace(calm, requests=tuple(r for r in day.requests if r.key != hot))
    shops = [Shop(one, lambda _: design()) for one in (day, calm)]
    for shop in shops:
        shop.play()
    return shops


def slowest(shop, start, end):
    """Return the mean wait of the reads in some seconds."""
    waits = [wait for second in range(start, end) for wait in shop.records.by_second[second]]
    return sum(waits) / len(waits)


def test_a_dead_node_makes_reads_wait_and_lets_more_calls_through():
    hurt, calm = both("node death")
    assert calls(hurt, 50, 65) > calls(calm, 50, 65)
    assert slowest(hurt, 50, 65) > 1.1 * slowest(calm, 50, 65)


def test_a_flush_makes_the_seconds_after_it_cold():
    hurt, calm = both("flush")
    assert calls(hurt, 50, 55) > 1.2 * calls(calm, 50, 55)


def test_a_slow_origin_makes_reads_wait():
    hurt, calm = both("slow origin")
    assert slowest(hurt, 50, 70) > 1.5 * slowest(calm, 50, 70)


def test_a_hot_key_brings_calls_of_its_own():
    hurt, calm = both("hot key")
    assert calls(hurt, 50, 70) > calls(calm, 50, 70)
    assert max(map(len, hurt.records.by_second.values())) > 1.4 * max(
        map(len, calm.records.by_second.values())
    )


class LetsMessagesDelete(careful.Design):
    """Trusts the bus: what a process holds of its users lives long, and messages remove it."""

    def read(self, ctx, key):
        if key.startswith(("cart", "session", "feed")):
            return self._own(ctx, key, 600)
        return super().read(ctx, key)


def test_a_cut_bus_leaves_old_rows_with_who_trusts_messages():
    hurt, calm = both("partition", LetsMessagesDelete)
    assert hurt.records.worst_age > calm.records.worst_age + 5


def test_clocks_that_differ_break_a_promise_that_is_kept_by_little(monkeypatch):
    monkeypatch.setitem(aside.LIVES, "price", 2.15)
    keys = [f"price:{number}" for number in range(15)]
    loads = [Request(1.0, False, key, 1, 0) for key in keys]
    writes = [Request(1.001, True, key, 0, 0) for key in keys]
    reads = [Request(3.35, False, key, 0, 0) for key in keys]
    day = Workload("a test", (*loads, *writes, *reads), seconds=5.0, warm=0.0)
    skewed, calm = (
        Shop(replace(day, skews=skews), lambda _: aside.Design()).play().breaches
        for skews in (faulty("clock skew").skews, (0.0,) * 6)
    )
    assert calm == []
    assert {breach.kind for breach in skewed} == {"stale"}
