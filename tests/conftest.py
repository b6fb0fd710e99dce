"""
What several rooms' tests share: the published traces, which are read where they lie.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from cachelab.lab import Trace, read_trace

# How long an example takes says more about the machine's other work than about the code.
settings.register_profile("cachelab", deadline=None)
settings.load_profile("cachelab")

TRACES = Path(os.environ.get("CACHELAB_TRACES", Path(__file__).parents[2] / "shared" / "traces"))


@pytest.fixture(scope="session")
def traces_folder() -> Path:
    """The folder with the published traces: `$CACHELAB_TRACES`, or ../shared/traces."""
    if not TRACES.is_dir():
        if "CACHELAB_TRACES" in os.environ:
            pytest.fail(f"CACHELAB_TRACES names no folder: {TRACES}")
        pytest.skip("the published traces are not here; set CACHELAB_TRACES to their folder")
    return TRACES


@pytest.fixture(scope="session")
def published_trace(traces_folder: Path) -> Callable[[str], Trace]:
    """Read a published trace by the start of its file name, once a session."""
    read: dict[str, Trace] = {}

    def by_name(name: str) -> Trace:
        if name not in read:
            (path,) = traces_folder.glob(f"{name}.*")
            read[name] = read_trace(path)
        return read[name]

    return by_name
