"""
What can happen to a cache server and to the way there, each as a call on the proxy and the server.
"""

import os
import signal
from collections.abc import Callable

from cachelab.ports import Server

from .proxy import Proxy

Fault = Callable[[Proxy, Server], None]


def killed(proxy: Proxy, server: Server) -> None:
    os.kill(server.pid, signal.SIGKILL)


def frozen(proxy: Proxy, server: Server) -> None:
    os.kill(server.pid, signal.SIGSTOP)


def late(proxy: Proxy, server: Server) -> None:
    proxy.delay = 5.0


def silent(proxy: Proxy, server: Server) -> None:
    proxy.blackhole = True


def cut_in_mid_reply(proxy: Proxy, server: Server) -> None:
    proxy.cut = True


def reset(proxy: Proxy, server: Server) -> None:
    proxy.reset()


def out_of_memory(proxy: Proxy, server: Server) -> None:
    with server.client() as client:
        client.config_set("maxmemory", 1)


FAULTS = [killed, frozen, late, silent, cut_in_mid_reply, reset, out_of_memory]
