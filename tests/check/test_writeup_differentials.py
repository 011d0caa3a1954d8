r"""Differentials as notes set them, `\mathrm{d}F = \mathrm{d}H W`, and the rules of matrices beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from handed_in import assert_spoilt_is_wrong, lines, verdicts

LAYERS = r"""
notation: x @ W + b
inputs: {Z: n×d}
parameters: {W_1: d×m, b_1: 1×m, W_2: m×p, b_2: 1×p}
equations:
  M: Z @ W_1 + b_1
  H: tanh(M)
  F: H @ W_2 + b_2
upstream: {F: n×p}
"""
SOFTMAX = "{inputs: {s: vector(n)}, equations: {a: softmax(s)}, upstream: {a: vector(n)}}"
SQUARE = r"""
inputs: {A: n×n, B: n×n, X: n×m, W: n×k}
parameters: {x: vector(n)}
equations: {f: x.T @ A @ x, t: trace(A @ B)}
of: f
"""
NORMAL = r"""
inputs: {x: vector(d)}
equations:
  mu: sum(x) / d
  s: 'sum((x - mu) ** 2) / d'
upstream: {s: scalar}
symbols: {mu: '\mu', s: '\sigma^2'}
"""
REGRESSION = r"""
inputs: {X: N×k}
targets: {y: vector(N)}
parameters: {w: vector(k)}
equations: {yhat: X @ w, J: norm(yhat - y) ** 2}
of: J
symbols: {yhat: '\hat{y}'}
"""
SEVERAL = r"""
inputs: {X: m×n}
targets: {Y: m×p}
parameters: {Theta: n×p}
equations: {J: 1/2 * sum((X @ Theta - Y) ** 2)}
of: J
symbols: {Theta: '\Theta'}
"""
KERNEL = r"""
inputs: {K: symmetric(n), lam: positive}
targets: {y: vector(n)}
parameters: {alpha: vector(n)}
equations: {J: (y - K @ alpha).T @ (y - K @ alpha) + lam * alpha.T @ K @ alpha}
of: J
symbols: {alpha: '\alpha', lam: '\lambda'}
"""
SAMPLES = r"""
over: {i: N}
inputs: {"x[i]": vector(n)}
targets: {"y[i]": scalar}
parameters: {w: vector(n), b: scalar}
equations:
  u[i]: "maximum(0, w.T @ x[i] + b)"
  v[i]: y[i] - u[i]
  C: mean(v[i] ** 2, i)
