"""Rows, columns, matrices and sums with dots are read by what is shown beside them, and tried at every entry."""

from __future__ import annotations

import json

import pytest
from clock import within

from gradcalc.check.writeup.read import answers_in
from gradcalc.commands.check import Marking, marked
from gradcalc.problem.load import load

PROBLEM = r"""
parameters: {w: m×K}
inputs: {x: vector(m), a: vector(K)}
targets: {y: one_hot(K)}
equations:
  z: w.T @ x
  phi: softmax(z)
  L: -y.T @ log(phi)
of: L
symbols: {phi: '\phi', softmax: '\phi', L: '\mathcal{L}'}
"""
JACOBIAN = r"\frac{\partial \phi}{\partial z}"
BY_Z, BY_W = r"\frac{\partial \mathcal{L}}{\partial z}", r"\frac{\partial \mathcal{L}}{\partial w}"
SQUARE = (
    r"\begin{pmatrix} \phi_1 (1 - \phi_1) & -\phi_1 \phi_2 & \dots & - \phi_1 \phi_K \\"
    r" - \phi_2 \phi_1 & \phi_2 (1-\phi_2) & \dots & - \phi_2 \phi_K \\ \vdots & \vdots & \ddots & \vdots \\"
    r" -\phi_K \phi_1 & -\phi_K \phi_2 & \dots & \phi_K (1-\phi_K) \end{pmatrix}"
)
CORNERS = (
    r"\begin{bmatrix} \phi_1(1-\phi_1) & \cdots & -\phi_1\phi_K \\ \vdots & \ddots & \vdots \\"
    r" -\phi_K\phi_1 & \cdots & \phi_K(1-\phi_K) \end{bmatrix}"
)
OUTER = (
    r"\begin{pmatrix} a_1 x_1 & a_2 x_1 & \dots & a_K x_1 \\ a_1 x_2 & a_2 x_2 & \dots & a_K x_2 \\"
    r" \vdots & \vdots & \ddots & \vdots \\ a_1 x_m & a_2 x_m & \dots & a_K x_m \end{pmatrix}"
)


@pytest.fixture(scope="module")
def problem(tmp_path_factory):
    path = tmp_path_factory.mktemp("dots") / "problem.yaml"
    path.write_text(PROBLEM, encoding="utf-8")
    return load(str(path))


@pytest.fixture
def verdicts(problem, tmp_path):
    def of(*lines: str) -> list[str]:
        """The verdict on each line, or the reason why it isn't read."""
        path = tmp_path / "homework.tex"
        path.write_text("\n".join(f"\\[{line}\\]" for line in lines), encoding="utf-8")
        marks = marked(problem, str(path), Marking())[0]
        every = [(line.place, line.verdict) for verdict in marks.verdicts for line in verdict.lines]
        every += [(each.place, each.reason) for each in marks.unread]
        return [said for _, said in sorted(every, key=lambda each: (each[0].line, each[0].column))]

    return of


