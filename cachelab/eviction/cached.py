"""
A function that remembers its answers: `@cached` puts a cache in front of it.

The arguments are the key. A method keeps the answers of each object apart, without keeping the
object alive. Of many threads or coroutines that ask for the same answer, one computes it.
"""

import weakref
from collections.abc import Callable
from functools import update_wrapper
from reprlib import repr as short
from types import MethodType
from typing import Any, Generic, ParamSpec, TypeVar, cast, overload

from .base import EvictionPolicy, Key
from .cache import Cache
from .lru import LRU
from .mapping import ABSENT
from .stats import CacheStats
from .synchronized import Synchronized

P = ParamSpec("P")
R = TypeVar("R")

_NAMED = object()
"""Stands first in a key that has arguments given by name; no caller can pass it."""


class CachedFunction(Generic[P, R]):
    """
    A function with a cache in front of it, as `@cached` makes it.

    It is called as the function is, which stays there as `__wrapped__`. `cache` is the cache, and
    `cache_key(...)` the key of a call in it: `f.cache.delete(f.cache_key(7))` forgets `f(7)`.
    """

    __wrapped__: Callable[P, R]

    def __init__(
        self, function: Callable[P, R], cache: Synchronized, key: Callable[..., Key] | None
    ) -> None:
        update_wrapper(self, function)
        self.cache = cache
        self._key = key
        self._is_method = False

    def __set_name__(self, owner: type, name: str) -> None:
        self._is_method = True

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> "CachedFunction[P, R]": ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> "CachedFunction[..., R]": ...
    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        key = self.cache_key(*args, **kwargs)
        answer = self.cache.get_or_load(key, lambda _: self.__wrapped__(*args, **kwargs))
        return cast(R, answer)

    def cache_key(self, *args: P.args, **kwargs: P.kwargs) -> Key:
        """
        Return the key under which the answer to this call is kept.

        Raises:
            TypeError: an argument cannot be part of a key, as a list can't.
        """
        key: Any
        if self._key is not None:
            key = self._key(*args, **kwargs)
        else:
            key = (_Self(args[0]), *args[1:]) if self._is_method and args else args
            if kwargs:
                key = (_NAMED, key, tuple(sorted(kwargs.items())))
        try:
            hash(key)
        except TypeError as error:
            raise TypeError(self._complaint(key, [*args, *kwargs.values()])) from error
        return cast(Key, key)

    def cache_clear(self) -> None:
        """Forget all answers, and count anew."""
        self.cache.clear()
        self.cache.reset_stats()

    def cache_info(self) -> CacheStats:
        """Return the counters as they are now."""
        return self.cache.stats

    def _complaint(self, key: object, arguments: list[object]) -> str:
        name = getattr(self, "__qualname__", repr(self.__wrapped__))
        if self._key is not None:
            return f"the key function of {name} answered {short(key)}, which is not hashable"
        culprit = next((value for value in arguments if not _is_hashable(value)), key)
        return (
            f"{name} is cached, so its arguments must be hashable, and {short(culprit)} is not; "
            "pass something hashable, or give @cached a key function"
        )

    def __repr__(self) -> str:
        return f"<cached {self.__wrapped__!r}>"


def _is_hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


class _Self:
    """
    An object as part of a key: the same object is the same key, and another never is.

    Python gives one object one plain weak reference, so the reference stands for the object, and
    while a key holds it, no later object can be mistaken for this one. What takes no weak
    reference (a number, a tuple) stands for itself.
    """

    __slots__ = ("identity",)

    def __init__(self, instance: object) -> None:
        try:
            self.identity: object = weakref.ref(instance)
        except TypeError:
            self.identity = instance

    def __hash__(self) -> int:
        is_weak = isinstance(self.identity, weakref.ref)
        return id(self.identity) if is_weak else hash(self.identity)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Self):
            return NotImplemented
        if isinstance(self.identity, weakref.ref):
            return self.identity is other.identity
        return self.identity == other.identity

    def __repr__(self) -> str:
        return f"<self {self.identity!r}>"


