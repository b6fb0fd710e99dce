"""
SimRuntime against asyncio, plain threads and, where it is installed, simpy.

    pip install simpy
    python benchmarks/sim_runtime.py

A thousand clients sleep ten times each, together with nobody (the cost of an event), and then
with a store in between (the run that a lesson makes). asyncio's clock is made to jump as ours
does, so that both spend their time on switching tasks; threads hand a lock around in a ring,
which is what a scheduler of threads would do at each event. Seven rounds, the contestants in
turn; the ratio of each round is taken against asyncio, and its median printed with the spread.
"""

import asyncio
import platform
import statistics
import threading
import time
from collections.abc import Callable, Iterator

from cachelab.ports import MemoryStore
from cachelab.ports.instrument import instrument
from cachelab.ports.sim import SimRuntime

try:
    import simpy
except ImportError:
    simpy = None

CLIENTS, SLEEPS, ROUNDS = 1_000, 10, 7
EVENTS = CLIENTS * SLEEPS


def pause(client: int) -> float:
    return 0.1 + client / CLIENTS


def on_sim_runtime() -> None:
    sim = SimRuntime()

    def client(number: int) -> None:
        for _ in range(SLEEPS):
            sim.sleep(pause(number))

    def main() -> None:
        for task in [sim.spawn(client, number) for number in range(CLIENTS)]:
            task.join()

    sim.run(main)
    assert abs(sim.now() - SLEEPS * pause(CLIENTS - 1)) < 1e-6


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop that does not wait for its next timer, but moves its clock there."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = 0.0

    def time(self) -> float:
        return self.moment

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:
            self.moment = max(self.moment, self._scheduled[0]._when)
        super()._run_once()


def on_asyncio() -> None:
    async def client(number: int) -> None:
        for _ in range(SLEEPS):
            await asyncio.sleep(pause(number))

    async def main() -> None:
        await asyncio.gather(*(client(number) for number in range(CLIENTS)))

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(main())


def on_threads() -> None:
    batons = [threading.Lock() for _ in range(CLIENTS)]
    for baton in batons:
        baton.acquire()

    def client(number: int) -> None:
        for _ in range(SLEEPS):
            batons[number].acquire()
            batons[(number + 1) % CLIENTS].release()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    batons[0].release()
    for thread in threads:
        thread.join()


def on_simpy() -> None:
    env = simpy.Environment()

    def client(number: int) -> Iterator[object]:
        for _ in range(SLEEPS):
            yield env.timeout(pause(number))

    for number in range(CLIENTS):
        env.process(client(number))
    env.run()


def a_lesson() -> int:
    """A thousand clients, each three times: sleep, read a store with latency, and write it."""
    sim = SimRuntime()
    store = instrument(MemoryStore(sim), sim, latency=0.001)

    def client(number: int) -> None:
        for turn in range(3):
            sim.sleep(pause(number))
            store.get(f"key {number % 10}")
            store.set(f"key {number % 10}", turn)

    def main() -> None:
        for task in [sim.spawn(client, number) for number in range(CLIENTS)]:
            task.join()

    sim.run(main)
    return sim.steps


def seconds(play: Callable[[], object]) -> float:
    start = time.perf_counter()
    play()
    return time.perf_counter() - start


def spread(values: list[float], unit: str = "") -> str:
    return f"{statistics.median(values):6.2f}{unit} ({min(values):.2f} to {max(values):.2f})"


def main() -> None:
    contestants = {"SimRuntime": on_sim_runtime, "threads": on_threads}
    if simpy is not None:
        contestants["simpy"] = on_simpy
    spent: dict[str, list[float]] = {name: [] for name in ["asyncio", *contestants]}
    lessons = []
    for _ in range(ROUNDS):
        spent["asyncio"].append(seconds(on_asyncio))
        for name, play in contestants.items():
            spent[name].append(seconds(play))
        lessons.append(seconds(a_lesson))
    print(
        f"{CLIENTS:,} clients, {SLEEPS} sleeps each; "
        f"Python {platform.python_version()}, {platform.machine()}"
    )
    for name, values in spent.items():
        ratios = [peer / own for peer, own in zip(spent["asyncio"], values, strict=True)]
        print(
            f"{name:10} {EVENTS / statistics.median(values):9,.0f} events a second, "
            f"{spread(ratios)} times as fast as asyncio"
        )
    print(f"a lesson of {a_lesson():,} steps takes {spread(lessons, ' s')}")


if __name__ == "__main__":
    main()
