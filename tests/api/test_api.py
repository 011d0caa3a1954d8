"""Problems without YAML, names in the place of problems, and results that write themselves."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import gradcalc
from gradcalc.errors import UsageError

LAYERS = [(np.array([[3, 6], [4, 5]]), [1, -6], "sigmoid"), {"weights": [[2, 3], [4, 3]], "biases": (-1, -2),
                                                           "activation": "softmax"}]  # fmt: skip


def test_layers_make_the_problem_of_the_file() -> None:
    made = gradcalc.layers(np.array([1, 0]), LAYERS, [0, 1], "half_squared_error", lr=0.5)
    ours, file = gradcalc.solve(made).values, gradcalc.solve("hw3").values
    assert ours.keys() == file.keys()
    assert all((ours[name] == file[name]).all() for name in ours)


def test_equations_and_vertices() -> None:
    made = gradcalc.equations({"z": "W @ x"}, "sum(z ** 2)", inputs={"x": np.array([1.0, 2.0])},
                              parameters={"W": np.array([[3.0, 4.0]])})  # fmt: skip
    np.testing.assert_array_equal(gradcalc.solve(made).gradients["W"], [[22, 44]])  # 2 · 11 · [1, 2]
    graph = gradcalc.vertices({"i": 2}, {"o": {"weights": {"i": 3}, "bias": 1}}, targets={"o": 5},
                              loss="half_squared_error")  # fmt: skip
    assert gradcalc.solve(graph).loss == 2  # (2 · 3 + 1 - 5)² / 2


def test_yaml_makes_the_same_problem_to_the_last_bit() -> None:
    numbers = np.random.default_rng(0).standard_normal((3, 2)) * 10.0 ** np.array([[-300], [0], [200]])
    made = gradcalc.layers([0.1, 1e-5], [(numbers.T, None, "tanh")], notation="W.T @ x + b")
    again = gradcalc.loads(made.to_yaml())
    assert (again.parameters["W1"] == numbers.T).all()
    assert gradcalc.load("hw3").to_yaml().startswith("# The worked example")


def test_what_is_wrong_is_told_with_its_place() -> None:
    with pytest.raises(gradcalc.InputError) as error:
        gradcalc.layers([1, 0], [([[1, 2, 3]], None)])
    fault = error.value.faults[0]
    assert fault.span.path == "<data>"
    assert "x has 2 entries" in fault.message
    for wrong, said in (([(1, 2, 3, 4)], "a layer is a tuple"), ([(object(),)], "this is object")):
        with pytest.raises(gradcalc.GradcalcError, match=said):
            gradcalc.layers([1, 0], wrong)
    with pytest.raises(gradcalc.GradcalcError, match="a mapping with the keys"):
        gradcalc.Problem.from_dict([1])
    circle: dict = {}
    circle["inputs"] = circle
    with pytest.raises(gradcalc.GradcalcError, match="nested"):
        gradcalc.Problem.from_dict(circle)


def test_names_do_for_problems() -> None:
    assert gradcalc.explain("hw3", "dW1[1,2]").value == pytest.approx(0.0733, abs=5e-5)
    assert gradcalc.explain(gradcalc.load("hw3"), "loss").value == pytest.approx(0.3927, abs=5e-5)
    # W2[1,1] after one step is 2 - 0.1 · 0.2880 with a rate of 0.1.
    assert gradcalc.step("hw3", lr=0.1).parameters["W2"][0, 0] == pytest.approx(2 - 0.0288, abs=5e-6)
    assert gradcalc.step("hw3", freeze=["W2"]).next.parameters["W2"][0, 0] == 2
    assert gradcalc.take_steps("hw3", 3).made == 3


def test_results_write_themselves() -> None:
    solution = gradcalc.solve("hw3")
    assert len(repr(solution).splitlines()) == 1
    others = (
        solution.problem,
        gradcalc.step("hw3"),
        gradcalc.explain("hw3", "dW1[1,2]"),
        gradcalc.explain("hw3", "dW1"),
    )
    assert all(len(repr(each)) < 120 and len(repr(each).splitlines()) == 1 for each in others)
    assert "0.0733" in repr(others[2])
    assert "0.3927" in repr(solution)
    assert solution.to_html().startswith("<!DOCTYPE html>")
    assert solution.to_latex().startswith(r"\documentclass")
    assert "HW 3" in solution.to_markdown()


def test_check_can_be_called_whatever_was_imported_before() -> None:
    """The room `gradcalc.check` takes the place of the function as soon as anything imports it."""
    for first in ("", "import gradcalc.check.marking.mark; ", "from gradcalc import check; gradcalc.solve; "):
        code = f"import gradcalc; {first}print(bool(gradcalc.check('hw3', {{'loss': 0.3927}})))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert (done.stdout, done.stderr) == ("True\n", "")


IN_LETTERS = """
notation: x @ W + b
inputs: 1×D
targets: one_hot(K)
layers: [{weights: D×K, biases: 1×K, activation: softmax}]
loss: cross_entropy
lr: 0.1
"""


@pytest.mark.parametrize(
    "do",
    [
        gradcalc.solve,
        gradcalc.step,
        lambda p: gradcalc.check(p, {"da1": [1, 0, 0]}),
        lambda p: gradcalc.explain(p, "da1"),
    ],
)
def test_a_problem_in_letters_has_no_numbers_until_it_is_given_sizes(tmp_path, do):
    """Those that it is read with are any: a student's own would be held against them."""
    path = tmp_path / "letters.yaml"
    path.write_text(IN_LETTERS, encoding="utf-8")
    with pytest.raises(UsageError, match=r"in letters; load it with sizes for numbers: at=\{'D': 2, 'K': 3\}"):
        do(str(path))
    with pytest.raises(UsageError, match="in letters"):
        do(gradcalc.load(path))
    do(gradcalc.load(path, at={"D": 2, "K": 3}))
