"""The `cachelab` command as a whole: how it is called, and what it says to what it cannot do."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def cachelab(*arguments, folder=ROOT):
    command = [sys.executable, "-m", "cachelab", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_package_itself_is_the_command():
    done = cachelab("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("cachelab, version ")
