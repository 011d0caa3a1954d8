"""Arrays as answers: compared at their own precision, with mistakes named whatever it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from slow import sampled

import gradcalc
from gradcalc import check, layers, solve
from gradcalc.formula.evaluate import evaluate

SIGMOID_NETWORK = [([[3, 6], [4, 5]], [1, -6], "sigmoid"), ([[2, 3], [4, 3]], [-1, -2], "softmax")]


def by_hand(dtype: type) -> dict[str, np.ndarray]:
    """The gradients of hw3 by formulas of our own, all calculated at one precision."""
    x, y = np.array([[1], [0]], dtype), np.array([[0], [1]], dtype)
    W1, b1 = np.array([[3, 6], [4, 5]], dtype), np.array([[1], [-6]], dtype)
    W2, b2 = np.array([[2, 3], [4, 3]], dtype), np.array([[-1], [-2]], dtype)
    h = 1 / (1 + np.exp(-(W1.T @ x + b1)))
    e = np.exp(W2.T @ h + b2)
    p = e / e.sum()
    g = p - y
    da2 = p * (g - (g * p).sum())
    dh = W2 @ da2
    da1 = dh * h * (1 - h)
    return {"dW1": x @ da1.T, "db1": da1, "dW2": h @ da2.T, "db2": da2}


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_right_at_its_own_precision(dtype: type) -> None:
    marks = check("hw3", by_hand(dtype))
    assert marks
    assert {verdict.verdict for verdict in marks.verdicts} == {"correct"}


@pytest.mark.parametrize(("dtype", "off", "right"), [(np.float64, 1e-9, True), (np.float64, 1e-6, False),
                                                    (np.float32, 1e-5, True), (np.float32, 3e-3, False)])  # fmt: skip
def test_off_by_a_part_of_itself(dtype: type, off: float, right: bool) -> None:
    """Digits would say that all of these are right: the entries are below 0.3, and four decimals are asked for."""
    answers = {name: (value * (1 + off)).astype(dtype) for name, value in by_hand(np.float64).items()}
    assert bool(check("hw3", answers)) is right


def test_a_tiny_gradient_has_to_be_right_too() -> None:
    problem = layers([1, 0], SIGMOID_NETWORK, [0, 1], "1e-9 * half_squared_error(yhat, y)")
    right = {name: 1e-9 * value for name, value in by_hand(np.float64).items()}
    assert check(problem, right)
    assert check(problem, {name: value.astype(np.float32) for name, value in right.items()})
    assert not check(problem, {"dW1": 0 * right["dW1"]})
    assert not check(problem, {"dW1": right["dW1"] * 1.01})


def test_what_cancels_to_nothing_may_be_as_far_off_as_its_terms() -> None:
    """The gradient through a softmax sums to 0 over the outputs; a program gets 1e-17 or 1e-9 there."""
    problem = gradcalc.equations({"p": "softmax(W @ x)", "s": "sum(p)"}, "s ** 2", inputs={"x": [1, 2]},
                                 parameters={"W": [[1, 2], [3, 5]]})  # fmt: skip
    assert check(problem, {"dW": np.full((2, 2), 3e-17)})
    assert check(problem, {"dW": np.full((2, 2), 3e-8, np.float32)})
    assert not check(problem, {"dW": np.full((2, 2), 1e-4)})
    assert not check(problem, {"dW": np.full((2, 2), 1e-2, np.float32)})


def test_an_old_parameter_is_no_new_one_however_small_the_step() -> None:
    problem = layers([1, 0], SIGMOID_NETWORK, [0, 1], "half_squared_error", lr=1e-4)
    solution = solve(problem)
    new, old = solution.updated["W2"], problem.parameters["W2"]
    assert check(problem, {"updated": {"W2": new}})
    assert check(problem, {"updated": {"W2": new.astype(np.float32)}})
    assert not check(problem, {"updated": {"W2": old}})
    assert not check(problem, {"updated": {"W2": old.astype(np.float32)}})


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_mistake_is_named_at_either_precision(dtype: type) -> None:
    answers = {name: value.astype(dtype) for name, value in by_hand(np.float64).items()}
    values = solve("hw3").values
    back = values["W2_new"] @ values["da2"] * values["h1"] * (1 - values["h1"])
    answers["dW1"] = (values["x"] @ back.T).astype(dtype)
    first = check("hw3", answers).first_error
    assert first is not None
    assert first.quantity == "gradients.W1"
    assert [mistake.id for mistake in first.mistakes] == ["updated-weights-in-backprop"]


def test_shapes_and_kinds_of_arrays() -> None:
    gradient = by_hand(np.float64)
    assert check("hw3", {"db1": gradient["db1"].ravel()})
    assert check("hw3", {"loss": np.float64(solve("hw3").loss)})
    (turned,) = check("hw3", {"dW2": gradient["dW2"].T}).verdicts
    assert [mistake.id for mistake in turned.mistakes] == ["answer-transposed"]
    assert "3 axes" in only({"dW1": np.zeros((2, 2, 1))}).message
    assert "nan at [1,2]" in only({"dW1": np.array([[0, np.nan], [0, 0]])}).message
    assert "<U1" in only({"dW1": np.array([["a"]])}).message
    assert "0 entries" in only({"dW1": np.zeros((0, 2))}).message


def only(answers: dict) -> gradcalc.check.marking.verdicts.Verdict:
    (verdict,) = check("hw3", answers).verdicts
    assert verdict.verdict == "unreadable"
    return verdict


def test_numbers_and_text_are_read_as_on_a_sheet() -> None:
    assert check("hw3", {"loss": 0.3927, "gradients": {"W2": "h1 @ da2.T", "b2": (0.2932, -0.2932)}})
    assert not check("hw3", {"loss": 0.38})
    assert check("hw3", {"loss": 0.39}, rtol=0.01)
    assert not check("hw3", {"loss": 0.3927}, complete=True)
    assert not check("hw3", {})


def test_arrays_are_held_to_their_precision_beside_written_numbers() -> None:
    arrays = {name: value * (1 + 2e-5) for name, value in by_hand(np.float64).items()}
    assert not check("hw3", {"loss": 0.3927, "dW1": arrays["dW1"]})
    assert check("hw3", {"loss": 0.3927, "dW1": by_hand(np.float64)["dW1"]})


def test_a_float_with_all_its_digits_is_calculated() -> None:
    loss = solve("hw3").loss
    assert loss is not None
    assert check("hw3", {"loss": loss})
    assert not check("hw3", {"loss": loss + 1e-6})
    assert check("hw3", {"loss": round(loss, 5)})
    assert not check("hw3", {"loss": float("nan")})


def test_a_failed_assert_shows_what_is_wrong() -> None:
    marks = check("hw3", {"dW1": by_hand(np.float64)["dW1"] * 2, "loss": 0.3927})
    assert repr(marks).splitlines()[0] == "<Marks: 1 of 2 points>"
    assert "gradients.W1: wrong" in repr(marks)
    assert "loss: " not in repr(marks)
    assert "<!DOCTYPE html>" in marks.to_html()


def test_no_mapping() -> None:
    with pytest.raises(gradcalc.GradcalcError, match="answers are a mapping"):
        check("hw3", [1, 2])
    with pytest.raises(gradcalc.GradcalcError, match="--run-code"):
        check("hw3", "student.py")


BUNDLED = sorted((Path(__file__).parents[2] / "problems").rglob("*.yaml"))
SECTIONS = {
    ("forward", "value"): "forward",
    ("backward", "gradient"): "gradients",
    ("update", "new value"): "updated",
}


def calculated(solution: gradcalc.Solution, dtype: type, seed: int) -> dict[str, dict[str, np.ndarray]]:
    """A solution's arrays as another program would have them: each step off by a unit in the last place of the type."""
    random, values = np.random.default_rng(seed), dict(solution.problem.given)
    sheet: dict[str, dict[str, np.ndarray]] = {"gradients": {}, "forward": {}, "updated": {}}
    for equation in solution.equations:
        value = np.broadcast_to(evaluate(equation.expr, values, solution.problem.axis), solution.shapes[equation.name])
        values[equation.name] = value * (1 + np.finfo(dtype).eps * random.uniform(-1, 1, value.shape))
        section = SECTIONS.get((equation.section, equation.kind)) if equation.step == 1 else None
        if section and equation.name != "loss":
            sheet[section][equation.quantity] = values[equation.name].astype(dtype)
    return {name: mine for name, mine in sheet.items() if mine}


@pytest.mark.parametrize("path", sampled(BUNDLED, 2), ids=lambda path: path.stem)
def test_every_bundled_problem_at_both_precisions(path: Path) -> None:
    problem = gradcalc.load(path)
    if problem.form == "claims":
        return
    solution = gradcalc.solve(problem)
    for dtype in (np.float64, np.float32):
        marks = check(solution, calculated(solution, dtype, 7))
        assert [verdict for verdict in marks.verdicts if verdict.verdict != "correct"] == []
    for name in problem.parameters:
        right = solution.gradients.get(name, np.zeros(()))
        if np.abs(right).max() > 1e-6:
            assert not check(solution, {"gradients": {name: right * 1.05}}), name
