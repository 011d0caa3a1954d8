r"""Conditions in the words beside a display: `since $W$ is symmetric`, `for $z_i > 0$`; equations as conditions.

What is right is so by the definitions: d(xᵀWx/2)/dx = (W + Wᵀ)x/2, which is Wx where W = Wᵀ; relu has the slope 1
where its argument is positive and 0 where it is negative; uᵀu = 1 of a unit vector; ∂pᵢ/∂zⱼ = pᵢ(1 − pⱼ) where i = j.
"""

from __future__ import annotations

import handed_in
import pytest

FORM = """
inputs: {x: vector(d), u: vector(d), v: vector(d), c: scalar}
parameters: {W: d×d, a: scalar}
equations:
  z: W @ x
  L: dot(x, z) / 2
of: L
"""
GATES = """
inputs: {x: vector(d)}
parameters: {W: m×d, b: vector(m), w: vector(m)}
targets: {y: scalar}
equations:
  z: W @ x + b
  h: relu(z)
  p: dot(w, h)
  L: (p - y) ** 2 / 2
of: L
"""
SCORES = """
inputs: {z: vector(K)}
targets: {y: one_hot(K)}
equations:
  p: softmax(z)
  L: cross_entropy(p, y)
of: L
"""
RIGHT = [
    (FORM, r"With $\|u\| = 1$, $$ u^T (x + u) = u^T x + 1 $$", "+ 1", "+ 2"),
    (FORM, r"Let $u$ be a unit vector. Then $$ u^T (x + u) = u^T x + 1 $$", "+ 1", "+ 2"),
    (FORM, r"$$ u^T (x + u) = u^T x + 1 $$ where $\|u\| = 1$.", "+ 1", "- 1"),
    (FORM, r"$$ u^T (x + u) = u^T x + 1 \quad \text{if } \|u\| = 1 $$", "+ 1", "+ 2"),
    (FORM, r"$$ u^T (x + u) = u^T x + 1 \quad \text{where } \|u\| = 1 $$", "+ 1", "+ 2"),
    (FORM, r"Since $u$ and $v$ are orthogonal, $$ (u + v)^T u = u^T u $$", "= u^T", "= 2 u^T"),
    (FORM, "If $v$ is orthogonal to $u$,\n\n$$\n(u + v)^T u = u^T u\n$$\n", "= u^T", "= 2 u^T"),
    (FORM, r"Suppose $a = 2$. Then $$ a^2 x = 4 x $$", "4", "2"),
    (FORM, r"Since $a$ is positive, $$ |a| = a $$", "= a", "= 2 a"),
    (FORM, r"Since $W$ is symmetric, $$ \frac{\partial L}{\partial x} = W x $$", "= W", "= 2 W"),
    (FORM, r"$$ \frac{\partial L}{\partial x} = W x $$ as $W = W^T$.", "= W x", "= - W x"),
    (FORM, r"If $W$ is orthogonal, $$ z^T z = x^T x $$", "= x", "= 2 x"),
    (GATES, r"For $z_i > 0$, $$ \frac{\partial h_i}{\partial z_i} = 1 $$", "> 0", "< 0"),
    (GATES, r"If $z_i < 0$ then $$ \frac{\partial h_i}{\partial z_i} = 0 $$", "< 0", "> 0"),
    (
        GATES,
        r"$$ \frac{\partial L}{\partial W_{ji}} = (p - y) w_j x_i $$ if $z_j > 0$ and zero otherwise.",
        "- y",
        "+ y",
    ),
    (GATES, r"Assume $z > 0$ elementwise. $$ \frac{\partial L}{\partial b} = (p - y) w $$", "- y", "+ y"),
    (GATES, r"$$ \frac{\partial h_i}{\partial z_i} = 1, \quad z_i > 0 $$", "= 1", "= 2"),
    (GATES, r"\begin{align} \frac{\partial L}{\partial b_i} &= (p - y) w_i, && z_i > 0 \end{align}", "- y", "+ y"),
    (GATES, r"For $i \neq j$, $$ \frac{\partial h_i}{\partial z_j} = 0 $$", "= 0", "= 1"),
    (GATES, r"If $w_i = 0$, $$ \frac{\partial L}{\partial b_i} = 0 $$", "} = 0", "} = 1"),
    (
        GATES,
        r"For $w_i = 1$, $$ \frac{\partial p}{\partial z_i} = \frac{\partial h_i}{\partial z_i} $$",
        "= \\f",
        "= 2 \\f",
    ),
    (SCORES, r"For $i = j$, $$ \frac{\partial p_i}{\partial z_j} = p_i (1 - p_j) $$", "(1 -", "(1 +"),
    (FORM, r"If $a = c$, $$ a x = c x $$", "= c x", "= 2 c x"),
    (GATES, r"If all units are active, $$ \frac{\partial L}{\partial W} = (p - y) w x^T $$", "- y", "+ y"),
    (GATES, r"When every unit is dead, $$ \frac{\partial L}{\partial b_i} = 0 $$", "0", "(p - y) w_i"),
    (GATES, r"For $z_i > 0$ the unit is on. The slope is $$ \frac{\partial h_i}{\partial z_i} = 1 $$", "= 1", "= 2"),
    (FORM, r"Since $W$ is positive definite, $$ \frac{\partial L}{\partial x} = W x $$", "= W", "= 2 W"),
    (FORM, r"Let $W$ be diagonal. $$ \frac{\partial L}{\partial x_i} = W_{ii} x_i $$", "= W", "= 2 W"),
    (FORM, r"Because $W$ is orthonormal, $$ W^T z = x $$", "= x", "= 2 x"),
    (FORM, r"If $a = 2$ it is simple. Then $$ a^2 x = 4 x $$", "4", "2"),
    (FORM, r"We have $u^T u = 1$ since $\|u\| = 1$. This gives $$ u^T (x + u) = u^T x + 1 $$", "+ 1 $$", "+ 2 $$"),
]
WRONG = [  # what stands beside them says nothing that would make them right
    (FORM, r"$$ \frac{\partial L}{\partial x} = W x $$"),
    (FORM, r"For $c > 0$, $$ \frac{\partial L}{\partial x} = W x $$"),
    (FORM, r"Since $u$ is a unit vector, $$ \frac{\partial L}{\partial x} = W x $$"),
    (FORM, r"Because $W$ is a matrix, $$ \frac{\partial L}{\partial x} = W x $$"),
    (FORM, r"$$ \frac{\partial L}{\partial x} = z $$ where $z = W x$."),
    (GATES, r"Since $h = \mathrm{relu}(z)$, $$ \frac{\partial L}{\partial W_{ji}} = (p - y) w_j x_i $$"),
    (GATES, r"$$ \frac{\partial L}{\partial W_{ji}} = (p - y) w_j x_i $$ where $h = z + 0 b$."),
    (GATES, r"For $p > y$, $$ \frac{\partial L}{\partial W_{ji}} = (p - y) w_j x_i $$"),
    (GATES, r"$$ \frac{\partial h_i}{\partial z_i} = 1 $$"),
    (GATES, r"For $x > 0$, $$ \frac{\partial h_i}{\partial z_i} = 1 $$"),
    (GATES, r"For $x > 0$, $$ \frac{\partial L}{\partial b} = (p - y) w $$"),
    (GATES, r"For $x > 0$, $$ |z_i| = z_i $$"),
    (GATES, r"$$ \frac{\partial h_i}{\partial z_i} = 1 \quad \text{if } x > 0 $$"),
    (FORM, r"If $x = 0$ the loss is zero. Now the gradient is $$ \frac{\partial L}{\partial x} = W x $$"),
    (FORM, r"For $x = 0$ nothing is to do. We take the general case. $$ \frac{\partial L}{\partial x} = z $$"),
    (FORM, r"When $W = W^T$ it is short. In general $$ \frac{\partial L}{\partial x} = W x $$"),
    (GATES, r"If the unit is active, we write $$ \frac{\partial L}{\partial w} = 2 (p - y) h $$"),
]
"""Those that may be right are left out: `when the unit is saturated` says where, but not as a formula."""


