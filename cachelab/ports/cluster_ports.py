"""
Ports for the nodes of a cluster, which need two each: for clients, and for their own talk.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack

from .errors import ServerUnavailable

BUS = 10_000
"""The nodes talk to each other on a port that much above the one for clients."""

FIRST, LAST, STEP = 21_000, 50_000, 7
APART, BEGINNINGS = 61, 1_500
"""
Places between where two processes begin that were started one after the other, and the places to
begin at: those below the ports that most systems use for calls to others.
"""


def free_ports(count: int, avoid: set[int] | frozenset[int] = frozenset()) -> list[int]:
    """
    Return ports that are free, and with them those for the nodes' own talk.

    Each process begins to look somewhere else, so that a class that starts its clusters in the same
    minute does not race for the same ports.

    Raises:
        ServerUnavailable: there are not so many.

    >>> first, second = free_ports(2)
    >>> second in free_ports(2, avoid={second})
    False
    """
    ports: list[int] = []
    with ExitStack() as stack:
        for port in _from(os.getpid() * APART % BEGINNINGS):
            probes = [stack.enter_context(socket.socket()) for _ in range(2)]
            try:
                for probe, number in zip(probes, (port, port + BUS), strict=True):
                    probe.bind(("127.0.0.1", number))
            except OSError:
                continue
            if port not in avoid:
                ports.append(port)
            if len(ports) == count:
                return ports
    raise ServerUnavailable(f"no {count} ports are free with their number plus {BUS}")


def _from(place: int) -> Iterator[int]:
    candidates = range(FIRST, LAST, STEP)
    for number in range(len(candidates)):
        yield candidates[(place + number) % len(candidates)]
