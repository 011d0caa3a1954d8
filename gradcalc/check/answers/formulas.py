"""Read a formula answer, and refuse one that can't be worked out: before anything is worked out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from math import prod
from typing import Any, Final

import numpy as np

from gradcalc.check.answers.interpreter import Interpreter
from gradcalc.check.answers.lettered import Index, Read
from gradcalc.check.answers.model import Line
from gradcalc.check.answers.names import Names
from gradcalc.check.answers.numerals import NotReadable, RestsOnLater
from gradcalc.check.wording import marked, plain_text, typed
from gradcalc.errors import GradcalcError
from gradcalc.formula.cost import Cost
from gradcalc.formula.evaluate import AT_RUN_TIME, evaluate
from gradcalc.formula.expr import Apply, Expr, Name, names, substitute
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.parse import MAX_LENGTH
from gradcalc.formula.shapes import shape_of, spell
from gradcalc.formula.table import Axis, Shape
from gradcalc.formula.write import code
from gradcalc.program.blocks import Blocks, rules, together
from gradcalc.program.dependence import depending_on
from gradcalc.program.problem import Section
from gradcalc.program.sections import Quantity
from gradcalc.program.solution import Solution
from gradcalc.words import shorten

MAX_ENTRIES = 1_000_000
LEAST_WORK = 1_000_000
_LONGEST = 40
_FUNCTION: Final = re.compile(r"\s*([^\W\d]\w*)\s*\(\s*([^\W\d]\w*)\s*\)\s*")
"""A function of one argument, as an abbreviation."""
MORE_WORK = 20
"""A formula may take this many times the work of the whole solution; more is no answer to homework."""
_ORDER: Final[tuple[Section, ...]] = ("forward", "backward", "update", "after")


class Admission:
    """Reads the formulas of a sheet against one solution.

    A `strict` one reads them as problem files have them, and refuses those whose shapes don't fit.
    """

    def __init__(self, solution: Solution, called: Names, strict: bool = False) -> None:
        self.solution = solution
        self.strict, self.called = strict, called
        self.axis = solution.problem.axis
        self.uses: dict[str, tuple[str, ...]] = {}
        """The names in each formula that could be parsed, by the quantity that it answers."""

    @cached_property
    def interpreter(self) -> Interpreter:
        """What finds the meaning of formulas; most sheets have none."""
        return Interpreter(self.solution, self.called)

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Where the equation of a name stands in the solution; before all of them what is given."""
        return dict.fromkeys(self.solution.problem.given, -1) | self.solution.place

    def formula(self, text: str, quantity: Quantity) -> Expr:
        """The formula that answers a quantity. Raises NotReadable, with the reason."""
        expr = self.interpreter.strict(text) if self.strict else self.interpreter.formula(text, quantity)
        return self.admitted(substitute(expr, self.called.abbreviations), quantity, text)

    def lettered(self, text: str, quantity: Quantity, index: Index | None, fixed: Mapping[str, int]) -> Read | None:
        """The formula of a text with letters for indices, or derivatives; None of any other text.

        `index` is that of the key, if it has one, `fixed` are numbers of letters that stand for a member. Raises
        NotReadable.
        """
        if len(text) > MAX_LENGTH:
            return None  # which is refused as any other
        reader = self.interpreter.lettered
        text = self.interpreter.bare(text, quantity)
        text = self.interpreter.in_letters(text, index is not None) or text
        if index is None and not fixed and not reader.is_lettered(text):
            return None
        if index is None:
            found = reader.formula(text, fixed)
        else:
            rule = self.solution.by_name[quantity.equation].expr
            found = reader.whole(text, index, self.solution.shapes[quantity.equation], rule, fixed)
        return replace(found, formula=self.admitted(found.formula, quantity, text, lettered=True))

    def block_line(self, text: str, quantity: Quantity, blocks: Blocks) -> Line:
        """A line of an answer to a Jacobian in blocks, as one formula for all. Raises NotReadable."""
        reader, shapes = self.interpreter.lettered, self.solution.shapes
        bare = self.called.with_words(text)
        bare = self.interpreter.in_letters(bare, True) or bare
        each = reader.blocks(bare, blocks.choices(shapes))
        first = next(rules(blocks, self.solution))
        try:
            whole = together(each, shape_of(first, shapes, self.axis), shapes, self.axis)
        except ShapeError as error:
            whole = error.node
        return Line(text, self.admitted(whole, quantity, bare, lettered=True), written_out=True)

    def admitted(self, expr: Expr, quantity: Quantity, text: str, lettered: bool = False) -> Expr:
        """A formula that can be worked out where it stands; in one with letters no entry needs to be there.

        Raises NotReadable.
        """
        self.uses[quantity.equation] = names(expr)
        self._check_names(expr, quantity)
        shape = self._check_work(expr, lettered)
        if shape is not None:
            self._try(expr, shape, text)
        return expr

    def abbreviate(self, name: str, value: Any) -> str:
        """Take in an abbreviation of the student's own; the reason, where it can't be used."""
        function = _FUNCTION.fullmatch(name)
        if function is not None and isinstance(value, str):
            return self._own_function(function[1], function[2], value)
        if not name.isidentifier():
            return "an abbreviation is a name, of letters and digits, or a function of one, such as sg(a)"
        if name in self.called.equations:
            return f"'{shorten(name)}' means something already: choose another name"
        if isinstance(value, bool | list | dict) or value is None:
            return "write a formula, such as yhat * (1 - yhat)"
        try:
            expr = substitute(self.interpreter.by_itself(str(value)), self.called.abbreviations)
            unknown = next((used for used in names(expr) if used not in self.place), None)
            if unknown is not None:
                return self.interpreter.unknown(unknown)
            self.interpreter.abbreviate(name, self._check_work(expr))
        except NotReadable as error:
            return error.reason
        self.called.abbreviations[name] = expr
        return ""

    def _own_function(self, name: str, argument: str, body: str) -> str:
        """Take in a function of the student's own; the reason, where it can't be used."""
        if name in self.called.equations:
            return f"'{shorten(name)}' means something already: choose another name"
        try:
            self.interpreter.lettered.define(name, argument, body)
        except NotReadable as error:
            return error.reason
        return ""

    def _check_names(self, expr: Expr, quantity: Quantity) -> None:
        """What comes from the quantity can't be used for it."""
        for name in names(expr):
            if name not in self.place:
                further = self.called.further
                self.called.wanted |= {each for each in names(expr) if each in further and each not in self.place}
                raise NotReadable(self.interpreter.unknown(name))
            if self._comes_from(name, quantity.equation) or self.section(name) > self.section(quantity.equation):
                said = (
                    f"a formula for {marked(Name(quantity.equation), quantity.label)} may use earlier quantities only, "
                    f"and {typed(Name(name)) if len(name) <= _LONGEST else shorten(name)} isn't one"
                )
                raise RestsOnLater(plain_text(said), said)

    def section(self, name: str) -> int:
        """In which part of the solution a quantity stands, counted from 0; what is given stands before all of them."""
        place = self.place[name]
        return -1 if place < 0 else _ORDER.index(self.solution.equations[place].section)

    def is_later(self, name: str, equation: str) -> bool:
        """Whether a name stands after an equation in the solution."""
        return self.place[name] > self.place[equation]

    def _comes_from(self, name: str, source: str) -> bool:
        first, last = self.place[source], self.place[name]
        if first >= last:
            return name == source
        return name in depending_on(self.solution.equations[first + 1 : last + 1], [source])

    def _check_work(self, expr: Expr, lettered: bool = False) -> Shape | None:
        """The formula's shape; None where shapes don't fit. Raises NotReadable where it takes too much."""
        cost = _Limited(self.solution.shapes, self.axis, self.largest)
        try:
            shape = cost.shape(expr)
        except ShapeError as error:
            of_parameters = isinstance(error.node, Apply) and error.node.params and not lettered
            if error.kind == "shapes" and not of_parameters and not self.strict:
                return None
            said = "makes a large array" if error.kind == "too large" else shorten(error.message, 120)
            raise NotReadable(f"{said} in {shorten(error.part, 60)}") from None
        except (GradcalcError, *AT_RUN_TIME):
            raise NotReadable(f"{shorten(code(expr), 60)} has no shape: look at its arguments") from None
        if cost.work > max(LEAST_WORK, MORE_WORK * self.work):
            raise NotReadable("takes much more work than the problem itself: write it more shortly")
        return shape

    @cached_property
    def largest(self) -> int:
        """How many entries an array on the way may have."""
        return max([MAX_ENTRIES, *(prod(shape) for shape in self.solution.shapes.values())])

    @cached_property
    def work(self) -> float:
        """What the solution's own equations take."""
        cost = Cost(self.solution.shapes, self.axis)
        for equation in self.solution.equations:
            cost.shape(equation.expr)
        return cost.work

    def _try(self, expr: Expr, shape: Shape, text: str) -> None:
        try:
            value = evaluate(expr, self.solution.values, self.axis)
        except AT_RUN_TIME:
            raise NotReadable(f"{shorten(text)} can't be worked out: look at its arguments") from None
        if value.shape not in (shape, ()):
            raise NotReadable(f"{shorten(text)} can't be worked out: look at its parameters")
        if not np.isfinite(value).all():
            raise NotReadable(f"{shorten(text)} doesn't give finite numbers here: it overflows, or isn't defined")


class _Limited(Cost):
    """Refuses a large array before there is one, and one without entries."""

    def __init__(self, shapes: Mapping[str, Shape], axis: Axis, largest: int) -> None:
        super().__init__(shapes, axis)
        self.largest = largest

    def meet(self, node: Apply, shape: Shape) -> None:
        if shape and (min(shape) < 1 or prod(shape) > self.largest):
            raise NotReadable(_refused(node, shape))


def _refused(node: Apply, shape: Shape) -> str:
    part = shorten(code(node), 60)
    if min(shape) < 1:
        return f"{part} has no entries: its sizes must be positive"
    return f"makes a large array in {part}: {spell(shape)}, {prod(shape):,} entries"
