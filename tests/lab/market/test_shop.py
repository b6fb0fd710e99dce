"""The shop in virtual time: what a call costs, what arrives when, and which promises it watches."""

from dataclasses import replace

import pytest

from cachelab.lab.market import (
    FAMILIES,
    FAULTS,
    HAPPENS,
    Everyday,
    Request,
    Shop,
    Workload,
    play,
    workload,
)
from cachelab.lab.market.designs import aside, careful, none
from cachelab.lab.market.faults import Fault
from cachelab.ports import MISSING
from cachelab.ports.errors import Overloaded, StoreError


class Cached(none.Design):
    """Keeps everything in one layer for a given time; tests change one method of it."""

    layer, ttl = "l2", 60.0

    def configure(self, budget):
        return {"cdn": {"megabytes": 5}, "l1": {"megabytes": 5}, "l2": {"megabytes": 5}}

    def read(self, ctx, key):
        layer = getattr(ctx, self.layer)
        row = layer.get(key)
        if row is MISSING:
            row = ctx.origin.read(key)
            layer.put(key, row, ttl=self.ttl)
        return row


def day(*requests, **more):
    return Workload("a test", tuple(requests), warm=0.0, **more)


def read(at, key="catalogue:1", process=0, edge=0, checkout=False):
    return Request(at, False, key, process, edge, checkout)


def write(at, key="catalogue:1", process=0):
    return Request(at, True, key, process, 0)


def played(design, *requests, **more):
    shop = Shop(day(*requests, **more), lambda _: design(), recording=True)
    shop.play()
    return shop


def kinds(shop):
    return [breach.kind for breach in shop.records.breaches]


def test_a_run_until_a_breach_goes_past_those_of_another_kind_and_no_further():
    asked = [read(1, "cart:1"), read(2, "stock:1"), write(3, "stock:1")]
    asked += [read(4, "stock:1", checkout=True), read(5, "cart:2")]
    shop = Shop(day(*asked), lambda _: Cached(), recording=True)
    shop.play(until="checkout")
    assert kinds(shop) == ["leak", "checkout"]


def test_only_the_breach_that_is_looked_for_has_a_history():
    asked = [read(1, "cart:1"), read(2, "stock:1"), write(3, "stock:1")]
    shop = Shop(day(*asked, read(4, "stock:1", checkout=True)), lambda _: Cached(), recording=True)
    shop.play(until="checkout")
    assert [bool(breach.history) for breach in shop.records.breaches] == [False, True]


def test_it_is_told_what_happens_on_a_day_of_each_family_and_with_each_fault():
    assert set(HAPPENS) == {*FAMILIES, *FAULTS}
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in HAPPENS.values())


def test_the_same_seed_gives_the_same_figures():
    contestant = Everyday(careful.Design)
    assert play(contestant, workload("evening", 3)) == play(contestant, workload("evening", 3))


def test_another_seed_gives_another_day():
    assert workload("evening", 3).requests != workload("evening", 4).requests


def test_a_hit_in_the_process_costs_the_way_and_the_look():
    class InProcess(Cached):
        layer = "l1"

    shop = played(InProcess, read(1.0), read(5.0))
    assert shop.records.latencies[1] == pytest.approx(0.01002)


def test_a_hit_at_the_edge_does_not_go_to_the_shop():
    class AtTheEdge(Cached):
        layer = "cdn"

    shop = played(AtTheEdge, read(1.0), read(5.0))
    assert shop.records.latencies[1] == pytest.approx(0.004)


def test_each_process_has_its_own_memory():
    class InProcess(Cached):
        layer = "l1"

    shop = played(InProcess, read(1.0, process=0), read(5.0, process=1))
    assert sum(shop.origin.calls.values()) == 2


def test_misses_of_one_moment_each_call_the_origin():
    shop = played(Cached, read(1.0), read(1.01), read(1.02))
    assert sum(shop.origin.calls.values()) == 3


def test_who_has_no_lease_waits_for_the_row_of_who_has():
    shop = played(careful.Design, read(1.0), read(1.01, edge=1), read(1.02, edge=0))
    assert sum(shop.origin.calls.values()) == 1
    first, _, third = shop.records.latencies
    assert third == pytest.approx(first - 0.02, abs=0.01)


class Deletes(Cached):
    """Deletes the copy when a key is written, and does not mind a load under way."""

    def write(self, ctx, key, value):
        ctx.origin.write(key, value)
        ctx.l2.delete(key)


