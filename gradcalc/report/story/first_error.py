"""Tell the first error of a sheet beside the right way, both with the student's own numbers."""

from __future__ import annotations

from collections.abc import Iterator

from gradcalc.check.marking.verdicts import Marks, Verdict
from gradcalc.check.mistakes.model import Working
from gradcalc.formula.expr import Name
from gradcalc.program.sections import quantities
from gradcalc.report.document import Block, Contrast, Heading, Math, Paragraph, Quantity, Text, Workings
from gradcalc.report.story.told import told


def first_error(marks: Marks, hide_key: bool) -> Iterator[Block]:
    """The first error beside the right way, under a heading; nothing where there is none."""
    verdict = marks.first_error
    equation = next((q.equation for q in quantities(marks.solution) if verdict and q.label == verdict.quantity), None)
    if verdict is None or equation is None:
        return
    yield Heading("The first error")
    yield Paragraph((Math(Name(equation)), ": ", *told(verdict.said, marks.solution.shapes), "."))
    due = verdict.due or _by_key(marks, equation)
    if due is not None:
        yield from _rules(verdict, due) if hide_key else _ways(marks, verdict, due)


def _by_key(marks: Marks, equation: str) -> Working | None:
    """The rule on the right numbers, where the student's own are no others."""
    values = marks.solution.values
    rule = marks.solution.by_name.get(equation)
    return None if rule is None else Working(equation, rule.expr, values, values[equation])


def _rules(verdict: Verdict, due: Working) -> Iterator[Block]:
    """The wrong rule and the right one without numbers: those that weren't answered would be the key's."""
    if verdict.taken is not None:
        yield Paragraph((_whose(verdict), " is ", *_equation(verdict.taken), "."))
    yield Paragraph(("The rule is ", *_equation(due), "."))


def _equation(working: Working) -> Text:
    return Math(Name(working.name)), " = ", Math(working.formula)


def _whose(verdict: Verdict) -> str:
    """How sure it is that this was the student's way."""
    return "Your way" if len(verdict.mistakes) < 2 else "Perhaps your way"


def _ways(marks: Marks, verdict: Verdict, due: Working) -> Iterator[Block]:
    """The wrong rule with the student's numbers in it, and beside it the right one with the same numbers."""
    right = _workings(due, marks)
    if verdict.taken is None:
        yield Contrast((("It comes out like this", right),))
    else:
        yield Contrast(((_whose(verdict), _workings(verdict.taken, marks)), ("The right way", right)))


def _workings(working: Working, marks: Marks) -> Workings:
    quantity = Quantity(working.name, working.value, working.formula)
    return Workings((quantity,), working.values, frozenset(marks.solution.problem.given))
