"""Try what a write-up says of numbers: they stand for the problem's own values, before the update or after it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from gradcalc.check.answers.model import CONDITION, LetterChain, Line
from gradcalc.check.claims.lowering import ClaimError
from gradcalc.check.marking.put_in import ROUNDED, Reach, has_numbers, is_result, with_names
from gradcalc.check.marking.statements import (
    ALIKE,
    IN_CASE,
    LAID_OUT,
    NEVER,
    UNEQUAL,
    UNSAID,
    WHERE_ALIKE,
    WHERE_UNEQUAL,
    Statements,
    Tried,
)
from gradcalc.check.marking.tries import Values
from gradcalc.errors import FormulaError
from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import AT_RUN_TIME
from gradcalc.formula.expr import Expr, Name, Num, names, walk
from gradcalc.formula.write import code
from gradcalc.words import listed

AT_OWN: Final = "this holds at the problem's numbers, and not at others"
_OF_RULES: Final = 2
ALONE: Final = "numbers alone"
_MOST_SHOWN: Final = 3
_FLOAT: Final = 1e-9
_TELLING: Final = 1e-3
"""Numbers with fewer digits may be those of other quantities by chance."""
WHERE_SAID: Final = "right where the words beside it say that it holds"
EQUAL_SAID: Final = "this holds where the indices differ, and the words before it say that they are equal"
_ARE_EQUAL: Final = re.compile(r"(?<!\w)[a-z] == [a-z](?!\w)")
_CHANGE: Final = re.compile(r"\bchange_of_(\w+)")
HINGE_ACTIVE: Final = "right where the hinge is active"
OPEN: Final = "as a line before, which is left open"
_BEST: Final = ("correct", "imprecise", "unreadable")
"""Of the values before an update and those after it either may be meant."""


def tried(said: LetterChain, statements: Statements) -> list[Tried]:
    """What comes of each line of a chain: as an equation that holds everywhere, or of numbers."""
    texts = [said.left, *(line.statement for line in said.lines if line.statement)]
    everywhere = statements.lines(texts, dict(said.free))
    found = iter(_where_said(said, texts, everywhere, statements) if said.condition else everywhere)
    every = [next(found) if line.statement else Tried("unreadable", ALONE) for line in said.lines]
    every = [_with_numbers(said, line, each, statements) for line, each in zip(said.lines, every, strict=True)]
    every = [_as_meant(each, line, said, statements) for each, line in zip(every, said.lines, strict=True)]
    wrong = [i for i, each in enumerate(every) if each.verdict == "wrong"]
    opened = [each.verdict == "carried" and not any(i < at for i in wrong) for at, each in enumerate(every)]
    found = (Tried("unreadable", OPEN) if is_open else each for each, is_open in zip(every, opened, strict=True))
    return [_in_own_words(each, said) for each in found]


def _in_own_words(found: Tried, said: LetterChain) -> Tried:
    """The same without the names of differentials, which nobody has written."""
    if not (said.free and _CHANGE.search(found.said)):
        return found
    if found.said == UNEQUAL.format(said.left):
        return replace(found, said=UNEQUAL.format(said.text))
    return replace(found, said=_CHANGE.sub(r"d\1", found.said))


def _where_said(
    said: LetterChain, texts: Sequence[str], everywhere: Sequence[Tried], statements: Statements
) -> Sequence[Tried]:
    """What comes of each line where it is said to hold; what is right everywhere is so there."""
    there = statements.lines_where(said.condition, texts, dict(said.free))
    if there is None:
        return [each if _is_right(each) else Tried("unreadable", NEVER) for each in everywhere]
    return [one if _is_right(one) else two for one, two in zip(everywhere, there, strict=True)]


def aside(
    line: Line, left: str, text: str, statements: Statements, free: Mapping[str, str] | None = None
) -> Tried | None:
    """What comes of a wrong line where the words beside it say that it holds; None where it is wrong there too."""
    if not line.aside:
        return None
    text = f"0 * ({left})" if text == "0" else text  # whatever shape is meant
    there = statements.lines_where(line.aside, (left, text), free or {})
    if there is None:
        return Tried("unreadable", NEVER)
    return Tried("correct", WHERE_SAID) if there[0].verdict == "correct" else None


def on_hinge(
    left: str, text: str, statements: Statements, free: Mapping[str, str] | None = None, beside: str = ""
) -> Tried | None:
    """What comes of a wrong derivative of a loss with margins where these cost something; None where it is wrong."""
    if not statements.hinge:
        return None
    where = f"{statements.hinge} * ({beside})" if beside else statements.hinge
    there = statements.lines_where(where, (left, text), free or {})
    return Tried("correct", HINGE_ACTIVE) if there is not None and there[0].verdict == "correct" else None


def _is_right(found: Tried) -> bool:
    return found == Tried("correct")


def _as_meant(found: Tried, line: Line, said: LetterChain, statements: Statements) -> Tried:
    """What comes of a line, given what may be meant by it and by its left side."""
    if found.said == UNSAID and _ARE_EQUAL.search(line.aside):
        found = Tried("wrong", EQUAL_SAID)
    if found.verdict in ("wrong", "carried") and line.statement:
        found = aside(line, said.left, line.statement, statements, dict(said.free)) or found
    if found.verdict in ("wrong", "carried") and line.statement and (said.is_derivative or said.free):
        found = on_hinge(said.left, line.statement, statements, dict(said.free), line.aside) or found
    if found.verdict == "wrong" and line.doubt:
        return Tried("unreadable", line.doubt)
    if found.verdict == "imprecise" and said.is_row_too:
        return Tried("correct")
    if said.excluded and found.said == IN_CASE[said.excluded]:
        return Tried("unreadable", f"{found.said}, and the words before it say another case")
    if found.said == ALIKE and said.is_where_equal:
        return Tried("correct", WHERE_ALIKE)
    return Tried("correct", WHERE_UNEQUAL) if found.said == UNSAID and said.is_derivative else found


def _with_numbers(said: LetterChain, line: Line, everywhere: Tried, statements: Statements) -> Tried:
    """The same of a line with numbers put in, which holds at the problem's own values at most."""
    left, right = said.formula, line.formula
    if left is None or right is None or said.free or everywhere.verdict in ("correct", "imprecise"):
        return everywhere
    is_whole = bool(names(right)) and not has_numbers(right)
    if statements.problem.letters is not None or (is_whole and not _has_factor(right)):
        return everywhere
    try:
        every = [_compared(left, right, values, statements) for values in statements.own_values]
    except (ClaimError, FormulaError, *AT_RUN_TIME):
        return everywhere
    ways = [way for way in every if way is not None]
    if is_whole:  # `18x` for `2 w^2 x`, or a slip that these numbers hide
        return Tried("unreadable", AT_OWN) if any(way.verdict == "correct" for way in ways) else everywhere
    return next((way for word in _BEST for way in ways if way.verdict == word), next(iter(ways), everywhere))


