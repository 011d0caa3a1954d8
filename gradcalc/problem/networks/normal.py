"""Batch normalisation, over the samples of a batch, and layer normalisation, over the entries of each sample."""

from __future__ import annotations

from typing import Annotated, Any

from gradcalc.formula.expr import Expr, Name, Num, add, call, mul, sub
from gradcalc.problem.document import is_read
from gradcalc.problem.forms import Numbers
from gradcalc.problem.keys import Keys, Limits, Must, form, key
from gradcalc.problem.networks.stage import Index, Stage
from gradcalc.problem.networks.table import Kind
from gradcalc.problem.networks.weights import entries, read_biases

EPSILON = 1e-5
"""As PyTorch has it."""
_POSITIVE = Must("a number that is not negative")


@form
class Affine(Keys):
    """What a normalised entry is multiplied by, and what is added; neither where left out."""

    gamma: Numbers = key("A factor for each entry of a sample, or one for all", None)
    beta: Numbers = key("Added to each entry of a sample, or one number for all", None)


@form
class BatchNorm(Keys):
    """Batch normalisation: each entry, over the samples of the batch."""

    batch_norm: Affine = key("gamma and beta", must=Must("a mapping", "{gamma: [1, 1], beta: [0, 0]}"))
    epsilon: Annotated[float, Limits(ge=0)] = key("Added to the variance under the root", EPSILON, must=_POSITIVE)


@form
class LayerNorm(Keys):
    """Layer normalisation: each sample, over its entries."""

    layer_norm: Affine = key("gamma and beta", must=Must("a mapping", "{gamma: [1, 1], beta: [0, 0]}"))
    epsilon: Annotated[float, Limits(ge=0)] = key("Added to the variance under the root", EPSILON, must=_POSITIVE)


def batch_norm(stage: Stage, layer: BatchNorm) -> None:
    """Mean and variance over the samples: Ioffe & Szegedy, Batch normalization (2015), Algorithm 1."""
    if stage.samples == 1:
        stage.fault(": there is 1 sample, over which nothing can be normalised: a batch has several", "batch_norm")
    _normalised(stage, layer.batch_norm, "batch_norm", 1 - stage.axis, layer.epsilon)


def layer_norm(stage: Stage, layer: LayerNorm) -> None:
    """Mean and variance over the entries of each sample: Ba, Kiros & Hinton, Layer normalization (2016)."""
    _normalised(stage, layer.layer_norm, "layer_norm", int(stage.axis), layer.epsilon)


def _normalised(stage: Stage, affine: Affine, key: str, along: int, epsilon: float) -> None:
    if not is_read(affine):
        stage.put_out_unread()
        return
    scale, shift = (_of_each_entry(stage, name, getattr(affine, name), key) for name in ("gamma", "beta"))
    for index, x in stage.sources.items():
        out: Expr = _xhat(stage, index, x, along, epsilon)
        out = out if scale is None else mul(Name(scale), out)
        stage.put_out(index, out if shift is None else add(out, Name(shift)))


def _xhat(stage: Stage, index: Index, x: Expr, along: int, epsilon: float) -> Expr:
    mu = stage.define(stage.name("mu", index), call("mean", x, axis=along))
    squares = call("pow", sub(x, mu), Num(2.0))
    var = stage.define(stage.name("var", index), call("mean", squares, axis=along))
    steady = add(var, Num(epsilon)) if epsilon else var
    return stage.define(stage.name("xhat", index), call("div", sub(x, mu), call("sqrt", steady)))


def _of_each_entry(stage: Stage, base: str, value: Any, key: str) -> str | None:
    return read_biases(stage, base, value, (key, base), stage.features, entries(stage))


KINDS = {"batch_norm": Kind(BatchNorm, batch_norm), "layer_norm": Kind(LayerNorm, layer_norm)}
