"""Write-ups in LaTeX and Markdown: what is displayed is marked as an answer, what can't be read is listed."""

from __future__ import annotations

import pytest
from clock import within

from gradcalc.check.marking.mark import mark
from gradcalc.check.writeup.chains import taken_apart
from gradcalc.check.writeup.read import answers_in, sheet_of
from gradcalc.commands.check import Marking, marked
from gradcalc.errors import InputError
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

NETWORK = r"""
notation: x @ W + b
inputs: [[1, -0.5, 0.3], [0.2, 0.8, -1]]
targets: [1, 0]
layers:
  - {weights: [[0.5, -1], [0.25, 0.75], [-0.3, 0.6]], biases: [0.1, -0.2], activation: sigmoid}
  - {weights: [[0.4, -0.6, 0.9], [0.7, 0.2, -0.8]], biases: [0.3, 0.1, -0.4], activation: softmax}
loss: cross_entropy
reduction: sum
lr: 0.5
symbols: {W1: W_1, b1: b_1, W2: W_2, b2: b_2, h1: h, yhat: '\hat{y}', loss: J}
"""
SOLUTION = solve(loads(NETWORK), check=False)


def sheet(text: str, name: str = "homework.tex"):
    return sheet_of(answers_in(text, name), SOLUTION)


def lines(text: str, name: str = "homework.tex") -> list[tuple[str, str]]:
    """Each line with its verdict, in the order of the solution."""
    marks = mark(SOLUTION, sheet(text, name))
    return [(verdict.quantity, line.verdict) for verdict in marks.verdicts for line in verdict.lines]


RIGHT = r"\frac{\partial J}{\partial W_2} = h^T (\hat{y} - y)"
DISPLAYS = [
    r"\begin{equation}%s\end{equation}",
    r"\begin{equation*}\label{eq:a}%s\end{equation*}",
    r"\begin{align}%s \tag{3}\end{align}",
    r"\begin{align*}%s \nonumber\\\end{align*}",
    r"\begin{gather}%s\end{gather}",
    r"\begin{multline}%s\end{multline}",
    r"\begin{eqnarray}%s\end{eqnarray}",
    r"$$%s,$$",
    r"\[%s.\]",
    r"$$\begin{aligned}%s\end{aligned}$$",
    r"\[\boxed{%s}\]",
    "```math\n%s\n```",
]


@pytest.mark.parametrize("display", DISPLAYS)
def test_every_way_of_displaying_an_equation_is_read(display):
    for name in ("homework.tex", "homework.md"):
        assert lines("So\n" + display % RIGHT + "\nas we know.", name) == [("gradients.W2", "correct")]


def test_columns_and_signs_of_eqnarray_and_align_are_no_part_of_a_formula():
    rows = r"\frac{\partial J}{\partial b_1} & = & \delta \\ \nabla W_2 &= h^T \hat{y} - \quad h^T y \\[2ex]"
    assert lines(rf"\begin{{eqnarray}}{rows}\end{{eqnarray}}") == [("gradients.W2", "correct")]


def test_a_display_that_starts_with_a_sign_continues_the_one_before():
    text = rf"$$ {RIGHT} $$ which is $$ = h^T \hat{{y}} - h^T y $$ and wrongly $$ = h^T \hat{{y}} $$"
    assert lines(text) == [("gradients.W2", "correct")] * 2 + [("gradients.W2", "wrong")]


def test_an_arrow_starts_a_new_chain():
    text = r"$$ \frac{\partial J}{\partial h} = (\hat{y}-y) W_2^T \Rightarrow \nabla W_2 = h^T(\hat{y}-y) $$"
    assert lines(text) == [("gradients.W2", "correct"), ("gradients.h1", "correct")]


def test_a_row_that_starts_with_a_minus_goes_on_with_the_formula_before():
    rows = r"\nabla W_2 &= h^T \hat{y} \\ &\quad - h^T y"
    assert lines(rf"\begin{{align}}{rows}\end{{align}}") == [("gradients.W2", "correct")]
    assert lines(rf"\begin{{align}}{rows.replace('-', '+')}\end{{align}}") == [("gradients.W2", "wrong")]


