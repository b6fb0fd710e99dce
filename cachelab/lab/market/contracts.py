"""
What the shop promises about each class of its data, and how much of it there is.

A key is `class:number`, such as "price:17". The promises are what a design is held to: an answer
may be so old and no older, a private row must not enter a layer that users share, and a write that
was acknowledged must not be lost where that matters.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DataClass:
    """
    A class of data: what is promised, and what its rows are like.

    `max_age` is for how many seconds an answer may have been out of date when it was asked for. At
    the checkout it is 0 for whatever is `exact`. `share` is the part of an ordinary day's reads,
    `writes` how many there are in a second, `alpha` the skew of their popularity.
    """

    name: str
    max_age: float
    objects: int
    mean_bytes: int
    share: float
    writes: float
    alpha: float = 1.0
    private: bool = False
    durable: bool = False
    exact: bool = False


CLASSES: dict[str, DataClass] = {
    each.name: each
    for each in (
        DataClass("catalogue", 60, 1_000, 24_000, 0.30, 0.3),
        DataClass("price", 2, 1_000, 200, 0.20, 1.0),
        DataClass("stock", 10, 1_000, 100, 0.14, 1.5, exact=True),
        DataClass("cart", 10, 40, 1_500, 0.10, 1.0, alpha=0.6, private=True, durable=True),
        DataClass("session", 30, 40, 600, 0.10, 0.3, alpha=0.6, private=True),
        DataClass("feed", 60, 40, 12_000, 0.08, 0.3, alpha=0.6, private=True),
        DataClass("search", 60, 1_000, 8_000, 0.08, 0.2),
    )
}
"""The seven classes of the shop's data, by name."""


def class_of(key: str) -> DataClass:
    """
    Return the class of a key.

    Raises:
        ValueError: there is no such class.

    >>> class_of("price:17").max_age, class_of("cart:3").private
    (2, True)
    """
    found = CLASSES.get(key.partition(":")[0])
    if found is None:
        raise ValueError(f"{key!r} is of no class; there are {', '.join(CLASSES)}")
    return found


def oldest_allowed(key: str, *, checkout: bool) -> float:
    """
    Return for how many seconds an answer may have been out of date.

    >>> oldest_allowed("stock:1", checkout=False), oldest_allowed("stock:1", checkout=True)
    (10, 0.0)
    """
    kind = class_of(key)
    return 0.0 if checkout and kind.exact else kind.max_age