@pytest.mark.parametrize(("design", "old"), [(Deletes, True), (careful.Design, False)])
def test_a_fill_that_a_write_has_overtaken_brings_the_past_back_unless_it_is_leased(design, old):
    keys = [f"catalogue:{number}" for number in range(15)]
    loads = [read(1.0, key) for key in keys]
    changes = [write(1.001, key) for key in keys]
    shop = played(design, *loads, *changes, *[read(9.0, key, edge=1) for key in keys])
    assert (shop.records.stale > 0) is old


def test_a_lease_that_a_deletion_has_cancelled_fills_nothing():
    shop = Shop(day(), lambda _: careful.Design())
    level = shop.levels["l2"]
    lease = level.grant(0, "price:1")
    level.remove(0, "price:1")
    assert lease.cancelled
    assert level.grant(0, "price:1") is not None


def test_a_deletion_comes_before_the_acknowledgement_and_a_later_read_sees_it():
    shop = played(careful.Design, read(1.0), write(3.0), read(6.0, edge=1))
    assert shop.records.stale == 0


def test_an_answer_older_than_promised_is_a_breach():
    class Forgetful(Cached):
        ttl = 600.0

    shop = played(Forgetful, read(1.0, "price:1"), write(2.0, "price:1"), read(9.0, "price:1"))
    assert kinds(shop) == ["stale"]


def test_old_stock_is_a_breach_only_at_the_checkout():
    requests = [read(1.0, "stock:1"), write(2.0, "stock:1")]
    browsing = played(Cached, *requests, read(5.0, "stock:1"))
    paying = played(Cached, *requests, read(5.0, "stock:1", checkout=True))
    assert (kinds(browsing), kinds(paying)) == ([], ["checkout"])


@pytest.mark.parametrize("layer", ["cdn", "l2"])
def test_a_private_row_in_a_shared_layer_is_a_leak(layer):
    class Leaks(Cached):
        pass

    Leaks.layer = layer
    assert kinds(played(Leaks, read(1.0, "cart:1"))) == ["leak"]


def test_a_private_row_in_a_process_is_none():
    class Own(Cached):
        layer = "l1"

    assert kinds(played(Own, read(1.0, "cart:1"))) == []


def test_an_acknowledged_write_that_never_comes_to_the_origin_is_lost():
    class Nods(none.Design):
        def write(self, ctx, key, value):
            return None

    assert kinds(played(Nods, write(1.0, "cart:1"))) == ["lost"]


def test_a_write_that_was_refused_is_not_acknowledged():
    class Refuses(none.Design):
        def write(self, ctx, key, value):
            raise StoreError("no")

    shop = played(Refuses, write(1.0, "cart:1"))
    assert (kinds(shop), shop.records.failed_writes) == ([], 1)


def test_a_row_kept_in_a_variable_is_a_breach():
    class Hoards(none.Design):
        def __init__(self):
            self.rows = {}

        def read(self, ctx, key):
            if key not in self.rows:
                self.rows[key] = ctx.origin.read(key)
            return self.rows[key]

    assert kinds(played(Hoards, read(1.0), read(5.0))) == ["hoard"]


def test_a_row_kept_in_a_variable_cannot_be_laundered_through_a_layer():
    class Launders(Cached):
        def __init__(self):
            self.rows = {}

        def read(self, ctx, key):
            if key in self.rows:
                ctx.l1.put(key, self.rows[key], ttl=60)
            self.rows[key] = super().read(ctx, key)
            return self.rows[key]

    assert "hoard" in kinds(played(Launders, read(1.0), read(5.0)))


def test_an_answer_for_another_key_is_a_breach():
    class Confuses(none.Design):
        def read(self, ctx, key):
            return ctx.origin.read("catalogue:2")

    assert kinds(played(Confuses, read(1.0))) == ["answer"]


def test_the_origin_makes_callers_wait_when_all_slots_are_taken():
    shop = played(none.Design, *[read(1.0, f"catalogue:{number}") for number in range(80)])
    alone = played(none.Design, read(1.0))
    assert max(shop.records.latencies) > 1.5 * max(alone.records.latencies)


def test_the_origin_turns_callers_away_rather_than_let_them_wait_for_long():
    shop = played(none.Design, *[read(1.0, f"catalogue:{number}") for number in range(400)])
    assert shop.records.failed > 0


def test_who_is_turned_away_is_told_so():
    told = []

    class Asks(none.Design):
        def read(self, ctx, key):
            try:
                return ctx.origin.read(key)
            except Overloaded as error:
                told.append(str(error))
                raise

    played(Asks, *[read(1.0, f"catalogue:{number}") for number in range(400)])
    assert "turns callers away" in told[0]