@pytest.fixture
def verdicts(tmp_path):
    return lambda problem, text: [w for w, _ in handed_in.lines(problem, text, tmp_path)]


@pytest.mark.parametrize(("problem", "right", "old", "new"), RIGHT, ids=range(len(RIGHT)))
def test_a_line_holds_where_the_words_beside_it_say(verdicts, problem, right, old, new):
    assert right.count(old) == 1
    assert verdicts(problem, right) == ["correct"]
    assert verdicts(problem, right.replace(old, new)) == ["wrong"]


@pytest.mark.parametrize(
    ("right", "old", "new"),
    [
        (r"\frac{\partial L}{\partial x} = W x \quad \text{where } W = W^T", "= W x", "= 2 W x"),
        (r"\frac{\partial L}{\partial x} = W x \\ & \text{where } W^T = W.", "= W x", "= -W x"),
        (r"\| a x \|^2 = 4 x^T x \quad \text{where } a = 2", "= 4", "= 2"),
        (r"a x_i = c x_i, \text{ where } a = c", "= c x", "= 2 c x"),
    ],
)
def test_an_equation_of_given_values_behind_where_is_a_condition(verdicts, right, old, new):
    first, *others = verdicts(FORM, f"$$ {right} $$")
    assert (first, "wrong" in others) == ("correct", False)
    assert verdicts(FORM, f"$$ {right.replace(old, new)} $$")[0] == "wrong"


