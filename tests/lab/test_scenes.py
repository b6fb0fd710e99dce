"""Scenes as data: which run a position selects, what the page is sent, what a still shows."""

import xml.etree.ElementTree as ET

import pytest

from cachelab.lab.marks import drag, live, text
from cachelab.lab.scenes import Control, Run, Scene, Score, packed
from cachelab.lab.stills import as_text, still_svg, table_text

TEXT = "{http://www.w3.org/2000/svg}text"
MODE = Control("mode", "mode", ("calm", "wild"), "choice")
SIZE = Control("size", "size", ("1", "2", "3"), start=1)


def runs(count: int, scenes: int = 1) -> tuple[Run, ...]:
    return tuple(
        Run(tuple(Scene(f"<g id='{n}'/>", f"run {n}, scene {m}") for m in range(scenes)), "<rect/>")
        for n in range(count)
    )


def test_the_last_control_turns_fastest() -> None:
    score = Score((MODE, SIZE), runs(6))
    said = [score.run(position).scenes[0].say for position in score.positions()]
    assert said == [f"run {n}, scene 0" for n in range(6)]


def test_the_start_is_where_each_control_starts() -> None:
    assert Score((MODE, SIZE), runs(6)).start == (0, 1)


def test_a_position_out_of_range_is_moved_to_the_nearest_option() -> None:
    assert Score((MODE, SIZE), runs(6)).inside([-3, 9]) == (0, 2)


@pytest.mark.parametrize("count", [0, 5, 7])
def test_there_is_one_run_for_each_combination(count: int) -> None:
    with pytest.raises(ValueError, match=f"6 runs .* not {count}"):
        Score((MODE, SIZE), runs(count))


def test_the_step_slider_counts_as_a_control() -> None:
    four = tuple(Control(name, name, ("on",)) for name in "abcd")
    assert Score(four, runs(1)).start == (0, 0, 0, 0)
    with pytest.raises(ValueError, match="at most 4 controls, not 5"):
        Score(four, runs(1, scenes=2))


def test_a_control_starts_at_one_of_its_options() -> None:
    with pytest.raises(ValueError, match="no option 2"):
        Control("mode", "mode", ("a", "b"), start=2)


def test_a_switch_has_two_options() -> None:
    with pytest.raises(ValueError, match="two options"):
        Control("mode", "mode", ("a", "b", "c"), "switch")


def test_equal_backdrops_are_sent_once() -> None:
    sent = packed(Score((MODE, SIZE), runs(6)))
    assert sent["backdrops"] == ["<rect/>"]
    assert [run["backdrop"] for run in sent["runs"]] == [0] * 6


def test_three_scenes_tell_a_run_with_steps() -> None:
    assert Score((MODE,), runs(2, scenes=9)).telling() == [((0,), 0), ((0,), 4), ((0,), 8)]


def test_three_positions_of_the_first_control_tell_a_view_without_steps() -> None:
    assert Score((SIZE, MODE), runs(6)).telling() == [((0, 0), 0), ((1, 0), 0), ((2, 0), 0)]


def test_a_still_has_no_dead_controls() -> None:
    touched = '<rect data-set="mode=1"/><g data-key="k" data-answer="0"/>'
    touched += live(text(0, 0, "swap")) + drag(0, 0, 9, 9, "order", (4, 8), [0, 1])
    score = Score((), (Run((Scene(touched, "one"),)),))
    still = still_svg(score, score.telling(), (200, 100))
    assert "data-" not in still
    assert "swap" not in still


def test_the_table_behind_the_first_picture_stands_below_the_stills() -> None:
    tables = [(("n", "hits"), (str(n), f"{n} of <9>")) for n in (1, 2, 3)]
    score = Score((SIZE,), tuple(Run((Scene("", "x"),), table=table) for table in tables))
    words = [
        node.text for node in ET.fromstring(still_svg(score, score.telling(), (300, 9))).iter(TEXT)
    ]
    assert words[-5:] == ["The table behind it, size 2", "n", "hits", "2", "2 of <9>"]


def test_a_table_too_wide_for_the_picture_is_made_smaller_and_long_cells_are_cut() -> None:
    table = (tuple("abcdef"), ("x" * 99,) * 6)
    score = Score((), (Run((Scene("", "x"),), table=table),))
    still = still_svg(score, score.telling(), (720, 9))
    assert "scale(0.3" in still
    assert "x" * 47 + "…" in still


def test_a_table_behind_several_scenes_is_written_once() -> None:
    table = (("n", "hits"), ("1", "4"))
    score = Score((SIZE,), tuple(Run((Scene("", "x"),), table=table) for _ in range(3)))
    assert as_text(score, score.telling()).splitlines() == [
        "size 1: x",
        "size 2: x",
        "size 3: x",
        "n  hits",
        "1     4",
    ]


def test_words_stand_to_the_left_and_numbers_to_the_right() -> None:
    rows = [("policy", "ratio"), ("lru", "0.25"), ("my own", "12.5")]
    assert table_text(rows).splitlines() == ["policy  ratio", "lru      0.25", "my own   12.5"]
