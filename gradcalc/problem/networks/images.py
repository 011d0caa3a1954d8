"""Layers of images: convolution, pooling, and the step to columns (or rows) of samples for the layers behind."""

from __future__ import annotations

from typing import Annotated

from gradcalc.formula.expr import ZERO, Expr, Name, call
from gradcalc.formula.shapes import MATRIX
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import Axis
from gradcalc.problem.calls import activation
from gradcalc.problem.document import is_read
from gradcalc.problem.forms import Numbers
from gradcalc.problem.keys import Keys, Limits, Must, form, key
from gradcalc.problem.networks.stage import Index, Stage
from gradcalc.problem.networks.table import Kind

_COUNT = Must("a whole number from 1", "2")
_PADDING = Must("a whole number from 0", "1")
_FILTERS = Must("given as filters × channels × rows × columns,", "[[[[1, 0], [-1, 2]]]]")


@form
class Conv(Keys):
    """Filters that move over images, not turned (cross-correlation)."""

    conv: Numbers = key("The filters, F×C×KH×KW; of one filter F, of one channel C too may be left out", must=_FILTERS)
    biases: Numbers = key("One number for each filter, or one for all; none where left out", None)
    stride: Annotated[int, Limits(ge=1)] = key("How far windows lie apart", 1, must=_COUNT)
    padding: Annotated[int, Limits(ge=0)] = key("How many zeros are put around the images", 0, must=_PADDING)
    activation: str | None = key(
        "A function of the table: relu, tanh; none where left out", None, must=Must("the name of a function", "relu")
    )


@form
class MaxPool(Keys):
    """The largest number of each window."""

    max_pool: Annotated[int, Limits(ge=1)] = key("How many rows and columns a window has", must=_COUNT)
    stride: Annotated[int | None, Limits(ge=1)] = key(
        "How far windows lie apart; side by side if left out", None, must=_COUNT
    )


@form
class AvgPool(Keys):
    """The mean of each window."""

    avg_pool: Annotated[int, Limits(ge=1)] = key("How many rows and columns a window has", must=_COUNT)
    stride: Annotated[int | None, Limits(ge=1)] = key(
        "How far windows lie apart; side by side if left out", None, must=_COUNT
    )


@form
class Flatten(Keys):
    """Each image as a sample: a column, or a row where samples are rows."""

    flatten: bool = key("true", must=Must("true"))


def conv(stage: Stage, layer: Conv) -> None:
    """`a1 = conv2d(x, W1, b1, stride=2)`, `h1 = relu(a1)`."""
    if not (is_read(layer.stride) and is_read(layer.padding)):
        stage.put_out_unread()
        return
    stage.parameter("W", layer.conv, "conv")
    if layer.biases is not None:
        stage.parameter("b", layer.biases, "biases")
    bias: Expr = ZERO if layer.biases is None else Name(stage.name("b"))
    moves = {name: float(value) for name, value, usual in _moves(layer) if value != usual}
    for index, source in stage.sources.items():
        expr = call("conv2d", source, Name(stage.name("W")), bias, **moves)
        sums = stage.define(stage.name("a", index), expr, "conv")
        _put_out(stage, layer, index, sums.id)


def _moves(layer: Conv) -> tuple[tuple[str, int, int], ...]:
    """The parameters of the call, with their usual values."""
    return ("stride", layer.stride, 1), ("padding", layer.padding, 0)


def _put_out(stage: Stage, layer: Conv, index: Index, sums: str) -> None:
    keys = ("activation",) if layer.activation else ()
    active = activation(stage.draft, (*stage.path, "activation"), layer.activation, sums)
    stage.put_out(index, Name(sums) if active is None else simplify(active), *keys)


def max_pool(stage: Stage, layer: MaxPool) -> None:
    """`h2 = max_pool(h1, size=2, stride=2)`."""
    _pool(stage, "max_pool", layer.max_pool, layer.stride)


def avg_pool(stage: Stage, layer: AvgPool) -> None:
    """`h2 = avg_pool(h1, size=2, stride=2)`."""
    _pool(stage, "avg_pool", layer.avg_pool, layer.stride)


def _pool(stage: Stage, function: str, size: int, stride: int | None) -> None:
    if not (is_read(size) and is_read(stride)):
        stage.put_out_unread()
        return
    for index, source in stage.sources.items():
        expr = call(function, source, size=float(size), stride=float(size if stride is None else stride))
        stage.put_out(index, expr, function)


def flatten(stage: Stage, layer: Flatten) -> None:
    """`h3 = flatten(h2)`; a single image of one channel is a column, which is turned where samples are rows."""
    if not layer.flatten:
        stage.fault("is false: leave the layer out", "flatten")
    turned = stage.axis is Axis.ROWS and stage.shape is not None and len(stage.shape) <= MATRIX
    for index, source in stage.sources.items():
        flat = call("flatten", source)
        stage.put_out(index, call("transpose", flat) if turned else flat, "flatten")


KINDS = {
    "conv": Kind(Conv, conv),
    "max_pool": Kind(MaxPool, max_pool),
    "avg_pool": Kind(AvgPool, avg_pool),
    "flatten": Kind(Flatten, flatten),
}
