"""What is bumped is gone, what was loaded before it too, and a lost version never comes back."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from cachelab.invalidation import TaggedKeys, VersionedKeys
from cachelab.invalidation.versions import entry_of
from cachelab.ports import (
    MISSING,
    Journal,
    MemorySource,
    MemoryStore,
    SimRuntime,
    Store,
    instrument,
)
from cachelab.strategies import CacheAside

KINDS = ["versioned", "tagged"]


def made(kind: str, store: Store) -> Any:
    """Make a scheme in which every key depends on what stands before its colon."""
    if kind == "versioned":
        return VersionedKeys(store)
    return TaggedKeys(store, tags_of=lambda key: [key.partition(":")[0]])


def bump(scheme: Any, name: str) -> None:
    (scheme.bump if isinstance(scheme, VersionedKeys) else scheme.invalidate)(name)


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_bump_counts(kind: str) -> None:
    scheme = made(kind, MemoryStore())
    scheme.set("user:1", "old")
    bump(scheme, "user")
    assert scheme.get("user:1") is MISSING


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_loaded_before_a_bump_is_not_seen_after_it(kind: str) -> None:
    scheme = made(kind, MemoryStore())
    before = scheme.stamp("user:1")
    scheme.add("user:2", "lease")
    bump(scheme, "user")
    scheme.set_as_of(before, "user:1", "old")
    assert not scheme.replace("user:2", "lease", "old")
    assert scheme.get_many(["user:1", "user:2"]) == {}
    assert scheme.add("user:2", "new")
    assert scheme.get("user:2") == "new"


@pytest.mark.parametrize("kind", KINDS)
def test_a_version_that_was_evicted_brings_no_old_entry_back(kind: str) -> None:
    store = MemoryStore()
    scheme = made(kind, store)
    scheme.set("user:1", "first")
    store.delete(entry_of("user"))
    assert scheme.get("user:1") is MISSING
    scheme.set("user:2", "second")
    assert scheme.get_many(["user:1", "user:2"]) == {"user:2": "second"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_looks_like_a_version_is_a_key(kind: str) -> None:
    scheme = made(kind, MemoryStore())
    scheme.set_many({"v:user": 1, "user:1": 2, "k:user:1": 3, "version:user": 4})
    bump(scheme, "user")
    assert scheme.get_many(["v:user", "user:1", "k:user:1", "version:user"]) == {
        "v:user": 1,
        "k:user:1": 3,
        "version:user": 4,
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("junk", [7, None, ["x"], [{"user": 1}, 2], [["user"], 2], "text"])
def test_what_another_program_left_in_the_place_is_a_miss(kind: str, junk: Any) -> None:
    store = MemoryStore()
    scheme = made(kind, store)
    store.set("k:user:1", junk)
    assert scheme.get("user:1") is MISSING
    assert scheme.add("user:1", "value")
    store.set(entry_of("user"), 7)
    assert scheme.get("user:1") is MISSING
    scheme.set("user:1", "value")
    assert scheme.get("user:1") == "value"


ROUND_TRIPS = {
    ("versioned", "hit"): 1,
    ("versioned", "miss"): 1,
    ("versioned", "set"): 2,
    ("versioned", "add"): 3,
    ("versioned", "replace"): 2,
    ("versioned", "delete"): 1,
    ("versioned", "bump"): 1,
    ("versioned", "outdated"): 1,
    ("tagged", "hit"): 2,
    ("tagged", "miss"): 1,
    ("tagged", "set"): 2,
    ("tagged", "add"): 3,
    ("tagged", "replace"): 3,
    ("tagged", "delete"): 1,
    ("tagged", "bump"): 1,
    ("tagged", "outdated"): 2,
}


@pytest.mark.parametrize(("kind", "what"), ROUND_TRIPS)
def test_the_round_trips_are_those_in_the_docstring(kind: str, what: str) -> None:
    journal = Journal()
    scheme = made(kind, instrument(MemoryStore(), journal=journal))
    scheme.set("user:1", "value")
    if what == "outdated":
        bump(scheme, "user")
    calls = {
        "hit": lambda: scheme.get("user:1"),
        "outdated": lambda: scheme.get("user:1"),
        "miss": lambda: scheme.get("user:2"),
        "set": lambda: scheme.set("user:2", 1),
        "add": lambda: scheme.add("user:2", 1),
        "replace": lambda: scheme.replace("user:1", "value", 2),
        "delete": lambda: scheme.delete("user:1"),
        "bump": lambda: bump(scheme, "user"),
    }
    before = len(journal)
    calls[what]()
    assert len(journal) - before == ROUND_TRIPS[kind, what]


def test_tags_of_an_entry_are_its_own_and_those_of_its_key() -> None:
    store = TaggedKeys(MemoryStore(), tags_of=lambda key: [key[0]])
    for tag in ("p", "red", "blue"):
        store.set("page", 1, tags=["red", "blue"])
        store.set("post", 2)
        store.invalidate(tag)
        assert store.get("page") is MISSING
        assert (store.get("post") is MISSING) == (tag == "p")


def test_the_lease_of_a_tagged_entry_hands_its_tags_on() -> None:
    store = TaggedKeys(MemoryStore())
    store.set("page", "lease", tags=["red"])
    assert store.replace("page", "lease", "value")
    store.invalidate("red")
    assert store.get("page") is MISSING


def test_one_text_for_a_list_of_tags_is_refused() -> None:
    with pytest.raises(TypeError, match="tags must be a list"):
        TaggedKeys(MemoryStore()).set("page", 1, tags="red")


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None)
@given(schedule=st.lists(st.integers(0, 3), max_size=40))
def test_in_no_order_does_a_reader_bring_back_what_a_bump_has_ended(
    kind: str, schedule: list[int]
) -> None:
    runtime = SimRuntime(schedule)
    store = made(kind, instrument(MemoryStore(runtime), runtime))
    source = MemorySource()
    source.write("user:1", "old")
    cache, other = (
        CacheAside(store, instrument(source, runtime), ttl=60, runtime=runtime) for _ in range(2)
    )
    seen_after: list[Any] = []

    def change() -> None:
        """In another process: in the readers' own this read could join a load from before."""
        source.write("user:1", "new")  # past the cache: only the bump tells of it
        bump(store, "user")
        seen_after.append(other.read("user:1"))

    def everybody() -> None:
        tasks = [runtime.spawn(cache.read, "user:1") for _ in range(2)]
        tasks.append(runtime.spawn(change))
        for task in tasks:
            task.join()
        seen_after.append(cache.read("user:1"))

    runtime.run(everybody)
    assert seen_after == ["new", "new"]


