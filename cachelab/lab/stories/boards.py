"""
A design on a board: layers from the reader to the origin, and its four figures against the limits.

Every position of the sliders is a run of the priced simulator, made beforehand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from cachelab.lab.design_problems import Objective, Problem
from cachelab.lab.designs import Design, Figures, Layer, Workload, simulate_design
from cachelab.lab.figures import PALETTE
from cachelab.lab.marks import group, line, path, rect, text, zone
from cachelab.lab.scenes import Control, Run, Scene

SIZE = (720, 356)
BOX, BARS, LIMIT = 140, 210, 470
NEAR, FAR = (0, 100, 1_000), (0, 400, 4_000)
LIVES = (2.0, 60.0)
READS = 4_000
"""So many reads of a problem a board plays: dozens of designs are made at once."""


@dataclass(frozen=True, slots=True)
class Try:
    """One position of the sliders: the design, and what it measured."""

    design: Design
    figures: Figures


def board_controls(design: Design) -> list[Control]:
    """Return what can be turned: the room of each layer, the life of copies, what writes do."""
    layers = turned(design)
    controls = [
        Control(layer.name, f"{layer.name}, entries", _named(_rooms(layer)), start=1)
        for layer in layers
    ]
    lives = tuple(f"{life:g} s" for life in LIVES)
    controls.append(Control("life", "time to live", lives, "choice", start=1))
    writes = ("no", "yes")
    controls.append(Control("writes", "writes remove copies", writes, "switch"))
    return controls


def turned(design: Design) -> tuple[Layer, ...]:
    """Return the layers that can be turned: the first, and the last if it is another."""
    return design.layers[:1] + design.layers[1:][-1:]


def _rooms(layer: Layer) -> tuple[int, ...]:
    return FAR if layer.shared else NEAR


def _named(sizes: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(f"{size:,}" if size else "none" for size in sizes)


def board_designs(design: Design) -> list[Design]:
    """Return the design of each position of the controls, in their order."""
    layers = turned(design)
    rooms = list(product(*map(_rooms, layers)))
    designs = []
    for entries, life, removes in product(rooms, LIVES, (False, True)):
        chosen = [
            replace(layer, entries=size, ttl=life, invalidated=removes, leased=removes)
            for layer, size in zip(layers, entries, strict=True)
            if size
        ]
        designs.append(replace(design, layers=tuple(chosen)))
    return designs


def try_design(problem: Problem, design: Design, seed: int = 0) -> Try:
    """Measure a design of the board; those that come out the same are measured once."""
    return Try(design, _measured(shorter(problem.workload), design, seed))


@lru_cache(maxsize=500)
def _measured(work: Workload, design: Design, seed: int) -> Figures:
    return simulate_design(work, design, seed)


def shorter(work: Workload) -> Workload:
    """Return the first part of a workload, with as many reads as a board plays."""
    return replace(work, seconds=min(work.seconds, READS / work.reads))


def board_run(problem: Problem, design: Design, one: Try) -> Run:
    """Return the one scene of a try, on the board of `design`."""
    layers = turned(design)
    svg = _layers(problem.workload, layers, one) + _gauges(problem.objective, one.figures)
    scene = Scene(svg, _say(problem, one))
    return Run((scene,), _backdrop(problem.workload), _table(problem, one))


def _say(problem: Problem, one: Try) -> str:
    missed = [words for words, met in problem.objective.verdicts(one.figures) if not met]
    if not missed:
        end = f"all four limits are kept, for {one.figures.dollars:,.0f} dollars a month."
    else:
        end = (
            f"{len(missed)} of 4 limits {'is' if len(missed) == 1 else 'are'} missed; {missed[0]}."
        )
    told = _told(one.design)
    return f"{told[0].upper()}{told[1:]}: {end}"


def _told(design: Design) -> str:
    """Return the layers of a design in words."""
    if not design.layers:
        return "No cache"
    sizes = " and ".join(f"{layer.name} {layer.entries:,}" for layer in design.layers)
    first = design.layers[0]
    return f"{sizes}, {first.ttl:g} s{', removed by writes' if first.invalidated else ''}"


def _backdrop(work: Workload) -> str:
    return text(
        8,
        22,
        f"{work.name}: reads {work.reads:g}, writes {work.writes:g} a second",
        13,
        weight=600,
    )


def _layers(work: Workload, layers: tuple[Layer, ...], one: Try) -> str:
    """Draw reader, layers and origin from left to right; the arrows are as wide as the traffic."""
    step, flow = (SIZE[0] - 16 - BOX) / (len(layers) + 1), 1.0
    parts = [_box(8, "readers", _readers(one)), _pipe(8 + BOX, 8 + step, flow)]
    for at, layer in enumerate(layers, start=1):
        chosen = next((other for other in one.design.layers if other.name == layer.name), None)
        left = 8 + step * at
        parts.append(_layer(left, layer, chosen, one, flow))
        flow *= 1 - one.figures.hit_ratios.get(layer.name, 0.0)
        parts.append(_pipe(left + BOX, left + step, flow))
    slots = f"{work.origin_slots} slots, {1000 * work.origin_seconds:g} ms"
    words = [f"{one.figures.origin_calls:,} calls", slots]
    return "".join([*parts, _box(8 + step * (len(layers) + 1), "origin", words)])


def _readers(one: Try) -> list[str]:
    median = 1000 * one.figures.p50
    return [f"{one.figures.requests:,} reads", f"median {median:,.{1 if median < 10 else 0}f} ms"]


def _layer(left: float, layer: Layer, chosen: Layer | None, one: Try, flow: float) -> str:
    """Draw one layer, and below it a chip for each room that it can be given."""
    words = ["is left out", ""]
    if chosen is not None:
        hits = one.figures.hit_ratios[layer.name]
        words = [f"{hits:.0%} hits of {flow:.0%}", f"{_nodes(chosen.nodes)}, {chosen.ttl:g} s"]
    parts = [_box(left, layer.name, words, is_there=chosen is not None)]
    width = BOX / 3
    for at, size in enumerate(_rooms(layer)):
        x, is_on = left + width * at, size == (chosen.entries if chosen else 0)
        edge, opacity = (2.5, 0.3) if is_on else (1, 0.06)
        parts.append(rect(x + 1, 126, width - 2, 22, PALETTE["blue"], opacity, edge))
        name = f"{size:,}" if size else "none"
        parts.append(text(x + width / 2, 141, name, 12, "middle", 700 if is_on else ""))
        parts.append(zone(x, 124, width, 26, f"{layer.name}={at}"))
    return "".join(parts)


def _nodes(number: int) -> str:
    return "1 node" if number == 1 else f"{number} nodes"


def _box(left: float, name: str, words: Sequence[str], *, is_there: bool = True) -> str:
    is_layer = name not in ("readers", "origin")
    colour = PALETTE["blue"] if is_layer and is_there else "#8c959f"
    box = rect(left, 44, BOX, 76, colour, 0.12 if is_there else 0, dash="" if is_there else "5 4")
    lines = [text(left + BOX / 2, 88 + 18 * at, one, 12, "middle") for at, one in enumerate(words)]
    return box + text(left + BOX / 2, 66, name, 14, "middle", 600) + "".join(lines)


def _pipe(start: float, end: float, flow: float) -> str:
    width = 1.5 + 12 * flow
    head = f"M{end - 12:.0f} 74l9 8l-9 8"
    return line(start + 3, 82, end - 9, 82, PALETTE["vermillion"], width, opacity=0.75) + path(
        head, PALETTE["vermillion"], 2.5
    )


def _gauges(objective: Objective, figures: Figures) -> str:
    """Draw the four figures as bars against their limits, which all stand at the same place."""
    told = [
        ("99 of 100 answers within", 1000 * figures.p99, 1000 * objective.p99, " ms"),
        ("worst second, origin calls", figures.worst_second, objective.worst_second, ""),
        ("oldest answer", figures.worst_age, objective.worst_age, " s"),
        ("dollars a month", figures.dollars, objective.dollars, ""),
    ]
    parts = [line(LIMIT, 172, LIMIT, 346, width=2, dash="4 4")]
    parts.append(text(LIMIT, 168, "limit", 12, "middle", 600))
    return "".join(parts + [_gauge(row, *one) for row, one in enumerate(told)])


def _gauge(row: int, name: str, value: float, limit: float, unit: str) -> str:
    y, met = 180 + 42 * row, value <= limit
    width = min((LIMIT - BARS) * value / limit, 716 - BARS)
    colour = PALETTE["green"] if met else PALETTE["vermillion"]
    shown = f"{'✓' if met else '✕'} {value:,.{1 if value < 10 else 0}f}{unit}"
    bar = rect(
        BARS, y, max(width, 2), 28, colour, 0.4, 1.5, "" if met else "5 3", data_key=f"bar{row}"
    )
    return "".join(
        [
            text(8, y + 12, name, 13),
            text(8, y + 27, f"at most {limit:,.4g}{unit}", 12, soft=True),
            bar,
            group(text(BARS + 8, y + 19, shown, 13, weight=700), data_key=f"value{row}"),
        ]
    )


def _table(problem: Problem, one: Try) -> tuple[tuple[str, ...], ...]:
    rows = [
        (sentence.partition(":")[0], sentence.partition(": ")[2], "kept" if met else "missed")
        for sentence, met in problem.objective.verdicts(one.figures)
    ]
    bills = [
        (f"bill: {name}", f"{paid:,.0f} dollars", "") for name, paid in one.figures.bill.items()
    ]
    return (("figure", "measured", "limit"), *rows, *bills)
