"""Slips of Python are told as such: the line, and what Python's message means."""

from pathlib import Path

import pytest

from cachelab.grading import judge
from cachelab.grading.html import render
from cachelab.grading.slips import find_missing_return, find_slip
from cachelab.grading.wording import find_other_entries, reason

RIGHT = Path(__file__).parents[1] / "mutants" / "ex07" / "right" / "ordered_dict.py"

BOX = """class Box:
    def __init__(self):
        self.items = {}
    def get(self, key):
        return self.items[key]
    def put(key):
        print(key)
    def size(self):
        len(self.items)
        super().get(self, key)
"""


def said(kind: str, message: str, line: int | None = None) -> str | None:
    return find_slip({"raised": [kind, message, line]}, "Box", BOX, "get")


@pytest.mark.parametrize(
    ("kind", "message", "line", "sentence"),
    [
        ("SyntaxError", "expected ':'", 4, "line 4, `def get(self, key):`: this is no Python yet"),
        ("NameError", "name 'deque' is not defined", 2, "write `from collections import deque`"),
        ("NameError", "name 'x' is not defined. Did you mean: 'y'?", 5, "Did you mean: 'y'?"),
        ("AttributeError", "'NoneType' object has no attribute 'next'", 5, "is None here"),
        ("AttributeError", "'Box' object has no attribute 'drop'", None, "has no method drop"),
        ("AttributeError", "'Box' object has no attribute 'keys'", 5, "a keys so far"),
        (
            "TypeError",
            "Box.get() takes 2 positional arguments but 3 were given",
            None,
            "line 4, `def get(self, key):`, takes 1 besides self, and is called with 2 here",
        ),
        (
            "TypeError",
            "Box.put() takes 1 positional argument but 2 were given",
            None,
            "the first argument of a method is self",
        ),
        (
            "TypeError",
            "Box.get() missing 2 required positional arguments: 'key' and 'ttl'",
            None,
            "asks for 'key' and 'ttl', and this call leaves them out",
        ),
        (
            "TypeError",
            "Box.get() takes 2 positional arguments but 3 were given",
            10,
            "line 10, `super().get(self, key)`: super() passes self by itself",
        ),
        (
            "TypeError",
            "'<' not supported between 'NoneType' and 'int'",
            5,
            "something is None here",
        ),
        ("TypeError", "unsupported operand: 'method' and 'float'", 5, "are its () missing?"),
        (
            "AttributeError",
            "'dict' object has no attribute 'items_'",
            5,
            "asked for with ['items_']",
        ),
        ("AttributeError", "'str' object has no attribute 'value'", 5, "is of type str here"),
        ("NameError", "name 'key' is not defined", 9, "key is known inside of get alone"),
        ("TypeError", "object of type 'Box' has no len()", None, "method __len__"),
        ("TypeError", "'int' object is not callable", 5, "no function"),
        ("RecursionError", "maximum recursion depth exceeded", 5, "calls itself"),
    ],
)
def test_a_slip_is_told_in_a_sentence(kind, message, line, sentence):
    assert sentence in said(kind, message, line)


@pytest.mark.parametrize(
    ("raised", "what"),
    [(["KeyError", "'b'", 5], "'b'"), (["ValueError", "list.remove(x): x not in list", 5], "some")],
)
def test_a_look_up_that_fails_is_named_before_the_reason(raised, what):
    told = reason({"raised": raised}, "a key had to go", "Box", BOX, "get")
    assert told.startswith(f"line 5, `return self.items[key]`, looks for {what}")
    assert told.endswith(": a key had to go")


@pytest.mark.parametrize("kind", ["KeyError", "ValueError", "ZeroDivisionError", "IndexError"])
def test_what_may_well_be_about_caching_is_no_slip(kind):
    assert said(kind, "7", 5) is None


def test_a_return_that_is_missing_is_asked_for():
    assert "is a `return` missing?" in find_missing_return({"value": None}, BOX, "size")


def test_an_answer_that_is_printed_is_to_be_returned():
    assert "prints its answer" in find_missing_return({"value": None}, BOX, "put")


def test_nobody_is_asked_to_return_something_from_init():
    assert reason({"value": None}, "too small", "Box", BOX, "__init__", "ValueError") == "too small"


def test_a_type_that_the_judge_does_not_read_is_named_before_the_reason():
    told = reason({"value": {"list": [{"repr": "Money"}]}}, "it is 3", "Box", BOX, "get")
    assert told.endswith("and no Money: it is 3")


