"""
Designs that a submission returns as plain data, played by the course's own simulator.

The workloads of the four problems are played with two seeds that the lesson does not use, so that
the design is judged and not its fit to one run.
"""

from dataclasses import fields, replace
from random import Random
from typing import Any

from cachelab.grading.exercise import Examine, Finding
from cachelab.grading.expecting import plain_answer
from cachelab.grading.functions import call_function
from cachelab.grading.report import Counterexample, Row
from cachelab.grading.session import Session
from cachelab.grading.wording import explain_exception, show_outcome
from cachelab.lab.design_problems import PROBLEMS
from cachelab.lab.designs import Design, Figures, Layer, Workload, simulate_design

SEEDS = (3, 4)
FACTOR = 2.0
KINDS: dict[str, dict[str, Any]] = {
    "process": {"nodes": 6, "shared": False, "seconds": 1e-5, "dollars_per_node": 0.0},
    "edge": {"nodes": 3, "shared": False, "seconds": 0.002, "public_only": True},
    "shared": {"shared": True, "seconds": 0.001},
}
"""The layers that there are, by name, with what is fixed about each."""

PUBLIC = ("content delivery",)
"""Problems whose layers all stand before the house: what is private is kept in none of them."""

CHOICES = ("entries", "ttl", "nodes", "invalidated", "leased", "coalesced", "policy")
MOST_ENTRIES = 1_000_000
FILM_BYTES = 2_000_000_000
"""Objects so large that memory is most of the bill."""


def design_of(data: Any) -> Design:
    """
    Return the design that plain data stands for.

    Raises:
        ValueError: it stands for none; the message says why.

    >>> design_of({"layers": [{"kind": "shared", "entries": 100, "ttl": 60}]}).layers[0].name
    'shared'
    """
    if not isinstance(data, dict) or not isinstance(data.get("layers"), list | tuple):
        raise ValueError("a design is a dictionary with a list of layers")
    strange = set(data) - {"layers", "push_up_to", "push_batch"}
    if strange:
        raise ValueError(f"a design has no {sorted(map(str, strange))[0]!r}")
    layers = tuple(map(_layer, data["layers"]))
    push_up_to, push_batch = data.get("push_up_to", 0), data.get("push_batch", 100)
    if type(push_up_to) is not int or type(push_batch) is not int or push_batch > 1_000:
        raise ValueError("push_up_to and push_batch are whole numbers, push_batch at most 1000")
    return Design(layers, "yours", push_up_to, push_batch)


def _layer(data: Any) -> Layer:
    if not isinstance(data, dict) or data.get("kind") not in KINDS:
        raise ValueError(f"the kind of a layer is one of {', '.join(KINDS)}")
    fixed = KINDS[data["kind"]]
    chosen = {name: value for name, value in data.items() if name != "kind"}
    for name, value in chosen.items():
        if name not in CHOICES or name in fixed:
            raise ValueError(f"a layer of kind {data['kind']!r} does not choose {name!r}")
        if name in ("entries", "nodes") and (type(value) is not int or value > MOST_ENTRIES):
            raise ValueError(f"{name} must be a whole number up to {MOST_ENTRIES}, not {value!r}")
        if name in ("invalidated", "leased", "coalesced") and type(value) is not bool:
            raise ValueError(f"{name} must be True or False, not {value!r}")
        if name == "ttl" and type(value) not in (int, float):
            raise ValueError(f"ttl must be a number of seconds, not {value!r}")
        if name == "policy" and type(value) is not str:
            raise ValueError(f"policy must be a name, not {value!r}")
    if not {"entries", "ttl"} <= set(chosen):
        raise ValueError("a layer needs entries and ttl")
    return Layer(data["kind"], **chosen, **fixed)


