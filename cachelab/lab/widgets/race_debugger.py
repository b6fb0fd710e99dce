"""
The race debugger: choose the order of the steps, and see which order puts the past back.
"""

from collections.abc import Mapping, Sequence

from cachelab.lab.explorer import Scenario, cache_equals_source_at_rest
from cachelab.lab.explorer.promises import AnyPromise
from cachelab.lab.stories.race_pictures import SHOWN, picture_height, race_controls, race_runs
from cachelab.lab.stories.race_scenarios import SCENARIOS
from cachelab.lab.stories.races import Order, every_order
from cachelab.lab.stories.tape import name_of

from .frame_view import FrameView


class RaceDebugger(FrameView):
    """
    A view of a scenario of the explorer under every order of its steps, broken ones first.

    `scenario` is one, or several by name; see `explore` for what a scenario is. `orders` has by
    name what was played; `as_test` returns the first broken order as a test for pytest, for which
    a scenario that cannot be imported needs `setup`, the text that defines it.

    Raises:
        NotRepeatable: a scenario does not do the same twice.

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
        self.orders: dict[str, list[Order]] = {
            name: every_order(one, promises) for name, one in named.items()
        }
        self.setup = setup
        controls = race_controls(self.orders)
        most, height = len(controls[-1].options), picture_height(self.orders)
        played = [order for several in self.orders.values() for order in several]
        broken = sum(order.is_broken for order in played)
        runs = [
            run
            for several in self.orders.values()
            for run in race_runs(several, min(most, SHOWN), height, setup)
        ]
        first = tuple(control.start for control in controls)
        end = len(runs[0].scenes) - (2 if broken else 1)
        super().__init__(
            title="Who comes in between?",
            about=f"{len(named)} scenario{'s' if len(named) > 1 else ''}, "
            f"{broken} broken of {len(played)} orders",
            controls=controls,
            runs=runs,
            size=(720, height),
            stills=[(first, end), ((*first[:-1], min(1, most - 1)), end)],
            pace=1300,
        )

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
