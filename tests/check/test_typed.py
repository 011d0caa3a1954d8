"""Formulas as people type them mean what they mean on paper and in NumPy, and are parsed, never run."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcalc.check.answers.layouts import numbers
from gradcalc.check.answers.names import Names
from gradcalc.check.answers.read import read_answer, sheet_from_document
from gradcalc.check.marking.mark import mark
from gradcalc.errors import InputError
from gradcalc.formula.evaluate import evaluate
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis
from gradcalc.problem.load import load, loads
from gradcalc.problem.source import read_text
from gradcalc.program.sections import quantities
from gradcalc.program.solve import solve

COLUMNS = solve(
    loads(
        """
inputs: [[1, 0.5, -1, 2], [2, -0.3, 0.4, 1]]
targets: [[0, 1, 1, 0]]
notation: W @ x + b
layers:
  - {weights: [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]], biases: [0.1, -0.2, 0.3], activation: sigmoid}
  - {weights: [[0.7, -0.8, 0.9]], biases: [0.2], activation: sigmoid}
loss: binary_cross_entropy
reduction: mean
lr: 0.1
"""
    )
)
GRAPH = solve(
    loads(
        """
inputs: {x1: 1, x2: 0.5}
targets: {O3: 1}
vertices:
  O1: {activation: sigmoid, weights: {x1: 0.1, x2: 0.2}, bias: 0.1}
  O2: {activation: sigmoid, weights: {x1: 0.3, O1: -0.4}, bias: 0.2}
  O3: {activation: sigmoid, weights: {O1: 0.5, O2: 0.6}, bias: 0.3}
loss: half_squared_error
lr: 0.1
"""
    )
)
V = {name: np.asarray(value) for name, value in COLUMNS.values.items()}
S = V["h1"] * (1 - V["h1"])


def value(label, text, solution=COLUMNS):
    """What an answer's formula comes to."""
    answer = read_answer(label, text, solution)
    assert answer.unreadable == ""
    assert answer.formula is not None
    return evaluate(answer.formula, solution.values, solution.problem.axis)


