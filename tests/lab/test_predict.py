"""
A prediction is asked for, committed once and set beside the truth.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.lab.forms.form import WIDGET_VIEW
from cachelab.lab.forms.predict import Prediction, predict

from .forms_page import answer, keys_that_got_out, shown


def ratio() -> Prediction:
    return predict("Which hit ratio?", unit="hit ratio", low=0, high=1)


def victim() -> Prediction:
    return predict("Which key goes?", options=("a", "b", "none of them"))


def test_nothing_is_predicted_until_it_is_committed() -> None:
    assert ratio().answer is None
    assert repr(ratio().compare(0.43)) == "It is 0.43. (No prediction was made.)"


def test_a_number_stands_beside_the_truth() -> None:
    prediction = ratio()
    prediction.commit(0.6)
    assert prediction.answer == 0.6
    assert repr(prediction.compare(0.43)) == "You predicted 0.6; it is 0.43."


def test_an_option_stands_beside_the_truth() -> None:
    prediction = victim()
    prediction.commit("none of them")
    assert repr(prediction.compare("b")) == 'You predicted "none of them"; it is b.'


@pytest.mark.parametrize(
    ("predicted", "said"),
    [(0.45, "within 0.05"), (0.55, "within 0.05"), (0.6, "more than 0.05 away")],
)
def test_a_tolerance_says_how_near_a_number_came(predicted: float, said: str) -> None:
    prediction = ratio()
    prediction.commit(predicted)
    assert repr(prediction.compare(0.5, tolerance=0.05)).endswith(f"; it is 0.5, {said}.")


def test_a_truth_is_rounded_to_four_digits() -> None:
    assert repr(ratio().compare(3 / 7)).startswith("It is 0.4286.")
    assert repr(predict("How many?").compare(123456)).startswith("It is 123456.")


def test_a_truth_of_numpy_is_a_number() -> None:
    numpy = pytest.importorskip("numpy")
    assert repr(predict("How many?").compare(numpy.int64(7))).startswith("It is 7.")
    assert repr(ratio().compare(numpy.float32(0.5))).startswith("It is 0.5.")


def test_zero_is_a_prediction() -> None:
    prediction = ratio()
    prediction.commit(0)
    assert repr(prediction.compare(1)) == "You predicted 0; it is 1."


def test_a_commitment_is_final() -> None:
    prediction = victim()
    prediction.commit("a")
    with pytest.raises(ValueError, match="'a' is committed and cannot change"):
        prediction.commit("b")
    assert prediction.answer == "a"


@pytest.mark.parametrize("sure", [None, 50, 70, 90])
def test_how_sure_one_is_may_be_said_and_need_not(sure: int | None) -> None:
    prediction = victim()
    prediction.commit("a", sure=sure)
    assert (prediction.answer, prediction.sure) == ("a", sure)


def test_how_sure_is_one_of_three_steps() -> None:
    prediction = victim()
    with pytest.raises(ValueError, match="50, 70, 90 per cent sure, not 100"):
        prediction.commit("a", sure=100)
    assert (prediction.answer, prediction.sure) == (None, None)


@given(st.floats(allow_nan=False).filter(lambda number: not 0 <= number <= 1))
def test_a_number_outside_the_range_is_refused_by_name(number: float) -> None:
    prediction = ratio()
    with pytest.raises(ValueError, match=r"is not a (finite )?number") as refusal:
        prediction.commit(number)
    assert repr(number) in str(refusal.value)
    assert prediction.answer is None


@pytest.mark.parametrize("value", ["0.5", True, None, 1j])
def test_what_is_no_number_is_refused_by_name(value: object) -> None:
    with pytest.raises(TypeError, match="is not a number"):
        ratio().commit(value)  # type: ignore[arg-type]


def test_what_is_no_option_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'d' is not one of the options a, b, none of them"):
        victim().commit("d")
    with pytest.raises(ValueError, match="'d' is not one of the options"):
        victim().compare("d")


def test_a_tolerance_is_for_numbers_and_not_negative() -> None:
    for prediction, truth, tolerance in ((victim(), "a", 0.1), (ratio(), 0.5, -0.1)):
        with pytest.raises(ValueError, match=f"not {tolerance}"):
            prediction.compare(truth, tolerance=tolerance)


def test_a_question_that_cannot_be_asked_is_refused() -> None:
    with pytest.raises(ValueError, match="question must not be empty"):
        predict(" ")
    with pytest.raises(ValueError, match="at least 2 options, not 1"):
        predict("Which?", options=["a"])
    with pytest.raises(ValueError, match="option 'a' is there twice"):
        predict("Which?", options=["a", "b", "a"])
    with pytest.raises(TypeError, match="not the string 'ab'"):
        predict("Which?", options="ab")
    with pytest.raises(TypeError, match="an option must be a string, not 3"):
        predict("How many?", options=[3, 4])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="low must be below high"):
        predict("How many?", low=2, high=1)
    with pytest.raises(TypeError, match="unit, low and high are for numbers"):
        predict("Which?", options=["a", "b"], unit="ms")


def test_the_words_are_the_same_before_and_after_a_commitment() -> None:
    prediction = victim()
    before = prediction._repr_mimebundle_()[0]
    prediction.commit("b")
    after = prediction._repr_mimebundle_()[0]
    for kind in ("text/plain", "text/html"):
        assert before[kind] == after[kind] == victim()._repr_mimebundle_()[0][kind]


def test_a_page_without_a_kernel_shows_question_and_options() -> None:
    data, _ = predict("Is `a` < b?", options=("yes", "no & never"))._repr_mimebundle_()
    assert set(data) == {WIDGET_VIEW, "text/html", "text/plain"}
    assert "Is <code>a</code> &lt; b?" in data["text/html"]
    assert "<li>yes</li><li>no &amp; never</li>" in data["text/html"]
    assert data["text/plain"].splitlines() == [
        "Predict: Is `a` < b?",
        "- yes",
        "- no & never",
        "Run the cell to answer.",
    ]


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"low": 0, "high": 1}, "A number from 0 to 1."),
        ({"low": 0.5}, "A number, 0.5 or more."),
        ({"high": 9}, "A number, 9 or less."),
        ({"unit": "ms"}, "A number (ms)."),
    ],
)
def test_a_number_is_asked_for_with_its_range(limits: dict[str, float], said: str) -> None:
    assert said in repr(predict("How many?", **limits))  # type: ignore[arg-type]


def test_a_comparison_is_one_escaped_sentence() -> None:
    prediction = predict("Which?", options=("`a`<b", "c"))
    data = prediction.compare("`a`<b")._repr_mimebundle_()
    assert data["text/html"] == "<p>It is <code>a</code>&lt;b. (No prediction was made.)</p>"
    assert data["text/plain"] == "It is `a`<b. (No prediction was made.)"


@pytest.mark.browser
def test_an_option_is_committed_with_the_keyboard_and_then_locked() -> None:
    with shown(victim()) as page:
        commit = page.get_by_role("button", name="Commit")
        assert commit.is_disabled()
        page.get_by_label("a", exact=True).focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        assert answer(page) is None
        page.keyboard.press("Enter")
        assert answer(page) == "b"
        assert page.get_by_role("status").inner_text() == "You predicted b. Now run the next cell."
        assert all(radio.is_disabled() for radio in page.get_by_role("radio").all())
        assert not commit.is_visible()


@pytest.mark.browser
def test_how_sure_one_is_goes_with_the_answer() -> None:
    with shown(victim()) as page:
        page.get_by_label("b", exact=True).check()
        page.get_by_label("70 %").check()
        page.get_by_role("button", name="Commit").click()
        assert page.evaluate("() => [window.saved.answer, window.saved.sure]") == ["b", 70]
        told = page.get_by_role("status").inner_text()
        assert told == "You predicted b, 70 % sure. Now run the next cell."
        assert page.get_by_label("70 %").is_disabled()


@pytest.mark.browser
def test_who_says_nothing_about_it_commits_as_before() -> None:
    with shown(victim()) as page:
        page.get_by_label("b", exact=True).check()
        page.get_by_role("button", name="Commit").click()
        assert page.evaluate("() => [window.saved.answer, window.saved.sure]") == ["b", None]
        assert not page.get_by_text("How sure are you? (optional)").is_visible()


@pytest.mark.browser
def test_how_sure_one_is_can_be_taken_back() -> None:
    with shown(ratio()) as page:
        page.get_by_label("90 %").click()
        page.get_by_label("90 %").click()
        page.get_by_label("hit ratio").fill("0.5")
        page.get_by_label("hit ratio").press("Enter")
        assert page.evaluate("() => window.saved.sure") is None


@pytest.mark.browser
def test_a_number_outside_the_range_cannot_be_committed() -> None:
    with shown(ratio()) as page:
        field = page.get_by_label("hit ratio, from 0 to 1")
        field.fill("2")
        field.press("Enter")
        assert answer(page) is None
        assert page.get_by_text("2 is outside: type a number from 0 to 1.").is_visible()
        field.fill("0.6")
        field.press("Enter")
        assert answer(page) == 0.6
        assert field.is_disabled()


@pytest.mark.browser
def test_no_key_in_the_form_reaches_the_notebook_but_saving() -> None:
    with shown(victim()) as page:
        page.get_by_label("a", exact=True).focus()
        keys = ["b", "a", "d", "d", "z", "Shift+Enter", "Control+Enter", "Control+z", "ArrowDown"]
        assert keys_that_got_out(page, [*keys, "Control+s"]) == ["s"]
