"""
A schedule as a test: the text of a file for pytest, which plays it again.

It fails as long as the code has the race, and stays green from the day that it has not.
"""

import sys
from collections.abc import Sequence
from itertools import groupby
from textwrap import indent

from . import promises as known_promises
from .promises import AnyPromise, Promise, as_promise
from .runs import EVERY_ACTOR_ENDS, Outcome, Plan
from .search import follow
from .world import Scenario


def replay(
    scenario: Scenario,
    turns: Sequence[tuple[str, int]],
    promises: Sequence[AnyPromise] = (),
    *,
    only: Sequence[str] | None = None,
    every_point: bool = False,
) -> Outcome:
    """
    Run `scenario` under one schedule; return what happened, and which of `promises` was broken.

    `turns` says who is chosen, and how often in a row. Where the next is not ready, and after the
    last, whoever is on goes on: so a schedule can be played on code that has been changed since.
    """
    plan = Plan(
        scenario,
        (EVERY_ACTOR_ENDS, *map(as_promise, promises)),
        only=None if only is None else tuple(only),
        every_point=every_point,
    )
    return follow(plan, tuple(name for name, times in turns for _ in range(times)))


HEADER = '''"""One order of steps, found by the explorer: {sentence}."""

{imports}
{setup}
SCHEDULE = [
{schedule}
]


def test_{name}() -> None:
    run = replay({scenario}, SCHEDULE, {promises}{options})
    assert run.broken is None, sequence_text(run.steps)
'''


def source_of_test(
    plan: Plan, broken: Promise | None, turns: Sequence[str], setup: str | None
) -> str:
    """
    Return the text of a test of `plan`'s scenario, whose schedule is `turns`.

    Raises:
        ValueError: no promise was broken, or something cannot be imported and there is no `setup`.
    """
    if broken is None:
        raise ValueError("no schedule broke a promise, so there is none to make a test of")
    origin = {"replay": "cachelab.lab.explorer", "sequence_text": "cachelab.lab.explorer"}
    scenario = getattr(plan.scenario, "__name__", "")
    promise = "" if broken is EVERY_ACTOR_ENDS else _name_of(broken, plan)
    if promise in vars(known_promises):
        origin[promise] = "cachelab.lab.explorer"
    if setup is None:
        _check_importable(plan, scenario, promise)
        module = plan.scenario.__module__
        origin |= {name: module for name in (scenario, promise) if name and name not in origin}
    return HEADER.format(
        sentence=broken.sentence,
        imports=_imports(origin),
        setup="" if setup is None else f"\n{setup.strip()}\n\n",
        schedule=indent(_schedule(turns), "    "),
        name=_as_name(broken.sentence),
        scenario=scenario,
        promises=f"[{promise}]",
        options=_options(plan),
    )


def _name_of(broken: Promise, plan: Plan) -> str:
    """Return the name under which a promise can be imported, or its function's."""
    modules = [known_promises, sys.modules.get(plan.scenario.__module__)]
    names = [item for module in modules if module for item in vars(module).items()]
    named = [name for name, value in names if value is broken]
    made_of = [name for name, value in names if value is broken.holds]
    return [*named, *made_of, getattr(broken.holds, "__name__", "")][0]


def _check_importable(plan: Plan, scenario: str, promise: str) -> None:
    module = vars(sys.modules.get(plan.scenario.__module__, sys))
    if module.get("__name__") == "__main__" or module.get(scenario) is not plan.scenario:
        raise ValueError(
            f"{scenario or plan.scenario!r} cannot be imported by a test: "
            "give the text that defines it as `setup`"
        )
    if promise and promise not in module and promise not in vars(known_promises):
        raise ValueError(
            f"the promise {promise!r} cannot be imported from where the scenario is: "
            "put it beside the scenario, or give the text that defines both as `setup`"
        )


def _imports(origin: dict[str, str]) -> str:
    lines = []
    for module in sorted(set(origin.values())):
        names = sorted(name for name, home in origin.items() if home == module)
        lines.append(f"from {module} import {', '.join(names)}")
    return "\n".join(lines) + "\n"


def _schedule(turns: Sequence[str]) -> str:
    runs = [(name, len(list(turn))) for name, turn in groupby(turns)]
    return "\n".join(f"({name!r}, {times})," for name, times in runs).replace("'", '"')


def _options(plan: Plan) -> str:
    only = "" if plan.only is None else f", only={list(plan.only)!r}".replace("'", '"')
    return only + (", every_point=True" if plan.every_point else "")


def _as_name(sentence: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in sentence.lower())
    return "_".join(words.split())
