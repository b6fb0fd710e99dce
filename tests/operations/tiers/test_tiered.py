"""Two tiers: the contract, what is stale for how long, and values that arrive too late."""

import sys
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachelab.eviction import LRU, POLICIES
from cachelab.invalidation import (
    Channel,
    MemoryChannel,
    PubSubChannel,
    StreamChannel,
)
from cachelab.operations import LocalStore, Ratios, Tiered, longest_staleness, tracked
from cachelab.operations.tiers import Read, Write
from cachelab.ports import (
    MISSING,
    Journal,
    LostAnswer,
    ManualClock,
    MemorySource,
    MemoryStore,
    RedisStore,
    Server,
    SimRuntime,
    StoreError,
    ThreadRuntime,
    instrument,
    start_server,
)
from cachelab.ports.codec import encode
from cachelab.strategies import STRATEGIES, MemoryLog
from tests.contracts.store_contract import StoreContract

NO_SERVER = pytest.mark.skipif(sys.platform == "win32", reason="no server can be started")


class Clockwork(ThreadRuntime):
    """Threads, by a clock moved by hand."""

    def __init__(self) -> None:
        self.clock = ManualClock()

    def now(self) -> float:
        return self.clock.now()


@pytest.mark.parametrize("inherit", [True, False])
class TestTiered(StoreContract):
    @pytest.fixture
    def runtime(self) -> Clockwork:
        return Clockwork()

    @pytest.fixture
    def store(self, runtime: Clockwork, inherit: bool) -> Iterator[Tiered]:
        store = Tiered(
            LocalStore(LRU(100), clock=runtime),
            MemoryStore(runtime),
            inherit=inherit,
            near_ttl=1 if not inherit else 50_000_000,
            channel=MemoryChannel(),
            runtime=runtime,
        )
        yield store
        store.close()

    @pytest.fixture
    def advance(self, runtime: Clockwork) -> Callable[[float], None]:
        return runtime.clock.advance


class Post:
    """A channel in virtual time: each message takes its time, and some never arrive."""

    def __init__(self, sim: SimRuntime, delivery: float = 0.0, loses: bool = False) -> None:
        self.sim, self.delivery, self.loses = sim, delivery, loses
        self.inner = MemoryChannel()
        self.gaps: list[Callable[[str], None]] = []

    def publish(self, message: bytes) -> None:
        if not self.loses:
            self.sim.spawn(self._deliver, message)

    def _deliver(self, message: bytes) -> None:
        self.sim.sleep(self.delivery)
        self.inner.publish(message)

    def subscribe(self, on_message: Any, on_gap: Any) -> Any:
        self.gaps.append(on_gap)
        return self.inner.subscribe(on_message, on_gap)

    def close(self) -> None:
        """Nothing is held open."""


def world(
    sim: SimRuntime, channel: Channel | None, processes: int = 2, **options: Any
) -> tuple[MemoryStore, list[Tiered]]:
    """Processes with a first tier each, before one shared store that is some way off."""
    far = MemoryStore(sim)
    return far, [
        Tiered(
            instrument(LocalStore(LRU(10), clock=sim), sim),
            instrument(far, sim, latency=0.5),
            channel=channel,
            runtime=sim,
            **options,
        )
        for _ in range(processes)
    ]


SCHEDULES = st.lists(st.integers(0, 3), max_size=60)
PAUSES = st.lists(st.floats(0, 4), min_size=1, max_size=8)


@settings(deadline=None)
@given(SCHEDULES, PAUSES, PAUSES, st.booleans())
def test_when_the_news_has_arrived_no_copy_is_old_whatever_the_order(
    schedule: list[int], reads: list[float], writes: list[float], inherit: bool
) -> None:
    sim = SimRuntime(schedule)
    far, processes = world(sim, Post(sim, 0.7), near_ttl=1_000, inherit=inherit)

    def reader(process: Tiered) -> None:
        for pause in reads:
            process.get("k")
            sim.sleep(pause)

    def writer(process: Tiered) -> None:
        for number, pause in enumerate(writes):
            process.set("k", number)
            sim.sleep(pause)

    def day() -> None:
        tasks = [sim.spawn(reader, process) for process in processes * 2]
        tasks.append(sim.spawn(writer, processes[0]))
        for task in tasks:
            task.join()
        sim.sleep(10)

    sim.run(day)
    for process in processes:
        assert process.near.get("k") in (MISSING, far.get("k"))


