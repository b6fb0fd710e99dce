"""The table of the benchmark: cut off, a listener by pub/sub loses news, and one by stream none."""

import importlib.util
import sys
from pathlib import Path

import pytest

from cachelab.invalidation import PubSubChannel, StreamChannel
from cachelab.ports import start_server

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "invalidation_channels.py"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no server can be started on Windows")
def test_pubsub_loses_what_a_stream_brings_and_both_say_what_they_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spec = importlib.util.spec_from_file_location("channels_benchmark", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    bench = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, bench)
    spec.loader.exec_module(bench)
    monkeypatch.setattr(bench, "ROUNDS", 20)
    with start_server() as server:
        outcomes = []
        for kind in (PubSubChannel, StreamChannel):
            channel = kind(server.url, kind.__name__)
            outcomes.append(bench.measured(server, channel, kind.__name__))
            channel.close()
    pubsub, stream = outcomes
    assert pubsub.heard < bench.MESSAGES <= stream.heard
    assert (pubsub.gaps > 0, stream.gaps) == (True, 0)
    assert (pubsub.kept, stream.kept >= bench.MESSAGES) == (0, True)
