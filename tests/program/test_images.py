"""Images from file to report: arrays of more than two axes, convolution, pooling, and the layers of both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import image_loops as by_loops
import numpy as np
import pytest
import reference
import yaml
from programs import FORMATS, assert_same

from gradcalc import InputError, check, load, loads
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.commands.request import Request
from gradcalc.commands.solve import solution_report
from gradcalc.formula.entries import entry, entry_name, positions
from gradcalc.formula.table import Axis
from gradcalc.program.explain import explain
from gradcalc.program.solve import solve
from gradcalc.report.formats import lookup_format, render
from gradcalc.report.page import Page

NETWORK = """
inputs: {x: [[[1, 2, 0, 1, 2], [0, 1, 3, 2, -1], [2, 1, 0.5, 1, 0], [1, 0, 2, 1, 1], [0.3, 1, -2, 0, 1]],
             [[0, 1, 1, -1, 2], [2, 0, 1, 1, 3], [1, 1, 0, 2, 1], [0, 2, 1, 0.1, 1], [1, 0, 1, 2, 0]]]}
parameters:
  w: [[[[1, 0.5], [-1, 2]], [[0.2, 1], [1, -1]]], [[[0, 1], [1, 0]], [[-0.5, 1], [0.3, 0.2]]]]
  b: [0.5, -0.25]
equations:
  a: conv2d(x, w, b, stride=1, padding=1)
  h: tanh(a)
  p: max_pool(h, size=2, stride=2)
  q: avg_pool(upsample(p), size=2, stride=1)
  v: flatten(q)
  L: sum(v ** 2) / 2
