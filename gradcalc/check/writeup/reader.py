"""The chains of a write-up as answers: each to the quantity on its left side; what isn't marked is listed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np

from gradcalc.check.answers.chains import Chain
from gradcalc.check.answers.chains import chain as chained
from gradcalc.check.answers.identities import has_identity
from gradcalc.check.answers.interpreter import Interpreter
from gradcalc.check.answers.model import (
    CONDITION,
    IN_WORDS,
    NEARLY_SO,
    SEVERAL_WAYS,
    UNREAD_CONDITION,
    Answer,
    LetterChain,
    Line,
    Numbers,
    Sheet,
    Unread,
)
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.answers.reader import SheetReader
from gradcalc.check.answers.stated import sizes_of
from gradcalc.check.writeup.beside import Beside, beside
from gradcalc.check.writeup.conditions import excluded, says_equal
from gradcalc.check.writeup.formulas import PARTIAL, Formulas
from gradcalc.check.writeup.in_words import InWords
from gradcalc.check.writeup.layered import numbers_of_layers, of_layers
from gradcalc.check.writeup.model import Derivation, Side, WriteUp
from gradcalc.check.writeup.notations import OF_LOSS
from gradcalc.check.writeup.numbered import as_rows, for_some_sample, readings, second_reading
from gradcalc.check.writeup.other_letters import bind_others, is_no_loss
from gradcalc.check.writeup.own_letters import own_letters
from gradcalc.check.writeup.rows_or_columns import by_rows
from gradcalc.check.writeup.rules import rule
from gradcalc.check.writeup.subjects import Subjects
from gradcalc.check.writeup.terms import Terms
from gradcalc.check.writeup.told import classes_told
from gradcalc.errors import Span
from gradcalc.formula.arrays import every
from gradcalc.formula.evaluate import CANNOT, evaluate
from gradcalc.formula.expr import Expr, Name, names, substitute
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.spelling import NAME
from gradcalc.program.sections import Quantity
from gradcalc.program.solution import Solution
from gradcalc.words import shorten, visible

_LONGEST: Final = 300
_DELTA_AS_D: Final = re.compile(r"\s*\\delta\s*(?:[A-Za-z]|\\(?:hat|tilde|bar|mathbf|boldsymbol)\b)")
r"""A `\delta W` on the left side, for `dW`."""
_DELTA_WITH_INDEX: Final = re.compile(r"\s*\\(?:delta|boldsymbol\s*\{\s*\\delta\s*\})\s*(?:_|\^\s*\{?\s*[(\[])")
"""A δ with an index."""
MOST_ALONE: Final = 60
MOST_LINES_ALONE: Final = 150
"""So many chains of a write-up, of so many lines, are read by themselves, in letters that the problem doesn't have."""
_NOT_ALONE: Final = f"only {MOST_ALONE} chains in letters of their own, of {MOST_LINES_ALONE} lines together, are tried"
_DECIMAL: Final = re.compile(r"\d\.\d")
_NUMBER_OF_DELTA: Final = re.compile(r"\\delta\s*[_^]\s*\{?\s*[(\[]?\s*(\d)")


@dataclass(frozen=True, slots=True)
class _Said:
    """What was found of one quantity so far."""

    quantity: Quantity
    place: Span
    lines: tuple[Line, ...]
    text: str


