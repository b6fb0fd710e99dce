"""
How old a value can be behind two tiers: a sum, or not, depending on who is told what.
"""

from dataclasses import dataclass

from cachelab.ports.stores import check_ttl


@dataclass(frozen=True, slots=True)
class Staleness:
    """
    The longest, in seconds, that a value is still read after it was changed, in three cases.

    `all_told` is when the shared copy is dropped and the news of it arrives, `news_lost` when the
    news does not, and `nobody_told` when the truth is changed and the shared copy is not dropped.
    None is for ever.
    """

    all_told: float
    news_lost: float
    nobody_told: float | None


def longest_staleness(
    near_ttl: float, far_ttl: float | None, *, inherit: bool = True, delivery: float = 0.0
) -> Staleness:
    """
    Return how long an old value can live behind two tiers.

    Nobody told, a copy is taken from the shared store in its last moment and lives on for its own
    time: the two times add up, and with three tiers three. A copy that ends with the entry it was
    taken from does not add anything. `delivery` is what news takes at most.

    Raises:
        ValueError: a ttl is no time to live, or `delivery` is negative.

    >>> longest_staleness(10, 60, inherit=False)
    Staleness(all_told=0.0, news_lost=10, nobody_told=70)
    >>> longest_staleness(10, 60, inherit=True).nobody_told
    60
    """
    if check_ttl(near_ttl) is None or not delivery >= 0:
        raise ValueError(f"no time to live and to deliver: {near_ttl!r}, {delivery!r}")
    check_ttl(far_ttl)
    nobody = None if far_ttl is None else far_ttl + (0 if inherit else near_ttl)
    return Staleness(min(delivery, near_ttl), near_ttl, nobody)
