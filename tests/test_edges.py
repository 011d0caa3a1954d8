"""Numbers at the edges: right, or a warning in every format where a value isn't finite; never a nan in silence."""

import json
import math
import re

import numpy as np
import pytest

from gradcalc.check.answers.read import sheet_from_document
from gradcalc.check.marking.mark import mark
from gradcalc.errors import InputError
from gradcalc.problem.load import loads
from gradcalc.problem.source import read_text
from gradcalc.program.solve import solve
from gradcalc.report.formats import FORMATS, Report, render
from gradcalc.report.page import Page
from gradcalc.report.story.solution import solution_data, solution_document

READ_BY_PEOPLE = [form for form in FORMATS.values() if form.of in ("document", "illustrated")]
INF = math.inf


def layer(weights, inputs, activation, loss, targets, lr=0.5):
    return (
        f"inputs: {inputs}\ntargets: {targets}\nlayers: [{{weights: {weights}, activation: {activation}}}]\n"
        f"loss: {loss}\nlr: {lr}\n"
    )


def formula(given, text):
    return f"inputs: {given}\nequations: {{f: '{text}'}}\nof: f\n"


FINITE = {
    "logits of 1000, wrong": (
        layer("[[1000, 0]]", "[1]", "softmax", "half_squared_error", "[0, 1]"),
        {"yhat": [1, 0], "loss": 1, "dyhat": [1, -1], "da1": [0, 0], "dW1": [0, 0]},
    ),
    "weights of 1e300 under a sigmoid": (
        layer("[[1e300]]", "[1]", "sigmoid", "half_squared_error", "[0]"),
        {"yhat": [1], "loss": 0.5, "dW1": [0], "W1_new": [1e300]},
    ),
    "weights of -1e300 under a sigmoid": (
        layer("[[-1e300]]", "[1]", "sigmoid", "half_squared_error", "[1]"),
        {"yhat": [0], "loss": 0.5, "dW1": [0]},
    ),
    "1x1 softmax": (
        layer("[[2]]", "[[3]]", "softmax", "cross_entropy", "[[1]]"),
        {"yhat": [1], "loss": 0, "dyhat": [-1], "da1": [0], "dW1": [0]},
    ),
    "a batch of one": (
        layer("[[1, -1]]", "[[0]]", "softmax", "cross_entropy", "[[1], [0]]"),
        {"yhat": [0.5, 0.5], "loss": math.log(2), "da1": [-0.5, 0.5], "dx": [-1], "dW1": [0, 0]},
    ),
    "a denormal that stays": (formula("{x: 1e-310}", "3 * x"), {"f": 3e-310, "dx": 3}),
    "the least denormal": (formula("{x: 5e-324}", "x + x"), {"f": 1e-323, "dx": 2}),
    "a denormal that vanishes": (formula("{x: 1e-310}", "x ** 2"), {"f": 0, "dx": 2e-310}),
    "minus zero": (formula("{x: -0.0}", "x + 1"), {"f": 1, "dx": 1}),
    "a large rate that just goes": (
        layer("[[1]]", "[1]", "identity", "half_squared_error", "[1]", lr="1e308"),
        {"yhat": [1], "loss": 0, "dW1": [0], "W1_new": [1]},
    ),
    "logarithm of a certain softmax": (
        layer("[[1000, -1000]]", "[1]", "softmax", "cross_entropy", "[0, 1]"),
        {"loss": 2000, "da1": [1, -1], "dW1": [1, -1], "dx": [2000], "W1_new": [999.5, -999.5], "loss_new": 1999},
    ),
    "logarithm of a certain sigmoid": (
        layer("[[1000]]", "[1]", "sigmoid", "binary_cross_entropy", "[0]"),
        {"loss": 1000, "da1": [1], "dW1": [1], "dx": [1000], "loss_new": 999.5},
    ),
}
NOT_FINITE = {
    "logarithm of a certain softmax": (FINITE["logarithm of a certain softmax"][0], {"dyhat": [0, -INF]}),
    "probability 0 for what is true": (
        formula("{yhat: [0, 1], y: [1, 0]}", "cross_entropy(yhat, y)"),
        {"f": INF},
    ),
    "probability 1 for what is true": (
        formula("{yhat: [0, 1], y: [0, 1]}", "cross_entropy(yhat, y)"),
        {"dyhat": [None, -1]},
    ),
    "log(0)": (formula("{x: 0}", "log(x)"), {"f": -INF, "dx": INF}),
    "0 log(0)": (formula("{x: 0}", "x * log(x)"), {"f": None, "dx": None}),
    "products of 1e300": (
        layer("[[1e300]]", "[1e300]", "identity", "half_squared_error", "[0]"),
        {"yhat": [INF], "loss": INF, "dW1": [INF]},
    ),
    "squares of 1e300": (
        layer("[[1e300]]", "[1]", "identity", "half_squared_error", "[0]"),
        {"yhat": [1e300], "loss": INF, "dW1": [1e300], "W1_new": [5e299], "loss_new": INF},
    ),
    "a large rate": (
        layer("[[10]]", "[10]", "identity", "half_squared_error", "[0]", lr="1e308"),
        {"dW1": [1000], "W1_new": [-INF], "loss_new": INF},
    ),
    "one over a denormal": (formula("{x: 1e-310}", "1 / x"), {"f": INF, "dx": -INF}),
    "a root at zero": (formula("{x: 0}", "sqrt(x)"), {"f": 0, "dx": INF}),
    "a difference of infinities": (formula("{x: 1e308}", "x * 10 - x * 10 * x"), {"f": None}),
}


