"""
The wave of misses when a fourth cache server joins three, by placement, on real servers.

    python benchmarks/miss_wave.py

First, how many of all keys are not where they are looked for now. Then readers come, one request
after another, who load what is missing from the database and put it into the cache: how many
requests in a hundred reach the database in each window, until the new server is warm.
"""

import platform
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import accumulate

from cachelab.operations import Sharded
from cachelab.ports import MISSING, RedisStore, Server, start_server

KEYS = [f"user:{number}" for number in range(10_000)]
VALUE = "x" * 100
WINDOWS, REQUESTS = 5, 2_000
CONTESTANTS = [
    ("modulo", 1),
    ("slots", 1),
    ("jump", 1),
    ("rendezvous", 1),
    ("ring", 1),
    ("ring", 2),
]


@dataclass(frozen=True)
class Wave:
    """The part of all keys that a join made misses, and the loads in each window after it."""

    missing: float
    loads: list[int]


@contextmanager
def sharded(servers: list[Server], placement: str, copies: int) -> Iterator[Sharded]:
    """A store over all servers but the last, which is free to join."""
    with ExitStack() as stack:
        stores = {}
        for number, server in enumerate(servers):
            client = stack.enter_context(server.client(timeout=5.0))
            stores[f"cache-{number}"] = RedisStore(client, f"{placement}-{copies}:")
        newcomer = stores.popitem()
        store = Sharded(stores, placement, copies=copies, read="first")
        store.set_many(dict.fromkeys(KEYS, VALUE))
        store.add_node(*newcomer)
        yield store
        store.clear()


def wave(store: Sharded) -> Wave:
    """Count what is missing right after the join, and then what readers have to load."""
    # Past the store, whose reads would repair what they find on another node.
    held = {name: each.get_many(KEYS) for name, each in store.stores.items()}
    missing = sum(all(key not in held[node] for node in store.nodes_for(key)) for key in KEYS)
    rng = random.Random(1)
    popular = list(accumulate(1 / (rank + 1) ** 0.8 for rank in range(len(KEYS))))
    shuffled = rng.sample(KEYS, len(KEYS))
    loads = []
    for _ in range(WINDOWS):
        loads.append(0)
        for key in rng.choices(shuffled, cum_weights=popular, k=REQUESTS):
            if store.get(key) is MISSING:
                loads[-1] += 1
                store.set(key, VALUE)
    return Wave(missing / len(KEYS), loads)


def main() -> None:
    """Print the table."""
    print(f"Python {platform.python_version()}, {platform.machine()}; {len(KEYS):,} keys")
    with ExitStack() as stack:
        servers = [stack.enter_context(start_server()) for _ in range(4)]
        print(f"Four servers, {servers[0].kind} {servers[0].version}; the fourth joins\n")
        print(f"{'':22}  keys that miss   of 100 requests, loads in window 1 to {WINDOWS}")
        for placement, copies in CONTESTANTS:
            with sharded(servers, placement, copies) as store:
                found = wave(store)
            label = f"{placement}, {copies} cop{'y' if copies == 1 else 'ies'}"
            loads = "".join(f"{100 * count / REQUESTS:7.1f}" for count in found.loads)
            print(f"{label:22} {found.missing:8.1%}        {loads}")


if __name__ == "__main__":
    main()