@pytest.mark.parametrize(
    "text",
    [
        r"\frac{\partial L}{\partial x} = W x \quad \text{where } z = W x",
        r"\frac{\partial L}{\partial x} = W x \\ z &= W x && \text{where } W = W^T",
    ],
)
def test_what_is_worked_out_and_another_row_are_no_condition(verdicts, text):
    found = verdicts(FORM, rf"\begin{{align}} {text} \end{{align}}")
    assert {*found[:2]} == {"wrong", "correct"}


@pytest.mark.parametrize(("problem", "text"), WRONG, ids=range(len(WRONG)))
def test_words_that_make_nothing_right_leave_a_wrong_line_wrong(verdicts, problem, text):
    assert verdicts(problem, text) == ["wrong"]


def test_a_condition_in_words_alone_is_told(tmp_path):
    ((word, why),) = handed_in.lines(
        GATES, r"If all units are saturated, $$ \frac{\partial L}{\partial W} = (p - y) w x^T $$", tmp_path
    )
    assert (word, "said in words" in why) == ("unreadable", True)


def test_a_condition_that_is_met_nowhere_is_told(tmp_path):
    text = r"If $y - p = 0$, $$ \frac{\partial L}{\partial w} = p h $$"
    ((word, why),) = handed_in.lines(GATES, text, tmp_path)
    assert (word, "nothing that was tried" in why) == ("unreadable", True)


@pytest.mark.parametrize(
    "text",
    [
        r"For $z_i > 4$, $$ \frac{\partial h_i}{\partial z_i} = 1 $$",
        r"If $h_i = y$, $$ \frac{\partial L}{\partial w_i} = p h_i - h_i^2 $$",
    ],
)
def test_a_right_line_is_not_wrong_where_it_could_not_be_tried(text, tmp_path):
    ((word, why),) = handed_in.lines(GATES, text, tmp_path)
    assert (word, "nothing that was tried" in why) == ("unread", True)


def test_two_conditions_hold_together(verdicts):
    text = r"For $z_i > 0$ and $w_i > 0$, $$ \left| \frac{\partial p}{\partial b_i} \right| = w_i $$"
    assert verdicts(GATES, text) == ["correct"]
    assert verdicts(GATES, text.replace("w_i > 0", "w_i < 0")) == ["wrong"]
    both = r"If $a = 1$ and $c = 2$, $$ (a + c) x = 3 x $$"
    assert verdicts(FORM, both) == ["unread"]  # two equations at once are tried nowhere


def test_words_behind_a_display_are_not_about_the_next(verdicts):
    text = r"$$ \frac{\partial h_i}{\partial z_i} = 1 $$ if $z_i > 0$, and $$ \frac{\partial h_i}{\partial z_i} = 1 $$"
    assert verdicts(GATES, text) == ["correct", "wrong"]


