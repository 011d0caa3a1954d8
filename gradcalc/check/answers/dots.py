r"""Where dots stand in trees of TeX: in a matrix, in a list in brackets, in a sum; and these by their rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from gradcalc.check.answers.corners import LAST, Letters, NoRule, Place, Rule, rule_of
from gradcalc.check.answers.normal import GAP
from gradcalc.check.answers.trees import bare
from gradcalc.formula.tex.commands import COMMANDS
from gradcalc.formula.tex.tree import Char, Fenced, Fraction, Grid, Group, Node, Row, Scripted, Symbol, Words

DOTS: Final = ("…", "⋯", "⋮", "⋱")
_COUNTING: Final = "qpruvsgmnkabcxyzw"
"""Letters for what counts behind dots, of which two are taken that mean nothing else."""
_STROKES: Final = ("-", "--", "---", "|", "∣", "—", "–", "−")
_PAIRS: Final = {"(": ")", "[": "]"}
_OPENING, _CLOSING = (tuple(map(Char, signs)) for signs in ("([", ")]"))
_ENDS: Final = tuple(map(Char, (",", "=", "<", ">", ";", ":", GAP)))
_SIGNS: Final = tuple(map(Char, "+-"))
_OPERATORS: Final = (*_SIGNS, *(Symbol(COMMANDS[name]) for name in ("cdot", "times", "odot")))
_DERIVED: Final = (Symbol(COMMANDS["partial"]), Char("d"))
_OF_DERIVATIVE: Final = 2
"""A ∂ and what it is of."""
_PLUS: Final[Row] = (Char("+"),)
_SUM: Final = Symbol(COMMANDS["sum"])
_ZERO: Final[Row] = (Char("0"),)


def is_dots(node: Node) -> bool:
    """Whether a node is dots, in whichever direction."""
    return (isinstance(node, Symbol) and node.command.char in DOTS) or (isinstance(node, Char) and node.text in DOTS)


def has_dots(row: Row) -> bool:
    """Whether dots stand in a row, outside of what is put together in it."""
    return any(map(is_dots, row))


def is_dotted(grid: Grid) -> bool:
    """Whether cells of a matrix are dots."""
    return grid.kind != "cases" and any(_is_of_dots((without_comma(cell),)) for row in grid.rows for cell in row)


def letters_for(row: Row, is_taken: Callable[[str], object]) -> Letters:
    """Two letters that don't stand in a row, and mean nothing elsewhere. Raises NoRule."""
    typed = set(_characters(row))
    free = [letter for letter in _COUNTING if letter not in typed and not is_taken(letter)]
    if len(free) < 2:
        raise NoRule
    return free[1], free[0]


def _characters(part: object) -> Iterator[str]:
    if isinstance(part, Char):
        yield part.text
    elif isinstance(part, tuple):
        for each in part:
            yield from _characters(each)
    elif hasattr(part, "__dataclass_fields__"):
        for name in part.__dataclass_fields__:
            yield from _characters(getattr(part, name))


def by_rule(grid: Grid, letters: Letters) -> Rule | Grid:
    """The rule of a matrix with dots; one of rows or of columns, where dots stand in one direction alone.

    Raises NoRule.
    """
    width = max(map(len, grid.rows))
    cells = _without_strokes([[*map(without_comma, row), *[()] * (width - len(row))] for row in grid.rows])
    width = max(map(len, cells), default=0)
    down, along = _dotted(cells), _dotted([*map(list, zip(*cells, strict=True))])
    if not along and width > 1:
        each = (Grid(grid.kind, tuple((cell,) for cell in column)) for column in zip(*cells, strict=True))
        return Grid(grid.kind, (tuple((column,) for column in each),))
    if not down and len(cells) > 1:
        return Grid(grid.kind, tuple(((Grid(grid.kind, (tuple(row),)),),) for row in cells))
    rows, columns = _places(len(cells), down), _places(width, along)
    shown: dict[Place, Row] = {}
    for i, number in rows.items():
        for j, other in columns.items():
            cell = cells[i][j]
            if (has_dots(cell) and len(cell) == 1) or (not cell and not (down and along)):
                raise NoRule
            shown[number, other] = cell or _ZERO
    return rule_of(shown, (letters[0] if down else "", letters[1] if along else ""))


