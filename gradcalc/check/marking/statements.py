"""Try equations between quantities, derivatives and entries at random instances of a problem: line by line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from gradcalc.check.answers.model import where
from gradcalc.check.answers.multiplying import in_other_order
from gradcalc.check.answers.rectified import hinge
from gradcalc.check.answers.summing import put_for, uses
from gradcalc.check.claims.lowering import ClaimError, Misfit
from gradcalc.check.marking.from_zero import counted_from_zero
from gradcalc.check.marking.fulfilled import fulfilled, further
from gradcalc.check.marking.likeness import DIAGONAL
from gradcalc.check.marking.low_indices import with_low_indices
from gradcalc.check.marking.paths import by_direct_ways
from gradcalc.check.marking.put_in import PutIn
from gradcalc.check.marking.tries import (
    BUT_FOR_LAST,
    BUT_FOR_START,
    CASES,
    NOWHERE,
    SOME,
    Instance,
    Stray,
    Values,
    one_hot,
)
from gradcalc.check.marking.verdicts import Word
from gradcalc.check.mistakes.in_lines import slips, without_transpose
from gradcalc.check.mistakes.left_out import left_out
from gradcalc.formula.arrays import Array
from gradcalc.problem.claim_indices import NoMember, NoRange, TwoRanges
from gradcalc.program.naming import new_name
from gradcalc.program.problem import Problem

FEW: Final = 12
"""At so many choices of letters' numbers a line is tried once it holds at all of them at other sizes."""
LAID_OUT: Final = "right, but rows and columns are exchanged"
UNEQUAL: Final = "this isn't equal to {}"
_BEYOND: Final = "an index goes beyond what there is: look at the limits of the sum"
_FEW_ENTRIES: Final = "an index goes beyond the sizes at which it is tried"
_COLUMN: Final = re.compile(r"\[:,[a-z]\]")
"""A column by a letter: what one index of a matrix is read as, which may have meant its rows."""
_BY_VECTOR: Final = re.compile(r"(?:d\w+|grad\(\w+(?:\[[\w,]+\])?, \w+)\[(?:\w+,:|:,\w+)\]\)?")
"""A derivative by a row or a column of a matrix, which is a vector that lies in no way, as `w_k`."""
_DERIVATIVE: Final = re.compile(r"\b(?:grad|jacobian|hessian|unvec)\(")
"""What products of derivatives are made of, which people write in either order."""
_TAKEN_BY: Final = re.compile(r", \w+(?:\[[\w,]+\])+(?=\))")
"""By which entry a derivative is taken, which is the index of the left side."""
_NUMBERED: Final = re.compile(r"\[\d+\]")
"""A member with a number: `L[3]`."""
_SAMPLES: Final = "one index of a matrix counts its columns here, and goes beyond them; for its rows write [n,:]"
UNSAID: Final = "this holds where the indices differ, which isn't said here"
WHERE_UNEQUAL: Final = "right where the indices differ: where they don't, it isn't meant"
ALIKE: Final = "this holds where two indices are equal, which isn't said here"
WHERE_ALIKE: Final = "right where the indices are equal, as the words before it say"
_UNSAID: Final = {"unequal": UNSAID, "alike": ALIKE}
"""Conditions that people write in words."""
IN_CASE: Final = dict(zip(CASES, ("right where the target is 1", "right where the target is 0"), strict=True))
"""The same of the target: of two displays each may be for one case."""
_OTHER_CASE: Final = "{}, and a line before where it isn't"
WITHIN: Final = "right where what else it rests on is held, as ∂ has it here"
HELD: Final = "right where all else in its equation is held, and what is held isn't said"
AT_CLASS: Final = "right, with the class for an index that isn't said"
DIRECTLY: Final = "right where ∂ is by the direct way alone, and all else is held"
FROM_ZERO: Final = "right, with entries counted from 0"
_LAST: Final = "right, but for the last vertex, which leads to no other"
_SAID: Final = {
    "equal": "right",
    "turned": LAID_OUT,
    DIAGONAL: "right, as the diagonal of the Jacobian",
    BUT_FOR_LAST: _LAST,
    BUT_FOR_START: "right, but for the start, at which states are given",
    **IN_CASE,
}
_TRACED: Final = "this is a matrix, and the left side a number: its trace is meant"
NEVER: Final = "nothing that was tried is as it is said to be where this holds"
CARRIED: Final = "as the line before, which is wrong"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one line: its verdict, and what is said of it."""

    verdict: Word
    said: str = "right"


class Statements:
    """Tries chains, each a left side and its lines as claims have them, in problems that differ in sizes alone."""

    def __init__(
        self, problems: Sequence[Problem], in_letters: Problem | None = None, point: Mapping[str, float] = NOWHERE
    ) -> None:
        """`in_letters` is the problem of which these are at several sizes; `point` has what is a number everywhere."""
        self.point = point
        self.in_letters = in_letters
        first, *others = problems
        self.problems = [Instance(first, point=point), *(Instance(problem, FEW, point) for problem in others)]
        self._at: dict[Sequence[tuple[str, float]], Statements] = {}
        self._known: dict[tuple[str, ...], tuple[Tried, ...]] = {}

    def at(self, point: Sequence[tuple[str, float]]) -> Statements:
        """What tries chains where what the problem gives are these numbers."""
        if not point:
            return self
        if point not in self._at:
            problems = [each.problem for each in self.problems]
            self._at[tuple(point)] = Statements(problems, self.in_letters, dict(point))
        return self._at[tuple(point)]

    @property
    def problem(self) -> Problem:
        """The problem at its own sizes."""
        return self.problems[0].problem

    @cached_property
    def own_values(self) -> list[Values]:
        """The values of everything at the problem's own numbers, and with the parameters that its update makes."""
        own, run = self.problems[0].values[0], self.problems[0].program.run
        first = run(own)
        new = {name: first[new_name(name)] for name in self.problem.parameters if new_name(name) in first}
        return [first, run({**own, **new})] if new else [first]

    @cached_property
    def hinge(self) -> str:
        """Where the margins of a problem in letters cost something; empty where it has none."""
        return "" if self.in_letters is None else hinge(self.problem, self.problems[0].shapes)

    @cached_property
    def put_in(self) -> PutIn:
        """What finds how far numbers may be off that stand for these values."""
        return PutIn(value for each in self.own_values for value in each.values())

    def sides(self, texts: tuple[str, str], more: Values, values: Values) -> Callable[[Values], list[list[Array]]]:
        """Works both sides out, case by case, at these values of the problem and at those of the names of `more`.

        Raises ClaimError, FormulaError where that can't be.
        """
        given = {name: values[name] for name in self.problem.given}
        _, sides, _ = self.problems[0].program_of(texts, {name: np.shape(value) for name, value in more.items()})
        return lambda moved: sides.by_case({**given, **moved})

    def lines(self, texts: Sequence[str], free: Mapping[str, str] | None = None) -> tuple[Tried, ...]:
        """The verdict on each line behind the first.

        `free` are names that vary, each in the shape of another: `delta_W` in that of W.
        """
        key = (*texts, *(free or {}))
        if key not in self._known:
            self._known[key] = self._lines(texts, free or {})
        return self._known[key]

    def lines_where(self, condition: str, texts: Sequence[str], free: Mapping[str, str]) -> Sequence[Tried] | None:
        """The same where a condition holds; None where that is nowhere.

        An equation between given values (`norm(u) == 1`) holds at none by chance: these are moved until it does.
        """
        try:
            if self.compared(condition, f"0 * ({condition})", {}) != "equal":
                more = [further(instance, condition) for instance in self.problems]
                return self._in(more).lines([where(condition, text) for text in texts], free)
        except ClaimError:
            return self.lines([where(condition, text) for text in texts], free)
        moved = [fulfilled(instance, condition) for instance in self.problems]
        found = [each for each in moved if each is not None]
        return self._in(found).lines(texts, free) if found else None

    def _in(self, problems: list[Instance]) -> Statements:
        """What tries chains in these problems alone."""
        other = copy(self)
        other.problems, other._known = problems, {}
        return other

    def _lines(self, texts: Sequence[str], free: Mapping[str, str]) -> tuple[Tried, ...]:
        found: list[Tried] = []
        for number in range(1, len(texts)):
            found.append(self._line(texts, number, found, free))
        return tuple(found)

    def _line(self, texts: Sequence[str], number: int, before: Sequence[Tried], free: Mapping[str, str]) -> Tried:
        try:
            how = self.compared(texts[0], texts[number], free)
            within = self.right_within(texts[0], texts[number], free) if how == "" else None
            if within is not None:
                return within
            if how == "" and self.is_right_directly(texts[0], texts[number], free):
                return Tried("correct", DIRECTLY)
            if how is None:
                return Tried("unreadable", "it couldn't be tried anywhere")
            if how in _UNSAID:
                return Tried("unreadable", _UNSAID[how])
            if how in IN_CASE and any(each.said in {*IN_CASE.values()} - {IN_CASE[how]} for each in before):
                return Tried("wrong", _OTHER_CASE.format(IN_CASE[how]))
            if how == "turned" and _BY_VECTOR.fullmatch(texts[0]):
                return Tried("correct")
            if how and how != "traced":
                return Tried("imprecise" if how == "turned" else "correct", _SAID.get(how, f"right for {how}"))
            if number > 1 and self._goes_on(texts[number - 1 : number + 1], before[-1], free):
                return Tried("carried", CARRIED)
        except TwoRanges as error:
            return Tried("wrong", self.problems[0].two_lengths(error))
        except ClaimError as error:
            within = self.right_within(texts[0], texts[number], free)
            if within is not None:
                return within
            if number > 1 and self._goes_on(texts[number - 1 : number + 1], before[-1], free):
                return Tried("carried", CARRIED)
            if error.beyond and self.is_right_from_zero(texts[0], texts[number], free):
                return Tried("correct", FROM_ZERO)
            misfit = "" if _DERIVATIVE.search(texts[number]) else self.problems[0].misfit(texts[number])
            if misfit:
                return Tried("wrong", misfit)
            low = with_low_indices((texts[0], texts[number])) if error.beyond and self.in_letters is not None else None
            if low is not None:
                return _unless_beyond(self._line(low, 1, (), free))
            if isinstance(error, Stray):
                if self.is_right_at_class(texts[0], texts[number], error, free):
                    return Tried("correct", AT_CLASS)
                return self._with_other_index(texts[0], texts[number], error, free)
            if isinstance(error, Misfit) and self._surely_misfits(texts[0], texts[number], free):
                return Tried("wrong", str(error))
            if error.beyond and _COLUMN.search(texts[number]):
                return Tried("unreadable", _SAMPLES)
            if not error.beyond:
                return Tried("unreadable", str(error))
            return Tried("wrong", self.problems[0].limits((texts[0], texts[number])) or _BEYOND)
        meant = None if how else self.without_transpose(texts[0], texts[number], free)
        return meant or Tried("wrong", _TRACED if how else self.unequal(texts[0], texts[number], free))

    def without_transpose(self, left: str, right: str, free: Mapping[str, str]) -> Tried | None:
        """What is said of a line that is right with inner products in its functions: `exp(u v)` for `exp(uᵀ v)`."""
        slip = without_transpose(right)
        with suppress(ClaimError, TwoRanges):
            if slip is not None and self.compared(left, slip.text, free) == "equal":
                return Tried("imprecise", slip.said)
        return None

    def right_within(self, left: str, right: str, free: Mapping[str, str]) -> Tried | None:
        r"""What is said where the two are equal with derivatives of members within their step, or with all direct.

        So people write the terms of a sum over steps: `∂z[t]/∂W` with h[t-1] held, whose own part is another step's;
        and those of a sum over paths: `∂\hat{x}_i/∂x_i` with the mean held, by which another path goes. Of such a term
        alone it isn't said what is held. None where they aren't equal so.
        """
        if not _DERIVATIVE.search(f"{left} {right}"):
            return None
        of_members = all(instance.index_of for instance in self.problems)
        if of_members and self._is_right_so(left, right, free, {"within": True}):
            return Tried("correct", WITHIN)
        if not self._is_right_so(left, right, free, {"directly": True}):
            return None
        return Tried("unreadable", HELD) if _DERIVATIVE.search(left) else Tried("correct", WITHIN)

    def _is_right_so(self, left: str, right: str, free: Mapping[str, str], way: Mapping[str, bool]) -> bool:
        """The same in one of these ways, in all problems that have the members of the line."""
        for texts in _orders(left, right):
            found: set[str] = set()
            holds: list[set[str]] = []
            with suppress(ClaimError, NoRange):
                for instance in self.problems:
                    with suppress(NoMember):  # h_3 isn't in one of two steps
                        for how, regions in instance.compared(texts, free, **way):
                            found.add(how)
                            holds += [{*regions}] if how == SOME else []
                if found in ({"equal"}, {DIAGONAL}) or (
                    found in ({SOME}, {"equal", SOME}) and holds[0].intersection(*holds)
                ):
                    return True
        return False

    def is_right_directly(self, left: str, right: str, free: Mapping[str, str]) -> bool:
        """Whether the two are equal where some derivatives on the right are by the direct way alone."""
        for text in by_direct_ways(left, right, self.problem):
            with suppress(ClaimError, TwoRanges):
                if self.compared(left, text, free) == "equal":
                    return True
        return False

    def is_right_from_zero(self, left: str, right: str, free: Mapping[str, str]) -> bool:
        """Whether the two are equal where entries are counted from 0, as in programs."""
        moved = counted_from_zero(left), counted_from_zero(right)
        if moved == (left, right):
            return False
        with suppress(ClaimError, NoRange):
            return self.compared(*moved, free) == "equal"
        return False

    def _with_other_index(self, left: str, right: str, stray: Stray, free: Mapping[str, str]) -> Tried:
        """A line with one letter for an index where the left side has another: a slip of the pen, if it holds so.

        Beside the other letter itself it says that two entries are alike: `p_i - y_j`.
        """
        for other in stray.others:
            renamed = put_for(right, stray.letter, other)
            with suppress(ClaimError, TwoRanges):
                if self.compared(left, renamed, free) != "equal":
                    continue
                if re.search(rf"\b{other}\b", _TAKEN_BY.sub("", right)):
                    return Tried("wrong", f"the index {stray.letter} stands where {other} belongs")
                return Tried("imprecise", f"right, with the index {stray.letter} for {other}")
        return Tried("unreadable", str(stray))

    def is_right_at_class(self, left: str, right: str, stray: Stray, free: Mapping[str, str]) -> bool:
        """Whether a line is right where a letter that is on its right side alone is the class: `-log(yhat[k])`.

        With the target in it, as in `-y[k] * log(yhat[k])`, it may lack its sum.
        """
        target = one_hot(self.problems)
        if not target or uses(right, target):
            return False
        with suppress(ClaimError, TwoRanges):
            return self.compared(left, f"sum({target}[{stray.letter}] * ({right}), {stray.letter})", free) == "equal"
        return False

    def _surely_misfits(self, left: str, right: str, free: Mapping[str, str]) -> bool:
        """Whether it is the right side where shapes don't fit, and nothing in it may be meant in another shape."""
        if _COLUMN.search(right) or _DERIVATIVE.search(right):
            return False
        try:
            return self.compared(left, left, free) == "equal"
        except (ClaimError, TwoRanges):
            return False

    def unequal(self, left: str, right: str, free: Mapping[str, str]) -> str:
        """What to say of a wrong line: which slip it is, if it is one."""
        functions = frozenset(name for instance in self.problems for name in instance.functions)
        for slip in (*slips(right, functions), *left_out(left, right, self.problem)):
            try:
                if self.compared(left, slip.text, free) == "equal":
                    return slip.said
            except (ClaimError, TwoRanges):
                continue
        return self.problems[0].limits((left, right)) or UNEQUAL.format(left)

    def _goes_on(self, pair: Sequence[str], before: Tried, free: Mapping[str, str]) -> bool:
        """Whether a line is as the one before, which is wrong, at all sizes at which both can be worked out."""
        found: set[str] = set()
        for instance in self.problems if before.verdict in ("wrong", "carried") else ():
            with suppress(ClaimError, NoRange):
                found |= {way for way, _ in instance.compared((pair[0], pair[1]), free)}
        return bool(found) and "" not in found

    def compared(self, left: str, right: str, free: Mapping[str, str]) -> str | None:
        """`equal`, `turned`, `traced` or a part; nothing where the two differ; None where they couldn't be compared.

        Where they are equal for some steps alone, which (`t ≥ k`). In graphs derivatives along edges are tried too.
        Matrices are multiplied in either order, where that isn't said.

        Raises ClaimError where shapes don't fit, or an index is of two lengths.
        """
        for one, other in _orders(left, right)[:-1]:
            found = self.in_order(one, other, free)
            if found and found not in (*_UNSAID, "turned"):
                return found
        return self.in_order(left, right, free)

    def in_order(self, left: str, right: str, free: Mapping[str, str]) -> str | None:
        """The same, of matrices in the order in which they stand."""
        try:
            found = self._compared(left, right, free)
        except NoMember as error:
            return self.where_there(left, right, free, error)
        return found if found != "" or not self.problem.absent else self._compared(left, right, free, along_edges=True)

    def where_there(self, left: str, right: str, free: Mapping[str, str], absent: NoMember) -> str:
        """`equal`, where all problems are so that have the members of a line: `J^{(3)}` isn't in one of two steps.

        Nothing where it is about a member with a number and isn't so. Raises ClaimError for anything else, as what is
        missing may be the line's fault.
        """
        found = set[str]()
        with suppress(ClaimError):
            for instance in self.problems:
                with suppress(NoMember):
                    found |= {way for way, _ in instance.compared((left, right), free)}
            if found == {"equal"}:
                return "equal"
            if "" in found and _NUMBERED.search(left):
                return ""
        raise ClaimError(absent.message)

    def _compared(self, left: str, right: str, free: Mapping[str, str], along_edges: bool = False) -> str | None:
        found: set[str] = set()
        holds: set[str] | None = None
        for instance in self.problems:
            for way, regions in instance.compared((left, right), free, along_edges):
                found.add(way)
                if way == SOME:
                    holds = {*regions} if holds is None else holds & {*regions}
            if "" in found or holds == set():
                return ""
        if len(found) > 1 and not found.isdisjoint(IN_CASE):
            return ""
        ways = (
            "",
            "traced",
            *_UNSAID,
            *IN_CASE,
            DIAGONAL,
            BUT_FOR_LAST,
            BUT_FOR_START,
            *sorted(holds or (), key=lambda order: "≥" not in order),
            "turned",
            "equal",
        )
        return next((way for way in ways if way in found or (holds and way in holds)), None)


def _orders(left: str, right: str) -> list[tuple[str, str]]:
    """The two sides with the matrices of their products in either order, last as they stand."""
    ways = [[each for each in (in_other_order(text), text) if each is not None] for text in (left, right)]
    return [(one, other) for one in ways[0] for other in ways[1]]


def _unless_beyond(found: Tried) -> Tried:
    """What came of a line with lower indices; more of them than the sizes at which it is tried have say nothing."""
    return Tried("unreadable", _FEW_ENTRIES) if found.said == _BEYOND else found
