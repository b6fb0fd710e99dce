"""How the contract tests make any policy of the registry, whatever it wants to know."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

from cachelab.eviction import POLICIES, EvictionPolicy


def make(name: str, capacity: Any, requests: Iterable[Hashable]) -> EvictionPolicy:
    """Make the policy `name` for these requests, which most policies are not told."""
    return with_future(POLICIES[name], name, capacity, requests)


def with_future(
    kind: Callable[..., Any], name: str, capacity: Any, requests: Iterable[Hashable]
) -> Any:
    """Make a policy, or its naive twin, by `kind`."""
    future = {"future": list(requests)} if POLICIES[name].needs_future else {}
    return kind(capacity, **future)
