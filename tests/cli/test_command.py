"""The `cachelab` command as a whole: how it is called, and what it says to what it cannot do."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "cachelab")
SHOP = "cachelab/lab/data/shop.trace.xz"


def cachelab(*arguments):
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_package_itself_is_the_command():
    done = cachelab("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("cachelab, version ")


def test_a_command_without_anything_shows_its_help():
    assert cachelab("simulate").stderr.startswith("Usage: ")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["simulate", SHOP, "--capacity", "1,9999999999"], "--capacity 9999999999 is too much"),
        (["mrc", SHOP, "--capacity", "999999999%"], "--capacity 999999999% is too much"),
        (["compare", "--sim", "--strategies", ","], "--strategies names nothing: ','"),
        (["compare", "--sim", "--seed", "-1"], "'--seed': -1"),
        (["similar", "ex07", "exercises", "--at-least", "60"], "up to 1, not 60"),
        (["similar", "ex07", "docs"], "there is no submission for ex07 in docs"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_it(arguments, sentence):
    done = cachelab(*arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert sentence in done.stderr


def test_more_jobs_than_there_is_to_do_are_no_more_processes():
    done = cachelab("simulate", SHOP, "--policy", "lru,lfu", "--jobs", 10_000_000)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.name != "posix", reason="a pipe ends otherwise elsewhere")
def test_who_stops_reading_is_told_nothing():
    command = [*COMMAND, "mrc", SHOP, "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=-1, stderr=-1) as process:
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a named pipe is another thing")
def test_ctrl_c_is_one_word_and_exit_status_130(tmp_path):
    trace = tmp_path / "slow.trace"
    os.mkfifo(trace)
    command = [*COMMAND, "mrc", str(trace)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=-1, text=True, preexec_fn=_hears_ctrl_c)
    with process as it, trace.open("w"):  # opens when the command has begun to read
        it.send_signal(signal.SIGINT)
        said = it.stderr.read().strip()
    assert (it.returncode, said) == (130, "interrupted")


def _hears_ctrl_c():
    signal.signal(signal.SIGINT, signal.default_int_handler)
