"""Where sheets come from: whose each is, when it was handed in, and what isn't read."""

import io
import os
import stat
import zipfile

import pytest
from sheets import right

import gradcalc
from gradcalc.classes.columns import is_quantity
from gradcalc.classes.marking import Way, results
from gradcalc.classes.sources import handed_in
from gradcalc.errors import GradcalcError, UsageError
from gradcalc.problem.reading import MAX_BYTES


def put(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def pack(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


METADATA = """\
---
submission_111:
  :submitters:
  - :name: Ada Lovelace
    :sid: '00123'
    :email: ada@example.edu
  :created_at: 2026-01-05 10:00:00.000000000 Z
submission_222: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
  :submitters:
  - :name: Alan Turing
    :sid: 0456
  - :name: Emmy Noether
    :sid:
    :email: emmy@example.edu
"""
TREES = {
    "files": (
        {"student-017.yaml": "", "b.json": "", "notes.pdf": "", ".hidden.yaml": ""},
        [("b", ""), ("student-017", "")],
    ),
    "folders": ({"017/a.yaml": "", "018/deep/a.yaml": ""}, [("017", ""), ("018", "")]),
    "one folder around all": ({"hw3/017.yaml": "", "hw3/018.yaml": ""}, [("017", ""), ("018", "")]),
    "parts of a class": (
        {"monday/017.yaml": "", "monday/018.yaml": "", "friday/019.yaml": "", "friday/020.yaml": ""},
        [("019", ""), ("020", ""), ("017", ""), ("018", "")],
    ),
    "handed in again": (
        {"017/first.yaml": "", "017/second.yaml": "", "018/first.yaml": "", "018/second.yaml": ""},
        [("017", ""), ("017", ""), ("018", ""), ("018", "")],
    ),
    "one student": ({"017/answers.yaml": ""}, [("017", "")]),
    "moodle": (
        {
            "Ada Lovelace_12345_assignsubmission_file_/x.yaml": "",
            "Jean-Luc de la Tour_777_assignsubmission_file_/x.yml": "",
            "Zoë_9_assignsubmission_onlinetext_/onlinetext.html": "",
        },
        [("12345", "Ada Lovelace"), ("777", "Jean-Luc de la Tour"), ("9", "Zoë")],
    ),
    "moodle without folders": (
        {"Ada Lovelace_12345_assignsubmission_file_x.yaml": ""},
        [("12345", "Ada Lovelace")],
    ),
    "canvas": (
        {"lovelaceada_12345_67890_hw3.yaml": "", "turingalan_LATE_222_67891_hw3-1.yaml": ""},
        [("12345", "lovelaceada"), ("222", "turingalan")],
    ),
    "gradescope": (
        {
            "assignment_5_export/submission_111/x.yaml": "",
            "assignment_5_export/submission_222/x.yaml": "",
            "assignment_5_export/submission_333/x.yaml": "",
            "assignment_5_export/submission_metadata.yml": METADATA,
        },
        [
            ("00123", "Ada Lovelace"),
            ("0456", "Alan Turing"),
            ("emmy@example.edu", "Emmy Noether"),
            ("submission_333", ""),
        ],
    ),
}


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("kind", TREES)
def test_whose_a_file_is(tmp_path, kind, packed):
    files, owners = TREES[kind]
    path = pack(tmp_path / "all.zip", files) if packed else put(tmp_path / "all", files)
    found = handed_in([str(path)])
    handed = list(found)
    assert len(found) == len(handed)
    assert [(each.student, each.name) for each in handed] == owners
    assert {each.sure for each in handed if each.name} <= {True}
    assert all(each.source.startswith(f"{path}/") for each in handed)
    assert all("LATE" not in each.source or each.said == "handed in late" for each in handed)


def test_what_is_no_sheet_is_said(tmp_path):
    found = handed_in([str(put(tmp_path / "all", {"a.yaml": "", "notes.pdf": "", "b/x.txt": ""}))])
    assert found.strangers == ["b/x.txt", "notes.pdf"]


def test_links_in_a_folder_are_left_alone(tmp_path):
    put(tmp_path, {"secret.yaml": "loss: 1", "all/a.yaml": ""})
    (tmp_path / "all/b.yaml").symlink_to(tmp_path / "secret.yaml")
    (tmp_path / "all/c").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "all/d.yaml")
    assert [each.student for each in handed_in([str(tmp_path / "all")])] == ["a"]


def read(path):
    found = {}
    for each in handed_in([str(path)]):
        try:
            found[each.source.removeprefix(f"{path}/")] = each.load()
        except GradcalcError as error:
            found[each.source.removeprefix(f"{path}/")] = str(error)
    return found


def test_a_hostile_zip(tmp_path):
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good.yaml", "loss: 1")
        archive.writestr("../../out.yaml", "loss: 2")
        archive.writestr("/etc/out.yaml", "loss: 3")
        archive.writestr("c:\\out.yaml", "loss: 3")
        archive.writestr("bomb.yaml", " " * 5_000_000)
        archive.writestr("large.yaml", os.urandom(MAX_BYTES + 1))
        link = zipfile.ZipInfo("link.yaml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("latin.yaml", "name: Zoë".encode("latin-1"))
    said = sorted(text.partition(".yaml:1:1: ")[2] or text for text in read(path).values())
    assert "loss: 1" in said
    reasons = ("a link", "not UTF-8", "leads out", "leads out", "leads out", "more than 16 MB", "times its size")
    assert all(sum(reason in text for text in said) == reasons.count(reason) for reason in reasons)
    assert [each.name for each in tmp_path.iterdir()] == ["all.zip"]


def test_a_zip_that_lies_about_a_size_or_is_damaged(tmp_path):
    path = pack(tmp_path / "all.zip", {"a.yaml": right(), "b.yaml": right() + "# b"})
    content = bytearray(path.read_bytes())
    place = content.index(b"b.yaml") + 30
    content[place : place + 20] = bytes(20)
    path.write_bytes(content)
    found = read(path)
    assert found["a.yaml"] == right()
    assert "forward" not in found["b.yaml"]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: p.write_bytes(b"no zip"), "can't be read as a zip"),
        (lambda p: pack(p, {"a.txt": ""}), "there is no sheet"),
        (lambda p: pack(p, {}), "there is no sheet"),
    ],
)
def test_no_zip_of_sheets(tmp_path, make, said):
    make(tmp_path / "all.zip")
    with pytest.raises(UsageError, match=said):
        handed_in([str(tmp_path / "all.zip")])


