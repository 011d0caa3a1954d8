"""Tell a problem in letters: every rule with its shape, how many parameters there are, and where it was checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from gradcalc.formula.expr import Expr, Name, names
from gradcalc.formula.table import Shape
from gradcalc.formula.tex.index import with_numbers
from gradcalc.formula.write import code, latex
from gradcalc.program.families import Letters, in_families, member_of
from gradcalc.program.kinds import EDGE, ValueKind
from gradcalc.program.letters import InLetters, count, factored, in_letters, spelled, term
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.shown import shown_names
from gradcalc.program.solution import Solution
from gradcalc.report.as_json import finite
from gradcalc.report.document import Block, Document, Heading, Math, Paragraph, Table, Text
from gradcalc.report.scalars import scalar_over
from gradcalc.report.story.glossary import glossary
from gradcalc.report.story.solution import AGREES, before, document_of, opening

_TITLES = {
    "forward": "Forward pass",
    "backward": "Backward pass (backpropagation)",
    "update": "Update",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """At which sizes the gradients were checked, and the largest relative error at each."""

    sizes: Mapping[str, int]
    error: float


@dataclass(frozen=True)
class Lettered:
    """A problem in letters worked out: its solution where sizes are apart, and where it was checked."""

    solution: Solution
    told: InLetters
    checked: Sequence[Checked]
    warnings: Sequence[str] = ()

    def as_family(self, name: str) -> str:
        """A name, with letters for the vertices of any graph."""
        family, index = member_of(name)
        return f"{family}[{','.join(self.counting.of(index))}]" if index and self.counting is not None else name

    def rule(self, equation: Equation) -> Expr:
        """The rule of an equation, in letters."""
        return in_letters(equation.expr, self.told.marks)

    def shape(self, name: str) -> str:
        """The shape of a quantity in letters; empty for a number."""
        return spelled(self.shapes[name], self.told.marks)

    @cached_property
    def counting(self) -> Letters | None:
        """What counts the vertices of a problem about any graph; None of any other problem."""
        problem, told = self.solution.problem, self.told
        last = next((letter for letter in told.sizes if letter not in told.marks), "")
        count = max((last for _, last in problem.over.values()), default=0)
        return Letters([*problem.over], last, count) if problem.absent else None

    @cached_property
    def equations(self) -> Sequence[Equation]:
        """The equations; of any graph one for all vertices, or all edges."""
        if self.counting is None:
            return self.solution.equations
        known = {*self.solution.shapes}
        sections = ([eq for eq in self.solution.equations if eq.section == section] for section in _TITLES)
        return [each for section in sections for each in in_families(section, known, self.counting)]

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """The shapes of all names, those with letters among them."""
        if self.counting is None:
            return self.solution.shapes
        of_families = {member_of(name)[0]: shape for name, shape in self.solution.shapes.items()}
        written = {name for each in self.equations for name in (each.name, *names(each.expr)) if "[" in name}
        written |= {self.as_family(name) for name in self.solution.shapes}
        # Of gradients also what they are of, by which they are shown.
        of = {gradient_name(family): family for family in of_families}
        apart = [name.partition("[") for name in written]
        inner = {of[family] + bracket + index for family, bracket, index in apart if family in of}
        told = {name: of_families[name.partition("[")[0]] for name in sorted(written | inner)}
        return {**self.solution.shapes, **told}

    @cached_property
    def problem(self) -> Problem:
        """The problem, with symbols for names with other letters than the file's: `o[u]` where that has `o[v]`."""
        problem, letters = self.solution.problem, self.counting
        if letters is None:
            return problem
        more: dict[str, str] = {}
        for name in self.shapes:
            family, _, index = name.partition("[")
            parts = index.rstrip("]").split(",")
            own = letters.of(tuple(parts))
            symbol = problem.symbols.get(f"{family}[{','.join(own)}]", "")
            more |= {name: with_numbers(symbol, dict(zip(own, parts, strict=True)))} if index and symbol else {}
        return replace(problem, symbols={**problem.symbols, **more})

    @property
    def terms(self) -> list[tuple[str, ...]]:
        """How many parameters there are, by their matrices."""
        return [term(value.shape, self.told.marks) for value in self.solution.problem.parameters.values()]


def letters_document(work: Lettered, remark: str = "") -> Document:
    """The derivation, with shapes in letters."""
    problem, solution = work.problem, work.solution
    untold = problem.untold
    blocks: list[Block] = [*opening(problem, remark), *_given(work), *glossary(solution, in_letters=True)]
    for section, title in _TITLES.items():
        equations = [eq for eq in work.equations if eq.section == section and eq.name not in untold]
        if equations:
            blocks += [Heading(title), *before(solution, section, work.as_family), _rules(work, equations)]
    blocks += [*_closing(work)]
    return document_of(problem, work.shapes, blocks)


