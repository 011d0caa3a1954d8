"""The kinds of layers: the equations that each stands for, and what is said of files that don't fit."""

from __future__ import annotations

import copy
import re

import numpy as np
import pytest
import yaml

from gradcalc.errors import InputError
from gradcalc.formula.expr import Num, mul
from gradcalc.formula.write import code
from gradcalc.problem.keys import Keys, form, key, names
from gradcalc.problem.load import loads
from gradcalc.problem.networks import simple, table
from gradcalc.problem.sizes import checked
from gradcalc.program.letters import in_letters
from gradcalc.program.solve import solve


def equations(text: str) -> list[str]:
    return [f"{equation.name} = {code(equation.expr)}" for equation in loads(text).forward]


def said(text: str) -> list[str]:
    """Each fault as `line:column: message`."""
    with pytest.raises(InputError) as error:
        loads(text)
    return [f"{fault.span.line}:{fault.span.column}: {fault.message}" for fault in error.value.faults]


DROPPED = """\
notation: x @ W + b
inputs: [[1, -2], [0, 1]]
layers:
  - {weights: [[1, -1], [0.5, 1]]}
  - {dropout: [[1, 0], [0, 1]], keep: 0.5}
  - {add: h1}
upstream: [[1, 0], [1, 2]]
"""


def test_dropout_and_residual_layers() -> None:
    text = DROPPED
    assert equations(text) == ["a1 = x @ W1", "h1 = a1", "h2 = h1 * mask2 / 0.5", "yhat = h2 + h1"]
    assert equations(text.replace(", keep: 0.5", ""))[2] == "h2 = h1 * mask2"
    solution = solve(loads(text))
    g = np.array([[1.0, 0.0], [1.0, 2.0]])
    np.testing.assert_allclose(solution.gradients["h1"], g + g * np.eye(2) / 0.5)
    assert "mask2" not in solution.gradients


@pytest.mark.parametrize(
    ("was", "becomes", "fault"),
    [
        (
            "[[1, 0], [0, 1]], keep",
            "[1, 0, 1], keep",
            "5:15: layers[2].dropout is 1×3, but h1 is 2×2: it must be so too",
        ),
        ("keep: 0.5", "keep: 1.5", "5:39: layers[2].keep is 1.5: it must be a number above 0, and at most 1"),
        ("keep: 0.5", "keeps: 0.5", "5:33: layers[2].keeps: unknown key; did you mean 'keep'?"),
        ("{add: h1}", "{add: h7}", "6:11: layers[3].add: unknown quantity 'h7'; known are x, a1, h1, h2"),
        ("{add: h1}", "{add: x2}", "6:11: layers[3].add: unknown quantity 'x2'"),
        ("[[1, -1], [0.5, 1]]", "[[1], [0.5]]", "5:15: layers[2].dropout is 2×2, but h1 is 2×1: it must be so too"),
    ],
)
def test_what_does_not_fit_is_said_with_its_place(was: str, becomes: str, fault: str) -> None:
    assert was in DROPPED
    faults = said(DROPPED.replace(was, becomes))
    assert len(faults) == 1
    assert faults[0].startswith(fault)


def test_a_kind_that_is_misspelled() -> None:
    assert "5:6: layers[2].droput: unknown key; did you mean 'dropout'?" in said(DROPPED.replace("dropout", "droput"))


def test_what_is_added_must_have_the_same_shape() -> None:
    text = "inputs: [1, 2, 3]\nlayers: [{weights: [[1], [2], [3]]}, {add: x}]\nupstream: 1\n"
    fault = "2:44: layers[2].add: x is 3×1, but h1 is 1×1: only the same shape can be added"
    assert fault in said(text)


def test_every_kind_is_told_by_a_key_that_is_its_own() -> None:
    for told, each in table.forms().items():
        assert table.form_of({told: 1}) is each
        assert table.key_of(dict.fromkeys(names(each))) == told


def test_a_kind_is_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    @form
    class Scale(Keys):
        """What goes in, times a number."""

        scale: float = key("The factor")

    def lower(stage, layer):
        for index, source in stage.sources.items():
            stage.put_out(index, mul(Num(layer.scale), source))

    monkeypatch.setitem(simple.KINDS, "scale", table.Kind(Scale, lower))
    monkeypatch.setitem(table.MODULES, "scale", "simple")
    assert equations("inputs: [1, 2]\nlayers: [{scale: 2}]\nupstream: [1, 1]\n") == ["yhat = 2 * x"]
    fault = said("inputs: [1, 2]\nlayers: [{scale: two}]\nupstream: [1, 1]\n")
    assert re.match(r"2:18: layers\[1\]\.scale is two: it must be given", fault[0])


