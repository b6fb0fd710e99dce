"""
The TTL dial: turn the time to live, and see hits, staleness and load move together.
"""

from cachelab.lab.lives import StrategyLike
from cachelab.lab.subjects import blamed, check_subject
from cachelab.lab.ttl_scenes import PARTS, SIZE, ttl_controls, ttl_work
from cachelab.strategies import CacheAside

from .late_view import LateView


class TtlDial(LateView):
    """
    A view of what a time to live does to one key: hit ratio, stale share, loads of the source.

    `strategy` is one of ours, or a class of yours with `read(key)` that is made from a store, a
    source and a `ttl`; it is played in virtual time, `requests` reads a setting, and stands as dots
    beside the lines of the formulas.

    Raises:
        SubjectFailed: the class fails when it is made or read from.

    >>> TtlDial(requests=20)
    TtlDial(cache_aside, 20 reads a setting)
    """

    def __init__(self, strategy: StrategyLike = CacheAside, *, requests: int = 1_000) -> None:
        check_subject(strategy, "read")
        name = str(getattr(strategy, "name", "") or getattr(strategy, "__name__", "strategy"))
        super().__init__(
            title="What a time to live buys, and what it costs",
            about=f"{name}, {requests:,} reads a setting",
            controls=ttl_controls(),
            work=lambda places: blamed(strategy, ttl_work(strategy, name, requests, places)),
            parts=PARTS,
            size=SIZE,
            pace=250,
        )
