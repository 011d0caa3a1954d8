r"""A recurrence in letters in write-ups: sums from step 0, names of one's own that a recurrence speaks of again.

Of h_t = tanh(W h_{t-1} + U x_t + b) and half squared errors at every step, with δ_t the gradient on the weighted sum
(Goodfellow, Bengio and Courville, Deep Learning, section 10.2.2): ∂J/∂W = Σ δ_t h_{t-1}ᵀ, ∂J/∂b = Σ δ_t.
"""

from __future__ import annotations

import pytest

from gradcalc.commands.check import Marking, marked
from gradcalc.problem.load import loads

PROBLEM = r"""
over: {t: T}
inputs: {"x[t]": vector(D), "y[t]": vector(H), "h[0]": vector(H)}
parameters: {W: H×H, U: H×D, b: vector(H)}
equations:
  z[t]: W @ h[t-1] + U @ x[t] + b
  h[t]: tanh(z[t])
  l[t]: sum((h[t] - y[t]) ** 2) / 2
  J: sum(l[t], t)
of: J
"""
DELTA = r"\delta_t &= \frac{\partial J}{\partial h_t} \odot (1 - h_t \odot h_t)"
AGAIN = r"\delta_t &= \mathrm{diag}(1 - h_t^2) ((h_t - y_t) + W^\top \delta_{t+1}) \quad \text{for } t < T"
SUMS = [
    (r"\frac{\partial J}{\partial b} &= \sum_t \delta_t", r"\delta_t", r"2 \delta_t"),
    (r"\frac{\partial J}{\partial W} &= \sum_{s=0}^{T-1} \delta_{s+1} h_s^\top", "s=0", "s=1"),
    (r"\frac{\partial J}{\partial U} &= \sum_{\tau=1}^T \delta_\tau x_\tau^\top", "=1", "=2"),
]


@pytest.fixture
def verdicts(tmp_path):
    def of(*lines: str) -> list[str]:
        path = tmp_path / "homework.tex"
        path.write_text("\\begin{align}\n" + " \\\\\n".join(lines) + "\n\\end{align}\n")
        found = marked(loads(PROBLEM), str(path), Marking())[0]
        return [line.verdict for verdict in found.verdicts for line in verdict.lines]

    return of


@pytest.mark.parametrize(("right", "old", "new"), SUMS, ids=range(len(SUMS)))
def test_sums_over_steps_are_right_and_spoilt_they_are_wrong(verdicts, right, old, new):
    assert verdicts(DELTA, right) == ["correct"]
    assert verdicts(DELTA, right.replace(old, new)) == ["wrong"]


@pytest.mark.parametrize("right", [right for right, _, _ in SUMS])
def test_a_recurrence_is_tried_and_leaves_the_name_what_it_was(verdicts, right):
    assert verdicts(DELTA, AGAIN, right) == ["correct", "correct"]


def test_a_wrong_recurrence_is_not_right_and_spoils_nothing_else(verdicts):
    assert verdicts(DELTA, AGAIN.replace(r"W^\top", "W"), SUMS[0][0]) == ["correct"]
