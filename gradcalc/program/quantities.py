"""Which quantity is meant: every spelling that a report shows (`W1`, `dW1`, `∇W¹`, `gradients.W1`, a vertex, a symbol).

A sheet asks for a name in a section, `points` and `misprints` for a label (`gradients.W1`), `explain` for any of these
and for an entry (`dW1[1,2]`). All ask here; what may be typed for a name stands in `formula.spelling.readings`, what
other books call it in `customs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any, TypeVar

from gradcalc.formula.names import Names
from gradcalc.formula.spelling import canonical, readings
from gradcalc.program.batches import step_count
from gradcalc.program.customs import Customs
from gradcalc.program.further import CHANGES, DELTAS, JACOBIANS, LET, PARTS, Further, of_problem
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.problem import Problem
from gradcalc.program.sections import (
    GIVEN,
    PART,
    SECTIONS,
    STEPS,
    WHOLE,
    Quantity,
    equation_name,
    of_further,
    of_one_step,
)
from gradcalc.program.shown import shown_names
from gradcalc.program.solution import Solution
from gradcalc.program.structure import Structure
from gradcalc.words import did_you_mean, known, shorten

T = TypeVar("T")
LAST = "last"
MOST_FIGURES = 8
MOST_HINTS = 50
"""A near name takes time to find; a sheet with more unknown names than this is not a matter of spelling."""
_ALONE = ""
"""The table of names that stand alone."""


def of_solution(solution: Solution) -> Quantities:
    """The quantities of a solution; those too that no sheet is asked for."""
    return solution.once("quantities", lambda: _of_solution(solution)).anew()


def _of_solution(solution: Solution) -> Quantities:
    every = [*of_one_step(solution)]
    met = {quantity.equation for quantity in every}
    every += [Quantity(GIVEN, name, name) for name in solution.problem.given if name not in met]
    met |= {*solution.problem.given}
    every += [Quantity(PART, eq.name, eq.name) for eq in solution.equations if eq.name not in met and eq.step == 1]
    problem = solution.problem
    further = tuple(_available(solution))
    every = [*dict.fromkeys([*every, *map(of_further, further)])]
    shown = dict.fromkeys([*solution.shapes, *(each.equation for each in further)])
    last = step_count(solution.whole)
    return Quantities(every, _structure(problem), partial(shown_names, problem, shown), last, further)


def _available(solution: Solution) -> Iterator[Further]:
    """What can be asked for beside a solution: changes where there is an update, deltas of what has a gradient."""
    for each in of_problem(solution.problem):
        backward = gradient_name(each.of)
        needed = {CHANGES: new_name(each.of), DELTAS: backward, PARTS: backward}.get(each.section, "")
        leads = not each.by or each.by == solution.problem.objective or gradient_name(each.by) in solution.values
        if leads and (not needed or needed in solution.values):
            yield each


def of_parameters(problem: Problem) -> Quantities:
    """The parameters of a problem, which needn't be solved."""
    every = [Quantity(GIVEN, name, name) for name in problem.parameters]
    return Quantities(every, _structure(problem), lambda: shown_names(problem, problem.data))


def _structure(problem: Problem) -> Structure:
    return Structure(problem.layers, problem.units, problem.objective, tuple(problem.targets), problem.members)


