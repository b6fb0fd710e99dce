"""
Cache-Status: what each cache on the way did with a request, said by the cache itself.

The first member is the cache nearest to the origin, the last the one nearest to the client.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from .fields import Fields
from .messages import Response
from .structured import Bare, Item, Token, parse_list, write_list

FORWARDED = frozenset({"bypass", "method", "uri-miss", "vary-miss", "miss", "request", "stale"})
"""
The reasons to forward a request that are used here: the cache was told to be no part of it, the
method asks for it, the URL or the variant is not stored, the client insists, the copy is stale.
"""


@dataclass(frozen=True, slots=True)
class CacheStatus:
    """
    What one cache did: a hit, or a request forwarded for the reason `fwd`.

    `fwd_status` is what the next server answered, `ttl` the whole seconds of freshness left (below
    zero when stale), `stored` whether the answer is now kept, `detail` a remark.

    Raises:
        ValueError: it is both a hit and forwarded, or neither, or the reason is unknown.

    Source: RFC 9211, section 2.

    >>> print(CacheStatus("edge", hit=True, ttl=30))
    edge; hit; ttl=30
    >>> print(CacheStatus("My CDN", fwd="stale", fwd_status=304, stored=True, ttl=60))
    "My CDN"; fwd=stale; fwd-status=304; ttl=60; stored
    """

    cache: str
    hit: bool = False
    fwd: str = ""
    fwd_status: int | None = None
    ttl: float | None = None
    stored: bool = False
    detail: str = ""

    def __post_init__(self) -> None:
        if self.hit == bool(self.fwd):
            raise ValueError(f"either a hit or forwarded, not hit={self.hit}, fwd={self.fwd!r}")
        if self.fwd and self.fwd not in FORWARDED:
            raise ValueError(f"fwd is one of {', '.join(sorted(FORWARDED))}, not {self.fwd!r}")

    def __str__(self) -> str:
        return write_list([self._item()])

    def _item(self) -> Item:
        params: dict[str, Bare] = {}
        if self.hit:
            params["hit"] = True
        if self.fwd:
            params["fwd"] = Token(self.fwd)
        if self.fwd_status is not None:
            params["fwd-status"] = self.fwd_status
        if self.ttl is not None:
            params["ttl"] = math.floor(self.ttl)
        if self.stored:
            params["stored"] = True
        if self.detail:
            params["detail"] = self.detail
        is_word = self.cache.isascii() and self.cache.replace("-", "").isalnum()
        name = Token(self.cache) if is_word and self.cache[0].isalpha() else self.cache
        return Item(name, params)


def with_status(response: Response, status: CacheStatus) -> Response:
    """Return the response with one more member at the end of its Cache-Status."""
    told = response.headers.lines_of("cache-status")
    value = ", ".join([*told, str(status)])
    return response.with_headers(response.headers.with_line("Cache-Status", value))


def parse_cache_status(headers: Mapping[str, str]) -> list[CacheStatus]:
    """
    Return what the caches on the way said, nearest to the origin first; none if it is not readable.

    >>> said = parse_cache_status({"Cache-Status": "shield; hit, edge; fwd=uri-miss; stored"})
    >>> [(status.cache, status.hit, status.fwd, status.stored) for status in said]
    [('shield', True, '', False), ('edge', False, 'uri-miss', True)]
    """
    try:
        items = parse_list(Fields(headers).get("cache-status", ""))
        return [_status(item) for item in items]
    except (ValueError, TypeError):
        return []


def _status(item: Item) -> CacheStatus:
    params = dict(item.params)
    ttl, status = params.get("ttl"), params.get("fwd-status")
    return CacheStatus(
        str(item.value),
        hit=params.get("hit") is True,
        fwd=str(params.get("fwd", "")),
        fwd_status=status if isinstance(status, int) else None,
        ttl=ttl if isinstance(ttl, int) else None,
        stored=params.get("stored") is True,
        detail=str(params.get("detail", "")),
    )
