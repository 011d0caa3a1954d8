r"""How people set equations: colours, boxes, arrays and quotes around them, formulas alone on a line, words between."""

from __future__ import annotations

from pathlib import Path

import pytest
from clock import within
from handed_in import lines, verdicts

from gradcalc.check.writeup.chains import taken_apart

NETWORK = r"""
notation: W @ x + b
inputs: n×1
targets: bit
layers:
  - {weights: h×n, biases: h×1, activation: sigmoid}
  - {weights: 1×h, biases: 1×1, activation: sigmoid}
loss: binary_cross_entropy
symbols: {yhat: '\hat{y}', y: y, a1: z_1, h1: a_1, a2: z_2}
"""


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial L}{\partial z_2} \overset{\text{chain}}{=} \hat y %s y",
        r"\frac{\partial L}{\partial z_2} \stackrel{(a)}{=} \hat y %s y",
        r"\boxed{\color{red}{\frac{\partial L}{\partial z_2} = \hat{y} %s y}}",
        r"\color{red}{\frac{\partial L}{\partial z_2}} = \hat{y} \textcolor{blue}{%s y}",
        r"{\color{red} \frac{\partial L}{\partial z_2}} = \hat{y} {\color{blue} %s y}",
        r"\frac{\partial L}{\partial \vec{z}_2} = \hat{y} %s y",
        r"\frac{\partial \mathcal{L}}{\partial {\bf z}_2} = \hat{y} %s y",
        r"{\partial L \over \partial z_2} = \hat{y} %s y",
        r"\pdv{L}{z_2} = \hat{y} %s y",
        r"\nicefrac{\partial L}{\partial z_2} = \hat{y} %s y \qquad \blacksquare",
        r"\frac{\partial L}{\partial z_2} = \cancel{\hat y^2} \frac{\hat y %s y}{\cancel{\hat y^2}}",
        r"\frac{\partial L}{\partial W_2} = (\hat y %s y) \; a_1^{\intercal}",
        r"\frac{\partial L}{\partial W_2} = (\hat y %s y) a_1^\dagger",
        r"\frac{\partial L}{\partial W_2} = (\hat y %s y) a_1^{\prime}",
        r"\frac{\partial L}{\partial z_1} = W_2^T (\hat y %s y) \circ \sigma^{\prime}(z_1)",
        r"\frac{\partial L}{\partial z_1} = \mathop{\mathrm{diag}}(\sigma'(z_1)) W_2^T (\hat y %s y)",
        r"\frac{\partial L}{\partial z_2} = \hat y %s y \; & \text{by the chain rule}",
        r"\begin{array}{rcl} \frac{\partial L}{\partial z_2} &=& \hat{y} %s y \end{array}",
        r"\left\{ \begin{matrix} \frac{\partial L}{\partial z_2} = \hat{y} %s y \end{matrix} \right.",
    ],
)
def test_what_stands_around_a_formula_changes_nothing(line, tmp_path):
    assert verdicts(NETWORK, line % "-", tmp_path) == ["correct"]
    assert verdicts(NETWORK, line % "+", tmp_path) == ["wrong"]


@pytest.mark.parametrize(
    "text",
    [
        "> $$\n> dz_2\n> = \\hat{y} %s y\n> $$",
        "\\\\[ dz_2 = \\hat{y} %s y \\\\]",
        "$\\frac{\\partial L}{\\partial z_2} = \\hat{y} %s y$",
        "We get:\n\\(\\frac{\\partial L}{\\partial z_2} = \\hat{y} %s y\\).",
        "- $`\\frac{\\partial L}{\\partial z_2} = \\hat{y} %s y`$",
        "1. $\\displaystyle \\frac{\\partial L}{\\partial z_2} = \\hat{y} %s y$",
        "\\begin{IEEEeqnarray}{rCl}\n\\frac{\\partial L}{\\partial z_2} &=& \\hat{y} %s y\n\\end{IEEEeqnarray}",
        "\\begin{alignat}{2}\n\\frac{\\partial L}{\\partial z_2} &= \\hat{y} %s y\n\\end{alignat}",
    ],
)
def test_a_display_may_be_quoted_or_a_formula_alone_on_its_line(text, tmp_path: Path):
    assert [word for word, _ in lines(NETWORK, text % "-", tmp_path)] == ["correct"]
    assert [word for word, _ in lines(NETWORK, text % "+", tmp_path)] == ["wrong"]


