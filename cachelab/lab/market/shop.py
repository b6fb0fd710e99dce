"""
The shop at work: requests and events in order of time, a design that answers them, and a record.

What is modelled: every call takes virtual time; messages and fills are under way for a while, so a
slow fill can bring the past back; the origin has forty slots and a queue. What is not: a call is
run in one go when it begins, so its looks see that moment, even those after a slow load.
"""

from collections import defaultdict
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any, Protocol

from cachelab.ports.errors import CachelabError

from .budget import Budget, plan_of
from .context import Context
from .contracts import oldest_allowed
from .costs import Costs
from .faults import Fault, begin_faults
from .layers import Level, Moment
from .origin import Origin
from .records import Records
from .values import Breach, Event, Request, Row
from .workloads import Workload

BUS_SECONDS = 0.005
FAILED_SECONDS = 2.0
"""What a user has waited who got no answer."""

MOST_EVENTS = 500_000


class Design(Protocol):
    """What is handed in: one object for each of the six processes."""

    def configure(self, budget: Any) -> Any:
        """Return the layers to buy: a dictionary of megabytes and policies by name of layer."""
        ...

    def read(self, ctx: Any, key: str) -> Any:
        """Return the row of a key."""
        ...

    def write(self, ctx: Any, key: str, value: str) -> Any:
        """Make a value the row of a key; to return is to acknowledge."""
        ...

    def on_event(self, ctx: Any, event: Any) -> Any:
        """Note what has happened."""
        ...


Make = Callable[[int], Design]
"""Makes the design of one process, given its number."""


