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
