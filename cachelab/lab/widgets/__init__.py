"""
Views for a notebook: each is one Python class; what the page needs is in small ES modules.

Python turns a recording into frames once; the page draws `frames[step]` and computes nothing, so it
steps in a saved page without a kernel.
"""

from .frame_view import FrameView
from .stepper import EvictionStepper

__all__ = ["EvictionStepper", "FrameView"]
