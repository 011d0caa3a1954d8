"""Answers that are 1 to 10% off are wrong: a seeded sample of what `off_by_a_little.py` measures at large."""

import pytest
from off_by_a_little import verdicts


@pytest.mark.parametrize("part", range(4))
def test_an_answer_that_is_off_by_a_little_is_wrong(part):
    found = list(verdicts(range(60 * part, 60 * part + 60)))
    assert len(found) > 30
    assert [(seed, verdict.verdict, text) for seed, verdict, text in found if verdict.verdict != "wrong"] == []