def _has_factor(formula: Expr) -> bool:
    """Whether a whole number stands in a formula that is none of those of rules, as 2 is of squares."""
    return any(isinstance(node, Num) and abs(node.value) > _OF_RULES for node in walk(formula))


def _compared(left: Expr, right: Expr, values: Values, statements: Statements) -> Tried | None:
    """How two formulas compare at these values, as far as their numbers are rounded; None where that says nothing."""
    both = [with_names(each, prefix) for each, prefix in ((left, "left"), (right, "right"))]
    put = {name: np.asarray(number.value) for _, numbers in both for name, number in numbers.items()}
    sides = statements.sides((code(both[0][0]), code(both[1][0])), put, values)
    put_in = statements.put_in
    if not names(left) and not put_in.has_values(left):
        return None

    def evaluate(side: int, moved: Values) -> Array | None:
        cases = sides({**put, **moved})[side]
        return cases[0] if len(cases) == 1 and np.isfinite(cases[0]).all() else None

    first = put_in.reach(left, both[0][1], partial(evaluate, 0))
    second = put_in.reach(right, both[1][1], partial(evaluate, 1))
    if first is None or second is None:
        return None
    return _given(left, right, second, values, statements) or _judged(left, first, second)


def _judged(left: Expr, first: Reach, second: Reach) -> Tried:
    """How far two values are apart, beside what their roundings leave open."""
    near = [_near(first, each) for each in (second, second.turned)]
    if near[0] is None and near[1] is None:
        return Tried("unreadable", "its shape isn't that of the left side")
    if near[0] == "sure" or near[1] == "sure":
        return Tried("correct") if near[0] == "sure" else Tried("imprecise", LAID_OUT)
    return Tried("unreadable", ROUNDED) if "most" in near else Tried("wrong", UNEQUAL.format(code(left)))


def _near(first: Reach, second: Reach) -> str | None:
    """Whether two values are `sure` to be equal, equal at `most`, or neither; None where shapes don't fit."""
    if first.value.shape != second.value.shape and not first.value.size == second.value.size == 1:
        return None
    apart = np.abs(first.value.reshape(second.value.shape) - second.value)
    apart = apart - _FLOAT * np.maximum(1.0, np.abs(second.value))
    ways = {"sure": second.sure + np.max(first.sure), "most": second.most + np.max(first.most)}
    return next((way for way, room in ways.items() if (apart <= room).all()), "")


def _given(left: Expr, right: Expr, second: Reach, values: Values, statements: Statements) -> Tried | None:
    """What to say of other numbers for what the problem gives; of any other line None.

    A letter of the problem's may be the student's for something else: for what these numbers are.
    """
    problem = statements.problem
    if not (isinstance(left, Name) and left.id in problem.given and is_result(right)):
        return None
    if statements.in_letters is not None:
        return Tried("unreadable", CONDITION)  # `where a = 2`, of what has no numbers of its own
    own = np.asarray(values[left.id])
    found = _judged(left, Reach(own, np.zeros(own.shape), np.zeros(own.shape)), second)
    if found.verdict != "wrong":
        return found
    others = (name for name in values if name not in problem.given and _is(values[name], second))
    other = next(others, None) if (second.sure < _TELLING).all() else None
    if other is not None:
        return Tried("unreadable", f"the problem gives another {left.id}; this is what {other} comes to")
    return Tried("wrong", _should_be(own, second))


def _is(value: Array, numbers: Reach) -> bool:
    return _near(Reach(np.asarray(value), np.zeros(np.shape(value)), np.zeros(np.shape(value))), numbers) == "sure"


def _should_be(own: Array, second: Reach) -> str:
    """Which numbers the problem gives in the place of wrong ones."""
    if not own.shape:
        return f"the problem gives {own:g} here"
    off = np.argwhere(np.abs(own - second.value.reshape(own.shape)) > second.sure.reshape(own.shape))
    places = [f"{own[i, j]:g} at [{i + 1},{j + 1}]" for i, j in off[:_MOST_SHOWN]]
    return f"the problem gives {listed(places)}"
