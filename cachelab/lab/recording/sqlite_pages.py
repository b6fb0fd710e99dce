"""
The pages that SQLite asks its file for, heard at the layer below SQLite.

SQLite reaches the operating system through a table of functions, its VFS. Ours passes each call on
and notes the page of each read. SQLite's own cache is set to ten pages, so nearly all are heard.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cachelab.ports.errors import CachelabError

PAGE = 4096
OWN_CACHE = 10
"""Pages that SQLite keeps for itself; with none it could not work at all."""


class PageReads:
    """
    The numbers of the pages read so far, while `listening`.

    Complexity: one number for each read; the database behind it may be any size.
    """

    def __init__(self) -> None:
        self.pages: list[int] = []
        self.listening = False

    def note(self, amount: int, offset: int) -> None:
        """Take in a read of `amount` bytes; SQLite also reads headers, which are no pages."""
        if self.listening and amount == PAGE:
            self.pages.append(offset // PAGE)


def record_pages(fill: Callable[[Any], None], work: Callable[[Any], None]) -> list[int]:
    """
    Return the pages read while `work(database)` ran, on a new database that `fill` has filled.

    Both get an `apsw.Connection`. The database is a file in a folder that is removed afterwards;
    it keeps no journal, since a recording that fails is started again.

    Raises:
        CachelabError: apsw is not installed. Python's own sqlite3 has no way in below SQLite.
    """
    apsw = _apsw()
    reads = PageReads()
    vfs = _listening_vfs(apsw, reads)
    with tempfile.TemporaryDirectory() as folder:
        database = apsw.Connection(str(Path(folder) / "recorded.db"), vfs=vfs.name)
        try:
            database.execute(f"pragma page_size = {PAGE}")
            database.execute("pragma journal_mode = off; pragma synchronous = off")
            fill(database)
            database.execute(f"pragma cache_size = {OWN_CACHE}")
            reads.listening = True
            work(database)
            reads.listening = False
        finally:
            database.close()
            vfs.unregister()
    return reads.pages


def _apsw() -> Any:
    try:
        import apsw  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise CachelabError(
            "recording SQLite's page reads needs apsw, another way into SQLite: pip install apsw"
        ) from error
    return apsw


def _listening_vfs(apsw: Any, reads: PageReads) -> Any:
    """Register the operating system's file layer again, with an ear to the database file."""

    class File(apsw.VFSFile):  # type: ignore[misc, unused-ignore]
        def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - SQLite's name
            reads.note(amount, offset)
            content: bytes = super().xRead(amount, offset)
            return content

    class Listening(apsw.VFS):  # type: ignore[misc, unused-ignore]
        name = "cachelab"

        def __init__(self) -> None:
            super().__init__(self.name, "")

        def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802 - SQLite's name
            heard = flags[0] & apsw.SQLITE_OPEN_MAIN_DB
            return (File if heard else apsw.VFSFile)("", name, flags)

    return Listening()
