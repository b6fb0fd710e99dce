"""
The frame view: a picture with up to four controls, all of whose states Python has drawn beforehand.
"""

import json
import os
from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets

from cachelab.lab.scenes import Control, Run, Score, Still, packed
from cachelab.lab.stills import as_text, still_svg

from .assets import module, styles

MOST_BYTES = 1_000_000
"""What a view may send to the page, and so add to a saved notebook."""


class FrameView(anywidget.AnyWidget):
    """
    A view whose every state is drawn in Python at construction; the page only swaps pictures.

    So it answers a click, a key or a drag without a kernel, in a saved page too. There is one run
    of scenes for each combination of the `controls`, the last control turning fastest; a run with
    several scenes has a step slider and plays, from the step `opening` on. `size` is that of the
    picture in pixels, `pace` the milliseconds a step takes, `about` what stands in the parentheses
    of the repr, and `stills` the scenes that are left where nothing is alive: three by default.

    Raises:
        ValueError: too many controls, not one run for each combination, or too much to send.

    >>> from cachelab.lab.scenes import Scene
    >>> FrameView(title="a dot", about="dot", runs=[Run((Scene("<circle r='4'/>", "a dot"),))])
    FrameView(dot)
    """

    _esm = module("dom.js", "picture.js", "knobs.js", "frame_view.js")
    _css = styles("card.css", "frame_view.css")

    title = traitlets.Unicode().tag(sync=True)
    size = traitlets.List(traitlets.Int()).tag(sync=True)
    controls: traitlets.List[Any] = traitlets.List().tag(sync=True)
    backdrops = traitlets.List(traitlets.Unicode()).tag(sync=True)
    tables: traitlets.List[Any] = traitlets.List().tag(sync=True)
    runs: traitlets.List[Any] = traitlets.List().tag(sync=True)
    position = traitlets.List(traitlets.Int()).tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    opening = traitlets.Int(0).tag(sync=True)
    first = traitlets.Int(0).tag(sync=True)
    """What the counter shows for the first scene: 0 where it is the state before anything."""
    streak = traitlets.Int(0).tag(sync=True)
    pace = traitlets.Int(700).tag(sync=True)
    motion = traitlets.Bool(True).tag(sync=True)

    def __init__(
        self,
        *,
        title: str,
        about: str,
        runs: Sequence[Run],
        controls: Sequence[Control] = (),
        size: tuple[int, int] = (720, 320),
        stills: Sequence[Still] | None = None,
        pace: int = 700,
        opening: int = 0,
        first: int = 0,
    ) -> None:
        score = Score(tuple(controls), tuple(runs))
        state = _sendable(score)
        self._score, self._about = score, about
        self._stills = list(stills or score.telling())
        super().__init__(
            title=title,
            size=list(size),
            position=list(score.start),
            step=opening,
            opening=opening,
            first=first,
            pace=pace,
            motion=os.environ.get("CACHELAB_REDUCED_MOTION") != "1",
            **state,
        )

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Put other pictures in the place of these, in one message; the controls stay."""
        score = Score(self._score.controls, tuple(runs))
        state = _sendable(score)
        self._score = score
        with self.hold_sync():
            self.backdrops, self.tables, self.runs = (
                state[name] for name in ("backdrops", "tables", "runs")
            )

    @traitlets.validate("position")
    def _on_the_controls(self, proposal: dict[str, Any]) -> list[int]:
        return list(self._score.inside(proposal["value"]))

    @traitlets.validate("step")
    def _in_the_run(self, proposal: dict[str, Any]) -> int:
        last = max(len(run.scenes) for run in self._score.runs) - 1
        return max(0, min(int(proposal["value"]), last))

    @property
    def says(self) -> str:
        """What the scene that is shown says."""
        scenes = self._score.run(self.position).scenes
        return scenes[min(self.step, len(scenes) - 1)].say

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._about})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        width, height = self.size
        data = {
            **data,
            "text/plain": f"{self!r}\n{as_text(self._score, self._stills)}",
            "image/svg+xml": still_svg(self._score, self._stills, (width, height)),
        }
        said = " ".join(self._score.run(place).scenes[step].say for place, step in self._stills)
        return data, {**metadata, "image/svg+xml": {"alt": f"{self!r}: {said}"}}


def _sendable(score: Score) -> dict[str, Any]:
    state = packed(score)
    sent = len(json.dumps(state))
    if sent > MOST_BYTES:
        raise ValueError(f"{sent:,} bytes of pictures are too many: draw fewer than these")
    return state
