"""The chain rule written out, in every format."""

import json

import pytest

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.commands.derive import all_derived
from gradcalc.commands.explain import explain_report
from gradcalc.commands.request import Request
from gradcalc.errors import UsageError
from gradcalc.problem.load import load
from gradcalc.program.solve import solve
from gradcalc.report.formats import lookup_format, render
from gradcalc.report.page import Page

LETTERS = """
notation: x @ W + b
inputs: N×Dx
targets: one_hot(Dy, N)
layers:
  - {weights: Dx×H, biases: 1×H, activation: sigmoid}
  - {weights: H×Dy, biases: 1×Dy, activation: softmax}
loss: cross_entropy
reduction: mean
"""
RECURRENT = """
over: {t: 30}
inputs:
  "x[t]": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  "h[0]": 0
parameters: {u: 0.1, w: 0.2}
equations: {"h[t]": "tanh(u * x[t] + w * h[t-1])"}
of: h[30]
"""


def derived(problem="hw3", what=None, form="table", width=100, **more):
    request = Request(str(problem))
    report = all_derived(request, **more) if what is None else explain_report(request, what, derive=True, **more)
    return render(report, lookup_format(form), Page(width))


@pytest.fixture
def letters(tmp_path):
    file = tmp_path / "letters.yaml"
    file.write_text(LETTERS, encoding="utf-8")
    return file


@pytest.fixture
def recurrent(tmp_path):
    file = tmp_path / "recurrent.yaml"
    file.write_text(RECURRENT, encoding="utf-8")
    return file


def test_a_line_has_its_rule_beside_it():
    lines = derived("cross-entropy-batch", "dW1", width=120).splitlines()
    assert "∂loss/∂W¹ = ∂loss/∂f · ∂f/∂W¹                      chain rule: the loss depends on W¹ by f" in lines
    assert "          = xᵀ @ (∇h ⊙ h ⊙ (1 - h))                σ′(f) = h ⊙ (1 - h)" in lines


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("plain", "= x.T @ (dh1 * sigmoid'(a1)) (derivative of sigmoid: h1 = sigmoid(a1))"),
        (
            "markdown",
            r"x^\top \thinspace (\nabla h \odot \sigma'(f)) \qquad \text{derivative of sigmoid: }h = \sigma(f)",
        ),
        ("latex", r"x^\top \, (\nabla h \odot \sigma'(f)) \qquad \text{derivative of sigmoid: }h = \sigma(f)"),
        ("html", '<div class="link" role="group" aria-label="∂loss/∂W¹ = xᵀ @ (∇h ⊙ σ′(f))">'),
    ],
)
def test_every_format_has_the_lines(form, told):
    assert told in derived("cross-entropy-batch", "dW1", form)


def test_data_for_programs():
    data = json.loads(derived("cross-entropy-batch", None, "json"))
    way = next(each for each in data["derivations"] if each["quantity"] == "a2")
    assert way["left"] == "dloss/da2"
    assert [line["by"] for line in way["lines"]] == ["chain", "function", "put", "shortcut"]
    assert way["lines"][0]["latex"].startswith(r"\frac{\partial \mathrm{loss}}{\partial \hat{y}}")
    assert way["lines"][-1]["names"] == ["cross_entropy", "softmax"]
    assert way["lines"][1]["because"] == [{"name": "yhat", "formula": "softmax(a2)"}]


def test_sizes_are_letters(letters):
    assert "= (yhat - y) / N (" in derived(letters, form="plain")
    assert "= sum(h1[n,i] * (yhat[n,j] - y[n,j]), n) / N (" in derived(letters, form="plain", style="indices")
    assert "sum((yhat - y) / N * d(a2))" in derived(letters, form="plain", style="differentials")
    for style in ("chain", "indices", "differentials"):
        assert "301" not in derived(letters, style=style)


def test_the_middle_of_a_sequence_is_left_out(recurrent):
    text = derived(recurrent)
    assert "… ∇h[28] to ∇h[4], ∇x[28] to ∇x[4] follow in the same way: `--full` shows all." in text
    for style in ("chain", "indices"):
        assert "… h[4] to h[28] follow in the same way: `--full` shows all." in derived(recurrent, style=style)
    assert len(text.splitlines()) < 120
    assert "∂h[30]/∂h[20] =" in derived(recurrent, "dh[20]")


def test_inputs_may_be_left_out():
    assert "∂loss/∂x" in derived()
    assert "∂loss/∂x" not in derived(inputs=False)


