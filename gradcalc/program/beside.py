"""Add the equations of further quantities to a solution, as steps of the calculation where one goes through them.

A change and a delta stand where somebody calculates them, and what follows goes on from them (`W1_new = W1 + ΔW1`), so
that errors are carried through them too. The values of a solution stay what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from gradcalc.formula.evaluate import evaluate
from gradcalc.formula.expr import ONE, Apply, Expr, Name, Num, add, call, names, neg, sub, substitute
from gradcalc.formula.faults import EquationError, NoGradientError
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.simplify import simplify
from gradcalc.program.derivatives import DerivativeError, Derivatives
from gradcalc.program.derive import backward
from gradcalc.program.further import (
    CHANGES,
    COUNT,
    DELTAS,
    HESSIANS,
    LET,
    LOSSES,
    MADE,
    PARTS,
    SHAPES,
    Further,
    is_minus,
    of_problem,
)
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.problem import Equation, Problem, Section
from gradcalc.program.separate import by_vertex, in_one
from gradcalc.program.solution import Solution

_ORDER: tuple[Section, ...] = ("forward", "backward", "update", "after")


def with_further(solution: Solution, asked: Collection[str], strict: bool = False) -> Solution:
    """The solution with further quantities, by the names of their equations; those that can't be had are left out.

    Abbreviations bring along what they use. Where it is to be `strict`, NoGradientError is raised for a second
    derivative that can't be had. Raises what a formula of `let` raises that can't be worked out.
    """
    if not asked:
        return solution
    wanted = [each for each in of_problem(solution.problem) if each.equation in _closed(solution.problem, asked)]
    equations = [*solution.equations]
    problem = solution.problem
    for section, put in _PUT.items():
        mine = [each for each in wanted if each.section == section]
        equations = put(equations, mine, solution) if mine else equations
    equations = _with_jacobians(equations, asked, solution)
    second = [each for each in wanted if each.section == HESSIANS]
    if second:
        made = _hessians(second, solution, strict)
        problem = replace(problem, derivatives={**problem.derivatives, **made.of})
        equations = _with_hessians(equations, made, solution)
    if len(equations) == len(solution.equations):
        return solution
    return replace(_worked_out(solution, equations), problem=problem)


def _closed(problem: Problem, asked: Collection[str]) -> set[str]:
    """What is asked, and what the abbreviations among it use."""
    found: set[str] = set()
    todo = [*asked]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += names(problem.let[name]) if name in problem.let else ()
    return found


def _worked_out(solution: Solution, equations: Sequence[Equation]) -> Solution:
    values, shapes, axis = dict(solution.values), dict(solution.shapes), solution.problem.axis
    for equation in equations:
        if equation.name not in shapes:
            shapes[equation.name] = shape_of(equation.expr, shapes, axis)
        if equation.name not in values:
            values[equation.name] = np.broadcast_to(evaluate(equation.expr, values, axis), shapes[equation.name])
    without = solution if solution.without is None else solution.without
    return replace(solution, equations=tuple(equations), values=values, shapes=shapes, without=without)


# Where each kind is put.


def _put_deltas(equations: list[Equation], wanted: Sequence[Further], solution: Solution) -> list[Equation]:
    """`δ1 = …` before the gradient that it is, and `da1 = δ1`: the gradients go on from it, and so do other deltas."""
    minus = is_minus(DELTAS, solution.problem.signs)
    signed: Callable[[Expr], Expr] = neg if minus else lambda expr: expr
    delta_of = {gradient_name(each.of): each for each in wanted}
    put: dict[str, Expr] = {name: signed(Name(each.equation)) for name, each in delta_of.items()}
    given = [name for name in delta_of if name in solution.problem.given]
    found: list[Equation] = []
    for equation in equations:
        if equation.section != "forward":
            found += (_delta(delta_of[name], signed(Name(name))) for name in given)
            given = []
        if equation.name not in delta_of:
            found.append(equation)
            continue
        expr = signed(substitute(equation.expr, put))
        found.append(_delta(delta_of[equation.name], simplify(expr) if minus else expr, equation))
        found.append(replace(equation, expr=put[equation.name]))
    return [*found, *(_delta(delta_of[name], signed(Name(name))) for name in given)]


def _delta(delta: Further, expr: Expr, gradient: Equation | None = None) -> Equation:
    layer, unit = (gradient.layer, gradient.unit) if gradient else (None, None)
    return Equation("backward", delta.equation, expr, kind="delta", quantity=delta.of, layer=layer, unit=unit)


def _put_changes(equations: list[Equation], wanted: Sequence[Further], solution: Solution) -> list[Equation]:
    """The change before the new value, where that is the old one and something: `ΔW = -lr * dW`, `W_new = W + ΔW`."""
    minus = is_minus(CHANGES, solution.problem.signs)
    change_of = {new_name(each.of): each for each in wanted}
    found: list[Equation] = []
    for equation in equations:
        change = change_of.get(equation.name)
        found += [equation] if change is None else _changed(equation, change, minus)
    return found


def _changed(equation: Equation, change: Further, minus: bool) -> list[Equation]:
    old, new, by = Name(change.of), Name(equation.name), Name(change.equation)
    step = _step(equation.expr, old) if equation.section == "update" else None
    if step is None:
        expr = sub(old, new) if minus else sub(new, old)
        return [equation, _change(equation, change, expr)]
    after = replace(equation, expr=sub(old, by) if minus else add(old, by))
    return [_change(equation, change, simplify(neg(step)) if minus else simplify(step)), after]


def _change(equation: Equation, change: Further, expr: Expr) -> Equation:
    return replace(equation, name=change.equation, expr=expr, kind="change")


def _step(expr: Expr, old: Name) -> Expr | None:
    """What is added to the old value; None where the new one is no such sum."""
    terms = expr.args if isinstance(expr, Apply) and expr.function == "add" else ()
    rest = [term for term in terms if term != old]
    return add(*rest) if rest and len(rest) == len(terms) - 1 and old.id not in names(add(*rest)) else None


def leads_on(part: Further, solution: Solution) -> bool:
    """Whether a gradient comes back by the use of which it is the part."""
    return part.by == solution.problem.objective or gradient_name(part.by) in solution.values


def _put_parts(equations: list[Equation], wanted: Sequence[Further], solution: Solution) -> list[Equation]:
    """`W from a[2]` before dW: the chain rule through the one equation that uses it."""
    problem, rules = solution.problem, solution.by_name
    found: list[Equation] = []
    for equation in equations:
        mine = [each for each in wanted if gradient_name(each.of) == equation.name and leads_on(each, solution)]
        for each in mine if equation.kind == "gradient" else ():
            start = ONE if each.by == problem.objective else Name(gradient_name(each.by))
            axis, assumed = problem.axis, problem.assumed
            made = backward([rules[each.by]], {each.by: start}, (each.of,), solution.shapes, axis, assumed)
            put = {part.name: part.expr for part in made[:-1]}
            found.append(Equation("backward", each.equation, substitute(made[-1].expr, put), kind="further"))
        found.append(equation)
    return found


def _with_jacobians(equations: list[Equation], asked: Collection[str], solution: Solution) -> list[Equation]:
    """Jacobians, whole or in blocks, at the end of the backward pass; those that can't be had are left out."""
    if not any("/" in name for name in asked):
        return equations
    from gradcalc.program.blocks import blocks_of, rules, together  # which few sheets need

    shapes, axis = solution.shapes, solution.problem.axis
    found = []
    for name in sorted(asked):
        blocks = blocks_of(name, lambda each: each if each in shapes else None) if "/" in name else None
        try:
            each = [] if blocks is None else list(rules(blocks, solution))
            if each:
                rule = together(each, shape_of(each[0], shapes, axis), shapes, axis)
                found.append(Equation("backward", name, rule, kind="jacobian"))
        except EquationError:
            continue
    place = next((i for i, each in enumerate(equations) if each.section in ("update", "after")), len(equations))
    return [*equations[:place], *found, *equations[place:]]


