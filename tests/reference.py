"""A plain evaluator of formulas, one NumPy line a function, written from the textbooks' definitions.

It shares no code with gradcalc but the three kinds of node, and takes no shortcut.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import image_loops
import numpy as np

from gradcalc.formula.expr import Apply, Expr, Name, Num

erf = np.vectorize(math.erf, otypes=[float])


def total(terms, axis):
    """The sum over each sample, as a scalar where there is only one."""
    if np.ndim(terms) == 0:
        return terms
    sums = np.sum(terms, axis=axis, keepdims=True)
    return sums[0, 0] if sums.size == 1 else sums


def squeezed(a):
    return a[0, 0] if a.size == 1 else a


def softmax(a, axis):
    return np.exp(a) / np.sum(np.exp(a), axis=axis, keepdims=True) if np.ndim(a) else 1.0 + 0.0 * a


def next_class(y, axis, by=1):
    """Each entry of a sample stands where the one `by` places before it stood, counted round."""
    if np.ndim(y) == 0:
        return y
    count = np.shape(y)[axis]
    return np.take(y, [(place - int(by)) % count for place in range(count)], axis=axis)


def only(a, axis, place=1):
    """Entry by entry: what stands at that place of its sample, counted from 1."""
    return (
        np.array([[v if index[axis] + 1 == int(place) else 0.0 for index, v in line] for line in lines(a)])
        if np.ndim(a)
        else a
    )


def lines(a):
    return [[((i, j), v) for j, v in enumerate(row)] for i, row in enumerate(a)]


def step(a):
    return np.where(np.asarray(a) > 0, 1.0, 0.0)


def summed(a, axis=-1):
    return np.sum(a) if axis < 0 or np.ndim(a) == 0 else np.sum(a, axis=int(axis), keepdims=True)


def mean(a, axis=-1):
    return np.mean(a) if axis < 0 or np.ndim(a) == 0 else np.mean(a, axis=int(axis), keepdims=True)


def huber(yhat, y, delta):
    error = np.abs(yhat - y)
    return np.where(error <= delta, error**2 / 2, delta * (error - delta / 2))


def concat(*parts, axis=0):
    parts = [np.reshape(part, (1, 1)) if np.ndim(part) == 0 else part for part in parts]
    return np.vstack(parts) if int(axis) == 0 else np.hstack(parts)


def tril(a):
    return np.fromfunction(lambda i, j: i >= j, np.shape(a)) * a if np.ndim(a) else a


def determinant(a):
    """By Leibniz' sum over all permutations."""
    rows = range(len(a))
    orders = itertools.permutations(rows)
    return sum(sign(order) * math.prod(a[i, order[i]] for i in rows) for order in orders)


def sign(order):
    return (-1) ** sum(order[i] > order[j] for i in range(len(order)) for j in range(i + 1, len(order)))


def cofactors(a):
    """The determinants of what is left without a row and a column, with their signs."""
    return np.array(
        [
            [(-1) ** (i + j) * determinant(np.delete(np.delete(a, i, 0), j, 1)) for j in range(len(a))]
            for i in range(len(a))
        ]
    )


def last_nonzero(a):
    """Row by row, each entry that isn't 0 wipes out what stands above it."""
    a = np.asarray(a)
    kept = np.zeros(np.shape(a))
    for row in range(len(a) if a.ndim else 0):
        kept[:row, a[row] != 0] = 0.0
        kept[row] = a[row]
    return kept if a.ndim else a


def taken(a, row=1.0, row_to=0.0, column=0.0, column_to=0.0, **further):
    """A part of a matrix by NumPy's own counting, entries of a vector alike."""
    both = [(int(row), int(row_to)), (int(column), int(column_to))]
    if not column:
        both = [both[0], (1, -1)] if a.shape[1] == 1 else [(1, -1), both[0]]
        alone = row_to == 0
    else:
        alone = row_to == column_to == 0
    rows, columns = (slice(i - 1, {0: i, -1: None}.get(to, to)) for i, to in both)
    return a[rows, columns].item() if alone else a[rows, columns]


def put_back(g, a, **index):
    """Entry by entry: g where the number of the entry is among those of the part."""
    numbers = np.arange(1.0, np.size(a) + 1).reshape(np.shape(a))
    part = np.asarray(taken(numbers, **index))
    wide = np.broadcast_to(g, part.shape)
    return sum((wide[at] * (numbers == part[at]) for at in np.ndindex(part.shape)), np.zeros(np.shape(a)))


