"""Infer the shape of a formula from the shapes of its names, or say which part doesn't fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from gradcalc.formula.expr import ENTRY, PAIRED, PRIME, TOTAL, Apply, Expr, Name, Num
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.table import AXIS, SIZES, Axis, FromTheBack, Function, Shape, ShapeMismatch, lookup

MAX_ENTRIES = 10_000_000
MATRIX, IMAGE = 2, 3
"""How many axes a matrix has, and one image of several channels."""
_PLURALS = {"entry": "entries", "index": "indices"}


def shape_of(expr: Expr, shapes: Mapping[str, Shape], axis: Axis = Axis.COLUMNS) -> Shape:
    """The shape of the value of `expr`: `()`, `(rows, columns)`, or of images three or four numbers.

    Raises ShapeError, with the part that doesn't fit, and KeyError for a name without a shape.
    """
    if isinstance(expr, Num):
        return ()
    if isinstance(expr, Name):
        return shapes[expr.id]
    if expr.function in (ENTRY, PAIRED):
        return ()
    if expr.function in (PRIME, TOTAL):
        return shape_of(expr.args[-1], shapes, axis)
    args = [shape_of(arg, shapes, axis) for arg in expr.args]
    return applied_shape(expr, args, axis)


def applied_shape(node: Apply, args: Sequence[Shape], axis: Axis) -> Shape:
    """The shape of one application, given its arguments' shapes. Raises ShapeError."""
    entry = lookup(node.function)
    if entry.elementwise and not any(args):
        return ()
    if not (entry.images or entry.elementwise) and any(len(shape) > MATRIX for shape in args):
        images = next(shape for shape in args if len(shape) > MATRIX)
        why = f"{entry.name} takes numbers and matrices, and this is {spell(images)}: flatten it first"
        raise ShapeError(node, why, shapes=args)
    try:
        shape = entry.shape(args, entry.parameters(node.params), _samples(entry, node, axis))
    except ShapeMismatch as mismatch:
        raise ShapeError(node, mismatch.why, shapes=args) from None
    if prod(shape) > MAX_ENTRIES:
        why = f"{spell(shape)} is too large: a value has at most {MAX_ENTRIES:,} entries"
        raise ShapeError(node, why, kind="too large", shapes=args)
    return shape


def _samples(entry: Function, node: Apply, axis: Axis) -> Axis:
    if entry.per_sample and dict(node.params).get(AXIS, 0) not in (0, 1):
        raise ShapeMismatch("axis must be 0 (each column is one sample) or 1 (each row is one)")
    return entry.along(node.params, axis)


def spell(shape: Shape) -> str:
    """A shape in words: `2×3`, or `a number` for a scalar."""
    return "×".join(map(str, shape)) or "a number"


def given_sizes(params: Mapping[str, float]) -> tuple[float, ...]:
    """The sizes among the parameters of `ones` and `reshape`: two, of images more."""
    return tuple(params[name] for name in SIZES if params[name] or name in SIZES[:MATRIX])


def counted(count: int, thing: str) -> str:
    """`1 column`, `2 columns`, `2 entries`."""
    return f"{count} {thing if count == 1 else _PLURALS.get(thing, f'{thing}s')}"


# The rules that entries of the table use. Each takes the arguments' shapes, the parameters and the axis, and raises
# ShapeMismatch where they don't fit.


def broadcast(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    """Equal shapes, scalars, and a vector along a matrix; not a column with a row.

    NumPy would make a table of a column and a row, which in homework is nearly always a lost transpose.
    """
    matrices = [shape for shape in args if shape not in ((), (1, 1))]
    if any(len(shape) > MATRIX for shape in matrices):
        return _images_together(matrices)
    full = max(matrices, key=prod, default=None)
    if full is None:
        return next((shape for shape in args if shape), ())
    for shape in matrices:
        if shape != full and shape not in ((full[0], 1), (1, full[1])):
            raise ShapeMismatch(f"{spell(shape)} and {spell(full)} don't fit together")
    return full


def _images_together(shapes: Sequence[Shape]) -> Shape:
    """Of more than two axes, as many and of the same sizes; one of size 1 is stretched, as a channel's mean is."""
    full = tuple(map(max, zip(*shapes, strict=False)))
    for shape in shapes:
        if len(shape) != len(full) or any(size not in (1, wide) for size, wide in zip(shape, full, strict=True)):
            other = next(each for each in shapes if each != shape)
            raise ShapeMismatch(f"{spell(shape)} and {spell(other)} don't fit together")
    return full


def scalar(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    """A number, whatever goes in, as long as it fits together."""
    broadcast(args, params, axis)
    return ()


def same(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    """The shape of the only argument."""
    return args[0]


def like_second(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    """The shape of the second argument, which has as many entries as the first."""
    if prod(args[0]) != prod(args[1]):
        raise ShapeMismatch(f"{spell(args[0])} has not as many entries as {spell(args[1])}")
    return args[1]


def stacked(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    """A column of all entries."""
    return prod(args[0]), 1


def each_sample(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    """One number a sample: a scalar for one sample, else 1×N (N×1 where samples are rows; N×1×1×1 of images)."""
    full = broadcast(args, params, axis)
    if len(full) > MATRIX:
        return (full[0], 1, 1, 1) if len(full) > IMAGE and full[0] > 1 else ()
    if not full or full[1 - axis] == 1:
        return ()
    return (1, full[1]) if axis is Axis.COLUMNS else (full[0], 1)


def each_sample_of_classes(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    """One number a sample, of outputs and targets that both have an entry for each class.

    Others would be stretched: a class's number, as targets of layers may have it, would be a weight of all classes.
    """
    outputs, targets = args[:2]
    sizes = [(shape or (1, 1))[axis] for shape in (outputs, targets)]
    if sizes[0] != sizes[1]:
        classes = max(sizes)
        one_hot = ", ".join("1" if i == 0 else "0" for i in range(min(classes, 4))) + (", …" if classes > 4 else "")
        raise ShapeMismatch(
            f"{spell(targets)} for outputs that are {spell(outputs)}: a target has an entry for each class; "
            f"write class 0 of {classes} as [{one_hot}]"
        )
    return each_sample(args, params, axis)


def matmul(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    """(n×k) @ (k×m) is n×m."""
    left, right = args
    if not left or not right:
        raise ShapeMismatch("'@' needs two matrices, and one side is a number ('*' multiplies by a number)")
    if left[1] != right[0]:
        raise ShapeMismatch(
            f"{spell(left)} @ {spell(right)} doesn't fit: {counted(left[1], 'column')} on the left, "
            f"{counted(right[0], 'row')} on the right"
        )
    return left[0], right[1]


def transposed(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    """Rows and columns exchanged."""
    return args[0][::-1]


def reduced(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    """A number, or with the parameter `axis` a sum along that axis, which is kept with size 1: as a row, a column."""
    if len(args[0]) > MATRIX and isinstance(params["axis"], FromTheBack):
        raise ShapeMismatch(
            f"of images count the axes from the front: {spell(args[0])} has axis 0 to {len(args[0]) - 1}"
        )
    if len(args[0]) > MATRIX and params["axis"] in range(len(args[0])):
        return tuple(1 if along == params["axis"] else size for along, size in enumerate(args[0]))
    if params["axis"] not in (-1, 0, 1):
        raise ShapeMismatch("axis must be 0 (a sum down each column) or 1 (a sum along each row)")
    if params["axis"] < 0 or not args[0]:
        return ()
    return (1, args[0][1]) if params["axis"] == 0 else (args[0][0], 1)