def test_what_follows_behind_an_arrow_goes_on_with_nothing():
    text = rf"\begin{{align}}{RIGHT} \\ \Rightarrow &= h^T \hat{{y}}\end{{align}}"
    assert lines(text) == [("gradients.W2", "correct")]
    assert [each.reason for each in sheet(text).unread] == ["this goes on from nothing"]


def test_in_an_equation_of_no_quantity_too_what_follows_from_a_wrong_line_is_carried():
    (verdict,) = mark(SOLUTION, sheet("$$ h^T h = h^T h + 1 = 1 + h^T h = h^T h + 2 $$")).verdicts
    assert [line.verdict for line in verdict.lines] == ["wrong", "carried", "wrong"]
    assert verdict.line == 1


def test_an_update_is_told_by_the_parameter_on_both_sides():
    assert lines(r"$$ W_2 = W_2 - 0.5 \nabla W_2 $$") == [("updated.W2", "correct")]
    assert lines(r"$$ W_2 = W_2 + 0.5 \nabla W_2 $$") == [("updated.W2", "wrong")]
    assert lines(r"$$ W_2 \leftarrow W_2 - 0.5 \nabla_{W_2} J $$") == [("updated.W2", "correct")]


def test_plain_lines_are_answers_and_prose_is_not():
    text = "So x = 3 there, and\n\ndW2 = h1.T @ (yhat - y)\n- `dh1 = (yhat - y) @ W2`\nI think that a = b.\n"
    assert lines(text, "homework.md") == [("gradients.W2", "correct"), ("gradients.h1", "wrong")]


def test_places_are_those_of_the_file():
    comment = "% a comment with $$ x = 1 $$\n\n"
    text = "\\begin{align}\n  \\nabla W_2 &= h^T(\\hat{y} - y) \\tag{7}\\\\\n   &= \\foo{3}\n\\end{align}"
    found = sheet(comment + text)
    (line,) = found.answers[0].lines
    assert (line.place.path, line.place.line, line.place.column, line.number) == ("homework.tex", 4, 17, "7")
    (unread,) = found.unread
    assert (unread.place.line, unread.place.column) == (5, 7)
    assert r"unknown command '\foo'" in unread.reason


@pytest.mark.parametrize("command", ["newcommand{\\a}{b}", "def\\a{b}", "input{secret}", "write18{ls}", "include{x}"])
def test_what_would_do_something_in_tex_is_listed_and_not_done(command):
    found = sheet(f"\\begin{{document}}\n$$ {RIGHT} $$\n\\{command}\n\\end{{document}}")
    assert len(found.answers) == 1
    assert [each.place.line for each in found.unread] == [3]
    assert "isn't carried out" in found.unread[0].reason


def test_preamble_verbatim_and_comments_are_passed_over():
    text = rf"\newcommand{{\a}}{{b}} \begin{{document}} \begin{{verbatim}} $$ h = 2 $$ \end{{verbatim}} $$ {RIGHT} $$"
    found = sheet(text)
    assert (len(found.answers), found.unread) == (1, ())
    assert sheet(f"```python\n$$ h = 2 $$\n```\n$$ {RIGHT} $$", "a.md").unread == ()


@pytest.mark.parametrize("text", ["", "Only words, a = b.", "$$ h $$", r"\begin{align} h = 2"])
def test_a_write_up_without_equations_is_refused_with_its_place(text):
    with pytest.raises(InputError, match=r"homework\.tex:1"):
        answers_in(text, "homework.tex")


def test_what_is_not_marked_is_never_wrong():
    text = rf"$$ {RIGHT} $$ $$ \phi = \psi $$ $$ x = y $$ $$ 2 + 2 = 5 $$ $$ h < 1 $$"
    marks = mark(SOLUTION, sheet(text))
    assert [verdict.verdict for verdict in marks.verdicts if verdict.answer] == ["correct"]
    assert marks.all_right
    assert len(marks.unread) == 4


