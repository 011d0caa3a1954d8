r"""Networks in the letters of most courses: `a^{(3)}` for the output, `a^{[1]}` though not shown, `g'(z^{[1]})`."""

from __future__ import annotations

import pytest
from handed_in import lines, verdicts

THREE = r"""
notation: W @ x + b
inputs: vector(n)
targets: binary(1)
layers:
  - {weights: p×n, biases: vector(p), activation: sigmoid}
  - {weights: q×p, biases: vector(q), activation: tanh}
  - {weights: 1×q, biases: vector(1), activation: sigmoid}
loss: binary_cross_entropy
"""
SHOWN = r"""
symbols:
  {a1: 'z^{(1)}', a2: 'z^{(2)}', a3: 'z^{(3)}', h1: 'a^{(1)}', h2: 'a^{(2)}', yhat: '\hat{y}',
   W1: 'W^{(1)}', W2: 'W^{(2)}', W3: 'W^{(3)}', b1: 'b^{(1)}', b2: 'b^{(2)}', b3: 'b^{(3)}'}
"""
TWO = r"""
notation: W @ x + b
inputs: vector(d)
targets: one_hot(k)
layers:
  - {weights: h×d, biases: vector(h), activation: sigmoid}
  - {weights: k×h, biases: vector(k), activation: softmax}
loss: cross_entropy
"""
NIELSEN = r"""
notation: W @ x + b
inputs: vector(n)
targets: vector(k)
layers:
  - {weights: m×n, biases: vector(m), activation: sigmoid}
  - {weights: k×m, biases: vector(k), activation: sigmoid}
loss: half_squared_error
symbols: {x: a^1, a1: z^2, a2: z^3, h1: a^2, yhat: a^3, W1: w^2, W2: w^3, b1: b^2, b2: b^3, loss: C}
"""


@pytest.mark.parametrize(
    ("right", "spoilt"),
    [
        (r"\hat{y} = a^{(3)}", "a^{(2)}"),
        (r"a^{(3)} = \sigma(z^{(3)})", "z^{(3)}"),
        (r"\delta^{(3)} = a^{(3)} - y", "y - a^{(3)}"),
        (r"z^{(1)} = W^{(1)} a^{(0)} + b^{(1)}", "W^{(1)} a^{(0)} - b^{(1)}"),
        (r"z^{(1)}_i = \sum_j W^{(1)}_{ij} a^{(0)}_j + b^{(1)}_i", r"\sum_j W^{(1)}_{ji} a^{(0)}_j + b^{(1)}_i"),
        (r"\frac{\partial L}{\partial W^{(1)}} = \delta^{(1)} (a^{(0)})^T", r"\delta^{(2)} (a^{(0)})^T"),
        (r"\frac{\partial L}{\partial W^{(1)}} = \delta^{(1)} (x)^T", r"2 \delta^{(1)} (x)^T"),
    ],
)
def test_the_numbers_of_hidden_layers_go_on_to_the_output_and_the_inputs(right, spoilt, tmp_path):
    assert verdicts(THREE + SHOWN, right, tmp_path) == ["correct"]
    assert "correct" not in verdicts(THREE + SHOWN, f"{right.partition(' = ')[0]} = {spoilt}", tmp_path)


LINES = [
    (r"z^{[1]} = W^{[1]} x + b^{[1]}", "W", "2 W"),
    (r"a^{[1]} = \sigma(z^{[1]})", r"\sigma(z^{[1]})", r"-\sigma(z^{[1]})"),
    (r"z^{[2]} = W^{[2]} a^{[1]} + b^{[2]}", "a", "z"),
    (r"a^{[2]} = \text{softmax}(z^{[2]})", "z", "2 z"),
    (r"\mathcal{L} = -\sum_{i=1}^k y_i \log a^{[2]}_i", "a", "z"),
    (r"\frac{\partial \mathcal{L}}{\partial z^{[2]}} = a^{[2]} - y", "a", "z"),
    (r"dz^{[2]} = a^{[2]} - y", "-", "+"),
    (r"dW^{[2]} = dz^{[2]} a^{[1]T}", "a", "z"),
    (r"dz^{[1]} = W^{[2]T} dz^{[2]} * g^{[1]'}(z^{[1]})", "g^{[1]'}", "g^{[1]}"),
    (r"dz^{[1]} = W^{[2]T} dz^{[2]} * g'(z^{[1]})", "g'(z", "g'(a"),
    (r"dz^{[1]} = W^{[2]T} dz^{[2]} \odot a^{[1]} \odot (1 - a^{[1]})", r"(1 - a", r"(1 - z"),
    (r"dW^{[1]} = dz^{[1]} x^T", "dz", "da"),
]
BELOW = {
    "^{[2]}_i": "_{2,i}",
    **{"^{[1]T}": "_1^T", "^{[2]T}": "_2^T", "^{[1]'}": "'", "^{[1]}": "_1", "^{[2]}": "_2"},
}


def _below(text):
    """With the numbers of layers below."""
    for above, below in BELOW.items():
        text = text.replace(above, below)
    return text


@pytest.mark.parametrize("style", [str, lambda text: text.replace("[", "(").replace("]", ")"), _below])
def test_z_and_a_are_read_where_the_problem_shows_no_letters(style, tmp_path):
    right = style("\n".join(f"$$ {line} $$" for line, _, _ in LINES))
    assert [word for word, _ in lines(TWO, right, tmp_path)] == ["correct"] * len(LINES)


