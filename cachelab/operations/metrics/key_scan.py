"""
The keys that a server holds for a store, and how much memory each takes.

SCAN brings them a few at a time, so the server answers others in between. Keys that come or go
meanwhile may be seen or not, and one that stays is seen at least once.
"""

from collections.abc import Iterator
from itertools import islice

from cachelab.ports import RedisStore
from cachelab.ports.connection import store_errors

from .big_keys import Big, BiggestKeys

BATCH = 500


def stored_keys(store: RedisStore) -> Iterator[str]:
    """
    Return the keys of `store` on its server, in no order, some perhaps twice.

    Complexity: one round trip for each 500 keys of the server, also of those of others.

    Raises:
        StoreError: the server failed.

    >>> import fakeredis
    >>> store = RedisStore(fakeredis.FakeRedis(), prefix="shop:")
    >>> store.set_many({"price": 19, "stock": 7}), store.client.set("else:price", 5)
    (None, True)
    >>> sorted(stored_keys(store))
    ['price', 'stock']
    """
    start = len(store.prefix)
    for names in _batches(store):
        for name in names:
            yield name.decode("utf-8", "surrogatepass")[start:]


def biggest_stored_keys(store: RedisStore, n: int = 20) -> list[Big]:
    """
    Return the `n` keys of `store` that take the most memory on its server, biggest first.

    The sizes are those of MEMORY USAGE: what the server needs around the bytes is in them.

    Complexity: two round trips for each 500 keys of the server; memory for 500 + n keys.

    Raises:
        StoreError: the server failed.
    """
    biggest, start = BiggestKeys(n), len(store.prefix)
    for names in _batches(store):
        with store_errors():
            line = store.client.pipeline(transaction=False)
            for name in names:
                line.memory_usage(name)
            sizes = line.execute()
        for name, size in zip(names, sizes, strict=True):
            if size is not None:  # None: it has gone since it was seen
                biggest.wrote(name.decode("utf-8", "surrogatepass")[start:], size)
    return biggest.top()


def _batches(store: RedisStore) -> Iterator[list[bytes]]:
    """The names of the store's keys as the server has them."""
    start = store.prefix.encode("utf-8", "surrogatepass")
    # Compared here: in a pattern the characters of a prefix would have a meaning.
    rest = (name for name in store.client.scan_iter(count=BATCH) if name.startswith(start))
    while True:
        with store_errors():
            names = list(islice(rest, BATCH))
        if not names:
            return
        yield names
