"""
An explanation is written before the course's own is opened.
"""

import pytest

from cachelab.lab.forms.explain import explain
from cachelab.lab.forms.form import WIDGET_VIEW

from .forms_page import answer, keys_that_got_out, shown

WHY = ("Why did `b` go?", "It was used longest ago.\n\nAge plays no part: that is `FIFO`.")


def test_a_new_explanation_is_empty_and_closed() -> None:
    explanation = explain(*WHY)
    assert explanation.text == ""
    assert not explanation.opened


def test_a_page_without_a_kernel_folds_the_answer() -> None:
    data, _ = explain(*WHY)._repr_mimebundle_()
    assert set(data) == {WIDGET_VIEW, "text/html", "text/plain"}
    asked, folded = data["text/html"].split("<details>")
    assert "Why did <code>b</code> go?" in asked
    assert "longest ago" not in asked
    assert (
        "<p>It was used longest ago.</p><p>Age plays no part: that is <code>FIFO</code>.</p>"
        in folded
    )


def test_the_text_of_an_explanation_keeps_the_answer_to_itself() -> None:
    assert repr(explain(*WHY)).startswith("Explain: Why did `b` go?\n")
    assert "longest" not in repr(explain(*WHY))


def test_two_explanations_are_written_alike() -> None:
    first, second = (explain(*WHY)._repr_mimebundle_()[0] for _ in range(2))
    assert first["text/html"] == second["text/html"]
    assert first["text/plain"] == second["text/plain"]


def test_html_in_a_text_is_text() -> None:
    html = explain("Is <b>it</b> & why?", "<script>")._repr_mimebundle_()[0]["text/html"]
    assert "Is &lt;b&gt;it&lt;/b&gt; &amp; why?" in html
    assert "&lt;script&gt;" in html


def test_line_breaks_of_the_source_are_not_the_readers() -> None:
    assert repr(explain("Why did\n    it go?", "Age.")).startswith("Explain: Why did it go?\n")


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(ValueError, match="prompt must not be empty"):
        explain("", "Age.")
    with pytest.raises(ValueError, match="answer must not be empty"):
        explain("Why?", " \n ")
    with pytest.raises(TypeError, match="answer must be a string, not None"):
        explain("Why?", None)  # type: ignore[arg-type]


@pytest.mark.browser
def test_the_answer_opens_after_fifteen_characters() -> None:
    with shown(explain(*WHY)) as page:
        field, button = page.get_by_label("Your explanation"), page.get_by_role("button")
        assert page.get_by_text("Write at least 15 characters first.").is_visible()
        field.press_sequentially("12345678901234")
        assert button.is_disabled()
        assert page.get_by_text("(14 so far)").is_visible()
        field.press_sequentially("5")
        assert page.get_by_text("It was used longest ago.").count() == 0
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.get_by_text("It was used longest ago.").is_visible()
        assert answer(page) == "123456789012345"


@pytest.mark.browser
def test_spaces_are_no_explanation() -> None:
    with shown(explain(*WHY)) as page:
        page.get_by_label("Your explanation").press_sequentially(" " * 20)
        assert page.get_by_role("button").is_disabled()


@pytest.mark.browser
def test_what_is_typed_never_reaches_the_notebook() -> None:
    with shown(explain(*WHY)) as page:
        field = page.get_by_label("Your explanation")
        field.focus()
        assert keys_that_got_out(page, ["b", "d", "d", "Shift+Enter", "Enter"]) == []
        assert field.input_value() == "bdd\n"