SEQUENCE = """\
notation: W @ x + b
over: {t: 2}
inputs:
  x[t]: [[1, 0], [0, 1]]
targets:
  y[t]: [1, 0]
layers:
  - lstm: {Wx: [[1, 0], [0, 1], [1, 1], [0, 0]], Wh: [[1], [2], [3], [4]], b: [0, 0, 0, 1]}
    order: ifog
  - {weights: [[1], [-1]], activation: softmax}
loss: cross_entropy
reduction: sum
"""


def test_an_lstm_is_equations_by_step() -> None:
    lines = equations(SEQUENCE)
    assert lines[:7] == [
        "a1[1] = Wx1 @ x[1] + Wh1 @ h1[0] + b1",
        "i1[1] = sigmoid(a1[1][1:1])",
        "f1[1] = sigmoid(a1[1][2:2])",
        "o1[1] = sigmoid(a1[1][3:3])",
        "g1[1] = tanh(a1[1][4:4])",
        "c1[1] = f1[1] * c1[0] + i1[1] * g1[1]",
        "h1[1] = o1[1] * tanh(c1[1])",
    ]
    assert lines[14:] == [
        "a2[1] = W2 @ h1[1]",
        "yhat[1] = softmax(a2[1])",
        "a2[2] = W2 @ h1[2]",
        "yhat[2] = softmax(a2[2])",
        "L[1] = cross_entropy(yhat[1], y[1])",
        "L[2] = cross_entropy(yhat[2], y[2])",
        "loss = L[1] + L[2]",
    ]


def test_bptt_shows_the_gradient_of_shared_weights_as_the_sum_over_the_steps() -> None:
    solution = solve(loads(SEQUENCE))
    lines = {equation.name: code(equation.expr) for equation in solution.equations}
    assert lines["dWh1"] == "da1[2] @ h1[1] + da1[1] @ h1[0]"
    assert lines["dWx1"] == "da1[2] @ x[2].T + da1[1] @ x[1].T"
    assert lines["db1"] == "da1[2] + da1[1]"


def test_of_a_sequence_the_last_state_alone_may_go_on() -> None:
    text = SEQUENCE.replace("order: ifog", "order: ifog\n    returns: last").replace("  y[t]: [1, 0]", "  y: 1")
    text = text.replace("reduction: sum\n", "")
    assert equations(text)[-3:] == ["a2 = W2 @ h1[2]", "yhat = softmax(a2)", "loss = cross_entropy(yhat, y)"]


def test_a_formula_may_name_the_members_that_layers_make() -> None:
    text = SEQUENCE.replace("loss: cross_entropy\nreduction: sum", "loss: sum(sum(c1[t] ** 2), t) + h1[2][1]")
    text = text.replace("targets:\n  y[t]: [1, 0]\n", "")
    assert equations(text)[-1] == "loss = (sum(c1[1] ** 2) + sum(c1[2] ** 2)) + h1[2][1]"
    expected = f"{text}expected:\n  forward:\n    c1[t]: [0.1, 0.2]\n"
    assert dict(loads(expected).expected["forward"]) == {"c1[1]": 0.1, "c1[2]": 0.2}


GRU = """\
over: {t: 0..0}
notation: x @ W.T + b
inputs: {"x[t]": [[2]]}
layers:
  - gru: {Wx: [[1], [2], [3]], Wh: [[4], [5], [6]], b: [0, 1, 0], bh: [1, 2, 3]}
    order: rzn
    start: [0.5]
upstream: {"yhat[0]": 1}
"""


def test_a_gru_as_pytorch_has_it() -> None:
    assert equations(GRU) == [
        "ax1[0] = x[0] @ Wx1.T + b1",
        "ah1[0] = h1[-1] @ Wh1.T + bh1",
        "r1[0] = sigmoid(ax1[0][1:1] + ah1[0][1:1])",
        "z1[0] = sigmoid(ax1[0][2:2] + ah1[0][2:2])",
        "n1[0] = tanh(ax1[0][3:3] + r1[0] * ah1[0][3:3])",
        "h1[0] = (1 - z1[0]) * n1[0] + z1[0] * h1[-1]",
        "yhat[0] = h1[0]",
    ]


