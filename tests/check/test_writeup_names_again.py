r"""Names of the student's own in write-ups that are given twice: `\delta_k` of the outputs, `\delta_j` of hidden units.

What is right is so by the chain rule: ∂L/∂W = (z − y) hᵀ, ∂L/∂a = (1 − h ⊙ h) ⊙ Wᵀ(z − y), ∂L/∂V = ∂L/∂a xᵀ.
"""

from __future__ import annotations

from pathlib import Path

from handed_in import lines, verdicts

NETWORK = r"""
inputs: {x: vector(n)}
targets: {y: vector(k)}
parameters: {V: m×n, W: k×m}
equations: {a: V @ x, h: tanh(a), z: W @ h, L: sum((z - y) ** 2) / 2}
of: L
"""
OUTPUT = r"$$ \delta_k = z_k - y_k $$ $$ \frac{\partial L}{\partial W_{kj}} = \delta_k h_j $$"
SLOPES = r"$$ \delta_k = \frac{\partial L}{\partial z_k} $$ $$ \delta_j = \frac{\partial L}{\partial a_j} $$"
HIDDEN = r"$$ \delta_j = (1 - h_j^2) \sum_k W_{kj} \delta_k $$ $$ \frac{\partial L}{\partial V_{ji}} = \delta_j x_i $$"


def words(text: str, folder: Path) -> list[str]:
    return [word for word, _ in lines(NETWORK, text, folder)]


def test_a_name_with_another_letter_stands_for_something_else(tmp_path: Path) -> None:
    assert words(f"{OUTPUT} {HIDDEN}", tmp_path) == ["correct", "correct"]
    spoilt = HIDDEN.replace(r"= \delta_j x", r"= -\delta_j x")
    assert words(f"{OUTPUT} {spoilt}", tmp_path) == ["correct", "wrong"]


def test_with_another_letter_that_counts_as_far_it_is_the_same(tmp_path: Path) -> None:
    assert "wrong" in words(OUTPUT.replace(" $$ $$", r" $$ $$ \delta_l = z_l + y_l $$ $$"), tmp_path)


def test_what_is_said_of_a_derivative_by_its_name_is_an_equation(tmp_path: Path) -> None:
    assert words(f"{SLOPES} {HIDDEN}", tmp_path) == ["correct", "correct"]
    assert words(f"{SLOPES} {HIDDEN.replace('1 -', '1 +')}", tmp_path) == ["wrong", "correct"]


SQUARES = """
parameters: {w: vector(n)}
inputs: {x: vector(n)}
targets: {y: vector(n)}
equations: {p: w * x, J: sum((p - y) ** 2) / 2}
of: J
"""


def test_words_below_a_loss_of_one_part_leave_nothing_open(tmp_path: Path) -> None:
    line = r"J_{\text{data}} = \frac{1}{2} \|p - y\|^2"
    assert verdicts(SQUARES, line, tmp_path) == ["correct"]
    assert verdicts(SQUARES, line.replace(r"\frac{1}{2}", ""), tmp_path) == ["wrong"]
    penalised = SQUARES.replace(" / 2}", " / 2 + sum(w ** 2)}")
    assert "wrong" not in verdicts(penalised, line, tmp_path)
    assert verdicts(penalised, line.replace("data", "total"), tmp_path) == ["wrong"]
