"""Mistakes with a penalty: put on what it doesn't contain, or of another size."""

from __future__ import annotations

from collections.abc import Iterator

from gradcalc.check.mistakes.model import Mutation
from gradcalc.check.mistakes.parts import parts, through, written
from gradcalc.check.mistakes.rules import samples
from gradcalc.check.wording import named
from gradcalc.formula.expr import Expr, Name, Num, add, mul, names, substitute
from gradcalc.formula.simplify import simplify
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution


def penalties(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A penalty on what it doesn't contain, of another size, or not differentiated."""
    if equation.quantity not in solution.problem.parameters:
        return
    own = list(of_penalties(equation, solution))
    terms = parts(equation.expr)
    for term in own:
        rest = [part for part in terms if part != term]
        for factor, how in _sizes(solution):
            wrong = simplify(add(*rest, mul(Num(factor), term)))
            yield Mutation("penalty-scaled", wrong, f"the gradient of the penalty is {written(term, solution)}: {how}")
        for factor in (1.0, 0.5):
            wrong = simplify(add(*rest, mul(Num(factor), mul(term, Name(equation.quantity)))))
            how = f"here it is multiplied by {named(equation.quantity)} once more, as in the penalty itself"
            said = f"the gradient of the penalty is {written(term, solution)}: {how}"
            yield Mutation("penalty-not-differentiated", wrong, said)
    if own:
        return
    for name, term in _in_the_objective(solution).items():
        mine = substitute(term, {name: Name(equation.quantity)})
        of, to = named(name), named(equation.quantity)
        said = f"the penalty is of {of} alone: its {written(mine, solution)} doesn't belong to {to}"
        yield Mutation("penalty-on-bias", simplify(add(equation.expr, mine)), said)


def _sizes(solution: Solution) -> Iterator[tuple[float, str]]:
    count = samples(solution)
    if count > 1:
        yield 1.0 / count, "it isn't divided by the number of samples, as it stands outside the mean"
        yield float(count), "it isn't multiplied by the number of samples"
    yield 0.5, "here it is half of that"
    yield 2.0, "here it is twice that"


def of_penalties(equation: Equation, solution: Solution) -> Iterator[Expr]:
    """The terms of a parameter's gradient that come from a penalty: over the parameter alone."""
    if equation.section != "backward" or equation.quantity not in solution.problem.parameters:
        return
    problem = solution.problem
    ends = {problem.objective, *_added_up(solution)}
    for part in parts(equation.expr):
        ways = set(through(part, solution))
        others = {name for name in names(part) if solution.quantity(name) == name} - {equation.quantity}
        if equation.quantity in names(part) and ways <= ends and not others:
            yield part


def _added_up(solution: Solution) -> set[str]:
    """The terms of the objective, as `penalty` of `data_loss + penalty`."""
    last = solution.by_name.get(solution.problem.objective or "")
    return set() if last is None or not parts(last.expr)[1:] else set(last.uses)


def _in_the_objective(solution: Solution) -> dict[str, Expr]:
    """The penalty's part in the gradient on each parameter that has one."""
    ends = (solution.by_name.get(name) for name in (solution.problem.objective or "", *_added_up(solution)))
    used = {name for end in ends if end is not None for name in end.uses}
    gradients = (solution.by_name.get(gradient_name(name)) for name in solution.problem.parameters if name in used)
    return {eq.quantity: part for eq in gradients if eq is not None for part in of_penalties(eq, solution)}
