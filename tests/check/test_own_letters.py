r"""Chains of write-ups in letters that the problem doesn't have, and in those of its claims.

What is right and what is wrong here is so by the definitions, worked out with plain NumPy at small whole numbers.
"""

from itertools import product

import numpy as np
import pytest

from gradcalc.check.marking.mark import mark
from gradcalc.check.writeup.read import answers_in, sheet_of
from gradcalc.check.writeup.reader import MOST_ALONE, MOST_LINES_ALONE
from gradcalc.commands.check import Marking, marked
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

PROBLEM = r"""
inputs: {x: [1, -0.5, 2]}
parameters: {W: [[1, 2], [0.5, -1], [0, 1]]}
equations: {s: sum(sigmoid(W.T @ x))}
of: s
symbols: {sigmoid: '\sigma'}
"""
SOLUTION = solve(loads(PROBLEM), check=False)


def marks(text, solution=SOLUTION):
    return mark(solution, sheet_of(answers_in(f"$$ {text} $$", "homework.tex"), solution))


def words(text, solution=SOLUTION):
    """The verdict on each line; empty where none is marked."""
    return [line.verdict for verdict in marks(text, solution).verdicts for line in verdict.lines]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    return np.exp(z) / np.exp(z).sum()


def slope(f, z, h=1e-6):
    return (f(z + h) - f(z - h)) / (2 * h)


SMALL = (-1.0, 0.0, 1.0, 2.0)
MATRICES = [np.reshape(entries, (2, 2)) for entries in product((0.0, 1.0, -1.0), repeat=4)][::5]
VECTORS = [np.array(entries) for entries in product((0.0, 1.0, -1.0), repeat=2)]

OF_NUMBERS = {
    r"\sigma'(z) = \sigma(z) \times (1 - \sigma(z))": lambda z: slope(sigmoid, z) - sigmoid(z) * (1 - sigmoid(z)),
    r"\sigma'(x) = \sigma(x) - \sigma(x)^2": lambda z: slope(sigmoid, z) - sigmoid(z) + sigmoid(z) ** 2,
    r"\frac{\partial \sigma(x)}{\partial x} = \sigma(x)(1 - \sigma(x))": lambda z: (
        slope(sigmoid, z) - sigmoid(z) * (1 - sigmoid(z))
    ),
    r"\frac{d}{dz} \tanh z = 1 - \tanh^2 z": lambda z: slope(np.tanh, z) - 1 + np.tanh(z) ** 2,
    r"\tanh(z) = 2 \sigma(2z) - 1": lambda z: np.tanh(z) - 2 * sigmoid(2 * z) + 1,
    r"\sigma'(z) = \sigma(z) \sigma(1 - z)": lambda z: slope(sigmoid, z) - sigmoid(z) * sigmoid(1 - z),
    r"\sigma(-z) = -\sigma(z)": lambda z: sigmoid(-z) + sigmoid(z),
    r"\frac{\partial \tanh z}{\partial z} = 1 - \tanh z": lambda z: slope(np.tanh, z) - 1 + np.tanh(z),
    r"\frac{\partial e^{2z}}{\partial z} = e^{2z}": lambda z: slope(lambda t: np.exp(2 * t), z) - np.exp(2 * z),
}
OF_MATRICES = {
    "A(B + C) = AB + AC": lambda a, b, c: a @ (b + c) - a @ b - a @ c,
    "A(B + C) = AB + CA": lambda a, b, c: a @ (b + c) - a @ b - c @ a,
    "(AB)^T C = B^T A^T C": lambda a, b, c: (a @ b).T @ c - b.T @ a.T @ c,
    "(AB)^T C = A^T B^T C": lambda a, b, c: (a @ b).T @ c - a.T @ b.T @ c,
    r"\text{tr}(ABC) = \text{tr}(CAB)": lambda a, b, c: np.trace(a @ b @ c) - np.trace(c @ a @ b),
    r"\text{tr}(ABC) = \text{tr}(ACB)": lambda a, b, c: np.trace(a @ b @ c) - np.trace(a @ c @ b),
}
OF_VECTORS = {
    r"a \circ (b + c) = (a \circ b) + (a \circ c)": lambda a, b, c: a * (b + c) - a * b - a * c,
    r"a \odot (b + c) = (a \odot b) + c": lambda a, b, c: a * (b + c) - a * b - c,
    r"a^T (b + c) = a^T b + a^T c": lambda a, b, c: a @ (b + c) - a @ b - a @ c,
    r"\text{softmax}(a)^T (b + c) = \text{softmax}(a)^T b + c^T \text{softmax}(a)": lambda a, b, c: (
        softmax(a) @ (b + c) - softmax(a) @ b - c @ softmax(a)
    ),
    r"\Vert a + b + c \Vert = \Vert a \Vert + \Vert b \Vert + \Vert c \Vert": lambda a, b, c: (
        np.linalg.norm(a + b + c) - np.linalg.norm(a) - np.linalg.norm(b) - np.linalg.norm(c)
    ),
}


