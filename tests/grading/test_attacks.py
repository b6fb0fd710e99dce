"""
Attacks on the judge from within a submission: none gains a point over its honest behaviour.

The victims of the forgeries are an honest cache that is too slow and one without a lock: each of
them is worth 34 points. A forgery that succeeded would make it 40.
"""

import time
from pathlib import Path

import pytest

from cachelab.grading import judge
from cachelab.grading.plainness import objection

from . import bank

WRONG = bank.ROOT / "ex07" / "wrong"
SLOW = (WRONG / "deque_remove.py").read_text("utf-8")
UNLOCKED = (WRONG / "m16_no_lock.py").read_text("utf-8")
PERCENTILE = (bank.ROOT / "ex01" / "wrong" / "rank_rounded_down.py").read_text("utf-8")

FORGE_REPLIES = """
import json, os
_dumps = json.dumps
def dumps(value, **options):
    if isinstance(value, dict) and isinstance(value.get("result"), dict):
        for total in value["result"].values():
            if isinstance(total, list):
                total[0] = 1
        value["result"].pop("races", None)
        value["result"]["races"] = []
    return _dumps(value, **options)
json.dumps = dumps
"""

RESET_THE_METER = """
def _zero():
    try:
        raise ValueError
    except ValueError as error:
        frame = error.__traceback__.tb_frame
    while frame is not None:
        meter = frame.f_locals.get("meter")
        if meter is not None:
            meter.work = 0
        frame = frame.f_back
class Reset:
    def __del__(self):
        _zero()
"""

FORGERIES = {
    "replies through json": FORGE_REPLIES,
    "the meter up the stack": RESET_THE_METER,
    "the meter's hook by its name": "def _cachelab_call_(f, *a, **k): return f(*a, **k)\n",
    "the hook in other letters": "def _\uff43achelab_call_(f, *a, **k): return f(*a, **k)\n",
    "tracing through sys": "import sys\nsys.settrace(None)\n",
    "sys by way of a module": "import collections\ncollections._sys.settrace(None)\n",
    "sys by way of from": "from dataclasses import sys as s\ns.settrace(None)\n",
    "an attribute by a made name": "getattr(object, '__sub' + 'classes__')()\n",
    "an attribute by getattr's alias": "look = getattr\nlook(object, 'x', None)\n",
    "an attribute by a pattern": "match 1:\n case int(__traceback__=t): pass\n",
    "eval": "eval('1')\n",
    "builtins": "import builtins\nbuiltins.len = lambda x: 0\n",
    "a module's function replaced": "import threading\nthreading.RLock = None\n",
    "modules by name": "import importlib\nimportlib.import_module('sys').settrace(None)\n",
    "the garbage collector": "import gc\ngc.disable()\n",
    "globals of a function": "(lambda: 0).__globals__['x'] = 1\n",
}

each_forgery = pytest.mark.parametrize("lines", FORGERIES.values(), ids=FORGERIES)


@each_forgery
def test_a_forged_measurement_is_seen_in_the_text(lines):
    assert objection(lines) is not None


@pytest.mark.slow
@each_forgery
def test_a_forged_measurement_gains_nothing(lines):
    assert judge("ex07", lines + SLOW, only="constant_time").checks[-1].points == 0


@pytest.mark.slow
@pytest.mark.parametrize("lines", [FORGE_REPLIES, "import threading\nthreading.Lock = None\n"])
def test_a_forged_race_gains_nothing(lines):
    assert judge("ex07", lines + UNLOCKED, only="threads").checks[-1].points == 0


@pytest.mark.parametrize(
    "text",
    [
        "import sys\nlimit = sys.maxsize\n",
        "from types import SimpleNamespace\n",
        "class A:\n    def __init__(self): self.f = getattr(self, 'x', 0)\n",
        "from _thread import allocate_lock\nlock = allocate_lock()\n",
        "import threading, collections, heapq, functools\nlock = threading.RLock()\n",
        "class B(dict):\n    __slots__ = ()\n    def name(self): return self.__class__.__name__\n",
    ],
)
def test_plain_code_is_measured(text):
    assert objection(text) is None


