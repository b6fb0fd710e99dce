"""Two calls at once: each place where the first is overtaken, and each way in which a race ends."""

from collections.abc import Iterator
from typing import Any

import pytest

from cachelab.grading.process import Player

TEXT = '''
import threading, time

class Counter:
    """Every way to keep two calls apart, or not to."""

    def __init__(self):
        self.value, self.busy = 0, False
        self.lock, self.other = threading.Lock(), threading.Lock()
        self.reentrant, self.condition = threading.RLock(), threading.Condition()

    def bare(self):
        before = self.value
        self.value = before + 1
        return self.value

    def locked(self):
        with self.lock:
            return self.bare()

    def twice(self):
        with self.reentrant:
            with self.reentrant:
                return self.bare()

    def in_turns(self):
        with self.other:
            pass
        with self.lock:
            return self.bare()

    def spinning(self):
        while self.busy:
            time.sleep(0.001)
        self.busy = True
        self.value += 1
        found, self.busy = self.value, False
        return found

    def one_way(self):
        with self.lock:
            with self.other:
                return self.bare()

    def other_way(self):
        with self.other:
            with self.lock:
                return self.bare()

    def keeps_if_met(self):
        self.lock.acquire()
        if not self.busy:
            self.lock.release()

    def meets(self):
        self.busy = True
        with self.lock:
            self.busy = False

    def takes_if_busy(self):
        if self.busy:
            self.lock.acquire()

    def tries(self):
        if self.lock.acquire(blocking=False):
            self.lock.release()
            return "free"
        return "taken"

    def failing(self):
        with self.lock:
            self.value += 1
            raise LookupError

    def stubborn(self):
        with self.lock:
            try:
                with self.other:
                    return self.bare()
            except BaseException:
                return "went on"

    def working(self):
        with self.condition:
            self.busy = True
        with self.condition:
            self.value, self.busy = 7, False
            self.condition.notify_all()

    def waiting(self):
        with self.condition:
            while self.busy:
                self.condition.wait()
            return self.value

    def stays_busy_if_met(self):
        self.busy = True
        self.busy = self.value == 7

    def endless_if_busy(self):
        self.value = 7
        while self.busy:
            pass
'''


@pytest.fixture
def player() -> Iterator[Player]:
    with Player("process") as opened:
        opened.ask({"op": "load", "source": TEXT, "name": "Counter"}, 10)
        yield opened


def race(player: Player, first: str, second: str) -> dict[str, Any]:
    steps = {"setup": [[0, "new"]], "a": [0, first], "b": [0, second], "probe": []}
    answer: dict[str, Any] = player.ask({"op": "race", **steps}, 60)
    return answer


def ends(player: Player, first: str, second: str) -> list[str]:
    return [race["end"] for race in race(player, first, second)["races"]]


def answers(player: Player, first: str, second: str) -> set[tuple[Any, ...]]:
    races = race(player, first, second)["races"]
    return {tuple(outcome.get("value", "raised") for outcome in race["seen"]) for race in races}


def test_every_line_of_the_first_call_is_a_place_where_it_is_overtaken(player: Player) -> None:
    lines = [
        TEXT.splitlines()[one["line"] - 1].strip() for one in race(player, "bare", "bare")["races"]
    ]
    assert lines == ["before = self.value", "self.value = before + 1", "return self.value"]


def test_both_orders_are_told(player: Player) -> None:
    orders = race(player, "bare", "bare")["orders"]
    assert [[one["value"] for one in order] for order in orders] == [[1, 2], [2, 1]]


def test_an_update_is_lost_where_nothing_keeps_the_calls_apart(player: Player) -> None:
    assert answers(player, "bare", "bare") == {(2, 1), (1, 1), (2, 2)}


@pytest.mark.parametrize("method", ["locked", "twice", "in_turns"])
def test_no_update_is_lost_where_a_lock_keeps_the_calls_apart(player: Player, method: str) -> None:
    assert answers(player, method, method) == {(2, 1), (1, 2)}


@pytest.mark.slow
def test_a_call_that_looks_again_and_again_lets_the_other_one_go_on(player: Player) -> None:
    assert answers(player, "spinning", "spinning") == {(2, 1), (1, 2)}


def test_a_lock_that_an_error_gives_back_is_free_again(player: Player) -> None:
    assert answers(player, "failing", "locked") == {("raised", 1), ("raised", 2)}


def test_who_only_tries_does_not_wait(player: Player) -> None:
    assert answers(player, "locked", "tries") == {(1, "free"), (1, "taken")}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("one_way", "other_way", id="each for the other"),
        pytest.param("keeps_if_met", "meets", id="the second for the first"),
        pytest.param("meets", "takes_if_busy", id="the first for the second"),
        pytest.param("stubborn", "other_way", id="one that catches everything"),
    ],
)
def test_a_wait_without_an_end_is_a_deadlock(player: Player, first: str, second: str) -> None:
    *before, last = ends(player, first, second)
    assert (last, set(before)) == ("deadlock", {"done"})


def test_a_condition_is_waited_for_until_the_other_call_tells(player: Player) -> None:
    assert answers(player, "working", "waiting") == {(None, 0), (None, 7)}


@pytest.mark.slow
def test_a_second_call_that_does_not_come_back_is_told(player: Player) -> None:
    assert ends(player, "stays_busy_if_met", "endless_if_busy")[-1] == "stuck"