def test_a_gru_as_in_the_paper() -> None:
    lines = equations(GRU.replace("order: rzn", "order: rzn\n    reset: before\n    z: new"))
    assert lines[3] == "n1[0] = tanh(ax1[0][3:3] + (r1[0] * h1[-1]) @ Wh1[3:3,:].T + bh1[3:3])"
    assert lines[4] == "h1[0] = z1[0] * n1[0] + (1 - z1[0]) * h1[-1]"
    solution = solve(loads(GRU.replace("order: rzn", "order: rzn\n    reset: before\n    z: new")))
    r, z = (1 / (1 + np.exp(-a)) for a in (2 + 2 + 1, 4 + 1 + 2.5 + 2))
    n = np.tanh(6 + 6 * r * 0.5 + 3)
    np.testing.assert_allclose(solution.values["h1[0]"], [[z * n + (1 - z) * 0.5]])


def test_normalisation_has_the_names_of_the_papers() -> None:
    text = """\
notation: x @ W + b
inputs: [[1, 2], [3, 5]]
layers: [{batch_norm: {gamma: [1, 2], beta: [0, 1]}, epsilon: 0.5}]
upstream: [[1, 0], [0, 1]]
"""
    assert equations(text) == [
        "mu1 = mean(x, axis=0)",
        "var1 = mean((x - mu1) ** 2, axis=0)",
        "xhat1 = (x - mu1) / sqrt(var1 + 0.5)",
        "yhat = gamma1 * xhat1 + beta1",
    ]
    of_samples = equations(text.replace("batch_norm", "layer_norm").replace("x @ W", "W @ x"))
    assert of_samples[0] == "mu1 = mean(x, axis=0)"
    assert equations(text.replace("batch_norm", "layer_norm"))[0] == "mu1 = mean(x, axis=1)"


ATTENTION = """\
notation: x @ W + b
inputs: [[1, 0, 0, 1], [0, 1, 1, 0], [1, 1, 0, 0]]
layers:
  - attention:
      Wq: [[1, 0], [0, 1], [1, 0], [0, 0]]
      Wk: [[1, 0], [0, 1], [0, 0], [1, 0]]
      Wv: [[1, 0], [0, 1], [1, 1], [0, 0]]
      Wo: [[1, 1], [0, 1]]
    heads: 2
    causal: true
upstream: [[1, 0], [1, 0], [0, 1]]
"""


def test_attention_has_a_row_of_scores_for_each_that_asks() -> None:
    assert equations(ATTENTION) == [
        "q1 = x @ Wq1",
        "k1 = x @ Wk1",
        "v1 = x @ Wv1",
        "mask1 = tril(ones(rows=3, columns=3))",
        "scores1[1] = (q1[:,1:1] @ k1[:,1:1].T) / sqrt(1)",
        "p1[1] = softmax(where(mask1, scores1[1], -1000000000), axis=1)",
        "head1[1] = p1[1] @ v1[:,1:1]",
        "scores1[2] = (q1[:,2:2] @ k1[:,2:2].T) / sqrt(1)",
        "p1[2] = softmax(where(mask1, scores1[2], -1000000000), axis=1)",
        "head1[2] = p1[2] @ v1[:,2:2]",
        "z1 = concat(head1[1], head1[2], axis=1)",
        "yhat = z1 @ Wo1",
    ]
    p = solve(loads(ATTENTION)).values["p1[2]"]
    assert (np.triu(p, 1) == 0).all()
    np.testing.assert_allclose(p.sum(axis=1), 1)


GATES = "the gates i, f, o and g one below the other"


