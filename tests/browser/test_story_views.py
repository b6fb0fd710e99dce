"""
The views that tell stories, in JupyterLab: mouse and keys, picture and text, both themes.

One scratch notebook holds all eight, and a map of a live cluster. What an input costs is printed
and kept beside the screenshots; nothing is judged by a time, machines differ.
"""

import re

import pytest
from playwright.sync_api import expect

from .measuring import input_cost

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOTEBOOK = "story_views.ipynb"
VIEWS = {
    "aside": "lab.AsideStepper()",
    "crash": "lab.CrashTimeline()",
    "race": "lab.RaceDebugger()",
    "stampede": "lab.StampedeTheatre()",
    "ring": "lab.RingPlayground()",
    "slots": "lab.SlotMap()",
    "drill": "lab.IncidentDrill()",
    "board": "lab.DesignBoard('social feed')",
    "live": "cluster = start_cluster(3, 0)\n"
    "live = lab.SlotMap('foo', cluster)\n"
    "live.watch(every=0.05)\n"
    "live",
}
STORED = [name for name in VIEWS if name != "live"]
# Run for the second time, it moves the slot of `foo` to the first node; then it ends both.
MOVE = """turn = globals().get("turn", -1) + 1
if turn == 1:
    cluster.move_slots(12_182, 12_182, cluster.members()[0])
if turn == 2:
    live.stop()
    cluster.stop()"""
RUN_LAST = """() => {
  const { content } = window.jupyterapp.shell.currentWidget;
  content.activeCellIndex = content.widgets.length - 1;
  return window.jupyterapp.commands.execute("notebook:run-cell");
}"""
UNREADABLE = """(root) => {
  const room = root.querySelector(".cl-picture").getBoundingClientRect();
  return [...root.querySelectorAll(".cl-picture text")].filter((node) => {
    const box = node.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(node).fontSize) * node.getScreenCTM().a;
    const across = box.left >= room.left - 1 && box.right <= room.right + 1;
    const inside = across && box.bottom <= room.bottom + 1;
    return box.width && !(inside && size >= 11);
  }).map((node) => node.textContent);
}"""
# Words that lie over other words, where both are to be read.
OVERLAPS = """(root) => {
  const all = [...root.querySelectorAll(".cl-picture text")];
  const shown = all.filter((node) => node.textContent.trim());
  const boxes = shown.map((node) => [node.textContent, node.getBoundingClientRect()]);
  const found = [];
  boxes.forEach(([one, a], at) => boxes.slice(at + 1).forEach(([other, b]) => {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 3 && high > 5 && one !== other) found.push(`${one} / ${other}`);
  }));
  return found;
}"""


@pytest.fixture(scope="module")
def views(lab_page):
    """JupyterLab with a notebook of views, every cell run, and what the console said."""
    imports = "from cachelab import lab\nfrom cachelab.ports import start_cluster"
    lab_page.write(NOTEBOOK, [imports, *VIEWS.values(), MOVE])
    lab_page.open(NOTEBOOK)
    lab_page.run_all()
    yield lab_page
    lab_page.close()


@pytest.fixture
def show(views):
    """Bring a view to where it opens, and return it."""

    def showing(name):
        found = views.notebook.locator(".cl-frame-view").nth(list(VIEWS).index(name))
        found.scroll_into_view_if_needed()
        expect(found.locator(".cl-stop").filter(visible=True)).to_have_count(0, timeout=60_000)
        found.focus()
        views.page.keyboard.press("r")
        return found

    return showing


def say(view):
    return view.locator(".cl-say").inner_text()


def test_every_cell_runs_without_an_error(views):
    outputs = [out for cell in views.cells() for out in cell.get("outputs", [])]
    assert [out["evalue"] for out in outputs if out["output_type"] == "error"] == []
    assert [out["text"] for out in outputs if out.get("name") == "stderr"] == []


@pytest.mark.parametrize("name", STORED)
def test_a_key_changes_the_picture_and_what_is_said(views, show, name):
    view = show(name)
    key = "ArrowLeft" if name == "crash" else "ArrowRight"
    before, picture = say(view), view.locator(".cl-picture").inner_html()
    views.page.keyboard.press(key)
    expect(view.locator(".cl-say")).not_to_have_text(before)
    assert view.locator(".cl-picture").inner_html() != picture