def looked_up(a, k, axis):
    """Sample by sample, in a list."""
    table = np.asarray(a).T if axis == 0 else np.asarray(a)
    found = np.array([table[int(number) - 1] for number in np.ravel(k)])
    return found.T if axis == 0 else found


def added_at(g, k, a, axis):
    """As a product with one-hot columns."""
    numbers = np.ravel(k)
    count = np.shape(a)[1 - axis]
    chosen = np.array([[float(number == place + 1) for number in numbers] for place in range(count)])
    wide = np.broadcast_to(g, (len(numbers), np.shape(a)[1]) if axis == 1 else (np.shape(a)[0], len(numbers)))
    return chosen @ wide if axis == 1 else wide @ chosen.T


def put_at(g, k, a, axis):
    """The last use of each number alone."""
    numbers = list(np.ravel(k))
    last = np.array([number not in numbers[place + 1 :] for place, number in enumerate(numbers)], dtype=float)
    return added_at(g * (last if axis == 0 else last[:, None]), k, a, axis)


PLAIN = {
    **image_loops.PLAIN,
    "part": taken,
    "place": put_back,
    "add": lambda *terms: sum(terms[1:], terms[0]),
    "neg": lambda a: -a,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": np.power,
    "matmul": lambda a, b: a @ b,
    "transpose": np.transpose,
    "identity": lambda a: a,
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    "tanh": np.tanh,
    "relu": lambda a: np.where(np.asarray(a) > 0, a, 0.0),
    "leaky_relu": lambda a, alpha=0.01: np.where(np.asarray(a) > 0, a, alpha * a),
    "elu": lambda a, alpha=1.0: np.where(np.asarray(a) > 0, a, alpha * (np.exp(np.minimum(a, 0)) - 1)),
    "softplus": lambda a: np.log(1 + np.exp(a)),
    "silu": lambda a: a / (1 + np.exp(-a)),
    "gelu": lambda a: a * (1 + erf(a / math.sqrt(2))) / 2,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "abs": np.abs,
    "sign": np.sign,
    "floor": lambda a: np.vectorize(math.floor, otypes=[float])(a),
    "step": step,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "erf": erf,
    "log_sigmoid": lambda a: np.log(1 / (1 + np.exp(-a))),
    "threshold": lambda a: np.where(np.asarray(a) < 0, 0.0, 1.0),
    "greater": lambda a, b: np.where(a > b, 1.0, 0.0),
    "less": lambda a, b: np.where(a < b, 1.0, 0.0),
    "greater_equal": lambda a, b: np.where(a >= b, 1.0, 0.0),
    "less_equal": lambda a, b: np.where(a <= b, 1.0, 0.0),
    "equal": lambda a, b: np.where(a == b, 1.0, 0.0),
    "not_equal": lambda a, b: np.where(a == b, 0.0, 1.0),
    "where": lambda c, a, b: (np.asarray(c) != 0) * a + (np.asarray(c) == 0) * b,
    "stop_gradient": lambda a: a,
    "pi": lambda: math.acos(-1),
    "var": lambda a, axis=-1: mean(a * a, axis) - mean(a, axis) ** 2,
    "std": lambda a, axis=-1: np.sqrt(mean(a * a, axis) - mean(a, axis) ** 2),
    "inv": lambda a: cofactors(a).T / determinant(a),
    "solve": lambda a, b: cofactors(a).T @ b / determinant(a),
    "det": lambda a: determinant(a),
    "eye": lambda n=1: np.array([[float(i == j) for j in range(int(n))] for i in range(int(n))]),
    "concat": concat,
    "reshape": lambda a, rows=-1, columns=1, **further: np.ravel(a).reshape(int(rows), int(columns)),
    "unflatten": lambda v, a: np.array([entry for row in v for entry in row]).reshape(np.shape(a)),
    "reshape_like": lambda v, a: np.ravel(v).reshape(np.shape(a)),
    "flatten": lambda a: np.array([[entry] for entry in np.ravel(a)]),
    "tril": tril,
    "sum": summed,
    "mean": mean,
    "last_nonzero": last_nonzero,
    "size": lambda a, axis=-1: float(np.size(a) if axis < 0 or np.ndim(a) == 0 else np.shape(a)[int(axis)]),
    "ones_like": lambda a: np.ones(np.shape(a)),
    "trace": np.trace,
    "eye_like": lambda a: np.eye(*np.shape(a)) if np.ndim(a) else 1.0,
    "diag": lambda a: np.diagflat(a) if np.ndim(a) == 0 or a.shape[1] == 1 else np.diagonal(a)[:, None],
    "vec": lambda a: np.ravel(a, order="F")[:, None],
    "unvec": lambda v, a: np.reshape(v, np.shape(a), order="F"),
    "kron": lambda a, b: np.kron(np.atleast_2d(a), np.atleast_2d(b)),
    "norm": lambda a: np.linalg.norm(np.ravel(a)),
    "dot": lambda u, v: np.sum(u * v),
    "outer": lambda u, v: np.outer(np.ravel(u), np.ravel(v)),
    "ones": lambda rows=1, columns=1, **further: np.ones((int(rows), int(columns))),
    "zeros": lambda rows=1, columns=1, **further: np.zeros((int(rows), int(columns))),
}
EACH_SAMPLE = {
    "softmax": softmax,
    "log_softmax": lambda a, axis: np.log(softmax(a, axis)),
    "inner": lambda u, v, axis: total(u * v, axis),
    "features": lambda a, axis: float(np.shape(a)[axis]) if np.ndim(a) else 1.0,
    "half_squared_error": lambda yhat, y, axis: total((yhat - y) ** 2, axis) / 2,
    "squared_error": lambda yhat, y, axis: total((yhat - y) ** 2, axis),
    "mean_squared_error": lambda yhat, y, axis: total((yhat - y) ** 2, axis) / EACH_SAMPLE["features"](yhat - y, axis),
    "cross_entropy": lambda yhat, y, axis: -total(y * np.log(yhat), axis),
    "binary_cross_entropy": lambda yhat, y, axis: -total(y * np.log(yhat) + (1 - y) * np.log(1 - yhat), axis),
    "absolute_error": lambda yhat, y, axis: total(np.abs(yhat - y), axis),
    "huber": lambda yhat, y, axis, delta=1.0: total(huber(yhat, y, delta), axis),
    "lookup": looked_up,
    "add_at": added_at,
    "put_at": put_at,
    "max": lambda a, axis: squeezed(np.max(a, axis=axis, keepdims=True)) if np.ndim(a) else a,
    "min": lambda a, axis: squeezed(np.sort(a, axis=axis).take([0], axis=axis)) if np.ndim(a) else a,
    "logsumexp": lambda a, axis: np.log(total(np.exp(a), axis)),
    "kl_divergence": lambda p, q, axis: total(p * np.log(p), axis) - total(p * np.log(q), axis),
    "argmax": lambda a, axis: squeezed(np.argmax(a, axis=axis, keepdims=True)) if np.ndim(a) else 0.0,
    "next_class": next_class,
    "only": only,
    "hinge": lambda yhat, y, axis: total(np.maximum(0, 1 - y * yhat), axis),
    "perceptron_loss": lambda yhat, y, axis: total(np.maximum(0, -y * yhat), axis),
}


