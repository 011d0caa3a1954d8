import re

import pytest

import gradcalc
from gradcalc.formula.parse import parse
from gradcalc.formula.write import code
from gradcalc.report.page import Page
from gradcalc.report.story.solution import solution_document
from gradcalc.report.terminal import plain


@pytest.fixture(scope="module")
def lines():
    solution = gradcalc.solve(gradcalc.load("hw3"))
    return plain.render(solution_document(solution, expand=True), Page()).splitlines()


@pytest.mark.parametrize(
    "fact",
    [
        "x = [1, 0] (2 by 1)",
        "W1 = [[3, 6], [4, 5]] (2 by 2)",
        "dW2 = h1 @ da2.T",
        "dW2 = [[0.2880, -0.2880], [0.1466, -0.1466]] (2 by 2)",
        "dW2[1,1] = h1[1] * da2[1] = 0.9820 * 0.2932 = 0.2880",
        "W1_new = [[3.0026, 5.9633], [4, 5]] (2 by 2)",
        "loss = 0.3927",
        "The loss fell from 0.3927 to 0.2146.",
    ],
)
def test_one_fact_a_line(lines, fact):
    assert fact in lines


def test_nothing_is_drawn(lines):
    assert not re.search(r"[⎡⎢⎣─═∇²]", "\n".join(lines))


def test_the_rules_can_be_typed(lines):
    rules = [line.split(" = ", 1) for line in lines if re.match(r"\w+ = [a-zA-Z]", line)]
    assert len(rules) > 15
    for _, rule in rules:
        assert code(parse(rule)) == rule
