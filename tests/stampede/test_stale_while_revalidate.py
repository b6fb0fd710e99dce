"""Stale while revalidate, and stale if error: the windows, the one renewal, and its errors."""

from typing import Any

import pytest

from cachelab.ports import MISSING, MemoryStore
from cachelab.stampede import StaleWhileRevalidate
from cachelab.stampede.shelf import Found

from .crowd import Crowd


class Stale:
    """A guard over a value that was stored at 0 and is fresh until 10, and its windows."""

    def __init__(self, stale_for: float = 5, stale_if_error: float = 100, load: float = 1) -> None:
        self.crowd = Crowd(load=0.0)
        self.errors: list[tuple[str, Exception]] = []
        self.guard = self.crowd.guard(
            "stale_while_revalidate",
            ttl=10,
            stale_for=stale_for,
            stale_if_error=stale_if_error,
            on_error=lambda key, error: self.errors.append((key, error)),
        )
        self.crowd.ask(self.guard)
        self.origin = self.crowd.origin
        self.origin.seconds = load

    def ask_at(self, *times: float) -> list[Any]:
        return self.crowd.ask_at(self.guard, times)


def test_in_the_window_everybody_is_served_at_once_while_one_renewal_runs() -> None:
    stale = Stale()
    times = [10.0 + 0.01 * number for number in range(50)]
    got = stale.ask_at(*times)
    assert [answer for _, answer in got] == ["v0"] * 50
    assert [at for at, _ in got] == pytest.approx(times)
    assert stale.origin.starts == [0.0, 10.0]


def test_what_was_renewed_is_fresh_for_all_its_time() -> None:
    stale = Stale()
    got = stale.ask_at(10.0, 11.5, 20.9)
    assert [answer for _, answer in got] == ["v0", "v1", "v1"]
    assert stale.origin.calls == 2


def test_before_the_window_nothing_is_renewed() -> None:
    stale = Stale()
    stale.ask_at(9.999)
    assert stale.origin.calls == 1


def test_after_the_window_readers_wait_for_one_load() -> None:
    stale = Stale()
    got = stale.ask_at(*[15.0] * 20)
    assert [answer for _, answer in got] == ["v1"] * 20
    assert min(at for at, _ in got) == 16.0
    assert stale.origin.calls == 2


def test_after_the_window_an_error_brings_the_old_value_until_the_other_window_ends() -> None:
    stale = Stale(stale_if_error=100)
    stale.origin.error = error = RuntimeError("down")
    got = stale.ask_at(20.0, 50.0, 108.5, 110.0)
    assert [answer for _, answer in got] == ["v0", "v0", "v0", error]
    assert stale.errors == [("k", error)] * 3


def test_an_error_that_comes_after_the_window_is_raised_though_it_was_asked_for_before() -> None:
    stale = Stale(stale_if_error=100, load=3)
    stale.origin.error = error = RuntimeError("down")
    assert stale.ask_at(109.0)[0] == (112.0, error)


def test_the_error_of_a_renewal_is_told_and_the_next_reader_tries_again() -> None:
    stale = Stale(load=0.5)
    stale.origin.error = error = RuntimeError("down")
    got = stale.ask_at(10.0, 10.2, 11.0)
    assert [answer for _, answer in got] == ["v0"] * 3
    assert stale.origin.starts == [0.0, 10.0, 11.0]
    assert stale.errors == [("k", error)] * 2


def test_by_itself_a_guard_logs_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    crowd = Crowd(load=0.0)
    guard = crowd.guard("stale_while_revalidate", ttl=10)
    crowd.ask(guard)
    crowd.origin.error = RuntimeError("no route")
    crowd.ask_at(guard, [12.0])
    assert "'k' is served stale" in caplog.text
    assert "no route" in caplog.text


def test_a_renewal_that_comes_after_a_delete_is_not_stored() -> None:
    stale = Stale()
    crowd, guard = stale.crowd, stale.guard

    def meeting() -> None:
        crowd.sim.sleep(10)
        crowd.ask(guard)
        crowd.sim.sleep(0.5)
        guard.forget("k")
        guard.close()

    crowd.sim.run(meeting)
    assert not isinstance(guard.shelf.look("k"), Found)


def test_when_the_one_who_renews_dies_the_next_one_tries_after_its_lock() -> None:
    stale = Stale()
    stale.crowd.memory.set("lock:k", "of a process that is no more", 13.0)
    got = stale.ask_at(10.0, 12.9, 13.1)
    assert [answer for _, answer in got] == ["v0"] * 3
    assert stale.origin.starts == [0.0, 13.1]


def test_an_absence_is_never_served_stale() -> None:
    crowd = Crowd(load=0.0)
    guard = crowd.guard("stale_while_revalidate", ttl=10, negative_ttl=2)
    crowd.origin.answer = MISSING
    crowd.ask(guard)
    crowd.origin.answer = "born"
    assert crowd.ask_at(guard, [2.0])[0][1] == "born"


def test_a_stale_value_costs_its_reader_two_and_its_renewal_three_round_trips() -> None:
    stale = Stale(load=0)

    def read_and_renew() -> None:
        stale.crowd.sim.run(lambda: (stale.crowd.ask(stale.guard), stale.guard.close()))

    stale.crowd.sim.sleep(10)
    assert stale.crowd.trips(read_and_renew) == (2 + 3, 1)


def test_close_waits_for_the_renewals_that_run() -> None:
    stale = Stale(load=3)

    def meeting() -> float:
        stale.crowd.sim.sleep(10)
        stale.crowd.ask(stale.guard)
        stale.guard.close()
        return stale.crowd.sim.now()

    assert stale.crowd.sim.run(meeting) == 13.0


@pytest.mark.parametrize("word", ["stale_for", "stale_if_error"])
def test_windows_must_be_above_zero(word: str) -> None:
    with pytest.raises(ValueError, match=word):
        StaleWhileRevalidate(MemoryStore(), ttl=1, **{word: 0})  # type: ignore[arg-type]