def test_a_zip_of_too_many_files(tmp_path, monkeypatch):
    monkeypatch.setattr("gradcalc.classes.zips.MOST_FILES", 3)
    with pytest.raises(UsageError, match="holds 4 files: at most 3"):
        handed_in([str(pack(tmp_path / "all.zip", {f"{i}.yaml": "" for i in range(4)}))])
    monkeypatch.setattr("gradcalc.classes.zips.MOST_FILES", 30)
    monkeypatch.setattr("gradcalc.classes.zips.MOST_BYTES", 30)
    with pytest.raises(UsageError, match="unpacks to more than"):
        handed_in([str(pack(tmp_path / "all.zip", {f"{i}.yaml": " " * 10 for i in range(4)}))])


@pytest.mark.parametrize("text", ["{", "- a", "submission_1: [':submitters', 3]", "submission_1: {':submitters': 3}"])
def test_metadata_of_another_form(tmp_path, text):
    path = put(tmp_path, {"submission_1/a.yaml": "", "submission_metadata.yml": text})
    if text == "{":
        with pytest.raises(UsageError, match=r"submission_metadata.yml"):
            list(handed_in([str(path)]))
    else:
        assert [each.student for each in handed_in([str(path)])] == ["submission_1"]


# Rows and lines.


@pytest.fixture(scope="module")
def solution():
    return gradcalc.solve(gradcalc.load("hw3"))


def rows(tmp_path, solution, text, student="", encoding="utf-8"):
    path = tmp_path / "class.csv"
    path.write_text(text, encoding=encoding)
    return handed_in([str(path)], student, is_quantity(solution))


