"""
A program that writes through a `WriteBehind` until it is killed, and says what was acknowledged.

    python writer.py URL DATABASE FIRST

It says "try N" before the write of number N and "ok N" after it. Number N goes to key N % KEYS.
"""

import sys
from collections.abc import Mapping

from cachelab.ports import RedisStore, SQLSource, StoreError, ThreadRuntime, Versioned
from cachelab.strategies import WriteBehind

KEYS = 300


def key_of(number: int) -> str:
    return f"row:{number % KEYS}"


class Slow(SQLSource):
    """
    A database whose answer takes a while after its commit.

    So most of a worker's time is spent between storing a batch and forgetting it, which is the
    worst moment to be killed.
    """

    def write_many(self, rows: Mapping[str, Versioned]) -> None:
        super().write_many(rows)
        ThreadRuntime().sleep(0.02)


def main(url: str, database: str, first: str) -> None:
    store = RedisStore(url, prefix="app:")
    behind = WriteBehind(store, Slow(database), ttl=60, interval=0.001, batch_size=50)
    number = int(first)
    while True:
        print("try", number, flush=True)
        try:
            behind.write(key_of(number), {"number": number})
        except StoreError:
            ThreadRuntime().sleep(0.02)  # the server is down; this number was not promised
        else:
            print("ok", number, flush=True)
        number += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
