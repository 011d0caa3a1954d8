"""Layers of other kinds on sheets: what is right is right, and a slip of the pen is no mistake of understanding."""

from __future__ import annotations

import numpy as np
import pytest
import yaml
from answering import marked
from false_names import names_falsely
from planting import rounded
from wrong_layers import FAMILIES, batch_norm, dropout, embedding, layer_norm

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.problem.load import loads
from gradcalc.program.sections import quantities
from gradcalc.program.solve import solve


def solved(family, seed):
    return solve(loads(yaml.safe_dump(next(family(np.random.default_rng(seed))))), check=False)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_right_answers_are_right(family):
    solution = solved(family, 1)
    answers = rounded(solution.values, quantities(solution), solution.problem.digits)
    marks, *_ = marked(solution, answers, solution.problem.digits)
    assert {verdict.verdict for verdict in marks.verdicts} == {"correct"}


def named_falsely(family, seed) -> bool:
    """Whether a mistake is named where one entry of one gradient is off by 0.3, and nothing else is on the sheet."""
    solution = solved(family, seed)
    parameter = next(iter(solution.problem.parameters))
    answer = np.round(solution.gradients[parameter], 4)
    answer.flat[0] += 0.3
    marks = mark(solution, sheet_from_data({"gradients": {parameter: answer.tolist()}}, solution))
    (verdict,) = [each for each in marks.verdicts if each.quantity == f"gradients.{parameter}"]
    assert verdict.verdict == "wrong"
    return names_falsely(verdict)


@pytest.mark.parametrize("family", [batch_norm, layer_norm, dropout, embedding], ids=lambda family: family.__name__)
def test_a_digit_mistyped_is_no_mistake_of_understanding(family):
    assert not named_falsely(family, 0)


@pytest.mark.slow
def test_hardly_ever_is_one_named_where_there_was_none():
    found = [named_falsely(family, seed) for family in FAMILIES for seed in range(5)]
    assert sum(found) <= 0.05 * len(found)
