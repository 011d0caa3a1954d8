r"""One index of a matrix, its column or its row: `z_i = W_i^T x + b_i`, `J = \frac{1}{2m} \sum_i ||A_i - Y_i||^2`."""

from __future__ import annotations

from pathlib import Path

import pytest
from handed_in import LAYER, ROWS, assert_each_is, verdicts

LAYER_SHOWN = (
    LAYER
    + r"""
symbols: {dz: '\delta'}
"""
)
REGRESSION = r"""
inputs: {X: m×n}
targets: {y: vector(m)}
parameters: {w: vector(n), b: scalar}
loss: 1/(2*m) * sum((X @ w + b - y) ** 2)
symbols: {loss: J, w: '\vec{w}', X: '\vec{X}'}
"""
FACTORS = r"""
parameters: {P: I×K, Q: K×J}
targets: {R: I×J}
equations:
  Rhat: P @ Q
loss: sum((R - Rhat) ** 2)
symbols: {Rhat: '\hat{r}', P: p, Q: q}
"""
RIGHT = {
    LAYER_SHOWN: r"""
z_i = W_i^T x + b_i
z_i = W_i \cdot x + b_i
z_1 = W_1^T x + b_1
\frac{\partial L}{\partial W_i} = \delta_i x^T
\frac{\partial L}{\partial W_j} = \delta x_j
\frac{\partial L}{\partial x} = \sum_{i=1}^m \delta_i W_i
""",
    ROWS: r"""
Z_i = X_i W + b
Z_{ij} = X_i^T W_j + b_j
\frac{\partial J}{\partial b} = \sum_i dZ_i
\frac{\partial J}{\partial W} = \sum_{i=1}^m X_i^T dZ_i
J = \frac{1}{2m} \sum_{i=1}^m ||A_i - Y_i||^2
""",
    REGRESSION: r"""
J = \frac{1}{2m}[(\vec{w}\cdot\vec{X_1}+b-y_1)^2+\dots+(\vec{w}\cdot\vec{X_m}+b-y_m)^2]
\frac{\partial J}{\partial b} = \frac{1}{m}[(\vec{w}\cdot\vec{X_1}+b-y_1)+\dots+(\vec{w}\cdot\vec{X_m}+b-y_m)]
""",
    FACTORS: r"""
\hat{r}_{ij} = p_i^T q_j
""",
}
WRONG = {
    LAYER_SHOWN: r"""
z_i = W_i^T x - b_i
z_i = W_i^T x
\frac{\partial L}{\partial W_i} = - \delta_i x^T
\frac{\partial L}{\partial x} = \sum_{i=1}^n \delta_i W_i
""",
    ROWS: r"""
Z_i = X_i W
Z_{ij} = X_i^T W_j
\frac{\partial J}{\partial W} = - \sum_{i=1}^m X_i^T dZ_i
J = \frac{1}{m} \sum_{i=1}^m ||A_i - Y_i||^2
""",
    REGRESSION: r"""
J = \frac{1}{m}[(\vec{w}\cdot\vec{X_1}+b-y_1)^2+\dots+(\vec{w}\cdot\vec{X_m}+b-y_m)^2]
""",
    FACTORS: r"""
\hat{r}_{ij} = - p_i^T q_j
""",
}


@pytest.mark.parametrize("problem", RIGHT, ids=["layer", "rows", "regression", "factors"])
def test_right_lines_are_right_and_spoilt_ones_wrong(problem: str, tmp_path: Path) -> None:
    assert_each_is("correct", problem, RIGHT[problem], tmp_path)
    assert_each_is("wrong", problem, WRONG[problem], tmp_path)


OPEN = {
    LAYER_SHOWN: r"z_i = W_i (x + z) + b_i",
    ROWS: r"Z_i = W^T X_i + b",
    FACTORS: r"\hat{r}_{ij} = p_i q_j^T",
}


@pytest.mark.parametrize("problem", OPEN, ids=["layer", "rows", "factors"])
def test_what_fits_in_no_way_is_not_called_wrong(problem: str, tmp_path: Path) -> None:
    """A row may be meant to lie as a column: with p_i and q_j as rows the entry of P Q is p_i q_jᵀ."""
    assert verdicts(problem, OPEN[problem], tmp_path) == []


LETTERS = [
    (r"z_m = \sum_n W_{mn} x_n + b_m", "+ b", "- b"),
    (r"z_i = \sum_n W_{in} x_n + b_i", "+ b", "- b"),
    (r"\frac{\partial L}{\partial b_m} = (a_m - y_m) a_m (1 - a_m)", "- y", "+ y"),
]


@pytest.mark.parametrize(("right", "old", "new"), LETTERS)
def test_a_size_may_be_the_index_that_counts_to_it(right: str, old: str, new: str, tmp_path: Path) -> None:
    assert verdicts(LAYER, right, tmp_path) == ["correct"]
    assert verdicts(LAYER, right.replace(old, new), tmp_path) == ["wrong"]


def test_a_size_as_an_index_of_something_else_is_not_called_wrong(tmp_path: Path) -> None:
    """z has m entries: with n for any of them the line is right."""
    for right in (r"z_n = \sum_j W_{nj} x_j + b_n", r"z_n = W_n^T x + b_n"):
        assert verdicts(LAYER, right, tmp_path) == []