RIGHT = [
    # The Jacobian of softmax: phi_i (delta_ij - phi_j).
    f"{JACOBIAN} = {SQUARE}",
    f"{JACOBIAN} = {CORNERS}",
    JACOBIAN + r" = \begin{bmatrix} \phi_1 & & \\ & \ddots & \\ & & \phi_K \end{bmatrix} - \phi\phi^T",
    JACOBIAN + r" = \begin{bmatrix} \phi_1 & 0 & \dots & 0 \\ 0 & \phi_2 & \dots & 0 \\ \vdots & \vdots & \ddots"
    r" & \vdots \\ 0 & 0 & \dots & \phi_K \end{bmatrix} - \begin{bmatrix} \phi_1^2 & \cdots & \phi_1\phi_K \\"
    r" \vdots & \ddots & \vdots \\ \phi_K\phi_1 & \cdots & \phi_K^2 \end{bmatrix}",
    # The gradient by z: phi - y.
    BY_Z + r" = \begin{bmatrix} \phi_1 - y_1 \\ \vdots \\ \phi_K - y_K \end{bmatrix}",
    BY_Z + r" = \begin{bmatrix} \phi_1 - y_1 \\ \phi_2 - y_2 \\ \vdots \\ \phi_K - y_K \end{bmatrix}",
    BY_Z + r" = \begin{bmatrix} \phi_1 - y_1 & \dots & \phi_K - y_K \end{bmatrix}^T",
    BY_Z + r" = \begin{bmatrix} \phi_1 - y_1, & \dots, & \phi_K - y_K \end{bmatrix}^T",
    BY_Z + r" = \begin{bmatrix} \phi_1 - y_1, \dots, \phi_K - y_K \end{bmatrix}^T",
    BY_Z + r" = [\phi_1 - y_1, \phi_2 - y_2, \dots, \phi_K - y_K]^T",
    BY_Z + r" = \left(\phi_1 - y_1, \ldots, \phi_K - y_K\right)^\top",
    BY_Z + r" = (\phi_1 - y_1, ..., \phi_K - y_K)",
    # The last one by a letter that the problem doesn't have.
    BY_Z + r" = \begin{bmatrix} \phi_1 - y_1 \\ \vdots \\ \phi_n - y_n \end{bmatrix}",
    # The last one written in another way.
    BY_Z + r" = \begin{bmatrix} \phi_1 - y_1 \\ \vdots \\ -y_K + \phi_K \end{bmatrix}",
    # The gradient by w: x (phi - y)^T, entry by entry, by rows, by columns, by name.
    BY_W + r" = \begin{bmatrix} x_1(\phi_1-y_1) & \cdots & x_1(\phi_K-y_K) \\ \vdots & \ddots & \vdots \\"
    r" x_m(\phi_1-y_1) & \cdots & x_m(\phi_K-y_K) \end{bmatrix}",
    BY_W + r" = \begin{bmatrix} x_1 (\phi-y)^T \\ \vdots \\ x_m (\phi-y)^T \end{bmatrix}",
    BY_W + r" = \begin{bmatrix} (\phi_1-y_1)x & (\phi_2-y_2)x & \dots & (\phi_K-y_K)x \end{bmatrix}",
    BY_W + r" = \left[\frac{\partial \mathcal{L}}{\partial w_1}, \dots,"
    r" \frac{\partial \mathcal{L}}{\partial w_K}\right]",
    BY_W + r" = \begin{bmatrix} \frac{\partial \mathcal{L}}{\partial w_{11}} & \dots &"
    r" \frac{\partial \mathcal{L}}{\partial w_{1K}} \\ \vdots & \ddots & \vdots \\"
    r" \frac{\partial \mathcal{L}}{\partial w_{m1}} & \dots &"
    r" \frac{\partial \mathcal{L}}{\partial w_{mK}} \end{bmatrix}",
    # Sums.
    r"\mathcal{L} = -(y_1 \log \phi_1 + y_2 \log \phi_2 + \cdots + y_K \log \phi_K)",
    r"\mathcal{L} = -y_1 \log \phi_1 - \dots - y_K \log \phi_K",
    r"\phi_i = \frac{e^{z_i}}{e^{z_1} + e^{z_2} + \dots + e^{z_n}}",
    r"\phi = \frac{1}{e^{z_1} + \cdots + e^{z_K}} \begin{bmatrix} e^{z_1} \\ \vdots \\ e^{z_K} \end{bmatrix}",
    r"(\phi - y)^T (\phi - y) = (\phi_1 - y_1)^2 + (\phi_2 - y_2)^2 + \cdots + (\phi_K - y_K)^2",
    r"a^T (\phi - y) = a_1 (\phi_1 - y_1) + \dots + a_K (\phi_K - y_K)",
    r"\mathcal{L} = -[y_1 \log \phi_1 + \cdots + y_o \log \phi_o + \cdots + y_K \log \phi_K]",
    BY_Z + r" = \left[ \phi_1 - y_1 \; \phi_2 - y_2 \; \cdots \; \phi_K - y_K \right]^T",
    BY_Z + r" = \left[ \phi_1 - y_1 \quad \cdots \quad \phi_K - y_K \right]^T",
    JACOBIAN + r" = \operatorname{diag}(\phi_1, \dots, \phi_K) - \phi \phi^T",
    r"z = \begin{bmatrix} - & w_1^T & - \\ & \vdots & \\ - & w_K^T & - \end{bmatrix} x",
    r"\phi(z_1, \dots, z_K)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}",
    r"\mathcal{L}(w_1, \dots, w_K) = -\sum_k y_k \log \phi_k",
    r"z_j = w_{1j} x_1 + w_{2j} x_2 + \dots + w_{mj} x_m",
    r"\phi(z) = \begin{pmatrix} e^{z_1} / \sum_j e^{z_j} \\ \vdots \\ e^{z_d} / \sum_j e^{z_j} \end{pmatrix}",
]


