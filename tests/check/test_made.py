"""How many steps it takes is a quantity: expected, answered and asked for."""

import pytest

import gradcalc
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.author.expected import check_expected
from gradcalc.check.marking.mark import mark
from gradcalc.errors import InputError

PROBLEM = """
parameters: {u: 1, v: 1}
equations: {E: (u * exp(v) - 2 * v * exp(-u)) ** 2}
of: E
lr: 0.1
"""


def agree(text: str) -> list[bool]:
    return [each.agrees for each in check_expected(gradcalc.solve(gradcalc.loads(text)))]


@pytest.mark.parametrize(
    ("until", "made", "right"),
    [("E < 1e-14", 10, True), ("E < 1e-14", 9, False)],
)
def test_the_count_is_expected(until, made, right):
    assert agree(f"{PROBLEM}until: {until}\nexpected: {{made: {made}}}\n") == [right]


@pytest.mark.parametrize(("count", "verdict"), [(10, "correct"), (11, "wrong")])
def test_an_answer_is_marked(count, verdict):
    solution = gradcalc.solve(gradcalc.loads(f"{PROBLEM}until: E < 1e-14\npoints: {{made: 3}}\n"))
    marks = mark(solution, sheet_from_data({"made": count}, solution))
    assert [(each.quantity, each.verdict, each.of) for each in marks.verdicts] == [("made", verdict, 3)]


def test_without_a_condition_there_is_no_such_quantity():
    with pytest.raises(InputError, match=r"there is nothing to count without"):
        gradcalc.loads(f"{PROBLEM}expected: {{made: 10}}\n")
