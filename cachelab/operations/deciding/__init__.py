"""
Whether to cache, for how long, and at what price: measured numbers in, reasons out.

`recommend` walks the decision framework, `ttl_for` chooses a life, `break_even_hit_ratio` and
`monthly_bill` say what a cache has to bring, and `warning_signs` when it will not.
"""

from .access_time import (
    AccessTime,
    Layer,
    access_time,
    break_even_hit_ratio,
    hit_ratio_for_load,
    left_over,
    load_factor,
    mean_access_time,
)
from .checklist import Check, checklist
from .lifetimes import (
    Life,
    hit_ratio_of,
    hit_ratio_until_written,
    life_for_hit_ratio,
    stale_share,
    ttl_for,
)
from .money import GB, Bill, Price, Prices, break_even_interval, cheapest_size, monthly_bill
from .profiles import Profile
from .recommend import Recommendation, Step, recommend
from .sessions import session_ttl
from .signs import SIGNS, Plan, Sign, warning_signs
from .situation import Situation
from .tree import TREE, Advice, Answer, Question, nodes

__all__ = [
    "GB",
    "SIGNS",
    "TREE",
    "AccessTime",
    "Advice",
    "Answer",
    "Bill",
    "Check",
    "Layer",
    "Life",
    "Plan",
    "Price",
    "Prices",
    "Profile",
    "Question",
    "Recommendation",
    "Sign",
    "Situation",
    "Step",
    "access_time",
    "break_even_hit_ratio",
    "break_even_interval",
    "cheapest_size",
    "checklist",
    "hit_ratio_for_load",
    "hit_ratio_of",
    "hit_ratio_until_written",
    "left_over",
    "life_for_hit_ratio",
    "load_factor",
    "mean_access_time",
    "monthly_bill",
    "nodes",
    "recommend",
    "session_ttl",
    "stale_share",
    "ttl_for",
    "warning_signs",
]
