"""The chains of a write-up in the problem's own terms: other signs for gradients, updates of books, bare functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Final

from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.answers.reader import SheetReader
from gradcalc.check.writeup.bare_functions import with_values
from gradcalc.check.writeup.formulas import Formulas
from gradcalc.check.writeup.model import Derivation, WriteUp
from gradcalc.check.writeup.notations import Notations
from gradcalc.check.writeup.own_functions import MOST, own_functions, says_more
from gradcalc.check.writeup.rules import rule
from gradcalc.check.writeup.sample_sums import with_numbers
from gradcalc.check.writeup.squares import with_squares
from gradcalc.check.writeup.subjects import Subjects
from gradcalc.check.writeup.updates import as_update, sign_of_changes
from gradcalc.formula.expr import Name, call
from gradcalc.optimizers.rule import RATE
from gradcalc.program.sections import Quantity

_ONE_INDEX: Final = re.compile(r"([^\d_^]+)(_\{?1\}?|\^\{?\(?1\)?\}?)")
"""How a member with the number 1 is shown."""


class Terms:
    """Respells the chains of one write-up, which are read by `reader`."""

    def __init__(self, writeup: WriteUp, reader: SheetReader, subjects: Subjects) -> None:
        self.writeup, self.subjects = writeup, subjects
        self.solution = reader.solution
        self.problem = reader.solution.problem
        self.interpreter = reader.admission.interpreter
        self.shown = reader.names.catalogue.shown

    def chains(self) -> Iterator[Derivation]:
        """All of them, without those that say only what a notation means."""
        if self.problem.objective is None:
            yield from self.writeup.chains
            return
        loss = self.shown.latex_of[self.problem.objective]
        notations = Notations(self.writeup, loss, self.is_name)
        notations.has_bars = notations.says_bars or any(map(self.is_gradient, notations.with_bars(self.writeup)))
        functions = [*islice(own_functions(self.writeup, self.is_read), MOST)]
        for chain in self.writeup.chains:
            if not notations.says_what_a_bar_is(chain) and (says_more(chain) or not functions):
                found = chain
                for each in functions:
                    found = replace(found, sides=tuple(map(each.put_in, found.sides)))
                found = with_numbers(found, *self.members) if self.members is not None else found
                found = self.as_update(notations.respelled(found), loss)
                found = with_values(found, self.function_values, self.problem.inputs)
                yield with_squares(found, self.numbers)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The TeX of each quantity that is one number."""
        shapes = self.solution.shapes
        return frozenset(tex for name, tex in self.shown.latex_of.items() if shapes.get(name) in ((), (1, 1)))

    @cached_property
    def function_values(self) -> Mapping[str, str]:
        """The TeX of each function that the problem applies once, to a name, and that of its value."""
        facts = self.interpreter.facts
        signs = {"sigmoid": r"\sigma", "tanh": r"\tanh", **self.shown.functions}
        once = {call(function, Name(of)): signs[function] for function, of in facts.slopes.items() if function in signs}
        return {once[each.expr]: self.shown.latex_of[each.name] for each in facts.forward if each.expr in once}

    @cached_property
    def members(self) -> tuple[Mapping[str, str], str] | None:
        """What stands for each family of samples, alone and with the letter of the sample; None where there is none."""
        letters, families = [*self.problem.over], self.problem.indices.families
        if len(letters) != 1 or self.problem.absent or self.interpreter.facts.has_steps:
            return None
        (letter,) = letters
        shown = ((family, self.shown.latex_of.get(f"{family}[1]", "")) for family in families)
        return {
            found[1]: f"{found[1]}{found[2].replace('1', letter)}"
            for _, tex in shown
            if (found := _ONE_INDEX.fullmatch(tex)) is not None
        }, letter

    @cached_property
    def sign_of_changes(self) -> str:
        """The sign that changes have in the write-up."""
        return sign_of_changes(self.writeup.text)

    def is_read(self, tex: str) -> bool:
        """Whether the problem can read some TeX."""
        self.interpreter.all_tex = True
        try:
            self.interpreter.symbolic(tex, self.interpreter.meanings())
        except NotReadable:
            return False
        return True

    def is_name(self, tex: str) -> bool:
        """Whether this is one name of the problem, or an entry."""
        self.interpreter.all_tex = True
        try:
            found = self.interpreter.symbolic(tex, meanings := self.interpreter.meanings()).expr
        except NotReadable:
            return False
        return isinstance(found, Name) and (found.id in self.solution.shapes or found.id in meanings.entries)

    def is_gradient(self, chain: Derivation) -> bool:
        """Whether a chain begins with a gradient, and rightly says what it is."""
        left, *rest = Formulas(chain, self.interpreter).read
        quantity = self.subjects.of(left, set()) if left is not None else ""
        if not isinstance(quantity, Quantity) or quantity.section != "gradients":
            return False
        others = (each for each in rest if each is not None and each != left)
        return any(self.subjects.is_value(each, quantity) for each in others)

    def as_update(self, chain: Derivation, loss: str) -> Derivation:
        """A chain as an update of a parameter by the problem's own names, where it is one; else as it is."""
        found = as_update(chain, self.sign_of_changes, loss, self.problem)
        if found is None:
            return chain
        formulas = Formulas(found, self.interpreter)
        is_read = formulas.read[0] is not None and RATE in formulas.used
        is_one = (is_read and formulas.is_of_parameters(self.problem.parameters)) or rule(found.sides, self.interpreter)
        return found if is_one else chain
