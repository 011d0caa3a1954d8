"""Mistakes where a gradient goes through a function: the function itself, its derivative elsewhere, or alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from gradcalc.check.mistakes.anew import Anew, consumers
from gradcalc.check.mistakes.model import Mutation, applications
from gradcalc.check.mistakes.rules import CONFUSED
from gradcalc.check.wording import formula, gradient, named, spoken
from gradcalc.formula.expr import ONE, Apply, Expr, Name, Num, call, rebuild, substitute
from gradcalc.formula.parse import parse
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import lookup
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution

MOST_OTHERS = 8
"""At how many other quantities the derivative is tried."""


@dataclass(frozen=True, slots=True)
class Through:
    """An elementwise function of one argument: from `before` to `behind`, by the table's gradient rule."""

    function: str
    before: str
    behind: str
    params: tuple[tuple[str, float], ...] = ()

    def of(self, arg: Expr) -> Expr:
        """The function of something else."""
        return Apply(self.function, (arg,), self.params)

    @property
    def upstream(self) -> Name:
        """The gradient that comes from above: that of the value behind the function."""
        return Name(gradient_name(self.behind))

    def product(self, a: Expr, out: Expr, g: Expr) -> Expr:
        """The rule of the table over these."""
        entry = lookup(self.function)
        put = {key: Num(value) for key, value in entry.parameters(self.params).items()}
        return simplify(substitute(parse(entry.gradient["a"]), {**put, "a": a, "out": out, "g": g}))


def through(equation: Equation, solution: Solution) -> Iterator[Through]:
    """The activations on whose arguments a gradient is: `∇a1` goes through h1 = σ(a1)."""
    if equation.kind != "gradient":
        return
    for user in consumers(equation.quantity, solution):
        expr = user.expr
        if isinstance(expr, Apply) and expr.args == (Name(equation.quantity),):
            entry = lookup(expr.function)
            bends = entry.elementwise and entry.args == ("a",) and entry.gradient.get("a", "g") != "g"
            if bends and gradient_name(user.name) in equation.uses:
                yield Through(expr.function, equation.quantity, user.name, expr.params)


