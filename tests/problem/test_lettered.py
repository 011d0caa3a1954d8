"""Shapes in letters in place of numbers: read at sizes that say their letters, refused in letters, made numbers of."""

import re

import numpy as np
import pytest

from gradcalc.errors import InputError, UsageError
from gradcalc.problem.load import loads
from gradcalc.program.build import build
from gradcalc.program.kinds import ValueKind
from gradcalc.program.letters import spelled
from gradcalc.program.solve import solve

ROW = """
notation: x @ W + b
inputs: 1×Dx
targets: one_hot(Dy)
layers:
  - {weights: Dx×H, biases: 1×H, activation: sigmoid}
  - {weights: H×Dy, biases: 1×Dy, activation: softmax}
loss: cross_entropy
"""
BATCH = ROW.replace("1×Dx", "N×Dx").replace("one_hot(Dy)", "one_hot(Dy, N)") + "reduction: mean\n"
GRAPH = """
inputs: {x1: scalar, x2: scalar}
vertices:
  v: {weights: {x1: vector(n), x2: vector(n)}, activation: softmax_weighted_sum}
  s: {weights: {x1: scalar, x2: scalar}, bias: scalar, activation: sigmoid}
  out: {weights: {v: vector(k), s: vector(k)}, activation: softmax_weighted_sum}
of: o_out
"""
OWN = """
inputs: {b: vector(n), t: m x 1, p: positive(n)}
parameters: {A: "n×n", B: "m×n", w: vector(n), S: symmetric(n)}
equations:
  r: B @ w - t
  q: inner(w, A @ w) + inner(w, S @ w)
  L: q + inner(r, r) + inner(b, log(p))
of: L
"""
UPSTREAM = """
inputs: vector(N)
layers: [{weights: N×K, biases: vector(K), activation: softmax}]
upstream: vector(K)
"""
MANY = "inputs: {" + ", ".join(f"x{i}: vector(s{i})" for i in range(13)) + "}\nequations: {a: x1}\nof: a"


def shapes(text):
    told = loads(text).letters
    return {name: spelled(shape, told.marks) for name, shape in build(told.apart).shapes.items()}


def test_shapes_in_letters():
    asked = ("x", "a1", "yhat", "dW2", "db1", "loss")
    assert {name: shape for name, shape in shapes(BATCH).items() if name in asked} == {
        "x": "N×Dx",
        "a1": "N×H",
        "yhat": "N×Dy",
        "dW2": "H×Dy",
        "db1": "1×H",
        "loss": "",
    }
    assert shapes(GRAPH)["dw_x1_v"] == "n×1"
    assert shapes(OWN)["dB"] == "m×n"
    assert shapes(UPSTREAM)["dW1"] == "N×K"


@pytest.mark.parametrize("text", [ROW, BATCH, GRAPH, OWN, UPSTREAM])
def test_sizes_of_the_numbers_are_small_and_different(text):
    problem = loads(text)
    sizes = [*problem.letters.sizes.values()]
    assert len({*sizes}) == len(sizes)
    assert all(2 <= size < 10 for size in sizes)


def test_what_names_stand_for():
    kinds = loads(OWN).letters.kinds
    assert kinds["S"] == ValueKind("symmetric", ("n",))
    assert kinds["t"] == ValueKind("matrix", ("m", 1))
    problem = loads(OWN, at={"n": 3, "m": 2})
    assert (problem.parameters["S"] == problem.parameters["S"].T).all()
    assert (problem.inputs["p"] > 0).all()
    assert set(np.unique(loads(BATCH, at={"N": 4}).targets["y"])) == {0.0, 1.0}


