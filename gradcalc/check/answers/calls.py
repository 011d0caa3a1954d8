"""Functions as NumPy and PyTorch call them, as formulas: `np.dot(a, b)`, `a.sum(0)`, `np.where(a > 0, 1, 0)`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from gradcalc.check.answers.numerals import NotReadable
from gradcalc.formula.expr import ONE, Apply, Expr, Num, add, call, mul, neg, sub
from gradcalc.formula.parse import PART, PLACE
from gradcalc.formula.table import ALL_ENTRIES, AXIS, Axis, known, lookup

Keywords = Mapping[str, Expr | None]
"""The arguments with a name; None for `None`."""
Maker = Callable[[Sequence[Expr], Keywords], Expr]

MODULES: Final = frozenset(
    ("np", "numpy", "jnp", "torch", "tf", "math", "F", "nn", "functional", "scipy", "special", "linalg", "K", "jax")
)
IGNORED: Final = frozenset(
    ("astype", "copy", "clone", "detach", "float", "double", "item", "numpy", "asarray", "array")
)
"""Methods and functions that change nothing of the numbers."""
_DROPPED: Final = frozenset(("keepdims", "keepdim", "dtype", "out"))
STOP_GRADIENT: Final = "stop_gradient"
_PLAIN: Final = {
    "multiply": "mul",
    "true_divide": "div",
    "divide": "div",
    "power": "pow",
    "negative": "neg",
    "absolute": "abs",
    "fabs": "abs",
    "fmax": "maximum",
    "fmin": "minimum",
    "expit": "sigmoid",
    "sigma": "sigmoid",
    "amax": "max",
    "amin": "min",
    "average": "mean",
    "matmul": "matmul",
    "mm": "matmul",
    "t": "transpose",
    "sg": STOP_GRADIENT,
    "KL": "kl_divergence",
    "T": "transpose",
}
PRODUCT: Final = "dot"
"""A product whose kind follows from the shapes: NumPy's dot."""


def is_function(name: str) -> bool:
    """Whether a name can be called."""
    return name in _MADE or name in _PLAIN or name in IGNORED or name == PRODUCT or known(name)


def table_name(name: str) -> str:
    """What the table calls a function of another name."""
    return _PLAIN.get(name, name)


def made(name: str, args: Sequence[Expr], keywords: Keywords, samples: Axis) -> Expr:
    """The formula of a call; `samples` is the axis of a sample. Raises NotReadable where the arguments don't fit."""
    entry = lookup(table_name(name)) if known(table_name(name)) else None
    if entry is not None and entry.per_sample and len(entry.args) == 1:
        return _along(entry.name, args, keywords, samples)
    if entry is not None and AXIS in entry.params and entry.params[AXIS] == ALL_ENTRIES:
        return _reduced(entry.name, args, keywords)
    given = {key: value for key, value in keywords.items() if key not in _DROPPED}
    if name in IGNORED and args:
        return args[0]
    if name in _MADE:
        return _MADE[name](args, given)
    if name == PLACE and len(args) == 2 and isinstance(args[1], Apply) and args[1].function == PART:
        return Apply(PLACE, (args[0], *args[1].args), args[1].params)
    entry = entry or lookup(name)
    args = [*args, *(Num(entry.usual[each]) for each in entry.args[len(args) :] if len(args) >= entry.least)]
    if len(args) < len(entry.args) or (len(args) > len(entry.args) and not entry.variadic):
        raise NotReadable(f"{name} takes {_counted(len(entry.args))}, not {len(args)}")
    params = tuple((key, _number(name, key, value)) for key, value in given.items())
    unknown = next((key for key, _ in params if key not in entry.settings), None)
    if unknown is not None:
        raise NotReadable(f"{name} has no parameter '{unknown}' here")
    return Apply(entry.name, tuple(args), params)


def comparison(sign: str, left: Expr, right: Expr) -> Expr:
    """`a > b`: 1 where it holds, else 0."""
    if sign in ("==", "=", "!=", "≠"):
        return call("equal" if sign in ("==", "=") else "not_equal", left, right)
    if sign in (">", "<"):
        return call("step", _difference(left, right) if sign == ">" else _difference(right, left))
    return sub(ONE, comparison("<" if sign in (">=", "≥") else ">", left, right))


def _difference(left: Expr, right: Expr) -> Expr:
    return left if right == Num(0.0) else sub(left, right)


def _counted(count: int) -> str:
    return "1 argument" if count == 1 else f"{count} arguments"


def _number(name: str, key: str, value: Expr | None) -> float:
    if isinstance(value, Num):
        return value.value
    raise NotReadable(f"parameter '{key}' of {name} must be a number")


def _axis(name: str, args: Sequence[Expr], keywords: Keywords) -> int | None:
    """The axis of a reduction, 0 or 1; None for all entries."""
    given = keywords.get("axis", keywords.get("dim", args[1] if len(args) > 1 else None))
    if given is None:
        return None
    axis = _number(name, "axis", given)
    if axis not in (0, 1, -1, -2):
        raise NotReadable(f"axis={axis:g} in {name}: a matrix has the axes 0 (down the rows) and 1 (along them)")
    return int(axis) % 2


def _reduced(name: str, args: Sequence[Expr], keywords: Keywords) -> Expr:
    axis = _axis(name, _some(name, args), keywords)
    return call(name, args[0]) if axis is None else call(name, args[0], axis=axis)


def _along(name: str, args: Sequence[Expr], keywords: Keywords, samples: Axis) -> Expr:
    """What gradcalc takes of each sample, along either axis."""
    axis = _axis(name, _some(name, args), keywords)
    if axis in (None, samples):
        return call(name, args[0])
    return call(name, args[0], axis=float(axis))


def _square(args: Sequence[Expr], keywords: Keywords) -> Expr:
    return call("pow", _some("square", args)[0], Num(2.0))


def _reciprocal(args: Sequence[Expr], keywords: Keywords) -> Expr:
    return call("div", ONE, _some("reciprocal", args)[0])


def _added(args: Sequence[Expr], keywords: Keywords) -> Expr:
    return add(*_some("add", args, 2))


def _subtracted(args: Sequence[Expr], keywords: Keywords) -> Expr:
    return sub(*_some("subtract", args, 2)[:2])


def _of_targets(loss: str) -> Maker:
    """A loss as reports write it in TeX, and textbooks: the targets first."""
    return lambda args, keywords: call(loss, *_some(loss, args, 2)[1::-1])


def _where(args: Sequence[Expr], keywords: Keywords) -> Expr:
    condition, yes, no = _some("where", args, 3)[:3]
    chosen = condition if yes == ONE else mul(condition, yes)
    return chosen if no == Num(0.0) else add(chosen, mul(add(ONE, neg(condition)), no))


def _clipped(args: Sequence[Expr], keywords: Keywords) -> Expr:
    value, low, high = _some("clip", args, 3)[:3]
    return call("minimum", call("maximum", value, low), high)


def _some(name: str, args: Sequence[Expr], count: int = 1) -> Sequence[Expr]:
    if len(args) < count:
        raise NotReadable(f"{name} takes {_counted(count)}, not {len(args)}")
    return args


_MADE: Final[Mapping[str, Maker]] = {
    "square": _square,
    "reciprocal": _reciprocal,
    "add": _added,
    "subtract": _subtracted,
    "where": _where,
    "clip": _clipped,
    "CE": _of_targets("cross_entropy"),
    "BCE": _of_targets("binary_cross_entropy"),
}
