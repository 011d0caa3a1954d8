"""Tell why a quantity or an entry has its value: the chain rule as a tree, or every entry of a matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from gradcalc.formula.expr import Name
from gradcalc.formula.names import Names
from gradcalc.formula.write import code
from gradcalc.program.explain import Explanation, Link
from gradcalc.program.shown import shown_names
from gradcalc.report.as_json import plain_value
from gradcalc.report.document import (
    Block,
    Definitions,
    Derivation,
    Document,
    Given,
    Group,
    Heading,
    Math,
    Paragraph,
    Quantity,
    Reason,
    Text,
    Workings,
)
from gradcalc.report.dust import shown_values
from gradcalc.report.story.expansion import written_out
from gradcalc.report.story.glossary import taken_functions
from gradcalc.report.story.solution import listed, objective_text, opening
from gradcalc.report.story.stationary import of_one

FEW = 3
"""So many of the factors that are left out are named."""


def shown_as(explained: Explanation) -> Names:
    """The names of the problem, and `dloss/dW1` for the derivative that the explanation is of."""
    solution = explained.solution
    names = shown_names(solution.problem, solution.shapes)
    if explained.differentiated is None:
        return names
    of, wrt = explained.differentiated
    id = _derivative(explained)
    unicode = f"∂{names.unicode(of)}/∂{names.unicode(wrt)}"
    latex = rf"\partial {names.latex(of)} / \partial {names.latex(wrt)}"
    return replace(names, unicode_of={**names.unicode_of, id: unicode}, latex_of={**names.latex_of, id: latex})


def _derivative(explained: Explanation) -> str:
    return "d{}/d{}".format(*explained.differentiated or ("", ""))


def explanation_document(explained: Explanation) -> Document:
    """One entry as a tree; a whole matrix as its rule, its numbers and every entry; a given value as given."""
    solution = explained.solution
    blocks = [
        *opening(solution.problem),
        Heading(("Where ", Math(Name(explained.entry or explained.quantity)), " comes from")),
        *_meaning(explained),
        *_body(explained),
    ]
    return Document(tuple(blocks), shown_as(explained), solution.problem.digits, solution.shapes, solution.problem.axis)


def _meaning(explained: Explanation) -> Iterator[Block]:
    if explained.differentiated is None or explained.solution.problem.order == "sequential":
        return
    suffix = explained.entry.removeprefix(explained.quantity)
    gradient, derivative, wrt = (
        Math(Name(name + suffix)) for name in (explained.quantity, _derivative(explained), explained.differentiated[1])
    )
    objective = objective_text(explained.solution.problem)
    yield Paragraph((gradient, " = ", derivative, " says how fast ", *objective, " changes with ", wrt, "."))


def _body(explained: Explanation) -> Iterator[Block]:
    if explained.equation is None:
        yield from _given(explained)
    elif explained.steps:
        yield from _entry(explained)
    else:
        yield from _whole(explained)
    yield from of_one(explained.solution, explained.quantity)


def _given(explained: Explanation) -> Iterator[Block]:
    name = explained.entry or explained.quantity
    value = explained.solution.values[explained.quantity]
    if explained.entry and value.ndim:
        value = np.array(explained.value)
    yield Paragraph((Math(Name(name)), " is given by the problem:"))
    yield Given((Group("", (Quantity(name, value, section="given"),)),))


def _entry(explained: Explanation) -> Iterator[Block]:
    if len(explained.steps) > 1:
        yield Paragraph(("Each factor that is computed is explained below the entry that uses it.",))
    solution = explained.solution
    exact = frozenset(solution.problem.given)
    yield Derivation(tuple(_reasons(explained)), solution.values, exact)
    quantities = tuple(Quantity(id, np.array(value), section="given") for id, value in explained.given.items())
    taken = tuple(taken_functions(solution.problem))
    if quantities or taken:
        yield Heading("Given", 3)
    if quantities:
        yield Given((Group("", quantities),))
    if taken:
        yield Definitions(taken)


def _reasons(explained: Explanation) -> Iterator[Reason]:
    depths = {1: 0}
    by_number = {step.number: step for step in explained.steps}
    for step in explained.steps:
        depth = depths[step.number]
        depths |= dict.fromkeys(step.steps, depth + 1)
        remarks = tuple(_remarks(step, by_number))
        yield Reason(step.number, depth, step.name, np.array(step.value), step.expr, remarks)


def _remarks(step: Link, steps: dict[int, Link]) -> Iterator[Text]:
    parts: list[str | Math] = []
    for i, number in enumerate(step.elsewhere):
        parts += [", " if i else "with ", Math(Name(steps[number].name)), f" from\u00a0({number})"]
    if parts:
        yield tuple(parts)
    if step.left:
        named = (
            listed(step.left) if len(step.left) <= FEW else (*listed(step.left[:1]), f" and {len(step.left) - 1} more")
        )
        yield ("not explained further: ", *named)
    if step.note:
        yield (step.note,)


def _whole(explained: Explanation) -> Iterator[Block]:
    solution, equation = explained.solution, explained.equation
    assert equation is not None
    value = shown_values(solution)[equation.name]
    entries, notes = written_out(equation, value, solution.shapes, solution.problem.axis)
    quantity = Quantity(equation.name, value, equation.expr, equation.section, entries, notes)
    yield Workings((quantity,), shown_values(solution), frozenset(solution.problem.given))
    if explained.sources:
        yield Heading("The rules that lead there", 3)
        yield Definitions(tuple((Name(each.name), each.expr) for each in explained.sources))


def explanation_data(explained: Explanation) -> dict[str, Any]:
    """The same for programs."""
    solution, equation = explained.solution, explained.equation
    axis = solution.problem.axis
    whole = {
        "quantity": explained.quantity,
        "entry": explained.entry or None,
        "formula": None if equation is None else code(equation.expr),
        "value": explained.value if explained.entry else plain_value(solution.values[explained.quantity], axis),
    }
    if explained.entry:
        return whole | {"steps": [_step_data(step) for step in explained.steps], "given": explained.given}
    return whole | {"entries": _entries(explained), "from": [_rule(eq.name, eq.expr) for eq in explained.sources]}


def _entries(explained: Explanation) -> list[dict[str, Any]]:
    if explained.equation is None:
        return []
    solution, equation = explained.solution, explained.equation
    value = solution.values[equation.name]
    entries, _ = written_out(equation, value, solution.shapes, solution.problem.axis)
    return [_rule(each.name, each.expr) | {"value": float(each.value)} for each in entries]


def _rule(name: str, expr: Any) -> dict[str, Any]:
    return {"name": name, "formula": code(expr)}


def _step_data(step: Link) -> dict[str, Any]:
    return {
        "number": step.number,
        "name": step.name,
        "formula": None if step.expr is None else code(step.expr),
        "value": step.value,
        "uses": sorted((*step.steps, *step.elsewhere)),
        "not_explained": list(step.left),
        "note": step.note,
    }
