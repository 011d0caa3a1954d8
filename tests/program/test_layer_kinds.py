"""Layers of each kind at random sizes: values and gradients agree with PyTorch's own layer, and with differences.

Each case has its arrays as PyTorch lays them out, samples in rows and weights units × inputs; a file has them as its
notation says. Gradients are brought back to PyTorch's layout before they are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import reference
import yaml
from programs import FORMATS, assert_same

from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

NOTATIONS = ("W.T @ x + b", "W @ x + b", "x @ W + b", "x @ W.T + b")
Arrays = Mapping[str, np.ndarray]


@dataclass
class Case:
    """One layer: `parameters` by their names here, the file's entry made of them, and what PyTorch makes of both."""

    x: np.ndarray
    """N×D, or T×N×D of a sequence."""
    outputs: int
    parameters: dict[str, np.ndarray]
    entry: Callable[[Callable[[str], Any]], dict[str, Any]]
    """From what gives a parameter in the file's layout."""
    torch: Callable[[Any, Any, Mapping[str, Any]], Any]
    """From the module torch, x and the parameters, as tensors."""
    fixed: dict[str, np.ndarray] = field(default_factory=dict)
    """Given values without a gradient, such as a mask."""


def drawn(random: np.random.Generator, **shapes: tuple[int, ...]) -> dict[str, np.ndarray]:
    return {name: random.normal(size=shape) for name, shape in shapes.items()}


def called(torch, module, weights: Mapping[str, Any], *args, **keywords):
    """One of PyTorch's own layers with these weights."""
    return torch.func.functional_call(module, dict(weights), args, keywords)


def sizes(random: np.random.Generator) -> tuple[int, int, int, int]:
    """Steps, samples, entries of a sample, units."""
    return tuple(map(int, random.integers([2, 1, 1, 1], [5, 4, 5, 4])))


def rnn(random) -> Case:
    steps, samples, entries, units = sizes(random)
    name = random.choice(["tanh", "relu"])
    return Case(
        x=random.normal(size=(steps, samples, entries)),
        outputs=units,
        parameters=drawn(random, Wx1=(units, entries), Wh1=(units, units), b1=(units,), h0=(samples, units)),
        entry=lambda p: {
            "rnn": {"Wx": p("Wx1"), "Wh": p("Wh1"), "b": p("b1")},
            "start": p("h0"),
            "activation": str(name),
        },
        torch=lambda torch, x, p: called(
            torch,
            torch.nn.RNN(entries, units, nonlinearity=str(name)),
            recurrent(torch, p),
            x,
            p["h0"][None],
        )[0],
    )


def recurrent(torch, p):
    inner = p["bh1"] if "bh1" in p else torch.zeros_like(p["b1"])
    return {"weight_ih_l0": p["Wx1"], "weight_hh_l0": p["Wh1"], "bias_ih_l0": p["b1"], "bias_hh_l0": inner}


def gates_moved(array: np.ndarray, order: str, wanted: str) -> np.ndarray:
    """The rows of the gates in another order."""
    parts = dict(zip(order, np.split(array, len(order)), strict=True))
    return np.concatenate([parts[letter] for letter in wanted])


def lstm(random) -> Case:
    steps, samples, entries, units = sizes(random)
    order = "".join(random.permutation(list("ifgo")))
    shapes = {"Wx1": (4 * units, entries), "Wh1": (4 * units, units), "b1": (4 * units,)}
    parameters = drawn(random, **shapes, h0=(samples, units), c0=(samples, units))

    def torch_lstm(torch, x, p):
        # PyTorch has the gates in the order i, f, g, o.
        places = [order.index(letter) * units + k for letter in "ifgo" for k in range(units)]
        moved = {name: value[places] if name in shapes else value for name, value in p.items()}
        module = torch.nn.LSTM(entries, units)
        return called(torch, module, recurrent(torch, moved), x, (p["h0"][None], p["c0"][None]))[0]

    return Case(
        x=random.normal(size=(steps, samples, entries)),
        outputs=units,
        parameters=parameters,
        entry=lambda p: {
            "lstm": {"Wx": p("Wx1"), "Wh": p("Wh1"), "b": p("b1")},
            "order": order,
            "start": {"h": p("h0"), "c": p("c0")},
        },
        torch=torch_lstm,
    )


