"""The list of strategies, and what any of them must do between any store and any source."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import fakeredis
import pytest

import cachelab.strategies
from cachelab.ports import MISSING, MemorySource, RedisStore
from cachelab.strategies import STRATEGIES, Strategy

EACH = pytest.mark.parametrize("name", STRATEGIES)


def subclasses(kind: type) -> set[type]:
    children = set(kind.__subclasses__())
    return children.union(*map(subclasses, children))


def test_every_strategy_is_in_the_registry_under_its_name() -> None:
    for module in pkgutil.iter_modules(cachelab.strategies.__path__, "cachelab.strategies."):
        importlib.import_module(module.name)
    ours = {
        kind
        for kind in subclasses(Strategy)
        if kind.__module__.startswith("cachelab.strategies.") and not inspect.isabstract(kind)
    }
    assert ours == set(STRATEGIES.values())
    assert {name: kind.name for name, kind in STRATEGIES.items()} == {n: n for n in STRATEGIES}


@EACH
def test_its_docstring_makes_the_three_promises(name: str) -> None:
    text = STRATEGIES[name].__doc__ or ""
    for promise in ("Consistency: ", "A crash loses ", "Round trips: a hit is "):
        assert promise in text


@EACH
def test_reading_and_writing_are_short_enough_to_be_read_aloud(name: str) -> None:
    for kind in STRATEGIES[name].__mro__:
        tree = (
            ast.parse(inspect.getsource(kind)) if kind.__module__.startswith("cachelab") else None
        )
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.FunctionDef) and node.name in ("read", "write", "delete"):
                assert (node.end_lineno or 0) - node.lineno < 12


@pytest.fixture
def store() -> Iterator[RedisStore]:
    client = fakeredis.FakeRedis()
    store = RedisStore(client, prefix="app:")
    yield store
    store.close()
    client.close()


def over(name: str, store: RedisStore, source: MemorySource) -> Any:
    return STRATEGIES[name].over(store, source, ttl=60)


@EACH
def test_what_is_written_is_read_by_this_process_and_after_a_close_by_any(
    name: str, store: RedisStore
) -> None:
    source = MemorySource()
    with over(name, store, source) as cache:
        assert cache.read("k") is MISSING
        for row in ({"n": 1}, None, 0, "", [], (1, 2)):
            cache.write("k", row)
            assert [cache.read("k") for _ in range(3)] == [row] * 3
    with over("cache_aside", store, source) as other:
        assert other.read("k") == (1, 2)


@EACH
def test_versions_grow_with_every_write(name: str, store: RedisStore) -> None:
    with over(name, store, MemorySource()) as cache:
        versions = [cache.write("k", number).version for number in range(5)]
        versions.append(cache.delete("k").version)
    assert versions == sorted(set(versions))


@EACH
def test_a_removed_row_is_missing_and_can_come_back(name: str, store: RedisStore) -> None:
    with over(name, store, MemorySource()) as cache:
        cache.write("k", 1)
        cache.delete("k")
        assert cache.read("k") is MISSING
        cache.write("k", 2)
        assert cache.read("k") == 2


@EACH
def test_a_row_that_cannot_be_kept_is_refused_by_its_writer_and_changes_nothing(
    name: str, store: RedisStore
) -> None:
    with over(name, store, MemorySource()) as cache:
        cache.write("k", "old")
        with pytest.raises(TypeError):
            cache.write("k", object())
        assert cache.read("k") == "old"


@EACH
def test_a_key_that_is_no_text_is_refused(name: str, store: RedisStore) -> None:
    with over(name, store, MemorySource()) as cache:
        for call in (lambda: cache.read(7), lambda: cache.write(7, 1), lambda: cache.delete(7)):
            with pytest.raises(TypeError):
                call()
        assert cache.read("7") is MISSING
