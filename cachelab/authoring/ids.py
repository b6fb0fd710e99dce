"""
Names for cells that stay put: a cell is called after the section it stands in.

nbval's messages, links into lessons and the difference between two versions of a notebook all speak
of cell ids. Numbering within a section keeps an edit's effect on them local.
"""

import re
import unicodedata
from collections import Counter

from nbformat import NotebookNode

from .course import BuildError

VALID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
SLUG_LENGTH = 40


def slug(heading: str) -> str:
    """
    A heading as part of an id: lower case, plain letters and digits, words joined by hyphens.

    >>> slug("Predict: who is the *victim*?")
    'predict-who-is-the-victim'
    """
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())
    kept: list[str] = []
    for word in words:
        if len("-".join([*kept, word])) > SLUG_LENGTH:
            break
        kept.append(word)
    return "-".join(kept) or "section"


def assign_ids(cells: list[NotebookNode], number: str) -> None:
    """
    Give each cell its id: the one in its `id` metadata, or `<number>-<section>-<position>`.

    Raises: BuildError for an id that is malformed or taken.
    """
    seen: set[str] = set()
    headings: Counter[str] = Counter()
    section, position = "start", 0
    for cell in cells:
        heading = _section_heading(cell)
        if heading is not None:
            name = slug(heading)
            headings[name] += 1
            section = name if headings[name] == 1 else f"{name}-{headings[name]}"
            position = 0
        position += 1
        cell["id"] = _checked(cell.metadata.pop("id", f"{number}-{section}-{position:02}"), seen)


def _section_heading(cell: NotebookNode) -> str | None:
    first, _, _ = cell.source.partition("\n")
    if cell.cell_type != "markdown" or not first.startswith("## "):
        return None
    return str(first.removeprefix("## "))


def _checked(cell_id: object, seen: set[str]) -> str:
    if not isinstance(cell_id, str) or not VALID.fullmatch(cell_id):
        raise BuildError(
            f"the cell id {cell_id!r} is not 1 to 64 letters, digits, hyphens or underscores"
        )
    if cell_id in seen:
        raise BuildError(f"two cells have the id {cell_id!r}")
    seen.add(cell_id)
    return cell_id
