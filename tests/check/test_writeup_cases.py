"""Lines of write-ups that hold for one class alone, diagonals of Jacobians, shapes that don't fit, letters with a slip.

What is right follows from ∂L/∂z = softmax(z) − y and the chain rule; each right line stands beside spoilt copies.
"""

from __future__ import annotations

import handed_in
import pytest

from gradcalc.check.answers.facts import Facts
from gradcalc.check.mistakes.in_lines import slips
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

CLASSES = r"""
inputs: {z: vector(K)}
targets: {y: one_hot(K)}
equations: {p: softmax(z), L: "cross_entropy(p, y)"}
of: L
"""
BATCH = r"""
notation: x @ W + b
inputs: N×Dx
targets: one_hot(Dy, N)
layers:
  - {weights: Dx×H, biases: 1×H, activation: sigmoid}
  - {weights: H×Dy, biases: 1×Dy, activation: softmax}
loss: cross_entropy
reduction: sum
symbols: {x: X, W1: W_1, b1: b_1, W2: W_2, b2: b_2, a1: a, h1: h, a2: z, yhat: P, y: Y, loss: L}
"""


def lines(text, tmp_path, problem=BATCH):
    return handed_in.lines(problem, text, tmp_path)


def words(text, tmp_path, problem=BATCH):
    return [word for word, _ in lines(text, tmp_path, problem)]


@pytest.mark.parametrize(
    ("chain", "found"),
    [
        ("p_i - 1", [("correct", "right where the target is 1")]),
        (r"\frac{e^{z_i}}{\sum_j e^{z_j}}", [("correct", "right where the target is 0")]),
        ("p_i - 1 = p_i - y_i", [("correct", "right where the target is 1"), ("correct", "right")]),
        (
            "p_i - 1 = p_i",
            [
                ("correct", "right where the target is 1"),
                ("wrong", "right where the target is 0, and a line before where it isn't"),
            ],
        ),
    ],
)
def test_a_line_for_one_class_alone_is_right_where_that_is_the_target(chain, found, tmp_path):
    text = rf"$$ \frac{{\partial L}}{{\partial z_i}} = {chain} $$"
    assert lines(text, tmp_path, CLASSES) == found


@pytest.mark.parametrize("spoilt", ["p_i + 1", "1 - p_i", "2 p_i", "y_i (p_i - 1)", "p_i (1 - y_i)", "p_i - 2 y_i"])
def test_a_line_that_is_for_no_class_is_wrong(spoilt, tmp_path):
    text = rf"$$ \frac{{\partial L}}{{\partial z_i}} = {spoilt} $$"
    assert words(text, tmp_path, CLASSES) == ["wrong"]


@pytest.mark.parametrize(
    "cases",
    [
        r"p_k (1 - p_k), & k = i,\\ %sp_k p_i, & k \neq i.",
        r"p_k (1 - p_k), & \text{if } k = i;\\ %sp_k p_i, & \text{otherwise}.",
        r"p_k (1 - p_k), & \text{if } k = i,\\ %sp_k p_i, & \text{else.}",
    ],
)
def test_conditions_of_cases_may_end_with_a_stop(cases, tmp_path):
    text = rf"$$ \frac{{\partial p_k}}{{\partial z_i}} = \begin{{cases}} {cases} \end{{cases}} $$"
    assert words(text % "-", tmp_path, CLASSES) == ["correct"]
    assert words(text % "", tmp_path, CLASSES) == ["wrong"]


def test_entries_of_a_batch_for_one_class_alone(tmp_path):
    text = r"$$ \frac{\partial L}{\partial z_{ij}} = P_{ij} - 1 $$"
    assert lines(text, tmp_path) == [("correct", "right where the target is 1")]
    assert words(text.replace("- 1", "+ 1"), tmp_path) == ["wrong"]


@pytest.mark.parametrize(
    ("slope", "word"), [("h(1 - h)", "correct"), (r"h \odot (1 - h)", "correct"), ("h(1 + h)", "wrong"), ("h", "wrong")]
)
def test_a_diagonal_jacobian_may_be_given_as_its_diagonal(slope, word, tmp_path):
    assert words(rf"$$ \frac{{\partial h}}{{\partial a}} = {slope} $$", tmp_path) == [word]


def test_only_a_jacobian_is_given_as_its_diagonal(tmp_path):
    assert words(r"$$ \text{diag}(z_{1:}) + 0 = z $$", tmp_path, CLASSES) != ["correct"]


