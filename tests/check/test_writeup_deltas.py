r"""δ in write-ups: the gradient on what is shown with the same scripts, a column or, beside Jacobians, a row."""

from __future__ import annotations

import pytest

from gradcalc.check.marking.mark import mark
from gradcalc.check.writeup.read import answers_in, sheet_of
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

NETWORK = r"""
parameters: {A: d×h, B: h×K}
inputs: {x: vector(d), phi: function}
equations:
  s: A.T @ x
  a: phi(s)
  t: B.T @ a
upstream: {t: vector(K)}
symbols: {phi: '\phi', s: 'z^{(l-1)}', a: 'h^{(l-1)}', t: 'z^{(l)}', B: w_l}
"""
SOLUTION = solve(loads(NETWORK, at={"d": 2, "h": 3, "K": 4}, seed=1), check=False)
JACOBIANS = r"\delta^{(l)} \frac{\partial z^{(l)}}{\partial h^{(l-1)}} \frac{\partial h^{(l-1)}}{\partial z^{(l-1)}}"


def verdicts(*lines: str) -> list[str]:
    """The verdicts on the lines of a chain about δ of the hidden layer."""
    text = r" \\ &= ".join(lines)
    sheet = sheet_of(answers_in(rf"\begin{{align}} \delta^{{(l-1)}} &= {text} \end{{align}}", "a.tex"), SOLUTION)
    return [line.verdict for each in mark(SOLUTION, sheet).verdicts for line in each.lines]


@pytest.mark.parametrize(
    "line",
    [
        r"(w_l \delta^{(l)}) \odot \phi'(z^{(l-1)})",
        r"w^{(l)} \delta^{(l)} \odot \phi'\left(z^{(l-1)}\right)",
        r"\operatorname{diag}(\phi'(z^{(l-1)})) w_l \delta^{(l)}",
        JACOBIANS,
    ],
)
def test_delta_is_a_column(line):
    assert verdicts(line) == ["correct"]


@pytest.mark.parametrize(
    "line",
    [
        r"\delta^{(l)} w_l^T \frac{\partial h^{(l-1)}}{\partial z^{(l-1)}}",
        r"\left[\delta^{(l)} w_l^T\right] \odot \left[\phi'\left(z^{(l-1)}\right)\right]^T",
        r"\delta^{(l)} (w^{(l)})^T \operatorname{diag}(\phi'(z^{(l-1)}))",
        r"(w_l \delta^{(l)}) \odot \phi'(z^{(l-1)})",
    ],
)
def test_beside_jacobians_it_is_a_row_as_well(line):
    assert verdicts(JACOBIANS, line) == ["correct", "correct"]


@pytest.mark.parametrize(
    "line",
    [
        r"-\left[\delta^{(l)} w_l^T\right] \odot \left[\phi'\left(z^{(l-1)}\right)\right]^T",
        r"\left[\delta^{(l)} w_l^T\right] \odot \left[\phi\left(z^{(l-1)}\right)\right]^T",
        r"\left[\delta^{(l)} w_l^T\right] \odot \left[h^{(l-1)}\right]^T",
        r"\delta^{(l)} w_l^T",
    ],
)
def test_what_is_spoilt_is_wrong_in_either_layout(line):
    assert verdicts(JACOBIANS, line) == ["correct", "wrong"]
    column = line.replace(r"\left[\delta^{(l)} w_l^T\right]", r"(w_l \delta^{(l)})").replace("]^T", "]")
    assert verdicts(column.replace(r"\delta^{(l)} w_l^T", r"w_l \delta^{(l)}")) == ["wrong"]


def test_entries_by_letters():
    right = r"\phi'(z^{(l-1)}_i) \sum_j \delta_j^{(l)} w^{(l)}_{ij}"
    text = r"\delta^{(l-1)}_i = %s"
    for line, verdict in ((right, "correct"), (right.replace("_{ij}", "_{ji}"), "wrong"), (right[5:], None)):
        sheet = sheet_of(answers_in(f"$${text % line}$$", "a.tex"), SOLUTION)
        found = [each.verdict for one in mark(SOLUTION, sheet).verdicts for each in one.lines]
        assert verdict is None or found == [verdict]


def test_a_delta_of_the_student_s_own_is_what_it_is_said_to_be():
    text = r"""
$$\delta^{(l-1)} = \frac{\partial \mathcal{L}}{\partial h^{(l-1)}} = w_l \delta^{(l)}$$
"""
    found = mark(SOLUTION, sheet_of(answers_in(text, "a.tex"), SOLUTION))
    assert [line.verdict for each in found.verdicts for line in each.lines] == ["correct"]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\frac{\partial \Vert w \Vert_2^2}{\partial w_l} = 2 w_l", "correct"),
        (r"\frac{\partial \lVert w \rVert^2}{\partial w_l} = 2 w_l", "correct"),
        (r"\frac{\partial \Vert w \Vert_2^2}{\partial w_l} = w_l", "wrong"),
        (r"\frac{\partial \Vert w \Vert_2}{\partial w_l} = \frac{w_l}{\Vert w \Vert_2}", "correct"),
    ],
)
def test_the_norm_of_all_weights_by_one_of_them(line, verdict):
    """With A shown as w_1 the letter w alone is both."""
    problem = loads(NETWORK.replace("B: w_l}", "B: w_l, A: w_1}"), at={"d": 2, "h": 3, "K": 4}, seed=1)
    solution = solve(problem, check=False)
    marks = mark(solution, sheet_of(answers_in(f"$${line}$$", "a.tex"), solution))
    assert [each.verdict for one in marks.verdicts for each in one.lines] == [verdict]
