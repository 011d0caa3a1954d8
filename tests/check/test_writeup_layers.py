"""Backpropagation by the number of a layer, where each has a width of its own, and every line spoilt.

Nielsen, Neural Networks and Deep Learning, chapter 2: equations (23), (25) to (29), and BP1 to BP4.
"""

from __future__ import annotations

import pytest
from handed_in import verdicts

PROBLEM = r"""
over: {l: L}
parameters: {"w[l]": "m[l]×m[l-1]", "b[l]": "vector(m[l])"}
inputs: {"a[0]": "vector(m[0])"}
targets: {y: "vector(m[L])"}
equations:
  z[l]: w[l] @ a[l-1] + b[l]
  a[l]: sigmoid(z[l])
  C: 0.5 * norm(a[L] - y) ** 2
of: C
symbols: {"w[l]": 'w^l', "b[l]": 'b^l', "a[l]": 'a^l', "z[l]": 'z^l', "dz[l]": '\delta^l', sigmoid: '\sigma'}
"""
LINES = [
    (r"z^l = w^l a^{l-1} + b^l", "a^{l-1} +", "a^{l-1} -"),
    (r"z^l_j = \sum_k w^l_{jk} a^{l-1}_k + b^l_j", "b^l_j", "b^l_k"),
    (r"a^l = \sigma(z^l)", r"\sigma(z^l)", "z^l"),
    (r"\delta^l_j = \frac{\partial C}{\partial z^l_j}", "z^l_j", "a^l_j"),
    (r"\delta^L_j = \frac{\partial C}{\partial a^L_j} \sigma'(z^L_j)", r" \sigma'(z^L_j)", ""),
    (r"\delta^L = (a^L - y) \odot \sigma'(z^L)", "a^L - y", "y - a^L"),
    (r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)", r"\sigma'(z^l)", r"\sigma(z^l)"),
    (r"\delta^l_j = \sum_k w^{l+1}_{kj} \delta^{l+1}_k \sigma'(z^l_j)", r" \sigma'(z^l_j)", ""),
    (r"\frac{\partial C}{\partial b^l_j} = \delta^l_j", r"\delta^l_j", r"-\delta^l_j"),
    (r"\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j", "a^{l-1}_k", "2 a^{l-1}_k"),
    (r"\frac{\partial z^{l+1}_k}{\partial z^l_j} = w^{l+1}_{kj} \sigma'(z^l_j)", "w^{l+1}_{kj} ", ""),
]


@pytest.mark.parametrize(("right", "old", "new"), LINES, ids=range(len(LINES)))
def test_each_line_is_right_and_spoilt_it_is_wrong(right, old, new, tmp_path):
    left, sign, formula = right.partition(" = ")
    spoilt = f"{left}{sign}{formula.replace(old, new, 1)}"
    assert spoilt != right
    assert verdicts(PROBLEM, right, tmp_path) == ["correct"]
    assert "correct" not in verdicts(PROBLEM, spoilt, tmp_path)


SHOWN_WITHOUT = """
inputs: {x: vector(d)}
targets: {y: one_hot(K)}
parameters: {W1: H×d, b1: vector(H), W2: M×H, b2: vector(M), W3: K×M, b3: vector(K)}
symbols: {z1: z, a1: a}
equations:
  z1: W1 @ x + b1
  a1: sigmoid(z1)
  z2: W2 @ a1 + b2
  a2: sigmoid(z2)
  z3: W3 @ a2 + b3
  yhat: softmax(z3)
  L: cross_entropy(yhat, y)
of: L
"""
OF_A_LAYER = [  # what a problem shows of its first layer without a number has one in these
    (r"\frac{\partial L}{\partial z_k^3} = \hat{y}_k - y_k", "- y", "+ y"),
    (r"\frac{\partial L}{\partial z^3} = \hat{y} - y", "- y", "+ y"),
    (r"z^3_k = \sum_j W^3_{kj} a^2_j + b^3_k", "W^3_{kj}", "W^3_{jk}"),
    (r"z^3 = W^3 a^2 + b^3", "+ b", "- b"),
    (
        r"\frac{\partial L}{\partial z^2_k} = \sum_j W^3_{jk} \frac{\partial L}{\partial z^3_j} \sigma'(z^2_k)",
        "^3_j}",
        "^2_j}",
    ),
]


@pytest.mark.parametrize(("right", "old", "new"), OF_A_LAYER, ids=range(len(OF_A_LAYER)))
def test_a_number_above_is_that_of_a_layer_there_is(right, old, new, tmp_path):
    left, sign, formula = right.partition(" = ")
    spoilt = f"{left}{sign}{formula.replace(old, new, 1)}"
    assert spoilt != right
    assert verdicts(SHOWN_WITHOUT, right, tmp_path) == ["correct"]
    assert "correct" not in verdicts(SHOWN_WITHOUT, spoilt, tmp_path)


def test_the_square_of_what_is_shown_without_a_number_stays_one(tmp_path):
    assert verdicts(SHOWN_WITHOUT, r"a^2 = \sigma(z)^2", tmp_path) == ["correct"]
