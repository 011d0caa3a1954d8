"""A problem in the making: the document, what is wrong with it so far, and ways to read its parts."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import gradcalc.functions  # noqa: F401 - fills the functions table
from gradcalc.errors import Fault, FormulaError, InputError, Span
from gradcalc.formula.arrays import Array
from gradcalc.formula.brackets import NO_INDICES
from gradcalc.formula.expr import Expr, Name, Num, walk
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.parse import parse
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.spelling import canonical
from gradcalc.formula.table import Axis, Shape, known, without_brackets
from gradcalc.formula.unknown import uncalled
from gradcalc.problem.document import UNREADABLE, Document, describe
from gradcalc.problem.kinds import is_function
from gradcalc.problem.matrices import NotAnArray, Wrong, array
from gradcalc.problem.other_forms import right_form
from gradcalc.program.kinds import KINDS
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.problem import Equation, Path
from gradcalc.words import did_you_mean, near, shorten
from gradcalc.words import known as known_names

if TYPE_CHECKING:
    from gradcalc.problem.constants import Constants
    from gradcalc.problem.letters import Letters

MAX_FAULTS: Final = 100
_HINTED: Final = 20
_CHAIN: Final = 5
"""So many members of a chain are all named."""
_CALLED: Final = re.compile(r"([^\W\d]\w*)\s*\(")
RESERVED: Final = {"lr": "the learning rate"}
_INDEX: Final = re.compile(r"-?\d{1,9}(,-?\d{1,9})*\]")


class Draft:
    """Collects faults in place of raising them, so that all that is wrong in a file is said at once."""

    def __init__(self, document: Document, letters: Letters | None = None) -> None:
        self.document = document
        self.letters = letters
        """What became of values that are shapes in letters or kinds; None as long as there are none."""
        self.faults: list[Fault] = list(document.faults)
        self.warnings: list[str] = []
        self.origins: dict[str, Path] = {}
        """Where each name of the problem was defined."""
        self.indices = NO_INDICES
        self.bound: dict[Path, tuple[tuple[str, float], ...]] = {}
        """The numbers that letters stand for in the line of a member, by its path."""
        self.counting: dict[Path, tuple[tuple[str, tuple[int, int]], ...]] = {}
        """How far the letters of sums without limits count in a formula, by its path."""
        self.sources: dict[Path, Path] = {}
        """The path in the file of what was written out for a member, by the member's path."""
        self.whole: dict[Path, str] = {}
        """Formulas in letters whose sums are written of whole arrays, by the path."""
        self._misfitting: set[Path] = set()

    @cached_property
    def constants(self) -> Constants:
        """What works out the file's constant formulas."""
        from gradcalc.problem.constants import Constants  # which few problems need

        return Constants()

    @property
    def is_in_letters(self) -> bool:
        """Whether sizes are letters, or values are kinds, as far as the file has been read."""
        return self.letters is not None and bool(self.letters.kinds)

    @property
    def unread(self) -> list[str]:
        """Names that are known, though something couldn't be read, perhaps the value or formula of one of them."""
        return list(self.origins) if self.faults else []

    def fault(self, path: Path, message: str) -> None:
        """Note what is wrong with the value at `path`; the message goes on from the path's name."""
        self.fault_at(self.document.span(*path), path, message)

    def key_fault(self, path: Path, message: str) -> None:
        """Like `fault`, at the key in place of its value."""
        self.fault_at(self.document.key_span(*path), path, message)

    def fault_at(self, span: Span, path: Path, message: str) -> None:
        """Like `fault`, at a place of its own."""
        gap = "" if message.startswith(":") else " "
        said = self.letters.in_letters(message) if self.letters else message
        fault = Fault(span, f"{describe(self.source(path))}{gap}{said}")
        if fault not in self.faults[-20:]:
            self.faults.append(fault)

    def source(self, path: Path) -> Path:
        """The path as the file has it: `h[t]` for the member `h[2]`."""
        ends = range(len(path), 0, -1) if self.sources else ()
        end = next((end for end in ends if path[:end] in self.sources), None)
        return path if end is None else (*self.sources[path[:end]], *path[end:])

    def stop(self) -> None:
        """Raise InputError if anything is wrong; of very many faults, with the first in the file."""
        if not self.faults:
            return
        first = InputError(self.faults).faults[:MAX_FAULTS]
        rest = len(self.faults) - len(first)
        more = [Fault(first[-1].span, f"and {rest:,} faults more after this one")] if rest else []
        raise InputError([*first, *more])

    def near(self, word: str, known: Iterable[str]) -> str:
        """A hint at what an unknown name was meant to be; none where there are many faults already."""
        return near(word, known) if len(self.faults) < _HINTED else ""

    def did_you_mean(self, word: str, known: Iterable[str]) -> str:
        """Like `near`, where what is known is said otherwise."""
        return did_you_mean(word, known) if len(self.faults) < _HINTED else ""

    def _line(self, path: Path) -> int:
        return self.document.key_span(*path).line

    # Names

    def define(self, raw: str, path: Path) -> str | None:
        """Enter a name; None, and a fault, if it can't be one or is taken."""
        name = canonical(raw)
        problem = self.no_name(name)
        if problem:
            self.key_fault(path, problem)
            return None
        self.origins[name] = path
        return name

    def no_name(self, name: str) -> str | None:
        """Why this can't be the name of something; None where it can. Of a member `h[2]` it is the family's."""
        base, bracket, index = name.partition("[")
        if bracket and base in self.indices.families and name not in self.origins:
            whole = bool(_INDEX.fullmatch(index))
            return self.no_name(base) if whole else f": write {base}[2], or {base}[t] with t under 'over'"
        if not name.isidentifier() or name.startswith("_") or not name.isprintable():
            return ": this can't be a name: a name has letters, digits and _, and starts with a letter"
        if keyword.iskeyword(name):
            return f": '{name}' can't be a name, as it is a word of Python: choose another, such as {name}_"
        if name in RESERVED:
            return f": '{name}' is {RESERVED[name]}; choose another name"
        if name in self.origins:
            return f": '{name}' is the name of something in line {self._line(self.origins[name])} already"
        return None

    def refuse_clashes(self) -> None:
        """Refuse names that gradcalc would give to gradients and new values of others."""
        for name, path in self.origins.items():
            for other, what in ((gradient_name(name), "the gradient"), (new_name(name), "the new value")):
                if other in self.origins:
                    message = f": '{other}' is {what} of '{name}' (line {self._line(path)}); choose another name"
                    self.key_fault(self.origins[other], message)

    # Values

    def array(self, path: Path, value: Any, axis: Axis = Axis.COLUMNS) -> Array | None:
        """The float64 array at `path`, with no axes (a number) or two; None, and faults, if it isn't one."""
        try:
            made = self._in_letters(path, value, axis) if isinstance(value, str) else None
            return array(value, axis, lambda: self.constants) if made is None else made
        except NotAnArray as error:
            right = right_form(value)
            if right:
                said = f"[{', '.join(value)}]" if isinstance(value, list) else value
                self.fault(path, f"is {shorten(said)}: write {right}")
                return None
            word = value.partition("(")[0].strip() if isinstance(value, str) else ""
            near = did_you_mean(word, KINDS) if word and word not in KINDS else ""
            for wrong in error.wrong:
                at, span = (*path, *wrong.path), self.document.span
                place = span(*at) if wrong.at is None else self.document.inside(wrong.at, *at)
                self.fault_at(place, at, wrong.message + near)
            return None

    def _in_letters(self, path: Path, text: str, axis: Axis) -> Array | None:
        if is_function(text) and canonical(str(path[-1])) not in dict(self.indices.functions):
            raise NotAnArray([Wrong((), ": a function can be given under inputs, in a file with equations")])
        return self._own_letters.value(path, text, axis)

    def counted(self, letter: str, least: int = 0) -> int:
        """How far an index counts that counts to a letter."""
        return self._own_letters.counted(letter, least)

    def edges(self, count: int) -> frozenset[tuple[int, int]]:
        """The edges of the file's graph of so many vertices."""
        return self._own_letters.edges(count)

    @property
    def _own_letters(self) -> Letters:
        from gradcalc.problem.letters import Letters  # which few problems need

        self.letters = self.letters or Letters()
        return self.letters

    def numbers_of(self, path: Path) -> tuple[tuple[str, float], ...]:
        """The sizes of letters that are no quantities, and the numbers of an index's letters in a line."""
        letters = {} if self.letters is None else {**self.letters.sizes, **self.letters.counts}
        sizes = ((letter, float(size)) for letter, size in letters.items() if letter not in self._own_names)
        return (*sizes, *self.bound.get(path, ()))

    def read(self, path: Path, text: str, extra: tuple[str, ...]) -> Expr:
        """The formula that a text at `path` writes. Raises FormulaError."""
        indices = replace(self.indices, ranges=(*self.indices.ranges, *self.counting.get(path, ())))
        return parse(self.whole.get(path, text), extra, self.numbers_of(path), indices, own=self._own_constants)

    def formula(self, path: Path, value: Any, extra: tuple[str, ...] = ()) -> Expr | None:
        """The formula at `path`; None, and a fault at its column, if it can't be read."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return Num(float(value))
        if value is UNREADABLE:
            return None
        if not isinstance(value, str):
            self.fault(path, ": write a formula here, such as x + y")
            return None
        try:
            return self.read(path, value, extra)
        except FormulaError as error:
            called = _CALLED.match(value, error.start)
            name = canonical(called[1]) if called else ""
            product = name in self._own_names - {*dict(self.indices.functions)} and not known(name)
            why = f"'{name}' is no function: write a product as {name} * (…)" if product else error.message
            self.fault_at(self.document.inside(error.start, *path), path, f": {why}")
            return None

    @cached_property
    def _own_constants(self) -> tuple[str, ...]:
        """The quantities that are named as constants are elsewhere (`pi`)."""
        return tuple(sorted(filter(without_brackets, self._own_names)))

    @cached_property
    def _own_names(self) -> frozenset[str]:
        """The names that stand in the file, those that come later too."""
        sections = (self.value((key,)) for key in ("inputs", "targets", "parameters", "equations", "let"))
        keys = (canonical(str(key)) for section in sections if isinstance(section, dict) for key in section)
        return frozenset((*keys, *self.origins))

    def names_known(self, path: Path, expr: Expr, names: Iterable[str]) -> bool:
        """Whether a formula uses known names alone, functions with an argument; a fault at each that isn't so."""
        names = dict.fromkeys(names)
        for node in uncalled(expr, dict(self.indices.functions)):
            said = f": '{node.id}' is a function: call it, as in {node.id}(…)"
            self.fault_at(self.document.inside(node.at[0], *path), path, said)
        unknown = {n.id: n for n in walk(expr) if isinstance(n, Name) and n.id not in names}
        for name, node in unknown.items():
            self.fault_at(self.document.inside(node.at[0], *path), path, f": {self._unknown(name, names, path)}")
        return not unknown

    def _unknown(self, name: str, names: Collection[str], path: Path) -> str:
        """What to say of a name that there isn't, in the formula at `path`."""
        base, bracket, _ = name.partition("[")
        if bracket:
            chain = self._running_on(name, path)
            if chain:
                return f"{name} is needed, and neither given nor computed: {chain}"
            there = [each for each in names if each.startswith(f"{base}[")]
            return f"{name} is needed, and neither given nor computed; there is {known_names(there)}"
        if name in dict(self.indices.ranges):
            return f"the index '{name}' stands for no number here: only a line with [{name}] has one"
        if known(name):
            return f"'{shorten(name)}' is a function: call it with ( )"
        if name in self.indices.families:
            return f"'{name}' has members, such as {name}[1]: write which one is meant"
        return f"unknown name '{shorten(name)}'{self.near(name, names)}"

    def _running_on(self, name: str, path: Path) -> str:
        """What to say where each member of a family needs a later one, and so none can come first."""
        from gradcalc.problem.order import running_on  # which only what is wrong needs here

        chain = running_on(str(path[-1]), name, lambda member: (*path[:-1], member) in self.bound)
        if len(chain) < 2:
            return ""
        shown = chain if len(chain) <= _CHAIN else [*chain[:2], "…", *chain[-2:]]
        told = " → ".join(shown)
        return f"each of these needs the next, so none can come first: {told}; give {name}, or let each need one before"

    def value(self, path: Path) -> Any:
        """The plain value at `path`; None if there is none."""
        return self.document.value(*path)

    def shapes(self, given: Mapping[str, Array], forward: Iterable[Equation], axis: Axis) -> dict[str, Shape]:
        """The shape of every name; a fault at each equation whose parts don't fit."""
        shapes: dict[str, Shape] = {name: np.shape(value) for name, value in given.items()}
        for equation in forward:
            try:
                shapes[equation.name] = shape_of(equation.expr, shapes, axis)
            except KeyError:
                continue  # it rests on an equation whose fault is reported already
            except ShapeError as error:
                self.misfit(equation, error)
        return shapes

    def misfit(self, equation: Equation, error: ShapeError) -> None:
        """A fault at the part of an equation that doesn't fit; one for all members of a family."""
        path = self.origins.get(equation.name, ())
        if self.source(path) in self._misfitting:
            return  # another member of the family
        self._misfitting.add(self.source(path))
        self.fault_at(self.document.inside(error.at[0], *path), path, f": {error.message} in {error.part}")
