"""Hot keys out of logs: any format, whatever is broken in it."""

import bz2
import gzip
import lzma
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.operations.warming import (
    by_column,
    by_json,
    by_pattern,
    by_request_path,
    hot_keys,
    hot_keys_of_trace,
    lines_of,
)

COMBINED = (
    '203.0.113.9 - ada [28/Nov/2026:10:31:02 +0000] "{} HTTP/1.1" {} 512 "-" "agent \\"x\\" 1.0"'
)


@given(keys=st.lists(st.sampled_from("abcdef"), max_size=60), top=st.integers(1, 8))
def test_the_top_keys_are_those_of_a_full_count(keys: list[str], top: int) -> None:
    exact = sorted(Counter(keys).items(), key=lambda item: (-item[1], item[0]))[:top]
    found = hot_keys(keys, str, top)
    assert [(one.key, one.count) for one in found.heavy] == exact
    assert found.requests == len(keys)


@given(lines=st.lists(st.binary(max_size=30) | st.text(max_size=30), max_size=30))
@pytest.mark.parametrize(
    "key_of", [by_column(1), by_json("key"), by_pattern("k=([a-z]+)"), by_request_path()]
)
def test_no_line_whatever_is_in_it_ends_the_reading(
    key_of: Callable[[str], str | None], lines: list[Any]
) -> None:
    found = hot_keys([*lines, b'{"key": "a"}'], key_of, 10)
    assert found.requests + found.broken_lines <= len(lines) + 1


def test_broken_lines_are_counted_and_the_first_is_shown() -> None:
    lines = ['{"key": "a"}', "{", b"\xff", '{"key": null}', '{"other": 1}', '{"key": "a"}']
    found = hot_keys(lines, by_json("key"))
    assert (found.keys, found.requests, found.broken_lines, found.example) == (["a"], 2, 4, "{")


def test_a_key_that_is_no_text_is_never_warmed() -> None:
    found = hot_keys(["x"], lambda _: 7)  # type: ignore[arg-type, return-value]
    assert (found.keys, found.broken_lines) == ([], 1)


def test_a_line_about_something_else_is_neither_a_request_nor_broken() -> None:
    found = hot_keys(["x"], lambda _: None)
    assert (found.requests, found.broken_lines) == (0, 0)


@pytest.mark.parametrize(
    ("request_line", "status", "expected"),
    [
        ("GET /a?b=1", 200, "/a"),
        ("GET /a", 304, "/a"),
        ("GET /a", 404, None),
        ("POST /a", 200, None),
    ],
)
def test_web_servers_logs_give_the_paths_that_were_read(
    request_line: str, status: int, expected: str | None
) -> None:
    assert by_request_path()(COMBINED.format(request_line, status)) == expected


def test_the_query_can_be_part_of_the_key() -> None:
    assert by_request_path(keep_query=True)(COMBINED.format("GET /a?b=1", 200)) == "/a?b=1"


def test_a_named_group_is_the_key_wherever_it_is() -> None:
    assert by_pattern(r"(GET|PUT) (?P<key>\S+)")("PUT user:1 now") == "user:1"


def test_a_pattern_without_a_group_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a group"):
        by_pattern("GET")


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [(".log", bytes), (".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)],
)
def test_a_file_is_read_packed_or_not(
    tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / f"access{suffix}"
    path.write_bytes(pack(b"GET a\r\nGET b\n\xff\nGET b"))
    found = hot_keys(path, by_column(1), top=1)
    assert (found.keys, found.requests, found.broken_lines) == (["b"], 3, 1)


def test_a_packed_file_that_ends_too_early_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "access.log.gz"
    path.write_bytes(gzip.compress(b"a line\n" * 100_000)[:-40])
    assert sum(1 for _ in lines_of(path)) > 1_000


def test_a_line_without_an_end_takes_no_more_memory_than_a_long_one(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(b"x" * 1_000_000 + b"\nGET a\n")
    assert [len(line) for line in lines_of(path)] == [65_536, 5]


def test_a_million_keys_need_counters_for_a_few() -> None:
    stream = (f"k{number % 7 if number % 3 else number}" for number in range(100_000))
    assert set(hot_keys_of_trace(stream, top=7).keys) == {f"k{number}" for number in range(7)}


def test_no_key_at_all_is_not_what_anybody_wants() -> None:
    with pytest.raises(ValueError, match="at least 1 key"):
        hot_keys([], str, top=0)
