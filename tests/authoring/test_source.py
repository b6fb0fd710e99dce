from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.authoring.course import BuildError
from cachelab.authoring.ids import VALID, slug
from cachelab.authoring.source import read_source


@pytest.fixture
def read(tmp_path):
    def read(text, number="07"):
        path = tmp_path / "07_sample.py"
        path.write_text(dedent(text).lstrip(), encoding="utf-8")
        return read_source(path, number)

    return read


def only_cell(source):
    (cell,) = source.notebook.cells
    return cell


def test_a_title_that_ends_in_a_question_mark_stays_a_title(read):
    cell = only_cell(read("# %% [markdown]\n# # Who must go?\n#\n# Read on.\n"))
    assert cell.source == "# Who must go?\n\nRead on."


def test_code_is_taken_over_as_it_stands(read):
    cell = only_cell(read("# %%\nx = 1\n\n\ndef f():\n    return x\n"))
    assert (cell.cell_type, cell.source) == ("code", "x = 1\n\n\ndef f():\n    return x")
    assert cell.metadata == {}


def test_a_live_cell_is_not_compared_by_nbval(read):
    cell = only_cell(read('# %% tags=["live"]\n1\n'))
    assert cell.metadata == {"tags": ["live", "nbval-ignore-output"]}


def test_other_metadata_pass_through(read):
    assert only_cell(read("# %% hide_input=true\n1\n")).metadata == {"hide_input": True}


@pytest.mark.parametrize(
    ("marker", "grade", "solution", "locked", "points"),
    [
        ('# %% solution="a"', False, True, False, None),
        ('# %% graded="a" points=40', True, False, True, 40),
        ('# %% locked="a"', False, False, True, None),
        ('# %% [markdown] essay="a" points=2.5', True, True, False, 2.5),
    ],
)
def test_a_shorthand_becomes_nbgrader_metadata(read, marker, grade, solution, locked, points):
    expected = {"schema_version": 3, "grade_id": "a", "task": False}
    expected |= {"grade": grade, "solution": solution, "locked": locked}
    expected |= {} if points is None else {"points": points}
    assert only_cell(read(f"{marker}\n# text\n")).metadata["nbgrader"] == expected


def test_a_graded_cell_may_raise_in_the_exercise(read):
    cell = only_cell(read('# %% graded="a" points=4\n1\n'))
    assert cell.metadata["tags"] == ["raises-exception"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('# %% graded="a"\n1\n', "line 1: graded='a' needs points"),
        ('# %% solution="a" points=3\n1\n', "has no points"),
        ('# %% [markdown] solution="a"\n# a\n', "is for code cells"),
        ('# %% essay="a" points=3\n1\n', "is for markdown cells"),
        ('# %% solution="a" locked="b"\n1\n', "not solution and locked"),
        ('# %% solution="a b"\n1\n', "needs a name"),
        ('# %% solution="a"\n1\n\n# %% locked="a"\n1\n', "two cells are called 'a'"),
        ("# %%\n1\n\n# %%\n### BEGIN SOLUTION\n1\n### END SOLUTION\n", "line 4: an answer"),
        ('# %% id="a b"\n1\n', "the cell id 'a b' is not"),
        ('# %% id="a"\n1\n\n# %% id="a"\n1\n', "two cells have the id 'a'"),
        ("x = 1\n", "opened by a '# %%' line"),
        ("", "opened by a '# %%' line"),
    ],
)
def test_a_source_that_makes_no_sense_is_refused_with_the_reason(read, text, reason):
    with pytest.raises(BuildError, match=r"^07_sample\.py") as caught:
        read(text)
    assert reason in str(caught.value)


SECTIONS = """
# %% [markdown]
# # Title

# %% [markdown]
# ## Predict: who goes?

# %%
1

# %% [markdown]
# ## Break it

# %%
2
"""


def test_cells_are_named_after_the_section_they_stand_in(read):
    assert [cell.id for cell in read(SECTIONS).notebook.cells] == [
        "07-start-01",
        "07-predict-who-goes-01",
        "07-predict-who-goes-02",
        "07-break-it-01",
        "07-break-it-02",
    ]


def test_a_new_cell_renames_no_cell_of_another_section(read):
    before = {cell.source: cell.id for cell in read(SECTIONS).notebook.cells}
    longer = SECTIONS.replace("# %%\n1\n", "# %%\n0\n\n# %%\n1\n")
    after = {cell.source: cell.id for cell in read(longer).notebook.cells}
    changed = {source for source in before if before[source] != after[source]}
    assert changed == {"1"}


def test_the_same_heading_twice_gives_different_ids(read):
    cells = read("# %% [markdown]\n# ## Run\n\n# %% [markdown]\n# ## Run\n").notebook.cells
    assert [cell.id for cell in cells] == ["07-run-01", "07-run-2-01"]


def test_an_id_given_by_hand_wins(read):
    cell = only_cell(read('# %% id="surprise"\n1\n'))
    assert (cell.id, cell.metadata) == ("surprise", {})


@given(st.text(max_size=200))
def test_any_heading_makes_a_valid_id(heading):
    assert VALID.fullmatch(f"ex07-{slug(heading)}-12-01")


def test_the_notebook_says_nothing_about_the_machine(read):
    notebook = read("# %%\n1\n").notebook
    assert notebook.metadata.kernelspec.name == "python3"
    assert "version" not in notebook.metadata.language_info
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)


def test_the_line_of_every_cell_is_known(read):
    assert read(SECTIONS).lines == (1, 4, 7, 10, 13)