of: L
lr: 0.1
"""


def shown(text: str, form: str, folder: Path) -> str:
    file = folder / "images.yaml"
    file.write_text(text, encoding="utf-8")
    return render(solution_report(Request(str(file))), lookup_format(form), Page(80))


def test_a_network_of_images_by_loops() -> None:
    solution = solve(loads(NETWORK))
    x, w, b = (solution.values[name] for name in ("x", "w", "b"))
    h = np.tanh(by_loops.conv2d(x, w, b, 1, 1))
    p = by_loops.max_pool(h, 2, 2)
    q = by_loops.avg_pool(by_loops.upsample(p), 2, 1)
    dp = by_loops.sum_pool(by_loops.avg_unpool(q, by_loops.upsample(p), 2, 1))
    da = by_loops.max_unpool(dp, h, 2, 2) * (1 - h**2)
    wanted = {"q": q, "dp": dp, "da": da, "dw": by_loops.conv2d_weight(da, x, w, 1, 1)}
    wanted |= {"dx": by_loops.conv2d_input(da, w, x, 1, 1), "db": by_loops.per_channel(da, b)}
    for name, value in wanted.items():
        np.testing.assert_allclose(solution.values[name], value, rtol=1e-12, atol=1e-13, err_msg=name)
    assert solution.verification.max_relative_error < 1e-7


TIED = """
inputs: {x: [[2, 2, 1], [0, 2, 2], [1, 1, 1]]}
equations: {p: "max_pool(x, size=2, stride=1)", L: sum(p ** 2)}
of: L
"""
"""In three windows the largest number stands twice or more: the first of them receives."""


@pytest.mark.parametrize("text", [NETWORK, TIED])
def test_every_entry_is_what_is_written_of_it(text: str) -> None:
    """Where a window lies, and in which windows a pixel is, by the formulas that `explain` shows."""
    solution = solve(loads(text), check=False)
    values = {
        entry_name(name, value.shape, *place): float(value[place] if value.ndim else value)
        for name, value in solution.values.items()
        for place in positions(value.shape)
    }
    for equation in solution.equations:
        if equation.section not in ("forward", "backward"):
            continue
        shapes = {name: solution.shapes[name] for name in equation.uses}
        value = solution.values[equation.name]
        for place in positions(value.shape):
            found = reference.evaluate(entry(equation.expr, place, shapes), values)
            assert found == pytest.approx(float(value[place] if value.ndim else value), abs=1e-12), equation.name


def test_one_pixel_is_explained() -> None:
    text = "inputs: {x: [[1, 2, 0], [0, 1, 3], [2, 1, 0]]}\nparameters: {w: [[1, 0], [-1, 2]]}\n"
    text += "equations: {a: 'conv2d(x, w)', L: sum(a ** 2) / 2}\nof: L\n"
    step = explain(solve(loads(text)), "dx[1,2]").steps[0]
    assert (step.name, step.value) == ("dx[1,2]", 7.0)  # 7 · 1 + 3 · 0
    assert explain(solve(loads(NETWORK)), "dx[2,1,3]").value == pytest.approx(
        float(solve(loads(NETWORK)).values["dx"][1, 0, 2])
    )


@pytest.mark.parametrize("form", ["table", "html", "latex", "markdown", "plain"])
def test_images_are_matrices_with_names_of_their_own(form: str, tmp_path: Path) -> None:
    written = shown(NETWORK, form, tmp_path)
    names = {
        "table": ("x[1] = ", "w[1,2] = ", "∇x[2] = ", "2×2×2×2"),
        "plain": ("x[1] = [[1, 2, 0, 1, 2]", "w[2,1] = [[0, 1], [1, 0]] (2 by 2)", "dw[1,1] = "),
    }.get(form, ())
    assert all(name in written for name in names)
    if form in ("latex", "markdown"):
        assert "w[2,1] = " in written


def test_a_large_image_is_shown_in_part(tmp_path: Path) -> None:
    text = "inputs: {x: 'reshape(linspace(0, 1, 256), 16, 4, 4)'}\nequations: {f: sum(x)}\nof: f\n"
    assert "x[4] = " in (terminal := shown(text, "table", tmp_path))
    assert "x[8] = " not in terminal
    assert "shown in part" in terminal


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        solve(loads(text))
    return [(f"{fault.span.line}:{fault.span.column}", fault.message) for fault in caught.value.faults]


IMAGE = "inputs: {x: [[1, 2, 3, 4], [5, 6, 7, 8], [1, 0, 1, 0]]}\nparameters: {w: [[1, 0], [0, 1]], b: [1, 2]}\n"


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("conv2d(x, w, stride=0)", "stride must be a whole number from 1, and this is 0"),
        ("conv2d(x, w, stride=1.5)", "stride must be a whole number from 1, and this is 1.5"),
        ("conv2d(x, w, padding=-1)", "padding must be a whole number from 0, and this is -1"),
        ("conv2d(w, x)", "a window of 3 rows is larger than what it moves over, which has 2 rows"),
        (
            "conv2d(x, w, stride=2)",
            "windows of 2 rows with stride 2 don't divide 3 rows: (3 − 2) / 2 is no whole number",
        ),
        ("conv2d(x, w, b)", "the bias is 2×1, and there is one filter"),
        ("conv2d(x, ones(1, 2, 2, 2))", "3×4 has 1 channel, and the filters, 1×2×2×2, have 2 channels"),
        ("max_pool(x, size=4)", "a window of 4 rows is larger than what it moves over, which has 3 rows"),
        ("max_pool(x, size=0)", "size must be a whole number from 1, and this is 0"),
        ("avg_pool(x, size=2, stride=2)", "windows of 2 rows with stride 2 don't divide 3 rows"),
        ("sum_pool(x, size=2)", "3 rows can't be divided by 2"),
        ("unpad(x, size=2)", "3×4 has no border of 2 on all sides to take away"),
        ("ones(2, 3, 4) @ x", "matmul takes numbers and matrices, and this is 2×3×4: flatten it first"),
        ("ones(2, 3, 4).T", "transpose takes numbers and matrices, and this is 2×3×4: flatten it first"),
        ("softmax(ones(2, 3, 4))", "softmax takes numbers and matrices, and this is 2×3×4: flatten it first"),
        ("ones(2, 3, 4) + ones(2, 2, 4)", "2×2×4 and 2×3×4 don't fit together"),
        ("ones(2, 3, 4) + x", "2×3×4 and 3×4 don't fit together"),
        ("ones(2, 3, 4)[1,2]", "2×3×4 has 3 axes: write an index for each, [c,i,j]"),
        ("ones(2, 3, 4)[3,1,1]", "there is no such part: it is 2×3×4"),
        ("sum(ones(2, 3, 4), axis=-1)", "of images count the axes from the front: 2×3×4 has axis 0 to 2"),
        ("mean(ones(2, 3, 4), axis=3)", "axis must be 0"),
        ("conv2d(x)", "conv2d takes 2 or 3 arguments, not 1: conv2d(x, w, b=0, stride=1, padding=0)"),
    ],
)
def test_what_doesnt_fit_is_told_with_its_place(formula: str, said: str) -> None:
    ((place, message),) = faults(f"{IMAGE}equations:\n  a: {formula}\n")
    assert place.startswith("4:")
    assert said in message


def test_lists_that_are_no_image() -> None:
    assert faults("inputs: {x: [[[1, 2], [3, 4]], [[1, 2]]]}\nequations: {f: sum(x)}\n") == [
        ("1:32", "inputs.x[2] has 1 list, and the first one beside it has 2 lists")
    ]
    assert "has 1 number" in faults("inputs: {x: [[[1, 2], [3]]]}\nequations: {f: sum(x)}\n")[0][1]
    assert "too deep" in faults("inputs: {x: [[[[[1]]]]]}\nequations: {f: sum(x)}\n")[0][1]


def verdicts(sheet: dict[str, Any]) -> dict[str, str]:
    solution = solve(loads(NETWORK))
    return {each.quantity: each.verdict for each in mark(solution, sheet_from_data(sheet, solution)).verdicts}


def test_answers_are_lists_parts_or_arrays() -> None:
    solution = solve(loads(NETWORK))
    p, w = solution.values["p"], solution.values["dw"]
    assert verdicts({"forward": {"p": p.round(4).tolist()}}) == {"forward.p": "correct"}
    assert verdicts({"forward": {"p[2]": p[1].round(4).tolist()}}) == {"forward.p": "correct"}
    assert verdicts({"forward": {"p[2,1,3]": float(p[1, 0, 2].round(4))}}) == {"forward.p": "correct"}
    assert verdicts({"forward": {"p[2,1,3]": float(p[1, 0, 2].round(4)) + 0.1}}) == {"forward.p": "wrong"}
    assert verdicts({"gradients": {"w[1,2]": w[0, 1].round(4).tolist()}}) == {"gradients.w": "correct"}
    assert verdicts({"forward": {"p": [None, p[1].round(4).tolist()]}}) == {"forward.p": "correct"}
    assert verdicts({"forward": {"p": str(p.round(4))}}) == {"forward.p": "correct"}
    assert verdicts({"gradients": {"w": "conv2d_weight(da, x, w, padding=1)"}}) == {"gradients.w": "correct"}
    assert verdicts({"gradients": {"b": "sum(da)"}}) == {"gradients.b": "wrong"}
    assert [each.verdict for each in check(loads(NETWORK), {"dw": w}).verdicts] == ["correct"]


LAYERS = """
notation: {notation}
inputs: {inputs}
targets: [1, 0]
layers:
  - {{conv: {filters}, biases: [0.1, -0.2], stride: 1, padding: 1, activation: tanh}}
  - {{max_pool: 2}}
  - {{avg_pool: 2, stride: 1}}
  - {{flatten: true}}
  - {{weights: {weights}, biases: [0, 0.5], activation: softmax}}