def _without_strokes(cells: Sequence[Sequence[Row]]) -> list[list[Row]]:
    """Cells without the strokes beside what is a row, or above and below what is a column: `- & w_1^T & -`."""
    rows = [row for row in cells if not _is_of_strokes(row)]
    columns = [column for column in zip(*rows, strict=True) if not _is_of_strokes(column)]
    return [*map(list, zip(*columns, strict=True))]


def _is_of_strokes(row: Sequence[Row]) -> bool:
    return any(row) and all(not cell or (len(cell) == 1 and _sign_of(cell[0]) in _STROKES) for cell in row)


def _sign_of(node: Node) -> str:
    typed = node.text.strip() if isinstance(node, Char | Words) else ""
    return node.command.char if isinstance(node, Symbol) else typed


def _dotted(rows: Sequence[Sequence[Row]]) -> bool:
    """Whether the last row but one is of dots. Raises NoRule where another is."""
    found = [i for i, row in enumerate(rows) if _is_of_dots(row)]
    if found and (len(found) > 1 or not 0 < found[0] == len(rows) - 2):
        raise NoRule
    return bool(found)


def _is_of_dots(row: Sequence[Row]) -> bool:
    return any(row) and all(not cell or (len(cell) == 1 and is_dots(cell[0])) for cell in row)


def without_comma(cell: Row) -> Row:
    """A cell without a comma at its end."""
    return cell[:-1] if cell[-1:] == (Char(","),) else cell


def _places(count: int, dotted: bool) -> dict[int, int]:
    """The number of each row that is no dots."""
    first = {i: i + 1 for i in range(count - 2 if dotted else count)}
    return {**first, count - 1: LAST} if dotted else first


def paired(row: Row) -> Row:
    """A row with what stands between brackets put together, where dots are in it."""
    found: list[Node] = []
    opened: list[int] = []
    for node in row:
        base = _base(node)
        last = found[opened[-1]] if opened else None
        if isinstance(base, Char) and isinstance(last, Char) and base.text == _PAIRS[last.text]:
            start = opened.pop()
            inside = tuple(found[start + 1 :])
            if any(is_dots(each) or isinstance(each, Fenced) for each in inside):
                fenced = Fenced(last, inside, base)
                found[start:] = [replace(node, base=fenced) if isinstance(node, Scripted) else fenced]
                continue
        elif isinstance(node, Char) and node.text in _PAIRS:
            opened.append(len(found))
        found.append(node)
    return tuple(found)


def _base(node: Node) -> Node | None:
    return node.base if isinstance(node, Scripted) else node


def _outside(row: Row) -> Iterator[tuple[Node, bool]]:
    """Each node of a row, and whether it stands outside all brackets."""
    opened = 0
    for node in row:
        opened += (node in _OPENING) - (_base(node) in _CLOSING)
        yield node, opened <= 0


def listed(inside: Row) -> Grid | None:
    """A list with dots, as a matrix of one row; None of anything else."""
    items: list[list[Node]] = [[]]
    has_commas = False
    for i, (node, is_outside) in enumerate(_outside(inside)):
        beside = (*inside[max(i - 1, 0) : i], *inside[i + 1 : i + 2])
        if node in (Char(","), Char(GAP)) and is_outside:
            has_commas = True
            items.append([])
        elif is_dots(node) and not any(each in _OPERATORS for each in beside):
            items += [[node], []]
        else:
            items[-1].append(node)
    found = [tuple(item) for item in items if item]
    found = found if has_commas or len(found) != 3 else [*_side_by_side(found[0], found[2]), *found[1:]]
    grid = Grid("list", (tuple(found),))
    return grid if len(found) > 2 and is_dotted(grid) else None


def _side_by_side(first: Row, last: Row) -> Iterator[Row]:
    """The entries before dots, without commas between them, each as long as the last one; none that is longer."""
    size = len(last)
    if len(first) % size == 0:
        yield from (first[i : i + size] for i in range(0, len(first), size))


