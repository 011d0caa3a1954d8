"""Second derivatives that are asked for: on sheets, in `expected` and `points`, by `explain`, in every spelling."""

from __future__ import annotations

import json

import numpy as np
import pytest

from gradcalc.api.marking import check
from gradcalc.problem.load import loads
from gradcalc.program.beside import with_further
from gradcalc.program.explain import explain
from gradcalc.program.quantities import of_solution
from gradcalc.program.solve import solve
from tests.running import run

ROSENBROCK = """
parameters: {x: -1.2, y: 1}
equations: {f: (1 - x) ** 2 + 100 * (y - x ** 2) ** 2}
of: f
"""
HESSIAN = [[1330.0, 480.0], [480.0, 200.0]]  # 2 - 400 (y - 3 x²), -400 x, 200
NETWORK = """
inputs: [1, -2]
targets: [1, 0]
layers:
  - {weights: [[0.5, -0.3], [0.2, 0.4]], biases: [0.1, -0.1], activation: tanh}
  - {weights: [[0.3, 0.7], [-0.6, 0.2]], activation: softmax}
loss: cross_entropy
lr: 0.1
"""


def value(text: str, label: str):
    solution = solve(loads(text))
    meant = of_solution(solution).lookup(label)
    return with_further(solution, {meant.equation}).values[meant.equation]


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ("hessians.x", 1330),
        ("hessians.x/y", 480),
        ("hessians.y/x", 480),
        ("hessians.y", 200),
        ("hessians.x, y", HESSIAN),
        ("hessians.x,y", HESSIAN),
    ],
)
def test_rosenbrocks_second_derivatives(label: str, wanted):
    assert np.allclose(value(ROSENBROCK, label), wanted)


@pytest.mark.parametrize(
    "text", ["d2f/dx2", "∂²f/∂x²", "d^2f/dx^2", "d2L/dx2", r"\partial^2 f/\partial x^2", "hessians.x"]
)
def test_explained_in_every_spelling(text: str):
    assert explain(solve(loads(ROSENBROCK)), text).value == pytest.approx(1330)


@pytest.mark.parametrize("text", ["d2f/dxdy", "∂²f/∂x∂y", "d2f/dx dy", "d2f/(dx dy)", "hessians.x/y"])
def test_mixed_ones_too(text: str):
    assert explain(solve(loads(ROSENBROCK)), text).value == pytest.approx(480)


def by_differences(text: str, by: str, then: str):
    """The change of each gradient, entry by entry (columns first), as each entry of the other goes up and down."""
    step, rows = 1e-6, []
    problem = loads(text)
    for place in range(problem.parameters[then].size):
        sides = []
        for sign in (1, -1):
            moved = loads(text)
            flat = moved.parameters[then].ravel(order="F")
            flat[place] += sign * step
            moved.parameters[then][...] = flat.reshape(moved.parameters[then].shape, order="F")
            sides.append(solve(moved).values[f"d{by}"].ravel(order="F"))
        rows.append((sides[0] - sides[1]) / 2 / step)
    return np.array(rows).T


@pytest.mark.parametrize("pair", [("W1", "W1"), ("W1", "b1"), ("b1", "W2"), ("W2", "W2")])
def test_of_a_network_they_are_what_differences_of_its_gradients_are(pair: tuple[str, str]):
    label = f"hessians.{pair[0]}" if pair[0] == pair[1] else f"hessians.{'/'.join(pair)}"
    assert np.allclose(value(NETWORK, label), by_differences(NETWORK, *pair), atol=1e-8)


def test_a_sheet_is_marked_and_what_was_done_is_named():
    sheet = {"hessians": {"x": 1330, "x/y": 240, "x, y": [[1330, 480], [480, 100]]}}
    marking = check(loads(ROSENBROCK), sheet)
    verdicts = {verdict.quantity: verdict for verdict in marking.verdicts}
    assert verdicts["hessians.x"].verdict == "correct"
    assert "half of what it should be" in verdicts["hessians.x/y"].message
    assert "at [2,2]" in verdicts["hessians.x, y"].message


def test_a_transposed_one_is_right_where_it_is_symmetric():
    assert check(loads(ROSENBROCK), {"hessians": {"x, y": np.transpose(HESSIAN)}}).verdicts[0].verdict == "correct"


def test_an_answer_may_be_a_formula():
    text = """
inputs: {X: [[1, 2], [3, -1], [0.5, 0.3]]}
targets: {t: [1, 0, 1]}
parameters: {w: [0.5, -0.25]}
equations: {p: sigmoid(X @ w), L: "sum(binary_cross_entropy(p, t))"}
of: L
"""
    assert check(loads(text), {"hessians": {"w": "X.T @ (X * p * (1 - p))"}}).verdicts[0].verdict == "correct"


