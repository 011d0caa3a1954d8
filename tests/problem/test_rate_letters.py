"""A letter for the learning rate of a problem in letters: any positive number, in `let`, answers and write-ups."""

import numpy as np
import pytest

from gradcalc.check.marking.mark import mark
from gradcalc.check.writeup.read import answers_in, sheet_of
from gradcalc.errors import InputError
from gradcalc.formula.evaluate import evaluate
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

PROBLEM = """
inputs: {x: vector(D)}
targets: {y: one_hot(K)}
parameters: {W: K×D}
equations:
  z: W @ x
  p: softmax(z)
  L: -sum(y * log(p))
loss: L
lr: alpha
"""


@pytest.mark.parametrize(("letter", "sign"), [("alpha", r"\alpha"), ("η", r"\eta"), ("r", "r"), ("positive", r"\eta")])
def test_an_update_is_marked_in_the_letter(letter: str, sign: str) -> None:
    solution = solve(loads(PROBLEM.replace("alpha", letter)))
    for by, verdict in (("(p - y)", "correct"), ("(y - p)", "wrong")):
        text = rf"$$ W \leftarrow W - {sign} {by} x^\top $$"
        marks = mark(solution, sheet_of(answers_in(text, "homework.tex"), solution))
        assert [each.verdict for each in marks.verdicts if each.verdict != "missing"] == [verdict]


def test_it_stands_in_abbreviations_and_is_a_number_at_sizes() -> None:
    problem = loads(PROBLEM + 'let: {step: "-alpha * dW"}\n', at={"D": 2})
    values = solve(problem).values
    assert problem.lr is not None
    step = evaluate(problem.let["step"], {"dW": values["dW"], "lr": np.array(problem.lr)}, problem.axis)
    assert step == pytest.approx(values["W_new"] - values["W"])


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (PROBLEM.replace("alpha", "W"), "lr: 'W' is a quantity already; choose another letter for the learning rate"),
        (PROBLEM.replace("alpha", "K"), "lr: 'K' is a size already; choose another letter for the learning rate"),
        (
            "inputs: {x: 1}\nparameters: {w: 2}\nequations: {L: w * x}\nloss: L\nlr: alpha\n",
            r"for each step, or a formula over k such as 0.1 / sqrt(k); symbols: {lr: \alpha} shows it by that letter",
        ),
    ],
)
def test_what_it_cannot_be_is_said(problem: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        loads(problem)
    assert message in str(caught.value)


def test_k_counts_the_steps_and_is_no_letter_for_the_rate() -> None:
    """In `lr: k` the rate is the number of the step, so that the update at step 1 is W - dW."""
    solution = solve(loads(PROBLEM.replace("lr: alpha", "lr: k"), at={"D": 2, "K": 3}))
    values = solution.values
    assert values["W_new"] == pytest.approx(values["W"] - values["dW"])
