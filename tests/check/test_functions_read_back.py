"""Every function as reports write it, in Unicode and in LaTeX, is read back from a sheet."""

from __future__ import annotations

import numpy as np
import pytest

from gradcalc import loads
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.formula.evaluate import evaluate
from gradcalc.formula.parse import parse
from gradcalc.formula.write import latex, unicode
from gradcalc.program.solve import solve

FORMULAS = [
    *(f"{name}(A, axis={axis})" for name in ("sum", "mean", "var", "std", "max", "min", "softmax") for axis in (0, 1)),
    *("logsumexp(v)", "logsumexp(A, axis=1)", "log_sigmoid(v)", "kl_divergence(p, q)", "min(v)", "var(A)", "std(v)"),
    *("threshold(v)", "where(A > 0, A, 2 * A)", "stop_gradient(v)", "(v >= 0) * v", "(v != 2) + (v == 2)", "pi * v"),
    *("inv(S)", "solve(S, v)", "det(S)", "eye(2) @ v", "inv(S).T @ v", "inv(S) ** 2", "S @ inv(S)", "tril(S) @ v"),
    *("concat(v, v, v)", "concat(A, S, axis=1)", "reshape(A, 3, 2)", "flatten(A)", "where(v < 1, 1, v) - v"),
]
GIVEN = """
inputs: {A: [[1, -2, 0.5], [3, 0.25, -1]], S: [[2, 1], [0, 3]], v: [2, -0.5], p: [0.2, 0.8], q: [0.5, 0.5]}
equations: {y: "FORMULA", f: sum(y)}
of: f
"""


@pytest.mark.parametrize("notation", ["code", "unicode", "latex"])
@pytest.mark.parametrize("text", FORMULAS)
def test_what_is_written_is_read(text, notation):
    solution = solve(loads(GIVEN.replace("FORMULA", text)), check=False)
    expr = parse(text)
    shown = {"code": text, "unicode": unicode(expr), "latex": latex(expr)}[notation]
    (answer,) = sheet_from_data({"forward": {"y": shown}}, solution).answers
    assert not answer.unreadable, (shown, answer.unreadable)
    found = evaluate(answer.formula, solution.values, solution.problem.axis)
    np.testing.assert_allclose(np.reshape(found, solution.values["y"].shape), solution.values["y"], rtol=1e-12)
