from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.operations.deciding import (
    TREE,
    Advice,
    Question,
    Situation,
    nodes,
    recommend,
)

PAGE = Situation(reads=2, writes=0.01, origin=0.050, lookup=0.001, staleness=30, target=0.020)

TO_EACH_LEAF: dict[str, Situation] = {
    "no_reuse": replace(PAGE, reads=0.0001, writes=1.0, staleness=1),
    "good_enough": replace(PAGE, target=None),
    "no_stale": replace(PAGE, staleness=0),
    "seconds": PAGE,
    "minutes": replace(PAGE, staleness=300),
    "hours": replace(PAGE, staleness=86_400),
}

rates = st.floats(0, 1e4)
situations = st.builds(
    Situation,
    reads=rates,
    writes=rates,
    origin=st.floats(1e-6, 10),
    lookup=st.floats(0, 1),
    fill=st.floats(0, 1),
    staleness=st.one_of(st.just(0.0), st.floats(0, 1e6)),
    target=st.none() | st.floats(1e-6, 10),
    load=st.floats(0, 10),
    is_dear=st.booleans(),
    must_survive=st.booleans(),
    is_private=st.booleans(),
)


@pytest.mark.parametrize("leaf", TO_EACH_LEAF)
def test_every_leaf_is_reached_by_a_situation(leaf: str) -> None:
    assert recommend(TO_EACH_LEAF[leaf]).advice.name == leaf


def test_the_leaves_above_are_all_there_are() -> None:
    assert {n.name for n in nodes() if isinstance(n, Advice)} == set(TO_EACH_LEAF)


@given(situation=situations)
def test_any_situation_ends_in_advice_by_a_path_of_the_tree(situation: Situation) -> None:
    found = recommend(situation)
    node: Any = TREE
    for step in found.steps:
        assert node is step.question
        node = node.branches[step.branch]
    assert node is found.advice


@given(situation=situations)
def test_the_explanation_names_every_question_and_the_advice(situation: Situation) -> None:
    found = recommend(situation)
    text = str(found)
    assert all(step.question.text in text and step.because in text for step in found.steps)
    assert found.advice.title in text


def test_each_node_has_a_name_of_its_own() -> None:
    names = [node.name for node in nodes()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("age", "leaf"),
    [(59.999, "seconds"), (60, "minutes"), (3_599.9, "minutes"), (3_600, "hours")],
)
def test_a_minute_and_an_hour_are_where_the_advice_changes(age: float, leaf: str) -> None:
    assert recommend(replace(PAGE, staleness=age)).advice.name == leaf


def test_an_answer_used_twice_an_hour_is_cached_if_it_is_dear_enough_in_time() -> None:
    report = Situation(
        reads=2 / 3600, writes=0, origin=20.0, lookup=0.001, staleness=3600, target=2.0
    )
    assert recommend(report).advice.name == "hours"


def test_a_popular_key_is_not_cached_if_the_cache_is_slower_than_the_source() -> None:
    fast = Situation(reads=1_000, writes=0, origin=8e-6, lookup=75e-6, staleness=60, target=5e-6)
    assert recommend(fast).advice.name == "no_reuse"


@pytest.mark.parametrize(
    "reason", [{"load": 1.5}, {"is_dear": True}, {"must_survive": True}, {"target": 0.01}], ids=str
)
def test_latency_is_one_of_four_reasons_to_cache(reason: dict[str, Any]) -> None:
    quiet = replace(PAGE, target=None)
    assert recommend(quiet).advice.name == "good_enough"
    assert recommend(replace(quiet, **reason)).advice.name == "seconds"


def test_hits_that_save_no_time_still_save_an_overloaded_source() -> None:
    slow_cache = replace(PAGE, lookup=0.050, origin=0.050)
    assert recommend(slow_cache).advice.name == "no_reuse"
    assert recommend(replace(slow_cache, load=1.5)).advice.name == "seconds"


def test_neither_write_through_nor_write_invalidate_is_called_free_of_old_answers() -> None:
    advice = recommend(TO_EACH_LEAF["no_stale"]).advice
    assert "Write-through" not in advice.title + advice.how
    assert "do not give this" in advice.caveat


def test_the_life_keeps_the_oldest_answer_within_the_staleness() -> None:
    life = recommend(PAGE).life
    assert life is not None
    assert life.oldest == pytest.approx(PAGE.staleness)


def test_a_source_slower_than_the_staleness_is_told_that_no_life_will_do() -> None:
    found = recommend(replace(PAGE, origin=40.0))
    assert found.life is None
    assert "no time to live keeps that promise" in found.notes[0]


def test_a_load_that_the_hits_within_reach_do_not_bring_down_is_told() -> None:
    heavy = replace(PAGE, reads=0.1, writes=0.1, load=100.0)
    assert any("does not bring it down" in note for note in recommend(heavy).notes)


def test_private_data_is_told_that_encryption_is_not_enough() -> None:
    notes = recommend(replace(PAGE, is_private=True)).notes
    assert any("a key for each user" in note and "Encryption" in note for note in notes)


def test_what_is_not_cached_is_told_nothing_of_privacy() -> None:
    assert recommend(replace(TO_EACH_LEAF["good_enough"], is_private=True)).notes == ()


@pytest.mark.parametrize("name", ["reads", "writes", "origin", "lookup", "staleness", "load"])
@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        replace(PAGE, **{name: value})


def test_every_question_has_a_branch_for_each_answer_it_gives() -> None:
    questions = [node for node in nodes() if isinstance(node, Question)]
    for situation in TO_EACH_LEAF.values():
        assert all(q.decide(situation).branch in q.branches for q in questions)


def test_a_row_that_never_changes_has_a_copy_that_never_ends() -> None:
    assert "a copy never ends, since nothing changes its row" in str(
        recommend(replace(PAGE, writes=0))
    )
