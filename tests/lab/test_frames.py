"""Frames: what a page is given to draw, at both zoom levels."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.eviction import FIFO, LFU, LRU
from cachelab.lab.frames import (
    code_rows,
    lane_slots,
    line_frames,
    request_frames,
    request_labels,
)
from cachelab.lab.recorder import record

RUN = "a b c a d"


class Stack:
    """A cache that keeps the newest key in front, so that its victims stand on the right."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.order: list[Any] = []

    def get(self, key: Any, default: Any = None) -> Any:
        found = [pair for pair in self.order if pair[0] == key]
        return found[0][1] if found else default

    def put(self, key: Any, value: Any) -> None:
        if len(self.order) == self.capacity:
            self.order.pop()
        self.order.insert(0, (key, value))


class Faulty(Stack):
    """A cache that raises when it is full."""

    def put(self, key: Any, value: Any) -> None:
        if len(self.order) == self.capacity:
            raise IndexError("full")
        super().put(key, value)


def test_the_first_frame_is_the_empty_cache() -> None:
    first = request_frames(record(LRU, RUN))[0]
    assert (first["step"], first["request"], first["phase"], first["lanes"]) == (
        0,
        0,
        "start",
        {"recency": []},
    )


def test_a_request_frame_says_everything_about_its_moment() -> None:
    frame = request_frames(record(LRU, RUN))[5]
    expected = {
        "step": 5,
        "request": 5,
        "label": "d",
        "key": "d",
        "phase": "evict",
        "say": "request 5: d misses; b is evicted",
        "lanes": {"recency": ["c", "a", "d"]},
        "victims": ["b"],
        "hits": 1,
        "misses": 4,
        "ends": {"recency": "left"},
    }
    assert {name: frame.get(name) for name in expected} == expected


def test_each_operation_is_told_in_words() -> None:
    operations = [
        ("get", "a"),
        ("put", "a", 1),
        ("put", "a", 2),
        ("get", "a"),
        ("in", "a"),
        ("len",),
        ("put", "b", 1),
        ("delete", "b"),
        ("delete", "b"),
    ]
    assert [frame["say"] for frame in request_frames(record(LRU, operations, 1))[1:]] == [
        "request 1: get a finds nothing",
        "request 2: put a stores it",
        "request 3: put a replaces its value",
        "request 4: get a hits",
        "request 5: in a answers True",
        "request 6: len answers 1",
        "request 7: put b stores it; a is evicted",
        "request 8: delete b drops it",
        "request 9: delete b finds nothing",
    ]


def test_the_phases_of_operations_differ() -> None:
    operations = [("get", "a"), ("put", "a", 1), ("put", "a", 2), ("get", "a"), ("delete", "a")]
    phases = [frame["phase"] for frame in request_frames(record(LRU, operations))]
    assert phases == ["start", "miss", "insert", "update", "hit", "delete"]


def test_an_operation_that_raises_ends_the_frames() -> None:
    last = request_frames(record(Faulty, "a b c", capacity=1))[-1]
    assert (last["step"], last["phase"], last["say"]) == (
        2,
        "error",
        "request 2: b raises IndexError: full",
    )


def test_a_line_frame_has_the_line_and_its_effect() -> None:
    recording = record(LRU, RUN)
    frame = next(f for f in line_frames(recording) if "(b leaves recency)" in f["say"])
    (row,) = frame["lines"]
    assert "popitem(last=False)" in code_rows(recording)[row]
    assert (frame["phase"], frame["victims"]) == ("evict", ["b"])


def test_a_line_that_moves_a_key_says_where_to() -> None:
    said = [frame["say"] for frame in line_frames(record(LRU, "a b a"))]
    assert "request 3, hit: self.recency.move_to_end(key) (a moves to the end of recency)" in said


def test_a_line_that_changes_a_number_says_so() -> None:
    said = [frame["say"] for frame in line_frames(record(LFU, "a", capacity=1))]
    assert "request 1, insert: self.lowest = 1 (lowest is 1)" in said


