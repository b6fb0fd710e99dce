"""
Incidents as dashboards: three charts that are always there, and one probe of your choice.

From the alert on, every scene asks for the cause; naming it costs nothing, waiting does. What
answers the question is in the charts and nowhere else.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from cachelab.lab.marks import SERIES, dot, group, line, path, rect, text
from cachelab.lab.scenes import Control, Question, Run, Scene

from .incidents import CAUSES, ONSET, SLICE, SLICES, Incident

SIZE = (720, 336)
ALERT = int(ONSET // SLICE)
"""The first scene after the onset, in which the alert rings."""

PRICE = 12
"""Points that every further slice of time costs, of 100."""

WIDE, HIGH = 268, 88


@dataclass(frozen=True, slots=True)
class Scale:
    """
    What the height of a chart stands for; one that does not begin at 0 goes by powers of ten.

    >>> Scale(0.01, 10.0).place(0.1), Scale(0.0, 5.0).place(9.0)
    (0.3333333333333333, 1.0)
    """

    low: float
    top: float

    @property
    def ticks(self) -> list[float]:
        """The values that have a label, from the bottom to the top."""
        if not self.low:
            return [0.0, self.top]
        powers = range(round(log10(self.low)), round(log10(self.top)) + 1)
        return [10.0**power for power in powers]

    def place(self, value: float) -> float:
        """Return how high a value is, from 0 at the bottom to 1 at the top."""
        if not self.low:
            return min(1.0, value / self.top)
        within = max(self.low, min(value, self.top))
        return log10(within / self.low) / log10(self.top / self.low)


Scales = dict[str, Scale]
"""By the name of a reading."""


@dataclass(frozen=True, slots=True)
class Dial:
    """One chart: the name of a reading, what it is called, and how a value is written."""

    name: str
    title: str
    write: Callable[[float], str]


def _percent(value: float) -> str:
    return f"{value:.0%}"


def _milliseconds(value: float) -> str:
    return f"{1000 * value:.0f} ms"


def _rate(value: float) -> str:
    return f"{value:.1f} a second"


DIALS = (
    Dial("hit_ratio", "hit ratio", _percent),
    Dial("p99", "99 of 100 pages within", _milliseconds),
    Dial("origin_calls", "calls of the database", _rate),
)
PROBES = (
    Dial("hottest", "share of the hottest key", _percent),
    Dial("evictions", "evictions", _rate),
    Dial("expirations", "expirations", _rate),
    Dial("entries", "entries in the cache", lambda value: f"{value:.0f}"),
    Dial("origin_p99", "99 of 100 queries within", _milliseconds),
)
SHORT = ("hottest key", "evictions", "expirations", "entries", "database time")
WHY = {
    "one key is hot": "One key has most of the lookups and its node falls behind: pages are slow, "
    "though the hit ratio rose and the database is at ease.",
    "a scan evicts the popular": "Evictions began together with the calls of the database: "
    "keys that are asked for once push out the popular ones.",
    "all copies expire together": "A burst of expirations, and no eviction: what was stored at "
    "once died at once.",
    "the cache restarted cold": "The entries fell at once, without evictions, and no more "
    "expirations than before.",
    "the database is slow": "Its own calls take longer; hit ratio, evictions and expirations are "
    "what they were.",
    "a probe reads one key": "The hit ratio rose and nothing got better: one key of no use to "
    "anybody is asked for all the time, and the database has as many calls as before.",
}


def drill_controls() -> list[Control]:
    """Return what can be turned: the case, and the probe."""
    cases = tuple(f"case {number + 1}" for number in range(len(CAUSES)))
    return [
        Control("case", "incident", cases, "choice"),
        Control("probe", "probe", SHORT, "choice"),
    ]


def shuffled(incidents: Sequence[Incident], seed: int) -> list[Incident]:
    """Return the incidents in an order that tells nothing."""
    order = list(incidents)
    random.Random(f"drill {seed}").shuffle(order)
    return order


def drill_runs(incidents: Sequence[Incident]) -> list[Run]:
    """Return a run for each incident with each probe."""
    scales = {dial.name: drill_scale(dial.name, incidents) for dial in (*DIALS, *PROBES)}
    return [
        _run(number, incident, (*DIALS, probe), scales)
        for number, incident in enumerate(incidents, start=1)
        for probe in PROBES
    ]


def _run(number: int, incident: Incident, dials: Sequence[Dial], scales: Scales) -> Run:
    scenes = [_scene(number, incident, dials, scales, step) for step in range(SLICES)]
    backdrop = "".join(_frame(at, dial, scales[dial.name]) for at, dial in enumerate(dials))
    return Run(tuple(scenes), backdrop, _table(incident, dials))


def drill_scale(name: str, incidents: Sequence[Incident]) -> Scale:
    """Return one scale for a reading of all incidents; that of times goes by powers of ten."""
    dial = next(dial for dial in (*DIALS, *PROBES) if dial.name == name)
    values = [reading.value(name) for case in incidents for reading in case.readings]
    if dial.write is _percent:
        return Scale(0.0, 1.0)
    if dial.write is _milliseconds:
        least = min(value for value in values if value > 0)
        return Scale(10.0 ** floor(log10(least)), 10.0 ** ceil(log10(max(values))))
    steps = (step * 10.0**power for power in range(-3, 6) for step in (1, 2, 5))
    return Scale(0.0, next(step for step in steps if step >= max(values)))


def _corner(at: int) -> tuple[float, float]:
    return 62 + 358 * (at % 2), 34 + 160 * (at // 2)


def _x(at: int, step: float) -> float:
    return _corner(at)[0] + WIDE * (step + 0.5) / SLICES


def _y(at: int, value: float, scale: Scale) -> float:
    return _corner(at)[1] + HIGH * (1 - scale.place(value))


def _frame(at: int, dial: Dial, scale: Scale) -> str:
    """Draw what one chart has always: its name, its scale, its clock."""
    left, upper = _corner(at)
    foot = upper + HIGH
    is_probe = at == len(DIALS)
    look = rect(left - 58, upper - 28, 354, 152, "currentColor", 0.05, 0) if is_probe else ""
    parts = [
        look,
        text(left - 46, upper - 12, f"{'probe: ' if is_probe else ''}{dial.title}", 13, weight=600),
        line(left, foot, left + WIDE, foot, opacity=0.5),
    ]
    for tick in scale.ticks:
        y = _y(at, tick, scale)
        parts.append(line(left, y, left + WIDE, y, opacity=0.15) if y < foot else "")
        parts.append(text(left - 6, y + 4, _label(tick, dial), 12, "end", soft=True))
    for minute in range(3):
        x = left + WIDE * minute * 60 / (SLICE * SLICES)
        parts.append(text(x, foot + 18, f"{minute}:00", 12, "middle", soft=True))
    return "".join(parts)


def _label(tick: float, dial: Dial) -> str:
    if dial.write is _milliseconds:
        return f"{1000 * tick:g} ms" if tick < 1 else f"{tick:g} s"
    return f"{tick:.0%}" if tick and dial.write is _percent else f"{tick:g}"


def _scene(
    number: int, incident: Incident, dials: Sequence[Dial], scales: Scales, step: int
) -> Scene:
    svg = "".join(_curve(at, dial, incident, scales, step) for at, dial in enumerate(dials))
    svg += _alert() if step >= ALERT else ""
    ask = _question(incident, step) if step >= ALERT else None
    return Scene(svg, _say(number, incident, dials, step), step, ask)


def _curve(at: int, dial: Dial, incident: Incident, scales: Scales, step: int) -> str:
    colour, _, shape = SERIES[1 if at == len(DIALS) else 0]
    values = [one.value(dial.name) for one in incident.readings[: step + 1]]
    points = [
        (_x(at, place), _y(at, value, scales[dial.name])) for place, value in enumerate(values)
    ]
    d = "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points)
    left, upper = _corner(at)
    now = text(left + WIDE, upper - 12, dial.write(values[-1]), 13, "end", 700)
    return path(d, colour, 2.5) + dot(*points[-1], colour, shape, 5) + now


def _alert() -> str:
    parts = []
    for at in range(len(DIALS) + 1):
        x, (_, upper) = _x(at, ALERT - 0.5), _corner(at)
        parts.append(line(x, upper, x, upper + HIGH, width=1.5, dash="3 4"))
    x, upper = _x(0, ALERT - 0.5), _corner(0)[1]
    return group(*parts, text(x + 4, upper + HIGH - 6, "alert", 12, weight=600))


def _clock(step: int) -> str:
    seconds = int(SLICE * (step + 1))
    return f"{seconds // 60}:{seconds % 60:02d}"


def _say(number: int, incident: Incident, dials: Sequence[Dial], step: int) -> str:
    now = incident.readings[step]
    told = ", ".join(f"{dial.title} {dial.write(now.value(dial.name))}" for dial in dials)
    alert = " The alert rings." if step == ALERT else ""
    return f"Case {number} at {_clock(step)}: {told}.{alert}"


def points_at(step: int) -> int:
    """Return the points for naming the cause in this scene: all of them at the alert."""
    return max(0, 100 - PRICE * (step - ALERT))


def _question(incident: Incident, step: int) -> Question:
    causes = tuple(CAUSES)
    after = int(SLICE * (step - ALERT + 1))
    return Question(
        f"What is the cause? Worth {points_at(step)} points now; every 10 s cost {PRICE}.",
        causes,
        (causes.index(incident.cause),),
        f"{WHY[incident.cause]} Named {after} s after the onset: {points_at(step)} points, "
        "if it was the first guess.",
    )


def _table(incident: Incident, dials: Sequence[Dial]) -> tuple[tuple[str, ...], ...]:
    rows = [
        (_clock(step), *(dial.write(one.value(dial.name)) for dial in dials))
        for step, one in enumerate(incident.readings)
    ]
    return (("at", *(dial.title for dial in dials)), *rows)
