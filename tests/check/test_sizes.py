"""Shapes and counts of parameters on sheets, in a problem's `expected` and among what has points."""

import pytest
from typer.testing import CliRunner

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.author.own import check_problem
from gradcalc.check.marking.mark import mark
from gradcalc.cli import app
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

NETWORK = """
notation: W @ x + b
inputs: [1, 2]
targets: 0
layers:
  - {weights: [[1, 2], [3, 4], [5, 6]], biases: [1, 1, 1], activation: sigmoid}
  - {weights: [[1, -1, 2]], biases: [0.5]}
loss: half_squared_error
"""
LETTERS = """
notation: x @ W + b
inputs: 1×Dx
targets: one_hot(Dy)
layers:
  - {weights: Dx×H, biases: 1×H, activation: sigmoid}
  - {weights: H×Dy, biases: 1×Dy, activation: softmax}
loss: cross_entropy
"""


@pytest.fixture(scope="module")
def network():
    return solve(loads(NETWORK))


def verdict(solution, data):
    (found,) = mark(solution, sheet_from_data(data, solution)).verdicts
    return found


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("W1", "3×2"),
        ("W1", "3 x 2"),
        ("W1", "(3, 2)"),
        ("W1", [3, 2]),
        ("b1", "3×1"),
        ("b1", 3),
        ("b1", [3]),
        ("x", "2×1"),
        ("loss", "a number"),
        ("W2", "1×3"),
    ],
)
def test_a_right_shape(network, name, shape):
    found = verdict(network, {"shapes": {name: shape}})
    assert found.verdict == "correct", found.said
    assert found.quantity == f"shapes.{name}"


@pytest.mark.parametrize(
    ("name", "shape", "said"),
    [
        ("W1", "2×3", "rows and columns are exchanged"),
        ("W1", [2, 3], "rows and columns are exchanged"),
        ("W1", "3×3", ""),
        ("b1", "1×3", "rows and columns are exchanged"),
    ],
)
def test_a_wrong_shape(network, name, shape, said):
    found = verdict(network, {"shapes": {name: shape}})
    assert found.verdict == "wrong"
    assert said in found.said


@pytest.mark.parametrize("shape", ["three by two", "×", [[1, 2], [3, 4]]])
def test_what_is_no_shape(network, shape):
    assert verdict(network, {"shapes": {"W1": shape}}).verdict in ("unreadable", "wrong")


def test_the_number_of_parameters(network):
    """3·2 + 3 + 3 + 1; without the biases 9."""
    assert verdict(network, {"count": 13}).verdict == "correct"
    assert verdict(network, {"count": "3 * 2 + 3 + 3 + 1"}).verdict == "correct"
    assert verdict(network, {"count": 9}).said.startswith("the biases are left out")
    assert verdict(network, {"count": 12}).verdict == "wrong"


def test_a_problem_may_expect_them_and_give_points():
    problem = loads(
        NETWORK + "expected: {shapes: {W1: [3, 2], x: [2, 1]}, count: 13}\npoints: {shapes.W1: 2, count: 1}"
    )
    assert check_problem(problem).passes
    wrong = loads(NETWORK + "expected: {shapes: {W1: [2, 3]}, count: 14}")
    assert [each.agrees for each in check_problem(wrong).expected] == [False, False]
    solution = solve(problem)
    marks = mark(solution, sheet_from_data({"shapes": {"W1": "3×2"}}, solution))
    assert (marks.score, marks.points) == (2, 3)
    blank = CliRunner().invoke(app, ["sheet", "-"], input=problem.to_yaml())
    assert "shapes:" in blank.output
    assert "W1:   # rows×columns" in blank.output  # which isn't told
    assert "count:" in blank.output


def test_shapes_and_counts_in_letters(tmp_path):
    (tmp_path / "p.yaml").write_text(LETTERS)
    (tmp_path / "a.yaml").write_text(
        "shapes: {W1: Dx×H, b1: 1×H, W2: Dy×H, yhat: 1×Dy, x: '2×1'}\ncount: H * (Dx + Dy + 1) + Dy\n"
    )
    result = CliRunner().invoke(app, ["check", str(tmp_path / "p.yaml"), str(tmp_path / "a.yaml"), "--format", "json"])
    import json

    found = {each["quantity"]: each["verdict"] for each in json.loads(result.output)["verdicts"]}
    assert found == {
        "shapes.W1": "correct",
        "shapes.b1": "correct",
        "shapes.W2": "wrong",
        "shapes.yhat": "correct",
        "shapes.x": "wrong",
        "count": "correct",
    }


def test_a_count_that_is_right_at_some_sizes_alone_is_wrong(tmp_path):
    (tmp_path / "p.yaml").write_text(LETTERS)
    (tmp_path / "a.yaml").write_text("count: Dx * H + H * Dy + H + Dx\n")
    result = CliRunner().invoke(app, ["check", str(tmp_path / "p.yaml"), str(tmp_path / "a.yaml")])
    assert result.exit_code == 1
