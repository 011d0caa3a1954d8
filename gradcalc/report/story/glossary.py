"""Say what the functions and signs mean that the rules of a solution use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gradcalc.formula.bound import unbound
from gradcalc.formula.expr import Apply, Expr, Name, Num, call, names, substitute, walk
from gradcalc.formula.names import Names, name_table
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import IMAGES, Function, lookup
from gradcalc.formula.unknown import ENTRYWISE, OF_VECTOR
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.solution import Solution
from gradcalc.program.taken import taken
from gradcalc.report.document import Block, Definitions
from gradcalc.report.scalars import ONE
from gradcalc.report.story.textbook import LENGTH, as_typed, by_entries
from gradcalc.report.styled import InStyle

_SIGNS = {
    "matmul": "is the matrix product",
    "mul": "multiplies entry by entry",
    "inner": "is the inner product",
}


def as_it_is(expr: Expr) -> Expr:
    """A formula in no other style."""
    return expr


def glossary(
    solution: Solution, equations: Iterable[Equation] | None = None, in_letters: bool = False
) -> Iterator[Block]:
    """What the functions and signs mean that the rules use: those of all equations, or of some of them.

    Unknown functions stay unknown `in_letters`; else it is said which ones were taken.
    """
    rules = [eq.expr for eq in equations or solution.equations]
    nodes = [node for rule in rules for node in walk(rule) if isinstance(node, Apply)]
    shown = InStyle(_style(solution.problem), solution.shapes, solution.problem.axis)
    used = [node for rule in rules for node in walk(shown(rule)) if isinstance(node, Apply)]
    defined = dict.fromkeys((node.function, node.params) for node in nodes)
    explained = [(lookup(f), lookup(f).parameters(params)) for f, params in defined if _needs_words(lookup(f))]
    unclear = (f for f in _SIGNS if f != "matmul" or shown.names.style != "course")
    signs = tuple((sign_example(f), _SIGNS[f]) for f in unclear if _uses(used, f, solution))
    of_images = (lookup(f) for f in dict.fromkeys(f for f, _ in defined) if lookup(f).group == IMAGES)
    signs += tuple((call(f.name, *map(Name, f.args)), f"is {f.summary}") for f in of_images)
    found = tuple(taken_functions(solution.problem)) if not in_letters else ()
    signs += tuple(_unknown(solution.problem)) if in_letters else ()
    if explained or signs or found:
        told = definitions(explained, signs, replace(shown, one_sample=True))
        textbook = (*told.textbook, *((left, right, "taken at random") for left, right in found))
        yield replace(told, folded=True, pairs=(*told.pairs, *found), textbook=textbook)


def taken_functions(problem: Problem) -> Iterator[tuple[Expr, Expr]]:
    """Which function is taken for each that the problem doesn't say."""
    return (taken(name, value) for name, value in problem.functions.items())


def _unknown(problem: Problem) -> Iterator[tuple[Expr, str]]:
    """The functions that the problem doesn't say."""
    for name, value in problem.functions.items():
        if value.shape:
            yield call(OF_VECTOR[0], Name(name), Name("v")), f"is any smooth function of a vector, d{name} its gradient"
        else:
            yield call(ENTRYWISE[0], Name(name), Name("a")), "is any smooth function, entry by entry"


def _style(problem: Problem) -> Names:
    """How a problem has formulas written, but for its names."""
    return name_table((), symbols=problem.symbols, written=problem.style)


def definitions(
    explained: Sequence[tuple[Function, Mapping[str, float] | None]],
    signs: tuple[tuple[Expr, str], ...] = (),
    shown: Callable[[Expr], Expr] = as_it_is,
) -> Definitions:
    """What functions are, with the values of their parameters: as it is typed, and as textbooks have it."""
    sides = ((f, by_entries(f, *_definition(f, params))) for f, params in explained)
    textbook = tuple((shown(left), right, f.name.replace("_", " ")) for f, (left, right) in sides)
    counted = any(name == LENGTH for _, right, _ in textbook for name in names(right))
    of_length = ((Name(LENGTH), "is the number of entries"),) if counted else ()
    return Definitions(tuple(definition(*each) for each in explained), (*signs, *of_length), textbook=textbook)


def _needs_words(function: Function) -> bool:
    return function.role is not None and function.definition not in (None, *function.args)


def definition(function: Function, params: Mapping[str, float] | None = None) -> tuple[Expr, Expr]:
    """`softmax(a)` and `exp(a) / sum(exp(a))`: a function applied to its arguments, and what that is.

    With `params` their values are put in, else the definition keeps their names.
    """
    applied, body = _definition(function, params)
    return applied, as_typed(body)


def _definition(function: Function, params: Mapping[str, float] | None) -> tuple[Apply, Expr]:
    """The same, with the inner products of the table."""
    applied = call(function.name, *map(Name, function.args), **(function.params if params is None else params))
    body = unbound(function.definition or "")
    return applied, simplify(substitute(body, {name: Num(value) for name, value in params.items()})) if params else body


def sign_example(function: str) -> Expr:
    """`A @ B`, `u ⊙ v`: a sign between two letters."""
    return call(function, Name("A"), Name("B")) if function == "matmul" else call(function, Name("u"), Name("v"))


def _uses(nodes: Iterable[Apply], function: str, solution: Solution) -> bool:
    """Whether a sign stands anywhere between two matrices."""
    axis = solution.problem.axis
    return any(
        node.function == function and all(shape_of(arg, solution.shapes, axis) not in ONE for arg in node.args)
        for node in nodes
    )