def test_a_name_for_a_slope_holds_in_what_follows(tmp_path):
    text = r"$$ \frac{\partial h}{\partial a} = \text{sg}(h) $$ $$ \frac{\partial L}{\partial a} = %s $$"
    right = r"(P - Y) W_2^T \odot \text{sg}(h)"
    assert words(text.replace("%s", right), tmp_path) == ["correct"]
    assert words(text.replace("%s", right.replace("- Y", "+ Y")), tmp_path) == ["wrong"]
    assert words(text.replace("%s", right.replace(r"\odot", "+")), tmp_path) == ["wrong"]


def test_what_isnt_said_what_it_is_isnt_read(tmp_path):
    ((word, said),) = lines(r"$$ \frac{\partial L}{\partial a} = (P - Y) W_2^T \odot \text{sg}(h) $$", tmp_path)
    assert (word, said) == ("unread", "unknown name 'sg'")


def test_brackets_that_are_lost_are_told_by_the_shapes(tmp_path):
    left = r"\frac{\partial L}{\partial h}"
    assert words(rf"$$ {left} = (P - Y) W_2^T $$", tmp_path) == ["correct"]
    for line in (rf"{left} = P - Y W_2^T", r"\frac{\partial L}{\partial h_{ab}} = (P - Y W_2^T)_{ab}"):
        ((word, said),) = lines(f"$$ {line} $$", tmp_path)
        assert word == "wrong"
        assert "don't fit together" in said
        assert not any(digit in said for digit in "3456789")  # sizes are told by their letters


def test_the_loss_of_a_batch_is_that_of_all_its_samples(tmp_path):
    assert words(r"$$ L = CE(Y, P) = CE(Y, \text{softmax}(z)) $$", tmp_path) == ["correct", "correct"]
    assert words(r"$$ L = CE(P, \text{softmax}(z)) $$", tmp_path) == ["wrong"]
    mean = BATCH.replace("reduction: sum", "reduction: mean")
    assert words(r"$$ L = CE(Y, P) $$", tmp_path, mean) == ["correct"]


def test_a_sum_of_rows_goes_on_behind_a_sign(tmp_path):
    text = r"$$ \frac{\partial L}{\partial b_2} = \sum_{i=1}^N P - Y $$"
    assert words(text, tmp_path) == ["correct"]
    assert words(text.replace("P - Y", "P + Y"), tmp_path) == ["wrong"]


def test_an_index_with_another_letter_is_told(tmp_path):
    text = r"$$ \frac{\partial L}{\partial (b_2)_a} = \sum_i (P - Y)_{if} $$"
    ((word, said),) = lines(text, tmp_path)
    assert (word, said) == ("imprecise", "right, with the index f for a")
    assert words(text.replace("- Y", "+ Y"), tmp_path) == ["unread"]


def test_two_letters_for_one_index_say_that_two_entries_are_alike(tmp_path):
    text = r"$$ \frac{\partial L}{\partial (b_2)_a} = \sum_i (P_{ia} - Y_{ia}) $$"
    assert words(text, tmp_path) == ["correct"]
    ((word, said),) = lines(text.replace("Y_{ia}", "Y_{if}"), tmp_path)
    assert (word, said) == ("wrong", "the index f stands where a belongs")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (r"\frac{\partial L}{\partial h_{ab}} = \sum_j (P - Y)_{aj} W_{bj}", "correct"),
        (r"\frac{\partial L}{\partial h_{ab}} = \sum_j (P - Y)_{aj} W_{jb}", "wrong"),
        (r"\frac{\partial L}{\partial h_{ab}} = \sum_j (P + Y)_{aj} W_{bj}", "wrong"),
        (r"\frac{\partial L}{\partial h_{ab}} = \sum_j (P - Y)_{aj} W^T_{jb} = [(P - Y) W_2^T]_{ab}", "correct"),
        (
            r"\frac{\partial a_{ij}}{\partial X_{kl}} = \begin{cases} W_{lj} & i=k \\ 0 & i \neq k \end{cases}",
            "correct",
        ),
        (
            r"\frac{\partial a_{ij}}{\partial X_{kl}} = \begin{cases} W_{jl} & i=k \\ 0 & i \neq k \end{cases}",
            "wrong",
        ),
    ],
)
def test_a_letter_without_its_number_is_the_one_with_which_the_line_holds(line, word, tmp_path):
    assert {*words(f"$$ {line} $$", tmp_path)} == {word}


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (r"P_{ab} - 1 & b = \text{label}[a] \\ P_{ab} & b \neq \text{label}[a]", "correct"),
        (r"P_{ab} - 1 & \text{if } b = \text{label}_a \\ P_{ab} & \text{otherwise}", "correct"),
        (r"P_{ab} - 1 & \text{class}(a) = b \\ P_{ab} & \text{else}", "correct"),
        (r"P_{ab} & b = \text{label}[a] \\ P_{ab} - 1 & b \neq \text{label}[a]", "wrong"),
        (r"P_{ab} + 1 & b = \text{label}[a] \\ P_{ab} & b \neq \text{label}[a]", "wrong"),
    ],
)
def test_the_class_of_a_sample_is_where_its_target_is_one(line, word, tmp_path):
    text = rf"$$ \frac{{\partial L}}{{\partial z_{{ab}}}} = \begin{{cases}} {line} \end{{cases}} $$"
    assert words(text, tmp_path) == [word]