def oldest_read(
    schedule: list[int],
    steps: list[tuple[float, bool]],
    channel: Callable[[SimRuntime], Channel | None],
    *,
    drops_far: bool,
    far_ttl: float,
    **options: Any,
) -> float:
    """
    Return the largest age of an old value that a reader got: since the first newer one was true.

    Every process loads what it misses from a truth that is one step away; a writer changes the
    truth, and drops the shared copy through its own tier if `drops_far`.
    """
    sim = SimRuntime(schedule)
    truth, changed, oldest = [0], [0.0], [0.0]
    _, (reader, writer) = world(sim, channel(sim), **options)

    def read() -> None:
        began = sim.now()
        found = reader.get("k")
        if found is MISSING:
            lease = ["lease", uuid4().hex]
            if reader.add("k", lease, ttl=far_ttl):
                value = truth[0]
                reader.replace("k", lease, value, ttl=far_ttl)
        elif isinstance(found, int) and found + 1 < len(changed):
            oldest[0] = max(oldest[0], began - changed[found + 1])

    def day() -> None:
        for pause, is_write in steps:
            if is_write:
                truth[0] += 1
                changed.append(sim.now())
                if drops_far:
                    writer.delete("k")
                    changed[-1] = sim.now()  # it is dropped by now: the promise runs from here
            else:
                sim.spawn(read)
            sim.sleep(pause)

    sim.run(day)
    return oldest[0]


STEPS = st.lists(st.tuples(st.floats(0, 12), st.booleans()), max_size=30)


@settings(deadline=None)
@given(SCHEDULES, STEPS, st.booleans())
def test_news_that_is_lost_costs_no_more_than_the_life_of_a_copy(
    schedule: list[int], steps: list[tuple[float, bool]], inherit: bool
) -> None:
    bound = longest_staleness(5, 60, inherit=inherit).news_lost
    age = oldest_read(
        schedule,
        steps,
        lambda sim: Post(sim, loses=True),
        drops_far=True,
        far_ttl=60,
        near_ttl=5,
        inherit=inherit,
    )
    assert age <= bound


@settings(deadline=None)
@given(SCHEDULES, STEPS)
def test_news_that_arrives_costs_no_more_than_its_way(
    schedule: list[int], steps: list[tuple[float, bool]]
) -> None:
    bound = longest_staleness(50, 60, delivery=2).all_told
    age = oldest_read(
        schedule,
        steps,
        lambda sim: Post(sim, delivery=2),
        drops_far=True,
        far_ttl=60,
        near_ttl=50,
    )
    assert age <= bound


@settings(deadline=None)
@given(SCHEDULES, STEPS, st.booleans())
def test_when_nobody_is_told_the_two_lives_add_up_unless_the_copy_inherits(
    schedule: list[int], steps: list[tuple[float, bool]], inherit: bool
) -> None:
    bound = longest_staleness(5, 15, inherit=inherit).nobody_told
    age = oldest_read(
        schedule,
        steps,
        lambda _: None,
        drops_far=False,
        far_ttl=15,
        near_ttl=5,
        inherit=inherit,
    )
    assert bound is not None
    assert age <= bound


@pytest.mark.parametrize(("inherit", "last"), [(False, 69), (True, 59)])
def test_the_worst_case_is_reached(inherit: bool, last: int) -> None:
    """A copy taken in the last second of the shared one: 59 + 10, or 59 where it inherits."""
    runtime = Clockwork()
    far = MemoryStore(runtime)
    near = LocalStore(LRU(10), clock=runtime)
    store = Tiered(near, far, near_ttl=10, inherit=inherit, runtime=runtime)
    far.set("k", "old", ttl=60)
    seen = []
    for second in range(80):
        if second >= 59:  # nobody reads before, so the copy is as late as can be
            seen += [second] if store.get("k") == "old" else []
        runtime.clock.advance(1)
    assert max(seen) < (longest_staleness(10, 60, inherit=inherit).nobody_told or 0)
    assert max(seen) >= last - 1


def test_a_value_that_arrives_after_the_news_is_not_kept() -> None:
    far, channel = MemoryStore(), MemoryChannel()

    class SlowWay(MemoryStore):
        def get(self, key: str) -> Any:
            value = far.get(key)
            writer.set("k", "new")
            return value

        def ttl(self, key: str) -> Any:
            return far.ttl(key)

    writer = Tiered(LocalStore(LRU(9)), far, channel=channel)
    reader = Tiered(LocalStore(LRU(9)), SlowWay(), channel=channel)
    far.set("k", "old")
    assert reader.get("k") == "old"  # the write came after this read had begun
    assert reader.near.get("k") is MISSING


