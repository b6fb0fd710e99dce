"""
The slot map: type keys, see the slot and the node of each, tag them, and watch the skew.
"""

from typing import TYPE_CHECKING, Any, Protocol

import traitlets

from cachelab.lab.stories.slots import DEFAULT, SIZE, Ranges, slot_controls, slot_runs
from cachelab.ports import CachelabError, ThreadRuntime

from .assets import module, styles
from .frame_view import FrameView

if TYPE_CHECKING:
    from cachelab.ports.cluster_members import Member

SOONEST = 0.05
"""Seconds between two looks at a cluster, at the least: twenty pictures a second are enough."""


class Clustered(Protocol):
    """What the map wants of a live cluster."""

    def members(self) -> "list[Member]": ...


class SlotMap(FrameView):
    """
    A view of keys on the slots of a cluster, with the owners that a live one has at the moment.

    `keys` are the first keys, with spaces between them; where Python runs, others can be typed.
    With a `cluster` (see `start_cluster`), `watch` follows it in the background until `stop`.

    Raises:
        ValueError: `watch` has no cluster, or is to look more than twenty times a second.

    >>> SlotMap("{user:1}:name {user:1}:cart")
    SlotMap(2 keys, 3 to 6 nodes)
    """

    _esm = module("dom.js", "picture.js", "knobs.js", "frame_view.js", "slot_map.js")
    _css = styles("card.css", "frame_view.css", "slot_map.css")

    typed = traitlets.Unicode().tag(sync=True)
    asks = traitlets.Int(0).tag(sync=True)
    """The page raises it when it shows the view, and `answers` follows where Python runs."""
    answers = traitlets.Int(0).tag(sync=True)

    def __init__(self, keys: str = DEFAULT, cluster: Clustered | None = None) -> None:
        self.cluster = cluster
        self.runtime = ThreadRuntime()
        self._ended = self.runtime.event()
        self._task: Any = None
        self._owners = None if cluster is None else owners_of(cluster)
        runs = slot_runs(keys, self._owners)
        number = len(runs[0].table) - 1
        nodes = "3 to 6" if self._owners is None else str(len(self._owners))
        super().__init__(
            title="Which slot, which node?",
            about=f"{number} key{'' if number == 1 else 's'}, {nodes} nodes",
            controls=slot_controls(is_live=cluster is not None),
            runs=runs,
            size=SIZE,
            stills=[((way,) if cluster is not None else (way, 0), 0) for way in range(3)],
        )
        self.typed = keys

    @traitlets.observe("typed")
    def _on_typed(self, _change: object) -> None:
        self.show_runs(slot_runs(self.typed, self._owners))

    @traitlets.observe("asks")
    def _on_asks(self, _change: object) -> None:
        self.answers += 1

    def watch(self, every: float = 0.25) -> None:
        """Follow the cluster in the background, with a look `every` so many seconds."""
        if self.cluster is None:
            raise ValueError("there is no cluster to watch: give one to the view")
        if every < SOONEST:
            raise ValueError(f"every must be at least {SOONEST} seconds, not {every!r}")
        self.stop()
        self._ended = self.runtime.event()
        self._task = self.runtime.spawn(self._follow, self.cluster, every, name="slot map")

    def stop(self) -> None:
        """Stop following the cluster; the last picture stays."""
        self._ended.set()
        if self._task is not None:
            self._task.join()
            self._task = None

    def look(self) -> bool:
        """Ask the cluster once; tell whether the owners have changed, and show it."""
        if self.cluster is None:
            return False
        owners = owners_of(self.cluster)
        if owners == self._owners:
            return False
        self._owners = owners
        self.show_runs(slot_runs(self.typed, owners))
        return True

    def _follow(self, _cluster: Clustered, every: float) -> None:
        while not self._ended.wait(every):
            try:
                self.look()
            except CachelabError:
                continue  # nobody answers at the moment: the last picture stays


def owners_of(cluster: Clustered) -> Ranges:
    """Return the ranges of slots of each living master, by its port."""
    return {
        f":{member.port}": list(member.slots)
        for member in cluster.members()
        if member.role == "master" and member.alive
    }
