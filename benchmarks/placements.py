"""
Our placements against uhashring, hashring, clandestined and jump-consistent-hash.

    pip install uhashring hashring clandestined jump-consistent-hash xxhash numpy numba
    python benchmarks/placements.py

One process. In every round each contestant runs next to the peer it is compared with, so that a
busy machine slows both; printed is the median of the rounds' ratios, with the lowest and highest.
"""

import platform
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from zlib import crc32

import clandestined
import hashring
import jump
import numpy as np
import uhashring

from cachelab.hashing import HashRing, Jump, Maglev, Placement, Rendezvous

NODES = [f"cache-{number:03}" for number in range(100)]
MANY_NODES = [f"cache-{number:04}" for number in range(1000)]
POINTS = 150
TEXTS = [f"user:{number:08}" for number in range(1_000_000)]
NUMBERS = np.random.default_rng(1).permutation(1_000_000)
ROUNDS = 9


@dataclass(frozen=True)
class Race:
    """Two ways to do `units` of the same work each; ours should take 1/target of the time."""

    title: str
    target: float
    ours: Callable[[], object]
    units: int
    peer: Callable[[], object]
    peer_units: int


def each(lookup: Callable[[str], object], keys: Iterable[str]) -> Callable[[], None]:
    def run() -> None:
        for key in keys:
            lookup(key)

    return run


def leave_and_join(ring: HashRing) -> Callable[[], None]:
    def run() -> None:
        ring.remove("cache-0500")
        ring.add("cache-0500")

    return run


def jump_in_c() -> None:
    find = jump.hash
    for number in range(50_000):
        find(number, 100)


def single_lookups() -> list[Race]:
    some = TEXTS[::50]
    theirs = uhashring.HashRing(NODES, vnodes=POINTS)
    peer = each(theirs.get_node, some)
    hashes = [("xxh3", 3.0), ("crc32", 1.3), ("blake2b", 1.3), ("md5", 1.3)]
    return [
        Race(
            f"one lookup, hash={hash_}, against uhashring",
            target,
            each(HashRing(NODES, POINTS, hash=hash_).node_for, some),
            len(some),
            peer,
            len(some),
        )
        for hash_, target in hashes
    ]


def batches() -> list[Race]:
    million, some = len(TEXTS), TEXTS[::50]
    uhash = each(uhashring.HashRing(NODES, vnodes=POINTS).get_node, some)
    highest = each(clandestined.RendezvousHash(nodes=list(NODES)).find_node, TEXTS[::1000])
    ring, fast, leap, bids = (
        HashRing(NODES, POINTS),
        HashRing(NODES, POINTS, hash="xxh3"),
        Jump(NODES),
        Rendezvous(NODES),
    )
    return [
        Race("a million numbers on a ring, against uhashring", 150,
             lambda: ring.nodes_for_many(NUMBERS), million, uhash, len(some)),
        Race("a million texts on a ring, xxh3, against uhashring", 15,
             lambda: fast.nodes_for_many(TEXTS), million, uhash, len(some)),
        Race("a million numbers by jump, against jump in C", 3,
             lambda: leap.nodes_for_many(NUMBERS), million, jump_in_c, 50_000),
        Race("a million numbers by rendezvous, against clandestined", 300,
             lambda: bids.nodes_for_many(NUMBERS), million, highest, len(TEXTS[::1000])),
    ]  # fmt: skip


def changes() -> list[Race]:
    large = HashRing(MANY_NODES, POINTS)
    return [
        Race("building 100 nodes x 150, against uhashring", 2,
             lambda: HashRing(NODES, POINTS), 1,
             lambda: uhashring.HashRing(NODES, vnodes=POINTS), 1),
        Race("building 100 nodes x 150, against hashring (120 points)", 2,
             lambda: HashRing(NODES, POINTS), 1, lambda: hashring.HashRing(NODES), 1),
        Race("one of 1,000 nodes leaves or joins, against a rebuild of ours", 20,
             leave_and_join(large), 2, lambda: HashRing(MANY_NODES, POINTS), 1),
    ]  # fmt: skip


def seconds(work: Callable[[], object], units: int) -> float:
    start = time.thread_time()
    work()
    return (time.thread_time() - start) / units


def run(race: Race) -> None:
    race.ours()  # tables are laid out and loops compiled before the clock runs
    ratios, ours = [], []
    for _ in range(ROUNDS):
        before = seconds(race.peer, race.peer_units)
        ours.append(seconds(race.ours, race.units))
        peer = (before + seconds(race.peer, race.peer_units)) / 2
        ratios.append(peer / ours[-1])
    median = statistics.median(ratios)
    print(
        f"{race.title:62} {median:7.1f} times as fast ({min(ratios):.1f} to {max(ratios):.1f}; "
        f"target {race.target:g}{'' if median >= race.target else ', MISSED'}); "
        f"{1e9 * statistics.median(ours):,.0f} ns"
    )


def balance(name: str, owners: Iterable[object]) -> None:
    counts = Counter(owners)
    print(f"{name:34} {max(counts.values()) * len(NODES) / counts.total():.3f}")


def balances() -> None:
    some = TEXTS[::5]
    theirs = uhashring.HashRing(NODES, vnodes=POINTS)
    ours: list[Placement] = [HashRing(NODES, POINTS), Rendezvous(NODES), Jump(NODES), Maglev(NODES)]
    for placement in ours:
        balance(f"ours: {placement.name}", placement.nodes_for_many(some).tolist())
    balance("uhashring", map(theirs.get_node, some))
    balance("hashring", map(hashring.HashRing(NODES).get_node, some))
    balance("jump in C of crc32", (jump.hash(crc32(key.encode()), 100) for key in some))


def main() -> None:
    print(f"Python {platform.python_version()}, {platform.machine()}, NumPy {np.__version__}")
    for race in [*single_lookups(), *batches(), *changes()]:
        run(race)
    print("\nThe fullest of 100 nodes, over the mean, with 200,000 keys:")
    balances()


if __name__ == "__main__":
    main()
