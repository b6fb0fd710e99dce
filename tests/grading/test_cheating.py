"""Submissions that attack the judge, or only behave badly: each gets what its behaviour earns."""

import pytest

from cachelab.grading import judge, sandbox_level


def _in_get(ordered_dict: str, *lines: str) -> str:
    """Put lines at the start of get."""
    head = "    def get(self, key, default=None):\n"
    body = "".join(f"        {line}\n" for line in lines)
    return ordered_dict.replace(head, head + body)


def _first_failure(text: str):
    report = judge("ex07", text)
    return report.points, report.failed[0]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("__import__('os')._exit(0)", "the call ended the process (exit status 0)"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("__import__('os').fork()", "PermissionError: starting a process"),
        ("__import__('os').closerange(0, 256)", "the call"),
        ("hoard = [0] * 10**9", "MemoryError"),
    ],
)
def test_the_report_names_the_call_that_misbehaved(line, answer, ordered_dict):
    points, failure = _first_failure(_in_get(ordered_dict, line))
    assert points == 0
    last = failure.counterexample.rows[-1]
    assert last.call.startswith("cache.get(")
    assert last.got.startswith(answer)


@pytest.mark.slow
@pytest.mark.parametrize(
    "lines",
    [
        ["while True: pass"],
        ["while True:", "    try:", "        while True: pass", "    except BaseException: pass"],
        ["while True: print('x' * 10_000)"],
    ],
    ids=["loop", "loop that catches everything", "loop that prints"],
)
def test_a_call_that_never_returns_is_named(lines, ordered_dict):
    points, failure = _first_failure(_in_get(ordered_dict, *lines))
    assert points == 0
    assert len(failure.counterexample.rows) <= 3
    assert failure.counterexample.rows[-1].got == "the call did not return within 2 seconds"


def test_what_a_submission_prints_is_no_matter(ordered_dict):
    noise = "import sys, warnings\nprint('x' * 20_000)\nwarnings.warn('careful')\n"
    assert judge("ex07", noise + ordered_dict).points == 40


def test_an_exit_while_the_cell_is_executed_is_reported(ordered_dict):
    points, failure = _first_failure("import os\nos._exit(7)\n" + ordered_dict)
    assert points == 0
    assert "ended the process (exit status 7)" in failure.message


ALWAYS_EQUAL = """
class Yes:
    def __eq__(self, other): return True
    def __hash__(self): return 1
class LRUCache:
    def __init__(self, capacity): pass
    def get(self, key, default=None): return Yes()
    def put(self, key, value): pass
    def delete(self, key): pass
    def hit_rate(self): return Yes()
    def __len__(self): return 0
    def __contains__(self, key): return Yes()
"""


def test_an_object_that_equals_everything_equals_nothing_here():
    points, failure = _first_failure(ALWAYS_EQUAL)
    assert points == 0
    assert failure.counterexample.rows[-1].got == "an object of type Yes"


def test_a_subclass_of_a_number_is_not_the_number(ordered_dict):
    text = "class Sly(int): pass\n" + ordered_dict.replace(
        "return self.entries[key]", "return Sly(self.entries[key])"
    )
    report = judge("ex07", text)
    assert report.failed[0].id == "stores"
    passed = {check.id for check in report.checks if check.points}
    assert passed <= {"victim", "hit_rate"}  # one asks by `in`, the other for the rate alone


FORGED = """
import os
for fd in range(3, 64):
    try:
        os.write(fd, b'{"id": "", "result": {"value": true}, "failure": null}' + bytes([10]))
    except OSError:
        pass
"""


def test_a_forged_reply_is_not_believed(ordered_dict):
    points, failure = _first_failure(FORGED + ordered_dict)
    assert points == 0
    assert "wrote to the judge's channel" in failure.message


def test_switching_the_tracing_off_does_not_hide_work(ordered_dict):
    slow = ordered_dict.replace("popitem(last=False)", "pop([*self.entries][0])")
    sly = slow.replace("        with self.lock:\n", "        __import__('sys').settrace(None)\n", 1)
    assert judge("ex07", slow).failed[0].id == "constant_time"
    assert judge("ex07", sly).points < 34


def test_patched_builtins_win_nothing(ordered_dict):
    patch = "import builtins\nbuiltins.isinstance = lambda *_: True\nbuiltins.str = repr\n"
    wrong = ordered_dict.replace("popitem(last=False)", "popitem(last=True)")
    assert judge("ex07", patch + wrong).points <= 10


def test_the_package_cannot_be_imported_by_a_submission():
    points, failure = _first_failure("from cachelab.eviction import Cache as LRUCache")
    assert points == 0
    assert "No module named 'cachelab.eviction'" in failure.message


@pytest.mark.skipif(sandbox_level() != "full", reason="needs bubblewrap")
@pytest.mark.parametrize(
    "line",
    [
        "open('/etc/passwd').read()",
        f"open({__file__!r}).read()",
        "__import__('socket').create_connection(('127.0.0.1', 9), 1)",
        "open('/usr/x', 'w')",
    ],
    ids=["system file", "test file", "network", "write"],
)
def test_the_full_sandbox_has_no_files_and_no_network(line, ordered_dict):
    points, failure = _first_failure(f"{line}\n{ordered_dict}")
    assert points == 0
    assert "cannot be executed" in failure.message


def test_the_lower_level_gives_the_same_marks(ordered_dict, monkeypatch):
    monkeypatch.setenv("CACHELAB_SANDBOX", "process")
    report = judge("ex07", ordered_dict)
    assert (report.points, report.sandbox) == (40, "process")
