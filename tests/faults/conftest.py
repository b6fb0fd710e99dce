"""A server behind a proxy that can be made bad, and a database that stays well."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cachelab.ports import Server, SQLSource, start_server

from .proxy import Proxy


@pytest.fixture
def server() -> Iterator[Server]:
    with start_server(port=0) as server:
        yield server


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    assert server.port is not None
    with Proxy(server.port) as proxy:
        yield proxy


@pytest.fixture
def source(tmp_path: Path) -> Iterator[SQLSource]:
    source = SQLSource(str(tmp_path / "rows.db"))
    yield source
    source.close()
