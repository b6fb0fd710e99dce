"""What a learner answers is kept on this machine, and reported by lesson."""

import json

import pytest

from cachelab.lab import calibration, predict, quiz
from cachelab.lab.forms import headings
from cachelab.lab.forms.answers import Entry, answers_file, asking_cell, entries, keep
from cachelab.lab.forms.headings import find_heading, lesson_title

REPLIES = {"FIFO": "It is not.", "LRU": "It is.", "LFU": "It counts."}
ASIDE = "04-who-asks-the-database-03"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CACHELAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def notebook(monkeypatch):
    """The forms of this test are asked in a cell of lesson 04."""
    for module in ("predict", "quiz"):
        monkeypatch.setattr(f"cachelab.lab.forms.{module}.asking_cell", lambda: ASIDE)


def ratio(question="Which hit ratio?"):
    return predict(question, unit="hit ratio", low=0, high=1)


def guessed(answer, truth, question="Which hit ratio?", tolerance=None, cell=ASIDE, sure=None):
    keep(Entry("predict", question, cell, answer=answer, sure=sure))
    keep(Entry("predict", question, cell, truth=truth, tolerance=tolerance))


def test_without_answers_there_is_one_sentence():
    assert str(calibration()) == (
        "No answers are kept yet: predict something in a lesson, and ask again."
    )


def test_where_no_log_is_kept_the_report_says_so(notebook, monkeypatch):
    monkeypatch.setenv("CACHELAB_HOME", "")
    ratio().commit(0.5)
    assert answers_file() is None
    assert str(calibration()).startswith("No answers are kept, since CACHELAB_HOME is empty")


def test_outside_a_notebook_nothing_is_kept(home):
    prediction = ratio()
    prediction.commit(0.5)
    prediction.compare(0.6)
    quiz("Which?", REPLIES, right="LRU").form.answer = ["FIFO"]
    assert asking_cell() is None
    assert not home.exists()


def test_an_answer_is_kept_the_moment_it_is_committed(notebook):
    ratio().commit(0.5)
    [entry] = entries()
    assert (entry.kind, entry.cell, entry.answer, entry.truth) == ("predict", ASIDE, 0.5, None)
    assert str(calibration()).startswith("No truth was shown yet for your 1 predictions")


def test_a_prediction_learns_its_truth_when_it_is_compared(notebook):
    prediction = ratio()
    prediction.commit(0.45)
    prediction.compare(0.5, tolerance=0.05)
    [one] = calibration().answered
    assert (one.entry.answer, one.entry.truth, one.is_right) == (0.45, 0.5, True)


def test_how_sure_one_was_stands_beside_how_often_that_was_right():
    for number in range(12):
        guessed("a", "a" if number < 9 else "b", question=f"Sure {number}?", sure=90)
    guessed("a", "b", question="Unsure?", sure=50)
    guessed("a", "b", question="Silent?")
    assert [(one.sure, one.right, one.count) for one in calibration().stated] == [
        (50, 0, 1),
        (90, 9, 12),
    ]
    said = str(calibration())
    assert "Where you said 50 % you were right 0 of 1 times, 0 %, few to go by." in said
    assert "Where you said 90 % you were right 9 of 12 times, 75 %." in said


def test_how_sure_one_is_is_kept_with_the_answer(notebook):
    ratio().commit(0.5, sure=70)
    assert [entry.sure for entry in entries()] == [70]


def test_a_report_on_answers_without_it_is_as_it_was():
    guessed("a", "a")
    assert calibration().stated == ()
    assert "Where you said" not in str(calibration())


def test_a_log_of_an_older_version_is_read(home):
    guessed("a", "a", sure=70)
    path = home / "answers.jsonl"
    older = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for entry in older:
        del entry["sure"]
    path.write_text("".join(f"{json.dumps(entry)}\n" for entry in older), "utf-8")
    assert [one.entry.sure for one in calibration().answered] == [None]


def test_who_predicted_nothing_is_not_judged(notebook):
    ratio().compare(0.5)
    assert calibration().answered == ()


def test_the_first_answer_counts(notebook):
    for answer in (0.9, 0.5):
        prediction = ratio()
        prediction.commit(answer)
        prediction.compare(0.5)
    [one] = calibration().answered
    assert one.entry.answer == 0.9


def test_a_quiz_counts_at_the_first_try(notebook):
    form = quiz("Which?", REPLIES, right="LRU").form
    form.answer = ["FIFO"]
    form.answer = ["FIFO", "LRU"]
    assert len(entries()) == 2
    [one] = calibration().answered
    assert not one.is_right


@pytest.mark.parametrize(
    ("answer", "truth", "tolerance", "is_right"),
    [
        (0.5, 0.44, None, True),
        (0.5, 0.39, None, False),
        (0.45, 0.5, 0.05, True),
        (0.44, 0.5, 0.05, False),
        (0, 0, None, True),
        (1, 0, None, False),
        ("b", "b", None, True),
        ("a", "b", None, False),
    ],
)
def test_a_number_is_right_within_its_tolerance_or_a_quarter(answer, truth, tolerance, is_right):
    guessed(answer, truth, tolerance=tolerance)
    [one] = calibration().answered
    assert one.is_right is is_right


