"""Derivatives in equations, against hand derivations and differences; names; what can't be had."""

from __future__ import annotations

import numpy as np
import pytest

from gradcalc.errors import InputError
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

LOGISTIC = """
inputs: {X: [[1, 2], [3, -1], [0.5, 0.3]], v: [0.7, -1.2]}
targets: {t: [1, 0, 1]}
parameters: {w: [0.5, -0.25]}
equations:
  p: sigmoid(X @ w)
  L: sum(binary_cross_entropy(p, t))
"""


def solved(text: str):
    return solve(loads(text))


def logistic(*lines: str):
    return solved(LOGISTIC + "".join(f"  {line}\n" for line in lines) + "of: L\n")


def parts():
    X = np.array([[1, 2], [3, -1], [0.5, 0.3]])
    p = 1 / (1 + np.exp(-X @ np.array([[0.5], [-0.25]])))
    return X, p, np.array([[1.0], [0.0], [1.0]])


def test_a_gradient_in_an_equation_is_that_of_the_backward_pass():
    solution = logistic("g: grad(L, w)")
    X, p, t = parts()
    assert np.allclose(solution.values["g"], X.T @ (p - t), atol=1e-14)
    assert np.allclose(solution.values["g"], solution.values["dw"], atol=1e-14)


def test_the_hessian_of_logistic_regression():
    # Bishop, Pattern Recognition and Machine Learning (2006), eq. 4.97: H = X.T @ R @ X with R = diag(p (1 - p)).
    X, p, _ = parts()
    wanted = X.T @ np.diag((p * (1 - p)).ravel()) @ X
    assert np.allclose(logistic("H: hessian(L, w)").values["H"], wanted, atol=1e-13)


def test_a_hessian_vector_product_is_the_hessian_times_the_vector():
    solution = logistic("hv: grad(sum(grad(L, w) * v), w)", "H: hessian(L, w)")
    assert np.allclose(solution.values["hv"], solution.values["H"] @ solution.values["v"], atol=1e-13)


def test_a_jacobian_has_a_row_for_each_entry_of_what_is_differentiated():
    X, p, _ = parts()
    assert np.allclose(logistic("J: jacobian(p, w)").values["J"], p * (1 - p) * X, atol=1e-14)


def test_matrices_are_taken_column_by_column():
    text = """
inputs: {x: [1, 2]}
parameters: {W: [[0.1, 0.2], [0.3, 0.4]]}
equations: {a: W @ x, B: W @ W, J: "jacobian(a, W)", K: "jacobian(B, W)", s: sum(a)}
of: s
"""
    values = solved(text).values
    assert np.allclose(values["J"], np.kron([[1, 2]], np.eye(2)))  # vec(W x) = (xᵀ ⊗ I) vec(W)
    W = values["W"]
    assert np.allclose(values["K"], np.kron(W.T, np.eye(2)) + np.kron(np.eye(2), W))


def test_a_third_derivative():
    text = "parameters: {x: 2}\nequations: {y: x ** 5, d: 'grad(grad(grad(y, x), x), x)'}\nof: y\n"
    assert solved(text).values["d"] == pytest.approx(60 * 4)


def test_what_is_differentiated_may_rest_on_a_derivative():
    # A gradient penalty (Gulrajani et al., Improved training of Wasserstein GANs, 2017): its gradient by differences.
    text = """
inputs: {x: [1, 2]}
parameters: {W: [[0.1, 0.2], [0.3, -0.4]], v: [1, -1]}
equations: {D: v.T @ tanh(W @ x), g: "grad(D, x)"}
loss: (norm(g) - 1) ** 2 - D
"""
    problem = loads(text)
    solution = solve(problem)

    def loss(W, v):
        x = np.array([[1.0], [2.0]])
        h = np.tanh(W @ x)
        return (np.linalg.norm(W.T @ (v * (1 - h**2))) - 1) ** 2 - (v.T @ h).item()

    W, v, step = solution.values["W"], solution.values["v"], 1e-6
    for i, j in np.ndindex(2, 2):
        E = np.zeros((2, 2))
        E[i, j] = step
        assert solution.values["dW"][i, j] == pytest.approx((loss(W + E, v) - loss(W - E, v)) / 2 / step, rel=1e-7)


