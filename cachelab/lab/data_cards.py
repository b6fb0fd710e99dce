"""
The table on a trace's data card: which policies it tells apart, and by how much.
"""

from .sizes import capacity_of
from .sweeps import sweep
from .traces import Trace

SHARES = ("1%", "10%", "30%")

BY_ENTRIES = (
    *("fifo", "lru", "sieve", "s3_fifo", "two_queue", "arc"),
    *("lirs", "lru_k", "w_tinylfu", "lfu", "aged_lfu", "belady"),
)
BY_BYTES = tuple(name for name in BY_ENTRIES if name not in {"lirs", "w_tinylfu", "aged_lfu"})
"""Those that can be played by bytes; there Belady's rule is no longer the optimum."""


def miss_ratio_table(trace: Trace, unit: str = "entries") -> str:
    """
    Return the miss ratios of the usual policies with room for 1, 10 and 30 % of the objects.

    It is Markdown. With `unit="bytes"` the shares are of the bytes of all objects, and the ratios
    still count requests.

    Raises:
        ValueError: bytes are asked for, and the trace has no sizes.

    >>> from cachelab.lab import loop
    >>> print(miss_ratio_table(loop(500, length=100)).splitlines()[3])
    | lru | 1.0000 | 1.0000 | 1.0000 |
    """
    policies = BY_ENTRIES if unit == "entries" else BY_BYTES
    capacities = [capacity_of(share, trace, unit) for share in SHARES]
    results = iter(sweep(trace, policies, capacities, unit=unit))
    head = "".join(f" {share.replace('%', ' %')} |" for share in SHARES)
    lines = [f"| policy |{head}", "|---|" + "---:|" * len(SHARES)]
    for policy in policies:
        cells = "".join(f" {1 - next(results).hit_ratio:.4f} |" for _ in SHARES)
        lines.append(f"| {policy} |{cells}")
    return "\n".join(lines)
