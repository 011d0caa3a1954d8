"""What reports say in sentences, tables and pictures, compared with what was worked out apart from them."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from gradcalc.check.answers.compare import Tolerance
from gradcalc.commands.check import Marking, marks_report
from gradcalc.commands.request import Request
from gradcalc.errors import UsageError
from gradcalc.formula.names import name_table
from gradcalc.formula.shapes import same
from gradcalc.formula.table import Function
from gradcalc.problem.load import loads
from gradcalc.program.descent import take_steps
from gradcalc.program.explain import explain
from gradcalc.program.graph import graph_of
from gradcalc.program.jacobian import explained
from gradcalc.program.solve import solve
from gradcalc.report.document import Document, Workings
from gradcalc.report.document import Quantity as Shown
from gradcalc.report.graph import text as graph_text
from gradcalc.report.html.diagram.network import network_of
from gradcalc.report.page import Page
from gradcalc.report.story.explanation import explanation_document
from gradcalc.report.story.jacobian import MOST, jacobian_document
from gradcalc.report.story.solution import solution_document
from gradcalc.report.story.steps import step_document
from gradcalc.report.terminal import page as terminal
from gradcalc.report.terminal import plain
from gradcalc.report.tex import latex, markdown
from gradcalc.report.tex.escape import prose
from problems import problem


def told(document) -> str:
    return plain.render(document, Page())


# Steps of gradient descent.

LR = 0.1
SQUARE = problem({"loss": "w ** 2"}, parameters={"w": 3.0}, lr=LR)


def losses(count: int) -> list[tuple[float, float]]:
    """The loss w² before and after each step, w going down by 2w times the learning rate."""
    w = 3.0 * (1 - 2 * LR) ** np.arange(count + 1)
    return list(zip(w[:-1] ** 2, w[1:] ** 2, strict=True))


@pytest.mark.parametrize(
    ("count", "shown"), [(4, [1, 2, 3, 4]), (20, list(range(1, 21))), (25, [*range(1, 11), *range(16, 26)])]
)
def test_the_course_of_the_loss(count, shown):
    text = told(step_document(take_steps(SQUARE, count)))
    rows = re.findall(r"^step (\d+), loss before (\S+), loss after (\S+)$", text, re.MULTILINE)
    assert [int(number) for number, _, _ in rows] == shown
    right = losses(count)
    for number, before, after in rows:
        assert (float(before), float(after)) == pytest.approx(right[int(number) - 1], abs=6e-5)
    assert (text.count("…") > 0) == (count > 20)
    first, last = re.findall(r"The loss fell from (\S+) to (\S+)\.", text)[-1]
    assert (float(first), float(last)) == pytest.approx((9.0, right[-1][1]), abs=6e-5)
    assert f"Parameters after {count} steps" in text
    end = re.findall(r"^w = (\S+)$", text.partition("Parameters after")[2], re.MULTILINE)
    assert float(end[0]) == pytest.approx(3.0 * 0.8**count, abs=6e-5)


def test_each_of_a_few_steps_goes_on_from_the_one_before():
    text = told(step_document(take_steps(SQUARE, 3)))
    assert re.findall(r"^Step (\d)$", text, re.MULTILINE) == ["1", "2", "3"]
    found = re.findall(r"The loss fell from (\S+) to (\S+)\.", text)[:3]
    for (before, after), right in zip(found, losses(3), strict=True):
        assert (float(before), float(after)) == pytest.approx(right, abs=6e-5)


def test_one_step_is_said_to_be_one():
    text = told(step_document(take_steps(SQUARE, 1)))
    assert "One step of gradient descent with learning rate lr = 0.1." in text
    assert "Parameters after" not in text


# Sentences of a solution.


@pytest.mark.parametrize(
    ("frozen", "sentence"),
    [
        ({"u"}, "u stays as it is (frozen)."),
        ({"u", "v"}, "u and v stay as they are (frozen)."),
        ({"u", "v", "w"}, "u, v and w stay as they are (frozen)."),
    ],
)
def test_what_is_frozen(frozen, sentence):
    given = problem({"loss": "u * v * w * t"}, parameters=dict.fromkeys("uvwt", 2.0), lr=0.1)
    assert sentence in told(solution_document(solve(replace(given, frozen=frozenset(frozen)))))


@pytest.mark.parametrize(("lr", "verb"), [(0.1, "fell"), (-0.1, "rose")])
def test_the_loss_goes_where_it_goes(lr, verb):
    text = told(solution_document(solve(replace(SQUARE, lr=lr))))
    before, after = re.search(rf"The loss {verb} from (\S+) to (\S+)\.", text).groups()
    assert float(before) == 9.0
    assert float(after) == pytest.approx((3 * (1 - 2 * lr)) ** 2, abs=6e-5)


@pytest.mark.parametrize(("factor", "said"), [("1", "Gradients checked"), ("1.001", "Gradients don't agree well")])
def test_a_gradient_one_thousandth_off_is_not_called_right(table, factor, said):
    table(
        Function(
            name="cube",
            args=("a",),
            value=lambda a: a**3,
            summary="the third power",
            shape=same,
            elementwise=True,
            gradient={"a": f"{factor} * 3 * g * a ** 2"},
        )
    )
    assert said in told(solution_document(solve(problem({"loss": "cube(w)"}, parameters={"w": 2.0}))))


def test_every_section_is_there_in_its_order():
    text = told(solution_document(solve(SQUARE)))
    headings = ["Given", "Forward pass", "Backward pass (backpropagation)", "Update", "After the update", "Check"]
    assert [line for line in text.splitlines() if line in headings] == headings


# Explanations and Jacobians.


def test_of_many_factors_that_are_left_out_the_rest_is_counted():
    names = [f"v{i}" for i in range(1, 8)]
    lines = {name: f"w * {i}" for i, name in enumerate(names, 2)} | {"f": " + ".join(names)}
    explanation = explain(solve(problem(lines, inputs={"w": 1.0}, objective="f"), check=False), "f")
    steps = (replace(explanation.steps[0], left=tuple(names[:5])), *explanation.steps[1:])
    text = told(explanation_document(replace(explanation, steps=steps)))
    assert "not explained further: v1 and 4 more" in text
    steps = (replace(explanation.steps[0], left=tuple(names[:3])), *explanation.steps[1:])
    assert "not explained further: v1, v2 and v3" in told(explanation_document(replace(explanation, steps=steps)))


@pytest.mark.parametrize(("rows", "columns"), [(2, 3), (MOST, 2), (MOST + 1, 2), (2, MOST + 1)])
def test_a_jacobian_that_is_cut_says_so(rows, columns):
    rng = np.random.default_rng(0)
    given = problem(
        {"y": "W @ x", "f": "sum(y)"},
        inputs={"x": rng.normal(size=(columns, 1))},
        parameters={"W": rng.normal(size=(rows, columns))},
        objective="f",
    )
    solution = solve(given, check=False)
    text = told(jacobian_document(explained("y/x", solution), solution))
    assert ("This is a part of it" in text) == (rows > MOST or columns > MOST)


def test_the_jacobian_by_a_matrix_is_told_column_by_column():
    """y = W x, so the derivative of y[i] by W[k,j] is x[j] where i = k: in the block of column j, x[j] times I."""
    given = problem(
        {"y": "W @ x", "f": "sum(y)"},
        inputs={"x": [[5.0], [7.0], [9.0]]},
        parameters={"W": [[1.0, 2, 3], [4, 5, 6]]},
        objective="f",
    )
    solution = solve(given, check=False)
    text = told(jacobian_document(explained("y/W", solution), solution))
    blocks = text.split("With respect to column ")[1:]
    assert [block[0] for block in blocks] == ["1", "2", "3"]
    for block, x in zip(blocks, ("5", "7", "9"), strict=True):
        rows = re.findall(r"^ ?y\[(\d)\], (W\[\d,\d\]) (\S+), (W\[\d,\d\]) (\S+)$", block, re.MULTILINE)
        j = block[0]
        assert rows == [("1", f"W[1,{j}]", x, f"W[2,{j}]", "0"), ("2", f"W[1,{j}]", "0", f"W[2,{j}]", x)]


# The network of the web page.

NETWORK = """
notation: "%s"
inputs: [0.5, -1]
targets: [0.2, 0.4, 0.9]
layers: [{weights: %s, biases: [0.1, 0.2, 0.3], activation: sigmoid}]
loss: half_squared_error
"""


@pytest.mark.parametrize("notation", ["W.T @ x + b", "W @ x + b", "x @ W + b"])
def test_each_unit_and_each_weight_has_its_own_numbers(notation):
    weights = np.array([[1, -2, 0.3], [0.4, 0.5, -0.6]])
    written = (weights.T if notation == "W @ x + b" else weights).tolist()
    network = network_of(solve(loads(NETWORK % (notation, written), "n"), check=False))
    x, b, y = np.array([0.5, -1]), np.array([0.1, 0.2, 0.3]), np.array([0.2, 0.4, 0.9])
    out = 1 / (1 + np.exp(-(x @ weights + b)))
    delta = (out - y) * out * (1 - out)
    units = {unit.id: unit for unit in network.units}
    for j in range(3):
        unit = units[f"yhat[{j + 1}]"]
        assert (unit.bias, unit.value) == (b[j], pytest.approx(out[j]))
        assert unit.gradient == pytest.approx(out[j] - y[j])
    links = {(link.source, link.target): link for link in network.links if link.weight is not None}
    for i in range(2):
        for j in range(3):
            link = links[f"x[{i + 1}]", f"yhat[{j + 1}]"]
            assert (link.weight, link.gradient) == (weights[i, j], pytest.approx(x[i] * delta[j]))


# The graph in the terminal.


def legend(lines, **settings) -> str:
    graph = graph_of(solve(problem(lines, inputs={"x": 2.0}, **settings), check=False))
    return " ".join(graph_text.render(graph, Page(100)).split())


def test_whose_gradient_it_is():
    assert "The gradient on each value is the gradient of g;" in legend({"f": "x ** 2", "g": "f * 3"}, objective="g")
    above = {"f": np.array(2.0), "g": np.array(1.0)}
    text = legend({"f": "x ** 2", "g": "3 * x"}, objective=None, upstream=above)
    assert "The gradient on each value comes from the gradients on f and g;" in text


@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_line_that_is_cut_keeps_its_columns(width):
    names = [f"long_name_{i}" for i in range(12)]
    graph = graph_of(solve(problem({"f": " + ".join(names)}, inputs=dict.fromkeys(names, 1.0), objective="f")))
    lines = graph_text.render(graph, Page(width)).splitlines()
    (head,) = [line for line in lines if line.endswith("gradient")]
    (cut,) = [line for line in lines if "f = " in line]
    assert "…" in cut
    assert len(head) <= width
    assert cut[head.index("value") :].split() == ["12", "1"]
    assert cut[head.index("gradient") :] == "1"


# LaTeX and Markdown.


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("say 'a' and \"b\"", "say `a' and ``b''"),
        ("it's", "it's"),
        ("x^2 ~ y", r"x\textasciicircum{}2 \textasciitilde{} y"),
        ("50% & #1 {_} $", r"50\% \& \#1 \{\_\} \$"),
        ("a \\ b", r"a \textbackslash{} b"),
        ("1.5e-7", r"$1.5 \times 10^{-7}$"),
        ("`x_1`", r"\texttt{x\_1}"),
        ("a < b > c | d", "a $<$ b $>$ c $|$ d"),
    ],
)
def test_sentences_in_latex(text, tex):
    assert prose(text) == tex


@pytest.mark.parametrize("render", [latex.render, markdown.render])
def test_of_a_large_matrix_the_first_and_the_last_rows_are_shown(render):
    """Rows that say their number: none stands twice, none in the place of another."""
    value = np.arange(1.0, 21.0).reshape(20, 1) @ np.ones((1, 2))
    document = Document((Workings((Shown("x", value, section="given"),), {}),), name_table(["x"]))
    rows = re.findall(r"(?<![\d&])\s(\d+) & (\d+) ", render(document, Page()))
    shown = [int(a) for a, b in rows if a == b]
    assert shown == [*range(1, len(shown) // 2 + 1), *range(21 - len(shown) // 2, 21)]
    assert len(shown) >= 4


# Options.


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, (0.1, 0.2)),
        ({"rtol": 0.5}, (0.5, 0.2)),
        ({"atol": 0.5}, (0.1, 0.5)),
        ({"rtol": 0.0, "atol": 0.0}, (0.0, 0.0)),
    ],
)
def test_each_tolerance_overrides_its_own(options, expected):
    made = Marking(**options).tolerance(Tolerance(4, rtol=0.1, atol=0.2))
    assert (made.rtol, made.atol) == expected


@pytest.mark.parametrize("options", [{"carried": 1.1}, {"imprecise": -0.1}, {"rtol": -1}, {"atol": float("inf")}])
def test_shares_and_tolerances_have_their_bounds(options):
    with pytest.raises(UsageError):
        Marking(**options)


def test_the_learning_rate_stands_as_it_is_given_in_every_step():
    document = step_document(take_steps(replace(SQUARE, lr=0.123456), 2))
    first, second = terminal.render(document, Page(100)).split("Step 2")
    assert "w_new = w - η · ∇w = 3 - 0.123456 · 6 = 2.2593" in first
    assert "w_new = w - η · ∇w = 2.2593 - 0.123456 · 4.5185 = 1.7014" in second


# Marks.

SHEET = "loss: 0.5\nforward: {yhat: [0.6267, 0.3733], h1: [0.982, 0.5]}\n"


def marked(tmp_path, **options):
    sheet = tmp_path / "sheet.yaml"
    sheet.write_text(SHEET)
    return marks_report(Request("hw3"), str(sheet), Marking(**options))


def test_the_page_of_marks_has_each_number_under_its_word(tmp_path):
    """The source's own numbers: ŷ in equation (16), the loss in (31)."""
    report = marked(tmp_path)
    text = told(report.document())
    assert re.search(r"^2 of 3 .*: 2 correct, 1 wrong\.$", text, re.MULTILINE)
    rows = [line for line in text.splitlines() if line.startswith("verdict ")]
    (loss,) = [row for row in rows if "quantity loss" in row]
    assert re.match(r"verdict ✗ wrong, quantity loss, yours 0\.5, right 0\.3927, why \S", loss)
    (right,) = [row for row in rows if "quantity yhat" in row]
    assert right.startswith("verdict ✓ correct, quantity yhat, yours [0.6267, 0.3733]")
    assert "right" not in right


def test_a_hidden_key_is_nowhere_on_it(tmp_path):
    text = told(marked(tmp_path, hide_key=True).document())
    assert ", right " not in text
    assert "yours 0.5, why not the right value" in text
    assert "0.3927" not in text


def test_of_a_sheet_with_every_answer_the_points_are_said(tmp_path):
    (tmp_path / "p.yaml").write_text("inputs: {x: 3}\nequations: {f: x * x}\nof: f\n")
    (tmp_path / "s.yaml").write_text("forward: {f: 9}\ngradients: {f: 1, x: 5}\n")
    report = marks_report(Request(str(tmp_path / "p.yaml")), str(tmp_path / "s.yaml"), Marking())
    assert "2 of 3 points: 2 correct, 1 wrong." in told(report.document())
