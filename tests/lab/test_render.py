"""Still pictures and tables: complete, the same every time, readable without colour."""

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from cachelab.eviction import LFU, LRU
from cachelab.lab.frames import Frame, request_frames
from cachelab.lab.recorder import record
from cachelab.lab.render import as_text, small_multiple, svg, telling

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return request_frames(record(LRU, "a b c a d a e"))


def texts(picture: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(picture).iter(f"{SVG}text")]


def boxes(picture: str) -> list[dict[str, Any]]:
    return [dict(node.attrib) for node in ET.fromstring(picture).iter(f"{SVG}rect")][1:]


def test_a_picture_is_svg_with_words_for_those_who_cannot_see_it(frames: list[Frame]) -> None:
    root = ET.fromstring(svg(frames[5]))
    assert (root.tag, root.get("role")) == (f"{SVG}svg", "img")
    words = "request 5: d misses; b is evicted; recency holds c, a, d"
    assert root.get("aria-label") == words == root.findtext(f"{SVG}title")


def test_a_picture_shows_the_keys_in_order_and_the_victim_by_a_word(frames: list[Frame]) -> None:
    shown = texts(svg(frames[5]))
    assert [text for text in shown if text in "abcd"] == ["c", "a", "d", "b"]
    assert shown[-2:] == ["evicted", "b"]


def test_the_victims_box_is_dashed_and_the_current_keys_border_thick(frames: list[Frame]) -> None:
    *lane, victim = boxes(svg(frames[5]))
    assert "stroke-dasharray" in victim
    assert [float(box["stroke-width"]) >= 3 for box in lane] == [False, False, True]


def test_the_end_where_victims_leave_is_named(frames: list[Frame]) -> None:
    assert "next out" in texts(svg(frames[5]))


def test_a_frame_without_victims_has_no_tray(frames: list[Frame]) -> None:
    assert "evicted" not in texts(svg(frames[1]))


def test_text_has_a_plain_colour_for_readers_without_variables(frames: list[Frame]) -> None:
    for node in ET.fromstring(svg(frames[5])).iter(f"{SVG}text"):
        assert node.get("fill", "").startswith("#")
        assert "var(--jp-" in node.get("style", "")


def test_no_text_is_smaller_than_nine_points(frames: list[Frame]) -> None:
    sizes = [int(n.get("font-size", 0)) for n in ET.fromstring(svg(frames[5])).iter(f"{SVG}text")]
    assert min(sizes) >= 12


def test_the_same_frames_give_the_same_bytes() -> None:
    first, second = (small_multiple(request_frames(record(LFU, "a b a c d", 2))) for _ in "12")
    assert first == second


def test_everything_stays_inside_the_picture() -> None:
    frames = request_frames(record(LRU, [f"user:{n}" for n in range(30)], capacity=20))
    root = ET.fromstring(svg(frames[-1]))
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    for box in boxes(svg(frames[-1])):
        assert 0 <= float(box["x"]) <= width - float(box["width"])
        assert 0 <= float(box["y"]) <= height - float(box["height"])


def test_a_key_with_markup_in_it_is_shown_as_text() -> None:
    assert "<b>&" in texts(svg(request_frames(record(LRU, ["<b>&"]))[-1]))


def test_three_moments_tell_the_run(frames: list[Frame]) -> None:
    assert [frame["step"] for frame in telling(frames)] == [4, 5, 7]


@pytest.mark.parametrize("keys", ["a", "a b", "a a a a a", "a b c d", "a b c d e f g"])
def test_a_short_run_has_as_many_moments_as_it_can(keys: str) -> None:
    frames = request_frames(record(LRU, keys))
    assert len(telling(frames)) == min(3, len(frames))


def test_the_small_multiple_draws_its_three_moments(frames: list[Frame]) -> None:
    shown = texts(small_multiple(frames))
    assert [t for t in shown if t.startswith("request")] == ["request 4", "request 5", "request 7"]


def test_no_frames_are_no_picture() -> None:
    with pytest.raises(ValueError, match="no frames"):
        small_multiple([])


def test_the_table_has_a_row_for_each_request() -> None:
    assert as_text(request_frames(record(LFU, "a b a c", capacity=2))).splitlines() == [
        "request  result  evicted  count    shelves 1  shelves 2",
        "a        miss             a:1      a",
        "b        miss             a:1 b:1  a b",
        "a        hit              a:2 b:1  b          a",
        "c        miss    b        a:2 c:1  c          a",
    ]


def test_the_table_tells_operations_by_their_results() -> None:
    operations = [("put", "a", 1), ("put", "a", 2), ("put", "b", 1), ("get", "a"), ("len",)]
    table = as_text(request_frames(record(LRU, operations, 1))).splitlines()
    assert [row.split()[2 if row[:3] in ("put", "get") else 1] for row in table[1:]] == [
        "new",
        "update",
        "new",
        "miss",
        "1",
    ]
