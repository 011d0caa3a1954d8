"""Numbers of a difference quotient are told from a gradient: of w³ at 2, whose gradient is 12, worked out by hand."""

import numpy as np
import pytest
from answering import written

from gradcalc.check.answers.compare import Tolerance
from gradcalc.check.mistakes.quotients import difference_quotient
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve


def told(number, w, text="w ** 3", right=None, digits=4):
    problem = loads(f"inputs: {{v: 1}}\nparameters: {{w: {w}}}\nequations: {{f: sum({text}) * v}}\nof: f")
    solution = solve(problem, check=False)
    right = solution.gradients["w"] if right is None else np.array(right)
    numbers = written(np.broadcast_to(number, right.shape), digits)
    wrong = np.abs(numbers.values - right) > 10.0**-digits
    return difference_quotient("w", numbers, right, wrong, solution, Tolerance(digits))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (12.61, "(L(w + h) − L(w)) / h with h = 0.1"),  # (9.261 - 8) / 0.1
        (11.41, "(L(w) − L(w − h)) / h with h = 0.1"),  # (8 - 6.859) / 0.1
        (12.01, "central difference quotient with h = 0.1"),  # (9.261 - 6.859) / 0.2
        (12.0601, "(L(w + h) − L(w)) / h with h = 0.01"),
        (11.9401, "(L(w) − L(w − h)) / h with h = 0.01"),
        (12.006, "(L(w + h) − L(w)) / h with h = 0.001"),
        (12.02, ""),
        (12.5, ""),
    ],
)
def test_the_quotients_of_a_cube(number, words):
    found = told(number, 2)
    assert words in found
    assert bool(found) == bool(words)


def test_a_right_number_is_no_quotient():
    assert told(12.0, 2) == ""


def test_what_is_far_from_the_gradient_is_no_quotient():
    """At 0.1 the gradient is 0.03, and with h = 0.1 the quotient 0.07: nobody takes the one for the other."""
    assert told(0.07, 0.1) == ""


@pytest.mark.parametrize(("entries", "is_told"), [(200, True), (201, False)])
def test_of_many_entries_none_is_moved(entries, is_told):
    assert bool(told(12.61, [2] * entries)) is is_told
