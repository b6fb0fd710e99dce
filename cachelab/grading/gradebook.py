"""
nbgrader's gradebook, opened once for a class and written once for each student.

nbgrader opens the gradebook ten times for each submission, looks each time whether all tables are
there, and commits after every cell. In these blocks all gradebooks are one, and what is written
for a student is there as a whole or not at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nbgrader import api  # type: ignore[import-untyped]


@contextmanager
def one_gradebook() -> Iterator[None]:
    """Let all gradebooks of a database that are opened in the block be one, closed at its end."""
    begin, close = api.Gradebook.__init__, api.Gradebook.close
    opened: dict[str, Any] = {}

    def join(self: Any, db_url: str, *rest: Any, **named: Any) -> None:
        if db_url not in opened:
            begin(self, db_url, *rest, **named)
            opened[db_url] = self
        self.__dict__ = opened[db_url].__dict__

    api.Gradebook.__init__, api.Gradebook.close = join, _stay_open
    try:
        yield
    finally:
        api.Gradebook.__init__, api.Gradebook.close = begin, close
        for gradebook in opened.values():
            gradebook.close()


def _stay_open(_gradebook: Any) -> None:
    """Take the place of `close` in the block."""


@contextmanager
def one_transaction(gradebook: Any) -> Iterator[None]:
    """Keep what is written in the block if it ends, and nothing of it if it raises."""
    gradebook.db.commit = gradebook.db.flush
    try:
        yield
        del gradebook.db.commit
        gradebook.db.commit()
    except BaseException:
        vars(gradebook.db).pop("commit", None)
        gradebook.db.rollback()
        raise
