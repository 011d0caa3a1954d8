r"""Regressions, radial bases and small networks as notes derive them: `\phi_j(x)`, `1\{y_i = k\}`, `\partial CE`."""

from __future__ import annotations

from pathlib import Path

import pytest
from handed_in import assert_spoilt_is_wrong, lines, verdicts

RIDGE = r"""
inputs: {X: m×n}
targets: {y: vector(m)}
parameters: {theta: vector(n), rho: positive}
equations: {J: 1/2 * norm(X @ theta - y) ** 2 + rho / 2 * norm(theta) ** 2}
of: J
symbols: {theta: '\theta', rho: '\rho'}
"""
HUBER = r"""
inputs: {yhat: scalar}
targets: {y: scalar}
parameters: {delta: positive}
equations:
  e: yhat - y
  L: where(abs(e) <= delta, e ** 2 / 2, delta * (abs(e) - delta / 2))
of: L
symbols: {yhat: '\hat{y}', delta: '\delta', L: 'L_\delta'}
"""
RADIAL = r"""
over: {j: M}
inputs: {x: vector(d)}
targets: {t: scalar}
parameters: {"w[j]": scalar, "c[j]": vector(d), "sigma[j]": positive}
equations:
  phi[j]: exp(-norm(x - c[j]) ** 2 / (2 * sigma[j] ** 2))
  y: sum(w[j] * phi[j], j)
  E: 1/2 * (t - y) ** 2
of: E
lr: 0.1
symbols: {"w[j]": w_j, "c[j]": c_j, "sigma[j]": '\sigma_j', "phi[j]": '\phi_j', lr: '\eta'}
"""
SAMPLES = r"""
over: {i: N}
inputs: {"x[i]": vector(D)}
targets: {"y[i]": one_hot(K)}
parameters: {W: K×D, lam: positive}
equations:
  s[i]: W @ x[i]
  p[i]: softmax(s[i])
  l[i]: -sum(y[i] * log(p[i]))
  L: mean(l[i], i) + lam * sum(W ** 2)
of: L
symbols: {lam: '\lambda', "x[i]": x_i, "y[i]": y_i, "s[i]": s_i, "p[i]": p_i, "l[i]": L_i}
"""
HIDDEN = r"""
inputs: {x: 1×d}
targets: {y: "one_hot(c, 1)"}
parameters: {W_1: d×k, b_1: 1×k, W_2: k×c, b_2: 1×c}
notation: x @ W + b
equations:
  z_1: x @ W_1 + b_1
  h: relu(z_1)
  z_2: h @ W_2 + b_2
  yhat: softmax(z_2)
  J: cross_entropy(yhat, y)
of: J
symbols: {yhat: '\hat{y}', cross_entropy: CE}
"""
LOGISTIC = r"""
inputs: {X: n×d}
targets: {y: "binary(n)"}
parameters: {w: vector(d), b: scalar}
equations:
  p: sigmoid(X @ w + b)
  L: -1/n * sum(y * log(p) + (1 - y) * log(1 - p))
of: L
symbols: {p: '\hat{y}', sigmoid: '\sigma'}
"""
CLASSES = r"""
inputs: {x: vector(D)}
targets: {y: one_hot(K)}
parameters: {W: K×D}
equations:
  f: W @ x
  p: softmax(f)
  L: -sum(y * log(p))
of: L
symbols: {L: L_i, x: x_i}
"""
LINEAR = r"""
over: {i: m}
inputs: {"x[i]": vector(n)}
targets: {"y[i]": scalar}
parameters: {w: vector(n), b: scalar}
equations:
  f[i]: w.T @ x[i] + b
  J: 1/(2*m) * sum((f[i] - y[i]) ** 2, i)
of: J
symbols: {"x[i]": 'x^{(i)}', "y[i]": 'y^{(i)}', "f[i]": 'f_{w,b}(x^{(i)})'}
"""
BAND = r"\begin{cases} e & |e| \le \delta \\ \delta \cdot \text{sign}(e) & |e| > \delta \end{cases}"
LINES = [
    (
        HUBER,
        r"\frac{\partial L_\delta}{\partial \hat{y}} = \begin{cases} \hat{y} - y & \text{if } \vert y - \hat{y}\vert"
        r" \leq \delta \\ -\delta \, \text{sgn}(y - \hat{y}) & \text{otherwise} \end{cases}",
        r"{cases} \hat{y} - y",
        r"{cases} y - \hat{y}",
    ),
    (RADIAL, r"y(x) = \sum_{j=1}^M w_j \phi_j(x)", "w_j", "c_j^T x"),
    (RADIAL, r"\frac{\partial E}{\partial w_j} = -(t - y(x))\phi_j(x)", "= -", "= "),
    (RADIAL, r"\frac{\partial E}{\partial c_j} = -(t - y) w_j \phi_j(x) \frac{x - c_j}{\sigma_j^2}", "= -", "= "),
    (RADIAL, r"w_j \leftarrow w_j + \eta (t - y) \phi_j(x)", "+", "-"),
    (RADIAL, r"c_j := c_j - \eta \frac{\partial E}{\partial c_j}", "c_j -", "c_j +"),
    (RADIAL, r"c_{ji} := c_{ji} - \eta \frac{\partial E}{\partial c_{ji}}", "ji} -", "ji} +"),
    (RADIAL, r"w_1 := w_1 - \eta \frac{\partial E}{\partial w_1}", "w_1 -", "w_1 +"),
    (SAMPLES, r"\frac{\partial L_i}{\partial s_{ik}} = p_{ik} - \mathbb{1}(y_i = k)", " - ", " + "),
    (SAMPLES, r"L_i = -\sum_k 1\{y_i = k\} \log p_{ik}", "= -", "= "),
    (
        SAMPLES,
        r"\frac{\partial L}{\partial W_{kj}} = \frac{1}{N} \sum_i (p_{ik} - 1\{y_i = k\}) x_{ij} + 2 \lambda W_{kj}",
        "+ 2",
        "+",
    ),
    (HIDDEN, r"\frac{\partial CE}{\partial z_2} = \hat{y} - y", " - ", " + "),
    (HIDDEN, r"\delta_1 = \frac{\partial CE}{\partial z_2} = \hat{y} - y", " - ", " + "),
    (HIDDEN, r"\frac{\partial CE}{\partial x} = ((\hat{y}-y) W_2^T \odot ReLU'(z_1)) W_1^T", "y}-y", "y}+y"),
    (CLASSES, r"L_i = -f_{y_i} + \log\sum_j e^{f_j}", "-f", "f"),
    (CLASSES, r"L_i = -\log p_y", "= -", "= "),
    (CLASSES, r"\frac{\partial L_i}{\partial f_k} = p_k - \mathbb{1}(y_i = k)", " - ", " + "),
    (LINEAR, r"J(w, b) = \frac{1}{2m} \sum\limits_{i = 0}^{m-1} (f_{w,b}(x^{(i)}) - y^{(i)})^2", "2m", "m"),
    (
        LINEAR,
        r"\frac{\partial J(w,b)}{\partial w_j} = \frac1m \sum_{i = 0}^{m-1} (f_{w,b}(x^{(i)}) - y^{(i)})x_{j}^{(i)}",
        " - ",
        " + ",
    ),
    (LOGISTIC, r"\hat{y}_i = \sigma(w^T x_i + b)", "+ b", "- b"),
    (LOGISTIC, r"\nabla_w L = \large \frac{1}{n} \sum_{i=1}^n (\hat{y}_i - y_i) x_i", "_i - y", "_i + y"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "right", "part", "spoilt"), LINES)
