"""Cache-aside: absence, failure, jitter and ends; what it promises under races is in test_races."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cachelab.ports import MISSING, SourceError
from cachelab.strategies import CacheAside
from tests.contracts.store_contract import VALUES

from .world import World, keys

PLAIN = st.none() | st.booleans() | st.integers() | st.text()
ROWS = st.recursive(
    PLAIN,
    lambda rows: st.lists(rows) | st.dictionaries(st.text(), rows) | st.tuples(rows, rows),
    max_leaves=8,
)


@pytest.fixture
def world() -> World:
    return World()


def aside(world: World, **options: object) -> CacheAside:
    return CacheAside(world.store, world.source, ttl=60, jitter=0, runtime=world.runtime, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_hit_gives_what_the_miss_gave(world: World, value: object) -> None:
    cache = aside(world)
    cache.write("k", value)
    missed, hit = cache.read("k"), cache.read("k")
    assert (hit, type(hit), repr(hit)) == (missed, type(missed), repr(missed))
    assert world.source_calls() == ["write", "read"]


@given(row=ROWS)
def test_no_row_can_be_taken_for_a_lease_or_an_absence(row: object) -> None:
    world = World()
    cache = aside(world)
    for disguised in (row, ["lease", "x"], ["absent", "x", 1.0], ["row", "x", 1.0, row]):
        cache.write("k", disguised)
        assert [cache.read("k"), cache.read("k")] == [disguised, disguised]


def test_an_absence_is_remembered_for_its_own_time(world: World) -> None:
    cache = aside(world, negative_ttl=5)
    answers = [cache.read("nobody") for _ in range(1_000)]
    assert answers == [MISSING] * 1_000
    assert world.source_calls() == ["read"]
    world.clock.advance(5)
    assert cache.read("nobody") is MISSING
    assert world.source_calls() == ["read", "read"]


def test_a_row_that_is_none_is_no_absence(world: World) -> None:
    cache = aside(world, negative_ttl=5)
    cache.write("k", None)
    assert cache.read("k") is None
    world.clock.advance(10)
    assert cache.read("k") is None
    assert world.source_calls() == ["write", "read"]


def test_a_written_row_ends_the_memory_of_its_absence(world: World) -> None:
    cache = aside(world)
    assert cache.read("k") is MISSING
    cache.write("k", "here")
    assert cache.read("k") == "here"


def test_a_deleted_row_is_gone_at_once(world: World) -> None:
    cache = aside(world)
    cache.write("k", "here")
    assert cache.read("k") == "here"
    assert cache.delete("k").fresh
    assert cache.read("k") is MISSING


def test_a_copy_lives_for_its_ttl_and_no_longer(world: World) -> None:
    cache = aside(world)
    cache.write("k", "old")
    cache.read("k")
    world.source.write("k", "new")  # behind the cache's back
    world.clock.advance(59.999)
    assert cache.read("k") == "old"
    world.clock.advance(0.001)
    assert cache.read("k") == "new"


def test_copies_made_together_do_not_die_together(world: World) -> None:
    cache = CacheAside(
        world.store, world.source, ttl=60, rng=random.Random(1), runtime=world.runtime
    )
    lives = []
    for key in keys(200):
        world.source.write(key, 1)
        cache.read(key)
        left = world.store.ttl(key)
        assert isinstance(left, float)
        lives.append(left)
    assert 54 <= min(lives) < 55 < 59 < max(lives) <= 60


def test_a_store_that_is_down_fails_neither_reads_nor_writes(world: World) -> None:
    cache = aside(world)
    world.store.down = True
    assert not cache.write("k", "v").fresh
    assert cache.read("k") == "v"
    assert cache.read("nobody") is MISSING


def test_a_failing_store_is_left_alone_after_the_first_error_of_a_read(world: World) -> None:
    cache = aside(world)
    world.source.write("k", "v")
    for verb in ("get", "add", "replace"):
        world.forget_calls()
        world.store.failing = {verb}
        assert cache.read("k") == "v"
        assert world.store_calls()[-1] == verb
        world.store.failing = set()
        world.store.clear()


def test_a_failed_invalidation_is_reported_and_made_good_at_the_next_read(world: World) -> None:
    cache = aside(world)
    cache.write("k", "old")
    assert cache.read("k") == "old"
    world.store.down = True
    assert cache.write("k", "new").fresh is False
    assert cache.invalidate("k") is False
    world.store.down = False
    assert cache.read("k") == "new"


def test_after_a_failed_invalidation_others_see_the_old_row_for_its_ttl_at_most(
    world: World,
) -> None:
    cache, other_process = aside(world), aside(world)
    cache.write("k", "old")
    other_process.read("k")
    world.store.down = True
    cache.write("k", "new")
    world.store.down = False
    world.clock.advance(59.999)
    assert other_process.read("k") == "old"
    world.clock.advance(0.001)
    assert other_process.read("k") == "new"


def test_a_source_that_is_down_is_told_to_the_reader_but_not_for_a_hit(world: World) -> None:
    cache = aside(world)
    cache.write("k", "v")
    cache.read("k")
    world.source.down = True
    assert cache.read("k") == "v"
    with pytest.raises(SourceError):
        cache.read("other")


def test_a_write_that_fails_raises_what_the_source_said_even_with_the_store_down(
    world: World,
) -> None:
    cache = aside(world)
    world.source.down = world.store.down = True
    with pytest.raises(SourceError):
        cache.write("k", "v")


def test_a_write_whose_answer_was_lost_leaves_no_old_copy(world: World) -> None:
    cache = aside(world)
    cache.write("k", "old")
    cache.read("k")
    world.source.loses_answers = True
    with pytest.raises(SourceError):
        cache.write("k", "new")
    world.source.loses_answers = False
    assert cache.read("k") == "new"


def test_a_row_the_codec_refuses_is_served_and_not_kept(world: World) -> None:
    cache = CacheAside(world.store, world.raw_source({"k": {1 + 2j}}), ttl=60)
    assert cache.read("k") == {1 + 2j}
    assert cache.read("k") == {1 + 2j}


def test_what_another_program_left_under_the_key_is_a_miss_and_repaired(world: World) -> None:
    cache = aside(world)
    world.source.write("k", "v")
    for foreign in ("text", {"a": 1}, [], ["row"], 7, None):
        world.store.set("k", foreign)
        assert [cache.read("k"), cache.read("k")] == ["v", "v"]
        assert cache.read("k") == "v"


def test_nobody_can_change_a_row_by_changing_what_a_read_gave(world: World) -> None:
    cache = aside(world)
    cache.write("k", {"tags": []})
    for _ in range(3):
        cache.read("k")["tags"].append("mine")
    assert cache.read("k") == {"tags": []}


@pytest.mark.parametrize("ttl", [0, -1, float("nan"), float("inf")])
def test_a_time_to_live_that_is_none_is_refused_when_the_cache_is_made(
    world: World, ttl: float
) -> None:
    with pytest.raises(ValueError, match=f"ttl.*{ttl}"):
        CacheAside(world.store, world.source, ttl=ttl)
    with pytest.raises(ValueError, match="negative_ttl"):
        CacheAside(world.store, world.source, ttl=1, negative_ttl=ttl)


def test_a_copy_without_an_end_is_refused(world: World) -> None:
    with pytest.raises(TypeError, match="ttl"):
        CacheAside(world.store, world.source, ttl=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("jitter", [-0.1, 1.0, float("nan")])
def test_a_jitter_that_is_no_share_is_refused(world: World, jitter: float) -> None:
    with pytest.raises(ValueError, match=r"jitter must be at least 0 and below 1"):
        CacheAside(world.store, world.source, ttl=1, jitter=jitter)
