"""Matrices in write-ups: identity matrices, Kronecker products, traces of differentials, shapes below names.

What is right is known by definition: vec(AXB) = (Bᵀ ⊗ A) vec(X), AI = A, dL = tr(…); each right line stands beside
spoilt copies of it.
"""

from __future__ import annotations

import handed_in
import pytest

from gradcalc.check.marking.letter_chains import best_reading
from gradcalc.check.marking.statements import Tried

NETWORK = r"""
notation: x @ W + b
inputs: 1×Dx
targets: one_hot(Dy)
layers:
  - {weights: Dx×H, biases: 1×H, activation: sigmoid}
  - {weights: H×Dy, biases: 1×Dy, activation: softmax}
loss: cross_entropy
symbols: {W1: W_1, b1: b_1, W2: W_2, b2: b_2, h1: h, a2: '\theta', yhat: '\hat{y}', loss: J}
"""
SQUARE = r"""
inputs: {A: n×n, B: n×m, x: vector(n)}
equations: {y: A @ x, s: sum(y ** 2)}
of: s
"""


def lines(text, tmp_path, problem=NETWORK):
    return handed_in.lines(problem, text, tmp_path)


def words(text, tmp_path, problem=NETWORK):
    return [word for word, _ in lines(text, tmp_path, problem)]


@pytest.mark.parametrize("identity", ["I", r"\mathbf{I}", r"\boldsymbol I", r"\mathbb{I}", r"I_{D_y}", r"I_{D y}"])
def test_an_identity_matrix_has_the_size_that_fits(identity, tmp_path):
    text = rf"$$ \frac{{\partial J}}{{\partial W_2}} = h^T (\hat{{y}} - y) {identity} $$"
    assert words(text, tmp_path) == ["correct"]
    assert words(text.replace("- y", "+ y"), tmp_path) == ["wrong"]


def test_sums_with_an_identity_matrix(tmp_path):
    right = r"$$ (A + I) x = Ax + x $$ $$ (A - I)(A + I) = A A - I $$ $$ A I B = A B $$ $$ (I + A)^T = I + A^T $$"
    assert words(right, tmp_path, SQUARE) == ["correct"] * 4
    assert words(right.replace("= Ax + x", "= Ax - x").replace("A A - I", "A A + I"), tmp_path, SQUARE) == [
        *("wrong", "wrong", "correct", "correct")
    ]


def test_an_identity_matrix_of_another_size_isnt_one_that_fits(tmp_path):
    ((word, _),) = lines(r"$$ B I_n = B $$", tmp_path, SQUARE)
    assert word != "correct"
    assert words(r"$$ I_n B = B I_m $$", tmp_path, SQUARE) == ["correct"]


def test_a_quantity_called_i_is_no_identity_matrix(tmp_path):
    problem = SQUARE.replace("{A:", "{I: n×n, A:").replace("y: A @ x", "y: I @ A @ x")
    assert words("$$ I B = B $$", tmp_path, problem) == ["wrong"]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (r"vec(A B) = (B^T \otimes I) vec(A)", "correct"),
        (r"vec(A B) = (I \otimes A) vec(B)", "correct"),
        (r"vec(A B) = I \otimes A \, vec(B)", "correct"),
        (r"vec(A B) = (A \otimes I) vec(B)", "wrong"),
        (r"vec(A x) = (x^T \otimes I) vec(A)", "correct"),
        (r"vec(A x + x) = x^T \otimes I vec(A) + I \otimes 1 vec(x)", "correct"),
    ],
)
def test_kronecker_products_beside_vec(line, word, tmp_path):
    assert words(f"$$ {line} $$", tmp_path, SQUARE) == [word]


def test_a_matrix_in_the_place_of_its_trace_is_told(tmp_path):
    text = r"$$ dJ = (\hat{y} - y)^T (dh W_2 + h dW_2 + db_2) = (\hat{y} - y)^T (db_2 + h dW_2 + dh W_2) $$"
    (first, said), (second, _) = lines(text, tmp_path)
    assert (first, second) == ("wrong", "carried")
    assert "its trace is meant" in said
    traced = (
        r"$$ dJ = \text{tr}((\hat{y} - y)^T (dh W_2 + h dW_2 + db_2)) = (dh W_2 + h dW_2 + db_2) (\hat{y} - y)^T $$"
    )
    assert words(traced, tmp_path) == ["correct", "correct"]
    assert words(traced.replace("+ db_2", "- db_2"), tmp_path) == ["wrong", "carried"]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (r"\theta = h_{1 \times H} W_{H \times D_y} + b_{1 \times D_y}", "correct"),
        (r"\theta = h W_{H \times K} + b_{1 \times K}", "correct"),
        (r"\theta = h_{1 \times H} W_{D_x \times H} + b_2", "wrong"),
        (r"\theta = h W_{K \times K} + b_2", "unread"),
        (r"\theta = h_{H \times 1} W_2 + b_2", "unread"),
        (r"\theta = h W_2 - b_{1 \times D_y}", "wrong"),
    ],
)
def test_shapes_below_names(line, word, tmp_path):
    assert words(f"$$ {line} $$", tmp_path) == [word]


