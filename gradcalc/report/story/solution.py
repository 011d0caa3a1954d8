"""Tell a solution: what stands in which section, and every sentence around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from gradcalc.formula.expr import Name
from gradcalc.formula.table import Shape
from gradcalc.formula.write import code, latex
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.shown import shown_names
from gradcalc.program.solution import Solution
from gradcalc.program.solve import lost_in
from gradcalc.program.told import as_told
from gradcalc.program.verify import Kink, Verification
from gradcalc.report.as_json import finite, lost, plain_value, values_data
from gradcalc.report.document import (
    Block,
    Document,
    Entry,
    Heading,
    Inline,
    Math,
    Paragraph,
    Quantity,
    Text,
    Value,
    Workings,
)
from gradcalc.report.dust import shown_values
from gradcalc.report.numbers import computed
from gradcalc.report.scalars import scalar_over
from gradcalc.report.sequences import members_told
from gradcalc.report.story.expansion import written_out
from gradcalc.report.story.given import divided, given, used_by
from gradcalc.report.story.glossary import glossary
from gradcalc.report.story.rule import order_blocks, rule_blocks, rule_shapes
from gradcalc.report.story.stationary import of_what_is_asked, with_asked
from gradcalc.report.styled import InStyle
from gradcalc.words import separators

AGREES = 1e-6
_ON_KINK = "On a kink, where the derivative jumps and differences need not agree: "
_SECTIONS = {
    "forward": "Forward pass",
    "backward": "Backward pass (backpropagation)",
    "update": "Update",
    "after": "After the update",
}
_PASSES = ("forward", "backward")


def solution_document(solution: Solution, *, expand: bool = False, remark: str = "") -> Document:
    """The whole solution; with `expand`, every entry of the two passes as a sum of products."""
    problem, more = solution.problem, with_asked(solution)
    blocks = [
        *opening(problem, remark),
        *given(solution.whole, expand),
        *divided(solution.whole),
        *used_by(solution.undivided, problem.first_step),
        *glossary(solution),
        *sections(solution, Telling(expand, exact=frozenset(problem.given))),
        *of_what_is_asked(more),
        *closing(solution.verification, solution),
    ]
    return Document(
        tuple(blocks),
        shown_names(more.problem, more.shapes),
        digits=problem.digits,
        shapes={**rule_shapes(problem), **solution.shapes},
        axis=problem.axis,
        members=members_told(solution),
    )


def opening(problem: Problem, remark: str = "") -> Iterator[Block]:
    """The title, where the problem comes from, and a remark."""
    yield Heading(problem.title or problem.path or "Solution", 1)
    if problem.source:
        yield Paragraph((f"Source: {problem.source}",), "note")
    if remark:
        yield Paragraph((remark,), "note")


def document_of(problem: Problem, shapes: Mapping[str, Shape], blocks: Iterable[Block]) -> Document:
    """These blocks as a report on a problem, whose names have these shapes."""
    return Document(tuple(blocks), shown_names(problem, shapes), problem.digits, shapes, problem.axis)


@dataclass(frozen=True, slots=True)
class Telling:
    """How a solution is told: with every entry or not, with headings of which level, and whether for the first time.

    `exact` are the names that the problem gives, `aliases` what tells the names of one step from those of another.
    """

    expand: bool = False
    level: int = 2
    first: bool = True
    exact: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)


def sections(solution: Solution, telling: Telling) -> Iterator[Block]:
    """The two passes, the update and what comes after it; entries are written out in the passes alone."""
    untold, told = solution.problem.untold, as_told(solution.equations, solution.problem)
    for together, title in _titled(solution):
        equations = [eq for eq in told if eq.section in together and eq.name not in untold]
        if not equations:
            continue
        yield Heading(title, telling.level)
        yield from (block for section in together if telling.first for block in before(solution, section))
        expand = telling.expand
        quantities = tuple(_quantity(solution, eq, expand and eq.section in _PASSES) for eq in equations)
        yield Workings(quantities, shown_values(solution), telling.exact, telling.aliases)
        if "after" in together:
            objective = solution.problem.objective or ""
            yield loss_sentence(solution.problem, *(_loss(solution, name) for name in (objective, new_name(objective))))


def _titled(solution: Solution) -> Iterator[tuple[tuple[str, ...], str]]:
    """The sections and their titles; the way back and the update are one where they go hand in hand."""
    if solution.problem.order == "simultaneous" or not solution.has_update:
        yield from (((section,), title) for section, title in _SECTIONS.items())
        return
    yield ("forward",), _SECTIONS["forward"]
    yield ("backward", "update"), "Backward pass and update"
    yield ("after",), _SECTIONS["after"]


def before(solution: Solution, section: str, called: Callable[[str], str] = str) -> Iterator[Block]:
    """What is said before the equations of a section; `called` is what names are called there."""
    problem = solution.problem
    if section == "backward" and problem.objective is not None and problem.order != "sequential":
        example = _example(solution)
        if example is not None:
            gradient, wrt = (Math(Name(called(name))) for name in (gradient_name(example), example))
            yield Paragraph((gradient, " is the gradient of ", *objective_text(problem), " with respect to ", wrt, "."))
    if section == "update":
        yield from order_blocks(problem)
        yield from rule_blocks(problem)
    if section == "update" and problem.frozen:
        yield frozen_sentence(problem)


def _example(solution: Solution) -> str | None:
    """A quantity by which the ∇ is explained: a parameter, else an input, else any but the loss itself."""
    problem = solution.problem
    candidates = (*problem.leaves, *solution.gradients)
    return next((name for name in candidates if name in solution.gradients and name != problem.objective), None)


def frozen_sentence(problem: Problem) -> Paragraph:
    """Which parameters stay as they are."""
    frozen = [name for name in problem.parameters if name in problem.frozen]
    verb = "stays as it is" if len(frozen) == 1 else "stay as they are"
    return Paragraph((*listed(frozen), f" {verb} (frozen)."))


def listed(ids: Iterable[str]) -> Text:
    """`W¹, b¹ and W²`."""
    names = [Math(Name(id)) for id in ids]
    return tuple(
        part for sign, name in zip(separators(len(names)), names, strict=True) for part in (sign, name) if part
    )


def _loss(solution: Solution, name: str) -> float | None:
    """What is differentiated, before or after the update; None where it isn't there."""
    value = shown_values(solution).get(name)
    return None if value is None else float(value.item())