class Shop:
    """
    A workload at a design: `play` it once, then look at `records`.

    With `recording`, `log` has every call of the design: when, who, what, and what came of it.

    Complexity: O((requests + events) * calls of ctx in each), some microseconds for a call.
    """

    afterwards = 30.0
    """Seconds without requests in which a design may finish what it has acknowledged."""

    def __init__(
        self,
        workload: Workload,
        make: Make,
        *,
        budget: Budget | None = None,
        costs: Costs | None = None,
        recording: bool = False,
    ) -> None:
        self.workload, self.make, self.budget = workload, make, budget or Budget()
        self.log: list[tuple[float, str, str, str]] | None = [] if recording else None
        self.costs = costs or Costs()
        self.clock = Moment()
        rng = Random(f"{workload.seed} origin")
        self.origin = Origin(rng, self.costs.service, heavy=workload.heavy)
        self.designs = [make(process) for process in range(6)]
        plans = [plan_of(design.configure(self.budget)) for design in self.designs]
        if any(plan != plans[0] for plan in plans):
            raise ValueError("configure must return the same plan in every process")
        self.plan = plans[0]
        self.parts: set[str] = set()
        self.levels = {
            name: Level(name, self.plan.get(name), self.clock) for name in ("cdn", "l1", "l2")
        }
        self.faults: list[Fault] = []
        skews = workload.skews
        self.contexts = [Context(self, process, skews[process]) for process in range(6)]
        self.records = Records(workload)
        self._events: list[tuple[float, int, Callable[..., object], tuple[Any, ...]]] = []
        self._numbers = count()
        self._writes: defaultdict[str, int] = defaultdict(int)
        self._until: str | None = None
        self._is_over = False

    def play(self, *, until: str | None = None) -> Records:
        """
        Go through all requests in order of time, and through what they set in motion.

        With `until` end at the first breach of that kind; others before it stop nothing.
        """
        self._until = until
        for process in range(6):
            self._notify(process, Event("start"))
        begin_faults(self)
        for request in self.workload.requests:
            self._advance(request.at)
            if request.is_write:
                self._write(request)
            else:
                self._read(request)
            if self._is_over:
                return self.records
        self._advance(self.workload.seconds + self.afterwards)
        self._look_for_lost_writes()
        self.records.close(self)
        return self.records

    # What contexts and faults set in motion

    def at(self, moment: float, action: Callable[..., object], *arguments: Any) -> None:
        """Let something happen at a moment."""
        heappush(self._events, (moment, next(self._numbers), action, arguments))

    def use(self, part: str) -> None:
        """Note that a moving part is used: it is paid for from then on."""
        self.parts.add(part)

    def send(self, sender: int, moment: float, note: Any, sequence: int) -> None:
        """Send a message to all other processes that can be reached."""
        event = Event("message", note, sender, sequence)
        for process in range(6):
            apart = any(fault.separates(sender, process, moment) for fault in self.faults)
            if process != sender and not apart:
                self.at(moment + BUS_SECONDS, self._notify, process, event)

    def wake(self, process: int, moment: float, note: Any) -> None:
        """Set a timer of a process."""
        self.at(moment, self._notify, process, Event("timer", note, process))

    def commit(self, key: str, version: int) -> None:
        """Make a version true."""
        self.origin.versions[key] = version

    def restart(self, process: int) -> None:
        """Start a process anew: its memory is empty and its design is another object."""
        design = self.make(process)
        design.configure(self.budget)
        self.designs[process] = design
        if self.levels["l1"].places:
            self.levels["l1"].empty(process)
        self._notify(process, Event("start"))

    def breach(self, kind: str, key: str, at: float, story: str) -> None:
        """Note a promise that was broken."""
        is_wanted = self._until in (None, kind)
        self._is_over = self._is_over or kind == self._until
        history = tuple(self.log or ()) if is_wanted else ()
        self.records.breaches.append(Breach(kind, key, at, story, history))

    # One thing after another

    def _advance(self, moment: float) -> None:
        """Let everything happen that is due by `moment`."""
        while self._events and self._events[0][0] <= moment:
            at, number, action, arguments = heappop(self._events)
            if number > MOST_EVENTS:
                raise ValueError(f"a day has more than {MOST_EVENTS:,} events: does a timer loop?")
            self.clock.at = max(self.clock.at, at)
            action(*arguments)
        self.clock.at = moment
        if moment >= self.workload.warm:
            for level in self.levels.values():
                level.counting = True

    def _notify(self, process: int, event: Event) -> None:
        ctx = self.contexts[process]
        ctx._begin(self.clock.at, process % 3, checkout=False, inside=True)
        try:
            self.designs[process].on_event(ctx, event)
        except CachelabError:
            self.records.failed_events += 1

    def _read(self, request: Request) -> None:
        ctx = self.contexts[request.process]
        ctx._begin(request.at, request.edge, checkout=request.checkout, inside=False)
        ctx._log("read", request.key, "at the checkout" if request.checkout else "")
        try:
            answer = self.designs[request.process].read(ctx, request.key)
        except CachelabError:
            self.records.read(request, FAILED_SECONDS, 0.0, 0, "failed")
            return
        at = request.at
        if not isinstance(answer, Row) or answer.key != request.key:
            self.breach("answer", request.key, at, "a read was answered with no row of its key")
            return
        if not ctx._has(answer):
            self.breach("hoard", request.key, at, "a row was kept outside the layers")
            return
        age = self.records.age(request.key, answer.version, at)
        allowed = oldest_allowed(request.key, checkout=request.checkout)
        ctx._log("answer", request.key, f"version {answer.version}, {age:.2f} s out of date")
        if age > allowed:
            kind = "checkout" if request.checkout and allowed == 0 else "stale"
            story = f"{age:.2f} s out of date, {allowed:g} s are allowed"
            self.breach(kind, request.key, at, story)
        way = "app" if ctx._inside else "cdn"
        self.records.read(request, ctx._cursor - at, age, answer.bytes, way)

    def _write(self, request: Request) -> None:
        key = request.key
        self._writes[key] += 1
        version = self._writes[key]
        value = self.origin.value(key, version)
        ctx = self.contexts[request.process]
        ctx._begin(request.at, request.edge, checkout=False, inside=False)
        ctx._log("write", (key, f"version {version}"), "")
        try:
            self.designs[request.process].write(ctx, key, value)
        except CachelabError:
            self.records.failed_writes += 1
            return
        ctx._log("acknowledged", (key, f"version {version}"), "")
        self.records.acknowledged(key, version, ctx._cursor)

    def _look_for_lost_writes(self) -> None:
        for key, version in self.records.newest.items():
            held = self.origin.version(key)
            if held < version:
                story = f"version {version} was acknowledged, and the origin has version {held}"
                self.breach("lost", key, self.clock.at, story)