@pytest.mark.parametrize("number", range(len(LINES)))
def test_a_spoilt_line_in_these_letters_is_never_right(number, tmp_path):
    line, old, new = LINES[number]
    left, _, formula = line.partition(" = ")
    spoilt = [each for each, _, _ in LINES]
    spoilt[number] = f"{left} = {formula.replace(old, new, 1)}"
    assert spoilt[number] != line
    text = "\n".join(f"$$ {each} $$" for each in spoilt)
    found = [word for word, _ in lines(TWO, text, tmp_path)]
    assert found.count("correct") < len(LINES)
    assert found[:number] == ["correct"] * number


def test_a_problem_s_own_a_stays_the_weighted_sum(tmp_path):
    """With Bishop z is what a function makes of a."""
    own = [r"a_1 = W_1 x + b_1", r"z_1 = \sigma(a_1)", r"a_2 = W_2 z_1 + b_2"]
    own += [r"\delta_1 = z_1 \odot (1 - z_1) \odot W_2^T \delta_2", r"\frac{\partial L}{\partial W_2} = \delta_2 z_1^T"]
    text = "\n".join(f"$$ {each} $$" for each in own)
    assert [word for word, _ in lines(TWO, text, tmp_path)] == ["correct"] * 5
    spoilt = text.replace("2 z_1^T", "2 a_1^T")
    assert sorted(word for word, _ in lines(TWO, spoilt, tmp_path)) == [*["correct"] * 4, "wrong"]
    assert verdicts(TWO, r"a_2 = W_2 h_1 + b_2", tmp_path) == ["correct"]
    assert verdicts(TWO, r"a_2 = W_2 a_1 + b_2", tmp_path) == ["wrong"]


@pytest.mark.parametrize(
    ("right", "spoilt"),
    [
        (r"z^l = w^l a^{l-1} + b^l", r"w^l a^{l-1} - b^l"),
        (r"z^l_j = w^l_j a^{l-1} + b^l_j", r"2 w^l_j a^{l-1} + b^l_j"),
        (r"z_j^l = \sum_k w_{jk}^la_k^{l-1}+b_j^l", r"\sum_k w_{kj}^la_k^{l-1}+b_j^l"),
        (r"C = \frac{1}{2} \sum_k (y_k - a_k^L)^2", r"\frac{1}{2} \sum_k (y_k + a_k^L)^2"),
        (r"\frac{\partial C}{\partial a_j^L} = a_j^L - y_j", "y_j - a_j^L"),
        (r"\delta_j^2 = \frac{\partial C}{\partial z_j^2}", r"\frac{\partial C}{\partial a_j^2}"),
        (r"\delta_j^L = (a_j^L - y_j) \sigma'(z_j^L)", r"(a_j^L - y_j) \sigma(z_j^L)"),
        (r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)", r"(w^{l+1} \delta^{l+1}) \odot \sigma'(z^l)"),
        (r"\frac{\partial C}{\partial w^2} = \delta^2 (a^1)^T", r"2 \delta^2 (a^1)^T"),
    ],
)
def test_layers_have_the_numbers_that_they_are_shown_with(right, spoilt, tmp_path):
    assert verdicts(NIELSEN, right, tmp_path) == ["correct"]
    assert "correct" not in verdicts(NIELSEN, f"{right.partition(' = ')[0]} = {spoilt}", tmp_path)


def test_a_side_that_no_layer_can_have_leaves_the_others(tmp_path):
    chain = r"\delta_j^l = \frac{\partial C}{\partial z_j^l} = q_j + \dots + q_l = \frac{\partial C}{\partial a_j^l} %s"
    assert verdicts(NIELSEN, chain % r"\sigma'(z_j^l)", tmp_path) == ["correct", "correct"]
    assert verdicts(NIELSEN, chain % r"\sigma(z_j^l)", tmp_path) == ["correct", "wrong"]


def test_what_holds_at_some_values_alone_is_left_open(tmp_path):
    """With all parameters 0 every weighted sum is 0 and σ(0) = 0.5."""
    said = [r"\delta^{(3)} = \hat{y} - y", r"z^{(1)} = 0", r"a^{(1)} = \sigma(0) = 0.5"]
    said += [r"\hat{y} = a^{(3)} = \sigma(0) = 0.5", r"\frac{\partial L}{\partial b^{(3)}} = 0.5 - y"]
    text = "\n".join(f"$$ {each} $$" for each in said)
    assert "wrong" not in [word for word, _ in lines(THREE + SHOWN, text, tmp_path)]
    spoilt = text + "\n" + r"$$ \frac{\partial L}{\partial b^{(2)}} = \delta^{(3)} $$"
    assert [word for word, _ in lines(THREE + SHOWN, spoilt, tmp_path)].count("wrong") == 1
    assert verdicts(THREE + SHOWN, said[-1], tmp_path) == ["wrong"]


@pytest.mark.parametrize(("sign", "word"), [("", "correct"), ("-", "wrong"), ("2 ", "wrong")])
def test_the_loss_may_be_l_where_l_is_an_index(sign, word, tmp_path):
    sums = r"\sum_{k,l} \frac{\partial l}{\partial a_k^3} \frac{\partial a_k^3}{\partial z_l^3}"
    chain = sums + r" \frac{\partial z_l^3}{\partial b_i^3}"
    assert verdicts(NIELSEN, rf"\frac{{\partial C}}{{\partial b_i^3}} = {sign}{chain}", tmp_path) == [word]
