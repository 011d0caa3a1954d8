"""Numbers that another program printed, against ours: they may differ by what float64 loses on the way, not by more."""

from __future__ import annotations

import numpy as np
import pytest

from gradcalc.check.author.own import check_problem, without_key
from gradcalc.check.author.precision import is_printed
from gradcalc.problem.load import loads
from gradcalc.report.story.own_check import check_document

MAZUR = """\
notation: W @ x + b
inputs: [0.05, 0.10]
targets: [0.01, 0.99]
layers:
  - {weights: [[0.15, 0.20], [0.25, 0.30]], biases: [0.35, 0.35], activation: sigmoid}
  - {weights: [[0.40, 0.45], [0.50, 0.55]], biases: [0.60, 0.60], activation: sigmoid}
loss: half_squared_error
lr: 0.5
"""
FROZEN = "freeze: [b1, b2]\n"


def checked(text: str, step: int, printed: str):
    expected = f'expected: {{steps: {{"{step}": {{after: {{loss: {printed}}}}}}}}}'
    (found,) = check_problem(loads(text + expected)).expected
    return found


def mazur(steps: int, with_biases: bool, random: np.random.Generator | None = None) -> float:
    """The error of the network after some steps, by the definition alone; `random` moves last places at each step."""
    x, t = np.array([0.05, 0.1]), np.array([0.01, 0.99])
    W1, W2 = np.array([[0.15, 0.2], [0.25, 0.3]]), np.array([[0.4, 0.45], [0.5, 0.55]])
    b1, b2 = np.array([0.35, 0.35]), np.array([0.6, 0.6])
    for _ in range(steps):
        h = 1 / (1 + np.exp(-(W1 @ x + b1)))
        y = 1 / (1 + np.exp(-(W2 @ h + b2)))
        output = (y - t) * y * (1 - y)
        hidden = (W2.T @ output) * h * (1 - h)
        W2, W1 = W2 - 0.5 * np.outer(output, h), W1 - 0.5 * np.outer(hidden, x)
        if with_biases:
            b2, b1 = b2 - 0.5 * output, b1 - 0.5 * hidden
        if random is not None:
            W1, W2, b1, b2 = (a * (1 + 2.0**-52 * random.uniform(-1, 1, a.shape)) for a in (W1, W2, b1, b2))
    y = 1 / (1 + np.exp(-(W2 @ (1 / (1 + np.exp(-(W1 @ x + b1)))) + b2)))
    return float(0.5 * ((y - t) ** 2).sum())


# Both numbers were printed by Java programs that have the network of M. Mazur's article in their tests.
@pytest.mark.parametrize(
    ("text", "printed"), [(MAZUR, "2.4475622359322466E-6"), (MAZUR + FROZEN, "3.510187782978859E-5")]
)
def test_after_ten_thousand_steps_the_last_places_differ(text: str, printed: str) -> None:
    right = mazur(10_000, with_biases=text == MAZUR)
    assert float(printed) == pytest.approx(right, rel=1e-13)
    found = checked(text, 10_000, printed)
    assert found.agrees
    assert found.message.startswith("but for the rounding of float64: ") == (float(printed) != found.right)


def test_last_places_that_are_lost_at_each_step_add_up() -> None:
    """Of a thousand steps each of which loses about a unit; within the last step alone there is less room."""
    right = mazur(1_000, with_biases=True)
    printed = [mazur(1_000, with_biases=True, random=np.random.default_rng(seed)) for seed in range(6)]
    assert max(abs(each / right - 1) for each in printed) > 4e-14
    assert all(checked(MAZUR, 1_000, f"{each:.16e}").agrees for each in printed)


@pytest.mark.parametrize("slip", [1e-10, -1e-10, 1e-8, 1e-3])
def test_what_differs_by_more_than_rounding_does_not_agree(slip: float) -> None:
    printed = mazur(10_000, with_biases=True) * (1 + slip)
    assert not checked(MAZUR, 10_000, f"{printed:.16e}").agrees


def test_a_short_number_has_to_be_right_at_its_digits() -> None:
    """No digit of seven is lost to rounding."""
    assert checked(MAZUR, 10_000, "2.447562e-6").agrees
    assert not checked(MAZUR, 10_000, "2.447563e-6").agrees


def test_one_step_has_less_room_than_many() -> None:
    after_one = mazur(1, with_biases=True)
    assert checked(MAZUR, 1, f"{after_one:.16e}").agrees
    assert not checked(MAZUR, 1, f"{after_one * (1 + 1e-14):.16e}").agrees


def test_that_the_last_place_differs_is_said_and_its_value_kept_from_students() -> None:
    right = checked(MAZUR, 100, "0").right
    text = f"{MAZUR}expected: {{steps: {{'100': {{after: {{loss: {right.item() * (1 + 2e-15):.16e}}}}}}}}}"
    check = check_problem(loads(text))
    assert check.passes
    assert "rounding of float64" in str(check_document(check))
    assert "comes out as" not in str(check_document(without_key(check)))


def test_nothing_finite_agrees_with_what_overflows() -> None:
    text = "inputs: {x: 1e200}\nequations: {f: x ** 2}\nexpected: {forward: {f: 1.2345678901234567e308}}"
    (found,) = check_problem(loads(text)).expected
    assert not found.agrees


def test_digits_that_count_as_a_program_s() -> None:
    value = np.array([0.5801545319394, 5.8015453193945, 3.5101877839056e-05, 100.0, 0.1])
    unit = np.array([1e-13, 1e-13, 1e-18, 1e-12, 0.0])
    assert is_printed(value, unit).tolist() == [False, True, True, True, False]