def test_numbers_of_these_sizes_with_few_decimals():
    problem = loads(ROW, at={"Dx": 3, "H": 2, "Dy": 4}, seed=1)
    assert problem.letters is None
    assert problem.parameters["W1"].shape == (3, 2)
    assert problem.targets["y"].shape == (1, 4)
    assert np.array_equal(problem.parameters["W1"], np.round(problem.parameters["W1"], 1))
    again, other = loads(ROW, at={"Dx": 3, "H": 2, "Dy": 4}, seed=1), loads(ROW, at={"Dx": 3, "H": 2, "Dy": 4}, seed=2)
    assert np.array_equal(problem.parameters["W1"], again.parameters["W1"])
    assert not np.array_equal(problem.parameters["W1"], other.parameters["W1"])


def test_a_number_in_a_shape_is_no_letters_size():
    """Else a shape with the letter for it would fit by chance."""
    assert loads(OWN).letters.sizes == {"n": 2, "m": 3}
    fixed = loads(OWN.replace("m x 1", "2 x 1").replace('"m×n"', '"2×n"'))
    assert fixed.letters.sizes == {"n": 3}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ROW.replace("H×Dy", "G×Dy"), "layers[2].weights is G×Dy, but layer 1 has H outputs: it must be H×K"),
        (ROW.replace("biases: 1×H", "biases: 1×Dy"), "layers[1].biases has Dy numbers, but the layer has H units"),
        (BATCH.replace("one_hot(Dy, N)", "one_hot(Dy)"), "targets is 1×Dy, but yhat is N×Dy"),
        (BATCH.replace("reduction: mean\n", ""), "there are N samples, so 'reduction' must say sum or mean"),
        (OWN.replace("B @ w", "w @ B"), "n×1 @ m×n doesn't fit: 1 column on the left, m rows on the right in w @ B"),
        (ROW.replace("Dx×H", "DxH"), "is 'DxH', which is text, not a number: write a shape as D×H, or as D x H"),
        (ROW.replace("one_hot(Dy)", "one_hot(Dy, N, K)"), "targets"),
        (ROW.replace("one_hot(Dy)", "matrix(Dy)"), "'matrix(Dy)' has the wrong number of sizes: write matrix(n, m)"),
        (ROW.replace("1×Dx", "1×1000"), "a size in '1×1000' must be a letter or a number from 1 to 100"),
        (OWN.replace("{b: vector(n)", "{n: scalar, b: vector(n)"), "'n' is a size already"),
        (
            "inputs: {" + ", ".join(f"x{i}: vector(s{i})" for i in range(13)) + "}\nequations: {a: x1}\nof: a",
            "at most 12",
        ),
    ],
)
def test_what_does_not_fit_is_said_in_letters(text, words):
    with pytest.raises(InputError) as error:
        loads(text)
    assert words in str(error.value)
    assert not re.search(r"×[3-4][0-9][0-9]\b", str(error.value).replace("1×1000", ""))


def test_what_must_be_equal_is_said():
    problem = loads(ROW.replace("1×Dx", "vector"))
    assert problem.letters.same == {"n": "Dx"}
    assert "n is Dx here" in problem.warnings
    with pytest.raises(InputError, match="x has n entries: it must be n×K"):
        loads(ROW.replace("1×Dx", "vector(n)"))


def test_kinds_without_sizes_that_fit_nowhere_are_refused():
    with pytest.raises(InputError, match="H"):
        loads(ROW.replace("1×Dx", "vector").replace("H×Dy", "G×Dy"))


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("reshape(A, 2, 2)", "n×n can't be 2×2: it has n² entries"),
        ("reshape(B, 3, -1)", "n×m can't be 3×?: it has n·m entries"),
        ("flatten(B) + vec(A)", "n²×1 and n·m×1 don't fit together"),
        ("concat(A, B, axis=1) @ c", "n×(n + m) @ m×1 doesn't fit"),
    ],
)
def test_sums_and_products_of_sizes_are_told_in_letters(formula, said):
    with pytest.raises(InputError, match=re.escape(said)):
        loads(f"inputs: {{A: n×n, B: n×m, c: vector(m)}}\nequations: {{f: '{formula}'}}")


