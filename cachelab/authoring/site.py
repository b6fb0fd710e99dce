"""
The course as a static site: no kernel behind it, no request to anywhere but itself.

Lessons are executed once more, since a checked-in notebook holds no widget state; exercises are
pages to read.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .course import BuildError, Course, Lesson
from .execute import CellError, execute
from .site_islands import settle

ASSETS = Path(__file__).with_name("site_assets")
GLOSSARY = Path("notebooks") / "glossary.md"
MARK = "cachelab-site.txt"
WELCOME = """# Caching

A course to read and to try: its views work in the page, without a kernel.
"""
CONF = {
    "project": "Caching",
    "html_title": "Caching",
    "extensions": ["myst_nb"],
    "html_theme": "furo",
    "html_static_path": ["_static"],
    "html_css_files": ["cachelab-site.css"],
    "html_js_files": [("cachelab-site.js", {"type": "module"})],
    "html_show_sourcelink": False,
    "html_show_copyright": False,
    "html_copy_source": False,
    "nb_execution_mode": "off",
    "nb_code_prompt_show": "The cell's code",
    "nb_code_prompt_hide": "The cell's code",
    # By default a page would ask a content network for the machinery of widgets.
    "nb_ipywidgets_js": {},
    "myst_heading_anchors": 3,
    # Links to source files of the course and cells in magics are no pages of the site.
    "suppress_warnings": ["myst.xref_missing", "misc.highlighting_failure"],
}


def build_site(root: Path, to: Path, names: tuple[str, ...] = ()) -> list[str]:
    """
    Write the site to the folder `to`: the lessons and exercises called `names`, or all of them.

    Returns the names of the pages. Raises: BuildError when a lesson fails or Sphinx does.
    """
    course = Course(root)
    lessons = course.select(names)
    if to.exists() and any(to.iterdir()) and not (to / MARK).exists():
        raise BuildError(f"{to} is neither empty nor a site of the course: name another folder")
    with tempfile.TemporaryDirectory(prefix="cachelab-site-") as scratch:
        pages = Path(scratch) / "pages"
        shutil.copytree(ASSETS, pages / "_static")
        for lesson in lessons:
            _page(course, lesson, pages, Path(scratch))
        _front(course, lessons, pages)
        _render(pages, to, Path(scratch))
    (to / MARK).write_text("Built by `cachelab site`.\n", "utf-8")
    return [lesson.name for lesson in lessons]


def _page(course: Course, lesson: Lesson, pages: Path, scratch: Path) -> None:
    path = lesson.release or lesson.notebook
    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    if lesson.release is None:
        try:
            asyncio.run(execute(notebook, path.parent, scratch / f"{lesson.name}.log"))
        except CellError as error:
            where = f"{course.relative(path)}, cell {error.position + 1}"
            raise BuildError(f"{where}: {error}") from error
    _fold(notebook)
    settle(notebook, pages / "_static")
    target = pages / path.relative_to(course.root)
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)  # type: ignore[no-untyped-call]


def _fold(notebook: NotebookNode) -> None:
    """
    Fold what is folded in JupyterLab: a cell whose code holds the answer to what it asks.
    """
    for cell in notebook.cells:
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]


def _front(course: Course, lessons: list[Lesson], pages: Path) -> None:
    """
    The first page, which lists the others, and the glossary.
    """
    glossary = course.root / GLOSSARY
    if glossary.exists():
        (pages / GLOSSARY).parent.mkdir(exist_ok=True)
        shutil.copy(glossary, pages / GLOSSARY)
    shown = [lesson.notebook for lesson in lessons if lesson.release is None]
    parts = {
        "Lessons": [*shown, *([glossary] if glossary.exists() else [])],
        "Exercises": [lesson.release for lesson in lessons if lesson.release is not None],
    }
    text = WELCOME
    for caption, paths in parts.items():
        links = "\n".join(_entry(course, path) for path in paths)
        if links:
            text += f"\n```{{toctree}}\n:caption: {caption}\n:maxdepth: 1\n\n{links}\n```\n"
    (pages / "index.md").write_text(text, "utf-8")


def _entry(course: Course, path: Path) -> str:
    """
    The line that lists a page; that of a lesson has its number, by which other pages speak of it.
    """
    link, number = course.relative(path.with_suffix("")), path.name[:2]
    if not number.isdigit():
        return link
    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    title = notebook.cells[0].source.splitlines()[0].lstrip("# ")
    return f"{number} {title} <{link}>"


def _render(pages: Path, to: Path, scratch: Path) -> None:
    from sphinx.application import Sphinx

    with (scratch / "sphinx.log").open("w+", encoding="utf-8") as log:
        app = Sphinx(
            pages, None, to, scratch / "trees", "html", confoverrides=CONF, status=None, warning=log
        )
        app.build()
        log.seek(0)
        if app.statuscode:
            raise BuildError(f"Sphinx could not make the pages:\n{log.read()}")
