import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import OrderedDict
from functools import partial

import joblib
import pytest

from cachelab.eviction import TwoQueue
from cachelab.lab import Trace, simulate, sweep, zipf

TRACE = zipf(60_000, objects=3_000)
SIZES = [10, 100, 1_000]


class LearnersLRU:
    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.values: OrderedDict[object, object] = OrderedDict()

    def get(self, key: object) -> object:
        if key not in self.values:
            return None
        self.values.move_to_end(key)
        return self.values[key]

    def put(self, key: object, value: object) -> None:
        self.values[key] = value
        if len(self.values) > self.capacity:
            self.values.popitem(last=False)


@pytest.mark.parametrize("jobs", [1, 2, None])
def test_a_sweep_gives_the_results_of_its_simulations_in_order(jobs: int | None) -> None:
    policies = ["lru", partial(TwoQueue, kin=0.4), "arc"]
    expected = [simulate(TRACE, policy, size) for policy in policies for size in SIZES]  # type: ignore[arg-type]
    assert sweep(TRACE, policies, SIZES, jobs=jobs) == expected  # type: ignore[arg-type]


def test_a_learners_class_is_swept_in_processes_when_that_pays() -> None:
    trace = Trace(list(TRACE) * 6, "long")
    results = sweep(trace, [LearnersLRU], [10, 20, 50, 100, 200, 500], jobs=2)
    assert [r.hits for r in results] == [
        simulate(trace, "lru", size).hits for size in (10, 20, 50, 100, 200, 500)
    ]


@pytest.mark.slow
def test_the_same_call_spreads_over_a_dask_cluster() -> None:
    from dask.distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        spread = sweep(TRACE, ["lru", "sieve"], SIZES)
    assert spread == sweep(TRACE, ["lru", "sieve"], SIZES)


@pytest.mark.parametrize("arguments", [([], SIZES), (["lru"], []), ("lru", SIZES)])
def test_a_sweep_of_nothing_is_refused(arguments: tuple[list[str], list[int]]) -> None:
    with pytest.raises(ValueError, match="a sweep needs lists"):
        sweep(TRACE, *arguments)


def test_a_wrong_pair_is_refused_before_the_first_simulation() -> None:
    started = time.perf_counter()
    with pytest.raises(ValueError, match="unknown policy 'lrru'"):
        sweep(zipf(2_000_000, objects=10), [LearnersLRU, "lrru"], [5])
    assert time.perf_counter() - started < 5  # a simulation of the class takes longer


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals and process groups")
def test_ctrl_c_leaves_no_process_behind() -> None:
    program = """
        from tests.lab.test_sweeps import LearnersLRU
        from cachelab.lab import sweep, zipf
        if __name__ == "__main__":
            print("go", flush=True)
            sweep(zipf(20_000_000, objects=1000), [LearnersLRU], [10, 20, 30, 40], jobs=2)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    group = process.pid
    assert process.stdout is not None
    assert process.stdout.readline() == b"go\n"
    deadline = time.monotonic() + 60
    while _members(group) < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _members(group) >= 3
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    while _members(group) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _members(group) == 0


def _members(group: int) -> int:
    listed = subprocess.run(["ps", "-eo", "pgid="], capture_output=True, text=True, check=True)
    return listed.stdout.split().count(str(group))
