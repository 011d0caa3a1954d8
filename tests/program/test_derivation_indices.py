"""Derivations entry by entry: every line, its sums worked out, is the entry of the gradient."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from derivations import TRIED, by_differences, made, moved_alone, tried, values_and_slopes
from slow import sampled

from gradcalc.formula.evaluate import evaluate
from gradcalc.formula.expr import ENTRY, TOTAL, Apply, Name, Num, names
from gradcalc.formula.table import lookup
from gradcalc.formula.write import code
from gradcalc.problem.load import loads
from gradcalc.program.build import build
from gradcalc.program.derivation.indices import ByEntries
from gradcalc.program.derivation.lines import worked_out


class Worked:
    """The value of a formula over entries, with a number for each letter."""

    def __init__(self, by, values, slopes, partials):
        self.by, self.values, self.slopes = by, values, slopes
        self.partials = {f"d{of}/d{wrt}": (of, wrt) for of, wrt in partials}
        self.jacobians = {}

    def value(self, expr, at):
        if isinstance(expr, Num):
            return expr.value
        if isinstance(expr, Name):
            return self.named(expr.id, at)
        if expr.function == TOTAL:
            letter, term = expr.args[0].id, expr.args[1]
            return sum(self.value(term, {**at, letter: place}) for place in range(self.size(letter, term)))
        if expr.function == ENTRY:
            whole = evaluate(expr.args[0], self.values, self.by.rule.shapes.axis)
            return whole[self.place(expr.args[1].id, whole.shape, at)]
        if not lookup(expr.function).elementwise:
            return float(evaluate(expr, self.values, self.by.rule.shapes.axis).item())
        args = tuple(Num(float(self.value(arg, at))) for arg in expr.args)
        return float(evaluate(Apply(expr.function, args, expr.params), {}, self.by.rule.shapes.axis))

    def named(self, id, at):
        if id not in self.partials:
            return self.entry(id, self.values, at)
        of, wrt = self.partials[id]
        if of == self.by.rule.problem.objective:
            return self.entry(wrt, self.slopes, at)
        return self.jacobian(of, wrt)[(*self.index(of, at), *self.index(wrt, at))]

    def entry(self, id, values, at):
        base, _ = self.split(id)
        return values[base][self.index(id, at)] if np.ndim(values[base]) else float(values[base])

    def split(self, id):
        if id in self.values:
            return id, ""
        base, _, index = id.rpartition("[")
        return base, index.removesuffix("]")

    def index(self, id, at):
        base, index = self.split(id)
        return self.place(index, self.by.rule.shapes.known[base], at)

    def place(self, index, shape, at):
        if not shape:
            return ()
        places = [at[letter] if letter in at else int(letter) - 1 for letter in index.split(",")]
        if len(places) > 1:
            return tuple(places)
        return (places[0], 0) if shape[0] > 1 else (0, places[0])

    def size(self, letter, term):
        for id in names(term):
            for part in self.partials.get(id, (id,)):
                base, index = self.split(part)
                if base and letter in index.split(","):
                    shape = self.by.rule.shapes.known[base]
                    return shape[index.split(",").index(letter)] if "," in index else max(shape)
        for node in filter(lambda node: isinstance(node, Apply) and node.function == ENTRY, walked(term)):
            letters = node.args[1].id.split(",")
            shape = self.by.rule.shapes.of(node.args[0])
            if letter in letters:
                return shape[letters.index(letter)] if len(letters) > 1 else max(shape)
        raise AssertionError(f"nothing says how far {letter} counts in {code(term)}")

    def jacobian(self, of, wrt):
        (user, _), (name, _) = self.split(of), self.split(wrt)
        if (user, name) not in self.jacobians:
            self.jacobians[user, name] = self.differences(user, name)
        return self.jacobians[user, name]

    def differences(self, user, name):
        function = moved_alone(self.by.rule, user, name, self.values)
        shape, at = self.by.rule.shapes.known[user], self.values[name]
        found = np.zeros((*shape, *at.shape))
        for place in np.ndindex(*shape):
            found[place] = by_differences(lambda value, p=place: np.broadcast_to(function(value), shape)[p], at)
        return found


def walked(expr):
    yield expr
    if isinstance(expr, Apply):
        for arg in expr.args:
            yield from walked(arg)


def places(shape):
    """Two places of a matrix, the only one of a number."""
    every = [*itertools.product(*map(range, shape))]
    return [every[0], every[-1]][: len(every)]


@pytest.mark.parametrize("name", [*TRIED[:2], *sampled(TRIED[2:], 1)])
def test_every_line_is_the_entry(name):
    problem = made(name)
    by = ByEntries(problem, build(problem).shapes)
    values, slopes = values_and_slopes(problem, build(problem), by.rule)
    for quantity in tried([*by.rule.totals])[:6]:
        for way in by.to(quantity):
            letters = by.indexed.place(Name(way.of))
            worked = Worked(by, values, slopes, way.partials)
            for place in places(slopes[way.of].shape or (1, 1)):
                at = {letter: number for letter, number in zip(letters, place, strict=True) if letter}
                due = slopes[way.of][place] if slopes[way.of].shape else float(slopes[way.of])
                for line in way.lines:
                    got = worked.value(worked_out(line.expr), at)
                    assert got == pytest.approx(due, rel=1e-4, abs=1e-6), (way.of, code(line.expr))


def test_a_sum_over_a_letter_that_isnt_in_its_term_is_so_many_times_that():
    """The gradient of 6 w + Σ x w on w: 6 + Σ x, and not 1 + Σ x."""
    formula = "'sum(ones(2, 3)) * w + sum(x) * w'"
    problem = loads(f"inputs: {{x: [[-1, 1]]}}\nparameters: {{w: 2}}\nequations: {{L: {formula}}}\nof: L\n")
    by = ByEntries(problem, build(problem).shapes)
    values, slopes = values_and_slopes(problem, build(problem), by.rule)
    (way,) = by.to("w")
    worked = [Worked(by, values, slopes, way.partials).value(worked_out(line.expr), {}) for line in way.lines]
    assert worked == pytest.approx([6.0 + float(np.sum(values["x"]))] * len(way.lines))
