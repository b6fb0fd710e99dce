"""
Requests on their way through a browser's cache and a shared one to the origin, recorded.

The caches are real ones in virtual time. Probes before each of them write down what passes; what a
cache did and why, it says itself. Two people ask, so that a page can be given to the wrong one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from cachelab.operations.http import HTTPCache, Request, Response, parse_cache_status
from cachelab.operations.http.messages import Handler
from cachelab.operations.http.validation import is_not_modified, not_modified
from cachelab.ports import MemoryStore, SimRuntime

from .subjects import SubjectFailed, subject_name

SCRIPT = ((0, "Ada"), (10, "Ada"), (20, "Ben"), (100, "Ada"), (101, "Ben"))
"""Who asks for the page, and at which second."""

SHARED, ORIGIN = "CDN", "origin"

CacheLike = Callable[..., Handler]
"""`HTTPCache`, or a class that is made as it is: from what is behind it and its layer."""


@dataclass(frozen=True, slots=True)
class Passing:
    """
    One moment of a request: it comes to a `place`, or its answer leaves it.

    `outcome` and `why` are the cache's own words at an answer, `kept` tells that it now holds the
    body; `is_background` that nobody waits.
    """

    number: int
    second: float
    who: str
    way: Literal["asks", "answers"]
    place: str
    status: int = 0
    body: str = ""
    outcome: str = ""
    why: str = ""
    refusal: str = ""
    kept: bool = False
    is_background: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """
    The origin's page and its Cache-Control.

    If it is `personal`, everybody signs in with a cookie and gets a page of their own; if it
    `varies`, it says so.
    """

    cache_control: str
    personal: bool = False
    varies: bool = False

    def body(self, who: str) -> str:
        return f"{who}'s page" if self.personal else "the page"

    def answer(self, request: Request) -> Response:
        who = request.headers.get("cookie", "").removeprefix("user=")
        body = self.body(who)
        headers = {"Cache-Control": self.cache_control, "ETag": f'"{body.replace(" ", "-")}"'}
        if self.varies:
            headers["Vary"] = "Cookie"
        response = Response(200, headers, body.encode())
        return not_modified(response) if is_not_modified(request, response) else response


def journey(site: Site, cache: CacheLike = HTTPCache) -> list[Passing]:
    """
    Send the requests of `SCRIPT` through two browsers and one shared cache, and return it all.

    >>> passed = journey(Site("max-age=60"))
    >>> [p.place for p in passed if p.number == 1]  # a copy in the browser answers
    ["Ada's browser", "Ada's browser"]
    """
    return list(_Recorder(site, cache).played())


def browser_of(who: str) -> str:
    return f"{who}'s browser"


class _Recorder:
    """The caches in their order, with a probe before each."""

    def __init__(self, site: Site, cache: CacheLike) -> None:
        self.sim = SimRuntime()
        self.name = subject_name(cache)
        self.passed: list[Passing] = []
        self.told: dict[str, Any] = {}
        self.asked = (0, "")
        self.signed_in = site.personal
        origin = self._probe(ORIGIN, site.answer)
        shared = self._probe(SHARED, self._cache(cache, origin, "cdn", SHARED))
        self.browsers = {
            who: self._probe(
                browser_of(who), self._cache(cache, shared, "browser", browser_of(who))
            )
            for who in ("Ada", "Ben")
        }

    def played(self) -> Iterator[Passing]:
        for number, (second, who) in enumerate(SCRIPT):
            self.sim.sleep(second - self.sim.now())
            self.asked = (number, who)
            cookie = {"Cookie": f"user={who}"} if self.signed_in else {}
            self.sim.run(self.browsers[who], Request("GET", "/page", cookie))
            yield from self.passed
            self.passed.clear()

    def _cache(self, kind: CacheLike, behind: Handler, layer: str, name: str) -> Handler:
        def told(answer: Any) -> None:
            self.told[name] = answer

        store = MemoryStore(self.sim)
        return kind(
            behind,
            layer,
            name=name.replace("'s ", "-"),
            store=store,
            clock=self.sim,
            runtime=self.sim,
            on_answer=told,
        )

    def _probe(self, place: str, handler: Handler) -> Handler:
        def pass_by(request: Request) -> Response:
            self.told.pop(place, None)
            self._note("asks", place)
            response = handler(request)
            if not isinstance(response, Response):
                raise SubjectFailed(
                    f"{self.name} at {place} answered {response!r}, which is no Response"
                )
            self._note("answers", place, response)
            return response

        return pass_by

    def _note(
        self, way: Literal["asks", "answers"], place: str, response: Response | None = None
    ) -> None:
        number, who = self.asked
        behind = self.sim.task_name() != "main"
        more: dict[str, Any] = {}
        if response is not None:
            said = parse_cache_status(response.headers) if place != ORIGIN else []
            answer = self.told.get(place)
            more = {
                "status": response.status,
                "body": response.body.decode(),
                "kept": bool(said) and said[-1].stored,
            }
            if answer is not None:
                verdict = answer.verdict
                refusal = verdict.why if verdict is not None and not verdict else ""
                more |= {"outcome": answer.outcome, "why": answer.why, "refusal": refusal}
        second = self.sim.now()
        self.passed.append(Passing(number, second, who, way, place, is_background=behind, **more))
