"""Find the quantity, or the entry of it, that somebody means: `dW1[1,2]`, `∇W¹`, `gradients.W1`, `after.loss`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from gradcalc.errors import UsageError
from gradcalc.formula.entries import entry_name
from gradcalc.formula.spelling import canonical
from gradcalc.formula.table import Shape
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.solve import Solution
from gradcalc.words import did_you_mean

_FORM = re.compile(r"(?P<name>[^\[\]]+?)\s*(?:\[(?P<index>[^\[\]]*)\])?")
_SECTIONS: dict[str, Callable[[str], str]] = {
    "forward": str,
    "gradients": gradient_name,
    "updated": new_name,
    "after": new_name,
}


@dataclass(frozen=True, slots=True)
class Designation:
    """A quantity by its name; of an entry the index too, counted from 1 (row and column of a matrix)."""

    name: str
    index: tuple[int, ...] = ()
    shape: Shape = ()

    @property
    def entry(self) -> str:
        """`dW1[1,2]`, `h1[2]`, the name of a scalar; empty for a whole matrix."""
        if self.shape and not self.index:
            return ""
        return entry_name(self.name, self.shape, *position(self.index, self.shape))


def designated(text: str, solution: Solution, shown: Mapping[str, str]) -> Designation:
    """What `text` names; `shown` maps names as reports show them to names.

    Raises UsageError with the nearest name, or with the range of indices.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"'{text}' names no quantity: write a name such as dW1, or an entry such as dW1[1,2]")
    name = _name(match["name"].strip(), solution, shown)
    shape = solution.shapes[name]
    return Designation(name, () if match["index"] is None else _index(match["index"], name, shape), shape)


def _name(text: str, solution: Solution, shown: Mapping[str, str]) -> str:
    found = next((name for name in _spellings(text, shown) if name in solution.shapes), None)
    if found is None:
        known = [*shown, *solution.shapes]
        hint = did_you_mean(canonical(text), known) or f"; known are {_listed(canonical(text), solution.shapes)}"
        raise UsageError(f"there is no quantity '{text}'{hint}")
    return found


def _spellings(text: str, shown: Mapping[str, str]) -> Iterator[str]:
    """The names that could be meant, the nearest first; of a vertex its output."""
    section, dot, rest = text.partition(".")
    if dot and section in _SECTIONS:
        yield from (_SECTIONS[section](name) for name in _spellings(rest, shown))
        return
    name = canonical(text)
    yield from (text, shown.get(text, ""), name, shown.get(name, ""), f"o_{name}")
    if name.startswith("d"):
        yield gradient_name(f"o_{name[1:]}")


def _listed(name: str, every: Iterable[str]) -> str:
    """The first few quantities, those that begin with the same letter before others."""
    known = sorted(every, key=lambda each: each[:1] != name[:1])
    return ", ".join(known[:12]) + (", …" if len(known) > 12 else "")


def _index(text: str, name: str, shape: Shape) -> tuple[int, ...]:
    """The index as it was typed. Raises UsageError where there is no such entry."""
    if not shape:
        raise UsageError(f"{name} is a number, it has no entries: write {name}")
    parts = [part.strip() for part in text.split(",")]
    wrong = f"there is no entry {name}[{text}]: {_range(name, shape)}"
    if not all(part.isdecimal() for part in parts):
        raise UsageError(wrong)
    index = tuple(int(part) for part in parts)
    sizes = (max(shape),) if 1 in shape and len(index) == 1 else shape
    if len(index) != len(sizes) or not all(1 <= i <= size for i, size in zip(index, sizes, strict=True)):
        raise UsageError(wrong)
    return index


def _range(name: str, shape: Shape) -> str:
    rows, columns = shape
    if 1 in shape:
        size = max(shape)
        return f"{name} has {f'entries 1 to {size}' if size > 1 else 'one entry, 1'} (indices count from 1)"
    return f"{name} has rows 1 to {rows} and columns 1 to {columns}, such as {name}[1,{columns}] (indices count from 1)"


def position(index: tuple[int, ...], shape: Shape) -> tuple[int, int]:
    """Row and column counted from 0; of a vector one number is enough, of a scalar none."""
    if not shape:
        return 0, 0
    if len(index) == 2:
        return index[0] - 1, index[1] - 1
    return (0, index[0] - 1) if shape[0] == 1 else (index[0] - 1, 0)
