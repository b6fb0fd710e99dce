"""
The laboratory: traces to replay, a simulator to count with, and views to watch the code run.

Names are loaded when they are first asked for, so that a recording or a simulation does not pay for
the widgets and a widget does not pay for the charts.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .simulator import Result, capacity_of, simulate
    from .trace_files import read_trace
    from .traces import Trace, loop, mix, scan, shift, zipf

_HOME = {
    "Result": "simulator",
    "Trace": "traces",
    "capacity_of": "simulator",
    "loop": "traces",
    "mix": "traces",
    "read_trace": "trace_files",
    "scan": "traces",
    "shift": "traces",
    "simulate": "simulator",
    "zipf": "traces",
}

__all__ = [
    "Result",
    "Trace",
    "capacity_of",
    "loop",
    "mix",
    "read_trace",
    "scan",
    "shift",
    "simulate",
    "zipf",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return __all__
