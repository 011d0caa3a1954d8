"""Mistakes of time and place: old weights for new ones, a value for its activation, sum for mean, the update's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from gradcalc.check.mistakes.model import Mutation
from gradcalc.check.mistakes.rules import samples
from gradcalc.check.wording import gradient, named, plain, spoken
from gradcalc.formula.expr import (
    Apply,
    Expr,
    Name,
    Num,
    add,
    call,
    mul,
    neg,
    sub,
    substitute,
    walk,
)
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.problem import Equation
from gradcalc.program.solution import LaterStep, Solution
from gradcalc.words import listed

MOST_LISTED = 3
HALVED = 2
"""With two outputs the mean over all entries is half of that over the samples, of which a lost 2 is likelier."""


def updated_parameters(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """Weights after the update, in backpropagation."""
    used = [name for name in equation.uses if name in solution.problem.parameters]
    if used and solution.has_update:
        message = f"backpropagation goes through the old {listed(map(named, used))}; the update comes after it"
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


def of_earlier_step(equation: Equation, step: LaterStep, solution: Solution) -> Iterator[Mutation]:
    """What the step before had, at a step that has its own: parameters before their update, gradients once more."""
    before = solution.steps.get(step.number - 1)
    old = {here: name if before is None else before.names.get(name, name) for name, here in step.names.items()}
    parameters = {step.names[name] for name in solution.problem.parameters}
    used = [name for name in equation.uses if name in parameters]
    if used:
        put: dict[str, Expr] = {name: Name(old[name]) for name in used}
        said = f"old values stand here: step {step.number} starts from what step {step.number - 1} led to"
        yield Mutation("old-parameters-used", substitute(equation.expr, put), said)
    gradients = [name for name in equation.uses if name in old and name in step.plain]
    if gradients and equation.section == "update":
        put = {name: Name(old[name]) for name in gradients}
        said = f"the gradient of step {step.number - 1} stands here: it is calculated anew at each step"
        yield Mutation("gradient-of-earlier-step", substitute(equation.expr, put), said)


def descent(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """What goes wrong in a step of plain descent: its direction, its size, or what is given as its result."""
    name, problem = equation.quantity, solution.problem
    if name not in problem.parameters or equation.kind != "new value":
        return
    old, slope = Name(name), Name(gradient_name(name))
    shown, spoken_of = named(name), gradient(name)
    step, lr = mul(Name("lr"), slope), named("lr")
    if equation.expr == old:
        yield Mutation("frozen-but-updated", sub(old, step), f"{shown} is frozen: the step leaves it as it is")
        return
    if problem.optimizer is not None or problem.direction == "ascent":
        return  # another rule, of which updates.py knows
    said = f"this step goes up: descent goes against the gradient, {shown} − {lr} · {spoken_of}"
    yield Mutation("ascent-not-descent", add(old, step), said)
    yield Mutation(
        "learning-rate-left-out", sub(old, slope), f"the learning rate is left out: the step is {lr} · {spoken_of}"
    )
    yield Mutation("increment-not-value", neg(step), f"this is the change alone; the new value is {shown} plus it")
    yield Mutation("increment-not-value", step, f"this is {lr} · {spoken_of} alone; the new value is {shown} minus it")
    yield Mutation("increment-not-value", slope, f"this is the gradient; the new value is {shown} − {lr} · {spoken_of}")
    yield Mutation("not-updated", old, f"this is the old {shown}: the step isn't made")
    right = f"the new value is {shown} − {lr} · {spoken_of}"
    for wrong, how in (
        (sub(old, call("div", slope, Name("lr"))), "divides the gradient"),
        (sub(old, mul(Name("lr"), step)), "is multiplied in twice"),
    ):
        yield Mutation("learning-rate-misplaced", wrong, f"the learning rate {how}: {right}")
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
            used = f"{gradient(behind)} is used where {gradient(before)} belongs"
            message = f"{used}: the derivative of the activation is left out"
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
    around |= {consumer.name: consumer for name in used for consumer in solution.applications.get(name, ())}
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


def over_samples(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """The mean over samples for their sum, and the other way round."""
    count = samples(solution)
    if count < 2 or (equation.section != "backward" and not _is_loss(equation, solution)):
        return
    number = Num(float(count))
    if _averages(solution):
        said = "the loss is the mean over the samples, so each counts with 1/N: that factor is left out"
        yield Mutation("sum-not-mean", mul(number, equation.expr), said)
        if count > HALVED:  # of two samples that is the sum
            said = "the mean over the samples divides by their number N, not by N − 1"
            yield Mutation("n-minus-one", mul(Num(count / (count - 1)), equation.expr), said)
    yield from _over_entries(equation, solution)
    yield Mutation("mean-not-sum", call("div", equation.expr, number), _divided(equation, solution))


def _over_entries(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """The mean over all outputs of all samples, as `np.mean` takes it of a matrix."""
    outputs = [output for _, output in solution.compared if solution.shapes[output]]
    definitions = (solution.by_name[output] for output in outputs if output in solution.by_name)
    ends = {*outputs, *(name for definition in definitions for name in definition.uses)}
    if not _averages(solution) or not (_is_loss(equation, solution) or equation.quantity in ends):
        return
    for output in outputs[:1]:
        each = solution.shapes[output][solution.problem.axis]
        if each > 1:
            said = f"the mean is over the {samples(solution)} samples, and this is over all entries of {named(output)}"
            wrong = call("div", equation.expr, Num(float(each)))
            yield Mutation("mean-not-sum", wrong, said, generic=each == HALVED)


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
    own = f"{gradient(equation.quantity)} gets the sum over the samples, not their mean again"
    return f"{spoken(before, solution)} has the 1/{samples(solution)} of the mean already: {own}"


def _is_loss(equation: Equation, solution: Solution) -> bool:
    return equation.quantity in (solution.problem.objective, "loss", "data_loss")
