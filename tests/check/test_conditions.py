r"""Write-ups: equations with a condition (`z > 0 \implies h = 1`), maxima over a few values, columns with symbols.

What is right here is so by the definitions: of a score s, `sign(s)` is the y = ±1 at which y s is largest, and the
largest is |s|; relu(s) is s where s > 0 and 0 where s < 0.
"""

import pytest

from gradcalc.commands.check import Marking, marked
from gradcalc.problem.load import loads

PROBLEM = r"""
inputs: {x: vector(d), y: sign, z: sign}
parameters: {W: d×m, w: vector(d)}
equations:
  s: dot(w, x)
  h: sign(s)
  r: relu(s)
  b: relu(1 - y * s)
  q: W.T @ x
  p: softmax(q)
  L: sum(q * q) + r + b + z
of: L
symbols: {z: "y'", h: 'h(x)', "W[:,i]": W_i}
"""


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    path = tmp_path_factory.mktemp("conditions") / "homework.tex"
    problem = loads(PROBLEM)

    def marks(text):
        path.write_text(f"$$ {text} $$")
        return [line.verdict for each in marked(problem, str(path), Marking())[0].verdicts for line in each.lines]

    return marks


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"s > 0 \implies h(x) = 1", ["correct"]),
        (r"s > 0 \implies h(x) = -1", ["wrong"]),
        (r"s < 0 \Rightarrow r = 0", ["correct"]),
        (r"s < 0 \Rightarrow r = s", ["wrong"]),
        (r"r = s \quad \text{if } s > 0", ["correct"]),
        (r"r = s, \quad \text{when } s \geq 0", ["correct"]),
        (r"r = s \text{ for } s < 0", ["wrong"]),
        (r"y' \neq y \implies y' = -y = y - 2y", ["correct", "correct"]),
        (r"y' \neq y \implies y' s = y s", ["wrong"]),
        (r"y' = y \implies y' s - y s = 0", ["correct"]),
        (r"\frac{\partial p_i}{\partial q_j} = -p_i p_j \quad \text{for } i \neq j", ["correct"]),
        (r"\frac{\partial p_i}{\partial q_j} = p_i (1 - p_j) \quad \text{if } i = j", ["correct"]),
        (r"\frac{\partial p_i}{\partial q_j} = p_i (1 - p_j) \quad \text{if } i \neq j", ["wrong"]),
        # Of a condition that says nothing, or can't be read, nothing follows.
        (r"y = y \implies y' s - y s = 0", []),
        (r"\text{x is even} > 0 \implies r = 2 s", []),
    ],
)
def test_a_condition_is_where_an_equation_holds(words, text, found):
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"h(x) = \arg\max_{y \in \{\pm 1\}} y s", ["correct"]),
        (r"h(x) = \arg\min_{y \in \{\pm 1\}} y s", ["wrong"]),
        (r"h(x) = \arg\min_{y \in \{\pm 1\}} (-y s)", ["correct"]),
        (r"h(x) = \operatorname{argmax}_{k \in \{-1, 1\}} \left\langle w, \frac{1}{2} k x \right\rangle", ["correct"]),
        (r"r = \max_{k \in \{0, 1\}} k s", ["correct"]),
        (r"r = \max_{k \in \{0, 2\}} k s", ["wrong"]),
        (r"\left|s\right| = \max_{y' \in \{-1, 1\}} (y' s) = -\min_{y' \in \{\pm 1\}} (y' s)", ["correct", "correct"]),
        (r"b = [1 - y s]_+ = \max(0, 1 - y s)", ["correct", "correct"]),
        (r"[[y' \neq y]] = \frac{1}{2} (1 - y y')", ["correct"]),
        (r"[[y' \neq y]] = \frac{1}{2} (1 + y y')", ["wrong"]),
        (r"q_i = W_i^T x = \langle W_i, x \rangle", ["correct", "correct"]),
        (r"q = (W_1^T x, \dots, W_m^T x)^T", ["correct"]),
        (r"p = \text{softmax}(q) \text{ (over all classes)}", ["correct"]),
        (r"x = (x_1, \dots, x_d)^T", ["correct"]),
        (r"r = \max_{k \in S} k s", []),
    ],
)
def test_a_maximum_over_a_few_values_is_that_of_the_formula_at_each(words, text, found):
    assert words(text) == found


@pytest.mark.parametrize(
    "said",
    [
        *(r", \quad i = 1, \dots, m", r"\quad \text{for } i = 1, \ldots, m", r"\quad (i = 1, \dots, m)"),
        *(r"\quad \text{for all } i", r"\quad \text{for each } i", r"\quad \forall i \in \{1, \dots, m\}"),
    ],
)
def test_how_far_an_index_goes_says_nothing_else(words, said):
    assert words(rf"q_i = W_i^T x {said}") == ["correct"]
    assert words(rf"q_i = -W_i^T x {said}") == ["wrong"]


@pytest.mark.parametrize(
    ("before", "verdicts"),
    [
        ("For $i = j$ we have", ["correct"]),
        ("So", []),
        ("First $$ a = b $$ and so", []),
        (r"First \[ a = b \] and so", []),
        ("First $$ a = b $$ and so for $i = j$", ["correct"]),
    ],
)
def test_words_say_that_indices_are_equal_and_an_equation_before_them_does_not(tmp_path, before, verdicts):
    path = tmp_path / "homework.tex"
    path.write_text(before + r" $$ \frac{\partial p_i}{\partial q_j} = p_i (1 - p_i) $$")
    marks = marked(loads(PROBLEM), str(path), Marking())[0]
    assert [line.verdict for each in marks.verdicts for line in each.lines] == verdicts
