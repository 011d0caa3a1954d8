"""Write an answer sheet as YAML: empty, with every quantity and its shape; or filled with a solution's values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.names import Names
from gradcalc.formula.shapes import MATRIX, spell
from gradcalc.formula.table import Axis
from gradcalc.program.beside import with_further
from gradcalc.program.further import SHAPES, by_labels
from gradcalc.program.sections import SECTIONS, Quantity, later_steps, quantities
from gradcalc.program.shown import shown_names
from gradcalc.program.solution import Solution
from gradcalc.program.trajectory import alone_at

_WORDS = ("null", "true", "false")
"""Names that YAML takes for something else."""


def blank_sheet(solution: Solution, digits: int | None = None) -> str:
    """An empty answer sheet: each section, each quantity, its shape in a comment."""
    return _sheet(solution, digits, lambda quantity, solution: "")


def filled_sheet(solution: Solution, digits: int | None = None) -> str:
    """The same sheet with the solution's values, to that many decimals (default: those the problem asks for).

    What isn't finite can't be written down, and is left empty.
    """
    decimals = solution.problem.digits if digits is None else digits
    axis = solution.problem.axis
    return _sheet(solution, digits, lambda quantity, of: written(of.on_paper(quantity.equation), decimals, axis))


def written(value: Array, digits: int, axis: Axis) -> str:
    """A value as a sheet has it: a number, a flat list for a vector, else a list of rows, of images lists of these."""
    if not np.isfinite(value).all():
        return ""
    if not value.shape:
        return decimal(float(value), digits)
    return _list(value.ravel() if value.ndim == MATRIX and value.shape[1 - axis] == 1 else value, digits)


def _list(row: Array, digits: int) -> str:
    if row.ndim > 1:
        return f"[{', '.join(_list(each, digits) for each in row)}]"
    return f"[{', '.join(decimal(float(entry), digits) for entry in row)}]"


def decimal(value: float, digits: int) -> str:
    """A number to that many decimals, and no -0.00."""
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def _sheet(solution: Solution, digits: int | None, value: Callable[[Quantity, Solution], str]) -> str:
    first, *steps = asked_by_step(solution)
    lines = [*_head(solution, digits), *_sections(first, value, "")]
    lines += ["steps:"] if steps else []
    for step in steps:
        lines += [f"  {step.number}:", *_sections(step, value, "    ")]
    return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True)
class Asked:
    """What a sheet asks of one step, with the solution of that step alone."""

    number: int
    solution: Solution
    quantities: tuple[Quantity, ...]
    points: Mapping[str, float]
    """What each quantity of the problem earns, by its label."""

    def by_section(self) -> Iterator[tuple[str, list[Quantity]]]:
        """The quantities of each section in which there are some."""
        for section in SECTIONS:
            mine = [quantity for quantity in self.quantities if quantity.section == section]
            if mine:
                yield section, mine


def asked_by_step(solution: Solution) -> Iterator[Asked]:
    """The first step, then the others: what has points is asked, beside the solution too; else all of the solution."""
    points = solution.problem.points
    solution = with_further(solution, by_labels(solution.problem, points))
    asked = (each for each in quantities(solution) if _is_asked(each, points, solution.problem.untold))
    yield Asked(1, solution, tuple(asked), points)
    for number, step in alone_at(solution, later_steps(points)).items():
        asked = (each for each in quantities(step) if each.at(number).label in points)
        yield Asked(number, step, tuple(asked), points)


def _is_asked(quantity: Quantity, points: Mapping[str, float], untold: Collection[str]) -> bool:
    return quantity.label in points if points else quantity.equation not in untold


def stands_alone(section: str, mine: Sequence[Quantity]) -> bool:
    """Whether a section is the name of its only quantity, as `loss: 0.3927`."""
    return [quantity.label for quantity in mine] == [section]


def _sections(asked: Asked, value: Callable[[Quantity, Solution], str], indent: str) -> Iterator[str]:
    solution = asked.solution
    names = shown_names(solution.problem, solution.shapes)
    for section, mine in asked.by_section():
        entries = [
            (_key(quantity), value(quantity, solution), _comment(quantity, solution, names)) for quantity in mine
        ]
        whole = stands_alone(section, mine)
        if not whole:
            yield f"{indent}{section}:"
        yield from _aligned(entries, indent if whole else f"{indent}  ")


def _head(solution: Solution, digits: int | None) -> Iterator[str]:
    problem = solution.problem
    decimals = problem.digits if digits is None else digits
    yield from (f"# {line}" for line in problem.title.splitlines() if line.strip())
    yield f"# Numbers to {decimals} decimal{'s' * (decimals != 1)}, or formulas over the quantities before them."
    yield "# A vector is a list such as [1, 2], a matrix a list of rows such as [[1, 2], [3, 4]]. Any part will do."


def _key(quantity: Quantity) -> str:
    return f'"{quantity.name}":' if quantity.name.lower() in _WORDS else f"{quantity.name}:"


def _comment(quantity: Quantity, solution: Solution, names: Names) -> str:
    """The shape, and before it how reports show the quantity where the problem has a symbol for it: `∇H, 2×1`."""
    if quantity.section == SHAPES:
        return "rows×columns"
    shape, symbol = spell(solution.on_paper(quantity.equation).shape), names.unicode(quantity.equation)
    return f"{symbol}, {shape}" if quantity.name in solution.problem.symbols else shape


def _aligned(entries: list[tuple[str, str, str]], indent: str) -> Iterator[str]:
    """Lines with a comment each; the comments under each other where values are short."""
    width = min(max((len(f"{key} {value}") for key, value, _ in entries), default=0), 40)
    for key, value, shape in entries:
        yield f"{indent}{f'{key} {value}'.rstrip().ljust(width)}  # {shape}"
