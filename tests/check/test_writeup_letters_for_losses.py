r"""Letters that stand for the loss in some books, and for something else here: `E = \hat{Y} - Y`, `J = diag(p) - pp^T`.

And a letter of the student's own with another index, which counts otherwise: `\delta_j` beside `\delta_k`.
"""

from __future__ import annotations

from pathlib import Path

from handed_in import lines

LINEAR = r"""
inputs: {X: n×d}
targets: {Y: n×k}
parameters: {W: d×k}
equations: {Yhat: X @ W, L: 1/2 * sum((Yhat - Y) ** 2)}
of: L
symbols: {Yhat: '\hat{Y}'}
"""
SOFTMAX = "{inputs: {z: vector(n)}, equations: {p: softmax(z), L: sum(p ** 2)}, of: L}"
HIDDEN = r"""
inputs: {x: vector(I)}
targets: {y: one_hot(K)}
parameters: {W1: J×I, W2: K×J}
equations:
  z1: W1 @ x
  a1: sigmoid(z1)
  z2: W2 @ a1
  yhat: softmax(z2)
  C: cross_entropy(yhat, y)
of: C
symbols: {"W1[j,i]": 'w_{ji}', "W2[k,j]": 'w_{kj}', "z1[j]": z_j, "z2[k]": z_k, "a1[j]": a_j, sigmoid: f}
"""
RESIDUAL = r"""
inputs: {x: vector(n)}
parameters: {W: n×n}
equations: {F: tanh(W @ x), y: F + x}
upstream: {y: vector(n)}
"""


def words(problem: str, text: str, folder: Path) -> list[str]:
    return [word for word, _ in lines(problem, text, folder)]


def test_a_difference_called_e_is_no_loss(tmp_path: Path) -> None:
    text = r"$$ E = \hat{Y} - Y $$ $$ \frac{\partial L}{\partial W} = X^T E $$"
    assert words(LINEAR, text, tmp_path) == ["correct"]
    assert words(LINEAR, text.replace("X^T E", "X^T (E + Y)"), tmp_path) == ["wrong"]


def test_the_loss_by_another_letter_is_the_loss(tmp_path: Path) -> None:
    text = r"$$ E = \frac{1}{2} \| \hat{Y} - Y \|^2 $$ $$ \frac{\partial E}{\partial W} = X^T (\hat{Y} - Y) $$"
    assert words(LINEAR, text, tmp_path) == ["correct", "correct"]
    assert words(LINEAR, text.replace(r"\frac{1}{2}", ""), tmp_path) == ["wrong", "correct"]


def test_a_jacobian_called_j_is_no_loss(tmp_path: Path) -> None:
    text = r"$$ \mathbf{J} = \frac{\partial p}{\partial z} = \operatorname{diag}(p) - p p^T $$"
    assert words(SOFTMAX, text, tmp_path) == ["correct"]
    assert words(SOFTMAX, text.replace("- p p", "+ p p"), tmp_path) == ["wrong"]
    for left in ("J", r"J_{\text{softmax}}(z)", r"J_\sigma(z)"):
        assert "wrong" not in words(SOFTMAX, rf"$$ {left} = \operatorname{{diag}}(p) - p p^T $$", tmp_path)


def test_a_letter_for_deltas_has_the_range_of_its_index(tmp_path: Path) -> None:
    text = r"""$$ \delta_j = \frac{\partial C}{\partial z_j} $$
    $$ \frac{\partial C}{\partial a_j} = \sum_k \delta_k w_{kj} $$
    $$ \frac{\partial C}{\partial w_{ji}} = f'(z_j) x_i \sum_k w_{kj} \delta_k $$"""
    assert words(HIDDEN, text, tmp_path) == ["correct", "correct"]
    assert words(HIDDEN, text.replace(r"w_{kj} \delta_k", r"w_{kj} \delta_k z_k"), tmp_path) == ["correct", "wrong"]


def test_a_gradient_before_a_sum_of_jacobians_is_a_row(tmp_path: Path) -> None:
    L_Y = r"\frac{\partial L}{\partial y}"
    text = rf"$$ \frac{{\partial L}}{{\partial x}} = {L_Y} \left(I + \frac{{\partial F}}{{\partial x}}\right) $$"
    assert words(RESIDUAL, text, tmp_path) == ["correct"]
    assert words(RESIDUAL, text.replace("I +", "I -"), tmp_path) == ["wrong"]
