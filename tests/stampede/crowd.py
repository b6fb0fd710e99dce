"""
Clients in virtual time: a store and a loader that count, and many tasks that ask at once.
"""

from collections.abc import Sequence
from typing import Any

from cachelab.ports import Journal, MemoryStore, SimRuntime, Store, instrument
from cachelab.ports.instrument import Faults
from cachelab.stampede import GUARDS, Guard


class Origin:
    """A loader that takes `seconds`, and knows when each load began and how many ran at once."""

    def __init__(self, runtime: SimRuntime, seconds: float = 0.1) -> None:
        self.runtime = runtime
        self.seconds: float | Sequence[float] = seconds
        self.starts: list[float] = []
        self.now: dict[str, int] = {}
        self.most_at_once = 0
        self.error: Exception | None = None
        self.answer: Any = None

    @property
    def calls(self) -> int:
        return len(self.starts)

    def __call__(self, key: str) -> Any:
        number = len(self.starts)
        self.starts.append(self.runtime.now())
        self.now[key] = self.now.get(key, 0) + 1
        self.most_at_once = max(self.most_at_once, self.now[key])
        took = self.seconds if isinstance(self.seconds, int | float) else self.seconds[number]
        try:
            self.runtime.sleep(took)
        finally:
            self.now[key] -= 1
        if self.error is not None:
            raise self.error
        return f"v{number}" if self.answer is None else self.answer


class Crowd:
    """A runtime, a store with a journal on it, an origin, and guards made of them."""

    def __init__(
        self,
        schedule: Any = None,
        *,
        latency: float | None = None,
        faults: Faults | None = None,
        load: float = 0.1,
    ) -> None:
        self.sim = SimRuntime(schedule, max_steps=5_000_000)
        self.journal = Journal()
        self.memory = MemoryStore(self.sim)
        self.store: Store = instrument(
            self.memory, self.sim, journal=self.journal, latency=latency, faults=faults
        )
        self.origin = Origin(self.sim, load)
        self.answers: list[Any] = []

    def guard(self, name: str, **options: Any) -> Any:
        options = {"ttl": 60.0, "rng": None, **options}
        return GUARDS[name](self.store, self.sim, **options)

    def ask(self, guard: Guard, key: str = "k") -> Any:
        answer = guard.get(key, self.origin)
        self.answers.append(answer)
        return answer

    def ask_at(self, guard: Guard, times: Sequence[float], key: str = "k") -> list[Any]:
        """Have one client ask at each of `times`; what each got, an error too, and when it did."""

        def client(at: float) -> tuple[float, Any]:
            self.sim.sleep(max(0.0, at - self.sim.now()))
            try:
                answer: Any = guard.get(key, self.origin)
            except RuntimeError as error:
                answer = error
            return self.sim.now(), answer

        def meeting() -> list[Any]:
            tasks = [self.sim.spawn(client, at) for at in times]
            got = [task.join() for task in tasks]
            guard.close()
            return got

        got: list[Any] = self.sim.run(meeting)
        return got

    def trips(self, call: Any, *args: Any) -> tuple[int, int]:
        """The round trips to the store and the loads that `call` makes."""
        self.journal.clear()
        before = self.origin.calls
        call(*args)
        return len(self.journal), self.origin.calls - before
