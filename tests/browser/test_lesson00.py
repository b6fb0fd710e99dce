"""
The start notebook in JupyterLab: everything runs, on this very machine.
"""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def start(lab_page):
    lab_page.open("00_start_here.ipynb")
    lab_page.run_all()
    yield lab_page
    lab_page.close()


def test_the_start_notebook_runs_without_errors_and_warnings(start):
    outputs = [out for cell in start.cells() for out in cell.get("outputs", [])]
    assert [out["evalue"] for out in outputs if out["output_type"] == "error"] == []
    assert [out["text"] for out in outputs if out.get("name") == "stderr"] == []


def test_the_page_had_no_error_of_its_own(start):
    assert start.crashes == []


def test_a_picture_of_it_is_kept(start, artifacts):
    start.page.screenshot(path=artifacts / "lesson00.png", animations="disabled")