CSV = """\
Timestamp,student,gradients.yhat,loss,"dW1[1,2]",dW2,name
today,0017,"[0.6267, -0.6267]",0.3927,,yhat - y,Ada
today,018,,0.5,6,,
"""


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_row_is_a_sheet(tmp_path, solution, delimiter):
    text = CSV
    if delimiter != ",":
        text = delimiter.join(("student", "gradients.yhat", "loss")) + "\n"
        text += delimiter.join(("0017", "[0.6267; -0.6267]" if delimiter == "\t" else "[0.6267, -0.6267]", "0.3927"))
        text = text.replace("[0.6267; -0.6267]", '"[0.6267, -0.6267]"')
    found = rows(tmp_path, solution, text, encoding="utf-8-sig")
    first, *_ = results(solution.problem, found)
    assert first.student == "0017"
    assert [v["verdict"] for v in first.marks["verdicts"] if v["quantity"] in ("loss", "gradients.yhat")] == [
        "correct"
    ] * 2


def test_the_columns_of_a_form(tmp_path, solution):
    found = rows(tmp_path, solution, CSV)
    assert found.strangers == ["Timestamp"]
    first, second = results(solution.problem, found)
    assert (first.name, first.student, second.student) == ("Ada", "0017", "018")
    assert first.file.endswith("class.csv:2")
    assert {v["quantity"]: v["verdict"] for v in first.marks["verdicts"]}["gradients.W2"] == "wrong"
    assert {v["quantity"] for v in second.marks["verdicts"] if v["verdict"] != "missing"} >= {"loss"}


@pytest.mark.parametrize(
    ("text", "student", "said"),
    [
        ("a,b\n1,2\n", "", "no column is a quantity"),
        ("", "", "no column is a quantity"),
        ("loss,loss\n1,2\n", "", "two columns loss"),
        ("loss,mail\n1,2\n", "Mail", "no such column; did you mean 'mail'"),
        ("loss,id\n", "", "there is no sheet"),
        ('loss,id\n"1,2\n', "", "can't be read as CSV"),
        ("loss,id\n1," + "x" * 200_000, "", "can't be read as CSV"),
    ],
)
def test_a_table_that_is_none(tmp_path, solution, text, student, said):
    with pytest.raises(UsageError, match=said):
        list(rows(tmp_path, solution, text, student))


def test_a_row_with_too_many_cells(tmp_path, solution):
    first, second = results(solution.problem, rows(tmp_path, solution, "id,loss\n1,0,3927\n2,0.3927\n"))
    assert first.status == "unreadable"
    assert "put cells with commas into quotes" in first.message
    assert second.all_right


def test_lines_of_json(tmp_path, solution):
    path = tmp_path / "class.jsonl"
    lines = [
        b'{"who": "17", "loss": 0.3927}',
        b"",
        b'{"who": 18, "loss": [',
        b"\xff",
        b"[" * (MAX_BYTES + 10),
        b'{"loss": 1}',
    ]
    path.write_bytes(b"\n".join(lines))
    found = list(results(solution.problem, handed_in([str(path)]), Way(student="who", timeout=20)))
    assert [result.status for result in found] == ["marked", "unreadable", "unreadable", "unreadable", "marked"]
    assert found[0].all_right
    assert [found[0].student, found[-1].student] == ["17", f"{path}:6"]


@pytest.mark.parametrize("name", ["nothing-there", "picture.png"])
def test_no_class_at_all(tmp_path, name):
    (tmp_path / "picture.png").touch()
    with pytest.raises(UsageError, match=r"there is no file|is no sheet and no class"):
        handed_in([str(tmp_path / name)])


# What people do with files.


def statuses(path, problem, **way):
    return {each.student: (each.status, each.message) for each in results(problem, handed_in([str(path)]), Way(**way))}