@pytest.mark.parametrize("text", ["Suppose\n$dz_2 = 0$\nfor now.", "Here $dz_2 = 0$ would be wrong."])
def test_a_formula_within_a_sentence_is_no_answer(text, tmp_path):
    assert lines(NETWORK, f"$$ dz_2 = \\hat y - y $$\n\n{text}", tmp_path) == [("correct", "right")]


@pytest.mark.parametrize(
    "between",
    [r", \ ", r", ", r"\text{ and }", r" \;\Rightarrow\; ", r", \quad \text{where } ", r" \quad \text{so that } "],
)
def test_two_equations_in_a_row_are_apart(between, tmp_path):
    row = rf"dz_2 = \hat y - y {between} dW_2 = (\hat y - y) a_1^T"
    assert verdicts(NETWORK, row, tmp_path) == ["correct", "correct"]
    assert verdicts(NETWORK, row.replace("y)", "y - 1)"), tmp_path) == ["correct", "wrong"]


def test_a_comma_before_a_range_or_between_angles_parts_nothing(tmp_path):
    ranged = r"\frac{\partial L}{\partial z_{1,i}} = (\hat y - y) W_{2,1i} a_{1,i} (1 - a_{1,i}), i = 1, \dots, h"
    assert "wrong" not in verdicts(NETWORK, ranged, tmp_path)
    angles = r"z_2 = \langle W_2^T, a_1 \rangle + b_2 = W_2 a_1 + b_2"
    assert verdicts(NETWORK, angles, tmp_path) == ["correct", "correct"]


@pytest.mark.parametrize(
    "row",
    [
        "dz_1 = \\\\\n W_2^T dz_2 \\odot \\sigma'(z_1) = \\\\\n W_2^T (\\hat y %s y) \\odot a_1 \\odot (1 - a_1)",
        "dz_1 = \\\\\n = W_2^T dz_2 \\odot \\sigma'(z_1) \\\\ = W_2^T (\\hat y %s y) \\odot a_1 \\odot (1 - a_1)",
        "dz_1 = W_2^T dz_2 \\odot \\\\\n \\sigma'(z_1) = W_2^T (\\hat y %s y) \\odot \\\\\n a_1 \\odot (1 - a_1)",
        "dz_1 &= W_2^T dz_2 \\odot \\sigma’(z_1) \\\\ &= W_2^T (\\hat y %s \\\\ & y) \\odot a_1 \\odot (1 - a_1)",
    ],
)
def test_a_row_may_end_with_its_sign(row, tmp_path):
    assert verdicts(NETWORK, row % "-", tmp_path) == ["correct", "correct"]
    assert verdicts(NETWORK, row % "+", tmp_path) == ["correct", "wrong"]


@pytest.mark.parametrize(
    "row",
    [
        r"\text{Similarly,}\quad dz_2 = \hat y %s y",
        r"\text{Output layer: } dz_2 = \hat y %s y",
        r"\text{For the last layer:} \; dz_2 = \hat y %s y",
        r"dz_2 = \hat y %s y \qquad (\text{where}\quad \hat y = \sigma(z_2))",
        "dz_2 = \\hat y %s y \\ \\ \\\n",
    ],
)
def test_words_before_and_brackets_behind_an_equation_are_no_part_of_it(row, tmp_path):
    assert verdicts(NETWORK, row % "-", tmp_path) == ["correct"]
    assert verdicts(NETWORK, row % "+", tmp_path) == ["wrong"]


def test_words_that_say_where_an_equation_holds_are_no_heading(tmp_path):
    row = r"\text{for } i \neq i: \quad dz_2 = \hat y + y"
    assert "correct" not in verdicts(NETWORK, row, tmp_path)


@pytest.mark.parametrize(
    "text", ["$$ a = b" + ", a" * 6_000 + "$$", "\\(a=b" * 20_000, "$$ a = b" + r"\text{and}" * 1_900 + "$$"]
)
def test_long_rows_are_taken_apart_in_little_time(text):
    within(4, lambda: taken_apart(text, "homework.md"))