class Chatty(none.Design):
    """Publishes each write and notes what others publish."""

    def __init__(self):
        self.heard = []

    def write(self, ctx, key, value):
        ctx.origin.write(key, value)
        ctx.publish(key)

    def on_event(self, ctx, event):
        if event.kind == "message":
            self.heard.append(event)


def test_a_message_reaches_the_five_others():
    shop = played(Chatty, write(1.0))
    assert [len(design.heard) for design in shop.designs] == [0, 1, 1, 1, 1, 1]


def test_messages_are_numbered_so_that_a_gap_can_be_seen():
    shop = played(Chatty, write(1.0), write(2.0))
    assert [event.sequence for event in shop.designs[1].heard] == [0, 1]


def test_a_cut_bus_loses_messages_to_the_other_half():
    shop = played(Chatty, write(1.0), fault=Fault("partition", 0, 30))
    assert [len(design.heard) for design in shop.designs] == [0, 1, 1, 0, 0, 0]


def test_a_dead_node_lets_callers_wait_and_fails():
    key = next(f"catalogue:{n}" for n in range(50) if _node(f"catalogue:{n}") == 1)
    shop = played(aside.Design, read(1.0, key), read(9.0, key), fault=Fault("node death", 5, 20))
    assert shop.records.latencies[1] > 0.1
    assert shop.records.failed == 0


def _node(key):
    return Shop(day(), lambda _: aside.Design()).levels["l2"].place_of(key, 0, 0)


def test_a_restarted_process_has_forgotten_everything():
    requests = [read(1.0, "cart:4", 4), read(3.0, "cart:4", 4), read(8.0, "cart:4", 4)]
    shop = played(careful.Design, *requests, fault=Fault("node death", 5, 20))
    assert sum(shop.origin.calls.values()) == 2


def test_clocks_of_processes_differ_and_the_origin_has_its_own():
    times = []

    class Reads(none.Design):
        def read(self, ctx, key):
            times.append(ctx.now())
            return ctx.origin.read(key)

    played(Reads, read(1.0, process=0), read(1.0, process=1), skews=(0.25, -0.25, 0, 0, 0, 0))
    assert times == [1.25, 0.75]


def test_a_timer_comes_back_to_its_process_with_its_note():
    class Wakes(Chatty):
        def read(self, ctx, key):
            ctx.later(2.0, key)
            return ctx.origin.read(key)

        def on_event(self, ctx, event):
            if event.kind == "timer":
                self.heard.append((event.note, ctx.now() > 2.9))

    shop = played(Wakes, read(1.0, process=2))
    assert [design.heard for design in shop.designs][2] == [("catalogue:1", True)]


def test_a_layer_that_is_not_bought_holds_nothing_and_costs_nothing():
    class Cheap(Cached):
        def configure(self, budget):
            return {}

    shop = played(Cheap, read(1.0), read(5.0))
    assert sum(shop.origin.calls.values()) == 2
    assert shop.records.figures.bill["memory"] == shop.records.figures.bill["parts"] == 0


def test_an_object_larger_than_the_layer_is_not_kept():
    class Small(Cached):
        def configure(self, budget):
            return {"l2": {"megabytes": 0.0001}}

    shop = played(Small, read(1.0), read(5.0))
    assert shop.levels["l2"].hits == 0


@pytest.mark.parametrize(
    "plan",
    [
        None,
        {"l3": {"megabytes": 1}},
        {"l2": 5},
        {"l2": {"megabytes": -1}},
        {"l2": {"megabytes": True}},
        {"l2": {"megabytes": float("nan")}},
        {"l2": {"megabytes": 1, "policy": "belady"}},
        {"l2": {"megabytes": 1, "entries": 1.5}},
        {"l2": {"megabytes": 1, "rooms": 1}},
    ],
)
def test_what_is_no_plan_is_refused(plan):
    class Odd(none.Design):
        def configure(self, budget):
            return plan

    with pytest.raises(ValueError, match=r"configure|layer|megabytes|policy|entries"):
        Shop(day(), lambda _: Odd())


def test_two_processes_cannot_have_different_plans():
    sizes = iter(range(1, 7))

    class Moody(none.Design):
        def configure(self, budget):
            return {"l2": {"megabytes": next(sizes)}}

    with pytest.raises(ValueError, match="the same plan"):
        Shop(day(), lambda _: Moody())


def test_only_what_is_used_is_a_moving_part():
    shop = played(Cached, read(1.0))
    assert shop.records.figures.parts == ("l2",)


def test_the_warm_up_is_not_counted():
    requests = (read(1.0), read(20.0))
    shop = Shop(replace(day(*requests), warm=15.0), lambda _: none.Design())
    assert shop.play().figures.reads == 1
