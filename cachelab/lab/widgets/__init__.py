"""
Views for a notebook: each is one Python class, one small ES module and one style sheet.

Python turns a recording into frames once; the page draws `frames[step]` and computes nothing, so it
steps in a saved page without a kernel.
"""

from .stepper import EvictionStepper

__all__ = ["EvictionStepper"]
