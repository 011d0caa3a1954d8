"""The derivation of batch normalisation, handed in as it is published, and with each line spoilt.

Ioffe & Szegedy, Batch normalization (2015), section 3, for one feature; the last line is the usual simplification.
What is right here is so by the gradients that the program derives, which are held to differences.
"""

from __future__ import annotations

import pytest
from handed_in import verdicts

PROBLEM = r"""
over: {i: m}
inputs: {"x[i]": scalar, epsilon: positive}
parameters: {gamma: scalar, beta: scalar}
equations:
  mu: sum(x[i], i) / m
  v: sum((x[i] - mu) ** 2, i) / m
  xhat[i]: (x[i] - mu) / sqrt(v + epsilon)
  y[i]: gamma * xhat[i] + beta
upstream: {"y[i]": scalar}
symbols: {"x[i]": x_i, "y[i]": y_i, "xhat[i]": '\hat{x}_i', mu: '\mu_B', v: '\sigma_B^2', loss: '\ell',
  gamma: '\gamma', beta: '\beta', epsilon: '\epsilon'}
"""
LINES = [
    (r"\mu_B = \frac{1}{m} \sum_{i=1}^m x_i", r"\frac{1}{m}", ""),
    (r"\sigma_B^2 = \frac{1}{m} \sum_{i=1}^m (x_i - \mu_B)^2", r"x_i - \mu_B", "x_i"),
    (r"\hat{x}_i = \frac{x_i - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}}", r"\sqrt{\sigma_B^2 + \epsilon}", r"\sigma_B^2"),
    (r"y_i = \gamma \hat{x}_i + \beta", r"\gamma", r"\beta"),
    (
        r"\frac{\partial \ell}{\partial \hat{x}_i} = \frac{\partial \ell}{\partial y_i} \cdot \gamma",
        r"\gamma",
        r"\beta",
    ),
    (
        r"\frac{\partial \ell}{\partial \sigma_B^2} = \sum_{i=1}^m \frac{\partial \ell}{\partial \hat{x}_i} \cdot"
        r" (x_i - \mu_B) \cdot \frac{-1}{2} (\sigma_B^2 + \epsilon)^{-3/2}",
        "-3/2",
        "-1/2",
    ),
    (
        r"\frac{\partial \ell}{\partial \mu_B} = \left(\sum_{i=1}^m \frac{\partial \ell}{\partial \hat{x}_i} \cdot"
        r" \frac{-1}{\sqrt{\sigma_B^2 + \epsilon}}\right) + \frac{\partial \ell}{\partial \sigma_B^2} \cdot"
        r" \frac{\sum_{i=1}^m -2(x_i - \mu_B)}{m}",
        r"\frac{-1}",
        r"\frac{1}",
    ),
    (
        r"\frac{\partial \ell}{\partial x_i} = \frac{\partial \ell}{\partial \hat{x}_i} \cdot"
        r" \frac{1}{\sqrt{\sigma_B^2 + \epsilon}} + \frac{\partial \ell}{\partial \sigma_B^2} \cdot"
        r" \frac{2(x_i - \mu_B)}{m} + \frac{\partial \ell}{\partial \mu_B} \cdot \frac{1}{m}",
        "2(x_i",
        "(x_i",
    ),
    (
        r"\frac{\partial \ell}{\partial \gamma} = \sum_{i=1}^m \frac{\partial \ell}{\partial y_i} \cdot \hat{x}_i",
        r"\hat{x}_i",
        "x_i",
    ),
    (
        r"\frac{\partial \ell}{\partial \beta} = \sum_{i=1}^m \frac{\partial \ell}{\partial y_i}",
        r"\partial y",
        r"\partial x",
    ),
    (
        r"\frac{\partial \ell}{\partial x_i} = \frac{\gamma}{m \sqrt{\sigma_B^2 + \epsilon}} \left(m"
        r" \frac{\partial \ell}{\partial y_i} - \sum_{j=1}^m \frac{\partial \ell}{\partial y_j} - \hat{x}_i"
        r" \sum_{j=1}^m \frac{\partial \ell}{\partial y_j} \hat{x}_j\right)",
        r"- \hat{x}_i",
        r"+ \hat{x}_i",
    ),
]


@pytest.mark.parametrize(("right", "old", "new"), LINES, ids=range(len(LINES)))
def test_each_line_is_right_and_spoilt_it_is_wrong(right, old, new, tmp_path):
    left, sign, formula = right.partition(" = ")
    spoilt = f"{left}{sign}{formula.replace(old, new, 1)}"
    assert spoilt != right
    assert verdicts(PROBLEM, right, tmp_path) == ["correct"]
    assert verdicts(PROBLEM, spoilt, tmp_path) == ["wrong"]
