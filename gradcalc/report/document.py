"""A report as a small tree: what is said, in order, before anybody decides how it looks.

Formulas stay expressions and values stay arrays, for which nodes have no equality of their own; renderers only lay out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from gradcalc.formula.arrays import Array, Mask
from gradcalc.formula.expr import Expr
from gradcalc.formula.names import Names
from gradcalc.formula.shapes import spell
from gradcalc.formula.table import Axis, Shape
from gradcalc.report.images import is_image, kept, maps


@dataclass(frozen=True, slots=True, eq=False)
class Math:
    """A formula within a sentence or a cell of a table."""

    expr: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A value within a sentence or a cell of a table: a number or a matrix."""

    array: Array
    exact: bool = False
    """Given by the problem, so shown as short as it is."""
    digits: int | None = None
    """Decimals, where the document's don't tell enough."""
    wrong: Mask | None = None
    """Which entries are to be marked as wrong, by colour and by a sign."""
    seen: Mask | None = None
    """Which entries are to be seen where others are left out; if not given, the wrong ones."""


class Judgement(str):
    """A verdict in a cell, `✓ agrees`, in the colour of `word` where there is colour: one of those on answers.

    A `str`, as all that most formats do with it is to write it.
    """

    __slots__ = ("word",)
    word: str

    def __new__(cls, text: str, word: str) -> Judgement:
        """The verdict as it is said, and the verdict on an answer whose colour it has."""
        said = super().__new__(cls, text)
        said.word = word
        return said


Inline: TypeAlias = str | Math | Value
Text: TypeAlias = tuple[Inline, ...]


QUIET = 4
"""The level of a heading within a section of many: one below the section's, and without a line under it."""


@dataclass(frozen=True, slots=True, eq=False)
class Heading:
    """A heading; level 1 is the report's title, which has no mathematics in it."""

    text: str | Text
    level: int = 2

    @property
    def depth(self) -> int:
        """The level where headings have no looks of their own but their levels."""
        return 3 if self.level == QUIET else self.level

    @property
    def parts(self) -> Text:
        """The heading as other text."""
        return (self.text,) if isinstance(self.text, str) else self.text


def is_title(block: object) -> bool:
    """Whether it is a report's title; in a collection each but the first begins a page."""
    return isinstance(block, Heading) and block.level == 1


@dataclass(frozen=True, slots=True, eq=False)
class Paragraph:
    """A sentence or a few. `kind` tells the ordinary from what the reader must not miss."""

    text: Text
    kind: Literal["text", "note", "warning"] = "text"


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One entry of a quantity, written out over entries (`h1[1] * da2[1]`)."""

    name: str
    expr: Expr
    value: Array


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """A named value with the rule that it follows (none for what is given)."""

    name: str
    value: Array
    rule: Expr | None = None
    section: str = ""
    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape:
        """The shape of the value: `()` or `(rows, columns)`; of images more."""
        return self.value.shape

    @property
    def maps(self) -> tuple[Quantity, ...]:
        """Of images each matrix as a quantity of its own, `x[1,2]`, shown in place of the value; else none."""
        if not is_image(self.value):
            return ()
        return tuple(Quantity(name, value, section=self.section) for name, value in maps(self.name, self.value))


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Given quantities that belong together: the inputs, the parameters."""

    caption: str
    quantities: tuple[Quantity, ...]

    def shown(self, full: bool) -> tuple[Quantity, ...]:
        """The quantities, of images those of their matrices that are shown; with `full` all."""
        return tuple(part for each in self.quantities for part in kept(each.maps, full) or (each,))

    def is_cut(self, full: bool) -> bool:
        """Whether some matrices of images are left out."""
        return any(len(kept(each.maps, full)) < len(each.maps) for each in self.quantities)


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What the problem gives, side by side where there is room."""

    groups: tuple[Group, ...]


@dataclass(frozen=True, eq=False)
class Workings:
    """Quantities one after the other, each with its rule, the rule with its numbers put in, and its value.

    `values` holds what the rules' names stand for, `exact` which of these names are given by the problem. Where a
    document has several quantities of one name, `aliases` has another for those here, by which they can be told apart.
    """

    quantities: tuple[Quantity, ...]
    values: Mapping[str, Array] = field(repr=False)
    exact: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Reason:
    """Why one entry has its value: `rule` over other entries, and remarks on where these are explained."""

    number: int
    depth: int
    name: str
    value: Array
    rule: Expr | None = None
    remarks: tuple[Text, ...] = ()


@dataclass(frozen=True, eq=False)
class Derivation:
    """Reasons as a tree: each explains a factor of the nearest one above it that is less deep."""

    reasons: tuple[Reason, ...]
    values: Mapping[str, Array] = field(repr=False)
    exact: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """One line of a chain: a formula, and why it is equal to the one before."""

    expr: Expr
    why: Text = ()


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """A formula, and what it is equal to, line by line; `name` is the quantity on whose account it is told."""

    left: Expr
    links: tuple[Link, ...]
    name: str = ""
    caption: Text = ()


@dataclass(frozen=True, slots=True, eq=False)
class Definitions:
    """What functions mean (`sigmoid(a) = 1 / (1 + exp(-a))`), and what signs do (`A @ B`: "is the matrix product")."""

    pairs: tuple[tuple[Expr, Expr], ...]
    """As they are typed."""
    signs: tuple[tuple[Expr, str], ...] = ()
    folded: bool = False
    """Whether a page shows them only on demand: what explains something else, not what is asked for."""
    textbook: tuple[tuple[Expr, Expr, str], ...] = ()
    """The same as textbooks have them, if that is unlike: entry by entry, and what is defined in words."""

    @property
    def written(self) -> tuple[tuple[Expr, Expr, str], ...]:
        """What is shown where formulas needn't be as they are typed."""
        return self.textbook or tuple((left, right, "") for left, right in self.pairs)


