"""
The race debugger: choose the order of the steps, and see which order puts the past back.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from cachelab.lab.explorer import Scenario, cache_equals_source_at_rest
from cachelab.lab.explorer.promises import AnyPromise
from cachelab.lab.scenes import Run, Still
from cachelab.lab.stories.race_pictures import SHOWN, picture_height, race_controls, race_runs
from cachelab.lab.stories.race_scenarios import SCENARIOS
from cachelab.lab.stories.races import Order, every_order
from cachelab.lab.stories.tape import name_of
from cachelab.lab.subjects import blaming, check_subject

from .frame_view import FrameView


class RaceDebugger(FrameView):
    """
    A view of a scenario of the explorer under every order of its steps, broken ones first.

    `scenario` is one, or several by name; see `explore` for what a scenario is. `orders` has by
    name what was played; `as_test` returns the first broken order as a test for pytest, for which
    a scenario that cannot be imported needs `setup`, the text that defines it.

    Raises:
        NotRepeatable: a scenario does not do the same twice.
        SubjectFailed: a scenario or a promise is none, fails, or never ends; what an actor raises
            is shown.

    >>> RaceDebugger()
    RaceDebugger(4 scenarios, 5 broken of 55 orders)
    """

    def __init__(
        self,
        scenario: Scenario | Mapping[str, Scenario] = SCENARIOS,
        promise: AnyPromise | Sequence[AnyPromise] = cache_equals_source_at_rest,
        *,
        setup: str | None = None,
    ) -> None:
        named = scenario if isinstance(scenario, Mapping) else {name_of(scenario): scenario}
        promises = promise if isinstance(promise, Sequence) else [promise]
        if not named:
            raise ValueError("give at least one scenario")
        self.orders: dict[str, list[Order]] = {
            name: _played(one, promises) for name, one in named.items()
        }
        self.setup = setup
        controls = race_controls(self.orders)
        most, height = len(controls[-1].options), picture_height(self.orders)
        runs = [
            run
            for orders in self.orders.values()
            for run in race_runs(orders, min(most, SHOWN), height, setup)
        ]
        super().__init__(
            title="Who comes in between?",
            about=self._counted(),
            controls=controls,
            runs=runs,
            size=(720, height),
            stills=_verdicts(tuple(control.start for control in controls), runs[:2]),
            pace=1300,
        )

    def _counted(self) -> str:
        played = [order for orders in self.orders.values() for order in orders]
        broken = sum(order.is_broken for order in played)
        scenarios = f"{len(self.orders)} scenario{'s' if len(self.orders) > 1 else ''}"
        return f"{scenarios}, {broken} broken of {len(played)} orders"

    def as_test(self) -> str:
        """
        Return the first broken order as a test for pytest.

        Raises:
            ValueError: no order was broken, or the scenario cannot be imported without `setup`.
        """
        for orders in self.orders.values():
            if orders[0].is_broken:
                return orders[0].as_test(self.setup)
        raise ValueError("no order breaks the promise, so there is none to make a test of")


def _played(scenario: Scenario, promises: Sequence[AnyPromise]) -> list[Order]:
    check_subject(scenario)
    with ExitStack() as stack:
        for subject in (*(getattr(one, "holds", one) for one in promises), scenario):
            stack.enter_context(blaming(subject))
        return every_order(scenario, promises)


def _verdicts(start: tuple[int, ...], runs: Sequence[Run]) -> list[Still]:
    """Return the scene with the verdict of the first two orders; the test comes after it."""
    places = [(*start[:-1], place) for place in range(len(runs))]
    ends = [
        next(
            at for at, scene in enumerate(run.scenes) if scene.say.startswith(("At rest", "Broken"))
        )
        for run in runs
    ]
    return list(zip(places, ends, strict=True))
