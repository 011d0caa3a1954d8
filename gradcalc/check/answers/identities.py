"""The identity matrix in formulas of LaTeX, `I` or `I_n`: where nothing says its size, it is the one that fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final

from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.answers.parts import Builder, Part
from gradcalc.formula.expr import Apply, Expr, Name, call, names, substitute, walk
from gradcalc.formula.table import Axis, Shape

_EYE: Final = "eye"
_WRITTEN: Final = re.compile(rf"\b{_EYE}\((?:n=)?(\d+)\)")
_OPEN: Final = "identity "
"""With what the name of a matrix begins whose size isn't known yet; no name of a problem has a space."""
_MOST_OPEN: Final = 2
"""So many of them may be open at once: each is tried at every size."""


class Identities(Builder):
    """Builds formulas in which identity matrices take the one size at which shapes fit."""

    def __init__(
        self,
        resolve: Callable[[str], str | None],
        shapes: Mapping[str, Shape],
        axis: Axis,
        functions: Mapping[str, str],
    ) -> None:
        super().__init__(resolve, shapes, axis, functions)
        self.count = 0

    def identity(self) -> Part:
        """An identity matrix of whatever size will fit."""
        self.count += 1
        return Part(Name(f"{_OPEN}{self.count}"), None)

    def joined(self, node: Apply, args: Sequence[Part]) -> Part:
        """An application of these parts."""
        return self.settled(super().joined(node, args))

    def whole(self, expr: Expr, *parts: Part) -> Part:
        """An expression made of parts, with its shape."""
        return self.settled(super().whole(expr, *parts))

    def settled(self, part: Part) -> Part:
        """A part with its identity matrices in the one size that fits; as it is where none does, or several."""
        still = _open(part.expr) if self.count and part.shape is None else []
        if not 0 < len(still) <= _MOST_OPEN:
            return part
        fitting = list(self.fitting(part, still))
        return fitting[0] if len(fitting) == 1 else part

    def fitting(self, part: Part, still: Sequence[str]) -> Iterator[Part]:
        """The part at each choice of sizes at which shapes fit; 1 is none that is meant where another fits."""
        sizes = sorted({size for shape in self.shapes.values() for size in shape} - {1})
        found = list(self.at(part, still, sizes))
        yield from found or self.at(part, still, [1])

    def at(self, part: Part, still: Sequence[str], sizes: Sequence[int]) -> Iterator[Part]:
        """The part at those choices of these sizes at which shapes fit."""
        for choice in product(sizes, repeat=len(still)):
            put = {name: eye(size) for name, size in zip(still, choice, strict=True)}
            found = substitute(part.expr, put)
            shape = self._of(found)
            if shape is not None:
                yield Part(found, shape, part.depth)

    def closed(self, part: Part, shape: Shape | None) -> Part:
        """A whole formula, an identity matrix alone in this shape. Raises NotReadable where a size can't be told."""
        if not self.count or not _open(part.expr):
            return part
        fitting = [each for each in self.fitting(part, _open(part.expr)[:_MOST_OPEN]) if each.shape == shape]
        if len(fitting) != 1:
            raise NotReadable("of which size the identity matrix is can't be told here")
        return fitting[0]


def has_identity(expr: Expr) -> bool:
    """Whether an identity matrix is in a formula."""
    return any(isinstance(node, Apply) and node.function == _EYE for node in walk(expr))


def eye(size: int) -> Expr:
    """The identity matrix of that size."""
    return call(_EYE, n=float(size))


def in_sizes(text: str, sizes: Mapping[str, int]) -> str:
    """A text in which the identity matrices have letters for their sizes, as it is tried at other sizes too."""
    letters = {str(size): letter for letter, size in sizes.items()}
    return _WRITTEN.sub(lambda found: f"{_EYE}({letters.get(found[1], found[1])})", text)


def _open(expr: Expr) -> list[str]:
    return sorted(name for name in names(expr) if name.startswith(_OPEN))