def caption(words: str, written: str) -> str:
    """`cross entropy: ` before what is defined, unless it is called so in what is written: CE, but not softmax."""
    said, shown = ("".join(filter(str.isalpha, text.lower())) for text in (words, written))
    return f"{words}: " if said not in shown else ""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of cells under a header."""

    header: tuple[str | Math, ...]
    rows: tuple[tuple[Text, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Bar:
    """A bar: each part with the word for it and its share of the whole length; then the cells that stand by it."""

    label: Text
    parts: tuple[tuple[str, float], ...]
    cells: tuple[Text, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Bars under each other; `header` is over their labels and cells. Nothing is said by their length alone."""

    header: tuple[str, ...]
    bars: tuple[Bar, ...]

    @property
    def table(self) -> Table:
        """What they say, without the bars."""
        return Table(self.header, tuple((bar.label, *bar.cells) for bar in self.bars))


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line through points: the course of a quantity, the way of two of them, or where a quantity has one value."""

    across: tuple[float, ...]
    up: tuple[float, ...]
    name: str = ""
    """The quantity or the entry that it shows."""
    kind: Literal["course", "way", "contour"] = "course"
    label: str = ""
    """What a contour's level is called."""


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """Lines over two axes; `across` and `up` name what lies along them. `told` says in words what is to be seen.

    The axis that goes up is logarithmic where the numbers are positive and span some powers of ten, if that may be.
    """

    across: str
    up: str
    lines: tuple[Line, ...]
    told: Text
    may_be_log: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """One answer of a sheet: whose value it is, what was given, and what is right where that is to be seen."""

    name: Inline
    yours: Text = ()
    right: Text = ()


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Answers with one verdict for one reason; `folded` where their numbers needn't be looked at."""

    sign: str
    word: Literal["correct", "carried", "imprecise", "wrong", "missing", "unreadable"]
    answers: tuple[Answered, ...]
    why: Text = ()
    folded: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """How the answers of a sheet were marked, in the order of the calculation."""

    judged: tuple[Judged, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """Workings to be compared, each under its caption, side by side where there is room."""

    ways: tuple[tuple[str, Workings], ...]


@dataclass(frozen=True, slots=True)
class NameLine:
    """A line for the student's name, where answers are written by hand; a web page has a field for it elsewhere."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A place for an answer: by which keys a sheet has it (`gradients`, `W1`), its name, its shape, what it earns."""

    keys: tuple[str, ...]
    name: Math
    shape: Shape
    points: float | None = None

    @property
    def told(self) -> str:
        """`2×2, 3 points`."""
        return ", ".join([spell(self.shape), *[self.earns] * bool(self.earns)])

    @property
    def earns(self) -> str:
        """`3 points`; nothing where a problem doesn't say."""
        return "" if self.points is None else f"{self.points:g} point{'s' * (self.points != 1)}"


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """Places for answers, to be filled in where the format lets one."""

    fields: tuple[Field, ...]

    @property
    def table(self) -> Table:
        """What is asked, without the places for it."""
        return Table(("quantity", "what is asked"), tuple(((each.name,), (each.told,)) for each in self.fields))


Block: TypeAlias = (
    Heading
    | Paragraph
    | NameLine
    | Given
    | Workings
    | Derivation
    | Chain
    | Definitions
    | Table
    | Bars
    | Plot
    | Verdicts
    | Contrast
    | Fields
)


@dataclass(frozen=True, eq=False)
class Document:
    """A whole report, with what its renderers need to know: how names are shown, decimals, shapes."""

    blocks: tuple[Block, ...]
    names: Names
    digits: int = 4
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    axis: Axis = Axis.COLUMNS
    members: Mapping[str, tuple[str, tuple[int, ...]]] = field(default_factory=dict)
    """Of names with an index the family and the index."""
    full: bool = False
    """Large matrices are shown whole, but for those within formulas."""
