"""
What a learner asked for in a notebook and cannot have: one sentence, and no stack trace.
"""


class OneSentence(Exception):  # noqa: N818 - how it is shown
    """An exception that a notebook shows as its sentence alone, without any lines of ours."""

    def _render_traceback_(self) -> list[str]:
        """IPython shows these lines in place of a stack trace."""
        return [str(self)]
