"""
The style guide's rules that a program can check, on the text sources of lessons and exercises.
"""

import ast
import builtins
import re
import symtable
from pathlib import Path

import pytest

from cachelab.authoring.course import Course
from cachelab.authoring.source import read_source

COURSE = Course(Path(__file__).parents[2])
EVERY = COURSE.lessons()
LESSONS = [lesson for lesson in EVERY if lesson.release is None]
EXERCISES = [lesson for lesson in EVERY if lesson.release is not None]
FULL = [lesson for lesson in LESSONS if lesson.number != "00"]
CAPSTONE = "16"
"""It teaches nothing new: a brief, a form to fill in, a report. So it is shorter than a lesson."""

TAUGHT = [lesson for lesson in FULL if lesson.number != CAPSTONE]
EMOJI = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")

in_every_source = pytest.mark.parametrize("lesson", EVERY, ids=lambda lesson: lesson.name)
in_every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
in_every_full_lesson = pytest.mark.parametrize("lesson", FULL, ids=lambda lesson: lesson.name)
in_every_taught_lesson = pytest.mark.parametrize("lesson", TAUGHT, ids=lambda lesson: lesson.name)
in_every_exercise = pytest.mark.parametrize("lesson", EXERCISES, ids=lambda lesson: lesson.name)


def cells_of(lesson, kind=None):
    cells = read_source(lesson.source, lesson.number).notebook.cells
    return [cell for cell in cells if kind in (None, cell.cell_type)]


def words(cell):
    """The words of a text cell's prose: no mark-up, no code, no table."""
    text = re.sub(r"```.*?```|<[^>]+>|\]\([^)]*\)", " ", cell.source, flags=re.DOTALL)
    text = re.sub(r"^\|.*$", " ", text, flags=re.MULTILINE)
    return [word for word in text.split() if re.search(r"\w", word)]


