"""Compile named formulas to one straight-line NumPy function.

Subexpressions that occur more than once are computed once, and the composition of a known pair (cross-entropy
of a softmax) is computed stably from the inner function's argument. The code is made from formula nodes alone.
"""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import copysign
from typing import Any

import numpy as np

from gradcalc.formula.expr import Apply, Expr, Name, Num
from gradcalc.formula.table import Axis, Pair, lookup, pair

_INFIX = {"mul": "*", "div": "/", "matmul": "@", "pow": "**"}
LONG_SUM = 100


@dataclass(frozen=True, slots=True)
class Compiled:
    """A function of the given values, its source, and the names that go in and come out."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    source: str
    run: Callable[..., tuple[Any, ...]]

    def __call__(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The value of every output; overflow gives infinity, without a warning."""
        with np.errstate(all="ignore"):
            results = self.run(*(values[name] for name in self.inputs))
        return dict(zip(self.outputs, results, strict=True))


def compile_formulas(
    formulas: Sequence[tuple[str, Expr]],
    inputs: Iterable[str],
    axis: Axis = Axis.COLUMNS,
    outputs: Iterable[str] | None = None,
) -> Compiled:
    """Compile `name = formula` pairs, in order; `outputs` (default: all) is what the function returns.

    Values go in as NumPy arrays: float64 scalars or matrices.
    """
    inputs = tuple(inputs)
    wanted = tuple(name for name, _ in formulas) if outputs is None else tuple(outputs)
    return _Compiler(inputs, axis).compile(formulas, wanted)


_Key = tuple[Any, ...]


