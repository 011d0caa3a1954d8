r"""Conventions of notes that don't say so: rows by one index, entries counted from 0, `d^2` for a second derivative."""

from __future__ import annotations

from pathlib import Path

import pytest
from handed_in import lines, verdicts

from gradcalc.check.marking.from_zero import counted_from_zero

MACHINE = r"""
inputs: {v: binary(n)}
parameters: {W: m×n, b: vector(n), c: vector(m)}
equations: {a: W @ v + c, h: sigmoid(a), F: -b.T @ v - sum(softplus(a))}
of: F
"""
ROWS = [
    (r"F(v) = -b^T v - \sum_j \log(1 + e^{c_j + W_j v})", "c_j", "-c_j"),
    (r"F(v) = -b^T v - \sum_j \log(1 + e^{W_j v + c_j})", "- b", "b"),
    (r"\frac{\partial F(v)}{\partial c_j} = -\sigma(c_j + W_j v)", "= -", "= "),
    (r"\frac{\partial F(v)}{\partial W_{ji}} = -\sigma(c_j + W_j v) v_i", "v_i", "c_j"),
]


@pytest.mark.parametrize(("right", "part", "spoilt"), ROWS)
def test_one_index_that_counts_rows_elsewhere_is_a_row(right: str, part: str, spoilt: str, tmp_path: Path) -> None:
    """The free energy of a restricted Boltzmann machine: F(v) = −bᵀv − Σ_j softplus(c_j + W_j v)."""
    assert verdicts(MACHINE, right, tmp_path) == ["correct"]
    right = right.replace("= -b", "= - b")
    assert verdicts(MACHINE, right.replace(part, spoilt), tmp_path) == ["wrong"]


NETWORK = "inputs: {x: vector(n)}\nparameters: {W: n×m}\nequations: {a: W.T @ x, L: sum(a ** 2)}\nof: L\n"


def test_one_index_alone_is_a_column(tmp_path: Path) -> None:
    assert verdicts(NETWORK, "a_j = W_j^T x", tmp_path) == ["correct"]
    assert verdicts(NETWORK, "a_j = W_j^T x + x_1", tmp_path) == ["wrong"]


CONVOLUTION = """
inputs: {X: [[0.2, -0.4, 0.5, 1.1], [0.3, 0.8, -0.7, 0.6], [-1.0, 0.9, 0.1, -0.2]]}
parameters: {W: [[0.3, -0.6], [0.9, 0.25]], b: 0.1}
equations: {Y: "conv2d(X, W, b)"}
upstream: {Y: [[0.1, -0.2, 0.3], [0.4, 0.55, -0.6]]}
"""
OFFSETS = [
    r"Y_{i,j} = \sum_{m=0}^{k-1} \sum_{n=0}^{k-1} X_{i+m, j+n} W_{m,n} + b",
    r"\frac{\partial L}{\partial W_{m,n}} = \sum_{i,j} \frac{\partial L}{\partial Y_{i,j}} X_{i+m, j+n}",
    r"\frac{\partial Y_{i,j}}{\partial W_{m,n}} = X_{i+m, j+n}",
]


@pytest.mark.parametrize("line", OFFSETS)
def test_entries_of_a_convolution_may_be_counted_from_0(line: str, tmp_path: Path) -> None:
    assert lines(CONVOLUTION, f"$$ {line} $$", tmp_path) == [("correct", "right, with entries counted from 0")]
    assert verdicts(CONVOLUTION, line.replace("X_{i+m, j+n}", "X_{i+m-1, j+n-1}"), tmp_path) == ["correct"]
    assert verdicts(CONVOLUTION, line.replace("i+m, j+n", "i+n, j+m"), tmp_path) == ["wrong"]
    assert verdicts(CONVOLUTION, line.replace("i+m, j+n", "i+m-1, j+n"), tmp_path) == ["wrong"]


def test_an_index_of_several_letters_moves_by_those_beyond_one() -> None:
    """With i = i′ − 1 and m = m′ − 1 entry i + m from 0 is entry i′ + m′ − 1 from 1."""
    assert counted_from_zero("X[i+m,j] * y[i-m] * z[2*i+m]") == "X[i + m - 1,j] * y[i - m + 1] * z[2 * i + m - 2]"
    assert counted_from_zero("x[t-1] + x[2]") == "x[t-1] + x[2]"


def test_an_entry_with_number_0_isnt_marked(tmp_path: Path) -> None:
    assert "wrong" not in verdicts(MACHINE, r"\frac{\partial F}{\partial b_0} = -v_0", tmp_path)


NUMBERS = "inputs: {x: scalar}\nequations: {q: log(1 + exp(x))}\nof: q\nsymbols: {sigmoid: '\\sigma'}\n"


def test_a_second_derivative_of_numbers_is_written_with_d(tmp_path: Path) -> None:
    assert verdicts(NUMBERS, r"\frac{d^2 q}{dx^2} = \sigma(x)(1 - \sigma(x))", tmp_path) == ["correct"]
    assert verdicts(NUMBERS, r"\frac{d^2 q}{dx^2} = \sigma(x)", tmp_path) == ["wrong"]
    assert verdicts(NUMBERS, r"\frac{dq}{dx} = \sigma(x)", tmp_path) == ["correct"]


MIXTURE = r"""
over: {n: N}
inputs: {"x[n]": scalar}
parameters: {mu: vector(K)}
equations:
  s[n]: sum(exp(-(x[n] - mu) ** 2))
  r[n]: exp(-(x[n] - mu) ** 2) / s[n]
  l: sum(log(s[n]), n)
of: l
symbols: {mu: '\mu', "x[n]": x_n, "r[n]": r_n}
"""


def test_where_a_gradient_is_0_a_parameter_is_what_isnt_marked(tmp_path: Path) -> None:
    slope = r"\frac{\partial l}{\partial \mu_k} = 2 \sum_n r_{nk} (x_n - \mu_k)"
    assert verdicts(MIXTURE, slope, tmp_path) == ["correct"]
    assert verdicts(MIXTURE, slope.replace("x_n - ", "x_n + "), tmp_path) == ["wrong"]
    assert "wrong" not in verdicts(MIXTURE, r"\mu_k = \frac{\sum_n r_{nk} x_n}{\sum_n r_{nk}}", tmp_path)


DRAWN = """
parameters: {mu: vector(n), s: vector(n)}
inputs: {e: vector(n)}
equations: {z: mu + s * e, L: sum(z ** 2)}
of: L
symbols: {mu: '\\mu'}
"""


def test_the_identity_alone_is_a_jacobian(tmp_path: Path) -> None:
    assert verdicts(DRAWN, r"\frac{\partial z}{\partial \mu} = I", tmp_path) == ["correct"]
    assert verdicts(DRAWN, r"\frac{\partial z}{\partial s} = I", tmp_path) != ["correct"]
