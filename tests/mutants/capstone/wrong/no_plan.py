# rejected by: runs
# configure returns a number.
from typing import Any


class Design:
    """Asks the origin for everything."""

    def configure(self, budget: Any) -> dict[str, Any]:
        """Buy nothing."""
        return 12

    def read(self, ctx: Any, key: str) -> Any:
        """Ask the origin."""
        return ctx.origin.read(key)

    def write(self, ctx: Any, key: str, value: str) -> None:
        """Tell the origin."""
        ctx.origin.write(key, value)

    def on_event(self, ctx: Any, event: Any) -> None:
        """Nothing is remembered, so nothing has to be corrected."""
