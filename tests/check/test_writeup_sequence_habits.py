r"""How derivations of recurrences, word vectors, normalisation and attention are written: each line right, and spoilt.

Names that are given at the end of a line (`= y_j - t_j := e_j`), `dx_i` for a gradient, terms of a sum over paths,
sums from a step on, a δ_t of which nothing is said.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from handed_in import assert_each_is, lines, verdicts

NORMAL = r"""
inputs: {x: vector(D), eps: positive}
parameters: {gamma: vector(D), beta: vector(D)}
equations:
  mu: sum(x) / D
  var: sum((x - mu) ** 2) / D
  xhat: (x - mu) / sqrt(var + eps)
  y: gamma * xhat + beta
upstream: {y: vector(D)}
symbols: {mu: '\mu', var: '\sigma^2', xhat: '\hat{x}', gamma: '\gamma', beta: '\beta', loss: L, eps: '\epsilon'}
"""
RECURRENT = r"""
over: {t: T}
inputs: {"x[t]": vector(d), "h[0]": vector(H)}
targets: {"y[t]": one_hot(K)}
parameters: {U: H×d, W: H×H, b: vector(H), V: K×H}
equations:
  a[t]: U @ x[t] + W @ h[t-1] + b
  h[t]: tanh(a[t])
  yhat[t]: softmax(V @ h[t])
  l[t]: cross_entropy(yhat[t], y[t])
loss: sum(l[t], t)
symbols: {"h[t]": h_t, "yhat[t]": '\hat{y}_t', "l[t]": L_t, loss: L}
"""
CELLS = r"""
over: {t: T}
inputs: {"x[t]": vector(H), "h[0]": vector(H), "c[0]": vector(H)}
targets: {"y[t]": vector(H)}
parameters: {W: H×H, U: H×H}
equations:
  f[t]: sigmoid(W @ h[t-1])
  c[t]: f[t] * c[t-1] + tanh(U @ x[t])
  h[t]: tanh(c[t])
  l[t]: half_squared_error(h[t], y[t])
