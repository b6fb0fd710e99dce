"""
A run to step through: the sequence diagram grows by one call at a time, in a notebook.

All its pictures are drawn beforehand, so it steps in a saved page too, without a kernel.
"""

from collections.abc import Sequence

from cachelab.lab.scenes import Run, Scene
from cachelab.lab.widgets import FrameView

from .sequence import drawn_sequence
from .world import Step

TYPE = 'font-family="ui-monospace, monospace" font-size="12" fill="currentColor"'


def play_steps(steps: Sequence[Step], title: str) -> FrameView:
    """
    Return a view that plays `steps`, the first scene before any of them.

    Raises:
        ValueError: there are no steps.

    >>> steps = [Step("answered", 0.0, "Ada", "store", "get", "k", result=1)]
    >>> play_steps(steps, "One read")
    FrameView(One read, 1 call)
    """
    drawn = [step for step in steps if step.kind != "asks"]
    if not drawn:
        raise ValueError("there are no steps to play")
    size, lives, arrows = drawn_sequence(drawn)
    scenes = [Scene("", "Before the first call.")]
    for number, step in enumerate(drawn):
        past = f'<g opacity="0.55">{"".join(arrows[:number])}</g>'
        picture = f"<g {TYPE}>{past}{arrows[number]}</g>"
        scenes.append(Scene(picture, f"{number + 1} of {len(drawn)}: {step}.", row=number))
    table = (("actor", "call"), *((step.task, str(step).partition(": ")[2]) for step in drawn))
    calls = f"{len(drawn)} call{'' if len(drawn) == 1 else 's'}"
    run = Run(tuple(scenes), backdrop=f"<g {TYPE}>{''.join(lives)}</g>", table=table)
    return FrameView(title=title, about=f"{title}, {calls}", runs=[run], size=size)
