"""Moodle's XML: a cloze question for each variant, in it a blank for each number.

Moodle's documentation, "Moodle XML format" and "Embedded Answers (Cloze) question type".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from gradcalc.classes.variants.quiz.markup import as_document, given_html
from gradcalc.classes.variants.quiz.question import Blank, Question
from gradcalc.words import visible

_SPEAKING: Final = str.maketrans({each: f"&#{ord(each)};" for each in "{}~\\"})
"""What would end a blank, or begin one."""


def moodle_xml(questions: Iterable[Question], category: str) -> bytes:
    """A question bank for Moodle: in a category a cloze question for each variant, in it a blank for each number."""
    quiz = Element("quiz")
    head = SubElement(quiz, "question", type="category")
    SubElement(SubElement(head, "category"), "text").text = f"$course$/top/{visible(category).replace('/', '//')}"
    for each in questions:
        found = SubElement(quiz, "question", type="cloze")
        SubElement(SubElement(found, "name"), "text").text = f"{each.title} ({each.student})"
        text = SubElement(found, "questiontext", format="html")
        blanks = "".join(map(_cloze, each.blanks))
        SubElement(text, "text").text = given_html(each).translate(_SPEAKING) + blanks
        SubElement(SubElement(found, "generalfeedback", format="html"), "text").text = ""
        SubElement(found, "penalty").text = "0.3333333"
        SubElement(found, "hidden").text = "0"
    return as_document(quiz)


def _cloze(blank: Blank) -> str:
    label = escape(blank.label).translate(_SPEAKING)
    return f"<p><code>{label}</code> = {{1:NUMERICAL:{'~'.join(_answers(blank))}}}</p>"


def _answers(blank: Blank) -> Iterator[str]:
    """The right answer, and after it each mistake's, which earns nothing and is answered by what was done."""
    yield f"={blank.value}:{blank.room}"
    for mistake in blank.mistakes:
        # Moodle reads entities in what it answers once before it takes it for HTML.
        yield f"%0%{mistake.value}:{blank.room}#{escape(escape(mistake.said)).translate(_SPEAKING)}"