def loss_sentence(problem: Problem, before: float | None, after: float | None) -> Paragraph:
    """Whether the loss fell, with as many decimals as it takes to see it."""
    if before is None or after is None:
        return Paragraph(("There is no loss to compare.",))
    subject = objective_text(problem, start=True)
    if before == after:
        return Paragraph((*subject, " stayed at ", Value(np.array(before)), "."))
    verb = "fell" if after < before else "rose" if after > before else "went"
    digits = next((d for d in range(problem.digits, 16) if computed(before, d) != computed(after, d)), None)
    more = None if digits == problem.digits else digits
    values = [Value(np.array(loss), digits=more) for loss in (before, after)]
    return Paragraph((*subject, f" {verb} from ", values[0], " to ", values[1], "."))


def objective_text(problem: Problem, start: bool = False) -> Text:
    """What is differentiated, as a sentence has it."""
    if problem.objective == "loss" and "loss" not in problem.symbols:
        return ("The loss" if start else "the loss",)
    return (Math(Name(problem.objective or "")),)


def _quantity(solution: Solution, equation: Equation, expand: bool) -> Quantity:
    value = shown_values(solution)[equation.name]
    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()
    if expand:
        entries, notes = written_out(equation, value, solution.shapes, solution.problem.axis)
    shown = value.reshape(solution.on_paper(equation.name).shape)
    return Quantity(equation.name, shown, equation.expr, equation.section, entries, notes)


def closing(verification: Verification | None, solution: Solution) -> Iterator[Block]:
    """How well the gradients agree with central differences, values on a kink, warnings."""
    if verification is not None:
        yield Heading("Check")
        yield _verified(verification)
        if verification.kinks:
            yield Paragraph((_ON_KINK, *_places(verification.on_kinks), "."), "warning")
    found = lost_in(solution.values, solution.equations)
    lost: dict[str, Text] = {f"{name}{why}": (Math(Name(name)), why) for name, why in found.items()}
    for warning in solution.warnings:
        yield Paragraph(("Warning: ", *lost.get(warning, (warning,)), "."), "warning")


def _places(kinks: Iterable[Kink]) -> Iterator[Inline]:
    for number, kink in enumerate(kinks):
        yield f"{'; ' if number else ''}{kink.function} in "
        yield Math(Name(kink.quantity))
        yield kink.places


def _verified(verification: Verification) -> Paragraph:
    error = verification.max_relative_error
    if error != error:
        return Paragraph(("The gradients couldn't be checked: the loss isn't finite, or none of them is.",), "warning")
    method, *which = _method(verification)
    said = f"against {method} ({', '.join(which)}): largest relative error {error:.1e}"
    if error < AGREES or verification.kinks:
        return Paragraph((f"Gradients checked {said}.",))
    worst = (part for name in verification.worst_of for part in (" or ", Math(Name(name))))
    return Paragraph((f"Gradients don't agree well {said}, in ", *islice(worst, 1, None), "."), "warning")


def _method(verification: Verification) -> tuple[str, ...]:
    """How the gradients were checked, and how many of them."""
    only = ("finite gradients only",) if verification.finite_only else ()
    return "central differences", verification.moved, *only


def solution_data(solution: Solution) -> dict[str, Any]:
    """Everything that a solution holds, for programs: values by section and name, each as `plain_value` has it."""
    problem, verification = solution.problem, solution.verification
    warnings = [*solution.warnings, *lost(solution.values.values())]
    return {
        "title": problem.title,
        "source": problem.source,
        "equations": _equations(solution),
        "values": values_by_section(solution),
        "verification": verification
        and {
            "method": ", ".join(_method(verification)),
            "max_relative_error": finite(verification.max_relative_error),
            "kinks": list(verification.kinks),
        },
        "warnings": warnings,
    }


def values_by_section(solution: Solution) -> dict[str, Any]:
    """The values as sheets have them: by section, and there by name."""
    axis = solution.problem.axis
    return {
        "forward": values_data(solution.forward, axis),
        "loss": finite(solution.loss),
        "gradients": values_data(solution.gradients, axis),
        "updated": values_data(solution.updated, axis),
        "after": values_data(solution.after, axis),
    }


def _equations(solution: Solution) -> list[dict[str, Any]]:
    problem = solution.problem
    names = shown_names(problem, solution.shapes)
    scalar = scalar_over(solution.shapes, problem.axis, one=((),))  # what reads the JSON knows it so
    styled = InStyle(names, solution.shapes, problem.axis)
    return [
        {
            "section": eq.section,
            "name": eq.name,
            "formula": code(eq.expr),
            "latex": f"{names.latex(eq.name)} = {latex(styled(eq.expr), names.latex, scalar, names.function_latex)}",
            "shape": list(solution.shapes[eq.name]),
            "value": plain_value(solution.values[eq.name], problem.axis),
        }
        for eq in solution.equations
    ]
