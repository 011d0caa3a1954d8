"""Tell an update rule: what it is called, the lines of it, its numbers, where it starts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcalc.formula.expr import Expr, Name, Num
from gradcalc.formula.table import Shape
from gradcalc.optimizers.rule import RATE, STEP, Rule
from gradcalc.program.naming import old_name, state_name
from gradcalc.program.problem import Problem
from gradcalc.program.update import in_general
from gradcalc.report.document import Block, Definitions, Group, Inline, Math, Paragraph, Quantity, Text
from gradcalc.words import separators


def rule_blocks(problem: Problem) -> Iterator[Block]:
    """What is said of a problem's rule before its equations; nothing of plain descent."""
    rule = problem.optimizer
    if rule is None:
        if problem.direction == "ascent":
            yield Paragraph(("The steps go up, along the gradient.",))
        return
    yield Paragraph((*_called(rule), *_numbers(rule), *_start(problem, rule), "."))
    lines = tuple((Name(name), expr) for name, expr in in_general(_lines(rule), rule.remembered))
    yield Definitions(lines, folded=True)
    if problem.direction == "ascent":
        yield Paragraph((Math(Name("g")), " is minus the gradient: the steps go up."))


def order_blocks(problem: Problem) -> Iterator[Block]:
    """In which order the parameters are updated, where that isn't all at once."""
    if problem.order == "sequential":
        said = (
            "Each parameter is updated as soon as its gradient is known, from the last layer to the first, and the "
            "gradient goes on through its new value. What comes before is therefore not the gradient of the loss, and "
            "isn't compared with differences."
        )
        yield Paragraph((said,))
    elif len(problem.turns) > 1:
        names: list[Inline] = []
        for sign, name in zip(separators(len(problem.turns)), problem.turns, strict=True):
            names += [sign, Math(Name(name))] if sign else [Math(Name(name))]
        said = " have a step of their own each, one after the other: what depends on new values is worked out anew."
        yield Paragraph((*names, said))


def rule_shapes(problem: Problem) -> dict[str, Shape]:
    """That the numbers of a problem's rule are numbers: how products with them are written."""
    rule = problem.optimizer
    return {} if rule is None else dict.fromkeys((*rule.params, STEP, RATE), ())


def state_groups(problem: Problem) -> Iterator[Group]:
    """What the first step is given of those before it, where there were any."""
    if problem.first_step > 1:
        yield Group("step", (Quantity(problem.counter, np.array(float(problem.first_step)), section="given"),))
    given = [
        Quantity(old_name(state_name(line, name)), value, section="given")
        for line, values in problem.start.items()
        for name, value in values.items()
        if value.any()
    ]
    if given:
        yield Group("kept from the step before", tuple(given))


def _called(rule: Rule) -> Iterator[str]:
    if rule.own:
        yield "The update goes by the problem's own rule"
        return
    from gradcalc.optimizers.table import lookup  # which few problems need

    yield f"The update goes by {rule.name} ({lookup(rule.name).source})"


def _lines(rule: Rule) -> tuple[tuple[str, Expr], ...]:
    """The rule's lines, with letters for its parameters."""
    if rule.own:
        return rule.lines
    from gradcalc.optimizers.bind import in_letters
    from gradcalc.optimizers.table import lookup

    return tuple(in_letters(lookup(rule.name), rule.params))


def _numbers(rule: Rule) -> Text:
    """`, with β₁ = 0.9 and ε = 1e-8`."""
    if not rule.params:
        return ()
    said: list[Inline] = [", with "]
    for sign, (name, value) in zip(separators(len(rule.params)), rule.params.items(), strict=True):
        said += [sign, Math(Name(name)), " = ", Math(Num(value))]
    return tuple(part for part in said if part)


def _start(problem: Problem, rule: Rule) -> Text:
    """`; v starts at 0`."""
    if not rule.remembered:
        return ()
    zero = not any(value.any() for values in problem.start.values() for value in values.values())
    names: list[str | Math] = []
    for sign, line in zip(separators(len(rule.remembered)), rule.remembered, strict=True):
        names += [sign, Math(Name(line))] if sign else [Math(Name(line))]
    verb = "starts" if len(rule.remembered) == 1 else "start"
    return ("; ", *names, f" {verb} at 0" if zero else f" {verb} at what is given")
