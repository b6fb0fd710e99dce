"""The page about a design: what is on it, that it needs nothing else, that it stays the same."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from cachelab.lab.market import FAULTS, REFERENCES
from cachelab.lab.market.board import standing
from cachelab.lab.market.page import page

FEW = ["weekday", "loops"]


@pytest.fixture(scope="module")
def standings():
    """A design on two kinds of days with two faults, and two others."""
    few = [*FAULTS][:2]
    yours = standing("yours", REFERENCES["aside"], families=FEW, faults=few)
    others = [standing(name, REFERENCES[name], families=FEW) for name in ("none", "clairvoyant")]
    return yours, others


@pytest.fixture(scope="module")
def html(standings):
    return page(*standings, verdict=[("hidden", "80/160")], title="A <shop>").html


class Tables(HTMLParser):
    """Notes the cells of each table by its caption."""

    def __init__(self, text):
        super().__init__()
        self.found, self.caption, self.inside = {}, "", ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        del attributes
        self.inside = tag
        if tag == "tr":
            self.found.setdefault(self.caption, []).append([])

    def handle_data(self, data):
        if self.inside == "caption":
            self.caption = data
        elif self.inside in ("th", "td"):
            self.found[self.caption][-1].append(data)
        self.inside = ""

    def of(self, start):
        return next(rows for caption, rows in self.found.items() if caption.startswith(start))


def test_the_table_behind_the_picture_has_what_is_drawn(standings, html):
    yours, _ = standings
    rows = Tables(html).of("The same in numbers")
    assert [row[0] for row in rows] == ["Design", "yours", "none", "clairvoyant"]
    assert rows[1][1:4] == [
        f"{yours.dollars:,.0f}",
        f"{1e3 * yours.mean:.0f}",
        f"{1e3 * yours.p99:.0f}",
    ]


def test_the_hardest_day_stands_first(html):
    rows = Tables(html).of("The hardest first")[1:]
    gains = [float(row[1]) for row in rows]
    assert len(gains) == 2
    assert gains == sorted(gains)


def test_each_fault_has_a_line_and_what_was_missed(html):
    rows = Tables(html).of("Worst second")[1:]
    assert [row[0] for row in rows] == [*FAULTS][:2]
    assert [row[1] for row in rows] == ["missed: calls"] * 2


def test_the_calls_of_classes_add_up_to_those_of_the_day(standings, html):
    yours, _ = standings
    calls = [int(row[1].replace(",", "")) for row in Tables(html).of("On the day")[1:]]
    assert sum(calls) == yours.days[0].origin_calls


def test_the_picture_says_in_words_what_it_shows(html):
    alt = re.search(r'<svg role="img" aria-label="([^"]+)"', html).group(1)
    assert re.search(r"yours: [\d,]+ dollars, p99 \d+ ms, stale \d+\.\d%", alt)


def test_nothing_is_asked_from_elsewhere(html):
    without_names = re.sub(r'xmlns(:xlink)?="[^"]+"', "", html)
    assert re.findall(r"https?:|src=|@import|<script|<link|url\((?!#)", without_names) == []


def test_colours_follow_the_page(html):
    drawn = html[html.index("<svg") : html.index("</svg>")]
    assert "currentColor" in drawn
    assert "var(--own)" in drawn
    assert "#000000" not in drawn


def test_a_title_is_text_and_no_markup(html):
    assert "<h1>A &lt;shop&gt;</h1>" in html


def test_the_same_figures_give_the_same_page(standings):
    assert page(*standings).html == page(*standings).html


def test_broken_promises_are_told_at_the_top(standings):
    yours, others = standings
    broken = replace(yours.days[0], breaches=(object(),))
    assert "1 promises broken" in page(replace(yours, days=(broken,)), others).html


def test_a_page_is_saved_as_it_is(standings, tmp_path):
    made = page(*standings)
    made.save(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text("utf-8") == made.html