def evaluate(expr: Expr, values: Mapping[str, object], axis: int = 0, seen: list[float] | None = None):
    """The value of a formula; the largest magnitude of every part goes into `seen`."""
    if isinstance(expr, Num):
        return np.float64(expr.value)
    if isinstance(expr, Name):
        return values[expr.id]
    args = [evaluate(arg, values, axis, seen) for arg in expr.args]
    value = apply(expr, args, axis)
    if seen is not None:
        seen.append(float(np.max(np.abs(value), initial=0.0)))
    return value


def apply(node: Apply, args: Sequence[object], axis: int):
    params = dict(node.params)
    if node.function in EACH_SAMPLE:
        own = int(params.pop("axis", axis))
        return EACH_SAMPLE[node.function](*args, axis=own, **params)
    return PLAIN[node.function](*args, **params)


def run(equations, given: Mapping[str, object], axis: int = 0) -> dict[str, object]:
    """The value of every name, from (name, formula) pairs in order."""
    values = dict(given)
    for name, expr in equations:
        values[name] = evaluate(expr, values, axis)
    return values


def differences(function, values: Mapping[str, np.ndarray], name: str, h: float = 1e-3) -> np.ndarray:
    """Central differences of a scalar function of the values, by Richardson's extrapolation of three steps."""
    base = np.array(values[name], dtype=float)
    gradient = np.zeros_like(base)
    for index in np.ndindex(base.shape):

        def moved(step, index=index):
            shifted = base.copy()
            shifted[index] += step
            return float(np.squeeze(function({**values, name: shifted})))

        rows = [(moved(k) - moved(-k)) / (2 * k) for k in (h, h / 2, h / 4)]
        once = [(4 * fine - coarse) / 3 for coarse, fine in itertools.pairwise(rows)]
        gradient[index] = (16 * once[1] - once[0]) / 15
    return gradient