def _given(work: Lettered) -> Iterator[Block]:
    problem = work.solution.problem
    groups = {
        "input": problem.inputs,
        "target": problem.targets,
        "gradient from above": {gradient_name(name): value for name, value in problem.upstream.items()},
        "parameter": problem.parameters,
    }
    rows: list[tuple[Text, ...]] = []
    for what, given in groups.items():
        for name in dict.fromkeys(map(work.as_family, given)):
            rows.append(((Math(Name(name)),), (what + _said(work.told.kinds.get(name)),), (_shape(work, name),)))
    yield Heading("Given")
    for name in problem.functions:
        rows.append(((Math(Name(name)),), ("function",), (_shape_of_function(work, name),)))
    yield Table(("quantity", "what", "shape"), tuple(rows))
    terms = work.terms
    if work.counting is not None:
        yield Paragraph((_about_graphs(work.counting),))
    elif any(terms):
        yield Paragraph((f"{_counted(terms)} parameters{_written_out(work)}.",))


def _about_graphs(letters: Letters) -> str:
    told = " and ".join(letters.names)
    vertices = f"{told} count the vertices, 1 to {letters.last}" if letters.last else f"{told} count the vertices"
    return f"{vertices}, each after those that lead to it; what isn't there, as the weight of an edge, adds nothing."


def _written_out(work: Lettered) -> str:
    """To which numbers indices count here, where that is a letter: members are written out."""
    counts = [f"{letter} = {size}" for letter, size in work.told.sizes.items() if letter not in work.told.marks]
    return f", for {', '.join(counts)}" if counts else ""


def _counted(terms: list[tuple[str, ...]]) -> str:
    plain, short = count(terms), factored(terms)
    return plain if plain == short else f"{plain} = {short}"


def _said(kind: ValueKind | None) -> str:
    usual = ("scalar", "vector", "matrix", EDGE)
    return "" if kind is None or kind.kind in usual else f", {kind.kind.replace('_', '-')}"


def _shape_of_function(work: Lettered, name: str) -> str:
    return f"a number of {work.shape(name)}" if work.shape(name) else "entry by entry"


def _shape(work: Lettered, name: str) -> str:
    return work.shape(name) or "a number"


def _rules(work: Lettered, equations: Sequence[Equation]) -> Table:
    rows = [((Math(Name(eq.name)),), (Math(work.rule(eq)),), (_shape(work, eq.name),)) for eq in equations]
    return Table(("quantity", "rule", "shape"), tuple(rows))


def _closing(work: Lettered) -> Iterator[Block]:
    if work.checked:
        yield Heading("Check")
        worst = max(each.error for each in work.checked)
        at = [", ".join(f"{letter} = {size}" for letter, size in each.sizes.items()) for each in work.checked]
        where = f" at {len(at)} choices of sizes ({'; '.join(at)})" if work.told.sizes else ""
        said = f"against central differences{where}: largest relative error {worst:.1e}."
        agrees = worst < AGREES
        start = "Gradients checked" if agrees else "Gradients don't agree"
        yield Paragraph((f"{start} {said}",), "text" if agrees else "warning")
    for warning in work.warnings:
        yield Paragraph((f"Warning: {warning}.",), "warning")


def letters_data(work: Lettered) -> dict[str, Any]:
    """The derivation for programs: shapes as lists of letters and numbers, rules as formulas."""
    problem = work.problem
    names, scalar = shown_names(problem, work.shapes), scalar_over(work.shapes, problem.axis, one=((),))
    return {
        "title": problem.title,
        "source": problem.source,
        "letters": [*work.told.sizes],
        "same": dict(work.told.same),
        "given": {
            work.as_family(name): {"kind": kind.kind, "shape": _sides(work, name)}
            for name, kind in work.told.kinds.items()
        },
        "equations": [
            {
                "section": eq.section,
                "name": eq.name,
                "formula": code(work.rule(eq)),
                "latex": f"{names.latex(eq.name)} = {latex(work.rule(eq), names.latex, scalar)}",
                "shape": _sides(work, eq.name),
            }
            for eq in work.equations
            if eq.section in _TITLES
        ],
        "parameters": {"count": count(work.terms), "factored": factored(work.terms)} if any(work.terms) else None,
        "checked": [{"sizes": dict(each.sizes), "max_relative_error": finite(each.error)} for each in work.checked],
        "warnings": [*work.warnings],
    }


def _sides(work: Lettered, name: str) -> list[str]:
    text = work.shape(name)
    return text.split("×") if text else []
