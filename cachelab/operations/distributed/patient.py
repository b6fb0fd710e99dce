"""
A client of a cluster that waits out a failover instead of handing it to its caller.

Single commands, pipelines and what is made of pipelines (`mget_nonatomic` of keys on any node,
answered in the order asked) are tried for a budget of time.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, ClusterPipeline
from redis.exceptions import AskError, MovedError
from redis.retry import Retry

from cachelab.ports import Cluster

from .patience import LOST, REFUSED, does_the_same_twice, may_repeat, patiently


class PatientCluster(redis.RedisCluster):
    """
    A `redis.RedisCluster` whose commands are tried for `budget` seconds.

    A command that the cluster refused for now is always tried again. One whose answer was lost is
    tried again if it does the same twice, as GET and SET do and INCR does not; a SET with NX, XX,
    GET or IFEQ answers otherwise the second time, so it counts as the latter. A pipeline is tried
    again as a whole if that holds for each of its commands; a transaction is not.

    Raises:
        ValueError: `budget` is not above zero.
    """

    def __init__(self, *, budget: float, **options: Any) -> None:
        if not 0 < budget < math.inf:
            raise ValueError(f"budget must be a number of seconds above 0, not {budget!r}")
        self.budget = budget
        super().__init__(**options)

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Carry out a command, trying for as long as the budget lasts."""
        carry_out = super().execute_command
        return patiently(
            self,
            self.budget,
            lambda: carry_out(*args, **options),  # type: ignore[no-untyped-call]
            lambda error: may_repeat(args, error),
        )

    def mget_nonatomic(self, keys: Any, *args: Any) -> list[Any]:
        """Return the values of keys in any slots, in the order asked, None for the absent."""
        fetch = super().mget_nonatomic
        return self._in_batches("MGET", lambda: fetch(keys, *args))

    def mset_nonatomic(self, mapping: Mapping[Any, Any]) -> list[Any]:
        """Set keys in any slots, those of each slot in one step."""
        keep = super().mset_nonatomic
        return self._in_batches("MSET", lambda: keep(mapping))

    def _in_batches(self, name: str, attempt: Callable[[], list[Any]]) -> list[Any]:
        """Try what is a command for each slot, whose nodes are looked up anew in each try."""
        return patiently(self, self.budget, attempt, lambda error: may_repeat((name,), error))

    def confirmed(self, *command: Any, replicas: int = 1, within: float = 0.1) -> bool:
        """
        Carry out a write of one key, and tell whether so many replicas have it after that time.

        It is tried once. False means that a master's death may lose the write, not that it was
        not made. WAIT speaks of its own connection's writes, so both go over one.

        Raises:
            redis.ResponseError: the command is wrong.
        """
        milliseconds = max(1, round(within * 1000))
        try:
            node = self.get_node_from_key(command[1])  # type: ignore[no-untyped-call]
            server: Any = self.get_redis_connection(node)
            with server.pipeline(transaction=False) as line:
                line.execute_command(*command)
                line.execute_command("WAIT", replicas, milliseconds)
                return bool(line.execute()[1] >= replicas)
        except (*REFUSED, *LOST, MovedError, AskError):
            return False

    def pipeline(self, transaction: Any = None, shard_hint: Any = None) -> ClusterPipeline:
        """Return a pipeline that is tried for as long as the budget lasts."""
        made = super().pipeline(transaction, shard_hint)  # type: ignore[no-untyped-call]
        if not transaction:
            made.__class__ = PatientPipeline  # redis-py leaves no choice of the class
            made.budget = self.budget
        return made  # type: ignore[no-any-return]


class PatientPipeline(ClusterPipeline):
    """
    A pipeline over any slots, tried again as a whole if each command does the same twice.

    One with a command for a node of the caller's choice is tried once: that node may be gone.
    """

    budget: float

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Send all commands; return their answers in the order in which they were added."""
        queue = self._execution_strategy.command_queue
        staged = [(command.args, dict(command.options)) for command in queue]
        is_harmless = all(does_the_same_twice(args) for args, _ in staged)
        if not is_harmless or any("target_nodes" in options for _, options in staged):
            return super().execute(raise_on_error)

        def attempt() -> list[Any]:
            self.reset()  # type: ignore[no-untyped-call]
            for args, options in staged:
                self.pipeline_execute_command(*args, **options)  # type: ignore[no-untyped-call]
            answers = super(PatientPipeline, self).execute(raise_on_error=False)
            for number, (answer, (args, _)) in enumerate(zip(answers, staged, strict=True)):
                if isinstance(answer, Exception):
                    self._raise(answer, number, args, raise_on_error)
            return answers

        return patiently(self, self.budget, attempt, lambda error: may_repeat(("GET",), error))

    def _raise(self, error: Exception, number: int, args: Any, is_asked_for: bool) -> None:
        """Raise what can be waited out in any case, and everything else if the caller wants it."""
        can_pass = isinstance(error, (*REFUSED, *LOST))
        if is_asked_for and not can_pass:
            self.annotate_exception(error, number + 1, args)  # type: ignore[no-untyped-call]
        if is_asked_for or can_pass:
            raise error


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
