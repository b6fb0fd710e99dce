"""What every picture of a story must be, whatever it shows."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable

from cachelab.lab.scenes import Run

SVG = "{http://www.w3.org/2000/svg}"


def root_of(svg: str) -> ET.Element:
    """Return the picture as a tree; markup that is not well formed raises."""
    return ET.fromstring(f'<svg xmlns="http://www.w3.org/2000/svg">{svg}</svg>')


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in root_of(svg).iter(f"{SVG}text")]


def faults(runs: Iterable[Run], size: tuple[int, int]) -> list[str]:
    """Return what is wrong with the pictures: small text, text outside, no full stop."""
    found = []
    for run in runs:
        for svg in (run.backdrop, *(scene.svg for scene in run.scenes)):
            found += _faults_of(root_of(svg), size)
        found += [scene.say for scene in run.scenes if not re.search(r"[.?!]$", scene.say)]
        widths = {len(row) for row in run.table}
        found += [f"a table with rows of {widths}"] if len(widths) > 1 else []
        rows = [scene.row for scene in run.scenes if scene.row is not None]
        found += [f"no row {row}" for row in rows if not 0 <= row < len(run.table) - 1]
    return found


def _faults_of(root: ET.Element, size: tuple[int, int]) -> Iterable[str]:
    for node in root.iter(f"{SVG}text"):
        if float(node.get("font-size", 12)) < 12:
            yield f"small: {node.text}"
        x, y = float(node.get("x", 0)), float(node.get("y", 0))
        if not (-40 <= x <= size[0] and -40 <= y <= size[1]):
            yield f"outside: {node.text}"
        if node.get("text-anchor") is None and x + 5.2 * len(node.text or "") > size[0]:
            yield f"too long: {node.text}"
