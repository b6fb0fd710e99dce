"""
The notebook around a program, if there is one.
"""

import sys
from typing import Any


def running_kernel() -> Any | None:
    """Return the kernel in which this runs; None outside of one, and nothing is imported for it."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return getattr(shell, "kernel", None)