@pytest.mark.parametrize(
    ("label", "text", "expected"),
    [
        ("gradients.W2", "np.dot(da2, h1.T)", V["da2"] @ V["h1"].T),
        ("gradients.W2", "da2.dot(h1.T)", V["da2"] @ V["h1"].T),
        ("gradients.W2", "np.matmul(dZ2, A1.T)", V["da2"] @ V["h1"].T),
        ("gradients.W2", "torch.mm(da2, h1.t())", V["da2"] @ V["h1"].T),
        ("gradients.W2", "da2 @ h1.transpose()", V["da2"] @ V["h1"].T),
        ("gradients.W2", "δ2h1ᵀ", V["da2"] @ V["h1"].T),
        ("gradients.W2", "δ2 h1^T", V["da2"] @ V["h1"].T),
        ("gradients.W2", "δ2 · h1ᵀ", V["da2"] @ V["h1"].T),
        ("gradients.W2", "dW2 = da2 @ h1.T", V["da2"] @ V["h1"].T),
        ("gradients.W2", "∂L/∂W2 = δ_2 h_1^T", V["da2"] @ V["h1"].T),
        ("gradients.W2", r"\delta_2 h_1^\top", V["da2"] @ V["h1"].T),
        ("gradients.W2", r"$\delta^{(2)} {h^{(1)}}^T$", V["da2"] @ V["h1"].T),
        ("gradients.h1", "W2ᵀδ2", V["W2"].T @ V["da2"]),
        ("gradients.h1", "W2' * da2", V["W2"].T * V["da2"]),
        ("gradients.h1", r"W_2^\top \delta_2", V["W2"].T @ V["da2"]),
        ("gradients.h1", r"\mathbf{W}_2^T \frac{\partial L}{\partial z_2}", V["W2"].T @ V["da2"]),
        ("gradients.h1", "`W^{(2)}ᵀ ∂E/∂a2`", V["W2"].T @ V["da2"]),
        ("gradients.a1", "dh1 * (a1 > 0)", V["dh1"] * (V["a1"] > 0)),
        ("gradients.a1", "(a1 <= 0.1) * dh1", V["dh1"] * (V["a1"] <= 0.1)),
        ("gradients.a1", "np.where(z1 >= 0, dh1, 2)", np.where(V["a1"] >= 0, V["dh1"], 2)),
        ("gradients.a1", "dh1 * (a1 > 0).astype(float)", V["dh1"] * (V["a1"] > 0)),
        ("gradients.a1", "np.multiply(dh1, σ′(a1))", V["dh1"] * S),
        ("gradients.a1", "W2ᵀδ2 ⊙ h1(1−h1)", V["W2"].T @ V["da2"] * S),
        ("gradients.a1", "(W2ᵀδ2) ∘ σ'(z1)", V["W2"].T @ V["da2"] * S),
        ("gradients.a1", r"W_2^\top \delta_2 \odot h_1 \odot (1 - h_1)", V["W2"].T @ V["da2"] * S),
        ("gradients.a1", r"\frac{\partial L}{\partial h_1} \sigma'(a_1)", V["dh1"] * S),
        ("gradients.a1", "dh1 * A1 * (1 - np.power(A1, 1))", V["dh1"] * S),
        ("gradients.a1", "dh1 * tanh'(a1)", V["dh1"] * (1 - np.tanh(V["a1"]) ** 2)),
        ("gradients.b1", "np.sum(da1, axis=1, keepdims=True)", V["da1"].sum(axis=1, keepdims=True)),
        ("gradients.b1", "da1.sum(1)", V["da1"].sum(axis=1, keepdims=True)),
        ("gradients.b1", "da1.sum(dim=-1, keepdim=True)", V["da1"].sum(axis=1, keepdims=True)),
        ("gradients.b1", "np.mean(da1, axis=1)", V["da1"].mean(axis=1, keepdims=True)),
        ("gradients.b1", "np.max(da1, axis=1)", V["da1"].max(axis=1, keepdims=True)),
        ("gradients.b1", "da1.max(dim=1, keepdim=True)", V["da1"].max(axis=1, keepdims=True)),
        ("gradients.b1", "np.amin(da1, 1)", V["da1"].min(axis=1, keepdims=True)),
        ("gradients.b1", "da1 @ np.max(da1, axis=0).T", V["da1"] @ V["da1"].max(axis=0, keepdims=True).T),
        ("gradients.b1", "da1 @ da1.min(0).T", V["da1"] @ V["da1"].min(axis=0, keepdims=True).T),
        ("gradients.b1", "da1 @ np.mean(da1, axis=-2).T", V["da1"] @ V["da1"].mean(axis=0, keepdims=True).T),
        ("gradients.b1", "1/4 np.sum(da1, axis=1)", V["da1"].sum(axis=1, keepdims=True) / 4),
        ("gradients.b1", "da1.mean(1) * 4", V["da1"].mean(axis=1, keepdims=True) * 4),
        ("gradients.a2", "(ŷ − y)/4", (V["yhat"] - V["y"]) / 4),
        ("gradients.a2", "1/4 (y_hat - t)", (V["yhat"] - V["y"]) / 4),
        ("gradients.a2", r"\frac{1}{4}(\hat{y} - y)", (V["yhat"] - V["y"]) / 4),
        ("forward.h1", "1 / (1 + np.exp(-a1))", V["h1"]),
        ("forward.h1", "scipy.special.expit(W1 @ x + b1)", V["h1"]),
        ("forward.h1", "np.tanh(z1)**2", np.tanh(V["a1"]) ** 2),
        ("forward.h1", "np.maximum(0, Z1)", np.maximum(0, V["a1"])),
        ("forward.h1", "np.clip(a1, -0.1, 0.1)", np.clip(V["a1"], -0.1, 0.1)),
        ("forward.h1", "√(a1²)", abs(V["a1"])),
        ("loss", "-np.mean(y*np.log(yhat) + (1-y)*np.log(1-yhat))", V["loss"]),
        ("updated.W1", "W1 - η dL/dW1", V["W1_new"]),
        ("updated.W1", "W_1 − α ∇W1", V["W1_new"]),
        ("updated.W1", "W1 - 0,1 * dW1", V["W1_new"]),
        ("updated.W1", r"W_1 - \eta \nabla_{W_1} L", V["W1_new"]),
    ],
)
def test_a_formula_is_what_it_is_on_paper_or_in_numpy(label, text, expected):
    assert value(label, text) == pytest.approx(np.asarray(expected), rel=1e-12)


