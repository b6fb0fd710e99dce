"""
Reading a file: from the system's page cache, and past it, and how to know which of them answered.

A file that was just written is in memory, and reading it times memory. Reads that ask the device
are made with O_DIRECT on Linux and F_NOCACHE on macOS; Linux also counts what each process had
fetched from devices, and that count is the witness.
"""

import mmap
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cachelab.ports import CachelabError

from .measuring import Run

PAGE = 4096
SIZE = 32 * 1024 * 1024
F_NOCACHE = 48
"""macOS: keep this file's pages out of the cache."""

COUNTS = Path("/proc/self/io")

Witness = Callable[[], str]
"""Says, after the reads, who answered them."""


class NotPossible(CachelabError):  # noqa: N818 - reads as the sentence it is
    """This system, or the file system of the temporary folder, has no such read."""


@contextmanager
def cached_read() -> Iterator[tuple[Run, Witness]]:
    """4 KiB at a random place of a file that is in the page cache."""
    with _file() as path, path.open("rb", buffering=0) as file:
        while file.read(1 << 20):
            pass
        places = _places()
        counter = Counter()

        def run(times: int) -> None:
            for _ in range(times):
                file.seek(next(places))
                file.read(PAGE)
            counter.reads += times

        yield run, counter.verdict


@contextmanager
def device_read() -> Iterator[tuple[Run, Witness]]:
    """4 KiB at a random place of a file, past the page cache."""
    with _file() as path:
        descriptor = _open_past_the_cache(path)
        # Direct reads need memory that begins at a page; an anonymous map does.
        buffer = mmap.mmap(-1, PAGE)
        places = _places()
        counter = Counter()

        def run(times: int) -> None:
            for _ in range(times):
                os.preadv(descriptor, [buffer], next(places))
            counter.reads += times

        try:
            run(1)
        except OSError as error:
            raise NotPossible(f"no direct reads here: {error.strerror}") from error
        else:
            yield run, counter.verdict
        finally:
            os.close(descriptor)
            buffer.close()


class Counter:
    """The reads that were made, beside the bytes that the system fetched from devices for them."""

    def __init__(self, fetched: Callable[[], int | None] | None = None) -> None:
        self.reads = 0
        self._fetched = _fetched_bytes if fetched is None else fetched
        self._start = self._fetched()

    def verdict(self) -> str:
        """Say who answered the reads, or that it cannot be known."""
        now = self._fetched()
        if now is None or self._start is None:
            return "whether the page cache answered cannot be known here"
        share = (now - self._start) / PAGE / max(self.reads, 1)
        if share < 0.01:
            return "the page cache answered: this is memory, and no disk"
        caveat = "which may have a cache of its own"
        return f"{min(share, 1):.0%} of the reads went to the device, {caveat}"


def _fetched_bytes() -> int | None:
    """Return the bytes that this process had fetched from devices, where that is counted."""
    try:
        lines = COUNTS.read_text("ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("read_bytes")), None)


@contextmanager
def _file() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cachelab-") as folder:
        path = Path(folder) / "pages"
        with path.open("wb") as file:
            file.write(random.Random(0).randbytes(SIZE))
            file.flush()
            os.fsync(file.fileno())
        yield path


def _open_past_the_cache(path: Path) -> int:
    if sys.platform == "darwin":
        import fcntl

        descriptor = os.open(path, os.O_RDONLY)
        fcntl.fcntl(descriptor, F_NOCACHE, 1)
        return descriptor
    if not hasattr(os, "O_DIRECT"):
        raise NotPossible("this system has no way to read past its page cache from Python")
    try:
        return os.open(path, os.O_RDONLY | os.O_DIRECT)
    except OSError as error:
        raise NotPossible(f"no direct reads here: {error.strerror}") from error


def _places() -> Iterator[int]:
    rng = random.Random(0)
    while True:
        yield rng.randrange(SIZE // PAGE) * PAGE
