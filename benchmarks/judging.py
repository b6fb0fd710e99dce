"""
A class of submissions graded: nbgrader's own autograde against the judge, alone and under nbgrader.

    python benchmarks/judging.py [--students 40] [--exercise ex07]

The same notebooks go three ways in one run: nbgrader executes them cell by cell, as it does by
itself (the check cell asks the judge in the notebook's kernel); `cachelab judge` reads a folder;
and `cachelab autograde` judges on all cores and lets nbgrader keep the books. The marks of honest
submissions must be the same. Printed are submissions per minute, and the ratio to nbgrader's own.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
OWN = """
c = get_config()
exec(open("nbgrader_config.py.ours").read())
del c.Autograde["exporter_class"]
del c.Autograde["sanitize_preprocessors"]
del c.Autograde["autograde_preprocessors"]
c.Execute.timeout = 120
c.KernelManager.transport = "tcp"
"""


def texts(exercise: str) -> list[tuple[str, str]]:
    """Return honest submissions, right and wrong, by name."""
    bank = ROOT / "tests" / "mutants" / exercise
    files = [*sorted((bank / "right").glob("*.py")), *sorted((bank / "wrong").glob("*.py"))]
    slow = "early_return_keeps_the_lock"  # it hangs: honest, and a matter of time limits
    return [(path.stem, path.read_text("utf-8")) for path in files if path.stem != slow]


def make_course(folder: Path, exercise: str, students: int) -> str:
    """Lay out a course with one submission for each student; return the assignment's name."""
    [source] = (ROOT / "solutions").glob(f"{exercise}_*")
    shutil.copytree(ROOT / "solutions" / source.name, folder / "solutions" / source.name)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    (folder / "gradebook").mkdir()
    nbgrader(folder, "generate_assignment", source.name, "--force")
    form = folder / "exercises" / source.name / f"{source.name}.ipynb"
    for number, (name, text) in enumerate(islice(cycle(texts(exercise)), students)):
        notebook = nbformat.read(form, as_version=4)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source = f"# student {number}: {name}\n{text}"
        target = folder / "gradebook" / "submitted" / f"s{number:03}" / source.name
        target.mkdir(parents=True)
        nbformat.write(notebook, target / f"{source.name}.ipynb")
    return source.name


def nbgrader(folder: Path, *arguments: str) -> None:
    run(folder, [sys.executable, "-m", "nbgrader", *arguments])


def run(folder: Path, command: list[str], allowed: tuple[int, ...] = (0,)) -> str:
    env = os.environ | {"PYTHONPATH": str(ROOT), "JUPYTER_CONFIG_DIR": str(folder / ".jupyter")}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode not in allowed:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout


def marks(folder: Path) -> dict[str, float]:
    nbgrader(folder, "export", "--to", "grades.csv")
    with (folder / "grades.csv").open(encoding="utf-8") as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def cachelab(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from cachelab.cli import main; main()", *arguments]


def by_nbgrader(folder: Path, name: str) -> dict[str, float]:
    shutil.move(folder / "nbgrader_config.py", folder / "nbgrader_config.py.ours")
    (folder / "nbgrader_config.py").write_text(OWN, encoding="utf-8")
    nbgrader(folder, "autograde", name, "--create")
    return marks(folder)


def by_judge(folder: Path, name: str) -> dict[str, float]:
    class_folder = folder / "gradebook" / "submitted"
    command = cachelab("judge", name, str(class_folder), "--json")
    found = json.loads(run(folder, command, (0, 1, 2)))
    return {student: report.get("points", 0.0) for student, report in found.items()}


def by_both(folder: Path, name: str) -> dict[str, float]:
    run(folder, cachelab("autograde", name))
    return marks(folder)


WAYS = {"nbgrader's own": by_nbgrader, "cachelab judge": by_judge, "cachelab autograde": by_both}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--exercise", default="ex07")
    options = parser.parse_args()
    rates: dict[str, float] = {}
    graded: dict[str, dict[str, float]] = {}
    for way, grade in WAYS.items():
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            name = make_course(folder, options.exercise, options.students)
            started = time.perf_counter()
            graded[way] = grade(folder, name)
            rates[way] = 60 * options.students / (time.perf_counter() - started)
    first = rates["nbgrader's own"]
    for way, rate in rates.items():
        same = sum(graded[way].get(s) == mark for s, mark in graded["nbgrader's own"].items())
        print(
            f"{way:20} {rate:6.0f} a minute  {rate / first:5.1f}x  {same} of "
            f"{options.students} marks as nbgrader's own"
        )


if __name__ == "__main__":
    main()
