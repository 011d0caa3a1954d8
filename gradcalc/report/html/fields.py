"""Fields for answers: a grid of inputs in the shape of each quantity, and a line for a formula in place of it."""

from __future__ import annotations

import hashlib
import json

from gradcalc.formula.shapes import spell
from gradcalc.formula.write import unicode
from gradcalc.report.document import Document, Field
from gradcalc.report.html.markup import escape, tag
from gradcalc.report.numbers import is_vector

_MOST = 400
"""So many numbers have an input each; larger matrices are pasted into the line below."""


def fieldset(field: Field, name: str, document: Document) -> str:
    """The field of a quantity, `name` its name as markup. `data-flat` tells a vector, which a sheet has as a list."""
    spoken = unicode(field.name.expr, document.names.unicode)
    *leading, rows, columns = field.shape or (1, 1)
    single = rows * columns == 1
    grid = "" if single or leading or rows * columns > _MOST else _grid(spoken, rows, columns, _width(document.digits))
    what = "Number" if single else "Images" if leading else "Matrix"
    hint = "Or a formula" if grid else f"{what} or formula"
    line = tag("label", tag("span", hint), _input(f"{spoken}, {hint.lower()}", class_="whole", placeholder=" "))
    return tag(
        "fieldset",
        tag("legend", name, " ", tag("span", escape(field.told), class_="caption")),
        grid,
        line,
        class_="field",
        data_keys=json.dumps(field.keys),
        data_shape=spell(field.shape),
        data_flat="yes" if is_vector(field.shape, document.axis) else None,
    )


def _grid(spoken: str, rows: int, columns: int, size: str) -> str:
    cells = (
        [tag("td", _input(f"{spoken}, row {row}, column {column}", size=size)) for column in range(1, columns + 1)]
        for row in range(1, rows + 1)
    )
    table = tag("table", *(tag("tr", *each) for each in cells), role="presentation", class_="grid")
    return tag("div", table, class_="scroll")


def _width(digits: int) -> str:
    """How many characters a number has room for: its decimals, its sign, and what stands before the point."""
    return f"{max(digits + 3, 7)}"


def _input(label: str, **attributes: str) -> str:
    """A line to type in."""
    return tag("input", type="text", autocomplete="off", spellcheck="false", aria_label=label, **attributes)


def toolbar(document: Document, shown: str) -> str:
    """Where answers are saved, loaded and emptied; what is typed is kept in the browser by what the page asks."""
    key = hashlib.sha256(shown.encode()).hexdigest()[:16]
    name = tag("label", tag("span", "Name"), _input("Your name", class_="name"))
    save = tag("button", "Save answers", type="button", class_="save")
    load = tag("label", "Load answers", _file(), class_="load")
    clear = tag("button", "Empty", type="button", class_="clear")
    said = tag("span", "", class_="told", role="status", aria_live="polite")
    return tag("div", name, save, load, clear, said, class_="tools", role="group", aria_label="Answers", data_key=key)


def _file() -> str:
    return tag("input", type="file", accept=".yaml,.yml,.json", aria_label="Load answers")