@pytest.mark.parametrize(
    ("label", "text", "expected"),
    [
        ("gradients.w_O2_O3", "(O3 - y) * O2 * O3 * (1 - O3)", lambda v: v["dw_O2_O3"]),
        ("gradients.w_O2_O3", "δ_O3 O2", lambda v: v["dw_O2_O3"]),
        ("gradients.a_O3", "(O3 − y)·O3·(1 − O3)", lambda v: v["da_O3"]),
        ("forward.O2", "σ(w_x1_O2 x1 + w_O1_O2 O1 + b_O2)", lambda v: v["o_O2"]),
    ],
)
def test_a_vertex_is_its_output(label, text, expected):
    assert value(label, text, GRAPH) == pytest.approx(expected(GRAPH.values), rel=1e-12)


@pytest.mark.parametrize(
    ("section", "name", "equation"),
    [
        *[("gradients", name, "dW2") for name in ("W_2", "W^{(2)}", "W^[2]", "W^(2)", "dL/dW2", "∂L/∂W2", "dW_2")],
        *[("gradients", name, "dW2") for name in (r"\frac{\partial L}{\partial W_2}", r"\nabla_{W_2} L", "grad_W2")],
        *[("gradients", name, "dW2") for name in ("dL_dW2", "dLdW2", "dloss_dW2", "d_loss_d_W2", "dJ_dW_2")],
        ("gradients", "dL_dz2", "da2"),
        *[("gradients", name, "da2") for name in ("δ2", "z2", "dz2", "dZ2", "delta2", r"\delta^{(2)}", "δ_2")],
        *[("gradients", name, "dh1") for name in ("A1", "dA1", "dh1", r"\mathbf{h}_1")],
        *[("forward", name, "h1") for name in ("A1", "A^{[1]}", "h_1", "H1", "o1")],
        *[("forward", name, "a1") for name in ("Z1", "z1", "a1", "net1", "z^{(1)}")],
        *[("forward", name, "yhat") for name in ("A2", "ŷ", "y_hat", r"\hat{y}", "h2", "y_pred")],
        *[("loss", name, "loss") for name in ("loss", "L", "J", "E", "Loss", "cost")],
        *[("after", name, "loss_new") for name in ("loss", "Loss", "L")],
        *[("updated", name, "W1_new") for name in ("W1", "W1_new", "W_1", "W1'", "new_W1", "W_1^{new}")],
    ],
)
def test_names_that_people_use(section, name, equation):
    data = {section: {name: 1}} if section != "loss" else {name: 1}
    (answer,) = sheet_from_document(read_text(_yaml(data), lenient=True), COLUMNS).answers
    assert answer.name == equation


def _yaml(data):
    import yaml

    return yaml.safe_dump(data, allow_unicode=True)


@pytest.mark.parametrize(
    ("key", "equation"),
    [("dW1", "dW1"), ("∂L/∂W1", "dW1"), ("h1", "h1"), ("W1_new", "W1_new"), ("Loss", "loss"), ("δ1", "da1")],
)
def test_an_answer_may_stand_outside_all_sections(key, equation):
    (answer,) = sheet_from_document(read_text(f"{key}: 1\n", lenient=True), COLUMNS).answers
    assert answer.name == equation


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("np.sum(da1[0,1])", "NumPy counts entries from 0"),
        ("np.dot(da2)", "dot takes 2 arguments"),
        ("np.sum(da1, axis=2)", "a matrix has the axes 0"),
        ("np.linalg.svd(da1)", "unknown name 'svd'"),
        ("np.load('file')", "unknown name 'load'"),
        ("dW3 = da2 @ h1.T", "this says what dW3 is"),
        ("W1 = da2 @ h1.T", "this says what W1 is"),
        ("\\input{/etc/passwd}", "unknown"),
        ("da7 h1", "did you mean"),
    ],
)
def test_what_cannot_be_read_is_said(text, words):
    assert words in read_answer("gradients.W2", text, COLUMNS).unreadable


