"""One column of a Canvas or Moodle export is filled, and every other byte stays as it was."""

import csv
import io

import pytest

from gradcalc.classes.export.gradebook import CANVAS, MOODLE, Book, fill
from gradcalc.classes.export.spans import rows_of
from gradcalc.classes.model import Result
from gradcalc.errors import UsageError


def marked(student, score, points=14.0, **more):
    own = {key: more.pop(key) for key in ("name",) if key in more}
    marks = {"score": score, "points": points, "title": "Homework 3", "verdicts": [], **more}
    return Result(student, f"{student}.yaml", "marked", marks=marks, **own)


# As Canvas gives it out: a BOM, the second line, numbers behind names, quotes, what can't be imported, CRLF.
CANVAS_FILE = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Homework 2 (55),Homework 3 (56),Assignments Current Score\r\n"
    ",,,,,Manual Posting,,(read only)\r\n"
    "    Points Possible,,,,,10,14.00,(read only)\r\n"
    '"Lovelace, Ada",1001,s-017,ada@example.edu,"Lab ""A"", Monday",9.50,,95.0\r\n'
    '"Müller, Zoë",1002,0018,zoe, Lab B,, "3.00" ,\r\n'
    '"Noether, Emmy",1003,s-019,emmy,Lab B,007,,\r\n'
    '"Student, Test",1004,,abcdef,Lab B,,,\r\n'
).encode()


def test_canvas_is_filled_and_the_rest_stays_byte_for_byte():
    results = [marked("1001", 13.5), marked("0018", 7), Result("s-019", "x.yaml", "unreadable", "no YAML")]
    filled = fill(Book(CANVAS_FILE, "canvas.csv", CANVAS), results)
    due = CANVAS_FILE.replace(b"9.50,,95.0", b"9.50,13.5,95.0").replace(b', "3.00" ,', b',"7",')
    assert filled.content == due
    assert (filled.rows, filled.changed, filled.column) == (2, 1, "Homework 3 (56)")
    assert (filled.strangers, filled.doubtful, filled.scaled) == ((), (), ())


MOODLE_FILE = (
    b'"Identifier";"Full name";"ID number";"Email address";"Status";"Grade";"Maximum Grade";"Feedback comments"\n'
    b'"Participant 777";"Ada Lovelace";"";"ada@example.edu";"Submitted for grading - ";"";"100,00";"one\ntwo"\n'
    b'"Participant 778";"Emmy Noether";"42";"emmy@example.edu";"";"";"100,00";""\n'
    b"Participant 779;Otto;;otto@example.edu;;12,5;100,00;"
)


def test_moodle_is_filled_in_its_own_numbers():
    results = [marked("777", 7), marked("Emmy Noether", 13.5), marked("otto", 1)]
    filled = fill(Book(MOODLE_FILE, "moodle.csv", MOODLE), results)
    due = MOODLE_FILE.replace(b'grading - ";"";', b'grading - ";"50";').replace(b'"";"";"100', b'"";"96,4286";"100')
    assert filled.content == due.replace(b";12,5;", b";7,1429;")
    assert filled.scaled == ("100",)
    assert "scaled" in " ".join(filled.told("x.csv"))


@pytest.mark.parametrize(
    "result",
    [
        marked("1001", 5),
        marked("s-017", 5),
        marked("ADA@example.edu", 5),
        marked("ada", 5),
        marked("Ada  Lovelace", 5),
        marked("lovelaceada", 5),
        marked("sheet-3", 5, name="ada lovelace"),
        marked("sheet-3", 5, id="s-017"),
    ],
)
def test_a_student_is_found_by_whatever_is_known(result):
    content = fill(Book(CANVAS_FILE, "canvas.csv", CANVAS), [result]).content
    assert content == CANVAS_FILE.replace(b"9.50,,95.0", b"9.50,5,95.0")


def test_points_that_arent_those_of_a_grade_are_told():
    """Without --complete a sheet with one right answer is worth one point, and would be a full grade."""
    alike = fill(Book(CANVAS_FILE, "canvas.csv", CANVAS), [marked("1001", 1.0), marked("0018", 7)])
    assert "--complete" not in " ".join(alike.told("x.csv"))
    unlike = fill(Book(CANVAS_FILE, "canvas.csv", CANVAS), [marked("1001", 1.0, points=1.0), marked("0018", 7)])
    assert "sheets are worth 1 to 14 points. For grades add --complete." in " ".join(unlike.told("x.csv"))


GERMAN = (
    '"ID";"Vollständiger Name";"Matrikelnummer";"Bewertung";"Bestwertung"\r\n'
    '"Teilnehmer/in 777";"Ada Lovelace";"0017";"-";"14,00"\r\n'
    '"Teilnehmer/in 778";"Emmy Noether";"0018";"-";"14,00"\r\n'
).encode()


@pytest.mark.parametrize("student", ["777", "Ada Lovelace", "0017"])
def test_columns_may_have_names_in_another_language(student):
    content = fill(Book(GERMAN, "moodle.csv", MOODLE, "Bewertung"), [marked(student, 7.5)]).content
    assert content == GERMAN.replace(b'"0017";"-"', b'"0017";"7,5"')


def test_an_id_comes_before_a_name():
    """A student may be called as another's login."""
    content = b"Student,ID,SIS Login ID,HW\nada,1,x\nAda Lovelace,2,ada,\n"
    assert fill(Book(content, "c.csv", CANVAS, "HW"), [marked("ada", 5)]).content.endswith(b"2,ada,5\n")


def test_who_is_in_no_row_or_in_two_is_told_and_not_filled():
    content = b"Student,ID,HW\nKim Lee,1,\nKim Lee,2,\nOtto,3,\n"
    results = [marked("Kim Lee", 5), marked("nobody", 5), marked("3", 4), marked("Otto", 9)]
    filled = fill(Book(content, "c.csv", CANVAS, "HW"), results)
    assert filled.content == content
    assert filled.strangers == ("nobody",)
    assert set(filled.doubtful) == {"Kim Lee", "3", "Otto"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("last", ["", "end"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
def test_cells_are_where_the_csv_module_finds_them(delimiter, end, last, quoting):
    text = io.StringIO()
    rows = [["a", 'b"', "c,d;e\tf"], ["", "", ""], ["Ω", f"two{end}lines", ' "x" '], ["1", "2"]]
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    content = text.getvalue().removesuffix("" if last else end).encode()
    spans = rows_of(content, delimiter.encode())
    assert [[cell.text(content) for cell in row] for row in spans] == [[cell.strip() for cell in row] for row in rows]


@pytest.mark.parametrize(
    ("content", "column", "said"),
    [
        (b"", "", "is empty"),
        ("Student,ID,HW\n".encode("utf-16"), "", "UTF-16"),
        (b'Student,ID,"HW\n', "", "a quote that opens in line 1 is not closed"),
        (b"Student,ID,HW\na,1,2\n", "HV", "no column 'HV'; known are Student, ID, HW"),
        (b"Student,ID,HW\na,1,2\n", "", "no column 'Homework 3'; name it by --column"),
        (b"Student,ID,HW (1),HW (2)\na,1,2,\n", "HW", "several columns 'HW'"),
    ],
)
def test_what_can_t_be_filled_is_said(content, column, said):
    with pytest.raises(UsageError, match=r"canvas\.csv: ") as raised:
        fill(Book(content, "canvas.csv", CANVAS, column), [marked("1", 2)])
    assert said.lower() in str(raised.value).lower()
