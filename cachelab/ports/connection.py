"""
A client for a cache server that would rather fail than keep its caller waiting.

A cache exists to be fast, so a slow one is a broken one: the client gives up after a quarter of a
second, where redis-py by itself waits for minutes (5 s a try, eleven tries). Its errors become
`StoreError` where they enter, so nothing above depends on the library's.
"""

import math
from types import TracebackType
from typing import Any

import redis
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import RedisClusterException
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

from .errors import StoreError

TIMEOUT = 0.25
"""Seconds until a connection attempt, or a wait for an answer, is given up."""

Client = redis.Redis | redis.RedisCluster
"""What talks to one server, or to as many as share the keys between them."""

SCHEMES = ("redis://", "rediss://", "unix://")


def connect(
    address: str, *, timeout: float = TIMEOUT, retries: int = 0, **options: Any
) -> redis.Redis:
    """
    A redis-py client for the server at `address`: a URL, or the path of a unix socket.

    Nothing is sent before the first command. A try that fails takes at most `timeout` seconds to
    connect and as many for the answer. A command whose answer was lost may have been carried out,
    so it is sent again only if you ask for `retries`: repeat a SET, but never an INCR.

    Raises:
        ValueError: a URL that does not begin with redis://, rediss:// or unix://.

    >>> connect("redis://127.0.0.1:6379").get_retry().get_retries()
    0
    """
    settings: dict[str, Any] = {
        "protocol": 3,
        "decode_responses": False,
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        "retry": Retry(ExponentialBackoff(cap=timeout, base=0.02), retries),
        # A service for managed clusters, asked for on each connection unless it is turned off.
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
        **options,
    }
    if address.startswith(SCHEMES):
        return redis.Redis.from_url(address, **settings)
    if "://" in address:
        scheme = address.partition("://")[0]  # what follows may hold a password
        raise ValueError(f"a server's URL begins with {', '.join(SCHEMES)}, not with {scheme}://")
    return redis.Redis(unix_socket_path=address, **settings)


def connect_blocking(address: str, *, longest: float, **options: Any) -> redis.Redis:
    """
    A client for commands that wait at the server, such as BLPOP or XREADGROUP with BLOCK.

    Have none of them wait longer than `longest` seconds: this client listens a little longer than
    that, where one with a shorter timeout would give up first, and lose what the server then sent.
    Nothing is sent twice. Keep it apart from the client for everything else, which is to be quick.

    Raises:
        ValueError: `longest` is not above zero, or the URL is of another kind.

    >>> client = connect_blocking("redis://127.0.0.1:6379", longest=5)
    >>> client.connection_pool.connection_kwargs["socket_timeout"]
    5.25
    """
    if not 0 < longest < math.inf:
        raise ValueError(f"longest must be a number of seconds above 0, not {longest!r}")
    settings: dict[str, Any] = {"socket_timeout": longest + TIMEOUT, **options}
    return connect(address, retries=0, **settings)


def without_retries(client: Client) -> Client:
    """
    A client of the same server or cluster that sends each command once; yours to close.

    For commands that do more when they are repeated, such as INCR and XADD, or answer otherwise,
    such as SET with NX.

    >>> without_retries(connect("redis://127.0.0.1:6379", retries=3)).get_retry().get_retries()
    0
    """
    if isinstance(client, redis.RedisCluster):
        nodes = list(client.nodes_manager.startup_nodes.values())
        options = {**client.nodes_manager.connection_kwargs, "retry": Retry(NoBackoff(), 0)}
        return redis.RedisCluster(startup_nodes=nodes, **options)
    pool = client.connection_pool
    settings = {**pool.connection_kwargs, "retry": Retry(NoBackoff(), 0)}
    return redis.Redis.from_pool(type(pool)(connection_class=pool.connection_class, **settings))


class store_errors:  # noqa: N801 - it stands in a `with` statement, like a function
    """
    A block in which the client's errors become `StoreError`, with the original as the cause.

    It is a class because every hit passes through it: a generator would take ten times as long.

    Raises:
        StoreError: the client raised an error of its own.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, redis.TimeoutError):
            raise StoreError("the cache server did not answer in time") from error
        if isinstance(error, RedisClusterException):
            raise StoreError(f"the cluster could not carry out the command: {error}") from error
        if isinstance(error, redis.RedisError):
            # The bare class means the connection, its subclasses carry the server's own words.
            if type(error) is redis.ConnectionError:
                raise StoreError("the cache server cannot be reached") from error
            raise StoreError(f"the cache server refused the command: {error}") from error
