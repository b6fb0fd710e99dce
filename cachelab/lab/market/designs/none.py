"""
No cache at all: every read goes to the origin. It is never wrong, and it is the zero of the scale.
"""

from typing import Any


class Design:
    """Asks the origin for everything."""

    def configure(self, budget: Any) -> dict[str, Any]:  # noqa: ARG002 - its part of the contract
        """Buy nothing."""
        return {}

    def read(self, ctx: Any, key: str) -> Any:
        """Ask the origin."""
        return ctx.origin.read(key)

    def write(self, ctx: Any, key: str, value: str) -> None:
        """Tell the origin."""
        ctx.origin.write(key, value)

    def on_event(self, ctx: Any, event: Any) -> None:
        """Nothing is remembered, so nothing has to be corrected."""
