"""A write-up of forty equations, in letters and of mixed kinds, is marked in two seconds of a processor's time."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from clock import within

from gradcalc.check.marking.verdicts import Marks
from gradcalc.check.writeup.reader import MOST_ALONE, MOST_LINES_ALONE
from gradcalc.commands.check import Marking, marked
from gradcalc.problem.load import loads

NETWORK = r"""
notation: x @ W + b
inputs: 1×Dx
targets: one_hot(Dy)
layers:
  - {weights: Dx×H, biases: 1×H, activation: sigmoid}
  - {weights: H×Dy, biases: 1×Dy, activation: softmax}
loss: cross_entropy
symbols: {a1: z, a2: '\theta', h1: h, yhat: '\hat{y}', loss: J, W1: W_1, W2: W_2, b1: b_1, b2: b_2}
"""
SEEDS = Path(__file__).parent / "seeds"
FORTY = (SEEDS / "forty-equations.tex").read_text()


def marks_within(seconds: float, text: str, tmp_path: Path, problem: str = NETWORK) -> Marks:
    """The marks, which took no more than so many seconds of a processor."""
    (tmp_path / "homework.tex").write_text(text)
    return within(seconds, lambda: marked(loads(problem), str(tmp_path / "homework.tex"), Marking())[0])


def words(marks: Marks) -> Counter[str]:
    """How many lines have which verdict."""
    return Counter(line.verdict for verdict in marks.verdicts for line in verdict.lines)


def test_forty_equations_take_two_seconds(tmp_path: Path) -> None:
    marks = marks_within(2, FORTY, tmp_path)
    assert not marks.unread
    assert words(marks) == {"correct": 37, "wrong": 3}


ENTRY = r"\hat{y}_k (\delta_{kl} - \hat{y}_l) (W_2)_{jl} h_j (1 - h_j) x_i"


def test_a_long_chain_with_many_letters_takes_little_more(tmp_path: Path) -> None:
    """Forty lines about an entry with three letters, each a sum."""
    lines = [rf"\sum_l {ENTRY} + {number} x_i - {number} x_i" for number in range(40)]
    chain = r"\frac{\partial \hat{y}_k}{\partial (W_1)_{ij}} &= " + r" \\ &= ".join(lines)
    marks = marks_within(3, rf"\begin{{align}}{chain}\end{{align}}", tmp_path)
    (verdict,) = [each for each in marks.verdicts if each.verdict != "unanswered"]
    assert [line.verdict for line in verdict.lines] == ["correct"] * 40


def test_sums_within_sums_take_little_time(tmp_path: Path) -> None:
    sums = r"\sum_a \sum_c \sum_e x_a (W_1)_{ac} (W_2)_{ce} \hat{y}_e"
    marks_within(2, "".join(rf"$$ z_i = {number} {sums} $$" for number in range(20)), tmp_path)


RECURRENT = (SEEDS / "public-unrolled.yaml").read_text()
OF_A_RECURRENCE = [
    r"a^{(t)} = b + W h^{(t-1)} + U x^{(t)}",
    r"L = \sum_t L^{(t)}",
    r"L^{(t)} = -\sum_k y^{(t)}_k \log \hat{y}^{(t)}_k",
    r"\frac{\partial L}{\partial o_i^{(t)}} = \hat{y}_i^{(t)} - y_i^{(t)}",
    r"\nabla_{h^{(\tau)}} L = V^\top \nabla_{o^{(\tau)}} L",
    r"\nabla_{h^{(t)}} L = W^\top \mathrm{diag}(1 - (h^{(t+1)})^2) (\nabla_{h^{(t+1)}} L) + V^\top \nabla_{o^{(t)}} L",
    r"\nabla_b L = \sum_t \mathrm{diag}(1 - (h^{(t)})^2) \nabla_{h^{(t)}} L",
    r"\nabla_W L = \sum_t \mathrm{diag}(1 - (h^{(t)})^2) (\nabla_{h^{(t)}} L) h^{(t-1)\top}",
    r"\frac{\partial h^{(t)}}{\partial h^{(t-1)}} = \mathrm{diag}(1 - (h^{(t)})^2) W",
    r"\frac{\partial L}{\partial W_{ij}} = \sum_t \frac{\partial L}{\partial a_i^{(t)}} h_j^{(t-1)}",
]
"""Goodfellow, Bengio and Courville, Deep Learning, section 10.2.2."""
NESTED = [
    r"\frac{\partial L}{\partial W_{ij}} = \sum_{t=1}^\tau \sum_k \sum_l (\hat{y}^{(t)}_k - y^{(t)}_k) V_{kl}"
    r" \frac{\partial h^{(t)}_l}{\partial W_{ij}}",
    r"\frac{\partial L}{\partial h^{(t)}_j} = \sum_{s=t}^\tau \sum_k (\hat{y}^{(s)}_k - y^{(s)}_k) \sum_l V_{kl}"
    r" \frac{\partial h^{(s)}_l}{\partial h^{(t)}_j}",
    r"\frac{\partial L}{\partial a^{(t)}_i} = (1 - (h^{(t)}_i)^2) \sum_{s=t}^\tau \sum_k \sum_l (\hat{y}^{(s)}_k"
    r" - y^{(s)}_k) V_{kl} \frac{\partial h^{(s)}_l}{\partial h^{(t)}_i}",
]


def again(lines: list[str], times: int) -> str:
    """The lines, each so often, and no two alike."""
    sides = [each.partition(" = ") for each in lines]
    fractions = [rf"\frac{{{number}}}{{{number}}}" for number in range(1, times + 1)]
    return "\n".join(rf"$$ {left} = {one} \left({right}\right) $$" for one in fractions for left, _, right in sides)


def test_forty_lines_about_a_recurrence_take_two_seconds(tmp_path: Path) -> None:
    marks = marks_within(2, again(OF_A_RECURRENCE, 4), tmp_path, RECURRENT)
    assert words(marks) == {"correct": 40}


def test_sums_over_steps_of_sums_of_derivatives_take_little_time(tmp_path: Path) -> None:
    marks = marks_within(3, again(NESTED, 4), tmp_path, RECURRENT)
    assert words(marks) == {"correct": 12}


@pytest.mark.slow
def test_hundreds_of_false_identities_take_seconds(tmp_path: Path) -> None:
    """Each may be read in many ways, and is tried in each; so many are tried."""
    lines = [rf"$$ \mathrm{{tr}}(A B C D) + u = \mathrm{{tr}}(B C D A) + {number} u $$" for number in range(2, 302)]
    marks = marks_within(6, "\n".join(lines), tmp_path)
    assert len(marks.unread) == 300 - MOST_ALONE
    assert words(marks) == {"wrong": MOST_ALONE}


@pytest.mark.slow
def test_long_chains_of_false_identities_take_seconds(tmp_path: Path) -> None:
    chains = [" = ".join(rf"\mathrm{{tr}}(C A B) + {n} u - {n + k} u" for n in range(90)) for k in range(1, 9)]
    marks = marks_within(20, "\n".join(rf"$$ \mathrm{{tr}}(A B C) = {chain} $$" for chain in chains), tmp_path)
    assert words(marks)["wrong"] <= MOST_LINES_ALONE
    assert len(marks.unread) >= 7
