r"""Names that a problem shows with a prime, `x'`, in write-ups: their entries `x'_j`, beside letters with a prime.

What is right is so by the definition s = xᵀW x′ = Σᵢⱼ xᵢ Wᵢⱼ x′ⱼ, so that ∂s/∂Wᵢⱼ = xᵢ x′ⱼ and ∂s/∂x′ = Wᵀx.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from handed_in import verdicts

FORM = r"""
inputs: {x: vector(d), xp: vector(d)}
parameters: {W: d×d}
equations: {s: x.T @ W @ xp}
of: s
symbols: {xp: "x'"}
"""
LINES = [
    (r"s = x'^T W^T x", "W^T", "W"),
    (r"s = \sum_{i,j} x_i W_{ij} x'_j", "x_i", "x_j"),
    (r"s = \sum_{i,j} x_i W_{ij} x_j'", "x_j'", "x_j"),
    (r"s = \sum_{i,i'} x_i W_{ii'} x'_{i'}", "x_i W", "x'_i W"),
    (r"\frac{\partial s}{\partial W_{ij}} = x_i x'_j", "x_i x'_j", "x'_i x_j"),
    (r"\frac{\partial s}{\partial W_{ii'}} = x_i x'_{i'}", "= x_i x'_", "= x'_i x_"),
    (r"\frac{\partial s}{\partial x'_j} = \sum_i W_{ij} x_i", "W_{ij}", "W_{ji}"),
    (r"\nabla_{x'} s = W^T x", "W^T", "W"),
    (r"\|x'\|^2 = \sum_i x_i'^2", "_i'", "_i"),
]


@pytest.mark.parametrize("shown", ["x'", r"x^\\prime"])
@pytest.mark.parametrize(("right", "old", "new"), LINES)
def test_a_name_with_a_prime_has_entries(shown: str, right: str, old: str, new: str, tmp_path: Path) -> None:
    problem = FORM.replace("x'", shown)
    assert right.count(old) == 1
    assert verdicts(problem, right, tmp_path) == ["correct"]
    assert verdicts(problem, right.replace(old, new), tmp_path) == ["wrong"]
