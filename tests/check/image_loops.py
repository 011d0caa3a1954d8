"""Functions of images by loops over every sample, channel, row and column, from the textbooks' definitions."""

from __future__ import annotations

import itertools

import numpy as np


def over(*counts):
    """All indices below these counts."""
    return itertools.product(*map(range, counts))


def with_four(a):
    return np.reshape(a, (1,) * (4 - max(np.ndim(a), 2)) + (np.shape(a) or (1, 1)))


def each_window(x, w, rows, columns, stride, padding):
    """Where a pixel lies under a weight: the window's place, the weight's, and the pixel's."""
    for i, j, k, m in over(rows, columns, *w.shape[2:]):
        row, column = stride * i + k - padding, stride * j + m - padding
        if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
            yield i, j, k, m, row, column


def correlation(x, w, b, stride, padding):
    """N×F×OH×OW of images and filters with all axes."""
    rows, columns = ((x.shape[axis] + 2 * padding - w.shape[axis]) // stride + 1 for axis in (2, 3))
    value = np.zeros((len(x), len(w), rows, columns))
    for n, f in over(len(x), len(w)):
        value[n, f] += np.ravel(b)[f if np.size(b) > 1 else 0]
        for i, j, k, m, row, column in each_window(x, w, rows, columns, stride, padding):
            for c in range(x.shape[1]):
                value[n, f, i, j] += w[f, c, k, m] * x[n, c, row, column]
    return value


def conv2d(x, w, b=0.0, stride=1, padding=0):
    value = correlation(with_four(x), with_four(w), b, int(stride), int(padding))
    if np.ndim(x) == 4:
        return value
    return value[0] if np.ndim(w) == 4 else value[0, 0]


def to_image(v, x, w, stride, padding, last=False):
    """Each window hands its gradient on to the pixels in it, one window after the other."""
    into = np.zeros(x.shape)
    for n in range(len(x)):
        for i, j in over(*v.shape[2:]):
            for c, k, m in over(*w.shape[1:]):
                row, column = stride * i + k - padding, stride * j + m - padding
                if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                    part = sum(v[n, f, i, j] * w[f, c, k, m] for f in range(len(w)))
                    into[n, c, row, column] = part + (0 if last else into[n, c, row, column])
    return into


def to_filters(v, x, w, stride, padding):
    into = np.zeros(w.shape)
    for n, f in over(len(x), len(w)):
        for i, j, k, m, row, column in each_window(x, w, *v.shape[2:], stride, padding):
            for c in range(x.shape[1]):
                into[f, c, k, m] += v[n, f, i, j] * x[n, c, row, column]
    return into


def conv2d_input(v, w, x, stride=1, padding=0, last=0):
    all_axes = np.reshape(v, (len(with_four(x)), len(with_four(w)), *np.shape(v)[-2:]))
    return to_image(all_axes, with_four(x), with_four(w), int(stride), int(padding), last).reshape(np.shape(x))


def conv2d_weight(v, x, w, stride=1, padding=0):
    all_axes = np.reshape(v, (len(with_four(x)), len(with_four(w)), *np.shape(v)[-2:]))
    return to_filters(all_axes, with_four(x), with_four(w), int(stride), int(padding)).reshape(np.shape(w))


def rows_of(x, w):
    """Sequences N×C×L and filters F×C×K; a vector is one channel."""
    vectors = np.ndim(x) == np.ndim(w) == 2 and 1 in x.shape and 1 in w.shape
    one_channel = vectors or (np.ndim(x) == 2 and w.shape[-2] == 1)
    sequences = x.reshape(1, 1, -1) if one_channel else x.reshape(-1, *x.shape[-2:])
    filters = w.reshape(1, 1, -1) if vectors else w.reshape(-1, *w.shape[-2:])
    return sequences, filters


def conv1d(x, w, b=0.0, stride=1, padding=0):
    s, p = int(stride), int(padding)
    sequences, filters = rows_of(x, w)
    wide = np.pad(sequences, [(0, 0), (0, 0), (p, p)])
    length = (wide.shape[2] - filters.shape[2]) // s + 1
    value = np.zeros((len(wide), len(filters), length))
    for n, f, i in over(*value.shape):
        value[n, f, i] = np.sum(wide[n, :, s * i : s * i + filters.shape[2]] * filters[f])
        value[n, f, i] += np.ravel(b)[f if np.size(b) > 1 else 0]
    if np.ndim(x) == 2 and np.ndim(w) == 2 and x.shape[1] == 1:
        return value[0].T
    return value[0] if np.ndim(x) == 2 else value


def conv1d_input(v, w, x, stride=1, padding=0, last=0):
    """The gradient with respect to x of the sum of conv1d, weighted by v: what moving an entry by 1 changes."""
    return _slopes(lambda x: np.sum(v * conv1d(x, w, 0.0, stride, padding)), x)


def conv1d_weight(v, x, w, stride=1, padding=0):
    return _slopes(lambda w: np.sum(v * conv1d(x, w, 0.0, stride, padding)), w)


def _slopes(linear, at):
    """The slopes of a linear function."""
    found, start = np.zeros(np.shape(at)), linear(np.zeros(np.shape(at)))
    for index in np.ndindex(*np.shape(at)):
        moved = np.zeros(np.shape(at))
        moved[index] = 1.0
        found[index] = linear(moved) - start
    return found


def per_channel(v, b, behind=2):
    axis = np.ndim(v) - 1 - int(behind)
    if np.size(b) == 1 or axis < 0:
        return np.reshape(np.sum(v), np.shape(b))
    return np.reshape([np.sum(np.take(v, f, axis=axis)) for f in range(np.size(b))], np.shape(b))


def each_channel(b, v, behind=2):
    axis = np.ndim(v) - 1 - int(behind)
    return np.array([np.ravel(b)[index[axis] if np.size(b) > 1 else 0] for index in np.ndindex(*np.shape(v))]).reshape(
        np.shape(v)
    )


def steps(shape, size):
    """Over a vector, windows are long in one direction alone."""
    lying = len(shape) == 2 and 1 in shape and max(shape) > 1
    return tuple(1 if lying and side == 1 else int(size) for side in shape[-2:])


def pools(x, size, stride):
    """Each window: its place, and the places of its entries."""
    (rows, columns), (down, across) = steps(np.shape(x), size), steps(np.shape(x), stride)
    *leading, height, width = np.shape(x)
    for index in over(*leading, (height - rows) // down + 1, (width - columns) // across + 1):
        *first, i, j = index
        yield index, [(*first, down * i + k, across * j + m) for k, m in over(rows, columns)]


def pooled(x, size, stride, what):
    found = {index: what([x[place] for place in inside]) for index, inside in pools(x, size, stride)}
    shape = tuple(max(sizes) + 1 for sizes in zip(*found, strict=True))
    return np.array([found[index] for index in np.ndindex(*shape)]).reshape(shape)


def max_pool(x, size=2, stride=2):
    return pooled(x, size, stride, max)


def avg_pool(x, size=2, stride=2):
    return pooled(x, size, stride, lambda entries: sum(entries) / len(entries))


def max_unpool(v, x, size=2, stride=2, last=0):
    into = np.zeros(np.shape(x))
    for index, inside in pools(x, size, stride):
        largest = max(inside, key=lambda place: x[place])
        into[largest] = v[index] + (0 if last else into[largest])
    return into


def at_max(u, x, size=2, stride=2):
    places = {index: max(inside, key=lambda place: x[place]) for index, inside in pools(x, size, stride)}
    return np.array([u[places[index]] for index in np.ndindex(*max_pool(x, size, stride).shape)]).reshape(
        max_pool(x, size, stride).shape
    )


def avg_unpool(v, x, size=2, stride=2, last=0):
    into = np.zeros(np.shape(x))
    for index, inside in pools(x, size, stride):
        for place in inside:
            into[place] = v[index] / len(inside) + (0 if last else into[place])
    return into


def pool_lead(x, size=2, stride=2):
    return pooled(x, size, stride, lambda entries: sorted(entries)[-1] - sorted(entries)[-2])


def pad(a, size=1):
    return np.pad(a, [(0, 0)] * (np.ndim(a) - 2) + [(int(size), int(size))] * 2)


def unpad(a, size=1):
    s = int(size)
    return a[..., s : np.shape(a)[-2] - s, s : np.shape(a)[-1] - s]


def upsample(a, size=2):
    return np.kron(a, np.ones((1,) * (np.ndim(a) - 2) + (int(size), int(size))))


def sum_pool(a, size=2):
    return pooled(a, size, size, sum) if 1 not in np.shape(a)[-2:] or int(size) > 1 else a


def flip(a, axes=2):
    return a[(..., *[slice(None, None, -1)] * min(int(axes), np.ndim(a)))]


_ALL = (conv2d, conv2d_input, conv2d_weight, conv1d, conv1d_input, conv1d_weight, per_channel, each_channel, max_pool)
_REST = (avg_pool, max_unpool, at_max, avg_unpool, pool_lead, pad, unpad, upsample, sum_pool, flip)
PLAIN = {each.__name__: each for each in (*_ALL, *_REST)}

CASES = {
    "conv2d": [
        ((1, 2, 5, 5), (3, 2, 3, 3), (3, 1)),
        ((4, 5), (2, 2), ()),
        ((2, 5, 3), (2, 3, 3), (1, 1)),
        ((2, 3, 3), (2, 2, 3, 1), (1, 2)),
        ((3, 3), (2, 1, 3, 3), (2, 1)),
        ((2, 1, 3, 3), (3, 3), ()),
    ],
    "conv2d_input": [
        ((3, 3), (2, 2), (4, 4)),
        ((1, 3, 3, 3), (3, 2, 2, 2), (1, 2, 4, 4)),
        ((2, 2), (2, 3, 3), (2, 4, 4)),
    ],
    "conv2d_weight": [((3, 3), (4, 4), (2, 2)), ((1, 3, 3, 3), (1, 2, 4, 4), (3, 2, 2, 2))],
    "conv1d": [
        ((2, 2, 7), (3, 2, 3), (3, 1)),
        ((5, 1), (3, 1), ()),
        ((1, 5), (1, 3), ()),
        ((2, 5), (2, 3), (1, 1)),
        ((2, 5), (3, 2, 3), (1, 3)),
        ((5, 1), (2, 1, 3), (2, 1)),
    ],
    "conv1d_input": [((3, 1), (3, 1), (5, 1)), ((2, 3, 5), (3, 2, 3), (2, 2, 7))],
    "conv1d_weight": [((3, 1), (5, 1), (3, 1)), ((2, 3, 5), (2, 2, 7), (3, 2, 3))],
    "per_channel": [((2, 3, 2, 2), (3, 1)), ((3, 2, 2), (1, 3)), ((2, 3), ()), ((2, 3), (1, 1))],
    "each_channel": [((3, 1), (2, 3, 2, 2)), ((1, 3), (3, 2, 2)), ((), (2, 3)), ((1, 1), (2, 3))],
    "max_pool": [((2, 5, 5),), ((4, 6),), ((2, 2, 2, 4),), ((4, 1),), ((1, 6),), ((5, 7),)],
    "avg_pool": [((2, 5, 5),), ((4, 6),), ((2, 2, 2, 4),), ((4, 1),), ((1, 6),), ((5, 7),)],
    "pool_lead": [((2, 5, 5),), ((4, 6),), ((2, 2, 2, 4),), ((4, 1),)],
    "max_unpool": [((2, 3), (4, 6)), ((1, 2, 2), (1, 5, 5)), ((2, 1), (4, 1))],
    "avg_unpool": [((2, 3), (4, 6)), ((1, 2, 2), (1, 5, 5)), ((2, 1), (4, 1))],
    "at_max": [((4, 6), (4, 6)), ((1, 5, 5), (1, 5, 5)), ((4, 1), (4, 1))],
    "pad": [((2, 3),), ((2, 2, 1),), ((1, 2, 2, 2),)],
    "unpad": [((5, 6),), ((2, 5, 5),), ((1, 1, 7, 5),)],
    "upsample": [((2, 3),), ((2, 2, 1),), ((1, 2, 2, 2),)],
    "sum_pool": [((6, 12),), ((2, 6, 6),), ((1, 2, 6, 6),)],
    "flip": [((2, 3),), ((3, 1),), ((2, 2, 3),)],
}
"""Shapes of arguments to try; each is tried with the parameters with which it fits."""
_MOVED = (("stride", 2.0), ("padding", 1.0))
PARAMS = {
    **{name: [(), (("stride", 2.0),), _MOVED] for name in ("conv2d", "conv1d")},
    **{name: [()] for name in ("conv2d_input", "conv2d_weight", "conv1d_input", "conv1d_weight")},
    **{name: [(), (("behind", 2.0),)] for name in ("per_channel", "each_channel")},
    **{name: [(), (("size", 3.0),), (("stride", 1.0),)] for name in ("max_pool", "avg_pool", "pool_lead")},
    **{name: [(), (("size", 3.0), ("stride", 2.0))] for name in ("max_unpool", "avg_unpool", "at_max")},
    **{name: [(), (("size", 2.0),)] for name in ("pad", "unpad")},
    **{name: [(), (("size", 3.0),)] for name in ("upsample", "sum_pool")},
    "flip": [(), (("axes", 1.0),)],
}
MISTAKEN = {"conv2d": _MOVED, "conv1d": _MOVED, "max_pool": (("size", 3.0),), "avg_pool": (("size", 3.0),)}
"""Parameters with which a mistake shows: a stride, a padding, windows that overlap."""
