"""
What any `Store` must do, as tests that a store's own test class inherits.

A subclass provides two fixtures: `store`, empty, and `advance`, a call that lets that many seconds
pass for the store without waiting for them.
"""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from cachelab.ports import MISSING, Store, ThreadRuntime

Advance = Callable[[float], None]

VALUES: list[Any] = [
    None,
    0,
    "",
    [],
    False,
    1.5,
    2**70,
    "snow ☃",
    b"\x00\xff",
    (1, [2, (3,)]),
    {1: "int key", "1": "text key"},
    {("a", 1): {"nested": {1, 2}}},
    {"!tuple": [1]},
    date(2026, 3, 1),
    datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
    Decimal("10.50"),
    math.inf,
]


class StoreContract:
    def test_a_key_never_stored_is_missing(self, store: Store) -> None:
        assert store.get("k") is MISSING

    @pytest.mark.parametrize("value", VALUES, ids=repr)
    def test_a_value_comes_back_equal_and_of_the_same_type(self, store: Store, value: Any) -> None:
        store.set("k", value)
        found = store.get("k")
        assert (found, type(found), repr(found)) == (value, type(value), repr(value))

    def test_none_is_a_value_and_not_an_absence(self, store: Store) -> None:
        store.set("k", None)
        assert store.get("k") is None
        assert store.get_many(["k"]) == {"k": None}

    def test_a_second_set_replaces_the_value(self, store: Store) -> None:
        store.set("k", "old")
        store.set("k", "new")
        assert store.get("k") == "new"

    def test_changing_what_was_stored_changes_nothing_in_the_store(self, store: Store) -> None:
        value = [1]
        store.set("k", value)
        value.append(2)
        found = store.get("k")
        assert found is not MISSING
        found.append(3)
        assert store.get("k") == [1]

    @pytest.mark.parametrize("key", ["", " ", "a:b*?[c]\\", "\x00", "ключ", "\ud800"], ids=ascii)
    def test_any_text_is_a_key(self, store: Store, key: str) -> None:
        store.set(key, 1)
        assert store.get(key) == 1
        assert store.get_many([key]) == {key: 1}
        assert store.delete(key)

    @pytest.mark.parametrize("key", [1, b"k", None, ("k",)])
    def test_a_key_that_is_not_text_is_refused(self, store: Store, key: Any) -> None:
        calls: list[Callable[[], Any]] = [
            lambda: store.get(key),
            lambda: store.get_many([key]),
            lambda: store.set(key, 1),
            lambda: store.set_many({key: 1}),
            lambda: store.add(key, 1),
            lambda: store.replace(key, 1, 2),
            lambda: store.delete(key),
            lambda: store.ttl(key),
        ]
        for call in calls:
            with pytest.raises(TypeError, match="a key must be text"):
                call()

    @pytest.mark.parametrize("value", [3j, {1: {2: 3j}}, [range(3)]], ids=repr)
    def test_a_value_that_would_not_come_back_is_refused(self, store: Store, value: Any) -> None:
        store.set("k", "before")
        with pytest.raises(TypeError, match="cannot be kept"):
            store.set("k", value)
        assert store.get("k") == "before"

    def test_one_bad_value_among_many_keeps_all_of_them_out(self, store: Store) -> None:
        with pytest.raises(TypeError, match="cannot be kept"):
            store.set_many({"a": 1, "b": 3j})
        assert store.get("a") is MISSING

    def test_get_many_answers_the_present_keys_in_the_order_asked(self, store: Store) -> None:
        store.set_many({"a": 1, "b": 2, "c": None})
        assert list(store.get_many(iter(["c", "x", "a"])).items()) == [("c", None), ("a", 1)]

    def test_get_many_of_nothing_is_empty(self, store: Store) -> None:
        assert store.get_many([]) == {}
        store.set_many({})

    def test_thousands_of_keys_go_in_and_come_out(self, store: Store) -> None:
        entries = {f"k{i}": i for i in range(2_100)}
        store.set_many(entries)
        assert store.get_many(entries) == entries

    def test_delete_tells_whether_the_key_was_there(self, store: Store) -> None:
        store.set("k", None)
        assert store.delete("k") is True
        assert store.delete("k") is False
        assert store.get("k") is MISSING

    def test_an_entry_without_ttl_never_expires(self, store: Store, advance: Advance) -> None:
        store.set("k", 1)
        advance(10_000_000)
        assert store.get("k") == 1
        assert store.ttl("k") is None

    def test_an_entry_lives_for_its_ttl_and_no_longer(self, store: Store, advance: Advance) -> None:
        store.set("k", 1, ttl=1000)
        advance(900)
        assert store.get("k") == 1
        advance(101)
        assert store.get("k") is MISSING
        assert store.get_many(["k"]) == {}
        assert store.ttl("k") is MISSING
        assert store.delete("k") is False

    def test_a_dead_entry_was_not_there_to_delete(self, store: Store, advance: Advance) -> None:
        store.set("k", 1, ttl=1000)
        advance(1001)
        assert store.delete("k") is False

    def test_set_many_gives_each_entry_the_ttl(self, store: Store, advance: Advance) -> None:
        store.set_many({"a": 1, "b": 2}, ttl=1000)
        advance(1001)
        assert store.get_many(["a", "b"]) == {}

    def test_ttl_is_what_is_left_in_seconds(self, store: Store, advance: Advance) -> None:
        store.set("k", 1, ttl=1000.5)
        advance(400)
        left = store.ttl("k")
        assert isinstance(left, float)
        assert 590 < left <= 600.5

    def test_the_ttl_of_an_absent_key_is_missing(self, store: Store) -> None:
        assert store.ttl("k") is MISSING

    def test_a_new_set_starts_a_new_life(self, store: Store, advance: Advance) -> None:
        store.set("k", "old", ttl=1000)
        advance(600)
        store.set("k", "new", ttl=1000)
        advance(600)
        assert store.get("k") == "new"

    def test_a_set_without_ttl_takes_the_old_ttl_away(self, store: Store) -> None:
        store.set("k", "old", ttl=1000)
        store.set("k", "new")
        assert store.ttl("k") is None

    @pytest.mark.parametrize("ttl", [0, -1, 0.0, math.nan, math.inf, 1e300, 10**400])
    def test_a_ttl_that_is_no_time_to_live_is_refused(self, store: Store, ttl: float) -> None:
        with pytest.raises(ValueError, match="ttl must be above 0"):
            store.set("k", 1, ttl=ttl)
        with pytest.raises(ValueError, match="ttl must be above 0"):
            store.set_many({"k": 1}, ttl=ttl)
        with pytest.raises(ValueError, match="ttl must be above 0"):
            store.add("k", 1, ttl=ttl)
        with pytest.raises(ValueError, match="ttl must be above 0"):
            store.replace("k", 1, 2, ttl=ttl)
        assert store.get("k") is MISSING

    @pytest.mark.parametrize("ttl", ["60", True, b"1"])
    def test_a_ttl_that_is_no_number_is_refused(self, store: Store, ttl: Any) -> None:
        with pytest.raises(TypeError, match="ttl must be a number"):
            store.set("k", 1, ttl=ttl)

    def test_the_longest_ttl_is_accepted(self, store: Store) -> None:
        store.set("k", 1, ttl=3e9)
        left = store.ttl("k")
        assert isinstance(left, float)
        assert left > 2.9e9

    def test_clear_leaves_nothing(self, store: Store) -> None:
        store.set_many({f"k{i}": i for i in range(1_000)})
        store.clear()
        assert store.get_many(f"k{i}" for i in range(1_000)) == {}

    def test_add_keeps_a_value_only_where_there_is_none(self, store: Store) -> None:
        assert store.add("k", None) is True
        assert store.add("k", "second") is False
        assert store.get("k") is None

    def test_add_gives_a_ttl_and_leaves_the_one_of_another(self, store: Store) -> None:
        store.add("k", 1, ttl=1000)
        store.add("k", 1, ttl=10)
        left = store.ttl("k")
        assert isinstance(left, float)
        assert left > 900

    def test_add_takes_the_place_of_a_dead_entry(self, store: Store, advance: Advance) -> None:
        store.set("k", "old", ttl=1000)
        advance(1001)
        assert store.add("k", "new") is True
        assert store.get("k") == "new"
        assert store.ttl("k") is None

    @pytest.mark.parametrize("value", VALUES, ids=repr)
    def test_replace_knows_a_value_that_was_stored_or_read(self, store: Store, value: Any) -> None:
        store.set("k", value)
        assert store.replace("k", value, value) is True
        assert store.replace("k", store.get("k"), ["new"]) is True
        assert store.get("k") == ["new"]

    def test_replace_of_another_value_changes_nothing(self, store: Store) -> None:
        store.set("k", 1, ttl=1000)
        for other in (2, 1.0, True, "1", [1], None):
            assert store.replace("k", other, "new") is False
        assert store.get("k") == 1
        assert store.ttl("k") is not None

    def test_replace_of_nothing_keeps_nothing(self, store: Store) -> None:
        assert store.replace("k", None, 1) is False
        assert store.get("k") is MISSING

    def test_replace_of_a_dead_entry_keeps_nothing(self, store: Store, advance: Advance) -> None:
        store.set("k", "old", ttl=1000)
        advance(1001)
        assert store.replace("k", "old", "new") is False
        assert store.get("k") is MISSING

    def test_replace_starts_a_new_life(self, store: Store, advance: Advance) -> None:
        store.set("k", "old", ttl=1000)
        assert store.replace("k", "old", "new", ttl=5000)
        advance(2000)
        assert store.get("k") == "new"
        assert store.replace("k", "new", "newer")
        assert store.ttl("k") is None

    def test_replace_by_missing_drops_the_entry(self, store: Store) -> None:
        store.set("k", "old")
        assert store.replace("k", "other", MISSING) is False
        assert store.replace("k", "old", MISSING) is True
        assert store.get("k") is MISSING

    def test_replace_refuses_what_would_not_come_back(self, store: Store) -> None:
        store.set("k", "old")
        with pytest.raises(TypeError, match="cannot be kept"):
            store.replace("k", "old", 3j)
        with pytest.raises(TypeError, match="cannot be kept"):
            store.add("other", 3j)
        assert store.get_many(["k", "other"]) == {"k": "old"}

    def test_a_lease_that_was_taken_away_leaves_no_place_for_a_late_value(
        self, store: Store
    ) -> None:
        assert store.add("k", ["lease", 1], ttl=1000)
        assert store.delete("k")
        assert store.add("k", ["lease", 2], ttl=1000)
        assert store.replace("k", ["lease", 1], "old") is False
        assert store.replace("k", ["lease", 2], "new") is True
        assert store.get("k") == "new"

    def test_of_many_threads_that_add_one_key_one_succeeds(self, store: Store) -> None:
        runtime = ThreadRuntime()
        tasks = [runtime.spawn(store.add, "k", number) for number in range(8)]
        added = [number for number, task in enumerate(tasks) if task.join()]
        assert added == [store.get("k")]

    def test_threads_that_compare_and_set_lose_no_update(self, store: Store) -> None:
        def add_five() -> None:
            done = 0
            while done < 5:
                count = store.get("k")
                done += store.replace("k", count, count + 1)

        store.set("k", 0)
        runtime = ThreadRuntime()
        for task in [runtime.spawn(add_five) for _ in range(4)]:
            task.join()
        assert store.get("k") == 20
