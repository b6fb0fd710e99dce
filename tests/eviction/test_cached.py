import asyncio
import gc
import weakref

import pytest

from cachelab.eviction import LFU, cached
from cachelab.ports import ManualClock


def test_an_answer_is_computed_once() -> None:
    calls = []

    @cached
    def double(n: int) -> int:
        """Twice as much."""
        calls.append(n)
        return 2 * n

    assert [double(3), double(3), double(n=3)] == [6, 6, 6]
    assert calls == [3, 3]
    assert (double.__name__, double.__doc__) == ("double", "Twice as much.")
    assert double.cache_info().hits == 1


def test_none_is_an_answer_and_an_exception_is_not() -> None:
    calls = []

    @cached(10)
    def find(n: int) -> None:
        calls.append(n)
        if n < 0:
            raise LookupError(n)

    find(1), find(1)
    for _ in range(2):
        with pytest.raises(LookupError):
            find(-1)
    assert calls == [1, -1, -1]


def test_capacity_policy_and_time_to_live_are_those_of_the_cache() -> None:
    clock = ManualClock()

    @cached(LFU(2), ttl=5, clock=clock)
    def same(n: int) -> int:
        return n

    for n in (1, 1, 2, 3):
        same(n)
    assert [same.cache_key(n) in same.cache for n in (1, 2, 3)] == [True, False, True]
    clock.advance(5)
    assert len(same.cache) == 0


def test_a_method_keeps_objects_apart_and_does_not_keep_them_alive() -> None:
    class Shop:
        def __init__(self, name: str) -> None:
            self.name = name

        @cached(10)
        def label(self, n: int) -> str:
            return f"{self.name} {n}"

    one, other = Shop("one"), Shop("other")
    assert (one.label(1), other.label(1), one.label(1)) == ("one 1", "other 1", "one 1")
    assert Shop.label.cache_info().hits == 1
    alive = weakref.ref(one)
    del one
    gc.collect()
    assert alive() is None


def test_an_unhashable_argument_is_named() -> None:
    @cached
    def total(numbers: list[int]) -> int:
        return sum(numbers)

    with pytest.raises(TypeError, match=r"total is cached.*\[1, 2\] is not"):
        total([1, 2])


def test_a_key_function_makes_unhashable_arguments_possible() -> None:
    @cached(key=tuple)
    def total(numbers: list[int]) -> int:
        return sum(numbers)

    assert total([1, 2]) == total([1, 2]) == 3
    assert total.cache_info().hits == 1


def test_an_async_function_is_computed_once_for_all_who_wait() -> None:
    calls = []

    @cached
    async def slow(n: int) -> int:
        calls.append(n)
        await asyncio.sleep(0)
        return n

    async def ask() -> list[int]:
        return await asyncio.gather(*(slow(4) for _ in range(5)))

    assert asyncio.run(ask()) == [4] * 5
    assert calls == [4]


def test_clearing_forgets_answers_and_counters() -> None:
    @cached
    def same(n: int) -> int:
        return n

    same(1), same(1)
    same.cache_clear()
    assert len(same.cache) == 0
    assert same.cache_info().lookups == 0


def test_a_policy_class_instead_of_a_policy_is_answered_with_what_was_meant() -> None:
    with pytest.raises(TypeError, match=r"such as LFU\(100\), not LFU"):
        cached(LFU)
