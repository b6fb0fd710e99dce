"""
The page's side of a view, put together from its parts: one ES module, one style sheet.
"""

import re
from pathlib import Path

LAST = re.compile(r"^function (render\w*)\(", re.MULTILINE)


def module(*names: str) -> str:
    """
    Return scripts of this folder as one ES module, so that views share parts without a build step.

    The module's way in is the last function called `render...`; it can call those before it.

    Raises:
        ValueError: no such function is in any of them.
    """
    text = styles(*names)
    found = LAST.findall(text)
    if not found:
        raise ValueError(f"nothing renders in {', '.join(names)}")
    return f"{text}\nexport default {{ render: {found[-1]} }};\n"


def styles(*names: str) -> str:
    """Return files of this folder as one text."""
    return "\n".join(Path(__file__).with_name(name).read_text("utf-8") for name in names)
