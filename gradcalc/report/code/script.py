"""What the programs have in common: names, docstring, functions, given values, equations, prints."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from gradcalc.errors import UsageError
from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Expr, Name
from gradcalc.formula.table import known
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution
from gradcalc.report.code.backends import Backend
from gradcalc.report.code.literals import array_text
from gradcalc.report.code.lower import Lowered, Lowering
from gradcalc.report.code.text import written
from gradcalc.report.code.tidy import STEP, WIDTH, tidy

_TAKEN = frozenset(
    {
        *("np", "torch", "jax", "jnp", "math", "print", "float", "sum", "name", "value", "quantity"),
        *("leaves", "shifts", "forward", "objective", "quantities", "gradients", "updated", "after"),
    }
)


_WITH_INDEX = re.compile(r"\[([-\d,]+)\]")


def _lowered(index: re.Match[str]) -> str:
    """`h[2]` is `h_2` in programs, `h[-1]` is `h_m1`."""
    return "_" + index[1].replace(",", "_").replace("-", "m")


class Script:
    """A program in the making: the lines of one solution for one backend."""

    def __init__(self, solution: Solution, backend: Backend) -> None:
        self.solution, self.problem, self.backend = solution, solution.problem, backend
        self.lowering = Lowering(backend, self.problem.axis, taken=solution.shapes)
        self.variables: dict[str, str] = {}
        for name in solution.shapes:
            self.variables[name] = self._free(name)
        self._names = {name: Lowered(Name(name), shape, plain=name == "lr") for name, shape in solution.shapes.items()}

    def _free(self, name: str) -> str:
        """The name itself, with `_` behind it where the program needs the name for something else."""
        variable = _WITH_INDEX.sub(_lowered, name)
        taken = {*self.solution.shapes, *self.variables.values()} - {name}
        while variable in _TAKEN or known(variable) or (variable != name and variable in taken):
            variable += "_"
        return variable

    # Expressions and statements.

    def rule(self, equation: Equation) -> str:
        """The right-hand side of an equation, an array of the quantity's shape in any case."""
        lowered = self.lowering.lower(equation.expr, self._names)
        text = written(lowered.expr, self.variables.__getitem__)
        shape = self.solution.shapes[equation.name]
        if lowered.shape == shape:
            return self.backend.number.format(text) if lowered.plain else text
        # The 1 that differentiation begins with, for a quantity that is a matrix of one.
        if lowered.plain:
            return f"{self.backend.module}.full({shape}, float({text}))"
        return f"{self.backend.module}.broadcast_to({text}, {shape})"

    def is_alias(self, expr: Expr) -> bool:
        """Whether an equation only gives another name to a quantity."""
        return isinstance(self.lowering.lower(expr, self._names).expr, Name)

    def equation(self, equation: Equation, indent: str = "") -> list[str]:
        """The lines of one equation, `W1_new = …`, each behind `indent`."""
        return tidy(f"{self.variables[equation.name]} = {self.rule(equation)}", indent)

    def section(self, title: str, *sections: str, indent: str = "") -> list[str]:
        """The equations of a section, or of several, under a title; nothing if there are none."""
        equations = [eq for eq in self.solution.equations if eq.section in sections]
        lines = [line for eq in equations for line in self.equation(eq, indent)]
        return [f"{indent}# {title}", *lines] if lines else []

    def array(self, value: Array, room: int, arguments: str = "") -> str:
        """A value as a literal; `room` is how much else stands on the line."""
        template = self.backend.array.replace(")", f"{arguments})")
        return template.format(array_text(value, room + len(template)))

    def given(self, name: str, value: Array, arguments: str = "") -> list[str]:
        """The assignment of a given value; the learning rate is a plain number."""
        head = f"{self.variables[name]} = "
        return tidy(head + (repr(float(value)) if name == "lr" else self.array(value, len(head), arguments)))

    def prints(self, names: Iterable[str]) -> list[str]:
        """A line of output for each quantity, with every digit."""
        return [line for n in names for line in tidy(f'print("{n} =", {self.variables[n]}.tolist())')]

    # The whole.

    def refuse_turns(self) -> None:
        """Raise UsageError where parameters are updated one after the other, which no framework does by itself."""
        if self.problem.order != "simultaneous" and self.solution.has_update:
            said = "all gradients at once, and this problem updates one parameter after the other"
            raise UsageError(f"{self.backend.title} finds {said}: --format numpy writes its equations")

    def program(self, blocks: Sequence[Sequence[str]], notes: Sequence[str] = ()) -> str:
        """The text of the program: what every one begins with, then these blocks."""
        body = "\n\n".join("\n".join(block) for block in blocks if block)
        functions = [self._function(name, lines) for name, lines in self.lowering.definitions.items()]
        start = "\n\n".join(["\n".join(self._docstring(notes)), *self._imports(body, functions)])
        separator = "\n\n\n" if functions or body.startswith("def ") else "\n\n"
        return separator.join([start, *functions, body]) + "\n"

    def _imports(self, body: str, functions: Sequence[str]) -> list[str]:
        needed = list(self.backend.imports)
        if any(re.search(r"\bmath\.\w", text) for text in (body, *functions)):
            needed = ["import math", "", *needed]
        setup = ["\n".join(self.backend.setup)] if self.backend.setup else []
        return ["\n".join(needed), *setup]

    def _docstring(self, notes: Sequence[str]) -> list[str]:
        problem = self.problem
        title, *paragraphs = [
            problem.title or "A problem worked out",
            *([f"Source: {problem.source}"] if problem.source else []),
            *notes,
            *(f"Warning: {warning}." for warning in self.solution.warnings),
        ]
        return docstring([title, *paragraphs])

    def _function(self, name: str, lines: Sequence[str]) -> str:
        arguments, summary, *body = lines
        said = summary if re.match(r"\w\b", summary) else summary[:1].upper() + summary[1:]
        text = [f"def {name}({arguments}):", *docstring([f"{said}."], STEP)]
        return "\n".join([*text, *(line for each in body for line in _indented(each))])


def docstring(paragraphs: Sequence[str], indent: str = "") -> list[str]:
    """A docstring with its paragraphs, wrapped; one that fits stands on one line."""
    safe = [" ".join(text.split()).replace("\\", r"\\").replace('"""', r"\"\"\"") for text in paragraphs]
    if len(safe) == 1 and len(indent) + len(safe[0]) + 6 <= WIDTH and not safe[0].endswith('"'):
        return [f'{indent}"""{safe[0]}"""']
    # The one line that would fit but for the quotes behind it is broken as well.
    width = WIDTH - len(indent) - 3 * (len(safe) == 1)
    wrapped = [textwrap.wrap(text, width - 3 * (position == 0)) for position, text in enumerate(safe)]
    lines = [line for text in wrapped for line in ("", *text)][1:]
    return [f'{indent}"""{lines[0]}', *(f"{indent}{line}".rstrip() for line in lines[1:]), f'{indent}"""']


def _indented(line: str) -> list[str]:
    """A line of a function's body, which may itself stand within a loop."""
    bare = line.lstrip(" ")
    return tidy(bare, STEP + " " * (len(line) - len(bare)))
