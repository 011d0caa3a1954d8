"""Gradescope's container, laid out in a temporary folder: what is uploaded marks what a student hands in."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import gradcalc
from gradcalc.classes.export.container import needed

COURSE = """\
title: Two layers
inputs: {x: [1, 2]}
targets: {y: [1]}
parameters: {W: {file: start.csv, name: W}}
equations: {a: W.T @ x}
loss: 0.5 * sum((a - y)^2)
lr: 0.1
points: {forward.a: 2, loss: 1, gradients.W: 3}
"""


def gradcalc_(*arguments, cwd):
    return subprocess.run([sys.executable, "-m", "gradcalc", *arguments], cwd=cwd, capture_output=True, text=True)


@pytest.fixture(scope="module")
def autograder(tmp_path_factory):
    """The folder `/autograder`, after Gradescope has unpacked the upload and copied `run_autograder`."""
    course, root = tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("autograder")
    (course / "hw.yaml").write_text(COURSE)
    (course / "start.csv").write_text("W\n0.5\n-0.25\n")
    made = gradcalc_("gradescope", "hw.yaml", "upload", cwd=course)
    assert made.returncode == 0, made.stderr
    with zipfile.ZipFile(course / "upload" / "autograder.zip") as upload:
        upload.extractall(root / "source")
        modes = {each.filename: each.external_attr >> 16 for each in upload.infolist()}
    assert not [name for name in modes if name.endswith(".pyc")]
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    shutil.copy(root / "source" / "run_autograder", root)
    (root / "results").mkdir()
    (root / "submission").mkdir()
    return root


def run(root: Path, **sheets: str):
    """What Gradescope finds in results.json after a student has handed in such files."""
    shutil.rmtree(root / "submission")
    (root / "submission").mkdir()
    (root / "results" / "results.json").unlink(missing_ok=True)
    for name, text in sheets.items():
        (root / "submission" / name.replace("_", ".")).write_text(text)
    # The interpreter of this test is the one whose packages `setup.sh` would have installed; ours comes from the zip.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", str(root / "run_autograder")], cwd="/", env={"PATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads((root / "results" / "results.json").read_text())


def test_a_right_sheet_has_all_points(autograder):
    # a = 0.5 - 2/4 = 0, so the loss is 1/2, and the gradient (a - y) x.
    found = run(autograder, sheet_yaml="forward: {a: 0}\nloss: 0.5\ngradients: {W: [-1, -2]}\n")
    assert (found["score"], {test["status"] for test in found["tests"]}) == (6, {"passed"})
    assert {test["name"]: test["max_score"] for test in found["tests"]} == {
        "forward.a": 2,
        "loss": 1,
        "gradients.W": 3,
    }


def test_a_wrong_and_a_missing_answer_have_none_and_the_key_stays_hidden(autograder):
    found = run(autograder, sheet_json='{"forward": {"a": 0}, "gradients": {"W": [7.5, 9]}}')
    scores = {test["name"]: test["score"] for test in found["tests"]}
    assert scores == {"forward.a": 2, "loss": 0, "gradients.W": 0}
    assert "-2" not in json.dumps(found)
    assert all(test["visibility"] == "visible" for test in found["tests"])


def test_what_is_no_sheet_has_a_result_too(autograder):
    assert run(autograder, sheet_yaml="forward: [")["score"] == 0
    assert "unreadable" in run(autograder, sheet_yaml="forward: [")["output"]
    for sheets in ({}, {"notes_txt": "hello"}):
        found = run(autograder, **sheets)
        assert (found["score"], found["tests"]) == (0, [])
        assert "No answer sheet" in found["output"]


def test_what_runs_is_what_was_uploaded(autograder):
    """Nothing of this repository is needed there but what the zip has."""
    lib = autograder / "source" / "lib" / "gradcalc"
    assert {path.relative_to(lib) for path in lib.rglob("*.py")} == {
        path.relative_to(Path(gradcalc.__file__).parent) for path in Path(gradcalc.__file__).parent.rglob("*.py")
    }
    code = "import gradcalc; print(gradcalc.__file__)"
    environment = {"PYTHONPATH": str(lib.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    found = subprocess.run([sys.executable, "-c", code], env=environment, cwd="/", capture_output=True, text=True)
    assert found.stdout.strip() == str(lib / "__init__.py")


def test_scripts_are_shell(autograder):
    known = {**os.environ, "LC_ALL": "C"}  # of a locale that isn't installed bash warns
    for name in ("setup.sh", "run_autograder"):
        command = ["bash", "-n", str(autograder / "source" / name)]
        checked = subprocess.run(command, capture_output=True, text=True, env=known)
        assert (checked.returncode, checked.stderr) == (0, "")


def test_all_that_it_needs_is_installed_there(autograder):
    assert (autograder / "source" / "requirements.txt").read_text().splitlines() == needed()
    assert {each.partition(">")[0] for each in needed()} == {"numpy", "typer", "rich", "pyyaml"}


PROGRAM = """
def backward(x, y, params):
    return {"W": gradient(x, params["W"].T @ x - y)}
"""


@pytest.fixture(scope="module")
def of_programs(tmp_path_factory):
    """The folder `/autograder` of homework that is handed in as a program."""
    root = tmp_path_factory.mktemp("programs")
    (root / "hw.yaml").write_text(COURSE.replace("{file: start.csv, name: W}", "[[0.5], [-0.25]]"))
    (root / "submission").mkdir()
    made = gradcalc_("gradescope", "hw.yaml", "upload", "--run-code", cwd=root)
    assert made.returncode == 0, made.stderr
    with zipfile.ZipFile(root / "upload" / "autograder.zip") as upload:
        upload.extractall(root / "source")
    shutil.copy(root / "source" / "run_autograder", root)
    return root


def test_programs_are_handed_in_where_they_are_asked_for(of_programs):
    """All files lie in one folder there, and are one student's."""
    helper = "def gradient(x, d):\n    return x @ d.T\n"
    found = run(of_programs, student_py=f"from helper import gradient\n{PROGRAM}", helper_py=helper)
    assert (found["score"], [(test["name"], test["max_score"]) for test in found["tests"]]) == (3, [("gradients.W", 3)])
    found = run(of_programs, student_py=helper.replace("x @ d.T", "-x @ d.T") + PROGRAM)
    assert found["score"] == 0
    assert "sign" in found["tests"][0]["output"]
    assert "hand in student.py" in run(of_programs)["output"]


@pytest.mark.slow
def test_a_program_that_never_ends_is_ended(of_programs):
    assert "not done" in run(of_programs, student_py="while True: pass\n")["output"]
