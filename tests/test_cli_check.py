"""`gradcalc check PROBLEM ANSWERS` as a person runs it: exit codes, the screen, JSON, a hidden key."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import running

SHORTCUT = """
forward: {yhat: [0.6267, 0.3733]}
gradients: {a2: [0.6267, -0.6267], b2: [0.6267, -0.6267], W2: [[0.6154, -0.6154], [0.3133, -0.3133]]}
"""
RIGHT = "gradients: {W2: [[0.2880, -0.2880], [0.1466, -0.1466]], W1: 'x @ da1.T'}"


def run(*arguments: str, answers: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return running.run("check", *arguments, stdin=answers, **environment)


def marked(answers: str, *options: str) -> dict[str, object]:
    return json.loads(run("hw3", "-", "--format", "json", *options, answers=answers).stdout)


def test_a_right_sheet_ends_with_0() -> None:
    assert run("hw3", "-", answers=RIGHT).returncode == 0


def test_a_wrong_sheet_ends_with_1_and_names_the_first_error() -> None:
    done = run("hw3", "-", answers=SHORTCUT)
    assert done.returncode == 1
    assert "✗ wrong" in done.stdout
    assert "↪ carried" in done.stdout
    assert "cross-entropy-shortcut" not in done.stdout, "an id is for programs"


def test_json_has_the_form_of_the_design() -> None:
    report = marked(SHORTCUT)
    assert report["first_error"] == "gradients.a2"
    assert (report["score"], report["points"]) == (3.0, 4.0)
    verdicts = {v["quantity"]: v for v in report["verdicts"]}  # type: ignore[union-attr,attr-defined]
    assert [v["verdict"] for v in verdicts.values()] == ["correct", "wrong", "carried", "carried"]
    assert verdicts["gradients.a2"]["entries"] == [[False], [False]]
    assert verdicts["gradients.a2"]["mistakes"][0]["id"] == "cross-entropy-shortcut"
    assert set(verdicts["forward.yhat"]) == {"quantity", "verdict", "points", "of", "message", "entries", "mistakes"}


@pytest.mark.parametrize("form", ["table", "plain", "json", "markdown"])
def test_a_hidden_key_is_in_no_format(form: str) -> None:
    """The right ∇a2 is ±0.2932; nothing of it may be seen."""
    shown = run("hw3", "-", "--format", form, answers=SHORTCUT).stdout
    hidden = run("hw3", "-", "--hide-key", "--format", form, answers=SHORTCUT).stdout
    assert "0.293" not in hidden
    assert "0.6267" in hidden or form == "json"
    assert "0.293" in shown or form == "json"


def test_what_is_not_answered_is_said_and_counts_with_complete() -> None:
    done = run("hw3", "-", answers="loss: 0.3927")
    assert "1 of 1 answered; 22 not answered: 1 correct." in done.stdout
    assert done.returncode == 0
    done = run("hw3", "-", "--complete", answers="loss: 0.3927")
    assert "1 of 23 points: 1 correct, 22 missing." in done.stdout
    assert done.returncode == 1
    report = marked("loss: 0.3927\ngradients: {b2: [0.2932, -0.2932], a1: '?'}", "--complete")
    assert (report["score"], report["points"], report["answered"], report["asked"]) == (2, 23, 3, 23)


def test_misnamed_answers_do_not_vanish() -> None:
    """gradient in place of gradients: its quantities are missing, and the exit code is 1."""
    wrong = "gradient: {b2: [5, 5], b1: [5, 5]}"
    done = run("hw3", "-", answers=f"loss: 0.3927\n{wrong}")
    assert done.returncode == 1
    assert "22 not answered" in done.stdout
    assert marked(wrong, "--complete")["points"] == 23


def test_credit_can_be_set() -> None:
    assert marked(SHORTCUT, "--carried", "0.25")["score"] == pytest.approx(1.5)
    assert marked("gradients: {b2: [0.29, -0.29]}", "--imprecise", "0.75")["score"] == pytest.approx(0.75)
    half_right = "gradients: {b2: [0.2932, 9]}"
    assert marked(half_right)["score"] == 0
    assert marked(half_right, "--by-entry")["score"] == pytest.approx(0.5)


def test_tolerances_override_digits() -> None:
    off = "gradients: {b2: [0.2950, -0.2950]}"
    assert marked(off)["score"] == 0
    assert marked(off, "--rtol", "0.01")["score"] == 1
    assert marked(off, "--atol", "0.01")["score"] == 1
    assert marked("updated: {W1: [[3, 6], [4, 5]]}", "--rtol", "0.01")["score"] == 0


@pytest.mark.parametrize(
    ("arguments", "answers", "said"),
    [
        (("hw3", "missing.yaml"), None, "there is no file 'missing.yaml'"),
        (("-", "-"), "", "can't both come from standard input"),
        (("hw3", "-"), "[1, 2]", "this is no answer sheet"),
        (("hw3", "-"), "a: [1", "<stdin>:1:"),
        (("hw3", "-", "--rtol", "-1"), RIGHT, "--rtol -1"),
        (("hw3", "-", "--carried", "2"), RIGHT, "--carried 2"),
        (("identities", "-"), RIGHT, "only claims"),
    ],
)
def test_what_cannot_be_used_ends_with_2(arguments: tuple[str, ...], answers: str | None, said: str) -> None:
    done = run(*arguments, answers=answers)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_narrow_screen_has_every_word(tmp_path: Path) -> None:
    sheet = tmp_path / "answers.yaml"
    sheet.write_text(SHORTCUT, encoding="utf-8")
    for columns in ("40", "80", "120"):
        lines = run("hw3", str(sheet), COLUMNS=columns).stdout.splitlines()
        inside = lines[lines.index("Verdicts") :]
        assert max(map(len, inside)) <= int(columns)
        assert "∇a²" in " ".join(inside)
