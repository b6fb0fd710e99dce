"""The contract of a store over both kinds, and what only a store with keys promises."""

import math
from collections.abc import Iterator
from typing import Any

import fakeredis
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from cachelab.operations.encrypted import Encrypted, Ring, new_key
from cachelab.ports import (
    MISSING,
    ManualClock,
    MemorySource,
    MemoryStore,
    RedisStore,
    Store,
    start_server,
)
from cachelab.stampede import GUARDS
from cachelab.strategies import CacheAside
from tests.contracts.store_contract import Advance, StoreContract

OLD, NEW, OTHER = new_key(), new_key(), new_key()
"""Fixed for the module: a key is what a store is made with, and none is ever printed."""


class TestEncryptedOverMemory(StoreContract):
    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock()

    @pytest.fixture
    def store(self, clock: ManualClock) -> Store:
        return Encrypted(MemoryStore(clock), [NEW, OLD])

    @pytest.fixture
    def advance(self, clock: ManualClock) -> Advance:
        return clock.advance


class TestEncryptedOverFakeRedis(StoreContract):
    @pytest.fixture
    def traveller(self) -> Iterator[Any]:
        with time_machine.travel(0, tick=False) as traveller:
            yield traveller

    @pytest.fixture
    def store(self, traveller: Any) -> Store:
        return Encrypted(RedisStore(fakeredis.FakeRedis(), prefix="e:"), [NEW])

    @pytest.fixture
    def advance(self, traveller: Any) -> Advance:
        return traveller.shift


@pytest.fixture
def shared() -> MemoryStore:
    return MemoryStore(ManualClock())


def silent(shared: MemoryStore, *keys: bytes) -> tuple[Encrypted, list[str]]:
    told: list[str] = []
    store = Encrypted(shared, list(keys), on_corrupt=lambda key, _: told.append(key))
    return store, told


@given(key=st.text(), value=st.text(min_size=8), ttl=st.none() | st.floats(1, 1e6))
def test_what_is_stored_cannot_be_read_without_the_key(
    key: str, value: str, ttl: float | None
) -> None:
    shared = MemoryStore(ManualClock())
    Encrypted(shared, [NEW]).set(key, value, ttl)
    assert value.encode("utf-8", "surrogatepass") not in shared.get(key)
    assert Encrypted(shared, [NEW]).get(key) == value
    assert Encrypted(shared, [OTHER]).get(key) is MISSING


def test_no_two_sealings_of_a_value_are_alike(shared: MemoryStore) -> None:
    store = Encrypted(shared, [NEW])
    store.set_many({"a": "same", "b": "same"})
    first = shared.get("a")
    store.set("a", "same")
    assert len({first, shared.get("a"), shared.get("b")}) == 3


def test_a_value_that_was_moved_to_another_key_is_a_miss_and_is_told(shared: MemoryStore) -> None:
    store, told = silent(shared, NEW)
    store.set("user:7", "secret")
    shared.set("user:8", shared.get("user:7"))
    assert store.get("user:8") is MISSING
    assert told == ["user:8"]
    assert shared.get("user:8") is MISSING
    assert store.get("user:7") == "secret"


@given(data=st.data())
def test_a_changed_byte_anywhere_is_never_a_value(data: st.DataObject) -> None:
    shared = MemoryStore(ManualClock())
    store, told = silent(shared, NEW)
    store.set("k", {"price": 10})
    sealed = bytearray(shared.get("k"))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    shared.set("k", bytes(sealed))
    assert store.get("k") is MISSING
    assert len(told) == (at >= 8)  # in the first eight it looks like the value of another key


@pytest.mark.parametrize("forged", [b"", b"short", "text", None, 7, ["list"], b"x" * 200], ids=repr)
def test_what_was_never_sealed_is_never_a_value(shared: MemoryStore, forged: Any) -> None:
    store, _ = silent(shared, NEW)
    shared.set("k", forged)
    assert store.get("k") is MISSING
    assert store.get_many(["k"]) == {}
    assert store.add("k", "fresh")
    assert store.get("k") == "fresh"


def test_a_cut_off_value_of_a_known_key_is_a_miss(shared: MemoryStore) -> None:
    store, told = silent(shared, NEW)
    store.set("k", "value")
    shared.set("k", shared.get("k")[:10])
    assert store.get("k") is MISSING
    assert told == ["k"]


def test_a_sealed_value_of_another_writing_is_a_miss(shared: MemoryStore) -> None:
    store, told = silent(shared, NEW)
    shared.set("k", Ring([NEW]).seal("k", b"no JSON"))
    assert store.get("k") is MISSING
    assert told == ["k"]