def test_a_wrong_shape_below_a_name_is_told(tmp_path):
    ((_, said),) = lines(r"$$ \theta = h_{H \times 1} W_2 + b_2 $$", tmp_path)
    assert said == "h1 is 1×H here, not H×1"


def test_a_softmax_that_is_missing_is_told_where_the_line_isnt_even_defined(tmp_path):
    right = r"$$ J = -y \log(\text{softmax}(h W_2 + b_2))^T $$"
    assert words(right, tmp_path) == ["correct"]
    ((word, said),) = lines(right.replace(r"\text{softmax}", ""), tmp_path)
    assert (word, said) == ("wrong", "the softmax is left out: softmax(h1 @ W2 + b2)")


def test_one_minus_a_sigmoid_isnt_that_of_one_minus(tmp_path):
    problem = r"{inputs: {x: scalar}, equations: {s: sigmoid(x)}, of: s, symbols: {sigmoid: '\sigma'}}"
    assert words(r"$$ \sigma'(x) = \sigma(x)(1 - \sigma(x)) = \sigma(x) \sigma(-x) $$", tmp_path, problem) == [
        "correct",
        "correct",
    ]
    ((word, said),) = lines(r"$$ \sigma'(x) = \sigma(x)\sigma(1-x) $$", tmp_path, problem)
    assert (word, said) == ("wrong", "sigmoid(1 - x) stands where 1 - sigmoid(x) belongs")
    ((word, said),) = lines(r"$$ \sigma'(x) = \sigma(x)\sigma(2-x) $$", tmp_path, problem)
    assert word == "wrong"
    assert "belongs" not in said


def test_conditions_on_targets_have_no_kink(tmp_path):
    equations = "equations: {p: softmax(z), L: 'cross_entropy(p, y)'}, of: L"
    problem = f"{{inputs: {{z: vector(K)}}, targets: {{y: one_hot(K)}}, {equations}}}"
    term = r"\left( z_i - \log \sum_j e^{z_j} \right)"
    right = rf"$$ \frac{{\partial L}}{{\partial z}} = -\frac{{\partial}}{{\partial z}} \sum_i 1_{{[y_i = 1]}} {term} $$"
    assert words(right, tmp_path, problem) == ["correct"]
    assert words(right.replace("y_i = 1", "y_i = 0"), tmp_path, problem) == ["wrong"]


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (r"W_1: D_x \times H", "correct"),
        (r"W_1 : \mathbb{R}^{D_x \times H}", "unread"),
        (r"W_2 \in \mathbb{R}^{H \times D_y}.", "correct"),
        (r"\mathbf{W}_2 \in \mathbb R^{H\times D_y}", "correct"),
        (r"W_2 \in \mathbb{R}^{D_y \times H}", "wrong"),
        (r"b_1 \in \mathbb{R}^{H}", "correct"),
        (r"b_1 \in \mathbb{R}^{D_y}", "wrong"),
        (r"h \in \mathbb{R}^{1 \times H}", "correct"),
        (r"h \in \mathbb{R}^{H \times 1}", "unread"),
        (r"h \in \mathbb{R}^{d}", "unread"),
        (r"W_1 \in \mathbb{R}^{H}", "unread"),
        (r"J \in \mathbb{R}", "correct"),
    ],
)
def test_shapes_that_are_said(row, word, tmp_path):
    text = rf"$$ {row} $$ $$ \hat{{y}} = \text{{softmax}}(\theta) $$"
    assert sorted(words(text, tmp_path)) == sorted(["correct", word])


def test_shapes_of_several_names_are_said_together(tmp_path):
    text = r"$$ \theta, \hat{y} \in \mathbb{R}^{1 \times D_y} $$"
    assert words(text, tmp_path) == ["correct", "correct"]
    said = lines(text.replace("D_y", "H"), tmp_path)
    assert said == [("wrong", "it is 1×Dy")] * 2


