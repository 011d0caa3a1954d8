"""A write-up of forty equations, in letters and of mixed kinds, is marked in two seconds of a processor's time."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from clock import within

from gradcalc.check.marking.verdicts import Marks
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
FORTY = (Path(__file__).parent / "seeds" / "forty-equations.tex").read_text()


def marks_within(seconds: float, text: str, tmp_path: Path) -> Marks:
    """The marks, which took no more than so many seconds of a processor."""
    (tmp_path / "homework.tex").write_text(text)
    return within(seconds, lambda: marked(loads(NETWORK), str(tmp_path / "homework.tex"), Marking())[0])


def test_forty_equations_take_two_seconds(tmp_path: Path) -> None:
    marks = marks_within(2, FORTY, tmp_path)
    told = Counter(line.verdict for verdict in marks.verdicts for line in verdict.lines)
    assert not marks.unread
    assert told == {"correct": 37, "wrong": 3}


ENTRY = r"\hat{y}_k (\delta_{kl} - \hat{y}_l) (W_2)_{jl} h_j (1 - h_j) x_i"


def test_a_long_chain_with_many_letters_takes_little_more(tmp_path: Path) -> None:
    """Twenty lines about an entry with three letters, each a sum."""
    lines = [rf"\sum_l {ENTRY} + {number} x_i - {number} x_i" for number in range(20)]
    chain = r"\frac{\partial \hat{y}_k}{\partial (W_1)_{ij}} &= " + r" \\ &= ".join(lines)
    marks = marks_within(3, rf"\begin{{align}}{chain}\end{{align}}", tmp_path)
    (verdict,) = [each for each in marks.verdicts if each.verdict != "unanswered"]
    assert [line.verdict for line in verdict.lines] == ["correct"] * 20


def test_sums_within_sums_take_little_time(tmp_path: Path) -> None:
    sums = r"\sum_a \sum_c \sum_e x_a (W_1)_{ac} (W_2)_{ce} \hat{y}_e"
    marks_within(2, "".join(rf"$$ z_i = {number} {sums} $$" for number in range(20)), tmp_path)
