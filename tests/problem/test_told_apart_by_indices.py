"""Two matrices that are shown by one letter, told apart by the letters of their indices, as in Bishop's book."""

import pytest

from gradcalc.check.marking.mark import mark
from gradcalc.check.writeup.read import answers_in, sheet_of
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

PROBLEM = r"""
inputs: {x: vector(D)}
targets: {t: vector(K)}
parameters: {W1: M×D, W2: K×M}
equations:
  z: sigmoid(W1 @ x)
  y: sigmoid(W2 @ z)
  E: 1/2 * sum((y - t)^2)
loss: E
symbols: {"W1[j,i]": 'w_{ji}', "W2[k,j]": 'w_{kj}'}
"""
OUTPUT = r"\frac{\partial E}{\partial w_{kj}} = (y_k - t_k) y_k (1 - y_k) z_j"
HIDDEN = r"\frac{\partial E}{\partial w_{ji}} = z_j (1 - z_j) \sum_k w_{kj} (y_k - t_k) y_k (1 - y_k) x_i"


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (OUTPUT, "correct"),
        (HIDDEN, "correct"),
        (OUTPUT.replace("y_k (1 - y_k) ", ""), "wrong"),
        (HIDDEN.replace("z_j (1 - z_j) ", ""), "wrong"),
    ],
)
def test_entries_are_known_by_their_indices(line: str, verdict: str) -> None:
    solution = solve(loads(PROBLEM))
    marks = mark(solution, sheet_of(answers_in(f"$$ {line} $$", "homework.tex"), solution))
    assert [each.verdict for each in marks.verdicts if each.verdict != "missing"] == [verdict]
