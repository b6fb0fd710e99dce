import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_output

from cachelab.authoring.outputs import WIDGET_VIEW, faults, tidy

ROOT = Path(__file__).parents[2]


def printed(text, name="stdout", tags=()):
    cell = new_code_cell("print()", metadata={"tags": list(tags)})
    cell.outputs = [new_output("stream", name=name, text=text)]
    return cell


def shown(data):
    cell = new_code_cell("w")
    cell.outputs = [new_output("display_data", data=data)]
    return cell


def test_a_widget_with_a_picture_keeps_only_the_picture():
    cell = shown({WIDGET_VIEW: {"model_id": "1"}, "image/svg+xml": "<svg/>"})
    tidy(cell, ROOT)
    assert cell.outputs[0].data == {"image/svg+xml": "<svg/>"}


def test_a_widget_without_another_picture_stays():
    cell = shown({WIDGET_VIEW: {"model_id": "1"}})
    tidy(cell, ROOT)
    assert WIDGET_VIEW in cell.outputs[0].data


def test_tracebacks_name_files_relative_to_the_course():
    cell = new_code_cell("f()", metadata={"tags": ["raises-exception"]})
    frames = [f"File {ROOT}/cachelab/eviction/base.py:12", f"File {sys.prefix}/lib/x.py:1"]
    cell.outputs = [new_output("error", ename="E", evalue="v", traceback=frames)]
    tidy(cell, ROOT)
    assert cell.outputs[0].traceback == [
        "File cachelab/eviction/base.py:12",
        "File python/lib/x.py:1",
    ]
    assert faults(cell, ROOT, "") == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("/home/ada/course/x.py", "the absolute path /home/ada"),
        ("saved to /tmp/a.csv", "the absolute path /tmp/a.csv"),
        (r"C:\Users\ada", r"the absolute path C:\Users"),
        (f"{ROOT}/a", "the absolute path"),
        ("<object at 0x7f3a>", "the memory address 0x7f3a"),
    ],
)
def test_what_only_holds_on_this_machine_is_a_fault(text, fault):
    (sentence,) = faults(printed(text), ROOT, "")
    assert fault in sentence


@pytest.mark.parametrize(
    "text", ["0x1f", "hit ratio 0.5", "http://127.0.0.1/tmp/x", "a/tmp/b", "0xffffffff"]
)
def test_ordinary_output_is_no_fault(text):
    assert faults(printed(text), ROOT, "") == []


def test_an_address_in_a_live_cell_is_no_fault():
    assert faults(printed("<object at 0x7f3a>", tags=["live"]), ROOT, "") == []


def test_a_warning_is_a_fault_also_in_a_live_cell():
    (sentence,) = faults(printed("\nDeprecated: x\n", name="stderr", tags=["live"]), ROOT, "")
    assert "stderr" in sentence
    assert "Deprecated: x" in sentence


def test_a_fault_is_found_in_any_text_of_an_output():
    assert faults(shown({"text/html": "<b>/home/ada</b>"}), ROOT, "")
    assert faults(shown({"application/json": {"file": "/home/ada"}}), ROOT, "")
    assert not faults(shown({"image/png": "at 0x12ab/home/ada"}), ROOT, "")


def test_the_name_of_the_machine_is_a_fault_unless_it_is_a_word_of_the_lesson():
    cell = printed("made on turing")
    (sentence,) = faults(cell, ROOT, "", host="turing")
    assert "the name of this machine" in sentence
    assert faults(cell, ROOT, "# turing, the man", host="turing") == []
