"""
A class of submissions graded: nbgrader's own autograde against the judge, alone and under nbgrader.

    python benchmarks/judging.py [--students 40] [--exercise ex07]

The same notebooks go three ways in one run: nbgrader executes them cell by cell, as it does by
itself (the check cell asks the judge in the notebook's kernel); `cachelab judge` reads a folder;
and `cachelab autograde` judges on all cores and lets nbgrader keep the books. The marks of honest
submissions must be the same. Printed are submissions per minute, the ratio to nbgrader's own, and
the processor seconds of all processes for one submission: those depend less on what else runs. A
sandbox of bubblewrap takes its seconds along when it is ended; CACHELAB_SANDBOX=process counts all.
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
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
Read = Callable[[], dict[str, float]]
"""Reads the marks afterwards, when the clock has been stopped."""

OWN = """
c = get_config()
exec(open("nbgrader_config.py.ours").read())
del c.Autograde["exporter_class"]
del c.Autograde["sanitize_preprocessors"]
del c.Autograde["autograde_preprocessors"]
c.Execute.timeout = 120
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


def by_nbgrader(folder: Path, name: str) -> Read:
    shutil.move(folder / "nbgrader_config.py", folder / "nbgrader_config.py.ours")
    (folder / "nbgrader_config.py").write_text(OWN, encoding="utf-8")
    nbgrader(folder, "autograde", name, "--create")
    return lambda: marks(folder)


def by_judge(folder: Path, name: str) -> Read:
    class_folder = folder / "gradebook" / "submitted"
    command = cachelab("judge", name, str(class_folder), "--json")
    found = json.loads(run(folder, command, (0, 1, 2)))
    return lambda: {student: report.get("points", 0.0) for student, report in found.items()}


def by_both(folder: Path, name: str) -> Read:
    run(folder, cachelab("autograde", name))
    return lambda: marks(folder)


WAYS = {"nbgrader's own": by_nbgrader, "cachelab judge": by_judge, "cachelab autograde": by_both}


@dataclass(frozen=True)
class Graded:
    rate: float
    processor: float
    marks: dict[str, float]


def timed(grade: Callable[[Path, str], Read], exercise: str, students: int) -> Graded:
    """Grade a class once, from an empty gradebook."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        name = make_course(folder, exercise, students)
        used, started = processor_seconds(), time.perf_counter()
        read = grade(folder, name)
        seconds, used = time.perf_counter() - started, processor_seconds() - used
        return Graded(60 * students / seconds, used / students, read())


def processor_seconds() -> float:
    """Return what processes that were started here, and have ended, have used."""
    times = os.times()
    return times.children_user + times.children_system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--exercise", default="ex07")
    options = parser.parse_args()
    graded = {way: timed(grade, options.exercise, options.students) for way, grade in WAYS.items()}
    own = graded["nbgrader's own"]
    for way, found in graded.items():
        same = sum(found.marks.get(student) == mark for student, mark in own.marks.items())
        print(
            f"{way:20} {found.rate:6.0f} a minute  {found.rate / own.rate:5.1f}x  "
            f"{found.processor:5.2f} s of processor each  {same} of {options.students} marks as "
            "nbgrader's own"
        )


if __name__ == "__main__":
    main()
