"""
Market Day: the shop of the capstone, its workloads, its reference designs, and what they score.

A design is a class with `configure`, `read`, `write` and `on_event`. `play` runs one day of it in
virtual time and measures; nothing in here waits, and the same seed gives the same figures.
"""

from .budget import Budget, Prices, Tier
from .contracts import CLASSES, DataClass, class_of, oldest_allowed
from .families import FAMILIES, FAULTS, HAPPENS, HIDDEN, PUBLIC, faulty, workload
from .histories import shortest_history
from .playing import Contestant, Everyday, play, play_all
from .records import Figures
from .references import REFERENCES, pain_of, scored
from .scoring import DayScore, gain
from .shop import Shop
from .values import Breach, Event, Lease, Request, Row
from .workloads import Workload

__all__ = [
    "CLASSES",
    "FAMILIES",
    "FAULTS",
    "HAPPENS",
    "HIDDEN",
    "PUBLIC",
    "REFERENCES",
    "Breach",
    "Budget",
    "Contestant",
    "DataClass",
    "DayScore",
    "Event",
    "Everyday",
    "Figures",
    "Lease",
    "Prices",
    "Request",
    "Row",
    "Shop",
    "Tier",
    "Workload",
    "class_of",
    "faulty",
    "gain",
    "oldest_allowed",
    "pain_of",
    "play",
    "play_all",
    "scored",
    "shortest_history",
    "workload",
]
