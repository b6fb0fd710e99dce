"""What any guard must do: the registry, its docstring, its answers, and its round trips."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import cachelab.stampede
from cachelab.ports import MISSING, MemoryStore, RedisStore, StoreError, start_server
from cachelab.ports.instrument import LostAnswer
from cachelab.stampede import GUARDS, Guard, LockedLoad, SingleFlight

from .crowd import Crowd

EACH = pytest.mark.parametrize("name", GUARDS)
MISS = {
    "unguarded": 2,
    "single_flight": 2,
    "locked": 5,
    "leased": 3,
    "early_expiration": 2,
    "stale_while_revalidate": 5,
    "early_locked": 5,
}


def subclasses(kind: type) -> set[type]:
    children = set(kind.__subclasses__())
    return children.union(*map(subclasses, children))


def test_every_guard_is_in_the_registry_under_its_name() -> None:
    for module in pkgutil.iter_modules(cachelab.stampede.__path__, "cachelab.stampede."):
        importlib.import_module(module.name)
    ours = {kind for kind in subclasses(Guard) if kind.__module__.startswith("cachelab.")}
    assert {kind for kind in ours if not inspect.isabstract(kind)} == set(GUARDS.values())
    assert {name: kind.name for name, kind in GUARDS.items()} == {name: name for name in GUARDS}


@EACH
def test_its_docstring_makes_the_promises_in_the_same_order(name: str) -> None:
    text = GUARDS[name].__doc__ or ""
    places = [text.index(word) for word in ("Loads: ", "A crash ", "Round trips: a hit is 1")]
    assert places == sorted(places)


@EACH
def test_it_costs_the_round_trips_that_its_docstring_says(name: str) -> None:
    crowd = Crowd()
    guard = crowd.guard(name)
    assert f"a miss is {MISS[name]} " in " ".join((guard.__doc__ or "").split())
    assert crowd.trips(crowd.ask, guard) == (MISS[name], 1)
    assert crowd.trips(crowd.ask, guard) == (1, 0)


@EACH
@pytest.mark.parametrize("value", [None, 0, "", False, [], {"id": 7}, (1, 2), float("inf")])
def test_any_value_is_kept_and_comes_back_as_it_was(name: str, value: Any) -> None:
    guard = GUARDS[name](MemoryStore(), ttl=60)
    asked: list[str] = []

    def loader(key: str) -> Any:
        asked.append(key)
        return value

    got = [guard.get("k", loader) for _ in range(3)]
    assert (got, [type(each) for each in got]) == ([value] * 3, [type(value)] * 3)
    assert asked == ["k"]


@EACH
def test_an_absence_is_remembered_for_a_shorter_time(name: str) -> None:
    crowd = Crowd(load=0.0)
    guard = crowd.guard(name, negative_ttl=5)
    crowd.origin.answer = MISSING
    assert crowd.ask(guard) is MISSING
    crowd.sim.sleep(4.9)
    assert (crowd.ask(guard), crowd.origin.calls) == (MISSING, 1)
    crowd.sim.sleep(0.2)
    crowd.origin.answer = "born"
    assert (crowd.ask(guard), crowd.origin.calls) == ("born", 2)


@EACH
def test_an_absence_is_never_remembered_longer_than_a_value(name: str) -> None:
    guard = GUARDS[name](MemoryStore(), ttl=2)
    assert guard.shelf.negative_ttl == 2


@EACH
def test_a_value_is_loaded_again_when_it_has_expired(name: str) -> None:
    crowd = Crowd(load=0.0)
    guard = crowd.guard(name, ttl=10)
    assert crowd.ask(guard) == "v0"
    crowd.sim.sleep(10 + guard.grace)
    assert crowd.ask(guard) == "v1"


@EACH
def test_the_error_of_a_loader_reaches_its_caller_and_is_not_kept(name: str) -> None:
    crowd = Crowd()
    guard = crowd.guard(name)
    crowd.origin.error = error = RuntimeError("the database is down")
    with pytest.raises(RuntimeError) as caught:
        crowd.ask(guard)
    assert caught.value is error
    crowd.origin.error = None
    assert crowd.trips(crowd.ask, guard) == (MISS[name], 1)


@EACH
@pytest.mark.parametrize("verbs", [{"get"}, {"add"}, {"set"}, {"replace"}, {"add", "replace"}])
@pytest.mark.parametrize("lost", [False, True])
def test_a_store_that_fails_never_costs_the_answer(name: str, verbs: set[str], lost: bool) -> None:
    failure = StoreError("down")

    def faults(verb: str, key: Any, number: int) -> Any:
        return (LostAnswer(failure) if lost else failure) if verb in verbs else None

    crowd = Crowd(faults=faults)
    guard = crowd.guard(name)
    assert [crowd.ask(guard).startswith("v") for _ in range(3)] == [True] * 3


@EACH
def test_a_store_that_fails_never_hides_the_error_of_the_loader(name: str) -> None:
    broken: list[bool] = []
    crowd = Crowd(faults=lambda *_: StoreError("down") if broken else None)
    guard = crowd.guard(name)

    def loader(key: str) -> Any:
        broken.append(True)
        raise LookupError("no such table")

    with pytest.raises(LookupError, match="no such table"):
        guard.get("k", loader)


@EACH
def test_a_store_that_is_down_is_asked_once(name: str) -> None:
    crowd = Crowd(faults=lambda *_: StoreError("down"))
    assert crowd.trips(crowd.ask, crowd.guard(name)) == (1, 1)


@EACH
def test_a_value_that_the_store_cannot_carry_is_served_and_not_kept(name: str) -> None:
    guard = GUARDS[name](MemoryStore(), ttl=60)
    value = object()
    assert guard.get("k", lambda _: value) is value
    assert guard.get("k", lambda _: 2) == 2


@EACH
def test_what_was_forgotten_is_loaded_again(name: str) -> None:
    crowd = Crowd()
    guard = crowd.guard(name)
    crowd.ask(guard)
    assert guard.forget("k")
    assert crowd.ask(guard) == "v1"


@EACH
def test_forgetting_tells_when_the_store_cannot_be_told(name: str) -> None:
    crowd = Crowd(faults=lambda *_: StoreError("down"))
    assert not crowd.guard(name).forget("k")


@EACH
@pytest.mark.parametrize("stray", ["text", 7, None, ["row"], ["lease", 1], {"a": 1}])
def test_an_entry_that_no_guard_wrote_is_a_miss_and_makes_room(name: str, stray: Any) -> None:
    crowd = Crowd()
    crowd.memory.set("value:k", stray)
    guard = crowd.guard(name)
    assert [crowd.ask(guard) for _ in range(3)] == ["v0"] * 3
    assert crowd.sim.now() < 1


@EACH
@pytest.mark.parametrize("step", [1, -1])
def test_no_key_is_mistaken_for_what_a_guard_keeps_for_another(name: str, step: int) -> None:
    """Either way round: a value may lie where a lock is to be, or a lock where a value is."""
    crowd = Crowd()
    guard = crowd.guard(name)
    names = ["k", "lock:k", "value:k", "lock:lock:k", "value:lock:k", ""][::step]
    answers = [crowd.ask(guard, key) for key in names]
    assert len(set(answers)) == len(names)
    assert [crowd.ask(guard, key) for key in names] == answers
    assert crowd.origin.calls == len(names)


@EACH
def test_jitter_makes_values_die_up_to_that_share_early(name: str) -> None:
    crowd = Crowd(load=0.0)
    guard = crowd.guard(name, ttl=100, jitter=0.3)
    for number in range(200):
        crowd.ask(guard, f"k{number}")
    found = [guard.shelf.look(f"k{number}") for number in range(200)]
    lives = [entry.expires for entry in found]
    inner = guard.inner if isinstance(guard, SingleFlight) else guard
    assert inner.shelf.jitter == 0.3
    assert 70 <= min(lives) < 75
    assert 95 < max(lives) <= 100


@EACH
@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"ttl": 0}, ValueError),
        ({"ttl": None}, TypeError),
        ({"ttl": 1, "negative_ttl": -1}, ValueError),
        ({"ttl": 1, "jitter": 1}, ValueError),
    ],
)
def test_options_that_make_no_sense_are_refused(
    name: str, options: Any, error: type[Exception]
) -> None:
    with pytest.raises(error, match=r"ttl|jitter"):
        GUARDS[name](MemoryStore(), **options)


@EACH
def test_a_key_that_is_no_text_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match="7"):
        GUARDS[name](MemoryStore(), ttl=1).get(7, str)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["locked", "leased", "stale_while_revalidate", "early_locked"])
@pytest.mark.parametrize("word", ["patience", "poll"])
def test_times_to_wait_must_be_above_zero(name: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        GUARDS[name](MemoryStore(), ttl=1, **{word: 0})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def server_store() -> Iterator[RedisStore]:
    with start_server() as server:
        store = RedisStore(server.url, prefix="guards:")
        yield store
        store.close()


@EACH
def test_it_does_the_same_on_a_server(name: str, server_store: RedisStore) -> None:
    server_store.clear()
    asked: list[str] = []

    def loader(key: str) -> Any:
        asked.append(key)
        return MISSING if key == "nobody" else None

    with GUARDS[name](server_store, ttl=60) as guard:
        for _ in range(3):
            assert guard.get("k", loader) is None
            assert guard.get("nobody", loader) is MISSING
    assert asked == ["k", "nobody"]
    assert server_store.ttl("lock:k") is MISSING


def test_one_guard_can_follow_another_over_the_same_store() -> None:
    crowd = Crowd()
    for name in GUARDS:
        assert crowd.ask(crowd.guard(name)) == "v0"


def test_a_guard_without_a_runtime_goes_by_the_wall_clock() -> None:
    guard = LockedLoad(MemoryStore(), ttl=60)
    assert guard.shelf.clock.now() > 1_500_000_000