def test_after_a_rotation_old_values_are_read_and_new_ones_need_the_new_key(
    shared: MemoryStore,
) -> None:
    Encrypted(shared, [OLD]).set("before", 1)
    rotated = Encrypted(shared, [NEW, OLD])
    rotated.set("after", 2)
    assert rotated.get_many(["before", "after"]) == {"before": 1, "after": 2}
    assert Encrypted(shared, [OLD]).get("after") is MISSING
    assert Encrypted(shared, [NEW]).get_many(["before", "after"]) == {"after": 2}


def test_the_value_of_a_key_that_is_not_here_is_left_for_those_who_have_it(
    shared: MemoryStore,
) -> None:
    Encrypted(shared, [NEW]).set("k", 1)
    behind, told = silent(shared, OLD)
    assert behind.get("k") is MISSING
    assert not behind.replace("k", 1, 2)
    assert told == []
    assert Encrypted(shared, [NEW]).get("k") == 1


def test_a_lease_takes_the_place_of_a_value_that_cannot_be_opened(shared: MemoryStore) -> None:
    Encrypted(shared, [OTHER]).set("k", "lost")
    users = CacheAside(Encrypted(shared, [NEW]), source := MemorySource(), ttl=60)
    source.write("k", "row")
    assert users.read("k") == "row"
    source.write("k", "newer")
    assert users.read("k") == "row"  # it was kept


def test_resealing_lets_the_old_key_go(shared: MemoryStore) -> None:
    Encrypted(shared, [OLD]).set_many({"a": 1, "b": None}, ttl=100)
    rotated = Encrypted(shared, [NEW, OLD])
    rotated.set("c", 3)
    assert rotated.reseal(["a", "b", "c", "absent"]) == 2
    assert Encrypted(shared, [NEW]).get_many("abc") == {"a": 1, "b": None, "c": 3}
    left = rotated.ttl("a")
    assert isinstance(left, float)
    assert math.isclose(left, 100)


def test_a_replace_is_told_of_a_change_between_its_look_and_its_step() -> None:
    class Meddled(MemoryStore):
        """Somebody else stores `then`, each time after this store was looked at."""

        then: list[bytes]

        def get(self, key: str) -> Any:
            found = super().get(key)
            if self.then:
                super().set(key, self.then.pop())
            return found

    ring = Ring([NEW])
    shared = Meddled(ManualClock())
    shared.then = []
    store = Encrypted(shared, [NEW])
    store.set("k", "old")
    shared.then = [ring.seal("k", b'"other"')]
    assert store.replace("k", "old", "new") is False
    assert store.get("k") == "other"
    store.set("k", "old")
    shared.then = [ring.seal("k", b'"old"')]  # sealed anew, and the same value as ever
    assert store.replace("k", "old", "new") is True
    assert store.get("k") == "new"


@pytest.mark.parametrize("name", GUARDS)
def test_every_guard_works_over_sealed_values(name: str, shared: MemoryStore) -> None:
    guard = GUARDS[name](Encrypted(shared, [NEW]), ttl=60)
    loads: list[str] = []

    def load(key: str) -> str:
        loads.append(key)
        return "row"

    assert [guard.get("k", load) for _ in range(3)] == ["row"] * 3
    assert loads == ["k"]


def test_a_real_server_never_sees_the_value() -> None:
    with start_server() as server:
        store = Encrypted(RedisStore(server.url, prefix="e:"), [NEW])
        store.set("user:7", "a very secret word")
        with server.client() as client:
            assert b"secret" not in client.dump("e:user:7")
        assert store.replace("user:7", "a very secret word", "another")
        assert store.get("user:7") == "another"
        store.close()


def test_keys_are_shown_nowhere() -> None:
    store = Encrypted(MemoryStore(), [NEW])
    shown = repr(store) + repr(store.ring)
    assert NEW.hex() not in shown
    assert repr(NEW) not in shown


@pytest.mark.parametrize(
    ("keys", "error"),
    [
        ([], ValueError),
        ([b"short"], ValueError),
        ([NEW, NEW], ValueError),
        (["text" * 8], TypeError),
        (NEW, TypeError),
    ],
    ids=["none", "short", "twice", "text", "no list"],
)
def test_keys_that_are_none_are_refused_without_being_told(keys: Any, error: type) -> None:
    with pytest.raises(error) as raised:
        Encrypted(MemoryStore(), keys)
    assert "short" not in str(raised.value)
    assert NEW.hex() not in str(raised.value)
