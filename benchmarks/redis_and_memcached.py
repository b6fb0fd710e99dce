"""
Redis (or Valkey) and memcached, side by side: speed, memory for small items, limits, abilities.

    sudo apt install memcached; pip install pymemcache
    python benchmarks/redis_and_memcached.py

Both listen on unix sockets, one connection each. In every round they take turns; printed are the
median rate, the median of the rounds' ratios, and the CPU time that a key costs the client and the
server, which a busy machine changes least. "By hand" sends ready-made bytes over a socket, without
a client library. Without memcached there is one column, and a line that says so.
"""

import platform
import socket
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import redis

from cachelab.ports import Memcached, Server, ServerUnavailable, start_memcached, start_server

VALUE = b"v" * 50
KEYS = [f"user:{number:010}" for number in range(10_000)]
BATCH, ROUNDS, SECONDS = 100, 15, 0.1
ITEMS, SIZES = 200_000, (10, 50, 200)

SET, GET = "SET, one at a time", "GET, one at a time"
ONE_COMMAND, PIPELINE, BY_HAND = "100 keys, one command", "100 GETs, one pipeline", "GET, by hand"
KINDS = [SET, GET, ONE_COMMAND, PIPELINE, BY_HAND]

Work = Callable[[int], object]
"""Does the work for one key, or one batch of keys, by its number."""


@dataclass
class Side:
    """One of the two: a server, its client, a line for bytes by hand, and what it is good at."""

    name: str
    server: Any
    client: Any
    work: dict[str, Work]
    fill: Callable[[int], None]
    """Keeps ITEMS new items with values of that many bytes."""
    cpu: Callable[[], float]
    """The seconds of CPU time that the server has taken so far, as it says itself."""


def batch(number: int) -> list[str]:
    start = number * BATCH % len(KEYS)
    return KEYS[start : start + BATCH]


def exchange(line: socket.socket, request: bytes) -> None:
    line.sendall(request)
    line.recv(4_096)


def redis_side(server: Server, client: redis.Redis, line: socket.socket) -> Side:
    """A Redis-like server through redis-py, and by hand."""

    def pipelined(number: int) -> None:
        with client.pipeline(transaction=False) as pipeline:
            for key in batch(number):
                pipeline.get(key)
            pipeline.execute()

    def fill(size: int) -> None:
        for start in range(0, ITEMS, 1_000):
            with client.pipeline(transaction=False) as pipeline:
                for number in range(start, start + 1_000):
                    pipeline.set(f"item:{number:010}", b"x" * size)
                pipeline.execute()

    requests = [b"*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n" % (len(key), key.encode()) for key in KEYS]
    work: dict[str, Work] = {
        SET: lambda number: client.set(KEYS[number % len(KEYS)], VALUE),
        GET: lambda number: client.get(KEYS[number % len(KEYS)]),
        ONE_COMMAND: lambda number: client.mget(batch(number)),
        PIPELINE: pipelined,
        BY_HAND: lambda number: exchange(line, requests[number % len(KEYS)]),
    }

    def cpu() -> float:
        info: Any = client.info("cpu")
        return float(info["used_cpu_user"] + info["used_cpu_sys"])

    return Side(f"{server.kind} {server.version}", server, client, work, fill, cpu)


def memcached_side(server: Memcached, client: Any, line: socket.socket) -> Side:
    """Memcached through pymemcache, and by hand."""

    def fill(size: int) -> None:
        for start in range(0, ITEMS, 1_000):
            names = (f"item:{number:010}" for number in range(start, start + 1_000))
            client.set_many(dict.fromkeys(names, b"x" * size), noreply=False)

    requests = [b"get %s\r\n" % key.encode() for key in KEYS]
    work: dict[str, Work] = {
        SET: lambda number: client.set(KEYS[number % len(KEYS)], VALUE, noreply=False),
        GET: lambda number: client.get(KEYS[number % len(KEYS)]),
        ONE_COMMAND: lambda number: client.get_many(batch(number)),
        BY_HAND: lambda number: exchange(line, requests[number % len(KEYS)]),
    }

    def cpu() -> float:
        stats = server.stats()
        return float(stats["rusage_user"]) + float(stats["rusage_system"])

    return Side(f"memcached {server.version}", server, client, work, fill, cpu)


