"""
A shop's pages, drawn from its catalogue and from what has been sold so far.

Which pictures and links a page has is decided here; who follows which is decided by the visitors.
Best-sellers come first in every list and what comes first is bought more, so popularity grows by
itself; the front page changes its offers every six hours, so it also moves.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

PRODUCTS, CATEGORIES, ON_A_PAGE = 2_500, 40, 24
OFFER_SECONDS = 6 * 3600
WORDS = [
    "lamp",
    "chair",
    "desk",
    "shelf",
    "sofa",
    "rug",
    "bowl",
    "vase",
    "clock",
    "mirror",
    "stool",
    "bench",
]
COLOURS = ["red", "oak", "blue", "steel", "white", "green", "black", "brass"]
ASSETS = {"style.css": 18_400, "shop.js": 61_300, "text.woff2": 34_900, "logo.svg": 2_150}
FILLER = b"\x9d" * 2**20

ROUTES = re.compile(
    r"/(?:(static)/([\w.]+)|(thumb)/(\d+)|(photo)/(\d+)-(\d)"
    r"|(p)/(\d+)|(c)/(\d+)/([1-9]\d*)|(search)\?q=(\w+))?"
)


@dataclass(frozen=True, slots=True)
class Product:
    """What a product weighs on the wire: its text, its small picture and its large ones."""

    name: str
    category: int
    text: int
    thumb: int
    photos: tuple[int, ...]


class Site:
    """
    The shop: `answer(path)` gives the bytes that a GET of it gives now, `sell(number)` sells.

    `now` tells the time in seconds. The ranking is drawn up once an hour.

    Raises:
        KeyError: there is no such page.

    >>> site = Site(lambda: 0.0)
    >>> len(site.answer("/thumb/7")) == site.products[7].thumb
    True
    """

    def __init__(self, now: Callable[[], float], seed: int = 7) -> None:
        self.now = now
        dice = random.Random(seed)
        self.products = [_product(dice) for _ in range(PRODUCTS)]
        self.sold = [int(dice.paretovariate(1.1)) for _ in range(PRODUCTS)]
        self.hour, self.ranking = -1, list(range(PRODUCTS))

    def sell(self, number: int) -> None:
        """Count a sale; lists show it within the hour."""
        self.sold[number] += 1

    def answer(self, path: str) -> bytes:
        """Return the body of the page, picture or file at `path`."""
        found = ROUTES.fullmatch(path)
        if found is None:
            raise KeyError(path)
        match [text for text in found.groups() if text is not None]:
            case ["static", name]:
                return FILLER[: ASSETS[name]]
            case ["thumb", number]:
                return FILLER[: self.products[int(number)].thumb]
            case ["photo", number, n]:
                return FILLER[: self.products[int(number)].photos[int(n)]]
            case ["p", number]:
                return self._product_page(int(number))
            case ["c", category, page]:
                return self._listing(f"/c/{category}", int(page), self._of(int(category)))
            case ["search", word]:
                return self._listing(None, 1, self._named(word))
        return self._front_page()

    def _ranked(self) -> list[int]:
        hour = int(self.now() // 3600)
        if hour != self.hour:
            self.hour = hour
            self.ranking.sort(key=lambda number: (-self.sold[number], number))
        return self.ranking

    def _of(self, category: int) -> list[int]:
        return [number for number in self._ranked() if self.products[number].category == category]

    def _named(self, word: str) -> list[int]:
        return [number for number in self._ranked() if word in self.products[number].name]

    def _front_page(self) -> bytes:
        offers = random.Random(f"offers {self.now() // OFFER_SECONDS}").sample(range(PRODUCTS), 12)
        menu = "".join(
            f'<a href="/c/{number}/1">shelf {number}</a>' for number in range(CATEGORIES)
        )
        return _page(menu + self._tiles([*offers, *self._ranked()[:12]]), 6_000)

    def _listing(self, base: str | None, page: int, numbers: list[int]) -> bytes:
        shown = numbers[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
        more = base is not None and len(numbers) > page * ON_A_PAGE
        link = f'<a rel="next" href="{base}/{page + 1}">more</a>' if more else ""
        return _page(self._tiles(shown) + link, 3_000)

    def _product_page(self, number: int) -> bytes:
        product = self.products[number]
        photos = "".join(f'<img src="/photo/{number}-{n}">' for n in range(len(product.photos)))
        alike = [other for other in self._of(product.category) if other != number][:6]
        return _page(f"<h1>{product.name}</h1>{photos}{self._tiles(alike)}", product.text)

    def _tiles(self, numbers: list[int]) -> str:
        """Draw products as pictures with links; all but the first eight wait for a scroll."""
        tiles = []
        for place, number in enumerate(numbers):
            lazy = ' loading="lazy"' if place >= 8 else ""
            name = self.products[number].name
            tiles.append(f'<a href="/p/{number}"><img src="/thumb/{number}"{lazy}>{name}</a>')
        return "\n".join(tiles)


def _product(dice: random.Random) -> Product:
    return Product(
        f"{dice.choice(COLOURS)} {dice.choice(WORDS)}",
        min(int(dice.expovariate(3 / CATEGORIES)), CATEGORIES - 1),
        2_000 + int(dice.expovariate(1 / 6_000)),
        2_000 + int(dice.expovariate(1 / 3_500)),
        tuple(
            min(int(dice.lognormvariate(10.6, 0.8)), len(FILLER)) for _ in range(dice.randint(1, 4))
        ),
    )


def _page(content: str, text: int) -> bytes:
    head = (
        '<link rel="stylesheet" href="/static/style.css"><script src="/static/shop.js"></script>'
        '<link rel="font" href="/static/text.woff2"><img src="/static/logo.svg">'
    )
    return f"<!doctype html>{head}{content}<p>{'t' * text}</p>".encode()
