"""Wrong rules and wrong functions: what the functions table knows of mistakes, put into an equation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradcalc.check.mistakes.anew import Anew, consumers
from gradcalc.check.mistakes.model import Mutation, replaced
from gradcalc.check.wording import formula, plain
from gradcalc.formula.bound import bound
from gradcalc.formula.expr import Apply, Expr, Name, Num, call, substitute, walk
from gradcalc.formula.parse import parse
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import Function, Pair, known, lookup, pairs
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution

CONFUSED = ("sigmoid", "tanh", "relu")
"""Activations that are taken for one another."""


def mistaken_rules(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A gradient by the wrong rules that students use for the functions on its way."""
    name = equation.quantity
    anew, tried = Anew(name, solution), set[str]()
    for consumer in consumers(name, solution):
        for node in walk(consumer.expr):
            # A rule is replaced wherever its function stands, so that the first place says it for all.
            if isinstance(node, Apply) and known(node.function) and node.function not in tried:
                tried.add(node.function)
                yield from _by_mistaken_rules(anew, node, solution)
        yield from _shortcuts(equation, consumer, solution)


def _by_mistaken_rules(anew: Anew, node: Apply, solution: Solution) -> Iterator[Mutation]:
    entry = lookup(node.function)
    for mistake in entry.mistakes:
        if mistake.arg:
            wrong = anew.by({(entry.name, mistake.arg): mistake.rule})
            yield from [] if wrong is None else [Mutation(mistake.id, wrong, mistake.said(_args(node, solution)))]
    for other, rule in _confused(entry):
        wrong = anew.by({(entry.name, "a"): rule})
        message = f"this is the derivative of {other}, and the activation here is {entry.name}"
        yield from [] if wrong is None else [Mutation("other-activation-derivative", wrong, message)]


def _confused(entry: Function) -> Iterator[tuple[str, str]]:
    """The gradient rules of other activations, over the value that is there and over the one that they would give."""
    if entry.role != "activation" or not entry.elementwise:
        return
    for other in CONFUSED:
        rule = lookup(other).gradient["a"]
        if other != entry.name:
            yield from ((other, each) for each in dict.fromkeys((rule, re.sub(r"\bout\b", f"{other}(a)", rule))))


def _args(node: Apply, solution: Solution) -> dict[str, str]:
    """What the arguments of an application are, as notes write them."""
    args = dict(zip(lookup(node.function).args, node.args, strict=False))
    return {name: formula(arg, solution) for name, arg in (*_numbers(node).items(), *args.items())}


def _numbers(node: Apply) -> dict[str, Expr]:
    """The parameters of an application, as they are set there."""
    return {name: Num(value) for name, value in (*lookup(node.function).params.items(), *node.params)}


# The shortcuts through two functions: used for another loss, on the wrong quantity, or with a derivative too many.


def _shortcuts(equation: Equation, consumer: Equation, solution: Solution) -> Iterator[Mutation]:
    name, losses = equation.quantity, _losses_of(consumer.name, solution)
    inner = consumer.expr
    for shortcut in (pair for pair in pairs() if lookup(pair.outer).role == "loss"):
        direct = isinstance(inner, Apply) and inner.function == shortcut.inner and inner.args == (Name(name),)
        if direct and shortcut.outer in losses:
            yield from _derivative_twice(equation, consumer, shortcut)
        elif direct and losses:
            message = f"ŷ − y is the gradient on the logits only for {_hyphened(shortcut)}; this loss is another one"
            yield from _as_shortcut(consumer.name, solution, message)
        elif shortcut.outer in _functions(inner) and name not in solution.problem.targets:
            message = f"ŷ − y is the gradient on the logits of {_hyphened(shortcut)}, not that on ŷ"
            yield from _as_shortcut(name, solution, message)


def _as_shortcut(output: str, solution: Solution, message: str) -> Iterator[Mutation]:
    count = samples(solution)
    for target in solution.problem.targets:
        error = simplify(call("add", Name(output), call("neg", Name(target))))
        yield Mutation("cross-entropy-shortcut", error, message)
        if count > 1:
            yield Mutation("cross-entropy-shortcut", call("div", error, Num(float(count))), message)


def _derivative_twice(equation: Equation, consumer: Equation, shortcut: Pair) -> Iterator[Mutation]:
    entry = lookup(shortcut.inner)
    message = f"ŷ − y has the derivative of the {entry.name} in it already: it isn't multiplied by it again"
    rules = [entry.gradient.get("a"), *(m.rule for m in entry.mistakes if m.id == "softmax-jacobian-diagonal")]
    for rule in rules:
        if rule is not None:
            put = {"g": equation.expr, "out": Name(consumer.name), "a": Name(equation.quantity)}
            yield Mutation("derivative-twice", simplify(substitute(parse(rule), put)), message)


def _losses_of(name: str, solution: Solution) -> set[str]:
    """The losses in which a quantity stands."""
    used = {function for user in consumers(name, solution) for function in _functions(user.expr)}
    return {function for function in used if known(function) and lookup(function).role == "loss"}


def _functions(expr: Expr) -> set[str]:
    return {node.function for node in walk(expr) if isinstance(node, Apply)}


def _hyphened(shortcut: Pair) -> str:
    return f"{shortcut.outer.replace('_', '-')} of a {shortcut.inner}"


def samples(solution: Solution) -> int:
    """How many samples the targets have."""
    shapes = [solution.shapes[name] for name in solution.problem.targets]
    return max((shape[1 - solution.problem.axis] for shape in shapes if shape), default=1)


# Values.


def mistaken_values(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A value by the wrong formulas that students use for a function, or by another function."""
    for node in walk(equation.expr):
        if not isinstance(node, Apply):
            continue
        entry = lookup(node.function)
        put = {**_numbers(node), **dict(zip(entry.args, node.args, strict=False))}
        for mistake in entry.mistakes:
            if not mistake.arg:
                wrong = substitute(bound(mistake.rule, node), put)
                yield Mutation(mistake.id, replaced(equation.expr, node, wrong), mistake.said(_args(node, solution)))
        if entry.role == "activation" and entry.name != "identity":
            yield from _activations(equation, node, solution)


def _activations(equation: Equation, node: Apply, solution: Solution) -> Iterator[Mutation]:
    of = plain(node.args[0].id, solution) if isinstance(node.args[0], Name) else "the sum"
    message = f"this is {of} itself: the activation {node.function} is left out"
    yield Mutation("activation-left-out", replaced(equation.expr, node, node.args[0]), message)
    others = CONFUSED if node.function in CONFUSED else ("sigmoid",) if node.function == "softmax" else ()
    for other in others:
        if other != node.function:
            message = f"this is {other} of {of}, and the activation here is {node.function}"
            yield Mutation("other-activation", replaced(equation.expr, node, call(other, *node.args)), message)


def activations_within(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """In a gradient: an activation that stands in another formula, such as the tanh of h = o ⊙ tanh(c), left out."""
    for node in walk(equation.expr):
        if isinstance(node, Apply) and lookup(node.function).role == "activation" and isinstance(node.args[0], Name):
            yield from _activations(equation, node, solution)