def is_zero(gaps):
    return bool(max(np.abs(gap).max() for gap in gaps) < 1e-5)


@pytest.mark.parametrize("text", OF_NUMBERS)
def test_an_identity_of_numbers_is_as_numpy_has_it(text):
    right = is_zero(map(OF_NUMBERS[text], SMALL))
    assert words(text) == ["correct" if right else "wrong"]


@pytest.mark.parametrize("text", OF_MATRICES)
def test_an_identity_of_capitals_is_one_of_matrices(text):
    right = is_zero(OF_MATRICES[text](*each) for each in product(MATRICES, repeat=3))
    assert words(text) in ([["correct"]] if right else [["wrong"], []])


@pytest.mark.parametrize("text", OF_VECTORS)
def test_an_identity_of_vectors_is_as_numpy_has_it(text):
    right = is_zero(OF_VECTORS[text](*each) for each in product(VECTORS, repeat=3))
    assert words(text) == ["correct" if right else "wrong"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"\frac{\partial \Vert w \Vert_2^2}{\partial w} = 2w", ["correct"]),
        (r"\frac{\partial \Vert w \Vert_2^2}{\partial w} = w", ["wrong"]),
        (r"\frac{\partial z^T A z}{\partial z} = (A + A^T) z = 3Az", ["correct", "wrong"]),
        (r"\frac{\partial a^T z}{\partial z} = a", ["correct"]),
        (r"\text{softmax}(z + c) = \text{softmax}(z)", ["correct"]),
        (r"\text{softmax}(3z) = \text{softmax}(z)", ["wrong"]),
        (r"\sigma'(z) = \sigma(z)\sigma(1 - z) = \sigma(1 - z) \sigma(z)", ["wrong", "carried"]),
    ],
)
def test_what_letters_are_follows_from_what_fits(text, found):
    """Gradients of sums of squares and of quadratic forms, and the shift that softmax doesn't see, by the book."""
    assert words(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "z = Ax + b",
        "Ax = b",
        "AB = BA",
        "A = A^T",
        "q^2 = 2q",
        "y = w^T z",
        "u^2 + v^2 = 1",
        "f(u + v) = f(u) + f(v)",
        r"(f \circ g)'(x) = f'(g(x)) g'(x)",
        "A^T = A^{-1}",
        r"w_{t+1} = w_t - \eta g_t",
        r"\frac{dy}{du} = \frac{dy}{dv} \frac{dv}{du}",
        r"\frac{\partial J}{\partial \theta} = \theta - y",
        r"\theta = \theta - \eta \nabla_\theta J",
        r"\frac{du}{dt} = -u",
        r"p = \sigma(w^T z + b)",
        r"E[u + v] = E[u] + E[v]",
        r"\Vert u \Vert_1 = \Vert u \Vert_2",
        # Of numbers both sides are 0, but nobody takes a softmax of one.
        r"\frac{\partial \text{softmax}(x)}{\partial x} = \text{softmax}(x)(1 - \text{softmax}(x))",
    ],
)
def test_a_definition_or_a_condition_is_no_false_identity(text):
    assert words(text) == []


def test_letters_of_the_problem_are_what_they_are_there():
    """Of numbers this would hold."""
    assert words("W x = x W^T") != ["correct"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # For a symmetric A, for y = 1 or -1, for a one-hot y, which text beside it may say.
        (r"\frac{\partial z^T A z}{\partial z} = (A + A^T) z = 2Az", ["correct", "unreadable"]),
        (r"\tanh(yz) = y \tanh(z)", []),
        (r"y^T \log q = \log(y^T q)", []),
        (r"e^{z} \approx 1 + z", []),
        (r"\tanh z = 2\sigma(2z) - 1 \approx z", ["correct", "unreadable"]),
    ],
)
def test_what_holds_of_some_kind_or_nearly_is_not_called_wrong(text, found):
    assert words(text) == found


def test_a_false_identity_is_answered_with_a_small_counterexample():
    (found,) = marks(r"\sigma(-z) = -\sigma(z)").verdicts
    assert "at z = 0 the left side is 0.5, the right -0.5" in found.said
    (found,) = marks(r"\text{tr}(AB) = \text{tr}(A)\text{tr}(B)").verdicts
    assert "A = [[" in found.said


