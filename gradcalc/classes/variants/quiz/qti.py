"""QTI 1.2 as Canvas takes it: a quiz for each variant, with a numerical question for each number.

IMS Question and Test Interoperability, ASI information model and XML binding 1.2. Canvas's numerical question is an
item whose metadata say so, with `vargte` and `varlte` around the right number. Canvas takes every condition on a number
for a right answer, so mistakes can't be answered here as they are in Moodle.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import BinaryIO, Final
from xml.etree.ElementTree import Element, SubElement
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from gradcalc.classes.variants.quiz.markup import as_document, given_html
from gradcalc.classes.variants.quiz.question import Blank, Question

QTI: Final = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PACKAGE: Final = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
QTI_TYPE: Final = "imsqti_xmlv1p2"
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
"""The same quiz is the same bytes, whenever it is written."""


def write_qti(questions: Iterable[Question], file: BinaryIO) -> None:
    """A package for Canvas: a quiz for each variant, with a numerical question for each number."""
    manifest = Element("manifest", xmlns=PACKAGE, identifier="gradcalc")
    metadata = SubElement(manifest, "metadata")
    SubElement(metadata, "schema").text = "IMS Content"
    SubElement(metadata, "schemaversion").text = "1.1.3"
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    with ZipFile(file, "w", ZIP_DEFLATED) as package:
        for number, each in enumerate(questions, 1):
            name = f"quiz-{number}/quiz-{number}.xml"
            resource = SubElement(resources, "resource", identifier=f"quiz{number}", type=QTI_TYPE, href=name)
            SubElement(resource, "file", href=name)
            _add(package, name, _assessment(number, each))
        _add(package, "imsmanifest.xml", manifest)


def _add(package: ZipFile, name: str, root: Element) -> None:
    package.writestr(ZipInfo(name, _LONG_AGO), as_document(root), ZIP_DEFLATED)


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
    text = f"{given_html(question)}<p><code>{escape(blank.label)}</code></p>"
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
