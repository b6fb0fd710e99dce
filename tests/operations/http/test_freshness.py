"""How long a response is good and how old it is, as RFC 9111 and 5861 count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.operations.http import CacheControl, Fields, freshness, parse_date
from cachelab.operations.http.dates import format_date
from tests.operations.http.rig import START

DATE = {"Date": format_date(START)}


@pytest.mark.parametrize(
    ("layer", "headers", "lifetime", "source"),
    [
        ("private", {"Cache-Control": "max-age=60, s-maxage=10"}, 60, "max-age"),
        ("shared", {"Cache-Control": "max-age=60, s-maxage=10"}, 10, "s-maxage"),
        ("shared", {"Cache-Control": "max-age=60", "Expires": "0"}, 60, "max-age"),
        ("shared", {"Cache-Control": "MAX-AGE=60"}, 60, "max-age"),
        ("shared", {"Cache-Control": 'max-age="60"'}, 60, "max-age"),
        ("shared", {"Cache-Control": "max-age=60, max-age=5"}, 60, "max-age"),
        ("shared", {"Cache-Control": "max-age=soon"}, 0, "max-age"),
        ("shared", {"Cache-Control": "max-age=-1"}, 0, "max-age"),
        ("shared", {"Cache-Control": "max-age"}, 0, "max-age"),
        ("shared", {"Cache-Control": "max-age=1" + "0" * 40}, 2**31, "max-age"),
        ("shared", {"Cache-Control": 'x="a, max-age=9", max-age=60'}, 60, "max-age"),
        ("shared", {"Expires": format_date(START + 90)}, 90, "Expires"),
        ("shared", {"Expires": format_date(START - 90)}, 0, "Expires"),
        ("shared", {"Expires": "0"}, 0, "Expires"),
        ("shared", {"Last-Modified": format_date(START - 1000)}, 100, "heuristic"),
        ("shared", {"Last-Modified": format_date(START - 10**9)}, 86_400, "heuristic"),
        ("shared", {"Last-Modified": format_date(START + 1000)}, 0, "heuristic"),
        ("shared", {}, 0, "none"),
    ],
    ids=repr,
)
def test_the_lifetime_comes_from_the_first_who_says_one(
    layer: str, headers: dict[str, str], lifetime: float, source: str
) -> None:
    fresh = freshness(DATE | headers, START, layer=layer)
    assert (fresh.lifetime, fresh.source) == (lifetime, source)


@pytest.mark.parametrize(("status", "lifetime"), [(404, 100), (302, 0), (500, 0)])
def test_only_some_statuses_may_be_guessed_about(status: int, lifetime: float) -> None:
    headers = DATE | {"Last-Modified": format_date(START - 1000)}
    assert freshness(headers, START, status=status).lifetime == lifetime


def test_public_lets_any_status_be_guessed_about() -> None:
    headers = DATE | {"Last-Modified": format_date(START - 1000), "Cache-Control": "public"}
    assert freshness(headers, START, status=302).lifetime == 100


@pytest.mark.parametrize(("age", "is_fresh"), [(59, True), (60, False), (61, False)])
def test_at_exactly_its_lifetime_it_is_stale(age: float, is_fresh: bool) -> None:
    fresh = freshness(DATE | {"Cache-Control": "max-age=60"}, START + age)
    assert fresh.is_fresh is is_fresh


def test_time_in_a_cache_before_this_one_counts() -> None:
    headers = {"Cache-Control": "max-age=60", "Age": "50"}
    fresh = freshness(headers, START + 15, request_time=START, response_time=START)
    assert (fresh.age, fresh.is_fresh) == (65, False)


def test_the_older_of_two_witnesses_is_believed_and_the_way_is_added() -> None:
    headers = {"Date": format_date(START - 40), "Age": "20"}
    fresh = freshness(headers, START + 10, request_time=START - 3, response_time=START)
    assert fresh.age == 40 + 10
    fresh = freshness(
        headers | {"Age": "45"}, START + 10, request_time=START - 3, response_time=START
    )
    assert fresh.age == 45 + 3 + 10


@pytest.mark.parametrize(("text", "age"), [("-1", 0), ("1.5", 0), ("x", 0), ("7, 9", 7)])
def test_an_age_that_is_none_is_ignored_and_of_two_the_first_counts(text: str, age: float) -> None:
    assert freshness({"Age": text}, START, request_time=START, response_time=START).age == age


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**4), st.integers(0, 10**7))
def test_an_age_is_never_below_the_time_spent_here(
    date: int, age: int, way: int, stay: int
) -> None:
    headers = {"Date": format_date(START - date), "Age": str(age)}
    received = START + way
    found = freshness(headers, received + stay, request_time=START, response_time=received).age
    assert found >= max(date + way, age + way) + stay


@given(st.integers(0, 4_000_000_000))
def test_a_date_comes_back_as_it_was_written(seconds: int) -> None:
    assert parse_date(format_date(seconds)) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-1",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT",
        "1994-11-06T08:49:37Z",
    ],
)
def test_what_is_no_date_of_http_is_none(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(("year", "full"), [(26, 2026), (76, 2076), (77, 1977), (99, 1999)])
def test_a_year_of_two_digits_is_at_most_fifty_years_ahead(year: int, full: int) -> None:
    at = parse_date(f"Sunday, 06-Nov-{year} 08:49:37 GMT", now=START - 86_400 * 30)
    assert at == parse_date(f"Sun, 06 Nov {full} 08:49:37 GMT")


@given(st.text(max_size=60))
def test_any_text_is_read_as_directives_without_an_error(text: str) -> None:
    control = CacheControl(text)
    assert all(name == name.lower() for name in control)
    assert control.seconds("max-age") is None or 0 <= (control.seconds("max-age") or 0) <= 2**31


NAMES = st.sampled_from(["max-age", "No-Store", "private", "x-other", "s-maxage"])
ARGUMENTS = st.one_of(st.none(), st.integers(0, 99).map(str), st.text('ab, =\\"', max_size=6))


@given(st.lists(st.tuples(NAMES, ARGUMENTS), unique_by=lambda pair: pair[0].lower()))
def test_directives_come_back_as_they_were_written(pairs: list[tuple[str, str | None]]) -> None:
    def written(name: str, argument: str | None) -> str:
        if argument is None:
            return name
        quoted = argument.replace("\\", "\\\\").replace('"', '\\"')
        return f'{name}="{quoted}"'

    text = " , ".join(written(*pair) for pair in pairs)
    assert dict(CacheControl(text)) == {name.lower(): text or "" for name, text in pairs}


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: x=1", "a\nb", "a\x00b"])
def test_a_value_cannot_become_a_field_of_its_own(value: str) -> None:
    with pytest.raises(ValueError, match="line break or a NUL"):
        Fields({"X": value})


def test_a_name_of_a_field_is_a_token() -> None:
    with pytest.raises(ValueError, match="is no name of a field"):
        Fields({"X: a\r\nY": "b"})


def test_what_is_about_the_connection_is_left_behind() -> None:
    fields = Fields({"Connection": "close, X-Hop", "X-Hop": "1", "Keep-Alive": "5", "ETag": '"a"'})
    assert dict(fields.end_to_end()) == {"etag": '"a"'}


def test_an_unknown_layer_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a layer is one of browser, .* not 'edge'"):
        freshness({}, 0, layer="edge")
