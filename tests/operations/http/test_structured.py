"""Structured fields: what is written is read back, what breaks the grammar is refused whole."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.operations.http import CacheStatus, Response, parse_cache_status
from cachelab.operations.http.cache_status import FORWARDED, with_status
from cachelab.operations.http.structured import Item, Token, parse_list, write_list

TOKENS = st.from_regex(r"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]{0,8}", fullmatch=True).map(Token)
TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=10)
DECIMALS = st.integers(-(10**15) + 1, 10**15 - 1).map(lambda number: Decimal(number) / 1000)
BARE = st.one_of(
    st.booleans(),
    st.integers(-(10**15) + 1, 10**15 - 1),
    DECIMALS,
    TEXTS,
    TOKENS,
    st.binary(max_size=9),
)
KEYS = st.from_regex(r"[a-z*][a-z0-9_.*-]{0,6}", fullmatch=True)
ITEMS = st.builds(Item, BARE, st.dictionaries(KEYS, BARE, max_size=3))


def typed(items: list[Item]) -> Any:
    return [
        (item.value, type(item.value), [(k, v, type(v)) for k, v in item.params.items()])
        for item in items
    ]


@given(st.lists(ITEMS, max_size=4))
def test_what_is_written_is_read_back_with_its_types(items: list[Item]) -> None:
    assert typed(parse_list(write_list(items))) == typed(items)


@given(st.text(st.sampled_from('ab1.-;=,"\\:?* \t@('), max_size=14))
def test_what_can_be_read_can_be_written_and_means_the_same(text: str) -> None:
    try:
        items = parse_list(text)
    except ValueError:
        return
    assert typed(parse_list(write_list(items))) == typed(items)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", []),
        ("  a  ", [Token("a")]),
        ("a ,\t b\t", [Token("a"), Token("b")]),
        ("42, -17, 4.5, -0.001", [42, -17, Decimal("4.5"), Decimal("-0.001")]),
        ('"a \\"b\\" \\\\"', ['a "b" \\']),
        (":aGk=:, :aGk:", [b"hi", b"hi"]),
        ("?1, ?0", [True, False]),
        ("*/x:y", [Token("*/x:y")]),
    ],
)
def test_each_kind_of_item_is_read(text: str, values: list[Any]) -> None:
    assert typed(parse_list(text)) == typed([Item(value) for value in values])


def test_the_last_of_two_parameters_counts() -> None:
    assert list(parse_list("a; x=1; y; x=2")[0].params.items()) == [("y", True), ("x", 2)]


@pytest.mark.parametrize(
    "text",
    [
        "a,",
        ",a",
        "a b",
        '"a',
        '"\\a"',
        '"é"',
        "1234567890123456",
        "1.2345",
        "1.",
        ".5",
        "--1",
        "1234567890123.1",
        "?2",
        ":a!:",
        ":=:",
        "a; X=1",
        "a;",
        "a; x=",
        "(a b)",
        "a\tb",
        "\ta",
    ],
)
def test_what_breaks_the_grammar_is_refused_whole(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|base64|padding|data"):
        parse_list(text)


@pytest.mark.parametrize(
    "value", [10**15, Decimal("NaN"), Decimal(10**12), "snow ☃", "a\n", Token("1a"), Token("a b")]
)
def test_what_cannot_be_written_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        write_list([Item(value)])


STATUSES = st.builds(
    CacheStatus,
    TEXTS.filter(bool),
    fwd=st.sampled_from(sorted(FORWARDED)),
    fwd_status=st.none() | st.integers(100, 599),
    ttl=st.none() | st.integers(-(10**6), 10**6),
    stored=st.booleans(),
    detail=TEXTS,
)


@given(st.lists(STATUSES, min_size=1, max_size=4))
def test_each_cache_on_the_way_adds_what_it_did_at_the_end(statuses: list[CacheStatus]) -> None:
    response = Response(200)
    for status in statuses:
        response = with_status(response, status)
    assert parse_cache_status(response.headers) == statuses


def test_a_cache_status_that_cannot_be_read_says_nothing() -> None:
    assert parse_cache_status({"Cache-Status": 'edge; hit, "'}) == []
    assert parse_cache_status({}) == []


@pytest.mark.parametrize("options", [{}, {"hit": True, "fwd": "miss"}, {"fwd": "bored"}])
def test_a_status_is_a_hit_or_has_a_reason_to_forward(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"either a hit or forwarded|fwd is one of"):
        CacheStatus("edge", **options)
