"""
How far a submission is kept away from everything else: two levels, the best one that works here.

`full`: Linux with bubblewrap: no network, no files but Python's own, another user, its own
processes. `process`: anywhere: a separate Python with a clean environment, an empty working folder
and what limits the platform has. The JSON boundary between judge and player holds at both.
"""

import json
import os
import platform
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path
from shutil import which
from typing import Literal, get_args

from cachelab.ports.errors import CachelabError

from .player import main as _player

Level = Literal["process", "full"]

VARIABLE = "CACHELAB_SANDBOX"
"""Environment variable: `process` asks for the lower level although more would work."""

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 30
PROCESSES = 64

_ROOM = Path(_player.__file__).resolve().parent.parent
"""Taken from the imported module: importing it here leaves its bytecode for every player."""

_START = "import sys; sys.path.insert(0, {folder!r}); from player.main import main; " + (
    "del sys.path[0]; [sys.modules.pop(m) for m in list(sys.modules) if m.startswith('player')]; "
    "main()"
)
_LOADER_FOLDERS = ("/lib", "/lib32", "/lib64", "/bin")


def sandbox_level() -> Level:
    """Tell the best level that works on this machine and that the environment allows."""
    if os.environ.get(VARIABLE) == "process":
        return "process"
    return "full" if _bubblewrap_works() else "process"


def choose_level(require: str) -> Level:
    """
    Return the level to judge at.

    Raises:
        ValueError: `require` is no level.
        CachelabError: less is available than required.
    """
    if require not in get_args(Level):
        raise ValueError(f"require must be 'process' or 'full', not {require!r}")
    level = sandbox_level()
    if require == "full" and level != "full":
        raise CachelabError(
            "the full sandbox needs Linux with a working bubblewrap (bwrap), and only the level "
            "'process' is available here"
        )
    return level


def player_command(level: Level, hash_seed: int = 1, *, forking: bool = False) -> list[str]:
    """Return the command line of a player, or a server of players, for an empty folder."""
    more = [_player.FORKING] if forking else []
    if level == "process":
        return [*_python(str(_ROOM)), _limits(None), *more]
    return [*_bubblewrap(hash_seed), *_python("/"), _limits(_process_limit()), *more]


def clean_environment(hash_seed: int = 1) -> dict[str, str]:
    """
    Return what a player sees of the environment: what Windows cannot start without, and a seed.

    Python's own `hash` of text depends on the seed: one that is given makes every judgement of a
    text the same, and another one shows what relies on it.
    """
    found = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return {**found, "PYTHONHASHSEED": str(hash_seed)}


def _python(folder: str) -> list[str]:
    # As -I does, but for the environment, which is clean anyhow and holds the seed.
    return [_interpreter(), "-P", "-s", "-S", "-c", _START.format(folder=folder)]


def _interpreter() -> str:
    """Return the Python underneath any virtual environment: it needs no site-packages."""
    base: str = getattr(sys, "_base_executable", "") or sys.executable
    return os.path.realpath(base)


def _limits(processes: int | None) -> str:
    return json.dumps([MEMORY_BYTES, CPU_SECONDS, processes])


def _process_limit() -> int | None:
    """Return the limit that counts the sandbox's processes alone: Linux 5.14 and later."""
    release = platform.release().split(".")
    numbers = [int(part) if part.isdigit() else 0 for part in release[:2]]
    return PROCESSES if numbers >= [5, 14] else None


def _bubblewrap(hash_seed: int) -> list[str]:
    base = str(Path(sys.base_prefix).resolve())
    words = ["bwrap", "--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534"]
    words += ["--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv"]
    words += ["--setenv", "PYTHONHASHSEED", str(hash_seed)]
    words += ["--ro-bind", "/usr", "/usr"]
    for folder in _LOADER_FOLDERS:
        if os.path.islink(folder):
            words += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            words += ["--ro-bind", folder, folder]
    words += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    if not base.startswith("/usr"):
        words += ["--ro-bind", base, base]
    for folder in _site_packages(base):
        words += ["--tmpfs", folder]
    words += ["--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/desk", "--chdir", "/desk"]
    return [*words, "--ro-bind", str(_ROOM / "player"), "/player"]


def _site_packages(base: str) -> list[str]:
    """Return the folders of installed packages below `base`: the player has no use for them."""
    variables = {"base": base, "platbase": base}
    found = {sysconfig.get_path(name, vars=variables) for name in ("purelib", "platlib")}
    return sorted(folder for folder in found if os.path.isdir(folder))


@cache
def _bubblewrap_works() -> bool:
    """Start a player once: user namespaces are forbidden in many containers."""
    if not sys.platform.startswith("linux") or which("bwrap") is None:
        return False
    try:
        done = subprocess.run(
            player_command("full"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
