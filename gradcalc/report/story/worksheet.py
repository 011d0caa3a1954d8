"""Ask: what a problem gives and how it calculates, without any of its results; with places for the answers or not."""

from __future__ import annotations

from collections.abc import Iterator

from gradcalc.check.answers.blank import Asked, asked_by_step, stands_alone
from gradcalc.formula.expr import Name
from gradcalc.program.sections import STEPS, Quantity
from gradcalc.program.shown import shown_names
from gradcalc.program.solution import Solution
from gradcalc.report.document import (
    Block,
    Definitions,
    Document,
    Field,
    Fields,
    Heading,
    Math,
    NameLine,
    Paragraph,
    Table,
    Value,
)
from gradcalc.report.story.given import divided, given, used_by
from gradcalc.report.story.glossary import glossary
from gradcalc.report.story.images import written
from gradcalc.report.story.rule import order_blocks, rule_blocks, rule_shapes
from gradcalc.report.story.solution import frozen_sentence, opening

_SECTIONS = {
    "forward": "Forward pass",
    "loss": "Loss",
    "losses": "Loss of each sample",
    "deltas": "Deltas",
    "gradients": "Gradients",
    "hessians": "Second derivatives",
    "jacobians": "Jacobians",
    "shapes": "Shapes",
    "count": "Number of parameters",
    "state": "What the optimizer remembers",
    "changes": "Changes",
    "updated": "New values",
    "after": "After the update",
    "let": "Further quantities",
    "made": "Steps",
}


def worksheet_document(solution: Solution, *, places: bool = True, remark: str = "") -> Document:
    """The question, and what is asked; with `places` each quantity has a place for its answer, else a row of a table.

    Nothing in it depends on what the solution's values are, but for those that the problem gives.
    """
    problem = solution.problem
    asked = tuple(asked_by_step(solution))
    shapes = {name: shape for each in asked for name, shape in each.solution.shapes.items()}
    named = (NameLine(),) if places else ()
    wanted = answers(asked) if places else _listed(asked)
    blocks = [*opening(problem, remark), *named, *stated(solution), *wanted]
    return Document(
        tuple(blocks),
        shown_names(problem, shapes),
        digits=problem.digits,
        shapes={**rule_shapes(problem), **shapes},
        axis=problem.axis,
    )


def question(solution: Solution, remark: str = "") -> Iterator[Block]:
    """What is given, the equations of the forward pass, and by which rule the parameters are updated."""
    yield from opening(solution.problem, remark)
    yield from stated(solution)


def stated(solution: Solution) -> Iterator[Block]:
    """The question below its title."""
    problem = solution.problem
    yield from given(solution.whole)
    yield from divided(solution.whole)
    yield from used_by(solution.undivided, problem.first_step)
    if problem.forward:
        yield Heading("Equations")
        yield Definitions(tuple((Name(eq.name), eq.expr) for eq in problem.forward))
        yield from glossary(solution, problem.forward)
    if solution.has_update:
        yield from order_blocks(problem)
        yield from rule_blocks(problem)
        yield from [frozen_sentence(problem)] * bool(problem.frozen)


def key(solution: Solution) -> Iterator[Block]:
    """The right values of what is asked."""
    for step in asked_by_step(solution):
        values = ((quantity.equation, step.solution.values[quantity.equation]) for quantity in step.quantities)
        yield Heading("The key" if step.number == 1 else f"The key of step {step.number}")
        rows = tuple(((Math(Name(name)),), written(name, Value(value))) for name, value in values)
        yield Table(("quantity", "right"), rows)


def answers(asked: tuple[Asked, ...]) -> Iterator[Block]:
    """A section of places for answers for each section of a sheet."""
    yield Paragraph((_wanted(asked[0].solution),), "note")
    for step in asked:
        for section, fields in _fields(step):
            above = "" if step.number == 1 else f"Step {step.number}: "
            yield Heading(f"{above}{_SECTIONS[section]}")
            yield Fields(fields)


def _wanted(solution: Solution) -> str:
    digits = solution.problem.digits
    return f"Numbers to {digits} decimal{'s' * (digits != 1)}, or formulas over the quantities before them."


def _listed(asked: tuple[Asked, ...]) -> Iterator[Block]:
    for step in asked:
        yield Heading("Asked" if step.number == 1 else f"Asked of step {step.number}")
        yield Fields(tuple(field for _, fields in _fields(step) for field in fields)).table


def _fields(step: Asked) -> Iterator[tuple[str, tuple[Field, ...]]]:
    above: tuple[str, ...] = () if step.number == 1 else (STEPS, str(step.number))
    for section, mine in step.by_section():
        whole = stands_alone(section, mine)
        yield section, tuple(_field((*above, section), quantity, step, whole) for quantity in mine)


def _field(section: tuple[str, ...], quantity: Quantity, step: Asked, whole: bool) -> Field:
    return Field(
        section if whole else (*section, quantity.name),
        Math(Name(quantity.equation)),
        step.solution.shapes[quantity.equation],
        step.points.get(quantity.at(step.number).label),
    )