CLAIMS = r"""
notation: x @ W + b
symbols: {sigmoid: '\sigma'}
claims:
  - {claim: "softmax(x + c) == exp(x) / sum(exp(x[j]), j) == softmax(x)", where: {x: vector(d), c: scalar}}
  - {claim: "grad(sigmoid(x), x) == sigmoid(x) * sigmoid(-x)", where: {x: scalar}}
  - {claim: "vec(A @ X @ B) == kron(B.T, A) @ vec(X)", where: {A: m×n, X: n×p, B: p×q}}
  - {claim: "(1 - y) * (1 + y) == 0", where: {y: sign}}
"""


def claimed(text):
    return marks(text, solve(loads(CLAIMS), check=False)).verdicts


@pytest.mark.parametrize(
    ("text", "label", "found"),
    [
        (
            r"\text{softmax}(x + c) = \frac{e^{x} e^{c}}{e^{c} \sum_{j=1}^d e^{x_j}} = \text{softmax}(x)",
            "claims.1",
            ["correct", "correct"],
        ),
        (r"\text{softmax}(x) = \text{softmax}(x + c)", "claims.1", ["correct"]),
        (r"\text{softmax}(x + c) = \text{softmax}(2x)", "", ["wrong"]),
        (r"\sigma'(x) = \sigma(x) \sigma(-x) = \sigma(x) \sigma(1 - x)", "", ["correct", "wrong"]),
        (r"\frac{\partial \sigma(x)}{\partial x} = \sigma(x)\sigma(-x)", "claims.2", ["correct"]),
        (r"vec(AXB) = (B^T \otimes A) vec(X)", "claims.3", ["correct"]),
        (r"vec(AXB) = (A \otimes B^T) vec(X)", "", ["wrong"]),
        # Of a sign, and of nothing else.
        ("y^2 = 1", "", ["correct"]),
        ("(1 - y)(1 + y) = 0", "claims.4", ["correct"]),
        ("x = (x_1, x_2)", None, []),
    ],
)
def test_letters_of_claims_are_what_the_claims_say(text, label, found):
    verdicts = claimed(text)
    assert [line.verdict for verdict in verdicts for line in verdict.lines] == found
    if found and label:
        assert [verdict.quantity for verdict in verdicts] == [label]
    assert label or all(not verdict.quantity.startswith("claims") for verdict in verdicts)


def test_a_sheet_to_claims_alone_says_which_are_true(tmp_path):
    sheet = tmp_path / "answers.yaml"
    sheet.write_text("claims: {1: true, 2: true, 4: false}\n")
    verdicts = marked(loads(CLAIMS), str(sheet), Marking())[0].verdicts
    assert [each.verdict for each in verdicts] == ["correct", "correct", "wrong"]


LAYERS = r"""
inputs: {x: vector(d)}
parameters: {w_1: d×h, w_2: h×k}
equations: {z: w_1.T @ x, y: w_2.T @ z, L: sum(y * y)}
of: L
symbols: {w_2: w_l}
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # The square of all weights, by those of one layer: of what doesn't rest on it the derivative would be 0.
        (r"\frac{\partial \Vert w \Vert_2^2}{\partial w_l} = 2 w_l", ["correct"]),
        (r"\frac{\partial \Vert w \Vert_2^2}{\partial w_l} = w_l", ["wrong"]),
        (r"\frac{\partial \Vert w_l \Vert_2^2}{\partial w_l} = 2 w_l", ["correct"]),
        (r"\frac{\partial \Vert w_l \Vert_2^2}{\partial w_l} = 3 w_l", ["wrong"]),
    ],
)
def test_a_derivative_of_what_does_not_rest_on_a_quantity_is_of_another(tmp_path, text, found):
    path = tmp_path / "homework.tex"
    path.write_text(f"$$ {text} $$")
    verdicts = marked(loads(LAYERS), str(path), Marking())[0].verdicts
    assert [line.verdict for each in verdicts for line in each.lines] == found


def test_so_many_chains_of_a_write_up_are_tried_by_themselves():
    """Each takes a while, and a write-up may have thousands of lines."""
    text = "\n".join(rf"$$ (u + {number}) v = uv + {number} v $$" for number in range(MOST_ALONE + 20))
    found = sheet_of(answers_in(text, "homework.tex"), SOLUTION)
    assert len(found.letter_chains) == MOST_ALONE
    assert len(found.unread) == 20
    assert all("are tried" in each.reason for each in found.unread)


def test_so_many_lines_of_chains_are_tried_by_themselves():
    chain = " = ".join(f"u + {number} - {number}" for number in range(MOST_LINES_ALONE // 2))
    text = "\n".join(f"$$ {name} = {chain} $$" for name in "uvw")
    found = sheet_of(answers_in(text, "homework.tex"), SOLUTION)
    assert [len(each.lines) for each in found.letter_chains] == [MOST_LINES_ALONE // 2] * 2
    assert [f"{MOST_LINES_ALONE} lines" in each.reason for each in found.unread] == [True]
