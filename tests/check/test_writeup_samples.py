r"""Sums over samples in write-ups: shown names with brackets, derivatives by what has a name, the loss's Hessian.

Of a logistic regression the gradient is −Σ (yᵢ − pᵢ) xᵢ and the Hessian Σ pᵢ (1 − pᵢ) xᵢ xᵢᵀ, by calculus.
"""

from __future__ import annotations

import pytest

from gradcalc.commands.check import Marking, marked
from gradcalc.problem.load import loads

PROBLEM = loads(r"""
over: {i: n}
inputs: {"x[i]": vector(m)}
targets: {"y[i]": binary(1)}
parameters: {w: vector(m)}
equations:
  a[i]: w.T @ x[i]
  p[i]: sigmoid(a[i])
  l[i]: -(y[i] * log(p[i]) + (1 - y[i]) * log(1 - p[i]))
loss: sum(l[i], i)
symbols: {sigmoid: '\phi', loss: '\mathcal{L}(w)', "l[i]": '\mathcal{L}_i', "p[i]": 'p(x_i)', "x[i]": x_i, "y[i]": y_i}
""")


@pytest.fixture
def verdicts(tmp_path):
    """The verdicts on the lines of one display."""

    def of(tex: str) -> list[str]:
        path = tmp_path / "homework.tex"
        path.write_text(f"$$ {tex} $$")
        found = marked(PROBLEM, str(path), Marking())[0]
        return [line.verdict for verdict in found.verdicts for line in verdict.lines]

    return of


LOSS = [
    (r"\mathcal{L}(w)", r"- \log \prod_{i=1}^n p(x_i)^{y_i} (1 - p(x_i))^{1 - y_i}"),
    (r"\mathcal{L}", r"- \sum_i \left[y_i \log p(x_i) + (1 - y_i) \log (1 - p(x_i))\right]"),
    (r"\mathcal{L}(w)", r"- \sum_i \left[y_i \log \phi(w^T x_i) + (1 - y_i) \log (1 - \phi(w^T x_i))\right]"),
    (r"p(x_i)", r"\phi(w^T x_i)"),
    (r"p(x_i)", r"\frac{1}{1 + e^{-w^T x_i}}"),
    (r"\mathcal{L}_i", r"- \log p(x_i)^{y_i} - \log (1 - p(x_i))^{1 - y_i}"),
]


@pytest.mark.parametrize(("left", "right"), LOSS)
def test_names_that_are_shown_with_brackets(verdicts, left, right):
    assert verdicts(f"{left} = {right}") == ["correct"]
    assert verdicts(f"{left} = 2 {right.removeprefix('-')}") == ["wrong"]


CHAIN = (
    r"\sum_{i=1}^n \frac{\partial \mathcal{L}_i}{\partial \phi(w^T x_i)} "
    r"\frac{\partial \phi(w^T x_i)}{\partial w^T x_i} \frac{\partial w^T x_i}{\partial w}"
)
GRADIENT = [CHAIN, r"-\sum_{i=1}^n \left[y_i - \phi(w^T x_i)\right] x_i", r"\sum_i (p(x_i) - y_i) x_i"]


@pytest.mark.parametrize("right", GRADIENT)
@pytest.mark.parametrize(
    "left", [r"\frac{\partial \mathcal{L}(w)}{\partial w}", r"\frac{\partial \mathcal{L}}{\partial w}"]
)
def test_the_gradient_is_the_sum_of_the_samples(verdicts, left, right):
    assert verdicts(f"{left} = {right}") == ["correct"]
    assert verdicts(f"{left} = - {right}".replace("- -", "")) == ["wrong"]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\frac{\partial \mathcal{L}_i}{\partial w^T x_i} = \phi(w^T x_i) - y_i", "correct"),
        (r"\frac{\partial \mathcal{L}_i}{\partial w^T x_i} = y_i - \phi(w^T x_i)", "wrong"),
        (r"\frac{\partial \phi(w^T x_i)}{\partial w^T x_i} = p(x_i) (1 - p(x_i))", "correct"),
        (r"\frac{\partial \phi(w^T x_i)}{\partial w^T x_i} = p(x_i)^2", "wrong"),
        (
            r"\frac{\partial \mathcal{L}_i}{\partial \phi(w^T x_i)} = -\frac{y_i}{p(x_i)} + \frac{1 - y_i}{1 - p(x_i)}",
            "correct",
        ),
        (
            r"\frac{\partial \mathcal{L}_i}{\partial \phi(w^T x_i)} = \frac{y_i}{p(x_i)} + \frac{1 - y_i}{1 - p(x_i)}",
            "wrong",
        ),
    ],
)
def test_a_derivative_by_a_formula_that_has_a_name(verdicts, line, verdict):
    assert verdicts(line) == [verdict]


HESSIAN = r"\sum_{i=1}^n \phi(w^T x_i) \left(1 - \phi(w^T x_i)\right) x_i x_i^T"


@pytest.mark.parametrize("left", [r"H_{\mathcal{L}}(w)", r"H(w)", r"\nabla_w^2 \mathcal{L}(w)"])
def test_the_hessian_by_its_letter(verdicts, left):
    assert verdicts(f"{left} = {HESSIAN}") == ["correct"]
    assert verdicts(f"{left} = - {HESSIAN}") in (["wrong"], ["unreadable"], [])


def test_its_inverse_is_another_matrix(verdicts):
    assert verdicts(rf"H_{{\mathcal{{L}}}}^{{-1}}(w) = {HESSIAN}") == ["wrong"]
    assert verdicts(rf"H_{{\mathcal{{L}}}}^{{-1}}(w) = \left({HESSIAN}\right)^{{-1}}") == ["correct"]


def test_h_of_something_is_never_called_wrong(verdicts):
    assert verdicts(r"H(w) = w^T w") != ["wrong"]
