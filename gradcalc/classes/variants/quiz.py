"""Variants as questions with blanks for numbers: Moodle's XML (a cloze question each), and QTI 1.2 as Canvas takes it.

Moodle XML: docs.moodle.org, "Moodle XML format" and "Embedded Answers (Cloze) question type". QTI 1.2: IMS Question and
Test Interoperability, ASI information model 1.2; Canvas's numerical question is an item whose metadata say so, with
`vargte` and `varlte` around the right number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import BinaryIO, Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.write import code
from gradcalc.program.beside import with_further
from gradcalc.program.further import by_labels
from gradcalc.program.problem import Problem
from gradcalc.program.sections import quantities
from gradcalc.program.solve import solve
from gradcalc.words import visible

QTI: Final = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PACKAGE: Final = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
QTI_TYPE: Final = "imsqti_xmlv1p2"
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
"""The same quiz is the same bytes, whenever it is written."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A number that is asked for: `gradients.W1[1,2]`, its right value as written, and how far an answer may be off."""

    label: str
    value: str
    room: str


@dataclass(frozen=True, slots=True)
class Question:
    """A variant as a question: whose it is, its title, what is given (as HTML), and the blanks."""

    student: str
    title: str
    given: str
    blanks: tuple[Blank, ...]


def question(student: str, problem: Problem) -> Question:
    """The question that a variant is: what has points is asked, else everything that is finite.

    An answer may be off by a unit of the last digit; mistakes are by two at least, where a variant is separating.
    """
    solution = solve(problem, check=False)
    solution = with_further(solution, by_labels(problem, problem.points))
    asked = [each for each in quantities(solution) if not problem.points or each.label in problem.points]
    blanks = [blank for each in asked for blank in _blanks(each.label, solution.values[each.equation], problem.digits)]
    return Question(visible(student), visible(problem.title or "Problem"), _given(problem), tuple(blanks))


def _blanks(label: str, value: Array, digits: int) -> Iterator[Blank]:
    room = f"{10.0**-digits:.{digits}f}"
    for place, entry in np.ndenumerate(value):
        index = f"[{','.join(str(i + 1) for i in place)}]" if place and value.size > 1 else ""
        if np.isfinite(entry):
            yield Blank(f"{label}{index}", _decimal(float(entry), digits), room)


def _decimal(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def _given(problem: Problem) -> str:
    """The numbers, and the formulas of the forward pass, line by line."""
    numbers = {**problem.data, **({} if problem.lr is None else {"lr": np.array(problem.lr)})}
    lines = [f"{name} = {_numbers(value)}" for name, value in numbers.items()]
    lines += [f"{equation.name} = {code(equation.expr)}" for equation in problem.forward]
    given = "".join(f"<li><code>{escape(visible(line))}</code></li>" for line in lines)
    return f"<p>{escape(visible(problem.title))}</p><ul>{given}</ul><p>To {problem.digits} decimals:</p>"


def _numbers(value: Array) -> str:
    def plain(entry: float) -> str:
        return repr(float(entry)).removesuffix(".0")

    if not value.shape:
        return plain(float(value))
    return f"[{', '.join('[' + ', '.join(map(plain, row)) + ']' for row in value)}]"


def moodle_xml(questions: Iterable[Question], category: str) -> bytes:
    """A question bank for Moodle: in a category a cloze question for each variant, in it a blank for each number."""
    quiz = Element("quiz")
    head = SubElement(quiz, "question", type="category")
    SubElement(SubElement(head, "category"), "text").text = f"$course$/top/{visible(category).replace('/', '//')}"
    for each in questions:
        found = SubElement(quiz, "question", type="cloze")
        SubElement(SubElement(found, "name"), "text").text = f"{each.title} ({each.student})"
        text = SubElement(found, "questiontext", format="html")
        SubElement(text, "text").text = each.given + "".join(map(_cloze, each.blanks))
        SubElement(SubElement(found, "generalfeedback", format="html"), "text").text = ""
        SubElement(found, "penalty").text = "0.3333333"
        SubElement(found, "hidden").text = "0"
    return _document(quiz)


def _cloze(blank: Blank) -> str:
    return f"<p><code>{escape(blank.label)}</code> = {{1:NUMERICAL:={blank.value}:{blank.room}}}</p>"


def write_qti(questions: Iterable[Question], file: BinaryIO) -> None:
    """A package for Canvas: a quiz for each variant, with a numerical question for each number."""
    manifest = Element("manifest", xmlns=PACKAGE, identifier="gradcalc")
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    with ZipFile(file, "w", ZIP_DEFLATED) as package:
        for number, each in enumerate(questions, 1):
            name = f"quiz-{number}/quiz-{number}.xml"
            resource = SubElement(resources, "resource", identifier=f"quiz{number}", type=QTI_TYPE, href=name)
            SubElement(resource, "file", href=name)
            package.writestr(ZipInfo(name, _LONG_AGO), _document(_assessment(number, each)))
        package.writestr(ZipInfo("imsmanifest.xml", _LONG_AGO), _document(manifest))


def _assessment(number: int, question: Question) -> Element:
    top = Element("questestinterop", xmlns=QTI)
    title = f"{question.title} ({question.student})"
    assessment = _in(top, "assessment", ident=f"quiz{number}", title=title)
    section = _in(assessment, "section", ident="root_section")
    for place, blank in enumerate(question.blanks, 1):
        _item(section, f"quiz{number}item{place}", question, blank)
    return top


def _item(section: Element, ident: str, question: Question, blank: Blank) -> None:
    item = _in(section, "item", ident=ident, title=blank.label)
    metadata = _in(_in(item, "itemmetadata"), "qtimetadata")
    for label, entry in (("question_type", "numerical_question"), ("points_possible", "1")):
        pair = _in(metadata, "qtimetadatafield")
        _in(pair, "fieldlabel").text = label
        _in(pair, "fieldentry").text = entry
    shown = _in(item, "presentation")
    text = f"{question.given}<p><code>{escape(blank.label)}</code></p>"
    _in(_in(shown, "material"), "mattext", texttype="text/html").text = text
    response = _in(shown, "response_str", ident="response1", rcardinality="Single")
    _in(_in(response, "render_fib", fibtype="Decimal"), "response_label", ident="answer1")
    _condition(_in(item, "resprocessing"), blank)


def _condition(processing: Element, blank: Blank) -> None:
    _in(_in(processing, "outcomes"), "decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")
    condition = _in(processing, "respcondition", **{"continue": "No"})
    either = _in(_in(condition, "conditionvar"), "or")
    _in(either, "varequal", respident="response1").text = blank.value
    between = _in(either, "and")
    digits = len(blank.room.partition(".")[2])
    _in(between, "vargte", respident="response1").text = f"{float(blank.value) - float(blank.room):.{digits}f}"
    _in(between, "varlte", respident="response1").text = f"{float(blank.value) + float(blank.room):.{digits}f}"
    _in(condition, "setvar", action="Set", varname="SCORE").text = "100"


def _in(parent: Element, tag: str, **attributes: str) -> Element:
    return SubElement(parent, tag, attributes)


def _document(root: Element) -> bytes:
    ElementTree.indent(root)
    found: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return found + b"\n"