def test_the_entry_of_a_samples_class(tmp_path):
    first, second = r"-\sum_i \log P_{i, \text{label}[i]}", r"\sum_i (\log \sum_j e^{z_{ij}} - z_{i, \text{label}[i]})"
    text = f"$$ L = {first} = {second} $$"
    assert words(text, tmp_path) == ["correct", "correct"]
    assert words(text.replace(r"- z_{i", r"+ z_{i"), tmp_path) == ["correct", "wrong"]


def test_slips_are_those_of_the_line():
    def found(text, *functions):
        return [each.text for each in slips(text, frozenset(functions))]

    assert "sigmoid(x) * (1 - sigmoid(x))" in found("sigmoid(x) * sigmoid(1 - x)")
    assert "y @ log(softmax(h @ W))" in found("y @ log(h @ W)", "softmax")
    assert not any("softmax" in each for each in found("y @ log(h @ W)", "sigmoid"))
    assert not any("softmax(softmax" in each for each in found("y @ log(softmax(h @ W))", "softmax"))


def test_a_letter_without_its_number_may_be_all_of_them(tmp_path):
    text = r"$$ \frac{\partial \Vert W \Vert^2}{\partial W_2} = 2 W_2 $$"
    assert "wrong" not in words(text, tmp_path)


WITH_LETTER = CLASSES.replace("one_hot(K)", '"one_hot(K, at=k)"')


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (r"\frac{\partial L}{\partial z_k} = p_k - 1", "correct"),
        (r"\frac{\partial L}{\partial z_k} = p_k", "wrong"),
        (r"\frac{\partial L}{\partial z_i} = p_i - 1 \quad \text{if } i = k", "correct"),
        (r"\frac{\partial L}{\partial z_i} = p_i - 1 \quad \text{if } i \neq k", "wrong"),
        (r"\frac{\partial L}{\partial z_i} = p_i, \quad \text{for } i \neq k", "correct"),
        (r"\frac{\partial L}{\partial z_i} = p_i - 1, \quad \text{if } y_i = 1", "correct"),
        (r"\frac{\partial L}{\partial z_i} = p_i - 1, \quad \text{if } y_i = 0", "wrong"),
        (r"\frac{\partial L}{\partial z_i} = p_i \qquad (i \neq k)", "correct"),
        (r"\frac{\partial L}{\partial z_i} = p_i - 1 \qquad (i \neq k)", "wrong"),
    ],
)
def test_a_condition_says_for_which_class_a_line_is(line, word, tmp_path):
    assert words(f"$$ {line} $$", tmp_path, WITH_LETTER) == [word]


@pytest.mark.parametrize(
    ("before", "line", "word"),
    [
        ("For $i = k$:", "p_i - 1", "correct"),
        (r"For $i \neq k$:", "p_i", "correct"),
        (r"For $i \neq k$:", "p_i - 1", "unread"),
        ("For $i = k$ we get", "p_i", "unread"),
        ("As shown,", "p_i", "correct"),
    ],
)
def test_words_before_a_line_may_say_another_class(before, line, word, tmp_path):
    text = f"$$ p = \\text{{softmax}}(z) $$\n{before}\n$$ \\frac{{\\partial L}}{{\\partial z_i}} = {line} $$"
    assert words(text, tmp_path, WITH_LETTER) == ["correct", word]


@pytest.mark.parametrize(("targets", "found"), [("[1, 0]", "y"), ("[0.3, 0.7]", ""), ("[1, 1]", "")])
def test_targets_are_of_one_class_where_they_are_one_hot(targets, found):
    """Soft targets add up to 1 too, and have no class of which `k` could be the number."""
    text = f"inputs: {{z: [0.2, 0.5]}}\ntargets: {{y: {targets}}}\nequations: {{L: sum(y * z)}}\nof: L\n"
    assert Facts(solve(loads(text), check=False)).one_hot == found
