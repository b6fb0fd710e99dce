"""An origin that counts what it is asked, and a cache in front of it, by a clock moved by hand."""

from collections.abc import Callable, Mapping
from typing import Any

from cachelab.operations.http import Answer, HTTPCache, OriginUnreachable, Request, Response
from cachelab.operations.http.dates import format_date
from cachelab.ports import ManualClock, MemoryStore

START = 1_800_000_000.0


class Origin:
    """Pages with fields of the test's choice; a version number is body and ETag."""

    def __init__(self, clock: ManualClock, headers: Mapping[str, str], validator: str = "etag"):
        self.clock, self.headers, self.validator = clock, dict(headers), validator
        self.version, self.status, self.is_down = 1, 200, False
        self.asked: list[Request] = []
        self.body: Callable[[Request], str] = lambda _: f"v{self.version}"

    def __call__(self, request: Request) -> Response:
        self.asked.append(request)
        if self.is_down:
            raise OriginUnreachable("down")
        if request.method not in ("GET", "HEAD"):
            self.version += 1
            return Response(204)
        headers = {"Date": format_date(self.clock.now()), **self.headers}
        tag = f'"{self.version}"'
        if self.validator == "etag":
            headers["ETag"] = tag
        if self.status == 200 and request.headers.get("if-none-match") == tag:
            return Response(304, headers)
        body = self.body(request).encode()
        return Response(self.status, headers, b"" if request.method == "HEAD" else body)


class Rig:
    """A cache, its origin, its clock, and what it said it did."""

    def __init__(self, cache_control: str = "", layer: str = "shared", **options: Any) -> None:
        self.clock = ManualClock(START)
        more = options.pop("headers", {})
        validator = options.pop("validator", "etag")
        headers = {"Cache-Control": cache_control} if cache_control else {}
        self.origin = Origin(self.clock, headers | more, validator)
        self.answers: list[Answer] = []
        self.store = MemoryStore(self.clock)
        self.cache = HTTPCache(
            self.origin,
            layer,
            name="edge",
            store=self.store,
            clock=self.clock,
            on_answer=self.answers.append,
            **options,
        )

    def get(self, url: str = "/", **headers: str) -> Response:
        lines = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.cache(Request("GET", url, lines))

    @property
    def outcomes(self) -> list[str]:
        return [answer.outcome for answer in self.answers]

    @property
    def loads(self) -> int:
        return len(self.origin.asked)
