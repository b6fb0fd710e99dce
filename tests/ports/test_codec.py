"""Values as bytes: what comes back is what went in, or it is refused on the way in."""

import json
from collections import OrderedDict, namedtuple
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.ports.codec import decode, encode

text = st.text(st.characters())  # half surrogates included
zones = st.builds(timezone, st.timedeltas(timedelta(hours=-23), timedelta(hours=23)))
hashable_leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | text
    | st.binary()
    | st.decimals(allow_nan=False)
    | st.dates()
    | st.datetimes(timezones=st.none() | zones | st.just(UTC))
)
hashables = st.recursive(
    hashable_leaves,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3),
    max_leaves=5,
)
keys = hashables | st.sampled_from(["!tuple", "!dict", "!", "!bytes"])
values = st.recursive(
    hashables,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(keys, inner, max_size=4)
        | st.sets(hashables, max_size=3)
    ),
    max_leaves=12,
)


def shape(value: Any) -> Any:
    """Spell out the types inside a value, which `==` does not compare (1 == True == 1.0)."""
    kind = type(value).__name__
    if isinstance(value, dict):
        return kind, [(shape(key), shape(item)) for key, item in value.items()]
    if isinstance(value, set | frozenset):
        return kind, sorted(map(repr, map(shape, value)))
    if isinstance(value, list | tuple):
        return kind, [shape(item) for item in value]
    return kind, repr(value)


@given(values)
def test_a_value_comes_back_as_it_went_in(value: Any) -> None:
    found = decode(encode(value))
    assert found == value
    assert shape(found) == shape(value)


@given(values)
def test_a_value_that_was_read_has_the_same_bytes_again(value: Any) -> None:
    payload = encode(value)
    assert encode(decode(payload)) == payload


@given(values)
def test_the_bytes_are_json(value: Any) -> None:
    json.loads(encode(value), parse_constant=pytest.fail)


@given(st.binary() | values.map(encode).map(lambda payload: payload[:-1]))
def test_bytes_that_nobody_encoded_raise_a_value_error_or_decode(payload: bytes) -> None:
    with suppress(ValueError):
        decode(payload)


tags = ["!tuple", "!set", "!frozenset", "!dict", "!bytes", "!date", "!datetime", "!decimal"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*tags, "!float", "!x", "a"]), inner, max_size=2)
    ),
    max_leaves=6,
)


@given(json_values)
def test_json_from_elsewhere_raises_a_value_error_or_decodes(value: Any) -> None:
    with suppress(ValueError):
        decode(json.dumps(value).encode())


def test_nan_comes_back_as_nan() -> None:
    assert str(decode(encode(float("nan")))) == "nan"


def test_the_second_pass_of_an_hour_comes_back_as_the_second() -> None:
    assert decode(encode(datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=UTC))).fold == 1


def test_plain_json_from_another_program_is_understood() -> None:
    assert decode(b'{"id": 7, "tags": ["a"]}') == {"id": 7, "tags": ["a"]}


class Colour(IntEnum):
    RED = 1


Point = namedtuple("Point", "x y")


@pytest.mark.parametrize(
    "value",
    [
        Colour.RED,
        Point(1, 2),
        OrderedDict(a=1),
        {"k": 1 + 2j},
        {Colour.RED: 1},
        bytearray(b"x"),
        range(3),
        object,
        ZoneInfo("UTC"),
        iter([1]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_type_that_would_not_come_back_is_refused_by_name(value: Any) -> None:
    with pytest.raises(TypeError, match=r"a value of type .* cannot be kept"):
        encode(value)


def test_a_datetime_in_a_named_zone_is_refused_with_advice() -> None:
    with pytest.raises(TypeError, match="turn it into UTC first"):
        encode(datetime(2026, 3, 1, tzinfo=ZoneInfo("UTC")))


def test_a_value_that_contains_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(ValueError, match="within itself"):
        encode(value)


def test_bytes_nested_beyond_reason_are_damaged_and_no_crash() -> None:
    with pytest.raises(ValueError, match="not a value"):
        decode(b"[" * 200_000)


def test_a_date_and_a_midnight_stay_apart() -> None:
    assert type(decode(encode(date(2026, 3, 1)))) is date
    assert type(decode(encode(datetime(2026, 3, 1, tzinfo=UTC)))) is datetime


def test_a_decimal_keeps_its_zeros() -> None:
    assert str(decode(encode(Decimal("1E+3")))) == "1E+3"
    assert str(decode(encode(Decimal("10.500")))) == "10.500"