def test_what_never_holds_makes_no_line_right(verdicts):
    text = r"$$ q^T (A q + q) = q^T A q + {} \quad \text{{if }} \|q\| = 1 $$"
    assert [verdicts(FORM, text.format(number)) for number in (1, 5)] == [["unread"], ["unread"]]


@pytest.mark.parametrize("beside", [r"\text{where } y_k = 1", r"\quad y_k = 1"])
def test_where_the_target_is_1_says_nothing_that_could_be_wrong(tmp_path, beside):
    text = rf"$$ \frac{{\partial L}}{{\partial z_k}} = p_k - y_k, {beside} $$"
    *_, (word, why) = handed_in.lines(SCORES, text, tmp_path)
    assert (word, "a condition, not a value" in why) == ("unread", True)
    assert handed_in.verdicts(SCORES, r"p_k = 1", tmp_path) == ["wrong"]  # what is worked out has a value


def test_each_line_of_a_chain_holds_where_the_words_say(verdicts):
    text = r"Since $W$ is symmetric, $$ \frac{\partial L}{\partial x_i} = \sum_j W_{ij} x_j = (W x)_i $$"
    assert verdicts(FORM, text) == ["correct", "correct"]
    assert verdicts(FORM, text.replace("= (W x)", "= (W^T W x)")) == ["correct", "wrong"]
    assert verdicts(FORM, text.replace("symmetric", "square"))[0] == "wrong"


SAID_OF_INDICES = [  # what is said of i and j, and whether p_i(1 - p_j) is the derivative there, or -p_i p_j
    ("For $i = j$ the quotient rule gives two terms. We simplify them below.\n\n", True),
    ("**Case 1: $i = j$**. Both terms are there.\n\n", True),
    ("*Case 1 (i = j).* It is:\n", True),
    (r"When \(i = j\), we have this. Here it is:" + "\n", True),
    ("The case $i = j$ is over. Now let $i \\neq j$. The numerator vanishes.\n", False),
    ("We write $k = m$ for short. The derivative is this.\n", None),
    ("Let $p = p$ be. The derivative is this.\n", None),
    ("", None),
]


@pytest.mark.parametrize(("words", "are_equal"), SAID_OF_INDICES, ids=range(len(SAID_OF_INDICES)))
def test_what_is_said_of_indices_some_sentences_before(verdicts, words, are_equal):
    alike = words + r"$$ \frac{\partial p_i}{\partial z_j} = p_i (1 - p_j) $$"
    assert verdicts(SCORES, alike) == ["correct" if are_equal else "wrong"]
    assert verdicts(SCORES, alike.replace("1 -", "1 +")) == ["wrong"]
    apart = words + r"$$ \frac{\partial p_i}{\partial z_j} = -p_i p_j $$"
    assert verdicts(SCORES, apart) == ["wrong" if are_equal else "correct"]


def test_it_holds_up_to_the_next_display_with_a_sentence_before_it(verdicts):
    line = r"$$ \frac{\partial p_i}{\partial z_j} = p_i (1 - p_j) $$"
    text = f"For $i = j$ there are two terms. They are:\n{line}\nor again\n{line}\nBoth cases are one formula.\n{line}"
    assert verdicts(SCORES, text) == ["correct", "correct", "wrong"]


OF_BOTH = [  # the second display is for the other case, whatever words say so
    "For $i = j$ the rule gives: {} Otherwise, we have {}",
    "For $i = j$ the rule gives: {} and for the rest {}",
    "For $i = j$ it is: {} and {} otherwise.",
    "For $i = j$ it is: {} For $i \\neq j$ the first term vanishes. Then {}",
]


@pytest.mark.parametrize("words", OF_BOTH, ids=range(len(OF_BOTH)))
def test_of_two_displays_one_is_for_each_case(verdicts, words):
    alike = r"$$ \frac{\partial p_i}{\partial z_j} = p_i (1 - p_j) $$"
    apart = r"$$ \frac{\partial p_i}{\partial z_j} = -p_i p_j $$"
    assert verdicts(SCORES, words.format(alike, apart)) == ["correct", "correct"]
    assert verdicts(SCORES, words.format(alike.replace("1 -", "1 +"), apart)) == ["wrong", "correct"]