@pytest.mark.parametrize(
    ("text", "was", "becomes", "fault"),
    [
        (
            SEQUENCE,
            "Wh: [[1], [2], [3], [4]]",
            "Wh: [[1], [2], [3]]",
            f"8:54: layers[1].lstm.Wh is 3×1, but h has 1 entry: it must be 4×1, {GATES}",
        ),
        (
            SEQUENCE,
            "Wx: [[1, 0], [0, 1], [1, 1], [0, 0]]",
            "Wx: [[1, 0], [0, 1]]",
            f"8:16: layers[1].lstm.Wx is 2×2, but x has 2 entries: it must be 4×2, {GATES}",
        ),
        (
            SEQUENCE,
            "b: [0, 0, 0, 1]",
            "b: [0, 0, 1]",
            "8:79: layers[1].lstm.b has 3 numbers, but each of 4 gates has 1 unit",
        ),
        (
            SEQUENCE,
            "order: ifog",
            "order: ifoo",
            "9:12: layers[1].order is ifoo: it must have each of i, f, o and g once, such as ifog",
        ),
        (
            SEQUENCE,
            "    order: ifog\n",
            "",
            "8:5: layers[1] has no 'order', which must be an order of i, f, o and g such as ifgo",
        ),
        (SEQUENCE, "order: ifog", "order: ifog\n    start: {s: 1}", "10:16: layers[1].start.s: there is no state 's'"),
        (SEQUENCE, "order: ifog", "order: ifog\n    start: [1, 2]", "10:12: layers[1].start is 2×1, but h is 1×1"),
        (
            SEQUENCE,
            "inputs:\n  x[t]: [[1, 0], [0, 1]]",
            "inputs: [1, 0]",
            "7:11: layers[1].lstm: x is no sequence: write the inputs by step, as in inputs: {x[t]: …}",
        ),
        (
            SEQUENCE,
            "x[t]:",
            "z[t]:",
            "4:3: inputs.z[t][1]: the inputs of a layered network are called x: write x[t], not 'z[1]'",
        ),
        (
            SEQUENCE,
            "[[1, 0], [0, 1]]\ntargets",
            "[[1, 0], [0, 1, 0]]\ntargets",
            "4:18: inputs.x[t][2] is 3×1, but x[1] is 2×1: all steps have the same shape",
        ),
        (SEQUENCE, "reduction: sum\n", "", "11:7: loss: there are 2 steps, so 'reduction' must say sum or mean"),
        (SEQUENCE, "y[t]: [1, 0]", "y: 1", "6:3: targets: y[1] is needed: there is a target for each of yhat"),
        (
            ATTENTION,
            "heads: 2",
            "heads: 3",
            "9:12: layers[1].heads is 3, but q1 and k1 have 2 entries, which 3 don't divide",
        ),
        (ATTENTION, "heads: 2", "heads: 0", "9:12: layers[1].heads is 0: it must be a whole number from 1 to 1,000"),
        (
            ATTENTION,
            "Wk: [[1, 0], [0, 1], [0, 0], [1, 0]]",
            "Wk: [[1], [0], [0], [1]]",
            "6:11: layers[1].attention.Wk: q1 has 2 entries, and k1 1: a query and a key have as many",
        ),
        (
            ATTENTION,
            "Wq: [[1, 0], [0, 1], [1, 0], [0, 0]]",
            "Wq: [[1, 0], [0, 1]]",
            "5:11: layers[1].attention.Wq is 2×2, but a sample of x has 4 entries: it must be 4×K",
        ),
        (
            ATTENTION,
            "Wo: [[1, 1], [0, 1]]",
            "Wo: [[1, 1]]",
            "8:11: layers[1].attention.Wo is 1×2, but v1 has 2 entries: it must be 2×K",
        ),
        (ATTENTION, "Wv:", "WV:", "5:7: layers[1].attention has no 'Wv', which must be given as numbers"),
    ],
)
def test_of_what_does_not_fit_the_right_shape_is_said(text: str, was: str, becomes: str, fault: str) -> None:
    assert was in text
    assert said(text.replace(was, becomes))[0].startswith(fault)


def test_a_batch_of_one_is_not_normalised() -> None:
    faults = said("inputs: [1, 2]\nlayers: [{batch_norm: {gamma: 1}}]\nupstream: [1, 1]\n")
    assert faults == [
        "2:23: layers[1].batch_norm: there is 1 sample, over which nothing can be normalised: a batch has several"
    ]


EMBEDDED = """\
notation: x @ W + b
inputs: [2, 1, 2]
targets: [0, 1, 1]
layers:
  - {embedding: [[1, 0.5], [0, 1], [2, 2]]}
  - {weights: [[1, -1], [0.5, 1]], activation: softmax}
loss: cross_entropy
reduction: sum
"""


def test_a_word_that_occurs_twice_receives_both_gradients() -> None:
    assert equations(EMBEDDED)[0] == "h1 = lookup(E1, x)"
    solution = solve(loads(EMBEDDED))
    g = solution.gradients["h1"]
    np.testing.assert_allclose(solution.gradients["E1"], [g[1], g[0] + g[2], [0, 0]])
    assert "x" not in solution.gradients
    assert {name for name in solution.problem.given if name in solution.problem.fixed} == {"x"}


