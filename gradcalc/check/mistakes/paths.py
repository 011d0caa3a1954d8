"""Mistakes in the sum over paths: a part left out, counted twice or kept alone, a penalty lost or misplaced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from gradcalc.check.mistakes.model import Mutation
from gradcalc.check.mistakes.rules import consumers, samples
from gradcalc.check.wording import formula
from gradcalc.formula.expr import ONE, Apply, Expr, Name, Num, add, call, mul, names, rebuild, substitute, walk
from gradcalc.formula.simplify import simplify
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation
from gradcalc.program.solve import Solution
from gradcalc.words import listed

SHORT = 40
"""A formula up to this length is shown beside its name."""
MOST_PARTS = 5
"""Of a sum of more parts than this only single ones are left out, not several at once."""


def contributions(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """Some of several paths left out of a gradient, or one of them counted twice."""
    parts = _parts(equation.expr)
    if len(parts) < 2:
        return
    if _uses(equation.quantity, solution) < 2:
        yield from _single_terms(parts, solution)
        return
    penalties = set(_penalties(equation, solution))
    several = len(parts) > 2 or equation.quantity in solution.problem.parameters
    for kept in _kept(len(parts)):
        lost = [part for place, part in enumerate(parts) if place not in kept]
        wrong = add(*(parts[place] for place in kept))
        if len(lost) == 1 and lost[0] in penalties:
            said = f"the gradient of the penalty, {_shown(lost[0], solution)}, is left out"
            yield Mutation("penalty-left-out", wrong, said)
            continue
        if len(kept) == 1 and several:
            yield Mutation("only-one-use", wrong, _one_of(parts, kept[0], solution))
        if len(kept) > 1 or len(parts) == 2:
            yield Mutation("contribution-left-out", wrong, _left_out(lost, solution))
    for part in parts:
        said = f"this gradient is a sum over all paths, and {_ways([part], solution)} is counted twice"
        yield Mutation("counted-twice", add(*parts, part), said)


def _single_terms(parts: Sequence[Expr], solution: Solution) -> Iterator[Mutation]:
    for place, term in enumerate(parts):
        wrong = add(*parts[:place], *parts[place + 1 :])
        yield Mutation("term-left-out", wrong, f"the term {_shown(term, solution)} is left out", generic=True)


def _uses(quantity: str, solution: Solution) -> int:
    """How often a quantity stands in the forward pass; only of several uses is its gradient a sum over paths."""
    every = (node for equation in consumers(quantity, solution) for node in walk(equation.expr))
    return sum(isinstance(node, Name) and node.id == quantity for node in every)


def _parts(expr: Expr) -> tuple[Expr, ...]:
    return expr.args if isinstance(expr, Apply) and expr.function == "add" else (expr,)


def _kept(count: int) -> Iterator[tuple[int, ...]]:
    """Which parts are kept: all but one first, then fewer; of many parts all but one, or one alone."""
    sizes = range(count - 1, 0, -1) if count <= MOST_PARTS else (count - 1, 1)
    for size in dict.fromkeys(sizes):
        yield from combinations(range(count), size)


def _ways(parts: Sequence[Expr], solution: Solution) -> str:
    """By which quantities parts come, or the parts themselves where they come from nowhere further on."""
    through = [list(dict.fromkeys(_through(part, solution))) for part in parts]
    formulas = [_shown(part, solution) for part in parts]
    if not all(through):
        return f"the part{'s' if len(parts) > 1 else ''} {listed(formulas)}"
    if len(parts) > 1:
        return f"the parts that come by {listed(listed(each) for each in through)}"
    shown = f" ({formulas[0]})" if len(formulas[0]) <= SHORT else ""
    return f"the part that comes by {listed(through[0])}{shown}"


def _shown(part: Expr, solution: Solution) -> str:
    return formula(_bare(part, solution), solution)


def _through(part: Expr, solution: Solution) -> Iterator[str]:
    known = (solution.by_name.get(name) for name in names(part))
    return (equation.quantity for equation in known if equation is not None and equation.kind == "gradient")


def _left_out(lost: Sequence[Expr], solution: Solution) -> str:
    are = "is" if len(lost) == 1 else "are"
    return f"this gradient is a sum over all paths from here to the end: {_ways(lost, solution)} {are} left out"


def _one_of(parts: Sequence[Expr], kept: int, solution: Solution) -> str:
    lost = [part for place, part in enumerate(parts) if place != kept]
    return f"{_ways(parts[kept : kept + 1], solution)} alone is kept: {_ways(lost, solution)} must be added (+=, not =)"


def last_use(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A row of a table that several samples use, with the gradient of the last of them alone."""
    given = {Name(name) for name in solution.problem.inputs}
    for node in (equation.expr,) if isinstance(equation.expr, Apply) else ():
        if node.function != "matmul" or equation.quantity not in solution.problem.parameters:
            continue
        for place, arg in enumerate(node.args):
            if isinstance(arg, Apply) and arg.function == "transpose" and arg.args[0] in given:
                once = _last_in_samples(arg, samples_are_rows=place == 0)
                args = (*node.args[:place], once, *node.args[place + 1 :])
                said = (
                    f"a row of {equation.quantity} that is used several times gets the sum of what each use gives "
                    "(+=): here the last one alone is kept (=)"
                )
                yield Mutation("only-one-use", rebuild(node, args), said)


