"""
HTTP caching, one rule to a file, and a cache that puts them in order.

`freshness`, `cache_key`, `may_store` and `decide` are the questions that a cache asks; `HTTPCache`
asks them in front of any origin, and `serve` and `Fetch` put it between a real client and a real
server. Sources: RFC 9110 and 9111, 5861 (stale-*), 8246 (immutable), 9211 (Cache-Status).
"""

from .cache import Answer, HTTPCache
from .cache_status import CacheStatus, parse_cache_status
from .dates import WallClock, format_date, parse_date
from .directives import CacheControl
from .fetching import Fetch
from .fields import Fields
from .freshness import Freshness, current_age, freshness
from .messages import Handler, OriginUnreachable, Request, Response, Stored, normal_url
from .reuse import Reuse, decide
from .serving import Site, serve
from .storing import Verdict, may_store
from .unsafe import invalidated
from .validation import conditional, freshened, is_not_modified
from .variants import Variants
from .vary import cache_key

__all__ = [
    "Answer",
    "CacheControl",
    "CacheStatus",
    "Fetch",
    "Fields",
    "Freshness",
    "HTTPCache",
    "Handler",
    "OriginUnreachable",
    "Request",
    "Response",
    "Reuse",
    "Site",
    "Stored",
    "Variants",
    "Verdict",
    "WallClock",
    "cache_key",
    "conditional",
    "current_age",
    "decide",
    "format_date",
    "freshened",
    "freshness",
    "invalidated",
    "is_not_modified",
    "may_store",
    "normal_url",
    "parse_cache_status",
    "parse_date",
    "serve",
]
