"""Wrong equations that students use, made from the right one: a factor lost, a transpose added, a sign turned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gradcalc.errors import GradcalcError
from gradcalc.formula.expr import (
    ONE,
    Apply,
    Expr,
    Name,
    Num,
    add,
    call,
    is_negative,
    mul,
    names,
    neg,
    sub,
    substitute,
    walk,
)
from gradcalc.formula.parse import parse
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import Pair, known, lookup, pairs
from gradcalc.program.derive import backward, gradient_name
from gradcalc.program.problem import Equation
from gradcalc.program.solve import Solution
from gradcalc.program.update import new_name


@dataclass(frozen=True, slots=True)
class Mutation:
    """A wrong formula for a quantity, the mistake that it is, and a sentence that teaches (no numbers in it)."""

    id: str
    expr: Expr
    message: str
    generic: bool = False
    """Whether it says how the number is off, not what was done: a better-founded one goes before it."""


LIKELY = (
    "cross-entropy-shortcut",
    "softmax-jacobian-diagonal",
    "missing-activation-derivative",
    "derivative-at-wrong-value",
    "weights-transposed",
    "updated-weights-in-backprop",
    "ascent-not-descent",
    "learning-rate-left-out",
    "increment-not-value",
    "bias-left-out",
    "sum-not-mean",
    "mean-not-sum",
    "factor-of-two",
    "sign-flipped",
)
"""Mistakes in the order of how likely they are; others follow in the order in which they are made."""


def likelihood(mutation: Mutation) -> tuple[int, bool]:
    """A rank: the smaller, the likelier."""
    return LIKELY.index(mutation.id) if mutation.id in LIKELY else len(LIKELY), mutation.generic


def mutations(equation: Equation, solution: Solution) -> tuple[Mutation, ...]:
    """All wrong forms of an equation, likeliest first, each formula once for each mistake."""
    found: dict[tuple[str, Expr], Mutation] = {}
    for mutation in _each(equation, solution):
        if mutation.expr != equation.expr:
            found.setdefault((mutation.id, mutation.expr), mutation)
    return tuple(sorted(found.values(), key=likelihood))


def _each(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    if equation.section == "backward":
        yield from _mistaken_rules(equation, solution)
        yield from _updated_parameters(equation, solution)
        yield from _contributions(equation)
        yield from _factors(equation)
    elif equation.section == "update":
        yield from _descent(equation, solution)
    else:
        yield from _mistaken_values(equation)
        yield from _biases(equation, solution)
        yield from _logarithms(equation)
    if equation.section == "after":
        yield from _old_parameters(equation, solution)
    if equation.section != "update":
        yield from _transposes(equation, solution)
        yield from _exchanged(equation, solution)
        yield from _samples(equation, solution)
        yield from _signs(equation)
        yield from _twos(equation)


# The functions table knows the usual mistakes with each of its rules.


def _mistaken_rules(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    name = equation.name[1:]
    for consumer in solution.forward_equations:
        if name not in names(consumer.expr):
            continue
        for node in walk(consumer.expr):
            if not isinstance(node, Apply) or not known(node.function):
                continue
            for mistake in lookup(node.function).mistakes:
                if mistake.arg:
                    wrong = local_gradient(name, solution, {(node.function, mistake.arg): mistake.rule})
                    yield from [Mutation(mistake.id, wrong, mistake.message)] if wrong is not None else []
        yield from _shortcuts(name, consumer, solution)


def _shortcuts(name: str, consumer: Equation, solution: Solution) -> Iterator[Mutation]:
    """The rule of a pair, used where the outer function is another one."""
    inner = consumer.expr
    if not isinstance(inner, Apply) or inner.args[:1] != (Name(name),) or not solution.problem.targets:
        return
    used = {node.function for eq in solution.forward_equations for node in walk(eq.expr) if isinstance(node, Apply)}
    for shortcut in pairs():
        if shortcut.inner == inner.function and shortcut.outer not in used:
            target = next(iter(solution.problem.targets))
            wrong = substitute(parse(shortcut.rule), {"g": ONE, "out": Name(consumer.name), "y": Name(target)})
            yield Mutation("cross-entropy-shortcut", simplify(wrong), _shortcut_message(shortcut))


def _shortcut_message(shortcut: Pair) -> str:
    loss = shortcut.outer.replace("_", "-")
    return f"ŷ − y is the gradient on the logits only for {loss} of a {shortcut.inner}; this loss is another one"


def local_gradient(name: str, solution: Solution, rules: Mapping[tuple[str, str], str]) -> Expr | None:
    """The formula of one gradient over the gradients of what uses it, with some rules replaced; None if it can't be."""
    consumers = tuple(eq for eq in solution.forward_equations if name in names(eq.expr))
    objective = solution.problem.objective
    known_gradients = {eq.name for eq in solution.equations} | {gradient_name(n) for n in solution.problem.upstream}
    start: dict[str, Expr] = {}
    for consumer in consumers:
        if consumer.name == objective:
            start[consumer.name] = ONE
        elif gradient_name(consumer.name) in known_gradients:
            start[consumer.name] = Name(gradient_name(consumer.name))
    problem = solution.problem
    try:
        derived = backward(consumers, start, (name,), solution.shapes, problem.axis, problem.assumed, rules)
    except GradcalcError:
        return None
    put: dict[str, Expr] = {}
    for equation in derived:
        put[equation.name] = substitute(equation.expr, put)
    return put.get(gradient_name(name))