def test_what_is_shown_beside_dots_says_every_entry(verdicts):
    found = verdicts(*RIGHT)
    assert dict(zip(RIGHT, found, strict=True)) == dict.fromkeys(RIGHT, "correct")


def test_an_entry_in_another_form_is_right_where_it_is_equal(verdicts):
    by_row = (
        OUTER.replace("a_1 x_1", "x_1 a_1", 1),
        OUTER.replace("a_K x_m", "x_m a_K"),
        OUTER.replace("a_1 x_2", "x_2 a_1"),
    )
    lines = [f"a^T \\frac{{\\partial z}}{{\\partial w}} = {each}" for each in by_row]
    forms = (
        (r"- \phi_1 \phi_K", r"-\phi_K \phi_1"),
        (r"\phi_2 (1-\phi_2)", r"\phi_2 - \phi_2^2"),
        (r"-\phi_K \phi_2", r"\phi_K(0 - \phi_2)"),
    )
    lines += [f"{JACOBIAN} = {SQUARE.replace(old, new)}" for old, new in forms]
    last = r"\frac{e^{z_K}}{\sum_j e^{z_j}} - y_K"
    lines.append(BY_Z + r" = \begin{bmatrix} \phi_1 - y_1 \\ \vdots \\ " + last + r" \end{bmatrix}")
    assert dict(zip(lines, verdicts(*lines), strict=True)) == dict.fromkeys(lines, "correct")


SPOILT = [
    *((f"{JACOBIAN} = {SQUARE}", old, new) for old, new in (
        (r"{pmatrix} \phi_1 (", r"{pmatrix} -\phi_1 ("),
        (r"\phi_2 (1-\phi_2)", r"\phi_2"),
        (r"(1-\phi_K)", ""),
        (r"-\phi_K \phi_1", r"\phi_K \phi_1"),
        (r"-\phi_1 \phi_2", r"-\phi_1 \phi_1"),
        ("1 - ", "1 + "),
    )),
    *((f"{JACOBIAN} = {CORNERS}", old, new) for old, new in (
        (r"{bmatrix} \phi_1", r"{bmatrix} -\phi_1"),
        (r"& -\phi_1\phi_K", r"& \phi_1\phi_K"),
        (r"-\phi_K\phi_1", r"-\phi_1\phi_1"),
        (r"\phi_K(1-\phi_K)", r"\phi_K"),
    )),
    (RIGHT[4], r"\phi_1 -", r"\phi_1 +"),
    (RIGHT[4], r"\phi_K -", r"\phi_K +"),
    (RIGHT[4], "y_K", "y_1"),
    (RIGHT[5], r"\phi_2 - y_2", r"\phi_2 - y_1"),
    (RIGHT[14], r"x_1(\phi_1-y_1) &", r"x_1(\phi_1+y_1) &"),
    (RIGHT[16], r"(\phi_2-y_2)x", r"(\phi_2-2y_2)x"),
    (RIGHT[19], r"y_K \log \phi_K", r"y_K \log \phi_1"),
    (RIGHT[20], r"- y_K", r"+ y_K"),
    (RIGHT[33], r"e^{z_1} /", r"e^{-z_1} /"),
]  # fmt: skip


