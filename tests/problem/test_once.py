"""Layers and vertices written once for several: the same problem as the one that is written out."""

from __future__ import annotations

import numpy as np
import pytest

from gradcalc.errors import InputError
from gradcalc.problem.load import loads
from gradcalc.problem.saved import Rewriter
from gradcalc.program.problem import Problem
from gradcalc.program.solve import solve

LAYERS = """\
over: {l: 3}
inputs: [1, 2]
targets: [0, 1]
layers:
  - weights[l]: [[[1, 0], [0, 1]], [[1, 1], [0, 1]], [[0.5, 1], [1, 0]]]
    biases[l]: [[0, 0], [1, 0], [0, 1]]
    activation: tanh
  - {weights: [[1, -1], [0, 1]], activation: softmax}
loss: cross_entropy
lr: 0.1
"""
LAYERS_WRITTEN_OUT = """\
inputs: [1, 2]
targets: [0, 1]
layers:
  - {weights: [[1, 0], [0, 1]], biases: [0, 0], activation: tanh}
  - {weights: [[1, 1], [0, 1]], biases: [1, 0], activation: tanh}
  - {weights: [[0.5, 1], [1, 0]], biases: [0, 1], activation: tanh}
  - {weights: [[1, -1], [0, 1]], activation: softmax}
loss: cross_entropy
lr: 0.1
"""
VERTICES = """\
over: {l: 3}
inputs: {"h[0]": 0.5, x: 1}
targets: {"h[3]": 1}
vertices:
  h[l]: {weights: {"h[l-1]": [0.1, 0.2, 0.3], x: [1, 2, 3]}, bias: [0, 1, 0], activation: sigmoid}
loss: half_squared_error
expected:
  forward: {"h[l]": [0.740774899, null, null]}
"""
VERTICES_WRITTEN_OUT = """\
inputs: {h0: 0.5, x: 1}
targets: {h3: 1}
vertices:
  h1: {weights: {h0: 0.1, x: 1}, bias: 0, activation: sigmoid}
  h2: {weights: {h1: 0.2, x: 2}, bias: 1, activation: sigmoid}
  h3: {weights: {h2: 0.3, x: 3}, bias: 0, activation: sigmoid}
loss: half_squared_error
expected:
  forward: {h1: 0.740774899}
"""


@pytest.mark.parametrize(
    ("once", "written_out"),
    [(LAYERS, LAYERS_WRITTEN_OUT), (VERTICES, VERTICES_WRITTEN_OUT)],
    ids=["layers", "vertices"],
)
def test_it_is_the_problem_that_is_written_out(once: str, written_out: str) -> None:
    one, other = loads(once), loads(written_out)
    assert [(eq.name, eq.expr) for eq in one.forward] == [(eq.name, eq.expr) for eq in other.forward]
    assert one.expected == other.expected
    assert one.given.keys() == other.given.keys()
    mine, others = solve(one), solve(other)
    for name, value in others.values.items():
        np.testing.assert_array_equal(mine.values[name], value)


def test_where_the_numbers_of_one_of_them_stand() -> None:
    problem: Problem = loads(LAYERS)
    assert problem.origins["W2"] == ("layers", 0, "weights[l]", 1)
    assert problem.origins["W4"] == ("layers", 1, "weights")
    text = Rewriter(problem.text).rewritten({problem.origins["W2"]: [[5, 6], [7, 8]]}, {})
    np.testing.assert_array_equal(loads(text).parameters["W2"], [[5, 6], [7, 8]])


@pytest.mark.parametrize(
    ("text", "was", "becomes", "fault"),
    [
        (LAYERS, "[[1, 1], [0, 1]],", "", "5:17: layers[1].weights[l] has 2 of them: it must be a list with one entry"),
        (LAYERS, "[[1, 1], [0, 1]],", "[[1], [0], [1]],", "5:36: layers[1].weights[l][2] is 3×1, but layer 1 has 2"),
        (LAYERS, "biases[l]: [[0, 0], [1, 0], [0, 1]]", "biases: [0, 0]", "6:13: layers[1].biases is the same for all"),
        (LAYERS, "biases[l]", "biases[k]", "6:5: layers[1].biases[k]: how far does 'k' count?"),
        (
            LAYERS,
            "{weights: [[1, -1]",
            "{weights: [[1, -1], [2, 2]",
            "8:15: layers[2].weights is 3×2",
        ),
        (VERTICES, "h[l-1]", "h[l+1]", "5:20: vertices.h[l].weights.h[l+1][3]: unknown vertex 'h4'"),
        (VERTICES, "h[l-1]", "h[l]", "5:3: vertices.h[l]: a cycle: each of these needs the next: h1 → h1"),
        (VERTICES, '"h[0]": 0.5, ', "", "5:20: vertices.h[l].weights.h[l-1][1]: unknown vertex 'h0'"),
        (VERTICES, "[0.1, 0.2, 0.3]", "[0.1, 0.2]", "5:30: vertices.h[l].weights.h[l-1] has 2 of them"),
        (VERTICES, "bias: [0, 1, 0]", "bias: 0", "5:68: vertices.h[l].bias is no list"),
        (VERTICES, "{l: 3}", "{k: 3}", "5:3: vertices.h[l]: how far does 'l' count?"),
    ],
)
def test_what_does_not_fit_is_told_where_it_stands(text: str, was: str, becomes: str, fault: str) -> None:
    assert was in text
    with pytest.raises(InputError) as error:
        loads(text.replace(was, becomes))
    faults = [f"{each.span.line}:{each.span.column}: {each.message}" for each in error.value.faults]
    assert any(each.startswith(fault) for each in faults), faults
