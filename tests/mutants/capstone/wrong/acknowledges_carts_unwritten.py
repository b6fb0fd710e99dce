# rejected by: promises
# Nobody reads that cart again, it hopes.
from typing import Any

from cachelab.ports import MISSING, StoreError

LIVES = {"catalogue": 55, "price": 1.6, "stock": 9, "cart": 9, "session": 28, "feed": 55}
LIVES["search"] = 55
PRIVATE = {"cart", "session", "feed"}


class Design:
    """Looks, loads on a miss, stores for a while."""

    def configure(self, budget: Any) -> dict[str, Any]:
        """Buy some memory in the processes and on the nodes."""
        return {"l1": {"megabytes": 2}, "l2": {"megabytes": 8, "entries": 4_000}}

    def read(self, ctx: Any, key: str) -> Any:
        """Return a copy, or load one; somebody who pays gets no copy."""
        kind = key.partition(":")[0]
        if ctx.checkout:
            return ctx.origin.read(key)
        layer = ctx.l1 if kind in PRIVATE else ctx.l2
        try:
            row = layer.get(key)
        except StoreError:
            return ctx.origin.read(key)
        if row is MISSING:
            row = ctx.origin.read(key)
            layer.put(key, row, ttl=LIVES[kind] - (ctx.now() - row.at))
        return row

    def write(self, ctx: Any, key: str, value: str) -> None:
        """Tell the origin; copies live on until their time is up."""
        if not key.startswith("cart"):
            ctx.origin.write(key, value)

    def on_event(self, ctx: Any, event: Any) -> None:
        """Let it pass."""
