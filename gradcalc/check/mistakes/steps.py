"""Mistakes of time and place: old weights for new ones, a value for its activation, sum for mean, the update's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice

from gradcalc.check.mistakes.model import Mutation
from gradcalc.check.mistakes.rules import consumers, samples
from gradcalc.check.wording import plain, spoken
from gradcalc.formula.expr import Apply, Expr, Name, Num, add, call, mul, names, neg, sub, substitute, transform, walk
from gradcalc.program.alike import pattern
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.problem import Equation
from gradcalc.program.solve import Solution
from gradcalc.words import listed

MOST_OTHERS = 6
MOST_LISTED = 3


def updated_parameters(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """Weights after the update, in backpropagation."""
    used = [name for name in equation.uses if name in solution.problem.parameters]
    if used and solution.has_update:
        message = f"backpropagation goes through the old {listed(used)}; the update comes after it"
        put: dict[str, Expr] = {name: Name(new_name(name)) for name in used}
        yield Mutation("updated-weights-in-backprop", substitute(equation.expr, put), message)


def old_parameters(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """Values from before the update, in the pass after it."""
    used = [name for name in equation.uses if solution.is_new(name)]
    weights = [name for name in used if solution.quantity(name) in solution.problem.parameters]
    others = [name for name in used if name not in weights]
    olds = [weights, *([name] for name in weights if len(weights) > 1), others, used if weights and others else []]
    for some in olds:
        if some:
            put: dict[str, Expr] = {name: Name(solution.quantity(name)) for name in some}
            new = listed(spoken(name, solution) for name in some) if len(some) <= MOST_LISTED else "all the new values"
            message = f"old values stand here: the pass after the update goes through {new}"
            yield Mutation("old-parameters-used", substitute(equation.expr, put), message)


def descent(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """What goes wrong in a step: its direction, its size, or what is given as its result."""
    name = equation.quantity
    old, gradient, shown = Name(name), Name(gradient_name(name)), f"∇{name}"
    step = mul(Name("lr"), gradient)
    if equation.expr == old:
        yield Mutation("frozen-but-updated", sub(old, step), f"{name} is frozen: the step leaves it as it is")
        return
    said = f"this step goes up: descent goes against the gradient, {name} − lr · {shown}"
    yield Mutation("ascent-not-descent", add(old, step), said)
    yield Mutation(
        "learning-rate-left-out", sub(old, gradient), f"the learning rate is left out: the step is lr · {shown}"
    )
    yield Mutation("increment-not-value", neg(step), f"this is the change alone; the new value is {name} plus it")
    yield Mutation("increment-not-value", step, f"this is lr · {shown} alone; the new value is {name} minus it")
    yield Mutation("increment-not-value", gradient, f"this is the gradient; the new value is {name} − lr · {shown}")
    yield Mutation("not-updated", old, f"this is the old {name}: the step isn't made")
    yield from _step_size(old, step, solution)


def _step_size(old: Expr, step: Expr, solution: Solution) -> Iterator[Mutation]:
    for factor, word in ((2.0, "twice"), (0.5, "half")):
        message = f"the step is {word} as long as it should be"
        yield Mutation("factor-of-two", sub(old, mul(Num(factor), step)), message, generic=True)
    count = samples(solution)
    if count > 1:
        message = "the step is divided by the number of samples once too often: the loss settles that already"
        yield Mutation("mean-not-sum", sub(old, call("div", step, Num(float(count)))), message)


def exchanged(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A value in the place of its activation, and the other way round; and so for their gradients."""
    here: Callable[[str], str] = new_name if equation.section == "after" else str
    yield from _all_exchanged(equation, solution, here)
    for before, behind in _activated(equation, solution):
        if equation.name not in (here(before), here(behind)):
            yield from _put(equation, solution, before, here(before), here(behind))
            yield from _put(equation, solution, before, here(behind), here(before))
        if equation.section == "backward":
            put: Mapping[str, Expr] = {gradient_name(before): Name(gradient_name(behind))}
            message = f"∇{behind} is used where ∇{before} belongs: the derivative of the activation is left out"
            yield Mutation("missing-activation-derivative", substitute(equation.expr, put), message)


def _all_exchanged(equation: Equation, solution: Solution, here: Callable[[str], str]) -> Iterator[Mutation]:
    """The same at every term: the sums of several units in the place of their outputs."""
    used = [(here(a), here(h)) for a, h in _activated(equation, solution) if here(h) in equation.uses]
    if len(used) > 1 and equation.name not in dict(used):
        put: dict[str, Expr] = {behind: Name(before) for before, behind in used}
        wrong, right = (listed(plain(name, solution) for name in each) for each in zip(*used, strict=True))
        yield Mutation("activation-exchanged", substitute(equation.expr, put), f"{wrong} are used where {right} belong")