def test_each_requests_lines_end_in_its_result() -> None:
    recording = record(LFU, RUN)
    results = [frame for frame in line_frames(recording) if not frame.get("running")]
    same = [{**frame, "step": 0} for frame in request_frames(recording)]
    assert [{**frame, "step": 0} for frame in results] == same


def test_the_counters_change_with_the_result_only() -> None:
    lines = [frame for frame in line_frames(record(LRU, "a")) if frame["request"] == 1]
    assert [frame["misses"] for frame in lines] == [0] * (len(lines) - 1) + [1]


def test_a_request_frame_marks_all_lines_that_it_ran() -> None:
    recording = record(LRU, "a b a")
    rows = code_rows(recording)
    assert [rows[row].strip() for row in request_frames(recording)[3]["lines"]] == [
        "self.recency.move_to_end(key)"
    ]


def test_the_code_stands_without_its_indent_with_a_blank_row_between_functions() -> None:
    rows = code_rows(record(LRU, "a a"))
    assert rows[0].startswith("def hit(self")
    assert "" in rows
    assert rows[rows.index("") + 1].startswith("def insert(self")


def test_the_question_comes_before_the_request_that_evicts() -> None:
    asked = [(f["step"], f["ask"]["keys"]) for f in request_frames(record(LRU, RUN)) if "ask" in f]
    assert asked == [(4, ["b"])]


def test_no_question_is_asked_in_the_middle_of_a_request() -> None:
    frames = line_frames(record(LRU, RUN))
    assert [frame["request"] for frame in frames if "ask" in frame] == [4]
    assert not any("ask" in frame for frame in frames if frame.get("running"))


def test_victims_may_stand_on_the_right() -> None:
    assert request_frames(record(Stack, "a b c d e"))[0]["ends"] == {"order": "right"}


def test_a_table_of_counts_has_no_end_for_victims() -> None:
    assert request_frames(record(LFU, "a b c d e f"))[0]["ends"] == {"shelves 1": "left"}


def test_the_capacity_never_changes_so_it_is_in_no_frame() -> None:
    frames = line_frames(record(LFU, RUN))
    assert {name for frame in frames for name in frame.get("numbers", {})} == {"lowest"}


def test_lanes_that_never_hold_a_key_are_not_drawn_and_shelves_are_sorted() -> None:
    frames = request_frames(record(LFU, "a b a a a b", capacity=2))
    assert list(lane_slots(frames)) == ["count", "shelves 1", "shelves 2", "shelves 3", "shelves 4"]


def test_long_keys_are_cut_and_other_keys_shown_by_their_repr() -> None:
    recording = record(LRU, [("tuple", 1), 7, "a very long key indeed"])
    assert request_labels(recording) == ["('tuple', 1)", "7", "a very long…"]


@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=12), st.integers(1, 4))
def test_frames_are_small_and_survive_json(keys: list[str], capacity: int) -> None:
    recording = record(LFU, keys, capacity)
    for frames in (request_frames(recording), line_frames(recording)):
        text = json.dumps(frames)
        assert json.loads(text) == frames
        assert len(text) < 700 * len(frames)


@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=12), st.integers(1, 4))
def test_the_counters_add_up_to_the_requests(keys: list[str], capacity: int) -> None:
    for frame in request_frames(record(FIFO, keys, capacity)):
        assert frame["hits"] + frame["misses"] == frame["request"]


def test_the_same_run_gives_the_same_frames() -> None:
    first, second = (line_frames(record(LFU, RUN)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("module", ["frames", "recorder", "render", "lanes"])
def test_frames_need_only_the_standard_library(module: str) -> None:
    import subprocess
    import sys

    code = (
        f"import sys, cachelab.lab.{module}\n"
        "own = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(own & {'numpy', 'anywidget', 'traitlets', 'IPython', 'matplotlib'}))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
