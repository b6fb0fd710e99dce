"""What the checks of one submission share, and what they must not: nothing outlives a process."""

import os

import pytest

from cachelab.grading import judge, sandbox_level
from cachelab.grading.pool import PlayerPool
from cachelab.grading.process import PlayerLost
from cachelab.grading.purity import is_pure

PURE = "class A:\n    pass\n"
IMPURE = "import os\n" + PURE

MARK = """
import builtins, collections, json, os, threading
builtins.mark = collections.mark = json.dumps.mark = 1
open("mark", "w").close()
threading.Thread(target=threading.Event().wait, daemon=True).start()
class A: pass
"""
LOOK = """
import builtins, collections, json, os, threading
found = [hasattr(thing, "mark") for thing in (builtins, collections, json.dumps)]
found += [threading.active_count() > 1]
if any(found): raise ValueError(found)
class A: pass
"""
FILES = "import os\nif os.listdir('.'): raise ValueError\nclass A: pass\n"


def load(player, text):
    return player.ask({"op": "load", "source": text, "name": "A"}, 20)


@pytest.fixture
def pool():
    with PlayerPool(sandbox_level(), PURE) as opened:
        yield opened


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")


@needs_fork
def test_the_checks_of_a_text_that_only_computes_share_a_sandbox(pool):
    first = pool.take()
    load(first, PURE)
    pool.give_back(first)
    assert pool.take() is first
    pool.give_back(first)


def test_a_fresh_player_knows_nothing_of_the_one_before(pool):
    for text in (MARK, LOOK):
        player = pool.take()
        assert load(player, text) == {"value": True}
        pool.give_back(player)


def test_a_text_that_may_leave_files_has_a_new_sandbox_for_every_check():
    with PlayerPool(sandbox_level(), IMPURE) as pool:
        for text in (MARK, FILES):
            player = pool.take()
            assert load(player, text) == {"value": True}
            pool.give_back(player)


@pytest.mark.parametrize("status", [0, 3, 97])
def test_a_player_that_ends_itself_is_not_taken_for_one_that_was_asked_to(pool, status):
    player = pool.take()
    with pytest.raises(PlayerLost):
        player.ask({"op": "load", "source": f"import os; os._exit({status})", "name": "A"}, 20)
    player.close()
    other = pool.take()
    assert load(other, PURE) == {"value": True}
    pool.give_back(other)


@pytest.mark.parametrize(
    "text",
    [
        "class A: seen = __import__('os')",
        "from pathlib import Path",
        "import re\nre.enum.sys.modules",
        "from uuid import os",
        "import uuid\nu = uuid\nu.os",
        "from json import *",
        "import json as j\nj.codecs.open",
        "import sqlite3",
        "open('x')",
        "(",
    ],
)
def test_a_text_that_could_do_more_than_compute_shares_nothing(text):
    assert not is_pure(text)


COUNTED = """
import random
class LRUCache:
    number = random.random()
    def __init__(self, capacity): pass
    def hit_rate(self): return self.number
"""


def test_each_check_draws_its_own_random_numbers():
    with PlayerPool(sandbox_level(), COUNTED) as pool:
        answers = set()
        for _ in range(3):
            player = pool.take()
            player.ask({"op": "load", "source": COUNTED, "name": "LRUCache"}, 20)
            steps = [[0, "new", 1], [0, "hit_rate"]]
            answers.add(repr(player.ask({"op": "play", "fresh": True, "steps": steps}, 20)))
            pool.give_back(player)
    assert len(answers) == 3


def test_a_shared_sandbox_gives_the_marks_of_fresh_ones(ordered_dict):
    shared, fresh = (
        judge("ex07", ordered_dict),
        judge("ex07", "import sys\nsys.path\n" + ordered_dict),
    )
    measured = {"constant_time", "threads"}  # that second text is not measured
    assert [c.id for c in shared.failed] == []
    assert {c.id for c in fresh.failed} == measured
