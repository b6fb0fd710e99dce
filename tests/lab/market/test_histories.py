"""The shortest history of a breach: short, complete, and of the same kind."""

import pytest

from cachelab.lab.market import Everyday, Shop, shortest_history, workload
from cachelab.lab.market.designs import none
from cachelab.ports import MISSING


class Forgetful(none.Design):
    """Keeps everything in the shared cache for ten minutes, private rows too."""

    def configure(self, budget):
        return {"l2": {"megabytes": 8, "entries": 4_000}}

    def read(self, ctx, key):
        row = ctx.l2.get(key)
        if row is MISSING:
            row = ctx.origin.read(key)
            ctx.l2.put(key, row, ttl=600)
        return row


class Nods(none.Design):
    """Acknowledges what it does not write."""

    def write(self, ctx, key, value):
        return None


CASES = {"stale": Forgetful, "checkout": Forgetful, "leak": Forgetful, "lost": Nods}


@pytest.fixture(scope="module", params=CASES.items(), ids=CASES)
def shown(request):
    kind, design = request.param
    day, contestant = workload("weekday", 2), Everyday(design)
    breaches = Shop(day, contestant(day)).play().breaches
    first = next(breach for breach in breaches if breach.kind == kind)
    return kind, first, shortest_history(contestant, day, first)


def test_the_shortest_history_is_of_the_same_kind_and_key(shown):
    kind, first, found = shown
    assert (found.kind, found.key) == (kind, first.key)


def test_the_shortest_history_has_at_most_twelve_rows(shown):
    assert 0 < len(shown[2].history) <= 12


def test_the_shortest_history_is_about_one_key_and_in_order(shown):
    found = shown[2]
    assert all(repr(found.key) in call for _, _, call, _ in found.history)
    assert [row[0] for row in found.history] == sorted(row[0] for row in found.history)


def test_an_old_answer_takes_two_reads_and_a_write(shown):
    kind, _, found = shown
    if kind in ("stale", "checkout"):
        calls = [call.partition("(")[0] for _, _, call, _ in found.history]
        assert (calls.count("read"), calls.count("write"), calls[-1]) == (2, 1, "answer")
