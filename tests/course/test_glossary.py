"""
The glossary and the lessons point at each other.
"""

import re
from pathlib import Path

import pytest

from cachelab.authoring.course import Course
from cachelab.authoring.source import read_source

COURSE = Course(Path(__file__).parents[2])
GLOSSARY = COURSE.root / "notebooks" / "glossary.md"
LESSONS = {lesson.number: lesson for lesson in COURSE.lessons() if lesson.release is None}
ENTRIES = dict(re.findall(r"^### (.+)\n\n(.+)$", GLOSSARY.read_text("utf-8"), re.MULTILINE))
PAIRS = [
    (word, number) for word, entry in ENTRIES.items() for number in re.findall(r"\[(\d\d)\]", entry)
]


def anchor(word):
    return word.lower().replace(" ", "-")


def test_words_are_in_alphabetical_order():
    words = [word.lower() for word in ENTRIES]
    assert words == sorted(words)
    assert len(words) > 50


@pytest.mark.parametrize("word", ENTRIES)
def test_a_word_is_explained_and_names_a_lesson(word):
    meaning, lessons = re.split(r" Lessons? (?=\[)", ENTRIES[word])
    assert len(meaning.split()) >= 5
    files = dict(re.findall(r"\[(\d\d)\]\(([^)]+)\)", lessons))
    assert files
    assert all(LESSONS[number].notebook.name == file for number, file in files.items())


@pytest.mark.parametrize(("word", "number"), PAIRS)
def test_a_lesson_links_to_the_words_that_it_earns(word, number):
    cells = read_source(LESSONS[number].source, number).notebook.cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert number == "00" or f"(glossary.md#{anchor(word)})" in text
    assert "(glossary.md" in text
