import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import nbformat.v4
import pytest

import cachelab
from cachelab.cli.lab import course_folder

COMMAND = [sys.executable, "-c", "from cachelab.cli import main; main()", "lab"]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with one empty lesson."""
    folder = tmp_path / "course"
    (folder / "notebooks").mkdir(parents=True)
    lesson = nbformat.v4.writes(nbformat.v4.new_notebook())
    (folder / "notebooks" / "00_start_here.ipynb").write_text(lesson, "utf-8")
    (folder / "notebooks" / "07_recency.ipynb").write_text(lesson, "utf-8")
    (folder / "pyproject.toml").write_text('[project]\nname = "cachelab"\n', "utf-8")
    (folder / "nbgrader_config.py").touch()  # nbgrader warns where there is none
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which Jupyter reads and writes below `tmp_path` only."""
    kinds = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    folders = {f"JUPYTER_{kind}": str(tmp_path / kind) for kind in kinds}
    lab = {f"JUPYTERLAB_{kind}_DIR": str(tmp_path / kind) for kind in ("SETTINGS", "WORKSPACES")}
    return {**os.environ, **folders, **lab, "IPYTHONDIR": str(tmp_path / "ipython")}


def run(
    folder: Path, *arguments: str, prefix: tuple[str, ...] = (), **variables: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*prefix, *COMMAND, *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def assert_one_sentence(done: "subprocess.CompletedProcess[str]", *words: str) -> None:
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


def status(address: str) -> int:
    """The status of what answers at an address, 0 when nothing does."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except urllib.error.URLError:
        return 0


@pytest.mark.slow
def test_check_starts_jupyterlab_and_stops_it_again_in_one_line(
    course: Path, environment: dict[str, str]
) -> None:
    done = run(course, "--check", **environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "JupyterLab starts here and opens notebooks/00_start_here.ipynb.\n"


@pytest.mark.slow
def test_check_does_not_ask_the_proxy_of_the_environment(
    course: Path, environment: dict[str, str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        proxy = f"http://127.0.0.1:{silent.getsockname()[1]}"
        done = run(course, "--check", "07", **environment, http_proxy=proxy)
    assert done.stdout == "JupyterLab starts here and opens notebooks/07_recency.ipynb.\n"


def listen_to_ctrl_c() -> None:
    """A shell makes its background jobs deaf to Ctrl-C, and the tests may be one of them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal")
def test_the_address_shown_opens_the_course_until_ctrl_c(
    course: Path, environment: dict[str, str]
) -> None:
    with subprocess.Popen(
        [*COMMAND, "--no-browser"],
        cwd=course,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=listen_to_ctrl_c,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        page = said.partition(" at ")[2].split(" ")[0]
        try:
            assert status(page) == 200
            assert status(page.partition("?")[0].replace("/lab/tree/", "/api/contents/")) == 403
        finally:
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (0, "\nJupyterLab has stopped.\n", "")
    assert status(page) == 0


def test_a_port_in_use_is_one_sentence(course: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert_one_sentence(run(course, "--port", port), f"port {port} is in use")


def test_a_folder_that_cannot_be_written_is_one_sentence(course: Path) -> None:
    prefix: tuple[str, ...] = ()
    if os.name == "posix" and os.geteuid() == 0:  # the administrator may write anywhere
        prefix = ("bwrap", "--dev-bind", "/", "/", "--ro-bind", str(course), str(course))
        if shutil.which("bwrap") is None or subprocess.run([*prefix, "true"]).returncode:
            pytest.skip("bubblewrap cannot make a folder read-only here")
    (course / "notebooks").chmod(0o500)
    done = run(course, prefix=prefix)
    assert_one_sentence(done, "nothing can be saved in", "copy the course")


def test_a_course_that_is_not_built_is_one_sentence(course: Path) -> None:
    (course / "notebooks" / "00_start_here.ipynb").unlink()
    assert_one_sentence(run(course), "00_start_here.ipynb is missing", "cachelab build")


def test_an_unknown_notebook_is_one_sentence(course: Path) -> None:
    assert_one_sentence(run(course, "99"), "no notebook '99'")


def test_a_notebook_outside_the_course_is_one_sentence(course: Path) -> None:
    elsewhere = course.parent / "mine.ipynb"
    elsewhere.touch()
    assert_one_sentence(run(course, str(elsewhere)), "outside the course's folder")


def test_a_place_without_a_course_is_one_sentence(tmp_path: Path) -> None:
    """As for somebody who installed the package but has no checkout."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "cachelab").symlink_to(Path(cachelab.__file__).parent)
    assert_one_sentence(run(tmp_path, PYTHONPATH=str(site)), "no course here")


def test_the_course_is_found_from_a_folder_inside_it(course: Path) -> None:
    assert course_folder(course / "notebooks") == course


def test_another_project_with_notebooks_is_not_taken_for_the_course(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "other"\n', "utf-8")
    assert course_folder(tmp_path) == Path(cachelab.__file__).parents[1]
