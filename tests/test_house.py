"""The rules that keep the repository a house, each as a test."""

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import cachelab
import cachelab.eviction
from cachelab.eviction import POLICIES, EvictionPolicy

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "cachelab"

FLOORS = [
    {"ports"},
    {"eviction", "hashing", "strategies", "invalidation", "stampede"},
    {"operations"},
    {"lab"},
    {"grading"},
    {"authoring", "doctor"},
    {"cli"},  # the one room that may use every other
    {"__main__"},  # `python -m cachelab`, which is the command line
]
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

CODE = sorted(path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".js", ".mjs", ".css"})
MODULES = [path for path in CODE if path.suffix == ".py"]


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room_of(path: Path) -> str | None:
    """The room a module is in; none for `cachelab/__init__.py`, which everybody may import."""
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return None if first == "__init__" else first


def imported_names(path: Path) -> Iterator[str]:
    """Every name that a module imports, in full, wherever in the module it does so."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else ()
            base = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def imported_rooms(path: Path) -> set[str]:
    names = (name.split(".") for name in imported_names(path))
    return {name[1] for name in names if name[0] == "cachelab" and name[1:2] and name[1] in FLOOR}


def files_of_the_repository() -> list[Path]:
    """What is in version control or is about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is no git checkout")
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def lines_that_match(pattern: str) -> list[str]:
    found = []
    for path in files_of_the_repository():
        data = path.read_bytes()
        if b"\0" in data or path == Path(__file__):
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
            if re.search(pattern, line):
                found.append(f"{short(path)}:{number}: {line.strip()[:80]}")
    return found


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_a_room_imports_only_from_floors_below_it(path: Path) -> None:
    room = room_of(path)
    allowed = {other for other in FLOOR if other == room or FLOOR[other] < FLOOR.get(room or "", 0)}
    assert imported_rooms(path) <= allowed


def test_every_room_has_a_floor() -> None:
    assert {room for path in MODULES if (room := room_of(path)) is not None} <= set(FLOOR)


def test_the_eviction_policies_need_only_the_standard_library() -> None:
    script = (
        "import sys; before = set(sys.modules); import cachelab.eviction; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) - sys.stdlib_module_names == {"cachelab"}


@pytest.mark.parametrize("path", CODE, ids=short)
def test_no_file_of_the_package_has_over_300_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 300


def test_every_eviction_policy_is_in_the_registry() -> None:
    for module in pkgutil.iter_modules(cachelab.eviction.__path__, "cachelab.eviction."):
        importlib.import_module(module.name)
    ours = {kind for kind in subclasses(EvictionPolicy) if kind.__module__.startswith("cachelab.")}
    assert ours == set(POLICIES.values())


def subclasses(kind: type) -> set[type]:
    children = set(kind.__subclasses__())
    return children.union(*map(subclasses, children))


def test_the_registry_names_each_policy_as_the_policy_does() -> None:
    assert {name: policy.name for name, policy in POLICIES.items()} == {
        name: name for name in POLICIES
    }


def test_no_file_names_a_folder_of_this_machine() -> None:
    folders = {str(folder) for folder in (Path.home(), ROOT, ROOT.parent, Path(sys.prefix))}
    common = {"/", "/usr", "/usr/local", "/home", "/tmp", tempfile.gettempdir()}
    ours = "|".join(re.escape(folder) for folder in folders - common)
    assert lines_that_match(rf"(?<![\w.])(?:{ours})/") == []


def test_no_code_uses_the_deprecated_way_to_set_a_time_to_live() -> None:
    """redis-py warns about it on the error stream, and nbgrader scores such a cell 0."""
    assert lines_that_match(r"\.p?setex\(") == []


def test_the_constraints_name_no_index() -> None:
    text = (ROOT / "constraints.txt").read_text("utf-8")
    assert not re.search(r"://|--|@|/", text)


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == cachelab.__version__
    assert cachelab.__version__ in (ROOT / "CHANGELOG.md").read_text("utf-8")
