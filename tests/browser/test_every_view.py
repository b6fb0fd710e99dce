"""
Every view, form and the judge's report in a page without a kernel: driven, printed, accessible.
"""

import re
import subprocess
import sys

import nbformat
import pytest
from playwright.sync_api import expect

from .static_site import closed_page, fetch_axe, served, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VIEWS = [
    "lab.MrcExplorer([lab.zipf(3_000, 400)], 'sieve')",
    "lab.LatencyLadder({'my cache': 2e-6})",
    "lab.RequestJourney()",
    "lab.TtlDial(requests=100)",
    "lab.ShiftLab(objects=400, capacity=40)",
    "lab.PolicyArena('s3_fifo', [lab.zipf(3_000, 400)])",
    "lab.AsideStepper()",
    "lab.CrashTimeline()",
    "lab.RaceDebugger()",
    "lab.StampedeTheatre()",
    "lab.RingPlayground()",
    "lab.SlotMap()",
    "lab.IncidentDrill()",
    "lab.DesignBoard('social feed')",
    "lab.EvictionStepper('lru', requests='a b c a d', capacity=3)",
    "lab.predict('Which one?', ['this', 'that'])",
    "lab.quiz('Which one?', {'this': 'No.', 'that': 'Yes.', 'it': 'No.'}, right='that')",
    "lab.explain('Why?', answer='Because of the order in which they come.')",
]
# Brings everything to a later state: stepped, answered, committed, opened.
GO_ON = """() => {
  for (const view of document.querySelectorAll(".cl-frame-view")) {
    const press = (key) => view.dispatchEvent(new KeyboardEvent("keydown", { key }));
    ["ArrowRight", "ArrowRight", "1"].forEach(press);
  }
  for (const form of document.querySelectorAll(".cachelab-island form")) {
    const [radio, words] = [form.querySelector("[type=radio]"), form.querySelector("textarea")];
    if (radio) radio.click();
    if (words) words.value = "They come in the order of the last use.";
    form.dispatchEvent(new Event("input"));
    form.querySelector("fieldset").dispatchEvent(new Event("input"));
    form.querySelector("button").click();
  }
  for (const details of document.querySelectorAll("article details")) details.open = true;
}"""
PRESSED = "button:not([role=switch]), input, textarea"
SHEET = 1_000
"""Pixels that a sheet of A4 is high, less its margins."""

REPORT = """class LRUCache:
    def __init__(self, capacity): self.values = {}
    def get(self, key, default=None): return self.values.get(key, default)
    def put(self, key, value): self.values[key] = value"""