@pytest.mark.parametrize("name", STORED)
def test_a_click_on_a_control_changes_what_is_said(show, name):
    view = show(name)
    before = say(view)
    # Two options on: where nothing waits yet, the first two protections say the same of it.
    options = view.locator(".cl-control").first.locator(".cl-option")
    if options.count():
        options.nth(min(2, options.count() - 1)).click()
    else:
        slider = view.locator(".cl-slider").first
        slider.click(position={"x": slider.bounding_box()["width"] - 4, "y": 3})
    expect(view.locator(".cl-say")).not_to_have_text(before)


@pytest.mark.parametrize("name", STORED)
def test_every_word_of_the_picture_can_be_read(views, show, name):
    view = show(name)
    for _ in range(3):
        assert view.evaluate(UNREADABLE) == []
        assert view.evaluate(OVERLAPS) == []
        views.page.keyboard.press("ArrowRight")


def test_a_crash_is_dropped_on_the_picture(show):
    view = show("crash")
    view.locator('[data-set="crash=1"]').click()
    expect(view.locator(".cl-say")).to_have_text(re.compile("1 key is acknowledged"))
    view.locator('[data-set="crash=4"]').click()
    expect(view.locator(".cl-say")).to_have_text(re.compile("lacks the last row"))


def test_two_steps_of_a_race_are_swapped_on_the_picture(show):
    view = show("race")
    expect(view.locator(".cl-say")).to_have_text(re.compile("^Order 1 of"))
    view.locator("[data-set^='order=']").last.click()
    expect(view.locator(".cl-say")).not_to_have_text(re.compile("^Order 1 of"))


def test_keys_are_typed_into_the_slot_map_and_python_answers(views, show):
    view = show("slots")
    line = views.notebook.locator(".cl-typed").first
    expect(line).to_be_visible()
    line.fill("{user:1}:a {user:1}:b foo")
    # A new picture comes from Python, so the view is looked for anew.
    said = views.notebook.locator(".cl-frame-view").nth(list(VIEWS).index("slots"))
    expect(said.locator(".cl-say")).to_have_text(re.compile("^3 keys on 2 slots"))
    cells = len(views.cells())
    line.press("b")
    assert len(views.cells()) == cells
    assert view.locator(".cl-picture").is_visible()


def test_a_live_cluster_is_followed_while_the_notebook_is_idle(views, show):
    view = show("live")
    before = say(view)
    try:
        views.ask(RUN_LAST)
        after = views.notebook.locator(".cl-frame-view").nth(list(VIEWS).index("live"))
        expect(after.locator(".cl-say")).not_to_have_text(before, timeout=30_000)
    finally:
        views.ask(RUN_LAST)


def test_an_incident_is_named_from_the_alert_on(views, show):
    view = show("drill")
    expect(view.locator(".cl-say")).to_have_text(re.compile("The alert rings"))
    for place in range(view.locator(".cl-answer").count()):
        view.locator(".cl-answer").nth(place).click()
        if view.locator(".cl-right").count():
            break
    expect(view.locator(".cl-ask")).to_have_text(re.compile("Named 10 s after the onset: 100"))


def test_what_an_input_costs_is_measured(views, show, artifacts, capsys):
    lines = [input_cost(views.page, show(name), name) for name in STORED]
    (artifacts / "story_views.txt").write_text("\n".join(lines) + "\n")
    with capsys.disabled():
        print("\n" + "\n".join(lines))
    assert len(lines) == len(STORED)


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_pictures_are_kept_for_people_to_look_at(views, show, artifacts, theme):
    with views.in_theme(theme):
        for name in STORED:
            view = show(name)
            for _ in range(4 if name in ("aside", "race") else 1):
                views.page.keyboard.press("ArrowRight")
            file = artifacts / f"story-{name}-{theme.lower()}.png"
            view.screenshot(path=file, animations="disabled")
            assert file.stat().st_size > 10_000


def test_the_console_has_no_error(views):
    assert views.said == []
    assert views.crashes == []