of: C
symbols: {"x[i]": x_i, "y[i]": y_i, "u[i]": u_i, "v[i]": v_i}
"""
NEURON = r"""
inputs: {x: vector(n)}
parameters: {w: vector(n), b: scalar}
equations: {z: w.T @ x + b, act: "maximum(0, z)"}
of: act
symbols: {act: a}
"""
G = r"\left(\frac{\partial L}{\partial F}\right)^\top"
TR = r"\operatorname{tr}"
LINES = [
    (LAYERS, r"\mathrm{d}F = \mathrm{d}H\,W_2 + H\,\mathrm{d}W_2", "+ H", "- H"),
    (LAYERS, r"\mathrm{~d} F = \mathrm{~d} H W_2 + H \mathrm{~d} W_2", r"H W_2", r"H W_2^T W_2"),
    (LAYERS, r"dF = dH W_2 + H dW_2 + db_2", "H dW_2", "dW_2"),
    (LAYERS, r"\mathrm{d}H = (1 - H \odot H) \odot \mathrm{d}M", "1 -", "1 +"),
    (LAYERS, r"\mathrm{d}M_{ij} = \sum_k Z_{ik} \, \mathrm{d} (W_1)_{kj}", "= ", "= 2"),
    (LAYERS, rf"\mathrm{{d}}L = {TR}[{G} \mathrm{{d}}H W_2] + {TR}[{G} H \mathrm{{d}}W_2]", TR, f"2 {TR}"),
    (LAYERS, rf"\mathrm{{d}}L = \operatorname{{tr}}\left[W_2 {G} \mathrm{{d}}H\right]", "W_2", "2 W_2"),
    (LAYERS, r"dW_2 = H^T dF", "= H", "= 2 H"),
    (SOFTMAX, r"\mathrm{d}a_j = a_j\left(\mathrm{d}s_j - \sum_k a_k\,\mathrm{d}s_k\right)", "s_j -", "s_j +"),
    (SOFTMAX, r"\mathrm{d}a = a\odot\mathrm{d}s - a(a^\top\mathrm{d}s)", "- a(", "+ a("),
    (NORMAL, r"\mathrm{d}\sigma^2 = \frac{2}{d}(x - \mu\mathbf 1)^\top \mathrm{d}x", r"\frac{2}{d}", r"\frac{1}{d}"),
    (SQUARE, r"\mathrm{d} f = \operatorname{Tr}\left(x^T (A^T + A) \mathrm{d} x\right)", "A^T +", "A^T -"),
    (SQUARE, r"df = d(x^T A x)", "x^T A", "2 x^T A"),
    (SQUARE, r"\mathrm{d} f = \mathrm{d} \operatorname{Tr}(x^T A x)", r"(x^T", r"(2 x^T"),
    (SQUARE, r"\mathrm{~d}(A^{-1}) = -A^{-1} \mathrm{~d}A A^{-1}", "= -", "= "),
    (SQUARE, r"\mathrm{d}|A| = \operatorname{Tr}(|A| A^{-1} \mathrm{d} A)", "A^{-1}", "A^{T}"),
    (SQUARE, r"\mathrm{d}\|A\|_F^2 = \operatorname{Tr}(2 A^T \mathrm{d}A)", "2 A", "A"),
    (SQUARE, r"\operatorname{Tr}(|A| A \mathrm{d} A^{-1}) = - \operatorname{Tr}(|A| A^{-1} \mathrm{d} A)", "= -", "= "),
    (SQUARE, r"\frac{\partial |A^{-1}|}{\partial A} = -|A^{-1}| A^{-T}", "= -", "= "),
    (SQUARE, r"\frac{\partial \ln |A|}{\partial A} = A^{-\top}", r"A^{-\top}", r"A^{\top}"),
    (SQUARE, r"\nabla_W -\operatorname{Tr}(W^T X X^T W) = -2 X X^T W", "-2", "2"),
    (REGRESSION, r"\nabla_w J = \nabla_w \| X w - y \|^2", "- y", "+ y"),
    (REGRESSION, r"\nabla_w J = \nabla_w (X w - y)^T (X w - y)", "- y)^T", "+ y)^T"),
    (REGRESSION, r"J = \| X w - y \|^2 \quad \text{Given } \hat{y} = X w", "J = ", "J = 2"),
    (REGRESSION, r"\nabla_w J = \nabla_w (w^T X^T X w - 2 w^T X^T y) \quad \text{without terms in } y", "2 w", "w"),
    (SEVERAL, r"J = \frac{1}{2} tr (X\Theta - Y)^T(X\Theta - Y)", r"\frac{1}{2}", ""),
    (KERNEL, r"J = y^\top y - 2\alpha^\top K y + \alpha^\top (K^2 + \lambda K) \alpha", "2", "3"),
    (KERNEL, r"(y - K\alpha)^T (y - K\alpha) = y^T y - 2\alpha^T K y + \alpha^T K^T K \alpha", "- 2", "- "),
    (NEURON, r"a(z) = max(0, z)", "0", "1"),
    (NEURON, r"z(w, b, x) = w \cdot x + b", "+ b", "- b"),
    (
        NEURON,
        r"\frac{\partial a}{\partial b} = \begin{cases} 0 & w \cdot x + b \leq 0 \\ 1 & w \cdot x + b > 0 \end{cases}",
        r"\\ 1",
        r"\\ 2",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "right", "part", "spoilt"), LINES)
def test_right_lines_are_right_and_spoilt_ones_wrong(
    problem: str, right: str, part: str, spoilt: str, tmp_path: Path
) -> None:
    assert_spoilt_is_wrong(problem, right, part, spoilt, tmp_path)


def test_a_gradient_comes_from_what_is_made_of_it(tmp_path: Path) -> None:
    """With or without an upright d: `dH = dF W^T` is a gradient, `dF = dH W` a differential."""
    for d in ("d", r"\mathrm{d}"):
        right = rf"{d}H = {d}F \, W_2^T"
        assert verdicts(LAYERS, right, tmp_path) == ["correct"]
        assert verdicts(LAYERS, right.replace("= ", "= 2"), tmp_path) == ["wrong"]
        assert verdicts(LAYERS, rf"{d}F = {d}H \, W_2", tmp_path) == ["correct"]


def test_a_gradient_with_an_upright_d_and_none_behind_is_one(tmp_path: Path) -> None:
    equations = "equations: {a: softmax(z), L: 'cross_entropy(a, y)'}, of: L"
    problem = f"{{inputs: {{z: vector(n)}}, targets: {{y: one_hot(n)}}, {equations}}}"
    assert verdicts(problem, r"\mathrm{d}z = a - y", tmp_path) == ["correct"]
    assert verdicts(problem, r"\mathrm{d}z = a + y", tmp_path) == ["wrong"]


def test_a_bare_sum_that_is_a_term_of_a_number_is_over_all(tmp_path: Path) -> None:
    problem = """
inputs: {x: vector(n)}
targets: {y: vector(m)}
parameters: {W: m×n, lam: positive}
equations: {a: W @ x, L: 1/2 * sum((a - y) ** 2) + lam / 2 * sum(W ** 2) + lam * sum(abs(W))}
of: L
symbols: {lam: '\\lambda'}
"""
    right = r"L = \frac{1}{2} \sum (a - y)^2 + \frac{\lambda}{2} \sum W^2 + \lambda \sum |W|"
    for sizes in ("m×n", "n×n"):
        mine = problem.replace("m×n", sizes).replace("vector(m)", "vector(n)" if sizes == "n×n" else "vector(m)")
        assert verdicts(mine, right, tmp_path) == ["correct"]
        assert verdicts(mine, right.replace(r"\frac{\lambda}{2}", r"\lambda"), tmp_path) == ["wrong"]


def test_a_system_with_a_given_vector_is_a_condition(tmp_path: Path) -> None:
    for tex in (r"(K + \lambda I)\alpha = y", r"(K^2 + \lambda K)\alpha = Ky"):
        assert verdicts(KERNEL, tex, tmp_path) == []


def test_a_square_of_numbers_below_is_no_member(tmp_path: Path) -> None:
    """`v^2` isn't `v_2`, where `v_i` are numbers; with their index it is the square of one."""
    assert verdicts(SAMPLES, r"C = \frac{1}{N} \sum_{i=1}^N v^2", tmp_path) in ([], ["unreadable"])
    assert verdicts(SAMPLES, r"C = \frac{1}{N} \sum_{i=1}^N v_i^2", tmp_path) == ["correct"]


