"""A cache server for the tests that need a real one, started once."""

from collections.abc import Iterator

import pytest

from cachelab.ports import Server, start_server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with start_server() as server:
        yield server