def test_right_lines_are_right_and_spoilt_ones_wrong(
    problem: str, right: str, part: str, spoilt: str, tmp_path: Path
) -> None:
    assert_spoilt_is_wrong(problem, right, part, spoilt, tmp_path)


def test_normal_equations_with_an_identity_in_them_are_a_condition(tmp_path: Path) -> None:
    for line in (r"(X^T X + \rho I) \theta = X^T y", r"X^T X \theta + \rho I \theta = X^T y"):
        assert verdicts(RIDGE, line, tmp_path) == [], line
    hessian = r"\nabla^2 J(\theta) = X^T X + \rho I"
    assert verdicts(RIDGE, hessian, tmp_path) == ["correct"]
    assert verdicts(RIDGE, hessian.replace("+", "-"), tmp_path) == ["wrong"]


def test_a_derivative_behind_a_wide_space_begins_an_equation(tmp_path: Path) -> None:
    line = rf"L_\delta = \frac{{1}}{{2}} e^2 \quad \frac{{\partial L_\delta}}{{\partial e}} = {BAND}"
    assert verdicts(HUBER, line, tmp_path) == ["wrong", "correct"]
    assert verdicts(HUBER, line.replace(r"\delta \cdot", "2"), tmp_path) == ["wrong", "wrong"]


def test_an_index_that_is_a_class_is_no_number_of_a_sample(tmp_path: Path) -> None:
    """Notes on one sample leave its number out: their `s_k` is an entry of the problem's `s_i`."""
    line = r"\frac{\partial L_i}{\partial s_k} = p_k - \mathbb{1}(y_i = k)"
    assert "wrong" not in verdicts(SAMPLES, line, tmp_path)


def test_a_member_that_gets_a_value_is_a_condition(tmp_path: Path) -> None:
    for value in ("3", r"\frac{t}{\phi_j}", r"w_j - 0.1 \frac{\partial E}{\partial w_j}"):
        assert "wrong" not in verdicts(RADIAL, f"w_j = {value}", tmp_path)


def test_the_cross_entropy_may_be_that_of_one_sample(tmp_path: Path) -> None:
    line = r"\frac{\partial CE}{\partial s_i} = p_i - y_i"
    assert [word for word, _ in lines(SAMPLES, f"$$ {line} $$", tmp_path)] == ["unread"]


def test_an_entry_before_brackets_is_a_factor(tmp_path: Path) -> None:
    assert verdicts(RADIAL, r"\frac{\partial E}{\partial x} = (y - t) \sum_j w_j \phi_j (c_j - x) \frac{1}{\sigma_j^2}",
                    tmp_path) == ["correct"]  # fmt: skip
