"""The letter of a class in sums: the multiclass hinge loss of `one_hot(K, at=c)` goes over all classes but c."""

import numpy as np
import pytest

from gradcalc.check.marking.mark import mark
from gradcalc.check.writeup.read import answers_in, sheet_of
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


BY_CLASS = r"\frac{\partial L}{\partial s_c} = -\sum_{j \neq c} \mathbb{1}[s_j - s_c + 1 > 0]"
BY_ANOTHER = r"\frac{\partial L}{\partial s_j} = \mathbb{1}[s_j - s_c + 1 > 0] \quad \text{for } j \neq c"


@pytest.mark.parametrize("line", [BY_CLASS, BY_ANOTHER])
def test_derivatives_by_the_entry_of_the_class_are_marked(line: str) -> None:
    """Right as it stands, wrong with the other sign, and with the margin forgotten."""
    solution = solve(loads(HINGE + 'symbols: {"s[c]": s_c}\n'))
    sign = line.replace("= -", "= ") if "= -" in line else line.replace("= ", "= -")
    for text, verdict in ((line, "correct"), (sign, "wrong"), (line.replace(" + 1", ""), "wrong")):
        marks = mark(solution, sheet_of(answers_in(f"$$ {text} $$", "homework.tex"), solution))
        assert [each.verdict for each in marks.verdicts if each.verdict != "missing"] == [verdict]
