"""Random instances of problems for tests of derivations: values, and gradients by differences alone."""

from __future__ import annotations

import numpy as np
from bundled import WORKED, loaded

from gradcalc.formula.evaluate import evaluate
from gradcalc.formula.expr import ONE, Name
from gradcalc.formula.receiving import held
from gradcalc.formula.write import code
from gradcalc.problem.load import loads
from gradcalc.problem.sizes import at_sizes
from gradcalc.program.instances import instances

FEW = 8
"""So many quantities of a problem are tried, of long sequences the first and the last ones."""


IMAGES = """
inputs:
  x:
    - [[1, 2, 0, 1], [0, 1, 3, 2], [2, 1, 0, 1], [1, 1, 2, 0]]
    - [[0, 2, 1, 1], [1, 1, 0, 2], [2, 0, 0, 1], [1, 3, 2, 0]]
parameters:
  w: [[[[1, 0], [-1, 2]], [[0.5, 1], [1, -1]]], [[[0, 1], [1, 1]], [[1, -1], [0.5, 0]]]]
  b: [0.1, 0.2]
equations:
  a: conv2d(x, w, b, stride=2)
  h: tanh(a)
  L: sum(h ** 2)
of: L
"""
LETTERS = """
notation: x @ W + b
inputs: N×Dx
targets: one_hot(Dy, N)
layers:
  - {weights: Dx×H, biases: 1×H, activation: sigmoid}
  - {weights: H×Dy, biases: 1×Dy, activation: softmax}
loss: cross_entropy
reduction: mean
"""


def solvable(name):
    problem = loaded(name)
    return problem.form != "claims" and problem.has_gradients and not problem.has_given_gradients


TRIED = ["images", "letters", *(name for name in WORKED if solvable(name))]


def made(name):
    """A problem of those that are tried."""
    if name == "images":
        return loads(IMAGES)
    return at_sizes(loads(LETTERS), {"N": 2, "Dx": 3, "H": 4, "Dy": 5}, 1) if name == "letters" else loaded(name)


def values_of(problem, program, rule):
    """An instance: the values of all names, and of those that were made for the derivation."""
    (values,) = instances(problem, 1, seed=7, program=program)
    values = dict(values)
    for equation in rule.forward:
        if equation.name not in values:
            values[equation.name] = np.broadcast_to(
                evaluate(equation.expr, values, problem.axis), rule.shapes.known[equation.name]
            )
    return values


def standing_still(expr, values, axis):
    """The formula with a name for the value of what stands under a `stop_gradient`."""

    def hold(inner):
        values[f"still {code(inner)}"] = evaluate(inner, values, axis)
        return Name(f"still {code(inner)}")

    return held(expr, hold)


def downstream_values(rule, name, value, values):
    """All values, with another one of one quantity."""
    moved = {**values, name: value}
    changed = {name}
    for equation in rule.forward:
        if equation.name != name and not changed.isdisjoint(equation.uses):
            expr = standing_still(equation.expr, values, rule.problem.axis)
            moved[equation.name] = evaluate(expr, {**values, **moved}, rule.problem.axis)
            changed.add(equation.name)
    return moved


def downstream(rule, name, value, values):
    """What the gradients start from, weighted, with another value of one quantity."""
    moved = downstream_values(rule, name, value, values)
    starts = rule.start.items()
    return sum(np.sum(moved[end] * (1.0 if g == ONE else values[f"d{end}"])) for end, g in starts)


def by_differences(function, at):
    """The gradient of a function of an array by central differences."""
    found = np.zeros(at.shape)
    for place in np.ndindex(at.shape):
        step = np.zeros(at.shape)
        step[place] = h = 1e-6 * max(1.0, abs(float(at[place])))
        found[place] = (function(at + step) - function(at - step)) / (2 * h)
    return found


def values_and_slopes(problem, program, rule):
    """An instance with its gradients, which are taken by differences."""
    values = values_of(problem, program, rule)
    given = {f"d{name}" for name in problem.upstream}
    slopes = {}
    for quantity in rule.totals:
        slopes[quantity] = by_differences(
            lambda value, q=quantity: downstream(rule, q, value, values), values[quantity]
        )
    values |= {f"d{quantity}": slope for quantity, slope in slopes.items() if f"d{quantity}" not in given}
    return values, slopes


def moved_alone(rule, user, name, values):
    """The equation of one quantity as a function of another that it uses, all else as it is."""
    equation = next(eq for eq in rule.forward if eq.name == user)
    expr = standing_still(equation.expr, values, rule.problem.axis)
    return lambda value: evaluate(expr, {**values, name: value}, rule.problem.axis)


def by_paths(rule, name, users, values):
    """What the chain rule says: the gradients on what uses a quantity, each by that equation's own derivative."""
    found = np.zeros(values[name].shape)
    for user in users:
        function, weight = moved_alone(rule, user, name, values), values.get(f"d{user}", np.ones(()))
        found = found + by_differences(lambda value, f=function, w=weight: np.sum(f(value) * w), values[name])
    return found


def tried(names):
    return names if len(names) <= FEW else [*names[: FEW // 2], *names[-FEW // 2 :]]
