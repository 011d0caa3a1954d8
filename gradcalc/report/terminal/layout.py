"""Fit boxes into a width: flow them into rows, set equations with their `=` under each other, set tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gradcalc.report.terminal.boxes import Box, beside, box, indented, padded, stack, styled
from gradcalc.report.terminal.formulas import Piece

NARROW = 40
"""Below so many columns a label stands on a line of its own."""
COLUMN_GAP = 2
_LEAST_COLUMN = 10
_FEW_COLUMNS = 3
_CRAMPED = 2
_REMARK = 4
_ENDLESS = 10**6


def flowed(boxes: Sequence[Box], width: int, gap: int = 1) -> list[Box]:
    """Boxes side by side in as many rows as needed; one wider than `width` has a row to itself."""
    rows: list[Box] = []
    for each in boxes:
        if rows and rows[-1].width + gap + each.width <= width:
            rows[-1] = beside(rows[-1], box(" " * gap), each)
        else:
            rows.append(each)
    return rows


def flow(words: Sequence[Piece], width: int) -> Box:
    """Words and formulas in lines; a formula wider than a line is broken."""
    boxes = [row for word in words for row in _broken(word, width)]
    return stack(flowed(boxes, width))


def fitted(piece: Piece, width: int) -> Box:
    """A formula, whole where it fits, else broken: between its outermost parts first."""
    return apart(_broken(piece, width))


def apart(rows: Sequence[Box]) -> Box:
    """Rows under each other; a blank line between two with matrices, whose brackets would run together."""
    shown: list[Box] = []
    for row in rows:
        if shown and min(shown[-1].height, row.height) > 1:
            shown.append(box(""))
        shown.append(row)
    return stack(shown)


def _broken(piece: Piece, width: int) -> list[Box]:
    if piece.box.width <= width or not piece.segments:
        return [piece.box]
    rows: list[Box] = []
    for segment in piece.segments:
        if rows and rows[-1].width + 1 + segment.box.width <= width:
            rows[-1] = beside(rows[-1], box(" "), segment.box)
        else:
            inner = _broken(segment, width)
            if rows and rows[-1].width < width // 4 and rows[-1].width + 1 + inner[0].width <= width:
                inner[0] = beside(rows.pop(), box(" "), inner[0])
            rows += inner
    return rows


@dataclass(frozen=True, slots=True)
class Line:
    """`label = rule = numbers = value`, with a note (the shape) at the right. The value of images stands below."""

    label: Box
    rule: Piece | None
    numbers: Piece | None
    value: Piece | None
    note: str = ""

    @property
    def forms(self) -> tuple[Piece, ...]:
        """Those that there are of rule, numbers and value, in this order."""
        return tuple(form for form in (self.rule, self.numbers, self.value) if form is not None)

    @property
    def note_width(self) -> int:
        """How many columns the note takes, with the gap before it."""
        return len(self.note) + COLUMN_GAP if self.note else 0


def set_equations(equations: Sequence[Line], width: int, label_width: int = 0) -> list[Box]:
    """Each on one line if it fits, else stacked with its `=` signs under each other; notes in one column."""
    drawn = [_rows(equation, width, label_width) for equation in equations]
    widths = [rows[0].width + eq.note_width for eq, rows in zip(equations, drawn, strict=True)]
    column = min(max(widths, default=0), width)
    return [apart([_noted(rows[0], eq.note, column), *rows[1:]]) for eq, rows in zip(equations, drawn, strict=True)]


def _rows(equation: Line, width: int, label_width: int) -> list[Box]:
    label = indented(equation.label, label_width - equation.label.width)
    line = _one_line(label, equation.forms)
    if line.width + equation.note_width <= width:
        return [line]
    room = width - label.width - len(" = ")
    if width < NARROW or max(form.least_width for form in equation.forms) > room:
        rows = _forms(equation, width - len("= "), 0)
        return [equation.label, *(beside(box("= "), row) for row in rows)]
    rows = _forms(equation, room, equation.note_width)
    return [_one_line(label, rows[:1]), *(indented(beside(box("= "), row), label.width + 1) for row in rows[1:])]


def _one_line(label: Box, forms: Sequence[Piece | Box]) -> Box:
    parts = [label]
    for form in forms:
        parts += [box(" = "), form.box if isinstance(form, Piece) else form]
    return beside(*parts)


def _forms(equation: Line, width: int, taken: int) -> list[Box]:
    """The rule (with `taken` columns less), the numbers, the value; the value behind the numbers where it fits."""
    rows = [fitted(form, width - (0 if i else taken)) for i, form in enumerate(equation.forms)]
    if len(rows) > 1:
        both = _one_line(equation.forms[-2].box, equation.forms[-1:])
        if both.width <= width - (taken if len(rows) == 2 else 0):
            rows[-2:] = [both]
    return rows


def _noted(inner: Box, note: str, width: int) -> Box:
    """A note that ends at column `width`, or stands behind the box where there's no room."""
    if not note:
        return inner
    space = max(width - inner.width - len(note), COLUMN_GAP)
    return beside(inner, box(" " * space), styled(box(note), "faint"))


