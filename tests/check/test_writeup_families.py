"""Write-ups about families: recurrences by steps, layers by index, names of their own with indices.

Whether a line is right is known by hand, and by the numbers of a network that is written out here in NumPy.
"""

from __future__ import annotations

import numpy as np
import pytest

from gradcalc.check.marking.mark import mark
from gradcalc.check.writeup.read import answers_in, sheet_of
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

RECURRENT = r"""
over: {t: 3}
inputs:
  x[t]: [[1, -0.5], [0.3, 0.8], [-1, 0.4]]
  h[0]: [0.2, -0.1, 0.4]
targets:
  y[t]: [[1, 0], [0, 1], [1, 0]]
parameters:
  W_h: [[0.5, -0.3, 0.1], [0.2, 0.7, -0.4], [-0.6, 0.3, 0.2]]
  W_x: [[0.4, -0.2], [0.1, 0.6], [-0.5, 0.3]]
  b: [0.1, -0.2, 0.3]
  V: [[0.3, -0.5, 0.8], [-0.4, 0.9, 0.2]]
equations:
  Wh[t]: W_h
  z[t]: Wh[t] @ h[t-1] + W_x @ x[t] + b
  h[t]: sigmoid(z[t])
  o[t]: V @ h[t]
  yhat[t]: softmax(o[t])
  J[t]: cross_entropy(yhat[t], y[t])
loss: sum(J[t], t)
symbols:
  "Wh[t]": 'W_h^{(t)}'
  "z[t]": 'z^{(t)}'
  "h[t]": 'h^{(t)}'
  "o[t]": 'o^{(t)}'
  "yhat[t]": '\hat{y}^{(t)}'
  "J[t]": 'J^{(t)}'
  sigmoid: '\sigma'
"""
SOLUTION = solve(loads(RECURRENT), check=False)


def verdicts(text: str, solution=SOLUTION) -> list[tuple[str, str]]:
    """The verdict on each line that is read, and what is said of it."""
    marks = mark(solution, sheet_of(answers_in(text, "homework.tex"), solution))
    found = sorted((line for verdict in marks.verdicts for line in verdict.lines), key=lambda line: line.place.column)
    return [(line.verdict, line.message) for line in found if line.verdict != "unreadable"]


def words(text: str, solution=SOLUTION) -> list[str]:
    return [word for word, _ in verdicts(text, solution)]


SAME = [
    r"z^{(t)} = W_h h^{(t-1)} + W_x x^{(t)} + b",
    r"z^{(k)} = W_h h^{(k-1)} + W_x x^{(k)} + b",
    r"z^{(t+1)} = W_h h^{(t)} + W_x x^{(t+1)} + b",
    r"z_t = W_h h_{t-1} + W_x x_t + b",
    r"\mathbf{z}_{t} = \mathbf{W}_h \mathbf{h}_{t-1} + \mathbf{W}_x \mathbf{x}_{t} + \mathbf{b}",
    r"z^{t} = W_h h^{t-1} + W_x x^{t} + b",
    r"z^{\langle t \rangle} = W_h h^{\langle t-1 \rangle} + W_x x^{\langle t \rangle} + b",
    r"z^{[t]} = W_h h^{[t-1]} + W_x x^{[t]} + b",
    r"z^{(\tau)} = W_h h^{(\tau-1)} + W_x x^{(\tau)} + b",
    r"z^{(3)} = W_h h^{(2)} + W_x x^{(3)} + b",
    r"z^{(T)} = W_h h^{(T-1)} + W_x x^{(T)} + b",
    r"z^{(t)}_i = \sum_j W_{h,ij} h^{(t-1)}_j + \sum_j W_{x,ij} x^{(t)}_j + b_i",
    r"z_{[i]}^{(t)} = \sum_{j=1}^{3} W_{h[i,j]}^{(t)} h_{[j]}^{(t-1)} + \sum_j W_{x [i,j]} x^{(t)}_{[j]} + b_{[i]}",
]


@pytest.mark.parametrize("line", SAME)
def test_members_are_read_in_all_ways_that_people_write_them(line: str) -> None:
    assert words(rf"\[ {line} \]") == ["correct"]


FORGOTTEN = {"t-1": "t", "k-1": "k", r"\tau-1": r"\tau", "T-1": "T", " h^{(t)}": " h^{(t-1)}"}