def test_of_two_fetches_the_one_that_began_later_wins() -> None:
    near = MemoryStore()
    store = Tiered(near, MemoryStore())
    fills = store._fills
    with fills.of(["k"]) as first, fills.of(["k"]) as second:
        second.keep({"k": "newer"}, 10)
        first.keep({"k": "older"}, 10)
    assert near.get("k") == "newer"


def test_a_fetch_that_took_longer_than_a_copy_lives_leaves_none() -> None:
    sim = SimRuntime()
    far = MemoryStore(sim)
    far.set("k", 1)
    store = Tiered(MemoryStore(sim), instrument(far, sim, latency=2), near_ttl=3, runtime=sim)

    assert sim.run(store.get, "k") == 1
    assert store.near.get("k") is MISSING


@pytest.mark.parametrize("inherit", [True, False])
def test_a_near_hit_asks_nobody(inherit: bool) -> None:
    journal = Journal()
    store = Tiered(LocalStore(LRU(9)), instrument(MemoryStore(), journal=journal), inherit=inherit)
    store.set("k", 1)
    journal.clear()
    assert [store.get("k") for _ in range(9)] == [1] * 9
    assert journal.verbs() == (["ttl", "get"] if inherit else ["get"])


def test_a_miss_everywhere_is_one_round_trip() -> None:
    journal = Journal()
    store = Tiered(LocalStore(LRU(9)), instrument(MemoryStore(), journal=journal))
    assert store.get("k") is MISSING
    assert len(journal) == 1


@pytest.mark.parametrize("inherit", [True, False])
def test_many_keys_are_one_question_and_one_piece_of_news(inherit: bool) -> None:
    journal, heard = Journal(), list[bytes]()
    channel = MemoryChannel()
    channel.subscribe(heard.append, print)
    far = instrument(MemoryStore(), journal=journal)
    store = Tiered(LocalStore(LRU(99)), far, channel=channel, inherit=inherit)
    entries = {f"k{number}": number for number in range(50)}
    store.set_many(entries)
    assert store.get_many(entries) == entries
    assert (journal.verbs(), len(heard)) == (["set_many", "get_many"], 1)
    assert (len(store.near.get_many(entries)) == 50) is not inherit


def test_a_write_whose_answer_is_lost_drops_the_copies_all_the_same() -> None:
    channel, far = MemoryChannel(), MemoryStore()
    lost = LostAnswer(StoreError("no answer"))
    failing = instrument(far, faults=lambda verb, *_: lost if verb == "set_many" else None)
    writer, reader = (
        Tiered(LocalStore(LRU(9)), store, channel=channel) for store in (failing, far)
    )
    far.set("k", "old")
    assert [tier.get("k") for tier in (writer, reader)] == ["old", "old"]
    with pytest.raises(StoreError):
        writer.set_many({"k": "new"})
    assert [tier.get("k") for tier in (writer, reader)] == ["new", "new"]


def test_the_news_goes_out_when_the_shared_copy_is_gone_and_not_before() -> None:
    far, channel, seen = MemoryStore(), MemoryChannel(), list[Any]()
    store = Tiered(LocalStore(LRU(9)), far, channel=channel)
    far.set("k", "old")
    channel.subscribe(lambda _: seen.append(far.get("k")), print)
    store.set("k", "new")
    store.delete("k")
    assert seen == ["new", MISSING]


def test_add_ends_a_copy_of_what_the_shared_store_has_forgotten() -> None:
    far = MemoryStore()
    store = Tiered(LocalStore(LRU(9)), far)
    far.set("k", "old")
    store.get("k")
    far.delete("k")
    store.add("k", "new")
    assert store.get("k") == "new"


@pytest.mark.parametrize("message", [b"{", encode(7), encode([]), encode(["what", 1, 2])])
def test_news_that_cannot_be_read_ends_every_copy(message: bytes) -> None:
    channel = MemoryChannel()
    store = Tiered(LocalStore(LRU(9)), MemoryStore(), channel=channel)
    store.set("k", 1)
    store.get("k")
    channel.publish(message)
    assert store.near.get("k") is MISSING


def test_a_gap_in_the_news_ends_every_copy() -> None:
    sim = SimRuntime()
    post = Post(sim)
    _, (store, _) = world(sim, post)
    sim.run(store.set, "k", 1)
    sim.run(store.get, "k")
    post.gaps[0]("the line was down")
    assert store.near.get("k") is MISSING


