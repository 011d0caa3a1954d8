r"""Indices that are numbers beyond the sizes at which a line is tried: `y_3 = \sum_j W_{3,j} x_j` of two entries.

In a problem in letters any number may be one: with 1 and 2 in the place of 3 and 7 a line says the same.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from gradcalc.problem.letter_ranges import brackets_in, parts_of, tree_of


def with_low_indices(texts: Sequence[str]) -> list[str] | None:
    """Formulas with the first numbers in the place of those that are indices; None where they are that already."""
    found = [[*_numbers(text)] for text in texts]
    every = sorted({int(text[start:end]) for text, places in zip(texts, found, strict=True) for start, end in places})
    if every == [*range(1, len(every) + 1)]:
        return None
    return [_with(text, places, every) for text, places in zip(texts, found, strict=True)]


def _with(text: str, places: Sequence[tuple[int, int]], every: Sequence[int]) -> str:
    for start, end in sorted(places, reverse=True):
        text = f"{text[:start]}{every.index(int(text[start:end])) + 1}{text[end:]}"
    return text


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    """Where the indices of a formula stand that are numbers by themselves."""
    tree = tree_of(text) if text.isascii() else None
    for node in brackets_in(tree) if tree is not None else ():
        for part in parts_of(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, int):
                yield part.col_offset, part.end_col_offset or part.col_offset
