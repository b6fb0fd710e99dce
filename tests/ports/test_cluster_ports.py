"""Which ports the nodes of a cluster get, when others look for theirs as well."""

import socket
from itertools import count

import pytest

from cachelab.ports import cluster_ports
from cachelab.ports.cluster_ports import BUS, free_ports


def test_a_port_is_passed_over_if_it_or_the_one_for_the_nodes_talk_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cluster_ports, "CALLS", count())
    first, second = free_ports(2)
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", first))
        other.bind(("127.0.0.1", second + BUS))
        monkeypatch.setattr(cluster_ports, "CALLS", count())  # it begins where it began
        assert {first, second}.isdisjoint(free_ports(2))


def test_two_calls_look_in_different_places() -> None:
    assert set(free_ports(6)).isdisjoint(free_ports(6))