def test_one_entry_that_is_spoilt_makes_the_line_wrong(verdicts):
    lines = [right.replace(old, new, 1) for right, old, new in SPOILT]
    assert all(line != right for line, (right, _, _) in zip(lines, SPOILT, strict=True))
    assert dict(zip(lines, verdicts(*lines), strict=True)) == dict.fromkeys(lines, "wrong")


def test_a_row_in_place_of_a_column_is_another_layout(verdicts):
    assert verdicts(BY_Z + r" = [\phi_1 - y_1, \dots, \phi_K - y_K]") == ["imprecise"]


def test_what_says_no_rule_is_not_marked(verdicts):
    no_rule = "dots that say no rule: what is shown beside them doesn't differ as its places do"
    many = " & ".join(rf"\phi_{{{i}}}" for i in range(1, 100))
    cases = {
        r"\begin{bmatrix} 0 \\ \vdots \\ \phi_k - 1 \\ \vdots \\ 0 \end{bmatrix}": no_rule,
        r"\phi - \begin{bmatrix} 1 \\ \vdots \\ 1 \end{bmatrix}": "dots that don't say how far they go",
        r"\begin{bmatrix} \phi_1 \\ \vdots \\ \phi_m \end{bmatrix}": "dots up to m, where there are K",
        r"\begin{bmatrix} \vdots \\ \phi_K \end{bmatrix}": no_rule,
        r"\begin{bmatrix} \dots \end{bmatrix}": no_rule,
        rf"\begin{{bmatrix}} {many} & \dots & \phi_K \end{{bmatrix}}": no_rule,
        r"y_1 + \dots": "dots that say no rule: write what is first, dots, and what is last",
        r"\dots - y_K": "dots that say no rule: write what is first, dots, and what is last",
    }
    assert dict(zip(cases, verdicts(*(f"{BY_Z} = {each}" for each in cases)), strict=True)) == cases


def test_a_jacobian_by_a_matrix_times_a_vector_is_in_the_shape_of_the_matrix(verdicts):
    left = r"a^T \left[\frac{\partial w^T x}{\partial w}\right]"
    right = [r"\sum_{j=1}^K a_j \frac{\partial (w^T x)_j}{\partial w}", OUTER, "x a^T"]
    assert verdicts(f"{left} = " + " = ".join(right)) == ["correct"] * 3
    assert verdicts(f"{left} = {OUTER.replace('a_1 x_1', '- a_1 x_1', 1)}", f"{left} = a x^T") == ["wrong", "imprecise"]
    chain = r"\frac{\partial \mathcal{L}}{\partial \phi} \frac{\partial \phi}{\partial z} \frac{\partial z}{\partial w}"
    sides = [r"(\phi - y)^T \cdot \frac{\partial z}{\partial w}", r"[\phi - y]^T \frac{\partial w^T x}{\partial w}"]
    assert verdicts(f"{chain} = " + " = ".join([*sides, "x (\\phi - y)^T"])) == ["correct"] * 3
    assert verdicts(f"{chain} = (\\phi + y)^T \\frac{{\\partial z}}{{\\partial w}}") == ["wrong"]


