r"""Entries and rows of numbered layers, `a_{2,k}`, `(W_2)_{k,:}^\top`, in write-ups; `df(v)` beside a size d."""

from __future__ import annotations

import handed_in
import pytest

PROBLEM = """
notation: W @ x + b
inputs: vector(D)
targets: one_hot(K)
layers:
  - {weights: H×D, biases: vector(H), activation: sigmoid}
  - {weights: K×H, biases: vector(K), activation: softmax}
loss: cross_entropy
"""
BATCH = """
parameters: {W: D×K, b: 1×K}
inputs: {X: N×D, T: N×K}
equations:
  Z: X @ W + b
  Y: sigmoid(Z)
  J: sum((Y - T) ** 2) / (2 * N)
of: J
"""
FUNCTION = """
parameters: {W: h×d, b: vector(h)}
inputs: {x: vector(d), phi: function, f: function(h)}
equations:
  z: W @ x + b
  a: phi(z)
  J: f(a)
of: J
symbols: {phi: '\\phi'}
"""
ENTRIES = [
    (r"\frac{\partial L}{\partial a_{2,k}} = \hat{y}_k - y_k", "- y_k", "+ y_k"),
    (r"\frac{\partial L}{\partial a_{2k}} = \hat{y}_k - y_k", "- y_k", "+ y_k"),
    (r"\frac{\partial L}{\partial W_{2ki}} = (\hat{y}_k - y_k) h_{1i}", "h_{1i}", "h_{1i}^2"),
    (r"\hat{y}_k = \frac{e^{a_{2,k}}}{\sum_{j=1}^K e^{a_{2,j}}}", "j=1", "j=2"),
    (r"\frac{\partial L}{\partial W_{2,ki}} = (\hat{y}_k - y_k) h_{1,i}", "h_{1,i}", "h_{1,i}^2"),
    (r"\frac{\partial \hat{y}_i}{\partial a_{2,j}} = \hat{y}_i (\delta_{ij} - \hat{y}_j)", r"\delta_{ij}", "1"),
    (r"L = -\sum_{k=1}^K y_k (a_{2,k} - \log \sum_{j=1}^K e^{a_{2,j}})", r"-\sum_{k", r"\sum_{k"),
    (r"\frac{\partial L}{\partial h_1} = \sum_{k=1}^K (\hat{y}_k - y_k) (W_2)_{k,:}^\top", "- y_k", "+ y_k"),
]
SHOWN = PROBLEM.replace("sigmoid", "tanh") + "symbols: {a1: z, h1: h}\n"
ONE = """
inputs: {x: vector(D)}
parameters: {W1: H×D, b1: vector(H), W2: K×H, b2: vector(K)}
targets: {y: one_hot(K)}
equations:
  z: W1 @ x + b1
  h: tanh(z)
  o: W2 @ h + b2
  p: softmax(o)
loss: cross_entropy(p, y)
"""
BY_LAYER = [
    (SHOWN, r"\frac{\partial L}{\partial h_{1j}} = \sum_k (\hat{y}_k - y_k) W_{2,kj}", "kj", "jk"),
    (SHOWN, r"\frac{\partial L}{\partial h_j^{(1)}} = \sum_k (\hat{y}_k - y_k) W_{2kj}", "kj", "jk"),
    (SHOWN, r"\frac{\partial L}{\partial h_j^1} = \sum_k (\hat{y}_k - y_k) W_{2,kj}", "- y_k", "+ y_k"),
    (SHOWN, r"\frac{\partial L}{\partial z_{2k}} = \hat{y}_k - y_k", "z_{2", "z_{1"),
    (SHOWN, r"\frac{\partial h_{1j}}{\partial z_{1j}} = 1 - h_{1j}^2", "^2", ""),
    (SHOWN, r"\delta_{1j} = (1 - h_{1j}^2) \sum_k \delta_{2k} W_{2,kj}", "1 -", "1 +"),
    (SHOWN, r"z_{1,j} = \sum_i W_{1,ji} x_i + b_{1j}", "x_i", "x_j"),
    (ONE, r"\frac{\partial L}{\partial b_{1j}} = (1 - h_{1j}^2) \sum_k (p_k - y_k) W_{2,kj}", "1 -", "1 +"),
]
"""Beside what is shown without the number of its layer."""
ROW = (r"\frac{\partial J}{\partial W} = \frac{1}{N} \sum_{n=1}^N X_{n,:}^\top ((Y_{n,:} - T_{n,:})"
       r" \odot Y_{n,:} \odot (1 - Y_{n,:}))")  # fmt: skip


@pytest.fixture
def verdicts(tmp_path):
    return lambda tex, problem=PROBLEM: handed_in.verdicts(problem, tex, tmp_path)


@pytest.mark.parametrize(("right", "old", "new"), ENTRIES, ids=range(len(ENTRIES)))
def test_each_line_is_right_and_spoilt_it_is_wrong(verdicts, right, old, new):
    assert old in right
    assert verdicts(right) == ["correct"]
    assert verdicts(right.replace(old, new, 1)) == ["wrong"]


@pytest.mark.parametrize(("problem", "right", "old", "new"), BY_LAYER, ids=range(len(BY_LAYER)))
def test_a_number_before_the_index_of_a_vector_is_that_of_its_layer(verdicts, problem, right, old, new):
    assert old in right
    assert verdicts(right, problem) == ["correct"]
    assert verdicts(right.replace(old, new, 1), problem) == ["wrong"]


def test_a_layer_that_is_not_there_is_not_called_wrong(verdicts):
    assert verdicts(r"\frac{\partial L}{\partial z_{2k}} = p_k - y_k", ONE) == []


def test_a_letter_below_is_joined_where_the_name_is_so(verdicts):
    problem = """
inputs: {x: vector(d)}
parameters: {Wf: m×d, bf: vector(m), wo: vector(m)}
equations:
  f: sigmoid(Wf @ x + bf)
  L: dot(wo, f)
of: L
"""
    right = r"\frac{\partial L}{\partial W_f} = (w_o \odot f \odot (1 - f)) x^T"
    assert verdicts(right, problem) == ["correct"]
    assert verdicts(right.replace("- f", "+ f"), problem) == ["wrong"]


def test_the_transpose_behind_a_row_turns_the_row(verdicts):
    assert verdicts(ROW, BATCH) == ["correct"]
    assert verdicts(ROW.replace(r" \odot (1 - Y_{n,:})", ""), BATCH) == ["wrong"]


def test_the_gradient_of_a_given_function_is_read_beside_a_size_d(verdicts):
    right = r"\frac{\partial J}{\partial z} = df(a) \odot \phi'(z)"
    assert verdicts(right, FUNCTION) == ["correct"]
    assert verdicts(right.replace("'", ""), FUNCTION) == ["wrong"]
