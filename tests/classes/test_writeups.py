"""Homework in LaTeX and Markdown among the sheets of a class."""

import json
import zipfile

import pytest
from typer.testing import CliRunner

from gradcalc.classes.sources import handed_in
from gradcalc.cli import app

RIGHT = """\\documentclass{article}
\\newcommand{\\x}{7}
\\begin{document}
\\begin{align}
\\nabla W_2 &= h_1 \\nabla a_2^\\top \\\\
q &= 3 \\tag{2}
\\end{align}
\\end{document}
"""
WRONG = "# My homework\n\n$$\n\\nabla a_2 = \\hat y - y\n$$\n"
SHEET = "gradients: {a2: [0.2932, -0.2932]}\n"
CLASS = {
    "ada/hw.tex": RIGHT,
    "alan/hw.md": WRONG,
    "emmy/report.md": WRONG,
    "emmy/sheet.yaml": SHEET,
    "kurt/README.md": WRONG,
    "kurt/notes.tex": "nothing here",
}


def files(folder, texts=CLASS):
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return str(folder)


def packed(path):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in CLASS.items():
            archive.writestr(name, text)
    return str(path)


@pytest.mark.parametrize("source", [lambda at: files(at / "class"), lambda at: packed(at / "class.zip")])
def test_a_write_up_is_its_student_s_sheet_where_there_is_no_other(tmp_path, source):
    found = handed_in([source(tmp_path)])
    told = [(each.student, each.source.rpartition("/")[2]) for each in found]
    assert told == [("ada", "hw.tex"), ("alan", "hw.md"), ("emmy", "sheet.yaml"), ("kurt", "notes.tex")]
    assert found.strangers == ["emmy/report.md", "kurt/README.md"]


def test_beside_a_program_that_is_run_it_is_none(tmp_path):
    folder = files(tmp_path, {"ada/hw.tex": RIGHT, "ada/student.py": "", "alan/hw.md": WRONG})
    assert [each.source[len(folder) + 1 :] for each in handed_in([folder])] == ["ada/hw.tex", "alan/hw.md"]
    assert [each.source[len(folder) + 1 :] for each in handed_in([folder], run_code=True)] == [
        "ada/student.py",
        "alan/hw.md",
    ]
    assert [each.source[len(folder) + 1 :] for each in handed_in([folder], run_code=True, of_one=True)] == [
        "ada/student.py"
    ]


def test_they_are_marked_and_handed_back(tmp_path):
    output, pages = tmp_path / "results.jsonl", tmp_path / "pages"
    options = ["--output", str(output), "--feedback", str(pages)]
    assert CliRunner().invoke(app, ["grade", "hw3", files(tmp_path / "class"), *options]).exit_code == 1
    ada, alan, emmy, kurt = map(json.loads, output.read_text(encoding="utf-8").splitlines())
    assert [(v["quantity"], v["verdict"]) for v in ada["verdicts"]] == [("gradients.W2", "correct")]
    assert [(each["text"], each["at"][0]) for each in ada["not_marked"]] == [("q = 3", 6)]
    assert [(v["quantity"], v["verdict"]) for v in alan["verdicts"]] == [("gradients.a2", "wrong")]
    assert emmy["verdicts"][0]["verdict"] == "correct"
    assert (kurt["status"], "no displayed equation" in kurt["message"]) == ("unreadable", True)
    page = (pages / "ada.html").read_text(encoding="utf-8")
    assert all(each in page for each in ("Not marked", "line 6", "q = 3"))
    assert "Not marked" not in (pages / "emmy.html").read_text(encoding="utf-8")


def test_gradescope_is_told_what_isn_t_marked(tmp_path):
    results = tmp_path / "results.json"
    files(tmp_path, {"hw.tex": RIGHT})
    CliRunner().invoke(app, ["grade", "hw3", str(tmp_path / "hw.tex"), "--gradescope", str(results)])
    data = json.loads(results.read_text(encoding="utf-8"))
    assert data["score"] == 1
    assert "Not marked, line 6: q = 3: " in data["output"]
