"""A cache that moves to another server, and takes along what it holds."""

import sys
from pathlib import Path

import pytest

from cachelab.operations.metrics import stored_keys
from cachelab.operations.warming import CacheWarmer, Copied, ProgressFile
from cachelab.ports import RedisStore, start_server
from cachelab.strategies import CacheAside
from tests.strategies.world import FlakySource

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="no server can be started on Windows"
)


def test_what_a_strategy_kept_on_one_server_it_finds_on_the_next(tmp_path: Path) -> None:
    source = FlakySource()
    keys = [f"user:{number}" for number in range(700)]
    for key in keys:
        source.inner.write(key, f"row of {key}")
    with start_server() as one, start_server() as two, one.client() as a, two.client() as b:
        old, new = RedisStore(a, prefix="app:"), RedisStore(b, prefix="app:")
        for key in keys:
            CacheAside(old, source, ttl=600).read(key)
        warmer = CacheWarmer(
            Copied(new, old, ttl=600), progress=ProgressFile(tmp_path / "progress.json")
        )
        report = warmer.warm(stored_keys(old))
        source.calls.clear()
        cache = CacheAside(new, source, ttl=600)
        assert [cache.read(key) for key in keys] == [f"row of {key}" for key in keys]
        assert (report.kept, report.is_complete, source.calls) == (700, True, [])