def test_sizes_for_letters_that_there_are_not():
    with pytest.raises(UsageError, match="no letter 'D'; did you mean 'Dy'"):
        loads(ROW, at={"D": 3})
    with pytest.raises(UsageError, match="from 1 to 1,000"):
        loads(ROW, at={"H": 0})
    with pytest.raises(UsageError, match="the seed is -1: it must be a whole number from 0 up"):
        loads(ROW, seed=-1)
    with pytest.raises(UsageError, match="no letters for sizes"):
        loads("inputs: {x: 1}\nequations: {f: x * x}\nof: f", at={"n": 3})


def test_a_problem_in_numbers_has_no_letters():
    assert loads("inputs: {x: 1/3}\nequations: {f: x * x}\nof: f").letters is None


def test_sizes_for_other_letters_are_none_that_was_asked_for():
    problem = loads("inputs: {x: n×m}\nequations: {s: sum(x)}\nof: s\n", at={"m": 2})
    rows, columns = problem.inputs["x"].shape
    assert columns == 2 != rows


def test_the_numbers_of_a_distribution_sum_to_1():
    """Rounded to one decimal they would not."""
    for seed in range(5):
        made = loads("inputs: {p: probability(n)}\nequations: {s: sum(p)}\nof: s\n", at={"n": 7}, seed=seed)
        assert abs(made.inputs["p"].sum() - 1) < 1e-12


LAYERS = """
over: {l: L}
parameters:
  w[l]: m[l]×m[l-1]
  b[l]: vector(m[l])
inputs: {"a[0]": "vector(m[0])"}
targets: {y: "vector(m[L])"}
equations:
  z[l]: w[l] @ a[l-1] + b[l]
  a[l]: tanh(z[l])
  C: 0.5 * sum((a[L] - y) ** 2)
of: C
"""


@pytest.mark.parametrize("at", [None, {"L": 3, "m[0]": 2, "m[1]": 4, "m[2]": 5, "m[3]": 3}, {"L": 1}])
def test_a_size_has_an_index(at):
    """The gradients on any depth agree with plain NumPy, layer by layer from the last."""
    problem = loads(LAYERS, at=at)
    values, depth = solve(problem).values, (at or {"L": 2})["L"]
    sizes = [len(values[f"a[{layer}]"]) for layer in range(depth + 1)]
    assert len({*sizes}) == len(sizes)
    delta = (values[f"a[{depth}]"] - values["y"]) * (1 - values[f"a[{depth}]"] ** 2)
    for layer in range(depth, 0, -1):
        weights, before = values[f"w[{layer}]"], values[f"a[{layer - 1}]"]
        assert weights.shape == (sizes[layer], sizes[layer - 1])
        np.testing.assert_allclose(values[f"dw[{layer}]"], delta @ before.T, rtol=1e-12)
        delta = (weights.T @ delta) * (1 - before**2)


def test_shapes_in_letters_have_their_index():
    told = loads(LAYERS).letters
    assert told is not None
    assert told.kinds["w[1]"].sizes == ("m[1]", "m[0]")
    assert told.kinds["w[2]"].sizes == ("m[2]", "m[1]")
    assert told.kinds["y"].sizes == ("m[2]",)


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ("m[k]×m[l-1]", "how far does 'k' count in 'm[k]×m[0]'? Say so under 'over', as in over: {l: L}"),
        ("m[l]×m[l]", "equations.z[l]: m[1]×m[1] @ m[0]×1 doesn't fit"),
        ("m[l]]×n", "is no list"),
    ],
)
def test_a_size_with_a_wrong_index_is_refused(shape, said):
    with pytest.raises(InputError) as error:
        loads(LAYERS.replace("m[l]×m[l-1]", shape))
    assert said in str(error.value)


@pytest.mark.parametrize("letter", ["m[3]", "k[1]", "m"])
def test_a_size_with_an_index_beyond_the_last_is_refused(letter):
    with pytest.raises(UsageError, match="the problem has no letter"):
        loads(LAYERS, at={"L": 2, letter: 3})
