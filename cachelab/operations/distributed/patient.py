"""
A client of a cluster that waits out a failover instead of handing it to its caller.

When a master dies its replica takes over within a second or two. redis-py's own retries do not
wait in between, so they are used up long before that; here there is a budget of time instead.
"""

import contextlib
import random
import time
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode
from redis.exceptions import (
    ClusterDownError,
    RedisClusterException,
    SlotNotCoveredError,
    TryAgainError,
)
from redis.retry import Retry

from cachelab.ports import Cluster

REFUSED = (ClusterDownError, SlotNotCoveredError, TryAgainError)
"""Errors that say the command was not carried out."""

LOST = (redis.ConnectionError, redis.TimeoutError)
"""Errors after which it may have been."""

REPEATABLE = frozenset(
    {
        "GET",
        "SET",
        "DEL",
        "UNLINK",
        "MGET",
        "EXISTS",
        "TTL",
        "PTTL",
        "EXPIRE",
        "PEXPIRE",
        "PERSIST",
        "STRLEN",
        "TYPE",
        "HGET",
        "HMGET",
        "HGETALL",
        "HSET",
        "HDEL",
        "SMEMBERS",
        "SADD",
        "SREM",
        "SISMEMBER",
        "ZADD",
        "ZREM",
        "ZSCORE",
        "PING",
        "KEYS",
        "SCAN",
        "DBSIZE",
        "INFO",
    }
)
"""Commands that do the same when they are carried out twice."""

SHORTEST_PAUSE, LONGEST_PAUSE = 0.02, 0.5


class PatientCluster(redis.RedisCluster):
    """
    A `redis.RedisCluster` whose commands are tried for `budget` seconds.

    A command that the cluster refused for now is always tried again. One whose answer was lost is
    tried again if it does the same twice, as GET and SET do and INCR does not; a SET with NX, XX,
    GET or IFEQ answers otherwise the second time, so it counts as the latter. Pipelines, and what
    is made of them (`mget_nonatomic`), have redis-py's retries only.
    """

    def __init__(self, *, budget: float, **options: Any) -> None:
        if not 0 < budget < float("inf"):
            raise ValueError(f"budget must be a number of seconds above 0, not {budget!r}")
        self.budget = budget
        super().__init__(**options)

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Carry out a command, trying for as long as the budget lasts."""
        end, pause = time.monotonic() + self.budget, SHORTEST_PAUSE
        while True:
            try:
                return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
            except (*REFUSED, *LOST, RedisClusterException) as error:
                if not may_repeat(args, error) or time.monotonic() + pause > end:
                    raise
            time.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(2 * pause, LONGEST_PAUSE)
            with contextlib.suppress(redis.RedisError, RedisClusterException):
                self.nodes_manager.initialize()


def connect_cluster(cluster: Cluster, *, budget: float = 10.0, **options: Any) -> PatientCluster:
    """
    A client of `cluster` that rides out a failover of up to `budget` seconds; yours to close.

    One try waits half a second for a node at most, unless `options` for redis-py say otherwise.

    Raises:
        ValueError: `budget` is not above zero.
    """
    ports = [member.port for member in cluster.members() if member.alive]
    settings: dict[str, Any] = {
        "socket_timeout": 0.5,
        "socket_connect_timeout": 0.5,
        "require_full_coverage": False,
        "retry": Retry(NoBackoff(), 0),
        **options,
    }
    nodes = [ClusterNode("127.0.0.1", port) for port in ports]  # type: ignore[no-untyped-call]
    return PatientCluster(budget=budget, startup_nodes=nodes, **settings)


def may_repeat(args: tuple[Any, ...], error: Exception) -> bool:
    """Tell whether the command `args` may be sent again after `error`."""
    if isinstance(error, REFUSED):
        return True
    if isinstance(error, RedisClusterException):
        return "must map" not in str(error)  # a mistake in the command, which no wait mends
    words = [str(word).upper() for word in args]
    asks_back = words[0] == "SET" and not {"NX", "XX", "GET", "IFEQ"}.isdisjoint(words[3:])
    return words[0] in REPEATABLE and not asks_back
