"""What a course's programs read: a table, Gradescope's JSON, JUnit's XML, a page for each student."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from functools import cache

import pytest

import gradcalc
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.grader import Grader
from gradcalc.classes.export.cells import plain
from gradcalc.classes.export.feedback import Feedback
from gradcalc.classes.export.filenames import FileNames, safe
from gradcalc.classes.export.gradescope import results_data
from gradcalc.classes.export.junit import junit
from gradcalc.classes.export.table import class_table, in_order
from gradcalc.classes.model import Result
from gradcalc.report.story.marks import marks_data

EVIL = '=HYPERLINK("x")<script>alert(1)</script>\x1b[2J\u202e&'


@cache
def grader():
    return Grader(gradcalc.solve(gradcalc.load("hw3"), check=False))


def result(sheet, student="017", **more):
    solution = grader().solution
    data = marks_data(grader().mark(sheet_from_data(sheet, solution), complete=True), answers=True)
    return Result(student, f"{student}.yaml", "marked", marks=data | {"title": solution.problem.title}, **more)


def right(name):
    return grader().solution.values[name].round(4).tolist()


def results():
    return [
        result({"loss": right("loss"), "gradients": {"W2": right("dW2")}}, name="Ada"),
        result({"loss": 77.0, "forward": {"yhat": "what <b>"}, "gradients": {"W2": [[1, 2], [3, 4.5]]}}, EVIL),
        Result("x", "x.yaml", "unreadable", f"no YAML {EVIL}"),
    ]


def rows():
    return list(csv.DictReader(io.StringIO(class_table(results()))))


def test_the_table_has_a_row_a_student_and_a_column_a_quantity():
    first, second, third = rows()
    solution = grader().solution
    assert (first["student"], first["name"], first["status"]) == ("017", "Ada", "marked")
    assert first["loss"] == first["gradients.W2"] == "correct"
    assert (first["loss points"], second["loss points"]) == ("1", "0")
    assert (float(first["score"]), float(first["points"])) == (2, len([*grader().known]))
    assert (second["loss"], second["forward.yhat"], second["forward.a1"]) == ("wrong", "unreadable", "missing")
    assert (third["loss"], third["score"], third["status"]) == ("", "", "unreadable")
    asked = [each for each in first if f"{each} points" in first]
    labels = [each.label for each in grader().known.values()]
    assert asked == [each for each in labels if each in asked]
    assert solution


def test_quantities_stand_in_the_order_of_the_calculation():
    assert in_order([["b", "d"], ["a", "b", "c", "d"], ["d", "e"]]) == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "\n-", "＝"])
def test_no_spreadsheet_takes_a_name_for_a_formula(start):
    assert plain(f"{start}cmd|' /C calc'!A0")[0] == "'"
    assert "\n" not in plain(f"{start}\n")


def test_what_strangers_write_stays_text_in_the_table():
    row = rows()[1]
    assert row["student"].startswith("'=HYPERLINK")
    assert not re.search("[\x00-\x1f\u202e]", "".join(row.values()))


def gradescope(data):
    """Whether it is what Gradescope's specification asks for."""
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert isinstance(data["score"], int | float)
    for test in data["tests"]:
        assert 0 <= test["score"] <= test["max_score"]
        assert test["status"] in ("passed", "failed")
        assert test["visibility"] in ("visible", "hidden", "after_due_date", "after_published")
        assert isinstance(test["output"], str)
        assert test["output_format"] == "text"
    return data


def test_gradescope_has_a_test_for_each_answer_and_no_right_number():
    for each in results()[:2]:
        data = gradescope(results_data([each]))
        assert data["score"] == sum(test["score"] for test in data["tests"])
        assert sum(test["max_score"] for test in data["tests"]) == each.marks["points"]
    tests = {test["name"]: test for test in data["tests"]}
    assert tests["loss"]["status"] == tests["forward.yhat"]["status"] == "failed"
    assert f"{right('loss'):.4f}" not in json.dumps(data)
    assert "1 error" not in data["output"]
    assert "The first error is in " in data["output"]


def test_gradescope_is_told_why_there_are_no_marks():
    assert "No answer sheet" in gradescope(results_data([]))["output"]
    said = gradescope(results_data(results()[2:]))["output"]
    assert "no YAML" in said
    assert "\x1b" not in said


def test_of_several_sheets_at_gradescope_the_fullest_counts():
    data = gradescope(results_data([results()[0], results()[1]]))
    assert "2 sheets were handed in" in data["output"]
    assert data["score"] == 0


def test_junit_has_a_test_for_each_answer():
    root = ET.fromstring("".join(junit(results())))
    first, second, third = root
    assert [each.get("classname") for each in first] == ["017"] * len(first)
    assert (first.get("failures"), first.get("errors")) == ("0", "0")
    failed = {case.get("name") for case in second if case.find("failure") is not None}
    assert failed == {"loss", "forward.yhat", "gradients.W2"}
    assert second.get("failures") == "3"
    assert second.get("skipped") == str(len(second.findall("testcase/skipped")))
    assert third.get("errors") == "1"
    assert "no YAML" in third.find("testcase/error").get("message")


def test_each_student_has_a_page_without_the_key_where_it_is_hidden():
    shown, hidden = (Feedback(grader().solution, hide_key=hide) for hide in (False, True))
    mine = result({"loss": 77.125, "gradients": {"W2": [[1, 2], [3, 4.5]]}}, name="Ada <Lovelace>")
    assert f"{right('loss'):.4f}" in shown.page(mine)
    page = hidden.page(mine)
    key = {f"{abs(x):.4f}" for name in ("loss", "dW2", "dW1", "yhat") for x in grader().solution.values[name].ravel()}
    assert not [number for number in key if number in page]
    assert "77.125" in page
    assert "Ada &lt;Lovelace&gt;, 017" in page


def test_what_strangers_write_stays_text_on_a_page():
    feedback = Feedback(grader().solution)
    for each in results()[1:]:
        page = feedback.page(each)
        assert "alert(1)</script>" not in page
        assert "<b>" not in page
        assert not re.search("[\x1b\u202e]", page)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "..",
        ".",
        "",
        ".hidden",
        "CON",
        "nul.html",
        "a/b\\c:d*?",
        "x" * 500,
        "é" * 200,
        "a\0b",
        "-rf",
        "trailing.",
    ],
)
def test_a_file_name_is_safe_whatever_a_student_is_called(name, tmp_path):
    found = FileNames(".html").new(name)
    path = tmp_path / found
    path.write_text("x")
    assert [each.name for each in tmp_path.iterdir()] == [found]
    assert len(found.encode()) < 100
    assert not found.startswith((".", "-"))
    assert found.partition(".")[0].lower() not in ("con", "nul")


def test_alike_names_have_files_of_their_own():
    names = FileNames(".html")
    found = [names.new(each) for each in ("Ada", "ada", "ada-2", "a/b", "a?b", "Ada")]
    assert len({each.casefold() for each in found}) == len(found)
    assert safe("Zoë Müller") == "Zoë_Müller"
