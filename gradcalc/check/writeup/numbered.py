r"""Letters without the number of their layer: `w_{bj}` where the problem has `w_1` and `w_2`.

Where a chain has one of these under its number, that one is meant. Else each may be: which is for trying to tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradcalc.check.answers.interpreter import Interpreter
from gradcalc.check.writeup.formulas import Formulas
from gradcalc.check.writeup.model import Derivation


def readings(chain: Derivation, found: Formulas, interpreter: Interpreter) -> tuple[Formulas, ...]:
    """The chain with each name for such a letter that it may stand for; as it is where it has none, or several."""
    numbered = interpreter.called.numbered
    letters = [letter for letter in dict.fromkeys(found.unknown) if letter in numbered]
    if len(letters) != 1 or found.sides[0].tex.strip() == letters[0]:
        return (found,)  # alone on the left it is any of them, as in a rule for all
    words = {word for text in (*found.texts, found.condition) for word in re.findall(r"\w+", text)}
    said = [name for name in numbered[letters[0]] if name in words]
    return tuple(_read(chain, letters[0], name, interpreter) for name in (said or numbered[letters[0]]))


def _read(chain: Derivation, letter: str, name: str, interpreter: Interpreter) -> Formulas:
    interpreter.read_as = {letter: name}
    try:
        found = Formulas(chain, interpreter)
        found.is_guess = True
        return found
    finally:
        interpreter.read_as = {}


def for_some_sample(chain: Derivation, found: Formulas, interpreter: Interpreter) -> Iterator[Formulas]:
    """The chain where `y_k` is the entry k of any sample's y, if the problem has one letter for samples.

    Where it has steps, `h_k` is the one at another step.
    """
    letters = [*interpreter.solution.problem.over]
    if not found.meanings.may_be_entry or len(letters) != 1 or interpreter.facts.has_steps:
        return
    interpreter.some_sample = letters[0]
    try:
        yield Formulas(chain, interpreter)
    finally:
        interpreter.some_sample = ""


def second_reading(chain: Derivation, interpreter: Interpreter) -> Formulas:
    """The chain in the second reading of what has two in it: odd brackets, `e` beside a quantity e, `A^2`."""
    interpreter.otherwise = True
    try:
        return Formulas(chain, interpreter)
    finally:
        interpreter.otherwise = False


def as_rows(chain: Derivation, interpreter: Interpreter) -> Formulas:
    r"""The chain with gradients by vectors as rows: `\frac{\partial J}{\partial z} W` beside a column x."""
    interpreter.gradients_as_rows = True
    try:
        return Formulas(chain, interpreter)
    finally:
        interpreter.gradients_as_rows = False
