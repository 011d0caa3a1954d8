"""What must hold for random problems of every kind: mistakes are found, and right answers are never wrong.

A seeded sample of what `figures.py` measures at large.
"""

import re

import numpy as np
import pytest
from answering import marked
from by_hand import Stuck, run
from false_names import SPOILED, names_falsely, spoiled
from planting import asked, gets_full_marks, outcomes, plant, plant_by_hand, plant_in_layers
from random_problems import random_problem
from slow import mostly_slow

from gradcalc.check.mistakes.catalogue import Mutants
from gradcalc.formula.expr import Num, walk
from gradcalc.program.sections import quantities

SAMPLE = 110


@pytest.fixture(scope="module")
def results():
    return {which: list(outcomes(range(SAMPLE), which)) for which in ("all", "final", "half")}


@pytest.mark.parametrize("which", ["all", "final", "half"])
def test_the_first_wrong_quantity_and_the_mistake_are_found(results, which):
    told = [result for result in results[which] if result.told]
    assert len(told) > 0.6 * SAMPLE
    found = [result for result in told if result.placed and result.named]
    assert len(found) >= 0.95 * len(told)


@pytest.mark.parametrize("which", ["all", "final", "half"])
def test_a_wrong_sheet_never_gets_full_marks(results, which):
    assert not [result.planted for result in results[which] if gets_full_marks(result)]


def test_most_often_the_mistake_is_named_first(results):
    told = [result for which in results for result in results[which] if result.told]
    assert sum(result.named_first for result in told) >= 0.85 * len(told)


@pytest.mark.parametrize(
    ("make", "which", "is_typed"),
    [
        (plant_by_hand, "all", False),
        (plant_by_hand, "half", False),
        (plant, "all", True),
        (plant_in_layers, "all", False),
    ],
)
def test_so_are_wrong_formulas_written_by_hand_and_sheets_without_their_zeros(make, which, is_typed):
    results = list(outcomes(range(50), which, make, is_typed))
    told = [result for result in results if result.told]
    assert len(told) > 30
    found = [result for result in told if result.placed and result.named]
    assert len(found) >= 0.95 * len(told)
    assert not [result.planted for result in results if gets_full_marks(result)]


@pytest.mark.parametrize("how", SPOILED)
def test_slips_of_the_pen_are_wrong_and_no_mistake_of_understanding(how):
    found = list(spoiled(range(60), how))
    assert len(found) > 20
    assert {verdict.verdict for verdict in found} == {"wrong"}
    assert sum(map(names_falsely, found)) <= 0.05 * len(found)


def test_everything_else_on_the_sheet_is_carried(results):
    """One mistake makes one answer wrong; zeros alone carry nothing."""
    told = [result for result in results["all"] if result.told]
    alone = [sum(v.verdict == "wrong" for v in result.marks.verdicts) == 1 for result in told]
    assert sum(alone) >= 0.9 * len(told)


@pytest.mark.parametrize("seed", mostly_slow(range(40), *range(10)))
def test_full_precision_rounded_at_the_end_is_correct(seed):
    for each in range(4):
        solution, _ = random_problem(np.random.default_rng([1, seed, each]))
        for digits in (4, 5, 6):
            marks, _ = marked(solution, {q.label: solution.values[q.equation] for q in quantities(solution)}, digits)
            assert {v.verdict for v in marks.verdicts} == {"correct"}
            assert marks.score == marks.points


@pytest.mark.parametrize("seed", mostly_slow(range(40), *range(10)))
@pytest.mark.parametrize("which", ["all", "final", "half"])
def test_what_is_rounded_at_every_step_is_never_wrong(seed, which):
    for each in range(2):
        random = np.random.default_rng([2, seed, each])
        solution, _ = random_problem(random)
        try:
            values = run(solution, decimals=4)
        except Stuck:
            continue
        marks, _ = marked(solution, {q.label: values[q.equation] for q in asked(random, solution, which)})
        assert {v.verdict for v in marks.verdicts} <= {"correct", "carried", "imprecise"}
        assert marks.first_error is None


# Messages.

DECIMAL = re.compile(r"\d+[.,]\d+")


def coefficients(solution):
    """The numbers in the formulas, such as a penalty's factor: a message may quote the term in which one stands."""
    every = (node for equation in solution.equations for node in walk(equation.expr))
    return {f"{abs(node.value):g}" for node in every if isinstance(node, Num)} | {"1e-15"}


def test_no_message_holds_a_number_of_the_key(results):
    for which in results:
        for result in results[which]:
            for verdict in result.marks.verdicts:
                given = coefficients(result.marks.solution)
                for text in (verdict.message, *(mistake.message for mistake in verdict.mistakes)):
                    assert set(DECIMAL.findall(text)) <= given, text
                    for entry in np.ravel(verdict.right):
                        assert f"{abs(entry):.4f}" not in text


def test_no_mutation_says_a_number_or_a_name_of_the_program():
    """What a student reads is written as the notes write it: ∇a2 and not da2, the new W1 and not W1_new."""
    internal = re.compile(r"\b[A-Za-z]\w*_new\b|\bd[A-Z]\d|\bd[abh]\d|\bdyhat\b")
    for seed in range(60):
        solution, _ = random_problem(np.random.default_rng([3, seed]))
        known = Mutants(solution)
        for equation in solution.equations:
            for mutation in known.of(equation):
                assert set(DECIMAL.findall(mutation.message)) <= coefficients(solution), mutation.message
                assert not internal.search(mutation.message), mutation.message
                assert mutation.message == mutation.message.strip(" .")
