r"""Entries of what is shown by a capital, sums over pairs of indices, primes behind a number, entries in a problem."""

from __future__ import annotations

from pathlib import Path

import pytest
from handed_in import verdicts

from gradcalc.problem.load import loads
from gradcalc.problem.sizes import checked
from gradcalc.program.solve import solve

FACTORS = r"""
parameters: {U: N×F, V: M×F}
targets: {R: N×M}
equations:
  Rhat: U @ V.T
  L: 1/2 * sum((R - Rhat) ** 2)
of: L
symbols: {Rhat: '\hat{R}'}
"""
SIGMOID = """
inputs: {x: scalar}
equations: {s: sigmoid(x)}
of: s
"""
ENTRIES = """
inputs: {o: vector(n)}
targets: {y: one_hot(n)}
equations:
  p: softmax(o)
  L: -sum(y[i] * log(p[i]), i, 1, n)
of: L
"""
RIGHT = {
    FACTORS: r"""
\frac{\partial L}{\partial u_{nf}} = -\sum_m \left((r_{nm} - \hat{r}_{nm})\cdot v_{mf}\right)
L = \frac{1}{2}\sum_{(n, m)} \left(r_{nm} - \hat{r}_{nm}\right)^2
""",
    SIGMOID: r"""
\frac{d\sigma(x)}{dx} = (\frac{1}{1+e^{-x}})'
""",
    ENTRIES: r"""
\frac{\partial L}{\partial o_i} = p_i - y_i
""",
}
WRONG = {
    FACTORS: r"""
\frac{\partial L}{\partial u_{nf}} = \sum_m \left((r_{nm} - \hat{r}_{nm})\cdot v_{mf}\right)
L = \sum_{(n, m)} \left(r_{nm} - \hat{r}_{nm}\right)^2
""",
    SIGMOID: r"""
\frac{d\sigma(x)}{dx} = (\frac{1}{1+e^{x}})'
""",
    ENTRIES: r"""
\frac{\partial L}{\partial o_i} = y_i - p_i
""",
}


@pytest.mark.parametrize("problem", RIGHT, ids=["factors", "sigmoid", "entries"])
def test_right_lines_are_right_and_spoilt_ones_wrong(problem: str, tmp_path: Path) -> None:
    for each, word in ((RIGHT[problem], "correct"), (WRONG[problem], "wrong")):
        for line in each.strip().splitlines():
            assert verdicts(problem, line, tmp_path) == [word], line


def test_a_sum_over_entries_is_checked_at_sizes_at_which_it_has_other_terms() -> None:
    problem = loads(ENTRIES)
    assert problem.letters is not None
    shown = solve(problem.letters.apart, check=False)
    assert max(error for _, error in checked(problem, shown, 4)) < 1e-8
