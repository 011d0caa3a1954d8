"""Comparisons, where, stop_gradient: what is chosen, and what comes back through it."""

from __future__ import annotations

import numpy as np
import pytest

from gradcalc import loads
from gradcalc.errors import GradcalcError
from gradcalc.formula.parse import parse
from gradcalc.formula.write import code, latex, unicode
from gradcalc.program.solve import solve


def solved(equations: str, inputs: str = "x: [1, -2, 3]", more: str = ""):
    return solve(loads(f"inputs: {{{inputs}}}\nequations: {{{equations}}}\nof: f\n{more}"))


def gradient(solution, name="x"):
    return solution.gradients[name].ravel().tolist()


def test_a_comparison_chooses_and_passes_nothing_on():
    solution = solved("f: sum((x > 0) * x ** 2)")
    assert solution.loss == 10
    assert gradient(solution) == [2, 0, 6]
    assert solution.verification.max_relative_error < 1e-9


@pytest.mark.parametrize(
    ("sign", "values"),
    [(">", [0, 0, 1]), ("<", [1, 0, 0]), (">=", [0, 1, 1]), ("<=", [1, 1, 0]), ("==", [0, 1, 0]), ("!=", [1, 0, 1])],
)
def test_each_comparison(sign, values):
    solution = solved(f"c: 'x {sign} 2', f: sum(x)", "x: [1, 2, 3]")
    assert solution.values["c"].ravel().tolist() == values


def test_a_quantity_that_only_chooses_has_no_gradient():
    solution = solved("mask: x > 0, f: 'sum(where(mask, x, 0 * x))'")
    assert "mask" not in solution.gradients
    assert gradient(solution) == [1, 0, 1]


def test_what_isn_t_chosen_may_be_anything():
    """0 · nan would be nan: what isn't chosen must not come in."""
    solution = solved("f: 'sum(where(x > 0, log(x), x))'")
    assert solution.loss == pytest.approx(np.log(3) - 2)


def test_a_stopped_gradient_is_none_for_the_check_as_well():
    """Straight through: forward the sign, on the way back the value (Bengio et al., 2013)."""
    solution = solved("h: x + stop_gradient(sign(x) - x), f: 'sum(h * w)'", "x: [0.5, -2], w: [3, 4]")
    assert solution.forward["h"].ravel().tolist() == [1, -1]
    assert gradient(solution) == [3, 4]
    assert solution.verification.max_relative_error < 1e-9


def test_under_a_stop_alone_the_gradient_is_zero():
    solution = solved("f: 'sum(stop_gradient(x) ** 2)'")
    assert gradient(solution) == [0, 0, 0]
    assert solution.verification.max_relative_error < 1e-9


def test_a_kink_of_a_comparison_is_said_where_something_moves():
    at = solved("f: 'sum(where(x > 1, x ** 2, x))'")
    assert [str(kink) for kink in at.verification.on_kinks] == ["greater in f[1]"]
    data = solved("f: 'sum((y == 1) * x)'", "x: [1, -2, 3]}\ntargets: {y: [1, 0, 1]")
    assert data.verification.on_kinks == ()
    assert gradient(data) == [1, 0, 1]


def test_a_causal_mask_is_no_kink():
    """A mask made of shapes alone never jumps; the scores above the diagonal receive nothing."""
    mask = "f: 'sum(softmax(where(tril(ones_like(S)) == 1, S, -1e9), axis=1) ** 2)'"
    solution = solved(mask, "S: [[1, 2, 0], [0, 1, 3], [1, 1, 2]]")
    assert solution.verification.on_kinks == ()
    assert solution.verification.max_relative_error < 1e-8
    assert [solution.gradients["S"][place] for place in ((0, 1), (0, 2), (1, 2))] == [0, 0, 0]


def test_two_values_are_compared_at_a_time():
    with pytest.raises(GradcalcError, match="compare two values at a time"):
        solved("f: 'sum(0 < x < 2)'")


def test_comparisons_bind_loosest():
    expr = parse("a + b > c * 2")
    assert expr == parse("(a + b) > (c * 2)")
    assert code(parse("1 - (a > b)")) == "1 - (a > b)"
    assert unicode(parse("a >= b")) == "a ≥ b"
    assert parse("a ≥ b") == parse("a >= b")
    assert parse("a ≠ b") == parse("a != b")
    assert latex(parse("(a <= b) * c")) == r"\left(a \le b\right) \odot c"


def test_a_threshold_teaches_nothing():
    text = "{inputs: {x: [1, 2], w: [0.5, -1]}, equations: {s: threshold(w.T @ x), f: (s - 1) ** 2}, of: f}"
    solution = solve(loads(text))
    assert solution.forward["s"].item() == 0
    assert gradient(solution, "w") == [0, 0]


def test_names_of_functions_may_name_quantities():
    text = """
    inputs: {x: [1, 2, 3], pi: [0.2, 0.3, 0.5]}
    equations: {var: var(x), sum: sum(x) * var, max: sum + 2 * pi.T @ x, f: sum(max)}
    of: f
    """
    solution = solve(loads(text))
    assert solution.values["var"] == pytest.approx(2 / 3)
    assert solution.values["sum"] == pytest.approx(4)
    assert solution.loss == pytest.approx(4 + 2 * 2.3)
    np.testing.assert_allclose(solution.gradients["pi"].ravel(), [2, 4, 6])


def test_pi_is_a_number_where_nothing_else_has_its_name():
    solution = solved("f: 'sum(pi * x)'")
    assert solution.loss == pytest.approx(2 * np.pi)
    assert gradient(solution) == [np.pi] * 3