@pytest.mark.parametrize("line", [line for line in SAME if "_{t-1}" not in line and "(2)" not in line])
def test_the_step_before_forgotten_is_wrong(line: str) -> None:
    """Not of h_t: an index below could be that of an entry, as the file shows h^{(t)}."""
    before = next(each for each in FORGOTTEN if each in line)
    assert words(rf"\[ {line.replace(before, FORGOTTEN[before], 1)} \]") == ["wrong"]


RIGHT = [
    r"J = \sum_{t=1}^{T} J^{(t)}",
    r"J = \sum_t J^{(t)}",
    r"\frac{\partial J}{\partial W_h} = \sum_{t=1}^{T} \frac{\partial J}{\partial W_h^{(t)}}",
    r"\frac{\partial J}{\partial W_h} = \sum_{t=1}^{T} \sum_{k=1}^{t} \frac{\partial J^{(t)}}{\partial W_h^{(k)}}",
    r"\frac{\partial h^{(t)}}{\partial h^{(t-1)}} = diag(\sigma'(z^{(t)})) W_h",
    r"\frac{\partial h^{(t)}}{\partial h^{(t-1)}} = diag(h^{(t)} \odot (1 - h^{(t)})) W_h",
    r"\frac{\partial J^{(t)}}{\partial o^{(t)}} = \hat{y}^{(t)} - y^{(t)}",
    r"\frac{\partial J}{\partial V} = \sum_{t} (\hat{y}^{(t)} - y^{(t)}) (h^{(t)})^T",
    r"\frac{\partial J}{\partial h^{(T)}} = V^T (\hat{y}^{(T)} - y^{(T)})",
    r"\hat{y}^{(t)}_{[i]} = \frac{e^{o^{(t)}_{[i]}}}{\sum_{j} e^{o^{(t)}_{[j]}}}",
    r"J^{(t)} = -\sum_i y^{(t)}_i log \hat{y}^{(t)}_i",
    (
        r"\frac{\partial h_{[p]}^{(k)}}{\partial z_{[m]}^{(k)}} = \begin{cases}"
        r" \sigma'(z_{[p]}^{(k)}) & \text{if } p = m \\ 0 & \text{otherwise} \end{cases}"
    ),
    (
        r"\frac{\partial J}{\partial h^{(t)}} = W_h^T \left( \frac{\partial J}{\partial h^{(t+1)}}"
        r" \odot \sigma'(z^{(t+1)}) \right) + V^T (\hat{y}^{(t)} - y^{(t)})"
    ),
    (
        r"\frac{\partial J}{\partial W_x} = \sum_{t=1}^T \left( \frac{\partial J}{\partial h^{(t)}}"
        r" \circ \sigma'(z^{(t)}) \right) \times (x^{(t)})^{Tr}"
    ),
]
WRONG = [
    r"J = \sum_{t=1}^{T-1} J^{(t)}",
    r"\frac{\partial J}{\partial W_h} = \sum_{t=2}^{T} \frac{\partial J}{\partial W_h^{(t)}}",
    r"\frac{\partial J}{\partial W_h} = \sum_{t=1}^{T} \sum_{k=1}^{t-1} \frac{\partial J^{(t)}}{\partial W_h^{(k)}}",
    r"\frac{\partial h^{(t)}}{\partial h^{(t-1)}} = diag(\sigma'(z^{(t-1)})) W_h",
    r"\frac{\partial h^{(t)}}{\partial h^{(t-1)}} = diag(h^{(t)}) W_h",
    r"\frac{\partial J^{(t)}}{\partial o^{(t)}} = y^{(t)} - \hat{y}^{(t)}",
    r"\frac{\partial J}{\partial V} = \sum_{t} (\hat{y}^{(t)} - y^{(t)}) (h^{(t-1)})^T",
    r"\frac{\partial J}{\partial h^{(t)}} = V^T (\hat{y}^{(t)} - y^{(t)})",
    r"\hat{y}^{(t)}_{[i]} = \frac{e^{o^{(t)}_{[i]}}}{\sum_{j=1}^{2} e^{o^{(t)}_{[i]}}}",
    r"J^{(t)} = \sum_i y^{(t)}_i log \hat{y}^{(t)}_i",
    (
        r"\frac{\partial h_{[p]}^{(k)}}{\partial z_{[m]}^{(k)}} = \begin{cases}"
        r" \sigma'(z_{[p]}^{(k)}) & \text{p $\ne$ m} \\ 0 & \text{p = m} \end{cases}"
    ),
    (
        r"\frac{\partial J}{\partial h^{(t)}} = W_h \left( \frac{\partial J}{\partial h^{(t+1)}}"
        r" \odot \sigma'(z^{(t+1)}) \right) + V^T (\hat{y}^{(t)} - y^{(t)})"
    ),
    (
        r"\frac{\partial J}{\partial h^{(t)}} = W_h^T \left( \frac{\partial J}{\partial h^{(t+1)}}"
        r" \odot \sigma'(z^{(t)}) \right) + V^T (\hat{y}^{(t)} - y^{(t)})"
    ),
    (
        r"\frac{\partial J}{\partial W_x} = \sum_{t=1}^T \left( \frac{\partial J}{\partial h^{(t)}}"
        r" \circ \sigma'(z^{(t)}) \right) \times (x^{(t-1)})^{Tr}"
    ),
]


