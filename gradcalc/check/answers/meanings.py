"""What the formulas of a derivation may mean beside the names of its problem: letters, derivatives, the loss."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from gradcalc.check.answers.definitions import Definition, parted
from gradcalc.check.answers.parts import Part
from gradcalc.formula.expr import Expr, Name, names, substitute
from gradcalc.formula.table import Shape
from gradcalc.formula.tex.tree import Node

_BY_LETTER: Final = re.compile(r"(\w+)\[([^\W\d])\]")
"""A member by a letter."""


def _nothing(expr: Expr) -> str | None:
    return None


def _never(one: Expr, other: Expr) -> bool:
    return False


def _on_nothing(name: str) -> frozenset[str]:
    return frozenset()


@dataclass
class Meanings:
    """What is known of a problem, and what is found while the formulas of one chain are read.

    `objective` is what gradients are of, `values` finds the name of the quantity that a formula comes to, `sizes` are
    letters of sizes, `slopes` the argument of each function that is applied once only.
    """

    shapes: dict[str, Shape] = field(default_factory=dict)
    objective: str | None = None
    has_parts: bool = False
    """Whether the loss is a sum of parts, or there are numbers beside it that may be parts of it."""
    parameters: tuple[str, ...] = ()
    values: Callable[[Expr], str | None] = _nothing
    sizes: Mapping[str, int] = field(default_factory=dict)
    read_as: Mapping[str, str] = field(default_factory=dict)
    """Which of these names a letter without its number is read as."""
    by_rows: Mapping[str, str] = field(default_factory=dict)
    """The matrices of which one index is a row's, each with how that lies: as a `column`, or as a `row`."""
    columns: set[str] = field(default_factory=set)
    """The matrices that are written with one index."""
    over_samples: Mapping[str, str] = field(default_factory=dict)
    """The sum or the mean that the problem takes over samples, by the loss of one."""
    used: frozenset[str] = frozenset()
    """The functions in the problem's equations."""
    weights: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The parameters that are shown as a letter with scripts, by that letter."""
    numbered: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The names that a letter with the number of a layer stands for, by that letter."""
    unnumbered: Mapping[str, str] = field(default_factory=dict)
    """Of names that are shown without the number of a layer, as `h` for h1 or for h, what stands before it."""
    unknown_sizes: dict[str, int] = field(default_factory=dict)
    """Letters for sizes that the problem doesn't have, and the sizes that they stand for."""
    slopes: Mapping[str, str] = field(default_factory=dict)
    activations: Mapping[str, str] = field(default_factory=dict)
    """The activation that the problem applies to a quantity, by that quantity."""
    functions: Mapping[str, str] = field(default_factory=dict)
    """Functions that are shown as a quantity is, by that quantity."""
    gradients: Mapping[str, str] = field(default_factory=dict)
    """What each gradient is of."""
    members: Mapping[str, str] = field(default_factory=dict)
    """Of each family a member, and of those of gradients."""
    over: frozenset[str] = frozenset()
    """The letters that count members."""
    some_sample: str = ""
    """The letter of the sample that is meant where none is told, and `y_k` is the entry k of its y."""
    may_be_entry: bool = False
    """Whether a member by another letter than the problem's may be such an entry."""
    step: int = 1
    """At which number of their letters members have their shapes here, where these differ."""
    letters_shown: Mapping[str, str] = field(default_factory=dict)
    """The letters that symbols have for these."""
    rests_on: Callable[[str], frozenset[str]] = _on_nothing
    """The names on which a quantity rests."""
    targets: frozenset[str] = frozenset()
    one_hot: str = ""
    """The targets, if there is one array of them and it is 1 for one class of each sample."""
    predicted: Mapping[str, str] = field(default_factory=dict)
    """What each target is compared with."""
    own: dict[str, Shape | None] = field(default_factory=dict)
    """What names of the student's own stand for, with its shape."""
    delta_as_d: bool = False
    r"""Whether `\delta W` is the gradient on W, as `dW`."""
    differential: bool = False
    """Whether `dW` is a differential, not a gradient."""
    opaque: dict[str, Shape | None] = field(default_factory=dict)
    """The texts that are parts of formulas, with their shapes."""
    partials: dict[str, tuple[Part, Part]] = field(default_factory=dict)
    """Of what, and by what, the derivatives among them are taken."""
    rows: dict[str, str] = field(default_factory=dict)
    """These as Jacobians."""
    gradients_named: set[str] = field(default_factory=set)
    """The gradients that are written by a name of their own, as δ, not as a fraction."""
    as_rows: bool = False
    """Whether gradients by vectors are rows here, as a gradient before a Jacobian shows."""
    products: set[str] = field(default_factory=set)
    """The derivatives among them that were written as products of several."""
    entries: dict[str, tuple[Part, str]] = field(default_factory=dict)
    """Of entries the whole, and the index."""
    classes: Mapping[str, str] = field(default_factory=dict)
    """The letters that name the class of a sample, each with what is 1 there."""
    letters: dict[str, int | None] = field(default_factory=dict)
    """The letters of indices, and how far each counts."""
    summed: dict[str, int | None] = field(default_factory=dict)
    """How far the letters of sums counted that are done."""
    clashing: set[str] = field(default_factory=set)
    """Those that count to two numbers."""
    primed: dict[str, str] = field(default_factory=dict)
    """The letters that stand for letters of indices with a prime."""
    steps: set[str] = field(default_factory=set)
    """Those among them that are indices of members."""
    copies: set[str] = field(default_factory=set)
    """What is written with the index of a step, and is the same at all of them."""
    copied: Mapping[str, str] = field(default_factory=dict)
    """The families whose members are all equal to one name, by that name: copies of a weight for each step."""
    last: str = ""
    """How far such an index counts, where a problem has one."""
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    """What names of the student's own with indices stand for, by their families."""
    given_names: list[tuple[Node, Part]] = field(default_factory=list)
    """Names under braces, and what stands at these."""
    ends: set[str] = field(default_factory=set)
    """Letters that stand for nothing but how far a sum goes."""
    differentials: dict[str, Part] = field(default_factory=dict)
    left: Shape | None = None
    """The shape of the left side, once that is read."""
    kronecker: bool = False
    """Whether `⊗` is the Kronecker product."""
    dots: bool = False
    """Whether `·` between two vectors is their inner product."""
    terms: list[Shape | None] = field(default_factory=list)
    odd: bool = False
    """Whether there are two readings of it: brackets close that nothing has opened, or e is raised and a quantity."""
    otherwise: bool = False
    """Whether the second is taken: these brackets left out, not opened where a product begins; e as Euler's number."""
    uncertain: bool = False
    """Whether what was read last may have been meant in another way."""
    given: frozenset[str] = frozenset()
    """What the problem gives."""
    holds: Callable[[Expr, Expr], bool] = _never
    """Whether two formulas come to the same in the problem."""
    point: dict[str, float] = field(default_factory=dict)
    """The values of what the problem gives at which all of a chain is taken."""
    bound: dict[str, float] = field(default_factory=dict)
    """The values that letters of maxima have for the moment."""
    guessed: frozenset[str] = frozenset()
    """Letters that the problem doesn't have, of which it was guessed what they are."""
    called: set[str] = field(default_factory=set)
    alone: set[str] = field(default_factory=set)
    """Those of them before a bracket or a prime, as a function has it, and those that stand elsewhere."""
    marked: dict[str, set[str]] = field(default_factory=dict)
    """The names behind which a letter stands alone, `y[m]` or `y^{(m)}`, by that letter."""
    samples: frozenset[str] | None = frozenset()
    """The letters that number samples, where there is one; None before they are known, when `y^{(m)}` is y."""
    remarks: list[str] = field(default_factory=list)
    """How it was read, where that isn't the obvious way."""

    def at_step(self, member: str, step: int = 0) -> str:
        """A member where its letters are that number: `a[1]` for `a[l-1]` where l is 2."""
        family, _, index = member.rstrip("]").partition("[")
        parts = [parted(part) for part in index.split(",")]
        starts = (int(it) if it.isdecimal() else self.sizes.get(it, step or self.step) for it, _ in parts)
        return f"{family}[{','.join(str(start + away) for start, (_, away) in zip(starts, parts, strict=True))}]"

    def given_as(self, gradient: str) -> str:
        """The gradient's own name, if it is one of a quantity."""
        return gradient if gradient in self.gradients else ""

    def named(self, part: Part) -> Part:
        """A formula of which a quantity has the value, by that quantity's name."""
        if isinstance(part.expr, Name):
            return part
        name = self.values(part.expr) or self._member(part)
        return part if name is None else Part(Name(name), self.shapes.get(name))

    def _member(self, part: Part) -> str | None:
        """The member by a letter that has a formula's value, whatever the letter stands for: `w^T x_i` is `a[i]`."""
        found = {
            each: member for each in names(part.expr) if each in self.opaque and (member := _BY_LETTER.fullmatch(each))
        }
        letters = {member[2] for member in found.values()}
        if len(letters) != 1 or any(member[1] not in self.members for member in found.values()):
            return None
        (letter,) = letters
        every = [
            self.values(substitute(part.expr, {each: Name(f"{member[1]}[{i}]") for each, member in found.items()}))
            for i in (1, 2)
        ]
        family = (every[0] or "").removesuffix("[1]")
        if family not in self.members or every != [f"{family}[1]", f"{family}[2]"]:
            return None
        name = f"{family}[{letter}]"
        self.opaque[name] = part.shape
        if part.shape is not None:
            self.shapes[name] = part.shape
        return name