class WriteUpReader:
    """Reads one write-up against one solution."""

    def __init__(self, writeup: WriteUp, solution: Solution) -> None:
        self.writeup, self.solution = writeup, solution
        self.reader = SheetReader(solution, {}, {})
        self.in_letters = bool(sizes_of(solution.problem))
        self.subjects = Subjects(self.reader.admission)
        interpreter = self.reader.admission.interpreter
        interpreter.told = classes_told(writeup.text, interpreter.facts)
        self.said: dict[str, _Said] = {}
        self.statements: list[LetterChain] = []
        self.own_letters = own_letters(solution.problem)
        self.in_words = InWords(writeup.text)
        self.beside = Beside()
        """What the words beside what is read now say of where it holds."""
        self.own_deltas: set[str] = set()
        """The numbers of the δ that the student numbers otherwise than the problem does."""
        self.at_values = False
        """Whether something was said to be a number, which in letters it is at some values alone."""
        self.alone = 0
        self.lines_alone = 0
        """How many chains were read by themselves, and how many lines: each takes a while."""
        self.unread = [
            self.refused(Side(each.tex, each.start), each.reason, at=0 if each.is_here else None)
            for each in writeup.refused
        ]

    @property
    def wanted(self) -> set[str]:
        """What was spoken of beside the solution."""
        return self.reader.names.wanted

    def sheet(self) -> Sheet:
        """All that it says."""
        lefts = [each.sides[0].tex for each in self.writeup.chains]
        is_varied = any(map(OF_LOSS.fullmatch, lefts))
        self.reader.admission.interpreter.delta_as_d = any(map(_DELTA_AS_D.match, lefts)) and not is_varied
        for each in Terms(self.writeup, self.reader, self.subjects).chains():
            interpreter = self.reader.admission.interpreter
            self.beside = beside(self.writeup, each, interpreter)
            if each.is_shape:
                self.shape(*each.sides)
                continue
            interpreter.differentials = False
            formulas = Formulas(each, interpreter)
            if formulas.meanings.clashing and bind_others(each, formulas, interpreter):
                formulas = Formulas(each, interpreter)
            if formulas.unknown and self.for_layers(each):
                continue
            if formulas.unknown and self.in_words.define(formulas.unknown, interpreter):
                formulas = Formulas(each, interpreter)
            if "δ" in formulas.unknown and self.told_delta(each):
                formulas = Formulas(each, interpreter)
            first, *others = self.readings(each, formulas)
            count = len(self.statements)
            meant = self.meant(first, interpreter)
            if meant is first:
                self.take(each, first)
            else:
                self.either(each, first, meant)
            if len(self.statements) == count:
                continue
            if first.may_be_of_gradients:
                others.append(Formulas(each, interpreter, of_gradients=True))
            for other in (*others, *for_some_sample(each, first, interpreter)):
                self.read_otherwise(each, first, other)
            if any(first.odd):
                self.beside_last(each, second_reading(each, interpreter), tried_in_full=True)
        answers = self.reader.finished(map(self.answer, self.said.values()))
        unread = sorted(self.unread, key=lambda each: (each.place.line, each.place.column))
        return Sheet(
            answers, self.writeup.path, letter_chains=tuple(self.statements), unread=tuple(unread), is_writeup=True
        )

    def told_delta(self, chain: Derivation) -> bool:
        r"""Let `\delta_t`, of which nothing is said, be the gradient on the one sum that recurs; whether there is one.

        A line that gives δ by what isn't another δ says itself what it is.
        """
        interpreter = self.reader.admission.interpreter
        family, left, *rest = interpreter.facts.recurrent_sum, *(side.tex for side in chain.sides)
        found = _DELTA_WITH_INDEX.search(" ".join(rest) if _DELTA_WITH_INDEX.match(left) else " ".join((left, *rest)))
        if not family or found is None:
            return False
        problem = self.solution.problem
        letter = next(iter(problem.over), "t")
        of = problem.symbols.get(f"{family}[{letter}]", f"{family}_{{{letter}}}")
        place = chain.sides[0].start
        by = rf"\frac{{\partial {problem.symbols.get(problem.objective or '', 'L')}}}{{\partial {of}}}"
        told = Formulas(Derivation((Side(rf"\delta_{{{letter}}}", place), Side(by, place))), interpreter)
        if not told.defines(interpreter):
            return False
        told.define(interpreter)
        return True

    def readings(self, chain: Derivation, found: Formulas) -> tuple[Formulas, ...]:
        """The ways in which a chain is read; a d in it may stand for a gradient or for a differential."""
        interpreter = self.reader.admission.interpreter
        every = readings(chain, by_rows(chain, found, interpreter), interpreter)
        interpreter.differentials = every[0].is_of_changes()
        if not interpreter.differentials:
            return every
        return readings(chain, by_rows(chain, Formulas(chain, interpreter), interpreter), interpreter)

    def take(self, whole: Derivation, chain: Formulas) -> None:
        """Put a chain with what was found of its quantity, or to the statements."""
        self.reader.all_tex = not chain.is_plain
        left, *rest = chain.read
        left_side = chain.sides[0].tex
        if left is None and chain.is_plain:
            return  # a line of prose or of a program
        interpreter = self.reader.admission.interpreter
        if chain.names_slope(interpreter):
            return  # which says nothing that could be wrong
        another = chain.another(whole, interpreter)
        is_new = another is not None or chain.defines(interpreter) or chain.abbreviates(interpreter)
        is_new = is_new or is_no_loss(chain, interpreter, self.subjects, self.writeup.text)
        self.own_deltas |= {*_NUMBER_OF_DELTA.findall(left_side)} if is_new else set()
        if another is not None:
            interpreter.own.bind(another)
        elif is_new:
            chain.define(interpreter)
        if is_new:
            left = None
            if len(chain.sides) == 2:
                return  # which says nothing that could be wrong
        if left is None and len(chain.sides) > 2 and rest[0] is not None:
            left, *rest = rest  # a name of the student's own for it
            chain = chain.without_first()
        if left is None:
            found = rule(chain.sides, interpreter)
            if found is not None:
                self.rule(chain, *found)
            elif not self.in_own_letters(whole, chain.reasons[0]):
                self.leave(chain, chain.reasons[0], "" if self.may_be_alone(whole) else f"; {_NOT_ALONE}")
            return
        stepped = chain.next_of(self.solution.problem.parameters)
        found = rule(chain.sides, interpreter, stepped) if stepped and not chain.is_conditional else None
        if found is not None:
            self.rule(chain, *found)
            return
        chain = chain.of_new(self.subjects.updated)
        left = chain.read[0] or left
        if chain.is_of_another() and self.in_own_letters(whole, chain.reasons[0]):
            return
        if (
            chain.is_about_letters(left)
            or chain.is_conditional
            or chain.meanings.point
            or (chain.are_rows and chain.kinds_of_left()[1])
        ):
            self.state(chain, whole)
            return
        quantity = self.subjects.of(left, chain.used)
        if isinstance(quantity, Quantity) and quantity.equation not in self.solution.shapes:
            quantity = self.reader.beside(quantity)
        given = isinstance(left, Name) and left.id in self.solution.problem.given
        if isinstance(quantity, Quantity):
            self.answered(chain, self.subjects.in_numbers(chain, self.subjects.worked_out(chain, quantity)))
        elif chain.is_plain:
            return
        elif (chain.is_of_numbers or self.is_of_one_letter(chain)) if given else self.can_be_stated(chain):
            self.state(chain, whole)
        elif (later := chain.from_readable()) is not None and self.can_be_stated(later):
            self.state(later, whole)
        else:
            self.leave(chain, quantity)

    def rule(self, chain: Formulas, own: str, written: str) -> None:
        """Keep an update rule for any parameter."""
        left, right = chain.sides
        lines = (self.line(right, written, ""),)
        self.statements.append(LetterChain(own, lines, self.writeup.span(left.start), text=visible(left.tex)))

    def for_layers(self, whole: Derivation) -> bool:
        """Keep a chain for any layer as one for each; whether it is one, all of which can be read for some."""
        interpreter = self.reader.admission.interpreter
        problem = self.solution.problem
        layers = numbers_of_layers(problem.parameters, interpreter.called.catalogue.shown.latex_of)
        every = self.by_layers([*of_layers(whole, layers)] if not problem.over else [])
        read = [(each, found) for each, found in every if all(found.texts)]
        given = {Name(name) for name in problem.given}
        if any(found.read[0] in given for _, found in read):
            return False  # which is an update
        if len(read) < 2:
            for each, found in read:
                self.take(each, found)
            return bool(read)
        count = len(self.statements)
        for each, found in read:
            self.state(found, each, tried_in_full=False)
        first, *others = self.statements[count:]
        self.statements[count:] = [replace(first, layers=tuple(others))]
        return True

    def by_layers(self, every: Sequence[Derivation]) -> list[tuple[Derivation, Formulas]]:
        """A chain for each layer with how it is read, without the sides that can't be read for any of them."""
        read = [(each, self.read_so(each)) for each in every]
        begun = [found for _, found in read if found.texts[0]]
        count = len(begun[0].texts) if begun else 0
        kept = [at for at in range(count) if any(found.texts[at] for found in begun)]
        if len(kept) in (0, 1, count):
            return read
        left_out = (at for at in range(count) if at not in kept)
        self.unread += [self.refused(every[-1].sides[at], begun[-1].reasons[at]) for at in left_out]
        shorter = (replace(each, sides=tuple(each.sides[at] for at in kept)) for each in every)
        return [(each, self.read_so(each)) for each in shorter]

    def read_so(self, chain: Derivation) -> Formulas:
        """How a chain is read for one layer."""
        interpreter = self.reader.admission.interpreter
        return by_rows(chain, Formulas(chain, interpreter), interpreter)

    def read_otherwise(self, whole: Derivation, first: Formulas, other: Formulas) -> None:
        """Keep another reading of a chain beside the first, if both are about letters: no other is chosen between."""
        if not all(each.is_to_be_tried for each in (first, other)):
            return
        self.beside_last(whole, other)

    def beside_last(self, whole: Derivation, other: Formulas, tried_in_full: bool = False) -> None:
        """Keep another reading of the chain that was stated last."""
        unread = [*self.unread]
        self.state(other, whole, tried_in_full)
        self.unread = unread
        if len(self.statements) > 1 and self.statements[-2].place == self.statements[-1].place:
            also = self.statements.pop()
            self.statements[-1] = replace(self.statements[-1], others=(*self.statements[-1].others, also))

    def meant(self, chain: Formulas, interpreter: Interpreter) -> Formulas:
        """What a chain of a problem in letters may mean as well as what it is read as; itself, if nothing."""
        if not self.in_letters or chain.is_plain:
            return chain
        other = chain.by_arguments(interpreter.facts.arguments)
        return chain.by_squares(interpreter.called.squares) if other is chain else other

    def either(self, whole: Derivation, first: Formulas, other: Formulas) -> None:
        """Keep both readings of a chain, of which one may be meant as well as the other."""
        count = len(self.statements)
        self.state(first, whole)
        unread = [*self.unread]
        self.state(other, whole)
        self.unread = unread
        if len(self.statements) == count + 2:
            also = self.statements.pop()
            self.statements[-1] = replace(self.statements[-1], others=(also,))

    def shape(self, left: Side, right: Side) -> None:
        """What is said of the shape of a quantity."""
        self.reader.all_tex = self.reader.admission.interpreter.all_tex = True
        try:
            quantity, row = self.subjects.shape(left.tex, right.tex)
            if quantity.equation not in self.solution.shapes:
                self.reader.beside(quantity)
                return
            self.reader.all_tex = self.reader.admission.interpreter.all_tex = False
            formula = self.reader.admission.formula(row, quantity)
        except NotReadable as error:
            self.unread.append(self.refused(right, error.reason, f"{left.tex}: {right.tex}"))
            return
        place, text = self.writeup.span(left.start), visible(" ".join(right.tex.split()))
        line = Line(text, formula, place=place, number=right.number, written_out=True)
        before = self.said.get(quantity.label, _Said(quantity, place, (), right.tex))
        self.said[quantity.label] = replace(before, lines=(*before.lines, line))

    def in_own_letters(self, whole: Derivation, reason: str) -> bool:
        """Keep a chain in letters that the problem doesn't have; whether it can be read so."""
        if not self.may_be_alone(whole):
            return False
        alone = self.own_letters.readings(whole)
        self.alone += 1
        self.lines_alone += len(whole.sides) - 1
        if not alone:
            return False
        first = alone[0]
        near = [any(side.is_near for side in whole.sides[:end]) for end in range(2, len(whole.sides) + 1)]
        sides = zip(whole.sides[1:], first.texts[1:], near, strict=True)
        lines = [self.line(side, text, NEARLY_SO if is_near else "") for side, text, is_near in sides]
        place = self.writeup.span(whole.sides[0].start)
        typed = visible(shorten(" ".join(whole.sides[0].shown.split()), _LONGEST))
        self.statements.append(LetterChain("", tuple(lines), place, text=typed, readings=alone, reason=reason))
        return True

    def may_be_alone(self, whole: Derivation) -> bool:
        """Whether so much can be read by itself still."""
        return self.alone < MOST_ALONE and self.lines_alone + len(whole.sides) - 1 <= MOST_LINES_ALONE

    def can_be_stated(self, chain: Formulas) -> bool:
        """Whether all that is read of it is of the forward and the backward pass, and of the update."""
        used = (self.solution.by_name[name] for name in chain.used if name in self.solution.by_name)
        return all(equation.section in ("forward", "backward", "update") for equation in used)

    def leave(self, chain: Formulas, reason: str, also: str = "") -> None:
        """List a chain that isn't marked; `also` stands behind the reason."""
        whole = " = ".join(side.shown for side in chain.sides)
        at = chain.faults[0] if reason == chain.reasons[0] else None
        self.unread.append(self.refused(chain.sides[0], reason + also, whole, at))

    def answered(self, chain: Formulas, quantity: Quantity) -> None:
        """Put the lines of a chain with those of its quantity."""
        lines = tuple(self.lines(chain, quantity))
        if lines:
            first = _Said(quantity, self.writeup.span(chain.sides[0].start), (), chain.sides[1].shown)
            before = self.said.get(quantity.label, first)
            self.said[quantity.label] = replace(before, lines=(*before.lines, *lines))

    def lines(self, chain: Formulas, quantity: Quantity) -> Iterator[Line]:
        """The lines that can be read; the others are listed."""
        in_problem = quantity.section in ("forward", "gradients", "loss", "updated")
        for number, side in enumerate(chain.sides[1:], 1):
            is_value = self.is_value(quantity, chain.read[number])
            self.at_values |= is_value
            if is_value or self.is_condition(chain, number):
                self.unread.append(self.refused(side, CONDITION))
                continue
            statement = chain.statement(number, quantity.equation) if in_problem else ""
            if in_problem and not statement and self.is_undefined(chain.read[number]):
                statement = chain.text(number)  # which may be tried elsewhere
            if statement and not chain.free:
                second = self.in_second_reading(chain, number)
                doubt = self.doubt(chain, number, tried_in_full=bool(second))
                yield replace(self.line(side, statement, doubt), second=second)
                continue
            (line,) = chained(["", side.tex], partial(self.reader.line, quantity=quantity)).lines
            if line.is_read:
                formula = self.renewed(line.formula, quantity)
                place = self.writeup.span(side.start)
                doubt = self.doubt(chain, number, tried_in_full=self.has_shape(formula, quantity))
                text = visible(" ".join(side.shown.split())) if side.written else line.text
                line = replace(line, text=text, formula=formula, doubt=doubt, second=self.as_rows(chain, number))
                yield replace(line, place=place, number=side.number, aside=self.beside.condition)
            elif in_problem and chain.text(number) and not chain.free:
                yield self.line(side, chain.text(number), self.doubt(chain, number))
            else:
                at = chain.faults[number]
                self.unread.append(self.refused(side, line.refused if at is None else chain.reasons[number], at=at))

    def in_second_reading(self, chain: Formulas, number: int) -> str:
        """The text of a side in its second reading; empty where it has but one, or can't be read so."""
        pair = Derivation((chain.sides[0], chain.sides[number]))
        return second_reading(pair, self.reader.admission.interpreter).text(1) if chain.odd[number] else ""

    def as_rows(self, chain: Formulas, number: int) -> str:
        """The text of a side with gradients as rows; empty where that is the same."""
        if not PARTIAL.search(chain.sides[number].tex):
            return ""
        pair = Derivation((chain.sides[0], chain.sides[number]))
        text = as_rows(pair, self.reader.admission.interpreter).text(1)
        said = f"({text}).T" if chain.are_rows else text
        return said if text not in ("", chain.text(number)) or chain.are_rows else ""

    def has_shape(self, formula: Expr | None, quantity: Quantity) -> bool:
        """Whether a formula has the shape of a quantity."""
        shapes = self.solution.shapes
        try:
            shape = None if formula is None else shape_of(formula, shapes, self.solution.problem.axis)
        except CANNOT:
            return False
        return shape == shapes[quantity.equation]

    def is_undefined(self, formula: Expr | None) -> bool:
        """Whether a formula has no finite value at the problem's numbers, as a logarithm of scores."""
        if formula is None:
            return False
        try:
            return not every(np.isfinite(evaluate(formula, self.solution.values, self.solution.problem.axis)))
        except CANNOT:
            return False

    def renewed(self, formula: Expr | None, quantity: Quantity) -> Expr | None:
        """After the update a letter stands for the new value, once that has been told."""
        if formula is None or quantity.section != "after":
            return formula
        told = [each.quantity for each in self.said.values() if each.quantity.section == "after"]
        return substitute(formula, {each.name: Name(each.equation) for each in told})

    def doubt(self, chain: Formulas, number: int, tried_in_full: bool = False) -> str:
        """Why a side is never called wrong: it may be read otherwise, or be a condition on letters.

        Of a formula of quantities, and of what is stated, both readings of what has two are tried.
        """
        is_odd = chain.odd[0] or chain.odd[number]
        if chain.uncertain[number] or chain.uncertain[0] or (is_odd and not tried_in_full):
            return SEVERAL_WAYS
        if self.own_deltas and not self.own_deltas.issuperset(_NUMBER_OF_DELTA.findall(chain.sides[number].tex)):
            return SEVERAL_WAYS  # `δ_3 = ∂L/∂z_1 = δ_2 ⊙ σ'(z_1)`, where nobody says what δ_2 is
        if chain.is_conditional and not chain.condition:
            return UNREAD_CONDITION
        read = chain.read[number]
        if read is not None and names(read) and any(side.is_near for side in chain.sides[: number + 1]):
            return NEARLY_SO
        problem = self.solution.problem
        is_equation = chain.is_system(problem.parameters, problem.given) or chain.is_of_given(problem.given)
        is_condition = is_equation or chain.is_of_parameter(problem.parameters)
        is_at_values = self.at_values and _DECIMAL.search(chain.sides[number].tex) is not None
        if self.in_letters and (is_condition or is_at_values) and not self.beside.condition:
            return CONDITION
        return IN_WORDS if self.beside.has_words else ""

    def is_value(self, quantity: Quantity, read: Expr | None) -> bool:
        """Whether a side is a number, `a = \\sigma(0) = 0.5`: in letters a quantity has it at some values alone."""
        if not self.in_letters or self.beside.condition or read is None or names(read):
            return False
        return quantity.section == "forward" and bool(self.solution.by_name[quantity.equation].uses)

    def is_condition(self, chain: Formulas, number: int) -> bool:
        """Whether a side only says where a derivative is to be 0."""
        return self.in_letters and not self.beside.condition and chain.is_set_to_zero(number)

    def line(self, side: Side, statement: str, doubt: str) -> Line:
        """A line that is tried as a statement."""
        text, place = visible(" ".join(side.shown.split())), self.writeup.span(side.start)
        return Line(
            text, place=place, number=side.number, statement=statement, doubt=doubt, aside=self.beside.condition
        )

    def state(self, chain: Formulas, whole: Derivation, tried_in_full: bool = True) -> None:
        """Keep a chain that is about what is no quantity by itself.

        `x` in `\\partial \\sigma(x) / \\partial x` may be the problem's, or a number whatever the problem's x is.
        """
        lines = []
        for number, side in enumerate(chain.sides[1:], 1):
            text, read = chain.text(number), chain.read[number]
            if self.is_condition(chain, number) and chain.text(0):  # or a difference that is 0 everywhere
                lines.append(self.line(side, f"0 * ({chain.text(0)})", CONDITION))
            elif text and read is not None:
                is_said = chain.is_conditional or chain.meanings.point or "[" in chain.text(0) or has_identity(read)
                statement = text if names(read) or is_said else ""
                formula = None if chain.is_conditional else read
                doubt = self.doubt(chain, number, tried_in_full)
                lines.append(replace(self.line(side, statement, doubt), formula=formula))
            else:
                self.unread.append(self.refused(side, chain.reasons[number], at=chain.faults[number]))
        if lines:
            place = self.writeup.span(chain.sides[0].start)
            free = tuple(chain.free.items())
            typed = visible(shorten(" ".join(chain.sides[0].shown.split()), _LONGEST))
            is_derivative, is_row_too = chain.kinds_of_left()
            found = LetterChain(
                chain.text(0), tuple(lines), place, free, typed, is_derivative, is_row_too, chain.read[0]
            )
            may_be_own = chain.is_guess or self.is_of_one_letter(chain)
            alone = self.own_letters.readings(whole) if may_be_own else ()
            before = self.writeup.before(chain.sides[0].start)
            is_where_equal, other = says_equal(before), excluded(before)
            found = replace(
                found,
                condition=chain.condition,
                point=tuple(chain.meanings.point.items()),
                is_guess=chain.is_guess,
                is_where_equal=is_where_equal,
                excluded=other,
            )
            self.statements.append(replace(found, readings=alone))

    def is_of_one_letter(self, chain: Formulas) -> bool:
        """Whether one given quantity is all that is in a chain, every side of which can be read."""
        known = {*self.solution.shapes, *self.solution.problem.indices.families}
        used = {name for text in chain.texts for name in NAME.findall(text) if name in known}
        return all(chain.texts) and not chain.free and len(used) == 1 and used <= {*self.solution.problem.given}

    def answer(self, said: _Said) -> Answer:
        """What was found of one quantity, as the answer to it."""
        text = visible(shorten(said.text, _LONGEST))
        found = Answer(said.quantity.label, said.quantity.equation, text=text, lines=said.lines)
        ends = [line for line in said.lines if not line.statement]
        end = Chain(tuple(ends)).end if ends else None
        found = replace(found, numbers=end) if isinstance(end, Numbers) else replace(found, formula=end)
        remark = self.reader.admission.interpreter.remarks.get(said.quantity.equation, "")
        return replace(found, place=lambda: said.place, remark=remark)

    def refused(self, side: Side, reason: str, tex: str = "", at: int | None = None) -> Unread:
        """What isn't marked; `at` is where in the side the fault is, if that is known."""
        text = " ".join((tex or side.shown).split())
        span = self.writeup.span(side.start if at is None else side.place(at))
        reason = reason if at is None else f"column {span.column}: {reason}"
        return Unread(visible(shorten(text, _LONGEST)), reason, span, side.number)
