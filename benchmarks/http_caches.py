"""
What three HTTP caches do with a page asked for twice, beside what the standards say.

    pip install hishel cachecontrol requests httpx
    python benchmarks/http_caches.py

A real origin on loopback sends each page with the fields of its case, and with dates and ages as
if it had been on its way; then the same client, or another user, asks again. "hit" is an answer
that does not wait for the origin, "304?" a question whether the copy is still good, "get" a whole
new request. Where the standard allows a hit but demands none, more questions are no mistake: only
"hit" in the place of "ask" is. hishel's `allow_stale` stays off, as it is by default: with it, what
is stale is sent whatever the page says, which the standard leaves to an agreement of one's own.
"""

import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cachelab.operations.http import Fetch, HTTPCache, Request, Response, WallClock, serve
from cachelab.operations.http.dates import format_date

Ask = Callable[[str, dict[str, str]], Any]
NOW = WallClock().now()
PATIENCE = 0.3
"""Seconds for which the origin lets a second request wait."""


@dataclass(frozen=True)
class Case:
    """A page's fields, two requests for it, and whether the second may be a hit by the standard."""

    name: str
    may_hit: bool
    page: dict[str, str]
    first: dict[str, str] = field(default_factory=dict)
    second: dict[str, str] = field(default_factory=dict)
    layer: str = "private"


def aged(seconds: int, cache_control: str, **more: str) -> dict[str, str]:
    """Return the fields of a page made so many seconds ago; `dated` turns that into a date."""
    date = {"Date": str(seconds)}
    fields = {name.replace("_", "-"): value for name, value in more.items()}
    return date | ({"Cache-Control": cache_control} if cache_control else {}) | fields


def dated(page: dict[str, str]) -> dict[str, str]:
    """Return the fields with their date by now."""
    return page | {"Date": format_date(WallClock().now() - int(page["Date"]))}


def shared(case: Case) -> Case:
    """Return the same case for a cache that many users share."""
    return Case(case.name, case.may_hit, case.page, case.first, case.second, "shared")


A, B = {"Cookie": "user=A"}, {"Cookie": "user=B"}
SIGNED_A, SIGNED_B = {"Authorization": "Bearer A"}, {"Authorization": "Bearer B"}
CASES = [
    Case("max-age=60, made now", True, aged(0, "max-age=60")),
    Case("max-age=60, made 70 s ago", False, aged(70, "max-age=60")),
    Case("max-age=60, Age: 70", False, aged(0, "max-age=60", Age="70")),
    Case("s-maxage=1 in a private cache", True, aged(30, "max-age=60, s-maxage=1")),
    shared(Case("s-maxage=1, made 30 s ago", False, aged(30, "max-age=60, s-maxage=1"))),
    Case("max-age=0, Expires ahead", False, aged(0, "max-age=0", Expires=format_date(NOW + 99))),
    Case("Expires: 0", False, aged(0, "", Expires="0")),
    Case("guess: changed 100 h ago", True, aged(0, "", Last_Modified=format_date(NOW - 360_000))),
    Case("no-cache", False, aged(0, "no-cache, max-age=60")),
    Case("no-store", False, aged(0, "no-store, max-age=60")),
    Case("client: no-cache", False, aged(0, "max-age=60"), second={"Cache-Control": "no-cache"}),
    Case(
        "client: max-age=10, 30 s old",
        False,
        aged(30, "max-age=60"),
        {},
        {"Cache-Control": "max-age=10"},
    ),
    Case(
        "client: min-fresh=40, 30 s left",
        False,
        aged(30, "max-age=60"),
        {},
        {"Cache-Control": "min-fresh=40"},
    ),
    Case(
        "client: max-stale=20, 10 s late",
        True,
        aged(70, "max-age=60"),
        {},
        {"Cache-Control": "max-stale=20"},
    ),
    Case(
        "the same, must-revalidate",
        False,
        aged(70, "max-age=60, must-revalidate"),
        {},
        {"Cache-Control": "max-stale=20"},
    ),
    Case(
        "stale-while-revalidate=30, 10 s late",
        True,
        aged(70, "max-age=60, stale-while-revalidate=30"),
    ),
    Case(
        "Vary: Accept-Language, other language",
        False,
        aged(0, "max-age=60", Vary="Accept-Language"),
        {"Accept-Language": "de"},
        {"Accept-Language": "en"},
    ),
    Case(
        "Vary: Accept-Language, same language",
        True,
        aged(0, "max-age=60", Vary="Accept-Language"),
        {"Accept-Language": "de"},
        {"Accept-Language": "de"},
    ),
    Case("Vary: *", False, aged(0, "max-age=60", Vary="*")),
    Case("private in a private cache", True, aged(0, "private, max-age=60")),
    shared(Case("private", False, aged(0, "private, max-age=60"))),
    shared(Case("Authorization, other user", False, aged(0, "max-age=60"), SIGNED_A, SIGNED_B)),
    shared(Case("Authorization, public", True, aged(0, "public, max-age=60"), SIGNED_A, SIGNED_B)),
    shared(Case("Cookie, other user (*)", True, aged(0, "max-age=60"), A, B)),
]


