"""Find the quantity, or the entry of it, that somebody means: `dW1[1,2]`, `∇W¹`, `gradients.W1`, `after.loss`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gradcalc.errors import UsageError
from gradcalc.formula.entries import entry_name
from gradcalc.formula.shapes import MATRIX
from gradcalc.formula.table import Shape
from gradcalc.program.quantities import Quantities
from gradcalc.program.sections import Quantity
from gradcalc.words import known as first_of

_FORM = re.compile(r"(?P<name>[^\[\]]+?(?:\s*\[[^\[\]]*\])??)\s*(?:\[(?P<index>[^\[\]]*)\])?")
"""A name, which may be a member `h[2]`, and the index of an entry."""


@dataclass(frozen=True, slots=True)
class Designation:
    """A quantity; of an entry the index too, counted from 1 (row and column of a matrix)."""

    quantity: Quantity
    index: tuple[int, ...] = ()
    shape: Shape = ()

    @property
    def name(self) -> str:
        """Its name in the equations."""
        return self.quantity.equation

    @property
    def entry(self) -> str:
        """`dW1[1,2]`, `h1[2]`, the name of a scalar; empty for a whole matrix."""
        if self.shape and not self.index:
            return ""
        return entry_name(self.name, self.shape, *position(self.index, self.shape))


def designated(text: str, known: Quantities, shapes: Mapping[str, Shape]) -> Designation:
    """What `text` names. Raises UsageError with the nearest name, or with the range of indices."""
    whole = known.alone(text)
    if whole is not None:
        return Designation(whole, (), _shape(whole, shapes))
    parts = split(text)
    if parts is None:
        raise UsageError(f"'{text}' names no quantity: write a name such as dW1, or an entry such as dW1[1,2]")
    name, typed = parts
    quantity = known.alone(name)
    if quantity is None:
        raise UsageError(_none_called(name, text.strip(), known))
    shape = _shape(quantity, shapes)
    index = () if typed is None else _index(typed, quantity.equation, shape)
    return Designation(quantity, index, shape)


def _none_called(name: str, text: str, known: Quantities) -> str:
    """Of a family which members there are, else which name may be meant."""
    # What comes by one use, `dh[1] from a[2]`, is no member.
    members = [id for id in (each.equation for each in known.every) if id.startswith(f"{name}[") and " " not in id]
    if members:
        return f"there is no quantity '{text}'; known are {first_of(members)}"
    return f"there is no quantity '{name}'{known.near(name)}"


def _shape(quantity: Quantity, shapes: Mapping[str, Shape]) -> Shape:
    if quantity.equation not in shapes:
        raise UsageError(f"{quantity.label} isn't part of this solution: no step of it needs it")
    return shapes[quantity.equation]


def split(text: str) -> tuple[str, str | None] | None:
    """A name and the index behind it, as typed (`dW1`, `1,2`); None where that is something else."""
    match = _FORM.fullmatch(text.strip())
    return None if match is None else (match["name"], match["index"])


def _index(text: str, name: str, shape: Shape) -> tuple[int, ...]:
    """The index as it was typed. Raises UsageError where there is no such entry."""
    if not shape:
        raise UsageError(f"{name} is a number, it has no entries: write {name}")
    parts = [part.strip() for part in text.split(",")]
    wrong = f"there is no entry {name}[{text}]: {entries_said(name, shape)}"
    if not all(part.isdecimal() for part in parts):
        raise UsageError(wrong)
    index = tuple(int(part) for part in parts)
    sizes = (max(shape),) if 1 in shape and len(index) == 1 and len(shape) == MATRIX else shape
    if len(index) != len(sizes) or not all(1 <= i <= size for i, size in zip(index, sizes, strict=True)):
        raise UsageError(wrong)
    return index


def entries_said(name: str, shape: Shape) -> str:
    """Which entries a quantity of that shape has."""
    if len(shape) > MATRIX:
        last, written = ",".join(map(str, shape)), "×".join(map(str, shape))
        return f"{name} is {written}, and an entry has {len(shape)} indices, such as {name}[{last}], counted from 1"
    rows, columns = shape
    if 1 in shape:
        size = max(shape)
        return f"{name} has {f'entries 1 to {size}' if size > 1 else 'one entry, 1'} (indices count from 1)"
    return f"{name} has rows 1 to {rows} and columns 1 to {columns}, such as {name}[1,{columns}] (indices count from 1)"


def position(index: tuple[int, ...], shape: Shape) -> tuple[int, ...]:
    """Row and column counted from 0; of a vector one number is enough, of a scalar none, of images all are needed."""
    if not shape:
        return 0, 0
    if len(index) == len(shape):
        return tuple(each - 1 for each in index)
    return (0, index[0] - 1) if shape[0] == 1 else (index[0] - 1, 0)