def _last_in_samples(transposed: Apply, samples_are_rows: bool) -> Expr:
    """Given inputs, transposed, with each entry's last use alone."""
    if samples_are_rows:
        return call("transpose", call("last_nonzero", transposed.args[0]))
    return call("last_nonzero", transposed)


# Weights along the edges.


def edge_weights(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A gradient handed back along edges, from number to number, without their weights."""
    if solution.shapes[equation.name]:
        return
    weights = {*solution.problem.parameters}
    bare = _without_factors(equation.expr, weights)
    if bare != equation.expr and equation.quantity not in weights:
        lost = listed(name for name in equation.uses if name in weights and name not in names(bare))
        said = f"the weights of the edges are left out on the way back: each path goes by its weight, {lost}"
        yield Mutation("weights-left-out", bare, said)


def _without_factors(expr: Expr, lost: set[str]) -> Expr:
    """The formula with these names left out of its products."""
    if not isinstance(expr, Apply):
        return expr
    if expr.function == "mul":
        left, right = expr.args
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Name) and one.id in lost:
                return _without_factors(other, lost)
    if expr.function in ("add", "mul", "neg"):
        return rebuild(expr, tuple(_without_factors(arg, lost) for arg in expr.args))
    return expr


# Penalties.


def penalties(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A penalty on what it doesn't contain, or of another size."""
    if equation.quantity not in solution.problem.parameters:
        return
    own = list(_penalties(equation, solution))
    parts = _parts(equation.expr)
    for term in own:
        rest = [part for part in parts if part != term]
        for factor, how in _sizes(solution):
            wrong = simplify(add(*rest, mul(Num(factor), term)))
            yield Mutation("penalty-scaled", wrong, f"the gradient of the penalty is {_shown(term, solution)}: {how}")
    if own:
        return
    for name, term in _elsewhere(solution).items():
        mine = substitute(term, {name: Name(equation.quantity)})
        said = f"the penalty is of {name} alone: its {_shown(mine, solution)} doesn't belong to {equation.quantity}"
        yield Mutation("penalty-on-bias", simplify(add(equation.expr, mine)), said)


def _sizes(solution: Solution) -> Iterator[tuple[float, str]]:
    count = samples(solution)
    if count > 1:
        yield 1.0 / count, "it isn't divided by the number of samples, as it stands outside the mean"
        yield float(count), "it isn't multiplied by the number of samples"
    yield 0.5, "here it is half of that"
    yield 2.0, "here it is twice that"


def _penalties(equation: Equation, solution: Solution) -> Iterator[Expr]:
    """The parts of a parameter's gradient that come from a penalty: over the parameter alone."""
    if equation.section != "backward" or equation.quantity not in solution.problem.parameters:
        return
    problem = solution.problem
    ends = {problem.objective, *_added_up(solution)}
    for part in _parts(equation.expr):
        through = set(_through(part, solution))
        others = {name for name in names(part) if solution.quantity(name) == name} - {equation.quantity}
        if equation.quantity in names(part) and through <= ends and not others:
            yield part


def _added_up(solution: Solution) -> set[str]:
    """The terms of the objective, as `penalty` of `data_loss + penalty`."""
    last = solution.by_name.get(solution.problem.objective or "")
    return set() if last is None or not _parts(last.expr)[1:] else set(last.uses)


def _elsewhere(solution: Solution) -> dict[str, Expr]:
    """The penalty's part in the gradient on each parameter that has one."""
    ends = (solution.by_name.get(name) for name in (solution.problem.objective or "", *_added_up(solution)))
    used = {name for end in ends if end is not None for name in end.uses}
    gradients = (solution.by_name.get(gradient_name(name)) for name in solution.problem.parameters if name in used)
    return {eq.quantity: part for eq in gradients if eq is not None for part in _penalties(eq, solution)}


def _bare(part: Expr, solution: Solution) -> Expr:
    """Without the gradients that are 1, which only say by which way it comes."""
    known = (solution.by_name.get(name) for name in names(part))
    ones: dict[str, Expr] = {
        eq.name: ONE for eq in known if eq is not None and eq.kind == "gradient" and eq.expr == ONE
    }
    return simplify(substitute(part, ones))
