"""
What a page of the site shows of a notebook's outputs: views that live without a kernel.

A view is an ES module and plain state, so a page needs no widget machinery: the state stands in
the page, beside the still picture; script and style are files that all pages share.
"""

import html
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
PICTURES = {"image/svg+xml", "image/png"}
TELLS_NOTHING = "A figure; what it shows is said in the text around it."


def settle(notebook: NotebookNode, static: Path) -> None:
    """
    Turn views and figures into HTML that a page shows by itself; share scripts in `static`.
    """
    kept = notebook.metadata.pop("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            view = kept.get(data.pop(WIDGET_VIEW, {}).get("model_id"), {}).get("state", {})
            still = _still(data, output.get("metadata", {}))
            if lives_alone(view):
                data["text/html"] = island(view, still, static)
            elif still:
                data["text/html"] = still
            for kind in PICTURES & set(data):
                del data[kind]


def lives_alone(state: dict[str, Any]) -> bool:
    """
    Whether a view needs no kernel: it has a script, and follows nothing that runs in Python.

    >>> lives_alone({"_esm": "export default {}"}), lives_alone({"_esm": "", "live": {}})
    (True, False)
    """
    return bool(state.get("_esm")) and "live" not in state


def island(state: dict[str, Any], still: str, static: Path) -> str:
    """
    The HTML of a view: its state, and the picture that is left where no script runs.
    """
    module = _shared(state["_esm"], "js", static)
    style = _shared(state.get("_css", ""), "css", static)
    plain = {name: value for name, value in state.items() if not name.startswith("_")}
    # A script ends at the first `</`, whatever it holds.
    text = json.dumps(plain).replace("</", "<\\/")
    return (
        f'<div class="cachelab-island" data-module="{module}" data-style="{style}">'
        f'<script type="application/json">{text}</script>{still}</div>'
    )


def _still(data: dict[str, Any], metadata: dict[str, Any]) -> str:
    """
    What an output shows without a script, as HTML; empty when text is all there is.
    """
    if "text/html" in data:
        return str(data["text/html"])
    if "image/svg+xml" in data:
        label = html.escape(_alt(metadata, "image/svg+xml"))
        picture = str(data["image/svg+xml"])
        named = picture[picture.index("<svg") :]
        if "aria-label" not in named.split(">", 1)[0]:
            named = named.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)
        return f'<div class="cachelab-figure">{named}</div>'
    if "image/png" in data:
        label, pixels = html.escape(_alt(metadata, "image/png")), "".join(data["image/png"].split())
        picture = f'<img alt="{label}" src="data:image/png;base64,{pixels}">'
        return f'<div class="cachelab-figure">{picture}</div>'
    return ""


def _alt(metadata: dict[str, Any], kind: str) -> str:
    found = metadata.get(kind, {}).get("alt") or metadata.get("alt")
    return str(found or TELLS_NOTHING)


def _shared(text: str, ending: str, static: Path) -> str:
    """
    The name of the file in `static` that holds `text`; equal texts are one file.
    """
    name = f"views/{sha256(text.encode()).hexdigest()[:12]}.{ending}"
    path = static / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return name
