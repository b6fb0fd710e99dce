"""A design problem under every position of the sliders: each is what the simulator says."""

from dataclasses import replace

import pytest

from cachelab.lab.design_problems import PROBLEMS
from cachelab.lab.designs import Design, Workload, simulate_design
from cachelab.lab.stories.boards import SIZE, board_controls, board_designs, board_run, shorter
from cachelab.lab.widgets.design_board import DesignBoard

from .pictures import faults, texts

SMALL = replace(
    PROBLEMS["shop"], workload=Workload(name="small shop", objects=300, reads=40, seconds=40)
)


@pytest.fixture(scope="module")
def board() -> DesignBoard:
    return DesignBoard(SMALL)


def test_every_position_is_a_run_of_the_simulator(board: DesignBoard) -> None:
    for one in board.tries[::11]:
        assert one.figures == simulate_design(shorter(SMALL.workload), one.design, 0)


def test_the_last_slider_turns_fastest(board: DesignBoard) -> None:
    assert [c.name for c in board_controls(SMALL.careful)] == [
        "process",
        "shared",
        "life",
        "writes",
    ]
    without, with_removal = board.tries[-2:]
    assert not without.design.layers[0].invalidated
    assert with_removal.design == replace(
        without.design,
        layers=tuple(replace(x, invalidated=True, leased=True) for x in without.design.layers),
    )


def test_no_layer_at_all_is_among_the_designs(board: DesignBoard) -> None:
    assert board.tries[0].design.layers == ()


def test_every_picture_can_be_read(board: DesignBoard) -> None:
    assert faults([board_run(SMALL, SMALL.careful, one) for one in board.tries], SIZE) == []


def test_a_layer_that_is_left_out_can_be_put_back_by_a_click(board: DesignBoard) -> None:
    scene = board_run(SMALL, SMALL.careful, board.tries[0]).scenes[0]
    assert texts(scene.svg).count("is left out") == 2
    assert 'data-set="shared=2"' in scene.svg


def test_a_limit_that_is_missed_is_told_by_a_mark_and_a_sentence(board: DesignBoard) -> None:
    strict = replace(SMALL, objective=replace(SMALL.objective, dollars=1))
    scene = board_run(strict, SMALL.careful, board.tries[-1]).scenes[0]
    assert "limit" in scene.say
    assert any(words.startswith("✕") for words in texts(scene.svg))


def test_the_name_of_the_board_counts_what_keeps_the_limits(board: DesignBoard) -> None:
    good = sum(SMALL.objective.is_met(one.figures) for one in board.tries)
    assert repr(board) == f"DesignBoard(small shop, {good} of 36 designs keep the limits)"


def test_a_design_of_ones_own_is_turned() -> None:
    layer = replace(SMALL.careful.layers[0], name="mine")
    view = DesignBoard(SMALL, Design((layer,)))
    assert [control.name for control in view._score.controls] == ["mine", "life", "writes"]
    assert len(board_designs(Design((layer,)))) == len(view.tries) == 12


def test_what_cannot_be_turned_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown problem 'cafe'"):
        DesignBoard("cafe")
    with pytest.raises(ValueError, match="a layer to turn"):
        DesignBoard(SMALL, Design())


def test_what_is_no_problem_is_refused() -> None:
    with pytest.raises(TypeError, match=r"a board shows a Problem, or one of .*, not 5"):
        DesignBoard(5)  # type: ignore[arg-type]