ABBREVIATED = """
notation: W @ x + b
let: {c: 0.5, m: 2}
inputs: {x: [[1], [2], [3]]}
parameters: {W: [[0.1, 0.2, 0.3], [0.3, 0.1, 0.2]], b: [[0.1], [0.2]]}
equations: {a: W @ x + b, L: 1.5 * sum(a ** 2)}
of: L
"""


@pytest.mark.parametrize(
    ("factor", "verdict"), [("6c", "correct"), ("c", "wrong"), ("1.5m", "correct"), ("2c", "wrong")]
)
def test_abbreviations_for_numbers_have_their_values_beside_letters_for_indices(factor, verdict):
    solution = solve(loads(ABBREVIATED), check=False)
    text = rf"$$ \frac{{\partial L}}{{\partial W_{{ij}}}} = {factor}\,a_i x_j $$"
    (found,) = mark(solution, sheet_of(answers_in(text, "homework.tex"), solution)).verdicts
    assert [line.verdict for line in found.lines] == [verdict]


HOSTILE = [
    "$$" + "{" * 19_000 + "=" + "$$",
    "$$" * 30_000,
    r"\[" * 30_000,
    r"\begin{align}" * 5_000,
    r"$$ h " + r"= h " * 3_000 + "$$",
    r"$$ h = " + r"\frac{" * 3_000 + "$$",
    r"$$ h = " + r"\left(" * 3_000 + "$$",
    "```\n" * 30_000,
    "%" * 200_000,
    "a = b\n" * 30_000,
    ("a" * 60 + " ") * 10_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_takes_little_time(text):
    within(2, lambda: taken_apart(text, "homework.tex"))


TANH = solve(
    loads(r"""
inputs: [1, 2]
targets: [0, 1, 0.5]
layers:
  - {weights: [[0.3, 0.6], [0.4, -0.5]], biases: [0.1, -0.6], activation: tanh}
  - {weights: [[0.2, 0.3, 0.5], [-0.4, 0.7, -0.1]], biases: [-0.1, 0.2, 0.4], activation: sigmoid}
loss: half_squared_error
lr: 0.5
"""),
    check=False,
)


def verdicts(tex: str) -> list[str]:
    """What is said of each line of one equation, in a network of tanh."""
    marks = mark(TANH, sheet_of(answers_in(rf"\[ {tex} \]", "homework.tex"), TANH))
    return [line.verdict for verdict in marks.verdicts for line in verdict.lines] or [
        verdict.verdict for verdict in marks.verdicts if verdict.verdict != "unanswered"
    ]


BY_NUMBERS_BELOW = r"W_2 \delta_2 \odot (1 - h_1^2)"
BY_LAYER_ABOVE = r"(W^2_{11} \delta^2_1 + W^2_{12} \delta^2_2 + W^2_{13} \delta^2_3)(1 - (h^1_1)^2)"


@pytest.mark.parametrize(
    ("tex", "verdict"),
    [
        (rf"\frac{{\partial L}}{{\partial a_1}} = {BY_NUMBERS_BELOW}", "correct"),
        (rf"\frac{{\partial L}}{{\partial a_1}} = {BY_NUMBERS_BELOW.replace('1 - h', '1 + h')}", "wrong"),
        (r"\frac{\partial L}{\partial a_1} = \frac{\partial L}{\partial h_1} \odot (1 - h_1^2)", "correct"),
        (r"\frac{\partial L}{\partial a^2_1} = (h^2_1 - y_1) h^2_1 (1 - h^2_1)", "correct"),
        (r"\frac{\partial L}{\partial W^2_{12}} = h^1_1 (h^2_2 - y_2) h^2_2 (1 - h^2_2)", "correct"),
        (r"\frac{\partial L}{\partial W^2_{12}} = h^1_1 (h^2_1 - y_2) h^2_2 (1 - h^2_2)", "wrong"),
        (rf"\frac{{\partial L}}{{\partial a^1_1}} = {BY_LAYER_ABOVE}", "correct"),
        (rf"\frac{{\partial L}}{{\partial a^1_2}} = {BY_LAYER_ABOVE}", "wrong"),
    ],
)
def test_two_numbers_at_a_name_are_read_as_the_formula_has_its_layers(tex, verdict):
    assert verdicts(tex) == [verdict]


@pytest.mark.parametrize(
    ("tex", "verdict"),
    [
        (r"\frac{\partial L}{\partial W^{(2)}_{13}} = h^{(1)}_{1} \delta^{(2)}_{3}", "correct"),
        (r"\frac{\partial L}{\partial W^{(2)}_{13}} = h^{(1)}_{2} \delta^{(2)}_{3}", "wrong"),
        (r"\frac{\partial L}{\partial h^{(1)}_1} = \sum_{k=1}^{3} W^{(2)}_{1k} \delta^{(2)}_k", "correct"),
        (r"\frac{\partial L}{\partial h^{(1)}_1} = \sum_{k=1}^{3} W^{(2)}_{2k} \delta^{(2)}_k", "wrong"),
    ],
)
def test_digits_and_letters_side_by_side_are_two_indices(tex, verdict):
    assert verdicts(tex) == [verdict]


@pytest.mark.parametrize(
    ("tex", "verdict"),
    [
        (r"\frac{\partial J}{\partial b_2} = 1^\top (\hat{y} - y)", "correct"),
        (r"\frac{\partial J}{\partial b_2} = 1^\top \frac{\hat{y} - y}{2}", "wrong"),
        (r"\frac{\partial J}{\partial b_1} = 1^\top ((\hat{y} - y) W_2^\top \odot h \odot (1 - h))", "correct"),
    ],
)
def test_a_row_of_ones_before_a_matrix_sums_its_columns(tex, verdict):
    marks = mark(SOLUTION, sheet(rf"\[ {tex} \]"))
    assert [each.verdict for each in marks.verdicts if each.verdict != "unanswered"] == [verdict]


def test_a_sum_over_samples_by_one_index_of_a_matrix_is_not_called_wrong():
    text = """
notation: x @ W + b
inputs: [[1, 0.5], [-0.3, 2], [0.7, -1.1]]
targets: [[1, 0], [0, 1], [1, 0]]
layers:
  - {weights: [[0.3, 0.6], [0.4, -0.5]], biases: [0.1, -0.6], activation: sigmoid}
  - {weights: [[0.2, 0.3], [-0.4, 0.7]], biases: [-0.1, 0.2], activation: softmax}
loss: cross_entropy
reduction: sum
"""
    solution = solve(loads(text), check=False)
    tex = r"\[ \frac{\partial L}{\partial W_2} = \sum_{n=1}^{3} h_1[n]^T (\hat{y}[n] - y[n]) \]"
    for written, verdict in ((tex, "unreadable"), (tex.replace("[n]", "[n,:]"), "correct")):
        marks = mark(solution, sheet_of(answers_in(written, "homework.tex"), solution))
        assert [each.verdict for each in marks.verdicts if each.verdict != "unanswered"] == [verdict]


TO_W2 = r"\frac{\partial J}{\partial \hat{y}} \frac{\partial \hat{y}}{\partial W_2}"


@pytest.mark.parametrize(
    ("tex", "found"),
    [
        (rf"\frac{{\partial J}}{{\partial h}} = {TO_W2} = h^T(\hat{{y}} - y)", [("gradients.W2", ["correct"] * 2)]),
        (rf"\frac{{\partial J}}{{\partial h}} = {TO_W2} = h^T \hat{{y}}", [("gradients.h1", ["unreadable", "wrong"])]),
        (
            rf"\frac{{\partial J}}{{\partial h}} = {TO_W2} = (\hat{{y}} - y) W_2^T",
            [("gradients.h1", ["unreadable", "correct"])],
        ),
    ],
)
def test_a_slip_on_the_left_side_makes_no_line_wrong_that_is_right_for_what_the_chain_is_about(tex, found):
    marks = mark(SOLUTION, sheet(rf"\[ {tex} \]"))
    told = [each for each in marks.verdicts if each.verdict != "unanswered"]
    assert [(each.quantity, [line.verdict for line in each.lines]) for each in told] == found
    remarks = [each.answer.remark for each in told]
    assert remarks == (["the left side says h1, the chain is about W2"] if found[0][0] == "gradients.W2" else [""])


SAMPLES = r"""
over: {k: K}
parameters: {v: vector(d), u_o: vector(d), "u[k]": vector(d)}
equations:
  J: -log(sigmoid(u_o.T @ v)) - sum(log(sigmoid(-u[k].T @ v)), k)
of: J
symbols: {"u[k]": u_k, sigmoid: '\sigma'}
"""
TO_V = r"\frac{\partial J}{\partial v} = -(1 - \sigma(u_o^T v)) u_o + \sum_{k=1}^K"


@pytest.mark.parametrize(
    ("tex", "verdict"),
    [
        (r"\frac{\partial J}{\partial u_k} = \sigma(u_k^T v) v", "correct"),
        (r"\frac{\partial J}{\partial u_j} = (1 - \sigma(-u_j^T v)) v", "correct"),
        (r"\frac{\partial J}{\partial u_k} = (1 - \sigma(u_k^T v)) v", "wrong"),
        (rf"{TO_V} \sigma(u_k^T v) u_k", "correct"),
        (rf"{TO_V.replace('k=1', 'j=1')} \sigma(u_j^T v) u_j", "correct"),
        (rf"{TO_V} \sigma(u_k^T v) v", "wrong"),
    ],
)
def test_a_letter_counts_the_members_of_a_family(tex, verdict):
    solution = solve(loads(SAMPLES), check=False)
    marks = mark(solution, sheet_of(answers_in(rf"\[ {tex} \]", "homework.tex"), solution))
    assert [each.verdict for each in marks.verdicts if each.verdict != "unanswered"] == [verdict]


HEAD = r"""
notation: x @ W + b
inputs: {Q: T×d, K: T×d, V: T×v}
equations: {S: Q @ K.T / sqrt(d), A: softmax(S), O: A @ V}
upstream: {O: T×v}
"""


@pytest.mark.parametrize(
    ("tex", "verdict"),
    [
        (r"S_{ij} = \frac{1}{\sqrt{d}} \sum_k Q_{ik} K_{jk}", "correct"),
        (r"S_{ij} = \frac{1}{d} \sum_k Q_{ik} K_{jk}", "wrong"),
        (r"dQ_{ik} = \frac{1}{\sqrt{d}} \sum_j dS_{ij} K_{jk}", "correct"),
        (r"dQ_{ik} = \sum_j dS_{ij} K_{jk}", "wrong"),
        (r"dQ = \frac{1}{\sqrt{d}} dS K", "correct"),
        (r"dQ = \frac{1}{\sqrt{T}} dS K", "wrong"),
    ],
)
def test_a_size_of_the_problem_stands_in_tex_and_d_before_a_quantity_is_none(tex, verdict, tmp_path):
    (tmp_path / "homework.tex").write_text(rf"\[ {tex} \]")
    marks, *_ = marked(loads(HEAD), str(tmp_path / "homework.tex"), Marking())
    assert [each.verdict for each in marks.verdicts if each.verdict != "unanswered"] == [verdict]


SOFTMAX = r"""
inputs: {o: vector(K)}
equations: {p: softmax(o), L: sum(p * p)}
of: L
"""
WITHIN = r"\frac{\partial \sum_j \exp(o_j)}{\partial o_k}"
TO_O = r"\frac{\partial p_i}{\partial o_k} = \frac{\frac{\partial \exp(o_i)}{\partial o_k} \sum_j \exp(o_j)"


@pytest.mark.parametrize(
    ("tex", "verdict"),
    [
        (
            rf"{TO_O} - \frac{{\partial \sum_j \exp(o_j)}}{{\partial o_k}} \exp(o_i)}}{{(\sum_j \exp(o_j))^2}}",
            "correct",
        ),
        (rf"{TO_O} + \frac{{\partial \sum_j \exp(o_j)}}{{\partial o_k}} \exp(o_i)}}{{(\sum_j \exp(o_j))^2}}", "wrong"),
    ],
)
def test_a_sum_ends_before_a_term_whose_letter_is_that_of_a_sum_of_its_own(tex, verdict):
    solution = solve(loads(SOFTMAX), check=False)
    marks = mark(solution, sheet_of(answers_in(rf"\[ {tex} \]", "homework.tex"), solution))
    assert [each.verdict for each in marks.verdicts if each.verdict != "unanswered"] == [verdict]


PENALISED = """
parameters: {P: n×k, Q: k×m, V: n×k}
inputs: {R: n×m}
loss: sum((R - P @ Q) ** 2) / 2 + sum(P ** 2) + sum(V ** 2)
"""
ERRORS = r"\frac{1}{2} \sum_{i,j} (R_{ij} - \sum_l P_{il} Q_{lj})^2"


@pytest.mark.parametrize(
    "right",
    [
        rf"L = {ERRORS} + \sum_{{i,l}} P_{{il}}^2 + \sum_{{i,l}} V_{{il}}^2",
        rf"L = \sum_{{ij}} P_{{ij}}^2 + \sum_{{ij}} V_{{ij}}^2 + {ERRORS}",
        rf"L = \sum_{{i,j}} P_{{ij}}^2 + {ERRORS} + \sum_{{j=1}}^k \sum_{{i=1}}^n V_{{ij}}^2",
    ],
)
def test_a_sum_over_two_letters_ends_before_another_over_the_same(right, tmp_path):
    text = f"$$ {right} $$"
    assert said(PENALISED, text, tmp_path) == ["correct"]
    assert said(PENALISED, text.replace("V_", "P_"), tmp_path) == ["wrong"]


PAIRS = r"""
inputs: {o: vector(K)}
targets: {y: one_hot(K)}
equations: {p: softmax(o), L: "cross_entropy(p, y)"}
of: L
symbols: {p: p}
"""


def said(problem: str, text: str, tmp_path) -> list[str]:
    """The verdict on each line that can be marked, in letters."""
    (tmp_path / "homework.md").write_text(text)
    marks, *_ = marked(loads(problem), str(tmp_path / "homework.md"), Marking())
    return [line.verdict for verdict in marks.verdicts for line in verdict.lines]


@pytest.mark.parametrize(
    ("words", "right", "verdicts"),
    [
        ("If $i = k$,", "p_k (1 - p_k)", ["correct"]),
        ("If $k=i$,", "p_i (1 - p_i)", ["correct"]),
        ("So", "p_k (1 - p_k)", []),
        ("If $i = k$,", "p_k (1 + p_k)", ["wrong"]),
        ("If $i = k$,", "p_i (1 - p_k) - p_k p_i", ["wrong"]),
    ],
)
def test_a_line_for_equal_letters_is_right_where_the_words_before_say_so(words, right, verdicts, tmp_path):
    text = rf"{words}" + "\n" + rf"$$ \frac{{\partial p_i}}{{\partial o_k}} = {right} $$"
    assert said(PAIRS, text, tmp_path) == verdicts


@pytest.mark.parametrize(
    ("right", "verdicts"),
    [
        (r"p_k - 1", ["correct"]),
        (r"- y_k (1 - p_k) + \sum_{i \neq k} y_i p_k", ["correct"]),
        (r"- y_k (1 - p_k) - \sum_{i \neq k} y_i p_k", ["wrong"]),
    ],
)
def test_a_wrong_line_with_the_target_in_it_is_not_excused_by_where_it_holds(right, verdicts, tmp_path):
    assert said(PAIRS, rf"$$ \frac{{\partial L}}{{\partial o_k}} = {right} $$", tmp_path) == verdicts


@pytest.mark.parametrize(
    ("case", "verdict"),
    [("p_k (1 - p_k)", "correct"), ("p_k (1 + p_k)", "wrong"), ("p_k", "wrong")],
)
def test_cases_say_themselves_what_holds_where_letters_are_equal(case, verdict, tmp_path):
    cases = rf"\begin{{cases}} {case} & i = k \\ -p_k p_i & i \neq k \end{{cases}}"
    assert said(PAIRS, rf"$$ \frac{{\partial p_i}}{{\partial o_k}} = {cases} $$", tmp_path) == [verdict]