def test_in_a_file_they_are_expected_and_worth_points(tmp_path):
    file, answer = tmp_path / "rosenbrock.yaml", tmp_path / "a.yaml"
    more = 'expected: {hessians: {x: 1330, "x, y": [[1330, 480], [480, 200]]}}\npoints: {hessians.x/y: 2}\n'
    file.write_text(ROSENBROCK + more)
    answer.write_text("hessians: {x/y: 480}\n")
    assert run("check", str(file)).returncode == 0
    assert json.loads(run("check", str(file), str(answer), "--format", "json").stdout)["score"] == 2
    assert "x/y" in run("sheet", str(file)).stdout


def test_one_that_isnt_there_is_said():
    found = run("explain", "-", "d2f/dz2", stdin=ROSENBROCK)
    assert found.returncode == 2
    assert "there is no quantity 'd2f/dz2'" in found.stderr


def test_without_a_gradient_that_is_said():
    text = "parameters: {x: 2}\nequations: {f: relu(x) ** 2}\nof: f\n"
    found = run("explain", "-", "d2f/dx2", stdin=text)
    assert found.returncode == 2
    assert "step has no gradient" in found.stderr
    marks = check(loads(text), {"hessians": {"x": 2}})
    assert [verdict.verdict for verdict in marks.verdicts] == ["unreadable"]


@pytest.mark.parametrize(
    ("formula", "kind"),
    [
        ("x ** 2 + 3 * y ** 2", "a minimum, as all are positive"),
        ("-(x ** 2) - 3 * y ** 2", "a maximum, as all are negative"),
        ("x ** 2 - 3 * y ** 2", "a saddle, as they have both signs"),
        ("x ** 2 + y ** 4", "one is 0"),
    ],
)
def test_at_a_stationary_point_the_eigenvalues_are_told(formula: str, kind: str):
    text = f'parameters: {{x: 0, y: 0}}\nequations: {{f: "{formula}"}}\nof: f\npoints: {{"hessians.x, y": 1}}\n'
    assert kind in " ".join(run("solve", "-", stdin=text).stdout.split())
    elsewhere = text.replace("x: 0", "x: 0.001")
    assert "eigenvalues" not in run("solve", "-", stdin=elsewhere).stdout


def test_newtons_step_by_a_hessian_of_the_problem():
    # On a quadratic it ends at the minimum, w = inv(A) @ b.
    text = """
inputs: {A: [[3, 1], [1, 2]], b: [1, -1]}
parameters: {w: [5, 7]}
equations: {L: w.T @ A @ w / 2 - b.T @ w, H: "hessian(L, w)"}
of: L
update: {theta: "theta - solve(H, g)"}
"""
    values = solve(loads(text)).values
    assert np.allclose(values["w_new"], np.linalg.solve([[3, 1], [1, 2]], [[1], [-1]]))


def test_newtons_step_in_a_line_of_the_rule():
    text = """
inputs: {A: [[3, 1], [1, 2]], b: [1, -1]}
parameters: {w: [5, 7], c: 3}
equations: {L: w.T @ A @ w / 2 - b.T @ w + (c - 1) ** 4}
of: L
freeze: c
update: {H: "hessian(L, theta)", theta: "theta - solve(H, g)"}
"""
    solution = solve(loads(text))
    assert np.allclose(solution.values["w_new"], np.linalg.solve([[3, 1], [1, 2]], [[1], [-1]]))
    assert np.allclose(solution.values["H_w"], [[3, 1], [1, 2]])
    assert solution.values["c_new"] == 3


def test_newtons_steps_of_a_number():
    # x³ - 2x has its minimum at √(2/3).
    text = """
parameters: {x: 2}
equations: {f: x ** 3 - 2 * x}
of: f
update: {theta: "theta - g / hessian(f, theta)"}
steps: 6
"""
    run_out = run("step", "-", "--format", "json", "--digits", "9", stdin=text).stdout
    assert json.loads(run_out)["parameters"]["x"] == pytest.approx(np.sqrt(2 / 3), abs=1e-12)


@pytest.mark.parametrize("line", ["theta - g / hessian(f, x)", "theta - g / hessian(x, theta)"])
def test_a_hessian_of_anything_else_is_refused_in_a_rule(line: str):
    text = f'parameters: {{x: 2}}\nequations: {{f: x ** 2}}\nof: f\nupdate: {{theta: "{line}"}}\n'
    found = run("solve", "-", stdin=text)
    assert found.returncode == 2
    assert "write hessian(f, theta)" in found.stderr


def test_newtons_step_of_a_networks_matrices():
    newton = 'update: {theta: "theta - 0.1 * unvec(solve(hessian(loss, theta) + 0.5 * eye(4), vec(g)), theta)"}'
    text = NETWORK.replace("lr: 0.1", newton).replace(", biases: [0.1, -0.1]", "")
    values = solve(loads(text)).values
    plain = NETWORK.replace(", biases: [0.1, -0.1]", "")
    for name in ("W1", "W2"):
        hessian = by_differences(plain, name, name)
        gradient = values[f"d{name}"].ravel(order="F")
        step = np.linalg.solve(hessian + 0.5 * np.eye(4), gradient).reshape(2, 2, order="F")
        assert np.allclose(values[f"{name}_new"], values[name] - 0.1 * step, atol=1e-6)
