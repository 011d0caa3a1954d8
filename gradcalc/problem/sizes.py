"""A problem in letters at several sizes: with numbers of each, and its gradients checked there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from gradcalc.formula.evaluate import evaluate
from gradcalc.formula.expr import Apply, Expr, substitute, walk
from gradcalc.problem.beside import put_in_files
from gradcalc.problem.draft import Draft
from gradcalc.problem.letters import Letters
from gradcalc.problem.load import read_with
from gradcalc.problem.source import read_text
from gradcalc.program.letters import as_numbers, choices, in_letters
from gradcalc.program.problem import Problem
from gradcalc.program.solution import Solution
from gradcalc.program.solve import solve


def at_sizes(problem: Problem, sizes: Mapping[str, int], seed: int) -> Problem:
    """A problem in letters with numbers of these sizes, with all their digits; formulas may use the letters."""
    document = read_text(problem.text, problem.path)
    document.folder = Path(problem.path).parent
    put_in_files(Draft(document))
    same = problem.letters.same if problem.letters else {}
    instance = read_with(document, Letters(dict(sizes), seed, same=same))[1]
    rate = problem.lr if instance.lr is None else instance.lr
    return replace(instance, lr=rate, let={**instance.let, **as_numbers(sizes)})


def checked(problem: Problem, shown: Solution, count: int) -> Iterator[tuple[dict[str, int], float]]:
    """At so many choices of sizes: these, and the largest relative error of the gradients against differences.

    The rules of `shown`, in letters, are run there too: where they come to other numbers than the instance's own, the
    error is that. Not where an index counts to a letter: there other sizes have other rules.
    """
    told = problem.letters
    if told is None or not problem.has_gradients:
        return
    rules = {
        eq.name: in_letters(eq.expr, told.marks)
        for eq in shown.equations
        if eq.section in ("forward", "backward") and told.marks.keys() == told.sizes.keys()
    }
    for seed, sizes in enumerate(choices(told, count)):
        solution = solve(at_sizes(problem, sizes, seed))
        assert solution.verification is not None
        yield sizes, max(solution.verification.max_relative_error, _difference(rules, solution, sizes))


def _parts(rule: Expr) -> int:
    """How many entries there are in a rule."""
    return sum(isinstance(node, Apply) and node.function == "part" for node in walk(rule))


def _difference(rules: Mapping[str, Expr], solution: Solution, sizes: Mapping[str, int]) -> float:
    """The largest relative difference between what rules in letters come to and the values that a solution has."""
    numbers = as_numbers(sizes)
    worst = 0.0
    for name, rule in rules.items():
        if _parts(rule) != _parts(solution.by_name[name].expr):
            continue  # a sum over entries, which are others at other sizes
        value = evaluate(substitute(rule, numbers), solution.values, solution.problem.axis)
        right = solution.values[name]
        scale = max(float(np.max(np.abs(right), initial=0.0)), 1e-300)
        worst = max(worst, float(np.max(np.abs(value - right), initial=0.0)) / scale)
    return worst