def test_an_equation_goes_on_behind_a_shape(tmp_path):
    text = r"\begin{align} h &\in \mathbb{R}^{1 \times H} \\ \hat{y} &= \text{softmax}(\theta) \end{align}"
    assert sorted(words(text, tmp_path)) == ["correct", "correct"]


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (r"dJ = \sum_i (\hat{y}_i - y_i) d\theta_i", "- y_i", "+ y_i"),
        (r"dJ = (\hat{y} - y) d\theta^T", "- y", "+ y"),
        (r"dJ = -\sum_i \frac{y_i}{\hat{y}_i} d\hat{y}_i", "-", ""),
        (r"d\hat{y}_i = \hat{y}_i (d\theta_i - \sum_j \hat{y}_j d\theta_j)", "- ", "+ "),
        (r"d\hat{y}_1 = \hat{y}_1 (d\theta_1 - \sum_j \hat{y}_j d\theta_j)", "- ", "+ "),
    ],
)
def test_the_differential_of_an_entry_is_an_entry_of_it_and_so_of_a_transpose(text, old, new, tmp_path):
    assert old in text
    assert words(f"$$ {text} $$", tmp_path) == ["correct"]
    assert words(f"$$ {text.replace(old, new, 1)} $$", tmp_path) == ["wrong"]


def test_a_diagonal_matrix_of_a_row_has_its_entries(tmp_path):
    """The Jacobian of the softmax, diag(ŷ) - ŷᵀŷ, and that of σ, diag(h (1 - h)), are the same for rows and columns."""
    right = (
        r"$$ \frac{\partial \hat{y}}{\partial \theta} = \operatorname{diag}(\hat{y}) - \hat{y}^T \hat{y} $$"
        r"$$ \frac{\partial J}{\partial b_1} = \frac{\partial J}{\partial h} \operatorname{diag}(h \odot (1 - h)) $$"
    )
    assert words(right, tmp_path) == ["correct", "correct"]
    assert words(right.replace("- \\hat", "+ \\hat").replace("(1 -", "(1 +"), tmp_path) == ["wrong", "wrong"]


HAT = r"""
inputs: {X: n×d}
targets: {y: vector(n)}
equations: {H: "X @ inv(X.T @ X) @ X.T", yhat: H @ y, L: sum((yhat - y) ** 2)}
of: L
symbols: {yhat: '\hat{y}'}
"""
NUMBERS = """
inputs: {x: [1, 2]}
parameters: {W: [[0.5, 1], [2, 0.25]]}
equations: {z: W @ x, s: sum(z ** 2) + sum(W ** 2)}
of: s
"""


@pytest.mark.parametrize(
    ("problem", "text", "old", "new"),
    [
        (SQUARE, "(A + I)(A + I) = A^2 + 2A + I", "2A", "A"),
        (SQUARE, "(A + I)^3 = A^3 + 3A^2 + 3A + I", "3A +", "2A +"),
        (SQUARE, r"(A^2)_{ij} = \sum_k A_{ik} A_{kj}", "A_{ik}", "A_{ki}"),
        (SQUARE, r"A^2_{ij} = A_{ij} A_{ij}", "= A_{ij}", "= A_{ji}"),
        (HAT, "(I - H)^2 = I - H", "= I - H", "= I + H"),
        (HAT, "H^2 y = H y", "H y", "y"),
        (HAT, "L = y^T (I - H)^2 y", "- H", "+ H"),
        (NUMBERS, "W^2 x = W W x", "= W W x", "= W W x + 2"),
        (NUMBERS, r"s = \sum_i z_i^2 + \sum_{i,j} W^2", "+", "-"),
    ],
)
def test_a_square_matrix_squared_is_multiplied_by_itself_or_entry_by_entry(problem, text, old, new, tmp_path):
    """Of a projection H H = H, so that (I - H)² = I - 2H + H = I - H, and L = ‖y - H y‖² = yᵀ(I - H)²y."""
    assert old in text
    assert words(f"$$ {text} $$", tmp_path, problem) == ["correct"]
    assert words(f"$$ {text.replace(old, new)} $$", tmp_path, problem) == ["wrong"]


def test_a_system_with_a_square_is_one_for_its_unknowns_where_it_is_not_so_everywhere(tmp_path):
    assert words("$$ A^2 x = A A x $$", tmp_path, SQUARE) == ["correct"]
    assert words("$$ A^2 x = A^T A x $$", tmp_path, SQUARE) == ["unread"]


def test_a_second_reading_that_cannot_be_tried_excuses_nothing():
    right, wrong, open_ = Tried("correct"), Tried("wrong", "no"), Tried("unreadable", "its shape isn't that")
    assert best_reading([[wrong], [open_]]) == [wrong]
    assert best_reading([[wrong], [right]]) == [right]
    assert best_reading([[open_], [wrong]]) == [open_]  # the first one may be right
    assert best_reading([[wrong, right], [right, open_]]) == [right, open_]


@pytest.mark.parametrize("spoilt", ["X W - b", "X W + 2 b", "X W - 2 b", "b - X W"])
def test_a_bias_beside_the_samples_leaves_no_doubt(spoilt, tmp_path):
    assert handed_in.verdicts(handed_in.ROWS, "Z = X W + b", tmp_path) == ["correct"]
    assert handed_in.verdicts(handed_in.ROWS, f"Z = {spoilt}", tmp_path) == ["wrong"]