def _activated(equation: Equation, solution: Solution) -> Iterator[tuple[str, str]]:
    """Each value that goes through a function by itself, and what comes out, of those that an equation uses."""
    used = {solution.quantity(name) for name in equation.uses}
    around = {name: solution.by_name[name] for name in used if name in solution.by_name}
    around |= {consumer.name: consumer for name in used for consumer in consumers(name, solution)}
    for definition in sorted(around.values(), key=lambda each: solution.place[each.name]):
        match definition:
            case Equation(section="forward", name=behind, expr=Apply(args=(Name(id=before),))):
                if solution.shapes[before] == solution.shapes[behind]:
                    yield before, behind


def _put(equation: Equation, solution: Solution, activated: str, wrong: str, right: str) -> Iterator[Mutation]:
    if right in equation.uses:
        derivative = equation.name == gradient_name(activated)
        yield Mutation(
            "derivative-at-wrong-value" if derivative else "activation-exchanged",
            substitute(equation.expr, {right: Name(wrong)}),
            f"{plain(wrong, solution)} is used where {plain(right, solution)} belongs",
        )


def other_quantities(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A vector or matrix of another layer, in the place of one in the same shape."""
    for name in equation.uses:
        for other in islice(_alike(name, equation, solution), MOST_OTHERS):
            message = f"{spoken(other, solution)} is used where {spoken(name, solution)} belongs"
            yield Mutation("other-quantity-used", substitute(equation.expr, {name: Name(other)}), message, generic=True)


def _alike(name: str, equation: Equation, solution: Solution) -> Iterator[str]:
    """Names of the same kind and shape: activations, gradients, weights."""
    shape, here = solution.shapes[name], (name, equation.name)
    for other in _kin(name, solution) if shape else ():
        before = equation.section != "forward" or solution.place.get(other, -1) < solution.place[equation.name]
        if solution.shapes[other] == shape and other not in here and before:
            yield other


def _kin(name: str, solution: Solution) -> Iterable[str]:
    """The names of the same kind."""
    problem = solution.problem
    section = solution.by_name[name].section if name in solution.by_name else None
    if section == "forward" or name in problem.inputs:
        return chain(problem.inputs, solution.forward)
    if section == "backward":
        return (eq.name for eq in solution.equations if eq.section == "backward")
    return problem.parameters if name in problem.parameters else ()


def other_step(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """Of a recurrence the states of the next step, or of the one before, at every step at once.

    Tried apart for what stands in the outer products, which is where they are mixed up, and for everything.
    """
    outer = {node for node in walk(equation.expr) if isinstance(node, Apply) and node.function == "transpose"}
    in_outer = {name for node in outer for name in names(node)}
    for way, which in ((_next, "next"), (_previous, "previous")):
        found = {name: way(name, solution) for name in equation.uses} if equation.kind == "gradient" else {}
        put: dict[str, Expr] = {name: Name(other) for name, other in found.items() if other is not None}
        for change, moved in (
            (lambda node, put=put: substitute(node, put) if node in outer else node, [n for n in put if n in in_outer]),
            (lambda node, put=put: put.get(node.id, node) if isinstance(node, Name) else node, [*put]),
        ):
            if len(moved) > 1:
                wrong = transform(equation.expr, change)
                said = f"the states of the {which} step are used at every step, where those of the step itself belong"
                yield Mutation("other-quantity-used", wrong, f"{said} (as {_shown(moved[0], put)})")


def _shown(name: str, put: Mapping[str, Expr]) -> str:
    other = put[name]
    return f"{other.id if isinstance(other, Name) else ''} for {name}"


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


def over_samples(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """The mean over samples for their sum, and the other way round."""
    count = samples(solution)
    if count < 2 or (equation.section != "backward" and not _is_loss(equation, solution)):
        return
    number = Num(float(count))
    if _averages(solution):
        said = "the loss is the mean over the samples, so each counts with 1/N: that factor is left out"
        yield Mutation("sum-not-mean", mul(number, equation.expr), said)
    yield Mutation("mean-not-sum", call("div", equation.expr, number), _divided(equation, solution))


def _averages(solution: Solution) -> bool:
    """Whether the loss is a mean over the samples."""
    known = (solution.by_name.get(name or "") for name in (solution.problem.objective, "loss", "data_loss"))
    losses = (equation.expr for equation in known if equation is not None)
    return any(isinstance(node, Apply) and node.function == "mean" for expr in losses for node in walk(expr))


def _divided(equation: Equation, solution: Solution) -> str:
    if not _averages(solution):
        return "the loss is the sum over the samples: nothing is divided by their number"
    if equation.kind != "gradient":
        return "this is divided by the number of samples once too often"
    before = next((name for name in equation.uses if solution.quantity(name) != name), "")
    if not before:
        return "1/N, of the mean, is there once too often"
    of = "gets the sum over the samples, not their mean again"
    return f"{spoken(before, solution)} has the 1/{samples(solution)} of the mean already: ∇{equation.quantity} {of}"


def _is_loss(equation: Equation, solution: Solution) -> bool:
    return equation.quantity in (solution.problem.objective, "loss", "data_loss")
