"""
The laboratory: traces to replay, a simulator to count with, and views to watch the code run.

Names are loaded when they are first asked for, so that a recording or a simulation does not pay for
the widgets and a widget does not pay for the charts.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .balance_charts import balance_chart, balance_in_words
    from .charts import hit_ratio_chart, miss_ratio_chart
    from .comparison import compare_strategies
    from .comparison_clients import ComparisonRow, Workload
    from .curves import Curve, miss_ratio_curve
    from .deciding import decision_svg
    from .designs import Design, Figures, Layer, simulate_design
    from .desk import metaphor_svg, read_at_desk
    from .explorer import (
        Exploration,
        NotRepeatable,
        Promise,
        World,
        cache_equals_source_at_rest,
        explore,
        no_acknowledged_write_lost,
        no_stale_value_stays,
        one_load_per_key_at_a_time,
        replay,
        sequence_svg,
        sequence_text,
    )
    from .figures import PALETTE, figure, show
    from .filtering import FilterPoint, filtering_chart, filtering_effect, layer_hit_ratios
    from .forms.calibration import Calibration, calibration
    from .forms.explain import explain
    from .forms.predict import predict
    from .forms.quiz import quiz
    from .ladder import Ladder, Rung, ladder_chart, ladder_in_words, latency_ladder
    from .latency_charts import latency_chart, latency_in_words
    from .listings import Listing, listing
    from .market.board import Standing, pareto_chart, standing
    from .market.histories import shortest_history
    from .market.live import LiveReplay, replay_live
    from .profiles import profile
    from .recorder import Recording, record
    from .results import Result
    from .samples import sample_trace
    from .simulator import simulate
    from .sizes import capacity_of
    from .sweeps import sweep
    from .timeline_charts import timeline_chart, timeline_in_words
    from .timelines import Timeline, hits_over_time
    from .trace_files import read_trace
    from .trace_writing import write_trace
    from .traces import Trace, loop, mix, scan, shift, zipf
    from .widgets.aside_stepper import AsideStepper
    from .widgets.crash_timeline import CrashTimeline
    from .widgets.dashboard import Dashboard
    from .widgets.design_board import DesignBoard
    from .widgets.frame_view import FrameView
    from .widgets.incident_drill import IncidentDrill
    from .widgets.latency_ladder import LatencyLadder
    from .widgets.mrc_explorer import MrcExplorer
    from .widgets.policy_arena import PolicyArena
    from .widgets.race_debugger import RaceDebugger
    from .widgets.request_journey import RequestJourney
    from .widgets.ring_playground import RingPlayground
    from .widgets.shift_lab import ShiftLab
    from .widgets.slot_map import SlotMap
    from .widgets.stampede_theatre import StampedeTheatre
    from .widgets.stepper import EvictionStepper
    from .widgets.ttl_dial import TtlDial

_HOME = {
    "AsideStepper": "widgets.aside_stepper",
    "Calibration": "forms.calibration",
    "ComparisonRow": "comparison_clients",
    "CrashTimeline": "widgets.crash_timeline",
    "Curve": "curves",
    "Dashboard": "widgets.dashboard",
    "Design": "designs",
    "DesignBoard": "widgets.design_board",
    "EvictionStepper": "widgets.stepper",
    "Exploration": "explorer",
    "Figures": "designs",
    "FilterPoint": "filtering",
    "FrameView": "widgets.frame_view",
    "IncidentDrill": "widgets.incident_drill",
    "Ladder": "ladder",
    "LatencyLadder": "widgets.latency_ladder",
    "Layer": "designs",
    "Listing": "listings",
    "LiveReplay": "market.live",
    "MrcExplorer": "widgets.mrc_explorer",
    "NotRepeatable": "explorer",
    "PALETTE": "figures",
    "PolicyArena": "widgets.policy_arena",
    "Promise": "explorer",
    "RaceDebugger": "widgets.race_debugger",
    "Recording": "recorder",
    "RequestJourney": "widgets.request_journey",
    "Result": "results",
    "RingPlayground": "widgets.ring_playground",
    "Rung": "ladder",
    "ShiftLab": "widgets.shift_lab",
    "SlotMap": "widgets.slot_map",
    "StampedeTheatre": "widgets.stampede_theatre",
    "Standing": "market.board",
    "Timeline": "timelines",
    "Trace": "traces",
    "TtlDial": "widgets.ttl_dial",
    "Workload": "comparison_clients",
    "World": "explorer",
    "balance_chart": "balance_charts",
    "balance_in_words": "balance_charts",
    "cache_equals_source_at_rest": "explorer",
    "calibration": "forms.calibration",
    "capacity_of": "sizes",
    "compare_strategies": "comparison",
    "decision_svg": "deciding",
    "explain": "forms.explain",
    "explore": "explorer",
    "figure": "figures",
    "filtering_chart": "filtering",
    "filtering_effect": "filtering",
    "hit_ratio_chart": "charts",
    "hits_over_time": "timelines",
    "ladder_chart": "ladder",
    "ladder_in_words": "ladder",
    "latency_chart": "latency_charts",
    "latency_in_words": "latency_charts",
    "latency_ladder": "ladder",
    "layer_hit_ratios": "filtering",
    "listing": "listings",
    "loop": "traces",
    "metaphor_svg": "desk",
    "miss_ratio_chart": "charts",
    "miss_ratio_curve": "curves",
    "mix": "traces",
    "no_acknowledged_write_lost": "explorer",
    "no_stale_value_stays": "explorer",
    "one_load_per_key_at_a_time": "explorer",
    "pareto_chart": "market.board",
    "predict": "forms.predict",
    "profile": "profiles",
    "quiz": "forms.quiz",
    "read_at_desk": "desk",
    "read_trace": "trace_files",
    "record": "recorder",
    "replay": "explorer",
    "replay_live": "market.live",
    "sample_trace": "samples",
    "scan": "traces",
    "sequence_svg": "explorer",
    "sequence_text": "explorer",
    "shift": "traces",
    "shortest_history": "market.histories",
    "show": "figures",
    "simulate": "simulator",
    "simulate_design": "designs",
    "standing": "market.board",
    "sweep": "sweeps",
    "timeline_chart": "timeline_charts",
    "timeline_in_words": "timeline_charts",
    "write_trace": "trace_writing",
    "zipf": "traces",
}

__all__ = [
    "PALETTE",
    "AsideStepper",
    "Calibration",
    "ComparisonRow",
    "CrashTimeline",
    "Curve",
    "Dashboard",
    "Design",
    "DesignBoard",
    "EvictionStepper",
    "Exploration",
    "Figures",
    "FilterPoint",
    "FrameView",
    "IncidentDrill",
    "Ladder",
    "LatencyLadder",
    "Layer",
    "Listing",
    "LiveReplay",
    "MrcExplorer",
    "NotRepeatable",
    "PolicyArena",
    "Promise",
    "RaceDebugger",
    "Recording",
    "RequestJourney",
    "Result",
    "RingPlayground",
    "Rung",
    "ShiftLab",
    "SlotMap",
    "StampedeTheatre",
    "Standing",
    "Timeline",
    "Trace",
    "TtlDial",
    "Workload",
    "World",
    "balance_chart",
    "balance_in_words",
    "cache_equals_source_at_rest",
    "calibration",
    "capacity_of",
    "compare_strategies",
    "decision_svg",
    "explain",
    "explore",
    "figure",
    "filtering_chart",
    "filtering_effect",
    "hit_ratio_chart",
    "hits_over_time",
    "ladder_chart",
    "ladder_in_words",
    "latency_chart",
    "latency_in_words",
    "latency_ladder",
    "layer_hit_ratios",
    "listing",
    "loop",
    "metaphor_svg",
    "miss_ratio_chart",
    "miss_ratio_curve",
    "mix",
    "no_acknowledged_write_lost",
    "no_stale_value_stays",
    "one_load_per_key_at_a_time",
    "pareto_chart",
    "predict",
    "profile",
    "quiz",
    "read_at_desk",
    "read_trace",
    "record",
    "replay",
    "replay_live",
    "sample_trace",
    "scan",
    "sequence_svg",
    "sequence_text",
    "shift",
    "shortest_history",
    "show",
    "simulate",
    "simulate_design",
    "standing",
    "sweep",
    "timeline_chart",
    "timeline_in_words",
    "write_trace",
    "zipf",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return __all__
