"""Compile named formulas to one straight-line function of NumPy arrays.

Each distinct value is computed once, put where it is used if that is one place, and forgotten after its last use.
The code is made from formula nodes alone.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from gradcalc.formula.expr import Expr
from gradcalc.formula.interpret import interpreted
from gradcalc.formula.numbering import Numbering
from gradcalc.formula.table import Axis, Pair, lookup

_INFIX = {"mul": "*", "div": "/", "pow": "**"}
_OF_MATRICES: dict[str, Callable[..., Any]] = {"matmul": np.ndarray.dot}
"""What is called where shapes are known to fit: for small matrices it takes half as long as `@`, which looks again."""

IN_PLACE = 100
"""A value that is used once, and takes at most this many characters, is written where it is used, so that NumPy puts
the next result into its memory. The limit keeps brackets from nesting deeper than Python reads (200)."""


LONG = 20_000
"""More values than this are run one by one, with no source."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A function of the given values, its source, and the names that go in and come out.

    `run` takes the inputs in their order and returns the outputs in theirs; of a very long program, and of
    one of few runs, there is no source.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    source: str
    run: Callable[..., tuple[Any, ...]]

    def __call__(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The value of every output; overflow gives infinity, without a warning.

        Values go in as float64 scalars or matrices, by name, and come out so, in the shapes of their formulas. Raises
        KeyError for an input that is missing. Shapes are taken to fit: `shape_of` says whether they do.
        """
        with np.errstate(all="ignore"):
            results = self.run(*(values[name] for name in self.inputs))
        return dict(zip(self.outputs, results, strict=True))


def compile_formulas(
    formulas: Sequence[tuple[str, Expr]],
    inputs: Iterable[str],
    axis: Axis = Axis.COLUMNS,
    outputs: Iterable[str] | None = None,
    few_runs: bool = False,
) -> Compiled:
    """Compile `name = formula` pairs, in order, to a function of `inputs`; `outputs` (default: all) is what it returns.

    `axis` is the axis along which a sample lies, for functions that work on each by itself. With `few_runs` no source
    is written: Python would compile it for longer than it runs. Raises KeyError for a name that is neither an input nor
    defined before it is used, and UnknownFunction.
    """
    inputs = tuple(inputs)
    wanted = tuple(name for name, _ in formulas) if outputs is None else tuple(outputs)
    values = Numbering(inputs, axis)
    for name, expr in formulas:
        values.define(name, expr)
    if few_runs or len(values.nodes) > LONG:
        return Compiled(inputs, wanted, "", interpreted(values, wanted))
    return _Writer(values, inputs, axis).compiled(wanted)


class _Line(NamedTuple):
    """An assignment, and the variables that it reads."""

    variable: str
    text: str
    reads: tuple[str, ...]


class _Writer:
    """Writes the values that are needed, in the order of their numbers."""

    def __init__(self, values: Numbering, inputs: tuple[str, ...], axis: Axis) -> None:
        self.inputs, self.axis = inputs, axis
        self.nodes, self.args, self.value_of = values.nodes, values.args, values.value_of
        self.variable_of: dict[int, str] = {}
        for position, (name, value) in enumerate(self.value_of.items()):
            self.variable_of.setdefault(value, _variable(name, position))
        self.uses = [0] * len(self.nodes)
        self.text_of: dict[int, str] = {}
        self.reads_of: dict[int, tuple[str, ...]] = {}
        self.globals: dict[str, Any] = {"__builtins__": {}}
        self.lines: list[_Line] = []

    def compiled(self, outputs: tuple[str, ...]) -> Compiled:
        self.count_uses(outputs)
        for number, uses in enumerate(self.uses):
            if uses:
                self.write(number)
        source = self.source([self.variable_of[self.value_of[name]] for name in self.inputs], outputs)
        exec(compile(source, "<formulas>", "exec"), self.globals)
        return Compiled(self.inputs, outputs, source, self.globals["run"])

    def count_uses(self, outputs: tuple[str, ...]) -> None:
        """How often each value is used; what no output needs is used by nobody."""
        for name in outputs:
            self.uses[self.value_of[name]] += 2  # more than once, so that it has a line of its own
        for number in reversed(range(len(self.nodes))):
            # What is written anew at each use has its argument written as often.
            times = self.uses[number] if self.is_free(number) else min(1, self.uses[number])
            for arg in self.args(number) if times else ():
                self.uses[arg] += times

    def is_free(self, number: int) -> bool:
        # A transpose is a view, and a sign is mostly part of a difference: to write them again costs nothing.
        kind = self.nodes[number][0]
        return kind in ("given", "number") or (kind in ("transpose", "neg") and number not in self.variable_of)

    def write(self, number: int) -> None:
        """Put a value on a line of its own, or keep its text for the one place that uses it."""
        args = self.args(number)
        text = self.written(number, [self.text_of[arg] for arg in args])
        reads = tuple([read for arg in args for read in self.reads_of[arg]])
        if not self.is_free(number) and (self.uses[number] > 1 or len(text) > IN_PLACE):
            variable = self.variable_of.get(number, f"_{number}")
            self.lines.append(_Line(variable, _bare(text), reads))
            text, reads = variable, (variable,)
        self.text_of[number], self.reads_of[number] = text, reads

    def written(self, number: int, args: list[str]) -> str:
        kind = self.nodes[number][0]
        if kind == "given":
            return self.variable_of[number]
        if kind == "number":
            return self.constant(self.nodes[number][1])
        if kind == "add":
            return self.sum(number)
        if kind == "neg":
            return f"(-{args[0]})"
        if kind == "transpose":
            return f"{args[0]}.T"
        if kind in _INFIX:
            return f"({args[0]} {_INFIX[kind]} {args[1]})"
        return self.called(number, [_bare(arg) for arg in args])

    def sum(self, number: int) -> str:
        """Terms with their signs."""
        text = ""
        for arg in self.args(number):
            minus = self.nodes[arg][0] == "neg" and self.is_free(arg)
            value = self.args(arg)[0] if minus else arg
            term = self.text_of[value]
            term = _bare(term) if self.nodes[value][0] in ("mul", "div") else term
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
            name, value = f"_{entry.name}", _OF_MATRICES.get(entry.name, entry.value)
            keywords = [f"{key}={_plain(given)}" for key, given in entry.keywords(params, self.axis).items()]
        self.globals[name] = value
        return f"{name}({', '.join([*args, *keywords])})"

    def source(self, parameters: Iterable[str], outputs: tuple[str, ...]) -> str:
        """The function; a variable is deleted after the last line that reads it, so that its memory serves the next."""
        returned = [self.value_of[name] for name in outputs]
        result = f"return ({', '.join(self.text_of[value] for value in returned)}{',' if outputs else ''})"
        needed = {read for value in returned for read in self.reads_of[value]}
        body = [result]
        for line in reversed(self.lines):
            done = dict.fromkeys(read for read in line.reads if read not in needed)
            needed.update(done)
            forget = f"; del {', '.join(done)}" if done else ""
            body.append(f"{line.variable} = {line.text}{forget}")
        return f"def run({', '.join(parameters)}):\n    " + "\n    ".join(reversed(body)) + "\n"


def _plain(given: float) -> str:
    return str(int(given)) if isinstance(given, Axis) else repr(given)


def _bare(text: str) -> str:
    """Without the brackets around the whole, where they say nothing."""
    return text[1:-1] if text[0] == "(" and text[-1] == ")" else text


def _variable(name: str, position: int) -> str:
    """The name itself where Python allows it; names that begin with `_` are the compiler's own."""
    plain = name.isidentifier() and name.isascii() and not keyword.iskeyword(name)
    return name if plain and not name.startswith("_") and name != "run" else f"_n{position}"
