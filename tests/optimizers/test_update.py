"""Rules of one's own, names that are taken, learning rates and starts, several steps; an entry that a test adds."""

from __future__ import annotations

import numpy as np
import pytest
import yaml
from answering import ids, marked
from typer.testing import CliRunner

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.cli import app
from gradcalc.errors import InputError
from gradcalc.formula.write import code
from gradcalc.optimizers.table import Optimizer, WrongLine, register, unregister
from gradcalc.problem.load import loads, override
from gradcalc.program.descent import take_steps
from gradcalc.program.solve import solve
from gradcalc.program.unrolled import unrolled

SQUARE = """
parameters: {w: [2, -1], b: 0.5}
equations: {E: 3 * (w.T @ w + b) ** 2}
of: E
"""


def equations(text: str) -> dict[str, str]:
    return {eq.name: code(eq.expr) for eq in solve(loads(text), check=False).equations if eq.section == "update"}


# Rules of one's own.


def test_each_line_sees_what_those_before_have_set() -> None:
    found = equations(
        "{parameters: {w: 1}, gradients: {w: 2}, lr: 0.1, update: {v: 0.5 * v + u, u: v + g, theta: theta - lr * u}}"
    )
    # The first line uses both before they are set, so what they were; the second has the new v.
    assert found == {
        "v_w": "0.5 * v_w_old + u_w_old",
        "u_w": "v_w + dw",
        "w_new": "w - lr * u_w",
    }


def test_a_rule_may_use_quantities_of_the_problem() -> None:
    text = "{parameters: {w: 3}, equations: {q: 2 * w, E: q ** 2}, of: E, update: {theta: theta - E / g - q}}"
    assert float(solve(loads(text)).updated["w"]) == pytest.approx(3 - 36 / 24 - 6)


def test_names_of_the_rule_hide_those_of_the_problem() -> None:
    """Here theta, g and k are the problem's own as well: a rule means the parameter, its gradient, the step."""
    text = (
        "{parameters: {theta: 3, w: 1}, inputs: {k: 5, g: 7}, equations: {E: theta * w * k * g}, of: E,"
        " lr: 0.1 / k, start: {k: 2}, update: {v: g + k, theta: theta - lr * v}}"
    )
    found = solve(loads(text))
    assert float(found.updated["theta"]) == pytest.approx(3 - 0.05 * (35 + 2))
    assert float(found.updated["w"]) == pytest.approx(1 - 0.05 * (3 * 35 + 2))


def test_a_gradient_may_be_changed_before_it_is_used() -> None:
    text = "{parameters: {w: 3}, gradients: {w: 2}, lr: 0.1, update: {g: g + 0.5 * theta, theta: theta - lr * g}}"
    assert equations(text) == {"g_w": "dw + 0.5 * w", "w_new": "w - lr * g_w"}


def test_a_state_has_the_shape_that_its_line_gives_it() -> None:
    """One number for a whole matrix, as in normed gradient descent with a running average of the length."""
    text = """
        parameters: {w: [[1, 2], [3, 4]]}
        gradients: {w: [[0, 3], [4, 0]]}
        lr: 0.5
        update: {n: 0.5 * n + 0.5 * norm(g), theta: theta - lr * g / n}
    """
    found = solve(loads(text))
    assert found.shapes["n_w"] == found.shapes["n_w_old"] == ()
    np.testing.assert_allclose(found.updated["w"], np.array([[1, 2], [3, 4]]) - 0.5 * np.array([[0, 3], [4, 0]]) / 2.5)


@pytest.mark.parametrize("taken", ["v_w", "v_w_old"])
def test_a_name_that_the_rule_gives_cannot_be_given(taken: str) -> None:
    given = {"parameters": {"w": 1}, "inputs": {taken: 2}, "equations": {"E": f"w * {taken}"}, "of": "E", "lr": 1}
    text = yaml.safe_dump({**given, "optimizer": "momentum"}, sort_keys=False)
    with pytest.raises(
        InputError, match=f"inputs.{taken}: '{taken}' is 'v' of 'w'.* in the update; choose another name"
    ):
        loads(text)


# Learning rates and starts.


def test_a_list_has_a_learning_rate_for_each_step() -> None:
    found = take_steps(loads("{parameters: {w: 0}, gradients: {w: 1}, lr: [0.5, 0.25, 1/8]}"), 3)
    assert [float(step.values["w_new"]) for step in found.steps] == [-0.5, -0.75, -0.875]


def test_a_list_counts_from_the_first_step_and_not_from_the_start() -> None:
    found = take_steps(loads("{parameters: {w: 0}, gradients: {w: 1}, lr: [0.5, 0.25, 0.125], start: {k: 2}}"), 2)
    assert [float(step.values["w_new"]) for step in found.steps] == [-0.25, -0.375]


