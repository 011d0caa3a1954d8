"""Sums over all entries in letters are written of whole arrays, where that is the same."""

import ast

import numpy as np
import pytest

from gradcalc.problem.load import loads
from gradcalc.problem.whole_sums import whole
from gradcalc.program.solve import solve

SHAPES = {"x": (4, 1), "y": (4, 1), "r": (1, 4), "v": (3, 1), "A": (3, 4), "B": (3, 4), "S": (4, 4), "s": ()}


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("-sum(y[i] * log(x[i]), i)", "-sum(y * log(x))"),
        ("sum(sum(s * A[k,n] ** 2 - B[k,n], k), n) / s", "sum(s * A ** 2 - B) / s"),
        ("sum(sum(A[k,n], n), k) + sum(maximum(r[i], 0), i)", "sum(A) + sum(maximum(r, 0))"),
    ],
)
def test_terms_by_entry_are_of_whole_arrays(formula: str, written: str) -> None:
    assert whole(ast.parse(formula, mode="eval"), SHAPES) == written


@pytest.mark.parametrize(
    "formula",
    [
        "sum(sum(S[i,j] * S[j,i], i), j)",  # a transpose
        "sum(sum(S[i,j] * x[j], i), j)",  # another shape
        "sum(S[i,i], i)",  # a trace
        "sum(sum(S[i,i], i), i)",
        "sum(x[t], t)",  # counts otherwise
        "sum(i * x[i], i)",
        "sum(x[i] * v, i)",
        "sum(x[i] * r[i], i)",
        "sum(x[i] * q, i)",
        "sum(norm(x) * x[i], i)",
        "sum(x[i] @ y[i], i)",
        "sum(x[i + 1], i)",
        "sum(x[i], i, 1, 3)",
        "sum(x[i], i != 2)",
        "mean(x[i], i)",
        "sum(2, i)",
        "sum(A[k,n], k)",
        "sum(A[k], k)",  # of rows
        "sum(norm(x[i]), i)",
    ],
)
def test_others_stay(formula: str) -> None:
    assert whole(ast.parse(formula, mode="eval"), SHAPES, ["t"]) is None


def test_softmax_regression_with_samples_is_stated_by_entries() -> None:
    """The loss by NumPy at the problem's own numbers; in letters a double sum has more terms than can be written."""
    text = """
inputs: {X: D×N}
targets: {Y: "one_hot(K, N)"}
parameters: {W: K×D, b: vector(K)}
equations:
  P: softmax(W @ X + b)
  L: -sum(sum(Y[k,n] * log(P[k,n]), k), n) / N + 0.1 * sum(sum(W[i,j]**2, i), j)
loss: L
"""
    values = solve(loads(text)).values
    z = values["W"] @ values["X"] + values["b"]
    p = np.exp(z) / np.exp(z).sum(axis=0)
    expected = -(values["Y"] * np.log(p)).sum() / z.shape[1] + 0.1 * (values["W"] ** 2).sum()
    assert float(values["loss"]) == pytest.approx(float(expected))
