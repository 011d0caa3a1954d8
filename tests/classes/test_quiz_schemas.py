"""The files of a quiz are valid by a validator that knows nothing of gradcalc, and wrong elements in them are not."""

import re
from functools import cache
from html import unescape
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
import xmlschema
from text2qti import qti as made
from text2qti.config import Config
from text2qti.quiz import Quiz

import gradcalc
from gradcalc.classes.variants.quiz.moodle import moodle_xml
from gradcalc.classes.variants.quiz.qti import PACKAGE, QTI, write_qti
from gradcalc.classes.variants.quiz.question import question
from gradcalc.classes.variants.quiz.text2qti import as_text
from gradcalc.classes.variants.search import Search

SCHEMAS = Path(__file__).parent / "schemas"
HOSTILE = "Ada <&\"'> \x07 {1:SHORTANSWER:=x} ~#} ]]>"


@pytest.fixture(scope="module")
def questions():
    asked = []
    for name in ("hw3", "cross-entropy-batch", "ttic-graph-mixed", "nielsen-nand"):
        problem = gradcalc.load(name)
        asked.append(question(HOSTILE, problem, Search(problem, 0).judge.mistaken(problem.data)))
    return asked


@pytest.fixture(scope="module")
def package(questions):
    file = BytesIO()
    write_qti(questions, file)
    return ZipFile(file)


@cache
def schema(name):
    kind = xmlschema.XMLSchema11 if name == "moodle" else xmlschema.XMLSchema
    return kind(str(SCHEMAS / f"{name}.xsd"))


def errors(name, text):
    return [each.reason for each in schema(name).iter_errors(ElementTree.fromstring(text))]


def test_the_quizzes_of_a_package_are_valid(package, questions):
    quizzes = [name for name in package.namelist() if name != "imsmanifest.xml"]
    assert len(quizzes) == len(questions)
    for name in quizzes:
        assert errors("qtiasiv1p2", package.read(name)) == []


def test_the_manifest_of_a_package_is_valid(package):
    assert errors("imscp", package.read("imsmanifest.xml")) == []


def test_the_question_bank_of_moodle_is_valid(questions):
    assert errors("moodle", moodle_xml(questions, HOSTILE)) == []


def spoiled(text, spoil, namespace):
    """The file with something changed in its first element of a kind."""
    root = ElementTree.fromstring(text)
    spoil(lambda tag: root.find(f".//{{{namespace}}}{tag}" if namespace else f".//{tag}"))
    return ElementTree.tostring(root)


def renamed(parent, child, to):
    def spoil(find):
        element = next(each for each in find(parent) if each.tag.rpartition("}")[2] == child)
        element.tag = element.tag.replace(child, to)

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        renamed("item", "presentation", "question"),
        renamed("and", "vargte", "varnear"),
        lambda find: find("item").attrib.pop("ident"),
        lambda find: find("render_fib").set("fibtype", "Number"),
        lambda find: find("varequal").attrib.pop("respident"),
        lambda find: find("item").append(find("itemmetadata")),
        lambda find: find("resprocessing").remove(find("outcomes")),
        lambda find: find("respcondition").append(find("conditionvar")),
        lambda find: find("qtimetadatafield").remove(find("fieldentry")),
    ],
)
def test_a_quiz_with_a_wrong_element_is_not_valid(package, spoil):
    assert errors("qtiasiv1p2", spoiled(package.read("quiz-1/quiz-1.xml"), spoil, QTI))


@pytest.mark.parametrize(
    "spoil",
    [
        renamed("resources", "resource", "quiz"),
        lambda find: find("resource").attrib.pop("type"),
        lambda find: find("resource").set("identifier", "1"),
        lambda find: find("file").attrib.pop("href"),
    ],
)
def test_a_manifest_with_a_wrong_element_is_not_valid(package, spoil):
    assert errors("imscp", spoiled(package.read("imsmanifest.xml"), spoil, PACKAGE))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda find: find("question").set("type", "numeric"),
        lambda find: find("question").append(find("name")),
        lambda find: find("questiontext").set("format", "HTML"),
        lambda find: setattr(find("penalty"), "text", "a third"),
        lambda find: find("name").remove(find("name/text")),
    ],
)
def test_a_question_bank_with_a_wrong_element_is_not_valid(questions, spoil):
    assert errors("moodle", spoiled(moodle_xml(questions, "hw3"), spoil, ""))


def test_text2qti_makes_valid_quizzes_of_the_text_with_the_same_numbers(questions, tmp_path):
    """What another program makes of a quiz says as well that the schema is no stricter than it should be."""
    for each in questions:
        quiz = Quiz(as_text(each), config=Config(), source_name="quiz.txt")
        found = {
            unescape(re.sub("&lt;/?[a-z]+&gt;", "", part.question_html_xml)): (part.numerical_min, part.numerical_max)
            for part in quiz.questions_and_delims
            if getattr(part, "type", "") == "numerical_question"
        }
        asked = {blank.label: (float(blank.value), max(float(blank.room), 1e-4)) for blank in each.blanks}
        assert 0.8 * len(asked) < len(found) <= len(asked)
        for label, limits in found.items():
            value, room = asked[label]
            assert limits == pytest.approx((value - room, value + room))
        left_out = asked.keys() - found.keys()
        assert all(abs(asked[label][0]) == pytest.approx(1e-4, abs=1e-4) for label in left_out)
        assert all(f"% {label} = " in as_text(each) for label in left_out)
        assert errors("qtiasiv1p2", packed(quiz, tmp_path / "quiz.zip")) == []


def packed(quiz, path):
    """The quiz that text2qti makes, as XML."""
    made.QTI(quiz).save(str(path))
    with ZipFile(path) as package:
        name = next(name for name in package.namelist() if re.fullmatch(r"(\w+)/\1\.xml", name))
        return package.read(name)