def test_clear_ends_the_copies_of_others() -> None:
    channel, far = MemoryChannel(), MemoryStore()
    one, two = (Tiered(LocalStore(LRU(9)), far, channel=channel) for _ in range(2))
    one.set("k", 1)
    two.get("k")
    one.clear()
    assert two.get("k") is MISSING


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_strategy_does_not_notice(strategy: str) -> None:
    source, far, channel = MemorySource(), MemoryStore(), MemoryChannel()
    one, two = (Tiered(LocalStore(LRU(9)), far, channel=channel) for _ in range(2))
    log = MemoryLog(ThreadRuntime(), store=one)
    options = {"log": log} if strategy == "write_behind" else {}
    cache = STRATEGIES[strategy].over(one, source, ttl=60, **options)
    cache.write("user:1", "Ada")
    assert cache.read("user:1") == "Ada"
    two.get("user:1")
    cache.write("user:1", "Alan")
    assert [cache.read("user:1") for _ in range(3)] == ["Alan"] * 3
    assert "Ada" not in repr(two.get("user:1"))
    cache.close()


@pytest.mark.parametrize("name", sorted(n for n, p in POLICIES.items() if not p.needs_future))
def test_any_policy_keeps_the_first_tier(name: str) -> None:
    near = LocalStore(POLICIES[name](5))
    store = Tiered(near, MemoryStore())
    entries = {f"k{number}": number for number in range(40)}
    store.set_many(entries)
    for _ in range(3):
        assert {key: store.get(key) for key in entries} == entries
    assert len(near) <= 5


@NO_SERVER
@pytest.mark.parametrize("kind", [PubSubChannel, StreamChannel])
def test_between_two_processes_worth_of_clients_the_news_arrives(kind: Any) -> None:
    with start_server() as server:
        channels = [kind(server.url, "news") for _ in range(2)]
        one, two = (
            Tiered(LocalStore(LRU(9)), RedisStore(server.url), near_ttl=1_000, channel=channel)
            for channel in channels
        )
        for value in range(20):
            one.set("k", value)
            wait_until(lambda value=value: two.get("k") == value)  # type: ignore[misc]
        for part in (one, two, *channels):
            part.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with start_server() as server:
        yield server


@NO_SERVER
def test_a_server_that_tells_needs_no_channel(server: Server) -> None:
    prefix = f"{uuid4().hex}:"
    store, other = tracked(RedisStore(server.url, prefix), LRU(3)), RedisStore(server.url, prefix)
    for value in range(20):
        other.set("k", value)
        wait_until(lambda value=value: store.get("k") == value)  # type: ignore[misc]
    for number in range(20):
        other.set(f"k{number}", number)
        assert store.get(f"k{number}") == number
    assert len(store.near) <= 3  # type: ignore[arg-type]
    other.close()
    store.close()


def wait_until(true: Callable[[], bool]) -> None:
    runtime = ThreadRuntime()
    end = runtime.now() + 10.0
    while not true():
        assert runtime.now() < end
        runtime.sleep(0.005)


def test_each_layer_counts_what_reaches_it_in_objects_and_in_bytes() -> None:
    ratios = Ratios()
    store = Tiered(LocalStore(LRU(9)), MemoryStore(), on_traffic=ratios)
    for key, value in (("small", "x" * 8), ("large", "x" * 998)):
        assert store.get(key) is MISSING
        store.set(key, value)
    for _ in range(3):
        store.get("small")
    store.get("large")
    near, far = ratios.layers["near"], ratios.layers["far"]
    assert (near.requests, near.hits, far.requests, far.hits) == (6, 2, 4, 2)
    assert near.byte_hit_ratio == 20 / (4 * 10 + 2 * 1_000)
    assert far.byte_hit_ratio == (10 + 1_000) / (2 * 10 + 2 * 1_000)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["near", "far", None]))))
def test_what_a_layer_misses_is_what_the_next_is_asked(reads: list[tuple[str, Any]]) -> None:
    ratios = Ratios()
    for key, layer in reads:
        ratios(Read(key, layer, 0 if layer is None else 10))
    near, far = ratios.layers.values()
    assert near.requests - near.hits == far.requests
    for key in "abc":
        ratios(Write(key, 10))
    assert near.bytes_requested == 10 * near.requests
    assert near.bytes_requested - near.bytes_hit == far.bytes_requested


def test_an_unknown_layer_is_refused() -> None:
    with pytest.raises(ValueError, match="no layer 'cdn', only near, far"):
        Ratios()(Read("k", "cdn", 1))


def test_two_tiers_are_two_stores() -> None:
    store = MemoryStore()
    with pytest.raises(ValueError, match=r"two tiers are two stores, not MemoryStore\(\) twice"):
        Tiered(store, store)
    near_ttl: Any = None
    with pytest.raises(ValueError, match="near_ttl must be seconds, not None"):
        Tiered(MemoryStore(), MemoryStore(), near_ttl=near_ttl)