def test_numbers_too_large_and_too_small_are_told_apart():
    for number, answer in enumerate((2, 4, 0.5)):
        guessed(answer, 1, question=f"Question {number}?")
    text = str(calibration())
    assert "Of 3 predicted numbers, 2 were too large and 1 too small" in text
    assert "in the median they are off by a factor of 2." in text
    assert "2 x the truth" in text


def test_a_ratio_needs_two_numbers_other_than_zero():
    guessed(0, 3, question="Zero?")
    guessed(3, 0, question="None?")
    guessed(-1, 3, question="Below?")
    assert calibration().factor is None


def test_answers_are_told_by_lesson():
    guessed("a", "a", cell="04-x-01")
    guessed("a", "b", question="Other?", cell="05-x-01")
    keep(Entry("quiz", "Which?", "05-x-02", answer="LRU", truth="LRU"))
    rows = calibration().rows
    assert [(row.lesson, len(row.predictions), len(row.quizzes)) for row in rows] == [
        ("04", 1, 0),
        ("05", 1, 1),
    ]
    assert calibration().sentences()[0] == "You were right 2 of 3 times."


@pytest.mark.parametrize(
    ("cell", "lesson"),
    [
        ("04-who-asks-03", "04"),
        ("vscode-notebook-cell:/home/ada/notebooks/12_rings.ipynb#W1", "12"),
        ("notebooks/07_lru_from_scratch.ipynb", "07"),
        ("1f6c-mine", ""),
    ],
)
def test_a_cell_tells_its_lesson(cell, lesson):
    assert Entry("quiz", "Which?", cell).lesson == lesson


def test_a_damaged_log_is_read_as_far_as_it_goes(home):
    guessed(0.5, 0.5)
    odd = ["{", "[]", '{"kind": 1}', '{"kind": "quiz", "question": "q", "answer": [1]}']
    odd += ['{"kind": "quiz", "question": "q", "answer": Infinity}', '{"other": 2}']
    with (home / "answers.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n".join(odd))
    assert len(calibration().answered) == 1


def test_a_folder_that_cannot_be_written_does_no_harm(notebook, home, monkeypatch):
    home.write_text("a file")
    monkeypatch.setenv("CACHELAB_HOME", str(home / "below"))
    ratio().commit(0.5)
    assert calibration().answered == ()


@pytest.fixture
def lessons(tmp_path, monkeypatch):
    """A folder with a lesson of two sections, in which the learner is."""
    cells = [
        {"id": "04-start-01", "cell_type": "markdown", "source": ["# Who `loads`?\n", "\n", "So."]},
        {"id": "04-start-02", "cell_type": "code", "source": "# not a heading"},
        {"id": "04-a-01", "cell_type": "markdown", "source": "## What if it is down?"},
        {"id": ASIDE, "cell_type": "code", "source": "predict(...)"},
    ]
    path = tmp_path / "04_aside.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    headings._cells.cache_clear()
    return path


def test_a_wrong_answer_links_to_its_section(lessons):
    guessed("a", "b")
    guessed("a", "a", question="Right?", cell="04-start-02")
    report = calibration()
    assert [one.link for one in report.revisit] == ["04_aside.ipynb#What-if-it-is-down%3F"]
    html = report._repr_mimebundle_()["text/html"]
    assert '<a href="04_aside.ipynb#What-if-it-is-down%3F">What if it is down?</a>' in html
    assert "- What if it is down? (04_aside.ipynb)" in str(report)


def test_the_section_with_most_wrong_answers_comes_first(lessons):
    guessed("a", "b", question="One?", cell="04-start-02")
    for number in range(2):
        guessed("a", "b", question=f"Two {number}?")
    assert [one.text for one in calibration().revisit] == ["What if it is down?", "Who `loads`?"]


def test_a_cell_of_ones_own_is_in_no_section():
    assert find_heading("mine", "") is None
    assert lesson_title("") == "elsewhere"
    assert lesson_title("77") == "lesson 77"


def test_the_lessons_of_the_course_are_found_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert lesson_title("00") == "00 What is a cache, and does yours run?"


def test_the_table_is_escaped(lessons):
    guessed("<b>", "b", question="<i>?", cell="x")
    html = calibration()._repr_mimebundle_()["text/html"]
    assert "<b>" not in html
    assert html.count("<table>") == 1


def test_a_link_is_to_the_heading_as_it_is_read():
    heading = headings.Heading("Why `set` and not `add`", "04_aside.ipynb")
    assert heading.link == "04_aside.ipynb#Why-set-and-not-add"


@pytest.mark.slow
def test_a_kernel_tells_which_cell_asks(home, monkeypatch, tmp_path):
    from jupyter_client.manager import start_new_kernel

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    code = "from cachelab.lab import predict\np = predict('How many?')\np.commit(3)\np.compare(4)"
    manager, client = start_new_kernel()
    try:
        content = {"code": code, "silent": False, "store_history": False}
        request = client.session.msg("execute_request", content, metadata={"cellId": ASIDE})
        client.shell_channel.send(request)
        while (reply := client.get_shell_msg(timeout=60))["msg_type"] != "execute_reply":
            pass
        assert reply["content"]["status"] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    [one] = calibration().answered
    assert (one.entry.cell, one.entry.answer, one.entry.truth) == (ASIDE, 3, 4)
