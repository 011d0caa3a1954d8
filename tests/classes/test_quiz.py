"""Variants as quizzes: well-formed, in the structure that Moodle and Canvas read, with the right numbers."""

import re
from dataclasses import replace
from html import unescape
from io import BytesIO
from itertools import pairwise
from xml.etree import ElementTree
from zipfile import ZipFile

import numpy as np
import pytest
import running
from by_hand import value_of

import gradcalc
from gradcalc.check.mistakes.catalogue import Mutants
from gradcalc.classes.variants.quiz.moodle import moodle_xml
from gradcalc.classes.variants.quiz.qti import PACKAGE, QTI, QTI_TYPE, write_qti
from gradcalc.classes.variants.quiz.question import question
from gradcalc.classes.variants.search import Search
from gradcalc.program.sections import quantities

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


BLANK = re.compile(r"<code>([^<]+)</code> = \{1:NUMERICAL:(.*?)\}")
ALTERNATIVE = re.compile(r"(=|%-?[\d.]+%)(-?[\d.]+):([\d.]+)(?:#(.*))?")
STARTS = re.compile(r"\{\d*:\w+:")
"""As Moodle's documentation of embedded answers has them."""


def embedded(text):
    """Each blank of a cloze question: label -> list of (part of the points, number, how far off, what is answered).

    In what is answered Moodle resolves entities once, and then shows it as HTML.
    """
    found = {}
    for label, answers in BLANK.findall(text):
        parts = [ALTERNATIVE.fullmatch(each).groups("") for each in answers.split("~")]
        found[unescape(label)] = [
            (share, float(n), float(off), unescape(unescape(said))) for share, n, off, said in parts
        ]
    return found


@pytest.fixture(scope="module")
def answered():
    """hw3 as a question that answers mistakes, and what Moodle reads of it."""
    problem = gradcalc.load("hw3")
    problem = replace(problem, title="{1:SHORTANSWER:=yes} a }~{ b \\ & <i>")
    found = question("Ada", problem, Search(problem, 0).judge.mistaken(problem.data))
    quiz = ElementTree.fromstring(moodle_xml([found], "hw3"))
    return found, quiz.findtext("question[2]/questiontext/text")


def test_each_blank_has_the_right_number_first_and_each_mistake_s_for_no_points(answered):
    found, text = answered
    read = embedded(text)
    assert [*read] == [blank.label for blank in found.blanks]
    assert len(STARTS.findall(text)) == len(found.blanks)
    for blank in found.blanks:
        (share, number, _, said), *wrong = read[blank.label]
        assert (share, number, said) == ("=", float(blank.value), "")
        assert {each[0] for each in wrong} <= {"%0%"}
        assert [(number, said) for _, number, _, said in wrong] == [(float(m.value), m.said) for m in blank.mistakes]
        numbers = sorted(number for _, number, _, _ in read[blank.label])
        assert all(after - before >= 0.0002 - 1e-9 for before, after in pairwise(numbers))


def by_hand(solution, equation, formula, place):
    """An entry, as it is written, of what this formula gives in the place of the right one, in plain NumPy."""
    with np.errstate(all="ignore"):
        value = value_of(formula, solution.values.__getitem__, solution.problem.axis)
    entry = np.broadcast_to(value, solution.shapes[equation.name])[place]
    return f"{np.round(float(entry), 4) + 0.0:.4f}"


def test_the_numbers_of_mistakes_are_those_that_plain_numpy_comes_to(answered):
    found, _ = answered
    solution = gradcalc.solve(gradcalc.load("hw3"))
    known, labels = Mutants(solution), {each.label: each for each in quantities(solution)}
    for blank in found.blanks:
        label, _, index = blank.label.partition("[")
        place = tuple(int(each) - 1 for each in index.rstrip("]").split(",")) if index else ()
        equation = solution.by_name[labels[label].equation]
        for usual in blank.mistakes:
            for said in usual.said.split("; or "):
                formulas = [each.expr for each in known.of(equation) if each.message == said]
                assert usual.value in {by_hand(solution, equation, each, place) for each in formulas}, (label, usual)
    assert sum(len(blank.mistakes) for blank in found.blanks) > 300


def test_what_was_done_is_said_of_a_mistake_s_number(answered):
    """By the published numbers: without the softmax's derivative the gradient on a2 is yhat - y = 0.6267."""
    _, text = answered
    said = [said for _, number, _, said in embedded(text)["gradients.a2[1,1]"] if number == 0.6267]
    assert len(said) == 1
    assert "softmax" in said[0]
    assert "left out" in said[0]


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


def test_the_command_writes_all(tmp_path):
    options = (
        "--count",
        "2",
        "--output",
        "variants",
        "--moodle",
        "quiz.xml",
        "--qti",
        "quiz.zip",
        "--quiz-text",
        "texts",
    )
    assert running.run("vary", "hw3", *options, cwd=tmp_path).returncode == 0
    quiz = ElementTree.fromstring((tmp_path / "quiz.xml").read_bytes())
    assert len(quiz.findall("question")) == 3
    variant = gradcalc.solve(gradcalc.load(tmp_path / "variants/001.yaml"))
    text = quiz.findall("question")[1].findtext("questiontext/text")
    assert f"<code>loss</code> = {{1:NUMERICAL:={variant.loss:.4f}:0.0001~" in text
    assert len(ZipFile(tmp_path / "quiz.zip").namelist()) == 3
    assert sorted(path.name for path in (tmp_path / "texts").iterdir()) == ["001.txt", "002.txt"]
    assert f"`loss`\n= {variant.loss:.4f} +- 0.0001\n" in (tmp_path / "texts/001.txt").read_text()
