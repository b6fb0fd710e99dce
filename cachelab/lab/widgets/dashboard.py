"""
The dashboard: the last minute of a cache while it works, and a button that stops it.
"""

import os
from typing import Any, Self

import anywidget
import traitlets

from cachelab.lab.dashboard_scenes import SIZE, dashboard_scene, dashboard_table
from cachelab.lab.scenes import Run, Scene, Score
from cachelab.lab.stills import as_text, still_svg
from cachelab.operations.metrics import CacheMetrics
from cachelab.ports import Runtime, ThreadRuntime

from .assets import module, styles

SOONEST = 0.05
"""Seconds between two pictures, at the least: more than twenty a second nobody sees."""


class Dashboard(anywidget.AnyWidget):
    """
    A live view of `CacheMetrics`: hit ratio, lookups, latencies, hot keys, over `windows` windows.

    `watch` returns at once and sends a picture every `every` seconds in the background, until
    `stop`, its button, or `seconds` have passed. A window is one slice of the metrics wide.

    Raises:
        ValueError: pictures are to come more than twenty times a second, or windows are too few.

    >>> from cachelab.ports import ManualClock
    >>> Dashboard(CacheMetrics(ManualClock()))
    Dashboard(stopped)
    """

    _esm = module("dom.js", "picture.js", "dashboard.js")
    _css = styles("card.css", "frame_view.css")

    title = traitlets.Unicode().tag(sync=True)
    size = traitlets.List(traitlets.Int()).tag(sync=True)
    backdrops = traitlets.List(traitlets.Unicode()).tag(sync=True)
    live: "traitlets.Dict[str, Any]" = traitlets.Dict().tag(sync=True)
    running = traitlets.Bool(False).tag(sync=True)
    wanted = traitlets.Bool(False).tag(sync=True)
    """The page takes it back when its button is pressed."""
    motion = traitlets.Bool(True).tag(sync=True)

    def __init__(
        self,
        metrics: CacheMetrics,
        *,
        windows: int = 60,
        title: str = "A cache at work",
        runtime: Runtime | None = None,
    ) -> None:
        self.metrics, self.windows = metrics, windows
        self.runtime: Runtime = ThreadRuntime() if runtime is None else runtime
        self._ended = self.runtime.event()
        self._task: Any = None
        super().__init__(
            title=title,
            size=list(SIZE),
            backdrops=[""],
            live=self.picture(),
            motion=os.environ.get("CACHELAB_REDUCED_MOTION") != "1",
        )

    def picture(self) -> dict[str, Any]:
        """Return what is to be seen now: the picture, its sentence, its table."""
        scene, table = self._now()
        return {"svg": scene.svg, "say": scene.say, "table": [list(row) for row in table]}

    def watch(self, every: float = 0.25, seconds: float = 60.0) -> Self:
        """Send pictures in the background from now on; return at once."""
        if not every >= SOONEST:
            raise ValueError(f"a picture comes every {SOONEST} s at the soonest, not {every!r}")
        self.stop()
        self._ended = self.runtime.event()
        self.running = self.wanted = True
        self._task = self.runtime.spawn(self._follow, every, seconds, name="dashboard")
        return self

    def stop(self) -> None:
        """Send no more pictures, and wait until none is under way."""
        self.wanted = False
        if self._task is not None:
            self._task.join()
            self._task = None

    @traitlets.observe("wanted")
    def _button(self, change: dict[str, Any]) -> None:
        if not change["new"]:
            self._ended.set()

    def _follow(self, every: float, seconds: float) -> None:
        end = self.runtime.now() + seconds
        try:
            while self.runtime.now() < end and not self._ended.wait(every):
                self.live = self.picture()
        finally:
            self.live = self.picture()
            self.running = False

    def _now(self) -> tuple[Scene, tuple[tuple[str, ...], ...]]:
        seen = self.metrics.windows(self.metrics.slices.width, self.windows)
        return dashboard_scene(seen), dashboard_table(seen[-1])

    def __repr__(self) -> str:
        return f"Dashboard({'live' if self.running else 'stopped'})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        scene, table = self._now()
        score = Score((), (Run((scene,), table=table),))
        still = [((), 0)]
        told = {
            "text/plain": f"{self!r}\n{as_text(score, still)}",
            "image/svg+xml": still_svg(score, still, SIZE),
        }
        alt = f"{self.title}: {scene.say}"
        return {**data, **told}, {**metadata, "image/svg+xml": {"alt": alt}}
