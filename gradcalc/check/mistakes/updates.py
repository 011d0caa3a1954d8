"""Mistakes in an update rule: its usual wrong lines, a state not carried on, a step miscounted, an order lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gradcalc.check.mistakes.model import Mutation
from gradcalc.check.wording import named, plain
from gradcalc.formula.expr import ONE, ZERO, Expr, Name, add, mul, neg, sub, substitute
from gradcalc.formula.simplify import simplify
from gradcalc.optimizers.rule import DESCENT, PARAMETER, RATE, Rule
from gradcalc.program.naming import gradient_name, new_name, old_name, state_name, turn_name
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.shown import state_line
from gradcalc.program.solution import Solution
from gradcalc.program.update import meanings
from gradcalc.words import listed

OF_RULES = (
    "order-not-kept",
    "bias-correction-left-out",
    "bias-correction-without-power",
    "bias-correction-multiplied",
    "state-not-carried",
    "betas-exchanged",
    "wrong-beta",
    "one-minus-beta-left-out",
    "velocity-averaged",
    "beta-left-out",
    "beta-on-gradient",
    "epsilon-inside-root",
    "epsilon-outside-root",
    "look-ahead-left-out",
    "old-state-used",
    "velocity-not-used",
    "plain-descent",
    "decay-left-out",
    "decay-in-gradient",
    "decay-without-learning-rate",
    "decay-sign",
    "decay-of-size",
    "clipping-left-out",
    "clipping-one-sided",
    "clipped-by-entry",
    "clipped-by-parameter",
    "learning-rate-twice",
    "step-miscounted",
    "descent-not-ascent",
    "ratio-turned",
    "largest-not-kept",
    "square-for-size",
    "square-left-out",
    "root-of-size",
)
"""The ids of mistakes in update rules: mistakes of understanding, the likeliest first."""


def by_rule(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """What goes wrong in a line of the problem's rule, for one parameter."""
    problem = solution.problem
    rule = problem.optimizer or DESCENT
    if problem.optimizer is None and problem.direction == "descent":
        return  # which steps.py knows
    if equation.quantity not in problem.parameters or equation.quantity in problem.frozen:
        return
    line = PARAMETER if equation.kind == "new value" else state_line(equation.name, equation.quantity, rule)
    if line is None:
        return
    yield from _wrong_lines(equation, line, rule, problem)
    yield from _state(equation, line, rule, solution)
    yield from _counted(equation, problem)
    if line == PARAMETER:
        yield from _step(equation, rule, problem)
    if problem.direction == "ascent":
        gradient = gradient_name(equation.quantity)
        said = "this goes down: the problem goes up, along the gradient"
        yield Mutation("descent-not-ascent", _turned(equation.expr, gradient), said)


def _turned(expr: Expr, name: str) -> Expr:
    return simplify(substitute(expr, {name: neg(Name(name))}))


def _wrong_lines(equation: Equation, line: str, rule: Rule, problem: Problem) -> Iterator[Mutation]:
    """The wrong lines that the rule's entry knows, and those of what every rule can have."""
    if rule.own:
        return
    from gradcalc.optimizers.bind import wrong_lines  # which few problems need

    means = meanings(problem, equation.quantity, line)
    for wrong, formula in wrong_lines(rule, line):
        yield Mutation(wrong.id, simplify(substitute(formula, means)), wrong.message)


def _state(equation: Equation, line: str, rule: Rule, solution: Solution) -> Iterator[Mutation]:
    """What the rule remembers, left out; and what it was before in the place of what it is."""
    means = meanings(solution.problem, equation.quantity, line)
    before = {name for name in equation.uses if name in solution.problem.given}
    for each in rule.remembered:
        old, now = old_name(state_name(each, equation.quantity)), means[each]
        if old in before and solution.values[old].any():
            said = f"the {named(each)} of the step before is left out, as if it were 0 again"
            yield Mutation("state-not-carried", simplify(substitute(equation.expr, {old: ZERO})), said)
        if isinstance(now, Name) and now.id != old and now.id in equation.uses:
            said = f"the {named(each)} of the step before stands here: the new one is used"
            yield Mutation("old-state-used", simplify(substitute(equation.expr, {now.id: Name(old)})), said)


def _counted(equation: Equation, problem: Problem) -> Iterator[Mutation]:
    """The number of the step, one too few or one too many."""
    counter = problem.counter
    if problem.counts_steps and counter in equation.uses:
        for other, word in ((sub(Name(counter), ONE), "before"), (add(Name(counter), ONE), "after")):
            said = f"the number of the step {word} this one stands here: steps are counted from 1"
            yield Mutation("step-miscounted", substitute(equation.expr, {counter: other}), said)


def _step(equation: Equation, rule: Rule, problem: Problem) -> Iterator[Mutation]:
    """What goes wrong in any step: it isn't made, it's given alone, its size; or it is that of plain descent."""
    name = equation.quantity
    old, gradient, shown = Name(name), Name(gradient_name(name)), named(name)
    yield Mutation("not-updated", old, f"this is the old {shown}: the step isn't made")
    change = simplify(sub(equation.expr, old))
    yield Mutation("increment-not-value", change, f"this is the change alone; the new value is {shown} plus it")
    yield Mutation(
        "increment-not-value", simplify(neg(change)), f"this is the step alone; the new value is {shown} minus it"
    )
    if RATE in equation.uses:
        said = "the learning rate is left out: the step is multiplied by it"
        yield Mutation("learning-rate-left-out", simplify(substitute(equation.expr, {RATE: ONE})), said)
    if rule.remembered:
        said = f"this is a step of plain gradient descent, and the rule here is {rule.name}"
        yield Mutation("plain-descent", sub(old, mul(Name(RATE), gradient)), said)


def schedules(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """The learning rate of another step, where it is a formula."""
    if equation.name == RATE:
        yield from _counted(equation, solution.problem)


def in_turn(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """Old values, where the problem's order has new ones already."""
    problem = solution.problem
    if problem.order == "simultaneous":
        return
    older = {**{new_name(name): name for name in problem.parameters}, **_before_turns(solution)}
    used = [name for name in equation.uses if name in older]
    if used:
        new = listed(dict.fromkeys(plain(name, solution) for name in used if solution.is_new(name)))
        said = f"old values stand here: in this problem's order {new or 'others'} had its step before"
        put: Mapping[str, Expr] = {name: Name(older[name]) for name in used}
        yield Mutation("order-not-kept", substitute(equation.expr, put), said)


def _before_turns(solution: Solution) -> dict[str, str]:
    """What is worked out anew for a parameter's own step, and what it was before."""
    names = [*solution.forward, *(gradient_name(name) for name in solution.gradients)]
    return {turn_name(name, turn): name for turn in solution.problem.turns[1:] for name in names}
