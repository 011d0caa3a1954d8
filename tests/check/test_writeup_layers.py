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
