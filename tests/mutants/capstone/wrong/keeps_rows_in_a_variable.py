# rejected by: promises
# A dictionary is memory that nobody pays for.
from typing import Any

ROWS = {}


class Design:
    """Asks the origin for everything."""

    def configure(self, budget: Any) -> dict[str, Any]:
        """Buy nothing."""
        return {}

    def read(self, ctx: Any, key: str) -> Any:
        """Ask the origin."""
        if key not in ROWS:
            ROWS[key] = ctx.origin.read(key)
        return ROWS[key]

    def write(self, ctx: Any, key: str, value: str) -> None:
        """Tell the origin."""
        ctx.origin.write(key, value)

    def on_event(self, ctx: Any, event: Any) -> None:
        """Nothing is remembered, so nothing has to be corrected."""
