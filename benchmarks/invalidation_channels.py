"""
What each channel of news brings to a listener whose connection breaks while 1,000 are told.

    python benchmarks/invalidation_channels.py

Beside what arrived stands whether the listener knew that something was missing, how long the news
took on the way while all was well, and what the server remembers afterwards.
"""

import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue

from cachelab.invalidation import Channel, PubSubChannel, StreamChannel
from cachelab.ports import Server, StoreError, start_server

MESSAGES, ROUNDS, SETTLE = 1_000, 500, 2.0


@dataclass(frozen=True)
class Outcome:
    """What came of MESSAGES, the gaps that were told, and milliseconds on the way: p50 and p99."""

    heard: int
    gaps: int
    p50: float
    p99: float
    kept: int


def measured(server: Server, channel: Channel, name: str) -> Outcome:
    """Time single messages, then break every other connection in the middle of MESSAGES."""
    news: SimpleQueue[bytes] = SimpleQueue()
    gaps: list[str] = []
    listening = channel.subscribe(news.put, gaps.append)
    delays = []
    for number in range(ROUNDS):
        start = time.perf_counter()
        channel.publish(b"%d" % number)
        news.get(timeout=10)
        delays.append((time.perf_counter() - start) * 1000)
    with server.client() as admin:
        for number in range(MESSAGES):
            if number == MESSAGES // 4:
                for kind in ("pubsub", "normal"):
                    admin.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
            _tell(channel.publish, b"%d" % number)
        time.sleep(SETTLE)
        kept = admin.xlen(name)
    heard = news.qsize()
    listening.close()
    return Outcome(
        heard, len(gaps), statistics.median(delays), statistics.quantiles(delays, n=100)[98], kept
    )


def _tell(publish: Callable[[bytes], None], message: bytes) -> None:
    """Publish over a client whose own line may just have been cut as well."""
    try:
        publish(message)
    except StoreError:
        publish(message)


def main() -> None:
    """Print the table."""
    print(f"Python {platform.python_version()}, {platform.machine()}; {MESSAGES} messages")
    with start_server() as server:
        print(f"On {server.kind} {server.version}\n")
        print("  channel    arrived   gaps told   p50 ms   p99 ms   kept at the server")
        for label, kind in (("pub/sub", PubSubChannel), ("stream", StreamChannel)):
            name = f"news by {label}"
            channel: Channel = kind(server.url, name)
            found = measured(server, channel, name)
            channel.close()
            print(
                f"  {label:9} {found.heard:8} {found.gaps:11} {found.p50:8.2f} {found.p99:8.2f}"
                f" {found.kept:20}"
            )


if __name__ == "__main__":
    main()
