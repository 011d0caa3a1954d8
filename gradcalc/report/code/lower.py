"""Turn formulas over the table's functions into formulas over a framework's, and write the definitions they need.

A function becomes the framework's own where it has one (`idioms.py`); else it is defined by its definition in the
table, and that is lowered in the same way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradcalc.errors import UsageError
from gradcalc.formula.bound import in_letters
from gradcalc.formula.counts import of_shapes
from gradcalc.formula.expr import ONE, Apply, Expr, Name, Num, call, mul
from gradcalc.formula.index import part_shape, region
from gradcalc.formula.shapes import MATRIX, applied_shape, broadcast
from gradcalc.formula.table import AXIS, COMPARISONS, Axis, Function, Shape, lookup
from gradcalc.formula.write import number
from gradcalc.report.code import image_idioms
from gradcalc.report.code.backends import Backend
from gradcalc.report.code.idioms import idiom
from gradcalc.report.code.templates import applied, is_inline, substituted
from gradcalc.report.code.text import written

_OPERATORS = frozenset({"add", "neg", "mul", "div", "pow", "matmul", "transpose"})
_COUNTS = frozenset({"size", "features", "pi"})
LONG_SUM = 500


@dataclass(frozen=True, slots=True)
class Lowered:
    """A formula over a framework's functions, with its shape.

    `plain` says that it is a number of Python's, no array; `value` is that number where it is known.
    """

    expr: Expr
    shape: Shape = ()
    plain: bool = False
    value: float | None = None


class Lowering:
    """Lowers formulas for one program; `definitions` holds the functions that they turned out to need, in order."""

    def __init__(self, backend: Backend, axis: Axis, taken: Collection[str] = ()) -> None:
        self.backend, self.axis, self.taken = backend, axis, taken
        self.definitions: dict[str, list[str]] = {}
        self._called: dict[tuple[str, ...], str] = {}
        self._open: list[str] = []

    def lower(self, expr: Expr, names: Mapping[str, Lowered]) -> Lowered:
        """The formula; `names` has what each name stands for. Raises UsageError for what no program can be made of."""
        if isinstance(expr, Num):
            return Lowered(expr, (), True, expr.value)
        if isinstance(expr, Name):
            return names[expr.id]
        args = [self.lower(arg, names) for arg in expr.args]
        if expr.function in _OPERATORS:
            return self._operator(expr, args)
        return self._function(expr, lookup(expr.function), args)

    # Operators.

    def _operator(self, node: Apply, args: Sequence[Lowered]) -> Lowered:
        plain = all(arg.plain for arg in args)
        if node.function == "transpose" and not args[0].shape:
            return args[0]
        if node.function == "matmul" and not (args[0].shape and args[1].shape):
            node = call("mul", *node.args)
        shape = applied_shape(node, [arg.shape for arg in args], self.axis)
        value = _constant(node, args)
        if value is not None and not np.isfinite(value):
            # Python would raise, or answer with a complex number.
            return Lowered(Apply(f'float("{value}")', ()), shape, True, value)
        exprs = tuple(arg.expr for arg in args)
        if len(exprs) > LONG_SUM:
            # Python nests each `+` a level deeper, and refuses thousands.
            fields = ", ".join(f"{{{position}}}" for position in range(len(exprs)))
            return Lowered(Apply(f"sum(({fields}))", exprs), shape, plain, value)
        if node.function == "add":
            exprs = (exprs[0], *map(_unbracketed, exprs[1:]))
        if node.function == "neg":
            exprs = tuple(map(_bracketed, exprs))
        return Lowered(Apply(node.function, exprs), shape, plain, value)

    # Functions.

    def _function(self, node: Apply, entry: Function, args: Sequence[Lowered]) -> Lowered:
        if entry.name == "identity":
            return args[0]
        shape = applied_shape(node, [arg.shape for arg in args], self.axis)
        if entry.name == "features" and not args[0].shape:
            return Lowered(ONE, (), True, 1.0)
        if entry.name == "size" and entry.parameters(node.params)[AXIS] >= 0:
            count = float(of_shapes(node, [arg.shape for arg in args], self.axis))
            return Lowered(Num(count), (), True, count)
        axis = entry.along(node.params, self.axis)
        if entry.name in COMPARISONS:
            chosen = Apply(f"{self.backend.module}.where({{0}}, 1.0, 0.0)", (self._condition(node, args),))
            return Lowered(chosen, shape)
        if entry.name == "inner" and len(shape) > MATRIX:
            along = self.backend.reduction.format(axis=(1, 2, 3))
            return Lowered(
                Apply(f"{self.backend.module}.sum({{0}}{along})", (_product(args[0], args[1], axis).expr,)), shape
            )
        if entry.name == "inner":
            node = call("sum", *node.args[:1], **({"axis": float(axis)} if shape else {}))
            entry, args = lookup("sum"), [_product(args[0], args[1], axis)]
        if entry.name == "part":
            return Lowered(_entry(args[0].expr, _where(args[0].shape, node)), shape)
        if entry.name == "concat":
            return Lowered(self._together(node, args), shape)
        exprs = dict(zip(entry.args, self._arguments(entry, args), strict=True))
        if entry.name == "where":
            exprs["c"] = self._holds(node.args[0], args[0])
        params = {name: number(value) for name, value in entry.parameters(node.params).items()}
        fields = self._fields(entry, args, shape, params, axis)
        if entry.images:
            shapes, settings = [arg.shape or (1, 1) for arg in args], entry.parameters(node.params)
            fields |= image_idioms.fields(entry.name, shapes, shape, settings)
        template = self._template(entry, args, shape)
        if template is not None and is_inline(template, entry.args):
            expr = applied(template, exprs, {**params, **fields})
        else:
            name = self._defined(node, template, [arg.shape for arg in args], fields)
            given = ", ".join([f"{{{arg}}}" for arg in entry.args] + _settings(node, args))
            expr = applied(f"{name}({given})", exprs, {})
        return Lowered(expr, shape, entry.name in _COUNTS)

    def _together(self, node: Apply, args: Sequence[Lowered]) -> Expr:
        """Matrices put together, numbers as matrices of one entry."""
        parts = tuple(self._as_matrix(self._as_array(arg), arg.shape) for arg in args)
        fields = ", ".join(f"{{{position}}}" for position in range(len(parts)))
        axis = int(lookup(node.function).parameters(node.params)[AXIS])
        return Apply(self.backend.together.format(fields, axis=axis), parts)

    def _condition(self, node: Apply, args: Sequence[Lowered]) -> Expr:
        """A comparison, true or false."""
        return Apply(node.function, tuple(self._as_array(arg) for arg in args))

    def _holds(self, condition: Expr, lowered: Lowered) -> Expr:
        """The condition of a choice, true or false: a comparison by itself, of a number whether it is 0."""
        if isinstance(condition, Apply) and condition.function in COMPARISONS:
            return lowered.expr.args[0] if isinstance(lowered.expr, Apply) else lowered.expr
        return self._condition(call("not_equal", condition, Num(0.0)), [lowered, Lowered(Num(0.0), (), True, 0.0)])

    def _arguments(self, entry: Function, args: Sequence[Lowered]) -> list[Expr]:
        """The arguments as the templates take them: arrays where these must be, matrices in the order they need."""
        exprs = [self._as_array(arg) for arg in args]
        if entry.name == "vec" and args[0].shape:
            return [Apply("transpose", (exprs[0],))]
        if entry.name in ("kron", "outer", "block_inner", "block_sum"):
            exprs = [self._as_matrix(expr, arg.shape) for expr, arg in zip(exprs, args, strict=True)]
        if entry.name in ("block_inner", "block_sum"):
            exprs[0] = self._tiled(exprs[0], entry, [arg.shape or (1, 1) for arg in args])
        return exprs

    def _as_array(self, arg: Lowered) -> Expr:
        if not (arg.plain and self.backend.needs_arrays):
            return arg.expr
        if isinstance(arg.expr, Num):
            return Apply(self.backend.array.format(repr(arg.expr.value)), ())
        return Apply(self.backend.number, (arg.expr,))

    def _as_matrix(self, expr: Expr, shape: Shape) -> Expr:
        return expr if shape else Apply(f"{self.backend.module}.reshape({{0}}, (1, 1))", (expr,))

    def _tiled(self, expr: Expr, entry: Function, shapes: Sequence[Shape]) -> Expr:
        """A matrix cut into blocks: the entry [i, k, j, l] is entry (k, l) of block (i, j)."""
        (rows, columns), (m, n) = shapes
        height, width = (m, n) if entry.name == "block_inner" else (rows // m, columns // n)
        tiles = f"{rows // height}, {height}, {columns // width}, {width}"
        return Apply(f"{self.backend.module}.reshape({{0}}, ({tiles}))", (expr,))

    def _template(self, entry: Function, args: Sequence[Lowered], shape: Shape) -> str | None:
        of_images = image_idioms.variant(entry.name, [arg.shape for arg in args], self.axis)
        special = idiom(of_images or _variant(entry, args, shape), self.backend.name)
        return special or idiom(entry.name, self.backend.name)

    def _fields(
        self, entry: Function, args: Sequence[Lowered], shape: Shape, params: Mapping[str, str], axis: Axis
    ) -> dict[str, str]:
        """What a template may name beside its arguments and parameters."""
        full = broadcast([arg.shape for arg in args], {}, axis) if entry.per_sample and entry.repeats else ()
        columns = axis is Axis.COLUMNS
        rows, width = (shape or (1, 1))[-2:]
        reduction = self.backend.reduction
        of_sample = tuple(range(1, len(shape))) if len(shape) > MATRIX else int(axis)
        each = reduction.format(axis=of_sample) if shape else ""
        if AXIS in entry.params:
            along = int(params[AXIS])
            each = reduction.format(axis=along) if along >= 0 and args[0].shape else ""
        # A number has no axes; None takes it as it is, but PyTorch has a way of its own to say so.
        full = full if len(full) <= MATRIX else ()
        named = str(int(axis)) if full else "0" if self.backend.needs_arrays else "None"
        places = f"{self.backend.module}.arange({full[axis]}){'[:, None]' if columns else ''}" if full else "0"
        return {
            "m": self.backend.module,
            "each": each,
            "along": reduction.format(axis=int(axis)) if full else "",
            "axis": named,
            "places": places,
            "across": str(1 - int(axis)),
            "every": ":, " if columns else "",
            "value": str(shape or (1, 1)),
            "turned_value": str((shape or (1, 1))[::-1]),
            "rows": str(rows),
            "columns": str(width),
        }

    # Definitions.

    def _defined(self, node: Apply, template: str | None, shapes: Sequence[Shape], fields: Mapping[str, str]) -> str:
        """The name of a function of the program, written at the first need of it."""
        entry = lookup(node.function)
        if entry.name in self._open or (template is None and entry.definition is None):
            raise UsageError(
                f"no {self.backend.title} program can be written: the table has no definition of {entry.name}"
            )
        self._open.append(entry.name)
        body = self._body(node, template, shapes, fields)
        self._open.pop()
        key = (entry.name, *body)
        if key not in self._called:
            self._called[key] = self._free(entry.name)
            params = [f"{name}={number(value)}" for name, value in _kept(entry.params.items())]
            params = ["where"] if entry.name == "place" else params
            self.definitions[self._called[key]] = [", ".join([*entry.args, *params]), entry.summary, *body]
        return self._called[key]

    def _free(self, name: str) -> str:
        """The name, numbered where the same function is written in two ways, for a number and for a matrix."""
        number = 1
        while (called := name if number == 1 else f"{name}_{number}") in {*self.definitions, *self.taken}:
            number += 1
        return called

    def _body(self, node: Apply, template: str | None, shapes: Sequence[Shape], fields: Mapping[str, str]) -> list[str]:
        entry = lookup(node.function)
        if template is not None:
            own = {name: name for name in (*entry.args, *entry.params)}
            lines = substituted(template, {**fields, **own})
        else:
            assert entry.definition is not None
            names = {name: Lowered(Name(name), shape) for name, shape in zip(entry.args, shapes, strict=True)}
            names |= {name: Lowered(Name(name), (), True) for name in entry.params}
            lines = [written(self.lower(in_letters(entry.definition, node), names).expr)]
        return [*lines[:-1], f"return {lines[-1]}"]


def _settings(node: Apply, args: Sequence[Lowered]) -> list[str]:
    """What a call of a function of the program has behind the arguments."""
    if node.function == "place":
        return [f"({', '.join(_where(args[1].shape, node, 'slice({}, {})'))})"]
    return [f"{name}={number(value)}" for name, value in _kept(node.params)]


def _where(shape: Shape, node: Apply, several: str = "{}:{}") -> list[str]:
    """The row and the column of a part, counted from 0; where it is no single entry, both as ranges."""
    params = lookup(node.function).parameters(node.params)
    slices = region(shape, params)
    if not part_shape(shape, params):
        return [str(each.start) for each in slices]
    return [several.format(each.start, each.stop) for each in slices]


def _entry(expr: Expr, where: Sequence[str]) -> Expr:
    base = "{0}" if isinstance(expr, Name) else "({0})"
    return Apply(f"{base}[{', '.join(where)}]", (expr,))


def _kept(params: Iterable[tuple[str, float]]) -> Iterable[tuple[str, float]]:
    """The parameters that a function of the program has; for each axis there is a function of its own."""
    return ((name, value) for name, value in params if name != AXIS)


def _constant(node: Apply, args: Sequence[Lowered]) -> float | None:
    values = [arg.value for arg in args if arg.value is not None]
    if len(values) < len(args):
        return None
    with np.errstate(all="ignore"):
        return float(lookup(node.function).value(*map(np.float64, values)))


def _variant(entry: Function, args: Sequence[Lowered], shape: Shape) -> str:
    """The template for a special shape, where a backend needs one."""
    if entry.name == "diag" and args[0].shape and args[0].shape[1] > 1:
        return "diag of square"
    return f"{entry.name} of one" if not shape else ""


def _bracketed(expr: Expr) -> Expr:
    """A power in brackets, as formatters write it behind a minus: `-(a**2)`."""
    return Apply("({0})", (expr,)) if isinstance(expr, Apply) and expr.function == "pow" else expr


def _unbracketed(term: Expr) -> Expr:
    """A term of a sum, where the minus stands between terms: `b - a**2`."""
    if not (isinstance(term, Apply) and term.function == "neg"):
        return term
    (inner,) = term.args
    return Apply("neg", inner.args) if isinstance(inner, Apply) and inner.function == "({0})" else term


def _product(u: Lowered, v: Lowered, axis: Axis) -> Lowered:
    """The product under an inner product, without ones, a square for equal factors."""
    shape, plain = broadcast([u.shape, v.shape], {}, axis), u.plain and v.plain
    if ONE in (u.expr, v.expr):
        return Lowered(v.expr if u.expr == ONE else u.expr, shape, plain)
    expr = call("pow", u.expr, Num(2.0)) if u.expr == v.expr else mul(u.expr, v.expr)
    return Lowered(expr, shape, plain)
