r"""Differentials without a loss, `dz_2 = h\,dW_2 + db_2`, beside gradients that are written alike, `dW_2 = h^T dz_2`.

What a z rests on comes before it, and the gradient on z before those on what it rests on: so no `dW_2` stands in a
gradient on z_2. The product rule has the rest: d(hW + b) = dh W + h dW + db.
"""

from __future__ import annotations

import pytest
from handed_in import assert_each_is, lines, verdicts

ROWS = """
notation: x @ W + b
inputs: {x: 1×Dx}
targets: {y: one_hot(Dy)}
layers:
  - {weights: Dx×H, biases: 1×H, activation: sigmoid}
  - {weights: H×Dy, biases: 1×Dy, activation: softmax}
loss: cross_entropy
"""
COLUMNS = """
notation: W @ x + b
inputs: {x: vector(Dx)}
targets: {y: one_hot(Dy)}
layers:
  - {weights: H×Dx, biases: vector(H), activation: sigmoid}
  - {weights: Dy×H, biases: vector(Dy), activation: softmax}
loss: cross_entropy
"""
RIGHT = [
    (
        ROWS,
        r"""
        dz_{2,j} = \sum_i h_i dW_{2,ij}
        dz_{2,j} = \sum_i h_i dW_{2,ij} + db_{2,j}
        dz_2 = h \, dW_2 + db_2
        dW_2 = h^T dz_2
        dh_i = \sum_j dz_{2,j} W_{2,ij}
        dz_1 = dh \odot \sigma'(z_1)
        """,
    ),
    (
        COLUMNS,
        r"""
        dz_2 = W_2 dh_1 + dW_2 h_1 + db_2
        dz_{2,j} = \sum_i W_{2,ji} dh_{1,i}
        dh_1 = \sigma'(z_1) \odot dz_1
        dz_1 = W_2^T dz_2 \odot \sigma'(z_1)
        db_1 = dz_1
        """,
    ),
]
WRONG = [
    (
        ROWS,
        r"""
        dz_{2,j} = \sum_i h_j dW_{2,ij}
        dz_{2,j} = 2 \sum_i h_i dW_{2,ij}
        dz_{2,j} = \sum_i h_i dW_{2,ij} - db_{2,j}
        dW_2 = x^T dz_2
        dh_i = \sum_j dz_{2,j} W_{2,ji}
        """,
    ),
    (
        COLUMNS,
        r"""
        dz_2 = W_2 dh_1 - dW_2 h_1 + db_2
        dz_{2,j} = \sum_i W_{2,ij} dh_{1,i}
        dh_1 = \sigma(z_1) \odot dz_1
        dz_1 = W_2 dz_2 \odot \sigma'(z_1)
        """,
    ),
]


@pytest.mark.parametrize(("problem", "displays"), RIGHT, ids=["rows", "columns"])
def test_a_d_is_a_differential_or_a_gradient_by_what_it_is_of(problem, displays, tmp_path):
    assert_each_is("correct", problem, displays, tmp_path)


@pytest.mark.parametrize(("problem", "displays"), WRONG, ids=["rows", "columns"])
def test_spoilt_it_is_wrong_in_both_readings(problem, displays, tmp_path):
    for tex in displays.strip().splitlines():
        assert "correct" not in verdicts(problem, tex, tmp_path), tex


def test_nothing_is_said_in_names_that_nobody_has_written(tmp_path):
    ((_, why),) = lines(COLUMNS, r"$$ dz_1 = 2 \, dW_1 x + db_1 $$", tmp_path)
    assert "change_of" not in why
    text = r"$$ \delta_3 = \frac{\partial J}{\partial z_1} = \delta_2 \frac{\partial h}{\partial z_1} $$"
    assert all("of the claim" not in why for _, why in lines(ROWS, text, tmp_path))


def test_a_delta_of_another_numbering_that_nobody_has_said_is_left_open(tmp_path):
    first = r"$$ \delta_1 = \frac{\partial J}{\partial z_2} = \hat{y} - y $$ "
    second = r"$$ \delta_2 = \frac{\partial J}{\partial h} = \delta_1 W_2^T $$ "
    third = r"$$ \delta_3 = \frac{\partial J}{\partial z_1} = \delta_2 \odot \sigma'(z_1) $$"
    assert [word for word, _ in lines(ROWS, third, tmp_path)] == ["unreadable"]
    assert [word for word, _ in lines(ROWS, first + second + third, tmp_path)] == ["correct"] * 3
    spoilt = third.replace(r"\delta_2 \odot", r"-\delta_2 \odot")
    assert [word for word, _ in lines(ROWS, first + second + spoilt, tmp_path)][2] == "wrong"


def test_a_partial_derivative_is_no_differential(tmp_path):
    wrong = r"\frac{\partial J}{\partial h_1} = \sigma'(z_1) \odot \frac{\partial J}{\partial z_1}"
    assert "correct" not in verdicts(COLUMNS, wrong, tmp_path)
    assert "correct" not in verdicts(COLUMNS, r"\delta_2 = 2 \delta_1", tmp_path)


def test_a_gradient_by_one_of_several_parameters_that_isnt_said_is_left_open(tmp_path):
    ((word, _),) = lines(COLUMNS, r"$$ \nabla J = \frac{\partial J}{\partial z_2} h_1^T $$", tmp_path)
    assert word == "unread"


def test_a_command_is_taken_for_one_that_begins_alike(tmp_path):
    unknown = r"$$ \frac{\partial J}{\partial b_1} = \NAME(x) $$"
    hints = {name: lines(COLUMNS, unknown.replace("NAME", name), tmp_path)[0][1] for name in ("foo", "sigmaa")}
    assert "did you mean" not in hints["foo"]
    assert r"'\sigma'" in hints["sigmaa"]
