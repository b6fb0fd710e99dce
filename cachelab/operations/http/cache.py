"""
An HTTP cache: a handler around a handler, which answers what it can and asks for the rest.

The rules are in the files beside this one; here they are only put in order. It is in front of any
origin that is a `Handler`: a function, another cache, or a server somewhere (`Fetch`). To put one
before a real client, `serve` it.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from typing import Literal

from cachelab.operations.resilience.telling import tell
from cachelab.ports import CachelabError, Clock, MemoryStore, Runtime, Store, ThreadRuntime

from .cache_status import CacheStatus, with_status
from .dates import WallClock, format_date
from .directives import CacheControl
from .layers import is_shared
from .messages import Handler, OriginUnreachable, Request, Response, Stored
from .reuse import Reuse, decide
from .stale import ERRORS
from .storing import Verdict, may_store
from .unsafe import invalidated
from .validation import (
    conditional,
    confirms,
    freshened,
    has_validator,
    is_not_modified,
    not_modified,
)
from .variants import Found, Variants
from .vary import cache_key

Outcome = Literal["hit", "stale", "revalidated", "miss", "bypass"]
"""Answered from here, fresh or stale; confirmed by the origin; not here; nothing for a cache."""


@dataclass(frozen=True)
class Answer:
    """What a cache did with one request, for those who watch."""

    cache: str
    request: Request
    response: Response
    outcome: Outcome
    why: str
    verdict: Verdict | None = None
    """Whether what the origin sent may be kept here; None if the origin sent nothing new."""
    is_background: bool = False
    """Whether nobody waited for it."""


class HTTPCache:
    """
    A cache in front of `origin`, for one user (`layer="private"`) or for many ("shared").

    Responses are kept in `store`, in memory if none is given; give a `LocalStore` to bound it, or a
    `RedisStore` to share it. After they are stale they are kept `keep_stale` seconds more, to be
    confirmed or sent in the place of an error. With stale-while-revalidate a response is asked for
    in the background, once however many requests come. Every answer says in Cache-Status, under
    `name`, what was done, and `on_answer` is told.

    What a POST or any other unsafe method ends can't be put back by a GET that was sent before it.

    Complexity: the store's, 2 round trips for a hit; and the origin's, for a miss.

    Raises:
        OriginUnreachable: there is no answer, and nothing stored that may take its place.
        StoreError: the store failed; put a `Resilient` around one that may.
        ValueError: the layer is unknown, or `keep_stale` is negative.

    Source: RFC 9111, 5861, 8246 and 9211. Ranges are passed on, and answered whole from the store.

    >>> def origin(request):
    ...     return Response(200, {"Cache-Control": "max-age=60", "Date": format_date(0)}, b"hello")
    >>> from cachelab.ports import ManualClock
    >>> clock = ManualClock()
    >>> cache = HTTPCache(origin, name="edge", clock=clock, store=MemoryStore(clock))
    >>> cache(Request("GET", "/")).headers["cache-status"]
    'edge; fwd=uri-miss; fwd-status=200; ttl=60; stored'
    >>> clock.advance(20)
    >>> cache(Request("GET", "/")).headers["cache-status"]
    'edge; hit; ttl=40'
    """

    def __init__(
        self,
        origin: Handler,
        layer: str = "shared",
        *,
        name: str = "cachelab",
        store: Store | None = None,
        clock: Clock | None = None,
        runtime: Runtime | None = None,
        keep_stale: float = 86_400.0,
        cookies_are_credentials: bool = True,
        on_answer: Callable[[Answer], object] | None = None,
    ) -> None:
        if not keep_stale >= 0:
            raise ValueError(f"keep_stale must be 0 seconds or more, not {keep_stale!r}")
        is_shared(layer)
        self.origin, self.layer, self.name = origin, layer, name
        self.clock: Clock = WallClock() if clock is None else clock
        self.runtime: Runtime = ThreadRuntime() if runtime is None else runtime
        self.variants = Variants(MemoryStore(self.clock) if store is None else store)
        self.keep_stale = keep_stale
        self.cookies_are_credentials = cookies_are_credentials
        self.on_answer = on_answer
        self._refreshing: set[tuple[str, str]] = set()
        self._lock = self.runtime.lock()

    def __call__(self, request: Request) -> Response:
        """Answer `request` from here, or from the origin."""
        if request.method not in ("GET", "HEAD"):
            return self._pass_on(request)
        found = self.variants.find(request)
        only_here = "only-if-cached" in CacheControl.of(request.headers)
        if found.stored is None:
            return self._nothing_here(request) if only_here else self._fetch(request, found)
        if request.method == "HEAD":  # answered from what GET brought, and asked for as GET
            whole = self(Request("GET", request.url, request.headers))
            return Response(whole.status, whole.headers)
        reuse = decide(self.layer, request, found.stored, self.clock.now())
        if reuse.what == "ask":
            if only_here:
                return self._nothing_here(request)
            return self._ask(request, found, found.stored, reuse)
        if reuse.what == "later":
            self._refresh(request, found, found.stored, reuse)
        return self._send(request, found.stored, reuse)

    def _send(self, request: Request, stored: Stored, reuse: Reuse) -> Response:
        """Answer with what is stored."""
        status = CacheStatus(self.name, hit=True, ttl=reuse.fresh.left)
        outcome: Outcome = "hit" if reuse.what == "fresh" else "stale"
        response = self._prepared(request, stored, status)
        return self._told(request, response, outcome, reuse.why)

    def _fetch(self, request: Request, found: Found) -> Response:
        """Get what is not stored from the origin, and store it."""
        fwd = "vary-miss" if found.knows_url else "uri-miss"
        why = "another variant only" if found.knows_url else "nothing stored for this URL"
        generation = self.variants.begin(request)
        fetched = self._from_origin(request)
        verdict, ttl, kept = self._keep(request, fetched, generation)
        status = CacheStatus(
            self.name, fwd=fwd, fwd_status=fetched.response.status, ttl=ttl, stored=kept
        )
        return self._told(request, with_status(fetched.response, status), "miss", why, verdict)

    def _ask(self, request: Request, found: Found, stored: Stored, reuse: Reuse) -> Response:
        """Ask the origin whether what is stored is still good."""
        fwd = "stale" if not reuse.fresh.is_fresh else "request"
        try:
            fetched = self._from_origin(conditional(request, stored.response))
            if fetched.response.status == 304 and not confirms(fetched.response, stored.response):
                fetched = self._from_origin(conditional(request, Response(200)))
        except OriginUnreachable:
            if not reuse.covers_error:
                raise
            return self._instead_of_error(request, stored, reuse, fwd, None)
        answered = fetched.response.status
        if answered in ERRORS and reuse.covers_error:
            return self._instead_of_error(request, stored, reuse, fwd, answered)
        if answered == 304 and has_validator(stored.response):
            return self._confirmed(request, found, stored, fetched, reuse, fwd)
        verdict, ttl, kept = self._keep(request, fetched, found.generation)
        if not kept and answered not in ERRORS:
            self.variants.forget(request, stored, found.generation)
        status = CacheStatus(self.name, fwd=fwd, fwd_status=answered, ttl=ttl, stored=kept)
        response = with_status(fetched.response, status)
        return self._told(request, response, "miss", f"{reuse.why}; it has changed", verdict)

    def _confirmed(
        self, request: Request, found: Found, old: Stored, fetched: Stored, reuse: Reuse, fwd: str
    ) -> Response:
        """Answer with what is stored, which a 304 has made new."""
        new = fetched.with_response(freshened(old.response, fetched.response))
        verdict, ttl, kept = self._keep(request, new, found.generation)
        if not kept:
            self.variants.forget(request, old, found.generation)
        status = CacheStatus(self.name, fwd=fwd, fwd_status=304, ttl=ttl, stored=kept)
        response = self._prepared(request, new, status)
        return self._told(request, response, "revalidated", f"{reuse.why}; it is the same", verdict)

    def _instead_of_error(
        self, request: Request, stored: Stored, reuse: Reuse, fwd: str, answered: int | None
    ) -> Response:
        status = CacheStatus(
            self.name, fwd=fwd, fwd_status=answered, ttl=reuse.fresh.left, detail="stale-if-error"
        )
        response = self._prepared(request, stored, status)
        error = "no answer" if answered is None else f"a {answered}"
        return self._told(request, response, "stale", f"{error}, within stale-if-error")

    def _pass_on(self, request: Request) -> Response:
        """Forward what no cache can answer, and drop what it ends."""
        fetched = self._from_origin(request)
        ended = invalidated(request, fetched.response)
        for url in ended:
            self.variants.drop(url)
        status = CacheStatus(self.name, fwd="method", fwd_status=fetched.response.status)
        why = f"{request.method} is for the origin" + (
            f"; dropped {', '.join(ended)}" * bool(ended)
        )
        return self._told(request, with_status(fetched.response, status), "bypass", why)

    def _nothing_here(self, request: Request) -> Response:
        response = Response(504, {"Content-Length": "0"})
        return self._told(request, response, "bypass", "only-if-cached, and nothing may be sent")

    def _refresh(self, request: Request, found: Found, stored: Stored, reuse: Reuse) -> None:
        """Ask in the background, unless somebody does already."""
        vary = stored.response.headers.get("vary", "")
        mark = (found.generation, str(cache_key(request, vary)))
        with self._lock:
            if mark in self._refreshing:
                return
            self._refreshing.add(mark)

        behind = copy(self)
        behind.on_answer = lambda answer: tell(self.on_answer, replace(answer, is_background=True))

        def ask() -> None:
            try:
                behind._ask(request, found, stored, reuse)
            except CachelabError:
                pass  # the copy stays as it is, and the next request tries again
            finally:
                with self._lock:
                    self._refreshing.discard(mark)

        self.runtime.spawn(ask, name=f"revalidate {request.url}")

    def _from_origin(self, request: Request) -> Stored:
        asked = self.clock.now()
        forwarded = request.with_headers(request.headers.end_to_end())
        response = self.origin(forwarded)
        answered = self.clock.now()
        headers = response.headers.end_to_end()
        if "date" not in headers:
            headers = headers.with_line("Date", format_date(answered))
        return Stored(response.with_headers(headers), asked, answered)

    def _keep(
        self, request: Request, fetched: Stored, generation: str
    ) -> tuple[Verdict, float | None, bool]:
        """Store what may be stored; return the verdict, the freshness left, and whether it is."""
        verdict = may_store(
            self.layer,
            fetched.response,
            request,
            cookies_are_credentials=self.cookies_are_credentials,
        )
        if not verdict:
            return verdict, None, False
        left = fetched.freshness(self.clock.now(), self.layer).left
        control = CacheControl.of(fetched.response.headers)
        windows = [
            control.seconds(f"stale-{name}") or 0 for name in ("while-revalidate", "if-error")
        ]
        ttl = max(left, 0.0) + max(*windows, self.keep_stale)
        return verdict, left, ttl > 0 and self.variants.put(request, fetched, generation, ttl)

    def _prepared(self, request: Request, stored: Stored, status: CacheStatus) -> Response:
        """Return what is stored as an answer: with its age, without a body the client has."""
        age = stored.freshness(self.clock.now()).age
        headers = stored.response.headers.with_line("Age", str(int(age)))
        response = with_status(stored.response.with_headers(headers), status)
        if is_not_modified(request, response):
            return not_modified(response)
        return response

    def _told(
        self,
        request: Request,
        response: Response,
        outcome: Outcome,
        why: str,
        verdict: Verdict | None = None,
    ) -> Response:
        tell(self.on_answer, Answer(self.name, request, response, outcome, why, verdict))
        return response

    def __repr__(self) -> str:
        return f"HTTPCache({self.origin!r}, {self.layer!r}, name={self.name!r})"
