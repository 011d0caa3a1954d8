"""`gradcalc check`, `sheet` and `explain` as they are typed: what they print, and their exit codes."""

import json
from pathlib import Path

import pytest
import yaml
from running import run

from gradcalc.problem.bundled import bundled_names

ROOT = Path(__file__).parents[2]
WRONG = """
title: a problem with a slip
inputs: {x: -2, y: 5, z: -4}
equations: {q: x + y, f: q * z}
of: f
digits: 1
expected: {forward: {q: 3, f: 12}, gradients: {x: -4}}
misprints: [{quantity: gradients.z, printed: 3, note: not one}]
claims:
  - {claim: a + b == b + a, where: {a: scalar, b: scalar}}
  - {claim: a - b == b - a, where: {a: scalar, b: scalar}}
"""


def lines(text, word):
    return [line for line in text.splitlines() if word in line]


def test_a_problem_that_agrees_ends_with_0():
    result = run("check", "hw3")
    assert (result.returncode, result.stderr) == (0, "")
    assert len(lines(result.stdout, "✓ agrees")) == 16
    assert "16 of 16 expected values agree." in result.stdout


def test_one_line_for_each_quantity_misprint_and_claim_and_exit_code_1(tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG)
    result = run("check", str(path), "--format", "plain")
    assert result.returncode == 1
    assert len(lines(result.stdout, "✓ agrees")) == 2
    (wrong,) = lines(result.stdout, "✗ disagrees")
    assert "quantity f" in wrong
    assert f"{path}:7:" in wrong
    assert "12.0 comes out as -12.000" in wrong
    assert "it is no misprint" in lines(result.stdout, "✗ no misprint")[0]
    assert "a + b == b + a" in lines(result.stdout, "✓ true, as stated")[0]
    (false,) = lines(result.stdout, "✗ false")
    assert "at a = 0, b = 1 the left side is -1, the right 1, but 'holds' says true" in false
    assert (
        "2 of 3 expected values agree, 0 of 1 misprint is a wrong number, 1 of 2 claims are as stated." in result.stdout
    )


def test_the_same_as_data():
    result = run("check", "-", "--format", "json", stdin=WRONG)
    assert result.returncode == 1
    data = json.loads(result.stdout)
    assert data["passes"] is False
    assert [each["agrees"] for each in data["expected"]] == [True, False, True]
    assert [each["differs"] for each in data["misprints"]] == [False]
    assert data["misprints"][0]["right"] == 3.0
    assert [each["passes"] for each in data["claims"]] == [True, False]
    assert data["claims"][1]["counterexample"] == {"a": 0.0, "b": 1.0}
    assert (data["claims"][1]["left"], data["claims"][1]["right"]) == (-1.0, 1.0)


def test_nothing_to_check_is_said():
    result = run("check", "-", stdin="inputs: {x: 1}\nequations: {f: x * x}\nof: f\n")
    assert result.returncode == 0
    assert "there is nothing to check" in result.stdout


def test_a_problem_that_cannot_be_read_ends_with_2():
    result = run("check", "-", stdin="inputs: {x: 1}\nequations: {f: g(x)}\n")
    assert result.returncode == 2
    assert "<stdin>:2:" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("name", ["hw3", "ttic-graph-mixed", "cross-entropy-batch", "identities", "parity"])
@pytest.mark.parametrize("format", ["table", "plain", "json"])
def test_every_format(name, format):
    assert name in bundled_names()
    result = run("check", name, "--format", format)
    assert (result.returncode, result.stderr) == (0, "")


def test_an_empty_sheet_goes_into_a_file(tmp_path):
    path = tmp_path / "answers.yaml"
    result = run("sheet", "hw3", "--output", str(path))
    assert (result.returncode, result.stdout) == (0, "")
    data = yaml.safe_load(path.read_text())
    assert list(data) == ["forward", "loss", "gradients", "updated", "after"]
    assert list(data["updated"]) == ["W1", "b1", "W2", "b2"]
    assert set(data["after"].values()) == {None}
    assert run("sheet", "hw3").stdout == path.read_text()


def test_claims_alone_have_no_sheet():
    result = run("sheet", "identities")
    assert result.returncode == 2
    assert "only claims" in result.stderr


def test_a_jacobian_is_labelled():
    result = run("explain", "hw3", "yhat/a2")
    assert result.returncode == 0
    assert "a2[1]" in lines(result.stdout, "a2[2]")[0]
    (row,) = lines(result.stdout, "ŷ[1]")
    assert row.split() == ["ŷ[1]", "0.2340", "-0.2340"]
    assert "∇a² = ŷ ⊙ (∇ŷ - ⟨∇ŷ, ŷ⟩)" in result.stdout


def test_a_jacobian_by_a_matrix_is_shown_column_by_column():
    result = run("explain", "hw3-problem1", "yhat/W2")
    assert len(lines(result.stdout, "With respect to column")) == 3
    assert len(lines(result.stdout, "W2[4,")) == 3


def test_a_jacobian_as_data():
    data = json.loads(run("explain", "hw3", "loss/W1", "--format", "json").stdout)
    assert data["rows"] == ["loss"]
    assert data["columns"] == ["W1[1,1]", "W1[2,1]", "W1[1,2]", "W1[2,2]"]
    assert [round(number, 4) for number in data["values"][0]] == [-0.0052, 0.0, 0.0733, 0.0]
    assert data["equations"][-1]["name"] == "dW1"


def test_no_dependence_is_said():
    assert "doesn't depend on" in run("explain", "hw3", "a1/W2").stdout


@pytest.mark.parametrize("text", ["nothing", "yhat/nothing", "yhat[7]/a2"])
def test_what_cannot_be_explained_ends_with_2(text):
    result = run("explain", "hw3", text)
    assert result.returncode == 2
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.stderr


def test_no_gradient_has_its_place():
    result = run("explain", "parity", "yhat/x")
    assert result.returncode == 2
    assert "parity.yaml:" in result.stderr
    assert "sign has no gradient" in result.stderr


def test_a_right_answer_at_a_kink_says_so(tmp_path):
    """ReLU is applied at 0: 1 is as good a derivative there as 0."""
    problem, sheet = tmp_path / "p.yaml", tmp_path / "a.yaml"
    problem.write_text("inputs: {x: 0, y: 2}\nequations: {h: relu(x), f: h * y}\nof: f\n", encoding="utf-8")
    sheet.write_text("gradients: {x: 2}\n", encoding="utf-8")
    result = run("check", str(problem), str(sheet), "--format", "plain")
    assert result.returncode == 0
    assert "x is 0, where ReLU has no derivative; here 0 is taken" in result.stdout
