"""
Many simulations of one trace: every policy at every capacity, on all cores.

The trace is numbered once. Compiled code runs without the interpreter's lock, so threads are
enough, and nothing is copied; classes of yours need processes. Both are joblib's, so that
`with joblib.parallel_config(backend="dask"):` around the call spreads it over a Dask cluster.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from joblib import Parallel, delayed
from tqdm import tqdm

from cachelab.eviction import Key

from .contestants import PolicyLike
from .results import Result
from .simulator import Counts, play_readable, prepared, result_of
from .subjects import with_short_traces
from .traces import Trace, as_trace

Call = tuple[Callable[..., Counts], tuple[Any, ...]]


@with_short_traces
def sweep(
    trace: Trace | Iterable[Key],
    policies: Sequence[PolicyLike],
    capacities: Sequence[int],
    *,
    unit: str = "entries",
    compiled: bool | None = None,
    jobs: int | None = None,
    progress: bool | None = None,
) -> list[Result]:
    """
    Simulate each of `policies` at each of `capacities`; results in that order, capacities fastest.

    Everything is checked before the first simulation starts. `jobs` is the number of cores to use,
    all of them by default; `progress` shows a bar, by default in a terminal after two seconds.

    Complexity: as `simulate` for each pair; memory for `jobs` of them at a time.

    Raises:
        ValueError, TypeError: as `simulate` for any of the pairs, or there is no pair.

    >>> [result.hits for result in sweep("a b a c a b".split(), ["fifo", "lru"], [1, 2])]
    [0, 1, 0, 2]
    """
    trace = as_trace(trace)
    if isinstance(policies, str) or not policies or not len(capacities):
        raise ValueError(f"a sweep needs lists, not {policies!r} at {capacities!r}")
    pairs = [(policy, int(size)) for policy in policies for size in capacities]
    calls = [prepared(trace, policy, size, unit, compiled) for policy, size in pairs]
    quiet = None if progress is None else not progress
    counts = tqdm(_played(calls, jobs), trace.name, len(calls), delay=2, leave=False, disable=quiet)
    return [
        result_of(trace, policy, size, unit, count)
        for (policy, size), count in zip(pairs, counts, strict=True)
    ]


def _played(calls: list[Call], jobs: int | None) -> Iterator[Counts]:
    slow = [play is play_readable for play, _ in calls]
    if jobs == 1 or len(calls) == 1 or (all(slow) and _small(calls)):
        return (play(*told) for play, told in calls)
    workers = Parallel(
        n_jobs=-1 if jobs is None else jobs,
        prefer="processes" if any(slow) else "threads",
        return_as="generator",
        pre_dispatch="all",
        batch_size=1,
    )
    return iter(workers(delayed(play)(*told) for play, told in calls))


def _small(calls: list[Call]) -> bool:
    """Tell whether it would take longer to start processes than to play."""
    return sum(len(told[0]) for _, told in calls) < 2_000_000