LIES = {
    "answers equal to everything": "class Any:\n def __eq__(self, o): return True\n"
    " def __lt__(self, o): return True\n def __float__(self): return 2.0\n"
    "def percentile(values, p): return Any()\n",
    "a subclass of int": "class N(int):\n def __eq__(self, o): return True\n"
    "def percentile(values, p): return N(3)\n",
    "a subclass of str": "class S(str):\n __hash__ = None\n"
    "def percentile(values, p): return S('3')\n",
    "a number of a million digits": "def percentile(values, p): return 10 ** 1_000_000\n",
    "a list in itself": "def percentile(values, p):\n x = []\n x.append(x)\n return x\n",
    "nested without an end": "def percentile(values, p):\n x = 0\n"
    " for _ in range(100_000): x = [x]\n return x\n",
    "the reference": "from cachelab.grading.exercises.measuring_cases import nearest_rank\n"
    "percentile = nearest_rank\n",
    "the reference's file": "import sys, os\nfor at in sys.path:\n"
    " found = os.path.join(at, 'cachelab', 'grading', 'exercises', 'measuring_cases.py')\n"
    " if os.path.exists(found): exec(open(found).read())\n"
    "def percentile(values, p): return nearest_rank(values, p)\n",
    "the judge's memory": "import os\ndef percentile(values, p):\n"
    " return int(open(f'/proc/{os.getppid()}/mem', 'rb').read(8)[0])\n",
    "the judge's stack": "import sys\ndef percentile(values, p):\n frame = sys._getframe()\n"
    " while frame:\n  if 'expected' in frame.f_locals: return frame.f_locals['expected']\n"
    "  frame = frame.f_back\n",
    "the answers of the visible seed": "ANSWERS = iter([7, 3, 9, 41, 12, 88, 5] * 99)\n"
    "def percentile(values, p): return next(ANSWERS)\n",
    "a reply of its own": "import os, json\ndef percentile(values, p):\n for fd in range(3, 12):\n"
    "  try: os.write(fd, json.dumps({'id': 0, 'result': [], 'failure': None}).encode() + b'\\n')\n"
    "  except OSError: pass\n return 0\n",
    "a flood": "import os\ndef percentile(values, p):\n for fd in range(3, 12):\n"
    "  try: os.write(fd, b'x' * 5_000_000)\n  except OSError: pass\n",
    "a line without an end": "import os\ndef percentile(values, p):\n for fd in range(3, 12):\n"
    "  try:\n   while True: os.write(fd, b'x' * 65_536)\n  except OSError: pass\n",
    "an exception that lies": "class E(Exception):\n def __str__(self): raise RecursionError\n"
    "def percentile(values, p): raise E\n",
    "a descriptor for a function": "class D:\n def __get__(self, *a): return self\n"
    " def __call__(self, *a): return None\npercentile = D()\n",
    "a thread that goes on": "import threading\ndef spin():\n while True: pass\n"
    "def percentile(values, p):\n threading.Thread(target=spin, daemon=True).start()\n return 0\n",
    "an exit at the end": "import atexit, os\natexit.register(os._exit, 0)\n"
    "def percentile(values, p): return 0\n",
    "a child": "import os\ndef percentile(values, p): return os.fork()\n",
    "a stack without an end": "def percentile(values, p): return percentile(values, p)\n",
}


@pytest.mark.parametrize("text", LIES.values(), ids=LIES)
def test_a_lie_about_a_function_earns_nothing(text):
    report = judge("ex01", text, only="percentile")
    assert [check.points for check in report.checks] == [0]


def test_an_attack_does_not_hold_the_judge_up():
    started = time.monotonic()
    judge("ex01", LIES["a line without an end"] + PERCENTILE, only="percentile")
    assert time.monotonic() - started < 60


def test_an_attack_leaves_nothing_behind(tmp_path):
    mark = tmp_path / "mark"
    text = f"open({str(mark)!r}, 'w').write('x')\n" + PERCENTILE
    report = judge("ex01", text)
    if report.sandbox == "full":
        assert not mark.exists()
    assert not list(Path.cwd().glob("cachelab-player-*"))
