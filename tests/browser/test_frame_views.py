"""
The frame views in JupyterLab: mouse and keys, picture and text, what an input costs, both themes.

One scratch notebook holds a small one of each. What is measured is printed and kept beside the
screenshots; nothing is judged by a time, machines differ.
"""

import re

import pytest
from playwright.sync_api import expect

from .measuring import input_cost

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOTEBOOK = "frame_views.ipynb"
VIEWS = {
    "mrc": "lab.MrcExplorer([lab.zipf(3_000, 400), lab.loop(3_000, 100)], 'sieve')",
    "ttl": "lab.TtlDial(requests=100)",
    "shift": "lab.ShiftLab(objects=400, capacity=40)",
    "arena": "lab.PolicyArena('s3_fifo', [lab.zipf(3_000, 400)])",
    "journey": "lab.RequestJourney()",
    "ladder": "lab.LatencyLadder({'my cache': 2e-6})",
}
# Frames of one second of playing; in each of them the picture must be there as a whole.
FRAMES = """async (root) => {
  const picture = root.querySelector(".cl-picture");
  const whole = picture.querySelectorAll(".cl-movers > :not(.cl-leaving)").length;
  const play = root.querySelector(".cl-play");
  root.dispatchEvent(new KeyboardEvent("keydown", { key: "Home", bubbles: true }));
  play.click();
  let frames = 0, broken = 0;
  const least = Math.min(whole, 2);
  const end = performance.now() + 1000;
  while (performance.now() < end) {
    await new Promise(requestAnimationFrame);
    frames += 1;
    broken += picture.querySelectorAll(".cl-movers > :not(.cl-leaving)").length < least;
  }
  if (play.getAttribute("aria-label") === "Pause") play.click();
  return { frames, broken };
}"""
SMALL_TEXT = """(root) => [...root.querySelectorAll("text")]
  .filter((node) => node.getBoundingClientRect().width)
  .map((node) => parseFloat(getComputedStyle(node).fontSize) * node.getScreenCTM().a)
  .reduce((a, b) => Math.min(a, b), 99)"""
OUTSIDE = """(root) => {
  const room = root.querySelector(".cl-picture").getBoundingClientRect();
  return [...root.querySelectorAll(".cl-picture text")].filter((node) => {
    const box = node.getBoundingClientRect();
    return box.left < room.left - 1 || box.right > room.right + 1 || box.bottom > room.bottom + 1;
  }).map((node) => node.textContent);
}"""


DASHBOARD = """
import threading
from cachelab.operations.metrics import CacheMetrics
from cachelab.ports import MemoryStore

metrics = CacheMetrics(slice_seconds=0.25)
store = metrics.watch(MemoryStore())
store.set("user:1", "Ada")
ended = threading.Event()

def traffic():
    while not ended.wait(0.002):
        store.get("user:1")
        store.get("user:2")

threading.Thread(target=traffic, daemon=True).start()
board = lab.Dashboard(metrics)
board.observe(lambda change: change["new"] or ended.set(), "wanted")
board.watch(every=0.05, seconds=120)
"""
# A learner's class that comes to a halt in the middle, until the last cell lets it go on.
LATE = """
gate = threading.Event()

class Mine:
    made = 0

    def __init__(self, capacity):
        Mine.made += 1

    def get(self, key):
        if Mine.made > 8:
            gate.wait()

    def put(self, key, value):
        pass

late = lab.PolicyArena(Mine, [lab.zipf(500, 100)])
late
"""
LET_GO = """turn = globals().get("turn", -1) + 1
if turn == 1:
    gate.set()
    late.wait()
    print([thread.name for thread in threading.enumerate() if thread.name == "late view"])"""
RUN_LAST = """() => {
  const { content } = window.jupyterapp.shell.currentWidget;
  content.activeCellIndex = content.widgets.length - 1;
  return window.jupyterapp.commands.execute("notebook:run-cell");
}"""
# The pictures that arrive in one second; all of them are whole.
ARRIVED = """async (root) => {
  const picture = root.querySelector(".cl-picture .cl-scene");
  let arrived = 0, broken = 0;
  const watcher = new MutationObserver(() => {
    arrived += 1;
    broken += picture.querySelectorAll("text").length < 5;
  });
  watcher.observe(picture, { childList: true });
  await new Promise((go) => setTimeout(go, 1000));
  watcher.disconnect();
  return { arrived, broken };
}"""


@pytest.fixture(scope="module")
def views(lab_page, artifacts):
    """JupyterLab with a notebook of views, every cell run, and what the console said."""
    lab_page.write(NOTEBOOK, ["from cachelab import lab", *VIEWS.values(), DASHBOARD, LATE, LET_GO])
    lab_page.open(NOTEBOOK)
    lab_page.run_all()
    lab_page.artifacts = artifacts
    yield lab_page
    lab_page.close()


