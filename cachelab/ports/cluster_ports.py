"""
Ports for the nodes of a cluster, which need two each: for clients, and for their own talk.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count

from .errors import ServerUnavailable

BUS = 10_000
"""The nodes talk to each other on a port that much above the one for clients."""

FIRST, LAST, STEP = 21_000, 50_000, 7
BEGINNINGS = 1_500
"""Places to begin at: those below the ports that most systems use for calls to others."""

PROCESSES_APART, CALLS_APART = 61, 13
CALLS = count()


def free_ports(number: int, avoid: set[int] | frozenset[int] = frozenset()) -> list[int]:
    """
    Return ports that are free, and with them those for the nodes' own talk.

    Each process begins to look somewhere else, and so does each call, so that a class that starts
    its clusters in the same minute does not race for the same ports.

    Raises:
        ServerUnavailable: there are not so many.

    >>> ports = free_ports(2)
    >>> set(ports) & set(free_ports(2, avoid=set(ports)))
    set()
    """
    ports: list[int] = []
    with ExitStack() as stack:
        for port in _from(os.getpid() * PROCESSES_APART + next(CALLS) * CALLS_APART):
            probes = [stack.enter_context(socket.socket()) for _ in range(2)]
            try:
                for probe, own in zip(probes, (port, port + BUS), strict=True):
                    probe.bind(("127.0.0.1", own))
            except OSError:
                continue
            if port not in avoid:
                ports.append(port)
            if len(ports) == number:
                return ports
    raise ServerUnavailable(f"no {number} ports are free with their number plus {BUS}")


def _from(place: int) -> Iterator[int]:
    candidates = range(FIRST, LAST, STEP)
    for step in range(len(candidates)):
        yield candidates[(place % BEGINNINGS + step) % len(candidates)]
