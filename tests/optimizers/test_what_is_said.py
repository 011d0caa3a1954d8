"""What is said of a mistake in an update, held to the two numbers: that of the rule, and that of the mistake.

Each test reads one form of sentence, and says what must then be so of the values, whatever the formula is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from test_mistakes import B1, B2, LR, G, K, W, solution

from gradcalc.check.mistakes.catalogue import mutations
from gradcalc.formula.evaluate import attempt
from gradcalc.optimizers.table import optimizers
from gradcalc.program.solution import Solution

Holds = Callable[[np.ndarray, np.ndarray, Mapping[str, np.ndarray], str], Any]
"""Of the right value, the wrong one, the values by name, and the line's name: whether the sentence is true."""


def same(a: Any, b: Any) -> bool:
    return bool(np.allclose(a, b, rtol=1e-9, atol=1e-12))


def average(beta: float) -> Holds:
    """β and 1 − β exchanged: both averages together are the old one and the new value."""

    def holds(right: np.ndarray, wrong: np.ndarray, values: Mapping[str, np.ndarray], line: str) -> bool:
        old = values[f"{line}_w_old"]
        new = (right - beta * old) / (1 - beta)
        return same(right + wrong, old + new)

    return holds


def left_out(beta: float) -> Holds:
    def holds(right: np.ndarray, wrong: np.ndarray, values: Mapping[str, np.ndarray], line: str) -> bool:
        old = values[f"{line}_w_old"]
        return same((wrong - beta * old) * (1 - beta), right - beta * old)

    return holds


SENTENCES: dict[str, Holds] = {
    r"^this is the change alone": lambda right, wrong, values, line: same(W + wrong, right),
    r"^this is the step alone": lambda right, wrong, values, line: same(W - wrong, right),
    r"^this is the old w": lambda right, wrong, values, line: same(wrong, W),
    r"^this is a step of plain gradient descent": lambda right, wrong, values, line: same(wrong, W - LR * G),
    r"points up the slope": lambda right, wrong, values, line: same(wrong - W, W - right),
    r"^β₁ goes with the old m": average(B1),
    r"^β₂ goes with the old v": average(B2),
    r"^β goes with the old": average(0.9),
    r"is multiplied by 1 − β₁$": left_out(B1),
    r"is multiplied by 1 − β₂$": left_out(B2),
    r"^here the gradient is multiplied by 1 − β$": left_out(0.9),
    r"^here the gradient isn't multiplied by 1 − β": lambda right, wrong, values, line: same(
        wrong - 0.9 * values["v_w_old"], 0.1 * (right - 0.9 * values["v_w_old"])
    ),
    r"^the divisor is 1 − β₁\^k": lambda right, wrong, values, line: same(wrong * (1 - B1), right * (1 - B1**K)),
    r"^the divisor is 1 − β₂\^k": lambda right, wrong, values, line: same(wrong * (1 - B2), right * (1 - B2**K)),
    r"^the old velocity is multiplied by β": lambda right, wrong, values, line: same(
        wrong - right, 0.1 * values["v_w_old"]
    ),
}


def told() -> list[tuple[str, str, np.ndarray, np.ndarray, Solution]]:
    """Every mistake of every rule: its sentence, the line, the right value, the wrong one."""
    found = []
    for entry in optimizers():
        worked = solution(entry.name)
        rule = worked.problem.optimizer
        assert rule is not None
        for equation in worked.equations:
            line = "theta" if equation.kind == "new value" else equation.name.removesuffix("_w")
            for mutation in mutations(equation, worked):
                wrong = attempt(mutation.expr, worked.values, worked.problem.axis)
                if wrong is not None:
                    found.append((mutation.message, line, worked.values[equation.name], wrong, worked))
    return found


@pytest.fixture(scope="module")
def sentences() -> list[tuple[str, str, np.ndarray, np.ndarray, Solution]]:
    return told()


@pytest.mark.parametrize("form", SENTENCES)
def test_a_sentence_says_what_was_done(form: str, sentences: Any) -> None:
    mine = [each for each in sentences if re.search(form, each[0])]
    assert mine, "a form that reads no sentence checks nothing"
    for message, line, right, wrong, worked in mine:
        assert SENTENCES[form](right, wrong, worked.values, line), message


@pytest.mark.parametrize("form", [r"^this is the change alone", r"points up the slope", r"^the divisor is 1 − β₁\^k"])
def test_a_sentence_does_not_hold_of_another_mistake(form: str, sentences: Any) -> None:
    """The forms themselves: of a mistake that they don't speak of, in the same line, they fail."""
    lines = {(line, id(worked)) for message, line, _, _, worked in sentences if re.search(form, message)}
    others = [each for each in sentences if (each[1], id(each[4])) in lines and not re.search(form, each[0])]
    assert len(others) > 10
    for message, line, right, wrong, worked in others:
        assert not SENTENCES[form](right, wrong, worked.values, line), message
