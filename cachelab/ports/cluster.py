"""
A cluster of your own: servers on loopback that share the keys, and stand in for each other.

It is made of the same program as `start_server`, six times, introduced to each other by the
commands that an administrator's tool would send. What happens to it afterwards is up to you: kill
a master, add a node, move slots, and look.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode
from redis.crc import key_slot
from redis.retry import Retry

from . import cluster_slots
from .cluster_members import Member, parse_members
from .cluster_ports import free_ports
from .errors import ServerUnavailable
from .launch import PortInUse
from .servers import Server, start_server

SLOTS = 16_384
ATTEMPTS = 5
"""So often are ports looked for, if others take them before the nodes do."""

PATIENCE = 30.0
"""Seconds until a change that the nodes should agree on is given up."""


def start_cluster(masters: int = 3, replicas: int = 1, *, node_timeout: float = 1.0) -> "Cluster":
    """
    A cluster with that many `masters`, each with that many `replicas`, on 127.0.0.1.

    A node that does not answer for `node_timeout` seconds is called dead by the others, and half of
    that later its replica takes over. It ends with its `with` block, at `stop()`, or when this
    process goes. It takes about two seconds to start.

    Raises:
        ServerUnavailable: no server can be had, or the nodes did not come together.
        ValueError: fewer than 3 masters, who could not agree on a promotion, or a number below 0.

    >>> with start_cluster() as cluster:
    ...     client = cluster.client()
    ...     client.set("answer", 42), client.get("answer"), len(cluster.members())
    ...     client.close()
    (True, b'42', 6)
    """
    if masters < 3:
        raise ValueError(f"a cluster needs at least 3 masters to agree, not {masters!r}")
    if replicas < 0:
        raise ValueError(f"replicas must be 0 or more for each master, not {replicas!r}")
    if not 0.1 <= node_timeout <= 60:
        raise ValueError(f"node_timeout must be from 0.1 to 60 seconds, not {node_timeout!r}")
    for _ in range(ATTEMPTS):
        cluster = Cluster(node_timeout)
        try:
            cluster.form(masters, replicas)
        except PortInUse:  # another program was quicker; it holds the port now, so look again
            cluster.stop()
        except BaseException:
            cluster.stop()
            raise
        else:
            return cluster
    raise ServerUnavailable(f"others took the ports of a cluster {ATTEMPTS} times")


class Cluster:
    """The nodes of a running cluster, and what can be done to them."""

    def __init__(self, node_timeout: float) -> None:
        self.node_timeout = node_timeout
        self.servers: dict[int, Server] = {}
        """By port; also those that were killed."""
        self._clients: dict[int, redis.Redis] = {}

    def form(self, masters: int, replicas: int) -> None:
        """Start all nodes, and make one cluster of them."""
        ports = free_ports(masters * (1 + replicas))
        with ThreadPoolExecutor(len(ports)) as pool:
            list(pool.map(self._start, ports))
        self.servers = {port: self.servers[port] for port in ports}
        for number, port in enumerate(ports):
            self.ask(port, "CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for port in ports[1:]:
            self.ask(port, "CLUSTER", "MEET", "127.0.0.1", ports[0])
        ids = [self.ask(port, "CLUSTER", "MYID") for port in ports]
        for number, port in enumerate(ports[:masters]):
            first, after = (SLOTS * n // masters for n in (number, number + 1))
            self.ask(port, "CLUSTER", "ADDSLOTSRANGE", first, after - 1)
        for number, port in enumerate(ports[masters:]):
            self._retry(port, "CLUSTER", "REPLICATE", ids[number % masters])
        self._wait("the nodes to come together", lambda: all(map(self._is_whole, ports)))

    def client(self, **options: Any) -> redis.RedisCluster:
        """Return a new redis-py client of the cluster; close it when you are done."""
        ports = [member.port for member in self.members() if member.alive]
        nodes = [ClusterNode("127.0.0.1", port) for port in ports]  # type: ignore[no-untyped-call]
        settings: dict[str, Any] = {
            "socket_timeout": 0.5,
            "socket_connect_timeout": 0.5,
            "require_full_coverage": False,
            "retry": Retry(NoBackoff(), 3),
            **options,
        }
        return redis.RedisCluster(startup_nodes=nodes, **settings)

    def members(self) -> list[Member]:
        """Return the nodes as the first one that answers sees them, masters first."""
        for port in self.servers:
            answer = self.ask(port, "CLUSTER", "NODES")
            if not isinstance(answer, redis.RedisError):
                return parse_members(answer)
        raise ServerUnavailable("no node of the cluster answers")

    def owner_of(self, key: str | bytes) -> Member:
        """Return the master of the slot that `key` falls into."""
        slot = key_slot(key.encode("utf-8", "surrogatepass") if isinstance(key, str) else key)
        return self.master_of(slot)

    def master_of(self, slot: int) -> Member:
        """
        Return the living master of `slot`.

        Raises:
            ServerUnavailable: it has none at the moment.
        """
        for member in self.members():
            if member.owns(slot) and member.alive:
                return member
        raise ServerUnavailable(f"the slot {slot} has no living master")

    def ask(self, node: "int | Member", *command: Any) -> Any:
        """
        Send `command` to one node as it is, and return its answer, or its error as a value.

        So MOVED and ASK can be seen, which a client of the cluster would follow.
        """
        port = node.port if isinstance(node, Member) else node
        options: dict[str, Any] = {"socket_timeout": 5.0, "retry": Retry(NoBackoff(), 0)}
        # Moving a slot takes half a dozen commands: a connection for each would take far longer.
        client = self._clients.get(port) or self._clients.setdefault(
            port, redis.Redis(port=port, **options)
        )
        try:
            return client.execute_command(*command)  # type: ignore[no-untyped-call]
        except redis.RedisError as error:
            return error

    def kill(self, node: Member) -> None:
        """End a node at once, as a power cut would; one that is dead stays dead."""
        with suppress(ProcessLookupError):
            os.kill(self.servers[node.port].pid, signal.SIGKILL)

    def wait_for_promotion(self, dead: Member) -> Member:
        """Wait until a replica has taken over the slots of `dead`; return it."""
        found: list[Member] = []

        def has_taken_over() -> bool:
            found[:] = [m for m in self.members() if m.slots == dead.slots and m.id != dead.id]
            return bool(found)

        self._wait(f"a promotion in place of {dead}", has_taken_over)
        alive = [member.port for member in self.members() if member.alive]
        self._wait("the others to hear of it", lambda: all(map(self._is_served, alive)))
        return found[0]

    @contextmanager
    def paused(self, node: Member) -> Iterator[None]:
        """Let `node` stand still for the length of a `with` block; a replica lags meanwhile."""
        pid = self.servers[node.port].pid
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def add_node(self) -> Member:
        """Start one more master, without slots, and return it once all know it."""
        known = next(member.port for member in self.members() if member.alive)
        (port,) = free_ports(1, avoid=set(self.servers))
        self._start(port)
        self.ask(port, "CLUSTER", "MEET", "127.0.0.1", known)
        everybody = [m.port for m in self.members() if m.alive] + [port]
        self._wait("the new node to be known", lambda: self._is_known(port, everybody))
        return next(member for member in self.members() if member.port == port)

    def move_slots(self, first: int, last: int, to: Member, *, classic: bool = False) -> float:
        """
        Move the slots from `first` to `last` with their keys, in use; return the seconds it took.

        All at once where the server can; with `classic` slot by slot and key by key, as ever.

        Raises:
            ValueError: these are no slots.
        """
        if not 0 <= first <= last < SLOTS:
            raise ValueError(f"slots are from 0 to {SLOTS - 1}, not from {first!r} to {last!r}")
        start = time.monotonic()
        cluster_slots.move(self, range(first, last + 1), to, classic)
        alive = [member.port for member in self.members() if member.alive]
        self._wait("the slots to move", lambda: self._all_see(first, last, to, alive))
        return time.monotonic() - start

    def stop(self) -> None:
        """End every node and remove its files."""
        with ExitStack() as stack:
            for server in self.servers.values():
                stack.callback(server.stop)
            for client in self._clients.values():
                stack.callback(client.close)

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _start(self, port: int) -> None:
        timeout = str(round(self.node_timeout * 1000))
        options = ["--cluster-enabled", "yes", "--cluster-node-timeout", timeout]
        options += ["--repl-diskless-sync-delay", "0"]
        self.servers[port] = start_server(*options, port=port)

    def _is_served(self, port: int) -> bool:
        return "cluster_state:ok" in _text(self.ask(port, "CLUSTER", "INFO"))

    def _is_whole(self, port: int) -> bool:
        info = _text(self.ask(port, "CLUSTER", "INFO"))
        knows_all = f"cluster_known_nodes:{len(self.servers)}\r" in info
        replication = _text(self.ask(port, "INFO", "replication"))
        has_data = "role:master" in replication or "master_link_status:up" in replication
        return self._is_served(port) and knows_all and has_data

    def _is_known(self, port: int, nodes: list[int]) -> bool:
        if not self._is_served(port):
            return False
        views = (parse_members(self.ask(node, "CLUSTER", "NODES")) for node in nodes)
        return all(any(m.port == port and m.alive for m in view) for view in views)

    def _all_see(self, first: int, last: int, to: Member, nodes: list[int]) -> bool:
        for node in nodes:
            view = parse_members(self.ask(node, "CLUSTER", "NODES"))
            owner = [m for m in view if m.id == to.id and m.owns(first) and m.owns(last)]
            if not owner:
                return False
        return True

    def _retry(self, port: int, *command: Any) -> None:
        def is_accepted() -> bool:
            return not isinstance(self.ask(port, *command), redis.RedisError)

        self._wait(f"a node to accept {command[1]}", is_accepted)

    def _wait(self, what: str, has_come: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not has_come():
            if time.monotonic() > end:
                raise ServerUnavailable(f"waited {PATIENCE:.0f} s in vain for {what}")
            time.sleep(0.02)

    def __repr__(self) -> str:
        return f"Cluster({len(self.servers)} nodes)"


def _text(answer: Any) -> str:
    """Return an answer as text; that of INFO comes parsed, and an error has nothing to say."""
    if isinstance(answer, bytes):
        return answer.decode()
    if isinstance(answer, dict):
        return "\r\n".join(f"{name}:{value}" for name, value in answer.items()) + "\r\n"
    return ""
