"""
The buttons below a learner's report: each opens the run of one check that failed in a stepper.

They are there only where a person sits at the page and a kernel answers. The report itself, its
points and what a saved notebook, nbgrader or a printed page keeps of it are the same without them.
"""

from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython
from IPython.display import display
from ipywidgets import HTML, Box, Button, Layout, VBox  # type: ignore[import-untyped]

from .report import CheckResult

if TYPE_CHECKING:
    from .learner import LearnersReport


class StepThrough(VBox):  # type: ignore[misc]
    """
    A button for each failed check that has a run to show, and below them the view of one of them.
    """

    def __init__(self, report: "LearnersReport") -> None:
        self.report = report
        self.buttons = {check.id: self._button(check) for check in playable(report)}
        wide = Layout(flex_flow="row wrap", overflow="visible")
        self.row = Box(list(self.buttons.values()), layout=wide)
        super().__init__([self.row], layout=Layout(overflow="visible"))

    def show_run(self, name: str, _: object = None) -> None:
        """Put the view of a check's run in the place of the one before; what is shown stays."""
        if self.buttons[name].button_style:
            return
        try:
            shown: Any = self.report.play(name)
        except ValueError as nothing:
            shown = HTML(f"<p>{escape(str(nothing))}</p>")
        for check, button in self.buttons.items():
            button.button_style = "info" if check == name else ""
        self.children = (self.row, shown)

    def _button(self, check: CheckResult) -> Button:
        shown = check.counterexample
        what = "a small case" if shown and shown.measured else "this run"
        button = Button(
            description=f"Step through {check.id}",
            tooltip=f"{check.message}: {what} on your code, step by step",
            layout=Layout(width="auto"),
        )
        button.on_click(partial(self.show_run, check.id))
        return button

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle = super()._repr_mimebundle_(**kwargs) or {}
        names = ", ".join(f'play("{name}")' for name in self.buttons)
        return {**bundle, "text/plain": f"To step through a run: {names}"}


def playable(report: "LearnersReport") -> list[CheckResult]:
    """Return the failed checks that have a run to step through."""
    return [one for one in report.failed if one.counterexample and not one.counterexample.is_table]


def offer(report: "LearnersReport") -> None:
    """
    Show the buttons below the report that is about to be shown, if there is a run to step through.

    They wait until the cell is through: its last value stands above them, as it would alone.
    """
    shell = get_ipython()
    if shell is None or not playable(report):
        return

    def show(_: object) -> None:
        shell.events.unregister("post_run_cell", show)
        display(StepThrough(report))  # type: ignore[no-untyped-call]

    shell.events.register("post_run_cell", show)
