"""
Which requests may share a response: those alike in URL and in every field that Vary names.

A cache that ignores Vary sends German pages to English readers, or one user's page to another.
"""

import json
from collections.abc import Iterable
from typing import Final

from cachelab.ports import MISSING
from cachelab.ports.stores import Absent

from .fields import Fields
from .messages import Request, normal_url

CASELESS: Final = frozenset({"accept", "accept-charset", "accept-encoding", "accept-language"})
"""Fields whose values mean the same in any case, and with any space around their commas."""


def cache_key(request: Request, vary: str | Iterable[str] = ()) -> str | Absent:
    """
    Return the text under which a response to `request` is kept, or MISSING for `Vary: *`.

    `vary` is the field's value or the names in it. Two requests have one key if they have one URL
    and agree in each of these fields, where an absent field differs from an empty one. HEAD has
    the key of GET. The parts are quoted, so no value can be written that passes for two.

    Complexity: O(length of the URL and of the fields named).

    Source: RFC 9111, sections 2 and 4.1.

    >>> german = Request("GET", "/news", {"Accept-Language": "DE , en"})
    >>> english = Request("GET", "/news", {"Accept-Language": "en"})
    >>> cache_key(german, "Accept-Language")
    '["GET","/news",[["accept-language","de,en"]]]'
    >>> cache_key(german, "Accept-Language") == cache_key(english, "Accept-Language")
    False
    >>> cache_key(german, "Accept") == cache_key(english, "Accept"), cache_key(german, "*")
    (True, MISSING)
    """
    names = varying(vary)
    if "*" in names:
        return MISSING
    method = "GET" if request.method == "HEAD" else request.method
    chosen = [[name, _normal(request.headers, name)] for name in names]
    parts = [method, normal_url(request.url), chosen]
    return json.dumps(parts, separators=(",", ":"))


def varying(vary: str | Iterable[str]) -> list[str]:
    """
    Return the names in a Vary field, in lower case, each once and in order.

    >>> varying("Cookie, accept , COOKIE")
    ['accept', 'cookie']
    """
    names = vary.split(",") if isinstance(vary, str) else vary
    return sorted({name.strip().lower() for name in names if name.strip()})


def _normal(headers: Fields, name: str) -> str | None:
    if name not in headers:
        return None
    if name in CASELESS:
        return ",".join(member.lower() for member in headers.members(name))
    return headers[name]
