"""
What a notebook may keep as output: a still picture of every widget, and nothing of the machine.

A saved notebook is read on other machines and compared word by word, so paths, host names, warnings
and memory addresses in it are mistakes of the lesson.
"""

import json
import re
import socket
import sys
import tempfile
from pathlib import Path

from nbformat import NotebookNode

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
ELSEWHERE = re.compile(r"(?<![\w./:<-])(/(?:home|root|Users|tmp|var|opt|mnt)/[\w.-]+|[A-Z]:\\\w+)")
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+|\b0x[0-9a-fA-F]{9,}")


def tidy(cell: NotebookNode, root: Path) -> None:
    """
    Take out of a code cell's outputs what holds only where and while the kernel runs.

    A widget view is dropped when the output has another representation, which the notebook then
    shows; paths in tracebacks become relative to the course.
    """
    for output in cell.outputs:
        data = output.get("data", {})
        if len(data) > 1:
            data.pop(WIDGET_VIEW, None)
            output.get("metadata", {}).pop(WIDGET_VIEW, None)
        if output.output_type == "error":
            output.traceback = [_shorten(line, root) for line in output.traceback]


def _shorten(text: str, root: Path) -> str:
    home = Path.home()
    # The environment first: it often stands inside the course's folder.
    for folder, short in ((sys.prefix, "python/"), (sys.base_prefix, "python/"), (root, "")):
        text = text.replace(f"{folder}/", short)
        if Path(folder).is_relative_to(home):
            text = text.replace(f"~/{Path(folder).relative_to(home).as_posix()}/", short)
    return text


def faults(
    cell: NotebookNode, root: Path, source: str, host: str = socket.gethostname()
) -> list[str]:
    """
    What is wrong with a code cell's outputs, one sentence each; `source` is the lesson's own text.

    An address is no fault in a live cell, whose output is not compared; a machine's name is none
    when it is a word of the lesson.
    """
    found = []
    if any(o.output_type == "stream" and o.name == "stderr" for o in cell.outputs):
        found.append("it writes to stderr (a warning?): " + _first_line(_stderr(cell)))
    text = _visible(cell)
    found += [f"its output has the absolute path {path}" for path in _local_paths(text, root)[:1]]
    if len(host) > 3 and host not in source and re.search(rf"\b{re.escape(host)}\b", text):
        found.append("its output has the name of this machine")
    address = ADDRESS.search(text)
    if address and "live" not in cell.metadata.get("tags", []):
        found.append(f"its output has the memory address {address.group().removeprefix('at ')}")
    return found


def _local_paths(text: str, root: Path) -> list[str]:
    here = (root, Path.home(), Path(sys.prefix), Path(tempfile.gettempdir()))
    named = [str(folder) for folder in here if len(folder.parts) > 1]
    return [match.group(1) for match in ELSEWHERE.finditer(text)] + [
        folder for folder in named if re.search(rf"(?<![\w.:/]){re.escape(folder)}\b", text)
    ]


def _stderr(cell: NotebookNode) -> str:
    return "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stderr")


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _visible(cell: NotebookNode) -> str:
    parts: list[str] = []
    for output in cell.outputs:
        parts.append(output.get("text", ""))
        parts += [output.get("evalue", ""), *output.get("traceback", [])]
        for kind, value in output.get("data", {}).items():
            if isinstance(value, str) and not kind.startswith(("image/png", "image/jpeg")):
                parts.append(value)
            elif not isinstance(value, str):
                parts.append(json.dumps(value))
    return "\n".join(parts)
