"""A client that outlasts a failover: what it repeats, and what it hands to its caller."""

from typing import Any

import pytest
import redis
from redis.exceptions import ClusterDownError, RedisClusterException

from cachelab.operations.distributed import PatientCluster
from cachelab.operations.distributed.patience import may_repeat

LOST = redis.ConnectionError("reset by peer")


@pytest.mark.parametrize(
    ("command", "error", "expected"),
    [
        (("GET", "k"), LOST, True),
        (("get", "k"), redis.TimeoutError(), True),
        (("SET", "k", "NX"), LOST, True),
        (("SET", "k", "v", "PX", 100), LOST, True),
        (("SET", "k", "v", "NX"), LOST, False),
        (("SET", "k", "v", "PX", 100, "GET"), LOST, False),
        (("INCR", "k"), LOST, False),
        (("XADD", "k", "*", "f", "v"), LOST, False),
        (("EVAL", "return 1", 0), LOST, False),
        (("INCR", "k"), ClusterDownError("The cluster is down"), True),
        (("MGET", "a", "b"), RedisClusterException("all keys must map to one slot"), False),
        (("GET", "k"), RedisClusterException("no node can be reached"), True),
    ],
)
def test_a_command_is_repeated_only_where_that_is_harmless(
    command: tuple[Any, ...], error: Exception, expected: bool
) -> None:
    assert may_repeat(command, error) is expected


@pytest.mark.parametrize("budget", [0, -1, float("inf"), float("nan")])
def test_a_budget_that_is_no_time_is_refused(budget: float) -> None:
    with pytest.raises(ValueError, match="budget must be a number of seconds"):
        PatientCluster(budget=budget, host="127.0.0.1", port=1)