def _hessians(wanted: Sequence[Further], solution: Solution, strict: bool) -> Derivatives:
    """Second derivatives, after the equations from which they are derived."""
    made = _backward_pass(solution, [each.equation for each in wanted])
    for each in wanted:
        try:
            if each.derivative:
                made.second(each.derivative, each.equation)
            else:
                made.block(each.of, each.ways, each.equation)
        except (NoGradientError, DerivativeError):
            if strict:
                raise
    return made


def _with_hessians(equations: list[Equation], made: Derivatives, solution: Solution) -> list[Equation]:
    """Those equations at the end of the backward pass."""
    new = (each for each in made.equations if each.name not in solution.by_name)
    found = [replace(each, section="backward", kind="further") for each in new]
    place = next((i for i, each in enumerate(equations) if each.section in ("update", "after")), len(equations))
    return [*equations[:place], *found, *equations[place:]]


def _backward_pass(solution: Solution, asked: Sequence[str]) -> Derivatives:
    """What second derivatives are derived from: the forward pass, and the gradients that all belong to it."""
    problem = solution.problem
    given = {name: np.shape(value) for name, value in problem.data.items()}
    made = Derivatives(given, problem.axis, problem.assumed, [*solution.shapes, *asked])
    for equation in problem.forward:
        made.take(equation)
    mine = solution.equations if problem.order == "simultaneous" and problem.objective is not None else ()
    for equation in mine:
        if equation.section == "backward" and not equation.is_beside and equation.step == 1:
            of = (str(problem.objective), equation.quantity) if equation.kind == "gradient" else None
            made.know(equation, solution.shapes[equation.name], of)
    return made


