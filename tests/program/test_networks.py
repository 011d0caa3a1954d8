"""Random networks: gradients agree with central differences of a plain evaluator, and with PyTorch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
import reference
from hypothesis import assume, given
from hypothesis import strategies as st

from gradcalc.formula.expr import Apply, Name, Num, substitute, walk
from gradcalc.formula.kinks import distances
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis, lookup
from gradcalc.program.problem import Problem
from gradcalc.program.solve import solve
from problems import problem

ACTIVATIONS = {
    "identity": "{}",
    "sigmoid": "sigmoid({})",
    "tanh": "tanh({})",
    "relu": "relu({})",
    "leaky_relu": "leaky_relu({}, alpha=0.2)",
    "elu": "elu({})",
    "elu 0.5": "elu({}, alpha=0.5)",
    "softplus": "softplus({})",
    "silu": "silu({})",
    "gelu": "gelu({})",
    "softmax": "softmax({})",
    "log_softmax": "log_softmax({})",
    "sin": "sin({})",
}
LOSSES = {
    "half_squared_error": "half_squared_error(yhat, y)",
    "squared_error": "squared_error(yhat, y)",
    "mean_squared_error": "mean_squared_error(yhat, y)",
    "absolute_error": "absolute_error(yhat, y)",
    "huber": "huber(yhat, y, delta=0.7)",
    "cross_entropy": "cross_entropy(yhat, y)",
    "binary_cross_entropy": "binary_cross_entropy(yhat, y)",
}
LAYERS = {"W.T @ x": "{W}.T @ {x}", "W @ x": "{W} @ {x}", "x @ W": "{x} @ {W}"}
PENALTIES = ["", " + 0.05 * sum(W1 ** 2)", " + 0.1 * sum(abs(W1))"]
KINK = 1e-3
"""Values nearer to a kink than this are left out: differences of a step of 1e-3 and less would reach over it."""
JOINTS = {"elu": "a", "huber": "abs(yhat - y) - delta"}
"""Where the second derivative jumps, differences are less exact; these are no kinks."""


@dataclass
class Network:
    """A problem, and the value of everything from a plain run."""

    problem: Problem
    values: dict[str, object]

    @property
    def lines(self):
        return [(eq.name, eq.expr) for eq in self.problem.forward]


@st.composite
def networks(draw: st.DrawFn, losses=tuple(LOSSES), activations=tuple(ACTIVATIONS)) -> Network:
    """1 to 4 layers, widths 1 to 6, batches 1 to 5, every notation; biases whole, shared, or missing."""
    notation = draw(st.sampled_from(list(LAYERS)))
    widths = draw(st.lists(st.integers(1, 6), min_size=2, max_size=5))
    samples = draw(st.integers(1, 5))
    loss = draw(st.sampled_from(losses))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = notation == "x @ W"

    def turned(value):
        return value.T if rows else value

    lines, parameters = {}, {}
    for number, (inputs, outputs) in enumerate(pairwise(widths), 1):
        last = number == len(widths) - 1
        activation = draw(st.sampled_from(activations))
        if last and loss in ("cross_entropy", "binary_cross_entropy"):
            activation = "softmax" if loss == "cross_entropy" else "sigmoid"
        layer = LAYERS[notation].format(W=f"W{number}", x=f"h{number - 1}" if number > 1 else "x")
        weights = random.normal(size=(inputs, outputs)) / np.sqrt(inputs)
        parameters[f"W{number}"] = weights.T if notation == "W @ x" else weights
        bias = draw(st.sampled_from(["whole", "shared", "none"]))
        if bias != "none":
            parameters[f"b{number}"] = random.normal() if bias == "shared" else turned(random.normal(size=(outputs, 1)))
            layer += f" + b{number}"
        lines[f"a{number}"] = layer
        lines["yhat" if last else f"h{number}"] = ACTIVATIONS[activation].format(f"a{number}")
    reduction = draw(st.sampled_from(["sum({})", "mean({})"])) if samples > 1 else "{}"
    lines["loss"] = reduction.format(LOSSES[loss]) + draw(st.sampled_from(PENALTIES))
    y = targets(random, loss, (widths[-1], samples))
    given = problem(
        lines,
        inputs={"x": turned(random.normal(size=(widths[0], samples)))},
        targets={"y": turned(y)},
        parameters=parameters,
        axis=Axis.ROWS if rows else Axis.COLUMNS,
        assumed=frozenset({"y"} if loss == "cross_entropy" and draw(st.booleans()) else ()),
        lr=0.1,
    )
    forward = [(eq.name, eq.expr) for eq in given.forward]
    return Network(given, reference.run(forward, given.given, given.axis))


def targets(random, loss, shape):
    if loss == "cross_entropy":
        y = random.uniform(0.1, 1, shape)
        return y / y.sum(axis=0)
    return random.uniform(0, 1, shape) if loss == "binary_cross_entropy" else random.normal(size=shape)


def is_smooth_here(network: Network) -> bool:
    """Whether no value is near a kink or a joint."""
    for _, expr in network.lines:
        for node in walk(expr):
            for distance in critical(node) if isinstance(node, Apply) else ():
                with np.errstate(all="ignore"):
                    found = reference.evaluate(distance, network.values, network.problem.axis)
                if np.min(np.abs(found)) < KINK:
                    return False
    return True


def critical(node: Apply):
    yield from distances(node)
    if node.function in JOINTS:
        put = {**dict(zip(lookup(node.function).args, node.args, strict=True)), **{k: Num(v) for k, v in node.params}}
        yield substitute(parse(JOINTS[node.function]), put)


@given(networks())
def test_gradients_agree_with_differences(network):
    assume(is_smooth_here(network))
    solution = solve(network.problem, check=False)
    axis = network.problem.axis
    for name, value in network.values.items():
        np.testing.assert_allclose(solution.values[name], value, rtol=1e-9, atol=1e-12, err_msg=name)
    for name in (*network.problem.parameters, *network.problem.inputs):
        # A small step keeps to one side of kinks that are KINK away; moving a weight moves its unit by up to |x| ≤ 5.
        true = reference.differences(
            lambda moved: reference.run(network.lines, moved, axis)["loss"], network.problem.given, name, h=KINK / 20
        )
        found = solution.gradients[name]
        assert found.shape == np.shape(true)
        scale = max(1.0, float(np.max(np.abs(true))), abs(float(np.squeeze(network.values["loss"]))))
        np.testing.assert_allclose(found, true, rtol=1e-6, atol=1e-7 * scale, err_msg=name)


@given(networks())
def test_gradcalc_agrees_with_itself(network):
    """Its own verification sees no error either; inner quantities are checked only there."""
    assume(is_smooth_here(network))
    solution = solve(network.problem)
    assert solution.verification.max_relative_error < 1e-6
    assert solution.verification.kinks == ()
    assert solution.warnings == ()
    assert set(solution.gradients) == {*network.problem.parameters, "x", *solution.forward} - {"loss"}


def in_torch(torch, expr, values, dim):
    """A formula in PyTorch, by the operations that its users would write."""
    if isinstance(expr, Num):
        return torch.tensor(expr.value, dtype=torch.float64)
    if isinstance(expr, Name):
        return values[expr.id]
    args = [in_torch(torch, arg, values, dim) for arg in expr.args]
    F, params = torch.nn.functional, dict(expr.params)

    def total(terms):
        sums = terms.sum(dim=dim, keepdim=True)
        return sums.squeeze() if sums.numel() == 1 else sums

    operations = {
        "add": lambda *terms: sum(terms[1:], terms[0]),
        "neg": lambda a: -a,
        "mul": lambda a, b: a * b,
        "pow": lambda a, b: a**b,
        "matmul": lambda a, b: a @ b,
        "transpose": lambda a: a.T,
        "sum": lambda a: a.sum(),
        "mean": lambda a: a.mean(),
        "abs": torch.abs,
        "sin": torch.sin,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": F.relu,
        "leaky_relu": lambda a, alpha: F.leaky_relu(a, alpha),
        "elu": lambda a, alpha=1.0: F.elu(a, alpha),
        "softplus": F.softplus,
        "silu": F.silu,
        "gelu": F.gelu,
        "softmax": lambda a: F.softmax(a, dim=dim),
        "log_softmax": lambda a: F.log_softmax(a, dim=dim),
        "half_squared_error": lambda p, y: total((p - y) ** 2) / 2,
        "squared_error": lambda p, y: total((p - y) ** 2),
        "mean_squared_error": lambda p, y: total((p - y) ** 2) / p.shape[dim],
        "absolute_error": lambda p, y: total(torch.abs(p - y)),
        "huber": lambda p, y, delta: total(F.huber_loss(p, y, reduction="none", delta=delta)),
        "cross_entropy": lambda p, y: -total(y * torch.log(p)),
        "binary_cross_entropy": lambda p, y: total(F.binary_cross_entropy(p, y, reduction="none")),
    }
    return operations[expr.function](*args, **params)


@given(network=networks())
def test_gradients_agree_with_pytorch(network):
    """On a kink as well: PyTorch takes 0 at 0 for ReLU, as the table does."""
    torch = pytest.importorskip("torch")
    values = {
        name: torch.tensor(np.asarray(value, dtype=float), dtype=torch.float64, requires_grad=name != "y")
        for name, value in network.problem.given.items()
    }
    leaves = dict(values)
    for name, expr in network.lines:
        values[name] = in_torch(torch, expr, values, int(network.problem.axis))
        values[name].retain_grad()
    values["loss"].backward()
    solution = solve(network.problem, check=False)
    np.testing.assert_allclose(solution.loss, values["loss"].item(), rtol=1e-12)
    for name, gradient in solution.gradients.items():
        theirs = values[name].grad.numpy()
        scale = max(1.0, float(np.max(np.abs(theirs))))
        np.testing.assert_allclose(gradient, theirs, rtol=1e-9, atol=1e-11 * scale, err_msg=name)
    for name, new in solution.updated.items():
        stepped = leaves[name] - 0.1 * leaves[name].grad
        np.testing.assert_allclose(new, stepped.detach().numpy(), rtol=1e-9, atol=1e-11)


@given(networks(losses=("cross_entropy", "binary_cross_entropy")), st.sampled_from([1, 30, 1000]))
def test_large_logits(network, factor):
    """However far out the logits are, value and gradients on parameters stay finite."""
    large = {
        name: value * factor if name.startswith("W") else value for name, value in network.problem.parameters.items()
    }
    given = replace(network.problem, parameters=large, assumed=frozenset({"y"}))
    solution = solve(given, check=False)
    assert np.isfinite(solution.loss)
    for name in (*given.parameters, "x"):
        assert np.isfinite(solution.gradients[name]).all()
