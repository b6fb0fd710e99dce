"""The traces that ship: each is what its data card says, and the card's claims are true."""

import hashlib
import lzma
import re
from functools import cache

import pytest

from cachelab.lab import sample_trace, simulate
from cachelab.lab.data_cards import miss_ratio_table
from cachelab.lab.samples import SAMPLES, sample_card, sample_file
from cachelab.lab.sizes import capacity_of

ORDER = re.compile(r"^- `([\w <]+)` at (\d+) %( by bytes)?", re.MULTILINE)
CLAIMS = [
    (name, order, share, "bytes" if by_bytes else "entries")
    for name in SAMPLES
    for order, share, by_bytes in ORDER.findall(sample_card(name))
]

read = cache(sample_trace)
names = pytest.mark.parametrize("name", SAMPLES)


def on_card(name: str, row: str) -> str:
    (value,) = re.findall(rf"^\| {row} \| (.+) \|$", sample_card(name), re.MULTILINE)
    return str(value)


@names
def test_the_card_has_the_number_of_requests(name: str) -> None:
    assert on_card(name, "requests") == f"{len(read(name)):,}"


@names
def test_the_card_has_the_number_of_objects(name: str) -> None:
    assert on_card(name, "objects").startswith(f"{read(name).objects:,}")


@names
def test_the_card_has_the_name_and_size_of_the_file(name: str) -> None:
    file = sample_file(name)
    assert on_card(name, "file") == f"`{file.name}`, {len(file.read_bytes()):,} bytes"


@names
def test_the_card_has_the_hash_of_the_file(name: str) -> None:
    digest = hashlib.sha256(sample_file(name).read_bytes()).hexdigest()
    assert on_card(name, "sha256 of the file") == f"`{digest}`"


@names
def test_the_card_has_the_hash_of_the_content(name: str) -> None:
    content = lzma.decompress(sample_file(name).read_bytes())
    digest = hashlib.sha256(content).hexdigest()
    assert on_card(name, "sha256 of its content") == f"`{digest}`"


@names
def test_the_table_on_the_card_is_what_the_simulator_counts(name: str) -> None:
    assert miss_ratio_table(read(name)) in sample_card(name)


def test_the_table_by_bytes_is_what_the_simulator_counts() -> None:
    assert miss_ratio_table(read("storefront"), "bytes") in sample_card("storefront")


def test_the_card_of_a_trace_with_sizes_has_the_bytes_of_all_objects() -> None:
    trace = read("storefront")
    assert f"of {trace.weights.sum():,} bytes together" in on_card("storefront", "objects")


def test_the_card_of_a_trace_with_sizes_has_the_bytes_requested() -> None:
    trace = read("storefront")
    assert on_card("storefront", "bytes requested") == f"{trace.bytes_requested:,}"


@pytest.mark.parametrize(("name", "order", "share", "unit"), CLAIMS)
def test_policies_are_in_the_order_that_the_card_states(
    name: str, order: str, share: str, unit: str
) -> None:
    trace = read(name)
    capacity = capacity_of(f"{share}%", trace, unit)
    policies = order.split(" < ")
    misses = [simulate(trace, policy, capacity, unit=unit).misses for policy in policies]
    assert misses == sorted(set(misses))


@names
def test_a_card_states_at_least_three_orders(name: str) -> None:
    assert sum(claim[0] == name for claim in CLAIMS) >= 3


def test_no_policy_comes_first_on_all_cards() -> None:
    first = {(name, order.split(" < ")[0]) for name, order, share, _ in CLAIMS if share == "1"}
    assert {policy for _, policy in first} >= {"lru", "s3_fifo"}


@names
def test_a_trace_has_at_least_100_000_requests(name: str) -> None:
    assert len(read(name)) >= 100_000


@names
def test_a_trace_is_small_in_the_repository(name: str) -> None:
    assert len(sample_file(name).read_bytes()) < 200_000


def test_an_unknown_sample_is_answered_with_those_there_are() -> None:
    with pytest.raises(
        ValueError,
        match="unknown sample 'shopp'; there is shop, helpdesk, storefront, identifiers",
    ):
        sample_trace("shopp")


def test_without_a_name_it_is_the_shop() -> None:
    assert sample_trace().name == "shop"
