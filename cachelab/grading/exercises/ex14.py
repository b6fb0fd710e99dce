"""
Exercise 14: figures that can be added up, a warm-up that is a guest, a breaker, a diagnosis.
"""

from typing import Any

from cachelab.grading.exercise import Check, Exercise, in_turn
from cachelab.grading.relations import Relation, play_relations
from cachelab.grading.scaling import weigh_object
from cachelab.grading.stories import Tale
from cachelab.grading.telling import play_tales

from . import latency_case, warm_case
from .ex14_breaker import BREAKER_CHECKS
from .incident_series import QUIET, name_causes
from .warm_case import WarmModel, WarmWorld


def _figures(draw: Any) -> Relation:
    return Relation(draw, latency_case.find_wrong_figure, ("latency", "other"))


def _warm(question: str, **options: Any) -> Tale:
    settings = ((("a", "newer"), ("c", "newer")),) if question == "@kept" else ((),)
    draw = warm_case.drawing(question, **options)
    return Tale(WarmWorld, WarmModel, settings, draw, warm_case.one_warm_up)


TWINS = Relation(latency_case.draw_twins, latency_case.find_unlike, ("latency", "other", "of all"))
ANSWERED = Relation(latency_case.draw_many, latency_case.find_no_figure, ("latency",))
_WEIGHED = weigh_object(
    latency_case.draw_weight,
    what="calls",
    why="what is kept for each sample grows for ever, and the histogram is there to avoid it",
    most=2.0,
)
_LEFT_OUT = "a figure leaves calls out"
_MERGED = "merging gives another result"
_OTHER_RANK = "a percentile is not that of the calls"

CHECKS = (
    Check(
        "latency_percentiles",
        3,
        "LatencyHistogram: percentiles, at most 5 % off",
        in_turn(
            play_relations(_figures(latency_case.draw_calls), message=_OTHER_RANK),
            play_relations(_figures(latency_case.draw_many), message=_OTHER_RANK, runs=20),
        ),
        hints=(
            "How many of the calls may have taken longer than the answer?",
            "Count calls in buckets that grow by 5 % or less; walk them until the rank is reached.",
            "bucket = round(log(seconds) / log(1.05)), also below 0; rank = ceil(p n / 100), >= 1.",
        ),
        subject="LatencyHistogram",
    ),
    Check(
        "latency_hits",
        2,
        "LatencyHistogram: misses count too",
        play_relations(_figures(latency_case.draw_hits), message=_LEFT_OUT),
        after=("latency_percentiles",),
        apart=play_relations(_figures(latency_case.draw_ratios), message=_LEFT_OUT),
        hints=(
            "Which calls are the slow ones?",
            "Every call is recorded, hit or miss; hits are counted besides.",
            "hit_ratio is hits / calls, from 0 to 1; None before the first call.",
        ),
        subject="LatencyHistogram",
    ),
    Check(
        "latency_merge",
        3,
        "LatencyHistogram: merged, it knows what one of all calls would",
        play_relations(_figures(latency_case.draw_merges), message=_MERGED, runs=90),
        after=("latency_percentiles",),
        apart=play_relations(TWINS, message=_MERGED, runs=90),
        hints=(
            "Can the 99th percentiles of two servers be averaged?",
            "No, but counts can be added, bucket by bucket.",
            "self.counts += other.counts (a Counter); calls and hits too; other stays as it is.",
        ),
        subject="LatencyHistogram",
    ),
    Check(
        "latency_memory",
        2,
        "LatencyHistogram: the memory does not grow with the calls",
        _WEIGHED,
        after=("latency_percentiles",),
        apart=in_turn(play_relations(ANSWERED, message="there are no figures"), _WEIGHED),
        hints=(
            "What do you keep of a call that was a million calls ago?",
            "One more in the count of its bucket, and nothing else.",
            "From a microsecond to 100 seconds there are some 400 buckets of 5 %.",
        ),
        seconds=12.0,
        subject="LatencyHistogram",
    ),
    Check(
        "warm_keys",
        2,
        "warm: the most wanted keys of the log, broken lines or not",
        play_tales(
            _warm("@loaded", broken=True), message="other keys are loaded", runs=60, longest=2
        ),
        hints=(
            "Which keys should be there before the first reader comes?",
            "Count the keys of lines that read GET and a key; load the top `limit` in that order.",
            "words = line.split(); len(words) == 2 and words[0] == 'GET'; Counter.most_common.",
        ),
        subject="warm",
    ),
    Check(
        "warm_rate",
        2,
        "warm: at most qps loads a second, and not much less",
        play_tales(
            _warm("@gaps", ties=True),
            message="the pace is not as promised",
            longest=2,
        ),
        after=("warm_keys",),
        hints=(
            "Who else asks the database while you warm up?",
            "Between the beginnings of two loads lie at least 1 / qps seconds.",
            "runtime.sleep(1 / qps) after each load, also after one that failed.",
        ),
        subject="warm",
    ),
    Check(
        "warm_failures",
        2,
        "warm: one failure is passed over, five in a row end it",
        play_tales(
            _warm("@loaded", bad=True, ties=True),
            message="failing loads are not handled as promised",
            longest=2,
        ),
        after=("warm_keys",),
        hints=(
            "What if the row of one key cannot be read? And what if the database is down?",
            "except SourceError: count it and go on; a success sets the count to 0.",
            "Stop when five loads in a row have failed.",
        ),
        subject="warm",
    ),
    Check(
        "warm_copies",
        2,
        "warm: lives differ, and nothing newer is written over",
        play_tales(
            _warm("@lives", ties=True),
            _warm("@kept", ties=True),
            message="what the warm-up leaves in the store is not as promised",
            longest=6,
        ),
        after=("warm_keys",),
        hints=(
            "When do copies end that were made in the same minute with the same life?",
            "Draw each life between 0.8 and 1.2 times plan['ttl'].",
            "store.add(key, row, life) keeps what is there: it may be newer than your row.",
        ),
        subject="warm",
    ),
    *BREAKER_CHECKS,
    Check(
        "diagnose_slow",
        4,
        "diagnose: slow pages, because of one key or of the database",
        name_causes(
            "hot key", "slow database", QUIET, message="slow pages are put down to something else"
        ),
        hints=(
            "Which reading tells a slow database from a slow node of the cache?",
            "Compare the last slices with the first four: origin_p99, hottest, p99.",
            "origin_p99 doubled: slow database. hottest doubled and p99 doubled: hot key.",
        ),
        subject="diagnose",
    ),
    Check(
        "diagnose_losses",
        4,
        "diagnose: why the hits went",
        name_causes(
            "scan", "expiry", "restart", QUIET, message="lost hits are put down to something else"
        ),
        hints=(
            "A copy can go in three ways: pushed out, at its end, or with the process.",
            "Look at evictions, at expirations, and at entries, in the worst slice.",
            "entries below a quarter: restart. expirations doubled: expiry. evictions: scan.",
        ),
        subject="diagnose",
    ),
    Check(
        "diagnose_probe",
        4,
        "diagnose: a probe that flatters is no hot key",
        name_causes(
            "probe", "hot key", QUIET, message="a probe is taken for an incident, or missed"
        ),
        hints=(
            "Both raise the share of one key. What do the pages say?",
            "A hot key makes its node slow; a probe makes nothing slow.",
            "hottest doubled: hot key if p99 doubled as well, else probe.",
        ),
        subject="diagnose",
    ),
)

EX14 = Exercise(
    "ex14",
    "Operating a cache",
    ("LatencyHistogram", "warm", "CircuitBreaker", "diagnose"),
    ("operations",),
    CHECKS,
)
