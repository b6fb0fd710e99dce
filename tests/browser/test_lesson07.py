"""
Lesson 07 as a learner meets it: JupyterLab, every cell run, the stepper under mouse and keys.
"""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = "07_lru_from_scratch.ipynb"
PICTURE = """(stage) => [...stage.querySelectorAll(".cl-key[data-key]")]
  .map((box) => [box.dataset.key, box.style.transform])"""


@pytest.fixture(scope="module")
def saved(lab_page):
    """What the lesson's outputs say as it opens, before anything runs."""
    lab_page.open(LESSON)
    yield lab_page.notebook.locator(".jp-OutputArea-output").all_inner_texts()
    lab_page.close()


@pytest.fixture(scope="module")
def lesson(lab_page, saved):
    """The lesson with all of its cells run."""
    lab_page.run_all()
    return lab_page


@pytest.fixture(scope="module")
def drawn(lesson):
    """The first stepper of the lesson; when there is none, that is waited for once."""
    found = lesson.notebook.locator(".cl-stepper").first
    found.scroll_into_view_if_needed()
    return found


@pytest.fixture
def stepper(lesson, drawn):
    """The first stepper of the lesson, at its first step."""
    drawn.focus()
    lesson.page.keyboard.press("Home")
    expect(drawn.locator(".cl-slider")).to_have_value("0")
    return drawn


def picture(stepper):
    return stepper.locator(".cl-stage").evaluate(PICTURE)


def pixels(stepper):
    return stepper.locator(".cl-stage").screenshot(animations="disabled")


def outputs(lesson):
    """Every output of a cell that does not announce an error."""
    for cell in lesson.cells():
        if cell["cell_type"] == "code" and "raises-exception" not in cell["metadata"].get(
            "tags", []
        ):
            yield from cell["outputs"]


def test_the_saved_lesson_shows_each_stepper_s_run_before_anything_is_run(saved):
    # As text: JupyterLab draws no picture of a notebook that it does not know to be ours.
    assert any(text.startswith("EvictionStepper(LRU, capacity 3") for text in saved)
    assert not any("widget" in text.lower() for text in saved)


def test_every_cell_runs_without_an_error(lesson):
    assert [out["evalue"] for out in outputs(lesson) if out["output_type"] == "error"] == []


def test_no_cell_warns(lesson):
    assert [out["text"] for out in outputs(lesson) if out.get("name") == "stderr"] == []


def test_the_next_button_changes_picture_and_text(stepper):
    boxes, image = picture(stepper), pixels(stepper)
    said = stepper.locator(".cl-say").inner_text()
    stepper.locator(".cl-next").click()
    expect(stepper.locator(".cl-slider")).to_have_value("1")
    expect(stepper.locator(".cl-say")).not_to_have_text(said)
    assert picture(stepper) != boxes
    assert pixels(stepper) != image


def test_the_back_button_undoes_the_step(stepper):
    boxes, said = picture(stepper), stepper.locator(".cl-say").inner_text()
    stepper.locator(".cl-next").click()
    expect(stepper.locator(".cl-slider")).to_have_value("1")
    stepper.locator(".cl-back").click()
    expect(stepper.locator(".cl-slider")).to_have_value("0")
    expect(stepper.locator(".cl-say")).to_have_text(said)
    assert picture(stepper) == boxes


def test_the_arrow_keys_step_and_end_goes_to_the_end(lesson, stepper):
    slider = stepper.locator(".cl-slider")
    lesson.page.keyboard.press("ArrowRight")
    lesson.page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("2")
    lesson.page.keyboard.press("ArrowLeft")
    expect(slider).to_have_value("1")
    lesson.page.keyboard.press("End")
    expect(slider).to_have_value(slider.get_attribute("max"))


def test_the_slider_moves_with_the_keys_when_it_has_the_focus(lesson, stepper):
    slider = stepper.locator(".cl-slider")
    slider.focus()
    lesson.page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("1")


def test_the_slider_follows_the_mouse(stepper):
    slider = stepper.locator(".cl-slider")
    box = slider.bounding_box()
    slider.click(position={"x": box["width"] - 4, "y": box["height"] / 2})
    expect(slider).to_have_value(slider.get_attribute("max"))


def test_each_step_is_announced_to_a_screen_reader(stepper):
    assert stepper.locator(".cl-say").get_attribute("aria-live") == "polite"
    assert stepper.locator(".cl-say").inner_text().strip()


def test_the_notebook_s_shortcuts_do_nothing_while_the_stepper_has_the_focus(lesson, stepper):
    before = len(lesson.cells())
    for key in ("b", "a", "x"):
        lesson.page.keyboard.press(key)
    lesson.page.keyboard.press("ArrowRight")
    expect(stepper.locator(".cl-slider")).to_have_value("1")
    assert len(lesson.cells()) == before


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_a_picture_is_kept_for_people_to_look_at(lesson, stepper, artifacts, theme):
    with lesson.in_theme(theme):
        stepper.locator(".cl-next").click()
        file = artifacts / f"lesson07-{theme.lower()}.png"
        lesson.page.screenshot(path=file, animations="disabled")
        assert file.stat().st_size > 10_000


def test_the_page_had_no_error_of_its_own(lesson):
    assert lesson.crashes == []
