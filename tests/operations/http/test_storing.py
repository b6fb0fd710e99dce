"""What each layer may keep, and under which key: private pages stay with their user."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cachelab.operations.http import Request, Response, cache_key, may_store, normal_url
from cachelab.ports import MISSING

GET = Request("GET", "/")


def response(cache_control: str = "", status: int = 200, **headers: str) -> Response:
    lines = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, lines | ({"Cache-Control": cache_control} if cache_control else {}))


@pytest.mark.parametrize(
    ("cache_control", "browser", "cdn"),
    [
        ("max-age=60", True, True),
        ("private, max-age=60", True, False),
        ('private="x-user", max-age=60', True, False),
        ("private, s-maxage=60", True, False),
        ("no-cache", True, True),
        ("no-store", False, False),
        ("no-store, max-age=60", False, False),
        ("no-store, must-understand", True, True),
        ("public", True, True),
        ("", True, True),
    ],
)
def test_who_may_keep_a_page(cache_control: str, browser: bool, cdn: bool) -> None:
    page = response(cache_control)
    assert (bool(may_store("browser", page)), bool(may_store("cdn", page))) == (browser, cdn)


@pytest.mark.parametrize(
    ("cache_control", "allowed"),
    [
        ("max-age=60", False),
        ("", False),
        ("public, max-age=60", True),
        ("s-maxage=60", True),
        ("must-revalidate, max-age=60", True),
        ("proxy-revalidate, max-age=60", False),
    ],
)
@pytest.mark.parametrize("header", ["Authorization", "Cookie"])
def test_an_answer_to_somebody_who_signed_in_is_shared_only_by_the_origins_word(
    header: str, cache_control: str, allowed: bool
) -> None:
    asked = Request("GET", "/me", {header: "secret-of-A"})
    verdict = may_store("cdn", response(cache_control), asked)
    assert bool(verdict) is allowed
    assert may_store("browser", response(cache_control), asked)
    assert allowed or verdict.why.startswith(header)


def test_pages_kept_apart_by_cookie_may_be_kept() -> None:
    asked = Request("GET", "/me", {"Cookie": "user=A"})
    assert may_store("cdn", response("max-age=60", Vary="Cookie"), asked)


def test_an_answer_that_sets_a_cookie_is_not_shared() -> None:
    page = response("max-age=60", Set_Cookie="session=A")
    assert not may_store("cdn", page)
    assert may_store("cdn", page, cookies_are_credentials=False)
    assert may_store("browser", page)


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (response(status=206), "206: not a whole response"),
        (response(status=304), "304: not a whole response"),
        (response("max-age=60", Vary="Accept, *"), "Vary: *: no other request would ever match"),
        (response(status=500), "nothing says that it may be kept, or for how long"),
        (response("must-understand, max-age=60", 299), "must-understand: 299 is not known here"),
    ],
)
def test_what_nobody_may_keep(page: Response, why: str) -> None:
    assert may_store("browser", page).why == why


@pytest.mark.parametrize("page", [response("max-age=60", 500), response("public", 302)])
def test_any_status_may_be_kept_if_the_origin_says_so(page: Response) -> None:
    assert may_store("cdn", page)


def test_the_client_may_ask_that_nothing_is_kept() -> None:
    assert not may_store(
        "browser", response("max-age=60"), Request("GET", "/", {"Cache-Control": "no-store"})
    )


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT", "OPTIONS"])
def test_only_answers_to_get_are_kept(method: str) -> None:
    assert not may_store("browser", response("max-age=60"), Request(method, "/"))


def test_an_absent_field_differs_from_an_empty_one() -> None:
    assert cache_key(GET, "Cookie") != cache_key(Request("GET", "/", {"Cookie": ""}), "Cookie")


def test_vary_by_everything_has_no_key() -> None:
    assert cache_key(GET, "Accept, *") is MISSING


def test_space_and_case_make_no_difference_where_they_mean_none() -> None:
    one = Request("GET", "/", [("Accept-Encoding", "gzip"), ("Accept-Encoding", "br")])
    other = Request("GET", "/", {"Accept-Encoding": "GZIP , br"})
    assert cache_key(one, "accept-encoding") == cache_key(other, "Accept-Encoding")


def test_case_does_make_a_difference_in_a_cookie() -> None:
    one, other = (Request("GET", "/", {"Cookie": text}) for text in ("a=B", "a=b"))
    assert cache_key(one, "Cookie") != cache_key(other, "Cookie")


def test_head_is_answered_by_what_get_stored() -> None:
    assert cache_key(Request("HEAD", "/"), "") == cache_key(GET, "")


TEXTS = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=12)
REQUESTS = st.builds(
    lambda path, headers: Request("GET", f"/{path}", headers),
    st.text("ab/?=&[],\"'", max_size=6),
    st.dictionaries(st.sampled_from(["X-A", "X-B", "Cookie"]), TEXTS),
)


@given(REQUESTS, REQUESTS)
@example(Request("GET", "//["), Request("GET", "/["))
def test_requests_share_a_key_only_if_they_agree(one: Request, other: Request) -> None:
    """No value can be written so that two different requests look like one."""
    vary = "X-A, X-B, Cookie"
    same = normal_url(one.url) == normal_url(other.url) and one.headers == other.headers
    assert (cache_key(one, vary) == cache_key(other, vary)) is same


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("http://EXAMPLE.com", "http://example.com/"),
        ("http://example.com:80/a", "http://example.com/a"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("http://[::1]:8080/a#b", "http://[::1]:8080/a"),
    ],
)
def test_what_makes_no_difference_in_a_url_is_taken_out(url: str, same: str) -> None:
    assert normal_url(url) == same


@pytest.mark.parametrize("url", ["/a?b=1&c=2", "/A", "/a/", "//a"])
def test_what_makes_a_difference_in_a_url_stays(url: str) -> None:
    assert normal_url(url) != normal_url("/a?c=2&b=1")


@pytest.mark.parametrize("url", ["", "/a b", "/a\r\nHost: evil"])
def test_a_url_with_a_line_break_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is no URL"):
        Request("GET", url)
