"""
What a cache costs in money, and what it saves: memory by the month against calls of the origin.

No price is built in. Prices differ by provider, region and year, so each one that goes into a sum
says where it is from, and the sum can be asked.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

SECONDS_A_MONTH = 365.25 / 12 * 86_400

GB = 10**9
"""Bytes, as bills count them."""


@dataclass(frozen=True, slots=True)
class Price:
    """
    An amount of money for one unit, and where the number is from: a price list with its date.

    Raises:
        ValueError: the amount is negative or not finite, or nothing is said of its source.
    """

    amount: float
    source: str

    def __post_init__(self) -> None:
        if not 0 <= self.amount < math.inf:
            raise ValueError(f"a price is a number from 0 up, not {self.amount!r}")
        if not self.source.strip():
            raise ValueError(f"say where the price {self.amount!r} is from")


@dataclass(frozen=True, slots=True)
class Prices:
    """What is paid: `memory` per GB and month, `origin` per call, `egress` per GB sent out."""

    memory: Price
    origin: Price
    egress: Price

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the prices are from, each source once."""
        prices = (self.memory, self.origin, self.egress)
        return tuple(dict.fromkeys(price.source for price in prices))


@dataclass(frozen=True, slots=True)
class Bill:
    """Money for one month, in the currency of the prices."""

    memory: float
    origin: float
    egress: float

    @property
    def total(self) -> float:
        return self.memory + self.origin + self.egress


def monthly_bill(
    prices: Prices,
    *,
    reads: float,
    hit_ratio: float,
    gigabytes: float,
    bytes_sent: float = 0.0,
) -> Bill:
    """
    The bill of a month with `reads` a second, a cache of `gigabytes`, and its hit ratio.

    A miss is one call of the origin. `bytes_sent` are those of one call for which the provider
    charges: between zones, or from the origin to a content delivery network.

    Raises:
        ValueError: the ratio is not from 0 to 1, or a number is negative or not finite.

    >>> made_up = Price(2.0, "made up for this example")
    >>> prices = Prices(memory=made_up, origin=Price(1e-6, "made up"), egress=made_up)
    >>> bare = monthly_bill(prices, reads=1_000, hit_ratio=0, gigabytes=0)
    >>> cached = monthly_bill(prices, reads=1_000, hit_ratio=0.9, gigabytes=10)
    >>> round(bare.total), round(cached.total)
    (2630, 283)
    """
    if not 0 <= hit_ratio <= 1:
        raise ValueError(f"a hit ratio is from 0 to 1, not {hit_ratio!r}")
    for name, value in (("reads", reads), ("gigabytes", gigabytes), ("bytes_sent", bytes_sent)):
        if not 0 <= value < math.inf:
            raise ValueError(f"{name} must be a finite number from 0 up, not {value!r}")
    calls = reads * (1 - hit_ratio) * SECONDS_A_MONTH
    return Bill(
        memory=gigabytes * prices.memory.amount,
        origin=calls * prices.origin.amount,
        egress=calls * bytes_sent / GB * prices.egress.amount,
    )


def cheapest_size(
    prices: Prices, sizes: Iterable[tuple[float, float]], *, reads: float, bytes_sent: float = 0.0
) -> tuple[float, Bill]:
    """
    The size with the smallest bill, of `sizes`: gigabytes, each with the hit ratio it brings.

    A miss-ratio curve gives the pairs. With 0 GB and no hits among them, no cache may be cheapest.

    Complexity: O(sizes).

    Raises:
        ValueError: there are no sizes, or as `monthly_bill`.

    >>> prices = Prices(*(Price(n, "made up for this example") for n in (2.0, 1e-6, 0.0)))
    >>> curve = [(0, 0.0), (10, 0.80), (50, 0.90), (250, 0.93)]
    >>> cheapest_size(prices, curve, reads=1_000)[0], cheapest_size(prices, curve, reads=5)[0]
    (50, 0)
    """
    bills = [
        (
            size,
            monthly_bill(prices, reads=reads, hit_ratio=h, gigabytes=size, bytes_sent=bytes_sent),
        )
        for size, h in sizes
    ]
    if not bills:
        raise ValueError("there is no size to choose from")
    return min(bills, key=lambda pair: (pair[1].total, pair[0]))


def break_even_interval(prices: Prices, size: float, bytes_sent: float = 0.0) -> float:
    """
    The seconds between two reads at which keeping `size` bytes costs as much as asking again.

    What is read more often than that is cheaper to keep.

    Source: J. Gray and F. Putzolu, "The 5 minute rule for trading memory for disc accesses", SIGMOD
    1987; there the price of a call is that of a disc arm, bought once.

    >>> prices = Prices(*(Price(n, "made up for this example") for n in (2.0, 1e-6, 0.0)))
    >>> round(break_even_interval(prices, size=1_000) / 86_400)  # days
    15
    """
    if not 0 < size < math.inf:
        raise ValueError(f"size must be a number of bytes above 0, not {size!r}")
    call = prices.origin.amount + bytes_sent / GB * prices.egress.amount
    keeping = size / GB * prices.memory.amount / SECONDS_A_MONTH
    return call / keeping if keeping else math.inf
