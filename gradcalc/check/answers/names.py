r"""Which quantity somebody means on a sheet: in a section, in a formula, or outside all sections."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from gradcalc.formula.expr import Expr
from gradcalc.program.quantities import Quantities, of_solution
from gradcalc.program.sections import Quantity
from gradcalc.program.solution import Solution


class Names:
    """Finds the quantity that is meant by what people write, in a section of a sheet or in a formula."""

    def __init__(self, solution: Solution) -> None:
        self.problem = solution.problem
        self.catalogue: Quantities = of_solution(solution)
        self.solution = solution
        self.further = self.catalogue.further
        self.wanted: set[str] = set()
        """What was asked for beside the solution, and isn't in it yet."""
        self.abbreviations: dict[str, Expr] = {}
        """The student's own names for formulas."""

    @cached_property
    def equations(self) -> frozenset[str]:
        """The names in the equations: of what they are, and of what is given."""
        return frozenset((*self.problem.given, *self.solution.by_name))

    @cached_property
    def _by_equation(self) -> Mapping[str, Quantity]:
        return {quantity.equation: quantity for quantity in self.catalogue.every}

    @cached_property
    def _words(self) -> Mapping[str, str]:
        """A word for each abbreviation of the problem whose name is none, such as `sg(z)`."""
        odd = (name for name in self.problem.let if not name.isidentifier())
        return {f"abbreviation{number}": name for number, name in enumerate(odd, 1)}

    def with_words(self, text: str) -> str:
        """A formula with these words in the place of such names."""
        for word, name in self._words.items():
            spaced = r"\s*".join(map(re.escape, name))
            text = re.sub(rf"(?<!\w){spaced}", f" {word} ", text)
        return text

    def find(self, section: str, written: str) -> Quantity | str:
        """The quantity that a name means in a section; else what is wrong with the name."""
        return self.catalogue.find(section, written)

    def get(self, section: str, written: str) -> Quantity | None:
        """The same; None where there is none."""
        return self.catalogue.get(section, written)

    def alone(self, written: str) -> str | None:
        """The name in the equations of what is meant in a formula; None where there is none."""
        if written in self.equations or written in self.abbreviations:
            return written
        if written in self._words:
            return self._words[written]
        quantity = self.catalogue.alone(written)
        return None if quantity is None else quantity.equation

    def at_top(self, written: str) -> Quantity | None:
        """The quantity that an answer outside all sections is to: `dW1`, `h1`; not what is given, as the old `W1`."""
        name = self.alone(written)
        quantity = None if name is None or name in self.problem.given else self._by_equation.get(name)
        return quantity if quantity is not None and quantity.section in self._sections else None

    @cached_property
    def _sections(self) -> frozenset[str]:
        return frozenset(label.partition(".")[0] for label in self.catalogue.labels())
