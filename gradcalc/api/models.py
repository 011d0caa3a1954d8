"""A small PyTorch model as a problem: a Sequential of Linear layers and activations, with a loss.

Models are looked at by the names of their classes and their documented attributes, so PyTorch is needed by who has a
model, and not here. The layout stays PyTorch's (`x @ W.T + b`, samples as rows): `W1` is the first layer's `weight`,
`dW1` its `weight.grad`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from gradcalc.api.build import from_dict, plain
from gradcalc.errors import UsageError
from gradcalc.program.problem import Problem

ACTIVATIONS: Final[Mapping[str, Callable[[Any], str]]] = {
    "ReLU": lambda m: "relu",
    "Sigmoid": lambda m: "sigmoid",
    "Tanh": lambda m: "tanh",
    "SiLU": lambda m: "silu",
    "LeakyReLU": lambda m: f"leaky_relu(alpha={m.negative_slope!r})",
    "ELU": lambda m: f"elu(alpha={m.alpha!r})",
    "GELU": lambda m: "gelu" if m.approximate == "none" else "",
    "Softplus": lambda m: "softplus" if m.beta == 1 else "",
    "Softmax": lambda m: "softmax" if m.dim in (1, -1) else "",
    "LogSoftmax": lambda m: "log_softmax" if m.dim in (1, -1) else "",
}
"""The formula of each class; empty where its settings have none."""
PASSED: Final = ("Identity",)
MOST_LAYERS: Final = 50

_FEATURES: Final = "features(yhat)"
LOSSES: Final[Mapping[str, tuple[str, str, str]]] = {
    "MSELoss": ("squared_error(yhat, y)", "", _FEATURES),
    "L1Loss": ("absolute_error(yhat, y)", "", _FEATURES),
    "BCELoss": ("binary_cross_entropy(yhat, y)", "", _FEATURES),
    "BCEWithLogitsLoss": ("binary_cross_entropy(yhat, y)", "sigmoid", _FEATURES),
    "CrossEntropyLoss": ("cross_entropy(yhat, y)", "softmax", ""),
}
"""The loss of a sample, the activation that the class takes to itself, and by what PyTorch's mean divides beside the
number of samples: it goes over all entries, where there is no class to a sample."""
PLAIN: Final = {"weight": None, "pos_weight": None, "ignore_index": -100, "label_smoothing": 0.0}
"""Settings of a loss that have to be left as they are."""


def from_torch(module: Any, x: Any, y: Any = None, loss: Any = None, **keys: Any) -> Problem:
    """The problem of a `Sequential` of `Linear` layers and activations, its loss on `x` and `y`.

    `loss` is a PyTorch loss (`nn.MSELoss()`) or the text of a problem file's (`"half_squared_error"`); `keys` are other
    keys of a problem file (`lr=0.1`). Weights become `W1`, `b1`, …, and keep PyTorch's layout. Raises UsageError for a
    module or loss that has no formula here, InputError where shapes don't fit.
    """
    layers = _layers(list(_flat(module)))
    data: dict[str, Any] = {"notation": "x @ W.T + b", "inputs": _numbers(x), "layers": layers}
    if y is not None:
        data["targets"] = _numbers(y)
    if isinstance(loss, str):
        data["loss"] = loss
    elif loss is not None:
        data |= _loss(loss, layers[-1])
    if _is_many(data["inputs"]) and "loss" in data:
        data.setdefault("reduction", "mean")
    return from_dict(data | keys)


def _flat(module: Any) -> Iterator[Any]:
    """The layers in order, those of a Sequential within another too."""
    if _kind(module) == "Sequential":
        for inner in module.children():
            yield from _flat(inner)
    elif _kind(module) not in PASSED:
        yield module


def _layers(modules: list[Any]) -> list[dict[str, Any]]:
    """Each Linear with the activation after it, if there is one."""
    layers: list[dict[str, Any]] = []
    for module in modules[: 2 * MOST_LAYERS + 1]:
        if _kind(module) == "Linear":
            layers.append(_linear(module))
        elif not layers or "activation" in layers[-1]:
            raise UsageError(f"{_kind(module)} doesn't stand after a Linear layer: write the problem as equations")
        else:
            layers[-1]["activation"] = _activation(module)
    if not 1 <= len(layers) <= MOST_LAYERS:
        raise UsageError(f"the model has {len(layers)} Linear layers: 1 to {MOST_LAYERS} make a problem")
    return layers


def _linear(module: Any) -> dict[str, Any]:
    bias = {} if module.bias is None else {"biases": _numbers(module.bias)}
    return {"weights": _numbers(module.weight), **bias}


def _activation(module: Any) -> str:
    kind = _kind(module)
    found = ACTIVATIONS[kind](module) if kind in ACTIVATIONS else ""
    if not found:
        known = ", ".join(["Linear", *ACTIVATIONS, *PASSED])
        raise UsageError(f"{module!r} has no formula here: a Sequential of {known} makes a problem")
    return found


def _loss(loss: Any, last: dict[str, Any]) -> dict[str, Any]:
    """The loss, and how samples' losses become one; what it does to the last layer's outputs becomes an activation."""
    kind = _kind(loss)
    if kind not in LOSSES:
        raise UsageError(f"{loss!r} has no formula here: {', '.join(LOSSES)} have, or give the loss as text")
    odd = next((name for name, usual in PLAIN.items() if _differs(getattr(loss, name, usual), usual)), "")
    if odd or loss.reduction not in ("mean", "sum"):
        raise UsageError(
            f"{kind} with {odd or 'reduction'} other than usual has no formula here: give the loss as text"
        )
    formula, activation, divided = LOSSES[kind]
    if activation and "activation" in last:
        raise UsageError(f"{kind} takes the outputs of a Linear layer, but there is a {last['activation']} after it")
    if activation:
        last["activation"] = activation
    whole = formula if loss.reduction == "sum" or not divided else f"{formula} / {divided}"
    return {"loss": whole, "reduction": loss.reduction}


def _differs(value: Any, usual: Any) -> bool:
    return value is not usual and (usual is None or value != usual)


def _numbers(value: Any) -> Any:
    """A tensor as lists; a parameter without its history."""
    return plain(value.detach() if hasattr(value, "detach") else value)


def _is_many(inputs: Any) -> bool:
    return isinstance(inputs, list) and len(inputs) > 1 and isinstance(inputs[0], list)


def _kind(module: Any) -> str:
    return type(module).__name__
