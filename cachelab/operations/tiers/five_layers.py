"""
A web site with all its caches: the five layers, each the code that it is elsewhere in this package.

Only the time is made: each hop moves the clock by what it costs. So an hour passes at once, and
each visit gives the same journey on every machine.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from cachelab.eviction import LRU, EvictionPolicy
from cachelab.operations.http import Answer, HTTPCache, Request, Response
from cachelab.operations.http.dates import format_date
from cachelab.operations.http.validation import is_not_modified, not_modified
from cachelab.ports import MISSING, ManualClock, MemorySource, MemoryStore, Task, ThreadRuntime

from .buffer_pool import BufferPool
from .journey import LAYERS, Costs, Journey, Step
from .local_store import LocalStore
from .tiered import Tiered
from .traffic import Read, Write

START: Final = 1_800_000_000.0
"""When a site begins, in seconds since 1970: January 2027, so that dates have something to show."""


class FiveLayers:
    """
    A small web site with all its caches, for as many users as there are.

    `publish` puts a page into the database with the header fields that it is sent with; `visit`
    sends a request through the layers and returns its `Journey`; `wait` lets time pass. A page that
    is `personal` names the user, whom the site knows by a cookie. A POST replaces a page's text.

    >>> site = FiveLayers()
    >>> site.publish("/news", "hello", {"Cache-Control": "max-age=60"})
    >>> [site.visit("ada", "/news").answered_by, site.visit("ada", "/news").answered_by]
    ['database', 'browser']
    >>> site.visit("bob", "/news").answered_by
    'CDN'
    """

    def __init__(
        self,
        costs: Costs | None = None,
        *,
        local: Callable[[], EvictionPolicy] = lambda: LRU(100),
        near_ttl: float = 5.0,
        far_ttl: float = 60.0,
        pool_pages: int = 8,
    ) -> None:
        self.costs = Costs() if costs is None else costs
        self.clock = ManualClock(START)
        self.runtime = _Afterwards(self.clock)
        self.far_ttl = far_ttl
        self.rows = MemorySource()
        self.pool = BufferPool(self.rows, LRU(pool_pages))
        self.app = Tiered(
            LocalStore(local(), clock=self.clock),
            MemoryStore(self.clock),
            near_ttl=near_ttl,
            runtime=self.runtime,
            on_traffic=self._tier_told,
        )
        self.cdn = self._cache(self._application, "shared", "CDN")
        self.browsers: dict[str, HTTPCache] = {}
        self._steps: list[Step] = []
        self._spent: dict[str, float] = {}

    def publish(
        self, path: str, text: str, headers: Mapping[str, str] = {}, *, personal: bool = False
    ) -> None:
        """Put a page into the database; copies elsewhere stay what they are."""
        self.rows.write(path, {"text": text, "headers": dict(headers), "personal": personal})

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(seconds)

    def visit(
        self,
        user: str,
        path: str,
        headers: Mapping[str, str] = {},
        *,
        method: str = "GET",
        body: bytes = b"",
    ) -> Journey:
        """Send a request of `user` through the layers, as that user's browser does."""
        browser = self.browsers.get(user)
        if browser is None:
            browser = self.browsers[user] = self._cache(self._to_cdn, "private", "browser")
        row = self.rows.read(path)
        known = {"Cookie": f"user={user}"} if row is not MISSING and row.value["personal"] else {}
        request = Request(method, path, {**known, **headers}, body)
        self._steps, self._spent = [], {}
        self._pay("browser", self.costs.browser)
        response = browser(request)
        steps = self._in_order()
        self._steps, self._spent = [], {}
        self.runtime.run()
        return Journey(user, request, response, steps, self._in_order())

    def _cache(self, origin: Callable[[Request], Response], layer: str, name: str) -> HTTPCache:
        return HTTPCache(
            origin,
            layer,
            name=name,
            store=MemoryStore(self.clock),
            clock=self.clock,
            runtime=self.runtime,
            on_answer=self._cache_told,
        )

    def _to_cdn(self, request: Request) -> Response:
        self._pay("CDN", self.costs.cdn)
        return self.cdn(request)

    def _application(self, request: Request) -> Response:
        """Answer as the site's own program does: from its two tiers, or from the database."""
        self._pay("local", self.costs.application)
        path = request.url
        if request.method not in ("GET", "HEAD"):
            return self._replace(path, request.body.decode("utf-8", "replace"))
        row = self._row(path)
        if row is MISSING:
            return Response(404, {"Date": format_date(self.clock.now())})
        text = str(row["text"])
        if row["personal"]:
            text += f" ({request.headers.get('cookie', 'nobody')})"
        tag = hashlib.sha256(text.encode()).hexdigest()[:12]
        fields = {"Date": format_date(self.clock.now()), "ETag": f'"{tag}"', **row["headers"]}
        page = Response(200, fields, text.encode())
        return not_modified(page) if is_not_modified(request, page) else page

    def _row(self, path: str) -> Any:
        found = self.app.get(path)
        if found is MISSING:
            row = self._read_database(path)
            if row is not MISSING:
                self.app.set(path, row.value, self.far_ttl)
                found = row.value
        return found

    def _read_database(self, path: str) -> Any:
        before = self.pool.reads
        row = self.pool.read(path)
        from_disk = self.pool.reads > before
        self._pay("database", self.costs.database + self.costs.disk * from_disk)
        why = "its page was read from disk" if from_disk else "its page is in the buffer pool"
        self._note("database", "miss" if from_disk else "hit", why)
        return row

    def _replace(self, path: str, text: str) -> Response:
        row = self.rows.read(path)
        if row is MISSING:
            return Response(404)
        self.rows.write(path, row.value | {"text": text})
        self.app.delete(path)
        self._pay("database", self.costs.database)
        self._note(
            "local", "bypass", "a change: the copies here and in the shared tier are dropped"
        )
        self._note("database", "bypass", "the row is written")
        return Response(204)

    def _cache_told(self, answer: Answer) -> None:
        verdict = answer.verdict
        refused = verdict is not None and not verdict and answer.outcome == "miss"
        outcome = "not allowed" if refused else answer.outcome
        why = verdict.why if verdict is not None and refused else answer.why
        kept = (None, "") if verdict is None else (verdict.allowed, verdict.why)
        self._note(answer.cache, outcome, why, *kept)

    def _tier_told(self, event: Read | Write) -> None:
        if isinstance(event, Write):
            return
        self._pay("local", self.costs.local)
        if event.layer == "near":
            self._note("local", "hit", "a copy in this process")
            return
        self._note("local", "miss", "no copy in this process", True, f"{self.app.near_ttl:g} s")
        self._pay("shared", self.costs.shared)
        if event.layer == "far":
            self._note("shared", "hit", "a copy that all processes share")
        else:
            self._note("shared", "miss", "no copy in the shared tier", True, f"{self.far_ttl:g} s")

    def _pay(self, layer: str, seconds: float) -> None:
        self.clock.advance(seconds)
        self._spent[layer] = self._spent.get(layer, 0.0) + seconds

    def _note(
        self, layer: str, outcome: str, why: str, may_keep: bool | None = None, because: str = ""
    ) -> None:
        self._steps.append(Step(layer, outcome, why, 0.0, may_keep, because))

    def _in_order(self) -> tuple[Step, ...]:
        """Return the steps from the user on, each with what it cost."""
        found = {step.layer: step for step in self._steps}
        return tuple(
            Step(**{**asdict(found[name]), "seconds": self._spent.get(name, 0.0)})
            for name in LAYERS
            if name in found
        )


class _Afterwards(ThreadRuntime):
    """A runtime by the site's clock, whose tasks begin when the user has been answered."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self._waiting: list[Callable[[], Any]] = []

    def now(self) -> float:
        return self.clock.now()

    def spawn(self, fn: Callable[..., Any], *args: Any, name: str | None = None) -> Task:  # noqa: ARG002
        self._waiting.append(lambda: fn(*args))
        return super().spawn(lambda: None)

    def run(self) -> None:
        while self._waiting:
            self._waiting.pop(0)()
