"""The page about a design in a browser: one sheet of paper, on any screen, in light and in dark."""

import re
from dataclasses import replace

import pytest

from cachelab.lab.market import FAMILIES, FAULTS, REFERENCES
from cachelab.lab.market.board import standing
from cachelab.lab.market.page import page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DARK = "getComputedStyle(document.body).backgroundColor"
WIDE = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The longest page there is: all kinds of days, and every fault missed in four ways."""
    one = standing("yours", REFERENCES["none"], families=["weekday"], faults=["flush"])
    day, gain = one.days[0], one.gains["weekday"]
    broken = replace(one.faults[0], recovery=60.0, failed=100, breaches=(object(),))
    whole = replace(
        one,
        days=tuple(replace(day, workload=name) for name in FAMILIES),
        gains=dict.fromkeys(FAMILIES, gain),
        faults=tuple(replace(broken, workload=name) for name in FAULTS),
    )
    others = [replace(one, name=name) for name in REFERENCES]
    path = tmp_path_factory.mktemp("page") / "report.html"
    parts = [(part, "100/100") for part in ("runs", "promises", "privacy", "budget", "hidden")]
    page(one, others, whole=whole, verdict=parts).save(path)
    return path


@pytest.fixture
def opened(chromium, report):
    """Opens the page in a theme; gives the tab and all addresses that it asked for."""
    contexts = []

    def show(theme="light", width=1000):
        size = {"width": width, "height": 900}
        context = chromium.new_context(color_scheme=theme, viewport=size)
        contexts.append(context)
        tab, asked = context.new_page(), []
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(report.as_uri())
        return tab, asked

    yield show
    for context in contexts:
        context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_browser_prints_it_on_one_sheet(opened, artifacts, theme):
    tab, _ = opened(theme)
    tab.screenshot(path=artifacts / f"capstone-{theme}.png", full_page=True)
    printed = tab.pdf(prefer_css_page_size=True, path=artifacts / f"capstone-{theme}.pdf")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
    [[width, height]] = re.findall(rb"/MediaBox \[0 0 (\d+)[.\d]* (\d+)[.\d]*\]", printed)
    assert (int(width), int(height)) == (594, 841)


def test_it_asks_for_nothing_but_itself(opened, report):
    _, asked = opened()
    assert asked == [report.as_uri()]


def test_it_is_dark_where_the_reader_wants_it_so(opened):
    colours = [opened(theme)[0].evaluate(DARK) for theme in ("light", "dark")]
    assert colours[0] == "rgb(255, 255, 255)"
    assert colours[1] != colours[0]


def test_it_fits_a_telephone(opened):
    tab, _ = opened(width=360)
    assert tab.evaluate(WIDE) <= 0