CHECK = 'check("ex07", LRUCache)'


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A course of one lesson that holds every view once, built as the course is."""
    root = tmp_path_factory.mktemp("course")
    lessons = root / "notebooks" / "source" / "lessons"
    lessons.mkdir(parents=True)
    (lessons / "00_views.py").write_text("# %% [markdown]\n# # Views\n", "utf-8")
    cells = ["from cachelab import lab\nfrom cachelab.grading import check", *VIEWS, REPORT, CHECK]
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Views"),
            *map(nbformat.v4.new_code_cell, cells),
        ]
    )
    nbformat.write(notebook, root / "notebooks" / "00_views.ipynb")
    command = "from cachelab.cli import main; main()"
    asked = [sys.executable, "-c", command, "site", "--to", str(root / "site")]
    subprocess.run(asked, cwd=root, check=True)
    with served(root / "site") as found:
        yield found


@pytest.fixture
def page(address, chromium):
    """The page, alive; whatever a test does in it, nobody else is asked and nothing breaks."""
    with closed_page(chromium, address) as opened:
        open_page(opened, address)
        yield opened
        assert (opened.outside, opened.errors) == ([], [])


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    return fetch_axe(tmp_path_factory.mktemp("axe"))


def open_page(page, address):
    page.goto(address + "notebooks/00_views.html")
    expect(page.locator(".cachelab-island[data-alive]")).to_have_count(len(VIEWS))
    expect(page.locator(".cachelab-report")).to_have_count(1)


def view(page, title):
    return page.locator(".cl-frame-view").filter(has=page.locator(".cl-title", has_text=title))


def test_an_accessibility_engine_finds_nothing_serious_as_it_opens(page, axe, artifacts):
    page.screenshot(path=artifacts / "every-view-light.png", full_page=True)
    assert violations(page, axe) == []


def test_an_accessibility_engine_finds_nothing_serious_later_and_in_the_dark(
    address, chromium, axe, artifacts
):
    with closed_page(chromium, address, "dark") as page:
        open_page(page, address)
        page.screenshot(path=artifacts / "every-view-dark.png", full_page=True)
        page.evaluate(GO_ON)
        expect(page.locator(".clf-right, .clf-wrong")).to_have_count(1)
        expect(page.locator(".cl-table[open] td").first).to_be_visible()
        assert violations(page, axe) == []
        assert (page.outside, page.errors) == ([], [])


def test_a_click_steps_a_view(page):
    story = view(page, "call by call")
    story.locator(".cl-next").click()
    expect(story.locator(".cl-count")).to_have_text(re.compile("^1 / "))


def test_keys_turn_a_view_and_end_leads_to_its_end(page):
    curves = view(page, "What a larger cache buys")
    curves.focus()
    said = curves.locator(".cl-say").inner_text()
    page.keyboard.press("ArrowRight")
    expect(curves.locator(".cl-say")).not_to_have_text(said)
    page.keyboard.press("End")
    expect(curves.locator(".cl-value").first).to_have_text("100 %")


def test_play_goes_on_by_itself(page):
    theatre = view(page, "The moment of expiry")
    before = theatre.locator(".cl-count").inner_text()
    theatre.locator(".cl-play").click()
    expect(theatre.locator(".cl-count")).not_to_have_text(before)
    theatre.locator(".cl-play").click()
    expect(theatre.locator(".cl-play")).to_have_attribute("aria-label", "Play")


def test_a_step_of_a_race_is_dragged_to_another_place(page):
    race = view(page, "Who comes in between?")
    race.scroll_into_view_if_needed()
    expect(race.locator(".cl-say")).to_have_text(
        re.compile("reader, reader, writer, writer, reade")
    )
    rows = race.locator("[data-drops]")
    last, first = rows.last.bounding_box(), rows.first.bounding_box()
    page.mouse.move(last["x"] + last["width"] / 2, last["y"] + last["height"] / 2)
    page.mouse.down()
    page.mouse.move(first["x"] + first["width"] / 2, first["y"] + first["height"] / 2, steps=8)
    page.mouse.up()
    expect(race.locator(".cl-say")).to_have_text(re.compile("reader, reader, reader, writer, writ"))


def test_on_paper_there_are_pictures_and_tables_and_nothing_to_press(page, artifacts):
    printed = page.pdf(format="A4", path=artifacts / "every-view.pdf")
    assert printed.startswith(b"%PDF")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    pressed = page.locator("article").locator(PRESSED).filter(visible=True)
    assert [node.evaluate("(node) => node.outerHTML") for node in pressed.all()] == []
    for shown in page.locator(".cl-frame-view").all():
        assert shown.locator(".cl-rows td").last.is_visible()
        assert shown.locator(".cl-picture").bounding_box()["height"] < SHEET
    cut = page.locator(".cl-picture, .cachelab-figure").evaluate_all(
        "(nodes) => nodes.filter((node) => getComputedStyle(node).breakInside !== 'avoid').length"
    )
    assert cut == 0


def test_on_paper_nobody_is_asked_how_sure_he_is(page):
    asked = page.get_by_text("How sure are you?")
    expect(asked).to_be_visible()
    page.emulate_media(media="print")
    expect(asked).to_be_hidden()


def test_on_a_narrow_screen_all_of_a_report_can_be_scrolled_to(page):
    page.set_viewport_size({"width": 320, "height": 800})
    ends = page.locator(".cachelab-report").evaluate(
        """(report) => {
          for (const details of report.querySelectorAll("details")) details.open = true;
          const around = report.parentElement;
          around.scrollLeft = 10_000;
          const tables = [...report.querySelectorAll("table")].filter((one) => one.clientWidth);
          return tables.map((one) => one.getBoundingClientRect().right);
        }"""
    )
    assert len(ends) > 1
    assert max(ends) <= 320