@pytest.mark.parametrize("line", RIGHT)
def test_what_holds_at_every_step_is_right(line: str) -> None:
    assert words(rf"\[ {line} \]") == ["correct"]


@pytest.mark.parametrize("line", WRONG[:-1])
def test_what_fails_at_a_step_is_wrong(line: str) -> None:
    assert words(rf"\[ {line} \]") == ["wrong"]


def test_a_member_that_is_nowhere_makes_no_verdict() -> None:
    """There is no x^{(0)}, which the sum needs."""
    assert words(rf"\[ {WRONG[-1]} \]") == []


BY_THE_NEXT = r"\frac{\partial J^{(t)}}{\partial h^{(k-1)}} = %s"
GAMMA = r"\[ \gamma_t^{(k)} = \frac{\partial J^{(t)}}{\partial h^{(k)}} \]"
NEXT = [
    (
        r"\left(\frac{\partial h^{(k)}}{\partial h^{(k-1)}}\right)^T \frac{\partial J^{(t)}}{\partial h^{(k)}}",
        "correct",
    ),
    (r"(W_h^{(k)})^{Tr} (\gamma_t^{(k)} \circ \sigma'(z^{(k)}))", "correct"),
    (r"W_h^{(k)} (\gamma_t^{(k)} \circ \sigma'(z^{(k)}))", "wrong"),
    (r"(W_h^{(k)})^{Tr} (\gamma_t^{(k)} \circ \sigma'(z^{(k-1)}))", "wrong"),
    (r"(W_h^{(k)})^{Tr} (\gamma_t^{(k-1)} \circ \sigma'(z^{(k)}))", "wrong"),
    (r"(W_h^{(k)})^{Tr} \gamma_t^{(k)}", "wrong"),
]


@pytest.mark.parametrize(("right", "verdict"), NEXT)
def test_what_holds_for_the_steps_before_a_loss_alone_is_right_for_them(right: str, verdict: str) -> None:
    """A loss of step t doesn't rest on later ones, where the next step's gradient is 0 and its own isn't."""
    (found,) = verdicts(rf"{GAMMA} \[ {BY_THE_NEXT % right} \]")
    assert found[0] == verdict
    assert ("right for t ≥ k" in found[1]) == (verdict == "correct")