def meet_objective(problem: str, function: str) -> Examine:
    """Return a check that plays the design of a function against the problem's workload."""
    task = PROBLEMS[problem]

    def examine(session: Session, _: Random) -> Finding | None:
        outcome = call_function(session, function)
        call = f"{function}()"
        data = plain_answer(outcome)
        try:
            design = design_of(data)
        except ValueError as error:
            why = explain_exception(outcome, function) or str(error)
            row = Row(call, "a design", show_outcome(outcome))
            return Finding("that is no design", Counterexample((row,), why))
        if problem in PUBLIC:
            layers = tuple(replace(layer, public_only=True) for layer in design.layers)
            design = replace(design, layers=layers)
        for seed in SEEDS:
            figures = simulate_design(task.workload, design, seed)
            verdicts = task.objective.verdicts(figures)
            missed = [text for text, met in verdicts if not met]
            if missed:
                return Finding(
                    f"the design misses what is asked of {problem}",
                    _played(call, outcome, figures, missed),
                )
        return None

    return examine


def _played(call: str, outcome: Any, figures: Figures, missed: list[str]) -> Counterexample:
    ratios = ", ".join(f"{name} {ratio:.0%}" for name, ratio in figures.hit_ratios.items())
    bill = ", ".join(f"{name} {dollars:.0f}" for name, dollars in figures.bill.items())
    rows = (
        Row(call, "", show_outcome(outcome)),
        Row("hit ratios", "", ratios or "no layer"),
        Row("bill", "", bill),
        Row("the first demand that is missed", "met", missed[0]),
    )
    return Counterexample(rows, "; ".join(missed))


def draw_estimates(random: Random) -> list[tuple[Workload, dict[str, Any]]]:
    """Return workloads with one shared cache: an exercise in arithmetic, small enough to play."""
    cases = []
    for number in range(6):
        is_small = number == 0  # then the layer is most of the bill
        objects = random.choice((1_000, 2_000))
        reads = 5.0 if is_small else random.choice((100.0, 200.0))
        work = Workload(
            objects=objects,
            alpha=random.choice((0.8, 1.0, 1.2)),
            reads=reads,
            writes=0.0 if is_small else reads * random.choice((0.0, 0.02, 2.0)),
            seconds=16_000 / reads,
            object_bytes=1_000 if is_small else random.choice((1_000, 100_000, FILM_BYTES)),
        )
        entries = round(objects * random.choice((0.05, 0.1, 0.2)))
        cases.append((work, {"layers": [{"kind": "shared", "entries": entries, "ttl": 5_000}]}))
    return cases


def within_a_factor(*names: str) -> Examine:
    """Return a check that compares figures of `estimate` with those that the simulator measures."""

    def examine(session: Session, random: Random) -> Finding | None:
        for work, data in draw_estimates(random):
            design = design_of(data)
            shown = {field.name: getattr(work, field.name) for field in fields(work)}
            outcome = call_function(session, "estimate", shown, data)
            figures = simulate_design(work, design, 5)
            measured = _measures(figures, work)
            found = plain_answer(outcome)
            for name in names:
                value = found.get(name) if isinstance(found, dict) else None
                least, most = measured[name] / FACTOR, measured[name] * FACTOR
                if not isinstance(value, int | float) or not least <= value <= most:
                    return _too_far(work, data, name, measured[name], outcome)
        return None

    return examine


def _too_far(
    work: Workload, data: dict[str, Any], name: str, measured: float, outcome: Any
) -> Finding:
    brief = (
        f"objects {work.objects}, alpha {work.alpha:g}, reads {work.reads:g}, writes "
        f"{work.writes:g}, object_bytes {work.object_bytes}"
    )
    wanted = f"{name} from {measured / FACTOR:.3g} to {measured * FACTOR:.3g}"
    rows = (
        Row(f"workload: {brief}", "", ""),
        Row(f"design: one shared cache, {data['layers'][0]['entries']} entries", "", ""),
        Row("estimate(workload, design)", wanted, show_outcome(outcome)),
    )
    why = (
        explain_exception(outcome, "estimate") or f"the simulator measures {name} = {measured:.3g}"
    )
    return Finding("an estimate is more than a factor of two off", Counterexample(rows, why))


def _measures(figures: Figures, work: Workload) -> dict[str, float]:
    return {
        "origin_calls": figures.origin_calls / (0.8 * work.seconds),
        "dollars": figures.dollars,
    }