def softmax_on_gradient(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """The softmax applied to the gradient on its outputs."""
    for user in consumers(equation.quantity, solution):
        if user.expr == call("softmax", Name(equation.quantity)) and gradient_name(user.name) in solution.by_name:
            right = f"{gradient(user.name)} times its Jacobian"
            said = f"the softmax was applied to the gradient; what belongs there is {right}"
            yield Mutation("activation-on-gradient", call("softmax", Name(gradient_name(user.name))), said)


def on_gradient(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """The activation applied to the gradient, in the place of its derivative."""
    for step in through(equation, solution):
        name, behind = step.before, step.behind
        if step.function == "relu":
            said = (
                "ReLU was applied to the gradient: it sets negative gradients to 0. "
                f"What belongs there is 0 where {named(name)} is not positive"
            )
        else:
            said = (
                f"{step.function} was applied to the gradient; what belongs there is "
                f"{gradient(behind)} times the derivative of {step.function} at {named(name)}"
            )
        yield Mutation("activation-on-gradient", step.of(step.upstream), said)


def alone(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """The derivative of the activation, without the gradient from above."""
    for step in through(equation, solution):
        wrong = substitute(equation.expr, {step.upstream.id: ONE})
        said = (
            f"this is the derivative of {step.function} at {named(step.before)} alone: "
            f"the upstream gradient {gradient(step.behind)} is left out"
        )
        yield Mutation("upstream-left-out", simplify(wrong), said)


def twice(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """The derivative of the activation multiplied in twice."""
    for step in through(equation, solution):
        a, out = Name(step.before), Name(step.behind)
        wrong = step.product(a, out, step.product(a, out, step.upstream))
        said = f"the derivative of {step.function} at {named(step.before)} is multiplied in twice"
        yield Mutation("derivative-twice", wrong, said)


def of_a_linear_output(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """The derivative of an activation where there is none: `yhat = a2`."""
    for user in consumers(equation.quantity, solution):
        if equation.kind == "gradient" and user.expr == Name(equation.quantity):
            for function in CONFUSED:
                step = Through(function, equation.quantity, user.name)
                wrong = step.product(Name(step.before), Name(step.behind), step.upstream)
                same = f"{named(user.name)} is {named(step.before)} itself"
                said = f"the derivative of {function} doesn't belong here: {same}"
                yield Mutation("other-activation-derivative", wrong, said)


def at_gradient(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """The derivative of the activation taken at the gradient, with the gradient before it or alone."""
    for step in through(equation, solution):
        if "out" in lookup(step.function).gradient["a"]:
            wrong_place, place = gradient(step.behind), named(step.before)
            said = f"the derivative of {step.function} was taken at {wrong_place}, it belongs at {place}"
            for g in (step.upstream, ONE):
                wrong = step.product(Name(step.before), step.upstream, g)
                if wrong != step.upstream:
                    yield Mutation("derivative-at-wrong-value", wrong, said)


def at_other_values(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """The derivative of the activation taken at another layer's values."""
    for step in through(equation, solution):
        right = step.product(Name(step.before), Name(step.behind), step.upstream)
        for other in _others(step, solution):
            places: list[tuple[Expr, Expr]] = [(Name(other), step.of(Name(other)))]
            if "out" in lookup(step.function).gradient["a"]:
                places.append((Name(step.before), Name(other)))
            for a, out in places:
                wrong = step.product(a, out, step.upstream)
                if wrong != right:
                    shown = spoken(other, solution)
                    said = f"the derivative of {step.function} was taken at {shown}, it belongs at {named(step.before)}"
                    yield Mutation("derivative-at-wrong-value", wrong, said)


def _others(step: Through, solution: Solution) -> list[str]:
    shapes, wanted = solution.shapes, solution.shapes[step.before]
    every = chain(solution.problem.inputs, solution.forward)
    fitting = (name for name in every if name not in (step.before, step.behind) and shapes[name] == wanted)
    return list(islice(fitting, MOST_OTHERS))


def of_output(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """The gradient of the output in the place of the loss's: the loss's own derivative left out."""
    if equation.kind != "gradient":
        return
    for loss, output in solution.compared:
        said = f"this is the gradient of the output, not of the loss: {gradient(output)} is left out"
        ones = call("ones_like", Name(output)) if solution.shapes[output] else ONE
        if equation.quantity == output:
            yield Mutation("output-not-loss", ones, f"{said}, {formula(equation.expr, solution)}")
            continue
        definition = solution.by_name.get(output)
        if definition is None or equation.quantity not in definition.uses:
            continue
        if gradient_name(output) in equation.uses:
            yield Mutation("output-not-loss", simplify(substitute(equation.expr, {gradient_name(output): ONE})), said)
        elif isinstance(definition.expr, Apply) and lookup(definition.expr.function).elementwise:
            # A shortcut such as ŷ − y goes round the output, so the output's own derivative is derived anew.
            own = Anew(equation.quantity, solution, start={output: ONE}).by({})
            if own is not None:
                yield Mutation("output-not-loss", own, f"{said}, and with it {loss}")


def softmax_rules(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """Parts of a softmax's Jacobian alone, where its long rule is written out."""
    for node in applications(equation.expr, "inner"):
        for outer in applications(equation.expr, "mul"):
            for place, arg in enumerate(outer.args):
                if isinstance(arg, Apply) and arg.function == "add" and any(node is _bare(term) for term in arg.args):
                    kept = tuple(term for term in arg.args if _bare(term) is not node)
                    args = (*outer.args[:place], *kept, *outer.args[place + 1 :])
                    if len(kept) == 1:
                        said = (
                            "the softmax's outputs depend on all its inputs: the inner product of the upstream "
                            f"gradient with them, {formula(node, solution)}, is left out"
                        )
                        yield Mutation("softmax-inner-product-left-out", rebuild(outer, args), said)


def _bare(term: Expr) -> Expr:
    return term.args[0] if isinstance(term, Apply) and term.function == "neg" else term
