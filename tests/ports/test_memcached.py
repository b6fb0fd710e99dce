"""A memcached of one's own: ours, reachable by us only, and gone when we are."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cachelab.ports import (
    CachelabError,
    Memcached,
    ServerUnavailable,
    ThreadRuntime,
    start_memcached,
)

needs_memcached = pytest.mark.skipif(
    shutil.which("memcached") is None, reason="memcached is not installed"
)


@pytest.fixture
def server() -> Iterator[Memcached]:
    with start_memcached() as server:
        yield server


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@needs_memcached
def test_it_answers_on_a_socket_of_our_own(server: Memcached) -> None:
    assert isinstance(server.address, str)
    assert server.stats()["pid"] == str(server.pid)
    assert server.ask("version") == [f"VERSION {server.version}"]
    assert repr(server) == f"Memcached({server.version})"
    assert Path(server.address).stat().st_mode & 0o077 == 0


@needs_memcached
def test_it_listens_on_loopback_only_when_a_port_is_asked_for() -> None:
    with start_memcached(port=0) as server:
        host, port = server.address
        assert host == "127.0.0.1"
        settings = server.stats("settings")
    assert (settings["inter"], settings["tcpport"]) == ("127.0.0.1", str(port))
    assert settings["udpport"] == "0"


@needs_memcached
def test_options_are_those_of_its_command_line() -> None:
    with start_memcached("-m", "10", "-I", "2m") as server:
        settings = server.stats("settings")
    assert (settings["maxbytes"], settings["item_size_max"]) == (str(10 << 20), str(2 << 20))


@needs_memcached
def test_it_ends_with_its_block_and_its_files_go() -> None:
    with start_memcached() as server:
        assert is_running(server.pid)
    assert not is_running(server.pid)
    assert isinstance(server.address, str)
    assert not Path(server.address).parent.exists()
    server.stop()
    with pytest.raises(ServerUnavailable, match="memcached does not answer"):
        server.stats()


@needs_memcached
def test_it_ends_when_its_program_is_killed() -> None:
    script = (
        "from cachelab.ports import start_memcached; import time; "
        "print(start_memcached().pid, flush=True); time.sleep(600)"
    )
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    pid = int(child.stdout.readline())
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    runtime = ThreadRuntime()
    give_up = runtime.now() + 60
    while is_running(pid) and runtime.now() < give_up:
        runtime.sleep(0.02)
    assert not is_running(pid)


@needs_memcached
@pytest.mark.parametrize(
    ("options", "words"),
    [(("-m", "much"), "memcached did not start"), (("--nonsense",), "memcached did not start: ")],
)
def test_an_option_it_does_not_understand_is_told(options: tuple[str, ...], words: str) -> None:
    with pytest.raises(ServerUnavailable, match=words):
        start_memcached(*options)


@needs_memcached
def test_a_port_in_use_is_told() -> None:
    with (
        start_memcached(port=0) as server,
        pytest.raises(ServerUnavailable, match=r"memcached did not start: .*in use"),
    ):
        start_memcached(port=server.address[1])


@needs_memcached
def test_what_a_client_keeps_comes_back(server: Memcached) -> None:
    pytest.importorskip("pymemcache")
    with closing(server.client()) as client:
        assert client.set("k", b"v", noreply=False)
        assert client.get_many(["k", "other"]) == {"k": b"v"}


@needs_memcached
def test_without_pymemcache_the_client_says_what_to_install(
    server: Memcached, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pymemcache.client.base", None)
    with pytest.raises(CachelabError, match="pip install pymemcache"):
        server.client()


def test_without_memcached_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CACHELAB_MEMCACHED", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CachelabError, match="memcached is not installed: `sudo apt install"):
        start_memcached()


def test_a_program_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CACHELAB_MEMCACHED", "/nowhere/memcached")
    with pytest.raises(ServerUnavailable, match="CACHELAB_MEMCACHED is '/nowhere/memcached'"):
        start_memcached()


@pytest.mark.parametrize("option", ["-d", "-l0.0.0.0", "-U", "-s"])
def test_options_that_decide_who_can_reach_it_are_refused(option: str) -> None:
    with pytest.raises(ValueError, match=f"start_memcached sets {option[:2]} itself"):
        start_memcached(option)


def test_a_port_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="from 0 to 65535, not 65536"):
        start_memcached(port=65_536)