@pytest.mark.parametrize(
    ("was", "becomes", "fault"),
    [
        (
            "[2, 1, 2]",
            "[2, 4, 2]",
            "2:13: inputs[2] is 4, but the table has 3 rows: indices are whole numbers from 1 to 3",
        ),
        (
            "[2, 1, 2]",
            "[2, 1, 0]",
            "2:16: inputs[3] is 0, but the table has 3 rows: indices are whole numbers from 1 to 3",
        ),
        ("[2, 1, 2]", "[1.5, 1, 2]", "2:10: inputs[1] is 1.5, but the table has 3 rows"),
        ("[2, 1, 2]", "[[2, 1], [1, 1]]", "2:9: inputs is 2×2: a table takes one index for each sample, in a list"),
        ("  - {emb", "  - {add: x}\n  - {emb", "6:17: layers[2].embedding: h1 is computed: a table's indices are the"),
    ],
)
def test_an_index_that_is_not_there(was: str, becomes: str, fault: str) -> None:
    assert said(EMBEDDED.replace(was, becomes))[0].startswith(fault)


def test_an_index_in_equations_of_ones_own() -> None:
    text = """\
inputs: {k: [2, 2]}
parameters: {E: [[1, 2], [3, 4]]}
equations: {e: "lookup(E, k)", L: sum(e ** 2)}
of: L
"""
    solution = solve(loads(text))
    np.testing.assert_allclose(solution.gradients["E"], [[0, 8], [0, 16]])
    assert "k" not in solution.gradients
    assert solution.verification is not None
    assert solution.verification.max_relative_error < 1e-7
    fault = "1:17: inputs.k[2] is 5, but the table has 2 columns: indices are whole numbers from 1 to 2"
    assert said(text.replace("[2, 2]", "[2, 5]")) == [fault]


ODD = (None, True, -1, 0, "x", [], [1], [[1]], {}, {"x": 1}, [{}], {"Wx": [[1]]})
WHOLE = {
    "rnn": {"rnn": {"Wx": [[1, 2]], "Wh": [[1]], "b": [0]}, "activation": "tanh", "start": [0], "returns": "last"},
    "lstm": {"lstm": {"Wx": [[1, 2]] * 4, "Wh": [[1]] * 4}, "order": "ifog", "start": {"c": [1]}},
    "gru": {
        "gru": {"Wx": [[1, 2]] * 3, "Wh": [[1]] * 3, "bh": [1, 2, 3]},
        "order": "zrn",
        "reset": "before",
        "z": "new",
    },
    "batch_norm": {"batch_norm": {"gamma": [1, 2], "beta": 0}, "epsilon": 0.5},
    "layer_norm": {"layer_norm": {"gamma": [1, 2], "beta": 0}, "epsilon": 0.5},
    "attention": {"attention": {"Wq": [[1, 2]], "Wk": [[1, 2]], "Wv": [[1, 2]], "bo": 1}, "heads": 1, "causal": True},
    "embedding": {"embedding": [[1, 2], [3, 4]]},
    "dropout": {"dropout": [[1], [0]], "keep": 0.5},
    "add": {"add": "x"},
}


def changed(layer: dict) -> list[dict]:
    """The layer with each of its values, and of those inside, in turn another or left out."""
    found = []
    for name, value in layer.items():
        inner = [(name, each) for each in value] if isinstance(value, dict) else []
        for odd in (*ODD, ...):
            for path in ((name,), *inner):
                data = copy.deepcopy(layer)
                place = data if len(path) == 1 else data[path[0]]
                if odd is ...:
                    del place[path[-1]]
                else:
                    place[path[-1]] = odd
                found.append(data)
    return found


@pytest.mark.parametrize("kind", WHOLE)
def test_whatever_stands_in_a_layer_is_a_problem_or_told(kind: str) -> None:
    told = 0
    for layer in changed(WHOLE[kind]):
        sequence = kind in ("rnn", "lstm", "gru")
        inputs = {"x[t]": [[1, 2], [3, 4]]} if sequence else [[1], [2]]
        file = {"notation": "W @ x + b", "inputs": inputs, "layers": [layer], "over": {"t": 2}}
        try:
            loads(yaml.safe_dump(file))
        except InputError:
            told += 1
    assert told > 3


IN_LETTERS = """\
notation: x @ W + b
inputs: N×D
targets: N×H
layers:
  - {weights: D×H}
  - {NORM: {gamma: 1×H, beta: 1×H}}
loss: half_squared_error
reduction: mean
"""


@pytest.mark.parametrize(("kind", "count"), [("batch_norm", "N"), ("layer_norm", "H")])
def test_normalisation_in_letters(kind: str, count: str) -> None:
    problem = loads(IN_LETTERS.replace("NORM", kind))
    solution = solve(problem.letters.apart, check=False)
    errors = [error for _, error in checked(problem, solution, 3)]
    assert len(errors) == 3
    assert max(errors) < 1e-6
    rule = next(eq.expr for eq in solution.equations if eq.name == "dh1")
    assert f"/ {count}" in code(in_letters(rule, problem.letters.marks))
