"""
The eviction stepper: watch a cache's containers move, request by request or line by line.
"""

import os
from collections.abc import Iterable
from typing import Any

import anywidget
import traitlets

from cachelab.eviction import LRU
from cachelab.lab.frames import code_rows, lane_slots, line_frames, request_frames, request_labels
from cachelab.lab.recorder import record
from cachelab.lab.render import as_text, small_multiple
from cachelab.lab.subjects import blaming, with_short_traces

from .assets import module, styles


class EvictionStepper(anywidget.AnyWidget):
    """
    A view that steps through the run of a cache: a policy of ours or a learner's own class.

    `zoom` is "requests" or "lines"; `step` counts in its frames. `notes` are sentences that follow
    what the first and the last of them say. Before a request that evicts, the
    view asks which key must go, and `streak` counts the right answers in a row. Where no widget can
    live, the same run shows as a picture and a table.

    Raises:
        SubjectFailed: `policy` is no class that can be watched.
        ValueError: an unknown policy or zoom, a cache too large to draw, or a run too long.

    >>> EvictionStepper("fifo", "a b c a d", capacity=3)
    EvictionStepper(FIFO, capacity 3, 5 requests)
    """

    _esm = module("dom.js", "stage.js", "stepper.js")
    _css = styles("card.css", "stepper.css")

    title = traitlets.Unicode().tag(sync=True)
    capacity = traitlets.Int().tag(sync=True)
    requests = traitlets.List(traitlets.Unicode()).tag(sync=True)
    lanes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    code = traitlets.List(traitlets.Unicode()).tag(sync=True)
    frames: traitlets.List[Any] = traitlets.List().tag(sync=True)
    lines: traitlets.List[Any] = traitlets.List().tag(sync=True)
    zoom = traitlets.Enum(["requests", "lines"], "requests").tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    streak = traitlets.Int(0).tag(sync=True)
    motion = traitlets.Bool(True).tag(sync=True)

    @with_short_traces
    def __init__(
        self,
        policy: str | type = LRU,
        requests: str | Iterable[Any] = "a b c a d",
        capacity: int = 3,
        zoom: str = "requests",
        notes: tuple[str, str] = ("", ""),
    ) -> None:
        if zoom not in ("requests", "lines"):
            raise ValueError(f'zoom must be "requests" or "lines", not {zoom!r}')
        with blaming(policy):
            recording = record(policy, requests, capacity)
        frames, lines = request_frames(recording), line_frames(recording)
        for shown in (frames, lines):
            for frame, note in ((shown[0], notes[0]), (shown[-1], notes[1])):
                frame["say"] += f". {note}" if note else ""
        indexes = {name for outcome in recording.outcomes for name in outcome.after.indexes}
        super().__init__(
            title=recording.subject,
            capacity=capacity,
            requests=request_labels(recording),
            lanes=[
                {"name": name, "slots": slots, "index": name in indexes}
                for name, slots in lane_slots(lines).items()
            ],
            code=code_rows(recording),
            frames=frames,
            lines=lines,
            zoom=zoom,
            motion=os.environ.get("CACHELAB_REDUCED_MOTION") != "1",
        )

    @traitlets.validate("step")
    def _inside(self, proposal: dict[str, Any]) -> int:
        shown = self.lines if self.zoom == "lines" else self.frames
        return max(0, min(int(proposal["value"]), len(shown) - 1))

    @traitlets.observe("zoom")
    def _fit_step(self, _change: object) -> None:
        self.step = self._inside({"value": self.step})

    def __repr__(self) -> str:
        count = len(self.requests)
        requests = "1 request" if count == 1 else f"{count} requests"
        return f"EvictionStepper({self.title}, capacity {self.capacity}, {requests})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        picture = small_multiple(self.frames)
        data = {
            **data,
            "text/plain": f"{self!r}\n{as_text(self.frames)}",
            "image/svg+xml": picture,
        }
        told = f"{self!r}: {self.frames[-1]['say']}"
        return data, {**metadata, "image/svg+xml": {"alt": told}}
