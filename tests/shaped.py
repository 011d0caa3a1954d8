"""Random formulas whose shapes fit: scalars, columns, rows and matrices, with vectors stretched along matrices."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from gradcalc.formula.expr import Apply, Expr, Name, Num, add, call, mul

Shape = tuple[int, ...]
SHAPES: dict[str, Shape] = {
    "s": (),
    "t": (),
    "q": (1, 1),
    "u": (2, 1),
    "v": (2, 1),
    "r": (1, 3),
    "w": (3, 1),
    "p": (1, 2),
    "A": (2, 3),
    "B": (2, 3),
    "C": (3, 2),
    "S": (2, 2),
}
"""The names that formulas are made of, and their shapes."""

SMOOTH = ("sigmoid", "tanh", "softplus", "silu", "gelu", "sin", "cos", "erf", "identity")
"""Functions without kinks and without steep places."""


def values(seed: int) -> dict[str, np.ndarray]:
    """A random value for each name, away from zero and not large."""
    random = np.random.default_rng(seed)
    return {name: np.asarray(random.uniform(-1.5, 1.5, shape)) for name, shape in SHAPES.items()}


@st.composite
def shaped(draw: st.DrawFn, shape: Shape, depth: int, axis: int = 0, within: Shape | None = None) -> Expr:
    """A formula of that shape; with `within`, of any shape that stretches to `within`."""
    if within is not None:
        rows, columns = within or (1, 1)
        shape = draw(st.sampled_from([within, within, (), (1, 1), (rows, 1), (1, columns)]) if within else st.just(()))
    if depth == 0:
        return draw(_leaf(shape))
    kinds = ["leaf", "add", "mul", "neg", "smooth", "div", "pow", "transpose", "number"]
    kinds += ["matmul", "matmul", "softmax"] if shape else ["sum", "inner", "loss"]
    if len(shape) == 2 and shape[axis] == 1 and shape[1 - axis] > 1:
        kinds += ["inner", "loss"]
    if len(shape) == 2 and 1 in shape:
        kinds += ["along"]
    return draw(_node(draw(st.sampled_from(kinds)), shape, depth, axis))


def _leaf(shape: Shape) -> st.SearchStrategy[Expr]:
    names = [name for name, known in SHAPES.items() if known == shape]
    if not names:
        return st.just(call("ones", rows=float(shape[0]), columns=float(shape[1])))
    leaf: st.SearchStrategy[Expr] = st.sampled_from(names).map(Name)
    return leaf if shape else leaf | st.sampled_from([0.0, 1.0, 2.0, -1.0, -3.0, 0.1, 0.5, 3.0]).map(Num)


@st.composite
def _node(draw: st.DrawFn, kind: str, shape: Shape, depth: int, axis: int) -> Expr:
    def inner(shape: Shape = shape) -> Expr:
        return draw(shaped(shape, depth - 1, axis))

    def narrower() -> Expr:
        return draw(shaped((), depth - 1, axis, within=shape))

    if kind == "leaf":
        return draw(_leaf(shape))
    if kind in ("add", "mul"):
        terms = [inner(), narrower()] + ([narrower()] if kind == "add" and draw(st.booleans()) else [])
        terms = draw(st.permutations(terms))
        return add(*terms) if kind == "add" else mul(*terms)
    if kind == "number":
        number = Num(draw(st.sampled_from([0.0, 1.0, 2.0, -1.0, -3.0, 0.1, 6.0])))
        return draw(st.sampled_from([mul(number, inner()), mul(inner(), number), add(inner(), number)]))
    if kind == "neg":
        return Apply("neg", (inner(),))
    if kind == "smooth":
        return call(draw(st.sampled_from(SMOOTH)), inner())
    if kind == "div":
        safe = add(Num(2.0), call("tanh", narrower()))
        return Apply("div", (inner(), draw(st.sampled_from([Num(2.0), Num(-3.0), Num(0.5), safe]))))
    if kind == "pow":
        positive = call("softplus", inner())
        powers = [(inner(), Num(2.0)), (inner(), Num(1.0)), (positive, Num(-1.0)), (positive, call("tanh", narrower()))]
        return Apply("pow", draw(st.sampled_from(powers)))
    if kind == "transpose":
        return Apply("transpose", (inner(shape[::-1]),))
    if kind == "matmul":
        middle = draw(st.integers(1, 3))
        return Apply("matmul", (inner((shape[0], middle)), inner((middle, shape[1]))))
    if kind == "softmax":
        return call(draw(st.sampled_from(["softmax", "log_softmax"])), inner())
    if kind == "sum":
        anything = inner(draw(st.sampled_from(sorted(set(SHAPES.values())))))
        return call(draw(st.sampled_from(["sum", "mean"])), anything)
    if kind == "along":
        along = 0 if shape[0] == 1 else 1
        wide = (draw(st.integers(1, 3)), shape[1]) if along == 0 else (shape[0], draw(st.integers(1, 3)))
        return call("sum", inner(wide), axis=float(along))
    return draw(_each_sample(kind, shape, depth, axis))


@st.composite
def _each_sample(draw: st.DrawFn, kind: str, shape: Shape, depth: int, axis: int) -> Expr:
    """An inner product or a loss: one number a sample, so a scalar or a vector across the samples."""
    count = draw(st.integers(2, 3))
    samples = shape[1 - axis] if shape else 1
    full = (count, samples) if axis == 0 else (samples, count)
    wide = draw(shaped(full, depth - 1, axis))
    other = draw(shaped((), depth - 1, axis, within=full))
    if kind == "inner":
        return call("inner", *draw(st.permutations([wide, other])))
    loss = draw(st.sampled_from(["half_squared_error", "squared_error", "mean_squared_error", "CE", "BCE"]))
    if loss == "CE":
        # A target has an entry for each class, so it isn't stretched as the others are.
        return call("cross_entropy", call("softmax", wide), draw(shaped(full, depth - 1, axis)))
    if loss == "BCE":
        return call("binary_cross_entropy", call("sigmoid", wide), other)
    return call(loss, *draw(st.permutations([wide, other])))
