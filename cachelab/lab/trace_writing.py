"""
Writing a trace so that `read_trace` gives it back, small enough for a repository.
"""

import lzma
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .traces import Trace


def write_trace(trace: Trace, path: str | Path) -> None:
    """
    Write `trace` to a `.csv`, with the sizes if it has any, or else to a `.trace`; `.xz` packs it.

    Keys that are not whole numbers are numbered by first appearance, so no text is given away.

    Raises:
        ValueError: the name ends in something else, or in `.trace` and there are sizes to keep.

    >>> import tempfile
    >>> from cachelab.lab import read_trace
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_trace(Trace(["home", "cart", "home"]), f"{folder}/mine.trace.xz")
    ...     list(read_trace(f"{folder}/mine.trace.xz"))
    [0, 1, 0]
    """
    path = Path(path)
    check_name(path, sized=trace.sizes is not None)
    content = "".join(_lines(trace, _plain(path).suffix)).encode()
    if path.suffix == ".xz":
        # A higher preset would only ask for more memory: 8 MiB of the past is all of most traces.
        content = lzma.compress(content, preset=6 | lzma.PRESET_EXTREME)
    path.write_bytes(content)


def check_name(path: Path, *, sized: bool) -> None:
    """
    Refuse a name that does not end as a trace does, or in `.trace` if there are sizes to keep.

    Raises:
        ValueError: it is such a name.
    """
    if _plain(path).suffix not in {".csv", ".trace"}:
        raise ValueError(f"{path.name} must end in .csv, .trace, .csv.xz or .trace.xz")
    if _plain(path).suffix == ".trace" and sized:
        raise ValueError(f"{path.name} would lose the sizes: name it {_plain(path).stem}.csv.xz")


def _plain(path: Path) -> Path:
    return path.with_suffix("") if path.suffix == ".xz" else path


def _lines(trace: Trace, kind: str) -> Iterator[str]:
    keys = _whole_numbers(trace)
    if kind == ".trace":
        yield from (f"{key}\n" for key in keys)
    elif trace.sizes is None:
        yield "key\n"
        yield from (f"{key}\n" for key in keys)
    else:
        yield "key,size\n"
        yield from (f"{key},{size}\n" for key, size in zip(keys, trace.sizes, strict=True))


def _whole_numbers(trace: Trace) -> list[int]:
    if isinstance(trace.keys, np.ndarray) and trace.keys.dtype.kind in "iu":
        return [int(key) for key in trace.keys]
    return [int(number) for number in trace.dense.ids]
