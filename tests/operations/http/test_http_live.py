"""A real client (httpx), a real origin (the standard file server), and the cache between."""

import http.server
import os
import socket
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from cachelab.operations.http import (
    Fetch,
    Handler,
    HTTPCache,
    OriginUnreachable,
    Request,
    Response,
    WallClock,
    parse_cache_status,
    serve,
)
from cachelab.ports import ManualClock, MemoryStore, RedisStore, ThreadRuntime, start_server


class Files(http.server.SimpleHTTPRequestHandler):
    """The standard library's file server, which knows Last-Modified and 304 by itself."""

    statuses: list[int]

    def __init__(self, *args: Any, statuses: list[int], **options: Any) -> None:
        self.statuses = statuses
        super().__init__(*args, **options)

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        self.statuses.append(int(code))


@pytest.fixture
def statuses() -> list[int]:
    return []


@pytest.fixture
def files(tmp_path: Path, statuses: list[int]) -> Iterator[str]:
    """A file that was last changed a hundred hours ago, on a server."""
    page = tmp_path / "page.html"
    page.write_bytes(b"<p>hello</p>")
    long_ago = WallClock().now() - 360_000
    os.utime(page, (long_ago, long_ago))
    handler = partial(Files, statuses=statuses, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(WallClock().now())


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=30) as client:
        yield client


def said(response: httpx.Response) -> str:
    status = parse_cache_status(dict(response.headers))[-1]
    return "hit" if status.hit else f"{status.fwd} {status.fwd_status}"


def test_a_file_is_guessed_fresh_for_a_tenth_of_its_age_and_then_confirmed(
    files: str, statuses: list[int], clock: ManualClock, client: httpx.Client
) -> None:
    cache = HTTPCache(Fetch(files), clock=clock, store=MemoryStore(clock))
    with serve(cache) as proxy:
        visits = []
        for step in (0, 35_000, 2_000):
            clock.advance(step)
            visits.append(client.get(f"{proxy.url}/page.html"))
    assert [visit.content for visit in visits] == [b"<p>hello</p>"] * 3
    assert [said(visit) for visit in visits] == ["uri-miss 200", "hit", "stale 304"]
    assert statuses == [200, 304]


def test_a_client_that_has_the_page_gets_304_through_the_proxy(
    files: str, statuses: list[int], client: httpx.Client
) -> None:
    with serve(HTTPCache(Fetch(files))) as proxy:
        first = client.get(f"{proxy.url}/page.html")
        since = {"If-Modified-Since": first.headers["last-modified"]}
        again = client.get(f"{proxy.url}/page.html", headers=since)
    assert (again.status_code, again.content, statuses) == (304, b"", [200])


def test_head_brings_the_length_and_no_body(files: str, client: httpx.Client) -> None:
    with serve(HTTPCache(Fetch(files))) as proxy:
        bare = client.head(f"{proxy.url}/page.html")
        client.get(f"{proxy.url}/page.html")
        stored = client.head(f"{proxy.url}/page.html")
    assert [(answer.headers["content-length"], answer.content) for answer in (bare, stored)] == [
        ("12", b"")
    ] * 2
    assert said(stored) == "hit"


def through(
    origin: Handler, client: httpx.Client, *requests: httpx.Request
) -> list[httpx.Response]:
    """Send requests to a proxy in front of a served origin, both on ports of their own."""
    with serve(origin) as site, serve(HTTPCache(Fetch(site.url))) as proxy:
        return [
            client.send(
                httpx.Request(
                    r.method, f"{proxy.url}{r.url.path}", headers=r.headers, content=r.content
                )
            )
            for r in requests
        ]


def request(method: str, path: str, **options: Any) -> httpx.Request:
    return httpx.Request(method, f"http://x{path}", **options)


def test_a_post_reaches_the_origin_with_its_body_and_ends_the_copy(client: httpx.Client) -> None:
    kept = [b"old"]

    def origin(asked: Request) -> Response:
        if asked.method == "POST":
            kept.append(asked.body)
        return Response(200, {"Cache-Control": "max-age=60"}, kept[-1])

    get, post = request("GET", "/"), request("POST", "/", content=b"new \x00\xff")
    answers = through(origin, client, get, get, post, get)
    assert [answer.content for answer in answers] == [
        b"old",
        b"old",
        b"new \x00\xff",
        b"new \x00\xff",
    ]