def gru(random) -> Case:
    steps, samples, entries, units = sizes(random)
    shapes = {"Wx1": (3 * units, entries), "Wh1": (3 * units, units), "b1": (3 * units,), "bh1": (3 * units,)}
    order = "".join(random.permutation(list("rzn")))

    def torch_gru(torch, x, p):
        places = [order.index(letter) * units + k for letter in "rzn" for k in range(units)]
        moved = {name: value[places] if name in shapes else value for name, value in p.items()}
        return called(torch, torch.nn.GRU(entries, units), recurrent(torch, moved), x, p["h0"][None])[0]

    return Case(
        x=random.normal(size=(steps, samples, entries)),
        outputs=units,
        parameters=drawn(random, **shapes, h0=(samples, units)),
        entry=lambda p: {
            "gru": {"Wx": p("Wx1"), "Wh": p("Wh1"), "b": p("b1"), "bh": p("bh1")},
            "order": order,
            "start": p("h0"),
        },
        torch=torch_gru,
    )


def batch_norm(random) -> Case:
    _, samples, entries, _ = sizes(random)

    def torch_norm(torch, x, p):
        module = torch.nn.BatchNorm1d(entries, eps=0.01, track_running_stats=False)
        return called(torch, module, {"weight": p["gamma1"], "bias": p["beta1"]}, x)

    return Case(
        x=random.normal(size=(samples + 1, entries)),
        outputs=entries,
        parameters=drawn(random, gamma1=(entries,), beta1=(entries,)),
        entry=lambda p: {"batch_norm": {"gamma": p("gamma1"), "beta": p("beta1")}, "epsilon": 0.01},
        torch=torch_norm,
    )


def layer_norm(random) -> Case:
    _, samples, entries, _ = sizes(random)

    def torch_norm(torch, x, p):
        module = torch.nn.LayerNorm(entries + 1)
        return called(torch, module, {"weight": p["gamma1"], "bias": p["beta1"]}, x)

    return Case(
        x=random.normal(size=(samples, entries + 1)),
        outputs=entries + 1,
        parameters=drawn(random, gamma1=(entries + 1,), beta1=(entries + 1,)),
        entry=lambda p: {"layer_norm": {"gamma": p("gamma1"), "beta": p("beta1")}},
        torch=torch_norm,
    )


def dropout(random) -> Case:
    _, samples, entries, _ = sizes(random)
    mask = random.integers(0, 2, (samples, entries)).astype(float)
    keep = float(random.choice([0.5, 0.8]))

    def torch_dropout(torch, x, p):
        # PyTorch draws its own mask; the one that is given takes its place.
        torch.manual_seed(1)
        own = torch.nn.Dropout(1 - keep)(torch.ones_like(x))
        torch.manual_seed(1)
        mine = torch.nn.Dropout(1 - keep)(x)
        torch.testing.assert_close(mine, x * own)
        return x * torch.tensor(mask) * (own.max() if own.max() > 0 else 1 / keep)

    return Case(
        x=random.normal(size=(samples, entries)),
        outputs=entries,
        parameters={},
        entry=lambda p: {"dropout": p("mask1"), "keep": keep},
        torch=torch_dropout,
        fixed={"mask1": mask},
    )


def attention(random) -> Case:
    steps, _, width, heads = sizes(random)
    causal, width = bool(random.integers(2)), width * heads
    square = dict.fromkeys(("Wq1", "Wk1", "Wv1", "Wo1"), (width, width))
    vectors = dict.fromkeys(("bq1", "bk1", "bv1", "bo1"), (width,))

    def torch_attention(torch, x, p):
        weights = {
            "in_proj_weight": torch.cat([p["Wq1"], p["Wk1"], p["Wv1"]]),
            "in_proj_bias": torch.cat([p["bq1"], p["bk1"], p["bv1"]]),
            "out_proj.weight": p["Wo1"],
            "out_proj.bias": p["bo1"],
        }
        mask = torch.triu(torch.ones(steps, steps, dtype=torch.bool), 1) if causal else None
        module = torch.nn.MultiheadAttention(width, heads)
        return called(torch, module, weights, x, x, x, attn_mask=mask)[0]

    return Case(
        x=random.normal(size=(steps, width)),
        outputs=width,
        parameters=drawn(random, **square, **vectors),
        entry=lambda p: {
            "attention": {name[:2]: p(name) for name in (*square, *vectors)},
            "heads": heads,
            "causal": causal,
        },
        torch=torch_attention,
    )