def test_a_product_of_derivatives_by_a_vector_is_a_row_as_well_as_the_gradient(verdicts):
    chain = r"\frac{\partial \mathcal{L}}{\partial \phi} \frac{\partial \phi}{\partial z}"
    row = r"\begin{pmatrix} -y_1 (1-\phi_1) + \sum_{k \neq 1} y_k \phi_1 & \dots & -y_K (1-\phi_K)"
    sums = row + r" + \sum_{k \neq K} y_k \phi_K \end{pmatrix}"
    sides = [sums, r"\begin{pmatrix} \phi_1 - y_1 & \dots & \phi_K - y_K \end{pmatrix}", r"[\phi - y]^T", r"\phi - y"]
    assert verdicts(f"{chain} = " + " = ".join(sides)) == ["correct"] * 4
    assert verdicts(f"{chain} = {sums.replace('neq K', 'neq 1')}") == ["wrong"]
    assert verdicts(f"{BY_Z} = [\\phi - y]^T") == ["imprecise"]


def test_a_derivative_by_another_index_is_meant_where_the_two_differ(verdicts):
    left = r"\frac{\partial \phi(z)_i}{\partial z_j}"
    assert verdicts(f"{left} = -\\phi(z)_i \\phi(z)_j") == ["correct"]
    assert verdicts(f"{left} = \\phi(z)_i \\phi(z)_j", f"{left} = \\phi_i (1 - \\phi_j)") == ["wrong", "wrong"]


def test_a_given_value_stays_of_its_kind_where_lines_are_tried(verdicts):
    assert verdicts(r"\sum_k y_k \phi_j = \phi_j", r"y_i^2 \phi_j = y_i \phi_j") == ["correct", "correct"]
    assert verdicts(r"\sum_k y_k \phi_j = 2 \phi_j", r"a_i^2 \phi_j = a_i \phi_j") == ["wrong", "wrong"]


ANSWERS = {
    ("forward", "L"): r"-\sum_{k=1}^K y_k \log \phi_k",
    ("forward", "phi[i]"): r"\frac{e^{z_i}}{e^{z_1} + \dots + e^{z_K}}",
    ("gradients", "z"): r"\begin{pmatrix} \phi_1 - y_1 \\ \vdots \\ \phi_K - y_K \end{pmatrix}",
    ("gradients", "w[i,j]"): r"x_i (\phi_j - y_j)",
    ("gradients", "w"): RIGHT[14].removeprefix(f"{BY_W} = "),
    ("jacobians", "phi/z"): CORNERS,
    ("jacobians", "phi[i]/z[j]"): r"\begin{cases} \phi_i (1-\phi_i) & i = j \\ -\phi_i\phi_j & i \neq j \end{cases}",
}


@pytest.mark.parametrize(("section", "name"), ANSWERS)
def test_answers_on_a_sheet_in_latex_have_letters_and_dots_too(problem, tmp_path, section, name):
    text, path = ANSWERS[section, name], tmp_path / "sheet.json"
    spoilt = text.replace("-", "+", 1) if "-" in text else text.replace("{z_1}", "{-z_1}")
    for answer, right in ((text, "correct"), (spoilt, "wrong")):
        path.write_text(json.dumps({section: {name: answer}}), encoding="utf-8")
        found = [verdict.verdict for verdict in marked(problem, str(path), Marking())[0].verdicts]
        assert ([word for word in found if word != "missing"], answer) == ([right], answer)


def test_entries_that_are_all_alike_go_as_far_as_the_left_side(verdicts):
    ones = [
        r"\begin{bmatrix} 1 & & \\ & \ddots & \\ & & 1 \end{bmatrix}",
        r"\begin{bmatrix} 1 & \dots & 1 \end{bmatrix}",
    ]
    assert verdicts(r"\frac{\partial z}{\partial z} = " + ones[0], r"\frac{\partial z}{\partial z} = -" + ones[0]) == [
        "correct",
        "dots that don't say how far they go",
    ]
    assert verdicts(BY_Z + " = " + ones[1]) == ["wrong"]


