"""
How the functions of this room are compiled, and where the machine code is kept.

numba writes it beside the source, for the next process to load in milliseconds. It notices a change
in the file of a function but not in the files of the functions called from there, so whatever was
compiled before the newest source of this folder is thrown away.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from numba import njit

_FOLDER = Path(__file__).parent

inline = njit(nogil=True, error_model="numpy")
"""Compile a function as a part of the kernels that call it."""


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function on its first call; it runs without the interpreter's lock from then on."""
    compiled: Any = inline(function)
    # Where there is no folder to write to, as in a sandbox, each process compiles for itself.
    with suppress(RuntimeError):
        compiled.enable_caching()
    return compiled  # type: ignore[no-any-return]


def forget_stale_code() -> None:
    """Remove what an older state of the sources was compiled to; read-only folders are left."""
    newest = max(source.stat().st_mtime for source in _FOLDER.glob("*.py"))
    for index in (_FOLDER / "__pycache__").glob("*.nbi"):
        if index.stat().st_mtime < newest:
            index.unlink(missing_ok=True)


forget_stale_code()
