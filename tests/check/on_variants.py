"""Plant a usual mistake in each of many variants of a problem, and see whether it is named.

`figures.py` measures.
"""

from __future__ import annotations

from time import process_time

import numpy as np
from planting import asked, outcome, planted_in

import gradcalc
from gradcalc.check.mistakes.model import UNLIKELY
from gradcalc.classes.variants.certify import own
from gradcalc.classes.variants.numbers import with_numbers
from gradcalc.classes.variants.search import Search
from gradcalc.program.sections import quantities

PROBLEMS = {"hw3": "hw3", "a batch": "cross-entropy-batch", "a graph": "ttic-graph-sigmoid"}


def found(problem, count, seed=1):
    """A search, and so many variants."""
    search = Search(problem, seed)
    return search, [search.variant(f"student {number}") for number in range(count)]


def outcomes_on(problem, variants, random):
    """What comes of a usual mistake in each variant, of a kind and at a place at random; all quantities are asked."""
    for variant in variants:
        solution = gradcalc.solve(with_numbers(problem, variant.numbers), check=False)
        equations = [solution.by_name[q.equation] for q in quantities(solution) if q.equation in solution.by_name]
        planted = planted_in(solution, equations, random, UNLIKELY)
        if planted is not None:
            yield outcome(planted, asked(random, solution, "all"))


def measured(name, count):
    """How many variants are separating, what a processor takes to find all, and how many mistakes are named."""
    problem, began = gradcalc.load(PROBLEMS[name]), process_time()
    search, variants = found(problem, count)
    seconds = process_time() - began
    outcomes = [*outcomes_on(problem, variants, np.random.default_rng(3))]
    told = [each for each in outcomes if each.told]
    return {
        "variants": count,
        "separating": sum(not own(search, variant) for variant in variants),
        "seconds": round(seconds, 1),
        "told": len(told),
        "named": sum(each.named for each in told),
        "missed": sorted(f"{each.planted.equation}: {each.planted.id}" for each in told if not each.named),
    }