def with_chains(row: Row) -> Row:
    r"""A row with links of a chain by dots, `\frac{\partial h_t}{\partial h_{t-1}} \cdots`, as one derivative."""
    plain = tuple(node for i, node in enumerate(row) if node not in _OPERATORS[2:] or not _is_beside_dots(row, i))
    for i in range(1, len(plain) - 1):
        first, last = plain[i - 1], plain[i + 1]
        if is_dots(plain[i]) and isinstance(first, Fraction) and isinstance(last, Fraction) and _is_link(first, last):
            return with_chains((*plain[: i - 1], Fraction(first.above, last.below), *plain[i + 2 :]))
    return row


def _is_beside_dots(row: Row, at: int) -> bool:
    return any(is_dots(row[i]) for i in (at - 1, at + 1) if 0 <= i < len(row))


def _is_link(first: Fraction, last: Fraction) -> bool:
    """Whether both are derivatives of a member by another of the same family."""
    parts = [without_comma(part) for each in (first, last) for part in (bare(each.above), bare(each.below))]
    members = [part[1] for part in parts if len(part) == _OF_DERIVATIVE and part[0] in _DERIVED]
    bases = {each.base for each in members if isinstance(each, Scripted)}
    return len(members) == len(parts) and all(isinstance(each, Scripted) for each in members) and len(bases) == 1


def with_sums(row: Row, letter: str) -> Row:
    r"""A row with `a_1 + a_2 + \dots + a_n` as the sum of `a_q`; what says no rule stays as it is."""
    return tuple(node for sign, part in _split(row, _ENDS) for node in (*sign, *_summed(part, letter)))


def _split(row: Row, signs: Sequence[Node]) -> Iterator[tuple[Row, Row]]:
    """What stands between signs outside brackets, each with the sign before it."""
    sign: Row = ()
    part: list[Node] = []
    for node, is_outside in _outside(row):
        if node in signs and is_outside:
            yield sign, tuple(part)
            sign, part = (node,), []
        else:
            part.append(node)
    yield sign, tuple(part)


def _summed(row: Row, letter: str) -> Row:
    """Terms of which some before the dots and the one behind them follow a rule; between dots one may be shown too."""
    terms = [(sign, term) for sign, term in _split(row, _SIGNS) if sign or term]
    dots = [i for i, (_, term) in enumerate(terms) if len(term) == 1 and is_dots(term[0])]
    if not dots or dots[0] == 0 or dots[-1] == len(terms) - 1:
        return row
    at, end = dots[0], dots[-1] + 1
    between = [terms[i] for i in range(at, end) if i not in dots]
    for but_for_one in (False, True):
        for first in range(at):
            total = _total([*terms[first:at], terms[end]], letter, but_for_one)
            same = all(_total([*terms[first:at], each], letter, False)[-1:] == total[-1:] for each in between)
            if total and same:
                around = terms[:first], terms[end + 1 :]
                before, after = (tuple(node for sign, term in each for node in (*sign, *term)) for each in around)
                return (*before, *(_PLUS if before else ()), *total, *after)
    return row


def _total(shown: Sequence[tuple[Row, Row]], letter: str, but_for_one: bool) -> Row:
    """The sum of terms by their rule, with one that stands alone as the case that it is; nothing without a rule."""
    terms = [(*(sign if sign != _PLUS else ()), *term) for sign, term in shown]
    places: list[Place] = [*((1, number) for number in range(1, len(terms))), (1, LAST)]
    try:
        rule = rule_of(dict(zip(places, terms, strict=True)), ("", letter), but_for_one)
    except NoRule:
        return ()
    if not rule.ends[1]:
        return ()
    body: tuple[tuple[Row, ...], ...] = ((rule.entry, ()),)
    for (_, number), term in rule.alone:
        end = rule.ends[1] if number == LAST else (Char(str(number)),)
        body = ((term, (Char(letter), Char("="), *end)), *body)
    entry = (Grid("cases", body),) if rule.alone else rule.entry
    below = Group((Char(letter), Char("="), Char("1")))
    return Scripted(_SUM, 0, (("_", below), ("^", rule.ends[1][0]))), Group(entry)
