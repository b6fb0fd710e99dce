"""The eviction stepper in Python: what the page is sent, and what stands where none can be."""

import json
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from cachelab.eviction import LFU, LRU
from cachelab.lab.frames import line_frames, request_frames
from cachelab.lab.recorder import record
from cachelab.lab.widgets import EvictionStepper

RUN = "a b c a d a e b"


class Mine:
    """A learner's cache."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.held: dict[Any, Any] = {}

    def get(self, key: Any, default: Any = None) -> Any:
        return self.held.get(key, default)

    def put(self, key: Any, value: Any) -> None:
        if len(self.held) == self.capacity:
            del self.held[next(iter(self.held))]
        self.held[key] = value


@pytest.fixture
def stepper() -> EvictionStepper:
    return EvictionStepper(LRU, RUN)


@pytest.mark.parametrize("policy", [LFU, "lfu"])
def test_a_policy_goes_by_its_class_or_its_name(policy: Any) -> None:
    assert repr(EvictionStepper(policy, RUN)) == "EvictionStepper(LFU, capacity 3, 8 requests)"


def test_a_learners_class_is_watched_as_well() -> None:
    stepper = EvictionStepper(Mine, RUN, capacity=2)
    assert repr(stepper) == "EvictionStepper(Mine, capacity 2, 8 requests)"
    assert [lane["name"] for lane in stepper.lanes] == ["held"]


def test_without_arguments_there_is_something_to_see() -> None:
    assert any("ask" in frame for frame in EvictionStepper().frames)


def test_a_policy_that_needs_the_future_is_told_the_requests() -> None:
    stepper = EvictionStepper("belady", RUN)
    assert "future" in [lane["name"] for lane in stepper.lanes]
    assert stepper.frames[4]["say"] == EvictionStepper("lru", "a b c a d", 3).frames[4]["say"]


def test_one_request_is_counted_in_the_singular() -> None:
    assert repr(EvictionStepper("fifo", "a", 1)) == "EvictionStepper(FIFO, capacity 1, 1 request)"


def test_the_page_is_sent_the_frames_of_both_zooms(stepper: EvictionStepper) -> None:
    recording = record(LRU, RUN)
    assert stepper.frames == request_frames(recording)
    assert stepper.lines == line_frames(recording)


def test_what_the_page_is_sent_is_json(stepper: EvictionStepper) -> None:
    state = stepper.get_state(["frames", "lines", "lanes", "code", "requests", "step", "zoom"])
    assert json.loads(json.dumps(state)) == state


def test_each_lane_has_room_for_all_it_ever_holds() -> None:
    lanes = {lane["name"]: lane for lane in EvictionStepper(LFU, RUN).lanes}
    assert lanes["shelves 1"]["slots"] == 3
    assert [name for name, lane in lanes.items() if lane["index"]] == ["count"]


@pytest.mark.parametrize(("asked", "got"), [(-1, 0), (4, 4), (99, 8)])
def test_a_step_stays_inside_the_run(stepper: EvictionStepper, asked: int, got: int) -> None:
    stepper.step = asked
    assert stepper.step == got


def test_a_step_too_far_for_the_other_zoom_is_taken_back(stepper: EvictionStepper) -> None:
    stepper.zoom = "lines"
    stepper.step = len(stepper.lines) - 1
    stepper.zoom = "requests"
    assert stepper.step == 8


def test_an_unknown_zoom_is_named() -> None:
    with pytest.raises(ValueError, match="not 'words'"):
        EvictionStepper(LRU, RUN, zoom="words")


@pytest.mark.parametrize(("value", "moves"), [("1", False), ("0", True), (None, True)])
def test_motion_is_off_where_it_is_not_wanted(
    monkeypatch: pytest.MonkeyPatch, value: str | None, moves: bool
) -> None:
    monkeypatch.delenv("CACHELAB_REDUCED_MOTION", raising=False)
    if value is not None:
        monkeypatch.setenv("CACHELAB_REDUCED_MOTION", value)
    assert EvictionStepper(LRU, "a").motion is moves


def test_where_no_widget_can_live_there_are_a_picture_and_a_table(stepper: EvictionStepper) -> None:
    data, metadata = stepper._repr_mimebundle_()
    assert ET.fromstring(data["image/svg+xml"]).get("role") == "img"
    first, header, *rows = data["text/plain"].splitlines()
    assert (first, header.split()[0], len(rows)) == (repr(stepper), "request", 8)
    assert "8 requests" in metadata["image/svg+xml"]["alt"]


def test_the_saved_output_is_the_same_every_time() -> None:
    first, second = (EvictionStepper(LFU, RUN)._repr_mimebundle_()[0] for _ in range(2))
    for kind in ("text/plain", "image/svg+xml"):
        assert first[kind] == second[kind]


def test_a_cache_that_raises_is_shown_up_to_there() -> None:
    class Broken(Mine):
        def put(self, key: Any, value: Any) -> None:
            if key == "c":
                raise ZeroDivisionError("division by zero")
            super().put(key, value)

    stepper = EvictionStepper(Broken, RUN)
    assert len(stepper.frames) == 4
    assert stepper.frames[-1]["say"] == "request 3: c raises ZeroDivisionError: division by zero"


def test_the_page_is_one_module_with_one_way_in(stepper: EvictionStepper) -> None:
    assert stepper._esm.count("export default {") == 1
    assert "import " not in stepper._esm


class Unfinished:
    def __init__(self, capacity: int) -> None:
        raise NotImplementedError

    def get(self, key: str) -> None: ...

    def put(self, key: str, value: str) -> None: ...


def test_a_class_that_cannot_be_made_yet_is_shown_failing_at_its_first_request() -> None:
    (first,) = EvictionStepper(Unfinished, "a b a", capacity=2).frames[1:]
    assert "NotImplementedError" in first["say"]
