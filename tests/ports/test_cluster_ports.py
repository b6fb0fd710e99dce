"""Which ports the nodes of a cluster get, when others look for theirs as well."""

import socket

from cachelab.ports.cluster_ports import BUS, free_ports


def test_a_port_is_passed_over_if_it_or_the_one_for_the_nodes_talk_is_taken() -> None:
    first, second = free_ports(2)
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", first))
        other.bind(("127.0.0.1", second + BUS))
        assert {first, second}.isdisjoint(free_ports(2))