@pytest.fixture(params=VIEWS)
def name(request):
    return request.param


@pytest.fixture
def view(views, name):
    """One view, as it opens."""
    found = views.notebook.locator(".cl-frame-view").nth(list(VIEWS).index(name))
    found.scroll_into_view_if_needed()
    expect(found.locator(".cl-stop").filter(visible=True)).to_have_count(0, timeout=60_000)
    found.focus()
    views.page.keyboard.press("r")
    return found


@pytest.fixture(scope="module")
def report(artifacts):
    """Lines of measurements, printed and kept."""
    lines = []
    yield lines
    (artifacts / "frame_views.txt").write_text("\n".join(lines) + "\n")
    print("\n" + "\n".join(lines))


def say(view):
    return view.locator(".cl-say").inner_text()


def picture(view):
    return view.locator(".cl-picture").inner_html()


def test_every_cell_runs_without_an_error(views):
    outputs = [out for cell in views.cells() for out in cell.get("outputs", [])]
    assert [out["evalue"] for out in outputs if out["output_type"] == "error"] == []


def test_the_arrow_keys_change_picture_and_text_and_r_resets(views, view):
    drawn, said = picture(view), say(view)
    views.page.keyboard.press("ArrowRight")
    expect(view.locator(".cl-say")).not_to_have_text(said)
    assert picture(view) != drawn
    views.page.keyboard.press("r")
    expect(view.locator(".cl-say")).to_have_text(said)


def test_the_next_button_does_what_the_arrow_does(views, view):
    views.page.keyboard.press("ArrowRight")
    said = say(view)
    views.page.keyboard.press("ArrowLeft")
    view.locator(".cl-next").click()
    expect(view.locator(".cl-say")).to_have_text(said)


def test_home_and_end_lead_to_the_ends(views, view):
    views.page.keyboard.press("End")
    expect(view.locator(".cl-next")).to_have_attribute("aria-disabled", "true")
    views.page.keyboard.press("Home")
    expect(view.locator(".cl-back")).to_have_attribute("aria-disabled", "true")


def test_every_control_is_reached_by_tab_and_has_a_name(views, view):
    focusable = view.locator("input, button, summary, [tabindex='0']").filter(visible=True)
    for control in focusable.all():
        assert control.evaluate(
            "(node) => node.getAttribute('aria-label') || node.labels?.length || node.innerText"
        )
    views.page.keyboard.press("Tab")
    assert view.evaluate("(root) => root.contains(document.activeElement)")


def test_a_choice_changes_the_picture_by_mouse(views, view):
    options = view.locator(".cl-option")
    if options.count() == 0:
        assert view.locator(".cl-slider").count() >= 1
        return
    drawn = picture(view)
    options.filter(has_not=views.page.locator(":checked")).first.click()
    assert picture(view) != drawn


def test_the_picture_can_be_dragged(views, view, name):
    zones = view.locator(".cl-backdrop [data-set]")
    if name in ("arena", "journey"):  # nothing in them lies on an axis
        assert zones.count() == 0
        return
    said = say(view)
    first, last = zones.first.bounding_box(), zones.last.bounding_box()
    mouse = views.page.mouse
    mouse.move(first["x"] + first["width"] / 2, first["y"] + first["height"] / 2)
    mouse.down()
    mouse.move(last["x"] + last["width"] / 2, last["y"] + last["height"] / 2, steps=6)
    mouse.up()
    expect(view.locator(".cl-say")).not_to_have_text(said)


def test_the_notebook_s_shortcuts_do_nothing_while_a_view_has_the_focus(views, view):
    before = len(views.cells())
    for key in ("b", "a", "x", "d", "d"):
        views.page.keyboard.press(key)
    assert len(views.cells()) == before


def test_what_is_shown_is_spoken_and_logged(views, view):
    views.page.keyboard.press("ArrowRight")
    expect(view.locator(".cl-spoken")).to_have_text(say(view))
    assert view.locator(".cl-spoken").get_attribute("aria-live") == "polite"
    assert view.locator(".cl-picture").get_attribute("aria-label") == say(view)
    log = view.locator(".cl-log")
    if log.is_visible():
        log.locator("summary").click()
        expect(log.locator("li").last).to_have_text(say(view))
        log.locator("summary").click()