def test_a_learning_rate_on_the_command_line_is_that_of_every_step() -> None:
    for rate in ("[0.5, 0.25]", "1 / k"):
        problem = override(loads(f"{{parameters: {{w: 0}}, gradients: {{w: 1}}, lr: {rate}}}"), lr=0.1)
        assert float(take_steps(problem, 3).parameters["w"]) == pytest.approx(-0.3)


def test_to_go_on_from_a_state_is_not_to_have_stopped() -> None:
    keys = "gradients: {'w[k]': [1, -2, 3, 0.5]}\noptimizer: adam\nlr: 0.1 / k\n"
    whole = take_steps(loads("parameters: {w: 0.3}\n" + keys), 4)
    half = whole.steps[1].values
    start = f"start: {{k: 3, m: {{w: {float(half['m_w'])!r}}}, v: {{w: {float(half['v_w'])!r}}}}}"
    again = take_steps(loads(f"parameters: {{w: {float(half['w_new'])!r}}}\n{keys}{start}"), 2)
    assert float(again.parameters["w"]) == float(whole.parameters["w"])


def test_a_frozen_parameter_has_no_state() -> None:
    text = SQUARE + "optimizer: momentum\nlr: 0.1\nfreeze: b"
    assert [*equations(text)] == ["v_w", "w_new", "b_new"]
    assert "v_b_old" not in loads(text).given


# Several steps on a sheet.


ADAM = """
parameters: {w: [0.5, -1]}
gradients: {"w[k]": [[0.1, 0.2], [0.3, -0.1]]}
optimizer: adam
lr: 0.1
digits: 6
"""


def test_a_state_that_is_not_carried_on_is_named_at_the_second_step() -> None:
    solution = unrolled(solve(loads(ADAM)), [2])
    first = np.array([[0.4], [-1.1]])
    g = np.array([[0.3], [-0.1]])
    wrong = first - 0.1 * (0.1 * g / (1 - 0.9**2)) / (np.sqrt(0.001 * g**2 / (1 - 0.999**2)) + 1e-8)
    _, found = marked(solution, {"updated.w": first, "steps.2.updated.w": wrong}, digits=6)
    assert found["updated.w"].verdict == "correct"
    assert ids(found["steps.2.updated.w"])[0] == "state-not-carried"


def test_the_same_mistake_in_each_step_is_said_once() -> None:
    """Without the corrections, at both steps: one mistake."""
    w, m, v = np.array([0.5, -1]), np.zeros(2), np.zeros(2)
    steps = []
    for g in (np.array([0.1, 0.2]), np.array([0.3, -0.1])):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        w = w - 0.1 * m / (np.sqrt(v) + 1e-8)
        steps.append(w.round(6).tolist())
    solution = solve(loads(ADAM))
    sheet = sheet_from_data({"updated": {"w": steps[0]}, "steps": {"2": {"updated": {"w": steps[1]}}}}, solution)
    verdicts = mark(solution, sheet).verdicts
    assert [verdict.verdict for verdict in verdicts if verdict.quantity.endswith("updated.w")] == ["wrong", "wrong"]
    named = [ids(verdict)[:1] for verdict in verdicts if verdict.quantity.endswith("updated.w")]
    assert named == [["bias-correction-left-out"], ["bias-correction-left-out"]]


# An entry of one's own: one object, and everything knows it.


def test_an_entry_is_all_that_a_rule_needs() -> None:
    register(
        Optimizer(
            name="lion_test",
            lines={
                "c": "beta1 * m + (1 - beta1) * g",
                "theta": "theta - lr * sign(c)",
                "m": "beta2 * m + (1 - beta2) * g",
            },
            params={"beta1": 0.9, "beta2": 0.99},
            rate=0.0001,
            summary="the sign of an average",
            source="Chen and others, Symbolic discovery of optimization algorithms (2023)",
            defaults="the same",
            mistakes=(WrongLine("sign-left-out", "theta", "theta - lr * c", "the sign alone is taken"),),
        )
    )
    try:
        text = {
            "parameters": {"w": [1, 2]},
            "gradients": {"w": [0.5, -3]},
            "optimizer": "lion_test(beta1=0.5)",
            "lr": 0.25,
        }
        solution = solve(loads(yaml.safe_dump({**text, "digits": 6})))
        np.testing.assert_allclose(solution.updated["w"], [[0.75], [2.25]])
        np.testing.assert_allclose(solution.values["m_w"], [[0.005], [-0.03]])
        _, found = marked(solution, {"updated.w": [[1 - 0.25 * 0.25], [2 + 0.25 * 1.5]]}, digits=6)
        assert ids(found["updated.w"]) == ["sign-left-out"]
        listed = CliRunner().invoke(app, ["optimizers", "lion_test"]).output
        assert "c = β₁ · m_old + (1 - β₁) · g" in listed
        assert "the sign alone is taken" in listed
    finally:
        unregister("lion_test")