def asked(cell):
    """The words of the questions and answers that a code cell puts to the learner."""
    texts = [
        part.value
        for name, call in calls(cell)
        if name in ("predict", "explain", "quiz")
        for part in ast.walk(call)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    return " ".join(texts).split()


def lines(cell):
    return [line for line in cell.source.splitlines() if line.strip()]


def tree(cell):
    return ast.parse(cell.source)


def calls(cell):
    """Every call in a code cell: the last part of the name that is called, and the call."""
    for node in ast.walk(tree(cell)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
            yield name, node


def is_live(cell):
    return "live" in cell.metadata.get("tags", [])


def test_there_are_lessons_and_exercises():
    assert LESSONS
    assert EXERCISES


@in_every_source
def test_the_title_is_a_question_and_the_first_cell_says_how_long_it_takes(lesson):
    title = cells_of(lesson)[0].source
    assert re.match(r"# .+\?(\n|$)", title)
    assert re.search(r"\d+ minutes", title)


@in_every_source
def test_a_text_cell_has_at_most_90_words(lesson):
    long = {cell.id: len(words(cell)) for cell in cells_of(lesson, "markdown")}
    assert {name: count for name, count in long.items() if count > 90} == {}


@in_every_lesson
def test_a_code_cell_has_at_most_15_lines(lesson):
    shown = [c for c in cells_of(lesson, "code") if not c.metadata.get("nbgrader")]  # no form
    long = {cell.id: len(lines(cell)) for cell in shown}
    assert {name: count for name, count in long.items() if count > 15} == {}


@in_every_taught_lesson
def test_a_lesson_has_45_to_70_cells(lesson):
    assert 45 <= len(cells_of(lesson)) <= 70


def all_words(lesson):
    prose = sum(len(words(cell)) for cell in cells_of(lesson, "markdown"))
    return prose + sum(len(asked(cell)) for cell in cells_of(lesson, "code"))


@in_every_taught_lesson
def test_a_lesson_has_1800_to_3000_words(lesson):
    assert 1800 <= all_words(lesson) <= 3000


@pytest.mark.parametrize("lesson", [one for one in FULL if one.number == CAPSTONE])
def test_the_capstone_has_30_to_60_cells_and_900_to_2000_words(lesson):
    assert 30 <= len(cells_of(lesson)) <= 60
    assert 900 <= all_words(lesson) <= 2000


@in_every_source
def test_prose_has_no_belittling_words_and_headings_no_emoji(lesson):
    for cell in cells_of(lesson, "markdown"):
        assert not re.search(r"\b(simply|just|obviously)\b", cell.source, re.IGNORECASE), cell.id
        headings = [line for line in cell.source.splitlines() if line.startswith("#")]
        assert not EMOJI.search(" ".join(headings)), cell.id


@in_every_source
def test_a_code_cell_is_plain_python_without_magics(lesson):
    for cell in cells_of(lesson, "code"):
        tree(cell)  # a line that begins with ! or % is a syntax error


@in_every_source
def test_a_live_cell_ends_in_an_assertion(lesson):
    live = [cell for cell in cells_of(lesson, "code") if is_live(cell)]
    assert [cell.id for cell in live if not isinstance(tree(cell).body[-1], ast.Assert)] == []


@in_every_source
def test_no_cell_sleeps_long(lesson):
    for cell in cells_of(lesson, "code"):
        for name, call in calls(cell):
            if name == "sleep" and call.args and isinstance(call.args[0], ast.Constant):
                assert call.args[0].value <= 0.2, cell.id


@in_every_source
def test_every_figure_is_shown_with_a_text_for_those_who_do_not_see_it(lesson):
    for cell in cells_of(lesson, "code"):
        shown = [call for name, call in calls(cell) if name == "show"]
        for call in shown:
            alt = [keyword.value for keyword in call.keywords if keyword.arg == "alt"]
            assert alt, cell.id
            assert getattr(alt[0], "value", "a computed text"), cell.id
        drawn = {"figure", "subplots", "hit_ratio_chart"} & {name for name, _ in calls(cell)}
        assert not drawn or shown, cell.id


@in_every_exercise
def test_a_graded_cell_is_one_line(lesson):
    graded = [
        cell for cell in cells_of(lesson, "code") if cell.metadata.get("nbgrader", {}).get("grade")
    ]
    assert [len(lines(cell)) for cell in graded] == [1] * len(graded) != []


@in_every_exercise
def test_the_contract_stands_as_a_table_before_the_answer(lesson):
    cells = cells_of(lesson)
    answer = next(
        place
        for place, cell in enumerate(cells)
        if cell.metadata.get("nbgrader", {}).get("solution")
    )
    assert any(re.search(r"^\|[ :-]+\|", cell.source, re.MULTILINE) for cell in cells[:answer])


@in_every_exercise
def test_an_exercise_has_a_ladder_of_three_hints(lesson):
    text = "\n".join(cell.source for cell in cells_of(lesson, "markdown"))
    assert re.findall(r"<summary>Hint (\d)", text) == ["1", "2", "3"]


def names_of(cell):
    """The names that a code cell binds, and those it takes from elsewhere."""
    bound, taken, tables = set(), set(), [symtable.symtable(cell.source, "cell", "exec")]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            here = table.get_type() == "module"
            if here and (symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()):
                bound.add(symbol.get_name())
            elif symbol.is_referenced() and (here or symbol.is_global()):
                taken.add(symbol.get_name())
    return bound, taken


@in_every_full_lesson
def test_each_part_of_a_lesson_runs_from_its_own_heading_after_a_restart(lesson):
    missing, heading, bound, taken = [], "the top", set(dir(builtins)), set()
    for cell in [*cells_of(lesson), None]:
        if cell is None or (cell.cell_type == "markdown" and cell.source.startswith("## ")):
            missing += [f"{heading}: {name}" for name in sorted(taken - bound)]
            heading, bound, taken = cell and cell.source.splitlines()[0], set(dir(builtins)), set()
        elif cell.cell_type == "code":
            binds, takes = names_of(cell)
            bound, taken = bound | binds, taken | takes
    assert missing == []


@in_every_lesson
def test_what_a_prediction_is_compared_with_is_shown(lesson):
    """A value is shown as the last of its cell, or printed."""
    lost = [
        ast.unparse(node)
        for cell in cells_of(lesson, "code")
        for node in ast.walk(tree(cell))
        if isinstance(node, ast.Expr) and node.end_lineno != tree(cell).body[-1].end_lineno
        if getattr(getattr(node.value, "func", None), "attr", None) == "compare"
    ]
    assert lost == []
