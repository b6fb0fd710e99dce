"""
Visitors of the shop: each has a browser with a cache of its own, and a head of its own.

A browser reads the page it gets, fetches the pictures and files it has not fetched before, and
shows the links; the visitor follows one near the top, goes on to the next page, searches, buys or
leaves. A crawler walks all products once a day and looks at no picture.
"""

import random
from collections.abc import Iterator
from html.parser import HTMLParser
from http.client import HTTPConnection

from .site import COLOURS, PRODUCTS, WORDS

LANDING = {"front": 45, "product": 35, "search": 20}
LEAVES, BUYS, SCROLLS, SEARCHES, GOES_ON = 0.17, 0.05, 0.4, 0.08, 0.15


class Page(HTMLParser):
    """What a browser needs of a page: what to fetch at once, what on scrolling, where to go."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.now: list[str] = []
        self.later: list[str] = []
        self.products: list[str] = []
        self.lists: list[str] = []
        self.next: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Sort the tag's address by what it is for."""
        found = dict(attrs)
        address = found.get("href") or found.get("src")
        if address is None:
            return
        if tag != "a":
            (self.later if found.get("loading") == "lazy" else self.now).append(address)
        elif found.get("rel") == "next":
            self.next = address
        else:
            (self.products if address.startswith("/p/") else self.lists).append(address)


class Browser:
    """A connection that is shared, and a cache that is not: pictures and files are fetched once."""

    def __init__(self, connection: HTTPConnection) -> None:
        self.connection = connection
        self.cached: set[str] = set()

    def get(self, path: str) -> bytes:
        """Fetch `path` over HTTP."""
        self.connection.request("GET", path)
        return self.connection.getresponse().read()

    def open(self, path: str) -> Page:
        """Fetch a page and all it needs at once."""
        page = Page(self.get(path).decode())
        self.fetch(page.now)
        return page

    def fetch(self, paths: list[str]) -> None:
        """Fetch pictures and files that are not in the browser's cache."""
        for path in paths:
            if path not in self.cached:
                self.cached.add(path)
                self.get(path)

    def buy(self, path: str) -> None:
        """Buy the product whose page is at `path`."""
        self.connection.request("POST", path.replace("/p/", "/buy/"))
        self.connection.getresponse().read()


def visit(browser: Browser, dice: random.Random) -> Iterator[float]:
    """Visit the shop; each step is one page, and gives the seconds until the next."""
    (landing,) = dice.choices(list(LANDING), list(LANDING.values()))
    path = {
        "front": "/",
        "product": f"/p/{min(int(dice.paretovariate(0.6)), PRODUCTS) - 1}",
        "search": _search(dice),
    }[landing]
    while True:
        page = browser.open(path)
        if dice.random() < SCROLLS:
            browser.fetch(page.later)
        yield 5 + dice.expovariate(1 / 25)
        if path.startswith("/p/") and dice.random() < BUYS:
            browser.buy(path)
        if dice.random() < LEAVES:
            return
        path = _choose(page, dice)


def crawl(browser: Browser) -> Iterator[float]:
    """Fetch every product's page once, and nothing else."""
    for number in range(PRODUCTS):
        browser.get(f"/p/{number}")
        yield 2.0


def _choose(page: Page, dice: random.Random) -> str:
    if page.next is not None and dice.random() < GOES_ON:
        return page.next
    if dice.random() < SEARCHES:
        return _search(dice)
    if page.lists and dice.random() < 0.5:
        return dice.choice(page.lists)
    if page.products:
        return page.products[min(int(dice.expovariate(0.2)), len(page.products) - 1)]
    return "/"


def _search(dice: random.Random) -> str:
    return f"/search?q={dice.choice(WORDS + COLOURS)}"