loss: cross_entropy
reduction: mean
lr: 0.1
"""


def layers(seed: int, notation: str) -> tuple[str, dict[str, np.ndarray]]:
    random = np.random.default_rng(seed)
    given = {
        "x": random.normal(size=(2, 2, 6, 6)).round(2),
        "W1": random.normal(size=(2, 2, 3, 3)).round(2),
        "W5": random.normal(size=(2, 8)).round(2),
    }
    weights = given["W5"] if notation in ("W @ x + b", "x @ W.T + b") else given["W5"].T
    text = LAYERS.format(
        notation=notation, inputs=given["x"].tolist(), filters=given["W1"].tolist(), weights=weights.tolist()
    )
    return text, given


NOTATIONS = ("W.T @ x + b", "W @ x + b", "x @ W + b", "x @ W.T + b")


@pytest.mark.parametrize("notation", NOTATIONS)
def test_layers_become_equations(notation: str) -> None:
    problem = loads(layers(0, notation)[0])
    equations = [f"{eq.name} = {eq.expr.function}" for eq in problem.forward[:5]]  # type: ignore[union-attr]
    assert equations == ["a1 = conv2d", "h1 = tanh", "h2 = max_pool", "h3 = avg_pool", "h4 = flatten"]
    solution = solve(problem)
    assert solution.shapes["h4"] == ((8, 2) if problem.axis is Axis.COLUMNS else (2, 8))
    assert solution.verification.max_relative_error < 1e-6


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("seed", range(3))
def test_layers_are_pytorchs_own(notation: str, seed: int) -> None:
    torch = pytest.importorskip("torch")
    text, given = layers(seed, notation)
    solution = solve(loads(text), check=False)
    x, W1, W5 = (torch.tensor(given[name], requires_grad=True) for name in ("x", "W1", "W5"))
    b1 = torch.tensor([0.1, -0.2], dtype=torch.float64, requires_grad=True)
    b5 = torch.tensor([0.0, 0.5], dtype=torch.float64, requires_grad=True)
    conv = torch.nn.Conv2d(2, 2, 3, padding=1, dtype=torch.float64)
    h = torch.tanh(torch.func.functional_call(conv, {"weight": W1, "bias": b1}, (x,)))
    h = torch.nn.AvgPool2d(2, 1)(torch.nn.MaxPool2d(2)(h))
    loss = torch.nn.functional.cross_entropy(torch.nn.Flatten()(h) @ W5.T + b5, torch.tensor([1, 0]))
    loss.backward()
    turned = notation in ("W.T @ x + b", "x @ W + b")
    wanted = {"x": x.grad, "W1": W1.grad, "b1": b1.grad, "W5": W5.grad.T if turned else W5.grad, "b5": b5.grad}
    assert solution.loss == pytest.approx(float(loss), rel=1e-9)
    for name, value in wanted.items():
        found = solution.gradients[name]
        np.testing.assert_allclose(found.reshape(value.shape), value.numpy(), rtol=1e-9, atol=1e-9, err_msg=name)


def normalised(seed: int, notation: str) -> tuple[str, dict[str, np.ndarray]]:
    """Images of random size through batch normalisation, and what is given."""
    random = np.random.default_rng([seed, NOTATIONS.index(notation)])
    samples, channels, height, width = map(int, random.integers([1, 1, 2, 1], [4, 4, 5, 5]))
    given = {
        "x": random.normal(size=(samples, channels, height, width)),
        "gamma1": random.normal(size=channels),
        "beta1": random.normal(size=channels),
        "W3": random.normal(size=(1, channels * height * width)),
    }
    weights = given["W3"] if notation in ("W @ x + b", "x @ W.T + b") else given["W3"].T
    affine = {name: given[f"{name}1"].tolist() for name in ("gamma", "beta")}
    layers = [{"batch_norm": affine, "epsilon": 0.01}, {"flatten": True}, {"weights": weights.tolist()}]
    images = given["x"].tolist() if samples > 1 else given["x"][0].tolist()
    loss = {"inputs": images, "layers": layers, "loss": "sum(yhat ** 3)"}
    return yaml.safe_dump({"notation": notation, **loss}), given


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("seed", range(6))
def test_batch_normalisation_of_images_is_pytorchs_own(notation: str, seed: int) -> None:
    torch = pytest.importorskip("torch")
    text, given = normalised(seed, notation)
    solution = solve(loads(text))
    assert solution.verification.max_relative_error < 1e-6
    x, gamma, beta, W = (torch.tensor(value, requires_grad=True) for value in given.values())
    module = torch.nn.BatchNorm2d(x.shape[1], eps=0.01, track_running_stats=False, dtype=torch.float64)
    h = torch.func.functional_call(module, {"weight": gamma, "bias": beta}, (x,))
    loss = ((torch.nn.Flatten()(h) @ W.T) ** 3).sum()
    loss.backward()
    assert solution.loss == pytest.approx(float(loss), rel=1e-9)
    for name, value in {"x": x, "gamma1": gamma, "beta1": beta, "W3": W}.items():
        found = solution.gradients[name].reshape(value.shape)
        np.testing.assert_allclose(found, value.grad.numpy(), rtol=1e-9, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("seed", range(3))
def test_batch_normalisation_of_images_by_loops(seed: int) -> None:
    """Each channel has the mean beta and the deviation gamma, but for epsilon: the definition."""
    text, given = normalised(seed, NOTATIONS[1])
    h = solve(loads(text)).values["h1"].reshape(given["x"].shape)
    for channel, (gamma, beta) in enumerate(zip(given["gamma1"], given["beta1"], strict=True)):
        numbers = [pixel for image in given["x"] for row in image[channel] for pixel in row]
        mean = sum(numbers) / len(numbers)
        deviation = (sum((each - mean) ** 2 for each in numbers) / len(numbers) + 0.01) ** 0.5
        wanted = gamma * (given["x"][:, channel] - mean) / deviation + beta
        np.testing.assert_allclose(h[:, channel], wanted, rtol=1e-9, atol=1e-12)


def test_one_number_in_a_channel_cant_be_normalised() -> None:
    (fault,) = faults("inputs: [[[1]], [[2]]]\nlayers:\n  - {batch_norm: {gamma: [1, 2]}}\nupstream: [[[1]], [[2]]]\n")
    assert "layers[1].batch_norm: there is 1 number in each channel" in fault[1]


@pytest.mark.parametrize("form", FORMATS)
def test_programs_of_normalised_images(form: str) -> None:
    assert_same(solve(loads(normalised(1, NOTATIONS[3])[0])), form)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("notation", [NOTATIONS[1], NOTATIONS[3]])
def test_programs_of_layers(notation: str, form: str) -> None:
    assert_same(solve(loads(layers(1, notation)[0])), form)


def test_one_image_of_one_channel_is_a_sample() -> None:
    text = "notation: x @ W + b\ninputs: [[1, 2], [3, 4]]\nlayers:\n  - {flatten: true}\n"
    text += "  - {weights: [[1], [1], [1], [1]]}\ntargets: [[5]]\nloss: squared_error\n"
    solution = solve(loads(text))
    assert solution.shapes["h1"] == (1, 4)
    assert solution.loss == 25


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("{conv: [[[[1]]]], stride: 0}", "layers[1].stride"),
        ("{conv: [[[[1]]]], padding: -1}", "layers[1].padding"),
        ("{conv: hello}", "layers[1].conv"),
        ("{conv: [[[[1, 1, 1]]]]}", "larger than what it moves over"),
        ("{conv: [[[[1]], [[1]]]]}", "have 2 channels"),
        ("{max_pool: 3}", "layers[1].max_pool"),
        ("{max_pool: 0}", "layers[1].max_pool"),
        ("{flatten: false}", "layers[1].flatten"),
        ("{batch_norm: {gamma: [1, 2]}}", "has 2 numbers, but x has 1 channel: it must be a list of 1 number"),
        ("{weights: [[1, 2]]}", "put {flatten: true} before this layer"),
        ("{conv: [[[[1]]]], activation: softmax}", "flatten it first"),
    ],
)
def test_bad_layers_are_told_with_their_place(layer: str, said: str) -> None:
    found = faults(f"inputs: [[[1, 2], [3, 4]]]\nlayers:\n  - {layer}\n")
    assert any(place.startswith("3:") and said in message for place, message in found), found


FLAT = """
inputs: {x: [[1, 2, 3], [0, 1, 2], [2, 1, 0]], t: [1, 0]}
parameters:
  K: [[[[1, 0], [0, 1]]], [[[0, 1], [-1, 0]]]]
  V: [[1, 2, 3, 4, 5, 6, 7, 8], [1, -1, 1, -1, 1, -1, 1, -1]]