def test_an_entry_with_the_small_letter_of_a_matrix_is_one_of_it(tmp_path):
    path, homework = tmp_path / "problem.yaml", tmp_path / "homework.tex"
    path.write_text("parameters: {W: n×m}\ninputs: {x: vector(m)}\nequations: {z: W @ x}\nupstream: {z: vector(n)}\n")
    lines = [
        r"z_i = \sum_j w_{ij} x_j",
        r"z_i = w_{i1} x_1 + \dots + w_{im} x_m",
        r"z_i = \sum_j w_{ij} x_i",
        "z = w x",
    ]
    homework.write_text("\n".join(f"$${line}$$" for line in lines))
    marks = marked(load(str(path)), str(homework), Marking())[0]
    assert [line.verdict for verdict in marks.verdicts for line in verdict.lines] == ["correct", "correct", "wrong"]
    assert [each.reason for each in marks.unread] == ["unknown name 'w'"]


def test_how_far_an_index_goes_behind_a_formula_is_no_part_of_it(verdicts):
    right = r"\frac{\partial \mathcal{L}}{\partial z_i} = \phi_i - y_i"
    ends = [
        r", \quad i = 1, \dots, K",
        r"\quad \text{for } i = 1, \ldots, K",
        r", \quad i \in \{1, \dots, K\}",
        r"\quad \forall i = 1, ..., K",
        r" \qquad (i = 1, \dots, K)",
    ]
    assert verdicts(*(right + end for end in ends)) == ["correct"] * 5
    assert verdicts(*(right.replace("= ", "= 2") + end for end in ends)) == ["wrong"] * 5


def test_the_limits_of_sums_are_those_that_are_written(verdicts):
    rest = r" w_{ij} x_i"
    right = [r"\sum_{i=1}^{m}", r"\sum_{i=0}^{m-1}", r"\sum_i^m", r"\sum_{i=1}^{d}"]
    right += [r"w_{mj} x_m + \sum_{i=1}^{m-1}", r"w_{1j} x_1 + \sum_{i=2}^{m}", r"w_{nj} x_n + \sum_{i=1}^{n-1}"]
    found = verdicts(*(f"z_j = {each}{rest}" for each in right[:-1]))
    assert found == ["correct"] * 6
    wrong = [r"\sum_{i=1}^{m-1}", r"\sum_{i=2}^{m}", r"\sum_{i=1}^{j}", r"\sum_{i=j}^{m}", r"\sum_{i=1}^{K}"]
    assert verdicts(*(f"z_j = {each}{rest}" for each in wrong)) == ["wrong"] * 5
    unread = [r"\sum_{i=0}^{m}", r"\sum_{i=1}^{m/2}"]
    assert all("limits" in said for said in verdicts(*(f"z_j = {each}{rest}" for each in unread)))
    alone, clash = verdicts(r"z^T a = \sum_{j=1}^{i} z_j a_i", r"\mathcal{L} = \sum_{j=1}^{i} z_j + a_i")
    assert alone.startswith("the index 'i' is on this side alone")
    assert clash == "a sum ends at 'i', which is an index elsewhere"


@pytest.mark.slow
def test_large_and_deep_matrices_with_dots_are_refused_in_time(verdicts):
    row = " & ".join(rf"\phi_{{{i}}}" for i in range(1, 1000)) + r" & \dots & \phi_K"
    large = r"\begin{bmatrix}" + r" \\ ".join([row] * 300) + r"\end{bmatrix}"
    deep = r"\begin{bmatrix} a_1 & \dots & " * 30 + "a_K" + r"\end{bmatrix}" * 30
    listed, added = r"[y_1, \dots, " * 35 + "y_K" + "]" * 35, "(y_1 + " * 35 + r"\dots + y_K" + ")" * 35
    write_ups = (large, deep, listed), (added, r"y_1 + \dots + " * 2000 + "y_K")
    within(20, lambda: [verdicts(*(f"{BY_Z} = {each}" for each in write_up)) for write_up in write_ups])
    assert answers_in(f"$${BY_Z} = {deep}$$", "a.tex")
