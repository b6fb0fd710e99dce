"""
A connection to PostgreSQL that does not wait for ever for an answer.

The server ends a statement that takes too long, if it still runs at all; one that is stopped, or
cut off without a word, does not even do that.
"""

from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

GRACE = 1.0
"""Seconds more than the server has, so that it can say itself that time is up."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that waits for no answer longer than `patience` seconds, once that is set."""

    patience: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """
        Carry out `gen`, a step of psycopg's, and close the connection if that takes too long.

        Raises:
            psycopg.OperationalError: there was no answer in time.
        """
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError as error:
            if self.info.transaction_status != TransactionStatus.ACTIVE:
                raise
            # The answer may still come, and would be taken for that of the next statement.
            self.close()
            raise psycopg.OperationalError("the server did not answer in time") from error
