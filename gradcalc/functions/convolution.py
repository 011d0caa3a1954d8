"""Convolution of images and sequences as courses do it, without turning the kernel, and its gradients.

The gradients are functions of the table as well, each with its own: what an image receives, what the filters receive,
what the bias receives. Values are made of one matrix product, of the filters with the windows of the image as columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from math import prod
from typing import Any

import numpy as np

from gradcalc.formula.shapes import same, spell
from gradcalc.formula.table import IMAGES, Axis, Function, Mistake, Shape, ShapeMismatch, register
from gradcalc.functions.image_entries import of_channels, of_convolution, of_filters, of_image
from gradcalc.functions.windows import Fit, Fitting, loose, of_images, of_rows, padded, view, whole

_SOURCE = "Dumoulin & Visin, A guide to convolution arithmetic for deep learning (2016), chapters 2 and 4"
_MOVES = {"stride": 1.0, "padding": 0.0}
_SAME = "stride=stride, padding=padding"


def _columns(image: Any, fit: Fit) -> Any:
    """The windows of padded images as columns: N × C·KH·KW × OH·OW."""
    windows = view(image, fit.filters[2:], (fit.stride, fit.stride))
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(image.shape[0], prod(fit.filters[1:]), -1)


def _value(x: Any, w: Any, b: Any, fitting: Fitting, stride: float, padding: float) -> Any:
    fit = fitting(np.shape(x), np.shape(w), stride, padding)
    image = padded(np.reshape(x, fit.images), fit.down, fit.across)
    product = np.reshape(w, (fit.filters[0], -1)) @ _columns(image, fit)
    return np.reshape(product + np.reshape(b, (-1, 1)), fit.value)


def _to_image(v: Any, w: Any, x: Any, fitting: Fitting, stride: float, padding: float, last: float) -> Any:
    """What each pixel receives from all windows in which it is; with `last`, from the last of them alone.

    The loop goes over the kernel from its end, as the last window that has a pixel has it foremost.
    """
    fit = loose(fitting, np.shape(x), np.shape(w), stride, padding)
    v = fit.all_axes(v)
    (n, c, height, width), (f, _, kh, kw), (rows, columns), s = fit.images, fit.filters, v.shape[2:], fit.stride
    parts = np.reshape(w, (f, -1)).T @ v.reshape(n, f, -1)
    parts = parts.reshape(n, c, kh, kw, rows, columns)
    down, across = s * (rows - 1) + 1, s * (columns - 1) + 1
    into = np.zeros((n, c, max(height + 2 * fit.down, down + kh - 1), max(width + 2 * fit.across, across + kw - 1)))
    for i, j in ((i, j) for i in reversed(range(kh)) for j in reversed(range(kw))):
        there = into[:, :, i : i + down : s, j : j + across : s]
        there[...] = parts[:, :, i, j] if last else there + parts[:, :, i, j]
    image = into[:, :, fit.down : fit.down + height, fit.across : fit.across + width]
    return np.reshape(image, np.shape(x))


def _to_filters(v: Any, x: Any, w: Any, fitting: Fitting, stride: float, padding: float) -> Any:
    """What each entry of a kernel receives: from every window, times the pixel that lies under it there."""
    fit = loose(fitting, np.shape(x), np.shape(w), stride, padding)
    v = fit.all_axes(v)
    image = padded(np.reshape(x, fit.images), fit.down, fit.across)
    wanted = [fit.stride * (count - 1) + kernel for count, kernel in zip(v.shape[2:], fit.filters[2:], strict=True)]
    lacking = [(0, max(0, size - there)) for size, there in zip(wanted, image.shape[2:], strict=True)]
    if any(behind for _, behind in lacking):
        image = np.pad(image, [(0, 0), (0, 0), *lacking])
    columns = _columns(image[:, :, : wanted[0], : wanted[1]], fit)
    product = v.reshape(*v.shape[:2], -1) @ columns.swapaxes(1, 2)
    return np.reshape(np.add.reduce(product, axis=0), np.shape(w))


# What the bias receives, and what is spread over the maps again.


def _channel_axis(shape: Shape, behind: float) -> int:
    """The axis of the channels, with so many behind it; below 0 where there is one channel, left out."""
    return len(shape) - 1 - int(behind)


def _per_channel(v: Any, b: Any, behind: float) -> Any:
    channel = _channel_axis(np.shape(v), behind)
    one = np.size(b) == 1 or channel < 0
    others = None if one else tuple(axis for axis in range(np.ndim(v)) if axis != channel)
    return np.reshape(np.add.reduce(np.asarray(v), axis=others), np.shape(b))[()]


def _each_channel(b: Any, v: Any, behind: float) -> Any:
    channel = _channel_axis(np.shape(v), behind)
    lying = [1] * np.ndim(v)
    if np.size(b) > 1:
        lying[channel] = -1
    return np.broadcast_to(np.reshape(b, lying), np.shape(v)).copy()[()]


def _per_channel_shape(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    _refuse_bias(args[1], _channels(args[0], params["behind"]))
    return args[1]


def _each_channel_shape(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    _refuse_bias(args[0], _channels(args[1], params["behind"]))
    return args[1]


def _channels(shape: Shape, behind: float) -> int:
    channel = _channel_axis(shape, behind)
    return 1 if channel < 0 else shape[channel]


def _refuse_bias(shape: Shape, filters: int) -> None:
    if prod(shape) not in (1, filters) or len(shape) > 2:
        needed = "there is one filter" if filters == 1 else f"one for each of {filters} filters"
        raise ShapeMismatch(f"the bias is {spell(shape)}, and {needed}")


def _flipped(a: Any, axes: float) -> Any:
    return np.flip(a, axis=tuple(range(max(0, np.ndim(a) - int(axes)), np.ndim(a))))


def _value_shape(args: Sequence[Shape], params: Mapping[str, float], axis: Axis, fitting: Fitting) -> Shape:
    fit = fitting(args[0], args[1], params["stride"], params["padding"])
    _refuse_bias(args[2], fit.filters[0])
    return fit.value


def _gradient_shape(
    args: Sequence[Shape], params: Mapping[str, float], axis: Axis, fitting: Fitting, image: int
) -> Shape:
    """That of the last argument, which is the image or the filters; `image` is where the image stands."""
    x, w = args[image], args[3 - image]
    fit = loose(fitting, x, w, whole("stride", params["stride"], 1), whole("padding", params["padding"], 0))
    if prod(args[0]) % (fit.images[0] * fit.filters[0]):
        raise ShapeMismatch(f"{spell(args[0])} is no gradient of {spell(x)} under filters {spell(w)}")
    return args[2]


register(
    Function(
        name="flip",
        args=("a",),
        params={"axes": 2},
        summary="the last axes in the other order: with two, a kernel turned by half a turn",
        gradient={"a": "flip(g, axes=axes)"},
        value=_flipped,
        shape=same,
        images=True,
        moves=True,
        group=IMAGES,
    )
)


def _convolution(name: str, fitting: Fitting, behind: int, of: str) -> None:
    """A convolution; `behind` is how many axes stand behind the channels."""
    to_x, to_w, flip = f"{name}_input", f"{name}_weight", f"flip(w, axes={behind})"
    to_b = "per_channel(g, b)" if behind == 2 else f"per_channel(g, b, behind={behind})"
    register(
        Function(
            name=name,
            args=("x", "w", "b"),
            params=_MOVES,
            summary=f"the correlation of {of} (the kernel isn't turned) plus a bias for each filter",
            gradient={
                "x": f"{to_x}(g, w, x, {_SAME})",
                "w": f"{to_w}(g, x, w, {_SAME})",
                "b": to_b,
            },
            source=_SOURCE,
            value=partial(_value, fitting=fitting),
            shape=partial(_value_shape, fitting=fitting),
            entry=partial(of_convolution, fitting=fitting),
            images=True,
            usual={"b": 0.0},
            group=IMAGES,
            mistakes=(
                Mistake(
                    "kernel-flipped",
                    f"{name}(x, {flip}, b, {_SAME})",
                    "the kernel is turned here, and {w} lies on the image as it is",
                ),
                Mistake("bias-left-out", f"{name}(x, w, 0, {_SAME})", "the bias is left out"),
                Mistake(
                    "kernel-not-flipped",
                    f"{to_x}(g, {flip}, x, {_SAME})",
                    "on the way back the kernel is turned by 180°: each pixel receives by the weight that lay on it",
                    "x",
                ),
                Mistake(
                    "overlap-overwritten",
                    f"{to_x}(g, w, x, {_SAME}, last=1)",
                    "where windows overlap, a pixel receives from each: they are added, the last doesn't replace them",
                    "x",
                ),
                Mistake(
                    "stride-left-out",
                    f"{to_x}(g, w, x, padding=padding)",
                    "the windows lie a stride of {stride} apart, on the way back as well",
                    "x",
                ),
                Mistake(
                    "padding-left-out",
                    f"{to_x}(g, w, x, stride=stride)",
                    "the padding of {padding} is left out: pixels receive what belongs to the zeros around the image",
                    "x",
                ),
                Mistake(
                    "kernel-flipped",
                    f"flip({to_w}(g, x, w, {_SAME}), axes={behind})",
                    "the kernel's gradient is turned here; it is the correlation of {x} with the gradient above",
                    "w",
                ),
                Mistake(
                    "stride-left-out",
                    f"{to_w}(g, x, w, padding=padding)",
                    "the windows lie a stride of {stride} apart, on the way back as well",
                    "w",
                ),
                Mistake(
                    "padding-left-out",
                    f"{to_w}(g, x, w, stride=stride)",
                    "the padding of {padding} is left out: the windows lie over {x} with the zeros around it",
                    "w",
                ),
                Mistake(
                    "mean-not-sum",
                    f"{to_b} * size(b) / size(g)",
                    "a bias stands in every place of its map, so it receives the sum over them, not the mean",
                    "b",
                ),
            ),
        )
    )


def _to_x(name: str, fitting: Fitting, of: str) -> None:
    """What the image receives of the convolution called `of`."""
    register(
        Function(
            name=name,
            args=("v", "w", "x"),
            params={**_MOVES, "last": 0.0},
            summary=f"what x receives where {of} receives v: the full correlation of v with the kernel turned",
            gradient={"v": f"{of}(g, w, {_SAME})", "w": f"{of}_weight(v, g, w, {_SAME})"},
            stops=("x",),
            source=_SOURCE,
            value=partial(_to_image, fitting=fitting),
            shape=partial(_gradient_shape, fitting=fitting, image=2),
            entry=partial(of_image, fitting=fitting),
            images=True,
            group=IMAGES,
        )
    )


def _to_w(name: str, fitting: Fitting, of: str) -> None:
    """What the filters receive of the convolution called `of`."""
    register(
        Function(
            name=name,
            args=("v", "x", "w"),
            params=_MOVES,
            summary=f"what w receives where {of} receives v: the correlation of x with v",
            gradient={"v": f"{of}(x, g, {_SAME})", "x": f"{of}_input(v, g, x, {_SAME})"},
            stops=("w",),
            source=_SOURCE,
            value=partial(_to_filters, fitting=fitting),
            shape=partial(_gradient_shape, fitting=fitting, image=1),
            entry=partial(of_filters, fitting=fitting),
            images=True,
            group=IMAGES,
        )
    )


_convolution("conv2d", of_images, 2, "images with filters")
_to_x("conv2d_input", of_images, "conv2d")
_to_w("conv2d_weight", of_images, "conv2d")
_convolution("conv1d", of_rows, 1, "sequences with filters")
_to_x("conv1d_input", of_rows, "conv1d")
_to_w("conv1d_weight", of_rows, "conv1d")

register(
    Function(
        name="per_channel",
        args=("v", "b"),
        params={"behind": 2.0},
        summary="the sum of v over all but its channels (in the shape of b)",
        gradient={"v": "each_channel(g, v, behind=behind)"},
        stops=("b",),
        value=_per_channel,
        shape=_per_channel_shape,
        entry=of_channels,
        images=True,
        group=IMAGES,
    )
)

register(
    Function(
        name="each_channel",
        args=("b", "v"),
        params={"behind": 2.0},
        summary="the number of b for each channel all over it (in the shape of v)",
        gradient={"b": "per_channel(g, b, behind=behind)"},
        stops=("v",),
        value=_each_channel,
        shape=_each_channel_shape,
        images=True,
        moves=True,
        group=IMAGES,
    )
)
