"""Mistakes in the sum over paths: a part left out, counted twice or kept alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from gradcalc.check.mistakes.anew import consumers
from gradcalc.check.mistakes.model import Mutation
from gradcalc.check.mistakes.parts import parts, through, written
from gradcalc.check.mistakes.penalties import of_penalties
from gradcalc.check.wording import named, plain_text
from gradcalc.formula.expr import Apply, Expr, Name, Num, add, call, rebuild, sub, substitute, walk
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution
from gradcalc.words import listed

SHORT = 40
"""A formula up to this length is shown beside its name."""
MOST_PARTS = 5
"""Of a sum of more parts than this only single ones are left out, not several at once."""


def contributions(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """Some of several paths left out of a gradient, or one of them counted twice."""
    terms = parts(equation.expr)
    if len(terms) < 2:
        return
    if _uses(equation.quantity, solution) < 2:
        yield from _single_terms(terms, solution)
        return
    penalties = set(of_penalties(equation, solution))
    paths = _Paths(terms, solution)
    several = len(terms) > 2 or equation.quantity in solution.problem.parameters
    for kept in _kept(len(terms)):
        lost = [part for place, part in enumerate(terms) if place not in kept]
        wrong = add(*(terms[place] for place in kept))
        if len(lost) == 1 and lost[0] in penalties:
            said = f"the gradient of the penalty, {paths.written[lost[0]]}, is left out"
            yield Mutation("penalty-left-out", wrong, said)
            continue
        alone = len(kept) == 1 and several
        said = paths.one_of(kept[0]) if alone else paths.left_out(lost)
        if alone:
            yield Mutation("only-one-use", wrong, said)
        if len(kept) > 1 or len(terms) == 2:
            yield Mutation("contribution-left-out", wrong, said)
    if several and not penalties:
        uses = f"{len(terms)} uses of {named(equation.quantity)}"
        said = f"this is the mean over the {uses}; what is shared receives their sum"
        yield Mutation(
            "mean-not-sum", call("div", equation.expr, Num(float(len(terms)))), said, generic=len(terms) == 2
        )
    for part in terms:
        said = f"this gradient is a sum over all paths, and {paths.ways([part])} is counted twice"
        yield Mutation("counted-twice", add(*terms, part), said)


def one_unit(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """Of the units of the next layer one alone on the way back, as one output of two, or all but one."""
    layer = next((each for each in solution.problem.layers if each.source == equation.quantity), None)
    above = None if layer is None or equation.kind != "gradient" else gradient_name(layer.sums)
    if layer is None or above is None or above not in equation.uses:
        return
    count = solution.shapes[above][solution.problem.axis] if solution.shapes[above] else 1
    for place in range(1, count + 1) if 1 < count <= MOST_PARTS else ():
        one, by = call("only", Name(above), place=float(place)), f"entry {place} of {named(layer.sums)}"
        said = f"the part that comes by {by} alone is kept: those by the others must be added (+=, not =)"
        yield Mutation("only-one-use", substitute(equation.expr, {above: one}), said)
        if count > 2:
            said = f"this gradient is a sum over all units of the next layer: the part that comes by {by} is left out"
            yield Mutation("contribution-left-out", substitute(equation.expr, {above: sub(Name(above), one)}), said)


def _single_terms(terms: Sequence[Expr], solution: Solution) -> Iterator[Mutation]:
    for place, term in enumerate(terms):
        wrong = add(*terms[:place], *terms[place + 1 :])
        yield Mutation("term-left-out", wrong, f"the term {written(term, solution)} is left out", generic=True)


def _uses(quantity: str, solution: Solution) -> int:
    """How often a quantity stands in the forward pass; only of several uses is its gradient a sum over paths."""
    every = (node for equation in consumers(quantity, solution) for node in walk(equation.expr))
    return sum(isinstance(node, Name) and node.id == quantity for node in every)


def _kept(count: int) -> Iterator[tuple[int, ...]]:
    """Which parts are kept: all but one first, then fewer; of many all but one, or one alone."""
    sizes = range(count - 1, 0, -1) if count <= MOST_PARTS else (count - 1, 1)
    for size in dict.fromkeys(sizes):
        yield from combinations(range(count), size)


class _Paths:
    """Says of the parts of a gradient by which way they come; each is written out once."""

    def __init__(self, terms: Sequence[Expr], solution: Solution) -> None:
        self.terms = terms
        self.through = {part: [named(name) for name in dict.fromkeys(through(part, solution))] for part in terms}
        self.written = {part: written(part, solution) for part in self.through}

    def ways(self, terms: Sequence[Expr]) -> str:
        """By which quantities parts come, or the parts themselves where they come from nowhere further on."""
        ways = [self.through[part] for part in terms]
        formulas = [self.written[part] for part in terms]
        if not all(ways):
            return f"the part{'s' if len(terms) > 1 else ''} {listed(formulas)}"
        if len(terms) > 1:
            return f"the parts that come by {listed(listed(each) for each in ways)}"
        shown = f" ({formulas[0]})" if len(plain_text(formulas[0])) <= SHORT else ""
        return f"the part that comes by {listed(ways[0])}{shown}"

    def left_out(self, lost: Sequence[Expr]) -> str:
        """That all paths count, and some are lost."""
        are = "is" if len(lost) == 1 else "are"
        return f"this gradient is a sum over all paths from here to the end: {self.ways(lost)} {are} left out"

    def one_of(self, kept: int) -> str:
        """That one is kept alone."""
        lost = [part for place, part in enumerate(self.terms) if place != kept]
        alone = self.ways(self.terms[kept : kept + 1])
        return f"{alone} alone is kept: {self.ways(lost)} must be added (+=, not =)"


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
                    f"a row of {named(equation.quantity)} that is used several times gets the sum of what each use "
                    "gives (+=): here the last one alone is kept (=)"
                )
                yield Mutation("only-one-use", rebuild(node, args), said)


def _last_in_samples(transposed: Apply, samples_are_rows: bool) -> Expr:
    """Given inputs, transposed, with each entry's last use alone."""
    if samples_are_rows:
        return call("transpose", call("last_nonzero", transposed.args[0]))
    return call("last_nonzero", transposed)
