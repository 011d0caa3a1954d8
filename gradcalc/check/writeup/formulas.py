"""The sides of a chain as formulas: read in order, as a letter means the same in all of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from gradcalc.check.answers.definitions import Definition
from gradcalc.check.answers.identities import in_sizes
from gradcalc.check.answers.interpreter import Interpreter
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.answers.parts import Part
from gradcalc.check.answers.typed import UnknownName
from gradcalc.check.answers.typesetting import NotTex
from gradcalc.check.writeup.differentials import expanded
from gradcalc.check.writeup.model import Derivation, Side
from gradcalc.check.writeup.told import of_class
from gradcalc.formula.expr import Apply, Expr, Name, Num, call, names, walk
from gradcalc.formula.spelling import NAME
from gradcalc.formula.table import Shape
from gradcalc.formula.write import code
from gradcalc.optimizers.rule import RATE
from gradcalc.program.naming import gradient_name

_DIFFERENTIAL: Final = re.compile(
    r"(?<![A-Za-z\\])d\s*(?:\\left\s*)?\(|^\s*d\s*(?:[JLEC]\b|\\ell|\\mathcal|\\operatorname\b|\\[A-Za-z]+\s*(?:\\left\s*)?\()"
)
"""A d before a bracket, before the loss, or at the beginning before a function."""
_EITHER: Final = re.compile(r"^\s*d\s*\\hat")
r"""`d\hat{y}`, which is a differential to some, and a gradient to others."""
_SMALL_D: Final = re.compile(r"(?<![A-Za-z\\])d\s*\\?[A-Za-z]")
_OTHER_SIGNS: Final = re.compile(r"\\(?:partial|nabla|delta)(?![A-Za-z])")
"""Signs of derivatives beside which a d is no differential."""
_UPRIGHT: Final = re.compile(r"(?<!\{)\\(?:mathrm|operatorname)\s*\{\s*~?\s*d\s*\}")
r"""`\mathrm{d}`, but for that of a fraction, which is a derivative's."""
_NEXT: Final = re.compile(r"[a-z]\+1")
_LINEAR: Final = frozenset(("add", "sub", "neg", "mul", "matmul", "transpose", "inv"))
_NAME: Final = re.compile(r"(?<!, )\b[^\W\d]\w*")
"""A name, but not what a derivative is taken by."""
PARTIAL: Final = re.compile(r"\\partial|\\nabla|∂|∇")
"""The signs of derivatives."""
_GREEK: Final = re.compile(r"\s*\\(?:delta|gamma|Delta|varepsilon|epsilon|xi)(?![A-Za-z])")
"""Letters that books give to derivatives of their own choice."""


