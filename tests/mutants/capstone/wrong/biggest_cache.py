# rejected by: budget
# The careful design with all the memory that there is.
from contextlib import suppress
from typing import Any

from cachelab.ports import MISSING, StoreError

LIVES = {"catalogue": 55, "price": 1.6, "stock": 9, "search": 55}
"""Seconds for which an edge may keep a row that was true when it was fetched."""

OWN_LIVES = {"cart": 9, "session": 28, "feed": 55}
"""Seconds for which a process may keep a user's row."""

SHARED_LIFE = 600


class Design:
    """Edges for public rows, processes for private ones, a shared cache that is kept true."""

    def configure(self, budget: Any) -> dict[str, Any]:
        """Buy memory where the bytes are asked for: pages at the edges and on the nodes."""
        return {
            "cdn": {"megabytes": 400, "entries": 4_000, "policy": "s3_fifo"},
            "l1": {"megabytes": 2},
            "l2": {"megabytes": 400, "entries": 6_000, "policy": "s3_fifo"},
        }

    def read(self, ctx: Any, key: str) -> Any:
        """Return a row from the nearest layer that may have it."""
        kind = key.partition(":")[0]
        if kind in OWN_LIVES:
            return self._own(ctx, key, OWN_LIVES[kind])
        if ctx.checkout:
            return self._shared(ctx, key)
        row, lease = ctx.cdn.get_or_lease(key)
        if row is not MISSING:
            return row
        asked = ctx.now()
        row = self._shared(ctx, key)
        if lease is not None:
            ctx.cdn.put(key, row, ttl=LIVES[kind] - (ctx.now() - asked), lease=lease)
        return row

    def write(self, ctx: Any, key: str, value: str) -> None:
        """Tell the origin, then remove every copy before the write is acknowledged."""
        ctx.origin.write(key, value)
        if key.partition(":")[0] in OWN_LIVES:
            ctx.l1.delete(key)
            ctx.publish(key)
            return
        with suppress(StoreError):  # a dead node comes back empty
            ctx.l2.delete(key)
        ctx.cdn.delete(key)

    def on_event(self, ctx: Any, event: Any) -> None:
        """Remove the copy of a row that another process has written."""
        if event.kind == "message":
            ctx.l1.delete(event.note)

    def _own(self, ctx: Any, key: str, life: float) -> Any:
        row, lease = ctx.l1.get_or_lease(key)
        if row is MISSING:
            row = ctx.origin.read(key)
            if lease is not None:
                ctx.l1.put(key, row, ttl=life - (ctx.now() - row.at), lease=lease)
        return row

    def _shared(self, ctx: Any, key: str) -> Any:
        try:
            row, lease = ctx.l2.get_or_lease(key)
        except StoreError:
            return ctx.origin.read(key)
        if row is MISSING:
            row = ctx.origin.read(key)
            if lease is not None:
                ctx.l2.put(key, row, ttl=SHARED_LIFE, lease=lease)
        return row
