"""The quantities of a solution by the names that sheets use: `gradients.W1`, `after.loss`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gradcalc.errors import did_you_mean
from gradcalc.formula.spelling import canonical
from gradcalc.program.derive import gradient_name
from gradcalc.program.solve import Solution
from gradcalc.program.update import new_name

SECTIONS = ("forward", "loss", "gradients", "updated", "after")


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
    """Everything that a sheet can answer, in the order of the solution."""
    return tuple(_each(solution))


def _each(solution: Solution) -> Iterator[Quantity]:
    for name in solution.forward:
        yield Quantity("loss" if name == "loss" else "forward", name, name)
    for name in solution.gradients:
        yield Quantity("gradients", name, gradient_name(name))
    for name in solution.updated:
        yield Quantity("updated", name, new_name(name))
    for name in solution.after:
        yield Quantity("after", name, new_name(name))


def find(section: str, written: str, known: tuple[Quantity, ...]) -> Quantity | str:
    """The quantity meant by a name in a section, in any usual spelling; else what is wrong with the name."""
    name = canonical(written)
    sections = ("forward", "loss") if section in ("forward", "loss") else (section,)
    mine = {q.name: q for q in known if q.section in sections}
    for spelling in (name, name.removeprefix("d"), name.removesuffix("_new"), f"o_{name}"):
        if spelling in mine:
            return mine[spelling]
    return f"there is no {section}.{written} in this problem{did_you_mean(name, mine)}"