loss: sum(l[t], t)
symbols: {loss: L, "dc[t]": '\delta^c_t', "dh[t]": '\delta^h_t'}
"""
WORDS = r"""
parameters: {W: V×N, Wp: N×V}
inputs: {x: "one_hot(V, at=k)"}
targets: {t: "one_hot(V, at=o)"}
equations: {h: W.T @ x, u: Wp.T @ h, y: softmax(u), E: "cross_entropy(y, t)"}
of: E
lr: eta
symbols: {Wp: "W'", "Wp[i,j]": "w'_{ij}", "W[k,i]": 'w_{ki}', "Wp[:,j]": "v'_{w_j}"}
"""
ATTENTION = r"""
notation: x @ W + b
inputs: {Q: T×n, K: T×n, V: T×m}
equations: {S: Q @ K.T, A: "softmax(S, axis=1)", O: A @ V}
upstream: {O: T×m}
symbols: {loss: L}
"""
PATHS = r"""
\frac{\partial L}{\partial x_i} = \frac{\partial L}{\partial \hat{x}_i} \frac{\partial \hat{x}_i}{\partial x_i} + \frac{\partial L}{\partial \mu} \frac{\partial \mu}{\partial x_i} + \frac{\partial L}{\partial \sigma^2} \frac{\partial \sigma^2}{\partial x_i}
\frac{\partial L}{\partial x_i} = \frac{\partial L}{\partial \hat{x}_i} \frac{\partial \hat{x}_i}{\partial x_i} + \sum_{j=1}^{D} \frac{\partial L}{\partial \hat{x}_j} \left( \frac{\partial \hat{x}_j}{\partial \mu} \frac{\partial \mu}{\partial x_i} + \frac{\partial \hat{x}_j}{\partial \sigma^2} \frac{\partial \sigma^2}{\partial x_i} \right)
"""  # noqa: E501


@pytest.mark.slow
def test_terms_of_a_sum_over_paths_hold_what_the_other_paths_go_by(tmp_path: Path) -> None:
    assert_each_is("correct", NORMAL, PATHS, tmp_path)
    assert_each_is(
        "wrong",
        NORMAL,
        PATHS.replace(r"+ \frac{\partial L}{\partial \mu}", r"- \frac{\partial L}{\partial \mu}").replace(
            r"+ \frac{\partial \hat{x}_j}{\partial \sigma^2}", r"- \frac{\partial \hat{x}_j}{\partial \sigma^2}"
        ),
        tmp_path,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (NORMAL, r"\frac{\partial \hat{x}_i}{\partial x_i} = \frac{1}{\sqrt{\sigma^2 + \epsilon}}"),
        (CELLS, r"\frac{\partial c_t}{\partial c_k} = \prod_{i=k+1}^{t} \mathrm{diag}(f_i)"),
    ],
)
def test_of_one_such_term_alone_it_isnt_said_what_is_held(problem: str, line: str, tmp_path: Path) -> None:
    ((word, why),) = lines(problem, f"$$ {line} $$", tmp_path)
    assert (word, "what is held isn't said" in why) == ("unread", True)
    left, sign, right = line.partition(" = ")
    assert verdicts(problem, f"{left}{sign}-{right}", tmp_path) == ["wrong"]


GRADIENTS = [
    (r"d\hat{x}_i = dy_i \cdot \gamma_i", r"\cdot \gamma_i", ""),
    (r"d\hat{x} = dy \odot \gamma", r"\gamma", r"\hat{x}"),
    (r"dx_i = d\hat{x}_i \frac{1}{\sqrt{\sigma^2+\epsilon}} + d\sigma^2 \frac{2(x_i-\mu)}{D} + d\mu \frac{1}{D}", "2(", "("),  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize(("right", "old", "new"), GRADIENTS)
def test_a_d_before_a_hat_may_be_a_gradient(right: str, old: str, new: str, tmp_path: Path) -> None:
    assert verdicts(NORMAL, right, tmp_path) == ["correct"]
    assert verdicts(NORMAL, right.replace(old, new, 1), tmp_path) == ["wrong"]


def test_what_is_given_by_changes_of_what_it_is_made_of_is_a_differential(tmp_path: Path) -> None:
    rows = "notation: x @ W + b\ninputs: {X: n×p}\ntargets: {Y: n×q}\nparameters: {W: p×q, b: 1×q}\n"
    rows += "equations: {Z: X @ W + b, A: sigmoid(Z), L: 1/2 * sum((A - Y)**2)}\nof: L\n"
    assert_each_is("correct", rows, "dZ = X dW + \\mathbf{1} db\ndZ = dA \\odot A \\odot (1 - A)", tmp_path)
    assert_each_is("wrong", rows, "dZ = dW X\ndZ = dA \\odot A \\odot (1 + A)", tmp_path)


DELTA = r"\delta_t = (V^T (\hat{y}_t - y_t) + W^T \delta_{t+1}) \odot (1 - h_t^2)"
SUM = r"\frac{\partial L}{\partial W} = \sum_{t=1}^T \delta_t h_{t-1}^T"


@pytest.mark.slow
def test_a_delta_of_which_nothing_is_said_is_that_of_the_sum_that_recurs(tmp_path: Path) -> None:
    assert verdicts(RECURRENT, DELTA, tmp_path) == ["correct"]
    assert verdicts(RECURRENT, SUM, tmp_path) == ["correct"]
    for old, new in (("W^T", "W"), ("t+1", "t-1"), ("1 - ", "1 + ")):
        assert "correct" not in verdicts(RECURRENT, DELTA.replace(old, new), tmp_path)
    assert verdicts(RECURRENT, SUM.replace("h_{t-1}", "h_t"), tmp_path) == ["wrong"]


def test_a_line_that_says_what_delta_is_says_so_for_the_others(tmp_path: Path) -> None:
    said = r"$$ \delta_t = \hat{y}_t - y_t $$ $$ \frac{\partial L}{\partial V} = \sum_t \delta_t h_t^T $$"
    assert [word for word, _ in lines(RECURRENT, said, tmp_path)] == ["correct"]
    assert [word for word, _ in lines(RECURRENT, said.replace("h_t^T", "h_{t-1}^T"), tmp_path)] == ["wrong"]


STEPS = [
    (r"L = \sum_{t=1}^T L_t(\hat{y}_t, y_t)", r"\sum_{t=1}^T", "2"),
    (r"L_t(\hat{y}_t, y_t) = - y_t^T \log \hat{y}_t", "- ", ""),
    (r"\frac{\partial L}{\partial W} = \sum_{t}^T \frac{\partial L}{\partial a_t} h_{t-1}^T", "h_{t-1}", "h_{t}"),
    (r"\frac{\partial L}{\partial h_t} = \sum_{k \ge t} \frac{\partial L_k}{\partial h_t}", r"\ge", ">"),
    (r"\frac{\partial L}{\partial a_t} = \sum_{k > t} \frac{\partial L_k}{\partial a_t} + \frac{\partial L_t}{\partial a_t}", "k >", "k <"),  # noqa: E501
    (r"\prod_{j=k}^t \frac{\partial h_{j+1}}{\partial h_j} = \frac{\partial h_{t+1}}{\partial h_k}", "{t+1}", "{t}"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("right", "old", "new"), STEPS)
def test_losses_of_steps_and_sums_from_a_step_on(right: str, old: str, new: str, tmp_path: Path) -> None:
    assert verdicts(RECURRENT, right, tmp_path) == ["correct"]
    assert "correct" not in verdicts(RECURRENT, right.replace(old, new), tmp_path)


def test_a_name_behind_a_wide_space_begins_an_equation(tmp_path: Path) -> None:
    first = r"\delta^h_t = \gamma_t + \epsilon_t"
    second = r"\delta^c_t = \delta^h_t \odot (1 - \tanh^2(c_t)) + \delta^c_{t+1} \odot f_{t+1}"
    assert verdicts(CELLS, rf"{first} \qquad {second}", tmp_path) == ["correct"]
    assert verdicts(CELLS, rf"{first} \qquad {second.replace('f_{t+1}', 'f_t')}", tmp_path) == ["wrong"]
    assert verdicts(CELLS, r"h_t = \tanh(c_t) \quad t = 1, \dots, T", tmp_path) == ["correct"]


GIVEN = r"""
$$ \frac{\partial E}{\partial u_j} = y_j - t_j := e_j $$
$$ \frac{\partial E}{\partial w'_{ij}} = e_j \cdot h_i $$
$$ w'^{(new)}_{ij} = w'^{(old)}_{ij} - \eta \cdot e_j \cdot h_i $$
$$ v'^{(new)}_{w_j} = v'^{(old)}_{w_j} - \eta \cdot e_j \cdot h \quad \text{for } j = 1, 2, \cdots, V $$
"""


@pytest.mark.slow
@pytest.mark.parametrize("sign", [":=", r"\;=:\;"])
def test_a_name_that_a_line_gives_at_its_end_stands_for_what_is_before_it(sign: str, tmp_path: Path) -> None:
    given = GIVEN.replace(":=", sign)
    assert [word for word, _ in lines(WORDS, given, tmp_path)] == ["correct"] * 4
    spoilt = given.replace("h_i", "h_j").replace(r"\cdot h \quad", r"\cdot x \quad")
    assert [word for word, _ in lines(WORDS, spoilt, tmp_path)].count("correct") == 1
    sign_lost = given.replace(r"- \eta", r"+ \eta")
    assert [word for word, _ in lines(WORDS, sign_lost, tmp_path)] == ["correct", "correct", "wrong", "wrong"]


def test_a_unit_vector_is_the_one_hot_array_of_its_letter(tmp_path: Path) -> None:
    assert verdicts(WORDS, "h = W^T e_k", tmp_path) == ["correct"]
    assert verdicts(WORDS, "h = W^T e_o", tmp_path) == ["wrong"]
    assert verdicts(WORDS, r"h^T = W_{(k,\cdot)}", tmp_path) == ["correct"]


def test_an_l_for_an_array_is_not_the_loss(tmp_path: Path) -> None:
    assert verdicts(WORDS, r"l = W'(y - t) \tag1", tmp_path) == []
    said = r"$$ l = W'(y - t) $$ $$ \frac{\partial E}{\partial h} = l $$"
    assert [word for word, _ in lines(WORDS, said, tmp_path)] == ["correct"]
    assert verdicts(WORDS, r"l = -\log y_o", tmp_path) == ["correct"]
    assert verdicts(WORDS, r"l = \log y_o", tmp_path) == ["wrong"]


SUMS_OF_ROWS = [
    r"A \odot (dA - \text{rowsum}(A \odot dA))",
    r"A \odot \left(\frac{\partial L}{\partial A} - \left(A \odot \frac{\partial L}{\partial A}\right)"
    r" \mathbf{1} \mathbf{1}^\top\right)",
]


@pytest.mark.parametrize("right", SUMS_OF_ROWS)
def test_sums_of_rows_of_a_softmax(right: str, tmp_path: Path) -> None:
    assert verdicts(ATTENTION, rf"\frac{{\partial L}}{{\partial S}} = {right}", tmp_path) == ["correct"]
    for old, new in (("rowsum", "colsum"), (r" \mathbf{1} \mathbf{1}^\top", ""), ("- ", "+ ")):
        spoilt = rf"\frac{{\partial L}}{{\partial S}} = {right.replace(old, new)}"
        assert old not in right or verdicts(ATTENTION, spoilt, tmp_path) == ["wrong"]


GATES = r"""
over: {t: T}
inputs: {"x[t]": vector(H), "h[0]": vector(H)}
targets: {"y[t]": vector(H)}
parameters: {W: H×H, U: H×H}
equations:
  zg[t]: W @ h[t-1]
  g[t]: sigmoid(zg[t])
  zh[t]: U @ x[t]
  ht[t]: tanh(zh[t])
  h[t]: (1 - g[t]) * h[t-1] + g[t] * ht[t]
  l[t]: half_squared_error(h[t], y[t])
loss: sum(l[t], t)
symbols: {loss: L, "g[t]": g_t, "zg[t]": 'z_{g,t}', "h[t]": h_t, "zh[t]": 'h_{z,t}', "ht[t]": '\tilde{h}_t'}
"""
OF_GATES = [
    (r"dg_t = dh_t \odot (\tilde{h}_t - h_{t-1})", r"\tilde{h}_t - h_{t-1}", r"h_{t-1} - \tilde{h}_t"),
    (r"dg_t = dh_t \odot (\tilde{h}_t - h_{t-1}) \odot g_t \odot (1 - g_t)", "1 - g", "1 + g"),
    (r"\delta g_t = \delta h_t \odot (\tilde{h}_t - h_{t-1}) \odot g_t (1 - g_t)", r"\tilde{h}_t - h", "h"),
    (r"\delta \tilde{h}_t = \delta h_t \odot g_t \odot (1 - \tilde{h}_t^2)", "1 - ", "1 + "),
    (r"\delta W = \sum_t \delta g_t h_{t-1}^T", "h_{t-1}", "h_t"),
    (r"\frac{\partial L}{\partial h_{z,t}} = \frac{\partial L}{\partial h_t} \odot g_t \odot (1 - \tilde{h}_t^2)", "g_t", "h_t"),  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize(("right", "old", "new"), OF_GATES)
def test_the_gradient_of_a_gate_is_on_it_or_on_its_argument(right: str, old: str, new: str, tmp_path: Path) -> None:
    assert verdicts(GATES, right, tmp_path) == ["correct"]
    assert verdicts(GATES, right.replace(old, new, 1), tmp_path) == ["wrong"]


RESIDUAL = r"""
inputs: {x: vector(n)}
targets: {t: vector(n)}
parameters: {W: n×n}
equations: {d: tanh(W @ x), y: x + d, L: "half_squared_error(y, t)"}
of: L
"""


@pytest.mark.parametrize("one", ["I", "1", r"\mathbf{I}"])
@pytest.mark.parametrize("sign", ["", r"\cdot "])
def test_a_gradient_before_the_identity_and_a_jacobian_is_a_row(one: str, sign: str, tmp_path: Path) -> None:
    line = rf"\frac{{\partial L}}{{\partial x}} = \frac{{\partial L}}{{\partial y}} {sign}\left({one} + \frac{{\partial d}}{{\partial x}}\right)"  # noqa: E501
    assert verdicts(RESIDUAL, line, tmp_path) == ["correct"]
    assert verdicts(RESIDUAL, line.replace(" + ", " - "), tmp_path) != ["correct"]
    assert verdicts(RESIDUAL, line.replace(" + ", " + 2 "), tmp_path) != ["correct"]


TOLD = r"""
With $G_{ij} := \partial L / \partial O_{ij}$, and where \(Z_i = \sum_l e^{S_{il}}\):
$$ \frac{\partial L}{\partial V_{jp}} = \sum_a A_{aj} G_{ap} $$
$$ A_{ij} = \frac{e^{S_{ij}}}{Z_i} $$
"""


def test_what_the_words_say_that_a_name_stands_for(tmp_path: Path) -> None:
    assert [word for word, _ in lines(ATTENTION, TOLD, tmp_path)] == ["correct"] * 2
    spoilt = TOLD.replace("A_{aj}", "A_{ja}").replace("{Z_i}", "{Z_j}")
    assert "correct" not in [word for word, _ in lines(ATTENTION, spoilt, tmp_path)]
    assert [word for word, _ in lines(ATTENTION, TOLD.replace("With $", "With "), tmp_path)].count("unread") > 0


SQUARE = r"""
inputs: {x: vector(m), eps: positive}
equations: {mu: sum(x) / m, var: "sum((x - mu) ** 2) / m", s: sqrt(var + eps), xhat: (x - mu) / s}
upstream: {xhat: vector(m)}
symbols: {mu: '\mu', var: '\sigma^2', s: '\sigma', xhat: '\hat{x}', loss: L}
"""
SQUARES = [
    (r"\sigma = \sqrt{\sigma^2 + eps}", "+", "-"),
    (r"\frac{\partial L}{\partial \sigma} = -\sum_i \frac{\partial L}{\partial \hat{x}_i} \frac{x_i - \mu}{\sigma^2}", "-", "+"),  # noqa: E501
    (r"\frac{\partial L}{\partial \sigma^2} = \frac{-1}{2\sigma^3} \sum_i \frac{\partial L}{\partial \hat{x}_i} (x_i - \mu)", "^3", "^2"),  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize(("right", "old", "new"), SQUARES)
def test_a_square_that_a_quantity_is_shown_as_may_be_one(right: str, old: str, new: str, tmp_path: Path) -> None:
    assert verdicts(SQUARE, right, tmp_path) == ["correct"]
    assert verdicts(SQUARE, right.replace(old, new, 1), tmp_path) == ["wrong"]


def test_what_stands_behind_a_bar_is_not_the_left_side(tmp_path: Path) -> None:
    line = r"\left.\frac{\partial L}{\partial \mu}\right|_{\hat{x}} = -\sum_i \frac{\partial L}{\partial \hat{x}_i}"
    ((word, why),) = lines(SQUARE, f"$$ {line} $$", tmp_path)
    assert (word, "what is held there" in why) == ("unread", True)


VECTORS = r"""
parameters: {v_c: vector(d), U: d×V}
targets: {y: "one_hot(V, at=o)"}
equations: {theta: U.T @ v_c, yhat: softmax(theta), J: "cross_entropy(yhat, y)"}
of: J
symbols: {theta: '\theta', yhat: '\hat{y}', "U[:,w]": u_w}
"""
OF_WORDS = r"""
\hat{y}_w = \frac{\exp(\theta_w)}{\sum_w \exp(\theta_w)}
\frac{\partial J}{\partial u_w} = -\frac{\partial}{\partial u_w} u_o^T v_c + \frac{\partial}{\partial u_w} \log \sum_{w \in V} \exp(u_w^T v_c)
J = -\log \hat{y}_{j^*}
J = -\theta_{j^\ast} + \log \sum_{j=1}^{|V|} \exp(\theta_j)
\hat{y}_j = \softmax(\theta)_j
p(o|c) = \frac{\exp(u_o^T v_c)}{\sum_w \exp(u_w^T v_c)}
p(w_j \mid w_I) = \hat{y}_j
\frac{\partial J}{\partial v_c} = -u_o + \sum_{x=1}^{V} p(x|c) u_x
"""  # noqa: E501
SPOILT = r"""
\hat{y}_w = \frac{\exp(-\theta_w)}{\sum_w \exp(\theta_w)}
\frac{\partial J}{\partial u_w} = -\frac{\partial}{\partial u_w} u_o^T v_c - \frac{\partial}{\partial u_w} \log \sum_{w \in V} \exp(u_w^T v_c)
J = \log \hat{y}_{j^*}
J = \theta_{j^\ast} + \log \sum_{j=1}^{|V|} \exp(\theta_j)
\hat{y}_j = \softmax(-\theta)_j
"""  # noqa: E501


@pytest.mark.slow
def test_a_letter_that_is_an_index_outside_a_sum_too_and_the_word_that_is_there(tmp_path: Path) -> None:
    assert_each_is("correct", VECTORS, OF_WORDS, tmp_path)
    assert_each_is("wrong", VECTORS, SPOILT, tmp_path)
    spoilt = r"\frac{\partial J}{\partial v_c} = u_o + \sum_{x=1}^{V} p(x|c) u_x"
    assert verdicts(VECTORS, spoilt, tmp_path) != ["correct"]


def test_a_row_of_a_matrix_may_be_a_column_where_only_that_fits(tmp_path: Path) -> None:
    line = r"dS_{i:} = (\mathrm{diag}(A_{i:}) - A_{i:} A_{i:}^\top) dA_{i:}"
    assert "wrong" not in verdicts(ATTENTION, line, tmp_path)
    assert verdicts(ATTENTION, "O_{i:} = A_{i:} V", tmp_path) == ["correct"]
    assert verdicts(ATTENTION, "O_{i:} = A_{:i} V", tmp_path) != ["correct"]


def test_an_outer_product_where_the_left_side_is_a_square_matrix(tmp_path: Path) -> None:
    line = r"\frac{\partial L}{\partial W} = \sum_{t=1}^T \frac{\partial L}{\partial a_t} \otimes h_{t-1}"
    assert verdicts(RECURRENT, line, tmp_path) == ["correct"]
    assert verdicts(RECURRENT, line.replace("h_{t-1}", "h_t"), tmp_path) == ["wrong"]


def test_equations_behind_an_ampersand_within_a_brace(tmp_path: Path) -> None:
    rows = r"\left\{\begin{aligned}&h_t = \tanh(a_t)\\&\hat{y}_t = \mathrm{softmax}(V h_t) \end{aligned}\right."
    assert verdicts(RECURRENT, rows, tmp_path) == ["correct"] * 2
    assert verdicts(RECURRENT, rows.replace(r"V h_t", r"-V h_t"), tmp_path) == ["correct", "wrong"]