@contextmanager
def both(has_memcached: bool) -> Iterator[list[Side]]:
    """New servers of both kinds, or of the first, each with a client and a line of its own."""
    with ExitStack() as stack:

        def line(path: str) -> socket.socket:
            made = stack.enter_context(socket.socket(socket.AF_UNIX))
            made.connect(path)
            return made

        server = stack.enter_context(start_server())
        client = stack.enter_context(server.client(timeout=10.0))
        sides = [redis_side(server, client, line(server.url.removeprefix("unix://")))]
        if has_memcached:
            other = stack.enter_context(start_memcached("-m", "1024"))
            theirs = stack.enter_context(closing(other.client(timeout=10.0)))
            sides.append(memcached_side(other, theirs, line(str(other.address))))
        yield sides


@dataclass
class Tally:
    """What the rounds of one kind of work took: rates in keys a second, seconds of CPU, keys."""

    rates: list[float] = field(default_factory=list)
    client: float = 0.0
    server: float = 0.0
    keys: int = 0

    def run(self, side: Side, work: Work, units: int) -> None:
        """Do the work over and over for a short while."""
        server, client, start, count = side.cpu(), time.thread_time(), time.perf_counter(), 0
        while (spent := time.perf_counter() - start) < SECONDS:
            work(count)
            count += 1
        self.client += time.thread_time() - client
        self.server += side.cpu() - server
        self.rates.append(count * units / spent)
        self.keys += count * units

    def __str__(self) -> str:
        client, server = (1e6 * seconds / self.keys for seconds in (self.client, self.server))
        return f"{statistics.median(self.rates):12,.0f}{client:8.1f}{server:8.1f}"


def race(sides: list[Side]) -> None:
    """Print keys per second for each kind of work, and the CPU time of a key, taking turns."""
    print(f"\n{'':24}" + "".join(f"{side.name:>28}" for side in sides))
    print(
        f"{'keys/s, and µs of CPU':24}" + f"{'keys/s':>12}{'client':>8}{'server':>8}" * len(sides)
    )
    for side in sides:
        for number in range(len(KEYS)):
            side.work[SET](number)
    for kind in KINDS:
        units = BATCH if kind in (ONE_COMMAND, PIPELINE) else 1
        tallies = [(side, Tally()) for side in sides if kind in side.work]
        for _ in range(ROUNDS):
            for side, tally in tallies:
                tally.run(side, side.work[kind], units)
        text = "".join(str(tally) for _, tally in tallies)
        if len(tallies) > 1:
            ours, theirs = (tally.rates for _, tally in tallies)
            ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
            text += f"   {ratio:.2f}x"
        elif len(sides) > 1:
            text += f"{'none in pymemcache':>28}"
        print(f"{kind:24}{text}")