def solved(text, expected):
    solution = solve(loads(text))
    for name, value in expected.items():
        right = np.array([np.nan if each is None else each for each in np.atleast_1d(value)], dtype=float)
        np.testing.assert_allclose(solution.values[name].ravel(), right, rtol=1e-12, atol=0, err_msg=name)
    return solution


def written(solution, form):
    report = Report(lambda: solution_document(solution), lambda: solution_data(solution), solution=lambda: solution)
    return render(report, form, Page(80))


@pytest.mark.parametrize("name", FINITE)
def test_right(name):
    text, expected = FINITE[name]
    assert solved(text, expected).verification.max_relative_error < 1e-6


@pytest.mark.parametrize("name", NOT_FINITE)
def test_a_value_that_is_not_finite_is_warned_of_in_every_format(name):
    solution = solved(*NOT_FINITE[name])
    lost = [each for each, value in solution.values.items() if not np.isfinite(value).all()]
    assert lost
    for each in lost:
        assert any(warning.startswith(f"{each} is not finite: ") for warning in solution.warnings)
    for form in READ_BY_PEOPLE:
        assert len(re.findall(r"is\s+not\s+finite", written(solution, form))) >= len(lost), form.name
    data = json.loads(written(solution, FORMATS["json"]), parse_constant=pytest.fail)
    assert {f"{each} is not finite" for each in lost} <= {each.split(":")[0] for each in data["warnings"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (layer("[]", "[1]", "sigmoid", "half_squared_error", "[0]"), "layers[1].weights is empty"),
        (layer("[[]]", "[1]", "sigmoid", "half_squared_error", "[0]"), "layers[1].weights[1] is an empty row"),
        (layer("[[1]]", "[]", "sigmoid", "half_squared_error", "[0]"), "inputs is empty"),
        (layer("[[1]]", "[1]", "sigmoid", "half_squared_error", "[]"), "targets is empty"),
        ("inputs: [1]\ntargets: [1]\nlayers: []\nloss: half_squared_error\n", "layers is an empty list"),
        ("inputs: {x: 1}\ntargets: {o: 1}\nvertices: {}\nloss: half_squared_error\n", "vertices is an empty mapping"),
        (formula("{x: [[]]}", "sum(x)"), "inputs.x[1] is an empty row"),
        (formula("{x: 1e400}", "x"), "1e400 is too large"),
    ],
)
def test_what_is_empty_or_too_large_is_said(text, said):
    with pytest.raises(InputError) as caught:
        loads(text)
    assert said in str(caught.value)


@pytest.mark.parametrize("answer", ["inf", "-inf", ".inf", "nan", ".nan", "∞", "Infinity", "1e400", "'1e400'"])
def test_an_answer_that_is_no_finite_number_is_unreadable(answer):
    marks = marked(answer)
    assert marks.verdict == "unreadable"
    assert "not a number to calculate with" in marks.message or "is too large" in marks.message


@pytest.mark.parametrize("answer", ["-0", "-0.0", "1e-400", "5e-324", "1e300", "1e308", "1.7e308"])
def test_a_wrong_answer_at_the_edges_is_wrong_and_no_more(answer):
    marks = marked(answer)
    assert (marks.verdict, marks.message) == ("wrong", "not the right value")


def marked(answer):
    solution = solve(loads(formula("{x: 3}", "x + 0.3927")), check=False)
    sheet = sheet_from_document(read_text(f"forward: {{f: {answer}}}", lenient=True), solution)
    return mark(solution, sheet).verdicts[0]


@pytest.mark.parametrize("answer", ["0", "-0", "-0.0", "0.0000"])
def test_a_zero_is_a_zero_whatever_its_sign(answer):
    solution = solve(loads(formula("{x: 3}", "x - 3")), check=False)
    sheet = sheet_from_document(read_text(f"forward: {{f: {answer}}}", lenient=True), solution)
    assert mark(solution, sheet).verdicts[0].verdict in ("correct", "imprecise")