class _CachedCoroutineFunction(CachedFunction[P, R]):
    """
    The same for an `async def`: what is kept is the answer, not the coroutine.

    A caller that is cancelled takes nobody with it: the computation goes on for the others.
    """

    def __init__(
        self, function: Callable[P, R], cache: Synchronized, key: Callable[..., Key] | None
    ) -> None:
        super().__init__(function, cache, key)
        self._under_way: dict[tuple[Any, Key], Any] = {}
        """The task that computes an answer, by event loop and key."""

    async def _answer(self, key: Key, args: Any, kwargs: Any) -> Any:
        import asyncio  # a twentieth of a second, for those who have it loaded anyway

        answer = self.cache.get(key, ABSENT)
        if answer is not ABSENT:
            return answer
        slot = (asyncio.get_running_loop(), key)
        task = self._under_way.get(slot)
        if task is None:
            function = cast(Callable[..., Any], self.__wrapped__)
            task = self._under_way[slot] = asyncio.ensure_future(function(*args, **kwargs))
            task.add_done_callback(lambda done: self._keep(slot, done))
        return await asyncio.shield(task)

    def _keep(self, slot: tuple[Any, Key], done: Any) -> None:
        if self._under_way.get(slot) != done:
            return  # forgotten by cache_clear
        del self._under_way[slot]
        if not done.cancelled() and done.exception() is None:
            self.cache.put(slot[1], done.result())

    def cache_clear(self) -> None:
        """Forget all answers, also those still being computed, and count anew."""
        self._under_way.clear()
        super().cache_clear()

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return cast(R, self._answer(self.cache_key(*args, **kwargs), args, kwargs))


@overload
def cached(function: Callable[P, R], /) -> CachedFunction[P, R]: ...
@overload
def cached(
    policy_or_capacity: EvictionPolicy | int = 128,
    /,
    *,
    key: Callable[..., Key] | None = None,
    sweep_every: float | None = None,
    **limits: Any,
) -> Callable[[Callable[P, R]], CachedFunction[P, R]]: ...
def cached(
    policy_or_capacity: Any = 128,
    /,
    *,
    key: Callable[..., Key] | None = None,
    sweep_every: float | None = None,
    **limits: Any,
) -> Any:
    """
    Decorator that keeps a function's answers, in an LRU cache of 128 unless told otherwise.

    It takes a capacity or a policy, and what `Cache` takes by name: `ttl`, `weigh` with
    `max_weight`, `on_evict`, `clock`. `key(*args, **kwargs)` makes the key where the arguments
    themselves don't; else 1, 1.0 and True are the same argument, as for a dict.

    None is an answer like any other. An exception is not an answer: the next call tries again. One
    answer is computed once, however many threads (or coroutines, for an `async def`) ask for it.
    All objects of a class share the capacity of a cached method.

    Raises:
        TypeError: at the call, an argument is not hashable; at the decoration, it is no function.
        ValueError: at the decoration, a number is out of range or a policy is in use.

    >>> @cached(1_000, ttl=60)
    ... def square(n: int) -> int:
    ...     return n * n
    >>> square(4), square(4), square.cache_info().hits, len(square.cache)
    (16, 16, 1, 1)
    """
    if isinstance(policy_or_capacity, type) and issubclass(policy_or_capacity, EvictionPolicy):
        name = policy_or_capacity.__name__
        raise TypeError(
            f"@cached needs a policy with its capacity, such as {name}(100), not {name}"
        )
    if callable(policy_or_capacity) and not isinstance(policy_or_capacity, EvictionPolicy):
        return cached()(policy_or_capacity)
    made = LRU(policy_or_capacity) if isinstance(policy_or_capacity, int) else policy_or_capacity
    cache = Cache(made, **limits)
    used = False

    def decorate(function: Callable[P, R]) -> CachedFunction[P, R]:
        nonlocal used
        if not callable(function):
            raise TypeError(f"@cached decorates a function, not {function!r}")
        if used:
            raise ValueError(f"{made!r} already serves a cache; call cached() for each function")
        used = True
        from inspect import iscoroutinefunction  # loaded by few programs that never call cached

        kind = _CachedCoroutineFunction if iscoroutinefunction(function) else CachedFunction
        return kind(function, Synchronized(cache, sweep_every=sweep_every), key)

    return decorate