def inner(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def test_who_has_no_sheet_is_not_lost(tmp_path, solution):
    """Whom a platform knows has a line, whatever was handed in; others' files are passed over."""
    files = {
        "lovelaceada_1_90001_hw.pdf": "",
        "lovelaceada_1_90002_photo.jpg": "",
        "turingalan_2_90003_answers.yaml": right(),
        "turingalan_2_90004_notes.txt": "",
        "noetheremmy_3_90005_answers.yaml.txt": right(),
        "readme.md": "",
    }
    handed = handed_in([str(pack(tmp_path / "all.zip", files))])
    assert len(handed) == len(list(handed)) == 3
    assert handed.strangers == ["readme.md", "turingalan_2_90004_notes.txt"]
    assert statuses(tmp_path / "all.zip", solution.problem) == {
        "1": ("unreadable", "there is no sheet, only hw.pdf, photo.jpg"),
        "2": ("marked", ""),
        "3": ("marked", ""),
    }


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_a_zip_in_the_place_of_a_sheet(tmp_path, solution, packed):
    files = {
        "Ada_1_assignsubmission_file_/hw.zip": inner({"hw/answers.yaml": right(), "__MACOSX/hw/._answers.yaml": "x"}),
        "Alan_2_assignsubmission_file_hw.ZIP": inner({"answers.yaml": right()}),
        "noetheremmy_LATE_3_90001_hw-1.zip": inner({"hw\\answers.json": '{"loss": 0.3927}'}),
        "Otto_4_assignsubmission_file_/hw.zip": b"PK no zip",
        "Max_5_assignsubmission_file_/hw.zip": inner({"../../x.yaml": right()}),
        "Lea_6_assignsubmission_file_/hw.zip": inner({"bomb.yaml": " " * 5_000_000}),
        "Kim_7_assignsubmission_file_/hw.zip": inner({"hw.zip": inner({"answers.yaml": right()})}),
        "Jan_8_assignsubmission_file_/hw.zip": inner({f"{i}.yaml": "" for i in range(1001)}),
    }
    for name, content in files.items():
        (tmp_path / "all" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "all" / name).write_bytes(content)
    path = pack(tmp_path / "all.zip", files) if packed else tmp_path / "all"
    found = statuses(path, solution.problem)
    assert [student for student, (status, _) in found.items() if status == "marked"] == ["1", "2", "3"]
    assert found["3"][1] == "handed in late"
    reasons = {"4": "only hw.zip", "5": "leads out", "6": "times its size", "7": "hw.zip", "8": "only hw.zip"}
    for student, reason in reasons.items():
        assert found[student][0] == "unreadable"
        assert reason in found[student][1]
    assert not (tmp_path / "x.yaml").exists()


def test_sheets_that_are_called_the_same_are_of_their_folders(tmp_path):
    put(tmp_path, {"ada/answers.yaml": "", "alan/answers.yaml": "", "emmy.yaml": ""})
    named = [str(tmp_path / name) for name in ("ada/answers.yaml", "alan/answers.yaml", "emmy.yaml")]
    assert [each.student for each in handed_in(named)] == ["ada", "alan", "emmy"]
    assert [each.student for each in handed_in(named[1:])] == ["answers", "emmy"]


TABLE = "{sep}id;name;loss;W1\r\n017;Zoë;0,3927;\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sep", ["", "sep=;\r\n"])
def test_a_table_as_excel_saves_it(tmp_path, solution, encoding, sep):
    path = tmp_path / "class.csv"
    path.write_bytes(TABLE.format(sep=sep).encode(encoding))
    (found,) = results(solution.problem, handed_in([str(path)], "", is_quantity(solution)))
    assert (found.student, found.name, found.all_right) == ("017", "Zoë", True)


@pytest.mark.parametrize("column", ["Email Address", "Username", "Student ID", "Full name"])
def test_the_column_that_says_who_it_is(tmp_path, solution, column):
    first, second = results(solution.problem, rows(tmp_path, solution, f"Timestamp,{column},loss\n1,ada,1\n2,alan,1\n"))
    assert (first.student, second.student) == ("ada", "alan")


def test_a_single_file_of_a_platform_is_late_too(tmp_path):
    (found,) = handed_in(
        [str(put(tmp_path, {"turingalan_LATE_2_90003_a.yaml": ""}) / "turingalan_LATE_2_90003_a.yaml")]
    )
    assert (found.student, found.name, found.said) == ("2", "turingalan", "handed in late")