def resident(side: Side) -> int:
    """The memory that a server's process has, in bytes."""
    command = ["ps", "-o", "rss=", "-p", str(side.server.pid)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(answer.stdout) * 1024


def memory(has_memcached: bool) -> None:
    """Print what an item takes in a server that was just started, key and value included."""
    print(f"\n{'bytes of memory an item':32}{'Redis-like':>18}{'memcached':>18}")
    for size in SIZES:
        with both(has_memcached) as sides:
            text = "".join(f"{grown(side, side.fill, size):18.0f}" for side in sides)
        print(f"{f'{size} of value and 15 of key':32}{text}")
    with both(False) as (side,):
        packed = grown(side, lambda size: fill_hashes(side.client, size), 50)
    print(f"{'50 of value, 100 to a hash':32}{packed:18.0f}{'no hashes':>18}")


def grown(side: Side, fill: Callable[[int], None], size: int) -> float:
    before = resident(side)
    fill(size)
    return (resident(side) - before) / ITEMS


def fill_hashes(client: redis.Redis, size: int) -> None:
    """Keep the same items as fields of hashes, which a server keeps packed while they are small."""
    for start in range(0, ITEMS, 1_000):
        with client.pipeline(transaction=False) as pipeline:
            for number in range(start, start + 1_000):
                pipeline.hset(f"item:{number // 100:08}", f"{number % 100:02}", "x" * size)
            pipeline.execute()


def limits(sides: list[Side]) -> None:
    """Print how large a value and a key may be: one server says it, the other is tried."""
    client = sides[0].client
    longest = int(client.config_get("proto-max-bulk-len")["proto-max-bulk-len"])
    client.set("k" * 100_000, b"x" * (8 << 20))
    theirs = ["", ""]
    if len(sides) > 1:
        keep = sides[1].client.set
        theirs[0] = f"{largest(lambda n: keep('k', b'x' * n, noreply=False), 1 << 22):18,}"
        theirs[1] = f"{largest(lambda n: keep('k' * n, b'x', noreply=False), 1 << 12):18,}"
    print(f"\n{'largest, in bytes':32}{'Redis-like':>18}{'memcached':>18}")
    print(f"{'value':32}{longest:18,}{theirs[0]}")
    print(f"{'key':32}{longest:18,}{theirs[1]}")


def largest(keep: Callable[[int], bool], above: int) -> int:
    """The greatest number below `above` that is kept, by halving the doubt."""
    fits, fails = 1, above
    while fails - fits > 1:
        middle = (fits + fails) // 2
        try:
            is_kept = keep(middle)
        except Exception:  # noqa: BLE001 - pymemcache's errors are there where it is installed
            is_kept = False
        fits, fails = (middle, fails) if is_kept else (fits, middle)
    return fits


POLICIES = [
    *(f"{scope}-{rule}" for scope in ("allkeys", "volatile") for rule in ("lru", "lfu", "random")),
    *("volatile-ttl", "noeviction"),
]

# What it is, the command of a Redis-like server, and memcached's, if any comes near.
ABILITIES: list[tuple[str, tuple[Any, ...], str]] = [
    ("lists, sorted sets", ("ZADD", "board", 7, "ada"), "zadd board 7 ada"),
    ("publish and subscribe", ("PUBLISH", "news", "hello"), "publish news hello"),
    ("scripts", ("EVAL", "return 1", 0), "eval return 0"),
    ("transactions", ("UNWATCH",), "unwatch"),
    ("saving to disk", ("SAVE",), "save"),
    ("replicas", ("REPLICAOF", "NO", "ONE"), "replicaof no one"),
    ("walking over all keys", ("SCAN", 0), "lru_crawler metadump all"),
    ("asking how long a key has left", ("PTTL", "board"), "mg absent t"),
    ("compare and set", ("SET", "absent", 2, "IFEQ", 1), "cas absent 0 0 1 1\r\n2"),
    ("leases for missing keys", ("LEASE", "absent"), "mg lease N30 v"),
]


def abilities(sides: list[Side]) -> None:
    """Print what each can do, by asking it to: an unknown command is a no."""
    client = sides[0].client
    other = sides[1].server if len(sides) > 1 else None
    print(f"\n{'':32}{'Redis-like':>18}{'memcached':>18}")
    for what, command, words in ABILITIES:
        theirs = "" if other is None else "no" if other.ask(words)[0] == "ERROR" else "yes"
        print(f"{what:32}{'yes' if knows(client, command) else 'no':>18}{theirs:>18}")
    known = sum(knows(client, ("CONFIG", "SET", "maxmemory-policy", name)) for name in POLICIES)
    theirs = "" if other is None else "1 (segmented LRU)"
    print(f"{'rules for whom to evict':32}{known:18}{theirs:>18}")
    theirs = "" if other is None else other.stats("settings")["num_threads"]
    print(f"{'threads that run commands':32}{1:18}{theirs:>18}")


def knows(client: redis.Redis, command: tuple[Any, ...]) -> bool:
    try:
        client.execute_command(*command)
    except redis.ResponseError:
        return False
    return True


def main() -> None:
    """Print the tables."""
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    try:
        with both(has_memcached=True):
            has_memcached = True
    except ServerUnavailable as error:
        has_memcached = False
        print(f"Without memcached: {error}")
    with both(has_memcached) as sides:
        race(sides)
        limits(sides)
        abilities(sides)
    memory(has_memcached)


if __name__ == "__main__":
    main()
