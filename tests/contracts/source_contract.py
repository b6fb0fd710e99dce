"""
What any `Source` must do, as tests that a source's own test class inherits.

A subclass provides the fixture `source`, empty.
"""

from typing import Any

import pytest

from cachelab.ports import MISSING, Source, ThreadRuntime, Versioned
from tests.contracts.store_contract import VALUES


class SourceContract:
    def test_a_key_never_written_is_missing(self, source: Source) -> None:
        assert source.read("k") is MISSING

    @pytest.mark.parametrize("value", [*VALUES, "\x00 and \ud800"], ids=ascii)
    def test_a_value_comes_back_equal_and_of_the_same_type(
        self, source: Source, value: Any
    ) -> None:
        source.write("k", value)
        row = source.read("k")
        assert row is not MISSING
        found = row.value
        assert (found, type(found), repr(found)) == (value, type(value), repr(value))

    def test_changing_what_was_written_changes_nothing_in_the_source(self, source: Source) -> None:
        value = [1]
        source.write("k", value)
        value.append(2)
        row = source.read("k")
        assert row is not MISSING
        row.value.append(3)
        assert source.read("k") == Versioned([1], 1)

    @pytest.mark.parametrize(
        "key",
        ["", " ", "a:b%s?'\"; drop table rows", "\\", "\\0", "\x00", "ключ", "\ud800"],
        ids=ascii,
    )
    def test_any_text_is_a_key(self, source: Source, key: str) -> None:
        assert source.write(key, "row") == 1
        source.write_many({key: Versioned("many", 5)})
        assert source.read(key) == Versioned("many", 5)
        assert source.delete(key) == 6

    def test_keys_that_look_alike_are_different(self, source: Source) -> None:
        keys = ["k", "K", "k ", "\x00", "\\0", "\ud800", "\\ud800", "\\\\ud800", "", " "]
        source.write_many({key: Versioned(number, 1) for number, key in enumerate(keys)})
        rows = [source.read(key) for key in keys]
        assert rows == [Versioned(number, 1) for number in range(len(keys))]

    def test_each_write_takes_the_next_version(self, source: Source) -> None:
        assert [source.write("k", number) for number in range(3)] == [1, 2, 3]
        assert source.write("other", 0) == 1
        assert source.read("k") == Versioned(2, 3)

    def test_a_newer_version_is_written_as_it_is_given(self, source: Source) -> None:
        assert source.write("k", "first", version=10) == 10
        assert source.write("k", "second", version=2**61) == 2**61
        assert source.read("k") == Versioned("second", 2**61)
        assert source.write("k", "third") == 2**61 + 1

    @pytest.mark.parametrize("late", [1, 9, 10])
    def test_a_version_that_is_not_newer_changes_nothing(self, source: Source, late: int) -> None:
        source.write("k", "kept", version=10)
        assert source.write("k", "late", version=late) == 10
        assert source.delete("k", version=late) == 10
        source.write_many({"k": Versioned("late", late)})
        assert source.read("k") == Versioned("kept", 10)

    def test_a_deleted_row_is_missing(self, source: Source) -> None:
        source.write("k", None)
        assert source.delete("k") == 2
        assert source.read("k") is MISSING

    def test_a_late_write_does_not_bring_a_deleted_row_back(self, source: Source) -> None:
        source.write("k", "row", version=10)
        assert source.delete("k", version=20) == 20
        assert source.write("k", "late", version=15) == 20
        source.write_many({"k": Versioned("late", 20)})
        assert source.read("k") is MISSING

    def test_a_delete_that_comes_before_its_row_keeps_it_out(self, source: Source) -> None:
        assert source.delete("k", version=7) == 7
        assert source.write("k", "late", version=6) == 7
        assert source.read("k") is MISSING

    def test_a_row_written_after_its_delete_is_there_with_the_next_version(
        self, source: Source
    ) -> None:
        source.write("k", "row")
        source.delete("k")
        assert source.write("k", "again") == 3
        assert source.read("k") == Versioned("again", 3)

    def test_write_many_stores_what_is_newer_and_skips_the_rest(self, source: Source) -> None:
        source.write_many({"a": Versioned(1, 5), "b": Versioned(1, 5)})
        source.write_many({"a": Versioned(2, 4), "b": Versioned(2, 6), "c": Versioned(2, 1)})
        rows = [source.read(key) for key in "abc"]
        assert rows == [Versioned(1, 5), Versioned(2, 6), Versioned(2, 1)]

    def test_write_many_with_missing_deletes(self, source: Source) -> None:
        source.write("k", "row")
        source.write_many({"k": Versioned(MISSING, 2)})
        assert source.read("k") is MISSING
        assert source.write("k", "late", version=2) == 2

    def test_write_many_of_nothing_does_nothing(self, source: Source) -> None:
        source.write_many({})
        assert source.read("k") is MISSING

    def test_thousands_of_rows_go_in_at_once(self, source: Source) -> None:
        source.write_many({f"k{number}": Versioned(number, 1) for number in range(2_100)})
        assert source.read("k2099") == Versioned(2099, 1)

    @pytest.mark.parametrize(
        "rows",
        [
            {"a": Versioned(1, 1), "b": Versioned(3j, 1)},
            {"a": Versioned(1, 1), "b": Versioned(1, "2")},
            {"a": Versioned(1, 1), 7: Versioned(1, 1)},
        ],
        ids=["a value", "a version", "a key"],
    )
    def test_one_bad_row_among_many_keeps_all_of_them_out(self, source: Source, rows: Any) -> None:
        with pytest.raises(TypeError):
            source.write_many(rows)
        assert source.read("a") is MISSING

    @pytest.mark.parametrize("key", [1, b"k", None, ("k",)])
    def test_a_key_that_is_not_text_is_refused(self, source: Source, key: Any) -> None:
        calls = [
            lambda: source.read(key),
            lambda: source.write(key, 1),
            lambda: source.write(key, 1, 1),
            lambda: source.delete(key),
        ]
        for call in calls:
            with pytest.raises(TypeError, match="a key must be text"):
                call()

    def test_a_value_that_would_not_come_back_is_refused(self, source: Source) -> None:
        source.write("k", "before")
        with pytest.raises(TypeError, match="cannot be kept"):
            source.write("k", {1: 3j})
        assert source.read("k") == Versioned("before", 1)

    @pytest.mark.parametrize("version", [0, -1, 2**62 + 1, 2**70])
    def test_a_version_out_of_range_is_refused(self, source: Source, version: int) -> None:
        with pytest.raises(ValueError, match="a version must be from 1"):
            source.write("k", 1, version=version)
        with pytest.raises(ValueError, match="a version must be from 1"):
            source.delete("k", version=version)
        with pytest.raises(ValueError, match="a version must be from 1"):
            source.write_many({"k": Versioned(1, version)})
        assert source.read("k") is MISSING

    @pytest.mark.parametrize("version", ["1", 1.0, True])
    def test_a_version_that_is_no_whole_number_is_refused(
        self, source: Source, version: Any
    ) -> None:
        with pytest.raises(TypeError, match="a version must be a whole number"):
            source.write("k", 1, version=version)

    def test_threads_that_write_at_once_take_different_versions(self, source: Source) -> None:
        runtime = ThreadRuntime()

        def write_ten(who: int) -> list[int]:
            return [source.write("k", who) for _ in range(10)]

        tasks = [runtime.spawn(write_ten, who) for who in range(4)]
        taken = sorted(version for task in tasks for version in task.join())
        assert taken == list(range(1, 41))

    def test_threads_with_crossing_batches_end_with_the_newest_rows(self, source: Source) -> None:
        runtime = ThreadRuntime()
        keys = [f"k{number}" for number in range(20)]

        def write_batches(who: int) -> None:
            order = keys if who % 2 else keys[::-1]
            for turn in range(1, 6):
                version = 10 * turn + who
                source.write_many({key: Versioned(version, version) for key in order})

        for task in [runtime.spawn(write_batches, who) for who in range(4)]:
            task.join()
        assert [source.read(key) for key in keys] == [Versioned(53, 53)] * 20