@pytest.mark.parametrize(
    ("label", "text", "id", "words"),
    [
        ("gradients.W2", "da2 @ h1", "factor-transposed", "h1.T belongs here"),
        ("gradients.h1", "W2 @ da2", "weights-transposed", "W2.T belongs here"),
        ("gradients.h1", "W2ᵀ ⊙ da2ᵀ", "factor-transposed", ""),
        ("gradients.W1", "x @ da1.T", "answer-transposed", "transposed"),
        ("gradients.W1", "x.T @ da1", "factors-in-wrong-order", "da1 @ x.T"),
        ("gradients.W1", "da1 * x.T", "not-matrix-product", "da1 @ x.T"),
        ("gradients.a1", "dh1 @ h1 * (1 - h1)", "not-elementwise-product", "dh1 * h1"),
    ],
)
def test_what_does_not_fit_is_wrong_and_named(label, text, id, words):
    section, name = label.split(".")
    sheet = sheet_from_document(read_text(f'{section}: {{{name}: "{text}"}}', lenient=True), COLUMNS)
    (verdict,) = mark(COLUMNS, sheet).verdicts
    if id != "answer-transposed":
        assert verdict.verdict == "wrong"
    assert [mistake.id for mistake in verdict.mistakes] == [id] or not words
    assert words in verdict.message


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "x" + ")" * 500,
        "x^" * 900 + "x",
        "√" * 1900 + "x",
        "x " * 900,
        "x·" * 900 + "x",
        "-" * 1900 + "x",
        "np." * 600 + "x",
        "σ′(" * 300 + "x" + ")" * 300,
        "x>" * 900 + "x",
        "{" * 1900,
        "\\frac{" * 300,
        "W1 x + " * 200 + "W1 x",
        "x.T" * 600,
        "∂L/" * 600,
    ],
)
def test_long_and_deep_texts_end_in_an_answer_or_a_reason(text):
    answer = read_answer("gradients.W1", text, COLUMNS)
    assert answer.unreadable or answer.formula is not None


WORDS = r"""
x W1 W2 h1 da2 δ2 yhat σ np. sum dot exp ( ) [ ] { } , . .T ᵀ ^ ** * @ · + - / = > 1 0.5 1e9 ′ ' √ ⟨ ⟩ ∂L/∂ ∇
\frac \hat _ axis=0 # " ` $ ; where 9**9 ones kron
"""
_PIECES = st.sampled_from([*WORDS.split(), "\u202e", "\u0302"])


@given(st.one_of(st.lists(_PIECES, max_size=25).map("".join), st.lists(_PIECES, max_size=25).map(" ".join), st.text()))
def test_no_text_brings_the_reader_or_the_marking_down(text):
    answer = read_answer("gradients.W1", text, COLUMNS)
    assert isinstance(answer.unreadable, str)
    try:
        document = read_text(f"gradients:\n  W1: {text}\n", lenient=True)
        sheet = sheet_from_document(document, COLUMNS)
    except InputError:
        return
    mark(COLUMNS, sheet)


# The tables of the documentation.

PAGE = (Path(__file__).parents[2] / "docs" / "checking.md").read_text(encoding="utf-8")
HW3 = solve(load("hw3"), check=False)


def rows(head):
    """The rows of the table under a head, each as its cells."""
    table = PAGE.split(f"\n| {head} |\n")[1].split("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in row.strip("| ").split(" | ")] for row in table]


def code(cell):
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("text", [t for _, cell in rows("from | read as [[0.25, -1], [3, 0.5]]") for t in code(cell)])
def test_the_page_s_arrays_are_read(text):
    found = numbers(text, {}, (), Axis.COLUMNS, lambda path: "", (2, 2))
    assert found.values.tolist() == [[0.25, -1.0], [3.0, 0.5]]


@pytest.mark.parametrize(
    ("name", "also"), [(name, t) for name, cell in rows("quantity | also called") for t in code(cell)]
)
def test_the_page_s_names_are_understood(name, also):
    assert Names(HW3).alone(also) == name


@pytest.mark.parametrize(("typed", "means"), [(code(a)[0], code(b)[0]) for a, b in rows("as typed | means")])
def test_the_page_s_formulas_mean_what_it_says(typed, means):
    expected = evaluate(parse(means), HW3.values, HW3.problem.axis)
    label = next(q.label for q in quantities(HW3) if q.section == "after")
    assert value(label, typed, HW3) == pytest.approx(expected, rel=1e-12)
