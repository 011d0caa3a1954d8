"""Another quantity in the place of one that is like it: of another layer or time step, a value for its gradient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice

from gradcalc.check.mistakes.anew import consumers
from gradcalc.check.mistakes.model import Mutation, applications
from gradcalc.check.wording import named, spoken
from gradcalc.formula.brackets import member_name
from gradcalc.formula.expr import Apply, Expr, Name, names, rebuild, substitute, transform, walk
from gradcalc.program.alike import pattern
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution

MOST_OTHERS = 6


def other_quantities(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A vector or matrix of another layer, in the place of one in the same shape."""
    for name in equation.uses:
        for other in islice(_alike(name, equation, solution), MOST_OTHERS):
            message = f"{spoken(other, solution)} is used where {spoken(name, solution)} belongs"
            yield Mutation("other-quantity-used", substitute(equation.expr, {name: Name(other)}), message, generic=True)


def values_for_gradients(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A parameter's gradient that is made of gradients alone, as that of a shift, with a value in their place."""
    made_by = {gradient_name(user.name): user.name for user in consumers(equation.quantity, solution)}
    is_shift = equation.quantity in solution.problem.parameters and made_by.keys() >= {*equation.uses}
    for name in equation.uses if is_shift and equation.kind == "gradient" else ():
        made, fits = made_by[name], solution.shapes[name]
        near = dict.fromkeys((made, *_after(made, solution), *_before(made, solution), *solution.problem.inputs))
        for other in islice((each for each in near if solution.shapes[each] == fits != ()), MOST_OTHERS):
            said = f"{spoken(other, solution)} is used where {spoken(name, solution)} belongs"
            yield Mutation("other-quantity-used", substitute(equation.expr, {name: Name(other)}), said)


def _alike(name: str, equation: Equation, solution: Solution) -> Iterator[str]:
    """Names of the same kind and shape: activations, gradients, weights; of a number what is next to it."""
    shape, here = solution.shapes[name], (name, equation.name)
    others = _kin(name, solution) if shape else _neighbours(name, equation, solution)
    for other in dict.fromkeys((*_members_beside(name, solution), *others)):
        before = equation.section != "forward" or solution.place.get(other, -1) < solution.place[equation.name]
        if solution.shapes[other] == shape and other not in here and before:
            yield other


def _members_beside(name: str, solution: Solution) -> Iterator[str]:
    """Of a member of a family, `c[2]`, those of the step after it and of the one before."""
    family, index = solution.problem.members.get(name, ("", ()))
    for step in (1, -1) if index else ():
        other = member_name(family, (*index[:-1], index[-1] + step))
        if other in solution.problem.members and other in solution.shapes:
            yield other


def _neighbours(name: str, equation: Equation, solution: Solution) -> Iterator[str]:
    """Of a number what is next to it: another edge's weight; in a gradient a unit's output for its input."""
    parameters = solution.problem.parameters
    if name in parameters and name not in solution.problem.biases and equation.section in ("forward", "backward"):
        yield from _other_weights(equation.quantity, solution)
    if name in parameters or equation.kind != "gradient" or equation.section != "backward":
        return
    own = solution.by_name.get(name)
    if name in solution.problem.inputs or (own is not None and own.section == "forward"):
        near = dict.fromkeys((*_after(name, solution), *_before(name, solution)))
        yield from (other for other in near if other not in parameters and other not in _ends(solution))


def _after(name: str, solution: Solution) -> Iterator[str]:
    """What is made of a value, and what comes out of that."""
    users = [user.name for user in consumers(name, solution)]
    yield from users
    yield from (behind.name for user in users for behind in consumers(user, solution) if behind.uses == (user,))


def _before(name: str, solution: Solution) -> Iterator[str]:
    """What a value is made of, and what that is made of."""
    own = solution.by_name.get(name)
    made_of = own.uses if own is not None else ()
    yield from made_of
    known = (solution.by_name.get(each) for each in made_of)
    yield from (each for before in known if before is not None for each in before.uses)


def _other_weights(quantity: str, solution: Solution) -> Iterator[str]:
    """The weights of the edges that lead to a value or from it, and of those beside them; no biases."""
    before = [*_before(quantity, solution)]
    beside = (user.name for name in before for user in consumers(name, solution))
    near = dict.fromkeys((quantity, *before, *_after(quantity, solution), *beside))
    for definition in (solution.by_name.get(each) for each in near):
        products = applications(definition.expr, "mul") if definition is not None else ()
        factors = {arg.id for node in products for arg in node.args if isinstance(arg, Name)}
        yield from (each for each in solution.problem.parameters if each in factors)


def _ends(solution: Solution) -> tuple[str | None, ...]:
    return (solution.problem.objective, *solution.problem.targets)


def _kin(name: str, solution: Solution) -> Iterable[str]:
    """The names of the same kind."""
    problem = solution.problem
    section = solution.by_name[name].section if name in solution.by_name else None
    if section == "forward" or name in problem.inputs:
        return chain(problem.inputs, solution.forward)
    if section == "backward":
        return (eq.name for eq in solution.equations if eq.section == "backward")
    if name not in problem.parameters:
        return ()
    own = (gradient_name(name),) if gradient_name(name) in solution.by_name else ()
    return (*own, *problem.parameters)


def other_step(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """Of a recurrence the states of the next step, or of the one before, at every step at once.

    Tried apart for what stands in the outer products, which is where they are mixed up, and for everything.
    """
    outer = {node for node in walk(equation.expr) if isinstance(node, Apply) and node.function == "transpose"}
    in_outer = {name for node in outer for name in names(node)}
    factors = {arg for node in applications(equation.expr, "mul") for arg in node.args}
    for way, which in ((_next, "next"), (_previous, "previous")):
        found = {name: way(name, solution) for name in equation.uses} if equation.kind == "gradient" else {}
        put: dict[str, Expr] = {name: Name(other) for name, other in found.items() if other is not None}
        for change, moved in (
            (lambda node, put=put: substitute(node, put) if node in outer else node, [n for n in put if n in in_outer]),
            (lambda node, put=put: _factors_put(node, put), [n for n in put if Name(n) in factors]),
            (lambda node, put=put: put.get(node.id, node) if isinstance(node, Name) else node, [*put]),
        ):
            if len(moved) > 1:
                wrong = transform(equation.expr, change)
                said = f"the states of the {which} step are used at every step, where those of the step itself belong"
                yield Mutation("other-quantity-used", wrong, f"{said} (as {_shown(moved[0], put)})")


def _factors_put(node: Expr, put: Mapping[str, Expr]) -> Expr:
    """Those that are factors by themselves: of a recurrence of numbers, what would stand in an outer product."""
    if not isinstance(node, Apply) or node.function != "mul":
        return node
    return rebuild(node, tuple(put.get(arg.id, arg) if isinstance(arg, Name) else arg for arg in node.args))


def _shown(name: str, put: Mapping[str, Expr]) -> str:
    other = put[name]
    return f"{named(other.id) if isinstance(other, Name) else ''} for {named(name)}"


def _next(name: str, solution: Solution) -> str | None:
    """The state that a recurrence makes of a state: by the formula that made it, or that makes the one after it."""
    if solution.quantity(name) != name or name in solution.problem.parameters:
        return None
    own = solution.by_name.get(name)
    for user in _made_of(name, solution):
        later = (c for c in _made_of(user.name, solution) if c.uses.index(user.name) == user.uses.index(name))
        steps = [_in_one(own, solution)] if own is not None else later
        if any(_is_same_step(step, user) for step in steps):
            return user.name
    return None


def _is_same_step(one: Equation, other: Equation) -> bool:
    """Whether two formulas differ in names alone, and share weights."""
    return not set(one.uses).isdisjoint(other.uses) and pattern(one.expr, one.uses) == pattern(other.expr, other.uses)


def _made_of(name: str, solution: Solution) -> Iterator[Equation]:
    """What is made of a value: in one line, or as the activation of a sum that has a line of its own."""
    for user in consumers(name, solution):
        yield user
        for behind in consumers(user.name, solution):
            whole = _in_one(behind, solution)
            if whole is not behind:
                yield whole


def _in_one(equation: Equation, solution: Solution) -> Equation:
    """h1 = tanh(s1) with the sum s1 written out."""
    match equation.expr:
        case Apply(args=(Name(id=before),)) if before in solution.forward:
            put = {before: solution.by_name[before].expr}
            return replace(equation, expr=substitute(equation.expr, put))
    return equation


def _previous(name: str, solution: Solution) -> str | None:
    own = solution.by_name.get(name)
    before = _in_one(own, solution).uses if own is not None and own.section == "forward" else ()
    return next((each for each in before if _next(each, solution) == name), None)
