"""
A quiz replies to every option, and has exactly one that is right.
"""

import pytest

from cachelab.lab.forms.form import HERE, SHRINK, WIDGET_VIEW
from cachelab.lab.forms.quiz import Quiz, quiz

from .forms_page import answer, keys_that_got_out, shown

REPLIES = {
    "the oldest": "That is `FIFO`.",
    "the least used": "That is LFU.",
    "the one unused longest": "Recency is all that LRU looks at.",
}


def victim() -> Quiz:
    return quiz("Which key does `LRU` evict?", REPLIES, right="the one unused longest")


def test_options_keep_their_order() -> None:
    assert [line for line in repr(victim()).splitlines() if line.startswith("- ")] == [
        f"- {option}" for option in REPLIES
    ]


def test_nothing_is_tried_at_first() -> None:
    assert victim().tried == ()
    assert victim().right == "the one unused longest"


def test_the_text_of_a_quiz_does_not_tell_which_is_right() -> None:
    assert "Recency" not in repr(victim())
    assert "Right" not in repr(victim())


def test_a_page_without_a_kernel_folds_the_replies() -> None:
    data, _ = victim()._repr_mimebundle_()
    assert set(data) == {WIDGET_VIEW, "text/html", "text/plain"}
    asked, folded = data["text/html"].split("<details>")
    assert "<li>the oldest</li>" in asked
    assert "FIFO" not in asked
    assert "<strong>the oldest</strong>: Wrong. That is <code>FIFO</code>." in folded
    assert "<strong>the one unused longest</strong>: Right. Recency" in folded


def test_a_saved_form_lets_the_pictures_of_its_notebook_shrink_as_a_view_does() -> None:
    data, _ = victim()._repr_mimebundle_()
    rule = SHRINK.removeprefix("<style>").removesuffix("</style>")
    sheets = [(HERE / "forms.css"), HERE.parent / "widgets" / "card.css"]
    assert [rule in sheet.read_text("utf-8") for sheet in sheets] == [True, True]
    assert SHRINK in data["text/html"]


def test_two_quizzes_are_written_alike() -> None:
    first, second = (victim()._repr_mimebundle_()[0] for _ in range(2))
    assert first["text/html"] == second["text/html"]


def test_a_quiz_without_its_right_option_is_refused() -> None:
    with pytest.raises(ValueError, match="not 'the newest'"):
        quiz("Which?", REPLIES, right="the newest")


def test_two_options_are_too_few() -> None:
    with pytest.raises(ValueError, match="at least 3 options, not 2"):
        quiz("Which?", {"a": "No.", "b": "Yes."}, right="b")


def test_an_option_without_a_reply_is_refused() -> None:
    with pytest.raises(ValueError, match="the reply to 'a' must not be empty"):
        quiz("Which?", {"a": " ", "b": "Yes.", "c": "No."}, right="b")


def test_options_without_replies_are_refused() -> None:
    with pytest.raises(TypeError, match="must map each option to its reply"):
        quiz("Which?", ["a", "b", "c"], right="b")  # type: ignore[arg-type]


@pytest.mark.browser
def test_each_option_has_its_own_reply_and_can_be_tried_in_turn() -> None:
    with shown(victim()) as page:
        check = page.get_by_role("button", name="Check")
        assert check.is_disabled()
        page.get_by_label("the oldest").check()
        check.click()
        assert page.locator(".clf-wrong .clf-reply").inner_text() == "Wrong. That is FIFO."
        assert check.is_disabled()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        assert page.locator(".clf-right .clf-reply").inner_text().startswith("Right. Recency")
        assert answer(page) == ["the oldest", "the one unused longest"]


@pytest.mark.browser
def test_choosing_alone_reveals_nothing() -> None:
    with shown(victim()) as page:
        page.get_by_label("the one unused longest").check()
        assert page.locator(".clf-reply:not(:empty)").count() == 0
        assert answer(page) == []


@pytest.mark.browser
def test_escape_hands_the_keyboard_back_to_the_cell() -> None:
    with shown(victim()) as page:
        page.get_by_label("the oldest").focus()
        assert keys_that_got_out(page, ["b", "Escape"]) == []
        assert keys_that_got_out(page, ["b"]) == ["b"]