def set_table(header: Sequence[Box], rows: Sequence[Sequence[Sequence[Piece]]], width: int, rule: str = "─") -> Box:
    """Columns under a header; each cell is a sequence of words and formulas, wrapped where it must be.

    Where even narrow columns don't fit, each row becomes a list with the header's words before its cells.
    """
    natural = [max([head.width, *(flow(row[i], _ENDLESS).width for row in rows)]) for i, head in enumerate(header)]
    least = [max([head.width, *_word_widths(row[i] for row in rows)]) for i, head in enumerate(header)]
    widths = _column_widths(natural, least, width)
    if widths is None:
        return _records(header, rows, width)
    remarked = len(header) > _FEW_COLUMNS and natural[-1] > _CRAMPED * widths[-1]
    if remarked:
        # A last column that is too wordy for what is left goes under its row.
        widths = _column_widths(natural[:-1], least[:-1], width) or widths[:-1]
    lines = [_table_row([styled(head, "heading") for head in header[: len(widths)]], widths)]
    lines.append(box((" " * COLUMN_GAP).join(rule * w for w in widths)))
    for row in rows:
        lines.append(_table_row([flow(cell, w) for cell, w in zip(row, widths, strict=False)], widths))
        if remarked and row[-1]:
            lines.append(indented(flow(row[-1], width - _REMARK), _REMARK))
    return stack(lines)


def _word_widths(cells: Iterable[Sequence[Piece]]) -> Iterator[int]:
    return (word.least_width for cell in cells for word in cell)


def _column_widths(natural: Sequence[int], least: Sequence[int], width: int) -> list[int] | None:
    """Widths that fit, taken from the widest columns first; None where there is no room."""
    widths = list(natural)
    room = width - COLUMN_GAP * (len(widths) - 1)
    while sum(widths) > room:
        slack = [i for i, w in enumerate(widths) if w > max(least[i], _LEAST_COLUMN)]
        if not slack:
            return None
        widths[max(slack, key=widths.__getitem__)] -= 1
    return widths


def _table_row(cells: Sequence[Box], widths: Sequence[int]) -> Box:
    """Cells with their first base lines level."""
    parts: list[Box] = []
    for cell, width in zip(cells, widths, strict=True):
        lines = tuple(padded(line, width) for line in cell.lines)
        parts += [Box(lines, cell.base, cell.marks), box(" " * COLUMN_GAP)]
    return beside(*parts[:-1])


def _records(header: Sequence[Box], rows: Sequence[Sequence[Sequence[Piece]]], width: int) -> Box:
    lines: list[Box] = []
    for row in rows:
        for head, cell in zip(header, row, strict=True):
            label = [Piece(beside(styled(head, "heading"), box(":")))] if head.width else []
            if cell:
                lines.append(flow([*label, *cell], width))
        lines.append(box(""))
    return stack(lines[:-1])
