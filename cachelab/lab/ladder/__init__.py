"""
How long things take on this machine, from the processor's cache to a web server, and elsewhere.

`latency_ladder` measures, `published` has the numbers of others with their sources and years,
`ladder_chart` draws both, and `with_waiting` shows what such measuring leaves out.
"""

from .chart import ladder_chart, ladder_in_words
from .ladder import MEASURABLE, Ladder, latency_ladder
from .measuring import Timing, measure, nearest_rank, timer_resolution
from .omission import with_waiting
from .published import KNOWN_LIST, LATER, fibre_round_trip, published, ratios
from .rung import Rung

__all__ = [
    "KNOWN_LIST",
    "LATER",
    "MEASURABLE",
    "Ladder",
    "Rung",
    "Timing",
    "fibre_round_trip",
    "ladder_chart",
    "ladder_in_words",
    "latency_ladder",
    "measure",
    "nearest_rank",
    "published",
    "ratios",
    "timer_resolution",
    "with_waiting",
]