class Quantities:
    """Finds the quantity that is meant by a name, in any spelling that a report shows or that is customary."""

    def __init__(
        self,
        every: Iterable[Quantity],
        structure: Structure,
        names: Callable[[], Names],
        last: int | None = None,
        further: Iterable[Further] = (),
    ) -> None:
        """`every` are all that can be meant; `names` says how they are shown, and is asked where nothing else fits."""
        self.every = tuple(every)
        self.objective = structure.objective
        self.last = last
        """How many steps the problem takes, where it says so."""
        self.further = {each.equation: each for each in further}
        """Those among them whose equations are made where they are asked for, by the names of their equations."""
        self._names = names
        self._customs = Customs(structure)
        self._also = {unit.output: [unit.name] for unit in structure.units}
        if self.objective is not None:
            self._also.setdefault(self.objective, []).append("loss")
        self._hints = MOST_HINTS
        self._made: dict[str, Any] = {}
        """What few readers ask for, made once for all of them."""

    def anew(self) -> Quantities:
        """The same for another reader, who may have as many hints."""
        _ = self._typed  # made once, for all of them
        other = Quantities.__new__(Quantities)
        vars(other).update(vars(self))
        other._hints = MOST_HINTS
        return other

    def get(self, section: str, written: str) -> Quantity | None:
        """The quantity that a name means in a section; None where there is none."""
        if section == JACOBIANS:
            return self._jacobian(written)
        typed = self._typed.get(section, {}).get(written)
        if typed is not None:
            return typed
        found = self._here(section, written)
        whole, bracket, _ = written.rpartition("[")
        if found is not None or (bracket and self.get(section, whole) is not None):
            return found  # of a name with an index, `h1[2]`, nothing else is meant
        for name in self._customs.meant(written):
            quantity = self._by_equation.get(name)
            found = quantity if quantity is not None and quantity.section == section else self._here(section, name)
            if found is not None:
                return found
        return None

    def _jacobian(self, written: str) -> Quantity | None:
        """The Jacobian that is meant by `yhat/a2`, or by blocks with letters."""
        from gradcalc.program.blocks import blocks_of  # which few sheets need

        found = blocks_of(written, self._value) if "/" in written else None
        return None if found is None else Quantity(JACOBIANS, found.text, found.text)

    def _value(self, written: str) -> str | None:
        """What has a Jacobian and is meant by a name: something given, or a part of the forward pass."""
        found = self.alone(written)
        return found.equation if found is not None and found.section in ("forward", "loss", GIVEN) else None

    def _here(self, section: str, written: str) -> Quantity | None:
        """The same by the problem's own names and what reports show for them."""
        typed = self._typed.get(section, {})
        for reading in readings(written):
            found = typed.get(reading) or self._shown.get(section, {}).get(reading)
            if found is not None:
                return found
        return None

    def find(self, section: str, written: str) -> Quantity | str:
        """The same; else what is wrong with the name."""
        found = self.get(section, written)
        if found is not None:
            return found
        label = section if section == written in WHOLE else f"{section}.{shorten(written)}"
        return f"there is no {label} in this problem{self._hint(section, canonical(written))}"

    def lookup(self, label: str) -> Quantity | str:
        """The quantity of a label such as `gradients.W1` or `loss`; else what is wrong with it."""
        section, _, name = label.strip().partition(".")
        if section == STEPS:
            return self._at_step(name)
        if section not in SECTIONS:
            abbreviation = self.get(LET, label)
            if abbreviation is not None:
                return abbreviation
            return f"there is no section '{shorten(section)}'{did_you_mean(section, SECTIONS)}"
        return self.find(section, name or section)

    def _at_step(self, rest: str) -> Quantity | str:
        """The quantity of `2.gradients.W1`; else what is wrong with it."""
        number, _, label = rest.partition(".")
        step = self.step(number)
        if isinstance(step, str):
            return step
        found = self.lookup(label) if not label.startswith(f"{STEPS}.") else f"steps within steps: '{shorten(label)}'"
        return found if isinstance(found, str) or step == 1 else found.at(step)

    def step(self, written: str) -> int | str:
        """The number of a step, counted from 1; else what is wrong with it."""
        if written == LAST and self.last is not None:
            return self.last
        if not (written.isdecimal() and written.isascii() and len(written) < MOST_FIGURES):
            last = f", or {LAST}" if self.last is not None else ""
            return f"steps are counted from 1{last}: '{shorten(written)}' is none"
        return int(written) or "steps are counted from 1: there is no step 0"

    def alone(self, written: str) -> Quantity | None:
        """The quantity of a name that stands alone (`dW1`, `W1_new`, `h1`) or of a label; None where there is none.

        What is given is taken for a part of the forward pass.
        """
        section, dot, rest = written.strip().partition(".")
        if dot and section in SECTIONS:
            return self.get(section, rest) or (self.get(GIVEN, rest) if section == "forward" else None)
        return self.get(_ALONE, written)

    def names(self, section: str) -> list[str]:
        """The names in a section, as sheets have them."""
        return [quantity.name for quantity in self.every if quantity.section == section and not self._by_use(quantity)]

    def _by_use(self, quantity: Quantity) -> bool:
        """Whether it is the part of a gradient that comes by one use: of which there are too many for a hint."""
        further = self.further.get(quantity.equation)
        return further is not None and bool(further.by)

    def labels(self) -> list[str]:
        """The labels of all that a sheet can be asked for."""
        return [quantity.label for quantity in self.every if quantity.section in SECTIONS]

    def near(self, written: str) -> str:
        """What to say of a name alone, or of a label, that is none: which may be meant, else which there are."""
        section, dot, rest = written.strip().partition(".")
        if dot and section in SECTIONS:
            return self._hint(section, canonical(rest))
        name = canonical(written)
        # Those that begin with the same letter before others.
        first = sorted((quantity.equation for quantity in self.every), key=lambda id: id[:1] != name[:1])
        every = {**self._shown[_ALONE], **self._typed[_ALONE]}
        like = self.labels() if "." in name else [text for text, each in every.items() if not self._by_use(each)]
        return did_you_mean(name, like) or f"; known are {known(first)}"

    def _hint(self, section: str, name: str) -> str:
        if self._hints == 0 or len(name) > 100:
            return ""
        self._hints -= 1
        # Of what comes after the update, the new value is meant and not the gradient.
        order = ("updated", *SECTIONS) if section == "after" else SECTIONS
        mine, tables = self.names(section), [self._typed.get(other, {}) for other in order]
        other = next((table[name].label for table in tables if name in table), "")
        if other:
            return f"; there is {other}"
        return did_you_mean(name, mine) or (f"; there are {known(mine)}" if mine else "")

    # What may be written for which quantity, by section.

    def _once(self, what: str, make: Callable[[], T]) -> T:
        if what not in self._made:
            self._made[what] = make()
        found: T = self._made[what]
        return found

    @property
    def _by_equation(self) -> Mapping[str, Quantity]:
        return self._once("by equation", lambda: {quantity.equation: quantity for quantity in self.every})

    @cached_property
    def _typed(self) -> Mapping[str, Mapping[str, Quantity]]:
        """A name before what else it may be called, so that no vertex `a_h` takes the place of a sum `a_h`."""
        tables: dict[str, dict[str, Quantity]] = {_ALONE: {}}
        for spelled in (self._canonical, self._understood):
            for quantity in self.every:
                for section, name in spelled(quantity):
                    tables.setdefault(section, {}).setdefault(name, quantity)
        return tables

    def _canonical(self, quantity: Quantity) -> Iterator[tuple[str, str]]:
        """Its names, in its section and alone; a delta alone is the gradient, unless it has the other sign."""
        yield quantity.section, quantity.name
        yield quantity.section, quantity.equation
        further = self.further.get(quantity.equation)
        if further is None or further.section != DELTAS or further.alone:
            yield _ALONE, quantity.equation

    def _understood(self, quantity: Quantity) -> Iterator[tuple[str, str]]:
        """A vertex for its output, `loss` for what is differentiated; and so for gradients and new values."""
        for other in self._also.get(quantity.name, ()):
            made = equation_name(quantity.section, other)
            yield from ((quantity.section, other), (quantity.section, made), (_ALONE, made))
        if quantity.equation == self.objective:
            yield from (("loss", "loss"), ("forward", "loss"))
        if quantity.section == "state":
            yield from (("state", quantity.equation), ("updated", quantity.equation))
        further = self.further.get(quantity.equation)
        if further is not None:
            yield from ((further.section, name) for name in further.also)
            yield from ((section, name) for section in (_ALONE, "gradients") for name in further.alone)
        if quantity.section == LET:
            yield from ((section, quantity.name) for section in SECTIONS)

    @property
    def shown(self) -> Names:
        """How the names are shown."""
        return self._once("names", self._names)

    @property
    def _shown(self) -> Mapping[str, Mapping[str, Quantity]]:
        return self._once("shown", self._made_shown)

    def _made_shown(self) -> Mapping[str, Mapping[str, Quantity]]:
        """What two are shown as is the name of neither."""
        names = self.shown
        meant: dict[str, dict[str, set[Quantity]]] = {_ALONE: {}}
        for quantity in self.every:
            for section, name in self._canonical(quantity):
                for text in (names.unicode(name), names.latex(name)):
                    meant.setdefault(section, {}).setdefault(text, set()).add(quantity)
        return {
            section: {text: quantity for text, (quantity, *others) in table.items() if not others}
            for section, table in meant.items()
        }
