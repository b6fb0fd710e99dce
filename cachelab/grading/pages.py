"""
What a teacher's browser shows of a submission: nbgrader's pages, in which no answer acts.

A written answer is Markdown, and Markdown may hold any HTML. nbgrader's form and feedback show it
as it is, in a page from which a teacher's server can be told to run code.
"""

from typing import Any

import bleach  # type: ignore[import-untyped]
from bleach.css_sanitizer import CSSSanitizer  # type: ignore[import-untyped]
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbgrader import preprocessors  # type: ignore[import-untyped]
from traitlets import List

_TAGS = """
br caption center dd del details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr img ins kbd mark p
pre s samp small span sub summary sup table tbody td tfoot th thead tr u var
"""
_ATTRIBUTES = "align alt class colspan height id open rowspan scope start style title width"
TAGS = bleach.ALLOWED_TAGS | set(_TAGS.split())
ATTRIBUTES = set(_ATTRIBUTES.split())
PROTOCOLS = [*bleach.ALLOWED_PROTOCOLS, "data"]


def harmless(html: str) -> str:
    """
    Return HTML that shows and does nothing: an element that could act is shown as text.

    >>> harmless("<b>why</b> <script>steal()</script> <i onclick='steal()'>not</i>")
    '<b>why</b> &lt;script&gt;steal()&lt;/script&gt; <i>not</i>'
    """
    style = CSSSanitizer(allowed_css_properties=["text-align"])
    return str(bleach.clean(html, TAGS, _may_have, PROTOCOLS, css_sanitizer=style))


@pass_context
def markdown2html(context: Any, source: str) -> str:
    """Be nbconvert's filter of this name, for cells that somebody else has written."""
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = IPythonRenderer(escape=False, attachments=attachments)
    return harmless(MarkdownWithMath(renderer=renderer).render(source))


class ClearHiddenTests(preprocessors.ClearHiddenTests):  # type: ignore[misc]
    """nbgrader's step of this name, with the option that it says it does not know."""

    display_data_priority: Any = List(help="what its pages show of an output").tag(config=True)


def _may_have(tag: str, name: str, value: str) -> bool:
    """Tell whether an element may have an attribute; data is for pictures, not for links."""
    if name == "src":
        return tag == "img" and (not value.startswith("data:") or value.startswith("data:image/"))
    if name == "href":
        return tag == "a" and not value.strip().lower().startswith("data:")
    return name in ATTRIBUTES
