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


def has_somebody() -> bool:
    """Tell whether the cell that runs was sent from a page at which a person sits."""
    kernel = running_kernel()
    if kernel is None:
        return False
    return bool(kernel.get_parent("shell").get("content", {}).get("allow_stdin", False))
