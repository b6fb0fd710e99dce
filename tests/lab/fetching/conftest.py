import socket

import pytest


@pytest.fixture(autouse=True)
def _no_way_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is asked without a proxy, and nothing else is asked at all."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def closed_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
