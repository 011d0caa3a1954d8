"""Run equations in plain NumPy, one after the other, with some of them replaced: none of the package's code runs."""

from __future__ import annotations

import image_loops
import numpy as np

from gradcalc.formula.expr import Apply, Name, Num


class Stuck(Exception):
    """A formula that shapes, or names that lead in a circle, leave without a value."""


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _per_sample(total):
    return total.reshape(()) if total.size == 1 else total


def _inner(u, v, axis):
    terms = np.asarray(u * v)
    return terms if terms.ndim == 0 else _per_sample(terms.sum(axis=axis, keepdims=True))


def _softmax(a, axis):
    if np.ndim(a) == 0:
        return np.ones(())
    powers = np.exp(a - np.max(a, axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def _log(p):
    return np.where(p == 0, 0.0, np.log(np.where(p == 0, 1.0, p)))


def _cross_entropy(p, y, axis):
    return -_inner(y, np.where(y == 0, 0.0, np.log(np.where(y == 0, 1.0, p))), axis)


def _binary(p, y, axis):
    return _cross_entropy(p, y, axis) + _cross_entropy(1 - p, 1 - y, axis)


def _sum(a, axis=-1):
    return np.sum(a) if axis < 0 or np.ndim(a) == 0 else np.sum(a, axis=int(axis), keepdims=True)


def _mean(a, axis=-1):
    return np.mean(a) if axis < 0 or np.ndim(a) == 0 else np.mean(a, axis=int(axis), keepdims=True)


def _last_nonzero(a):
    kept = np.array(a, dtype=float)
    for row in range(1, len(kept)):
        kept[:row] *= kept[row] == 0
    return kept


def _next_class(y, axis, by=1):
    if np.ndim(y) == 0:
        return y
    moved = [(place - int(by)) % y.shape[axis] for place in range(y.shape[axis])]
    return y[moved] if axis == 0 else y[:, moved]


def _only(a, axis, place=1):
    kept = np.zeros_like(a)
    at = (int(place) - 1, slice(None)) if axis == 0 else (slice(None), int(place) - 1)
    kept[at] = a[at]
    return kept


def _huber(error, delta):
    return np.where(error < delta, error**2 / 2, delta * (error - delta / 2))


def _region(a, index):
    """The rows and columns of a part, as numbers of them; of a vector its entries."""
    rows, columns = (
        list(range(int(first) - 1, {0: int(first), -1: size}.get(int(last), int(last))))
        for first, last, size in (
            (index["row"], index["row_to"], a.shape[0]),
            (index.get("column") or 1, index.get("column_to", 0) if index.get("column") else -1, a.shape[1]),
        )
    )
    return np.ix_(rows, columns)


def _place(g, a, **index):
    whole = np.zeros(np.shape(a))
    whole[_region(whole, index)] = g
    return whole


def _one_hot(k, a, axis):
    """A row for each of the indices, with a 1 at its place."""
    return np.eye(np.shape(a)[1 - axis])[[int(number) - 1 for number in np.ravel(k)]]


def _add_at(g, k, a, axis):
    return _one_hot(k, a, axis).T @ g if axis == 1 else g @ _one_hot(k, a, axis)


def _put_at(g, k, a, axis):
    numbers = list(np.ravel(k))
    last = np.array([[float(number not in numbers[i + 1 :])] for i, number in enumerate(numbers)])
    return _add_at(g * last if axis == 1 else g * last.T, k, a, axis)


PLAIN = {
    "add": lambda *terms: sum(terms[1:], terms[0]),
    "neg": lambda a: -a,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: np.asarray(a, dtype=float) ** b,
    "matmul": lambda a, b: a @ b,
    "transpose": lambda a: a.T,
    "identity": lambda a: a,
    "sigmoid": _sigmoid,
    "tanh": lambda a: (np.exp(a) - np.exp(-a)) / (np.exp(a) + np.exp(-a)),
    "relu": lambda a: a * (a > 0),
    "leaky_relu": lambda a, alpha=0.01: np.where(a > 0, a, alpha * a),
    "softplus": lambda a: np.log(1 + np.exp(a)),
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "abs": np.abs,
    "sign": np.sign,
    "step": lambda a: (a > 0) * 1.0,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "sum": _sum,
    "mean": _mean,
    "size": np.size,
    "ones_like": np.ones_like,
    "last_nonzero": _last_nonzero,
    "norm": lambda a: np.sqrt(np.sum(a * a)),
    "part": lambda a, **index: a[_region(a, index)],
    "place": _place,
    "where": lambda c, a, b: c * a + (1 - c) * b,
    "tril": np.tril,
    "concat": lambda *parts, axis=0: np.vstack(parts) if int(axis) == 0 else np.hstack(parts),
    "ones": lambda rows=1, columns=1: np.ones((int(rows), int(columns))),
}
SAMPLEWISE = {
    "max": lambda a, axis: _per_sample(np.max(a, axis=axis, keepdims=True)) if np.ndim(a) else a,
    "inner": _inner,
    "lookup": lambda a, k, axis: _one_hot(k, a, axis) @ a if axis == 1 else a @ _one_hot(k, a, axis).T,
    "add_at": _add_at,
    "put_at": _put_at,
    "softmax": _softmax,
    "next_class": _next_class,
    "largest": lambda a, axis: (
        (np.cumsum(a == np.max(a, axis=axis, keepdims=True), axis=axis) == 1)
        * (a == np.max(a, axis=axis, keepdims=True))
    ),
    "only": _only,
    "absolute_error": lambda p, y, axis: _inner(np.abs(p - y), np.ones_like(p), axis),
    "huber": lambda p, y, axis, delta=1.0: _inner(_huber(np.abs(p - y), delta), np.ones_like(p), axis),
    "hinge": lambda p, y, axis: _inner(np.maximum(1 - p * y, 0), np.ones_like(p), axis),
    "multiclass_hinge": lambda p, y, axis: _per_sample(
        np.max(p + 1 - y - np.sum(p * y, axis=axis, keepdims=True), axis=axis, keepdims=True)
    ),
    "multiclass_hinge_sum": lambda p, y, axis, delta=1.0: _inner(
        1 - y, np.maximum(p - np.sum(p * y, axis=axis, keepdims=True) + delta, 0), axis
    ),
    "perceptron_loss": lambda p, y, axis: _inner(np.maximum(-p * y, 0), np.ones_like(p), axis),
    "features": lambda a, axis: np.shape(a)[axis] if np.ndim(a) else 1,
    "half_squared_error": lambda p, y, axis: _inner(p - y, p - y, axis) / 2,
    "squared_error": lambda p, y, axis: _inner(p - y, p - y, axis),
    "mean_squared_error": lambda p, y, axis: _inner(p - y, p - y, axis) / (np.shape(p - y)[axis] if np.ndim(p) else 1),
    "cross_entropy": _cross_entropy,
    "binary_cross_entropy": _binary,
}


def value_of(expr, lookup, axis):
    if isinstance(expr, Num):
        return np.float64(expr.value)
    if isinstance(expr, Name):
        return lookup(expr.id)
    assert isinstance(expr, Apply)
    args = [value_of(arg, lookup, axis) for arg in expr.args]
    if expr.function in SAMPLEWISE:
        params = {"axis": axis, **dict(expr.params)}
        return SAMPLEWISE[expr.function](*args, **{**params, "axis": int(params["axis"])})
    if expr.function not in image_loops.PLAIN:
        return PLAIN[expr.function](*args, **dict(expr.params))
    try:
        return image_loops.PLAIN[expr.function](*args, **dict(expr.params))
    except (ValueError, IndexError) as error:  # of shapes that don't fit
        raise Stuck(str(error)) from None


def run(solution, wrong=None, decimals=None, numbers=None):
    """The value of every name, with the equations in `wrong` (name -> formula) in the place of the right ones.

    With `decimals` every value is rounded before anything goes on with it; `numbers` has values that stand in the place
    of what their equations give. Raises Stuck.
    """
    wrong, axis = wrong or {}, solution.problem.axis
    exprs = {equation.name: wrong.get(equation.name, equation.expr) for equation in solution.equations}
    values = {name: np.asarray(value, dtype=float) for name, value in solution.problem.given.items()}
    values |= numbers or {}
    begun = set()

    def lookup(name):
        if name not in values:
            if name in begun:
                raise Stuck(f"{name} needs itself")
            begun.add(name)
            value = np.asarray(value_of(exprs[name], lookup, axis), dtype=float)
            shape = solution.shapes[name]
            if value.shape not in (shape, ()) or not np.isfinite(value).all():
                raise Stuck(f"{name} is {value.shape}")
            value = np.broadcast_to(value, shape)
            values[name] = value if decimals is None else np.round(value, decimals)
        return values[name]

    try:
        with np.errstate(all="ignore"):
            for name in exprs:
                lookup(name)
    except (ValueError, IndexError, RecursionError) as error:
        raise Stuck(str(error)) from None
    return values
