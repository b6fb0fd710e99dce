"""
The judge's report in JupyterLab: its buttons open the runs that failed, on the learner's own code.
"""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOTEBOOK = "report.ipynb"
# What stays of a view where nothing is alive is a picture of its own size.
STILL = """from IPython.display import SVG
SVG('<svg xmlns="http://www.w3.org/2000/svg" width="2000" height="40" viewBox="0 0 2000 40"/>')"""
CELLS = [
    f"from cachelab.grading import check\n{STILL}",
    """class LRUCache:
    def __init__(self, capacity):
        self.capacity, self.entries = capacity, {}
    def get(self, key, default=None):
        return self.entries.get(key, default)
    def put(self, key, value):
        self.entries[key] = value
    def delete(self, key):
        return self.entries.pop(key, None) is not None
    def hit_rate(self):
        return 0.5
    def __contains__(self, key):
        return key in self.entries
    def __len__(self):
        return len(self.entries)""",
    'check("ex07", LRUCache)',
]


@pytest.fixture(scope="module")
def judged(lab_page):
    lab_page.write(NOTEBOOK, CELLS)
    lab_page.open(NOTEBOOK)
    lab_page.run_all()
    expect(button(lab_page, "victim")).to_be_visible()
    yield lab_page
    lab_page.close()


def button(page, check):
    return page.notebook.get_by_role("button", name=f"Step through {check}", exact=True)


def opened(page):
    return page.notebook.locator(".cl-stepper")


def test_the_report_stands_above_its_buttons(judged):
    report = judged.notebook.locator(".cachelab-report").bounding_box()
    assert report["y"] + report["height"] <= button(judged, "victim").bounding_box()["y"]


def test_the_last_value_of_the_cell_stays_the_points(judged):
    [result, buttons] = judged.cells()[-1]["outputs"]
    assert sorted(result["data"]) == ["text/html", "text/plain"]
    assert float(result["data"]["text/plain"]) < 40
    assert (result["output_type"], buttons["output_type"]) == ("execute_result", "display_data")


def test_a_press_opens_the_run_and_it_steps(judged):
    button(judged, "victim").click()
    expect(opened(judged)).to_have_count(1)
    opened(judged).locator(".cl-next").click()
    expect(opened(judged).locator(".cl-count")).to_have_text(re.compile("^1 / "))


def test_the_keyboard_opens_another_run_in_its_place(judged):
    button(judged, "victim").click()
    expect(opened(judged)).to_have_count(1)
    expect(opened(judged)).not_to_contain_text("hit_rate")
    button(judged, "hit_rate").press("Enter")
    expect(opened(judged)).to_contain_text("hit_rate")
    expect(opened(judged)).to_have_count(1)


def test_beside_a_view_a_still_is_no_wider_than_its_pane(judged):
    button(judged, "victim").click()
    expect(opened(judged)).to_have_count(1)
    still = judged.notebook.locator(".jp-RenderedSVG > img")
    still.scroll_into_view_if_needed()
    room = still.evaluate("(node) => node.parentElement.clientWidth")
    assert 300 < still.bounding_box()["width"] <= room < 2_000


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_a_picture_is_kept_for_people_to_look_at(judged, artifacts, theme):
    button(judged, "hit_rate").click()
    expect(opened(judged)).to_contain_text("hit_rate")
    opened(judged).scroll_into_view_if_needed()
    with judged.in_theme(theme):
        file = artifacts / f"report-{theme.lower()}.png"
        judged.page.screenshot(path=file, animations="disabled")
        assert file.stat().st_size > 10_000


def test_the_page_had_no_error_of_its_own(judged):
    assert judged.crashes == []
