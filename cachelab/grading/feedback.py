"""
The page that a student gets back: nbgrader's, fit to be read offline and in the dark.

It tells which answers wait for marks, and fetches something for formulas alone.
"""

from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbgrader import preprocessors  # type: ignore[import-untyped]
from nbgrader.api import MissingEntry  # type: ignore[import-untyped]
from traitlets import default

TEMPLATES = Path(__file__).parent / "templates"


class FeedbackPage(HTMLExporter):
    """nbgrader's page with a dark form."""

    @default("template_file")
    def _template_file_default(self) -> str:
        return "course_feedback.html.j2"

    @default("template_paths")
    def _template_paths(self, *arguments: Any, **keywords: Any) -> list[str]:
        return [str(TEMPLATES), *super()._template_paths(*arguments, **keywords)]


class GetGrades(preprocessors.GetGrades):  # type: ignore[misc]
    """nbgrader's step of this name, which also notes what the page has to say and to fetch."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        resources["nbgrader"] |= {"waiting": [], "again": []}
        texts = [cell.source for cell in nb.cells if cell.cell_type == "markdown"]
        resources["nbgrader"]["has_formulas"] = any("$" in text for text in texts)
        nb, resources = super().preprocess(nb, resources)
        for kind, told in {"waiting": "not marked yet", "again": "to be marked again"}.items():
            if names := resources["nbgrader"][kind]:
                self.log.warning("%s: %s: %s", self.student_id, told, ", ".join(names))
        return nb, resources

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name and (grade := self._grade(name)) and grade.needs_manual_grade:
            kind = "waiting" if grade.manual_score is None else "again"
            resources["nbgrader"][kind].append(name)
        return cell, resources

    def _grade(self, name: str) -> Any:
        place = (name, self.notebook_id, self.assignment_id, self.student_id)
        try:
            return self.gradebook.find_grade(*place)
        except MissingEntry:
            return None
