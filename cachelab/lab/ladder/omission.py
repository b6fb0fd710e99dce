"""
Coordinated omission: a tester that waits for its answer does not ask while the server is stuck.

Users do ask. They arrive when they like, find a queue, and their waiting is in none of the tester's
samples. So a server that hangs for a second looks perfect at the 99th percentile.

Source: G. Tene, "How NOT to Measure Latency", Strange Loop 2015.
"""

import math
from collections.abc import Sequence


def with_waiting(service: Sequence[float], every: float) -> list[float]:
    """
    The response times of requests that come `every` seconds to a server that takes `service` each.

    Who comes while the one before is still served waits: what a user sees is the wait and the
    service, where a tester that asks one after another measures the service alone.

    Complexity: O(n).

    Source: D. V. Lindley, "The theory of queues with a single server", 1952.

    Raises:
        ValueError: `every` is not above 0, or a service time is negative.

    >>> from cachelab.lab.ladder.measuring import nearest_rank
    >>> service = [0.001] * 500 + [1.0] + [0.001] * 500  # one hang of a second
    >>> nearest_rank(service, 99)
    0.001
    >>> round(nearest_rank(with_waiting(service, every=0.010), 99), 3)
    0.91
    """
    if not 0 < every < math.inf:
        raise ValueError(f"every must be a number of seconds above 0, not {every!r}")
    if any(not 0 <= time < math.inf for time in service):
        raise ValueError("service times must be finite and from 0 up")
    seen, wait = [], 0.0
    for time in service:
        seen.append(wait + time)
        wait = max(0.0, wait + time - every)
    return seen
