"""
The same shop with a real shared cache and a real database: a design replayed in real time.

The shared cache is a server that speaks Redis's language, the origin a table of SQLite whose calls
take as long as the shop's; edges and processes stay in this program. So it shows whether promises
hold outside of the simulator, and what the simulator's calls and p99 are worth.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from cachelab.ports import RedisStore, SQLSource, start_server

from .costs import Costs
from .live_shop import LiveShop
from .playing import Contestant
from .records import Figures
from .scoring import off_by
from .shop import Shop
from .workloads import Workload

LIVE_SECONDS = 60.0
"""Of a day; in real time, so the judge plays other days meanwhile."""


@dataclass(frozen=True, slots=True)
class LiveReplay:
    """
    What was measured on real servers, and what the simulator predicts with their speeds.

    `look` and `call` are the medians of a look at the server and of a read of the table, `late` by
    how much the machine began one request in a hundred too late, all in seconds.
    """

    measured: Figures
    predicted: Figures
    look: float
    call: float
    late: float

    @property
    def calls_off(self) -> float:
        """By which share the predicted calls of the origin miss the measured ones."""
        return off_by(self.predicted.origin_calls, self.measured.origin_calls)

    @property
    def p99_off(self) -> float:
        """By which share the predicted p99 misses the measured one."""
        return off_by(self.predicted.p99, self.measured.p99)


def replay_live(
    contestant: Contestant,
    day: Workload,
    seconds: float = LIVE_SECONDS,
    stop: Event | None = None,
) -> LiveReplay:
    """
    Replay the first seconds of a day in real time, then ask the simulator about the same seconds.

    Raises:
        ServerUnavailable: there is no cache server to start.
        Stopped: somebody has set `stop`.
    """
    requests = tuple(request for request in day.requests if request.at < seconds)
    part = replace(day, requests=requests, seconds=seconds, warm=min(day.warm, seconds / 5))
    with _servers() as (store, source):
        shop = LiveShop(part, contestant(part), store, source, stop or Event())
        measured = shop.play().figures
    look, call = shop.looked.median(), shop.asked.median()
    costs = Costs({"cdn": 0.0, "l1": 0.0, "l2": look}, 0.0, 0.0, service=shop.costs.service + call)
    predicted = Shop(part, contestant(part), costs=costs).play().figures
    assert measured is not None
    assert predicted is not None
    return LiveReplay(measured, predicted, look, call, shop.late.percentile(99))


@contextmanager
def _servers() -> Iterator[tuple[RedisStore, SQLSource]]:
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, start_server() as server:
        store = RedisStore(server.url, prefix="market:")
        source = SQLSource(f"sqlite:///{Path(folder) / 'shop.db'}")
        try:
            yield store, source
        finally:
            source.close()
            store.close()