@contextmanager
def ours(layer: str, url: str) -> Iterator[Ask]:
    """Ask through `HTTPCache`."""
    cache = HTTPCache(Fetch(url), layer)
    yield lambda path, headers: cache(Request("GET", path, headers))


@contextmanager
def hishel_client(layer: str, url: str) -> Iterator[Ask]:
    """Ask through hishel."""
    import hishel
    import hishel.httpx

    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        storage = hishel.SqliteStorage(database_path=Path(folder) / "cache.db")
        rules: Any = {"shared": layer == "shared"}
        client = hishel.httpx.CacheClient(storage=storage, rfc=rules, trust_env=False)
        stack.enter_context(client)
        yield lambda path, headers: client.get(url + path, headers=headers).content
        storage.close()


@contextmanager
def cachecontrol_session(layer: str, url: str) -> Iterator[Ask]:  # noqa: ARG001
    """Ask through CacheControl, which knows no layers."""
    import cachecontrol
    import requests

    with requests.Session() as session:
        session.trust_env = False
        cached = cachecontrol.CacheControl(session)
        yield lambda path, headers: cached.get(url + path, headers=headers).content


def outcome(case: Case, contestant: Callable[[str, str], Any]) -> str:
    """Ask twice; return what the second request came to."""
    asked: list[Request] = []
    replied: list[Request] = []
    is_over = threading.Event()
    page = dated(case.page)

    def origin(request: Request) -> Response:
        asked.append(request)
        if len(asked) > 1:  # who does not wait for this answer has sent a copy
            is_over.wait(PATIENCE)
        replied.append(request)
        return Response(200, {"ETag": '"v1"', **page}, b"page")

    with serve(origin) as site, contestant(case.layer, site.url) as ask:
        ask("/page", case.first)
        ask("/page", case.second)
        later = replied[1:]
        is_over.set()
    if not later:
        return "hit"
    return "304?" if "if-none-match" in later[0].headers else "get"


def main() -> int:
    """Print the table; fail if cachelab breaks a rule."""
    contestants = {"cachelab": ours, "hishel": hishel_client, "cachecontrol": cachecontrol_session}
    print(f"{'case':<40} {'layer':<8} {'standard':<9} {'cachelab':<9} {'hishel':<9} cachecontrol")
    wrong = dict.fromkeys(contestants, 0)
    asked_more = dict.fromkeys(contestants, 0)
    for case in CASES:
        found = {name: outcome(case, contestant) for name, contestant in contestants.items()}
        for name, what in found.items():
            wrong[name] += what == "hit" and not case.may_hit
            asked_more[name] += what != "hit" and case.may_hit
        cells = " ".join(f"{what:<9}" for what in found.values())
        may = "may hit" if case.may_hit else "ask"
        print(f"{case.name:<40} {case.layer:<8} {may:<9} {cells}".rstrip())
    print("hits that the standard forbids:", wrong)
    print("questions where it allows a hit:", asked_more)
    print(
        "(*) allowed, and how user B gets the page of user A: cachelab asks, unless told otherwise"
    )
    return int(wrong["cachelab"] > 0)


if __name__ == "__main__":
    sys.exit(main())
