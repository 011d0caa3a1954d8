"""One step of an update rule, and the forward pass after it, as equations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from gradcalc.formula.expr import Expr, Name, Num, add, call, neg, substitute
from gradcalc.formula.simplify import simplify
from gradcalc.optimizers.rule import CURVATURE, DESCENT, GRADIENT, PARAMETER, RATE, STEP, TOTAL_NORM
from gradcalc.program.naming import derivative_name, gradient_name, new_name, norm_name, old_name, state_name
from gradcalc.program.problem import Equation, Problem, Section


def update(problem: Problem) -> tuple[Equation, ...]:
    """The learning rate, where it is a formula, and the rule's lines for each parameter; a frozen one stays as it is.

    Plain descent is `W_new = W - lr * dW`.
    """
    return (*shared(problem), *(equation for name in problem.parameters for equation in of_problem(problem, name)))


def shared(problem: Problem) -> Iterator[Equation]:
    """What the updates of all parameters have in common: a learning rate by formula, the length of all gradients."""
    if problem.rate is not None:
        yield Equation("update", RATE, substitute(problem.rate, {STEP: Name(problem.counter)}))
    if problem.optimizer is not None and problem.optimizer.uses(TOTAL_NORM):
        moved = [name for name in problem.parameters if name not in problem.frozen]
        for name in moved:
            yield Equation("update", norm_name(name), call("norm", Name(gradient_name(name))))
        squares = (call("pow", Name(norm_name(name)), Num(2.0)) for name in moved)
        yield Equation("update", TOTAL_NORM, call("sqrt", add(*squares)))


def of_problem(problem: Problem, parameter: str) -> Iterator[Equation]:
    """The lines of a problem's rule for one parameter."""
    if parameter in problem.frozen:
        yield _renewed("update", parameter, Name(parameter))
        return
    rule, means = problem.optimizer or DESCENT, _at_first(problem, parameter)
    for line, formula in rule.lines:
        expr = substitute(formula, means)
        if problem.direction == "ascent":
            expr = simplify(expr)
        if line == PARAMETER:
            equation = _renewed("update", parameter, expr)
        else:
            equation = Equation("update", state_name(line, parameter), expr, kind="state", quantity=parameter)
        means[line] = Name(equation.name)
        yield equation


def meanings(problem: Problem, parameter: str, line: str) -> dict[str, Expr]:
    """What the names of a rule stand for in one of its lines, for a parameter; `v_old` is v of the step before."""
    means = _at_first(problem, parameter)
    means |= {old_name(name): means[name] for name in (problem.optimizer or DESCENT).remembered}
    for name, _ in (problem.optimizer or DESCENT).lines:
        if name == line:
            break
        means[name] = Name(new_name(parameter) if name == PARAMETER else state_name(name, parameter))
    return means


def _at_first(problem: Problem, parameter: str) -> dict[str, Expr]:
    """The same before the first line: what is remembered is that of the step before."""
    gradient: Expr = Name(gradient_name(parameter))
    means: dict[str, Expr] = {
        PARAMETER: Name(parameter),
        GRADIENT: neg(gradient) if problem.direction == "ascent" else gradient,
        STEP: Name(problem.counter),
    }
    if problem.optimizer is not None and problem.optimizer.uses(CURVATURE):
        means[CURVATURE] = Name(derivative_name((str(problem.objective), parameter, parameter)))
    remembered = (problem.optimizer or DESCENT).remembered
    return means | {line: Name(old_name(state_name(line, parameter))) for line in remembered}


def in_general(lines: Iterable[tuple[str, Expr]], remembered: Collection[str]) -> Iterator[tuple[str, Expr]]:
    """The lines of a rule as a book states it: `v = beta * v_old + g`, `theta_new = theta - lr * v`."""
    means: dict[str, Expr] = {line: Name(old_name(line)) for line in remembered}
    for line, formula in lines:
        yield new_name(line) if line == PARAMETER else line, substitute(formula, means)
        means[line] = Name(line)


def carried(problem: Problem) -> dict[str, str]:
    """Which given takes which equation's value at the next step: `W1` that of `W1_new`, `v_W1_old` that of `v_W1`."""
    parameters = {name: new_name(name) for name in problem.parameters}
    rule = problem.optimizer or DESCENT
    states = [state_name(line, name) for line in rule.remembered for name in parameters if name not in problem.frozen]
    return parameters | {old_name(state): state for state in states}


def after(forward: Sequence[Equation], parameters: Iterable[str]) -> tuple[Equation, ...]:
    """The forward equations once more, on the updated parameters."""
    renamed = {name: Name(new_name(name)) for name in parameters}
    renamed |= {equation.name: Name(new_name(equation.name)) for equation in forward}
    return tuple(_renewed("after", equation.name, substitute(equation.expr, renamed)) for equation in forward)


def _renewed(section: Section, name: str, expr: Expr) -> Equation:
    return Equation(section, new_name(name), expr, kind="new value", quantity=name)