class _Compiler:
    """Numbers every distinct value once (value numbering), then writes a line for each that has a name."""

    def __init__(self, inputs: tuple[str, ...], axis: Axis) -> None:
        self.inputs, self.axis = inputs, axis
        self.nodes: list[_Key] = []
        self.number_of: dict[_Key, int] = {}
        self.value_of: dict[str, int] = {}
        self.variable_of: dict[int, str] = {}
        self.uses: Counter[int] = Counter()
        self.globals: dict[str, Any] = {"__builtins__": {}}
        self.lines: list[str] = []

    def compile(self, formulas: Sequence[tuple[str, Expr]], outputs: tuple[str, ...]) -> Compiled:
        for position, name in enumerate(self.inputs):
            self.value_of[name] = self.numbered(("given", name))
            self.variable_of[self.value_of[name]] = _variable(name, position)
        for name, expr in formulas:
            self.value_of[name] = self.number(expr)
        needed = self.count_uses(self.value_of[name] for name in outputs)
        for position, (name, _) in enumerate(formulas, start=len(self.inputs)):
            value = self.value_of[name]
            if value in needed and value not in self.variable_of:
                self.assign(_variable(name, position), value)
        returned = ", ".join(self.inline(self.value_of[name]) for name in outputs)
        parameters = ", ".join(self.variable_of[self.value_of[name]] for name in self.inputs)
        body = "\n    ".join([*self.lines, f"return ({returned}{',' if outputs else ''})"])
        source = f"def run({parameters}):\n    {body}\n"
        exec(compile(source, "<formulas>", "exec"), self.globals)
        return Compiled(self.inputs, outputs, source, self.globals["run"])

    # Numbering.

    def numbered(self, key: _Key) -> int:
        number = self.number_of.setdefault(key, len(self.nodes))
        if number == len(self.nodes):
            self.nodes.append(key)
        return number

    def number(self, expr: Expr) -> int:
        if isinstance(expr, Num):
            return self.constant_of(expr.value)
        if isinstance(expr, Name):
            return self.value_of[expr.id]
        args = tuple(self.number(arg) for arg in expr.args)
        if args and all(self.nodes[arg][0] == "number" for arg in args):
            return self.folded(expr, args)
        fused = self.fused(expr, args)
        return self.numbered(fused or (expr.function, expr.params, *args))

    def folded(self, node: Apply, args: tuple[int, ...]) -> int:
        """Constants are worked out here: Python's own numbers raise where NumPy's give infinity."""
        with np.errstate(all="ignore"):
            value = self.callable_of(node)(*(np.float64(self.nodes[arg][1]) for arg in args))
        return self.constant_of(float(value))

    def constant_of(self, value: float) -> int:
        # 0.0 and -0.0 are equal, but not 1/0.0 and 1/-0.0.
        return self.numbered(("number", value, copysign(1.0, value)))

    def callable_of(self, node: Apply) -> Callable[..., Any]:
        entry = lookup(node.function)
        keywords = {**entry.params, **dict(node.params)} | ({"axis": self.axis} if entry.per_sample else {})
        return lambda *args: entry.value(*args, **keywords)

    def fused(self, node: Apply, args: tuple[int, ...]) -> _Key | None:
        """The key of a known pair, over the inner arguments and then the outer's others."""
        for position, (argument, arg) in enumerate(zip(lookup(node.function).args, args, strict=False)):
            inner = self.nodes[arg]
            found = pair(node.function, inner[0]) if len(inner) > 2 else None
            if found is not None and found.through == argument:
                return (found, (), *inner[2:], *args[:position], *args[position + 1 :])
        return None

    def count_uses(self, outputs: Iterable[int]) -> set[int]:
        needed: set[int] = set()
        todo = list(outputs)
        while todo:
            number = todo.pop()
            if number in needed:
                continue
            needed.add(number)
            args = self.args(number)
            self.uses.update(args)
            todo.extend(args)
        return needed

    def args(self, number: int) -> tuple[int, ...]:
        node = self.nodes[number]
        return () if node[0] in ("given", "number") else node[2:]

    # Writing.

    def assign(self, variable: str, number: int) -> None:
        text = self.written(number)
        self.lines.append(f"{variable} = {text}")
        self.variable_of[number] = variable

    def inline(self, number: int) -> str:
        """The text of a value: its variable, or its formula in brackets."""
        if number not in self.variable_of and self.uses[number] > 1 and self.is_worth_keeping(number):
            self.assign(f"_{number}", number)
        return self.variable_of.get(number) or self.written(number)

    def is_worth_keeping(self, number: int) -> bool:
        # A transpose is a view, and a sign is mostly part of a difference: to write them again costs nothing.
        return self.nodes[number][0] not in ("number", "transpose", "neg")

    def written(self, number: int) -> str:
        kind = self.nodes[number][0]
        if kind == "number":
            return self.constant(self.nodes[number][1])
        if kind == "add":
            return self.sum(number)
        args = [self.inline(arg) for arg in self.args(number)]
        if kind == "neg":
            return f"(-{args[0]})"
        if kind == "transpose":
            return f"{args[0]}.T"
        if kind in _INFIX:
            return f"({args[0]} {_INFIX[kind]} {args[1]})"
        return self.called(number, args)

    def sum(self, number: int) -> str:
        """Terms with their signs; a long sum in pieces, because Python nests each `+` a level deeper."""
        text = ""
        for position, arg in enumerate(self.args(number)):
            minus = self.nodes[arg][0] == "neg" and arg not in self.variable_of
            term = self.inline(self.args(arg)[0] if minus else arg)
            if position and position % LONG_SUM == 0:
                self.lines.append(f"_{number}s = {text}")
                text = f"_{number}s"
            text += f" - {term}" if minus else f" + {term}" if text else term
        return f"({text})"

    def constant(self, value: float) -> str:
        if np.isfinite(value):
            return repr(value) if value >= 0 else f"({value!r})"
        name = f"_c{len(self.globals)}"
        self.globals[name] = np.float64(value)
        return name

    def called(self, number: int, args: list[str]) -> str:
        kind, params = self.nodes[number][:2]
        if isinstance(kind, Pair):
            name, value = f"_{kind.outer}_of_{kind.inner}", kind.value
            keywords = [f"axis={int(self.axis)}"]
        else:
            entry = lookup(kind)
            name, value = f"_{entry.name}", entry.value
            given = {**entry.params, **dict(params)}
            keywords = [f"{key}={number!r}" for key, number in given.items()]
            keywords += [f"axis={int(self.axis)}"] if entry.per_sample else []
        self.globals[name] = value
        return f"{name}({', '.join([*args, *keywords])})"


def _variable(name: str, position: int) -> str:
    """The name itself where Python allows it; names that begin with `_` are the compiler's own."""
    plain = name.isidentifier() and name.isascii() and not keyword.iskeyword(name)
    return name if plain and not name.startswith("_") and name != "run" else f"_n{position}"
