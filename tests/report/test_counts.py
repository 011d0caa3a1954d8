"""The number of parameters, against the numbers in the problem itself and the formula of the course's solution."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

import gradcalc
from gradcalc.report.story.parameter_count import counted


def network(notation: str, sizes: list[int], biases: str = "full") -> gradcalc.Problem:
    layers = []
    for rows, columns in pairwise(sizes):
        shape = (columns, rows) if notation in ("W @ x + b", "W@x + b", "x @ W.T + b") else (rows, columns)
        weights = [[0.5] * shape[1] for _ in range(shape[0])]
        bias = {"full": f", biases: {[0.1] * columns}", "shared": ", biases: 0.1", "none": ""}[biases]
        layers.append(f"  - {{weights: {weights}{bias}, activation: tanh}}")
    head = f"notation: {notation}\ninputs: {[1] * sizes[0]}\ntargets: {[0] * sizes[-1]}\nloss: half_squared_error\n"
    return gradcalc.loads(head + "layers:\n" + "\n".join(layers) + "\n")


@pytest.mark.parametrize("notation", ["W.T @ x + b", "W @ x + b", "W@x + b", "x @ W + b", "x @ W.T + b"])
def test_one_hidden_layer_has_the_formula_of_the_course(notation: str) -> None:
    """H(Dx + Dy + 1) + Dy with Dx = 10, H = 5, Dy = 10 is 115."""
    said = counted(network(notation, [10, 5, 10])).replace("\u00a0", " ")
    assert said.startswith("H(Dx + Dy + 1) + Dy = 5·(10 + 10 + 1) + 10 = 115 parameters")
    assert said.endswith("Dx = 10, H = 5, Dy = 10.")


@pytest.mark.parametrize("biases", ["full", "shared", "none"])
@pytest.mark.parametrize("sizes", [[3, 2], [2, 4, 3], [2, 3, 4, 5]])
def test_the_count_is_how_many_numbers_there_are(sizes: list[int], biases: str) -> None:
    problem = network("W @ x + b", sizes, biases)
    count = sum(value.size for value in problem.parameters.values())
    said = counted(problem)
    assert f"= {count} parameters" in said
    total = said.split(" parameters")[0].split("=")[-2] if "H(" in said else said.split("=")[0]
    assert eval(re.sub("·", "*", total)) == count


def test_other_forms_have_no_such_formula() -> None:
    assert counted(gradcalc.load("han-kamber")) == ""
