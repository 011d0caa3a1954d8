"""`grade` and `merge` write what a course wants, beside the results or without them."""

import csv
import json

import pytest
from running import run as run_as_typed


def run(*arguments, **where):
    return run_as_typed(*map(str, arguments), **where)


RIGHT = "loss: 0.3927\n"
GRADES = "Student,ID,Homework (7)\r\n    Points Possible,,10\r\nAda,ada,\r\nZoe,zoe,\r\n"


@pytest.fixture
def course(tmp_path):
    """A class of two, whose sheet has one question."""
    sheets = tmp_path / "sheets"
    sheets.mkdir()
    (sheets / "ada.yaml").write_text(RIGHT)
    (sheets / "zoe.yaml").write_text("loss: 77\n")
    (tmp_path / "grades.csv").write_bytes(GRADES.encode())
    return tmp_path


def test_everything_is_written_in_one_run(course):
    outs = [
        *("--csv", course / "table.csv", "--junit", course / "tests.xml", "--feedback", course / "pages"),
        *("--canvas", course / "grades.csv", "--column", "Homework", "--hide-key", "--page", course / "class.html"),
    ]
    result = run("grade", "hw3", course / "sheets", *outs)
    assert result.returncode == 1, result.stderr  # one is wrong
    assert [row["loss"] for row in csv.DictReader((course / "table.csv").open())] == ["correct", "wrong"]
    assert (course / "tests.xml").read_text().count("<testsuite ") == 2
    assert sorted(path.name for path in (course / "pages").iterdir()) == ["ada.html", "zoe.html"]
    assert "0.3927" not in (course / "pages" / "zoe.html").read_text()
    page = (course / "class.html").read_text()
    assert "Quantity by quantity" in page
    assert str(course) not in page
    filled = (course / "grades-graded.csv").read_bytes().decode()
    assert filled == GRADES.replace("ada,", "ada,10").replace("zoe,", "zoe,0")
    assert (course / "grades.csv").read_bytes().decode() == GRADES
    assert "'Homework (7)' is filled in 2 rows" in result.stdout


def test_what_is_merged_is_written_too(course):
    for shard in ("1/2", "2/2"):
        run("grade", "hw3", course / "sheets", "--shard", shard, "--output", course / f"{shard[0]}.jsonl")
    parts = [course / "1.jsonl", course / "2.jsonl"]
    merged = ["merge", *parts, "--output", course / "all.jsonl", "--feedback", course / "pages"]
    assert "--problem" in run(*merged).stderr
    result = run(*merged, "--problem", "hw3", "--csv", course / "table.csv")
    assert result.returncode == 1, result.stderr
    assert "0.3927" in (course / "pages" / "zoe.html").read_text()
    assert [row["student"] for row in csv.DictReader((course / "table.csv").open())] == ["ada", "zoe"]


def test_a_row_a_student_though_one_has_handed_in_twice(course):
    (course / "again").mkdir()
    (course / "again" / "ada.yaml").write_text(RIGHT)
    outs = ["--csv", course / "table.csv", "--feedback", course / "pages", "--junit", course / "tests.xml"]
    run("grade", "hw3", course / "sheets", course / "again", *outs)
    assert [row["student"] for row in csv.DictReader((course / "table.csv").open())] == ["zoe", "ada"]
    assert len([*(course / "pages").iterdir()]) == 2
    assert 'errors="1"' not in (course / "tests.xml").read_text()


def test_of_a_class_gradescope_has_one_student_which_is_said(course):
    said = run("grade", "hw3", course / "sheets", "--gradescope", course / "results.json").stdout
    assert "of 2 sheets one is in" in " ".join(said.split())


def test_gradescope_needs_no_other_file(course):
    result = run("grade", "hw3", course / "sheets" / "ada.yaml", "--gradescope", course / "results.json")
    assert result.returncode == 0, result.stderr
    assert json.loads((course / "results.json").read_text())["score"] == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "no sheets are named"),
        (["sheets", "--column", "HW"], "--canvas or --moodle"),
        (["sheets", "--hide-key"], "--feedback"),
        (["sheets", "--canvas", "none.csv"], "--canvas none.csv: No such file"),
        (["sheets", "--csv", "none/table.csv"], "--csv none/table.csv: No such file"),
        (
            ["sheets/ada.yaml", "--junit", "sheets/ada.yaml"],
            "what is read itself stands there",
        ),
        (["sheets", "--feedback", "grades.csv"], "--feedback grades.csv: File exists"),
    ],
)
def test_what_can_t_be_done_is_said(course, options, said):
    result = run("grade", "hw3", *options, cwd=course)
    assert result.returncode == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_gradebook_without_the_column_is_told_before_anything_is_marked(course):
    output = course / "results.jsonl"
    result = run("grade", "hw3", course / "sheets", "--output", output, "--canvas", course / "grades.csv")
    assert result.returncode == 2
    assert "name it by --column" in result.stderr
    assert not output.exists()
    assert not output.with_name("results.jsonl.part").exists()