equations:
  z: conv2d(x, K)
  h: relu(z)
  y: V @ flatten(h)
  L: sum((y - t) ** 2) / 2
of: L
lr: 0.01
"""


@pytest.mark.parametrize("form", ["table", "plain", "html", "latex", "markdown", "json", *FORMATS])
def test_flat_images_go_into_a_matrix_product(form: str, tmp_path: Path) -> None:
    """The maps by rows are (2, 4, 1, 1, 2, 2, 0, 1): 2 + 8 + 3 + 4 + 10 + 12 + 8, and 2 - 4 + 1 - 1 + 2 - 2 - 1."""
    solution = solve(loads(FLAT))
    np.testing.assert_allclose(solution.values["y"], [[47.0], [-3.0]])
    np.testing.assert_allclose(solution.gradients["V"], np.outer([46, -3], [2, 4, 1, 1, 2, 2, 0, 1]))
    dh = (np.array([[1, 2, 3, 4, 5, 6, 7, 8], [1, -1, 1, -1, 1, -1, 1, -1]]).T @ [46, -3]).reshape(2, 2, 2)
    np.testing.assert_allclose(solution.gradients["h"], dh)
    assert solution.verification.max_relative_error < 1e-7
    if form in FORMATS:
        assert_same(solution, form)
    else:
        assert "47" in shown(FLAT, form, tmp_path)


def test_images_by_rows_of_channels_are_refused() -> None:
    ((place, message),) = faults(FLAT + "channels: last\n")
    assert place == "13:1"
    assert "channels: unknown key; images are written channel by channel, N×C×H×W" in message


@pytest.mark.parametrize("name", ["cs231n-conv", "tensorflow-conv-channels", "onnx-conv-transpose"])
def test_published_numbers_by_loops(name: str) -> None:
    """The numbers of the sources are those of the loops as well."""
    problem = load(name)
    solution = solve(problem, check=False)
    image = next(iter(problem.inputs.values()))
    bias = problem.parameters.get("b", 0.0)
    options = (2, 1) if name == "cs231n-conv" else (1, 0)
    first = problem.forward[0].name
    np.testing.assert_allclose(
        solution.values[first], by_loops.conv2d(image, problem.parameters["w"], bias, *options), rtol=1e-12, atol=1e-12
    )