def embedding(random) -> Case:
    _, samples, entries, words = sizes(random)
    numbers = random.integers(1, words + 1, (samples + 2, 1)).astype(float)

    def torch_embedding(torch, x, p):
        return called(torch, torch.nn.Embedding(words, entries), {"weight": p["E1"]}, x.long().reshape(-1) - 1)

    return Case(
        x=numbers,
        outputs=entries,
        parameters=drawn(random, E1=(words, entries)),
        entry=lambda p: {"embedding": p("E1")},
        torch=torch_embedding,
    )


def residual(random) -> Case:
    _, samples, entries, _ = sizes(random)
    return Case(
        x=random.normal(size=(samples, entries)),
        outputs=entries,
        parameters={},
        entry=lambda p: {"add": "x"},
        torch=lambda torch, x, p: x + x,
    )


KINDS = {
    made.__name__: made for made in (rnn, lstm, gru, batch_norm, layer_norm, dropout, attention, embedding, residual)
}
every_kind = pytest.mark.parametrize("kind", KINDS)
every_notation = pytest.mark.parametrize("notation", NOTATIONS)


class Layout:
    """Arrays as a notation has them, and back again."""

    def __init__(self, notation: str) -> None:
        self.rows = notation.startswith("x")
        self.turned = notation in ("W.T @ x + b", "x @ W + b")

    def __call__(self, name: str, value: np.ndarray) -> np.ndarray:
        turned = self.turned if name.startswith("W") else not self.rows and value.ndim > 1
        return np.swapaxes(value, -1, -2) if turned else value


def file(case: Case, notation: str, y: np.ndarray, loss: str = "half_squared_error") -> str:
    layout = Layout(notation)
    given = {**case.parameters, **case.fixed}
    sequence = case.x.ndim == 3
    data: dict[str, Any] = {
        "notation": notation,
        "inputs": {"x[t]": layout("x", case.x).tolist()} if sequence else layout("x", case.x).tolist(),
        "targets": {"y[t]": layout("y", y).tolist()} if sequence else layout("y", y).tolist(),
        "layers": [case.entry(lambda name: layout(name, given[name]).tolist())],
        "loss": loss,
        "reduction": "sum",
        **({"over": {"t": len(case.x)}} if sequence else {}),
    }
    if not sequence and len(case.x) == 1:
        del data["reduction"]
    return yaml.safe_dump(data)


def made(kind: str, notation: str, seed: int):
    random = np.random.default_rng([seed, list(KINDS).index(kind), NOTATIONS.index(notation)])
    case = KINDS[kind](random)
    y = random.normal(size=(*case.x.shape[:-1], case.outputs))
    return case, y, solve(loads(file(case, notation, y)), check=False)


def gradients(case: Case, notation: str, solution) -> dict[str, np.ndarray]:
    """The gradients by PyTorch's names, in its layout."""
    layout = Layout(notation)
    found = {name: layout(name, solution.gradients[name]) for name in case.parameters if name in solution.gradients}
    states = {name: f"{name[0]}1[0]" for name in case.parameters if name in ("h0", "c0")}
    found |= {name: layout(name, solution.gradients[mine]) for name, mine in states.items()}
    names = [f"x[{t}]" for t in range(1, len(case.x) + 1)] if case.x.ndim == 3 else ["x"]
    xs = [layout("x", solution.gradients[name]) for name in names if name in solution.gradients]
    return found | ({"x": np.stack(xs) if case.x.ndim == 3 else xs[0]} if xs else {})


@pytest.fixture
def torch():
    module = pytest.importorskip("torch")
    module.set_default_dtype(module.float64)
    yield module
    module.set_default_dtype(module.float32)


@every_notation
@every_kind
@pytest.mark.parametrize("seed", range(3))
def test_a_layer_is_pytorchs_own(kind, notation, seed, torch):
    case, y, solution = made(kind, notation, seed)
    x = torch.tensor(case.x, requires_grad=True)
    parameters = {name: torch.tensor(value, requires_grad=True) for name, value in case.parameters.items()}
    loss = ((case.torch(torch, x, parameters) - torch.tensor(y)) ** 2).sum() / 2
    loss.backward()
    assert solution.loss == pytest.approx(loss.item(), rel=1e-9)
    wanted = {name: each.grad.numpy() for name, each in {**parameters, "x": x}.items() if each.grad is not None}
    found = gradients(case, notation, solution)
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        np.testing.assert_allclose(found[name].reshape(value.shape), value, rtol=1e-9, atol=1e-9, err_msg=name)