def test_a_derivative_asked_for_twice_is_derived_once():
    solution = logistic("g: grad(L, w)", "n: sum(grad(L, w) ** 2)")
    names = [equation.name for equation in solution.problem.forward]
    assert names.count("g") == 1
    assert "dL_dw" not in names


def test_names_are_free_and_shown_as_they_are_written_on_paper():
    from gradcalc.program.shown import shown_names

    equations = "{L: x ** 3 * L_dx, n: '2 * grad(L, x)', m: '1 * hessian(L, x)'}"
    text = f"parameters: {{x: 2, L_dx: 1}}\nequations: {equations}\nof: L\n"
    solution = solved(text)
    shown = shown_names(solution.problem, solution.shapes)
    first, second = (eq.name for eq in solution.problem.forward if eq.name not in ("L", "n", "m"))
    assert first != "dL_dx"  # which is the gradient on L_dx
    assert (shown.unicode(first), shown.unicode(second)) == ("∂L/∂x", "∂²L/∂x²")
    assert shown.latex(second) == r"\frac{\partial^{2} L}{\partial x^{2}}"


def test_members_have_derivatives_of_their_own():
    text = """
over: {t: 2}
inputs: {"x[t]": [1, 2]}
parameters: {w: 0.5}
equations:
  h[t]: tanh(w * x[t])
  g[t]: grad(h[t], w)
  L: sum(h[t], t)
of: L
"""
    values = solved(text).values
    for t, x in enumerate((1, 2), 1):
        assert values[f"g[{t}]"] == pytest.approx(x * (1 - np.tanh(0.5 * x) ** 2))
    assert values["dw"] == pytest.approx(values["g[1]"] + values["g[2]"])


def test_derivatives_in_abbreviations():
    solution = solve(loads(LOGISTIC + "of: L\nlet: {H: 'hessian(L, w)', two: 'H @ v'}\n"))
    from gradcalc.program.beside import with_further

    values = with_further(solution, {"two"}).values
    X, p, _ = parts()
    assert np.allclose(values["two"], X.T @ np.diag((p * (1 - p)).ravel()) @ X @ [[0.7], [-1.2]])


def test_a_prime_is_the_derivative_of_a_function():
    values = logistic("s: sigmoid'(X @ w)", "r: leaky_relu′(X @ w, alpha=0.2)").values
    _X, p, _ = parts()
    assert np.allclose(values["s"], p * (1 - p))
    assert np.allclose(values["r"], np.where(p > 0.5, 1, 0.2))


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        ("H: 1 + hessian(sum(relu(w)), w)", 10, "step has no gradient: it is flat"),
        ("g: grad(p, w)", 6, "grad is of one number, and p is 3×1: use jacobian, or sum over it"),
        ("g: grad(L, 2 * w)", 6, "grad takes a formula and the name of a quantity: grad(L, w)"),
        ("g: grad(L)", 6, "grad takes a formula and the name of a quantity: grad(L, w)"),
        ("g: grad(L, u)", 14, "unknown name 'u'"),
        ("g: softmax'(p)", 6, "softmax' can't be had"),
        ("g: sigmoid''(p)", 6, "a second derivative is written with grad"),
    ],
)
def test_what_cant_be_had_is_said_with_its_place(line: str, column: int, said: str):
    with pytest.raises(InputError) as caught:
        loads(LOGISTIC + f"  {line}\nof: L\n")
    (fault,) = caught.value.faults
    assert said in fault.message
    assert fault.span.column == column
    assert fault.span.line == 8


def test_of_images_there_are_gradients_and_gradients_of_gradients():
    text = """
inputs: {x: [[[1, 2, 3], [0, 1, 0], [2, 2, 1]]]}
parameters: {w: [[[[1, 0], [0, 1]]]]}
equations: {y: "conv2d(x, w)", L: sum(y ** 2), h: "grad(sum(grad(L, w) ** 2) / 2, w)"}
of: L
"""
    values = solved(text).values
    x = values["x"][0]
    patches = np.array([x[i : i + 2, j : j + 2].ravel() for i in range(2) for j in range(2)])
    hessian = 2 * patches.T @ patches  # L = |patches @ w|²
    assert np.allclose(values["h"].ravel(), hessian @ hessian @ [1, 0, 0, 1])
    with pytest.raises(InputError, match="a Jacobian is of numbers and matrices, and y is 1×2×2"):
        loads(text.replace("grad(sum(grad(L, w) ** 2) / 2, w)", "jacobian(y, w)"))
