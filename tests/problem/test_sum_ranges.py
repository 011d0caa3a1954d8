"""Sums without limits in a file's own formulas: a letter counts over the entries of what it is an index of."""

import numpy as np
import pytest

from gradcalc.errors import InputError
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

SOFTMAX = """
inputs: {x: [1, 2]}
targets: {y: [0, 1, 0]}
parameters: {W: [[1, 2], [0, 1], [2, 1]], b: [0, 1, 0]}
equations:
  L: -sum(y[i] * log(p[i]), i) + mean(sum(W[i,j] * x[j], j), i)
  p: softmax(z)
  z: W @ x + b
loss: L + sum(prod(W[i,j], j), i != 2)
let: {total: "sum(dz[k], k)"}
"""
W, X, B, Y = np.array([[1.0, 2], [0, 1], [2, 1]]), np.array([1.0, 2]), np.array([0.0, 1, 0]), np.array([0.0, 1, 0])


def test_letters_count_over_the_entries_of_what_they_are_an_index_of() -> None:
    """Also of what a later line works out, in the loss and under `let`; numbers by NumPy."""
    solution = solve(loads(SOFTMAX))
    a = W @ X
    p = np.exp(a + B) / np.exp(a + B).sum()
    expected = -np.log(p[1]) + a.mean() + W.prod(axis=1)[[0, 2]].sum()
    assert float(solution.values["loss"]) == pytest.approx(expected)
    assert np.allclose(solution.values["dz"].ravel(), p - Y)


LETTERS = """
inputs: {x: vector(D)}
targets: {y: one_hot(K)}
parameters: {W: K×D, v: vector(D)}
equations:
  z: W @ x
  p: softmax(z)
  L: FORMULA
loss: L
"""


def test_in_letters_a_sum_goes_over_a_size() -> None:
    problem = loads(LETTERS.replace("FORMULA", "-sum(y[i] * log(p[i]), i)"))
    values = solve(problem).values
    assert float(values["loss"]) == pytest.approx(-float((values["y"] * np.log(values["p"])).sum()))


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("sum(z[k] * v[k], k)", "equations.L: there is no such part: entries are 1 to D in v["),
        ("sum(2, k) * z[1]", "equations.L: how far does 'k' count? Write sum(x[k], k, 1, D)"),
        ("sum(q[k], k)", "equations.L: how far does 'k' count? Write sum(x[k], k, 1, D)"),
    ],
)
def test_what_cannot_be_told_is_said(formula: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        loads(LETTERS.replace("FORMULA", formula))
    assert message in str(caught.value)


def test_a_letter_under_over_counts_as_it_says_there() -> None:
    text = "over: {t: 2}\ninputs: {v: [1, 2, 4]}\nequations: {L: 'sum(v[t], t)'}\nloss: L\n"
    assert float(solve(loads(text)).values["loss"]) == 3


def test_a_penalty_of_layers_has_such_sums() -> None:
    text = """
inputs: [1, 2]
targets: [1]
layers: [{weights: [[0.5], [-1]], activation: identity}]
loss: half_squared_error
penalty: sum(sum(W1[i,j]**2, j), i)
"""
    assert float(solve(loads(text)).values["penalty"]) == pytest.approx(1.25)
