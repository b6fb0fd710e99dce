"""
A trace is a list of requested keys, in order: the workload, without the cache.

Everything said about a policy is said of a trace, so traces come first: real ones from files
(`read_trace`), and made ones for asking one question at a time: `zipf` (popularity), `loop` (a
working set walked in circles), `scan` (every key once), `shift` (popularity that moves), `mix`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from cachelab.eviction import Key

from .dense import WORTH_COMPILING, Dense, fingerprints, numbered

Ids = NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """
    Requested keys in order, under a name to show in tables and charts.

    `keys` is an integer array (8 bytes a request) or a sequence of any hashable keys; `sizes`, when
    known, is the object's size in bytes for each request.

    Complexity: `len` is O(1); `objects` and `dense` go through the trace once and remember.

    Raises:
        ValueError: there is no request, or not one size from 0 up for each.

    >>> trace = Trace("a b a c".split(), name="four requests")
    >>> len(trace), trace.objects, trace[:2]
    (4, 3, Trace('four requests', 2 requests, 2 objects))
    """

    keys: Sequence[Key] | Ids
    name: str = "trace"
    sizes: Ids | None = None

    def __post_init__(self) -> None:
        if len(self.keys) == 0:
            raise ValueError(f"the trace {self.name!r} is empty: there is no request to simulate")
        if self.sizes is not None and len(self.sizes) != len(self.keys):
            raise ValueError(
                f"the trace {self.name!r} has {len(self.keys)} requests but {len(self.sizes)} sizes"
            )
        if self.sizes is not None and np.min(self.sizes) < 0:
            at = int(np.argmin(self.sizes))
            raise ValueError(f"the trace {self.name!r}, request {at}: a size of {self.sizes[at]}")

    @cached_property
    def objects(self) -> int:
        """The number of distinct keys."""
        if len(self) >= WORTH_COMPILING:
            return self.dense.objects
        if isinstance(self.keys, np.ndarray):
            return len(np.unique(self.keys))
        return len(set(self.keys))

    def check_keys(self) -> None:
        """
        Refuse keys that no cache can hold; whole numbers can't be wrong and aren't looked at.

        Raises:
            TypeError: a key can't be hashed.
            ValueError: a key does not equal itself, as NaN.
        """
        if not isinstance(self.keys, np.ndarray) or self.keys.dtype.kind not in "iu":
            _ = self.dense

    @cached_property
    def dense(self) -> Dense:
        """The trace by object numbers, as the compiled simulator wants it."""
        return numbered(self.keys)

    @cached_property
    def fingerprints(self) -> NDArray[np.uint64]:
        """A number of 64 bits for each object, as policies with a sketch want it."""
        return fingerprints(self.keys, self.dense.first)

    @property
    def bytes_requested(self) -> int | None:
        """The sizes of all requests together; by bytes, an object keeps its first size."""
        return None if self.sizes is None else int(self.weights[self.dense.ids].sum())

    @cached_property
    def weights(self) -> Ids:
        """
        The size of each object by its number.

        Raises:
            ValueError: the trace has no sizes.
        """
        if self.sizes is None:
            raise ValueError(f"the trace {self.name!r} has no sizes to count bytes by")
        return np.asarray(self.sizes, np.int64)[self.dense.first]

    @property
    def compulsory_bound(self) -> float:
        """The highest hit ratio any cache can reach: each object's first request must miss."""
        return 1 - self.objects / len(self)

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[Key]:
        return iter(self.keys.tolist() if isinstance(self.keys, np.ndarray) else self.keys)

    @overload
    def __getitem__(self, at: int) -> Key: ...
    @overload
    def __getitem__(self, at: slice) -> "Trace": ...
    def __getitem__(self, at: int | slice) -> "Key | Trace":
        if isinstance(at, slice):
            sizes = None if self.sizes is None else self.sizes[at]
            return Trace(self.keys[at], self.name, sizes)
        key = self.keys[at]
        return int(key) if isinstance(key, np.integer) else key

    def __repr__(self) -> str:
        return f"Trace({self.name!r}, {len(self)} requests, {self.objects} objects)"


