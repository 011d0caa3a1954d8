"""The quantities of a solution by the names that sheets use: `gradients.W1`, `after.loss`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gradcalc.formula.spelling import canonical
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.solve import Solution
from gradcalc.words import did_you_mean, shorten

SECTIONS = ("forward", "loss", "gradients", "updated", "after")
MOST_HINTS = 50
"""A near name takes time to find; a sheet with more unknown names than this is not a matter of spelling."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One thing that can be asked for: the name in sheets, and the name in the equations."""

    section: str
    name: str
    equation: str

    @property
    def label(self) -> str:
        """`gradients.W1`; for the loss alone `loss`."""
        return self.section if self.section == "loss" else f"{self.section}.{self.name}"


def quantities(solution: Solution) -> tuple[Quantity, ...]:
    """Everything that a sheet can answer, in the order of the solution; each equation once."""
    return tuple(_each(solution))


def _each(solution: Solution) -> Iterator[Quantity]:
    for name in solution.forward:
        if not _is_loss(name, solution):
            yield Quantity("forward", name, name)
    if _is_loss("loss", solution):
        yield Quantity("loss", "loss", "loss")
    for name in solution.gradients:
        yield Quantity("gradients", name, gradient_name(name))
    for name in solution.updated:
        yield Quantity("updated", name, new_name(name))
    for name in solution.after:
        yield Quantity("after", name, new_name(name))


def _is_loss(name: str, solution: Solution) -> bool:
    return name == "loss" == solution.problem.objective


class Catalogue:
    """Finds the quantity that is meant by a name in a section."""

    def __init__(self, solution: Solution) -> None:
        self.quantities = quantities(solution)
        self._named: dict[str, dict[str, Quantity]] = {section: {} for section in SECTIONS}
        for quantity in self.quantities:
            self._named[quantity.section][quantity.name] = quantity
        self._hints = MOST_HINTS
        self._alias_loss(solution.problem.objective)

    def _alias_loss(self, objective: str | None) -> None:
        """What is differentiated is the loss, whatever its name; and it can stand in `forward` too."""
        for quantity in self.quantities:
            if quantity.equation == objective:
                self._named["loss"].setdefault("loss", quantity)
                self._named["forward"].setdefault("loss", quantity)
            elif objective is not None and quantity.equation == new_name(objective):
                self._named["after"].setdefault("loss", quantity)

    def find(self, section: str, written: str) -> Quantity | str:
        """The quantity meant, in any usual spelling of its name; else what is wrong with the name."""
        found = self.get(section, written)
        if found is not None:
            return found
        label = section if section == "loss" else f"{section}.{shorten(written)}"
        return f"there is no {label} in this problem{self._hint(section, canonical(written))}"

    def get(self, section: str, written: str) -> Quantity | None:
        """The same; None where there is none."""
        mine, name = self._named[section], canonical(written)
        spellings = (name, name.removeprefix("d"), name.removesuffix("_new"), f"o_{name}")
        return next((mine[spelling] for spelling in spellings if spelling in mine), None)

    def lookup(self, label: str) -> Quantity | str:
        """The quantity of a label such as `gradients.W1` or `loss`; else what is wrong with it."""
        section, _, name = label.partition(".")
        if section not in SECTIONS:
            return f"there is no section '{shorten(section)}'{did_you_mean(section, SECTIONS)}"
        return self.find(section, name or section)

    def _hint(self, section: str, name: str) -> str:
        if self._hints == 0 or len(name) > 100:
            return ""
        self._hints -= 1
        mine = self._named[section]
        near = did_you_mean(name, mine)
        elsewhere = next((self._named[s][name].label for s in SECTIONS if name in self._named[s]), "")
        if near or elsewhere:
            return near or f"; there is {elsewhere}"
        return f"; there are {', '.join(list(mine)[:12])}{', …' if len(mine) > 12 else ''}" if mine else ""
