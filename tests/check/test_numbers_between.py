r"""A number between two factors, `\sigma'(z) 2 (a - y)`, and letters that are a size and an index."""

from __future__ import annotations

import pytest
from handed_in import lines, verdicts

NETWORK = r"""
inputs: {x: vector(n)}
targets: {y: vector(k)}
parameters: {w: k×n}
equations:
  z: w @ x
  a: sigmoid(z)
  C: sum((a - y)**2)
of: C
symbols: {sigmoid: '\sigma', C: C_0}
"""


@pytest.mark.parametrize(
    "right",
    [
        r"\frac{\partial C_0}{\partial z_j} = \sigma'(z_j) 2 (a_j - y_j)",
        r"\frac{\partial C_0}{\partial z_j} = \sigma'\left(z_j\right) 2 \left(a_j - y_j\right)",
        r"\frac{\partial C_0}{\partial w_{ji}} = x_i 2 (a_j - y_j) \sigma'(z_j)",
        r"\frac{\partial C_0}{\partial z_j} = \frac{\partial a_j}{\partial z_j} 2 (a_j - y_j)",
        r"\frac{\partial C_0}{\partial a_j} = \frac{2}{2} 2 (a_j - y_j)",
    ],
)
def test_it_is_a_factor(right, tmp_path):
    assert verdicts(NETWORK, right, tmp_path) == ["correct"]
    assert verdicts(NETWORK, right.replace(" 2 ", " 3 "), tmp_path) == ["wrong"]


def test_behind_a_name_it_is_a_slip(tmp_path):
    assert verdicts(NETWORK, r"\frac{\partial C_0}{\partial a_j} = a_j 2 - y_j 2", tmp_path) == []


def test_an_index_called_as_a_size_of_something_else_is_not_the_last_entry(tmp_path):
    right = r"$$ \frac{\partial C_0}{\partial w_{jk}} = x_k \sigma'(z_j) 2 (a_j - y_j) $$"
    ((word, why),) = lines(NETWORK, right, tmp_path)
    assert (word, why) == ("unread", "k is a size in the problem, and an index of something else here")
    assert verdicts(NETWORK, r"z_j = \sum_{k=1}^n w_{jk} x_k", tmp_path) == ["correct"]
    assert verdicts(NETWORK, r"z_j = \sum_{k=1}^n w_{kj} x_k", tmp_path) == ["wrong"]