def zipf(requests: int, objects: int, alpha: float = 1.0, *, seed: int = 0) -> Trace:
    """
    Independent requests in which the object of rank r is asked for in proportion to r ** -alpha.

    Keys are ranks from 0, the most popular first. alpha = 0 is uniform; in logs of web
    proxies it was 0.64 to 0.83 (Breslau et al., INFOCOM 1999).

    >>> trace = zipf(1_000, objects=50, alpha=1.0)
    >>> keys = list(trace)
    >>> keys.count(0) > keys.count(10) > keys.count(40)
    True
    """
    _at_least(1, requests=requests, objects=objects)
    if not (np.isfinite(alpha) and alpha >= 0):
        raise ValueError(f"alpha must be a number from 0 up, not {alpha!r}")
    keys = _draw(np.random.default_rng(seed), requests, objects, alpha)
    return Trace(keys, f"zipf({alpha:g})")


def loop(requests: int, length: int) -> Trace:
    """
    The keys 0, 1, ..., length - 1 over and over: a report run again, a table joined again.

    >>> list(loop(5, length=3))
    [0, 1, 2, 0, 1]
    """
    _at_least(1, requests=requests, length=length)
    return Trace(np.arange(requests, dtype=np.int64) % length, f"loop({length})")


def scan(requests: int) -> Trace:
    """
    Every key once and never again: a backup, a crawler, an analyst's full table scan.

    >>> list(scan(3))
    [0, 1, 2]
    """
    _at_least(1, requests=requests)
    return Trace(np.arange(requests, dtype=np.int64), "scan")


def shift(
    requests: int, objects: int, alpha: float = 1.0, *, phases: int = 2, seed: int = 0
) -> Trace:
    """
    A zipf workload whose popular objects change `phases` - 1 times: yesterday's hits grow cold.

    In each phase the ranks are dealt to the objects anew, so the shape of the popularity stays and
    its holders do not.

    >>> trace = shift(1_000, objects=50, phases=2)
    >>> len(trace), trace.objects <= 50
    (1000, True)
    """
    _at_least(1, requests=requests, objects=objects, phases=phases)
    rng = np.random.default_rng(seed)
    lengths = [len(part) for part in np.array_split(np.empty(requests), phases)]
    parts = [rng.permutation(objects)[_draw(rng, n, objects, alpha)] for n in lengths]
    return Trace(np.concatenate(parts), f"shift({alpha:g}, {phases} phases)")


def mix(*parts: Trace, burst: int = 1, seed: int = 0) -> Trace:
    """
    Several integer traces at once, in bursts of `burst` requests, no key shared between them.

    Each part keeps its own order and is used up; which part goes on is drawn in proportion to the
    bursts it has left, so all of them run to the end together.

    >>> trace = mix(loop(6, length=2), scan(6), burst=3)
    >>> len(trace), trace.objects
    (12, 8)
    """
    _at_least(1, burst=burst)
    if not parts or not all(isinstance(part.keys, np.ndarray) for part in parts):
        raise ValueError("mix needs one or more traces with integer keys, such as zipf and loop")
    own = [np.unique(np.asarray(part.keys), return_inverse=True)[1] for part in parts]
    first_id = [0, *accumulate(part.objects for part in parts)]
    bursts = [-(-len(keys) // burst) for keys in own]
    turns = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(parts)), bursts))
    taken = [iter(range(0, len(keys), burst)) for keys in own]
    pieces = []
    for turn in turns:
        start = next(taken[turn])
        pieces.append(own[turn][start : start + burst] + first_id[turn])
    return Trace(np.concatenate(pieces), " + ".join(part.name for part in parts))


def as_trace(requests: "Trace | Iterable[Key]") -> Trace:
    """Return a `Trace` as it is, and any other iterable of keys as one."""
    if isinstance(requests, Trace):
        return requests
    if isinstance(requests, str):
        raise TypeError(f"a trace is a sequence of keys; did you mean read_trace({requests!r})?")
    return Trace(requests if isinstance(requests, np.ndarray) else list(requests))


def _draw(rng: np.random.Generator, requests: int, objects: int, alpha: float) -> Ids:
    """Draw ranks by inverting the cumulative distribution; O(log objects) each."""
    cumulative = np.cumsum(np.arange(1, objects + 1, dtype=float) ** -alpha)
    drawn = np.searchsorted(cumulative, rng.random(requests) * cumulative[-1], side="right")
    ranks: Ids = np.minimum(drawn, objects - 1).astype(np.int64)
    return ranks


def _at_least(least: int, **arguments: Any) -> None:
    for name, value in arguments.items():
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise ValueError(f"{name} must be a whole number from {least} up, not {value!r}")
