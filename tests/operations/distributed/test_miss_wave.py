"""A fourth server joins three: what it costs in misses, by placement, on real servers."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from cachelab.operations.distributed import Sharded
from cachelab.ports import RedisStore, Server, start_server

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="no server can be started on Windows"
)

KEYS = [f"user:{number}" for number in range(800)]


@pytest.fixture(scope="module")
def servers() -> Iterator[list[Server]]:
    with ExitStack() as stack:
        yield [stack.enter_context(start_server()) for _ in range(4)]


def missed(servers: list[Server], placement: str, copies: int = 1) -> float:
    """The part of all keys that a reader misses after the fourth server has joined."""
    with ExitStack() as stack:
        clients = [stack.enter_context(server.client(timeout=5.0)) for server in servers]
        prefix = f"{placement}-{copies}:"
        stores = {f"cache-{at}": RedisStore(client, prefix) for at, client in enumerate(clients)}
        newcomer = stores.popitem()
        store = Sharded(stores, placement, copies=copies, read="first")
        store.set_many(dict.fromkeys(KEYS, 1))
        assert len(store.get_many(KEYS)) == len(KEYS)
        store.add_node(*newcomer)
        return 1 - len(store.get_many(KEYS)) / len(KEYS)


def test_modulo_misses_three_keys_in_four_and_a_ring_one_in_four(servers: list[Server]) -> None:
    modulo, ring = missed(servers, "modulo"), missed(servers, "ring")
    print(f"\nmissed after the fourth server joined: modulo {modulo:.1%}, ring {ring:.1%}")
    assert 0.7 < modulo < 0.8
    assert 0.2 < ring < 0.3


@pytest.mark.parametrize("placement", ["jump", "rendezvous", "slots"])
def test_other_placements_that_move_least_miss_as_little(
    servers: list[Server], placement: str
) -> None:
    assert 0.2 < missed(servers, placement) < 0.3


def test_two_copies_on_a_ring_miss_nothing(servers: list[Server]) -> None:
    assert missed(servers, "ring", copies=2) == 0
