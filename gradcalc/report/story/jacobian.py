"""Tell a Jacobian: a labelled table (for a matrix, one for each of its columns), and the equations behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcalc.formula.expr import Name
from gradcalc.formula.shapes import MATRIX
from gradcalc.formula.write import code
from gradcalc.program.jacobian import Jacobian, labels
from gradcalc.program.naming import gradient_name
from gradcalc.program.solution import Solution
from gradcalc.report.as_json import plain_value
from gradcalc.report.document import Block, Definitions, Document, Heading, Math, Paragraph, Table, Text, Value
from gradcalc.report.story.solution import document_of, opening

MOST = 12
"""More rows, columns or blocks than this are left to --format json."""


def jacobian_document(jacobian: Jacobian, solution: Solution) -> Document:
    """The derivative of every entry with respect to every entry."""
    problem = solution.problem
    blocks = [
        *opening(problem),
        Heading(("The Jacobian ", Math(Name(jacobian.of)), "/", Math(Name(jacobian.wrt)))),
        _introduction(jacobian),
        *_blocks(jacobian, solution),
        *_equations(jacobian, solution),
    ]
    return document_of(problem, solution.shapes, blocks)


def _introduction(jacobian: Jacobian) -> Paragraph:
    of, wrt = Math(Name(jacobian.of)), Math(Name(jacobian.wrt))
    if not jacobian.depends:
        return Paragraph((of, " doesn't depend on ", wrt, ": every derivative is zero."))
    return Paragraph(("A row for each entry of ", of, ", a column for each entry of ", wrt, "."))


def _blocks(jacobian: Jacobian, solution: Solution) -> Iterator[Block]:
    """A table; for a matrix one for each of its columns, as many as fit a page."""
    shape = solution.shapes[jacobian.wrt] or (1, 1)
    height, width = shape[:MATRIX]
    whole = len(shape) > MATRIX or 1 in (height, width) or len(jacobian.columns) < height * width
    blocks = [(0, len(jacobian.columns))] if whole else [(j * height, (j + 1) * height) for j in range(width)]
    for number, (start, end) in enumerate(blocks[:MOST], 1):
        if not whole:
            yield Paragraph(("With respect to column ", str(number), " of ", Math(Name(jacobian.wrt)), ":"))
        yield _table(jacobian, start, end)
    if len(blocks) > MOST or len(jacobian.rows) > MOST or blocks[0][1] > MOST:
        yield Paragraph(("This is a part of it; --format json has every number.",), "note")


def _table(jacobian: Jacobian, start: int, end: int) -> Table:
    columns = range(start, min(end, start + MOST))
    header: tuple[str | Math, ...] = ("", *(Math(Name(jacobian.columns[j])) for j in columns))
    return Table(header, tuple(_row(jacobian, i, columns) for i in range(min(len(jacobian.rows), MOST))))


def _row(jacobian: Jacobian, i: int, columns: range) -> tuple[Text, ...]:
    cells: list[Text] = [(Value(np.array(jacobian.values[i, j])),) for j in columns]
    return ((Math(Name(jacobian.rows[i])),), *cells)


def _equations(jacobian: Jacobian, solution: Solution) -> Iterator[Block]:
    if not jacobian.equations:
        return
    yield Heading("Where it comes from")
    if len(labels(jacobian.of, solution.shapes[jacobian.of])) == 1:
        yield Paragraph(("The row is the result of these equations:",))
    else:
        seed = Math(Name(gradient_name(jacobian.of)))
        yield Paragraph(("A row is the result of these equations, with ", seed, " = 1 at its entry and 0 elsewhere:"))
    yield Definitions(tuple((Name(equation.name), equation.expr) for equation in jacobian.equations))


def jacobian_data(jacobian: Jacobian, solution: Solution) -> dict[str, Any]:
    """The same for programs; a row for each entry of `of`."""
    return {
        "of": jacobian.of,
        "with_respect_to": jacobian.wrt,
        "depends": jacobian.depends,
        "rows": list(jacobian.rows),
        "columns": list(jacobian.columns),
        "values": [plain_value(row, solution.problem.axis) for row in jacobian.values],
        "equations": [{"name": equation.name, "formula": code(equation.expr)} for equation in jacobian.equations],
    }