def test_lines_of_one_name_arrive_apart(client: httpx.Client) -> None:
    def origin(asked: Request) -> Response:
        return Response(200, [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2, 3")])

    (answer,) = through(origin, client, request("GET", "/"))
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2, 3"]


def test_the_page_of_one_user_does_not_reach_another(client: httpx.Client) -> None:
    def origin(asked: Request) -> Response:
        return Response(200, {"Cache-Control": "max-age=60"}, asked.headers["cookie"].encode())

    a, b = (request("GET", "/me", headers={"Cookie": f"user={name}"}) for name in "AB")
    answers = through(origin, client, a, b, a)
    assert [answer.content for answer in answers] == [b"user=A", b"user=B", b"user=A"]


def test_an_origin_that_is_gone_is_covered_by_stale_if_error(
    clock: ManualClock, client: httpx.Client
) -> None:
    def origin(asked: Request) -> Response:
        return Response(200, {"Cache-Control": "max-age=60, stale-if-error=600"}, b"page")

    with serve(origin) as site:
        cache = HTTPCache(Fetch(site.url), clock=clock, store=MemoryStore(clock))
        cache(Request("GET", "/"))
    with serve(cache) as proxy:
        clock.advance(600)
        covered = client.get(proxy.url)
        clock.advance(100)
        gone = client.get(proxy.url)
    assert (covered.content, gone.status_code) == (b"page", 504)


def test_many_clients_at_once_get_their_own_pages(client: httpx.Client) -> None:
    def origin(asked: Request) -> Response:
        return Response(200, {"Cache-Control": "max-age=60"}, asked.url.encode() * 1_000)

    runtime = ThreadRuntime()
    with serve(origin) as site, serve(HTTPCache(Fetch(site.url))) as proxy:
        paths = [f"/{number % 5}" for number in range(40)]
        tasks = [runtime.spawn(client.get, proxy.url + path) for path in paths]
        assert [task.join().content for task in tasks] == [p.encode() * 1_000 for p in paths]


@pytest.mark.skipif(os.name == "nt", reason="no server can be started on Windows")
def test_two_proxies_share_what_is_on_a_cache_server(client: httpx.Client) -> None:
    asked = []

    def origin(request: Request) -> Response:
        asked.append(request.url)
        return Response(200, {"Cache-Control": "max-age=60"}, b"\x00\xff")

    with start_server() as server:
        stores = [RedisStore(server.url, prefix="edge:") for _ in range(2)]
        one, two = (HTTPCache(origin, store=store) for store in stores)
        one(Request("GET", "/"))
        assert two(Request("GET", "/")).body == b"\x00\xff"
        two(Request("POST", "/"))
        one(Request("GET", "/"))
        for store in stores:
            store.close()
    assert asked == ["/", "/", "/"]


def raw(port: int, text: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(text)
        return b"".join(iter(lambda: line.recv(65_536), b""))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
        (b"GET /fails HTTP/1.1\r\nHost: x\r\n\r\n", b"500"),
        (b"GET /down HTTP/1.1\r\nHost: x\r\n\r\n", b"504"),
    ],
)
def test_what_cannot_be_answered_has_its_status(text: bytes, status: bytes) -> None:
    def handler(asked: Request) -> Response:
        if asked.url == "/fails":
            raise KeyError("a mistake in the handler")
        raise OriginUnreachable("nobody there")

    with serve(handler) as site:
        assert raw(site.port, text).split()[1] == status


def test_an_answer_that_makes_no_sense_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def babble() -> None:
            line, _ = server.accept()
            with line:
                line.recv(65_536)
                line.sendall(b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n")

        task = ThreadRuntime().spawn(babble)
        with pytest.raises(OriginUnreachable, match="did not answer"):
            Fetch(f"http://127.0.0.1:{server.getsockname()[1]}")(Request("GET", "/"))
        task.join()


def test_a_url_cannot_send_the_proxy_to_another_server(client: httpx.Client) -> None:
    seen = []

    def origin(asked: Request) -> Response:
        seen.append((asked.url, asked.headers["host"]))
        return Response(200)

    with serve(origin) as site:
        Fetch(site.url)(Request("GET", "http://elsewhere.test/a?b=1", {"Host": "elsewhere.test"}))
    assert seen == [("/a?b=1", f"127.0.0.1:{site.port}")]


@pytest.mark.parametrize("base", ["ftp://x", "127.0.0.1:80", "http://", "http://x/path"])
def test_an_origin_is_a_server(base: str) -> None:
    with pytest.raises(ValueError, match="an origin is http://host:port"):
        Fetch(base)
