"""
Exercise 15: designs that survive their own numbers. An estimate, and four problems to solve.

What is judged is data: the course's simulator plays the designs that the functions return. Two more
answers are written ones, for a teacher to mark.
"""

from cachelab.grading.exercise import Check, Exercise

from .design_case import meet_objective, within_a_factor

CHECKS = (
    Check(
        "estimate_calls",
        4,
        "estimate: calls of the origin, within a factor of two",
        within_a_factor("origin_calls"),
        hints=(
            "Which keys does a cache hold in the long run, and which share of the reads is theirs?",
            "Zipf: the key of rank r has 1 / r**alpha of the reads, divided by the sum of all.",
            "hit ratio = H(entries) / H(objects), H(n) = sum of r**-alpha to n; writes call too.",
        ),
        seconds=20.0,
        subject="estimate",
    ),
    Check(
        "estimate_dollars",
        2,
        "estimate: dollars a month, within a factor of two",
        within_a_factor("dollars"),
        after=("estimate_calls",),
        hints=(
            "What is paid for: memory, servers, moving parts, and what else?",
            "Calls of the origin: 5 dollars a million, and a month has 2.6 million seconds.",
            "20 + entries x bytes / 1e9 x 10, + 50 for the layer, + calls x 2.592 x 5.",
        ),
        seconds=20.0,
        subject="estimate",
    ),
    Check(
        "distributed_cache",
        6,
        "a shared cache in front of a slow database",
        meet_objective("distributed cache", "distributed_cache"),
        hints=(
            "Which demand is missed: speed, calls, age or cost? What makes that one better?",
            "Age: a write has to remove the copy, and a load it overtook must not bring it back.",
            "Two nodes with some thousand entries each, invalidated, leased and coalesced.",
        ),
        seconds=20.0,
        subject="distributed_cache",
    ),
    Check(
        "content_delivery",
        6,
        "pages for many from a small origin far away",
        meet_objective("content delivery", "content_delivery"),
        hints=(
            "How often does each place ask the origin for the same page?",
            "A second layer that all places share asks once for all of them; coalesce both.",
            "The lives of both layers add up: together they must stay below 45 seconds.",
        ),
        seconds=20.0,
        subject="content_delivery",
    ),
    Check(
        "social_feed",
        6,
        "feeds, with a post of somebody with 100,000 followers",
        meet_objective("social feed", "social_feed"),
        hints=(
            "How many feeds does one post of a celebrity write to?",
            "Push posts of people with few followers; look up those of the famous on reading.",
            "push_up_to around 1,000, and a shared cache with room for feeds and rows.",
        ),
        seconds=20.0,
        subject="social_feed",
    ),
    Check(
        "shop",
        6,
        "right prices on the day of the sale",
        meet_objective("shop", "shop"),
        hints=(
            "Where do all requests for the one shoe go, and how long is a look there?",
            "A copy in each process for a second takes the rush; behind it a shared cache.",
            "process: small, ttl 1, coalesced. shared: invalidated, leased, coalesced.",
        ),
        seconds=20.0,
        subject="shop",
    ),
)

EX15 = Exercise(
    "ex15",
    "Designs",
    ("estimate", "distributed_cache", "content_delivery", "social_feed", "shop"),
    ("designs",),
    CHECKS,
    by_hand=10,
)
