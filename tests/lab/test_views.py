"""Every frame view: pictures that can be read, sentences, tables, and little to send."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cachelab.lab.scenes import Run, Scene
from cachelab.lab.stills import MOST
from cachelab.lab.traces import loop, zipf
from cachelab.lab.widgets.frame_view import FrameView
from cachelab.lab.widgets.latency_ladder import LatencyLadder
from cachelab.lab.widgets.mrc_explorer import MrcExplorer
from cachelab.lab.widgets.policy_arena import PolicyArena
from cachelab.lab.widgets.request_journey import RequestJourney
from cachelab.lab.widgets.shift_lab import ShiftLab
from cachelab.lab.widgets.ttl_dial import TtlDial


class Mine:
    """A learner's cache: first in, first out."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.held: dict[Any, Any] = {}

    def get(self, key: Any) -> Any:
        return self.held.get(key)

    def put(self, key: Any, value: Any) -> None:
        if len(self.held) == self.capacity:
            del self.held[next(iter(self.held))]
        self.held[key] = value


TRACES = [zipf(2_000, 300), loop(2_000, 100)]
VIEWS: dict[str, Callable[[], FrameView]] = {
    "mrc": lambda: MrcExplorer(TRACES, Mine),
    "ttl": lambda: TtlDial(requests=40),
    "shift": lambda: ShiftLab(Mine, objects=200, capacity=20),
    "arena": lambda: PolicyArena(Mine, TRACES),
    "journey": RequestJourney,
    "ladder": lambda: LatencyLadder({"Mine": 2e-6}),
}


@pytest.fixture(scope="module", params=VIEWS)
def view(request: pytest.FixtureRequest) -> FrameView:
    return VIEWS[request.param]()


def runs(view: FrameView) -> tuple[Run, ...]:
    return view._score.runs


def scenes(view: FrameView) -> Iterator[Scene]:
    return (scene for run in runs(view) for scene in run.scenes)


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(f"<g>{svg}</g>")


def test_every_picture_is_well_formed(view: FrameView) -> None:
    for run in runs(view):
        parsed(run.backdrop)
        for scene in run.scenes:
            parsed(scene.svg)


def test_no_text_is_smaller_than_nine_points(view: FrameView) -> None:
    drawn = "".join({run.backdrop for run in runs(view)} | {scene.svg for scene in scenes(view)})
    assert min(float(size) for size in re.findall(r'font-size="([\d.]+)"', drawn)) >= 12


def test_words_are_in_the_colour_of_the_page(view: FrameView) -> None:
    drawn = parsed("".join({run.backdrop for run in runs(view)}))
    assert {node.get("fill") for node in drawn.iter("text")} == {"currentColor"}


def test_every_scene_says_one_thing_in_a_sentence(view: FrameView) -> None:
    assert all(re.fullmatch(r"[A-Z\d].*\.", scene.say) for scene in scenes(view))


def test_elements_that_glide_have_keys_of_their_own(view: FrameView) -> None:
    for scene in scenes(view):
        keys = re.findall(r'data-key="([^"]*)"', scene.svg)
        assert len(keys) == len(set(keys))


def test_a_scene_s_row_is_in_its_table(view: FrameView) -> None:
    for run in runs(view):
        assert all(s.row is None or 0 <= s.row < len(run.table) - 1 for s in run.scenes)


def test_each_table_is_as_wide_as_its_header(view: FrameView) -> None:
    for run in runs(view):
        assert {len(row) for row in run.table} == {len(run.table[0])}


def test_what_the_picture_sets_is_there_to_be_set(view: FrameView) -> None:
    controls = {control.name: len(control.options) for control in view._score.controls}
    for run in runs(view):
        places = {**controls, "step": len(run.scenes)}
        for name, place in re.findall(r'data-set="(\w+)=(\d+)"', run.backdrop):
            assert int(place) < places[name]


def test_little_is_sent_to_the_page(view: FrameView) -> None:
    sent = json.dumps(view.get_state(["controls", "runs", "backdrops", "tables"]))
    assert len(sent) < 600_000


def test_a_learner_s_class_is_named(view: FrameView) -> None:
    table = "".join(cell for run in runs(view) for row in run.table for cell in row)
    assert "Mine" in repr(view) + table or isinstance(view, TtlDial | RequestJourney)


def test_the_still_shows_a_setting_and_its_table_on_one_sheet(view: FrameView) -> None:
    data, _ = view._repr_mimebundle_()
    assert len(view._stills) == 3
    root = ET.fromstring(data["image/svg+xml"])
    assert view.size[1] < float(root.get("height", 0)) <= MOST + 40
    words = [node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any(text.startswith("The table behind it") for text in words)
    assert len(data["text/plain"].splitlines()) > 5
