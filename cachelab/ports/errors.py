"""
What can go wrong in the world outside a cache, as one small tree.

A caller catches `CachelabError` and knows that the world failed, not the program. Errors of a
client library are turned into one of these where they enter, and kept as the cause.
"""


class CachelabError(Exception):
    """The world failed: the root of every error that cachelab raises for it."""


class ServerUnavailable(CachelabError):  # noqa: N818 - reads as the sentence it is
    """A cache server is not to be had: no program, it did not start, or it is not ours."""


class StoreError(CachelabError):
    """The cache server failed while a store used it; its own error is the cause."""


class SourceError(CachelabError):
    """
    The database failed, or refused a row; its own error is the cause.

    `key` names the row that was refused, where that is known: the others of its batch are not to
    blame, though none of them was stored either.
    """

    def __init__(self, message: str, key: str | None = None) -> None:
        super().__init__(message)
        self.key = key


class Overloaded(SourceError):  # noqa: N818 - named for the state of the source
    """
    The way to the database is full, and this call was turned away before it was made.

    To ask again at once makes it worse: wait, answer from an older copy, or say sorry.
    """
