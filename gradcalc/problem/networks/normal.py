"""Batch normalisation, over the samples of a batch, and layer normalisation, over the entries of each sample.

Of images, batch normalisation is of each channel, over the samples and the pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Annotated, Any

from gradcalc.formula.expr import Expr, Name, Num, add, call, mul, sub
from gradcalc.formula.shapes import IMAGE, MATRIX, counted
from gradcalc.formula.table import SIZES, Shape
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
    """Batch normalisation: each entry, over the samples of the batch; of images each channel, over their pixels too."""

    batch_norm: Affine = key("gamma and beta", must=Must("a mapping", "{gamma: [1, 1], beta: [0, 0]}"))
    epsilon: Annotated[float, Limits(ge=0)] = key("Added to the variance under the root", EPSILON, must=_POSITIVE)


@form
class LayerNorm(Keys):
    """Layer normalisation: each sample, over its entries."""

    layer_norm: Affine = key("gamma and beta", must=Must("a mapping", "{gamma: [1, 1], beta: [0, 0]}"))
    epsilon: Annotated[float, Limits(ge=0)] = key("Added to the variance under the root", EPSILON, must=_POSITIVE)


def batch_norm(stage: Stage, layer: BatchNorm) -> None:
    """Mean and variance over the samples: Ioffe & Szegedy, Batch normalization (2015), Algorithm 1; of images 3.2."""
    if stage.shape is not None and len(stage.shape) > MATRIX:
        _of_images(stage, layer, stage.shape)
        return
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
    _put_out(stage, [along], epsilon, scale, shift)


def _of_images(stage: Stage, layer: BatchNorm, shape: Shape) -> None:
    """N×C×H×W (C×H×W of one image): each channel, over samples and pixels, as PyTorch's BatchNorm2d has it."""
    if not is_read(layer.batch_norm):
        stage.put_out_unread()
        return
    channel = len(shape) - IMAGE
    along = [axis for axis in range(len(shape)) if axis != channel]
    if prod(shape[axis] for axis in along) == 1:
        stage.fault(": there is 1 number in each channel, over which nothing can be normalised", "batch_norm")
    affine = layer.batch_norm
    scale, shift = (_of_each_channel(stage, name, getattr(affine, name), shape) for name in ("gamma", "beta"))
    _put_out(stage, along, layer.epsilon, scale, shift)


def _put_out(stage: Stage, along: Sequence[int], epsilon: float, scale: Expr | None, shift: Expr | None) -> None:
    for index, x in stage.sources.items():
        out: Expr = _xhat(stage, index, x, along, epsilon)
        out = out if scale is None else mul(scale, out)
        stage.put_out(index, out if shift is None else add(out, shift))


def _xhat(stage: Stage, index: Index, x: Expr, along: Sequence[int], epsilon: float) -> Expr:
    mu = stage.define(stage.name("mu", index), _mean(x, along))
    squares = call("pow", sub(x, mu), Num(2.0))
    var = stage.define(stage.name("var", index), _mean(squares, along))
    steady = add(var, Num(epsilon)) if epsilon else var
    return stage.define(stage.name("xhat", index), call("div", sub(x, mu), call("sqrt", steady)))


def _mean(x: Expr, along: Sequence[int]) -> Expr:
    """The mean along some axes: that of the means along each, as there are equally many numbers in all of these."""
    for axis in along:
        x = call("mean", x, axis=axis)
    return x


def _of_each_entry(stage: Stage, base: str, value: Any, key: str) -> Expr | None:
    name = read_biases(stage, base, value, (key, base), stage.features, entries(stage))
    return None if name is None else Name(name)


def _of_each_channel(stage: Stage, base: str, value: Any, shape: Shape) -> Expr | None:
    """A number for each channel, given as a list, in the shape in which it goes with images; or one for all."""
    count = shape[-IMAGE]
    has = f"{stage.source} has {counted(count, 'channel')}"
    name = read_biases(stage, base, value, ("batch_norm", base), count, has)
    if name is None or stage.flow.shapes.get(name) in ((), None):
        return None if name is None else Name(name)
    sizes = [count if axis == len(shape) - IMAGE else 1 for axis in range(len(shape))]
    return call("reshape", Name(name), **dict(zip(SIZES, map(float, sizes), strict=False)))


KINDS = {"batch_norm": Kind(BatchNorm, batch_norm), "layer_norm": Kind(LayerNorm, layer_norm)}
