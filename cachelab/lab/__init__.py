"""
The laboratory: traces to replay, a simulator to count with, and views to watch the code run.

Names are loaded when they are first asked for, so that a recording or a simulation does not pay for
the widgets and a widget does not pay for the charts.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .charts import hit_ratio_chart, miss_ratio_chart
    from .comparison import compare_strategies
    from .comparison_clients import ComparisonRow, Workload
    from .curves import Curve, miss_ratio_curve
    from .figures import PALETTE, figure, show
    from .forms.explain import explain
    from .forms.predict import predict
    from .forms.quiz import quiz
    from .listings import Listing, listing
    from .recorder import Recording, record
    from .results import Result
    from .samples import sample_trace
    from .simulator import simulate
    from .sizes import capacity_of
    from .sweeps import sweep
    from .trace_files import read_trace
    from .traces import Trace, loop, mix, scan, shift, zipf
    from .widgets.stepper import EvictionStepper

_HOME = {
    "ComparisonRow": "comparison_clients",
    "Curve": "curves",
    "EvictionStepper": "widgets.stepper",
    "Listing": "listings",
    "PALETTE": "figures",
    "Recording": "recorder",
    "Result": "results",
    "Trace": "traces",
    "Workload": "comparison_clients",
    "capacity_of": "sizes",
    "compare_strategies": "comparison",
    "explain": "forms.explain",
    "figure": "figures",
    "hit_ratio_chart": "charts",
    "listing": "listings",
    "loop": "traces",
    "miss_ratio_chart": "charts",
    "miss_ratio_curve": "curves",
    "mix": "traces",
    "predict": "forms.predict",
    "quiz": "forms.quiz",
    "read_trace": "trace_files",
    "record": "recorder",
    "sample_trace": "samples",
    "scan": "traces",
    "shift": "traces",
    "show": "figures",
    "simulate": "simulator",
    "sweep": "sweeps",
    "zipf": "traces",
}

__all__ = [
    "PALETTE",
    "ComparisonRow",
    "Curve",
    "EvictionStepper",
    "Listing",
    "Recording",
    "Result",
    "Trace",
    "Workload",
    "capacity_of",
    "compare_strategies",
    "explain",
    "figure",
    "hit_ratio_chart",
    "listing",
    "loop",
    "miss_ratio_chart",
    "miss_ratio_curve",
    "mix",
    "predict",
    "quiz",
    "read_trace",
    "record",
    "sample_trace",
    "scan",
    "shift",
    "show",
    "simulate",
    "sweep",
    "zipf",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return __all__