def test_the_table_behind_the_picture_opens_and_keeps_what_would_answer_a_question(view, name):
    table = view.locator(".cl-table")
    table.locator("summary").click()
    rows = table.locator("tbody tr")
    if name in ("journey", "ladder"):
        expect(rows.last).to_be_hidden()
        expect(table.get_by_text("Further rows come with the steps.")).to_be_visible()
        view.press("End")
    expect(rows.last).to_be_visible()
    expect(table.locator(".cl-more")).to_be_hidden()
    table.locator("summary").click()


def test_text_is_nine_points_or_more_and_inside_the_picture(view):
    assert view.evaluate(SMALL_TEXT) >= 11.5
    assert view.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("name", ["mrc", "ladder"], indirect=True)
def test_beside_the_file_browser_text_keeps_ten_pixels(views, view):
    wide = views.page.viewport_size
    views.page.set_viewport_size({"width": 900, "height": 900})
    try:
        assert view.evaluate(SMALL_TEXT) >= 10
    finally:
        views.page.set_viewport_size(wide)


def test_a_question_is_answered_by_a_key(views, view, name):
    if name not in ("shift", "journey", "ladder"):
        assert view.locator(".cl-answer").count() == 0
        return
    for _ in range(5):  # the journey asks after its first request
        if view.locator(".cl-answer").count() == 0:
            views.page.keyboard.press("ArrowRight")
    for place in range(1, view.locator(".cl-answer").count() + 1):
        views.page.keyboard.press(str(place))
    expect(view.locator(".cl-ask")).to_contain_text("Right")
    assert re.fullmatch(r"streak [01]", view.locator(".cl-streak").inner_text())


def test_an_input_shows_at_once_and_playing_does_not_flicker(views, view, name, report):
    cost, frames = input_cost(views.page, view, name), view.evaluate(FRAMES)
    report.append(f"{cost}, {frames['frames']} frames in a second of playing")
    assert frames["broken"] == 0
    assert frames["frames"] > 0


def test_the_dashboard_is_alive_and_its_button_stops_the_work(views, report):
    board = views.notebook.locator(".cl-dashboard")
    board.scroll_into_view_if_needed()
    expect(board.locator(".cl-say")).to_contain_text("Hit ratio 0.5")
    seen = board.evaluate(ARRIVED)
    report.append(f"dashboard {seen['arrived']} pictures arrived in a second, sent 20 times")
    assert seen["arrived"] > 0
    assert seen["broken"] == 0
    views.page.screenshot(path=views.artifacts / "view-dashboard.png", animations="disabled")
    board.locator(".cl-stop").click()
    expect(board.locator(".cl-count")).to_have_text("stopped")
    expect(board.locator(".cl-stop")).to_be_hidden()
    assert board.evaluate(ARRIVED)["arrived"] == 0


def test_long_work_shows_how_far_it_is_and_is_stopped_by_a_button(views):
    late = views.notebook.locator(".cl-frame-view").nth(len(VIEWS) + 1)
    say, stop = late.locator(".cl-say"), late.locator(".cl-stop")
    late.scroll_into_view_if_needed()
    expect(say).to_contain_text("Mine is number")
    bar = late.locator("progress")
    assert 0 < bar.evaluate("(bar) => bar.position") < 1
    late.focus()
    views.page.keyboard.press("End")
    expect(say).to_have_text("This picture is still being drawn.")
    views.page.screenshot(path=views.artifacts / "view-late.png", animations="disabled")
    stop.click()
    expect(late.locator(".cl-drawing")).to_have_text(re.compile("^stopping"))
    views.ask(RUN_LAST)
    expect(late.locator(".cl-drawing .cl-count")).to_have_text("stopped")
    expect(stop).to_be_hidden()
    expect(say).to_contain_text("was not drawn")
    late.focus()
    views.page.keyboard.press("r")
    expect(say).to_contain_text("Mine is number")
    assert [out["text"] for out in views.cells()[-1]["outputs"]] == ["[]\n"]


def test_what_is_saved_of_long_work_is_whole(views):
    outputs = [out for cell in views.cells() for out in cell["outputs"] if "data" in out]
    pictures = [out["data"]["image/svg+xml"] for out in outputs if "image/svg+xml" in out["data"]]
    assert len(pictures) == len(VIEWS) + 2
    assert not any("still being drawn" in "".join(picture) for picture in pictures)


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_pictures_are_kept_for_people_to_look_at(views, artifacts, theme):
    with views.in_theme(theme):
        for place, name in enumerate(VIEWS):
            file = artifacts / f"view-{name}-{theme.lower()}.png"
            found = views.notebook.locator(".cl-frame-view").nth(place)
            found.screenshot(path=file, animations="disabled")
            assert file.stat().st_size > 10_000


def test_the_console_has_no_error(views):
    assert views.crashes == []
    assert views.said == []