OWN = [
    (r"\frac{\partial J}{\partial W_h^{(k)}} = (\delta_k \circ \sigma'(z^{(k)})) (h^{(k-1)})^T", "correct"),
    (r"\frac{\partial J}{\partial W_h^{(k)}} = (\delta_{k-1} \circ \sigma'(z^{(k)})) (h^{(k-1)})^T", "wrong"),
    (r"\frac{\partial J}{\partial W_{h[i,j]}^{(k)}} = \delta_{k[i]} \sigma'(z^{(k)}_{[i]}) h^{(k-1)}_{[j]}", "correct"),
    (r"\frac{\partial J}{\partial W_{h[i,j]}^{(k)}} = \delta_{k[j]} \sigma'(z^{(k)}_{[i]}) h^{(k-1)}_{[j]}", "wrong"),
    (r"\frac{\partial J}{\partial b} = \sum_{k=1}^T \delta_k \odot \sigma'(z^{(k)})", "correct"),
    (r"\frac{\partial J}{\partial b} = \sum_{k=1}^T \delta_k", "wrong"),
]
DEFINED = [
    r"\[ \delta_{t} = \frac{\partial J}{\partial h^{(t)}} \]",
    r"\[ \delta_{t+1} = \frac{\partial J}{\partial h^{(t+1)}} \]",
    r"\[ \delta_{t,i} = \frac{\partial J}{\partial h^{(t)}_i} \]",
    r"\[ \delta_{k[i]} = \frac{\partial J}{\partial h^{(k)}_{[i]}} \]",
    (
        r"\[ \frac{\partial J}{\partial h^{(t)}_{[i]}} = \underbrace{\frac{\partial J}{\partial"
        r" h^{(t)}_{[i]}}}_{\delta_{t[i]}} \]"
    ),
]


@pytest.mark.parametrize("definition", DEFINED)
@pytest.mark.parametrize(("line", "verdict"), OWN)
def test_a_name_of_ones_own_has_indices_however_it_was_given(definition: str, line: str, verdict: str) -> None:
    assert words(rf"{definition} \[ {line} \]")[-1] == verdict


def test_text_at_a_brace_is_a_remark() -> None:
    line = (
        r"z^{(t)} = \underbrace{W_h h^{(t-1)}}_{\text{from before}} + \underbrace{W_x x^{(t)}}_{Input \space now} + b"
    )
    assert words(rf"\[ {line} \]") == ["correct"]


def test_the_lines_called_right_are_those_that_numpy_calls_right() -> None:
    """The gradient on each hidden state, by central differences of a loop."""
    given = SOLUTION.problem.given

    def loss(change: np.ndarray, at: int) -> float:
        h, total = given["h[0]"], 0.0
        for t in (1, 2, 3):
            z = given["W_h"] @ h + given["W_x"] @ given[f"x[{t}]"] + given["b"]
            h = 1 / (1 + np.exp(-z)) + (change if t == at else 0)
            e = np.exp(given["V"] @ h)
            total -= float(np.sum(given[f"y[{t}]"] * np.log(e / e.sum())))
        return total

    def difference(t: int) -> np.ndarray:
        moves = 1e-6 * np.eye(3)
        return np.array([[(loss(m.reshape(3, 1), t) - loss(-m.reshape(3, 1), t)) / 2e-6] for m in moves])

    values = SOLUTION.values
    for t in (1, 2):
        z = values[f"z[{t + 1}]"]
        slope = np.exp(-z) / (1 + np.exp(-z)) ** 2
        now = given["V"].T @ (values[f"yhat[{t}]"] - given[f"y[{t}]"])
        assert np.allclose(difference(t), given["W_h"].T @ (difference(t + 1) * slope) + now, atol=1e-7)


HELD = [
    (r"\frac{\partial z^{(t)}}{\partial b} = I", True),
    (r"\frac{\partial z^{(t)}}{\partial b} = 2 I", False),
    (
        r"\frac{\partial J^{(t)}}{\partial b} = \sum_{k=1}^t \frac{\partial J^{(t)}}{\partial \hat{y}^{(t)}}"
        r" \frac{\partial \hat{y}^{(t)}}{\partial h^{(t)}} \frac{\partial h^{(t)}}{\partial h^{(k)}}"
        r" \frac{\partial h^{(k)}}{\partial b}",
        True,
    ),
    (
        r"\frac{\partial J}{\partial W_x} = \sum_t \frac{\partial J}{\partial z^{(t)}}"
        r" \frac{\partial z^{(t)}}{\partial W_x}",
        True,
    ),
    (
        r"\frac{\partial J}{\partial b} = \sum_t \left(\frac{\partial z^{(t)}}{\partial b}\right)^T"
        r" \frac{\partial J}{\partial z^{(t)}}",
        True,
    ),
    (
        r"\frac{\partial J}{\partial b} = \sum_t \left(\frac{\partial h^{(t)}}{\partial"
        r" b^{(t)}}\right)^T \frac{\partial J}{\partial h^{(t)}}",
        True,
    ),
    (r"\frac{\partial J}{\partial b} = \sum_t \left(\frac{\partial J^{(t)}}{\partial b}\right)", True),
    (
        r"\frac{\partial J}{\partial b} = 2 \sum_t \left(\frac{\partial z^{(t)}}{\partial"
        r" b}\right)^T \frac{\partial J}{\partial z^{(t)}}",
        False,
    ),
    (
        r"\frac{\partial J}{\partial b} = \sum_t \left(\frac{\partial z^{(t)}}{\partial b}\right)^T"
        r" \frac{\partial J}{\partial h^{(t)}}",
        False,
    ),
    (r"z^{(t)} = W_h h^{(t-1)} + W_x^{(t)} x^{(t)} + b^{(t)}", True),
    (r"z^{(t)} = W_h h^{(t-1)} + W_x^{(t)} x^{(t)} - b^{(t)}", False),
]