class Formulas:
    """A chain's sides; `read` has the formula of each, None where it can't be read, `reasons` why."""

    def __init__(self, chain: Derivation, interpreter: Interpreter, of_gradients: bool = False) -> None:
        """With `of_gradients` a d before a name is a gradient, where it may be either."""
        self.of_gradients = of_gradients
        self.sides: tuple[Side, ...] = chain.sides
        self.is_plain = chain.sides[0].is_plain
        self.symbols = interpreter.solution.problem.symbols
        interpreter.all_tex = not self.is_plain
        interpreter.samples = None if interpreter.facts.has_one_sample and not self.is_plain else frozenset()
        self._take_all(interpreter)
        if interpreter.samples is None:
            interpreter.samples = self.of_samples()
            if self.meanings.marked:
                self._take_all(interpreter)
        sizes = self.meanings.sizes
        texts = [in_sizes(code(each), sizes) if each is not None else "" for each in self.read]
        self.condition = self._condition(chain.condition, interpreter)
        self.is_conditional = chain.condition is not None
        self.texts, self.free = self._in_full(texts)
        self.texts = [of_class(text, self.texts[0], interpreter.told) for text in self.texts]

    def _take_all(self, interpreter: Interpreter) -> None:
        signs = (_DIFFERENTIAL,) if self.of_gradients else (_DIFFERENTIAL, _EITHER)
        is_differential = any(sign.search(side.tex) for side in self.sides for sign in signs)
        self._take_as(is_differential, interpreter)
        if not is_differential and self._says_changes():
            self._take_as(True, interpreter)

    def _says_changes(self) -> bool:
        r"""Whether `dF` is a differential: `dF = dH W + H dW`, of what F is made of; a gradient comes from what is made
        of F. With an upright d on the right side it is one where nothing speaks for a gradient.
        """
        if not any(sign.search(self.sides[0].tex) for sign in (_SMALL_D, _UPRIGHT)):
            return False  # as of `\delta_2 = …`, a gradient by its name
        left, *rest = (self._differentiated(each) for each in self.read)
        right = set[str]().union(*rest)
        before = {each for each in right if any(each in self.meanings.rests_on(of) for of in left)}
        behind = {each for each in right if left & self.meanings.rests_on(each)}
        is_upright = any(_UPRIGHT.search(side.tex) for side in self.sides[1:])
        return not behind - before and (bool(before) or is_upright)

    def _differentiated(self, expr: Expr | None) -> set[str]:
        """Of what the gradients in a formula are."""
        entries, gradients = self.meanings.entries, self.meanings.gradients
        every = () if expr is None else names(expr)
        whole = (code(entries[name][0].expr) if name in entries else name for name in every)
        return {gradients[name] for name in whole if name in gradients}

    def _take_as(self, is_differential: bool, interpreter: Interpreter) -> None:
        self.meanings = interpreter.meanings()
        self.meanings.differential = interpreter.differentials or is_differential
        self.read: list[Expr | None] = []
        self.shapes: list[Shape | None] = []
        self.is_guess = False
        """Whether a letter in it may be something else than it is read as."""
        self.reasons: list[str] = []
        self.faults: list[int | None] = []
        """Where in a side's text it can't be read, if that is known."""
        self.uncertain: list[bool] = []
        self.odd: list[bool] = []
        self.unknown: list[str] = []
        """The names that the problem doesn't have."""
        self.is_of_unknown = False
        """Whether there is one on the left side."""
        self.left: Shape | None = None
        for side in self.sides:
            self._take(side, interpreter)
        if self._is_no_loss():
            self.read[0], self.shapes[0], self.is_of_unknown = None, None, True
            self.unknown.append("l")
            self.reasons[0] = "unknown name 'l'"

    def _is_no_loss(self) -> bool:
        """Whether the left side is an l, which the loss is called by many, and what stands behind it is an array."""
        loss = self.meanings.objective or ""
        shown = (loss, self.symbols.get(loss, loss))
        is_small = self.sides[0].tex.strip() == "l" and "l" not in shown and self.read[0] == Name(loss)
        return is_small and any(shape not in (None, (), (1, 1)) for shape in self.shapes[1:])

    @property
    def is_to_be_tried(self) -> bool:
        """Whether its left side is about letters, or a gradient where it may be a differential."""
        left = self.read[0]
        is_gradient = left is not None and self.of_gradients and code(left) in self.meanings.gradients
        return left is not None and (is_gradient or self.is_about_letters(left))

    @property
    def may_be_of_gradients(self) -> bool:
        r"""Whether it is read with differentials, for which gradients may be meant: `d\hat{x} = dy \gamma`."""
        return bool(self.free) and not any(_DIFFERENTIAL.search(side.tex) for side in self.sides)

    def of_samples(self) -> frozenset[str]:
        """The letters that say of which sample targets and what is compared with them are: not the index of the left.

        In `y[m] - \\hat{y}[m]` for a whole gradient m is the sample.
        """
        left = names(self.read[0]) if self.read[0] is not None else ()
        index = {letter for name in left for letter in self.meanings.entries.get(name, (None, ""))[1].split(",")}
        marked = self.meanings.marked.items()
        return frozenset(
            letter for letter, of in marked if letter not in index and len(of) > 1 and of & self.meanings.targets
        )

    def _condition(self, said: Side | None, interpreter: Interpreter) -> str:
        """Where it is said to hold, as a number that is 1 there and 0 elsewhere; empty where that can't be read."""
        if said is None:
            return ""
        try:
            part = interpreter.symbolic(said.tex, self.meanings, is_condition=True)
        except NotReadable:
            return ""
        says_nothing = isinstance(part.expr, Apply) and len({*part.expr.args}) < len(part.expr.args)
        if says_nothing or part.shape is None:
            return ""
        every = part.expr if part.shape in ((), (1, 1)) else call("min", part.expr)
        return in_sizes(code(every), self.meanings.sizes)

    def _take(self, side: Side, interpreter: Interpreter) -> None:
        self.meanings.uncertain = self.meanings.odd = False
        self._read(side, interpreter)
        self.uncertain.append(self.meanings.uncertain)
        self.odd.append(self.meanings.odd)

    def _read(self, side: Side, interpreter: Interpreter) -> None:
        left = self.read[0] if self.read else None
        self.meanings.dots = left is None or self.left in ((), (1, 1))
        try:
            plain = interpreter.by_itself(side.tex) if self.is_plain else None
            part = interpreter.symbolic(side.tex, self.meanings) if plain is None else Part(plain, None)
            interpreter.own.name_as_said(self.meanings)
            self.left = self.meanings.left = part.shape if not self.read else self.left
            self.read.append(part.expr)
            self.shapes.append(part.shape)
            self.reasons.append("")
            self.faults.append(None)
        except NotReadable as error:
            self.unknown += [error.name] if isinstance(error, UnknownName) else []
            self.is_of_unknown |= isinstance(error, UnknownName) and not self.read
            self.read.append(None)
            self.shapes.append(None)
            self.reasons.append(error.why if isinstance(error, NotTex) else error.reason)
            self.faults.append(error.start if isinstance(error, NotTex) else None)

    def defines(self, interpreter: Interpreter) -> bool:
        """Whether it begins with a name of the student's own for a derivative: `δ = ∂ŷ/∂a`.

        A name without indices may be given again, to another one.
        """
        second = self.read[1] if len(self.read) > 1 else None
        left = self.read[0]
        is_derivative = second is not None and self.is_another_derivative(second, left)
        if left is not None and code(left).partition("[")[0] in self.symbols:
            return False  # it has that name in the problem
        found = interpreter.own.member(self.sides[0].tex)
        if is_derivative and found is not None and left not in (None, second) and "".join(found.indices).islower():
            self.uncertain[1] = True  # for which it may be given again too
        again = _GREEK.match(self.sides[0].tex) is not None and found is None
        is_new = left is None and interpreter.own.may_be_name(self.sides[0].tex)
        return is_derivative and (is_new or (again and left != second))

    def abbreviates(self, interpreter: Interpreter) -> bool:
        """Whether it begins with a name of the student's own for a formula: `\\delta_t = \\hat{y}_t - y_t`.

        What a recurrence says of it (`\\delta_t = W^T \\delta_{t+1}`) is no meaning, but an equation.
        """
        second = self.read[1]
        says = (
            second is not None
            and bool(names(second))
            and not interpreter.own.recurs(self.sides[0].tex, self.sides[1].tex)
        )
        left, tex = self.read[0], self.sides[0].tex
        words = () if second is None else NAME.findall(code(second))
        is_kronecker = left is not None and " == " in code(left) and _GREEK.match(tex) is not None
        is_of_quantities = any(word in interpreter.shapes or word in self.meanings.members for word in words)
        may_be_given = self.is_of_unknown or _GREEK.match(tex) is not None
        is_unknown = (left is None and may_be_given) or (is_kronecker and is_of_quantities)
        is_new = is_unknown and interpreter.own.is_one_name(tex)
        return says and (is_new or interpreter.own.is_abbreviation(self.sides[0].tex))

    def another(self, chain: Derivation, interpreter: Interpreter) -> Definition | None:
        """What a name of the student's own stands for with another letter: `\\delta_j` beside `\\delta_k`.

        None where the right side doesn't fit by itself, or counts that letter as before.
        """
        if interpreter.own.member(self.sides[0].tex) is None:
            return None
        right = Formulas(replace(chain, sides=chain.sides[1:]), interpreter)
        first, meanings = right.read[0], right.meanings
        if first is None or meanings.clashing:
            return None
        part = Part(first, meanings.opaque.get(code(first), right.shapes[0]))
        return interpreter.own.another(self.sides[0].tex, part, meanings)

    def is_another_derivative(self, expr: Expr, left: Expr | None) -> bool:
        """Whether a formula is a derivative, or a product of them, and of something else or by something else."""
        mine = self.meanings.partials.get(code(expr))
        other = None if left is None else self.meanings.partials.get(code(left))
        same = None not in (mine, other) and [each.expr for each in mine or ()] == [each.expr for each in other or ()]
        return mine is not None and not same and (self.is_about_letters(expr) or other is not None)

    def define(self, interpreter: Interpreter) -> None:
        """Let that name stand for it in what follows."""
        second = self.read[1]
        if second is not None:
            shape = self.meanings.opaque.get(code(second), self.shapes[1])
            interpreter.own.said.append((self.sides[0].tex, self.sides[1].tex))
            interpreter.own.define(self.sides[0].tex, Part(second, shape), self.meanings)

    def names_slope(self, interpreter: Interpreter) -> bool:
        """Whether all that it says is what the student calls a slope: `∂h/∂a = sg(h)`, which holds in what follows."""
        left = self.meanings.partials.get(code(self.read[0])) if self.read[0] is not None else None
        if left is None or len(self.sides) != 2 or self.read[1] is not None or not self.unknown:
            return False
        return interpreter.own.define_slope(self.sides[1].tex, *left)

    def _in_full(self, texts: list[str]) -> tuple[list[str], Mapping[str, str]]:
        return expanded(texts, self.meanings) if self.meanings.differentials else (texts, {})

    def without_first(self, count: int = 1) -> Formulas:
        """The same chain from its second side on, or from a later one."""
        other = Formulas.__new__(Formulas)
        vars(other).update(vars(self))
        other.sides, other.read, other.shapes = self.sides[count:], self.read[count:], self.shapes[count:]
        other.reasons, other.texts = self.reasons[count:], self.texts[count:]
        other.faults = self.faults[count:]
        other.uncertain, other.odd = self.uncertain[count:], self.odd[count:]
        return other

    def of_new(self, updated: Mapping[str, str]) -> Formulas:
        r"""The same about the new value, of `w_i = w_i - \eta \delta_i`: an entry, less the rate times something.

        Of a whole parameter where the line has a condition: `w = w + \eta y x \text{ if } y f < 0`.

        `updated` has the names of the new values of parameters. Itself, where it is no update.
        """
        left = "" if self.read[0] is None else code(self.read[0])
        name, bracket, index = left.partition("[")
        if self.is_conditional and left in updated and {RATE, left} <= self.used:
            other = self.without_first(0)
            other.texts, other.read = [updated[left], *self.texts[1:]], [Name(updated[left]), *self.read[1:]]
            return other
        if not bracket or name not in updated or RATE not in self.used or self.used.isdisjoint((name, left)):
            return self
        other, text = self.without_first(0), f"{updated[name]}[{index}"
        self.meanings.opaque[text] = self.meanings.opaque.get(left, ())
        other.texts, other.read = [text, *self.texts[1:]], [Name(text), *self.read[1:]]
        return other

    def by_arguments(self, arguments: Mapping[str, str]) -> Formulas:
        r"""The same where `df`, of what an activation gives, is the gradient on its argument, as people call it too.

        Itself, where no such gradient is written by a name of its own.
        """
        first, *others = (PARTIAL.search(side.tex) is not None for side in self.sides)
        if any(others):
            return self
        return self._with({gradient_name(of): gradient_name(by) for of, by in arguments.items()}, behind=int(first))

    def by_squares(self, squares: Mapping[str, str]) -> Formulas:
        r"""The same where `\sigma^2`, as a quantity is shown, is the square of another that is shown as `\sigma`.

        Itself, where there is no such thing behind its first side.
        """
        return self._with({of: f"({base} ** 2)" for of, base in squares.items()}, behind=1)

    def _with(self, put: Mapping[str, str], behind: int = 0) -> Formulas:
        """The same with something else for some names from a side on; itself, where they aren't there."""
        texts = [_NAME.sub(lambda found: put.get(found[0], found[0]), text) for text in self.texts[behind:]]
        if texts == self.texts[behind:] or not all(self.texts):
            return self
        other = self.without_first(0)
        other.texts = [*self.texts[:behind], *texts]
        return other

    def next_of(self, parameters: Collection[str]) -> str:
        """The parameter of which the left side is the value after a step, `w_{t+1}`; empty where it is none's."""
        whole, index = self.meanings.entries.get("" if self.read[0] is None else code(self.read[0]), (None, ""))
        name = "" if whole is None else code(whole.expr)
        return name if name in parameters and _NEXT.fullmatch(index) else ""

    def from_readable(self) -> Formulas | None:
        r"""The chain from the second side on, or from the first behind it that can be read: of `\theta = \theta -
        H^{-1} g = \dots`, where what theta becomes is no quantity. None where there are no two; none is called wrong,
        as they may be equal at an optimum alone.
        """
        first = next((i for i in range(1, len(self.read)) if self.read[i] is not None), len(self.read))
        if len(self.read) - first < 2:
            return None
        other = self.without_first(first)
        other.uncertain = [True] * len(other.read)
        return other

    def misfits(self) -> list[int]:
        """The sides that can't be read, or whose shape isn't that of the first."""
        first, *others = [() if shape == (1, 1) else shape for shape in self.shapes]
        wrong = [i for i, shape in enumerate(others, 1) if shape is None or first not in (None, shape)]
        return [*wrong, 0] if self.read[0] is None else wrong

    @property
    def used(self) -> set[str]:
        """The names in all sides but the first."""
        return {name for each in self.read[1:] if each is not None for name in names(each)}

    def taken_by(self, number: int) -> str | None:
        """By what a side is a derivative, or a chain of them; None where it is none."""
        read = self.read[number]
        partial = None if read is None else self.meanings.partials.get(code(read))
        return partial[1].expr.id if partial is not None and isinstance(partial[1].expr, Name) else None

    @property
    def is_of_numbers(self) -> bool:
        """Whether all that is read behind its first side are numbers."""
        return not self.used and any(each is not None for each in self.read[1:])

    def is_about_letters(self, left: Expr) -> bool:
        """Whether a side is an entry by letters, a derivative that isn't in the equations, or a differential."""
        return any(name in self.meanings.opaque for name in names(left))

    def is_of_changes(self) -> bool:
        r"""Whether its d are differentials without a loss: `dz_2 = h\,dW_2 + db_2`, where z rests on W and b.

        The gradient on z is worked out before those on what it rests on.
        """
        if not all(_SMALL_D.search(side.tex) and not _OTHER_SIGNS.search(side.tex) for side in self.sides):
            return False
        gradients = self.meanings.gradients
        left, *right = ({name.partition("[")[0] for name in NAME.findall(text)} for text in self.texts)
        of = [gradients[name] for name in left if name in gradients]
        under = {gradients[name] for names in right for name in names if name in gradients}
        return len(of) == 1 and bool(under) and under <= self.meanings.rests_on(of[0])

    def is_of_another(self) -> bool:
        r"""Whether its left side is a derivative of what doesn't rest on what it is taken by.

        In `\partial \Vert w \Vert^2 / \partial w_l` another w is meant than the first layer's.
        """
        left = "" if self.read[0] is None else code(self.read[0])
        of, by = self.meanings.partials.get(left, (None, None))
        shapes = self.meanings.shapes
        mine = {word for word in NAME.findall("" if of is None else code(of.expr)) if word in shapes}
        other = {word for word in NAME.findall("" if by is None else code(by.expr)) if word in shapes}
        behind = mine.union(*(self.meanings.rests_on(name) for name in mine))
        return bool(mine and other) and behind.isdisjoint(other)

    def kinds_of_left(self) -> tuple[bool, bool]:
        """Whether the first side is a derivative, and whether it is one of a number that may be a row too."""
        left = "" if self.read[0] is None else code(self.read[0])
        of, by = self.meanings.partials.get(left, (None, None))
        is_row = left in self.meanings.products and of is not None and of.shape in ((), (1, 1))
        is_row = is_row or (of is not None and self.are_rows)
        return of is not None, is_row and by is not None and 1 in (by.shape or ())

    @property
    def are_rows(self) -> bool:
        """Whether gradients by vectors are rows in it."""
        return self.meanings.as_rows

    def statement(self, number: int, name: str) -> str:
        """The text of a side with letters or derivatives in it, or of the quantity's own name; empty of any other."""
        read = self.read[number]
        mine = read is not None and (self.is_about_letters(read) or read == Name(name))
        return self.texts[number] if mine else ""

    def is_set_to_zero(self, number: int) -> bool:
        """Whether a side is the 0 at the end of a chain."""
        return number == len(self.sides) - 1 and self.read[number] == Num(0) and not self.is_conditional

    def is_of_parameter(self, parameters: Collection[str]) -> bool:
        """Whether its left side is an entry or a member of a parameter: which value it takes where a gradient is 0."""
        member = self.read[0].id.partition("[")[0] if isinstance(self.read[0], Name) else ""
        if member in {name.partition("[")[0] for name in parameters if name.endswith("]")}:
            return True
        return self.is_entry_of(parameters)

    def is_of_parameters(self, parameters: Collection[str]) -> bool:
        """Whether its left side is a parameter, a member of one, or an entry."""
        return self.read[0] in [*map(Name, parameters)] or self.is_of_parameter(parameters)

    def is_entry_of(self, quantities: Collection[str]) -> bool:
        """Whether its left side is an entry of one of some quantities."""
        whole, _ = self.meanings.entries.get("" if self.read[0] is None else code(self.read[0]), (None, ""))
        return whole is not None and code(whole.expr) in quantities

    def is_system(self, parameters: Collection[str] = (), given: Collection[str] = ()) -> bool:
        """Whether it is a linear system, which is to be solved: `A w = X^T y`, or `A w = y` of a parameter w."""
        if len(self.sides) != 2 or self.is_conditional:
            return False
        left, right = ({*names(each)} if each is not None else set() for each in self.read)
        if left == right and all(shape in ((), (1, 1)) for shape in self.shapes):
            return False  # as `(a - b)^T (a - b) = a^T a - 2 a^T b + b^T b`, which says nothing of what is in it
        also = ("eye",) if left - right and right - left else ()  # not of `(A + I) x = A x + x`
        sides = [each for each in self.read if not (isinstance(each, Name) and each.id in {*given} - {*parameters})]
        is_whole = len(sides) == 2 or (len(sides) == 1 and not (left | right).isdisjoint(parameters))
        return is_whole and all(isinstance(each, Apply) and self.is_linear(each, also) for each in sides)

    def is_of_given(self, given: Collection[str]) -> bool:
        r"""Whether it says which number comes of given values: `u^T u = 1`, `\text{where } y_k = 1`."""
        left, right, *more = self.read
        if left is None or not isinstance(right, Num) or more or self.is_conditional:
            return False
        is_formula = not isinstance(left, Name) and bool(names(left)) and {*names(left)} <= {*given}
        return is_formula or self.is_entry_of(given)

    def is_linear(self, expr: Expr, also: Collection[str] = ()) -> bool:
        """Whether only matrix algebra is in a formula, and functions that are given beside, and no derivative."""
        functions = {node.function for node in walk(expr) if isinstance(node, Apply)}
        return functions <= {*_LINEAR, *also} and not self.is_about_letters(expr)

    def text(self, number: int) -> str:
        """A side as claims have it; empty where it can't be read."""
        return self.texts[number]
