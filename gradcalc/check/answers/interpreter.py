"""What formula a text means: as problem files have it, or as people write it on paper, in LaTeX and in programs."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property

import numpy as np

from gradcalc.check.answers.facts import Facts
from gradcalc.check.answers.identities import Identities
from gradcalc.check.answers.lettered import LetterReader
from gradcalc.check.answers.meanings import Meanings
from gradcalc.check.answers.names import Names
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.answers.own_names import OwnNames
from gradcalc.check.answers.parts import Builder, Part, with_outer_products
from gradcalc.check.answers.primed import unprimed, unstarred, without_greek
from gradcalc.check.answers.shaped import letter_for, sides_told
from gradcalc.check.answers.shapes import SCALAR
from gradcalc.check.answers.stated import abbreviations, sizes_of
from gradcalc.check.answers.symbolic import read_tex
from gradcalc.check.answers.tex import tex_tokens
from gradcalc.check.answers.typed import UnknownName, read
from gradcalc.check.answers.typesetting import is_tex
from gradcalc.check.wording import typed
from gradcalc.errors import FormulaError
from gradcalc.formula.arrays import Array
from gradcalc.formula.brackets import NO_INDICES, Indices
from gradcalc.formula.evaluate import CANNOT, attempt
from gradcalc.formula.expr import Apply, Expr, Name, Num, call, names, substitute, walk
from gradcalc.formula.parse import MAX_LENGTH, parse
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.table import Shape, known, without_brackets
from gradcalc.formula.unknown import uncalled
from gradcalc.formula.write import code
from gradcalc.program.naming import gradient_name
from gradcalc.program.quantities import MOST_HINTS
from gradcalc.program.sections import Quantity
from gradcalc.program.solution import Solution
from gradcalc.words import did_you_mean, shorten

_LEFT_SIDE = re.compile(r"([^=<>≤≥≠!,]{1,60}?)\s*(?::=|(?<![=<>!])=(?!=)|≈)\s*")
_RAISED = re.compile(r"(\w+)\s*\^\s*(?:\d+|\{\d+\})")
"""A power, if what is raised is a name: `y^2` is the square of y, though `y2` may be a name too."""
_EITHER = re.compile("[·⋅×∘⊗\u0387∙]")
_DOT = re.compile(r"\\cdot(?![A-Za-z])|[·⋅]")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_NEAR = 0.01
_PROGRAM = re.compile(r"\b(?:np|numpy|jnp|torch|tf|scipy)\.")


def _is_outside(before: str) -> bool:
    """Whether no bracket is open: within one a comma stands between arguments."""
    return before.count("(") == before.count(")") and before.count("[") == before.count("]")


def strictly(text: str, own: tuple[str, ...] = (), indices: Indices = NO_INDICES) -> Expr:
    """The formula as problem files have it; `own` are quantities named as constants are. Raises NotReadable.

    `indices` says which names have members.
    """
    try:
        found = parse(text, own=own, indices=indices)
    except FormulaError as error:
        raise NotReadable(f"{shorten(text)}, column {error.start + 1}: {error.message}") from None
    alone = next(uncalled(found, dict(indices.functions)), None) if indices.functions else None
    if alone is not None:
        raise NotReadable(f"{shorten(text)}, column {alone.at[0] + 1}: {alone.id} is a function: call it with ( )")
    return found


class Interpreter:
    """Finds what formulas on a sheet mean, given the names and shapes of a solution."""

    def __init__(self, solution: Solution, called: Names) -> None:
        self.solution, self.called = solution, called
        self.axis = solution.problem.axis
        self.indices = replace(solution.problem.indices, lists=int(self.axis))
        """Of a sheet's formulas, in which lists of numbers may stand."""
        self.known = called.equations
        self.constants = tuple(sorted(name for name in self.known if without_brackets(name)))
        """The quantities that are named as constants of the table are (`pi`)."""
        short = abbreviations(solution.problem, solution.shapes)
        members = {name: shape for name, (_, shape) in short.items() if name.endswith("]")}
        numbers = (name for name, expr in solution.problem.let.items() if isinstance(expr, Num))
        self.shapes: dict[str, Shape] = {**dict.fromkeys(numbers, ()), **members, **solution.shapes}
        """Of quantities, of the problem's abbreviations for numbers, and of the student's."""
        self.functions = dict(self.indices.functions)
        self.builder = Builder(called.alone, self.shapes, self.axis, self.functions)
        self.remarks: dict[str, str] = {}
        """How a formula was read, by the quantity that it answers, where that isn't the obvious way."""
        self.all_tex = False
        """Whether formulas are TeX even where nothing in them shows it, as `W^2` in a write-up."""
        self.facts = Facts(solution)
        self.own = OwnNames(solution, called, self.facts)
        self.read_as: dict[str, str] = {}
        """Letters without the number of a layer, and the names that they are read as."""
        self.by_rows: dict[str, str] = {}
        """The matrices of which one index is a row's, each with how that lies: as a `column`, or as a `row`."""
        self.told: dict[str, str] = {}
        """Letters that a write-up calls the class in words, each with the target that is one-hot there."""
        self.some_sample = ""
        """The letter of the sample that is meant where an index is that of an entry."""
        self.otherwise = False
        """Whether the second reading is taken of what has two: `A^2` entry by entry."""
        self.guessed: frozenset[str] = frozenset()
        """Letters of which it was guessed what they are."""
        self.gradients_as_rows = False
        """Whether the gradient by a vector is a row in what is read now, as derivatives are in the numerator layout."""
        self.differentials = False
        """Whether `dW` is a differential in what is read now, and not a gradient."""
        self.samples: frozenset[str] | None = frozenset()
        """The letters that number samples in what is read now, of a problem with one sample; None if not known yet."""
        self.delta_as_d = False
        r"""Whether the student writes `\delta W` for `dW`."""
        self._hints = MOST_HINTS

    @cached_property
    def lettered(self) -> LetterReader:
        """What reads formulas with letters for indices; most sheets have none."""
        return LetterReader(self.solution, self.called, self._renamed)

    def strict(self, text: str) -> Expr:
        """The formula as problem files have it, with the problem's names for customary ones. Raises NotReadable."""
        return self._renamed(strictly(self.called.with_words(text), self.constants, self.solution.problem.indices))

    def formula(self, text: str, quantity: Quantity) -> Expr:
        """The formula that answers a quantity; its shapes needn't fit. Raises NotReadable."""
        text = text if self.all_tex else self.called.with_words(text)
        return with_outer_products(self._as_typed(self._right_side(text, quantity), quantity), self.builder)

    def bare(self, text: str, quantity: Quantity) -> str:
        """A text without the quantity's own name and a sign before it. Raises NotReadable."""
        return self._right_side(self.called.with_words(text), quantity)

    def by_itself(self, text: str) -> Expr:
        """A formula that answers nothing, as an abbreviation of the student's own. Raises NotReadable."""
        if self.all_tex:
            return self._read(text)
        text = self.called.with_words(text)
        try:
            strict = self._renamed(strictly(text, self.constants, self.indices))
        except NotReadable:
            return self._read(text)
        return strict if self._fits(strict) else self._read(text)

    def _read(
        self,
        text: str,
        matrices_first: bool = True,
        dots: bool = False,
        otherwise: bool = False,
        shape: Shape | None = None,
    ) -> Expr:
        """In the freer reading, of what has this shape. Raises NotReadable."""
        if not (self.all_tex or is_tex(text)):
            return read(text, self.builder, matrices_first)
        meanings = self.meanings()
        meanings.dots, meanings.otherwise, meanings.left = dots, otherwise, shape
        found = self.symbolic(text, meanings, matrices_first)
        opaque = next((name for name in names(found.expr) if name in meanings.opaque), None)
        if opaque is not None:
            raise NotReadable(f"{shorten(opaque)} can't stand in a formula here")
        return found.expr

    def in_letters(self, text: str, has_index: bool = False) -> str:
        """A formula in TeX with letters of indices or derivatives in it as claims have it; empty of any other.

        Raises NotReadable where the name that it answers `has_index`, so that it can be nothing else.
        """
        if self.all_tex or not is_tex(text):
            return ""
        meanings = self.meanings()
        try:
            found = self.symbolic(text, meanings).expr
        except NotReadable:
            if has_index:
                raise
            return ""  # which is told where it is read as any other
        return code(found) if has_index or any(name in meanings.opaque for name in names(found)) else ""

    def symbolic(self, text: str, meanings: Meanings, matrices_first: bool = True, is_condition: bool = False) -> Part:
        """A formula in TeX, with letters of indices and derivatives in it; a condition may have a sign = as well.

        Raises NotReadable.
        """
        builder = Identities(self.called.alone, meanings.shapes, self.axis, self.functions)
        text = unprimed(text, meanings.primed, self.called.alone, self.solution.problem.symbols.values())
        text = without_greek(text, meanings.primed, self.is_shown)
        text = unstarred(text, self.facts.class_of_target)
        trees = {**self.called.trees, **self.own.trees}
        newest_first = [each.family for each in reversed(self.own.definitions.values())]
        own = sorted(newest_first, key=lambda family: -len((*family.lower, *family.upper)))  # δ^y_t before δ_t
        families = (*own, *self.called.tex_families)
        others, patterns = self.called.other_trees, self.called.patterns
        return read_tex(text, builder, matrices_first, meanings, trees, others, patterns, families, is_condition)

    def is_shown(self, letter: str) -> bool:
        """Whether a Greek letter is in a name of the problem, or shown for one."""
        shown = re.compile(rf"\\{letter}(?![A-Za-z])")
        return bool(self.called.alone(letter)) or any(map(shown.search, self.solution.problem.symbols.values()))

    def sides(self, text: str) -> tuple[list[str], list[int]]:
        r"""The sizes of a shape in TeX, `D_x \times H` or `\mathbb{R}^{D_x \times H}`, as letters and as numbers.

        A number has none. Raises NotReadable.
        """
        called = self.called
        told = sides_told(tex_tokens(text, called.trees, called.other_trees, called.alone, called.patterns))
        if told is None:
            raise NotReadable("no equation: it has no sign = with a formula on both sides")
        meanings = self.meanings()
        known = [letter_for(side, meanings) for side in told]
        return [letter for letter, _ in known] or [SCALAR], [size for _, size in known]

    def meanings(self) -> Meanings:
        """What formulas may mean here, for one chain of them."""
        problem = self.solution.problem
        gradients = {gradient_name(name): name for name in self.shapes if gradient_name(name) in self.shapes}
        families = {name.partition("[")[0]: name for name in self.shapes if name.endswith("]")}
        found = Meanings(
            shapes=dict(self.shapes),
            objective=problem.objective,
            parameters=tuple(problem.parameters),
            has_parts=self.facts.loss_has_parts,
            values=self.facts.quantity_of,
            sizes=sizes_of(problem),
            weights=self.called.weights,
            numbered=self.called.numbered,
            unnumbered=self.called.unnumbered,
            over_samples=self.facts.over_samples,
            used=self.facts.used,
            slopes=self.facts.slopes,
            activations=self.facts.activations,
            functions=self.called.functions_alike,
            gradients=gradients,
            members={family: name for family, name in families.items() if family in problem.indices.families},
            over=frozenset(problem.over),
            letters_shown=self.called.patterns.letters,
            rests_on=self.facts.rests_on,
            given=frozenset(problem.given),
            classes={**problem.classes, **self.told},
            delta_as_d=self.delta_as_d,
            holds=self.facts.holds,
            targets=frozenset(problem.targets),
            one_hot=self.facts.one_hot,
            copied=self.facts.copied,
            last=self.facts.last,
            definitions=self.own.definitions,
            samples=self.samples,
            predicted=self.facts.predicted,
            guessed=self.guessed,
            read_as=self.read_as,
            by_rows=self.by_rows,
            some_sample=self.some_sample,
            otherwise=self.otherwise,
            as_rows=self.gradients_as_rows,
        )
        found.letters |= dict.fromkeys((*problem.classes, *self.told))
        for text, (shape, partial, rows) in self.own.parts.items():
            found.own[text] = found.opaque[text] = shape
            if partial is not None:
                found.partials[text], found.rows[text] = partial, rows
        return found

    def abbreviate(self, name: str, shape: Shape | None) -> None:
        """Let a name stand in formulas for a value of that shape."""
        if shape is not None:
            self.shapes[name] = shape

    def unknown(self, name: str) -> str:
        """What to say of a name that the problem doesn't have."""
        if known(name):
            return f"{name} is a function: call it with ( )"
        self._hints -= 1
        hint = did_you_mean(name, self.known) if self._hints > 0 and len(name) <= 100 else ""
        return f"unknown name '{shorten(name)}'{hint}"

    def _right_side(self, text: str, quantity: Quantity) -> str:
        """Without `dW1 =` before it. Raises NotReadable where that is another quantity."""
        if self.all_tex:
            return text  # the sides of a write-up are apart already
        bare = text.strip().strip("`").strip("$").strip().rstrip(";").rstrip()
        found = _LEFT_SIDE.match(bare)
        if found is None or any(found[1].count(one) != found[1].count(other) for one, other in ("()", "{}")):
            return bare
        known = self.called.get(quantity.section, found[1])
        if known != quantity and self.called.alone(found[1]) != quantity.equation:
            raise NotReadable(f"this says what {shorten(found[1])} is, and {quantity.label} is asked for")
        return bare[found.end() :]

    def _as_typed(self, text: str, quantity: Quantity) -> Expr:
        """The formula as people type it: as problem files have it if that fits, else in the freer reading."""
        if len(text) > MAX_LENGTH:
            return strictly(text, self.constants, self.indices)
        squared = _RAISED.fullmatch(text)
        is_power = squared is not None and squared[1] in self.known
        whole = None if text.isidentifier() or is_power else self.called.alone(text)
        if whole is not None:
            return Name(whole)
        text = _DECIMAL_COMMA.sub(lambda m: "." if _is_outside(text[: m.start()]) else ",", text)
        if self.all_tex:
            return self._freely(text, quantity)
        strict: Expr | NotReadable
        try:
            strict = self._renamed(strictly(text, self.constants, self.indices))
        except NotReadable as error:
            strict = error
        if not isinstance(strict, NotReadable) and not _EITHER.search(text) and self._fits(strict):
            return strict
        try:
            return self._freely(text, quantity)
        except NotReadable as error:
            if not isinstance(strict, NotReadable):
                return strict
            raise (self._more_telling(error, text) or strict) from None

    def _freely(self, text: str, quantity: Quantity) -> Expr:
        """In the freer reading; where products can be meant in two ways, the one that gives the right value."""
        put = self.called.abbreviations
        shape = self.solution.shapes.get(quantity.equation)
        found = [substitute(self._read(text, first, shape=shape), put) for first in (True, False)]
        if self.all_tex and _DOT.search(text):
            found.append(substitute(self._read(text, dots=True, shape=shape), put))
        second = substitute(self._read(text, otherwise=True, shape=shape), put) if self.all_tex else None
        found += [second] if second is not None and second not in found else []
        right = self.solution.values[quantity.equation]
        values = [attempt(expr, self.solution.values, self.axis) for expr in found if self._fits(expr)]
        fitting = [expr for expr in found if self._fits(expr)]
        for expr, value in zip(fitting, values, strict=True):
            if value is not None and value.size == right.size and np.allclose(value.reshape(right.shape), right):
                if expr != fitting[0]:
                    how = "" if expr is second else ", entry by entry where both products fit"
                    self.remarks[quantity.equation] = f"read as {typed(expr)}{how}"
                return self._as_laid_out(expr, value, right)
        near = [each for each, value in zip(fitting, values, strict=True) if _nearly(value, right)]
        return (near or fitting or found)[0]

    def _as_laid_out(self, expr: Expr, value: Array, right: Array) -> Expr:
        """A sum along an axis has one axis in NumPy: it fits a row and a column."""
        is_sum = isinstance(expr, Apply) and expr.function in ("sum", "mean", "div") and _has_axis(expr)
        return call("transpose", expr) if is_sum and value.shape == right.shape[::-1] != right.shape else expr

    def _renamed(self, expr: Expr) -> Expr:
        """With the problem's own names in the place of others that are used for them."""
        others = {name: self.called.alone(name) for name in names(expr) if name not in self.known}
        return substitute(expr, {name: Name(found) for name, found in others.items() if found}) if others else expr

    def _fits(self, expr: Expr) -> bool:
        try:
            shape_of(expr, self.shapes, self.axis)
        except CANNOT:
            return False
        return True

    def _more_telling(self, error: NotReadable, text: str) -> NotReadable | None:
        """What the freer reading says, where it is nearer to what was meant: of a name, or of NumPy."""
        if _PROGRAM.search(text) or is_tex(text):
            return NotReadable(f"{shorten(text)}, {error.reason}")
        near = isinstance(error, UnknownName) and len(error.name) < 30 and did_you_mean(error.name, self.known)
        return NotReadable(self.unknown(error.name)) if near and isinstance(error, UnknownName) else None


def _has_axis(expr: Expr) -> bool:
    """Whether the first sum or mean in a formula is along an axis."""
    inner = (node for node in walk(expr) if isinstance(node, Apply) and node.function in ("sum", "mean"))
    return dict(next(inner, Apply("sum", ())).params).get("axis", -1) >= 0


def _nearly(value: Array | None, right: Array) -> bool:
    """Whether a formula with rounded numbers may come to a value."""
    alike = value is not None and value.size == right.size
    return alike and value is not None and np.allclose(value.reshape(right.shape), right, rtol=_NEAR, atol=_NEAR)