def test_a_remark_in_a_column_of_its_own_hides_no_row(tmp_path: Path) -> None:
    rows = r"""$$ \begin{array}{lll}
    \frac{\partial J}{\partial \hat{y}} &=& 2 (\hat{y} - y) &&(\text{same as } 2 \hat{y} - 2 y)\\
    \frac{\partial J}{\partial w} &=& X^T (\hat{y} - y) &&\\ \end{array} $$"""
    assert [word for word, _ in lines(REGRESSION, rows, tmp_path)] == ["correct", "wrong"]


def test_an_upstream_gradient_by_its_letter_is_no_differential(tmp_path: Path) -> None:
    """In `dL = tr(G^T dV A X)`, where G is shown for the gradient on Y, G isn't that of a change of Y."""
    problem = LAYERS.replace("upstream", "symbols: {dF: G}\nupstream")
    right = r"dL = \operatorname{Tr}(G^T dH W_2) + \operatorname{Tr}(G^T H dW_2)"
    assert verdicts(problem, right, tmp_path) == ["correct"]
    assert verdicts(problem, right.replace("= ", "= 2"), tmp_path) == ["wrong"]


def test_an_update_isnt_taken_for_a_system(tmp_path: Path) -> None:
    problem = SEVERAL.replace("of: J", "of: J\nlr: eta").replace("symbols: {", r"symbols: {lr: '\eta', ")
    right = r"\Theta \leftarrow \Theta - \eta X^T (X \Theta - Y)"
    assert verdicts(problem, right, tmp_path) == ["correct"]
    assert verdicts(problem, right.replace(r"- \eta", r"+ \eta"), tmp_path) == ["wrong"]


QUADRATIC = r"""
inputs: {A: symmetric(n), b: vector(n)}
parameters: {x: vector(n)}
equations: {f: 1/2 * x.T @ A @ x - b.T @ x}
of: f
lr: alpha
symbols: {lr: '\alpha'}
"""
PERCEPTRON = r"""
inputs: {x: vector(n)}
targets: {y: sign}
parameters: {w: vector(n)}
equations: {f: w.T @ x, L: "maximum(0, -y * f)"}
of: L
lr: eta
symbols: {lr: '\eta'}
"""
LINEAR = "{inputs: {x: vector(D)}, parameters: {W: C×D}, equations: {y: W @ x}, upstream: {y: vector(C)}}"
PRODUCT = "{inputs: {X: m×n, A: p×m, B: n×q}, equations: {Y: A @ X @ B}, upstream: {Y: p×q}}"
MORE = [
    (QUADRATIC, r"x_{k+1} = x_k - \alpha (A x_k - b)", "x_k - b", "x_k + b"),
    (QUADRATIC, r"x_{t+1} = x_t - \alpha \nabla f(x_t)", "- ", "+ "),
    (PERCEPTRON, r"w \leftarrow w + \eta y x \quad \text{if } y f < 0", "+ ", "- "),
    (LINEAR, r"y_3 = \sum_{j=1}^{D} W_{3,j} x_j", "W_{3", "W_{5"),
    (LINEAR, r"\frac{\partial y_3}{\partial x_7} = W_{3,7}", "3,7", "7,3"),
    (LINEAR, r"\frac{\partial L}{\partial W_{3,7}} = \frac{\partial L}{\partial y_3} x_7", "x_7", "x_3"),
    (PRODUCT, r"\frac{\partial \operatorname{vec}(Y)}{\partial \operatorname{vec}(X)^T} = B^T \otimes A", "= ", "= 2 "),
    (PRODUCT, r"d \operatorname{vec} Y = (B^T \otimes A)\, d \operatorname{vec} X", "= ", "= 2 "),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "right", "part", "spoilt"), MORE)
def test_steps_and_indices_that_are_numbers(problem: str, right: str, part: str, spoilt: str, tmp_path: Path) -> None:
    assert_spoilt_is_wrong(problem, right, part, spoilt, tmp_path)


def test_what_an_optimum_is_equal_to_is_read_and_never_called_wrong(tmp_path: Path) -> None:
    right = r"x = x - A^{-1} (A x - b) = A^{-1} b"
    assert verdicts(QUADRATIC, right, tmp_path) == ["correct"]
    assert "wrong" not in verdicts(QUADRATIC, right.replace("= A^", "= 2 A^"), tmp_path)
