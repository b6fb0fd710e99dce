"""Whatever text users choose, it stays a key or a value, and reaches no other."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from cachelab.hashing import hash_tag
from cachelab.invalidation import EventBased, MemoryChannel, TaggedKeys, VersionedKeys
from cachelab.ports import (
    MISSING,
    ManualClock,
    MemorySource,
    MemoryStore,
    RedisStore,
    Server,
    SourceError,
    SQLSource,
)
from cachelab.ports.keys import key_of, key_part
from cachelab.stampede import GUARDS
from cachelab.strategies import CacheAside
from cachelab.strategies.stream_log import StreamLog

# Pattern characters, separators, line ends of the wire protocol, quotes and SQL, half a pair.
PIECES = [*"*?[]^-\\:{}%'\";$ab", "\r\n", "\0", "\ud800", "--", "k:", "v:", "lock:", "value:"]
COMMANDS = [
    "x\r\n*1\r\n$8\r\nFLUSHALL\r\n",
    "'; DROP TABLE rows; --",
    "' OR '1'='1",
    "redis.call('FLUSHALL')",
    "') redis.call('FLUSHALL') --",
]

texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join), st.sampled_from(COMMANDS)
)
values = st.recursive(
    st.none() | st.integers() | texts | texts.map(lambda text: text.encode("utf-8", "replace")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
some_parts = st.lists(texts, min_size=1, max_size=4)
hostile = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[redis.Redis]:
    with server.client() as client:
        yield client


@hostile
@given(key=texts, value=values)
def test_a_key_or_value_of_any_text_changes_no_other_entry_of_a_server(
    client: redis.Redis, key: str, value: Any
) -> None:
    prefix = f"{uuid.uuid4().hex}:"
    store = RedisStore(client, prefix=prefix)
    neighbour = RedisStore(client, prefix=f"beside-{prefix}")
    neighbour.set(key, "untouched")
    store.set(key, value)
    assert store.get(key) == value
    assert store.replace(key, value, [value])
    assert store.get_many([key]) == {key: [value]}
    assert store.delete(key)
    assert store.add(key, value)
    store.clear()
    assert store.get(key) is MISSING
    assert neighbour.get(key) == "untouched"
    neighbour.clear()
    assert list(client.scan_iter(f"*{prefix}*")) == []


@hostile
@given(prefix=texts.filter(bool), other=texts)
@example(prefix="\ud800*", other="\ud800x")
def test_clear_drops_what_begins_with_the_prefix_and_nothing_that_only_matches_it(
    client: redis.Redis, prefix: str, other: str
) -> None:
    assume(not other.startswith(prefix))
    base = f"{uuid.uuid4().hex}/"
    ours, theirs = RedisStore(client, prefix=base + prefix), RedisStore(client, prefix=base)
    ours.set("k", 1)
    theirs.set(other, 2)
    ours.clear()
    assert ours.get("k") is MISSING
    assert theirs.get(other) == 2
    theirs.clear()


@hostile
@given(rows=st.dictionaries(texts, texts, min_size=1, max_size=4))
def test_a_row_of_any_text_changes_no_other_row_and_no_table(
    tmp_path_factory: pytest.TempPathFactory, rows: dict[str, str]
) -> None:
    source = _source(tmp_path_factory)
    for number, (key, value) in enumerate(rows.items()):
        source.write(f"{number}/{key}", value)
    for number, (key, value) in enumerate(rows.items()):
        found = source.read(f"{number}/{key}")
        assert found is not MISSING
        assert found.value == value
    with source.engine.connect() as connection:
        count = connection.execute(select(func.count()).select_from(source.table)).scalar()
        assert count == len(rows) + 1
    kept = source.read("kept")
    assert kept is not MISSING
    assert kept.value == "for ever"
    source.close()


def _source(factory: pytest.TempPathFactory) -> SQLSource:
    source = SQLSource(factory.mktemp("sql") / "rows.db")
    source.write("kept", "for ever")
    return source


@given(name=texts)
def test_the_name_of_a_table_cannot_carry_sql(tmp_path_factory: Any, name: str) -> None:
    if name.isidentifier():
        return
    with pytest.raises(ValueError, match="a table's name"):
        SQLSource(Path("never-made.db"), table=name)


@given(
    parts=st.lists(texts, min_size=1, max_size=4), others=st.lists(texts, min_size=1, max_size=4)
)
def test_two_lists_of_parts_make_one_key_only_if_they_are_the_same(
    parts: list[str], others: list[str]
) -> None:
    assert (key_of(*parts) == key_of(*others)) == (parts == others)


@given(part=texts, behind=texts)
def test_no_part_chooses_the_slot_of_a_key(part: str, behind: str) -> None:
    key = key_of("user", part, behind)
    assert hash_tag(key) == key.encode()


@given(part=texts)
def test_a_part_has_no_character_that_means_something_in_a_pattern(part: str) -> None:
    assert not set(key_part(part)) & set("*?[]^\\:{}\r\n\0 ")


@pytest.mark.parametrize("part", [None, True, 1.5, b"k"])
def test_a_part_that_is_no_text_is_refused(part: Any) -> None:
    with pytest.raises(TypeError, match="a part of a key"):
        key_of("user", part)
    with pytest.raises(ValueError, match="at least one part"):
        key_of()


@given(user=texts, victim=texts)
def test_an_event_about_one_user_ends_the_entries_of_no_other(user: str, victim: str) -> None:
    assume(user != victim)
    store = EventBased(MemoryStore(ManualClock()))
    store.on("left", "user:{id}", "user:{id}:card")
    keys = [key_of("user", victim), key_of("user", victim, "card")]
    store.set_many(dict.fromkeys(keys, "kept"))
    store.publish("left", id=key_part(user))
    assert store.get_many(keys) == dict.fromkeys(keys, "kept")
    store.publish("left", id=key_part(victim))
    assert store.get_many(keys) == {}


@given(message=st.binary(max_size=40))
def test_bytes_of_any_kind_on_a_channel_end_nothing_and_stop_nobody(message: bytes) -> None:
    channel, told = MemoryChannel(), []
    store = EventBased(
        MemoryStore(ManualClock()), channel, on_error=lambda event, *_: told.append(event)
    )
    store.on("left", "user:{id}")
    store.set("user:7", "kept")
    channel.publish(message)
    assert store.get("user:7") == "kept"
    store.publish("left", id=7)
    assert store.get("user:7") is MISSING


@given(key=texts, tag=texts, other=texts)
def test_a_tag_reaches_the_entries_that_carry_it_and_no_version_or_entry_beside(
    key: str, tag: str, other: str
) -> None:
    assume(tag != other)
    store = TaggedKeys(MemoryStore(ManualClock()))
    store.set(key, "kept", tags=[other])
    store.set(f"{key}+", "ended", tags=[tag])
    store.invalidate(tag)
    assert store.get_many([key, f"{key}+"]) == {key: "kept"}


@given(tag=texts)
def test_a_key_with_the_name_of_a_tag_does_not_change_the_tag(tag: str) -> None:
    store = TaggedKeys(MemoryStore(ManualClock()))
    store.set(f"{tag}+", "page", tags=[tag])
    store.set(tag, "chosen by a user")
    store.delete(tag)
    assert store.get(f"{tag}+") == "page"
    store.invalidate(tag)
    assert store.get(f"{tag}+") is MISSING


@given(key=texts, name=texts)
def test_no_key_can_overwrite_a_version(key: str, name: str) -> None:
    store = VersionedKeys(MemoryStore(ManualClock()), namespace=lambda _: name)
    store.set("page", "kept")
    store.set(key, "chosen by a user")
    store.delete(key)
    assert store.get("page") == ("kept" if key != "page" else MISSING)


@given(
    row=st.one_of(
        values,
        st.tuples(st.sampled_from(["lease", "row", "absent", "place", "value", "copy"]), texts),
        st.lists(st.sampled_from(["lease", "row", "absent", "place", 0, 1.5, None]), max_size=4),
    )
)
def test_a_row_that_looks_like_a_strategys_own_entry_is_a_row(row: Any) -> None:
    users = CacheAside(MemoryStore(ManualClock()), MemorySource(), ttl=60)
    users.write("k", row)
    assert [users.read("k") for _ in range(2)] == [row, row]


@pytest.mark.parametrize("name", GUARDS)
@settings(max_examples=20)
@given(keys=st.lists(texts, min_size=2, max_size=4, unique=True))
def test_no_key_of_a_guard_is_another_keys_lock_or_value(name: str, keys: list[str]) -> None:
    guard = GUARDS[name](MemoryStore(ManualClock()), ttl=60)
    more = [*keys, *(f"lock:{key}" for key in keys), *(f"value:{key}" for key in keys)]
    for _ in range(2):
        assert [guard.get(key, lambda key: f"of {key}") for key in more] == [
            f"of {key}" for key in more
        ]
    guard.close()


@hostile
@given(key=texts, value=values)
def test_a_write_in_the_log_of_a_server_is_what_was_written(
    client: redis.Redis, key: str, value: Any
) -> None:
    log = StreamLog(RedisStore(client, prefix=f"{uuid.uuid4().hex}:"))
    log.append(key, value, ["copy", value], ttl=60)
    found = log.newest(key)
    assert found is not None
    assert found.value == value
    assert log.newest(f"{key}+") is None
    client.delete(log.name, f"{log.name}:newest")
    log.close()


def test_a_database_in_which_a_row_was_planted_is_an_error_and_runs_nothing(
    tmp_path: Path,
) -> None:
    source = SQLSource(tmp_path / "rows.db")
    with source.engine.begin() as connection:
        planted = {"key": "k", "value": "__import__('os').getpid()", "version": 1}
        connection.execute(source.table.insert(), planted)
    with pytest.raises(SourceError, match="was not written here"):
        source.read("k")
    source.close()
