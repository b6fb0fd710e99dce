"""
How long to go on after an error of a cluster, and after which errors at all.

When a master dies its replica takes over within a second or two. redis-py's own retries do not
wait in between, so they are used up long before that; here there is a budget of time instead.
"""

import contextlib
import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

import redis
from redis.exceptions import (
    ClusterDownError,
    RedisClusterException,
    SlotNotCoveredError,
    TryAgainError,
)

T = TypeVar("T")

REFUSED = (ClusterDownError, SlotNotCoveredError, TryAgainError)
"""Errors that say the command was not carried out."""

LOST = (redis.ConnectionError, redis.TimeoutError)
"""Errors after which it may have been."""

REPEATABLE = frozenset(
    {
        *("GET", "SET", "DEL", "UNLINK", "MGET", "MSET", "EXISTS", "TYPE", "STRLEN"),
        *("TTL", "PTTL", "EXPIRE", "PEXPIRE", "PERSIST"),
        *("HGET", "HMGET", "HGETALL", "HSET", "HDEL"),
        *("SMEMBERS", "SADD", "SREM", "SISMEMBER", "ZADD", "ZREM", "ZSCORE"),
        *("PING", "KEYS", "SCAN", "DBSIZE", "INFO"),
    }
)
"""Commands that do the same when they are carried out twice."""

SHORTEST_PAUSE, LONGEST_PAUSE = 0.02, 0.5


def patiently(
    client: redis.RedisCluster,
    budget: float,
    attempt: Callable[[], T],
    is_harmless: Callable[[Exception], bool],
) -> T:
    """
    What `attempt` returns, tried for `budget` seconds after errors that `is_harmless` lets pass.

    Between two tries the client learns anew who owns what. The pauses double up to half a second,
    less a random share, so that many clients do not come back at once.
    """
    end, pause = time.monotonic() + budget, SHORTEST_PAUSE
    while True:
        try:
            return attempt()
        except (*REFUSED, *LOST, RedisClusterException) as error:
            if not is_harmless(error) or time.monotonic() + pause > end:
                raise
        time.sleep(pause * random.uniform(0.5, 1.0))
        pause = min(2 * pause, LONGEST_PAUSE)
        with contextlib.suppress(redis.RedisError, RedisClusterException):
            client.nodes_manager.initialize()


def may_repeat(args: tuple[Any, ...], error: Exception) -> bool:
    """Tell whether the command `args` may be sent again after `error`."""
    if isinstance(error, REFUSED):
        return True
    if isinstance(error, RedisClusterException):
        return "must map" not in str(error)  # a mistake in the command, which no wait mends
    return does_the_same_twice(args)


def does_the_same_twice(args: tuple[Any, ...]) -> bool:
    """Tell whether the command `args` changes nothing, and answers the same, the second time."""
    words = [str(word).upper() for word in args]
    asks_back = words[0] == "SET" and not {"NX", "XX", "GET", "IFEQ"}.isdisjoint(words[3:])
    return words[0] in REPEATABLE and not asks_back