def test_a_generator_is_told_from_a_list():
    told = reason({"value": {"repr": "generator"}}, "it is [3]", "Box", BOX, "get")
    assert told == "a generator is no list yet: list(...) makes one of it: it is [3]"


def test_a_store_error_that_gets_through_is_named_with_its_line():
    told = reason({"raised": ["StoreError", "down", 5]}, "it is 3", "Box", BOX, "get")
    assert told.startswith("the store fails in line 5, `return self.items[key]`, and its StoreErr")


def test_entries_of_an_answer_that_are_others_are_named():
    wire = {"dict": [["hits", 3], ["misses", {"float": "1.0"}]]}
    assert find_other_entries({"value": wire}, "{'hits': 2, 'misses': 1}") == "hits is another one"


def test_a_function_that_is_called_very_often_and_raises_is_told_with_its_call():
    text = "def jittered(ttl, fraction):\n    return ttl"
    [failed] = judge("ex06", text, only="spread").failed
    assert failed.message == "a call ends with TypeError"
    assert failed.counterexample.why.startswith("line 1, `def jittered(ttl, fraction):`, takes 2")


def test_a_function_that_returns_something_is_not_suspected():
    assert find_missing_return({"value": None}, BOX, "get") is None


def failing(old: str, new: str):
    text = RIGHT.read_text("utf-8")
    assert old in text
    return judge("ex07", text.replace(old, new), until_failure=True)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("key, default=None):", "key, default=None)", "this is no Python yet: expected ':'"),
        ("self.entries.move_to_end", "self.entires.move_to_end", "Did you mean: 'entries'?"),
        (
            "            self.entries[key] = value",
            "            entries[key] = value",
            "Did you mean: 'self.entries'?",
        ),
        ("class LRUCache", "class LruCache", "is LruCache meant to be it?"),
    ],
)
def test_a_report_on_a_slip_says_what_and_gives_no_hint(old, new, sentence):
    report = failing(old, new)
    assert sentence in str(report)
    assert "hint:" not in str(report)


def test_the_headline_of_a_slip_is_not_about_caches():
    report = failing("self.entries.move_to_end", "self.entires.move_to_end")
    assert report.failed[0].message == "a call ends with AttributeError"


def test_the_headline_above_a_part_not_yet_written_says_so():
    report = failing("self.entries.move_to_end(key)\n", "raise NotImplementedError\n")
    assert report.failed[0].message == "a call comes to a part that is not written yet"


def test_hints_stay_to_be_opened_in_a_page_on_a_slip():
    page = render(failing("self.entries.move_to_end", "self.entires.move_to_end"))
    assert "<details><summary>Hints for this check, when it runs</summary>" in page


def test_a_cache_that_prints_all_it_holds_is_told_that_printing_is_work():
    text = RIGHT.read_text("utf-8").replace(
        "key, default=None):", "key, default=None):\n        print(self.entries)"
    )
    report = judge("ex07", text, only="constant_time")
    assert "to print 1,600 entries is work too" in report.failed[0].counterexample.why


def test_a_walk_that_is_not_printing_alone_is_told_as_a_walk():
    text = RIGHT.read_text("utf-8").replace(
        "key, default=None):",
        "key, default=None):\n        x = [*self.entries]\n        print(self.entries)",
    )
    report = judge("ex07", text, only="constant_time")
    assert "walks over the whole cache" in report.failed[0].counterexample.why


def test_a_value_that_a_store_refuses_is_named_by_its_own_type():
    text = (RIGHT.parents[2] / "ex11" / "right" / "notebook.py").read_text("utf-8")
    unread = text.replace("token = str(uuid4())", "token = uuid4()")
    [failed] = judge("ex11", unread, only="lock_one").failed
    assert "a value of type UUID cannot be kept" in failed.counterexample.why


@pytest.mark.parametrize(("exercise", "name"), [("ex01", "bench"), ("ex12", "node_for")])
@pytest.mark.parametrize("answer", ["(n for n in 'ab')", "{'n': object()}", "{frozenset([1]), 2}"])
def test_an_answer_of_any_type_is_told_and_does_not_stop_the_judge(exercise, name, answer):
    [right, *_] = sorted((RIGHT.parents[2] / exercise / "right").glob("*.py"))
    head, line, rest = right.read_text("utf-8").partition(f"def {name}(")
    defined, _, body = rest.partition("\n")
    margin = head.rpartition("\n")[2]
    text = f"{head}{line}{defined}\n{margin}    return {answer}\n{body}"
    report = judge(exercise, text)
    assert report.failed
    assert not report.unfinished