@every_notation
@every_kind
def test_gradients_agree_with_differences_of_a_plain_evaluator(kind, notation):
    *_, solution = made(kind, notation, 3)
    problem = solution.problem
    lines = [(equation.name, equation.expr) for equation in problem.forward]
    for name in problem.leaves:
        true = reference.differences(
            lambda given: reference.run(lines, given, problem.axis)["loss"], problem.given, name, h=1e-3
        )
        scale = max(1.0, float(np.max(np.abs(true))))
        np.testing.assert_allclose(solution.gradients[name], true, rtol=1e-6, atol=1e-6 * scale, err_msg=name)


@pytest.mark.parametrize("form", FORMATS)
@every_kind
def test_programs_print_what_the_solution_holds(kind, form):
    for notation in NOTATIONS[1:3]:
        assert_same(made(kind, notation, 4)[2], form)


def by_definition(x, Wq, Wk, Wv, heads: int) -> np.ndarray:
    """Vaswani and others (2017), equation 1 and section 3.2.2, head by head."""
    parts = [np.split(x @ weights, heads, axis=1) for weights in (Wq, Wk, Wv)]
    outputs = []
    for q, k, v in zip(*parts, strict=True):
        weights = np.exp(q @ k.T / np.sqrt(k.shape[1]))
        outputs.append(weights / weights.sum(axis=1, keepdims=True) @ v)
    return np.hstack(outputs)


@pytest.mark.parametrize("heads", [1, 2])
def test_attention_whose_values_have_another_size_than_its_keys(heads):
    """PyTorch's own layer has one size for both."""
    random = np.random.default_rng(heads)
    x, Wq, Wk = random.normal(size=(3, 5)), random.normal(size=(5, 6)), random.normal(size=(5, 6))
    Wv = random.normal(size=(5, 2))
    layer = {"attention": {"Wq": Wq.tolist(), "Wk": Wk.tolist(), "Wv": Wv.tolist()}, "heads": heads}
    data = {"notation": "x @ W + b", "inputs": x.tolist(), "layers": [layer], "loss": "sum(yhat)"}
    solution = solve(loads(yaml.safe_dump(data)))
    np.testing.assert_allclose(solution.values["yhat"], by_definition(x, Wq, Wk, Wv, heads), rtol=1e-12)
    assert solution.verification.max_relative_error < 1e-6


@pytest.mark.parametrize("weighed", ["old", "new"])
def test_a_reset_before_the_product_as_in_the_paper(weighed):
    """Cho and others (2014), equations 5 to 8; PyTorch's own layer resets behind the product."""
    random = np.random.default_rng(5)
    steps, units = 3, 2
    x, Wx, Wh = random.normal(size=(steps, 1, 4)), random.normal(size=(4, 6)), random.normal(size=(2, 6))
    bias = random.normal(size=6)
    layer = {"gru": {"Wx": Wx.tolist(), "Wh": Wh.tolist(), "b": bias.tolist()}, "order": "rzn"}
    layer |= {"reset": "before", "z": weighed}
    data = {"notation": "x @ W + b", "inputs": {"x[t]": x.tolist()}, "over": {"t": steps}, "layers": [layer]}
    solution = solve(loads(yaml.safe_dump({**data, "loss": "sum(h1[3])"})))
    h = np.zeros((1, units))
    (Ur, Uz, Un), sigmoid = np.split(Wh, 3, axis=1), lambda a: 1 / (1 + np.exp(-a))
    for step in range(steps):
        ar, az, an = np.split(x[step] @ Wx + bias, 3, axis=1)
        r, z = sigmoid(ar + h @ Ur), sigmoid(az + h @ Uz)
        n = np.tanh(an + (r * h) @ Un)
        h = z * h + (1 - z) * n if weighed == "old" else (1 - z) * h + z * n
    np.testing.assert_allclose(solution.values["h1[3]"], h, rtol=1e-12)
    assert solution.verification.max_relative_error < 1e-6
