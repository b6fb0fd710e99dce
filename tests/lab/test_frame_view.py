"""The frame view in Python: what the page is sent, and what stands where none can be."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from cachelab.lab.scenes import Control, Run, Scene
from cachelab.lab.widgets import frame_view
from cachelab.lab.widgets.frame_view import MOST_BYTES, FrameView

SIZE = Control("size", "size", ("1", "2", "3"))


def view(**more: object) -> FrameView:
    runs = [
        Run((Scene(f"<circle r='{n}'/>", f"radius {n}"),), table=(("r",), (str(n),)))
        for n in (1, 2, 3)
    ]
    given = {"title": "A dot", "about": "dot", "controls": [SIZE], "runs": runs, **more}
    return FrameView(**given)  # type: ignore[arg-type]


def test_what_the_page_is_sent_is_json() -> None:
    state = view().get_state(["controls", "runs", "backdrops", "tables", "position", "step"])
    assert json.loads(json.dumps(state)) == state


def test_a_position_stays_on_its_control() -> None:
    shown = view()
    shown.position = [7]
    assert shown.position == [2]
    assert shown.says == "radius 3"


def test_a_step_stays_in_the_run() -> None:
    shown = view()
    shown.step = 5
    assert shown.step == 0


def test_where_nothing_is_alive_there_are_a_picture_and_a_table() -> None:
    data, metadata = view()._repr_mimebundle_()
    assert data["text/plain"].splitlines()[:2] == ["FrameView(dot)", "size 1: radius 1"]
    assert ET.fromstring(data["image/svg+xml"]).get("role") == "img"
    assert metadata["image/svg+xml"]["alt"] == "FrameView(dot): radius 1 radius 2 radius 3"


def test_the_saved_output_is_the_same_every_time() -> None:
    first, second = (view()._repr_mimebundle_()[0] for _ in range(2))
    for kind in ("text/plain", "image/svg+xml"):
        assert first[kind] == second[kind]


def test_too_many_pictures_are_refused() -> None:
    large = [Run((Scene("x" * MOST_BYTES, "large"),))]
    with pytest.raises(ValueError, match="too many: draw fewer"):
        view(controls=[], runs=large)


@pytest.mark.parametrize(("value", "moves"), [("1", False), ("0", True)])
def test_motion_is_off_where_it_is_not_wanted(
    monkeypatch: pytest.MonkeyPatch, value: str, moves: bool
) -> None:
    monkeypatch.setenv("CACHELAB_REDUCED_MOTION", value)
    assert view().motion is moves


def test_the_page_is_one_module_with_one_way_in() -> None:
    assert view()._esm.count("export default {") == 1
    assert "import " not in view()._esm


def test_the_sheet_of_the_stepper_styles_no_other_view() -> None:
    folder = Path(frame_view.__file__).parent
    parts = ("dom.js", "picture.js", "knobs.js", "frame_view.js", "late_view.js", "dashboard.js")
    script = "".join((folder / name).read_text("utf-8") for name in parts)
    shared = set(re.findall(r"cl-[a-z-]+", script))
    shared |= {f"cl-{name}" for name in re.findall(r'button\("(\w+)"', script)}
    sheet = re.sub(r"/\*.*?\*/", "", (folder / "stepper.css").read_text("utf-8"), flags=re.DOTALL)
    rules = re.findall(r"^([^@}\s][^{]*)\{", sheet, re.MULTILINE)
    loose = [
        selector
        for rule in rules
        for selector in re.split(r",(?![^(]*\))", rule)
        if set(re.findall(r"cl-[a-z-]+", selector)) <= shared
    ]
    assert loose == []
