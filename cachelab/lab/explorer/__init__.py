"""The explorer: finds the shortest order of steps that breaks a promise, or shows there is none."""

from .exploration import Exploration, explore
from .promises import (
    Ending,
    Promise,
    cache_equals_source_at_rest,
    no_acknowledged_write_lost,
    no_stale_value_stays,
    one_load_per_key_at_a_time,
)
from .replays import replay
from .runs import NotRepeatable
from .sequence import sequence_svg, sequence_text
from .world import Scenario, Step, World

__all__ = [
    "Ending",
    "Exploration",
    "NotRepeatable",
    "Promise",
    "Scenario",
    "Step",
    "World",
    "cache_equals_source_at_rest",
    "explore",
    "no_acknowledged_write_lost",
    "no_stale_value_stays",
    "one_load_per_key_at_a_time",
    "replay",
    "sequence_svg",
    "sequence_text",
]
