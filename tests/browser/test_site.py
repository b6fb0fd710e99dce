"""The course as a static site: views and forms work without a kernel and an outside request."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from cachelab.cli import main

from .static_site import closed_page, fetch_axe, served, violations

ROOT = Path(__file__).parents[2]
LESSON = "notebooks/00_start_here.html"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = "from cachelab.cli import main; main()"
    asked = [sys.executable, "-c", command, "site", "--to", str(folder), "00", "ex08"]
    subprocess.run(asked, cwd=ROOT, check=True)
    with served(folder) as found:
        yield found


@pytest.fixture
def lesson(address, chromium):
    """Lesson 00, alive; whatever a test does in it, nobody else is asked and nothing breaks."""
    with closed_page(chromium, address) as page:
        page.goto(address + LESSON)
        expect(page.locator(".cachelab-island[data-alive]")).to_have_count(4)
        yield page
        assert (page.outside, page.errors) == ([], [])


def stepper(page):
    return page.locator(".cachelab-island").nth(2)


def test_a_click_steps(lesson):
    stepper(lesson).get_by_role("button", name="Next").click()
    expect(stepper(lesson)).to_contain_text("1 / 9")


def test_a_key_steps(lesson):
    stepper(lesson).get_by_role("button", name="Next").focus()
    lesson.keyboard.press("ArrowRight")
    lesson.keyboard.press("ArrowRight")
    expect(stepper(lesson)).to_contain_text("2 / 9")


def test_play_goes_to_the_end_by_itself(lesson):
    stepper(lesson).get_by_role("button", name="Play").click()
    expect(stepper(lesson)).to_contain_text("9 / 9", timeout=30_000)


def test_a_form_commits(lesson):
    form = lesson.locator(".cachelab-island form").first
    form.get_by_role("spinbutton").fill("0.4")
    form.get_by_role("button", name="Commit").click()
    expect(form.locator(".clf-done")).to_contain_text("0.4")


def test_the_code_that_holds_an_answer_is_folded_as_in_jupyterlab(lesson):
    answer = lesson.locator(".cell_input").get_by_text("The ten most popular of 100 objects")
    expect(answer).to_be_hidden()
    lesson.get_by_text("The cell's code").first.click()
    expect(answer).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["index.html", LESSON, "exercises/ex08_lfu/ex08_lfu.html"])
def test_every_kind_of_page_asks_nobody_else(path, theme, address, chromium, artifacts):
    with closed_page(chromium, address, theme) as page:
        page.goto(address + path, wait_until="networkidle")
        page.screenshot(path=artifacts / f"site-{Path(path).stem}-{theme}.png", full_page=True)
        assert (page.outside, page.errors) == ([], [])


def test_a_lesson_is_listed_by_the_number_that_others_call_it_by(address, chromium):
    with closed_page(chromium, address) as page:
        page.goto(address + "index.html")
        listed = page.locator("article").get_by_role("link", name="00 What is a cache")
        expect(listed).to_have_attribute("href", LESSON)


def test_every_picture_has_words(lesson):
    assert lesson.locator("article img:not([alt]), article img[alt='']").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_accessibility_engine_finds_nothing_serious(theme, address, chromium, tmp_path):
    axe = fetch_axe(tmp_path)
    with closed_page(chromium, address, theme) as page:
        page.goto(address + LESSON)
        expect(page.locator(".cachelab-island[data-alive]")).to_have_count(4)
        assert violations(page, axe) == []


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", "utf-8")
    done = CliRunner().invoke(main, ["site", "--to", str(tmp_path), "00"])
    assert (done.exit_code, [path.name for path in tmp_path.iterdir()]) == (2, ["thesis.txt"])
