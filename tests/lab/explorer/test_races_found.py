"""The five races of the course are found, each by the shortest way there is."""

from xml.etree import ElementTree

import pytest

from cachelab.lab.explorer import (
    Exploration,
    Promise,
    Scenario,
    cache_equals_source_at_rest,
    explore,
    no_stale_value_stays,
)

from . import broken

RACES = {
    "stale fill": (broken.stale_fill, no_stale_value_stays, 5),
    "lost race": (broken.lost_race, cache_equals_source_at_rest, 4),
    "version race": (broken.version_race, no_stale_value_stays, 8),
    "resurrecting refresh": (broken.resurrection, no_stale_value_stays, 5),
    "non-owner release": (broken.non_owner_release, broken.loads_alone, 12),
}
"""By name: the scenario, the promise, and the calls of the shortest way before all is at rest."""


def found(name: str) -> Exploration:
    scenario, promise, _ = RACES[name]
    return explore(scenario, promise, budget_seconds=600)


@pytest.mark.parametrize("name", RACES)
def test_each_race_is_found_at_once_by_its_shortest_schedule(name: str) -> None:
    _, promise, calls = RACES[name]
    exploration = found(name)
    before_rest = [step for step in exploration.steps if step.task != "main"]
    assert exploration.broken is promise
    assert (len(before_rest), exploration.schedules < 200) == (calls, True)


@pytest.mark.parametrize("name", RACES)
def test_a_schedule_can_be_played_again(name: str) -> None:
    exploration = found(name)
    assert exploration.replay() == exploration.steps


def test_an_exploration_is_short_where_only_its_name_is_shown() -> None:
    race = found("lost race")
    promise = "the cache equals the source when all is at rest"
    assert repr(race) == f"Exploration(broken: {promise}; schedules={race.schedules})"


def test_the_diagram_of_the_stale_fill_reads_from_top_to_bottom() -> None:
    assert found("stale fill").text().splitlines() == [
        "reader             writer             main               store              source",
        " |--get k -> MISSING------------------------------------->|                  |",
        " |--read k -> 'old'--------------------------------------------------------->|",
        " |                  |--write k 'new' -> 2----------------------------------->|",
        " |                  |--delete k -> False----------------->|                  |",
        " |--set k 'old'------------------------------------------>|                  |",
        " |                  |                  |--get k -> 'old'->|                  |",
    ]


@pytest.mark.parametrize("name", RACES)
def test_the_picture_is_well_formed_and_says_the_same_in_words(name: str) -> None:
    exploration = found(name)
    svg = ElementTree.fromstring(exploration.svg())
    tag = "{http://www.w3.org/2000/svg}desc"
    assert svg.findtext(tag) == exploration.text()


@pytest.mark.parametrize("name", RACES)
def test_a_schedule_can_be_stepped_through_call_by_call(name: str) -> None:
    exploration = found(name)
    view = exploration.play()
    said = [scene["say"] for scene in view.runs[0]["scenes"]]
    calls = [f"{step}." for step in exploration.steps]
    assert said[0] == "Before the first call."
    assert [words.partition(": ")[2] for words in said[1:]] == calls
    view.step = len(calls)


def test_each_scene_shows_one_call_more() -> None:
    scenes = found("stale fill").play().runs[0]["scenes"]
    assert [scene["svg"].count("<path") for scene in scenes] == list(range(7))


@pytest.mark.parametrize("name", RACES)
def test_a_schedule_saved_as_a_test_fails_on_the_code_it_was_found_in(name: str) -> None:
    text = found(name).as_test()
    names: dict[str, object] = {}
    exec(compile(text, "saved", "exec"), names)
    test = next(value for key, value in names.items() if key.startswith("test_"))
    with pytest.raises(AssertionError):
        test()  # type: ignore[operator]


def test_a_saved_test_passes_once_the_code_is_repaired() -> None:
    setup = """
from cachelab.ports import MISSING

def scenario(world):
    world.source.write("k", "old")
    def read():
        row = world.source.read("k").value
        world.store.FILL
    def write():
        world.source.write("k", "new")
        world.store.set("k", "new")
    return {"reader": read, "writer": write}, lambda: {"k": world.store.get("k")}
"""
    bad, good = setup.replace("FILL", 'set("k", row)'), setup.replace("FILL", 'add("k", row)')
    names: dict[str, Scenario] = {}
    exec(bad, names)
    saved = explore(names["scenario"], no_stale_value_stays).as_test(setup=bad)
    assert outcome_of(saved) == "failed"
    assert outcome_of(saved.replace(bad.strip(), good.strip())) == "passed"


def outcome_of(text: str) -> str:
    names: dict[str, object] = {}
    exec(text, names)
    test = next(value for key, value in names.items() if key.startswith("test_"))
    try:
        test()  # type: ignore[operator]
    except AssertionError:
        return "failed"
    return "passed"


def test_a_scenario_that_cannot_be_imported_asks_for_the_text_that_defines_it() -> None:
    exploration = explore(broken.lock_of(broken.NaiveLock), broken.loads_alone)
    with pytest.raises(ValueError, match="cannot be imported"):
        exploration.as_test()


def test_where_nothing_was_found_there_is_no_test_to_make() -> None:
    nothing = explore(broken.stale_fill, Promise("whatever happens", lambda _: True))
    with pytest.raises(ValueError, match="no schedule broke a promise"):
        nothing.as_test()
    with pytest.raises(ValueError, match="no steps to play"):
        nothing.play()


def test_a_lock_that_its_owner_releases_passes_where_the_naive_one_fails() -> None:
    exploration = explore(broken.lock_of(broken.OwnersLock), broken.loads_alone, budget_seconds=600)
    assert (exploration.holds, exploration.is_exhaustive) == (True, True)
