"""The cache as a whole, by a clock moved by hand and in virtual time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.eviction import LRU
from cachelab.operations import LocalStore
from cachelab.operations.http import (
    HTTPCache,
    OriginUnreachable,
    Request,
    Response,
    Stored,
    Variants,
    parse_cache_status,
)
from cachelab.operations.http.dates import format_date
from cachelab.ports import MemoryStore, SimRuntime
from tests.operations.http.rig import START, Rig


def test_a_fresh_copy_is_sent_with_its_age_and_without_asking() -> None:
    rig = Rig("max-age=60")
    rig.get()
    rig.clock.advance(45)
    page = rig.get()
    assert (page.body, page.headers["age"], page.headers["cache-status"]) == (
        b"v1",
        "45",
        "edge; hit; ttl=15",
    )
    assert rig.loads == 1


def test_at_its_lifetime_it_is_confirmed_and_starts_anew() -> None:
    rig = Rig("max-age=60")
    rig.get()
    rig.clock.advance(60)
    assert rig.get().headers["cache-status"] == "edge; fwd=stale; fwd-status=304; ttl=60; stored"
    assert rig.origin.asked[-1].headers["if-none-match"] == '"1"'
    rig.clock.advance(59)
    assert rig.get().headers["age"] == "59"
    assert rig.loads == 2


def test_a_changed_page_takes_the_place_of_the_old_one() -> None:
    rig = Rig("max-age=60")
    rig.get()
    rig.origin.version = 2
    rig.clock.advance(60)
    assert rig.get().body == b"v2"
    assert rig.get().body == b"v2"
    assert rig.outcomes == ["miss", "miss", "hit"]


def test_no_cache_is_stored_and_asked_about_each_time() -> None:
    rig = Rig("no-cache")
    assert [rig.get().body for _ in range(3)] == [b"v1"] * 3
    assert rig.outcomes == ["miss", "revalidated", "revalidated"]


def test_no_store_is_not_stored() -> None:
    rig = Rig("no-store")
    rig.get()
    rig.get()
    assert rig.outcomes == ["miss", "miss"]
    assert "if-none-match" not in rig.origin.asked[-1].headers


def test_a_page_without_validators_is_fetched_whole_when_it_is_stale() -> None:
    rig = Rig("max-age=60", validator="")
    rig.get()
    rig.clock.advance(60)
    assert rig.get().headers["cache-status"] == "edge; fwd=stale; fwd-status=200; ttl=60; stored"


def test_a_date_will_do_for_a_validator() -> None:
    rig = Rig("max-age=60", validator="", headers={"Last-Modified": format_date(START - 9)})
    rig.get()
    rig.clock.advance(60)
    rig.get()
    assert rig.origin.asked[-1].headers["if-modified-since"] == format_date(START - 9)


def test_a_confirmation_of_another_version_is_not_believed() -> None:
    rig = Rig("max-age=60")
    rig.get()
    rig.clock.advance(60)
    asked = []

    def confused(request: Request) -> Response:
        asked.append(request)
        if "if-none-match" in request.headers:
            return Response(304, {"ETag": '"other"'})
        return Response(200, {"ETag": '"3"'}, b"v3")

    rig.cache.origin = confused
    assert rig.get().body == b"v3"
    assert len(asked) == 2


def test_a_304_brings_new_fields_and_leaves_those_of_the_body() -> None:
    rig = Rig("max-age=60", headers={"Content-Type": "text/plain", "X-Served": "one"})
    rig.get()
    rig.clock.advance(60)
    rig.origin.headers |= {"Content-Type": "wrong", "X-Served": "two", "Cache-Control": "max-age=9"}
    page = rig.get()
    assert page.headers["x-served"] == "two"
    assert page.headers["content-type"] == "text/plain"
    rig.clock.advance(9)
    rig.get()
    assert rig.outcomes == ["miss", "revalidated", "revalidated"]


def test_the_client_that_has_the_version_gets_304() -> None:
    rig = Rig("max-age=60")
    rig.get()
    page = rig.get(If_None_Match='W/"1", "9"')
    assert (page.status, page.body, page.headers["etag"]) == (304, b"", '"1"')
    assert rig.get(If_None_Match='"9"').status == 200


@pytest.mark.parametrize(("seconds", "status"), [(0, 304), (9, 304), (-1, 200)])
def test_the_client_that_has_the_date_gets_304(seconds: int, status: int) -> None:
    rig = Rig("max-age=60", validator="", headers={"Last-Modified": format_date(START - 100)})
    rig.get()
    assert rig.get(If_Modified_Since=format_date(START - 100 + seconds)).status == status


def test_head_is_answered_without_a_body() -> None:
    rig = Rig("max-age=60")
    rig.get()
    answer = rig.cache(Request("HEAD", "/"))
    assert (answer.status, answer.body, rig.loads) == (200, b"", 1)


def test_head_confirms_a_stale_copy_and_does_not_lose_it() -> None:
    rig = Rig("max-age=60")
    rig.get()
    rig.clock.advance(60)
    rig.cache(Request("HEAD", "/"))
    assert rig.get().body == b"v1"
    assert rig.outcomes == ["miss", "revalidated", "hit"]


@pytest.mark.parametrize(
    ("wish", "age", "outcome"),
    [
        ("", 30, "hit"),
        ("no-cache", 0, "revalidated"),
        ("max-age=20", 20, "hit"),
        ("max-age=20", 21, "revalidated"),
        ("min-fresh=30", 30, "hit"),
        ("min-fresh=30", 31, "revalidated"),
        ("max-stale", 10_000, "stale"),
        ("max-stale=10", 70, "stale"),
        ("max-stale=10", 71, "revalidated"),
        ("only-if-cached", 30, "hit"),
        ("only-if-cached", 60, "bypass"),
    ],
)
def test_the_client_has_a_say(wish: str, age: float, outcome: str) -> None:
    rig = Rig("max-age=60")
    rig.get()
    rig.clock.advance(age)
    rig.get(**({"Cache_Control": wish} if wish else {}))
    assert rig.outcomes == ["miss", outcome]


def test_an_old_clients_pragma_counts_where_there_is_no_cache_control() -> None:
    rig = Rig("max-age=60")
    rig.get()
    rig.get(Pragma="no-cache")
    rig.get(Pragma="no-cache", Cache_Control="max-age=99")
    assert rig.outcomes == ["miss", "revalidated", "hit"]


def test_only_if_cached_is_answered_504_where_nothing_is_stored() -> None:
    rig = Rig("max-age=60")
    assert (rig.get(Cache_Control="only-if-cached").status, rig.loads) == (504, 0)


@pytest.mark.parametrize(("wish", "outcome"), [("max-age=0", "hit"), ("no-cache", "revalidated")])
def test_an_immutable_page_outlives_a_reload_but_not_a_forced_one(wish: str, outcome: str) -> None:
    rig = Rig("max-age=60, immutable", layer="private")
    rig.get()
    rig.clock.advance(5)
    rig.get(Cache_Control=wish)
    assert rig.outcomes == ["miss", outcome]


@pytest.mark.parametrize("directive", ["must-revalidate", "proxy-revalidate", "s-maxage=60"])
def test_what_forbids_stale_beats_every_permission(directive: str) -> None:
    rig = Rig(f"max-age=60, {directive}, stale-while-revalidate=99, stale-if-error=99")
    rig.get()
    rig.clock.advance(61)
    rig.get(Cache_Control="max-stale")
    assert rig.outcomes[-1] == "revalidated"
    rig.clock.advance(61)
    rig.origin.is_down = True
    with pytest.raises(OriginUnreachable):
        rig.get()


def test_proxy_revalidate_does_not_bind_a_private_cache() -> None:
    rig = Rig("max-age=60, proxy-revalidate", layer="private")
    rig.get()
    rig.clock.advance(61)
    rig.get(Cache_Control="max-stale")
    assert rig.outcomes[-1] == "stale"


@pytest.mark.parametrize("kind", ["503", "down"])
@pytest.mark.parametrize(("age", "covered"), [(900, True), (1800, True), (1801, False)])
def test_stale_if_error_as_rfc_5861_has_it(kind: str, age: float, covered: bool) -> None:
    rig = Rig("max-age=600, stale-if-error=1200")
    rig.get()
    rig.clock.advance(age)
    rig.origin.status, rig.origin.is_down = 503, kind == "down"
    if covered:
        assert rig.get().body == b"v1"
        assert rig.answers[-1].outcome == "stale"
    elif kind == "down":
        with pytest.raises(OriginUnreachable):
            rig.get()
    else:
        assert rig.get().status == 503


def test_an_error_that_is_passed_on_does_not_end_the_copy() -> None:
    rig = Rig("max-age=600")
    rig.get()
    rig.clock.advance(600)
    rig.origin.status = 503
    rig.origin.headers["Cache-Control"] = "no-store"
    assert rig.get().status == 503
    rig.origin.status = 200
    rig.origin.headers["Cache-Control"] = "max-age=600"
    rig.get()
    assert rig.outcomes[-1] == "revalidated"


def test_a_page_that_is_gone_ends_its_copy() -> None:
    rig = Rig("max-age=600")
    rig.get()
    rig.origin.status = 404
    rig.origin.headers["Cache-Control"] = "no-store"
    assert rig.get(Cache_Control="no-cache").status == 404
    assert rig.get().status == 404


def test_each_language_has_its_copy() -> None:
    rig = Rig("max-age=60", headers={"Vary": "Accept-Language"})
    rig.origin.body = lambda request: request.headers.get("accept-language", "none")
    for language in ("de", "en", "DE"):
        assert rig.get(Accept_Language=language).body.decode() == language.lower()
    statuses = [parse_cache_status(answer.response.headers)[-1] for answer in rig.answers]
    assert [status.fwd for status in statuses] == ["uri-miss", "vary-miss", ""]


def test_an_origin_that_changes_its_vary_is_followed() -> None:
    rig = Rig("max-age=60", headers={"Vary": "X-A"})
    rig.origin.body = lambda request: request.headers.get("x-a", "") + rig.origin.headers["Vary"]
    assert rig.get(X_A="1", X_B="1").body == b"1X-A"
    rig.origin.headers["Vary"] = "X-B"
    assert rig.get(X_A="2", X_B="1").body == b"2X-B"
    assert rig.get(X_A="3", X_B="1").body == b"2X-B"
    assert rig.get(X_A="1", X_B="9").body == b"1X-A"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "UNHEARD"])
def test_a_change_that_goes_by_ends_every_variant(method: str) -> None:
    rig = Rig("max-age=60", headers={"Vary": "Accept-Language"})
    for language in ("de", "en"):
        rig.get("/cart", Accept_Language=language)
    rig.cache(Request(method, "/cart"))
    for language in ("de", "en"):
        assert rig.get("/cart", Accept_Language=language).body == b"v2"


def test_a_change_that_failed_ends_nothing() -> None:
    rig = Rig("max-age=60")
    rig.get()
    origin, rig.cache.origin = rig.cache.origin, lambda _: Response(409)
    rig.cache(Request("POST", "/"))
    rig.cache.origin = origin
    rig.get()
    assert rig.outcomes == ["miss", "bypass", "hit"]


@pytest.mark.parametrize(
    ("location", "ended"), [("/b", True), ("http://a.test/b", True), ("http://b.test/b", False)]
)
def test_a_change_ends_what_it_names_on_its_own_site_only(location: str, ended: bool) -> None:
    rig = Rig("max-age=60")
    url = "http://b.test/b" if "b.test" in location else "http://a.test/b"
    rig.get(url)
    rig.cache.origin = lambda _: Response(201, {"Location": location})
    rig.cache(Request("POST", "http://a.test/a"))
    rig.cache.origin = rig.origin
    rig.get(url)
    assert rig.outcomes[-1] == ("miss" if ended else "hit")


def test_a_get_sent_before_a_post_does_not_put_the_old_page_back() -> None:
    rig = Rig("max-age=60")

    def overtaken(request: Request) -> Response:
        page = rig.origin(request)
        if request.method == "GET":
            rig.cache.origin = rig.origin
            rig.cache(Request("POST", "/"))
        return page

    rig.cache.origin = overtaken
    assert rig.get().body == b"v1"  # its own answer was made before the change
    assert rig.get().body == b"v2"


def test_two_caches_in_a_row_count_the_age_from_the_origin() -> None:
    rig = Rig("max-age=60")
    browser = HTTPCache(rig.cache, "private", name="browser", clock=rig.clock)
    rig.get()
    rig.clock.advance(40)
    assert browser(Request("GET", "/")).headers["age"] == "40"
    rig.clock.advance(15)
    page = browser(Request("GET", "/"))
    assert page.headers["age"] == "55"
    assert page.headers["cache-status"] == "edge; hit; ttl=20, browser; hit; ttl=5"
    rig.clock.advance(5)
    browser(Request("GET", "/"))
    assert rig.outcomes == ["miss", "hit", "revalidated"]


@given(st.lists(st.integers(0, 100), max_size=12), st.integers(1, 120))
def test_nothing_older_than_its_lifetime_is_ever_sent_unasked(steps: list[int], life: int) -> None:
    """The promise of max-age: behind any number of caches, a version is seen no longer."""
    rig = Rig(f"max-age={life}")
    browser = HTTPCache(rig.cache, "private", name="browser", clock=rig.clock)
    rig.origin.body = lambda _: f"{rig.clock.now()}"
    for step in steps:
        rig.clock.advance(step)
        rig.origin.version += 1
        made = float(browser(Request("GET", "/")).body)
        assert rig.clock.now() - made < life


def test_while_revalidating_many_are_served_and_one_asks() -> None:
    sim = SimRuntime()
    asked: list[float] = []

    def origin(request: Request) -> Response:
        asked.append(sim.now())
        sim.sleep(2)
        headers = {"Cache-Control": "max-age=60, stale-while-revalidate=30"}
        return Response(200, headers, f"made at {asked[-1]:g}".encode())

    cache = HTTPCache(origin, clock=sim, runtime=sim, store=MemoryStore(sim))

    def client() -> tuple[float, bytes]:
        began = sim.now()
        body = cache(Request("GET", "/")).body
        return sim.now() - began, body

    def day() -> None:
        client()
        sim.sleep(68)
        early = [sim.spawn(client) for _ in range(50)]
        assert {task.join() for task in early} == {(0, b"made at 0")}
        sim.sleep(3)
        assert client() == (0, b"made at 70")

    sim.run(day)
    assert asked == [0, 70]


@pytest.mark.parametrize(("age", "outcome"), [(629, "stale"), (630, "stale"), (631, "revalidated")])
def test_the_window_of_stale_while_revalidate_as_rfc_5861_has_it(age: float, outcome: str) -> None:
    sim = SimRuntime()
    rig = Rig("max-age=600, stale-while-revalidate=30", runtime=sim)

    def visit() -> None:
        rig.get()
        rig.clock.advance(age)
        rig.get()
        sim.sleep(1)

    sim.run(visit)
    front = [answer.outcome for answer in rig.answers if not answer.is_background]
    assert front == ["miss", outcome]
    assert rig.loads == 2


def test_an_origin_that_is_down_in_the_background_disturbs_nobody() -> None:
    sim = SimRuntime()
    rig = Rig("max-age=60, stale-while-revalidate=30", runtime=sim)

    def visits() -> None:
        rig.get()
        rig.clock.advance(70)
        rig.origin.is_down = True
        for _ in range(2):
            assert rig.get().body == b"v1"
            sim.sleep(1)

    sim.run(visits)
    assert rig.loads == 3


def test_an_observer_that_fails_costs_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig("max-age=60")
    rig.cache.on_answer = lambda _: 1 / 0
    assert rig.get().body == b"v1"
    assert "ZeroDivisionError" in caplog.text


def test_what_is_kept_after_its_end_goes_at_last() -> None:
    rig = Rig("max-age=60", keep_stale=100)
    rig.get()
    rig.clock.advance(160)
    rig.get()
    assert "if-none-match" not in rig.origin.asked[-1].headers


def test_a_negative_time_to_keep_is_refused() -> None:
    with pytest.raises(ValueError, match="keep_stale must be 0 seconds or more, not -1"):
        Rig(keep_stale=-1)


def test_an_age_counted_on_the_way_ends_with_a_confirmation() -> None:
    rig = Rig("max-age=60", headers={"Age": "50"})
    rig.get()
    rig.clock.advance(10)
    del rig.origin.headers["Age"]
    rig.get()
    rig.clock.advance(59)
    assert rig.get().headers["age"] == "59"
    assert rig.outcomes == ["miss", "revalidated", "hit"]


def test_what_is_about_a_connection_goes_no_further() -> None:
    rig = Rig("max-age=60", headers={"Connection": "X-Hop", "X-Hop": "1", "Keep-Alive": "5"})
    for _ in range(2):
        page = rig.get(Connection="close, X-Mine", X_Mine="1", TE="trailers", X_Far="2")
        assert not {"connection", "keep-alive", "x-hop"} & set(page.headers)
    assert set(rig.origin.asked[0].headers) == {"x-far"}


def test_a_store_too_small_for_anything_costs_no_answer() -> None:
    rig = Rig("max-age=60")
    rig.cache.variants = Variants(LocalStore(LRU(1), max_bytes=1, clock=rig.clock))
    assert [rig.get().body for _ in range(2)] == [b"v1", b"v1"]
    assert rig.outcomes == ["miss", "miss"]


def test_a_bounded_store_forgets_pages_and_keeps_the_used() -> None:
    rig = Rig("max-age=60")
    rig.cache.variants = Variants(LocalStore(LRU(6), clock=rig.clock))  # two entries for a page
    for url in ("/a", "/b", "/c", "/a", "/d", "/a"):
        rig.get(url)
    assert [answer.outcome for answer in rig.answers if answer.request.url == "/a"] == [
        "miss",
        "hit",
        "hit",
    ]


def test_a_late_response_finds_no_place_though_a_newer_one_has() -> None:
    variants, request = Variants(MemoryStore()), Request("GET", "/")
    late = variants.begin(request)
    variants.drop("/")
    newer = Stored(Response(200, body=b"new"), 1, 1)
    assert variants.put(request, newer, variants.begin(request), ttl=60)
    assert not variants.put(request, Stored(Response(200, body=b"old"), 0, 0), late, ttl=60)
    assert variants.find(request).stored == newer


@pytest.mark.parametrize("url", ["//[", "/a?b=[", "//evil.test/a", "http://a.test:80"])
@pytest.mark.parametrize("location", ["//[", "http://[", "http://b.test:x/", ":"])
def test_odd_urls_do_no_harm(url: str, location: str) -> None:
    rig = Rig("max-age=60")
    rig.get(url)
    rig.cache.origin = lambda _: Response(201, {"Location": location})
    rig.cache(Request("POST", url))
    rig.cache.origin = rig.origin
    rig.get(url)
    assert rig.outcomes == ["miss", "bypass", "miss"]


def test_an_answer_without_a_date_gets_that_of_its_arrival() -> None:
    rig = Rig()
    rig.cache.origin = lambda _: Response(200, {"Cache-Control": "max-age=60"})
    assert rig.get().headers["date"] == format_date(START)
