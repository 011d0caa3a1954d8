"""How far letters of sums count in a file's own formulas: `sum(y[i] * log(p[i]), i)` goes over the entries of y and p.

What a letter is an index of has a shape when the equations before it have, so equations are read as far as these let
one, again and again.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from gradcalc.errors import GradcalcError
from gradcalc.formula.brackets import Indices
from gradcalc.formula.spelling import canonical
from gradcalc.formula.table import Axis, Shape
from gradcalc.problem.draft import Draft
from gradcalc.problem.letter_ranges import SUMS, Range, Surroundings, nodes_of, tree_of
from gradcalc.problem.whole_sums import whole
from gradcalc.program.derivatives import DERIVATIVES
from gradcalc.program.inlined import asked_shape
from gradcalc.program.problem import Path


def note_ranges(
    draft: Draft, written: Mapping[Path, Any], given: Callable[[], Mapping[str, Shape]], axis: Axis
) -> None:
    """Let the draft know how far the letters of sums without limits count in these formulas, where that can be told.

    `given` has the shapes of the names that are known before them.
    """
    left = {path: text for path, text in written.items() if isinstance(text, str)}
    if not any(_uncounted(text, draft.indices) for text in left.values()):
        return
    shapes, before = dict(given()), -1
    while before != len(left):
        before = len(left)
        left = {path: text for path, text in left.items() if not _has_shape(draft, path, text, shapes, axis)}


def _has_shape(draft: Draft, path: Path, text: str, shapes: dict[str, Shape], axis: Axis) -> bool:
    """Whether the shape of a formula can be told; noted with how far its letters count, as far as that can."""
    of_arrays = _of_arrays(draft, path, text, shapes)
    if of_arrays is not None:
        draft.whole[path] = text = of_arrays
    draft.counting[path] = tuple(_ranges(draft, path, text, shapes, axis).items())
    try:
        shapes[canonical(str(path[-1]))] = asked_shape(draft.read(path, text, DERIVATIVES), shapes, axis)
    except (GradcalcError, KeyError):
        return False
    return True


def _of_arrays(draft: Draft, path: Path, text: str, shapes: Mapping[str, Shape]) -> str | None:
    """A formula in letters with whole arrays in its sums without limits; None where that can't be, or needn't."""
    tree = tree_of(text) if draft.is_in_letters and _uncounted(text, draft.indices) else None
    if tree is None:
        return None
    numbers = dict.fromkeys(dict(draft.numbers_of(path)), ())
    return whole(tree, {**numbers, **shapes}, dict(draft.indices.ranges))


def _ranges(draft: Draft, path: Path, text: str, shapes: Mapping[str, Shape], axis: Axis) -> dict[str, Range]:
    """From where to where its letters count; to the larger where they are an index of two lengths, which is refused."""
    letters, found = _uncounted(text, draft.indices), dict[str, Range]()
    over = draft.indices
    numbers = {name: int(value) for name, value in draft.numbers_of(path)}
    known = Surroundings(shapes, axis, over.families, numbers, over.classes, over.functions) if letters else None
    for letter, length in known.counted(text) if known else ():
        if letter in letters and length:
            found[letter] = 1, max(length, found.get(letter, (1, 1))[1])
    return found


def _uncounted(text: str, over: Indices) -> set[str]:
    """The letters of sums that have no limits, nor any under `over`."""
    tree = tree_of(text)
    found = set[str]()
    for node in nodes_of(tree) if tree is not None else ():
        match node:
            case ast.Call(ast.Name(name), [_, ast.Name(letter) | ast.Compare(ast.Name(letter))]) if name in SUMS:
                found.add(letter)
    return found - {*dict(over.ranges)}
