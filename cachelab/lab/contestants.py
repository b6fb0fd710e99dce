"""
Whoever is simulated: a policy by name, a policy class, or a learner's own cache.

All of them are made with a capacity, so a contestant is a name and a way to make one.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Protocol

from cachelab.eviction import POLICIES, EvictionPolicy, Key

from .subjects import SubjectFailed


class CacheLike(Protocol):
    """What a learner hands in: `get` answers None for an absent key, `put` stores."""

    def get(self, key: Any) -> Any: ...
    def put(self, key: Any, value: Any) -> object: ...


PolicyLike = str | Callable[..., EvictionPolicy | CacheLike]
"""A name, a policy class, a class with `get` and `put`, or a function that makes one of these."""


def name_of(policy: PolicyLike) -> str:
    """
    Return the name to show; of a `functools.partial` with its options.

    >>> from functools import partial
    >>> from cachelab.eviction import TwoQueue
    >>> name_of("lru"), name_of(TwoQueue), name_of(partial(TwoQueue, kin=0.2))
    ('lru', 'two_queue', 'two_queue(kin=0.2)')
    """
    if isinstance(policy, str):
        return policy
    if isinstance(policy, partial):
        options = ", ".join(f"{name}={value!r}" for name, value in policy.keywords.items())
        return f"{name_of(policy.func)}({options})"
    name = policy.__dict__.get("name") if isinstance(policy, type) else None
    return str(name or getattr(policy, "__name__", repr(policy)))


def doubt(name: str, capacity: int, gain: float) -> str:
    """Return a sentence on a class that is by `gain` better than optimal, nothing otherwise."""
    if gain <= 1e-9:
        return ""
    return (
        f" More than optimal cannot be: {name} keeps more than {capacity:,} keys, or answers for "
        "keys that it was not given."
    )


def make(
    policy: PolicyLike, capacity: int, future: Iterable[Key] = ()
) -> EvictionPolicy | CacheLike:
    """
    Make a contestant with room for `capacity` entries; one that needs the future is told it.

    Raises:
        ValueError: the policy is unknown, or the capacity below 1.
        SubjectFailed: what was made is no policy and has no `get` and `put`.
    """
    if isinstance(capacity, bool) or not isinstance(capacity, int) or capacity < 1:
        raise ValueError(f"capacity must be a whole number from 1 up, not {capacity!r}")
    if isinstance(policy, str):
        if policy not in POLICIES:
            raise ValueError(f"unknown policy {policy!r}; known are {', '.join(POLICIES)}")
        policy = POLICIES[policy]
    if not callable(policy):
        raise SubjectFailed(f"give a policy's name or the class itself, not {policy!r}")
    chosen: Any = policy
    if isinstance(chosen, type) and not issubclass(chosen, EvictionPolicy):
        _check_verbs(chosen, name_of(policy))
    needs_future = getattr(getattr(chosen, "func", chosen), "needs_future", False)
    made: EvictionPolicy | CacheLike
    made = chosen(capacity, future=future) if needs_future else chosen(capacity)
    if not isinstance(made, EvictionPolicy):
        _check_verbs(made, name_of(policy))
    return made


def _check_verbs(subject: object, name: str) -> None:
    if not (hasattr(subject, "get") and hasattr(subject, "put")):
        raise SubjectFailed(f"{name} is no policy and has no get(key) and put(key, value)")
