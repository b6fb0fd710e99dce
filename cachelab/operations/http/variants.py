"""
Where a cache keeps responses: the variants of a URL, found by the fields that tell them apart.

A `Store` knows keys, and which fields make the key is known only from an answer. So under the URL
stands which fields to look at, with a generation that is part of every variant's key: whoever drops
that one entry has dropped all variants, and has shut out those that are still on their way.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from cachelab.ports import MISSING, Store

from .messages import Request, Stored, normal_url
from .vary import cache_key, varying

AT_MOST = 8
"""How many different Vary fields of one URL are remembered; origins give one, or change it."""

TRIES = 3
"""How often a generation that came and went between two looks is looked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """
    What is stored for a request: the response, if there is one, and the URL's generation.

    `knows_url` tells whether there are variants for other requests.
    """

    stored: Stored | None
    generation: str
    knows_url: bool


class Variants:
    """
    Responses in a `Store`, by URL and by the request's fields that Vary names.

    `put` needs the generation that was current when its request was sent. If `drop` came since, the
    response is older than what ended the copies, and is not kept.

    Round trips: `find` takes 1 for the URL and 1 for each Vary known of it; `put` 3; `drop` 1.

    >>> from cachelab.ports import MemoryStore
    >>> from .messages import Response
    >>> variants = Variants(MemoryStore())
    >>> request = Request("GET", "/news")
    >>> late = variants.begin(request)
    >>> variants.drop("/news")
    >>> variants.put(request, Stored(Response(200), 0, 0), late, ttl=60)
    False
    """

    def __init__(self, store: Store, *, keep: float = 7 * 86_400.0, prefix: str = "http:") -> None:
        self.store = store
        self.keep = keep
        """Seconds after which a URL that nobody stored anything of is forgotten."""
        self.prefix = prefix

    def find(self, request: Request) -> Found:
        """Return the stored response for `request`: of those that fit, the last one stored."""
        generation, varies = self._entry(request.url)
        for vary in varies:
            value = self.store.get(self._key(request, vary, generation))
            if value is not MISSING:
                return Found(Stored.from_value(value), generation, True)
        return Found(None, generation, bool(varies))

    def begin(self, request: Request) -> str:
        """Return the generation of the URL, making one if there is none."""
        fresh = uuid.uuid4().hex
        for _ in range(TRIES):
            generation, _ = self._entry(request.url)
            if generation:
                return generation
            if self.store.add(self._url_key(request.url), [fresh, []], self.keep):
                break
        return fresh  # where it could not be kept, `put` finds that out

    def put(self, request: Request, stored: Stored, generation: str, ttl: float) -> bool:
        """Keep a response for `ttl` seconds, unless its URL was dropped since `generation`."""
        vary = ",".join(varying(stored.response.headers.get("vary", "")))
        url_key = self._url_key(request.url)
        self.store.set(self._key(request, vary, generation), stored.as_value(), ttl)
        while True:
            entry = self.store.get(url_key)
            if entry is MISSING or entry[0] != generation:
                return False  # what was just stored is under a generation that nobody looks for
            varies = [vary, *(other for other in entry[1] if other != vary)][:AT_MOST]
            if self.store.replace(url_key, entry, [generation, varies], max(ttl, self.keep)):
                return True

    def forget(self, request: Request, stored: Stored, generation: str) -> None:
        """Drop the one variant that `request` found."""
        vary = ",".join(varying(stored.response.headers.get("vary", "")))
        self.store.delete(self._key(request, vary, generation))

    def drop(self, url: str) -> None:
        """Drop every variant of a URL, those on their way included."""
        self.store.delete(self._url_key(url))

    def _entry(self, url: str) -> tuple[str, list[str]]:
        entry: Any = self.store.get(self._url_key(url))
        return ("", []) if entry is MISSING else (entry[0], entry[1])

    def _url_key(self, url: str) -> str:
        return f"{self.prefix}url:{normal_url(url)}"

    def _key(self, request: Request, vary: str, generation: str) -> str:
        return f"{self.prefix}variant:{generation}:{cache_key(request, vary)}"
