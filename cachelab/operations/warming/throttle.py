"""
A limit on how often something is done, which never makes up for time that was lost.
"""

from cachelab.ports import Runtime


class Throttle:
    """
    Room for one step every 1/`per_second` seconds of the runtime's time; None is no limit.

    A step that was late does not make the next one come sooner: after a pause of a minute there is
    no burst of a minute's steps.

    Raises:
        ValueError: `per_second` is not above zero.

    >>> from cachelab.ports import SimRuntime
    >>> sim = SimRuntime()
    >>> throttle = Throttle(sim, 4.0)
    >>> sim.run(lambda: [(throttle.wait(), sim.now())[1] for _ in range(3)])
    [0.0, 0.25, 0.5]
    """

    def __init__(self, runtime: Runtime, per_second: float | None) -> None:
        if per_second is not None and not 0 < per_second < float("inf"):
            raise ValueError(f"a rate must be a number per second above 0, not {per_second!r}")
        self.runtime = runtime
        self.gap = 0.0 if per_second is None else 1 / per_second
        self.next = runtime.now()

    def wait(self) -> None:
        """Let time pass until the next step may be made."""
        if not self.gap:
            return
        now = self.runtime.now()
        if now < self.next:
            self.runtime.sleep(self.next - now)
        self.next = max(now, self.next) + self.gap
