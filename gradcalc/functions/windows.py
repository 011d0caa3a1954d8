"""What convolution and pooling have in common: windows that move over images.

Images are N×C×H×W (samples, channels, rows, columns), of which leading parts may be left out, filters F×C×KH×KW. Window
(i, j) of a stride s and a padding p begins at row s·i − p and column s·j − p; outside the image there are zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from gradcalc.formula.shapes import counted, spell
from gradcalc.formula.table import Shape, ShapeMismatch


class Fit(NamedTuple):
    """How one application is laid out: images and filters with all four axes, the value's shape, and how windows move.

    `down` and `across` are the padding along rows and columns.
    """

    images: Shape
    filters: Shape
    value: Shape
    stride: int
    down: int
    across: int

    @property
    def full(self) -> Shape:
        """N×F×OH×OW of the value."""
        n, f = self.images[0], self.filters[0]
        return (n, f, 1, prod(self.value) // (n * f)) if self.one_row else (n, f, *(self.value or (1, 1))[-2:])

    @property
    def one_row(self) -> bool:
        """Whether this is about sequences."""
        return self.filters[2] == self.images[2] == 1 and not self.down

    def all_axes(self, g: Any) -> Any:
        """The gradient of a value as N×F×OH×OW."""
        return np.reshape(g, self.received(np.shape(g)))

    def received(self, shape: Shape) -> Shape:
        """N×F×OH×OW of a gradient of that shape; there may be more or fewer windows than in the value."""
        n, f = self.images[0], self.filters[0]
        rows = 1 if self.one_row else (shape or (1, 1))[-2]
        return n, f, rows, prod(shape) // (n * f) // rows


Fitting: TypeAlias = Callable[[Shape, Shape, float, float], Fit]


def whole(name: str, value: float, least: int) -> int:
    """A parameter that counts. Raises ShapeMismatch."""
    if value != int(value) or value < least:
        raise ShapeMismatch(f"{name} must be a whole number from {least}, and this is {value:g}")
    return int(value)


def places(size: int, window: int, stride: int, padding: int, what: str) -> int:
    """At how many places a window lies along one axis. Raises ShapeMismatch where it is too large or leaves a rest."""
    room = size + 2 * padding
    around = f" and a padding of {padding} on both sides" if padding else ""
    if window > room:
        raise ShapeMismatch(
            f"a window of {counted(window, what)} is larger than what it moves over, which has "
            f"{counted(size, what)}{around}"
        )
    steps, rest = divmod(room - window, stride)
    if rest:
        raise ShapeMismatch(
            f"windows of {counted(window, what)} with stride {stride} don't divide {counted(size, what)}{around}: "
            f"({room} − {window}) / {stride} is no whole number, so {counted(rest, what)} would be left out"
        )
    return steps + 1


def view(images: Any, size: Sequence[int], stride: tuple[int, int]) -> Any:
    """Every window of so many rows and columns, as a view: …×OH×OW×rows×columns."""
    windows = np.lib.stride_tricks.sliding_window_view(images, tuple(size), axis=(-2, -1))
    return windows[..., :: stride[0], :: stride[1], :, :]


def padded(images: Any, down: int, across: int) -> Any:
    """Images with zeros around their last two axes."""
    if not (down or across):
        return images
    shape = images.shape
    larger = np.zeros((*shape[:-2], shape[-2] + 2 * down, shape[-1] + 2 * across))
    larger[..., down : down + shape[-2], across : across + shape[-1]] = images
    return larger


def along(shape: Shape) -> tuple[bool, bool]:
    """Whether windows move down and across: over a vector only along it."""
    down, across = (shape or (1, 1))[-2:]
    vector = len(shape) == 2 and (down == 1) != (across == 1)
    return (down > 1, across > 1) if vector else (True, True)


def of_images(x: Shape, w: Shape, stride: float, padding: float) -> Fit:
    """How filters lie on images. The value has F where the filters have it, and N where the images have it.

    Raises ShapeMismatch.
    """
    images, filters = _four(x), _four(w)
    step, around = whole("stride", stride, 1), whole("padding", padding, 0)
    _refuse_other_channels(x, w, images[1], filters[1])
    rows = places(images[2], filters[2], step, around, "row")
    columns = places(images[3], filters[3], step, around, "column")
    axes = 4 if len(x) == 4 else 3 if len(w) == 4 else 2
    return Fit(images, filters, (images[0], filters[0], rows, columns)[-axes:], step, around, around)


def _four(shape: Shape) -> Shape:
    return (*[1] * (4 - len(shape or (1, 1))), *(shape or (1, 1)))


def of_rows(x: Shape, w: Shape, stride: float, padding: float) -> Fit:
    """The same for sequences, images of one row: N×C×L and filters F×C×K, or a vector and a vector.

    Raises ShapeMismatch.
    """
    x, w = x or (1, 1), w or (1, 1)
    if len(x) > 3 or len(w) > 3:
        raise ShapeMismatch(f"conv1d takes sequences N×C×L and filters F×C×K, not {spell(x)} with {spell(w)}")
    vectors = len(x) == len(w) == 2 and 1 in x and 1 in w
    images, filters = _one_row(x, vectors or w[-2] == 1), _one_row(w, vectors)
    step, around = whole("stride", stride, 1), whole("padding", padding, 0)
    _refuse_other_channels(x, w, images[1], filters[1])
    length = places(images[3], filters[3], step, around, "number")
    value: Shape = (filters[0], length) if len(x) == 2 else (images[0], filters[0], length)
    if vectors and x[1] == 1:
        value = (length, 1)
    return Fit(images, filters, value, step, 0, around)


def _one_row(shape: Shape, one_channel: bool) -> Shape:
    if len(shape) == 3:
        return shape[0], shape[1], 1, shape[2]
    return (1, 1, 1, prod(shape)) if one_channel and 1 in shape else (1, shape[0], 1, shape[1])


def _refuse_other_channels(x: Shape, w: Shape, channels: int, wanted: int) -> None:
    if channels != wanted:
        raise ShapeMismatch(
            f"{spell(x)} has {counted(channels, 'channel')}, and the filters, {spell(w)}, have "
            f"{counted(wanted, 'channel')}: a filter has a kernel for each channel of the image"
        )


def loose(fitting: Fitting, x: Shape, w: Shape, stride: float, padding: float) -> Fit:
    """A fit of which nothing is asked: what a wrong stride or padding gives is worked out too, to recognise it."""
    wide = fitting(x, w, 1.0, float(max(x + w, default=1)))
    return wide._replace(stride=int(stride), down=int(padding) if wide.down else 0, across=int(padding))


def windows_of(shape: Shape, size: float, stride: float) -> tuple[tuple[int, int], tuple[int, int]]:
    """Of pooling, the rows and columns of a window, and how far windows lie apart down and across."""
    moves = along(shape)
    down, across = (int(size) if each else 1 for each in moves)
    return (down, across), (int(stride) if moves[0] else 1, int(stride) if moves[1] else 1)
