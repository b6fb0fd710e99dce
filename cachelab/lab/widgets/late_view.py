"""
The late view: a frame view that takes seconds to draw, and whose pictures come one by one.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import traitlets

from cachelab.lab.notebook import has_somebody
from cachelab.lab.scenes import Control, Run, Scene, Score, Still
from cachelab.lab.subjects import SubjectFailed
from cachelab.ports import Runtime, ThreadRuntime

from .assets import module, styles
from .frame_view import FrameView

Piece = tuple[int, Run] | None
"""A run that is drawn, with its place among all; None is a part of the way to one."""

Work = Callable[[list[int]], Iterator[Piece]]
"""What draws: it gets the places of the runs in the order in which they are wanted."""

COMING = Scene("", "This picture is still being drawn.")
MISSING_ONE = "This picture was not drawn: the work was stopped. Run the cell again to draw it."
TOLD, DRAWN = 0.1, 1.0
"""Seconds between two reports to the page: of the share that is done, and of pictures."""

PATIENCE = 0.5
"""Seconds that a cell waits for the pictures that are left where nothing is alive."""


class LateView(FrameView):
    """
    A frame view that is there at once, with a bar for what is still being drawn and a Stop button.

    `work` draws in `parts` pieces, in the background if a person sits at the page, until `stop` or
    the button ends it; what is drawn by then stays. Where nobody does (a script, nbconvert, nbval)
    the constructor draws everything first: no progress to watch, and nothing missing in what is
    saved. A person is at the page if it could answer `input()`; `background` overrules that.

    >>> from cachelab.lab.scenes import Scene
    >>> pieces = lambda places: ((place, Run((Scene("", "a dot"),))) for place in places)
    >>> LateView(title="a dot", about="dot", work=pieces, parts=1).says
    'a dot'
    """

    _esm = module("dom.js", "picture.js", "knobs.js", "frame_view.js", "late_view.js")
    _css = styles("card.css", "frame_view.css", "late_view.css")

    parts = traitlets.Int(0).tag(sync=True)
    done = traitlets.Int(0).tag(sync=True)
    running = traitlets.Bool(False).tag(sync=True)
    wanted = traitlets.Bool(True).tag(sync=True)
    """The page takes it back when its button is pressed."""
    trouble = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        *,
        work: Work,
        parts: int,
        controls: Sequence[Control] = (),
        steps: int = 1,
        stills: Sequence[Still] | None = None,
        background: bool | None = None,
        runtime: Runtime | None = None,
        **look: Any,
    ) -> None:
        blank = Run((COMING,) * steps)
        score = Score.of_one(controls, blank)
        stills = list(stills or score.telling())
        self.runtime: Runtime = ThreadRuntime() if runtime is None else runtime
        self._ended, self._telling = self.runtime.event(), self.runtime.event()
        self._late, self._task, self._handles = list(score.runs), None, list[Any]()
        self._first = {score.place(position) for position, _ in stills}
        pieces = work(score.places_from([score.start, *(position for position, _ in stills)]))
        is_watched = _can_be_watched() if background is None else background
        if not is_watched:
            self._late = _all_drawn(self._late, pieces)
        super().__init__(controls=controls, runs=self._late, stills=stills, **look)
        self.parts, self.running = parts, is_watched
        if not is_watched:
            self.done = parts
        else:
            self._task = self.runtime.spawn(self._draw, pieces, name="late view")

    def wait(self) -> "LateView":
        """Wait until all is drawn, or the work has been stopped; raise what went wrong in it."""
        if self._task is not None:
            self._task.join()
        return self

    def stop(self) -> None:
        """End the work after the piece it is at, and wait for that; what is drawn stays."""
        self.wanted = False
        self.wait()

    @traitlets.observe("wanted")
    def _button(self, change: dict[str, Any]) -> None:
        if not change["new"]:
            self._ended.set()

    def _draw(self, pieces: Iterator[Piece]) -> None:
        """Go through the work, and report it to the page now and then."""
        try:
            self._go_through(pieces)
        except Exception as error:
            is_told = isinstance(error, SubjectFailed)
            self.trouble = str(error) if is_told else f"{type(error).__name__}: {error}"
            raise
        finally:
            self._late = [_without_hope(run, self.trouble) for run in self._late]
            self.show_runs(self._late)
            self.running = False
            self._tell()

    def _go_through(self, pieces: Iterator[Piece]) -> None:
        told = drawn = self.runtime.now()
        left, fresh = set(self._first), 0
        for number, piece in enumerate(pieces, start=1):
            if piece is not None:
                place, self._late[place] = piece
                left.discard(place)
                fresh += 1
            now = self.runtime.now()
            is_due = fresh > 0 and (now - drawn >= DRAWN or not self._telling.is_set())
            if is_due:
                self.show_runs(self._late)
                drawn, fresh = now, 0
            if is_due or now - told >= TOLD:
                self.done, told = number, now
            if not left:
                self._tell()
            if self._ended.is_set():
                return
        self.done = self.parts

    def _tell(self) -> None:
        """Let those go on who wait for the stills; put them where a cell could not wait."""
        if self._telling.is_set():
            return
        self._telling.set()
        self._update()

    def _update(self) -> None:
        while self._handles:
            data, metadata = self._repr_mimebundle_()
            self._handles.pop().update(data, metadata=metadata, raw=True)

    def _ipython_display_(self) -> None:
        """
        Show the view as any other value, but if its stills take long: show it now, them later.
        """
        if not self.running or self._telling.wait(PATIENCE):
            raise NotImplementedError
        from IPython.display import display

        data, metadata = self._repr_mimebundle_()
        handle = display(data, metadata=metadata, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        self._handles.append(handle)
        if self._telling.is_set():  # they came in between
            self._update()


def _can_be_watched() -> bool:
    """Tell whether a person sits at the page, and threads can be had."""
    return sys.platform != "emscripten" and has_somebody()


def _all_drawn(blank: list[Run], pieces: Iterator[Piece]) -> list[Run]:
    drawn = dict(piece for piece in pieces if piece is not None)
    return [drawn.get(place, run) for place, run in enumerate(blank)]


def _without_hope(run: Run, trouble: str) -> Run:
    """A run that is not drawn yet will never be: let it say so."""
    if run.scenes[0] is not COMING:
        return run
    said = f"This picture was not drawn: {trouble}" if trouble else MISSING_ONE
    return replace(run, scenes=(replace(COMING, say=said),) * len(run.scenes))