class ModelOfTags(RuleBasedStateMachine):
    """Entries with tags against a dict that is searched for each tag."""

    @initialize()
    def start(self) -> None:
        self.store = TaggedKeys(MemoryStore())
        self.model: dict[str, tuple[int, frozenset[str]]] = {}

    @rule(
        key=st.sampled_from("abc"), value=st.integers(), tags=st.frozensets(st.sampled_from("xyz"))
    )
    def set(self, key: str, value: int, tags: frozenset[str]) -> None:
        self.store.set(key, value, tags=tags)
        self.model[key] = value, tags

    @rule(key=st.sampled_from("abc"), value=st.integers())
    def add(self, key: str, value: int) -> None:
        assert self.store.add(key, value) == (key not in self.model)
        self.model.setdefault(key, (value, frozenset()))

    @rule(key=st.sampled_from("abc"), old=st.integers(), value=st.integers())
    def replace(self, key: str, old: int, value: int) -> None:
        old = self.model[key][0] if key in self.model and old % 2 else old
        is_there = key in self.model and self.model[key][0] == old
        assert self.store.replace(key, old, value) == is_there
        if is_there:
            self.model[key] = value, self.model[key][1]

    @rule(key=st.sampled_from("abc"))
    def delete(self, key: str) -> None:
        self.store.delete(key)
        self.model.pop(key, None)

    @rule(tag=st.sampled_from("xyz"))
    def invalidate(self, tag: str) -> None:
        self.store.invalidate(tag)
        self.model = {k: entry for k, entry in self.model.items() if tag not in entry[1]}

    @rule()
    def read(self) -> None:
        expected = {key: self.model[key][0] for key in "abc" if key in self.model}
        assert self.store.get_many("abc") == expected


TestModelOfTags = ModelOfTags.TestCase
TestModelOfTags.settings = settings(max_examples=60, deadline=None)