def _put_losses(equations: list[Equation], wanted: Sequence[Further], solution: Solution) -> list[Equation]:
    """The losses before the loss that is their sum or their mean."""
    outputs = {each.equation: each.of for each in wanted}
    apart = in_one(solution, wanted[0].equation) if wanted[0].name == LOSSES else by_vertex(solution, outputs)
    if apart is None:
        return equations
    found: list[Equation] = []
    for equation in equations:
        if equation.name == apart.loss:
            found += (Equation("forward", name, expr, kind="further") for name, expr in apart.each.items())
            equation = replace(equation, expr=apart.together)
        found.append(equation)
    return found


def _put_let(equations: list[Equation], wanted: Sequence[Further], solution: Solution) -> list[Equation]:
    """Each abbreviation after the last quantity that it uses; without those that use what isn't there."""
    known = {*solution.problem.given, *(equation.name for equation in equations)}
    for each in wanted:  # which stand in the order in which they use one another
        expr = solution.problem.let[each.name]
        if known.issuperset(names(expr)):
            _insert(equations, each, expr)
            known.add(each.equation)
    return equations


def _insert(equations: list[Equation], let: Further, expr: Expr) -> None:
    used = set(names(expr))
    place = max((i for i, equation in enumerate(equations) if equation.name in used), default=-1)
    section = equations[place].section if place >= 0 else "forward"
    equations.insert(place + 1, Equation(section, let.equation, expr, kind="further"))


def _put_made(equations: list[Equation], wanted: Sequence[Further], solution: Solution) -> list[Equation]:
    """The count of steps, last of all: they are made to know it. There is none where the condition never holds."""
    from gradcalc.program.course import Keep
    from gradcalc.program.descent import take_steps  # which asks this module for quantities of its own

    descent = take_steps(solution.whole, watch=None, keep=Keep())
    if descent.ended != "reached":
        return equations
    count = Num(float(descent.made))
    return [*equations, *(Equation("after", each.equation, count, kind="count") for each in wanted)]


def _put_sizes(equations: list[Equation], wanted: Sequence[Further], solution: Solution) -> list[Equation]:
    """Shapes, as rows of two numbers, and the number of parameters, at the end of the forward pass."""
    place = next((i for i, each in enumerate(equations) if each.section != "forward"), len(equations))
    found = [Equation("forward", each.equation, _size(each, solution), kind="further") for each in wanted]
    return [*equations[:place], *found, *equations[place:]]


def _size(each: Further, solution: Solution) -> Expr:
    if each.section == COUNT:
        return Num(float(sum(value.size for value in solution.problem.parameters.values())))
    sides = (Num(float(side)) for side in solution.shapes[each.of] or (1, 1))
    return call("concat", *sides, axis=1.0)


_Put = Callable[[list[Equation], Sequence[Further], Solution], list[Equation]]
_PUT: Mapping[str, _Put] = {
    DELTAS: _put_deltas,
    PARTS: _put_parts,
    LOSSES: _put_losses,
    CHANGES: _put_changes,
    SHAPES: _put_sizes,
    COUNT: _put_sizes,
    LET: _put_let,
    MADE: _put_made,
}
