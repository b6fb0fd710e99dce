"""axe-core on what the course draws itself, in both themes: views, forms, the judge's report."""

import subprocess
import sys

import nbformat
import pytest
from playwright.sync_api import expect

from .static_site import closed_page, fetch_axe, served, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VIEWS = [
    "lab.MrcExplorer([lab.zipf(3_000, 400)], 'sieve')",
    "lab.LatencyLadder({'my cache': 2e-6})",
    "lab.RequestJourney()",
    "lab.TtlDial(requests=100)",
    "lab.ShiftLab(objects=400, capacity=40)",
    "lab.PolicyArena('s3_fifo', [lab.zipf(3_000, 400)])",
    "lab.AsideStepper()",
    "lab.CrashTimeline()",
    "lab.RaceDebugger()",
    "lab.StampedeTheatre()",
    "lab.RingPlayground()",
    "lab.SlotMap()",
    "lab.IncidentDrill()",
    "lab.DesignBoard('social feed')",
    "lab.EvictionStepper('lru', requests='a b c a d', capacity=3)",
    "lab.predict('Which one?', ['this', 'that'])",
    "lab.quiz('Which one?', {'this': 'No.', 'that': 'Yes.', 'it': 'No.'}, right='that')",
    "lab.explain('Why?', answer='Because of the order in which they come.')",
]
REPORT = """from cachelab.grading import check
class LRUCache:
    def __init__(self, capacity): self.values = {}
    def get(self, key, default=None): return self.values.get(key, default)
    def put(self, key, value): self.values[key] = value
check("ex07", LRUCache)"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A course of one lesson that holds every view once, built as the course is."""
    root = tmp_path_factory.mktemp("course")
    lessons = root / "notebooks" / "source" / "lessons"
    lessons.mkdir(parents=True)
    (lessons / "00_views.py").write_text("# %% [markdown]\n# # Views\n", "utf-8")
    cells = ["from cachelab import lab", *VIEWS, REPORT]
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Views"),
            *map(nbformat.v4.new_code_cell, cells),
        ]
    )
    nbformat.write(notebook, root / "notebooks" / "00_views.ipynb")
    command = "from cachelab.cli import main; main()"
    asked = [sys.executable, "-c", command, "site", "--to", str(root / "site")]
    subprocess.run(asked, cwd=root, check=True)
    with served(root / "site") as found:
        yield found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_accessibility_engine_finds_nothing_serious(
    theme, address, chromium, tmp_path, artifacts
):
    axe = fetch_axe(tmp_path)
    with closed_page(chromium, address, theme) as page:
        page.goto(address + "notebooks/00_views.html")
        expect(page.locator(".cachelab-island[data-alive]")).to_have_count(len(VIEWS))
        expect(page.locator(".cachelab-report")).to_have_count(1)
        page.screenshot(path=artifacts / f"every-view-{theme}.png", full_page=True)
        assert violations(page, axe) == []
        assert (page.outside, page.errors) == ([], [])
