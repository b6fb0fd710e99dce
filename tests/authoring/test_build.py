import os
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from cachelab.authoring import BuildError, build
from cachelab.cli import main

pytestmark = pytest.mark.slow


def cells(path):
    return {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}


def build_lesson(course, text):
    course.write(course.lesson_source, text)
    return build(["07"], root=course.root)


def test_a_lesson_is_saved_with_its_outputs(built_once):
    assert cells(built_once.lesson)["07-start-02"].outputs[0].text == "lru\n"


def test_every_code_cell_has_a_count_and_no_time_of_day(built_once):
    code = [cell for cell in cells(built_once.lesson).values() if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, 2, 3]
    assert all("execution" not in cell.metadata for cell in code)


def test_a_notebook_carries_no_version_of_python(built_once):
    metadata = nbformat.read(built_once.lesson, as_version=4).metadata
    assert "version" not in metadata.language_info
    assert "widgets" not in metadata


def test_a_solution_keeps_its_answer_and_the_exercise_has_a_stub(built_once):
    answer = "return math.fsum"
    assert answer in built_once.solution.read_text(encoding="utf-8")
    exercise = built_once.exercise.read_text(encoding="utf-8")
    assert answer not in exercise
    assert "raise NotImplementedError()" in exercise
    assert "Because sums commute" not in exercise


def test_a_build_leaves_no_gradebook(built_once):
    assert not list(built_once.root.rglob("*.db"))
    assert not (built_once.root / "gradebook").exists()


def test_nothing_is_built_twice(built_once):
    before = {path: path.stat().st_mtime_ns for path in built_once.root.rglob("*.ipynb")}
    assert build(root=built_once.root) == []
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_a_changed_source_is_built_again_and_alone(built):
    built.lesson_source.write_text(built.lesson_source.read_text().replace("2 + 2", "2 + 1 + 1"))
    assert build(root=built.root) == ["07_count"]


def test_a_built_file_edited_by_hand_is_built_again(built):
    built.exercise.write_text(built.exercise.read_text().replace("Can you", "Could you"))
    assert build(root=built.root) == ["ex07_add"]
    assert "Could you" not in built.exercise.read_text()


def test_the_same_source_gives_the_same_bytes(built):
    before = {path: path.read_bytes() for path in built.root.rglob("*.ipynb")}
    assert build(root=built.root, force=True) == ["07_count", "ex07_add"]
    assert before == {path: path.read_bytes() for path in before}


def test_a_failing_cell_stops_the_build_with_its_place(course):
    with pytest.raises(BuildError) as caught:
        build_lesson(course, "# %% [markdown]\n# ## Run\n\n# %%\nx = 0\n1 / x\n")
    assert str(caught.value) == (
        "07_count, cell 07-run-02 (notebooks/source/lessons/07_count.py line 6): "
        "ZeroDivisionError: division by zero"
    )
    assert not course.lesson.exists()


def test_an_announced_error_is_kept_as_an_output(course):
    build_lesson(course, '# %% tags=["raises-exception"]\n1 / 0\n\n# %%\n2\n')
    outputs = [cell.outputs[0] for cell in cells(course.lesson).values()]
    assert [output.output_type for output in outputs] == ["error", "execute_result"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import warnings\nwarnings.warn('old')", "stderr"),
        ("object()", "the memory address 0x"),
        ("import os\nprint(os.getcwd())", "the absolute path"),
    ],
)
def test_an_output_that_holds_only_here_stops_the_build(course, code, reason):
    with pytest.raises(BuildError, match="07-start-01") as caught:
        build_lesson(course, f"# %%\n{code}\n")
    assert reason in str(caught.value)


def test_a_kernel_that_dies_stops_the_build(course):
    with pytest.raises(BuildError, match=r"07-start-01.*the kernel died"):
        build_lesson(course, "# %%\nimport os\nos._exit(3)\n")


def test_a_notebook_runs_in_its_own_folder(course):
    build_lesson(course, "# %%\nfrom pathlib import Path\n\nprint(Path.cwd().name)\n")
    assert cells(course.lesson)["07-start-01"].outputs[0].text == "notebooks\n"


def test_the_author_s_own_predictions_and_attempts_stay_outside(course, monkeypatch, tmp_path):
    home = tmp_path / "home"
    monkeypatch.setenv("CACHELAB_HOME", str(home))
    build_lesson(
        course,
        """
        # %% [markdown]
        # # Whose?

        # %%
        from cachelab.lab import predict

        predict("How many?", low=0, high=9).commit(4)
        """,
    )
    assert not home.exists()


def test_a_widget_is_saved_as_its_picture(course):
    widget = "import ipywidgets\n\nipywidgets.IntSlider(description='n')"
    build_lesson(course, f"# %%\n{widget}\n")
    assert list(cells(course.lesson)["07-start-01"].outputs[0].data) == ["text/plain"]


def test_an_unknown_name_is_one_sentence(course, monkeypatch):
    monkeypatch.chdir(course.root)
    result = CliRunner().invoke(main, ["build", "99"])
    assert result.exit_code == 2
    assert result.stderr.strip() == "Error: no lesson or exercise is called '99' (07_count)"


def test_a_folder_without_a_course_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["build"])
    assert result.exit_code == 2
    assert "no course here" in result.stderr


def test_the_course_is_found_from_any_folder_inside_it(built_once, monkeypatch):
    monkeypatch.chdir(built_once.exercise.parent)
    result = CliRunner().invoke(main, ["build"])
    assert result.stdout == "everything is up to date\n"


def test_the_working_folder_survives_a_build(built, monkeypatch):
    monkeypatch.chdir(built.root)
    build(["ex07"], root=built.root, force=True)
    assert Path(os.getcwd()) == built.root.resolve()