@pytest.mark.parametrize(("line", "is_right"), HELD)
def test_a_derivative_may_hold_what_other_steps_give(line: str, is_right: bool) -> None:
    """The term of a sum over steps: of z[t] by b with h[t-1] held, as h[t-1] has a term of its own."""
    assert words(rf"\[ {line} \]") == ["correct" if is_right else "wrong"]


def test_a_diagonal_between_members_may_be_given_as_a_vector() -> None:
    line = r"\frac{\partial h^{(t)}}{\partial z^{(t)}} = %s"
    assert words(rf"\[ {line % r'h^{(t)} (1 - h^{(t)})'} \]") == ["correct"]
    assert words(rf"\[ {line % r'h^{(t)} (1 - h^{(t-1)})'} \]") == ["wrong"]


def test_a_d_before_a_member_is_its_gradient() -> None:
    assert words(r"\[ dz^{(t)} = dh^{(t)} \odot \sigma'(z^{(t)}) \]") == ["correct"]
    assert words(r"\[ dz^{(t)} = dh^{(t)} \odot \sigma(z^{(t)}) \]") == ["wrong"]


def test_the_outer_product_of_two_columns_may_have_a_sign() -> None:
    line = r"\frac{\partial J}{\partial V} = \sum_t (\hat{y}^{(t)} - y^{(t)}) \otimes h^{(%s)}"
    assert words(rf"\[ {line % 't'} \]") == ["correct"]
    assert words(rf"\[ {line % 't-1'} \]") == ["wrong"]


def test_what_comes_by_one_use_alone_of_a_shared_parameter_makes_no_verdict() -> None:
    assert words(r"\[ \frac{\partial J}{\partial W_x} = \sum_t \frac{\partial J}{\partial W_x^{(t)}} \]") == []


FORMULAS = [
    (r"e^{(t)} = \hat{y}^{(t)} - y^{(t)}", r"\frac{\partial J}{\partial V} = \sum_t e^{(t)} (h^{(t)})^T", "correct"),
    (r"e^{(t)} = \hat{y}^{(t)} - y^{(t)}", r"\frac{\partial J}{\partial V} = -\sum_t e^{(t)} (h^{(t)})^T", "wrong"),
    (
        r"\delta_t^o = \hat{y}^{(t)} - y^{(t)}",
        r"\frac{\partial J}{\partial V} = \sum_k \delta_k^o (h^{(k)})^T",
        "correct",
    ),
    (r"\delta_t^o = \hat{y}^{(t)} - y^{(t)}", r"\frac{\partial J^{(t)}}{\partial o^{(t)}} = 2 \delta_t^o", "wrong"),
    (
        r"\epsilon_i^{(t)} = \hat{y}_i^{(t)} - y_i^{(t)}",
        r"\frac{\partial J^{(k)}}{\partial o_j^{(k)}} = \epsilon_j^{(k)}",
        "correct",
    ),
]


@pytest.mark.parametrize(("definition", "line", "verdict"), FORMULAS)
def test_a_name_of_ones_own_stands_for_a_formula(definition: str, line: str, verdict: str) -> None:
    assert words(rf"\[ {definition} \] \[ {line} \]") == [verdict]


def test_a_name_for_a_formula_may_be_given_again() -> None:
    text = r"\[ e = W_h h^{(2)} \] \[ z^{(3)} - W_x x^{(3)} - b = e \] \[ e = V h^{(3)} \] \[ o^{(3)} = e \]"
    assert words(text) == ["correct", "correct"]
