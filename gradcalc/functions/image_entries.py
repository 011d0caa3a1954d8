"""One entry of what functions of images give, written out: the sum over a window, the windows that a pixel is in.

Each is made of the views of the arguments, for an entry's place. Within, images have all four axes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from itertools import product
from math import prod

import numpy as np

from gradcalc.formula.entries import Place, View, positions, product_of, total_of
from gradcalc.formula.expr import ONE, Expr, Num, call
from gradcalc.formula.table import Shape
from gradcalc.functions.windows import Fit, Fitting, loose, windows_of

Params = Mapping[str, float]


def _moved(place: Place, shape: Shape, into: Shape) -> Place:
    """The place of the same entry where the shape has more axes, or fewer."""
    number = np.ravel_multi_index(place, shape or (1, 1))
    return tuple(int(each) for each in np.unravel_index(number, into or (1, 1)))


def _at(view: View, place: Place, shape: Shape) -> Expr:
    """An entry of a view by its place among all four axes."""
    return view.at(*_moved(place, shape, view.shape))


def of_convolution(place: Place, args: Sequence[View], params: Params, fitting: Fitting) -> Expr:
    """The sum over one window, with the bias."""
    x, w, b = args
    fit = fitting(x.shape, w.shape, params["stride"], params["padding"])
    n, f, i, j = _moved(place, fit.value, fit.full)
    terms = [
        product_of(_at(x, (n, c, row, column), fit.images), _at(w, (f, c, k, m), fit.filters))
        for c, k, m, row, column in _under(fit, i, j)
    ]
    size = prod(b.shape)
    return total_of([*terms, b.at(*_moved((f if size > 1 else 0,), (size,), b.shape))])


def _under(fit: Fit, i: int, j: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Channel, row and column of a kernel, and the row and column of the image under it, for window (i, j)."""
    for c, k, m in product(*map(range, fit.filters[1:])):
        row, column = fit.stride * i + k - fit.down, fit.stride * j + m - fit.across
        if 0 <= row < fit.images[2] and 0 <= column < fit.images[3]:
            yield c, k, m, row, column


def of_image(place: Place, args: Sequence[View], params: Params, fitting: Fitting) -> Expr:
    """What a pixel receives: from each window in which it is, by the weight that lay on it."""
    v, w, x = args
    fit = loose(fitting, x.shape, w.shape, params["stride"], params["padding"])
    received = fit.received(v.shape)
    n, c, row, column = _moved(place, x.shape, fit.images)
    terms = []
    for f, k, m in product(*(range(fit.filters[axis]) for axis in (0, 2, 3))):
        i, down = divmod(row + fit.down - k, fit.stride)
        j, across = divmod(column + fit.across - m, fit.stride)
        if down == across == 0 and 0 <= i < received[2] and 0 <= j < received[3]:
            terms.append(product_of(_at(v, (n, f, i, j), received), _at(w, (f, c, k, m), fit.filters)))
    return total_of(terms)


def of_filters(place: Place, args: Sequence[View], params: Params, fitting: Fitting) -> Expr:
    """What a weight receives: from every window, times the pixel that lay under it."""
    v, x, w = args
    fit = loose(fitting, x.shape, w.shape, params["stride"], params["padding"])
    received = fit.received(v.shape)
    f, c, k, m = _moved(place, w.shape, fit.filters)
    terms = []
    for n, i, j in product(*(range(received[axis]) for axis in (0, 2, 3))):
        row, column = fit.stride * i + k - fit.down, fit.stride * j + m - fit.across
        if 0 <= row < fit.images[2] and 0 <= column < fit.images[3]:
            terms.append(product_of(_at(v, (n, f, i, j), received), _at(x, (n, c, row, column), fit.images)))
    return total_of(terms)


def of_channels(place: Place, args: Sequence[View], params: Params) -> Expr:
    """What a bias receives: the sum over its map."""
    v, b = args
    channel = len(v.shape) - 1 - int(params["behind"])
    mine = None if prod(b.shape) == 1 or channel < 0 else max(place)
    return total_of(v.at(*each) for each in positions(v.shape) if mine is None or each[channel] == mine)


def of_largest(place: Place, args: Sequence[View], params: Params) -> Expr:
    """The largest entry of a window."""
    (x,) = args
    return reduce(lambda a, b: call("maximum", a, b), [x.at(*each) for each in _window(x.shape, params, place)])


def of_mean(place: Place, args: Sequence[View], params: Params) -> Expr:
    """The mean of a window."""
    (x,) = args
    inside = [x.at(*each) for each in _window(x.shape, params, place)]
    return call("div", total_of(inside), Num(float(len(inside))))


def of_unpooled(place: Place, args: Sequence[View], params: Params) -> Expr:
    """What a pixel receives: from each window of which it is the largest entry."""
    v, x = args
    found = windows_with(x.shape, params, place)
    return total_of(product_of(v.at(*window), _is_largest(x, place, inside)) for window, inside in found)


def of_shared_out(place: Place, args: Sequence[View], params: Params) -> Expr:
    """What a pixel receives: its part of each window in which it is."""
    v, x = args
    found = [(v.at(*window), len(inside)) for window, inside in windows_with(x.shape, params, place)]
    return call("div", total_of(each for each, _ in found), Num(float(found[0][1]))) if found else total_of([])


def of_picked(place: Place, args: Sequence[View], params: Params) -> Expr:
    """The entry where a window has its largest."""
    u, x = args
    inside = _window(x.shape, params, place)
    return total_of(product_of(u.at(*each), _is_largest(x, each, inside)) for each in inside)


def _is_largest(x: View, place: Place, inside: Sequence[Place]) -> Expr:
    """1 where an entry is the largest of a window, in a tie the first, else 0."""
    here = inside.index(place)
    others = (
        call("greater" if i < here else "greater_equal", x.at(*place), x.at(*each))
        for i, each in enumerate(inside)
        if i != here
    )
    one: Expr = ONE
    return reduce(product_of, others, one)


def _window(shape: Shape, params: Params, place: Place) -> list[Place]:
    """The places that a window of pooling covers, row by row."""
    sizes, strides = windows_of(shape, params["size"], params["stride"])
    *leading, i, j = place
    rows = range(strides[0] * i, strides[0] * i + sizes[0])
    columns = range(strides[1] * j, strides[1] * j + sizes[1])
    return [(*leading, row, column) for row in rows for column in columns]


def windows_with(shape: Shape, params: Params, place: Place) -> Iterator[tuple[Place, list[Place]]]:
    """The windows of pooling in which a place is, each with the places that it covers."""
    sizes, strides = windows_of(shape, params["size"], params["stride"])
    *leading, row, column = place
    counts = [
        (side - size) // stride + 1 for side, size, stride in zip((shape or (1, 1))[-2:], sizes, strides, strict=True)
    ]
    for i, j in product(*map(range, counts)):
        inside = _window(shape, params, (*leading, i, j))
        if (*leading, row, column) in inside:
            yield (*leading, i, j), inside
