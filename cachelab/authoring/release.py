"""
From a solution to the exercise that students get, by nbgrader's own release step.

The step runs in a folder of its own without a database, so no gradebook appears in the checkout and
two runs give the same bytes.
"""

import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from .course import BuildError, Course, Lesson

UNWANTED = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__", "*.pyc")


def generate(course: Course, lesson: Lesson) -> dict[str, bytes]:
    """
    The files of the released exercise: path within its folder -> content.

    Raises: BuildError with nbgrader's reason when it refuses the solution.
    """
    with tempfile.TemporaryDirectory(prefix="cachelab-") as folder:
        root = Path(folder).resolve()
        shutil.copytree(lesson.notebook.parent, root / "source" / lesson.name, ignore=UNWANTED)
        _convert(root, course.config, lesson.name)
        made = root / "release" / lesson.name
        return {
            file.relative_to(made).as_posix(): file.read_bytes()
            for file in sorted(made.rglob("*"))
            if file.is_file()
        }


def _convert(root: Path, config_file: Path, name: str) -> None:
    from nbgrader.converters import (  # type: ignore[import-untyped]
        GenerateAssignment,
        NbGraderException,
    )
    from nbgrader.coursedir import CourseDirectory  # type: ignore[import-untyped]

    here = os.getcwd()
    os.chdir(root)  # nbgrader and its configuration work relative to the current folder
    config = _config(config_file)
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.source_directory = "source"
    config.CourseDirectory.release_directory = "release"
    config.CourseDirectory.assignment_id = name
    config.SaveCells.enabled = False
    config.GenerateAssignment.no_database = True
    log, said = _memory_log()
    try:
        coursedir = CourseDirectory(config=config, log=log)
        GenerateAssignment(coursedir=coursedir, config=config, log=log).start()
    except NbGraderException as error:
        reason = said[0].strip().splitlines()[-1] if said else str(error)
        raise BuildError(f"nbgrader refuses the solution {name}: {reason}") from error
    finally:
        os.chdir(here)


def _config(config_file: Path) -> Any:
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    if not config_file.is_file():
        return Config()
    return PyFileConfigLoader(config_file.name, path=str(config_file.parent)).load_config()


def _memory_log() -> tuple[logging.Logger, list[str]]:
    said: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            # nbgrader logs "There was an error ..." first, then the traceback that says which.
            if "Traceback" in record.getMessage():
                said.append(record.getMessage())

    log = logging.Logger("cachelab.nbgrader", logging.ERROR)
    log.addHandler(Keep())
    return log, said
