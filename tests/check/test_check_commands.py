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
    assert "a²[1]" in lines(result.stdout, "a²[2]")[0]
    (row,) = lines(result.stdout, "ŷ[1]")
    assert row.split() == ["ŷ[1]", "0.2340", "-0.2340"]
    assert "∇a² = ŷ ⊙ (∇ŷ - ⟨∇ŷ, ŷ⟩)" in result.stdout


def test_a_jacobian_by_a_matrix_is_shown_column_by_column():
    result = run("explain", "hw3-problem1", "yhat/W2")
    assert len(lines(result.stdout, "With respect to column")) == 3
    assert len(lines(result.stdout, "W²[4,")) == 3


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


SQUARE = """
notation: W @ x + b
inputs: [[1.0, 0.2], [-0.4, 1.3]]
targets: [[1, 0]]
layers:
  - {weights: [[0.5, -0.3], [0.8, 0.2]], biases: [0.1, 0], activation: relu}
  - {weights: [[0.4, -0.9]], biases: [0.05], activation: sigmoid}
loss: binary_cross_entropy
reduction: mean
"""
TYPED = """
forward: {a2: "W2 h1 + b2"}
gradients: {a1: "dh1 · (a1 > 0)", W1: "da1 × x.T", W2: [[0.5, 0.5]]}
"""
READ = {
    "forward.a2": ("W2 h1 + b2", "W2 @ h1 + b2"),
    "gradients.a1": ("dh1 · (a1 > 0)", "dh1 * step(a1)"),
    "gradients.W1": ("da1 × x.T", "da1 @ x.T"),
}


@pytest.fixture
def typed(tmp_path):
    (tmp_path / "p.yaml").write_text(SQUARE, encoding="utf-8")
    (tmp_path / "a.yaml").write_text(TYPED, encoding="utf-8")
    return "check", str(tmp_path / "p.yaml"), str(tmp_path / "a.yaml")


def test_how_a_product_was_read_is_shown_on_request(typed):
    """All matrices are square here, so that both products fit."""
    data = json.loads(run(*typed, "--readings", "--format", "json").stdout)
    assert {each["quantity"]: (each["typed"], each["read_as"]) for each in data["readings"]} == READ
    plain = run(*typed, "--readings", "--format", "plain").stdout
    assert all(f"as typed {text}, read as {read}" in plain for text, read in READ.values())
    table = run(*typed, "--readings").stdout.split("How formulas were read")[1]
    assert all(text in table and read in table for text, read in READ.values())


def test_it_is_not_shown_unless_asked_for(typed):
    assert "readings" not in json.loads(run(*typed, "--format", "json").stdout)
    assert "as typed" not in run(*typed, "--format", "plain").stdout


def test_the_less_obvious_reading_is_said_in_any_case(typed):
    verdicts = json.loads(run(*typed, "--format", "json").stdout)["verdicts"]
    messages = {verdict["quantity"]: verdict["message"] for verdict in verdicts}
    assert messages["gradients.a1"] == "right (read as dh1 * step(a1), entry by entry where both products fit)"
    assert messages["gradients.W1"] == messages["forward.a2"] == "right"


def test_a_sheet_without_formulas_says_so(typed, tmp_path):
    (tmp_path / "a.yaml").write_text("loss: 0.5", encoding="utf-8")
    assert "The sheet holds no formulas." in run(*typed, "--readings").stdout


@pytest.mark.parametrize("number", ["1e-3201648", "1e999"])
def test_a_number_in_a_list_that_float64_cannot_hold_is_told(tmp_path, number):
    sheet = tmp_path / "sheet.yaml"
    sheet.write_text(f"forward: {{h1: [{number}, 2]}}\n")
    result = run("check", "hw3", str(sheet), "--format", "plain")
    assert result.returncode == 1
    assert f"{number} is too large: the largest number is about 1.8e308" in result.stdout
