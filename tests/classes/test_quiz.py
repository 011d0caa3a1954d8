"""Variants as quizzes: well-formed, in the structure that Moodle and Canvas read, with the right numbers."""

import re
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
import running

import gradcalc
from gradcalc.classes.variants.quiz import PACKAGE, QTI, QTI_TYPE, moodle_xml, question, write_qti

CLOZE = re.compile(r"<code>([\w.]+(?:\[[\d,]+\])?)</code> = \{1:NUMERICAL:=(-?\d+\.\d+):(\d\.\d+)\}")


@pytest.fixture(scope="module")
def asked():
    problem = gradcalc.load("hw3")
    return [question('Ada <&"> \x07', problem), question("Łukasz", problem)]


def right_numbers():
    """By hand, from the published solution's equations (14) to (32)."""
    return {"loss": 0.3927, "forward.h1[1,1]": 0.982, "gradients.W2[2,1]": 0.1466, "updated.b2[2,1]": -1.8534}


def test_moodle_reads_a_cloze_question_with_a_blank_for_each_number(asked):
    quiz = ElementTree.fromstring(moodle_xml(asked, "HW/3"))
    category, *questions = quiz.findall("question")
    assert category.get("type") == "category"
    assert category.findtext("category/text") == "$course$/top/HW//3"
    assert [each.get("type") for each in questions] == ["cloze", "cloze"]
    for each, given in zip(questions, asked, strict=True):
        assert each.findtext("name/text").endswith(f"({given.student})")
        text = each.find("questiontext")
        assert text.get("format") == "html"
        blanks = {label: (float(value), float(room)) for label, value, room in CLOZE.findall(text.findtext("text"))}
        assert len(blanks) == len(given.blanks) == text.findtext("text").count(":NUMERICAL:")
        for label, value in right_numbers().items():
            assert blanks[label] == (value, 0.0001)


def packaged(questions):
    file = BytesIO()
    write_qti(questions, file)
    return ZipFile(file)


def test_canvas_reads_a_quiz_for_each_variant_from_the_manifest(asked):
    package = packaged(asked)
    manifest = ElementTree.fromstring(package.read("imsmanifest.xml"))
    assert manifest.tag == f"{{{PACKAGE}}}manifest"
    resources = manifest.findall(f"{{{PACKAGE}}}resources/{{{PACKAGE}}}resource")
    assert [each.get("type") for each in resources] == [QTI_TYPE] * 2
    assert {each.get("href") for each in resources} | {"imsmanifest.xml"} == set(package.namelist())


def test_each_qti_item_is_a_numerical_question_with_its_room(asked):
    package = packaged(asked)
    name = {"q": QTI}
    top = ElementTree.fromstring(package.read("quiz-1/quiz-1.xml"))
    assert top.tag == f"{{{QTI}}}questestinterop"
    items = top.findall("q:assessment/q:section/q:item", name)
    assert len(items) == len(asked[0].blanks) == len({item.get("ident") for item in items})
    found = {}
    for item in items:
        assert [part.tag.partition("}")[2] for part in item] == ["itemmetadata", "presentation", "resprocessing"]
        fields = item.findall("q:itemmetadata/q:qtimetadata/q:qtimetadatafield", name)
        metadata = {each.findtext("q:fieldlabel", "", name): each.findtext("q:fieldentry", "", name) for each in fields}
        assert metadata == {"question_type": "numerical_question", "points_possible": "1"}
        response = item.find("q:presentation/q:response_str", name)
        assert response.find("q:render_fib/q:response_label", name) is not None
        condition = item.find("q:resprocessing/q:respcondition", name)
        either = condition.find("q:conditionvar/q:or", name)
        limits = [either.find(f"q:{path}", name) for path in ("and/q:vargte", "varequal", "and/q:varlte")]
        assert {each.get("respident") for each in limits} == {response.get("ident")}
        low, right, high = (float(each.text) for each in limits)
        assert (round(right - low, 9), round(high - right, 9)) == (0.0001, 0.0001)
        assert condition.findtext("q:setvar", "", name) == "100"
        found[item.get("title")] = right
    for label, value in right_numbers().items():
        assert found[label] == value


def test_the_same_quiz_is_the_same_bytes(asked):
    first, second = BytesIO(), BytesIO()
    write_qti(asked, first)
    write_qti(asked, second)
    assert first.getvalue() == second.getvalue()


def test_the_command_writes_both(tmp_path):
    options = ("--count", "2", "--output", "variants", "--moodle", "quiz.xml", "--qti", "quiz.zip")
    assert running.run("vary", "hw3", *options, cwd=tmp_path).returncode == 0
    quiz = ElementTree.fromstring((tmp_path / "quiz.xml").read_bytes())
    assert len(quiz.findall("question")) == 3
    variant = gradcalc.solve(gradcalc.load(tmp_path / "variants/001.yaml"))
    text = quiz.findall("question")[1].findtext("questiontext/text")
    assert f"<code>loss</code> = {{1:NUMERICAL:={variant.loss:.4f}:0.0001}}" in text
    assert len(ZipFile(tmp_path / "quiz.zip").namelist()) == 3
