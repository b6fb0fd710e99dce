"""
What a cluster does to those who use it when a master dies or slots move, and what it loses.

The figures are printed: `pytest -s tests/faults/test_cluster_faults.py`.
"""

import sys
from typing import Any

import pytest

from cachelab.operations.distributed import connect_cluster
from cachelab.ports import Cluster, RedisStore, Runtime, Task, ThreadRuntime, start_cluster

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="no server can be started on Windows"),
]

BIG = b"x" * (1 << 20)
"""Small writes would wait in the kernel's buffer, and reach the replica after all."""


def test_two_writers_see_no_error_when_a_master_is_killed_and_what_was_confirmed_is_there() -> None:
    runtime = ThreadRuntime()
    with start_cluster(node_timeout=0.5) as cluster:
        is_over = runtime.event()
        doomed = cluster.owner_of("writer 0")

        def write(name: str) -> dict[str, Any]:
            """Write to the slot that will lose its master; return what a replica confirmed."""
            client = connect_cluster(cluster)
            confirmed, slowest, number = 0, 0.0, 0
            while not is_over.is_set():
                number += 1
                start = runtime.now()
                client.set(name, number)
                slowest = max(slowest, runtime.now() - start)
                if client.confirmed("SET", name, number):
                    confirmed = number
            client.close()
            return {"writes": number, "confirmed": confirmed, "slowest": slowest}

        names = ["{writer 0}:a", "{writer 0}:b"]
        writers = [runtime.spawn(write, name) for name in names]
        runtime.sleep(0.5)
        cluster.kill(doomed)
        successor = cluster.wait_for_promotion(doomed)
        runtime.sleep(0.5)
        is_over.set()
        outcomes = [writer.join() for writer in writers]
        for name, outcome in zip(names, outcomes, strict=True):
            kept = int(cluster.ask(successor, "GET", name))
            print(f"\n{name}: {outcome}, kept {kept}, errors 0")
            assert kept >= outcome["confirmed"] > 0


def lost_writes(is_confirmed: bool) -> tuple[int, int]:
    """Write 40 big values past a replica that stands still; tell how many were said kept, lost."""
    with start_cluster(node_timeout=0.5) as cluster:
        master = cluster.owner_of("{t}")
        replica = next(m for m in cluster.members() if m.follows == master.id)
        kept: list[str] = []
        with cluster.paused(replica), cluster.servers[master.port].client(timeout=5.0) as client:
            for number in range(40):
                client.set(f"{{t}}:{number}", BIG)
                confirmed = not is_confirmed or client.execute_command("WAIT", 1, 20) == 1
                kept.extend([f"{{t}}:{number}"] if confirmed else [])
            cluster.kill(master)
        successor = cluster.wait_for_promotion(master)
        missing = [key for key in kept if cluster.ask(successor, "EXISTS", key) == 0]
        return len(kept), len(missing)


def test_a_lagging_replica_loses_what_was_acknowledged_and_wait_knows_it() -> None:
    plain, with_wait = lost_writes(is_confirmed=False), lost_writes(is_confirmed=True)
    print(f"\nacknowledged and lost: plain {plain}, counting only what WAIT confirmed {with_wait}")
    assert plain[0] == 40
    assert plain[1] > 0
    assert with_wait[1] == 0


def test_batches_of_a_store_over_all_nodes_see_no_error_when_a_master_is_killed() -> None:
    runtime = ThreadRuntime()
    with start_cluster(node_timeout=0.5) as cluster:
        client = connect_cluster(cluster)
        store, is_over = RedisStore(client, prefix="batch:"), runtime.event()

        def work() -> dict[str, Any]:
            """Write batches and read them back; a promotion may lose what nobody confirmed."""
            rounds, slowest, missing = 0, 0.0, 0
            while not is_over.is_set():
                rounds += 1
                batch = {f"{rounds}:{number}": number for number in range(30)}
                start = runtime.now()
                store.set_many(batch)
                found = store.get_many(batch)
                slowest = max(slowest, runtime.now() - start)
                assert found.items() <= batch.items()
                assert list(found) == [key for key in batch if key in found]
                missing += len(batch) - len(found)
            return {"rounds": rounds, "slowest": slowest, "missing": missing}

        worker = runtime.spawn(work)
        runtime.sleep(0.3)
        doomed = cluster.members()[0]
        cluster.kill(doomed)
        cluster.wait_for_promotion(doomed)
        runtime.sleep(0.3)
        is_over.set()
        outcome = worker.join()
        print(f"\nbatches of 30 keys through a failover: {outcome}, errors 0")
        assert outcome["rounds"] > 2
        store.close()
        client.close()


def writer_and_reader(
    cluster: Cluster, runtime: Runtime, is_over: Any
) -> tuple[Task, dict[str, int]]:
    """Write rising numbers to keys of all slots and read each back; count what is wrong."""
    tally = {"operations": 0, "wrong": 0}

    def work() -> None:
        client = connect_cluster(cluster)
        written: dict[str, int] = {}
        while not is_over.is_set():
            key = f"k{tally['operations'] % 500}"
            client.set(key, tally["operations"])
            written[key] = tally["operations"]
            tally["operations"] += 1
            other = f"k{tally['operations'] * 7 % 500}"
            found = client.get(other)
            expected = written.get(other)
            tally["wrong"] += found != (None if expected is None else b"%d" % expected)
        client.close()

    return runtime.spawn(work), tally


def test_while_slots_move_either_way_a_writer_reads_no_wrong_value() -> None:
    runtime = ThreadRuntime()
    with start_cluster(masters=3, replicas=0) as cluster:
        is_over = runtime.event()
        worker, tally = writer_and_reader(cluster, runtime, is_over)
        new = cluster.add_node()
        slow = cluster.move_slots(0, 39, new, classic=True)
        halfway = dict(tally)
        fast = cluster.move_slots(40, 4_095, new)
        is_over.set()
        worker.join()
        print(f"\n40 slots by the classic way in {slow:.2f} s, with {halfway} until then")
        print(f"4,056 slots at once in {fast:.2f} s; in all {tally}, errors 0")
        assert tally["wrong"] == 0
        assert halfway["operations"] > 10
        assert next(m for m in cluster.members() if m.port == new.port).slot_count == 4_096
