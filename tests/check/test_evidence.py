"""How likely a mistake fits by chance: the room that written digits leave, as a part of how far it leads astray."""

import numpy as np
import pytest
from answering import written

from gradcalc.check.answers.compare import Tolerance
from gradcalc.check.mistakes.evidence import by_chance, of_others, of_sides

FOUR = Tolerance(4)
ROOM = 2 * 0.51 * 1e-4
"""What four decimals leave open: half a unit to each side."""


def chance(answer, value, right, wrong, digits=4):
    given = (np.array([entries], dtype=float).T for entries in (value, right))
    return by_chance(written(answer, digits), *given, np.array([wrong]).T, FOUR)


def test_one_wrong_entry():
    assert chance([1.0], [1.00003], [2.0], [True]) == pytest.approx(ROOM / 0.99997)


def test_few_digits_leave_more_room():
    assert chance([1.2], [1.23], [2.0], [True], digits=1) == pytest.approx(2 * 0.51 * 0.1 / 0.77)


def test_entries_that_are_right_tell_nothing():
    assert chance([1.0, 3.0], [1.00003, 9.0], [2.0, 3.0], [True, False]) == pytest.approx(ROOM / 0.99997)


def test_wrong_entries_count_each_and_equal_ones_once():
    both = chance([1.0, 5.0], [1.00003, 5.00003], [2.0, 3.0], [True, True])
    assert both == pytest.approx(ROOM / 0.99997 * ROOM / 2.00003)
    assert chance([1.0, 1.0], [1.00003, 1.00003], [2.0, 2.0], [True, True]) == pytest.approx(ROOM / 0.99997)


def test_a_zero_comes_by_many_ways():
    assert chance([0.0], [0.0], [2.0], [True]) == 0.2
    assert chance([0.0], [0.0], [2e-4], [True]) == pytest.approx(ROOM / 2e-4)


def test_what_leads_nowhere_is_no_evidence():
    assert chance([2.0], [2.00003], [2.0], [True]) == 1.0


def test_another_wrong_answer_speaks_for_a_mistake_that_it_follows_from():
    answers = {"f": written(1.0), "g": written(7.0)}
    key = {name: np.array(3.0) for name in answers}
    follows, follows_not = {"f": np.array(1.00003)}, {"g": np.array(5.0)}
    assert of_others(follows, answers, key, FOUR) == pytest.approx(ROOM / 1.99997)
    assert of_others(follows_not, answers, key, FOUR) == 1.0
    assert of_others({"f": np.array(1.0)}, answers, {"f": np.array(1.0)}, FOUR) == 1.0


def test_sides_of_a_gate_are_worth_a_bit_each_and_equal_entries_one():
    assert of_sides(np.zeros(20)) == 1.0
    assert of_sides(np.arange(8.0)) == of_sides(np.tile(np.arange(8.0), 3)) < of_sides(np.arange(7.0)) < 1.0