@pytest.mark.parametrize("width", [30, 40, 60, 80, 120])
@pytest.mark.parametrize("problem", ["hw3", "cross-entropy-batch", "ttic-graph-mixed"])
def test_no_line_is_too_long(width, problem):
    assert max(map(len, derived(problem, width=width).splitlines())) <= width


@pytest.mark.parametrize(
    ("problem", "what", "said"),
    [
        ("hw3", "a1", "--derive goes with the gradient of a whole quantity, such as dW1, and a1 is none"),
        ("hw3", "dW1[1,2]", "--derive goes with the gradient of a whole quantity, such as dW1, and dW1[1,2] is none"),
        ("griewank", "dv6", "dv6 is 1: it is the derivative of v6 by itself"),
        ("mazur-sequential", "dW1", "one parameter is updated after the other"),
        ("goodfellow-xor", "dx", "nothing is differentiated here"),
    ],
)
def test_what_cannot_be_derived_is_refused(problem, what, said):
    with pytest.raises(UsageError, match=said.replace("[", r"\[")):
        derived(problem, what)


def test_what_does_not_go_together_is_refused():
    with pytest.raises(UsageError, match="--derive goes with none of --expand"):
        derived(expand=True)
    with pytest.raises(UsageError, match="--depth -1: it must be 0 or more levels"):
        derived(depth=-1)


def test_entries_have_letters():
    lines = derived("cross-entropy-batch", "dW2", style="indices", width=120).splitlines()
    assert "∂loss/∂W²ᵢⱼ = Σₙ ∂loss/∂θₙⱼ · ∂θₙⱼ/∂W²ᵢⱼ   chain rule: the loss depends on W² by θ" in lines
    assert "            = Σₙ hₙᵢ · ∇θₙⱼ                matrix product: θₙᵢ = Σⱼ hₙⱼ · W²ⱼᵢ + b²ᵢ" in lines
    assert any(line.startswith("            = Σₙ hₙᵢ · (ŷₙⱼ - yₙⱼ)  ") for line in lines)
    latex = derived("cross-entropy-batch", "dW2", "markdown", style="indices")
    assert r"&= \sum_{n} h_{n,i} \cdot (\hat{y}_{n,j} - y_{n,j})" in latex.replace("_ {", "_{")


def test_lines_by_entries_are_an_answer():
    data = json.loads(derived("cross-entropy-batch", "dW2", "json", style="indices"))
    (way,) = data["derivations"]
    lines = [line["formula"] for line in way["lines"] if line["by"] != "chain"]
    assert lines == ["sum(h1[n,i] * da2[n,j], n)", "sum(h1[n,i] * (yhat[n,j] - y[n,j]), n)"]
    solution = solve(load("cross-entropy-batch"))
    for line in lines:
        typed = line.replace("i]", "1]").replace("j]", "2]").replace(", n)", ", n, 1, 3)")
        sheet = sheet_from_data({"gradients": {"W2[1,2]": typed}}, solution)
        assert [verdict.verdict for verdict in mark(solution, sheet).verdicts] == ["correct"]


def test_differentials():
    lines = derived("cross-entropy-batch", "dW2", style="differentials", width=120).splitlines()
    assert "      = ⟨ŷ - y, h @ dW²⟩                     matrix product: dθ = h @ dW²" in lines
    assert "      = trace((ŷ - y)ᵀ @ h @ dW²)            ⟨A, B⟩ = trace(Aᵀ @ B)" in lines
    assert "      = ⟨hᵀ @ (ŷ - y), dW²⟩                  ⟨A, B⟩ = trace(Aᵀ @ B)" in lines
    assert "= sum((h1.T @ (yhat - y)) * d(W2)) (" in derived(
        "cross-entropy-batch", "dW2", "plain", style="differentials"
    )
    latex = derived("cross-entropy-batch", "dW2", "latex", style="differentials")
    assert r"\operatorname{tr}" in latex
    assert r"\mathrm{d}W^{2}" in latex


@pytest.mark.parametrize("style", ["chain", "indices", "differentials"])
@pytest.mark.parametrize("form", ["table", "plain", "markdown", "latex", "html", "json"])
@pytest.mark.parametrize("problem", ["gomez-lstm", "mxnet-head-gradient", "ttic-graph-mixed"])
def test_every_style_in_every_format(problem, form, style):
    assert derived(problem, None, form, style=style)


def test_an_unknown_style_is_refused():
    with pytest.raises(
        UsageError, match="--style index: the styles are chain, indices, differentials; did you mean 'indices'"
    ):
        derived(style="index")