def _mistaken_values(equation: Equation) -> Iterator[Mutation]:
    for node in walk(equation.expr):
        if not isinstance(node, Apply):
            continue
        entry = lookup(node.function)
        put = dict(zip(entry.args, node.args, strict=False))
        for mistake in entry.mistakes:
            if not mistake.arg:
                wrong = substitute(parse(mistake.rule), put)
                yield Mutation(mistake.id, replaced(equation.expr, node, wrong), mistake.message)
        if entry.group == "activation":
            message = f"the activation {node.function} is left out"
            yield Mutation("activation-left-out", replaced(equation.expr, node, node.args[0]), message)


# Mistakes of structure, made from the equation itself.


def _updated_parameters(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    if not solution.has_update:
        return
    used = [name for name in names(equation.expr) if name in solution.problem.parameters]
    put: dict[str, Expr] = {name: Name(new_name(name)) for name in used}
    if put:
        message = f"backpropagation goes through the old {_listed(used)}; the update comes after it"
        yield Mutation("updated-weights-in-backprop", substitute(equation.expr, put), message)


def _old_parameters(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    olds: dict[str, Expr] = {new_name(name): Name(name) for name in solution.problem.parameters}
    used = [name for name in names(equation.expr) if name in olds]
    for some in [used, *([name] for name in used)] if used else []:
        put = {name: olds[name] for name in some}
        message = f"the pass after the update uses the new {_listed([name.removesuffix('_new') for name in some])}"
        yield Mutation("old-parameters-used", substitute(equation.expr, put), message)


def _descent(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    name = equation.name.removesuffix("_new")
    old, gradient, rate = Name(name), Name(gradient_name(name)), Name("lr")
    step = mul(rate, gradient)
    shown = f"∇{name}"
    if equation.expr == old:
        yield Mutation("frozen-but-updated", sub(old, step), f"{name} is frozen: the step leaves it as it is")
        return
    yield Mutation("ascent-not-descent", add(old, step), f"descent goes against the gradient: {name} − lr · {shown}")
    yield Mutation("learning-rate-left-out", sub(old, gradient), f"{shown} is to be multiplied by the learning rate")
    for increment in (neg(step), step):
        yield Mutation("increment-not-value", increment, f"this is the change; the new value is {name} plus it")
    yield Mutation("increment-not-value", gradient, f"this is the gradient; the new value is {name} − lr · {shown}")
    yield Mutation("not-updated", old, f"this is the old {name}: the step isn't made")


def _contributions(equation: Equation) -> Iterator[Mutation]:
    expr = equation.expr
    if isinstance(expr, Apply) and expr.function == "add":
        for position in range(len(expr.args)):
            rest = (*expr.args[:position], *expr.args[position + 1 :])
            message = "this gradient is a sum over all paths; one of them is left out"
            yield Mutation("contribution-left-out", add(*rest), message)


def _factors(equation: Equation) -> Iterator[Mutation]:
    for node in walk(equation.expr):
        if isinstance(node, Apply) and node.function in ("mul", "div"):
            kept = node.args if node.function == "mul" else node.args[:1]
            for factor in kept:
                message = "a factor of the product that the chain rule gives is left out"
                yield Mutation("factor-left-out", replaced(equation.expr, node, factor), message, generic=True)


def _biases(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    parameters = {*solution.problem.parameters, *map(new_name, solution.problem.parameters)}
    for node in walk(equation.expr):
        if isinstance(node, Apply) and node.function == "add":
            for term in node.args:
                if isinstance(term, Name) and term.id in parameters:
                    rest = add(*(other for other in node.args if other is not term))
                    message = f"the bias {term.id} is left out"
                    yield Mutation("bias-left-out", replaced(equation.expr, node, rest), message)


def _transposes(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    parameters = {*solution.problem.parameters, *map(new_name, solution.problem.parameters)}
    for node in walk(equation.expr):
        if not isinstance(node, Apply) or node.function != "matmul":
            continue
        for position, arg in enumerate(node.args):
            bare = arg.args[0] if isinstance(arg, Apply) and arg.function == "transpose" else arg
            turned = bare if bare is not arg else call("transpose", arg)
            args = (*node.args[:position], turned, *node.args[position + 1 :])
            weights = isinstance(bare, Name) and bare.id in parameters
            said = bare.id if isinstance(bare, Name) else "a factor"
            yield Mutation(
                "weights-transposed" if weights else "factor-transposed",
                replaced(equation.expr, node, Apply("matmul", args)),
                f"{said} stands here {'without' if bare is not arg else 'with'} a transpose, against the rule",
            )


def _exchanged(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A value in the place of its activation, and the other way round."""
    suffix = "_new" if equation.section == "after" else ""
    for definition in solution.forward_equations:
        inner = definition.expr
        if not isinstance(inner, Apply) or len(inner.args) != 1 or not isinstance(inner.args[0], Name):
            continue
        before, behind = inner.args[0].id + suffix, definition.name + suffix
        if equation.name in (before, behind):
            continue
        for wrong, right in ((before, behind), (behind, before)):
            if right in names(equation.expr):
                derivative = equation.name == gradient_name(inner.args[0].id)
                yield Mutation(
                    "derivative-at-wrong-value" if derivative else "activation-exchanged",
                    substitute(equation.expr, {right: Name(wrong)}),
                    f"{wrong} is used where {right} belongs",
                )


def _samples(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """The mean over samples for their sum, and the other way round."""
    count = _batch(solution)
    if count < 2 or (equation.section != "backward" and not _is_loss(equation, solution)):
        return
    times, over = mul(Num(float(count)), equation.expr), Apply("div", (equation.expr, Num(float(count))))
    message = "the loss is the mean over the samples: each contributes with 1/N"
    yield Mutation("sum-not-mean", times, message)
    yield Mutation("mean-not-sum", over, "the loss is the sum over the samples: nothing is divided by N")


def _is_loss(equation: Equation, solution: Solution) -> bool:
    return equation.name.removesuffix("_new") in (solution.problem.objective, "loss", "data_loss")


def _batch(solution: Solution) -> int:
    shapes = [solution.shapes[name] for name in solution.problem.targets]
    return max((shape[1 - solution.problem.axis] for shape in shapes if shape), default=1)


def _logarithms(equation: Equation) -> Iterator[Mutation]:
    if any(isinstance(node, Apply) and node.function in _LOGARITHMIC for node in walk(equation.expr)):
        for base, word in ((2.302585092994046, "10"), (0.6931471805599453, "2")):
            wrong = Apply("div", (equation.expr, Num(base)))
            yield Mutation("wrong-logarithm", wrong, f"the logarithm is the natural one, not that to base {word}")


_LOGARITHMIC = ("log", "cross_entropy", "binary_cross_entropy", "log_softmax")


def _signs(equation: Equation) -> Iterator[Mutation]:
    yield Mutation("sign-flipped", simplify(neg(equation.expr)), "the sign of the whole is turned", generic=True)
    for node in walk(equation.expr):
        if isinstance(node, Apply) and node.function == "add":
            for position, term in enumerate(node.args):
                turned = simplify(neg(term))
                terms = (*node.args[:position], turned, *node.args[position + 1 :])
                said = "plus stands where minus belongs" if is_negative(term) else "minus stands where plus belongs"
                yield Mutation("sign-flipped", replaced(equation.expr, node, Apply("add", terms)), said)


def _twos(equation: Equation) -> Iterator[Mutation]:
    double = mul(Num(2.0), equation.expr)
    half = Apply("div", (equation.expr, Num(2.0)))
    twice = "this is twice the right value: a ½ is left out, or a 2 too many is there"
    halved = "this is half the right value: a 2 is left out, or a ½ too many is there"
    yield Mutation("factor-of-two", double, twice, generic=True)
    yield Mutation("factor-of-two", half, halved, generic=True)


def replaced(expr: Expr, old: Expr, new: Expr) -> Expr:
    """`expr` with one node (that very one, not an equal one) replaced."""
    if expr is old:
        return new
    if isinstance(expr, Apply):
        return Apply(expr.function, tuple(replaced(arg, old, new) for arg in expr.args), expr.params, expr.at)
    return expr


def _listed(items: list[str]) -> str:
    return ", ".join(items[:-1]) + (" and " if len(items) > 1 else "") + items[-1]
