"""
`storefront`: the GETs that a shop on loopback answers over some days, with their sizes.

Visitors, and once a day a crawler, take turns page by page in the order of a clock that is moved by
hand, so that a week takes minutes. The HTTP between them and the shop is real.
"""

import heapq
import random
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from itertools import count

import numpy as np
from tqdm import tqdm

from cachelab.lab.traces import Trace
from cachelab.ports.runtime import ManualClock

from .server import AccessLog, open_shop
from .site import Site
from .visitors import Browser, crawl, visit

REQUESTS = 120_000
SECONDS_BETWEEN_VISITORS = 110.0
HOUR = 3600.0

Actor = Iterator[float]
"""Somebody who acts when asked for the next item, which is the seconds until they act again."""


def record_storefront(requests: int = REQUESTS) -> Trace:
    """
    Open the shop until it has answered `requests` GETs; the same ones each time.

    Keys are numbers by first appearance; the size of a key is that of its first answer.
    """
    clock = ManualClock()
    with open_shop(Site(clock.now)) as log:
        connection = HTTPConnection("127.0.0.1", log.port)
        with tqdm(total=requests, desc="storefront", unit="GET", delay=2, disable=None) as bar:
            for _ in _turns(clock, connection):
                bar.update(len(log.paths) - bar.n)
                if len(log.paths) >= requests:
                    break
        connection.close()
    return _numbered(log, requests)


def _turns(clock: ManualClock, connection: HTTPConnection) -> Iterator[None]:
    """Let whoever is next on the clock act once, for ever."""
    order = count()  # of two who are due at once the first to come goes first
    waiting: list[tuple[float, int, Actor]] = []

    def admit(actor: Actor, after: float = 0.0) -> None:
        heapq.heappush(waiting, (clock.now() + after, next(order), actor))

    admit(_door(admit, connection))
    admit(_crawler(connection), after=3 * HOUR)
    while True:
        due, _, actor = heapq.heappop(waiting)
        clock.advance(due - clock.now())
        pause = next(actor, None)
        if pause is not None:
            admit(actor, pause)
        yield


def _door(admit: Callable[[Actor], None], connection: HTTPConnection) -> Actor:
    dice = random.Random("door")
    for number in count():
        admit(visit(Browser(connection), random.Random(f"visitor {number}")))
        yield dice.expovariate(1 / SECONDS_BETWEEN_VISITORS)


def _crawler(connection: HTTPConnection) -> Actor:
    while True:
        yield from crawl(Browser(connection))
        yield 22 * HOUR


def _numbered(log: AccessLog, requests: int) -> Trace:
    paths = log.paths[:requests]
    numbers: dict[str, int] = {}
    keys = np.array([numbers.setdefault(path, len(numbers)) for path in paths])
    first_sizes = dict(zip(reversed(paths), reversed(log.sizes[:requests]), strict=True))
    return Trace(keys, "storefront", np.array([first_sizes[path] for path in paths]))
