"""
The page's side of a view, put together from its parts: one ES module, one style sheet.
"""

from pathlib import Path


def joined(*names: str) -> str:
    """Return files of this folder as one text, so that views share parts without a build step."""
    return "\n".join(Path(__file__).with_name(name).read_text("utf-8") for name in names)
