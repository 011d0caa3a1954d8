"""Names that look like gradients, new values and parts of vertices, and are none."""

import pytest

from gradcalc.check.mistakes.catalogue import Mutants
from gradcalc.check.wording import plain, plain_text, spoken
from gradcalc.formula.expr import names
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

MISLEADING = """
inputs: {k_new: 2, o_x: 3, y_hat: 1}
parameters: {delta: 0.5, bias_new: 0.25}
equations:
  dose: delta * k_new + bias_new
  do_it: dose * o_x
  penalty: delta ** 2
  error: (do_it - y_hat) ** 2 + penalty
of: error
lr: 0.1
"""
SOLUTION = solve(loads(MISLEADING), check=False)


@pytest.mark.parametrize("name", [eq.name for eq in SOLUTION.equations])
def test_no_mistake_is_about_a_name_that_isnt_there(name):
    for mutation in Mutants(SOLUTION).of(SOLUTION.by_name[name]):
        assert {*names(mutation.expr)} <= {*SOLUTION.shapes}, mutation


def test_old_values_are_those_of_the_new_ones():
    found = [m for m in Mutants(SOLUTION).of(SOLUTION.by_name["dose_new"]) if m.id == "old-parameters-used"]
    assert {name for m in found for name in names(m.expr)} == {
        "delta",
        "delta_new",
        "k_new",
        "bias_new",
        "bias_new_new",
    }
    left_out = [m.message for m in Mutants(SOLUTION).of(SOLUTION.by_name["dose_new"]) if m.id == "bias-left-out"]
    assert left_out == ["the bias bias_new is left out"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("k_new", "k_new"),
        ("delta", "delta"),
        ("dose", "dose"),
        ("ddose", "∇dose"),
        ("bias_new", "bias_new"),
        ("bias_new_new", "the new bias_new"),
        ("dose_new", "dose after the update"),
        ("ddelta", "∇delta"),
    ],
)
def test_names_are_said_by_what_they_are(name, said):
    assert plain_text(spoken(name, SOLUTION)) == said


def test_after_the_update_it_goes_without_saying():
    assert plain_text(plain("dose_new", SOLUTION)) == "dose"
    assert plain_text(plain("k_new", SOLUTION)) == "k_new"
    assert plain_text(plain("bias_new_new", SOLUTION)) == "the new bias_new"
