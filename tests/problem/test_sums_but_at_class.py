"""The letter of a class in sums: the multiclass hinge loss of `one_hot(K, at=c)` goes over all classes but c."""

import numpy as np
import pytest

from gradcalc.errors import InputError
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

HINGE = """
inputs: {x: vector(D)}
targets: {y: "one_hot(K, at=c)"}
parameters: {W: K×D}
equations:
  s: W @ x
  L: sum(maximum(0, s[j] - s[c] + 1), j != c)
loss: L
"""


@pytest.mark.parametrize("seed", range(4))
def test_the_multiclass_hinge_loss_and_its_gradient(seed: int) -> None:
    """∂L/∂s_j is 1 where the margin is broken, ∂L/∂s_c minus how many there are (CS231n, linear classification)."""
    values = solve(loads(HINGE, at={"K": 4, "D": 3}, seed=seed)).values
    s, right = values["s"].ravel(), int(values["y"].argmax())
    broken = np.array([float(j != right and s[j] - s[right] + 1 > 0) for j in range(4)])
    assert float(values["L"]) == pytest.approx(sum(broken * (s - s[right] + 1)))
    broken[right] = -broken.sum()
    assert values["ds"].ravel() == pytest.approx(broken)


def test_it_is_solved_in_letters() -> None:
    assert solve(loads(HINGE)).values["L"].shape == ()


def test_only_a_sum_leaves_out_a_class() -> None:
    with pytest.raises(InputError, match=r"equations.L: only a sum leaves out a class: this is a mean"):
        loads(HINGE.replace("sum(", "mean("))


def test_the_larger_of_two_is_said() -> None:
    with pytest.raises(InputError, match=r"max takes 1 argument, not 2: max\(a\); of two values it is maximum\(a, b\)"):
        loads(HINGE.replace("maximum", "max"))
